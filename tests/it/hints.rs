//! What a report and a correction advise works when it is followed, or is not advised.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output};

use serde_json::{Value, json};

const ID: &str = "7c1f0a52-3d84-4e19-9b60-5a2e8d417f33";
const PROJECT: &str = "a47e2b90-5d1c-4f38-86b3-e9d70c5f1a62";
const CLOUD: &str = "https://dev.azure.com/contoso/_apis/serviceendpoint";

/// A folder with a trace of one call, or with a text.
struct Desk(tempfile::TempDir);

impl Desk {
    /// `body` sent to `url` and refused.
    fn refused(method: &str, url: &str, body: &Value) -> Self {
        let text = Some(body.to_string());
        Self::holding(&log(method, url, text.as_deref(), 500))
    }

    fn holding(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        fs::write(folder.path().join("t.har"), text).expect("writable");
        Self(folder)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_mendpoint"))
            .current_dir(self.0.path())
            .args(arguments)
            .output()
            .expect("it runs")
    }

    /// The exit status, and what it says on standard error.
    fn said(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let out = self.run(arguments);
        let said = String::from_utf8(out.stderr).expect("text");
        (out.status.code(), said)
    }

    /// What is written to standard output.
    fn written(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let out = self.run(arguments);
        let written = String::from_utf8(out.stdout).expect("text");
        (out.status.code(), written)
    }

    /// The first finding of the report.
    fn finding(&self) -> Value {
        let out = self.run(&["check", "t.har", "--format", "json"]);
        let report: Value = serde_json::from_slice(&out.stdout).expect("JSON");
        report["findings"][0].clone()
    }

    /// The commands of the first finding that begin with `start`.
    fn commands(&self, start: &str) -> Vec<String> {
        let finding = self.finding();
        let commands = finding["commands"].as_array().expect("commands");
        let texts = commands.iter().filter_map(|one| one["text"].as_str());
        texts
            .filter(|text| text.starts_with(start))
            .map(str::to_owned)
            .collect()
    }
}

/// A trace of one call.
fn log(method: &str, url: &str, body: Option<&str>, status: u16) -> String {
    let answer = json!({"message": "Failed to get Azure DevOps Service access token, cache value is invalid."});
    let mut entry = json!({
        "request": {"method": method, "url": url, "headers": []},
        "response": {
            "status": status,
            "headers": [],
            "content": {"mimeType": "application/json", "text": answer.to_string()}
        }
    });
    if let Some(body) = body {
        entry["request"]["postData"] = json!({"mimeType": "application/json", "text": body});
    }
    json!({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": [entry]}})
        .to_string()
}

/// An endpoint with the empty access token.
fn faulty() -> Value {
    json!({
        "id": ID, "name": "web-prod", "type": "azurerm", "url": "https://management.azure.com/",
        "authorization": {"scheme": "ServicePrincipal", "parameters": {
            "tenantid": "22222222-3333-4444-8555-666666666666",
            "serviceprincipalid": "33333333-4444-4555-8666-777777777777",
            "authenticationType": "spnKey", "serviceprincipalkey": null, "accesstoken": null
        }},
        "data": {
            "environment": "AzureCloud", "scopeLevel": "Subscription",
            "subscriptionId": "44444444-5555-4666-8777-888888888888",
            "subscriptionName": "Contoso Prod", "creationMode": "Manual"
        },
        "serviceEndpointProjectReferences": [
            {"projectReference": {"id": PROJECT, "name": "Shop"}, "name": "web-prod"}
        ]
    })
}

fn verify() -> Value {
    json!({
        "serviceEndpointDetails": faulty(),
        "dataSourceDetails": {"dataSourceName": "TestConnection"}
    })
}

#[test]
fn the_command_that_sends_is_that_of_the_captured_call() {
    let one = format!("{CLOUD}/endpoints/{ID}");
    let all = format!("{CLOUD}/endpoints");
    let old = format!(
        "https://contoso.visualstudio.com/DefaultCollection/Shop/_apis/distributedtask/serviceendpoints/{ID}"
    );
    for (method, url, query, expected) in [
        ("PUT", &one, "?api-version=7.1", " \"api-version=7.1\""),
        (
            "PUT",
            &one,
            "?operation=ConvertAuthenticationScheme&api-version=7.1",
            " \"operation=ConvertAuthenticationScheme\" \"api-version=7.1\"",
        ),
        ("PUT", &old, "?api-version=3.0", " \"api-version=3.0\""),
        ("POST", &all, "?api-version=7.1", " \"api-version=7.1\""),
    ] {
        let desk = Desk::refused(method, &format!("{url}{query}"), &faulty());
        let (code, request) = desk.written(&["patch", "t.har", "--request", "az"]);
        assert_eq!(code, Some(0), "{url}");
        let verb = method.to_lowercase();
        let place = format!(
            "az rest --method {verb} --resource 499b84ac-1321-427f-aa17-267ca6975798 --uri \"{url}\" --uri-parameters{expected} --headers Content-Type=application/json --body"
        );
        assert!(request.contains(&place), "{request}");
    }
}

#[test]
fn nothing_that_saves_is_advised_for_a_verify_or_another_server() {
    let verifying = format!("{CLOUD}/endpointproxy?endpointId={ID}&api-version=7.1");
    let own = format!(
        "https://tfs.corp.example:8080/tfs/Coll/Shop/_apis/serviceendpoint/endpoints/{ID}?api-version=5.0"
    );
    for (method, url, body, whole) in [
        ("POST", &verifying, verify(), true),
        ("PUT", &own, faulty(), false),
    ] {
        let desk = Desk::refused(method, url, &body);
        assert_eq!(desk.commands("az rest"), [""; 0], "{url}");
        let request = desk.commands("mendpoint patch t.har").pop().expect("one");
        // Another host than the cloud's is trusted by the reader, never by a command.
        assert_eq!(request.contains("--request curl"), whole, "{request}");
        assert!(!request.contains("--allow-host"), "{request}");
        let arguments: Vec<&str> = request.split(' ').skip(1).collect();
        assert_eq!(desk.run(&arguments).status.code(), Some(0), "{request}");
    }
}

#[test]
fn no_request_is_offered_without_an_address_or_a_body() {
    let pasted = Desk::holding(&faulty().to_string());
    let unseen = Desk::holding(&log(
        "PATCH",
        &format!("{CLOUD}/endpoints/{ID}?api-version=7.1"),
        None,
        500,
    ));
    for desk in [pasted, unseen] {
        let finding = desk.finding().to_string();
        assert!(!finding.contains("--request"), "{finding}");
    }
}

/// A body that its recorder took apart: only the name of a field, without a value.
#[test]
fn what_cannot_be_patched_is_not_said_to_be() {
    let mut apart: Value = serde_json::from_str(&log(
        "PUT",
        &format!("{CLOUD}/endpoints/{ID}?api-version=7.1"),
        None,
        500,
    ))
    .expect("JSON");
    apart["log"]["entries"][0]["request"]["postData"] = json!({
        "mimeType": "application/json",
        "params": [{"name": faulty().to_string(), "value": ""}]
    });
    let desk = Desk::holding(&apart.to_string());
    let finding = desk.finding();
    assert_eq!(finding["fix"], Value::Null);
    assert!(!finding["remedy"].to_string().contains("mendpoint patch"));
    assert_eq!(desk.commands("mendpoint patch"), [""; 0]);
    let (code, said) = desk.said(&["patch", "t.har", "--call", "1"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("took it apart into fields"), "{said}");
}

#[test]
fn a_key_that_is_not_in_the_body_is_not_offered_to_be_taken_out() {
    let mut body = verify();
    let parameters = &mut body["serviceEndpointDetails"]["authorization"]["parameters"];
    parameters
        .as_object_mut()
        .expect("a map")
        .remove("accesstoken");
    let url = format!("{CLOUD}/endpointproxy?endpointId={ID}&api-version=7.1");
    let finding = Desk::refused("POST", &url, &body).finding();
    assert_eq!(finding["rule"], "access-token-cache-invalid");
    let remedy = finding["remedy"].to_string();
    assert!(!remedy.contains("--unsafe-fixes"), "{remedy}");
}

#[test]
fn a_pasted_verify_is_corrected_inside_its_envelope() {
    let desk = Desk::holding(&verify().to_string());
    let out = desk.run(&["patch", "t.har"]);
    assert_eq!(out.status.code(), Some(0));
    let body: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let mut expected = verify();
    let parameters = &mut expected["serviceEndpointDetails"]["authorization"]["parameters"];
    parameters
        .as_object_mut()
        .expect("a map")
        .remove("accesstoken");
    assert_eq!(body, expected);
    let (_, said) = desk.said(&["patch", "t.har"]);
    assert!(said.contains("send it with POST"), "{said}");
}

#[test]
fn what_has_to_be_asked_for_is_not_called_beyond_mending() {
    let url = format!("{CLOUD}/endpointproxy?endpointId={ID}&api-version=7.1");
    let (code, said) = Desk::refused("POST", &url, &verify()).said(&["patch", "t.har"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("no corrected body yet"), "{said}");
    assert!(said.contains("--call 1"), "{said}");
}

/// The connection is made at the second try; the first could still be mended, and nobody has to.
#[test]
fn a_create_that_worked_later_takes_nothing_back() {
    let url = format!("{CLOUD}/endpoints?api-version=7.1");
    let mut body = faulty();
    let members = body.as_object_mut().expect("an object");
    members.remove("id");
    members.insert("serviceEndpointProjectReferences".to_owned(), json!([]));
    body["authorization"]["parameters"] = json!({
        "tenantid": "22222222-3333-4444-8555-666666666666",
        "serviceprincipalid": "33333333-4444-4555-8666-777777777777",
        "authenticationType": "spnKey", "serviceprincipalkey": "invented-for-this-test"
    });
    let mut trace: Value =
        serde_json::from_str(&log("POST", &url, Some(&body.to_string()), 400)).expect("JSON");
    body["serviceEndpointProjectReferences"] = faulty()["serviceEndpointProjectReferences"].take();
    let mut again: Value =
        serde_json::from_str(&log("POST", &url, Some(&body.to_string()), 200)).expect("JSON");
    body["id"] = json!(ID);
    body["isReady"] = json!(true);
    let mut second = again["log"]["entries"][0].take();
    second["response"]["content"]["text"] = json!(body.to_string());
    trace["log"]["entries"]
        .as_array_mut()
        .expect("a list")
        .push(second);
    let desk = Desk::holding(&trace.to_string());
    let (code, said) = desk.said(&["patch", "t.har"]);
    assert_eq!(code, Some(3), "{said}");
    let (code, said) = desk.said(&["patch", "t.har", "--call", "1", "--unsafe-fixes"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("one more connection"), "{said}");
    assert!(!said.contains("takes back"), "{said}");
}

#[test]
fn what_was_spelt_anew_is_not_called_as_captured() {
    let url = format!("{CLOUD}/endpoints/{ID}?api-version=7.1");
    let tab = faulty().to_string().replace("web-prod", "web\tprod");
    let desk = Desk::holding(&log("PUT", &url, Some(&tab), 500));
    let (_, said) = desk.said(&["patch", "t.har"]);
    assert!(said.contains("but spelt as strict JSON"), "{said}");
    let plain = Desk::refused("PUT", &url, &faulty());
    let (_, said) = plain.said(&["patch", "t.har"]);
    assert!(said.contains("every other byte is as captured"), "{said}");
}

#[test]
fn a_list_of_connections_is_compared_by_the_one_at_fault() {
    let url = format!("{CLOUD}/endpoints?api-version=7.1");
    let mut sound = faulty();
    let parameters = &mut sound["authorization"]["parameters"];
    parameters
        .as_object_mut()
        .expect("a map")
        .remove("accesstoken");
    let desk = Desk::refused("PUT", &url, &json!([sound, faulty()]));
    let (code, said) = desk.said(&["diff", "t.har"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("what stands at /1"), "{said}");
    let unseen = Desk::holding(&log("PUT", &url, None, 500));
    let (code, said) = unseen.said(&["diff", "t.har"]);
    assert_eq!(code, Some(2));
    assert!(
        said.contains("the body of call 1 is not in the trace"),
        "{said}"
    );
}

#[test]
fn one_fault_of_the_command_line_is_one_line() {
    let url = format!("{CLOUD}/endpoints/{ID}?api-version=7.1");
    let desk = Desk::refused("PUT", &url, &faulty());
    for arguments in [
        &["check", "t.har", "--known-good", "nope.json"][..],
        &["diff", "t.har", "--known-good", "nope.json"],
        &["check", "t.har", "-o", "nowhere/x"],
        &["redact", "t.har", "-o", "nowhere/x"],
    ] {
        let (code, said) = desk.said(arguments);
        assert_eq!(code, Some(2), "{arguments:?}");
        assert_eq!(said.matches("error: ").count(), 1, "{said}");
        assert!(
            !said.contains(".tmp") && !said.contains(".mendpoint"),
            "{said}"
        );
    }
}

#[test]
fn a_rule_is_found_in_any_letters_and_nothing_close_is_made_up() {
    let desk = Desk::holding("");
    let (code, _) = desk.said(&["explain", "PAYLOAD-ACCESSTOKEN-NULL"]);
    assert_eq!(code, Some(0));
    let (_, said) = desk.said(&["explain", "payload-acesstoken-nul"]);
    assert!(
        said.contains("the closest is payload-accesstoken-null"),
        "{said}"
    );
    let (_, said) = desk.said(&["explain", "nosuchthing"]);
    assert!(!said.contains("closest"), "{said}");
    let (_, said) = desk.said(&["rules", "--scheme", "zzz"]);
    assert!(said.contains("no rule is about the scheme zzz"), "{said}");
    let (_, said) = desk.said(&["rules", "--scheme", "serviceprincipal"]);
    assert_eq!(said, "");
}

/// The samples of some rules say more about another one.
#[test]
fn a_demonstration_shows_its_own_rule_first() {
    let desk = Desk::holding("");
    for id in [
        "aadsts7000216-no-credential",
        "payload-differs-from-known-good",
    ] {
        let out = desk.run(&["explain", id, "--demo", "--format", "json"]);
        let report: Value = serde_json::from_slice(&out.stdout).expect("JSON");
        assert_eq!(report["findings"][0]["rule"], id);
    }
}

#[test]
fn a_password_file_that_cannot_be_read_is_the_one_error() {
    let desk = Desk::holding("");
    let file = fs::File::create(desk.0.path().join("t.saz")).expect("writable");
    let mut archive = zip::write::ZipWriter::new(file);
    let options = zip::write::SimpleFileOptions::default()
        .with_aes_encryption(zip::AesMode::Aes256, "invented");
    archive.start_file("raw/1_c.txt", options).expect("started");
    archive
        .write_all(
            b"GET https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints HTTP/1.1\r\n\r\n",
        )
        .expect("written");
    archive.finish().expect("finished");
    for command in [
        &["check", "t.saz"][..],
        &["redact", "t.saz", "-o", "copy.har"],
    ] {
        let arguments = [command, &["--password-file", "nope.txt"]].concat();
        let (code, said) = desk.said(&arguments);
        assert_eq!(code, Some(2));
        assert!(
            said.starts_with("error: the password file nope.txt could not be read"),
            "{said}"
        );
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn an_answer_alone_is_told_without_gaps() {
    let finding = Desk::holding("An item with the same key has already been added").finding();
    assert_eq!(finding["rule"], "payload-duplicate-key");
    let message = finding["message"].as_str().expect("a text");
    assert!(!message.contains('\u{2039}'), "{message}");
}
