//! The command line and the environment: the only place that reads either.
//!
//! Long because it has every setting with its meaning and its bounds.

use std::{fmt, net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use journey::base::actor::Role;

use crate::file_store::FileStore;

/// A text that is never printed: addresses with passwords in them.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one who needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// GP Connect onboarding: from first contact to live.
#[derive(Debug, Parser)]
#[command(name = "gpc-onboarding", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the binary does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service. With no options: SQLite in ./data, http://127.0.0.1:3000, emails in ./data/mail.
    Serve(Box<Serve>),
    /// Bring the database schema up to date, then stop. `serve` does it too.
    Migrate(Database),
    /// Fill an empty database with suppliers, teams, end users and journeys in every state, and print how to sign in.
    Demo(Demo),
    /// Try a product on this machine: an address that answers as Spine's proxy in front of a practice, and a page that shows each rule of each request. No account; everything is gone at the end.
    Try(Try),
    /// Look after accounts: the only way to the first people of the programme, and back into an organisation that nobody looks after.
    Admin {
        /// What to do.
        #[command(subcommand)]
        what: Admin,
    },
    /// Check everything that was recorded: every link of every chain, the lists, the words and the files. Ends with 1 when something is wrong.
    Verify {
        /// What to check.
        #[command(flatten)]
        place: Place,
        /// Check this file instead: a journey that was downloaded as a ZIP file. No database is needed.
        #[arg(long, value_name = "FILE")]
        pack: Option<PathBuf>,
        /// Compare with this file as well: a daily list of heads that somebody kept, from /verify/heads.
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
    },
    /// Write database and files into a folder, while the service runs.
    Backup {
        /// What to back up.
        #[command(flatten)]
        place: Place,
        /// The folder: made when it is not there, refused when it holds anything.
        #[arg(long)]
        to: PathBuf,
    },
    /// Put a backup into an empty database and an empty file store, of the same kind or of the other, and check it.
    Restore {
        /// Where to.
        #[command(flatten)]
        place: Place,
        /// The folder that `backup` wrote.
        #[arg(long)]
        from: PathBuf,
    },
    /// List the emails that have not gone: those that cannot be delivered, and those that wait.
    Letters {
        /// Which database.
        #[command(flatten)]
        database: Database,
        /// Try this email again, as if it were new; repeat for several.
        #[arg(long = "again", value_name = "ID")]
        again: Vec<String>,
    },
    /// List the bytes in the file store that nothing names: what was taken back or replaced. Nothing is removed.
    #[command(name = "files")]
    Unused {
        /// Database and files.
        #[command(flatten)]
        place: Place,
        /// Remove them. Not while a backup runs.
        #[arg(long)]
        remove: bool,
    },
    /// Look after the register of ODS codes, with which members of an end-user group are compared.
    Ods {
        /// What to do.
        #[command(subcommand)]
        what: Ods,
    },
    /// Print a process as a picture or a table.
    Draw {
        /// The process version; the newest consumer process when left out.
        process: Option<String>,
        /// What to print.
        #[arg(long, value_enum, default_value_t = Drawing::Table)]
        as_: Drawing,
    },
    /// Print every page and every action.
    Routes,
    /// Check captured requests against the rules of the specification: HAR, raw HTTP, curl, Postman. Ends with 0 when no rule failed, 1 when one failed, 2 when something could not be read.
    Check(Box<Check>),
}

/// What `check` looks at, and what it knows around it.
#[derive(Clone, Debug, Args)]
pub struct Check {
    /// The captures; - for the standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// List the rules that passed or were not looked at as well.
    #[arg(long)]
    pub all: bool,
    /// When the requests were received, where the capture does not say: 2026-03-03T10:00:00Z.
    #[arg(long, value_name = "TIME")]
    pub at: Option<jiff::Timestamp>,
    /// Where they were sent: internet (the demonstrator), opentest, int or providers.
    #[arg(long, help_heading = "What is known")]
    pub environment: Option<String>,
    /// 0.x or 1.x, where the interaction does not say.
    #[arg(long, value_name = "SPECIFICATION", help_heading = "What is known")]
    pub api: Option<String>,
    /// The product under assurance: the model in its tokens.
    #[arg(long, help_heading = "What is known")]
    pub product: Option<String>,
    /// Its version.
    #[arg(long, help_heading = "What is known")]
    pub version: Option<String>,
    /// An ASID that the supplier registered; repeat for several.
    #[arg(long = "asid", value_name = "ASID", help_heading = "What is known")]
    pub asids: Vec<String>,
    /// An ODS code of the supplier or of its host; repeat for several.
    #[arg(long = "supplier-ods", value_name = "ODS", help_heading = "What is known")]
    pub supplier_ods: Vec<String>,
    /// One message handling server sends for many organisations.
    #[arg(long, help_heading = "What is known")]
    pub shared: bool,
    /// The ODS code of the practice that was meant.
    #[arg(long, value_name = "ODS", help_heading = "What is known")]
    pub practice: Option<String>,
    /// A capability in scope, such as access-record-structured; repeat for several.
    #[arg(long = "capability", value_name = "CAPABILITY", help_heading = "What is known")]
    pub capabilities: Vec<String>,
    /// An interaction that the product uses; repeat for several.
    #[arg(long = "interaction", value_name = "ID", help_heading = "What is known")]
    pub interactions: Vec<String>,
    /// It is evidence of a provider: how the answer looks and how long it took counts.
    #[arg(long, help_heading = "What is known")]
    pub provider: bool,
}

/// What `check` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people in a terminal.
    Text,
    /// For programs.
    Json,
    /// For builds.
    Junit,
}

/// What `draw` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Drawing {
    /// An SVG picture.
    Svg,
    /// A Markdown table.
    Table,
}

/// What is done to the register of ODS codes.
#[derive(Debug, Subcommand)]
pub enum Ods {
    /// Load CSV files of the Organisation Data Service: epraccur.csv, etr.csv, ebranchs.csv, succ.csv and others. Each is loaded whole or not at all, as often as you like.
    Load {
        /// Which database.
        #[command(flatten)]
        database: Database,
        /// The files, under the names that they were published with: a name says what the organisations in it are.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// List the files that were loaded, and when.
    List {
        /// Which database.
        #[command(flatten)]
        database: Database,
    },
}

/// Which database.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Database")]
pub struct Database {
    /// Folder for everything that SQLite, files and emails need. Made when it is not there.
    #[arg(long, env = "DATA", default_value = "./data")]
    pub data: PathBuf,
    /// postgres://user:password@host/database, to run as a replica. Without it: SQLite in the data folder.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<Secret>,
}

impl Database {
    /// The address of the database.
    #[must_use]
    pub fn url(&self) -> Secret {
        self.database_url.clone().unwrap_or_else(|| Secret(format!("sqlite://{}?mode=rwc", self.file().display())))
    }

    /// The file of SQLite.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.data.join("onboarding.sqlite")
    }
}

/// Where the files that people add lie.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Files")]
pub struct Files {
    /// Folder for the files that people add; DATA/files when left out.
    #[arg(long, env = "FILES_DIR")]
    pub files_dir: Option<PathBuf>,
    /// s3://bucket/prefix instead of a folder. Keys, region and endpoint come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT and, for an endpoint without TLS, AWS_ALLOW_HTTP=true.
    #[arg(long, env = "FILES_URL", conflicts_with = "files_dir")]
    pub files_url: Option<String>,
}

/// Database and files: all that is kept.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// Which database.
    #[command(flatten)]
    pub database: Database,
    /// Where the files lie.
    #[command(flatten)]
    pub files: Files,
}

impl Place {
    /// The store of bytes.
    ///
    /// # Errors
    /// When the folder cannot be made, or the address makes no sense.
    pub fn file_store(&self) -> Result<FileStore, String> {
        match &self.files.files_url {
            Some(url) => FileStore::bucket(url),
            None => FileStore::folder(&self.files_in()),
        }
    }

    /// The store of bytes that is there: no folder is made.
    ///
    /// # Errors
    /// When there is none, or the address makes no sense.
    pub fn existing_vault(&self) -> Result<FileStore, String> {
        let folder = self.files_in();
        if self.files.files_url.is_none() && !folder.is_dir() {
            return Err(format!(
                "{}: there is no such folder of files. Name the one that `serve` uses (FILES_DIR)",
                folder.display()
            ));
        }
        self.file_store()
    }

    /// The folder for files, when they lie in one.
    #[must_use]
    pub fn files_in(&self) -> PathBuf {
        self.files.files_dir.clone().unwrap_or_else(|| self.database.data.join("files"))
    }
}

/// Settings of `demo`.
#[derive(Clone, Debug, Args)]
pub struct Demo {
    /// Where to.
    #[command(flatten)]
    pub place: Place,
    /// More journeys, so many in all: for measuring.
    #[arg(long, default_value_t = 0)]
    pub journeys: u32,
    /// More people, so many in all.
    #[arg(long, default_value_t = 0)]
    pub people: u32,
}

/// Settings of `try`.
#[derive(Clone, Debug, Args)]
pub struct Try {
    /// Where to listen. There are no accounts: whoever reaches it sees everything.
    #[arg(long, default_value = "127.0.0.1:8123")]
    pub listen: SocketAddr,
    /// The version of the product, for the record.
    #[arg(long, default_value = "development")]
    pub product_version: String,
    /// Folder with the built style sheet and scripts.
    #[arg(long, env = "SITE", default_value = "target/site")]
    pub site: PathBuf,
}

/// Whose service pages say this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Brand {
    /// The name of the service alone.
    Plain,
    /// With the NHS logo: only for services that may use it.
    Nhs,
}

/// Proxies in front of the service: as many as a number says; a plain yes means one.
fn hops(text: &str) -> Result<u8, String> {
    match text.to_ascii_lowercase().as_str() {
        "" | "false" | "no" | "off" | "n" | "f" => Ok(0),
        "true" | "yes" | "on" | "y" | "t" => Ok(1),
        number => number
            .parse()
            .ok()
            .filter(|hops| *hops <= 10)
            .ok_or_else(|| "say true when one proxy stands in front, their number when there are more, or false".to_owned()),
    }
}

/// Where people reach a service: scheme, host and port, as browsers write an origin.
fn origin(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).map_err(|error| format!("{error}; write it like https://onboarding.example.nhs.uk"))?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !bare || url.password().is_some() {
        return Err(
            "leave out everything but https://, the name and the port: the service answers at the root of its name".to_owned()
        );
    }
    let at_home = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url.origin().ascii_serialization()),
        "http" if at_home => Ok(url.origin().ascii_serialization()),
        "http" => Err("use https://: over http anybody on the way reads passwords. http:// is for localhost alone".to_owned()),
        _ => Err("begin with https://, or on this machine alone with http://localhost".to_owned()),
    }
}

/// An address that emails can be sent to.
fn address(text: &str) -> Result<String, String> {
    let address: lettre::Address = text.parse().map_err(|error| format!("{error}; write it like name@example.nhs.uk"))?;
    Ok(address.to_string())
}

/// A sender of emails, with or without a name.
fn sender(text: &str) -> Result<String, String> {
    let known: Result<lettre::message::Mailbox, _> = text.parse();
    known.map(|_| text.to_owned()).map_err(|error| format!("{error}; write it like “A name <name@example.nhs.uk>”"))
}

/// Settings of `serve`. Each has an environment variable.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Address")]
pub struct Serve {
    /// Where to listen.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Where people reach the service: https://, the name and the port, no path. http:// only for localhost. For links in emails; forms are taken from pages of this address alone, and https:// makes cookies secure.
    #[arg(long, env = "BASE_URL", value_parser = origin)]
    pub base_url: Option<String>,
    /// Behind a proxy: take the visitor's address from the last entry of X-Forwarded-For. With a number, that many proxies stand in front: the entry that the outermost wrote.
    #[arg(long, env = "TRUST_PROXY", value_parser = hops, num_args = 0..=1, default_value = "false", default_missing_value = "true")]
    pub trust_proxy: u8,
    /// Header in which the proxy in front says what it saw of a client's certificate at the address of a live run, such as X-Forwarded-Client-Cert. Needs TRUST_PROXY; the proxy must remove what clients send under this name.
    #[arg(long, env = "CLIENT_CERTIFICATE_HEADER")]
    pub client_certificate_header: Option<axum::http::HeaderName>,
    /// Seconds that running requests and uploads get to finish when the service is told to stop.
    #[arg(long, env = "STOP_WITHIN", default_value_t = 30)]
    pub stop_within: u64,
    /// Database and files.
    #[command(flatten)]
    pub place: Place,
    /// Largest file, in MB.
    #[arg(long, env = "LONGEST_FILE_MB", default_value_t = 100, help_heading = "Files")]
    pub longest_file_mb: u64,
    /// MB that the people of one organisation may keep in all; 0 for as many as they like. The programme is not counted.
    #[arg(long, env = "QUOTA_MB", default_value_t = 5000, help_heading = "Files")]
    pub quota_mb: u64,
    /// Letters.
    #[command(flatten)]
    pub letters: Letters,
    /// Folder with the built style sheet and scripts.
    #[arg(long, env = "SITE", default_value = "target/site", help_heading = "Pages")]
    pub site: PathBuf,
    /// Address that pages tell people to write to.
    #[arg(long, env = "HELP_ADDRESS", default_value = "gpconnect.onboarding@example.nhs.uk", value_parser = address, help_heading = "Pages")]
    pub help_address: String,
    /// `nhs` shows the NHS logo: for services that may use it.
    #[arg(long, env = "BRAND", value_enum, default_value_t = Brand::Plain, help_heading = "Pages")]
    pub brand: Brand,
    /// The secret key (Ed25519) that the daily lists of heads are signed with: 64 hexadecimal digits, such as `openssl rand -hex 32` makes. Without it, on SQLite, it is in the file heads.key of the data folder, made at the first start; beside DATABASE_URL no lists are made.
    #[arg(long, env = "HEADS_KEY", hide_env_values = true, help_heading = "Signing")]
    pub heads_key: Option<Secret>,
    /// A file with the secret key that documents are signed with: PEM (PKCS #8), P-256 or RSA from 2,048 bits. Without it, on SQLite, it is seal.key in the data folder, made at the first start with a certificate of its own; beside DATABASE_URL documents are made without a signature.
    #[arg(long, env = "SEAL_KEY", requires = "seal_chain", help_heading = "Signing")]
    pub seal_key: Option<PathBuf>,
    /// A file with the certificate of that key and those above it, the nearest first: PEM.
    #[arg(long, env = "SEAL_CHAIN", requires = "seal_key", help_heading = "Signing")]
    pub seal_chain: Option<PathBuf>,
    /// An empty database is filled with the demo first.
    #[arg(long, env = "DEMO", help_heading = "Pages")]
    pub demo: bool,
    /// Requests per second that one address may make on average; five times as many at once.
    #[arg(long, env = "RATE_PER_SECOND", default_value_t = 50, help_heading = "Limits")]
    pub rate_per_second: u32,
    /// Failed sign-ins that one address may make in a quarter of an hour, and as often it may ask for a new password or register.
    #[arg(long, env = "TRIES_PER_ADDRESS", default_value_t = 10, help_heading = "Limits")]
    pub tries_per_address: u32,
    /// Log lines as JSON. Which lines: RUST_LOG, like `info` or `server=debug`.
    #[arg(long, env = "LOG_JSON", help_heading = "Watching")]
    pub log_json: bool,
    /// Whoever sends this as `Authorization: Bearer …` may read /metrics. Without it, only this machine may.
    #[arg(long, env = "METRICS_TOKEN", hide_env_values = true, help_heading = "Watching")]
    pub metrics_token: Option<Secret>,
}

/// How emails go.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Letters")]
pub struct Letters {
    /// smtp://user:password@host:port or smtps://… . Without it emails go to a folder and their links to the log.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<Secret>,
    /// Sender of emails.
    #[arg(long, env = "MAIL_FROM", default_value = "GP Connect onboarding <onboarding@localhost>", value_parser = sender)]
    pub mail_from: String,
    /// Folder for emails when there is no SMTP server; DATA/mail when left out.
    #[arg(long, env = "MAIL_DIR")]
    pub mail_dir: Option<PathBuf>,
}

impl Serve {
    /// Where people reach the service; without slash at the end.
    #[must_use]
    pub fn public_url(&self) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://{}", self.listen)).trim_end_matches('/').to_owned()
    }

    /// The folder for emails.
    #[must_use]
    pub fn letters_in(&self) -> PathBuf {
        self.letters.mail_dir.clone().unwrap_or_else(|| self.place.database.data.join("mail"))
    }

    /// Every setting as it is now, by the name of its environment variable. Secrets are struck out.
    #[must_use]
    pub fn in_words(&self) -> Vec<(&'static str, String)> {
        let secret = |given: &Option<Secret>| given.as_ref().map_or("not set", |_| "set, not shown").to_owned();
        let file =
            |given: &Option<PathBuf>| given.as_ref().map_or_else(|| "not set".to_owned(), |path| path.display().to_string());
        let files = &self.place.files;
        vec![
            ("LISTEN", self.listen.to_string()),
            ("BASE_URL", self.public_url()),
            ("TRUST_PROXY", self.trust_proxy.to_string()),
            ("CLIENT_CERTIFICATE_HEADER", self.client_certificate_header.as_ref().map_or("none".to_owned(), ToString::to_string)),
            ("STOP_WITHIN", self.stop_within.to_string()),
            ("DATA", self.place.database.data.display().to_string()),
            ("DATABASE_URL", secret(&self.place.database.database_url)),
            ("FILES_DIR", self.place.files_in().display().to_string()),
            ("FILES_URL", files.files_url.clone().unwrap_or_else(|| "not set".to_owned())),
            ("LONGEST_FILE_MB", self.longest_file_mb.to_string()),
            ("QUOTA_MB", self.quota_mb.to_string()),
            ("SMTP_URL", secret(&self.letters.smtp_url)),
            ("MAIL_FROM", self.letters.mail_from.clone()),
            ("MAIL_DIR", self.letters_in().display().to_string()),
            ("SITE", self.site.display().to_string()),
            ("HELP_ADDRESS", self.help_address.clone()),
            ("BRAND", if self.brand == Brand::Nhs { "nhs" } else { "plain" }.to_owned()),
            ("HEADS_KEY", secret(&self.heads_key)),
            ("SEAL_KEY", file(&self.seal_key)),
            ("SEAL_CHAIN", file(&self.seal_chain)),
            ("DEMO", self.demo.to_string()),
            ("RATE_PER_SECOND", self.rate_per_second.to_string()),
            ("TRIES_PER_ADDRESS", self.tries_per_address.to_string()),
            ("LOG_JSON", self.log_json.to_string()),
            ("METRICS_TOKEN", secret(&self.metrics_token)),
        ]
    }
}

/// Looking after accounts.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Invite a person and print the link: to the programme, or to any organisation that has nobody left who can invite.
    Invite {
        /// Which database.
        #[command(flatten)]
        database: Database,
        /// Their email address.
        #[arg(long)]
        email: String,
        /// What they do; repeat for several. For example programme_lead, operator; onboarding_lead for a supplier, group_lead for an end-user organisation.
        #[arg(long = "role", required = true, value_parser = parse_role)]
        roles: Vec<Role>,
        /// The organisation, by its name, ODS code or id. One of the programme is made when it is not there; others must be.
        #[arg(long, default_value = "NHS England")]
        organisation: String,
        /// Where people reach the service, for the link.
        #[arg(long, env = "BASE_URL", default_value = "http://127.0.0.1:3000", value_parser = origin)]
        base_url: String,
    },
}

fn parse_role(name: &str) -> Result<Role, String> {
    name.parse().map_err(|_| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
        format!("known roles are {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_a_name_and_a_port() {
        for (given, kept) in [
            ("https://onboarding.example.nhs.uk", "https://onboarding.example.nhs.uk"),
            ("https://Onboarding.Example.nhs.uk:443/", "https://onboarding.example.nhs.uk"),
            ("https://onboarding.example.nhs.uk:8443", "https://onboarding.example.nhs.uk:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(origin(given).as_deref(), Ok(kept));
        }
        for bad in [
            "onboarding.example.nhs.uk",
            "http://onboarding.example.nhs.uk",
            "http://localhost.example.nhs.uk",
            "https://onboarding.example.nhs.uk/gpc",
            "https://onboarding.example.nhs.uk/?a=b",
            "https://onboarding.example.nhs.uk/#a",
            "https://me@onboarding.example.nhs.uk",
            "https://me:word@onboarding.example.nhs.uk",
            "ftp://onboarding.example.nhs.uk",
            "file:///etc",
            "",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_proxy_is_trusted_by_a_word_or_a_number() {
        assert_eq!(
            ["true", "TRUE", "yes", "1", "2", "false", "0", "off", ""].map(|text| hops(text).ok()),
            [Some(1), Some(1), Some(1), Some(1), Some(2), Some(0), Some(0), Some(0), Some(0)]
        );
        assert!(hops("perhaps").is_err() && hops("-1").is_err() && hops("200").is_err());
        let serve =
            |args: &[&str]| match Cli::try_parse_from([&["gpc-onboarding", "serve"], args].concat()).map(|cli| cli.command) {
                Ok(Command::Serve(serve)) => serve.trust_proxy,
                other => panic!("{other:?}"),
            };
        assert_eq!([serve(&["--trust-proxy"]), serve(&["--trust-proxy", "2"]), serve(&[])], [1, 2, 0]);
    }

    #[test]
    fn addresses_are_addresses() {
        assert!(address("help@example.nhs.uk").is_ok() && address("help").is_err() && address("<a@b.uk>").is_err());
        assert!(
            sender("GP Connect <a@example.nhs.uk>").is_ok()
                && sender("a@example.nhs.uk").is_ok()
                && sender("GP Connect").is_err()
        );
    }
}
