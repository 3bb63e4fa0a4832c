//! Every failed call is accounted for: its words are told whatever else is found, and a suspicion is
//! no more than that once the service has shown what it had.

use std::process::Command;

use serde_json::Value;

const PROJECT: &str = "55555555-6666-4777-8888-999999999999";
const TENANT: &str = "44444444-5555-4666-8777-888888888888";
const CLIENT: &str = "11111111-2222-4333-8444-555555555555";

/// A call of a trace: what is sent and what is answered.
struct Call {
    method: &'static str,
    path: String,
    headers: &'static str,
    sent: String,
    status: u16,
    answer: String,
}

impl Call {
    fn save(id: &str, sent: String, status: u16, answer: &str) -> Self {
        Self {
            method: "PUT",
            path: format!("_apis/serviceendpoint/endpoints/{id}?api-version=7.1"),
            headers: "",
            sent,
            status,
            answer: answer.to_owned(),
        }
    }

    fn create(sent: String, status: u16, answer: &str) -> Self {
        Self {
            method: "POST",
            path: "_apis/serviceendpoint/endpoints?api-version=7.1".to_owned(),
            headers: "",
            sent,
            status,
            answer: answer.to_owned(),
        }
    }

    fn verify(id: &str, endpoint: &str, answer: &str) -> Self {
        let sent = format!(
            r#"{{"dataSourceDetails":{{"dataSourceName":"TestConnection"}},"serviceEndpointDetails":{endpoint}}}"#
        );
        Self {
            method: "POST",
            path: format!(
                "{PROJECT}/_apis/serviceendpoint/endpointproxy?endpointId={id}&api-version=7.1-preview.1"
            ),
            headers: "",
            sent,
            status: 200,
            answer: answer.to_owned(),
        }
    }

    fn text(&self) -> String {
        format!(
            "{} https://dev.azure.com/contoso/{} HTTP/1.1\n{}Content-Type: application/json\n\n{}\n\nHTTP/1.1 {} X\nContent-Type: application/json\n\n{}\n\n",
            self.method, self.path, self.headers, self.sent, self.status, self.answer
        )
    }
}

/// What `check` says of `calls` in `format`, and its exit status.
fn check(calls: &[Call], format: &str) -> (String, Option<i32>) {
    let text: String = calls.iter().map(Call::text).collect();
    let folder = tempfile::tempdir().expect("a scratch folder");
    let trace = folder.path().join("trace.txt");
    std::fs::write(&trace, text).expect("writable");
    let output = Command::new(env!("CARGO_BIN_EXE_mendpoint"))
        .args(["check", "-v", "--format", format])
        .arg(&trace)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100000")
        .output()
        .expect("it runs");
    let shown = String::from_utf8(output.stdout).expect("UTF-8");
    (shown, output.status.code())
}

/// The rules of the findings, the first first, with their severity.
fn findings(calls: &[Call]) -> Vec<(String, String)> {
    let (shown, _) = check(calls, "json");
    let report: Value = serde_json::from_str(&shown).expect("JSON");
    let findings = report["findings"].as_array().expect("findings").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    findings
        .map(|one| (text(&one["rule"]), text(&one["severity"])))
        .collect()
}

fn errors(calls: &[Call]) -> Vec<String> {
    let found = findings(calls).into_iter();
    found
        .filter(|(_, severity)| severity == "error")
        .map(|(rule, _)| rule)
        .collect()
}

fn endpoint(number: usize, tenant: &str, client: &str, key: &str, url: &str) -> String {
    format!(
        r#"{{"name":"web-{number}","type":"azurerm","url":"{url}","authorization":{{"scheme":"ServicePrincipal","parameters":{{"tenantid":"{tenant}","serviceprincipalid":"{client}","authenticationType":"spnKey","serviceprincipalkey":{key}}}}},"data":{{"environment":"AzureCloud","scopeLevel":"Subscription","subscriptionId":"66666666-7777-4888-8999-aaaaaaaaaaaa","subscriptionName":"Dev","creationMode":"Manual"}},"isReady":true,"serviceEndpointProjectReferences":[{{"projectReference":{{"id":"{PROJECT}","name":"web"}},"name":"web-{number}","description":""}}]}}"#
    )
}

/// Bodies with a fault each, with a note only, and with none.
fn bodies(number: usize) -> Vec<String> {
    let arm = "https://management.azure.com/";
    let of = |tenant, client, key, url| endpoint(number, tenant, client, key, url);
    let good = of(TENANT, CLIENT, "null", arm);
    vec![
        good.clone(),
        good.replace(
            r#""serviceprincipalkey":null"#,
            r#""serviceprincipalkey":null,"accesstoken":null"#,
        ),
        good.replace(r#""isReady":true"#, r#""isReady":false"#),
        good.replace("spnKey\",", "spnKey\",\"tenantId\":\"x\","),
        good.replace("serviceEndpointProjectReferences", "projectReferences"),
        of(&format!("{TENANT} "), CLIENT, "null", arm),
        of("YOUR_TENANT_ID", CLIENT, "null", arm),
        of(TENANT, &format!("{{{CLIENT}}}"), "null", arm),
        of(TENANT, "$(clientId)", "null", arm),
        of(TENANT, CLIENT, r#""null""#, arm),
        of(TENANT, CLIENT, "null", "https://portal.azure.com/"),
        of(TENANT, "", "null", arm),
    ]
}

fn refusal(words: &str) -> String {
    format!(r#"{{"$id":"1","message":"{words}","typeName":"A.B, A","typeKey":"OddException"}}"#)
}

#[test]
fn unknown_words_are_told_in_every_format_beside_every_body() {
    let mut calls = Vec::new();
    for (number, body) in bodies(0).into_iter().enumerate() {
        for operation in 0..3 {
            let number = number * 3 + operation;
            let words = format!("The frobnicator {number} of this harbour is in disarray.");
            let id = format!("{number:08x}-2222-4333-8444-555555555555");
            let body = body.replace("web-0", &format!("web-{number}"));
            calls.push(match operation {
                0 => Call::create(body, 400, &refusal(&words)),
                1 => Call::save(&id, body, 400, &refusal(&words)),
                _ => Call::verify(
                    &id,
                    &body,
                    &format!(r#"{{"result":[],"statusCode":400,"errorMessage":"{words}"}}"#),
                ),
            });
        }
    }
    for format in ["text", "json", "jsonl", "markdown", "html", "sarif"] {
        let (shown, status) = check(&calls, format);
        assert_eq!(status, Some(1), "{format}");
        for number in 0..calls.len() {
            let words = format!("frobnicator {number} of");
            assert!(shown.contains(&words), "{words:?} is not told as {format}");
        }
    }
    let (shown, _) = check(&calls, "json");
    let report: Value = serde_json::from_str(&shown).expect("JSON");
    for call in report["calls"].as_array().expect("calls") {
        assert!(call["said"]["message"].is_string(), "{call:#}");
        let explained = call["explained_by"].as_array().expect("indices");
        let severities: Vec<&Value> = explained
            .iter()
            .filter_map(|at| report["findings"].get(usize::try_from(at.as_u64()?).ok()?))
            .map(|finding| &finding["severity"])
            .collect();
        assert!(!severities.is_empty(), "{call:#}");
        assert!(severities.iter().all(|one| *one == "error"), "{call:#}");
    }
}

#[test]
fn words_that_name_the_member_at_fault_are_explained_by_it() {
    let kubernetes = |url: &str| {
        format!(
            r#"{{"name":"aks","type":"kubernetes","url":"{url}","authorization":{{"scheme":"Token","parameters":{{"apiToken":"YWJj","serviceAccountCertificate":"YWJj"}}}},"data":{{"authorizationType":"ServiceAccount"}},"serviceEndpointProjectReferences":[{{"projectReference":{{"id":"{PROJECT}","name":"web"}},"name":"aks"}}]}}"#
        )
    };
    let refused = |url: &str, words: &str| {
        let call = Call::create(kubernetes(url), 400, &refusal(words));
        errors(&[call])
    };
    let bare = "aks-1.hcp.westeurope.azmk8s.io";
    for words in ["The frobnicated URL is odd.", "Give an url that we like."] {
        assert_eq!(
            refused(bare, words),
            ["payload-url-not-absolute"],
            "{words}"
        );
    }
    let both = ["payload-url-not-absolute", "call-failed-unexplained"];
    assert_eq!(refused(bare, "The curls are odd."), both);
    let complete = refused("https://aks-1.hcp.westeurope.azmk8s.io", "The URL is odd.");
    assert_eq!(complete, ["call-failed-unexplained"]);
}

#[test]
fn attempts_without_words_are_told_by_the_one_that_has_them() {
    let body = endpoint(1, TENANT, CLIENT, "\"k\"", ARM);
    let refused = |status, words: &str| Call::save(ID, body.clone(), status, words);
    let why = refusal("TF400813: The user 'x' is not authorized to access this resource.");
    let told = "azdo-user-not-authorized";
    let again = errors(&[refused(500, ""), refused(500, ""), refused(500, &why)]);
    assert_eq!(again, [told]);
    // Another status may have another reason.
    let other = errors(&[refused(400, ""), refused(500, &why)]);
    assert_eq!(other, [told, "call-failed-unexplained"]);
}

/// `stored` as the service shows it to who reads this one connection.
fn read(stored: &str) -> Call {
    Call {
        method: "GET",
        path: format!("{PROJECT}/_apis/serviceendpoint/endpoints/{ID}?api-version=7.1"),
        headers: "",
        sent: String::new(),
        status: 200,
        answer: stored.to_owned(),
    }
}

#[test]
fn a_connection_that_was_only_read_is_a_warning_at_most() {
    let stored = |client: &str, state: &str| {
        endpoint(1, TENANT, client, "null", ARM).replacen(
            "{\"name\":\"web-1\"",
            &format!(
                "{{\"id\":\"{ID}\",\"operationStatus\":{{\"state\":\"{state}\",\"statusMessage\":\"\"}},\"name\":\"web-1\""
            ),
            1,
        )
    };
    for (client, state, rule) in [
        (CLIENT, "InProgress", "operation-stuck-inprogress"),
        ("<placeholder>", "InProgress", "payload-placeholder-value"),
        ("<placeholder>", "Ready", "payload-placeholder-value"),
    ] {
        let stored = stored(client, state).replace("\"isReady\":true", "\"isReady\":false");
        let found = findings(&[read(&stored)]);
        let warning = (rule.to_owned(), "warning".to_owned());
        assert!(found.contains(&warning), "{found:?}");
        assert!(
            found.iter().all(|(_, severity)| severity != "error"),
            "{found:?}"
        );
        // Who works on it has to know.
        let save = Call::save(ID, stored.replace("<placeholder>", CLIENT), 200, &stored);
        let found = findings(&[save, read(&stored)]);
        assert!(found.iter().any(|(one, _)| one == rule), "{found:?}");
    }
}

const ID: &str = "22222222-3333-4444-8555-666666666666";
const ARM: &str = "https://management.azure.com/";
const FORBIDDEN: &str = r#"{"result":[],"statusCode":"Forbidden","errorMessage":"Failed to query service connection API: 'https://management.azure.com/subscriptions/66666666-7777-4888-8999-aaaaaaaaaaaa'. Status Code: 'Forbidden', Response from server: '{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"The client '11111111-2222-4333-8444-555555555555' with object id '77777777-8888-4999-8aaa-bbbbbbbbbbbb' does not have authorization to perform action 'Microsoft.Resources/subscriptions/read' over scope '/subscriptions/66666666-7777-4888-8999-aaaaaaaaaaaa' or the scope is invalid.\"}}'"}"#;

fn verified(words: &str) -> String {
    format!(r#"{{"result":[],"statusCode":400,"errorMessage":"{words}"}}"#)
}

#[test]
fn a_secret_that_azure_judged_was_sent() {
    let body = endpoint(1, TENANT, CLIENT, "null", ARM);
    let judged = Call::verify("0", &body, FORBIDDEN);
    assert_eq!(errors(&[judged]), ["arm-authorization-failed-read"]);
    let missed = Call::verify(
        "0",
        &body,
        &verified("AADSTS7000216: client_assertion or client_secret is required."),
    );
    assert_eq!(
        errors(&[missed]),
        ["payload-serviceprincipalkey-null-create"]
    );
    let unknown = Call::verify("0", &body, &verified("The tide is out."));
    assert!(errors(&[unknown]).contains(&"payload-serviceprincipalkey-null-create".to_owned()));
}

#[test]
fn what_was_verified_afterwards_is_no_fault() {
    let body = endpoint(1, TENANT, CLIENT, "null", ARM)
        .replace("spnKey\"", "spnKey\",\"accesstoken\":null");
    let good = endpoint(1, TENANT, CLIENT, "null", ARM);
    let saved = good.replacen('{', &format!(r#"{{"id":"{ID}","#), 1);
    let fine = r#"{"result":[],"statusCode":200,"errorMessage":""}"#;
    let save = || Call::save(ID, body.clone(), 200, &saved);
    let verify = || Call::verify(ID, &good, fine);
    assert_eq!(errors(&[save(), verify()]), [""; 0]);
    assert_eq!(errors(&[verify(), save()]), ["payload-accesstoken-null"]);
    assert_eq!(errors(&[save()]), ["payload-accesstoken-null"]);
}

#[test]
fn words_are_known_wherever_and_for_whatever_scheme_they_are_said() {
    let managed = endpoint(1, TENANT, CLIENT, "null", ARM)
        .replace("ServicePrincipal", "ManagedServiceIdentity");
    let call = Call::verify(ID, &managed, FORBIDDEN);
    assert_eq!(errors(&[call])[0], "arm-authorization-failed-read");
    let body = endpoint(1, TENANT, CLIENT, "null", ARM);
    let words = "AADSTS700016: Application with identifier '11111111-2222-4333-8444-555555555555' was not found in the directory 'Contoso (West)'.";
    let call = Call::save(ID, body.clone(), 400, &refusal(words));
    assert_eq!(errors(&[call]), ["aadsts700016-app-not-found"]);
    for words in [
        "Failed to query service endpoint api: https://management.azure.com/x. (403) Unzul\u{e4}ssig",
        "(403) Interdit",
        "(403) Prohibido",
        "(403) \u{5df2}\u{7981}\u{6b62}",
    ] {
        let call = Call::verify(ID, &body, &verified(words));
        assert_eq!(errors(&[call]), ["verify-forbidden-legacy-text"], "{words}");
    }
}

#[test]
fn nobody_is_known_in_any_language() {
    let body = endpoint(1, TENANT, CLIENT, "null", ARM);
    for words in [
        "TF400813: Die Ressource ist f\u{fc}r den anonymen Zugriff nicht verf\u{fc}gbar.",
        "TF400813: \u{533f}\u{540d}\u{30a2}\u{30af}\u{30bb}\u{30b9}\u{3067}\u{306f}\u{5229}\u{7528}\u{3067}\u{304d}\u{307e}\u{305b}\u{3093}\u{3002}",
    ] {
        let call = Call::save(ID, body.clone(), 401, &refusal(words));
        let found = errors(&[call]);
        let known = ["azdo-not-authenticated", "azdo-user-not-authorized"];
        assert!(known.contains(&found[0].as_str()), "{words}: {found:?}");
    }
}

#[test]
fn a_secret_that_a_recorder_may_have_emptied_proves_nothing() {
    let body = endpoint(1, TENANT, CLIENT, "null", ARM);
    let answer = body.replacen('{', &format!(r#"{{"id":"{ID}","#), 1);
    let call = || Call::create(body.clone(), 200, &answer);
    assert_eq!(
        errors(&[call()]),
        ["payload-serviceprincipalkey-null-create"]
    );
    let mut masked = call();
    masked.headers = "Authorization: [REDACTED]\n";
    assert_eq!(errors(&[masked]), [""; 0]);
}
