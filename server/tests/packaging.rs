//! What stands in the package (`server/packaging`): the sample of the settings is made from the settings that `serve` has, and
//! unit, package and command agree where things are. `UPDATE_TABLES=1` writes the sample anew. What only an installed package
//! shows is in `scripts/deb.sh`.

use std::{fmt::Write as _, path::Path};

use clap::{Arg, CommandFactory as _, Parser as _};
use server::config::{Cli, Command};

const UNIT: &str = include_str!("../packaging/gpc-onboarding.service");
const WITH_SETTINGS: &str = include_str!("../packaging/with-settings.sh");
const SAMPLE: &str = "packaging/settings.env";

/// Where the package has what another installation would have to be told.
const PACKAGED: [(&str, &str); 2] = [("DATA", "/var/lib/gpc-onboarding"), ("SITE", "/usr/share/gpc-onboarding/site")];

/// What could stand where there is no default.
const EXAMPLES: [(&str, &str); 13] = [
    ("BASE_URL", "https://onboarding.example.nhs.uk"),
    ("CLIENT_CERTIFICATE_HEADER", "X-Forwarded-Client-Cert"),
    ("DATABASE_URL", "postgres://onboarding:PASSWORD@localhost/onboarding"),
    ("FILES_DIR", "/var/lib/gpc-onboarding/files"),
    ("FILES_URL", "s3://onboarding-files/live"),
    ("SMTP_URL", "smtps://USER:PASSWORD@mail.example.nhs.uk:465"),
    ("MAIL_DIR", "/var/lib/gpc-onboarding/mail"),
    ("HEADS_KEY", "64 hexadecimal digits"),
    ("SEAL_KEY", "/etc/gpc-onboarding/seal.key"),
    ("SEAL_CHAIN", "/etc/gpc-onboarding/seal.pem"),
    ("METRICS_TOKEN", "a long random text"),
    ("DEMO", "false"),
    ("LOG_JSON", "false"),
];

const HEAD: &str = "\
# Settings of GP Connect onboarding, one for each line: NAME=value. A line that begins with # says nothing to the service.
# Each setting stands here as it is without this file, or with an example where it is not set. To change one, take the # away
# before it. Then restart the service: systemctl restart gpc-onboarding
# Only root and the service may read this file: it has passwords in it.
";

const TAIL: &str = "
## Read by others than the service itself

# The bucket of FILES_URL.
#AWS_ACCESS_KEY_ID=
#AWS_SECRET_ACCESS_KEY=
#AWS_REGION=eu-west-2
#AWS_ENDPOINT=
# Which log lines are written, such as info or server=debug.
#RUST_LOG=info
";

/// Every setting of `serve` in the order of its help.
fn settings() -> Vec<Arg> {
    let cli = Cli::command();
    let serve = cli.find_subcommand("serve").unwrap();
    let mut with_variable: Vec<Arg> = serve.get_arguments().filter(|it| it.get_env().is_some()).cloned().collect();
    assert_eq!(with_variable.len(), serve.get_arguments().count(), "a setting has no variable");
    let heading = |it: &Arg| it.get_help_heading().unwrap().to_owned();
    let order: Vec<String> = with_variable.iter().map(heading).collect();
    with_variable.sort_by_key(|it| order.iter().position(|one| *one == heading(it)));
    with_variable
}

fn variable(setting: &Arg) -> &str {
    setting.get_env().unwrap().to_str().unwrap()
}

fn value(setting: &Arg) -> String {
    let of =
        |list: &[(&str, &str)]| list.iter().find(|(name, _)| *name == variable(setting)).map(|(_, value)| (*value).to_owned());
    let default = setting.get_default_values().first().map(|value| value.to_str().unwrap().to_owned());
    of(&PACKAGED).or(of(&EXAMPLES)).or(default).unwrap_or_else(|| panic!("{} has neither default nor example", variable(setting)))
}

fn sample() -> String {
    let mut text = HEAD.to_owned();
    let mut heading = String::new();
    for setting in settings() {
        let here = setting.get_help_heading().unwrap();
        if heading != here {
            heading = here.to_owned();
            // The help says letters for everything that is sent; people are told of emails.
            write!(text, "\n## {}\n", if here == "Letters" { "Emails" } else { here }).unwrap();
        }
        let mut line = String::from("\n#");
        let mut help = setting.get_help().unwrap().to_string();
        if !help.ends_with('.') {
            help.push('.');
        }
        for word in help.split(' ') {
            if line.trim_start().len() + word.len() > 118 {
                text.push_str(&line);
                line = "\n#".to_owned();
            }
            line.push(' ');
            line.push_str(word);
        }
        write!(text, "{line}\n#{}={}\n", variable(&setting), value(&setting)).unwrap();
    }
    text + TAIL
}

#[test]
fn the_sample_has_every_setting_as_the_service_reads_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(SAMPLE);
    if std::env::var_os("UPDATE_TABLES").is_some() && std::env::var_os("CI").is_none() {
        std::fs::write(&path, sample()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == sample(), "server/{SAMPLE} is stale: run UPDATE_TABLES=1 cargo test -p server --test service packaging");
    for (name, _) in EXAMPLES {
        assert!(settings().iter().any(|it| variable(it) == name), "the example {name} is no setting");
    }
}

/// With the # of every line taken away it is a file that the service starts with, but for two pairs of which one is to be chosen.
#[test]
fn what_the_sample_shows_is_understood() {
    let committed = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(SAMPLE)).unwrap();
    for left_out in ["FILES_DIR", "FILES_URL"] {
        let mut arguments = vec!["gpc-onboarding".to_owned(), "serve".to_owned()];
        for setting in settings() {
            let name = variable(&setting);
            let line = committed.lines().find_map(|line| line.strip_prefix('#')?.strip_prefix(name)?.strip_prefix('='));
            let given = line.unwrap_or_else(|| panic!("{name} is not in the sample"));
            // A switch has no value on the command line.
            if name != left_out && setting.get_action().takes_values() {
                arguments.push(format!("--{}={given}", setting.get_long().unwrap()));
            }
        }
        let read = Cli::try_parse_from(&arguments).unwrap_or_else(|error| panic!("{error}"));
        let Command::Serve(serve) = read.command else { panic!("another command") };
        let plain = |name: &str| serve.in_words().into_iter().find(|(known, _)| *known == name).unwrap().1;
        for (name, place) in PACKAGED {
            assert_eq!(plain(name), place);
        }
    }
}

#[test]
fn unit_and_command_know_where_the_package_has_things() {
    let given = PACKAGED.map(|(name, place)| format!("{name}={place}")).join(" ");
    assert!(UNIT.contains(&format!("\nEnvironment={given}\n")) && WITH_SETTINGS.contains(&format!("\nexport {given}\n")));
    let manifest = include_str!("../Cargo.toml");
    for (line, kept) in [
        ("EnvironmentFile=/etc/gpc-onboarding/settings.env", "settings=/etc/gpc-onboarding/settings.env"),
        ("ExecStart=/usr/bin/gpc-onboarding serve", "/usr/bin/gpc-onboarding \"$@\""),
        ("User=gpc-onboarding", "--reuid=gpc-onboarding"),
    ] {
        assert!(UNIT.contains(&format!("\n{line}\n")) && WITH_SETTINGS.contains(kept), "{line}");
    }
    for place in ["\"usr/bin/\"", "\"usr/share/gpc-onboarding/site/\"", "\"usr/share/gpc-onboarding/\""] {
        assert!(manifest.contains(place), "the package has nothing at {place}");
    }
}

/// Longer than running requests get by default, so that nothing is cut off when it is told to stop.
#[test]
fn the_unit_waits_until_what_runs_is_finished() {
    let stop = settings().into_iter().find(|it| variable(it) == "STOP_WITHIN").unwrap();
    let waits = UNIT.split("\nTimeoutStopSec=").nth(1).unwrap().lines().next().unwrap();
    assert!(waits.parse::<u64>().unwrap() > value(&stop).parse::<u64>().unwrap() + 10);
}
