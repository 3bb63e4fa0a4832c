//! Logs of tools and copied requests say the same as a HAR of the same exchange.

mod around;
mod clients;
mod curl;
mod forms;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use mendpoint::ingest::{Container, Options, Source, Trace, read};
use serde_json::{Value, json};

use crate::redaction::{essence, judged, redacted};

/// One exchange with the service, of which each form of log is made.
#[derive(Clone)]
struct Call {
    method: &'static str,
    path: String,
    body: String,
    status: u16,
    reason: &'static str,
    answer: String,
}

/// Gives the log of a call.
type Form = fn(&Call) -> String;

const HOST: &str = "dev.azure.com";
const ID: &str = "3d0c7f8e-51b2-4a96-8e47-90ac1b2d3e4f";

impl Call {
    fn url(&self) -> String {
        format!("https://{HOST}{}", self.path)
    }

    fn har(&self) -> String {
        json!({"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [{
            "request": {
                "method": self.method, "url": self.url(),
                "headers": [{"name": "Content-Type", "value": "application/json"}],
                "postData": {"mimeType": "application/json", "text": self.body},
            },
            "response": {
                "status": self.status, "statusText": self.reason,
                "headers": [{"name": "Content-Type", "value": "application/json"}],
                "content": {"mimeType": "application/json", "text": self.answer},
            },
        }]}})
        .to_string()
    }
}

impl Call {
    fn har_without_answer(&self) -> String {
        let mut har: Value =
            serde_json::from_str(&self.har()).expect("the data of the test is whole");
        har["log"]["entries"][0]["response"] = Value::Null;
        har.to_string()
    }
}

/// A connection as the portal sends it, with the member that it should have left out.
fn endpoint(name: &str) -> Value {
    json!({
        "id": ID, "name": name, "type": "azurerm", "url": "https://management.azure.com/",
        "description": "Deployments: \"north\" & it's 100% {done} \\ é",
        "authorization": {"scheme": "ServicePrincipal", "parameters": {
            "tenantid": "5b6c7d8e-9f01-4a2b-8c3d-4e5f60718293",
            "serviceprincipalid": "1a2b3c4d-5e6f-4708-9a1b-2c3d4e5f6071",
            "authenticationType": "spnKey", "serviceprincipalkey": null, "accesstoken": null,
        }},
        "data": {
            "environment": "AzureCloud", "scopeLevel": "Subscription", "creationMode": "Automatic",
            "subscriptionId": "0f1e2d3c-4b5a-4697-8877-665544332211", "subscriptionName": "Web $hop",
        },
        "isShared": false, "isReady": true,
        "serviceEndpointProjectReferences": [{
            "name": name, "description": "",
            "projectReference": {"id": "77aa88bb-99cc-4dde-8eff-001122334455", "name": "Shop"},
        }],
    })
}

const REFUSED: &str = r#"{"$id":"1","innerException":null,"message":"Failed to get Azure DevOps Service access token, cache value is invalid.","typeName":"Microsoft.VisualStudio.Services.ServiceEndpoints.WebApi.ServiceEndpointException, Microsoft.VisualStudio.Services.ServiceEndpoints.WebApi","typeKey":"ServiceEndpointException","errorCode":0,"eventId":3000}"#;

/// An update that the service refused for the body's sake.
fn update() -> Call {
    Call {
        method: "PUT",
        path: format!("/contoso/_apis/serviceendpoint/endpoints/{ID}?api-version=7.1"),
        body: endpoint("shop-prod").to_string(),
        status: 500,
        reason: "Internal Server Error",
        answer: REFUSED.to_owned(),
    }
}

/// A verify of the same connection; its answer is 200 with the failure inside.
fn verify() -> Call {
    let mut details = endpoint("shop-prod");
    details
        .as_object_mut()
        .expect("the data of the test is whole")
        .remove("id");
    Call {
        method: "POST",
        path: format!("/contoso/Shop/_apis/serviceendpoint/endpointproxy?endpointId={ID}&api-version=6.0-preview.1"),
        body: json!({
            "serviceEndpointDetails": details,
            "dataSourceDetails": {"dataSourceName": "TestConnection", "dataSourceUrl": ""},
            "resultTransformationDetails": {"resultTemplate": ""},
        })
        .to_string(),
        status: 200,
        reason: "OK",
        answer: json!({"result": [], "statusCode": "badRequest", "errorMessage": "Failed to obtain the Json Web Token(JWT) using service principal client ID. Exception message: Failed to get Azure DevOps Service access token, cache value is invalid."}).to_string(),
    }
}

/// A create in the oldest version of the API.
fn create() -> Call {
    Call {
        method: "POST",
        path: "/contoso/Shop/_apis/serviceendpoint/endpoints?api-version=5.1-preview.2".to_owned(),
        ..update()
    }
}

fn run(file: &Path, arguments: &[&str]) -> Output {
    let home = file.parent().expect("the data of the test is whole");
    let mut command = Command::new(env!("CARGO_BIN_EXE_mendpoint"));
    command.args(arguments).arg(file).env("NO_COLOR", "1");
    command
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home)
        .env("XDG_DATA_HOME", home);
    command.output().expect("the data of the test is whole")
}

/// What users see of an input: calls, findings, verdict, and the corrected body.
#[derive(Debug, PartialEq)]
struct Judged {
    container: String,
    calls: Vec<Value>,
    rules: Vec<String>,
    verdict: String,
    patch: Option<Value>,
    notes: Vec<String>,
}

fn judge(bytes: impl AsRef<[u8]>) -> Judged {
    let folder = tempfile::tempdir().expect("the data of the test is whole");
    let file = folder.path().join("input");
    fs::write(&file, bytes).expect("the data of the test is whole");
    let output = run(&file, &["check", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let fields = [
        "operation",
        "method",
        "url",
        "organization",
        "project",
        "endpoint_id",
        "endpoint_name",
        "type",
        "scheme",
        "api_version",
        "status",
        "outcome",
    ];
    let list = |key: &str| report[key].as_array().cloned().unwrap_or_default();
    let call = |call: &Value| {
        fields
            .iter()
            .map(|field| ((*field).to_owned(), call[field].clone()))
            .collect()
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let judging = |finding: &&Value| !text(&finding["rule"]).starts_with("trace-");
    let patch = run(&file, &["patch"]);
    Judged {
        container: text(&report["inputs"][0]["container"]),
        calls: list("calls").iter().map(call).map(Value::Object).collect(),
        rules: list("findings")
            .iter()
            .filter(judging)
            .map(|finding| text(&finding["rule"]))
            .collect(),
        verdict: text(&report["summary"]["verdict"]),
        patch: (patch.status.code() == Some(0))
            .then(|| serde_json::from_slice(&patch.stdout).expect("the data of the test is whole")),
        notes: report["inputs"][0]["notes"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|note| text(&note["kind"]))
            .collect(),
    }
}

/// All forms that show both bodies.
fn whole() -> impl Iterator<Item = &'static (&'static str, Form)> {
    forms::WHOLE.iter().chain(clients::WHOLE)
}

/// What the library reads.
fn trace(text: &str) -> Trace {
    let mut bytes = text.as_bytes();
    let traces = read("log", Source::Stream(&mut bytes), &Options::default());
    traces.expect("it can be read").remove(0)
}

/// Compares a log with the HAR of the same call as users see both.
fn same_as_har(name: &str, log: impl AsRef<[u8]>, expected: &Judged) {
    let found = judge(log);
    assert_eq!(found.container, "log", "{name}");
    assert_eq!(found.calls, expected.calls, "{name}");
    assert_eq!(found.rules, expected.rules, "{name}");
    assert_eq!(found.verdict, expected.verdict, "{name}");
    assert_eq!(found.patch, expected.patch, "{name}");
}

/// Looks for `call` in a log, with its answer or without.
fn holds(name: &str, log: impl AsRef<[u8]>, call: &Call, answered: bool) {
    let traces = read(
        "log",
        Source::Stream(&mut log.as_ref()),
        &Options::default(),
    );
    let trace = traces
        .unwrap_or_else(|error| panic!("{name}: {error}"))
        .remove(0);
    assert_eq!(trace.container, Container::Log, "{name}");
    let [exchange] = trace.exchanges.as_slice() else {
        panic!("{name}: {} exchanges", trace.exchanges.len())
    };
    let json = |text: &str| serde_json::from_str::<Value>(text).ok();
    assert_eq!(
        (exchange.request.method.as_str(), &exchange.request.url),
        (call.method, &call.url()),
        "{name}"
    );
    assert_eq!(
        exchange.request.body.as_sent().and_then(json),
        json(&call.body),
        "{name}: {:?}",
        exchange.request.body
    );
    let answer = exchange
        .response
        .as_ref()
        .map(|answer| (answer.status, answer.body.text().and_then(json)));
    assert_eq!(
        answer,
        answered.then(|| (call.status, json(&call.answer))),
        "{name}"
    );
}

#[test]
fn every_form_with_bodies_says_what_the_har_says() {
    let expected = judge(update().har());
    assert!(expected.patch.is_some());
    for (name, form) in whole() {
        same_as_har(name, form(&update()), &expected);
        for call in [verify(), create()] {
            holds(&format!("{name}, {}", call.path), form(&call), &call, true);
        }
    }
}

#[test]
fn copies_of_logs_are_judged_like_them() {
    // What stood beside the calls is not needed where they tell the same.
    let told = |bytes: &[u8]| -> Vec<String> {
        let report = judged("log", bytes).expect("it is a recording");
        let lines = essence(&report).into_iter();
        let lines = lines.filter(|line| !line.starts_with("trace-redacted"));
        lines.map(|line| line.replace(" 0:text:-", "")).collect()
    };
    for (name, form) in whole() {
        for call in [update(), verify(), create()] {
            let log = form(&call);
            for keep_ids in [false, true] {
                let copy = redacted(name, log.as_bytes(), keep_ids).expect("it has a call");
                assert_eq!(told(log.as_bytes()), told(&copy), "{name}");
            }
        }
    }
}

#[test]
fn decorated_logs_say_the_same() {
    let call = update();
    for (name, form) in whole() {
        for (how, decorated) in forms::decorations(&form(&call)) {
            holds(&format!("{name}, {how}"), decorated, &call, true);
        }
    }
    for (name, form) in forms::ASKED {
        for (how, decorated) in forms::decorations(&form(&call)) {
            holds(&format!("{name}, {how}"), decorated, &call, false);
        }
    }
}

#[test]
fn a_form_without_request_bodies_names_the_switch_that_shows_them() {
    let call = update();
    for (name, form, switch) in forms::WITHOUT_BODIES.iter().chain(clients::WITHOUT_BODIES) {
        let found = judge(form(&call));
        assert_eq!(
            (found.container.as_str(), found.calls.len()),
            ("log", 1),
            "{name}"
        );
        assert_eq!(found.calls[0]["status"], 500, "{name}");
        assert_eq!(found.calls[0]["url"], call.url(), "{name}");
        assert!(found.notes.contains(&"body-not-shown".to_owned()), "{name}");
        let notes = trace(&form(&call)).notes;
        assert!(
            notes.iter().any(|note| note.message.contains(switch)),
            "{name}: {notes:?}"
        );
    }
}

#[test]
fn a_copied_request_is_judged_and_corrected_without_an_answer() {
    let expected = judge(update().har_without_answer());
    assert_eq!(expected.verdict, "fault");
    assert!(expected.patch.is_some());
    for (name, form) in forms::ASKED {
        same_as_har(name, form(&update()), &expected);
        for call in [verify(), create()] {
            holds(&format!("{name}, {}", call.path), form(&call), &call, false);
        }
    }
}

#[test]
fn a_program_that_makes_the_request_is_read_in_any_language() {
    let expected = judge(update().har_without_answer());
    for (name, form) in forms::PROGRAMS {
        same_as_har(name, form(&update()), &expected);
        for call in [verify(), create()] {
            holds(&format!("{name}, {}", call.path), form(&call), &call, false);
        }
    }
    let from_variables = "url = f\"https://dev.azure.com/{org}/_apis/serviceendpoint/endpoints/{id}?api-version=7.1\"\nrequests.delete(url, auth=(\"\", pat))\n";
    let trace = trace(from_variables);
    assert_eq!(trace.exchanges[0].request.method, "DELETE");
    assert!(
        trace
            .notes
            .iter()
            .any(|note| note.message.contains("{org}, {id}"))
    );
}

#[test]
fn talk_and_programs_of_several_calls_stay_texts() {
    for text in [
        "Which of \"https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints\" and \"https://dev.azure.com/fabrikam/_apis/serviceendpoint/endpoints\" do I POST to?",
        "See \"https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints\" for the list.",
    ] {
        assert_eq!(trace(text).container, Container::Text, "{text}");
    }
}

#[test]
fn an_answer_pasted_behind_a_command_is_the_answer() {
    let call = update();
    let raw = format!(
        "HTTP/1.1 500 Internal Server Error\nContent-Type: application/json\n\n{}",
        call.answer
    );
    for (name, form) in forms::ASKED {
        let asked = form(&call);
        holds(name, format!("{asked}\n\n{raw}\n"), &call, true);
        let bare = Call {
            status: 0,
            ..call.clone()
        };
        holds(name, format!("{asked}\n{}\n", call.answer), &bare, true);
    }
}

#[test]
fn mixed_logs_keep_their_order_and_their_other_lines() {
    let calls = [create(), verify(), update()];
    let mut text = String::from("The nightly job says:\n");
    for (at, (_, form)) in whole().enumerate() {
        text.push_str(&form(&calls[at % 3]));
        text.push_str("\nAADSTS7000215: Invalid client secret provided.\n");
    }
    let found = trace(&text);
    assert_eq!(found.container, Container::Log);
    assert_eq!(found.total, whole().count());
    for (at, exchange) in found.exchanges.iter().enumerate() {
        assert_eq!(exchange.request.url, calls[at % 3].url());
        assert_eq!(
            exchange.response.as_ref().unwrap().status,
            calls[at % 3].status,
            "{}",
            whole().nth(at).expect("it was made").0
        );
    }
    let rest = found.text.unwrap();
    assert!(rest.starts_with("The nightly job says:"));
    assert_eq!(rest.matches("AADSTS7000215").count(), whole().count());
}

#[test]
fn a_log_that_breaks_off_keeps_what_is_complete() {
    for (name, form) in whole() {
        let (first, second) = (form(&create()), form(&update()));
        let text = format!("{first}\n{second}\n");
        let whole = trace(&text);
        for cut in (0..text.len())
            .step_by(100)
            .filter(|cut| text.is_char_boundary(*cut))
        {
            let Ok(traces) = read(
                "log",
                Source::Stream(&mut &text.as_bytes()[..cut]),
                &Options::default(),
            ) else {
                assert!(cut < first.len(), "{name}: cut at {cut}");
                continue;
            };
            let exchanges = &traces[0].exchanges;
            if cut > first.len() {
                let (found, expected) = (&exchanges[0], &whole.exchanges[0]);
                assert_eq!(
                    found.request.body, expected.request.body,
                    "{name}: cut at {cut}"
                );
                let body = |exchange: &mendpoint::exchange::Exchange| {
                    exchange.response.clone().map(|response| response.body)
                };
                assert_eq!(body(found), body(expected), "{name}: cut at {cut}");
            }
        }
    }
}

#[test]
fn texts_without_a_call_stay_texts() {
    for text in [
        "Failed to get Azure DevOps Service access token, cache value is invalid.",
        "See https://learn.microsoft.com/rest/api/azure/devops/serviceendpoint/endpoints/create for how it works.",
        "POST https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints failed with 500",
        "Here curl is not installed; the serviceendpoint API cannot be reached",
        "We use curl, az rest and Invoke-RestMethod with _apis/serviceendpoint/endpoints, don't we?",
        "Send it with `curl -X PUT https://dev.azure.com/{organization}/_apis/serviceendpoint/endpoints/{id} -d @body.json`.",
        "DEBUG: msrest.http_logger: Request URL: 'https://management.azure.com/subscriptions'\nserviceendpoint",
    ] {
        let found = trace(text);
        assert_eq!(found.container, Container::Text, "{text}");
        assert_eq!(found.text.as_deref(), Some(text));
    }
}

#[test]
fn the_recorded_logs_show_the_save_that_failed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/recorded");
    let mut bodies = Vec::new();
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "log")) {
        let name = file.display();
        let found = judge(fs::read(&file).unwrap());
        assert_eq!(
            (found.container.as_str(), found.calls.len()),
            ("log", 1),
            "{name}"
        );
        assert_eq!(
            (&found.calls[0]["method"], &found.calls[0]["status"]),
            (&json!("PUT"), &json!(500)),
            "{name}"
        );
        assert_eq!(found.verdict, "fault", "{name}");
        if found.notes.contains(&"body-not-shown".to_owned()) {
            continue;
        }
        assert_eq!(found.rules[0], "payload-accesstoken-null", "{name}");
        bodies.push(found.patch.unwrap());
    }
    assert!(bodies.len() >= 4);
    assert!(
        bodies[0]["authorization"]["parameters"]
            .get("accesstoken")
            .is_none()
    );
    assert!(bodies.iter().all(|body| body == &bodies[0]));
}

#[test]
fn of_a_log_too_long_to_hold_the_lines_near_calls_are_read() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let recorded = Path::new("samples/recorded/az-rest-debug.log");
    let log = fs::read_to_string(recorded).expect("the sample");
    let other =
        "2026-11-21T07:13:46Z [DEBUG] a node of the graph was visited and nothing came of it\n";
    let others = other.repeat((10 << 20) / other.len());
    let file = folder.path().join("long.log");
    fs::write(&file, [&others, log.as_str(), &others].concat()).expect("writable");
    assert_eq!(
        run(&file, &["patch"]).stdout,
        run(recorded, &["patch"]).stdout
    );
    let report = run(&file, &["check", "--format", "json"]);
    let report: Value = serde_json::from_slice(&report.stdout).expect("JSON");
    assert_eq!(report["findings"][0]["rule"], "payload-accesstoken-null");
    let notes = report["inputs"][0]["notes"].to_string();
    assert!(notes.contains("20 MiB of the log were left out"), "{notes}");

    fs::write(&file, [&others, &others[..]].concat()).expect("writable");
    let refused = run(&file, &["check"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("too large for a message"), "{said}");
}
