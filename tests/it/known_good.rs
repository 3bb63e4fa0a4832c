//! Payloads that work: compared with what fails for no known reason, kept without secrets, and two
//! traces compared when a repair is done.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::stand_in::client::good;
use crate::stand_in::contoso::{self, AUTOMATIC_ID};
use serde_json::{Value, json};

const REFUSAL: &str = r#"{"$id":"1","innerException":null,"message":"Nobody knows these words.","typeName":"System.InvalidOperationException, mscorlib","typeKey":"InvalidOperationException","errorCode":0,"eventId":0}"#;
const CACHE: &str = r#"{"$id":"1","innerException":null,"message":"Failed to get Azure DevOps Service access token, cache value is invalid.","typeKey":"ServiceEndpointException"}"#;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a scratch folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a trace; entries are verb, body, status and answer, a minute apart from `minute` on.
    fn trace(&self, name: &str, minute: u32, entries: &[(&str, &Value, u16, &str)]) -> &Self {
        let entries: Vec<Value> = (minute..)
            .zip(entries)
            .map(|(minute, (verb, body, status, answer))| {
                entry(minute, verb, body, *status, answer)
            })
            .collect();
        let log = json!({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": entries}});
        std::fs::write(self.path(name), log.to_string()).expect("writable");
        self
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_mendpoint"))
            .current_dir(self.0.path())
            .env("MENDPOINT_DATA_DIR", self.path("data"))
            .args(arguments)
            .output()
            .expect("it runs")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

fn entry(minute: u32, verb: &str, body: &Value, status: u16, answer: &str) -> Value {
    let id = body["id"]
        .as_str()
        .or(body["serviceEndpointDetails"]["id"].as_str())
        .unwrap_or(AUTOMATIC_ID);
    let url = if verb == "POST" {
        format!(
            "https://dev.azure.com/contoso/WebShop/_apis/serviceendpoint/endpointproxy?endpointId={id}&api-version=7.1"
        )
    } else {
        format!(
            "https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/{id}?api-version=7.1"
        )
    };
    json!({
        "startedDateTime": format!("2031-03-14T09:{minute:02}:00.000Z"), "time": 1, "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0},
        "request": {"method": verb, "url": url, "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
            "queryString": [], "headersSize": -1, "bodySize": -1,
            "postData": {"mimeType": "application/json", "text": body.to_string()}},
        "response": {"status": status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
            "content": {"size": 1, "mimeType": "application/json", "text": answer}, "redirectURL": "",
            "headersSize": -1, "bodySize": -1}
    })
}

/// A working endpoint of its own.
fn sibling(number: u32) -> Value {
    let mut body = good();
    body["id"] = json!(format!("9c0d2f61-4b8e-4a57-9d13-{number:012}"));
    body["name"] = json!(format!("sibling-{number}"));
    body
}

fn hints(report: &Value) -> Vec<&Value> {
    let findings = report["findings"].as_array().expect("findings");
    findings
        .iter()
        .filter(|finding| finding["rule"] == "payload-differs-from-known-good")
        .collect()
}

/// A body without a type, of which no rule knows.
fn typeless() -> Value {
    let mut body = good();
    body.as_object_mut().expect("an object").remove("type");
    body
}

#[test]
fn what_no_rule_explains_is_held_against_a_payload_that_works() {
    let desk = Desk::new();
    desk.trace("failed.har", 0, &[("PUT", &typeless(), 500, REFUSAL)]);
    std::fs::write(desk.path("works.json"), good().to_string()).expect("writable");
    let report = desk.json(&[
        "check",
        "failed.har",
        "--known-good",
        "works.json",
        "--format",
        "json",
    ]);
    let [hint] = hints(&report)[..] else {
        panic!("one hint: {report:#}")
    };
    assert_eq!(hint["severity"], "warning");
    assert_eq!(hint["confidence"], "low");
    assert_eq!(hint["locations"][0]["pointer"], "/type");
    assert!(
        hint["message"]
            .as_str()
            .expect("a text")
            .contains("works.json"),
        "{hint:#}"
    );
    assert_eq!(
        report["summary"]["verdict"], "fault",
        "the call failed, and a hint explains nothing"
    );
    let rules = report["findings"].as_array().expect("findings").iter();
    let rules: Vec<_> = rules.map(|finding| finding["rule"].clone()).collect();
    assert_eq!(
        rules,
        [
            "payload-empty-required-string",
            "call-failed-unexplained",
            "payload-differs-from-known-good"
        ],
        "the type is missing, and that explains no words either"
    );
    assert_eq!(desk.run(&["check", "failed.har"]).status.code(), Some(1));
    assert_eq!(
        desk.run(&["check", "failed.har", "--fail-on", "warning"])
            .status
            .code(),
        Some(1)
    );
}

#[test]
fn an_explained_or_a_successful_write_gets_no_hint() {
    let desk = Desk::new();
    let mut known = typeless();
    known["authorization"]["parameters"]["accesstoken"] = Value::Null;
    desk.trace("explained.har", 0, &[("PUT", &known, 500, CACHE)]);
    desk.trace(
        "fine.har",
        0,
        &[("PUT", &typeless(), 200, &good().to_string())],
    );
    for name in ["explained.har", "fine.har"] {
        let report = desk.json(&["check", name, "--format", "json"]);
        assert!(hints(&report).is_empty(), "{name}: {report:#}");
    }
}

#[test]
fn of_several_payloads_that_work_only_what_none_of_them_has_counts() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("works")).expect("writable");
    // The failing one lacks a project too, but so does the second that works.
    let mut failing = typeless();
    failing["serviceEndpointProjectReferences"] = json!([{"name": "contoso-dev"}]);
    let one = sibling(1);
    let mut two = sibling(2);
    two["serviceEndpointProjectReferences"] = json!([{"name": "sibling-2"}]);
    desk.trace("works/one.har", 0, &[("PUT", &one, 200, &one.to_string())]);
    desk.trace("works/two.har", 0, &[("PUT", &two, 200, &two.to_string())]);
    desk.trace("failed.har", 0, &[("PUT", &failing, 500, REFUSAL)]);
    let compared = |works: &str| {
        desk.json(&[
            "diff",
            "failed.har",
            "--known-good",
            works,
            "--format",
            "json",
        ])
    };
    let with_one = compared("works/one.har");
    assert_eq!(
        with_one["apart"].as_array().map(Vec::len),
        Some(2),
        "{with_one:#}"
    );
    let diff = compared("works");
    assert_eq!(diff["apart"], json!(["/type"]), "{diff:#}");
    assert_eq!(diff["known_good"]["origin"], "file");
}

#[test]
fn what_is_kept_has_no_secret_and_is_used_by_itself() {
    let desk = Desk::new();
    let mut saved = contoso::manual();
    saved["authorization"]["parameters"]["scope"] = json!("/subscriptions/x");
    desk.trace("works.har", 0, &[("PUT", &saved, 200, &saved.to_string())]);
    let added = desk.run(&["known-good", "add", "works.har"]);
    assert_eq!(
        added.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&added.stderr)
    );
    let listed = String::from_utf8(desk.run(&["known-good", "list"]).stdout).expect("UTF-8");
    assert_eq!(
        listed,
        "contoso-prod-manual  azurerm ServicePrincipal Manual Subscription\n"
    );
    let shown = desk.json(&["known-good", "show", "contoso-prod-manual"]);
    assert_eq!(
        shown["authorization"]["parameters"]["serviceprincipalkey"],
        Value::Null
    );
    assert!(!shown.to_string().contains("invented-secret") && !shown.to_string().contains("robin"));

    assert_eq!(
        desk.run(&["known-good", "add", "works.har"]).status.code(),
        Some(2),
        "nothing is overwritten"
    );
    assert_eq!(
        desk.run(&["known-good", "add", "works.har", "--force"])
            .status
            .code(),
        Some(0)
    );

    let mut other = contoso::manual();
    other["id"] = json!(AUTOMATIC_ID);
    other["name"] = json!("another");
    other["data"]["subscriptionName"] = json!(7);
    desk.trace("failed.har", 0, &[("PUT", &other, 500, REFUSAL)]);
    let diff = desk.json(&["diff", "failed.har", "--format", "json"]);
    assert_eq!(diff["known_good"]["origin"], "file");
    assert!(
        diff["known_good"]["description"]
            .as_str()
            .expect("a text")
            .contains("'contoso-prod-manual', kept")
    );

    for name in ["../data/known-good/contoso-prod-manual", "nothing"] {
        assert_eq!(
            desk.run(&["known-good", "remove", name]).status.code(),
            Some(2),
            "{name}"
        );
    }
    assert_eq!(
        desk.run(&["known-good", "remove", "contoso-prod-manual"])
            .status
            .code(),
        Some(0)
    );
    assert!(desk.run(&["known-good", "list"]).stdout.is_empty());
}

#[test]
fn a_payload_whose_verify_failed_is_not_kept_and_a_call_counts_once() {
    let desk = Desk::new();
    let answer = good().to_string();
    let refused = r#"{"result":[],"statusCode":403,"errorMessage":"no"}"#;
    for (verified, kept) in [(refused, 3), (VERIFIED, 0)] {
        desk.trace(
            "works.har",
            0,
            &[
                ("PUT", &good(), 200, &answer),
                ("POST", &verify(), 200, verified),
            ],
        );
        let out = desk.run(&["known-good", "add", "works.har", "--force"]);
        assert_eq!(out.status.code(), Some(kept), "{verified}");
    }
    let one = sibling(1);
    desk.trace("one.har", 0, &[("PUT", &one, 200, &one.to_string())]);
    desk.trace("failed.har", 0, &[("PUT", &typeless(), 500, REFUSAL)]);
    let diff = desk.run(&["diff", "failed.har", "--known-good", "one.har"]);
    let said = String::from_utf8(diff.stdout).expect("UTF-8");
    assert!(said.contains("one.har"), "{said}");
    assert!(!said.contains("fit equally well"), "{said}");
}

#[test]
fn what_is_no_endpoint_is_not_compared_and_two_empty_traces_say_nothing() {
    let desk = Desk::new();
    for (body, reason) in [
        (json!({"hello": "world"}), "call 1 is no service endpoint"),
        (json!([1, 2]), "call 1 is no service endpoint"),
    ] {
        desk.trace("odd.har", 0, &[("PUT", &body, 500, REFUSAL)]);
        let out = desk.run(&["diff", "odd.har"]);
        assert_eq!(out.status.code(), Some(2));
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(said.contains(reason), "{said}");
    }
    desk.trace("empty.har", 0, &[]);
    let out = desk.run(&["compare", "empty.har", "empty.har"]);
    assert_eq!(out.status.code(), Some(3));
}

fn faulty() -> Value {
    let mut body = good();
    body["authorization"]["parameters"]["accesstoken"] = Value::Null;
    body
}

fn verify() -> Value {
    json!({"serviceEndpointDetails": good(), "dataSourceDetails": {"dataSourceName": "TestConnection"}})
}

const VERIFIED: &str = r#"{"result":["{}"],"statusCode":"ok","errorMessage":""}"#;

#[test]
fn a_repair_is_closed_by_a_save_and_a_verify_after_it() {
    let desk = Desk::new();
    desk.trace("before.har", 0, &[("PUT", &faulty(), 500, CACHE)]);
    let answer = good().to_string();
    desk.trace(
        "after.har",
        30,
        &[
            ("PUT", &good(), 200, &answer),
            ("POST", &verify(), 200, VERIFIED),
        ],
    );
    let text = desk.run(&["compare", "before.har", "after.har"]);
    let said = String::from_utf8(text.stdout).expect("UTF-8");
    assert_eq!(text.status.code(), Some(0), "{said}");
    assert!(said.starts_with("repaired"), "{said}");
    assert!(
        said.contains("verified with success at 2031-03-14T09:31:00Z"),
        "{said}"
    );
    let receipt = desk.json(&["compare", "before.har", "after.har", "--format", "json"]);
    assert_eq!(receipt["schema"], "mendpoint.compare.v1");
    assert_eq!(receipt["closed"], true);
    assert_eq!(receipt["gone"][0]["rule"], "payload-accesstoken-null");
    assert_eq!(receipt["proofs"][0]["connection"], AUTOMATIC_ID);
}

#[test]
fn a_repair_is_not_closed_by_silence_by_the_same_fault_or_by_a_new_one() {
    let desk = Desk::new();
    desk.trace("before.har", 0, &[("PUT", &faulty(), 500, CACHE)]);
    let answer = good().to_string();
    desk.trace("silence.har", 30, &[("GET", &json!({}), 200, &answer)]);
    desk.trace("same.har", 30, &[("PUT", &faulty(), 500, CACHE)]);
    let mut address = good();
    address["url"] = json!("https://management.chinacloudapi.cn/");
    desk.trace(
        "new.har",
        30,
        &[
            ("PUT", &good(), 200, &answer),
            ("PUT", &address, 500, REFUSAL),
        ],
    );
    for (after, group, rule) in [
        ("silence.har", "not_tried", "payload-accesstoken-null"),
        ("same.har", "stayed", "payload-accesstoken-null"),
        ("new.har", "came", "payload-url-environment-mismatch"),
    ] {
        let output = desk.run(&["compare", "before.har", after]);
        assert_eq!(output.status.code(), Some(1), "{after}");
        let receipt = desk.json(&["compare", "before.har", after, "--format", "json"]);
        assert_eq!(receipt["closed"], false);
        assert_eq!(receipt[group][0]["rule"], rule, "{after}: {receipt:#}");
    }
}

#[test]
fn two_recordings_that_hardly_belong_together_are_called_that() {
    let desk = Desk::new();
    desk.trace("before.har", 0, &[("PUT", &faulty(), 500, CACHE)]);
    desk.trace("same.har", 30, &[("PUT", &faulty(), 500, CACHE)]);
    let path = desk.0.path().join("same.har");
    let text = std::fs::read_to_string(path).expect("written above");
    let elsewhere = desk.0.path().join("elsewhere.har");
    std::fs::write(elsewhere, text.replace("/contoso/", "/fabrikam/")).expect("written");
    let turned = desk.run(&["compare", "same.har", "before.har"]);
    assert!(String::from_utf8_lossy(&turned.stdout).contains("swapped"));
    let turned = desk.run(&["compare", "same.har", "before.har", "--format", "json"]);
    assert!(String::from_utf8_lossy(&turned.stderr).contains("swapped"));
    for (after, is_strange) in [("same.har", false), ("elsewhere.har", true)] {
        let told = desk.run(&["compare", "before.har", after, "--format", "markdown"]);
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        assert_eq!(told.contains("fabrikam"), is_strange, "{told}");
    }
}
