//! What is advised fits the type of the connection: no step and no command of Azure Resource Manager for another one.

use std::io::Cursor;

use mendpoint::connection::types;
use mendpoint::ingest::{self, Options, Source};
use mendpoint::judge::Analyzer;
use mendpoint::mend::known_good;
use mendpoint::rules::engine::Catalogue;
use serde_json::{Value, json};

/// What only a connection to Azure Resource Manager has.
const OF_AZURE: &[&str] = &[
    "management.azure.com",
    "type=azurerm",
    "type=AzureRM",
    "--azure-rm",
];

fn other_types() -> impl Iterator<Item = &'static str> {
    types::names().filter(|name| *name != "azurerm")
}

#[test]
fn no_rule_that_can_concern_another_type_advises_what_belongs_to_azure() {
    let mut wrong = Vec::new();
    for rule in Catalogue::built_in().iter() {
        let Some(kind) = other_types().find(|kind| rule.concerns_type(kind)) else {
            continue;
        };
        let commands = rule.prose().commands.iter().map(|command| &command.text);
        for text in rule.prose().remedy.iter().chain(commands) {
            let text = without_audience(text);
            if OF_AZURE.iter().any(|word| text.contains(word)) {
                wrong.push(format!("{} for {kind}: {text}", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A managed identity is asked for a token of Azure's, whatever uses the token.
fn without_audience(text: &str) -> String {
    text.replace("resource=https://management.azure.com/", "")
}

fn verify(kind: &str, status: u16, answer: &Value) -> Value {
    let good = known_good::built_in()
        .into_iter()
        .map(|good| good.body.to_value());
    let mut bodies = good.filter(|body| body["type"] == kind);
    let body = bodies.next().expect("a payload of each type");
    let body = json!({"serviceEndpointDetails": body, "dataSourceDetails": {"dataSourceName": "TestConnection"}});
    json!({
        "startedDateTime": "2031-03-14T09:00:00.000Z", "time": 1,
        "request": {"method": "POST", "headers": [],
            "url": format!("https://dev.azure.com/{kind}/p/_apis/serviceendpoint/endpointproxy?endpointId=6d1b0a43-7c52-4e89-9f30-2a5c8e417b60&api-version=7.1-preview.1"),
            "postData": {"mimeType": "application/json", "text": body.to_string()}},
        "response": {"status": status, "headers": [], "content": {"mimeType": "application/json", "text": answer.to_string()}}
    })
}

#[test]
fn what_is_said_of_a_failed_verify_names_nothing_of_azure_for_another_type() {
    let catalogue = Catalogue::built_in();
    let analyzer = Analyzer::new(&catalogue);
    let failed =
        |status: u16, text: &str| json!({"result": [], "statusCode": status, "errorMessage": text});
    let answers = [
        (
            200,
            failed(
                401,
                "Failed to query service connection API: 'https://server.example/api'. Status Code: 'Unauthorized', Response from server: 'no'",
            ),
        ),
        (
            200,
            failed(
                502,
                "Failed to query service connection API: 'https://server.example/api'. Status Code: 'BadGateway', Response from server: ''",
            ),
        ),
        (
            400,
            json!({"$id": "1", "message": "The request to https://10.0.0.4/api was blocked: private address.", "typeKey": "ServiceEndpointException"}),
        ),
    ];
    for kind in other_types() {
        let entries: Vec<Value> = answers
            .iter()
            .map(|(status, answer)| verify(kind, *status, answer))
            .collect();
        for entry in entries {
            let har =
                json!({"log": {"version": "1.2", "creator": {"name": "t"}, "entries": [entry]}})
                    .to_string();
            let mut bytes = Cursor::new(har.as_bytes());
            let traces = ingest::read("x", Source::File(&mut bytes), &Options::default()).unwrap();
            let report = analyzer.judge(traces);
            assert!(!report.findings.is_empty(), "{kind}");
            for finding in &report.findings {
                let commands = finding.commands.iter().map(|command| command.text.as_str());
                let mut texts: Vec<&str> = finding.remedy.iter().map(|step| &**step).collect();
                texts.push(&finding.message);
                texts.extend(commands);
                let said = without_audience(&texts.join("\n"));
                assert!(
                    !OF_AZURE.iter().any(|word| said.contains(word)),
                    "{kind} {}: {said}",
                    finding.rule
                );
            }
        }
    }
}
