//! A capture made into a run: the same rules, the same record, and no more trust than a file deserves. Its requests came from the
//! supplier and not over the wire, which the run says of itself.

use jiff::Timestamp;

use crate::{
    base::text,
    conformance::{
        capture::{Capture, Fault},
        hidden::told,
        told::Judged,
    },
    practice::{
        ask::Answer,
        exchange::{Kept, To, Took, keep},
        run::{LONGEST_WORDS, LiveRun, MOST_BYTES, MOST_EXCHANGES, Opened, SourceFile},
        seam,
    },
};

/// A run that was read from a file, with all that it holds.
#[derive(Debug)]
pub struct FromFile {
    /// The run, which takes nothing more.
    pub run: LiveRun,
    /// Its exchanges.
    pub kept: Vec<Kept>,
    /// What could not be read, was left out, put right or hidden: sentences for whoever sent it.
    pub told: Vec<String>,
}

/// The name of a file, short enough to be kept and without a patient's number: people call a capture after the patient in it.
#[must_use]
pub fn named(name: &str) -> String {
    told(text::line(name)).chars().take(LONGEST_WORDS).collect()
}

fn words(fault: &Fault) -> String {
    told(if fault.at.is_empty() { fault.why.clone() } else { format!("{}: {}", fault.at, fault.why) })
}

/// Makes a run of a capture. `opened` names the file.
///
/// # Errors
/// A sentence: no request can be read, or there are more than a run takes.
pub fn run_of(opened: Opened, capture: Capture, now: Timestamp) -> Result<FromFile, String> {
    let name = opened.file.as_ref().map_or("The file", |file: &SourceFile| file.name.as_str()).to_owned();
    let count = capture.exchanges.len() + capture.more;
    if capture.exchanges.is_empty() {
        let why = capture.faults.first().map(words).unwrap_or_else(|| "There is no request in it.".to_owned());
        return Err(format!("No request can be read in {name}. {why}"));
    }
    if count > MOST_EXCHANGES as usize {
        return Err(format!("{name} holds {count} requests, and a run takes {MOST_EXCHANGES}. Send it in parts."));
    }
    let mut says: Vec<String> = capture.faults.iter().map(words).chain(capture.notes.into_iter().map(told)).collect();
    let context = seam::context(&opened);
    let mut run = LiveRun::begin(opened, String::new());
    let (mut kept, mut hidden) = (Vec::new(), 0);
    for exchange in capture.exchanges {
        let judged = Judged::of(exchange, &context);
        hidden += judged.masked.places;
        let answer = judged.exchange.answer.unwrap_or_default();
        let answer = Answer { status: answer.status, headers: answer.headers, body: answer.body, change: None };
        let took = Took {
            after: (run.count, &run.head),
            at: judged.exchange.at.unwrap_or(now),
            to: To::Practice,
            request: judged.exchange.request,
            certificate: Vec::new(),
            checks: judged.checks,
        };
        let one = keep(&run.opened, took, &answer);
        run.count += 1;
        run.bytes += one.bytes();
        run.head = one.digest();
        kept.push(one);
        if run.bytes > MOST_BYTES {
            let most = MOST_BYTES / (1024 * 1024);
            return Err(format!("The requests and answers of {name} have more than {most} MB. Send them in parts."));
        }
    }
    if hidden > 0 {
        let places = if hidden == 1 { "1 place".to_owned() } else { format!("{hidden} places") };
        says.push(format!("REQ-12: NHS numbers that are not on the list of test patients stood in {places}. They were hidden before anything was kept."));
    }
    run.key = None;
    run.closed = Some(now);
    Ok(FromFile { run, kept, told: says })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::ids::{Digest, JourneyRef},
        conformance::capture::read,
        guidance::spine::{interactions::interaction, worked::worked},
        practice::exchange::{Ended, is_whole},
    };

    fn opened(file: &str) -> Opened {
        Opened {
            id: "r1".to_owned(),
            journey: JourneyRef::from_bits(1),
            at: now(),
            by: "ada".parse().expect("an id"),
            environment: "int".to_owned(),
            version: "4.2".to_owned(),
            tester: "Ada".to_owned(),
            areas: vec!["structured".to_owned()],
            rules: Digest::of(b"rules"),
            file: Some(SourceFile { name: file.to_owned(), digest: Digest::of(b"bytes") }),
        }
    }

    fn now() -> Timestamp {
        "2026-03-02T10:00:00Z".parse().expect("an instant")
    }

    fn raw(change: impl Fn(&str) -> String) -> String {
        let request = worked(interaction("fhir:rest:read:patient-1").expect("it is known"));
        let headers: String = request.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        change(&format!("{} {} HTTP/1.1\n{headers}\n", request.method, request.url))
    }

    fn made(text: &str) -> Result<FromFile, String> {
        run_of(opened("a.http"), read(text.as_bytes(), "a.http"), now())
    }

    #[test]
    fn a_capture_is_a_closed_run_whose_chain_is_whole() {
        let made = made(&raw(|text| format!("{text}{}", text.replace("Ssp-TraceID", "X-Other")))).expect("two requests");
        assert_eq!((made.run.count, made.run.key.clone()), (2, None));
        assert!(is_whole(&made.run.opened, &made.kept, &made.run.head));
        let failed: Vec<usize> = made.kept.iter().filter_map(Kept::exchange).map(|one| one.count(Ended::Failed)).collect();
        assert!(failed[0] == 0 && failed[1] > 0, "{failed:?}");
        assert!(made.kept.iter().all(|one| !one.text.contains("Bearer ")), "tokens are held back");
    }

    #[test]
    fn what_cannot_be_read_is_said_and_numbers_of_patients_are_hidden() {
        let none = made("hello").expect_err("no request");
        assert!(none.starts_with("No request can be read in a.http. "), "{none}");
        let many = raw(|text| text.repeat(301));
        assert_eq!(made(&many).expect_err("too many"), "a.http holds 301 requests, and a run takes 300. Send it in parts.");
        let patient = made(&raw(|text| text.replace("Accept-Encoding: gzip", "X-Patient: 943 476 5919"))).expect("one request");
        assert!(patient.told.iter().any(|says| says.starts_with("REQ-12: ")), "{:?}", patient.told);
        assert!(!patient.kept[0].text.contains("943 476 5919"));
        assert!(!named("9434765919.har").contains("9434765919"), "nor does the name of the file say who it is");
    }
}
