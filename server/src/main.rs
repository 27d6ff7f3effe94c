//! The binary: reads the command line and does what it says.

use std::process::ExitCode;

use clap::Parser as _;
use server::{commands, config::Cli};

/// A page is a few thousand small texts that come and go: with the allocator of the system they were a quarter of its
/// instructions (docs/decisions/0011-what-a-page-costs.md).
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match commands::run(Cli::parse()).await {
        Ok(status) => status,
        Err(why) => {
            eprintln!("gpc-onboarding: {why}");
            ExitCode::FAILURE
        }
    }
}
