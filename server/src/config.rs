//! The command line and the environment: the only place that reads either.

use std::{fmt, net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use journey::actor::Role;

use crate::vault::Vault;

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
    /// Run the service. With no options: SQLite in ./data, http://127.0.0.1:3000, letters in ./data/mail.
    Serve(Box<Serve>),
    /// Bring the database schema up to date, then stop. `serve` does it too.
    Migrate(Database),
    /// Fill an empty database with suppliers, teams, end users and journeys in every state, and print how to sign in.
    Demo(Demo),
    /// Look after accounts: the only way to the first people of the programme.
    Admin {
        /// What to do.
        #[command(subcommand)]
        what: Admin,
    },
    /// Check everything that was recorded: every link of every chain, the lists, the words and the files. Ends with 1 when something is wrong.
    Verify(Place),
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
    /// List the letters that have not gone: those that cannot be delivered, and those that wait.
    Letters {
        /// Which database.
        #[command(flatten)]
        database: Database,
        /// Try this letter again, as if it were new; repeat for several.
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
}

/// What `draw` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Drawing {
    /// An SVG picture.
    Svg,
    /// A Markdown table.
    Table,
}

/// Which database.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Database")]
pub struct Database {
    /// Folder for everything that SQLite, files and letters need. Made when it is not there.
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
        self.database_url
            .clone()
            .unwrap_or_else(|| Secret(format!("sqlite://{}?mode=rwc", self.data.join("onboarding.sqlite").display())))
    }
}

/// Where the files that people add lie.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Files")]
pub struct Files {
    /// Folder for the files that people add; <data>/files when left out.
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
    pub fn vault(&self) -> Result<Vault, String> {
        match &self.files.files_url {
            Some(url) => Vault::bucket(url),
            None => Vault::folder(&self.files_in()),
        }
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

/// Settings of `serve`. Each has an environment variable.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Address")]
pub struct Serve {
    /// Where to listen.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Where people reach the service, for links in letters. https:// also makes the session cookie secure.
    #[arg(long, env = "BASE_URL")]
    pub base_url: Option<String>,
    /// Behind a proxy: take the visitor's address from the last entry of X-Forwarded-For.
    #[arg(long, env = "TRUST_PROXY")]
    pub trust_proxy: bool,
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
    #[arg(long, env = "HELP_ADDRESS", default_value = "gpconnect.onboarding@example.nhs.uk", help_heading = "Pages")]
    pub help_address: String,
    /// `nhs` shows the NHS logo: for services that may use it.
    #[arg(long, env = "BRAND", default_value = "plain", help_heading = "Pages")]
    pub brand: String,
    /// An empty database is filled with the demo first.
    #[arg(long, env = "DEMO", help_heading = "Pages")]
    pub demo: bool,
    /// Requests per second that one address may make on average; five times as many at once.
    #[arg(long, env = "RATE_PER_SECOND", default_value_t = 50, help_heading = "Limits")]
    pub rate_per_second: u32,
    /// Failed sign-ins that one address may make in a quarter of an hour.
    #[arg(long, env = "TRIES_PER_ADDRESS", default_value_t = 10, help_heading = "Limits")]
    pub tries_per_address: u32,
    /// Log lines as JSON. Which lines: RUST_LOG, like `info` or `server=debug`.
    #[arg(long, env = "LOG_JSON", help_heading = "Watching")]
    pub log_json: bool,
    /// Whoever sends this as `Authorization: Bearer …` may read /metrics. Without it, only this machine may.
    #[arg(long, env = "METRICS_TOKEN", hide_env_values = true, help_heading = "Watching")]
    pub metrics_token: Option<Secret>,
}

/// How letters go.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Letters")]
pub struct Letters {
    /// smtp://user:password@host:port or smtps://… . Without it letters go to a folder and their links to the log.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<Secret>,
    /// Sender of letters.
    #[arg(long, env = "MAIL_FROM", default_value = "GP Connect onboarding <onboarding@localhost>")]
    pub mail_from: String,
    /// Folder for letters when there is no SMTP server; <data>/mail when left out.
    #[arg(long, env = "MAIL_DIR")]
    pub mail_dir: Option<PathBuf>,
}

impl Serve {
    /// Where people reach the service; without slash at the end.
    #[must_use]
    pub fn public_url(&self) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://{}", self.listen)).trim_end_matches('/').to_owned()
    }

    /// The folder for letters.
    #[must_use]
    pub fn letters_in(&self) -> PathBuf {
        self.letters.mail_dir.clone().unwrap_or_else(|| self.place.database.data.join("mail"))
    }

    /// Every setting as it is now, by the name of its environment variable. Secrets are struck out.
    #[must_use]
    pub fn in_words(&self) -> Vec<(&'static str, String)> {
        let secret = |given: &Option<Secret>| given.as_ref().map_or("not set", |_| "set, not shown").to_owned();
        let files = &self.place.files;
        vec![
            ("LISTEN", self.listen.to_string()),
            ("BASE_URL", self.public_url()),
            ("TRUST_PROXY", self.trust_proxy.to_string()),
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
            ("BRAND", self.brand.clone()),
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
    /// Invite a person to the programme (or another organisation that is not a supplier) and print the link.
    Invite {
        /// Which database.
        #[command(flatten)]
        database: Database,
        /// Their email address.
        #[arg(long)]
        email: String,
        /// What they do; repeat for several. For example programme_lead, functional_assurance, operator.
        #[arg(long = "role", required = true, value_parser = parse_role)]
        roles: Vec<Role>,
        /// The organisation; made when it is not there.
        #[arg(long, default_value = "NHS England")]
        organisation: String,
        /// Where people reach the service, for the link.
        #[arg(long, env = "BASE_URL", default_value = "http://127.0.0.1:3000")]
        base_url: String,
    },
}

fn parse_role(name: &str) -> Result<Role, String> {
    name.parse().map_err(|_| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
        format!("known roles are {}", known.join(", "))
    })
}
