//! Which failures of a trace count, and which are over or about something else. Each that is let off
//! has a twin that must stay an error.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::sync::LazyLock;

use mendpoint::ingest::{self, Source};
use mendpoint::judge::Analyzer;
use mendpoint::redact::{Options, redact};
use mendpoint::report::Report;
use mendpoint::rules::engine::Catalogue;
use serde_json::{Value, json};

const API: &str =
    "https://dev.azure.com/contoso/11111111-2222-4333-8444-555555555501/_apis/serviceendpoint";
const TENANT: &str = "11111111-2222-4333-8444-555555555502";
const APP: &str = "11111111-2222-4333-8444-555555555503";
const OTHER_APP: &str = "11111111-2222-4333-8444-555555555504";
const SUBSCRIPTION: &str = "11111111-2222-4333-8444-555555555505";
const OTHER_SUBSCRIPTION: &str = "11111111-2222-4333-8444-555555555506";
const WEB: &str = "11111111-2222-4333-8444-555555555507";
const DB: &str = "11111111-2222-4333-8444-555555555508";
const AZURE_DEVOPS: &str = "499b84ac-1321-427f-aa17-267ca6975798";
const LOGIN: &str = "https://login.microsoftonline.com";
const AZURE: &str = "https://management.azure.com";

/// One exchange: method and URL, what was sent, status and answer.
type Exchange = (String, Value, u16, Value);

fn log(exchanges: &[Exchange]) -> String {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let entries: Vec<Value> = exchanges
        .iter()
        .enumerate()
        .map(|(at, (line, sent, status, answer))| {
            let (method, url) = line.split_once(' ').expect("a method and a URL");
            let mut request = json!({"method": method, "url": url, "headers": []});
            if !sent.is_null() {
                request["postData"] = json!({"mimeType": "text/plain", "text": text(sent)});
            }
            json!({
                "startedDateTime": format!("2026-03-04T10:00:{at:02}.000Z"),
                "request": request,
                "response": {"status": status, "headers": [], "content": {"text": text(answer)}},
            })
        })
        .collect();
    json!({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": entries}})
        .to_string()
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);
static ANALYZER: LazyLock<Analyzer<'static>> = LazyLock::new(|| Analyzer::new(&CATALOGUE));

fn report(trace: &[u8]) -> Report {
    let mut trace = Cursor::new(trace);
    let source = Source::File(&mut trace);
    let traces = ingest::read("t.har", source, &ingest::Options::default()).expect("it is a trace");
    ANALYZER.judge(traces)
}

/// Severity, rule and entries of each finding that is not about the trace itself.
fn told(report: &Report) -> Vec<String> {
    let findings = report.findings.iter();
    findings
        .filter(|finding| !finding.rule.starts_with("trace-"))
        .map(|finding| {
            let entries: BTreeSet<usize> = finding.locations.iter().map(|at| at.entry).collect();
            let entries = Vec::from_iter(entries);
            format!("{} {} {entries:?}", finding.severity.name(), finding.rule)
        })
        .collect()
}

/// What is found in a trace, and in its redacted copy as well.
fn found(exchanges: &[Exchange]) -> Vec<String> {
    let trace = log(exchanges);
    let found = told(&report(trace.as_bytes()));
    let options = Options {
        salt: *b"salt of the test",
        ..Options::default()
    };
    let mut bytes = Cursor::new(&trace);
    let copied = redact("t.har", Source::File(&mut bytes), &ANALYZER, &options);
    let copy = copied
        .expect("it can be redacted")
        .copy
        .expect("it has calls");
    assert_eq!(told(&report(copy.as_bytes())), found, "after redaction");
    found
}

fn exchange(line: String, sent: Value, status: u16, answer: Value) -> Exchange {
    (line, sent, status, answer)
}

fn endpoint(id: &str, name: &str, tenant: &str) -> Value {
    json!({
        "id": id, "name": name, "type": "azurerm", "url": "https://management.azure.com/",
        "authorization": {"scheme": "ServicePrincipal", "parameters": {
            "tenantid": tenant, "serviceprincipalid": APP,
            "authenticationType": "spnKey", "serviceprincipalkey": null}},
        "data": {"environment": "AzureCloud", "scopeLevel": "Subscription",
            "subscriptionId": SUBSCRIPTION, "subscriptionName": "Shop", "creationMode": "Manual"},
        "isShared": false, "isReady": true, "owner": "Library",
        "serviceEndpointProjectReferences": [{
            "projectReference": {"id": "11111111-2222-4333-8444-555555555501", "name": "Shop"},
            "name": name, "description": ""}],
    })
}

fn get(id: &str) -> Exchange {
    let line = format!("GET {API}/endpoints/{id}?api-version=7.1");
    exchange(line, Value::Null, 200, endpoint(id, "web", TENANT))
}

fn put(id: &str) -> Exchange {
    let line = format!("PUT {API}/endpoints/{id}?api-version=7.1");
    let body = endpoint(id, "web", TENANT);
    exchange(line, body.clone(), 200, body)
}

fn refused_put(id: &str, tenant: &str, message: &str) -> Exchange {
    let line = format!("PUT {API}/endpoints/{id}?api-version=7.1");
    let answer = json!({"$id": "1", "message": message,
        "typeName": "ServiceEndpointException", "typeKey": "ServiceEndpointException"});
    exchange(line, endpoint(id, "web", tenant), 400, answer)
}

/// Status and error message inside the answer to a verify.
type Inner = (u16, String);

fn good() -> Inner {
    (200, String::new())
}

/// A verify of `id`, or of a new connection, with what the answer says inside.
fn verify(id: &str, app: &str, subscription: &str, inner: Inner) -> Exchange {
    let line = format!("POST {API}/endpointproxy?endpointId={id}&api-version=7.1");
    let key = (id == NEW).then_some("Abc8Q~fakefakefakefakefakefakefakefake");
    let sent = json!({
        "serviceEndpointDetails": {
            "type": "azurerm", "url": "https://management.azure.com/",
            "authorization": {"scheme": "ServicePrincipal", "parameters": {
                "tenantid": TENANT, "serviceprincipalid": app,
                "authenticationType": "spnKey", "serviceprincipalkey": key}},
            "data": {"environment": "AzureCloud", "scopeLevel": "Subscription",
                "subscriptionId": subscription, "subscriptionName": "Shop", "creationMode": "Manual"}},
        "dataSourceDetails": {"dataSourceName": "TestConnection"},
    });
    let (status, message) = inner;
    let answer = json!({"result": [], "statusCode": status, "errorMessage": message});
    exchange(line, sent, 200, answer)
}

const NEW: &str = "00000000-0000-0000-0000-000000000000";

fn create(name: &str, app: &str, subscription: &str) -> Exchange {
    let mut body = endpoint(NEW, name, TENANT);
    body["authorization"]["parameters"]["serviceprincipalid"] = app.into();
    body["authorization"]["parameters"]["serviceprincipalkey"] =
        "Abc8Q~fakefakefakefakefakefakefakefake".into();
    body["data"]["subscriptionId"] = subscription.into();
    let mut answer = body.clone();
    answer["id"] = WEB.into();
    exchange(
        format!("POST {API}/endpoints?api-version=7.1"),
        body,
        200,
        answer,
    )
}

fn no_such_app(app: &str) -> Inner {
    let message = format!(
        "Failed to obtain the Json Web Token(JWT) using service principal client ID. Exception message: AADSTS700016: Application with identifier '{app}' was not found in the directory 'Contoso'."
    );
    (400, message)
}

fn no_such_subscription(subscription: &str) -> Inner {
    from_azure(
        404,
        "NotFound",
        &format!(
            r#"{{"error":{{"code":"SubscriptionNotFound","message":"The subscription '{subscription}' could not be found."}}}}"#
        ),
    )
}

fn wrong_secret() -> Inner {
    let message = format!(
        "Failed to obtain the Json Web Token(JWT) using service principal client ID. Exception message: AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{APP}'."
    );
    (400, message)
}

fn no_role() -> Inner {
    from_azure(
        403,
        "Forbidden",
        &format!(
            r#"{{"error":{{"code":"AuthorizationFailed","message":"The client '{APP}' with object id '{OTHER_APP}' does not have authorization to perform action 'Microsoft.Resources/subscriptions/read' over scope '/subscriptions/{SUBSCRIPTION}' or the scope is invalid."}}}}"#
        ),
    )
}

fn from_azure(status: u16, word: &str, body: &str) -> Inner {
    let message = format!(
        "Failed to query service connection API: '{AZURE}/subscriptions/{SUBSCRIPTION}?api-version=2016-06-01 '. Status Code: '{word}', Response from server: '{body}'"
    );
    (status, message)
}

/// A person's token that ran out: for an app and a scope.
fn token(app: &str, scope: &str, good: bool) -> Exchange {
    let line = format!("POST {LOGIN}/common/oauth2/v2.0/token");
    let sent = format!("client_id={app}&scope={scope}&grant_type=refresh_token&refresh_token=0.A");
    let bad = json!({"error": "invalid_grant", "error_codes": [700_082],
        "error_description": "AADSTS700082: The refresh token has expired due to inactivity."});
    let answer = if good {
        json!({"token_type": "Bearer"})
    } else {
        bad
    };
    exchange(line, sent.into(), if good { 200 } else { 400 }, answer)
}

const INACTIVE: &str = "aadsts700082-refresh-token-inactive";
const GRAPH_SCOPE: &str = "https%3A%2F%2Fgraph.microsoft.com%2F.default";
const AZURE_SCOPE: &str = "https%3A%2F%2Fmanagement.core.windows.net%2F%2F.default";

fn page(text: &str) -> Exchange {
    let line = format!("POST {LOGIN}/common/login");
    exchange(line, "login=x".into(), 200, text.into())
}

const WRONG_PASSWORD: &str = r#"<html><script>$Config={"sErrorCode":"50126","strServiceExceptionMessage":"AADSTS50126: Error validating credentials due to invalid username or password."};</script></html>"#;

#[test]
fn a_token_for_something_else_is_no_fault_of_a_connection() {
    let noise = || token(OTHER_APP, GRAPH_SCOPE, false);
    assert_eq!(found(&[noise(), get(WEB)]), [""; 0]);
    assert_eq!(found(&[get(WEB), noise()]), [""; 0]);
    let real = verify(WEB, APP, SUBSCRIPTION, no_role());
    assert_eq!(
        found(&[noise(), get(WEB), real]),
        ["error arm-authorization-failed-read [2]"]
    );
    // The same by the app of Azure DevOps, for Azure, or by the app of the connection.
    for (app, scope) in [
        (AZURE_DEVOPS, GRAPH_SCOPE),
        (OTHER_APP, AZURE_SCOPE),
        (APP, GRAPH_SCOPE),
    ] {
        let expected = format!("error {INACTIVE} [1]");
        assert_eq!(found(&[get(WEB), token(app, scope, false)]), [expected]);
    }
}

#[test]
fn an_app_that_no_connection_uses_signs_in_for_something_else() {
    let sign_in = |app: &str, tenant: &str| {
        let line = format!("POST {LOGIN}/{tenant}/oauth2/v2.0/token");
        let sent = format!("grant_type=client_credentials&client_id={app}&client_secret=REDACTED");
        let answer = json!({"error": "invalid_client", "error_codes": [7_000_215],
            "error_description": "AADSTS7000215: Invalid client secret provided."});
        exchange(line, sent.into(), 401, answer)
    };
    let error = "error aadsts7000215-invalid-secret [1]";
    assert_eq!(found(&[get(WEB), sign_in(OTHER_APP, DB)]), [""; 0]);
    assert_eq!(found(&[get(WEB), sign_in(APP, DB)]), [error]);
    assert_eq!(found(&[get(WEB), sign_in(OTHER_APP, TENANT)]), [error]);
}

#[test]
fn a_sign_in_that_succeeds_after_all_is_history() {
    let token = |good| token(AZURE_DEVOPS, AZURE_SCOPE, good);
    let (note, error) = (
        format!("note {INACTIVE} [1]"),
        format!("error {INACTIVE} [1]"),
    );
    assert_eq!(found(&[get(WEB), token(false), token(true)]), [note]);
    // Another token of the same app is not this one.
    let other = self::token(AZURE_DEVOPS, GRAPH_SCOPE, true);
    assert_eq!(found(&[get(WEB), token(false), other]), [error.as_str()]);
    assert_eq!(found(&[get(WEB), token(true), get(WEB)]), [""; 0]);

    let blocked = |severity: &str| format!("{severity} aadsts-user-blocked [0]");
    let good = page("<html><form><input name=\"code\" value=\"x\"/></form></html>");
    assert_eq!(
        found(&[page(WRONG_PASSWORD), good, get(WEB)]),
        [blocked("note")]
    );
    assert_eq!(found(&[page(WRONG_PASSWORD), get(WEB)]), [blocked("note")]);
    let ends = [get(WEB), page(WRONG_PASSWORD), page(WRONG_PASSWORD)];
    assert_eq!(found(&ends), ["error aadsts-user-blocked [1, 2]"]);
}

#[test]
fn only_a_call_that_needs_azure_shows_that_the_popup_of_the_dialog_went_well() {
    let popup = || token(AZURE_DEVOPS, AZURE_SCOPE, false);
    let error = [format!("error {INACTIVE} [1]")];
    assert_eq!(found(&[get(WEB), popup(), get(WEB)]), error);
    let verify = verify(WEB, APP, SUBSCRIPTION, good());
    assert_eq!(found(&[get(WEB), popup(), verify]), error);
    assert_eq!(
        found(&[get(WEB), popup(), put(WEB)]),
        [format!("note {INACTIVE} [1]")]
    );
}

fn locked(url: &str, status: u16) -> Exchange {
    let answer = json!({"error": {"code": "ScopeLocked", "message":
        "The scope 'x' cannot perform write operation because following scope(s) are locked: 'x'. Please remove the lock and try again."}});
    let answer = if status < 400 {
        json!({"id": "x"})
    } else {
        answer
    };
    exchange(
        format!("PUT {AZURE}{url}?api-version=2022-04-01"),
        json!({}),
        status,
        answer,
    )
}

#[test]
fn what_azure_refuses_elsewhere_is_no_fault_of_a_connection() {
    let site =
        |id: &str| format!("/subscriptions/{id}/resourceGroups/r/providers/Microsoft.Web/sites/x");
    let error = ["error arm-scope-locked [1]"];
    let other = locked(&site(OTHER_SUBSCRIPTION), 409);
    assert_eq!(found(&[get(WEB), other.clone()]), [""; 0]);
    assert_eq!(found(&[get(WEB), locked(&site(SUBSCRIPTION), 409)]), error);
    let role = format!(
        "/subscriptions/{OTHER_SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/{DB}"
    );
    assert_eq!(found(&[get(WEB), locked(&role, 409)]), error);
    // A connection of a management group reaches subscriptions that nothing names.
    let mut group = get(WEB);
    group.3["data"]["managementGroupId"] = "corp".into();
    assert_eq!(found(&[group, other]), error);
}

#[test]
fn what_azure_takes_when_asked_again_is_history() {
    let role = |id: &str, status| {
        locked(
            &format!(
                "/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/{id}"
            ),
            status,
        )
    };
    let found = |second| found(&[get(WEB), role(DB, 409), second]);
    assert_eq!(found(role(DB, 201)), ["note arm-scope-locked [1]"]);
    assert_eq!(found(role(WEB, 201)), ["error arm-scope-locked [1]"]);
    assert_eq!(found(role(DB, 409)), ["error arm-scope-locked [1, 2]"]);
}

#[test]
fn a_credential_that_was_there_is_history_once_it_is_made() {
    let make = |app: &str, status| {
        let url = format!("https://graph.microsoft.com/v1.0/applications/{app}");
        let answer = json!({"error": {"code": "Request_MultipleObjectsWithSameKeyValue",
            "message": "FederatedIdentityCredential with name azdo already exists."}});
        let answer = if status < 400 {
            json!({"name": "azdo"})
        } else {
            answer
        };
        let line = format!("POST {url}/federatedIdentityCredentials");
        exchange(line, json!({"name": "azdo"}), status, answer)
    };
    let found = |second| found(&[get(WEB), make(DB, 409), second]);
    assert_eq!(found(make(DB, 201)), ["note wif-credential-exists [1]"]);
    assert_eq!(found(make(WEB, 201)), ["warning wif-credential-exists [1]"]);
}

#[test]
fn a_role_that_was_there_is_harmless_where_the_connection_gets_ready() {
    let url = format!(
        "PUT {AZURE}/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/{DB}?api-version=2022-04-01"
    );
    let answer = json!({"error": {"code": "RoleAssignmentExists", "message":
        "The role assignment already exists. The ID of the existing role assignment is 0123456789abcdef0123456789abcdef."}});
    let exists = || exchange(url.clone(), json!({}), 409, answer.clone());
    let line = |severity: &str, at: usize| format!("{severity} arm-role-assignment-exists [{at}]");
    assert_eq!(found(&[put(WEB), exists(), get(WEB)]), [line("note", 1)]);
    assert_eq!(found(&[put(WEB), exists()]), [line("warning", 1)]);
    let mut failed = get(WEB);
    failed.3["isReady"] = false.into();
    failed.3["operationStatus"] = json!({"state": "Failed", "statusMessage": "no"});
    assert_eq!(
        found(&[put(WEB), exists(), failed])[1..],
        [line("warning", 1)]
    );
}

#[test]
fn a_verify_that_gets_past_the_sign_in_shows_that_the_secret_is_good() {
    let verify = |id, inner| verify(id, APP, SUBSCRIPTION, inner);
    let (secret, role) = (
        "aadsts7000215-invalid-secret",
        "arm-authorization-failed-read",
    );
    let in_order = [
        get(WEB),
        verify(WEB, wrong_secret()),
        verify(WEB, no_role()),
    ];
    assert_eq!(
        found(&in_order),
        [format!("error {role} [2]"), format!("note {secret} [1]")]
    );
    // What stands in the way now comes first.
    let both = [format!("error {secret} [2]"), format!("error {role} [1]")];
    let other_order = [
        get(WEB),
        verify(WEB, no_role()),
        verify(WEB, wrong_secret()),
    ];
    assert_eq!(found(&other_order), both);
    let both = [format!("error {secret} [1]"), format!("error {role} [2]")];
    let other_endpoint = [get(WEB), verify(WEB, wrong_secret()), verify(DB, no_role())];
    assert_eq!(found(&other_endpoint), both);
}

#[test]
fn the_last_state_of_an_endpoint_counts() {
    let failed = |message: String| {
        let mut get = get(WEB);
        get.3["isReady"] = false.into();
        get.3["data"]["creationMode"] = "Automatic".into();
        get.3["operationStatus"] = json!({"state": "Failed", "statusMessage": message});
        get
    };
    let graph = || {
        failed("Failed to create an app in Microsoft Entra ID. Error: Insufficient privileges to complete the operation in Microsoft Graph. Ensure that the user has permissions to create a Microsoft Entra Application.".into())
    };
    let role = || {
        failed(format!(
            "Failed to set Azure permission 'RoleAssignmentId: {DB}' for the service principal '{OTHER_APP}' on subscription ID '{SUBSCRIPTION}': error code: Forbidden, inner error code: AuthorizationFailed, inner error message: The client 'dana@contoso.com' with object id '{DB}' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '/subscriptions/{SUBSCRIPTION}'."
        ))
    };
    assert_eq!(
        found(&[graph(), role()]),
        [
            "warning arm-set-permission-failed [1]",
            "note graph-insufficient-privileges [0]"
        ]
    );
    assert_eq!(
        found(&[role(), graph()]),
        [
            "warning graph-insufficient-privileges [1]",
            "note arm-set-permission-failed [0]"
        ]
    );
}

#[test]
fn a_fault_that_the_last_body_does_not_have_is_history() {
    let variable = |id| {
        refused_put(
            id,
            "$(t)",
            "AADSTS900023: Specified tenant identifier '$(t)' is neither a valid DNS name",
        )
    };
    let blank = |id| {
        refused_put(
            id,
            &format!("{TENANT} "),
            &format!("AADSTS90002: Tenant '{TENANT} ' not found."),
        )
    };
    assert_eq!(
        found(&[get(WEB), variable(WEB), blank(WEB)]),
        [
            "error payload-whitespace-in-value [2]",
            "note payload-unresolved-variable [1]"
        ]
    );
    // That of another connection, and one that is still there.
    assert_eq!(
        found(&[get(WEB), variable(WEB), blank(DB)]),
        [
            "error payload-unresolved-variable [1]",
            "error payload-whitespace-in-value [2]"
        ]
    );
    assert_eq!(
        found(&[get(WEB), variable(WEB), blank(WEB), variable(WEB)]),
        [
            "error payload-unresolved-variable [1, 3]",
            "note payload-whitespace-in-value [2]"
        ]
    );
    // The last body does not have the fault, whatever it was refused for.
    let message = "You do not have permission to perform this operation on the service connection.";
    let mut forbidden = refused_put(WEB, TENANT, message);
    forbidden.2 = 403;
    let count = |found: Vec<String>| {
        found
            .iter()
            .filter(|line| line.starts_with("error"))
            .count()
    };
    assert_eq!(count(found(&[get(WEB), variable(WEB), forbidden])), 1);
    let silent = refused_put(WEB, TENANT, "");
    assert_eq!(
        found(&[get(WEB), variable(WEB), silent])
            .iter()
            .find(|line| line.contains("unresolved"))
            .map(String::as_str),
        Some("note payload-unresolved-variable [1]")
    );
}

#[test]
fn a_verify_speaks_of_what_was_stored() {
    let mut stored = put(WEB);
    stored.1["authorization"]["parameters"]["accesstoken"] = Value::Null;
    let message = "Failed to get Azure DevOps Service access token, cache value is invalid.";
    let verify = verify(WEB, APP, SUBSCRIPTION, (400, message.to_owned()));
    assert_eq!(
        found(&[stored, verify]),
        ["error payload-accesstoken-null [0, 1]"]
    );
}

#[test]
fn a_new_connection_with_its_app_or_subscription_corrected_is_the_same() {
    let app = [
        verify(NEW, OTHER_APP, SUBSCRIPTION, no_such_app(OTHER_APP)),
        verify(NEW, APP, SUBSCRIPTION, good()),
        create("web", APP, SUBSCRIPTION),
    ];
    assert_eq!(found(&app), ["note aadsts700016-app-not-found [0]"]);
    let wrong = no_such_subscription(OTHER_SUBSCRIPTION);
    let subscription = [
        verify(NEW, APP, OTHER_SUBSCRIPTION, wrong),
        verify(NEW, APP, SUBSCRIPTION, good()),
        create("web", APP, SUBSCRIPTION),
    ];
    assert_eq!(
        found(&subscription),
        ["note arm-subscription-not-found [0]"]
    );
}

#[test]
fn another_new_connection_corrects_nothing() {
    let missing = || verify(NEW, OTHER_APP, SUBSCRIPTION, no_such_app(OTHER_APP));
    let other = || verify(NEW, APP, SUBSCRIPTION, good());
    let error = "error aadsts700016-app-not-found [0]";
    // The first is saved as it is, before the second or behind it.
    for calls in [
        [
            missing(),
            create("db", OTHER_APP, SUBSCRIPTION),
            other(),
            create("web", APP, SUBSCRIPTION),
        ],
        [
            missing(),
            other(),
            create("web", APP, SUBSCRIPTION),
            create("db", OTHER_APP, SUBSCRIPTION),
        ],
    ] {
        assert_eq!(found(&calls)[0], error);
    }
    // Nothing is the same.
    let elsewhere = verify(NEW, APP, OTHER_SUBSCRIPTION, good());
    assert_eq!(found(&[missing(), elsewhere]), [error]);
    // Azure knows the subscription and refuses the app: another subscription is another connection.
    let refused = verify(NEW, APP, SUBSCRIPTION, no_role());
    let other = verify(NEW, APP, OTHER_SUBSCRIPTION, good());
    assert_eq!(
        found(&[refused, other]),
        ["error arm-authorization-failed-read [0]"]
    );
}
