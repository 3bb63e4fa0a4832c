//! Azure Resource Manager, whose members have rules of their own: each is spoiled or taken away, on
//! every way that a body takes.

use std::io::Cursor;

use mendpoint::ingest::{Options, Source};
use mendpoint::judge::Analyzer;
use mendpoint::report::Report;
use mendpoint::report::finding::Severity;
use serde_json::{Value, json};

const ID: &str = "8a41c2d6-5e07-4b93-9c1f-2d6e8f0a3b57";

fn good() -> Value {
    json!({
        "id": ID, "name": "orders-prod", "type": "azurerm", "url": "https://management.azure.com/",
        "authorization": {"scheme": "ServicePrincipal", "parameters": {
            "tenantid": "8a41c2d6-0001-4b93-9c1f-2d6e8f0a3b57",
            "serviceprincipalid": "8a41c2d6-0002-4b93-9c1f-2d6e8f0a3b57",
            "authenticationType": "spnKey", "serviceprincipalkey": "invented-value-for-this-test"}},
        "data": {"environment": "AzureCloud", "scopeLevel": "Subscription", "creationMode": "Manual",
            "subscriptionId": "8a41c2d6-0003-4b93-9c1f-2d6e8f0a3b57", "subscriptionName": "Orders"},
        "serviceEndpointProjectReferences": [{"name": "orders-prod", "description": "",
            "projectReference": {"id": "8a41c2d6-0004-4b93-9c1f-2d6e8f0a3b57", "name": "Orders"}}]
    })
}

fn spoiled(at: &str, value: Option<Value>) -> Value {
    let mut body = good();
    let (parent, name) = at.rsplit_once('/').expect("a pointer has a slash");
    let parent = body.pointer_mut(parent).and_then(Value::as_object_mut);
    let parent = parent.expect("the data of the test is whole");
    match value {
        Some(value) => drop(parent.insert(name.to_owned(), value)),
        None => drop(parent.remove(name)),
    }
    body
}

fn check(text: &str) -> Report {
    let mut bytes = Cursor::new(text.as_bytes());
    let files = [("x", Source::File(&mut bytes))];
    mendpoint::check(files, &Analyzer::default(), &Options::default())
}

fn exchange(verb: &str, path: &str, body: Option<&Value>, status: u16, answer: &Value) -> Value {
    let sent = body.map(|body| json!({"mimeType": "application/json", "text": body.to_string()}));
    json!({
        "startedDateTime": "2031-03-14T09:00:00.000Z", "time": 1,
        "request": {"method": verb, "url": format!("https://dev.azure.com/adatum/{path}"), "headers": [], "postData": sent},
        "response": {"status": status, "headers": [], "content": {"mimeType": "application/json", "text": answer.to_string()}}
    })
}

fn trace(exchanges: &[Value]) -> String {
    json!({"log": {"version": "1.2", "creator": {"name": "t"}, "entries": exchanges}}).to_string()
}

fn of_severity(report: &Report, severity: Severity) -> Vec<String> {
    let findings = report.findings.iter();
    let those = findings.filter(|one| one.severity == severity && !one.rule.starts_with("trace-"));
    those.map(|one| one.rule.clone()).collect()
}

/// A body that was refused, one that was taken, and the body alone.
fn on_every_way(body: &Value) -> [Report; 3] {
    let refusal = json!({"$id": "1", "message": "The frobnicator declined.", "typeKey": "InvalidRequestException"});
    let one = format!("_apis/serviceendpoint/endpoints/{ID}?api-version=7.1");
    [
        check(&trace(&[exchange("PUT", &one, Some(body), 400, &refusal)])),
        check(&trace(&[exchange("PUT", &one, Some(body), 200, &good())])),
        check(&body.to_string()),
    ]
}

#[test]
fn a_word_that_azure_does_not_have_is_named_and_mended() {
    for (at, odd, rule) in [
        (
            "/data/environment",
            "AzureClod",
            "payload-value-of-wrong-shape",
        ),
        (
            "/data/scopeLevel",
            "Subscripton",
            "payload-value-of-wrong-shape",
        ),
        (
            "/authorization/parameters/authenticationType",
            "spnKeys",
            "payload-value-of-wrong-shape",
        ),
        (
            "/authorization/scheme",
            "ServicePrincpal",
            "payload-scheme-unsupported",
        ),
        ("/type", "azure-rm", "payload-scheme-unsupported"),
        ("/type", "azurem", "payload-scheme-unsupported"),
    ] {
        let body = spoiled(at, Some(odd.into()));
        let [refused, taken, alone] = on_every_way(&body);
        let expected = [rule.to_owned(), "call-failed-unexplained".to_owned()];
        assert_eq!(of_severity(&refused, Severity::Error), expected, "{odd}");
        assert_eq!(
            of_severity(&taken, Severity::Error),
            Vec::<String>::new(),
            "{odd}"
        );
        // A pasted body of a type that nobody knows may be one of an extension.
        assert_eq!(of_severity(&alone, Severity::Error), [rule], "{odd}");
        let fix = refused.findings[0].fix.as_ref().expect("there is one");
        assert_eq!(fix.applicability.name(), "safe", "{odd}");
    }
}

#[test]
fn words_in_other_letter_cases_are_words() {
    for (at, same) in [
        ("/data/environment", "azurecloud"),
        ("/data/creationMode", "manual"),
        ("/type", "AzureRM"),
        ("/authorization/scheme", "serviceprincipal"),
    ] {
        let [_, taken, alone] = on_every_way(&spoiled(at, Some(same.into())));
        for report in [taken, alone] {
            assert_eq!(
                of_severity(&report, Severity::Error),
                Vec::<String>::new(),
                "{same}"
            );
        }
    }
}

#[test]
fn what_a_refused_body_lacks_is_named() {
    for (at, rule) in [
        ("/name", "payload-empty-required-string"),
        ("/type", "payload-empty-required-string"),
        ("/url", "payload-empty-required-string"),
        ("/authorization", "payload-empty-required-string"),
        ("/authorization/parameters", "payload-parameters-missing"),
        ("/data", "payload-scopelevel-inconsistent"),
    ] {
        for value in [None, Some(Value::Null)] {
            let is_null = value.is_some();
            let [refused, taken, alone] = on_every_way(&spoiled(at, value));
            let errors = of_severity(&refused, Severity::Error);
            assert!(errors.iter().any(|one| one == rule), "{at}: {errors:?}");
            let words = errors.iter().any(|one| one == "call-failed-unexplained");
            assert!(words, "{at}: {errors:?}");
            // What the service took it took, and of a body alone a part may have been pasted.
            assert_eq!(
                of_severity(&taken, Severity::Error),
                Vec::<String>::new(),
                "{at}"
            );
            if is_null && !matches!(at, "/name" | "/type" | "/url") {
                assert_eq!(of_severity(&alone, Severity::Error), [rule], "{at}");
            }
        }
    }
}

#[test]
fn an_app_that_was_made_shows_that_the_ids_were_its_own() {
    let mut body = spoiled("/data/creationMode", Some("Automatic".into()));
    body.as_object_mut().unwrap().remove("id");
    let state = |ready: bool, state: &str| {
        let mut shown = good();
        shown["data"]["creationMode"] = "Automatic".into();
        shown["isReady"] = ready.into();
        shown["operationStatus"] = json!({"state": state, "statusMessage": ""});
        shown
    };
    let create = exchange(
        "POST",
        "_apis/serviceendpoint/endpoints?api-version=7.1",
        Some(&body),
        200,
        &state(false, "InProgress"),
    );
    let poll = |shown: &Value| {
        exchange(
            "GET",
            &format!("Orders/_apis/serviceendpoint/endpoints/{ID}"),
            None,
            200,
            shown,
        )
    };
    let rule = ["payload-automatic-clone-stale-ids"];
    let done = check(&trace(&[create.clone(), poll(&state(true, "Ready"))]));
    assert_eq!(of_severity(&done, Severity::Error), Vec::<String>::new());
    assert_eq!(of_severity(&done, Severity::Note), rule);
    let waiting = check(&trace(&[create, poll(&state(false, "InProgress"))]));
    assert_eq!(of_severity(&waiting, Severity::Error), rule);
}

/// A body as a new connection brings it, without an id.
fn new(scheme: &str, parameters: &Value) -> Value {
    let mut body = spoiled("/id", None);
    body["authorization"] = json!({"scheme": scheme, "parameters": parameters});
    body
}

#[test]
fn a_new_connection_needs_its_identity_and_its_credential_whatever_the_scheme() {
    let tenant = "8a41c2d6-0001-4b93-9c1f-2d6e8f0a3b57";
    let app = "8a41c2d6-0002-4b93-9c1f-2d6e8f0a3b57";
    let refusal =
        json!({"message": "The frobnicator declined.", "typeKey": "ServiceEndpointException"});
    for (body, rule) in [
        (
            new("ManagedServiceIdentity", &json!({"tenantid": tenant})),
            None,
        ),
        (
            new("ManagedServiceIdentity", &json!({"tenantid": ""})),
            Some("payload-identity-missing"),
        ),
        (
            new("ManagedServiceIdentity", &json!({})),
            Some("payload-identity-missing"),
        ),
        (
            new(
                "WorkloadIdentityFederation",
                &json!({"tenantid": tenant, "serviceprincipalid": app}),
            ),
            None,
        ),
        (
            new("WorkloadIdentityFederation", &json!({"tenantid": tenant})),
            Some("payload-identity-missing"),
        ),
        (
            new(
                "ServicePrincipal",
                &json!({"tenantid": tenant, "serviceprincipalid": app,
                "authenticationType": "spnCertificate", "servicePrincipalCertificate": "-----BEGIN PRIVATE KEY-----"}),
            ),
            None,
        ),
        (
            new(
                "ServicePrincipal",
                &json!({"tenantid": tenant, "serviceprincipalid": app,
                "authenticationType": "spnCertificate"}),
            ),
            Some("payload-serviceprincipalkey-null-create"),
        ),
        (
            new(
                "ServicePrincipal",
                &json!({"tenantid": tenant, "serviceprincipalid": app,
                "authenticationType": "spnKey", "serviceprincipalkey": " "}),
            ),
            Some("payload-serviceprincipalkey-null-create"),
        ),
    ] {
        let path = "_apis/serviceendpoint/endpoints?api-version=7.1";
        let refused = check(&trace(&[exchange(
            "POST",
            path,
            Some(&body),
            400,
            &refusal,
        )]));
        let mut errors = of_severity(&refused, Severity::Error);
        errors.retain(|one| one != "call-failed-unexplained");
        let expected: Vec<&str> = rule.into_iter().collect();
        assert_eq!(errors, expected, "{body}");
        let alone = check(&body.to_string());
        assert_eq!(of_severity(&alone, Severity::Error), expected, "{body}");
    }
}
