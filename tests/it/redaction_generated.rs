//! Generated traces get the same verdict after redaction, whatever is wrong with them.

use std::io::{Cursor, Write};

use mendpoint::ingest::{self, Source};
use mendpoint::judge::Analyzer;
use mendpoint::redact::{Options, redact};
use mendpoint::rules::engine::Catalogue;
use proptest::prelude::*;
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const TENANT: &str = "7d4c1f0e-93ab-4c52-8e61-b02f5d9a7c34";
const OTHER: &str = "c19a7b52-0e84-4f6d-9b3c-5a8e2d71f046";

/// An id, in all states ids are found in.
fn id() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => prop_oneof![Just(json!(TENANT)), Just(json!(OTHER)), Just(json!(TENANT.to_uppercase()))],
        1 => prop_oneof![
            Just(Value::Null),
            Just(json!("")),
            Just(json!(format!("{{{TENANT}}}"))),
            Just(json!(TENANT.replace('-', ""))),
            Just(json!(&TENANT[..30])),
            Just(json!(format!(" {TENANT}\u{200b}"))),
            Just(json!(format!("'{TENANT}'"))),
            Just(json!(format!("/subscriptions/{TENANT}"))),
            Just(json!("northwind.onmicrosoft.com")),
            Just(json!("northwind-traders.test")),
            Just(json!("Northwind")),
            Just(json!("YOUR_TENANT_ID")),
            Just(json!("<tenant id>")),
            Just(json!("$(tenantId)")),
            Just(json!("00000000-0000-0000-0000-000000000000")),
            Just(json!("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")),
        ],
    ]
}

fn secret() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!("")),
        Just(json!(" \t")),
        Just(json!("''")),
        Just(json!("null")),
        Just(json!("***")),
        Just(json!("$(clientSecret)")),
        Just(json!(OTHER)),
        Just(json!("aB38Q~n4Wd_kP2sX7vQ9mL1cT5yR8zE3uI6oJ.gH")),
        "[ -~]{1,40}".prop_map(Value::from),
    ]
}

fn name() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!("tailspin-live")),
        Just(json!("Tailspin")),
        Just(json!("TAILSPIN-LIVE")),
        Just(json!(" tailspin-live ")),
        Just(json!("Subscription")),
        Just(json!("")),
        Just(json!("web-$(stage)")),
        "[A-Za-z][A-Za-z0-9 _.-]{0,20}".prop_map(Value::from),
    ]
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::sample::select(words).prop_map(Value::from)
}

prop_compose! {
    fn endpoint()(
        tenant in id(), client in id(), subscription in id(), project in id(), key in secret(),
        token in prop::option::of(secret()), name in name(), project_name in name(), reference in name(),
        subject in prop::option::of(prop_oneof![
            Just("sc://northwind/Tailspin/tailspin-live".to_owned()),
            Just("sc://northwind/tailspin/Tailspin-live".to_owned()),
            Just(format!("/eid1/c/pub/t/PwFflyR_6Een06vEdSvzRg/a/rISbSSETf0KqFyZ8ppdXmA/sc/{OTHER}/{TENANT}")),
        ]),
        scheme in word(&["ServicePrincipal", "WorkloadIdentityFederation", "ManagedServiceIdentity", "Service Principal", ""]),
        mode in word(&["Manual", "Automatic"]),
        url in word(&["https://management.azure.com/", "https://management.azure.com/ ", "", "https://management.chinacloudapi.cn/", "https://management.local.azurestack.external"]),
        level in word(&["Subscription", "ManagementGroup", "AzureMLWorkspace"]),
        scope in prop::option::of(Just(format!("/subscriptions/{OTHER}/resourcegroups/rg-northwind"))),
        referenced in any::<bool>(), ready in any::<bool>(),
    ) -> Value {
        let mut parameters = json!({ "tenantid": tenant, "serviceprincipalid": client, "serviceprincipalkey": key, "authenticationType": "spnKey" });
        if let Some(token) = token { parameters["accesstoken"] = token; }
        if let Some(subject) = subject { parameters["workloadIdentityFederationSubject"] = subject.into(); }
        if let Some(scope) = scope { parameters["scope"] = scope.into(); }
        let mut endpoint = json!({
            "name": name, "type": "azurerm", "url": url, "isReady": ready,
            "authorization": { "scheme": scheme, "parameters": parameters },
            "data": { "subscriptionId": subscription, "subscriptionName": "Northwind Billing", "scopeLevel": level,
                "creationMode": mode, "environment": "AzureCloud" },
        });
        if referenced {
            endpoint["serviceEndpointProjectReferences"] = json!([{ "projectReference": { "id": project, "name": project_name }, "name": reference }]);
        }
        endpoint
    }
}

/// Messages of the services, with names and ids of the endpoint in them.
fn answer() -> impl Strategy<Value = (u16, Value)> {
    prop_oneof![
        Just((200, json!({ "id": TENANT, "isReady": true }))),
        Just((
            400,
            json!({ "message": "Failed to get Azure DevOps Service access token, cache value is invalid.", "typeKey": "ServiceEndpointException" })
        )),
        Just((
            409,
            json!({ "message": "Service connection with name tailspin-live already exists. Only a user having Administrator/User role permissions on service connection tailspin-live can see it.", "typeKey": "DuplicateServiceConnectionException" })
        )),
        Just((
            500,
            json!({ "message": "TF400898: An Internal Error Occurred. Activity Id: 7d4c1f0e-93ab-4c52-8e61-b02f5d9a7c34." })
        )),
        Just((
            200,
            json!({ "id": TENANT, "name": "tailspin-live", "isReady": false, "authorization": {}, "createdBy": { "displayName": "Ada", "uniqueName": "ada_northwind.test#EXT#@northwind.onmicrosoft.com" },
            "operationStatus": { "state": "Failed", "statusMessage": "Insufficient privileges to complete the operation." } })
        )),
        Just((
            200,
            json!({ "result": [], "statusCode": "Forbidden", "errorMessage": format!("Failed to query service connection API: 'https://management.azure.com/subscriptions/{OTHER}?api-version=2016-06-01'. Status Code: 'Forbidden', Response from server: '{{\"error\":{{\"code\":\"AuthorizationFailed\",\"message\":\"The client '{TENANT}' with object id '{TENANT}' does not have authorization to perform action 'Microsoft.Resources/subscriptions/read' over scope '/subscriptions/{OTHER}' or the scope is invalid. If access was recently granted, please refresh your credentials.\"}}}}'") })
        )),
        Just((
            200,
            json!({ "result": [], "statusCode": 400, "errorMessage": format!("AADSTS700213: No matching federated identity record found for presented assertion subject 'sc://northwind/Tailspin/tailspin-live'. Trace ID: {TENANT}") })
        )),
        Just((
            401,
            json!({ "message": "TF400813: The user 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa' is not authorized to access this resource." })
        )),
    ]
}

#[derive(Debug, Clone)]
struct Call {
    method: &'static str,
    url: String,
    body: String,
    status: u16,
    answer: String,
}

fn call() -> impl Strategy<Value = Call> {
    let place = prop::sample::select(
        &[
            "northwind",
            "northwind/Tailspin",
            "northwind/7d4c1f0e-93ab-4c52-8e61-b02f5d9a7c34",
        ][..],
    );
    let route = prop::sample::select(
        &[
            ("POST", "endpoints"),
            ("PUT", "endpoints/4e8d2c6a-71f9-4b05-a3de-90c7f15b8e22"),
            ("PATCH", "endpoints/4e8d2c6a-71f9-4b05-a3de-90c7f15b8e22"),
            (
                "POST",
                "endpointproxy?endpointId=4e8d2c6a-71f9-4b05-a3de-90c7f15b8e22",
            ),
        ][..],
    );
    (place, route, endpoint(), answer(), 0..20usize).prop_map(|(place, (method, route), endpoint, (status, answer), cut)| {
        let verifies = route.starts_with("endpointproxy");
        let endpoint = if verifies { json!({ "serviceEndpointDetails": endpoint, "dataSourceDetails": { "dataSourceName": "TestConnection" } }) } else { endpoint };
        let mut body = endpoint.to_string();
        if cut == 0 {
            body.truncate(body.len() / 2);
        }
        Call {
            method,
            url: format!("https://dev.azure.com/{place}/_apis/serviceendpoint/{route}"),
            body,
            status,
            answer: answer.to_string(),
        }
    })
}

fn har(calls: &[Call]) -> Vec<u8> {
    let entries: Vec<Value> = calls.iter().enumerate().map(|(at, call)| json!({
        "startedDateTime": format!("2026-03-02T10:00:{at:02}Z"), "time": 1,
        "request": { "method": call.method, "url": call.url, "headers": [{ "name": "Authorization", "value": "Bearer abc123def456ghi789" }],
            "postData": { "mimeType": "application/json", "text": call.body } },
        "response": { "status": call.status, "headers": [], "content": { "mimeType": "application/json", "text": call.answer } },
    })).collect();
    json!({ "log": { "version": "1.2", "entries": entries } })
        .to_string()
        .into_bytes()
}

fn saz(calls: &[Call]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (at, call) in calls.iter().enumerate() {
        let request = format!(
            "{} {} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{}",
            call.method, call.url, call.body
        );
        let response = format!(
            "HTTP/1.1 {} X\r\nContent-Type: application/json\r\n\r\n{}",
            call.status, call.answer
        );
        let metadata = format!(
            "<Session SID=\"{at}\" BitFlags=\"19\"><SessionTimers ClientBeginRequest=\"2026-03-02T10:00:{at:02}Z\" /></Session>"
        );
        for (part, text) in [("c.txt", request), ("s.txt", response), ("m.xml", metadata)] {
            archive
                .start_file(
                    format!("raw/{}_{part}", at + 1),
                    SimpleFileOptions::default(),
                )
                .expect("it is made here");
            archive.write_all(text.as_bytes()).expect("it is made here");
        }
    }
    archive.finish().expect("it is made here").into_inner()
}

/// Rules, severities and places; that a trace holds secrets is what redaction is to end.
fn essence(analyzer: &Analyzer<'_>, bytes: &[u8]) -> Vec<String> {
    let traces = ingest::read(
        "generated",
        Source::File(&mut Cursor::new(bytes)),
        &ingest::Options::default(),
    )
    .expect("it is made here");
    let mut lines = Vec::new();
    for trace in traces {
        let report = analyzer.analyze(trace);
        lines.extend(
            report
                .findings
                .iter()
                .filter(|finding| finding.rule != "trace-contains-secrets")
                .map(|finding| {
                    let places: Vec<String> = finding
                        .locations
                        .iter()
                        .map(|at| format!("{}{}{:?}", at.entry, at.part.name(), at.pointer))
                        .collect();
                    let fix = finding.fix.as_ref().map(|fix| fix.applicability.name());
                    format!(
                        "{} {} {fix:?} {places:?}",
                        finding.rule,
                        finding.severity.name()
                    )
                }),
        );
        lines.extend(report.calls.iter().map(|call| {
            format!(
                "{} {:?} {:?}",
                call.exchange.entry,
                call.status(),
                call.outcome
            )
        }));
    }
    lines.sort();
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_traces_keep_their_verdict(calls in prop::collection::vec(call(), 1..4), packed in any::<bool>(), keep_ids in any::<bool>(), salt in any::<[u8; 16]>()) {
        let catalogue = Catalogue::built_in();
        let analyzer = Analyzer::new(&catalogue);
        let bytes = if packed { saz(&calls) } else { har(&calls) };
        let options = Options { salt, keep_ids, ..Options::default() };
        let mut read = Cursor::new(&bytes);
        let redaction = redact("generated", Source::File(&mut read), &analyzer, &options).expect("it is made here");
        prop_assert!(redaction.withheld.is_empty());
        let copy = redaction.copy.expect("it has calls");
        let (before, after) = (essence(&analyzer, &bytes), essence(&analyzer, copy.as_bytes()));
        prop_assert_eq!(before, after, "{}", copy);
    }
}

/// The project's id stands without its dashes in one of two calls, and the connection is known by it.
#[test]
fn an_id_without_its_dashes_stays_the_same_id_in_a_copy() {
    let body = |project: &str, subscription: &str| {
        let subscription = serde_json::json!({ "subscriptionId": subscription, "environment": "AzureCloud",
            "scopeLevel": "Subscription", "creationMode": "Manual" });
        let body = serde_json::json!({ "name": "harbour-live", "type": "azurerm", "url": "https://management.azure.com/",
            "authorization": { "scheme": "ServicePrincipal", "parameters": { "tenantid": "4b1d9f62-7c05-4ae3-9d18-60f2b7c5e931",
                "serviceprincipalid": "8e52c7a0-13f4-4d6b-a9c2-5d70e1b84f36", "serviceprincipalkey": null } },
            "data": subscription,
            "serviceEndpointProjectReferences": [{ "projectReference": { "id": project, "name": "Harbour" }, "name": "harbour-live" }] });
        body.to_string()
    };
    let call = |body: String, answer: &str| Call {
        method: "POST",
        url: "https://dev.azure.com/litware/_apis/serviceendpoint/endpoints".to_owned(),
        body,
        status: 200,
        answer: answer.to_owned(),
    };
    let made = r#"{"id":"c3a86e15-92d7-4b40-8f6c-1e59d0724ab8","isReady":true}"#;
    let id = "d9407b3e-5a21-4c8f-b6e0-7f13c2a95d48";
    let calls = [
        call(body(&id.replace('-', ""), id), made),
        call(body(id, "YOUR_SUBSCRIPTION_ID"), "{}"),
    ];
    let catalogue = Catalogue::built_in();
    let analyzer = Analyzer::new(&catalogue);
    let bytes = har(&calls);
    let mut read = Cursor::new(&bytes);
    let redaction = redact(
        "made",
        Source::File(&mut read),
        &analyzer,
        &Options::default(),
    )
    .expect("it is made here");
    let copy = redaction.copy.expect("it has calls");
    assert_eq!(
        essence(&analyzer, &bytes),
        essence(&analyzer, copy.as_bytes()),
        "{copy}"
    );
}
