//! Reports of the provider test suites: what is read of each kind, what is refused with its line, what a rerun says.

use journey::results::{Area, LONGEST, MOST_ROWS, Outcome, compare, read, totals};

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
    let names = |rows: &[&journey::results::Row]| rows.iter().map(|row| row.scenario.clone()).collect::<Vec<_>>();
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
        ("<testsuite name='a'><testcase name='b' time='soon'/></testsuite>".to_owned(), 1, "“soon” is not a time"),
        ("<testsuite name='a'></testsuite>".to_owned(), 1, "no scenario"),
        (TRX.replace("NotExecuted", "Perhaps"), 6, "“Perhaps” is not an outcome"),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]>\n<testsuite name='&x;'/>".to_owned(), 1, "document type"),
        (
            "[{\"name\":\"a\",\n\"elements\":[{\"name\":\"b\",\"steps\":[{\"result\":{\"status\":\"maybe\"}}]}]}]".to_owned(),
            2,
            "maybe",
        ),
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
