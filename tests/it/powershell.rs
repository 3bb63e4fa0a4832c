//! The PowerShell form under PowerShell's grammar: what a trace holds is text in it and never code.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use tree_sitter::{Node, Parser};

const URL: &str = "https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/\
                   5f2d7b10-93c4-4e8a-b6d1-0c7a4e9f2b35?api-version=7.1";

/// What PowerShell would run, expand or end a text at, if it saw it as its own.
const HOSTILE: &[&str] = &[
    "'; Remove-Item x; '",
    "$(Remove-Item x)",
    "`$env:HOME",
    "\"; & calc; \"",
    "\u{2019}; & calc; \u{2018}",
    "\u{201b}; & calc; \u{201a}",
    "\u{201c}; & calc; \u{201d}",
    "\n'@\n& calc\n@'",
    "\r\n\"@\r\n& calc",
    "<# & calc #>",
    "a\u{2028}& calc",
    "%PATH% $PATH ${PATH} --% calc",
    "@{a=1} @(1) #x",
    "\u{0}\u{7}\u{202e}",
];

/// The request for a connection of this name and description, at this address.
fn request(text: &str, url: &str) -> String {
    let body = json!({
        "id": "5f2d7b10-93c4-4e8a-b6d1-0c7a4e9f2b35",
        "name": format!("web {text}"),
        "type": "azurerm",
        "url": "https://management.azure.com/",
        "description": text,
        "authorization": {"scheme": "ServicePrincipal", "parameters": {
            "tenantid": "0a4f1c2d-7b3e-4d5f-8a69-1b2c3d4e5f60",
            "serviceprincipalid": "c8b2f594-17d3-4a06-9e5c-f41d80a7b369",
            "authenticationType": "spnKey",
            "serviceprincipalkey": null,
            "accesstoken": null,
        }},
        "data": {"creationMode": "Automatic", text: text},
    });
    let refusal = json!({"message": "Failed to get Azure DevOps Service access token, cache value is invalid."});
    let entries = [
        entry("GET", url, None, 200, &body),
        entry("PUT", url, Some(&body), 500, &refusal),
    ];
    let log = json!({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": entries}});
    let folder = tempfile::tempdir().expect("a scratch folder");
    fs::write(folder.path().join("trace.har"), log.to_string()).expect("writable");
    let done = Command::new(env!("CARGO_BIN_EXE_mendpoint"))
        .args(["patch", "trace.har", "--request", "powershell", "-q"])
        .current_dir(folder.path())
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(0), "{text:?} {said}");
    String::from_utf8(done.stdout).expect("UTF-8")
}

fn entry(method: &str, url: &str, body: Option<&Value>, status: u16, answer: &Value) -> Value {
    let mut request = json!({"method": method, "url": url, "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": [{"name": "Content-Type", "value": "application/json"}], "queryString": [],
        "headersSize": -1, "bodySize": -1});
    if let Some(body) = body {
        request["postData"] = json!({"mimeType": "application/json", "text": body.to_string()});
    }
    json!({"startedDateTime": "2026-11-21T07:13:46.000Z", "time": 1, "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 0},
        "request": request,
        "response": {"status": status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"size": -1, "mimeType": "application/json", "text": answer.to_string()},
            "redirectURL": "", "headersSize": -1, "bodySize": -1}})
}

/// The kinds of the nodes of a script, in order; what stands in a text has none.
fn shape(script: &str) -> Vec<&'static str> {
    let mut parser = Parser::new();
    let language = tree_sitter_powershell::LANGUAGE.into();
    parser.set_language(&language).expect("versions fit");
    let tree = parser.parse(script, None).expect("no limit of time");
    let mut kinds = Vec::new();
    walk(tree.root_node(), &mut kinds);
    kinds
}

fn walk(node: Node<'_>, kinds: &mut Vec<&'static str>) {
    kinds.push(if node.is_missing() {
        "MISSING"
    } else {
        node.kind()
    });
    if node.kind() == "verbatim_string_characters"
        || node.kind() == "verbatim_here_string_characters"
    {
        return;
    }
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        walk(child, kinds);
    }
}

#[test]
fn a_request_is_powershell() {
    let kinds = shape(&request("plain", URL));
    assert!(
        !kinds.contains(&"ERROR") && !kinds.contains(&"MISSING"),
        "{kinds:?}"
    );
    assert!(kinds.len() > 100, "{kinds:?}");
}

#[test]
fn what_a_trace_holds_changes_nothing_of_what_powershell_runs() {
    let plain = shape(&request("plain", URL));
    for text in HOSTILE {
        let script = request(text, URL);
        assert_eq!(shape(&script), plain, "{text:?}\n{script}");
    }
}

#[test]
fn the_shape_shows_what_gets_out_of_a_text() {
    let inside = shape("Write-Output 'a; Remove-Item x'");
    assert_eq!(inside, shape("Write-Output 'a'"));
    assert_ne!(inside, shape("Write-Output 'a'; Remove-Item 'x'"));
}
