//! The binary: reads the command line and does what it says.

use std::process::ExitCode;

use clap::Parser as _;
use server::{commands, config::Cli};

#[tokio::main]
async fn main() -> ExitCode {
    match commands::run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("gpc-onboarding: {why}");
            ExitCode::FAILURE
        }
    }
}
