//! A fault in what was sent and the answer that comes of it are one finding.

use std::io::Cursor;

use mendpoint::ingest::{self, Options, Source};
use mendpoint::judge::Analyzer;
use mendpoint::report::finding::{Finding, Severity};
use mendpoint::rules::engine::Catalogue;

const ENDPOINTS: &str = "https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints";
const ID: &str = "22222222-3333-4444-8555-666666666666";
const TENANT: &str = "44444444-5555-4666-8777-888888888888";
const CLIENT: &str = "11111111-2222-4333-8444-555555555555";

/// A body of a connection with these parameters, and more members.
fn body(parameters: &str, more: &str) -> String {
    format!(
        r#"{{"name":"web-prod","type":"azurerm","url":"https://management.azure.com/","authorization":{{"scheme":"ServicePrincipal","parameters":{parameters}}},"data":{{"environment":"AzureCloud","scopeLevel":"Subscription","subscriptionId":"55555555-6666-4777-8888-999999999999","subscriptionName":"Dev","creationMode":"Manual"}},"serviceEndpointProjectReferences":[{{"projectReference":{{"id":"33333333-4444-4555-8666-777777777777","name":"web"}},"name":"web-prod","description":""}}]{more}}}"#
    )
}

fn parameters(tenant: &str, client: &str) -> String {
    format!(
        r#"{{"tenantid":"{tenant}","serviceprincipalid":"{client}","authenticationType":"spnKey","serviceprincipalkey":null}}"#
    )
}

fn exchange(method: &str, url: &str, sent: &str, status: u16, answer: &str) -> String {
    format!(
        "{method} {url} HTTP/1.1\nHost: dev.azure.com\nContent-Type: application/json\n\n{sent}\n\nHTTP/1.1 {status} X\nContent-Type: application/json\n\n{answer}\n\n"
    )
}

fn update(sent: &str, status: u16, answer: &str) -> String {
    exchange("PUT", &format!("{ENDPOINTS}/{ID}"), sent, status, answer)
}

fn refused(message: &str) -> String {
    let message = message.replace('"', "\\\"");
    format!(r#"{{"message":"{message}","typeKey":"ServiceEndpointException"}}"#)
}

fn findings(text: &str) -> Vec<Finding> {
    let mut bytes = Cursor::new(text.as_bytes());
    let traces = ingest::read("trace", Source::File(&mut bytes), &Options::default())
        .expect("it is a trace");
    let catalogue = Catalogue::built_in();
    let analyzer = Analyzer::new(&catalogue);
    let reports = traces.into_iter().map(|trace| analyzer.analyze(trace));
    reports.flat_map(|report| report.findings).collect()
}

fn errors(text: &str) -> Vec<String> {
    let errors = findings(text).into_iter();
    let errors = errors.filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.rule).collect()
}

#[test]
fn an_id_that_is_none_explains_what_entra_says_of_it() {
    let braces = format!("{{{CLIENT}}}");
    let blank = format!("{TENANT} ");
    let malformed = "AADSTS900023: Specified tenant identifier 'YOUR_TENANT_ID' is neither a valid DNS name, nor a valid external domain.".to_owned();
    let app = format!(
        "AADSTS700016: Application with identifier '{braces}' was not found in the directory 'Contoso'."
    );
    let tenant = format!(
        "AADSTS90002: Tenant '{TENANT} ' not found. Check to make sure you have the correct tenant ID."
    );
    for (rule, parameters, said) in [
        (
            "payload-placeholder-value",
            parameters("YOUR_TENANT_ID", CLIENT),
            malformed,
        ),
        (
            "payload-guid-malformed",
            parameters(TENANT, &braces),
            app.clone(),
        ),
        (
            "payload-whitespace-in-value",
            parameters(&blank, CLIENT),
            tenant,
        ),
    ] {
        let found = findings(&update(&body(&parameters, ""), 400, &refused(&said)));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].rule, rule);
        assert_eq!(found[0].locations.len(), 2, "the answer is its evidence");
    }
    let other_member = update(&body(&parameters(&blank, CLIENT), ""), 400, &refused(&app));
    assert_eq!(
        errors(&other_member),
        ["aadsts700016-app-not-found", "payload-whitespace-in-value"],
        "what the service names comes first"
    );
}

#[test]
fn what_was_mended_before_explains_nothing() {
    let good = body(&parameters(TENANT, CLIENT), "");
    let said =
        "AADSTS90002: Tenant 'x' not found. Check to make sure you have the correct tenant ID.";
    let answer = good.replacen('{', &format!(r#"{{"id":"{ID}","isReady":true,"#), 1);
    let trace = [
        update(
            &body(&parameters(&format!("{TENANT} "), CLIENT), ""),
            400,
            &refused(said),
        ),
        update(&good, 200, &answer),
        update(&good, 400, &refused(said)),
    ];
    assert_eq!(errors(&trace.concat()), ["aadsts90002-tenant-not-found"]);
}

#[test]
fn an_encoded_text_that_holds_an_empty_token_is_one_fault() {
    let text = format!(r#""{{\"tenantid\":\"{TENANT}\",\"accesstoken\":null}}""#);
    let said = "Failed to obtain access token, cache value is invalid";
    let trace = update(&body(&text, ""), 500, &refused(said));
    assert_eq!(errors(&trace), ["payload-double-encoded-parameters"]);
}

#[test]
fn a_refusal_of_graph_that_the_service_quotes_is_one() {
    let state = r#","id":"22222222-3333-4444-8555-666666666666","isReady":false,"operationStatus":{"state":"Failed","statusMessage":"Insufficient privileges to complete the operation."}"#;
    let created = body(&parameters(TENANT, CLIENT), state).replace("Manual", "Automatic");
    let trace = [
        exchange(
            "POST",
            "https://graph.microsoft.com/v1.0/applications",
            "{}",
            403,
            r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}"#,
        ),
        exchange(
            "PUT",
            &format!("{ENDPOINTS}/{ID}"),
            &body(&parameters(TENANT, CLIENT), ""),
            200,
            &created,
        ),
    ];
    assert_eq!(errors(&trace.concat()), ["graph-insufficient-privileges"]);
}

#[test]
fn a_conversion_is_refused_for_one_reason() {
    let said = "Conversion from scheme ServicePrincipal to scheme WorkloadIdentityFederation is neither an upgrade or a downgrade and is not supported";
    let sent = body(&parameters(TENANT, CLIENT), "").replacen(
        r#""ServicePrincipal""#,
        r#""WorkloadIdentityFederation""#,
        1,
    );
    let url = format!("{ENDPOINTS}/{ID}?operation=ConvertAuthenticationScheme");
    let trace = exchange("PUT", &url, &sent, 400, &refused(said));
    assert_eq!(errors(&trace), ["convert-manual-connection"]);
}

#[test]
fn an_organisation_without_a_directory_explains_its_empty_lists() {
    let said = "The organization is not backed by a Microsoft Entra tenant.";
    let sent = body(&parameters(TENANT, ""), "").replace("Manual", "Automatic");
    let trace = [
        exchange(
            "GET",
            "https://dev.azure.com/contoso/_apis/serviceendpoint/endpointproxy/azurermsubscriptions",
            "",
            200,
            r#"{"value":[],"errorMessage":null}"#,
        ),
        exchange("POST", ENDPOINTS, &sent, 400, &refused(said)),
    ];
    assert_eq!(errors(&trace.concat()), ["org-not-entra-backed"]);
}

#[test]
fn a_deadline_points_to_the_answer_that_shows_it() {
    let known = format!(r#","id":"{ID}","isReady":true"#);
    let shown = body(&parameters(TENANT, CLIENT), &known).replace(
        "Manual\"",
        "Automatic\",\"revertSchemeDeadline\":\"2026-03-10T09:00:00Z\"",
    );
    let url = format!("{ENDPOINTS}/{ID}?operation=ConvertAuthenticationScheme");
    let sent = body(&parameters(TENANT, CLIENT), "").replace("Manual", "Automatic");
    let late = exchange("PUT", &url, &sent, 400, &refused("no"))
        .replace("400 X", "400 X\nDate: Fri, 13 Mar 2026 09:00:00 GMT");
    let trace = [
        exchange("GET", &format!("{ENDPOINTS}/{ID}"), "", 200, &shown),
        late,
    ];
    let found = findings(&trace.concat());
    let late = found
        .iter()
        .find(|finding| finding.rule == "revert-deadline-passed")
        .expect("it is too late");
    let pointers = late.locations.iter().filter_map(|at| at.pointer.as_deref());
    let pointers: Vec<&str> = pointers.collect();
    assert_eq!(
        pointers,
        ["/authorization/scheme", "/data/revertSchemeDeadline"]
    );
}
