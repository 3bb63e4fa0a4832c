//! No secret of a trace reaches an output but the corrected body, however oddly it is written there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::planted::odd::{bare, oddly_written, percent, plain, plant, quotes_of};
use crate::planted::{Garden, Planted, har, saz};
use serde_json::{Value, json};

const ID: &str = "7c1f0a52-3d84-4e19-9b60-5a2e8d417f33";

/// A payload with secrets under their names and under others.
fn payload(g: &mut Garden, key: &str) -> Value {
    json!({
        "id": ID, "name": format!("web password={}", bare(g, "in the name")), "type": "azurerm",
        "url": "https://management.azure.com/ ",
        "authorization": {"scheme": "ServicePrincipal", "parameters": {
            "tenantid": "not-a-guid", "serviceprincipalid": "also-none", "serviceprincipalkey": key,
            "accesstoken": null, "unknownThing": plant(g, "an unknown parameter"),
            "apitoken": {"nested": [plant(g, "below a secret's name")]}, "password": 123_456_789_012_345_u64,
        }},
        "data": {"environment": "AzureCloud", "scopeLevel": "Subscription", "creationMode": "Manual",
            "subscriptionId": "$(sub)", "subscriptionName": format!("x client_secret: {}", bare(g, "behind a colon")),
            "azureSpnPermissions": json!([{"token": plant(g, "JSON in a string")}]).to_string()},
        "serviceEndpointProjectReferences": [{"projectReference": {"id": ID, "name": "Shop"}, "name": "web"}],
    })
}

/// The same with its parameters encoded twice.
fn encoded_twice(g: &mut Garden) -> Value {
    let key = plant(g, "a key in a string");
    let mut body = payload(g, &key);
    body["authorization"]["parameters"] = body["authorization"]["parameters"].to_string().into();
    body
}

/// What a service may say, with secrets far behind the telling words and close to them.
fn message(g: &mut Garden, key: &str) -> String {
    let long = "filler ".repeat(60);
    let quoted = [
        format!("the key {key} is wrong"),
        json!({"password": plant(g, "a value with quotes in JSON")}).to_string(),
        json!(json!({"client_secret": plant(g, "JSON in a string in a message")}).to_string())
            .to_string(),
        format!("X-Api-Key: {}", bare(g, "a header in a text")),
        format!("<apiToken>{}</apiToken>", bare(g, "XML in a text")),
        format!(
            "https://someone:p@{}@host.example/x",
            bare(g, "a password with an at sign")
        ),
        format!("redirected with ?code={}", bare(g, "an authorization code")),
        format!(
            "Set-Cookie: a=b; UserAuthentication={}",
            bare(g, "a cookie in a text")
        ),
    ];
    format!(
        "{long}AADSTS7000215: Invalid client secret provided. {long}{}",
        quoted.join(&format!(" and {long}"))
    )
}

/// Calls whose bodies, answers and surroundings hold secrets in many ways, and those secrets.
fn odd_trace() -> (Value, Vec<Planted>) {
    let mut garden = Garden::default();
    let g = &mut garden;
    let key = plant(g, "a key that the service quotes");
    let (body, message) = (payload(g, &key), message(g, &key));
    let answer = json!({"$id": "1", "message": message, "typeKey": "ServiceEndpointException"});
    let inner = format!("token={}", bare(g, "an inner status"));
    let verify = json!({"result": [], "statusCode": inner, "errorMessage": message});
    let url = format!(
        "https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/{ID}?api-version=7.1&sig={}",
        bare(g, "a signature")
    );
    let proxy = format!(
        "https://dev.azure.com/contoso/Shop/_apis/serviceendpoint/endpointproxy?endpointId={ID}"
    );
    let headers = json!([
        {"name": "Authorization", "value": format!("Bearer {}", bare(g, "a bearer token"))},
        {"name": "X-HTTP-Method-Override", "value": format!("PUT token={}", bare(g, "a method"))},
        {"name": "Accept", "value": format!("application/json;api-version=token={}", bare(g, "an api-version"))},
    ]);
    let none = json!([]);
    let mut aborted = entry("PUT", &url, &none, &body, 0, &Value::Null);
    aborted["response"]["_error"] = json!(format!(
        "net::ERR password={}",
        bare(g, "an error of the recorder")
    ));
    let mut unrecorded = entry("PUT", &url, &none, &body, 500, &Value::Null);
    unrecorded["response"]["content"] =
        json!({"size": 90, "comment": format!("left out, apitoken={}", bare(g, "a comment"))});
    let entries = vec![
        entry("PUT", &url, &none, &body, 500, &answer),
        entry(
            "POST",
            &proxy,
            &headers,
            &json!({"serviceEndpointDetails": body}),
            200,
            &verify,
        ),
        entry("POST", &url.replace(ID, ""), &headers, &body, 400, &answer),
        entry("PUT", &url, &none, &encoded_twice(g), 400, &answer),
        aborted,
        unrecorded,
        token(g),
        worded(g),
    ];
    let recorder = format!("tool password={}", bare(g, "the recorder's name"));
    let trace = json!({"log": {"version": "1.2", "creator": {"name": recorder, "version": "1"}, "entries": entries}});
    (trace, garden.all())
}

/// Failed saves of one connection each, whose answers quote a secret oddly.
fn quoting_trace() -> (Value, Vec<Planted>) {
    let mut garden = Garden::default();
    let g = &mut garden;
    let key = plant(g, "a key that is quoted in another spelling");
    let mut texts = oddly_written(g);
    texts.extend(quotes_of(g, &key));
    let save = |(number, text): (usize, String)| {
        let id = format!("7c1f0a52-3d84-4e19-9b60-{number:012}");
        let url = format!("https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/{id}");
        let said = format!("AADSTS7000215: Invalid client secret provided. {text} {TOLD}");
        let mut body = payload(&mut Garden::default(), &key);
        body["id"] = id.into();
        entry(
            "PUT",
            &url,
            &json!([]),
            &body,
            500,
            &json!({ "message": said }),
        )
    };
    let entries: Vec<Value> = texts.into_iter().enumerate().map(save).collect();
    let log = json!({"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": entries}});
    (log, garden.all())
}

/// Stands behind each quote, to tell that it was shown.
const TOLD: &str = "That is what it said.";

/// A call with a secret of letters only, and one of a length that nobody quotes, in every field of
/// the trace that reports show as it is.
fn worded(g: &mut Garden) -> Value {
    let word = g.plant("a secret like a word", "Zqcorrecthorse");
    let long = (0..9000_u32).map(|n| format!("{:x}aG", n * 7919 % 9973));
    let long = g.plant("a long secret", &long.collect::<String>());
    let mut body = payload(g, &word);
    body["authorization"]["parameters"]["password"] = long.clone().into();
    body["authorization"]["scheme"] = word.clone().into();
    body["name"] = word.clone().into();
    for name in [
        "environment",
        "scopeLevel",
        "creationMode",
        "subscriptionName",
        "subscriptionId",
    ] {
        body["data"][name] = word.clone().into();
    }
    let url = format!(
        "https://dev.azure.com/{word}/{word}/_apis/serviceendpoint/endpoints/{ID}?api-version={word}"
    );
    let answer = json!({ "message": format!("AADSTS7000215: Invalid client secret provided. {word} {long}") });
    let headers = json!([{"name": "X-HTTP-Method-Override", "value": word}]);
    let mut call = entry("POST", &url, &headers, &body, 500, &answer);
    call["response"]["statusText"] = word.into();
    call
}

/// A sign-in of another host that quotes what was sent to it.
fn token(g: &mut Garden) -> Value {
    let url = "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token";
    let sent = plant(g, "a form of another host");
    let description = format!("AADSTS7000215: Invalid client secret provided: {sent}");
    let answer = json!({"error": "invalid_client", "error_description": description});
    let mut token = entry("POST", url, &json!([]), &Value::Null, 401, &answer);
    let form = format!("grant_type=x&client_secret={}", percent(&sent));
    token["request"]["postData"] =
        json!({"mimeType": "application/x-www-form-urlencoded", "text": form});
    token
}

fn entry(
    verb: &str,
    url: &str,
    headers: &Value,
    body: &Value,
    status: u16,
    answer: &Value,
) -> Value {
    json!({
        "startedDateTime": "2031-03-14T09:26:53.000Z", "time": 1,
        "request": {"method": verb, "url": url, "headers": headers, "postData": {"mimeType": "application/json", "text": body.to_string()}},
        "response": {"status": status, "headers": [], "content": {"mimeType": "application/json", "text": answer.to_string()}},
    })
}

/// The reports on a trace.
fn checks(trace: &str) -> Vec<Vec<&str>> {
    ["text", "json", "jsonl", "markdown", "html", "sarif"]
        .map(|format| vec!["check", "-v", "--format", format, trace])
        .to_vec()
}

/// Every command on a trace that shows any of it.
fn everything(trace: &str) -> Vec<Vec<&str>> {
    let mut commands = checks(trace);
    commands.extend([
        vec!["calls", "--all", trace],
        vec!["calls", "--all", "--format", "json", trace],
        vec!["compare", trace, trace],
        vec!["compare", "--format", "json", trace, trace],
    ]);
    for call in ["1", "2", "3", "4", "5", "6"] {
        commands.push(vec!["diff", "--all", "--call", call, trace]);
        commands.push(vec![
            "diff", "--all", "--format", "json", "--call", call, trace,
        ]);
        commands.push(vec!["patch", "--unsafe-fixes", "--call", call, trace]);
    }
    commands.push(vec!["known-good", "add", trace, "--force"]);
    commands
}

/// What mendpoint says, by the command that says it.
fn outputs(folder: &Path, commands: Vec<Vec<&str>>) -> Vec<(String, String)> {
    commands
        .into_iter()
        .map(|arguments| {
            let output = Command::new(env!("CARGO_BIN_EXE_mendpoint"))
                .env("MENDPOINT_DATA_DIR", folder)
                .env("COLUMNS", "200")
                .args(&arguments)
                .output()
                .expect("it runs");
            let mut said = String::from_utf8_lossy(&output.stderr).into_owned();
            // The body that `patch` writes is the one place for a secret.
            if arguments[0] != "patch" {
                said.push_str(&String::from_utf8_lossy(&output.stdout));
            }
            (arguments.join(" "), said)
        })
        .collect()
}

/// What of `planted` the commands of `of` on `trace` tell.
fn leaks(trace: &Path, planted: &[Planted], of: fn(&str) -> Vec<Vec<&str>>) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut found = Vec::new();
    let trace = trace.to_str().expect("a plain path");
    for (command, said) in outputs(folder.path(), of(trace)) {
        assert!(!said.contains("panicked"), "{command}: {said}");
        let texts = crate::planted::everything_in(&said);
        for one in planted {
            let spellings = [one.value.to_lowercase(), plain(&one.value).to_lowercase()];
            let told = texts
                .iter()
                .any(|text| spellings.iter().any(|value| text.contains(value)));
            if told {
                found.push(format!("{command}: {}", one.kind));
            }
        }
    }
    for file in std::fs::read_dir(folder.path().join("known-good"))
        .into_iter()
        .flatten()
    {
        let text = std::fs::read_to_string(file.expect("readable").path()).expect("readable");
        for one in planted.iter().filter(|one| text.contains(&one.value)) {
            found.push(format!("known-good: {}", one.kind));
        }
    }
    found
}

fn written(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("writable");
    path
}

#[test]
fn no_output_tells_a_secret_of_an_odd_trace() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let (log, planted) = odd_trace();
    let trace = written(&folder, "odd.har", log.to_string().as_bytes());
    let found = leaks(&trace, &planted, everything);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_output_tells_a_secret_that_redaction_would_take_out() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for (name, (bytes, planted, _)) in [("a.har", har::trace()), ("a.saz", saz::trace())] {
        let trace = written(&folder, name, &bytes);
        let found = leaks(&trace, &planted, everything);
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn no_report_tells_a_secret_that_is_oddly_quoted() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let (log, planted) = quoting_trace();
    let trace = written(&folder, "quoting.har", log.to_string().as_bytes());
    let found = leaks(&trace, &planted, checks);
    assert!(found.is_empty(), "{found:#?}");
}
