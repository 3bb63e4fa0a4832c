//! One cause that several inputs tell of, or a log twice, is one finding; what another input says besides
//! stays one of its own.

use std::io::Cursor;

use mendpoint::correct::{Choice, Terms, correct};
use mendpoint::ingest::{Options, Source};
use mendpoint::judge::Analyzer;
use mendpoint::report::Report;
use mendpoint::report::finding::Severity;
use serde_json::{Value, json};

const ID: &str = "3b1d5f70-0001-4000-8000-00000000000a";
const CACHE: &str = "Failed to get Azure DevOps Service access token, cache value is invalid.";

fn body(token: bool) -> String {
    let mut parameters = json!({"tenantid": "3b1d5f70-0002-4000-8000-00000000000a",
        "serviceprincipalid": "3b1d5f70-0003-4000-8000-00000000000a",
        "authenticationType": "spnKey", "serviceprincipalkey": null});
    if token {
        parameters["accesstoken"] = Value::Null;
    }
    json!({"id": ID, "name": "depot", "type": "azurerm", "url": "https://management.azure.com/",
        "authorization": {"scheme": "ServicePrincipal", "parameters": parameters},
        "data": {"environment": "AzureCloud", "scopeLevel": "Subscription", "creationMode": "Manual",
            "subscriptionId": "3b1d5f70-0004-4000-8000-00000000000a", "subscriptionName": "Depot"},
        "serviceEndpointProjectReferences": [{"projectReference":
            {"id": "3b1d5f70-0005-4000-8000-00000000000a", "name": "Depot"}, "name": "depot"}]})
    .to_string()
}

fn entry(second: Option<usize>, sent: &str, status: u16, answer: &str) -> Value {
    let mut entry = json!({
        "request": {"method": "PUT", "headers": [], "postData": {"mimeType": "application/json", "text": sent},
            "url": format!("https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/{ID}?api-version=7.1")},
        "response": {"status": status, "headers": [], "content": {"text": answer}}});
    if let Some(second) = second {
        entry["startedDateTime"] = json!(format!("2026-03-04T10:00:{second:02}.000Z"));
    }
    entry
}

fn har(entries: &[Value]) -> String {
    json!({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": entries}})
        .to_string()
}

fn refused(message: &str) -> String {
    json!({"message": message, "typeKey": "ServiceEndpointException"}).to_string()
}

fn check(files: &[(&str, &str)]) -> Report {
    let mut readers: Vec<Cursor<&str>> = files.iter().map(|(_, text)| Cursor::new(*text)).collect();
    let sources = readers.iter_mut().zip(files);
    let sources = sources.map(|(reader, (name, _))| (*name, Source::File(reader)));
    mendpoint::check(sources, &Analyzer::default(), &Options::default())
}

fn errors(report: &Report) -> Vec<&str> {
    let findings = report.findings.iter();
    let errors = findings.filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.rule.as_str()).collect()
}

fn broken() -> String {
    har(&[entry(Some(0), &body(true), 500, &refused(CACHE))])
}

#[test]
fn the_message_of_a_recorded_call_beside_its_trace_is_evidence() {
    let report = check(&[
        ("mail.txt", &format!("Hello, I get: {CACHE}\n")),
        ("t.har", &broken()),
    ]);
    assert_eq!(errors(&report), ["payload-accesstoken-null"]);
    let places = &report.findings[0].locations;
    assert!(places.iter().any(|place| place.input == 0), "{places:?}");
    assert!(
        report
            .inputs
            .iter()
            .all(|input| input.verdict.name() == "fault")
    );
}

#[test]
fn another_message_beside_a_trace_is_another_fault() {
    let other = "AADSTS7000222: The provided client secret keys for app 'x' are expired.";
    let report = check(&[("mail.txt", other), ("t.har", &broken())]);
    assert_eq!(
        errors(&report),
        ["payload-accesstoken-null", "aadsts7000222-secret-expired"]
    );
}

#[test]
fn a_message_is_no_repetition_of_what_was_made_good() {
    let trace = har(&[
        entry(Some(0), &body(true), 500, &refused(CACHE)),
        entry(Some(9), &body(false), 200, &body(false)),
    ]);
    let report = check(&[("mail.txt", CACHE), ("t.har", &trace)]);
    assert_eq!(errors(&report), ["access-token-cache-invalid"]);
}

#[test]
fn the_same_call_in_two_recordings_is_one_fault_and_one_body() {
    let untimed = har(&[entry(None, &body(true), 500, &refused(CACHE))]);
    let report = check(&[
        ("a.har", &broken()),
        ("b.har", &untimed),
        ("c.json", &body(true)),
    ]);
    assert_eq!(errors(&report), ["payload-accesstoken-null"]);
    let terms = Terms {
        choice: Choice::Last,
        unsafe_fixes: false,
        values: &[],
    };
    let analyzer = Analyzer::default();
    let corrected = correct(&report, &analyzer, &terms).expect("there is one body");
    assert!(!corrected.body.contains("accesstoken"));
}

#[test]
fn calls_of_one_connection_that_say_different_things_are_two_faults() {
    let odd = har(&[entry(
        None,
        &body(false),
        400,
        &refused("The crane is stuck."),
    )]);
    let report = check(&[("a.har", &broken()), ("b.har", &odd)]);
    assert_eq!(
        errors(&report),
        ["payload-accesstoken-null", "call-failed-unexplained"]
    );
}

#[test]
fn what_a_tool_prints_of_the_call_in_its_own_log_is_no_second_fault() {
    let log = include_str!("../../samples/recorded/python-azure-devops-debug.log");
    assert_eq!(
        errors(&check(&[("debug.log", log)])),
        ["payload-accesstoken-null"]
    );
}

#[test]
fn a_body_that_is_out_of_date_is_not_corrected() {
    let message = "The service connection has been changed by another user. Read it again.";
    let stale = har(&[entry(Some(0), &body(true), 409, &refused(message))]);
    let report = check(&[("t.har", &stale)]);
    assert_eq!(
        errors(&report),
        ["azdo-changed-since-read", "payload-accesstoken-null"]
    );
    assert!(report.findings.iter().all(|finding| finding.fix.is_none()));
    let analyzer = Analyzer::default();
    for choice in [Choice::Last, Choice::Call(1)] {
        let terms = Terms {
            choice,
            unsafe_fixes: true,
            values: &[],
        };
        let refusal = correct(&report, &analyzer, &terms).expect_err("the body is stale");
        let words = refusal.words(&report).join("\n");
        assert!(words.contains("Read the connection again"), "{words}");
    }
    let later = har(&[
        entry(Some(0), &body(true), 409, &refused(message)),
        entry(Some(9), &body(true), 500, &refused(CACHE)),
    ]);
    let report = check(&[("t.har", &later)]);
    let terms = Terms {
        choice: Choice::Last,
        unsafe_fixes: false,
        values: &[],
    };
    let corrected = correct(&report, &analyzer, &terms).expect("the new body is not stale");
    assert_eq!(corrected.call.map(|call| call.number), Some(2));
}

#[test]
fn several_members_that_one_body_lacks_are_one_block_that_names_each() {
    let machine = json!({"name": "depot", "type": "ssh", "url": "ssh://depot.contoso.example:22",
        "authorization": {"scheme": "UsernamePassword", "parameters": {"username": "deploy"}}, "data": {},
        "serviceEndpointProjectReferences": [{"projectReference":
            {"id": "3b1d5f70-0005-4000-8000-00000000000a", "name": "Depot"}, "name": "depot"}]});
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.har");
    let mut one = entry(
        Some(0),
        &machine.to_string(),
        400,
        &refused("It was not taken."),
    );
    one["request"]["method"] = "POST".into();
    one["request"]["url"] =
        "https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints?api-version=7.1".into();
    std::fs::write(&path, har(&[one])).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_mendpoint"))
        .args(["check", &path.display().to_string()])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let sent = text
        .lines()
        .find(|line| line.starts_with("  sent "))
        .unwrap();
    assert!(
        sent.contains("/authorization/parameters/password, /data/Host"),
        "{text}"
    );
    assert!(!text.contains("another call"), "{text}");
}
