//! A connection type that a support engineer brings: its table counts in reports, copies, comparisons and
//! corrections like that of a built-in one.

use std::process::{Command, Output};

use serde_json::{Value, json};

/// The words that its secrets are in these tests: nothing in their names or forms says what they are.
const TOKEN: &str = "harbourfalcon";
const CELLAR: &str = "lighthouse";
const SHORT: &str = "zqxv";

const TYPE: &str = r#"
title = "Contoso Vault"

[url]
schemes = ["https"]

[[scheme]]
name = "Token"

[scheme.parameters]
vaultword = { required = true, secret = true, what = "the word" }

[scheme.data]
cellar = { secret = true }
shelf = { secret = true }
region = { required = true, words = ["north", "south"] }
wing = { words = ["left", "right"] }
"#;

fn payload() -> Value {
    json!({
        "name": "vault", "type": "contosoVault", "url": "https://vault.contoso.example", "description": "",
        "owner": "library", "isShared": false, "isReady": true,
        "authorization": {"scheme": "Token", "parameters": {"vaultword": TOKEN}},
        "data": {"cellar": CELLAR, "shelf": SHORT, "region": "north", "wing": "left"},
        "serviceEndpointProjectReferences": [{
            "projectReference": {"id": "44444444-4444-4444-8444-444444444444", "name": "WebShop"},
            "name": "vault", "description": ""}],
    })
}

fn trace(body: &Value, status: u16, message: &str) -> String {
    let answer = if status == 200 {
        body.clone()
    } else {
        json!({"message": message, "typeKey": "ServiceEndpointException"})
    };
    let entry = json!({
        "startedDateTime": "2031-03-14T09:00:00.000Z", "time": 1,
        "request": {"method": "POST", "url": "https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints?api-version=7.1",
            "headers": [], "postData": {"mimeType": "application/json", "text": body.to_string()}},
        "response": {"status": status, "statusText": "", "headers": [],
            "content": {"size": 1, "mimeType": "application/json", "text": answer.to_string()}},
    });
    json!({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": [entry]}})
        .to_string()
}

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().expect("a scratch folder"));
        std::fs::create_dir(desk.0.path().join("rules")).expect("writable");
        desk.write("rules/contosoVault.toml", TYPE);
        desk
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).expect("writable");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).expect("it was written")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_mendpoint"))
            .current_dir(self.0.path())
            .env("MENDPOINT_DATA_DIR", self.0.path().join("data"))
            .args(arguments)
            .args(["--rules", "rules"])
            .output()
            .expect("it runs")
    }

    fn said(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = [output.stdout, output.stderr].concat();
        String::from_utf8(text).expect("it writes UTF-8")
    }
}

fn holds_a_secret(text: &str) -> bool {
    [TOKEN, CELLAR, SHORT]
        .iter()
        .any(|secret| text.contains(secret))
}

#[test]
fn what_a_type_calls_a_secret_is_in_no_report_and_in_no_copy() {
    let desk = Desk::new();
    let refusal = format!("The vault took neither {TOKEN} nor cellar={CELLAR} nor shelf: {SHORT}.");
    desk.write("t.har", &trace(&payload(), 400, &refusal));
    let outputs = [
        &["check", "t.har", "-v"][..],
        &["check", "t.har", "--format", "json"],
        &["check", "t.har", "--format", "html"],
        &["check", "t.har", "--format", "sarif"],
        &["check", "t.har", "--format", "markdown"],
        &["show", "t.har", "--call", "1"],
        &["show", "t.har", "--call", "1", "--format", "json"],
        &["calls", "t.har", "--format", "json"],
    ];
    for arguments in outputs {
        let said = desk.said(arguments);
        assert!(
            !said.is_empty() && !holds_a_secret(&said),
            "{arguments:?}\n{said}"
        );
    }
    let shown = desk.said(&["show", "t.har", "--call", "1"]);
    assert!(shown.contains("\"north\""), "{shown}");

    let said = desk.said(&["redact", "t.har", "-o", "copy.har"]);
    let copy = desk.read("copy.har");
    assert!(!holds_a_secret(&copy), "{said}\n{copy}");
    assert!(copy.contains(r#"\"region\":\"north\""#), "{copy}");
    let rules = |name| {
        let report = desk.run(&["check", name, "--format", "json"]).stdout;
        let report: Value = serde_json::from_slice(&report).expect("it writes JSON");
        let found = report["findings"].as_array().expect("a list").clone();
        found
            .iter()
            .map(|one| one["rule"].clone())
            .collect::<Vec<_>>()
    };
    // The live secrets are gone, and nothing else.
    let mut before = rules("t.har");
    before.retain(|rule| rule != "trace-contains-secrets");
    assert_eq!(before, rules("copy.har"));
}

#[test]
fn a_log_that_names_a_secret_member_does_not_show_it() {
    let desk = Desk::new();
    desk.write(
        "log.txt",
        &format!(
            "##[error]The service connection vault failed: AADSTS7000222: The provided client secret keys are expired. vaultword={TOKEN} \"shelf\": \"{SHORT}\""
        ),
    );
    let said = desk.said(&["check", "log.txt", "-v"]);
    assert!(
        said.contains("AADSTS7000222") && !holds_a_secret(&said),
        "{said}"
    );
    desk.said(&["redact", "log.txt", "-o", "copy.txt"]);
    assert!(
        !holds_a_secret(&desk.read("copy.txt")),
        "{}",
        desk.read("copy.txt")
    );
}

#[test]
fn a_payload_of_the_type_is_compared_by_its_table() {
    let desk = Desk::new();
    let mut body = payload();
    desk.write("good.json", &body.to_string());
    body["data"]
        .as_object_mut()
        .expect("a map")
        .remove("region");
    body["data"]["wing"] = "right".into();
    desk.write("t.har", &trace(&body, 400, "The vault is closed."));
    let output = desk.run(&[
        "diff",
        "t.har",
        "--known-good",
        "good.json",
        "--format",
        "json",
    ]);
    let diff: Value = serde_json::from_slice(&output.stdout).expect("it writes JSON");
    assert!(!holds_a_secret(&diff.to_string()), "{diff}");
    let weight = |pointer: &str| {
        let all = diff["differences"].as_array().expect("a list");
        let one = all.iter().find(|one| one["pointer"] == pointer);
        one.map(|one| one["significance"].clone())
    };
    assert_eq!(weight("/data/region"), Some("significant".into()), "{diff}");
    assert_eq!(weight("/data/wing"), Some("form".into()), "{diff}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_payload_of_the_type_is_corrected_by_its_table() {
    let desk = Desk::new();
    let mut body = payload();
    let data = body["data"].as_object_mut().expect("a map");
    let region = data.remove("region").expect("it has one");
    body["authorization"]["parameters"]["region"] = region;
    desk.write("t.har", &trace(&body, 400, "The vault is closed."));
    let output = desk.run(&["patch", "t.har"]);
    let said = String::from_utf8_lossy(&output.stderr);
    let fixed: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    assert_eq!(fixed["data"]["region"], "north", "{fixed}");
    assert_eq!(
        fixed["authorization"]["parameters"].get("region"),
        None,
        "{fixed}"
    );
}

#[test]
fn a_payload_of_the_type_is_kept_with_what_is_harmless_in_it() {
    let desk = Desk::new();
    desk.write("t.har", &trace(&payload(), 200, ""));
    let said = desk.said(&["known-good", "add", "t.har", "--name", "vault"]);
    let kept = desk.said(&["known-good", "show", "vault"]);
    assert!(
        !holds_a_secret(&kept) && kept.contains("\"north\""),
        "{said}\n{kept}"
    );
}

#[test]
fn rules_can_be_listed_for_the_type() {
    let desk = Desk::new();
    let said = desk.said(&["rules", "--type", "ContosoVault"]);
    assert!(!said.contains("is not known here"), "{said}");
}
