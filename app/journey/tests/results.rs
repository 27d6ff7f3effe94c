//! Reports of the provider test suites: what is read of each kind, what is refused with its line, what a rerun says.

use journey::task::results::{Area, LONGEST, MOST_ROWS, Outcome, compare, read, totals};

const JUNIT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="Structured Medications" tests="4">
    <testcase classname="GPConnect.Provider.StructuredMedicationsFeature" name="Medications are returned" time="1.25"/>
    <testcase classname="GPConnect.Provider.StructuredMedicationsFeature" name="Wrong claims(&quot;exp&quot;,&quot;299&quot;)" time="0.5">
      <failure message="expected 400 but was 200">stack</failure>
    </testcase>
    <testcase name="No class of its own"><skipped/></testcase>
  </testsuite>
  <testsuite name="JWT"><testcase classname="JWT" name="Token without claims"><error><![CDATA[<broken> & late]]></error></testcase></testsuite>
</testsuites>"#;

const TRX: &str = r#"<?xml version="1.0"?>
<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
  <Results>
    <UnitTestResult testId="a" testName="AppointmentIsBooked" outcome="Passed" duration="00:01:02.5000000"/>
    <UnitTestResult testId="a" testName="AppointmentIsBooked" outcome="Failed"><Output><ErrorInfo><Message>Slot gone</Message></ErrorInfo></Output></UnitTestResult>
    <UnitTestResult testId="b" testName="Feature.PatientIsFound" outcome="NotExecuted"/>
  </Results>
  <TestDefinitions>
    <UnitTest id="a"><TestMethod className="Suite.BookAppointmentFeature" name="AppointmentIsBooked"/></UnitTest>
  </TestDefinitions>
</TestRun>"#;

const CUCUMBER: &str = r#"[{"name":"Read Document","uri":"x","elements":[
  {"type":"background","name":"","steps":[{"name":"a system","result":{"status":"passed","duration":1}}]},
  {"type":"scenario","id":"read-document;found;;2","name":"found","line":4,"steps":[{"name":"x","result":{"status":"passed","duration":2000000000}}]},
  {"type":"scenario","id":"read-document;found;;3","name":"found","line":5,"steps":[{"name":"y","result":{"status":"undefined"}},{"name":"z","result":{"status":"skipped"}}]}
]}]"#;

#[test]
fn a_junit_report_is_read_scenario_by_scenario() {
    let run = read(JUNIT.as_bytes()).expect("a report");
    assert_eq!(run.format, "JUnit XML");
    let told: Vec<_> =
        run.rows.iter().map(|r| (&*r.feature, &*r.scenario, &*r.example, r.outcome, r.millis, &*r.message)).collect();
    assert_eq!(
        told,
        [
            ("StructuredMedications", "Medications are returned", "", Outcome::Passed, 1250, ""),
            ("StructuredMedications", "Wrong claims", "\"exp\",\"299\"", Outcome::Failed, 500, "expected 400 but was 200"),
            ("Structured Medications", "No class of its own", "", Outcome::Skipped, 0, ""),
            ("JWT", "Token without claims", "", Outcome::Failed, 0, "<broken> & late"),
        ]
    );
}

#[test]
fn a_trx_report_is_read_and_repeated_names_are_told_apart() {
    let run = read(TRX.as_bytes()).expect("a report");
    let told: Vec<_> = run.rows.iter().map(|r| (&*r.feature, &*r.example, r.outcome, r.millis, &*r.message)).collect();
    assert_eq!(
        told,
        [
            ("BookAppointment", "", Outcome::Passed, 62_500, ""),
            ("BookAppointment", "#2", Outcome::Failed, 0, "Slot gone"),
            // The adapter's word for a class that has no other name is kept.
            ("Feature", "", Outcome::Skipped, 0, ""),
        ]
    );
}

#[test]
fn a_cucumber_report_counts_an_undefined_step_as_a_failure() {
    let run = read(CUCUMBER.as_bytes()).expect("a report");
    let told: Vec<_> = run.rows.iter().map(|r| (&*r.scenario, &*r.example, r.outcome, r.millis)).collect();
    assert_eq!(told, [("found", "2", Outcome::Passed, 2000), ("found", "3", Outcome::Failed, 0)]);
    assert_eq!(run.rows[1].message, "The step “y” is not defined");
}

#[test]
fn totals_are_by_part_of_the_specification() {
    for (feature, area) in [
        ("Patient Search", Area::Foundations),
        ("LocationRead", Area::Foundations),
        ("SearchForFreeSlots", Area::Appointments),
        ("Structured Problems", Area::Structured),
        ("Structured Documents", Area::Documents),
        ("Structured Migrate", Area::Migrate),
        ("AccessRecordHTML", Area::Html),
        ("Http", Area::Common),
        ("Security", Area::Common),
        ("Something", Area::Other),
    ] {
        assert_eq!(Area::of(feature), area, "{feature}");
    }
    let (by_area, all) = totals(&read(JUNIT.as_bytes()).expect("a report").rows);
    assert_eq!((all.passed, all.failed, all.skipped, all.millis), (1, 2, 1, 1750));
    assert_eq!(by_area.keys().copied().collect::<Vec<_>>(), [Area::Structured, Area::Common]);
    assert_eq!(by_area[&Area::Structured].all(), 3);
}

#[test]
fn a_rerun_says_what_is_fixed_new_still_failing_and_gone() {
    let before = read(JUNIT.as_bytes()).expect("a report").rows;
    let mut now = before.clone();
    now[0].outcome = Outcome::Failed;
    now[1].outcome = Outcome::Passed;
    now.remove(2);
    let rerun = compare(&before, &now);
    let names = |rows: &[&journey::task::results::Row]| rows.iter().map(|row| row.scenario.clone()).collect::<Vec<_>>();
    assert_eq!(names(&rerun.fixed), ["Wrong claims"]);
    assert_eq!(names(&rerun.broken), ["Medications are returned"]);
    assert_eq!(names(&rerun.still), ["Token without claims"]);
    assert_eq!(names(&rerun.gone), ["No class of its own"]);
}

#[test]
fn a_faulty_report_is_refused_with_its_line() {
    let deep = format!("<testsuites>\n{}{}</testsuites>", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let many: String = (0..=MOST_ROWS).map(|n| format!("<testcase classname='a' name='{n}'/>\n")).collect();
    let cases: Vec<(String, usize, &str)> = vec![
        (String::new(), 1, "empty"),
        ("hello".to_owned(), 1, "neither XML nor JSON"),
        ("<testsuites>\n<testcase>\n".to_owned(), 2, "ends too early"),
        ("<html>\n</html>".to_owned(), 1, "“html” is not the beginning"),
        ("<testsuite name='a'>\n\n<testcase time='1'/></testsuite>".to_owned(), 3, "<testcase> has no name"),
        ("<testsuite>\n<testcase name='b'/></testsuite>".to_owned(), 2, "no classname"),
        ("<testsuite name='a'></testsuite>".to_owned(), 1, "no scenario"),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]>\n<testsuite name='&x;'/>".to_owned(), 1, "document type"),
        ("<!DOCTYPE html>\n<p>Sign in</p>".to_owned(), 1, "this is a web page, perhaps one to sign in"),
        ("<!doctype HTML>\n<p>Sign in</p>".to_owned(), 1, "this is a web page, perhaps one to sign in"),
        ("[{\"name\":\"a\",\n\"elements\":[{\"steps\":[{\"result\":\"passed\"}]}]}]".to_owned(), 2, "not a Cucumber JSON report"),
        ("{\"name\":1}".to_owned(), 1, "not a Cucumber JSON report"),
        (deep, 2, "nested deeper than 64"),
        (format!("<testsuite name='a'>\n{many}</testsuite>"), MOST_ROWS + 2, "more than 10000 scenarios"),
        (format!("[{}]", "[".repeat(5_000)), 1, "not a Cucumber JSON report"),
    ];
    for (text, line, says) in cases {
        let fault = read(text.as_bytes()).expect_err(says);
        assert!(fault.says.contains(says) && fault.line == line, "{fault} for {}", text.chars().take(60).collect::<String>());
    }
    assert!(read(b"<testsuite>\n\xff</testsuite>").expect_err("not text").line == 2);
    let large = vec![b' '; usize::try_from(LONGEST).expect("fits") + 1];
    assert!(read(&large).expect_err("large").says.contains("larger than 8 MB"));
}

fn told(report: &str) -> Vec<(String, Outcome, String)> {
    read(report.as_bytes()).expect(report).rows.into_iter().map(|row| (row.scenario, row.outcome, row.message)).collect()
}

/// As `told`, with borrowed names: what a test expects is written in literals.
fn come(report: &str) -> Vec<(String, Outcome)> {
    told(report).into_iter().map(|(name, outcome, _)| (name, outcome)).collect()
}

fn of<const N: usize>(wanted: [(&str, Outcome); N]) -> Vec<(String, Outcome)> {
    wanted.map(|(name, outcome)| (name.to_owned(), outcome)).into()
}

#[test]
fn only_a_plain_pass_stands_as_one() {
    use Outcome::{Failed, Passed, Skipped};
    // Googletest, and what others write in the same places.
    let report = "<testsuite name='s'>\
        <testcase name='a' status='run' result='completed'/><testcase name='b' status='notrun' result='suppressed'/>\
        <testcase name='c' status='run' result='skipped'/><testcase name='d' status='Passed'/><testcase name='e' status='error'/>\
        <testcase name='f' status='who knows'/><testcase name='g'><disabled/></testcase><testcase name='h' status='passed'><error/></testcase>\
        </testsuite>";
    let names = [
        ("a", Passed),
        ("b", Skipped),
        ("c", Skipped),
        ("d", Passed),
        ("e", Failed),
        ("f", Skipped),
        ("g", Skipped),
        ("h", Failed),
    ];
    assert_eq!(come(report), of(names));
    assert_eq!(told(report)[1].2, "Its status is “notrun”");
    // What broke beside the cases of a suite.
    let beside = "<testsuites><testsuite name='s' tests='1' errors='1'><testcase name='a'/><error message='setup of the class failed'/></testsuite></testsuites>";
    let run = read(beside.as_bytes()).expect("a report");
    assert_eq!(come(beside), of([("a", Passed), ("The suite itself", Failed)]));
    assert_eq!((run.rows[1].message.as_str(), run.notes.len()), ("setup of the class failed", 0));
    // Surefire: what failed first and passed then.
    let flaky = "<testsuite name='s' tests='3' failures='1'><testcase name='a'><flakyFailure message='timed out'/></testcase>\
        <testcase name='b'><rerunFailure message='no'/></testcase><testcase name='c'><failure/><rerunFailure/></testcase></testsuite>";
    let run = read(flaky.as_bytes()).expect("a report");
    let retried: Vec<_> = run.rows.iter().map(|row| (row.outcome, row.retried, row.message.as_str())).collect();
    assert_eq!(retried, [(Passed, true, "timed out"), (Passed, true, "no"), (Failed, false, "")]);
    assert_eq!(totals(&run.rows).1.retried, 2);
    // TRX: an outcome that is missing, one that nobody knows, a parent that failed alone, a run that broke.
    assert_eq!(come(&TRX.replace(" outcome=\"NotExecuted\"", ""))[2].1, Failed);
    assert_eq!(come(&TRX.replace("NotExecuted", "Perhaps"))[2].1, Skipped);
    let parent = |outer: &str, inner: &str| {
        format!(
            "<TestRun><Results><UnitTestResult testName='F.a' outcome='{outer}'><InnerResults><UnitTestResult testName='F.a(1)' \
             outcome='{inner}'/></InnerResults></UnitTestResult></Results></TestRun>"
        )
    };
    assert_eq!(come(&parent("Failed", "Passed")), of([("a", Failed), ("a", Passed)]));
    assert_eq!(come(&parent("Failed", "Failed")), of([("a", Failed)]));
    let broken = "<TestRun><Results><UnitTestResult testName='F.a' outcome='Passed'/></Results><ResultSummary outcome='Failed'>\
        <RunInfos><RunInfo outcome='Error'><Text>The host went away</Text></RunInfo></RunInfos></ResultSummary></TestRun>";
    assert_eq!(told(broken)[1], ("The run itself".to_owned(), Failed, "The host went away".to_owned()));
    assert_eq!(come(&broken.replace("outcome='Passed'", "outcome='Failed'")), of([("a", Failed)]), "that is why it failed");
}

#[test]
fn a_report_that_does_not_agree_with_itself_says_so() {
    let notes = |text: &str| read(text.as_bytes()).expect(text).notes;
    assert_eq!(
        notes("<testsuite name='s' tests='3' failures='0'><testcase name='a'><failure/></testcase></testsuite>"),
        [
            "The suite “s” says that it has 3 tests, and 1 are in the report.",
            "The suite “s” says that it has 0 failures and errors, and 1 are in the report."
        ]
    );
    assert_eq!(notes("<testsuite tests='1' skipped='1'><testcase classname='a' name='a'/></testsuite>").len(), 1);
    // Every way of counting that agrees: with suites inside or without, with what was not run or without, by case or by fault.
    for sound in [
        "<testsuites tests='3' failures='1'><testsuite name='s' tests='3' failures='1'><testcase name='a'><failure/></testcase>\
         <testsuite name='t' tests='2'><testcase name='b'/><testcase name='c'/></testsuite></testsuite></testsuites>",
        "<testsuites><testsuite name='s' tests='1' failures='1'><testcase name='a'><failure/></testcase>\
         <testsuite name='t' tests='1' skipped='1'><testcase name='b'/><testcase name='c'><skipped/></testcase></testsuite></testsuite></testsuites>",
        "<testsuite name='s' tests='1' failures='1' errors='1'><testcase name='a'><failure/><error/></testcase></testsuite>",
        "<testsuite name='s' tests='' failures='none'><testcase name='a'/></testsuite>",
    ] {
        assert_eq!(notes(sound), Vec::<String>::new(), "{sound}");
    }
    let run = "<TestRun><Results><UnitTestResult testName='F.a' outcome='Passed'/></Results><ResultSummary outcome='Completed'>\
        <Counters total='3' failed='1' notExecuted='1'/></ResultSummary></TestRun>";
    assert_eq!(notes(run).len(), 2);
}

#[test]
fn a_time_that_is_none_costs_the_time_and_not_the_report() {
    let report = "<testsuite name='s'><testcase name='a' time='0,160'/><testcase name='b' time='80.803us'/><testcase name='c' time='soon'/>\
        <testcase name='d' time='1,024.12'/><testcase name='e' time=' '/><testcase name='f' time='1,024'/></testsuite>";
    let run = read(report.as_bytes()).expect("a report");
    assert_eq!(run.rows.iter().map(|row| row.millis).collect::<Vec<_>>(), [160, 0, 0, 1_024_120, 0, 0]);
    assert_eq!(run.notes, ["2 times could not be read and count as none."]);
    let run = read(TRX.replace("00:01:02.5000000", "1.00:00:01").as_bytes()).expect("a report");
    assert_eq!((run.rows[0].millis, run.notes.len()), (86_401_000, 0));
    let run = read(TRX.replace("00:01:02.5000000", "a minute").as_bytes()).expect("a report");
    assert_eq!((run.rows[0].millis, run.notes.len()), (0, 1));
}

#[test]
fn a_report_with_colours_or_in_utf_16_is_read() {
    let coloured = "<testsuite name='s'>\n<testcase name='a'><failure message='&#27;[31mexpected&#x1B;[0m 400&#0; &amp; more'/></testcase>\
        <testcase name='b\u{1b}[1;32m\u{8}!'><failure><![CDATA[\u{1b}[2J&#7;late]]></failure></testcase><testcase name='&#233;&#10;'/></testsuite>";
    let told = told(coloured);
    assert_eq!(told[0].2, "expected 400 & more");
    assert_eq!((told[1].0.as_str(), told[1].2.as_str(), told[2].0.as_str()), ("b!", "late", "é"));
    // A fault behind them has its line still.
    assert_eq!(read(coloured.replace("name='a'", "").as_bytes()).expect_err("no name").line, 2);
    for big in [false, true] {
        let mut bytes = if big { vec![0xfe, 0xff] } else { vec![0xff, 0xfe] };
        let text = TRX.replace("<?xml version=\"1.0\"?>", "<?xml version=\"1.0\" encoding=\"utf-16\"?>");
        bytes.extend(text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }));
        assert_eq!(read(&bytes).expect("a report").rows, read(TRX.as_bytes()).expect("a report").rows);
        bytes.pop();
        assert!(read(&bytes).expect_err("cut").says.contains("UTF-16"));
    }
}

#[test]
fn a_background_that_failed_fails_the_scenarios_after_it() {
    use Outcome::{Failed, Passed, Skipped};
    let step =
        |status: &str| format!("{{\"name\":\"x\",\"result\":{{\"status\":\"{status}\",\"error_message\":\"{status} it is\"}}}}");
    let element = |kind: &str, name: &str, status: &str| {
        format!("{{\"type\":\"{kind}\",\"name\":\"{name}\",\"steps\":[{}]}}", step(status))
    };
    let report = |elements: &[String]| format!("[{{\"name\":\"F\",\"elements\":[{}]}}]", elements.join(","));
    for status in ["skipped", "passed"] {
        let one = report(&[
            element("background", "", "failed"),
            element("scenario", "a", status),
            element("background", "", "passed"),
            element("scenario", "b (03-17)", "passed"),
        ]);
        assert_eq!(come(&one), of([("a", Failed), ("b (03-17)", Passed)]), "{status}");
        assert_eq!(told(&one)[0].2, "failed it is");
    }
    let skipped = report(&[element("background", "", "skipped"), element("scenario", "a", "passed")]);
    assert_eq!(come(&skipped), of([("a", Skipped)]));
    let once =
        report(&[element("background", "", "failed"), element("scenario", "a", "passed"), element("scenario", "b", "passed")]);
    assert_eq!(come(&once), of([("a", Failed), ("b", Failed)]));
    let alone = report(&[element("scenario", "a", "passed"), element("background", "Setting up", "failed")]);
    assert_eq!(come(&alone), of([("a", Passed), ("Setting up", Failed)]));
}

#[test]
fn a_step_that_says_nothing_costs_its_scenario_and_not_the_report() {
    use Outcome::{Failed, Passed, Skipped};
    let report = r#"[{"elements":[
        {"name":"a","steps":[{"name":"x"}]},
        {"name":"b","steps":[{"name":"y","result":{"status":"maybe","duration":"long"}}]},
        {"name":"c","steps":[{"name":"z","result":{"status":"PASSED","duration":5,"error_message":null}}]},
        {"name":"d","steps":[{"name":"z","result":{"status":"passed"},"after":[{"result":{"status":"failed"}}]}]},
        {"name":null,"line":7,"steps":[{"result":{}}]}
    ]},{"name":"empty"}]"#;
    let told = told(report);
    assert_eq!(
        come(report),
        of([("a", Skipped), ("b", Skipped), ("c", Passed), ("d", Failed), ("A scenario without a name (line 7)", Skipped)])
    );
    assert_eq!(told[0].2, "The step “x” has no result");
    assert_eq!(told[1].2, "The step “y” has the status “maybe”");
}

#[test]
fn a_rerun_says_what_is_not_run_any_more() {
    let before = read(JUNIT.as_bytes()).expect("a report").rows;
    let mut now = before.clone();
    for row in &mut now {
        row.outcome = Outcome::Skipped;
    }
    let rerun = compare(&before, &now);
    assert_eq!(rerun.unrun.len(), 3, "one was not run before either");
    assert!(rerun.fixed.is_empty() && rerun.gone.is_empty());
    let all = totals(&now).1;
    assert_eq!(all.without_failure(false), "No scenario was run.");
    now[0].outcome = Outcome::Passed;
    assert_eq!(totals(&now).1.without_failure(false), "No scenario failed, and 3 were not run.");
    assert!(totals(&now).1.without_failure(true).ends_with("But not all that the reports say agrees."));
}

/// A report of the size of the whole suite is read in no time worth mentioning.
#[test]
fn a_thousand_scenarios_are_read_each() {
    let cases: String =
        (0..1_053).map(|n| format!("<testcase classname='Patient Read' name='case {n}' time='0.1'/>\n")).collect();
    let run = read(format!("<testsuite name='a'>{cases}</testsuite>").as_bytes()).expect("a report");
    assert_eq!(run.rows.len(), 1_053);
    assert_eq!(totals(&run.rows).1.passed, 1_053);
}

/// Whatever bytes come, there is an answer and never a panic; what is cut off is refused.
#[test]
fn nonsense_never_breaks_the_reader() {
    for report in [JUNIT, TRX, CUCUMBER] {
        for at in 0..report.len() {
            assert!(read(&report.as_bytes()[..at]).is_err(), "cut at {at}");
            let mut bytes = report.as_bytes().to_vec();
            bytes[at] = b"<>&\"{[\x00\xff"[at % 8];
            drop(read(&bytes));
        }
    }
}
