//! The command line and the environment: the only place that reads either.

use std::{fmt, net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use journey::actor::Role;

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
    Serve(Serve),
    /// Bring the database schema up to date, then stop. `serve` does it too.
    Migrate(Database),
    /// Look after accounts: the only way to the first people of the programme.
    Admin {
        /// What to do.
        #[command(subcommand)]
        what: Admin,
    },
    /// Replay every journey, check every link of every chain, and compare the lists with the ledgers.
    Verify(Database),
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
pub struct Database {
    /// Folder for everything that SQLite and letters need. Made when it is not there.
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

/// Settings of `serve`. Each has an environment variable.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// Where to listen.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Which database.
    #[command(flatten)]
    pub database: Database,
    /// Where people reach the service, for links in letters. https:// also makes the session cookie secure.
    #[arg(long, env = "BASE_URL")]
    pub base_url: Option<String>,
    /// Folder with the built style sheet and scripts.
    #[arg(long, env = "SITE", default_value = "target/site")]
    pub site: PathBuf,
    /// smtp://user:password@host:port or smtps://… . Without it letters go to a folder and their links to the log.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<Secret>,
    /// Sender of letters.
    #[arg(long, env = "MAIL_FROM", default_value = "GP Connect onboarding <onboarding@localhost>")]
    pub mail_from: String,
    /// Folder for letters when there is no SMTP server; <data>/mail when left out.
    #[arg(long, env = "MAIL_DIR")]
    pub mail_dir: Option<PathBuf>,
    /// Folder for the files that people add; <data>/files when left out.
    #[arg(long, env = "FILES_DIR")]
    pub files_dir: Option<PathBuf>,
    /// Largest file, in MB.
    #[arg(long, env = "LONGEST_FILE_MB", default_value_t = 100)]
    pub longest_file_mb: u64,
    /// Address that pages tell people to write to.
    #[arg(long, env = "HELP_ADDRESS", default_value = "gpconnect.onboarding@example.nhs.uk")]
    pub help_address: String,
    /// `nhs` shows the NHS logo: for services that may use it.
    #[arg(long, env = "BRAND", default_value = "plain")]
    pub brand: String,
    /// Behind a proxy: take the visitor's address from the last entry of X-Forwarded-For.
    #[arg(long, env = "TRUST_PROXY")]
    pub trust_proxy: bool,
    /// Requests per second that one address may make on average; five times as many at once.
    #[arg(long, env = "RATE_PER_SECOND", default_value_t = 50)]
    pub rate_per_second: u32,
    /// Failed sign-ins that one address may make in a quarter of an hour.
    #[arg(long, env = "TRIES_PER_ADDRESS", default_value_t = 10)]
    pub tries_per_address: u32,
    /// Log lines as JSON.
    #[arg(long, env = "LOG_JSON")]
    pub log_json: bool,
}

impl Serve {
    /// Where people reach the service; without slash at the end.
    #[must_use]
    pub fn public_url(&self) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://{}", self.listen)).trim_end_matches('/').to_owned()
    }

    /// Whether cookies may only travel over TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public_url().starts_with("https://")
    }

    /// The folder for files.
    #[must_use]
    pub fn files_in(&self) -> PathBuf {
        self.files_dir.clone().unwrap_or_else(|| self.database.data.join("files"))
    }

    /// The folder for letters.
    #[must_use]
    pub fn letters_in(&self) -> PathBuf {
        self.mail_dir.clone().unwrap_or_else(|| self.database.data.join("mail"))
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
