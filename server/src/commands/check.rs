//! `check`: captured requests held against the rules of the specification, for a terminal, for programs and for builds. It
//! needs neither database nor configuration, and keeps nothing.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    path::Path,
    process::ExitCode,
};

use jiff::Timestamp;
use journey::{
    base::environment::Environment,
    conformance::{
        capture::{Capture, LARGEST, read},
        exchange::{Api, Context},
        told::{Report, as_json, junit, text},
    },
    guidance::spine::interactions::interaction,
    plan::capability::Capability,
};

use crate::config::{Check, Format};

/// Prints what was found, and ends with 0 when no rule failed, 1 when one failed, 2 when something could not be read.
///
/// # Errors
/// When an option makes no sense.
pub fn run(check: &Check) -> Result<ExitCode, String> {
    let context = context(check)?;
    let captures = check.files.iter().map(|file| captured(file, check.at)).collect();
    let report = Report::of(captures, &context);
    let made = match check.format {
        Format::Text => text(&report, check.all),
        Format::Json => format!("{:#}\n", as_json(&report)),
        Format::Junit => junit(&report),
    };
    // A reader that stops early, such as head, is no fault.
    let _ = std::io::stdout().lock().write_all(made.as_bytes());
    Ok(ExitCode::from(report.status()))
}

fn captured(file: &Path, at: Option<Timestamp>) -> (String, Capture) {
    let is_input = file == Path::new("-");
    let name = if is_input { "standard input".to_owned() } else { file.display().to_string() };
    let mut bytes = Vec::new();
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    let outcome = if is_input {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    let mut capture = match outcome {
        Ok(_) => read(&bytes, &name),
        Err(error) => Capture::refused("", format!("It cannot be opened: {error}.")),
    };
    drop(bytes);
    capture.exchanges.iter_mut().for_each(|exchange| exchange.at = exchange.at.or(at));
    (name, capture)
}

fn context(check: &Check) -> Result<Context, String> {
    fn one<T: Copy>(text: &str, what: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, String> {
        let names = || all.iter().map(|one| name(*one)).collect::<Vec<_>>().join(", ");
        all.iter()
            .copied()
            .find(|one| name(*one) == text)
            .ok_or_else(|| format!("there is no {what} “{text}”; known are {}", names()))
    }
    let unknown = check.interactions.iter().find(|id| interaction(id.trim()).is_none());
    if let Some(id) = unknown {
        return Err(format!("there is no interaction “{id}”; /spine lists them"));
    }
    let capabilities = check.capabilities.iter().map(|name| one(name, "capability", Capability::ALL, Capability::name));
    let capabilities = capabilities.collect::<Result<Vec<_>, String>>()?;
    Ok(Context {
        environment: check
            .environment
            .as_ref()
            .map(|name| one(name, "environment", Environment::ALL, Environment::name))
            .transpose()?,
        api: check.api.as_ref().map(|name| one(name, "specification", Api::ALL, Api::name)).transpose()?,
        product: check.product.clone(),
        version: check.version.clone(),
        asids: check.asids.clone(),
        supplier_ods: check.supplier_ods.clone(),
        shared_topology: check.shared.then_some(true),
        practice_ods: check.practice.clone(),
        in_scope: (!capabilities.is_empty()).then_some(capabilities),
        interactions: check.interactions.clone(),
        provider: check.provider,
    })
}
