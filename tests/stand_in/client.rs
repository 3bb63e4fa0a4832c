//! The other side: the real curl, and bodies to send with it.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::StandIn;
use super::contoso::{self, AUTOMATIC_ID};

/// Sends with curl; gives the HTTP status and the body.
pub(crate) fn curl(
    server: &StandIn,
    verb: &str,
    path: &str,
    more: &[&str],
    body: Option<&str>,
) -> (u16, String) {
    let mut command = Command::new("curl");
    command
        .args([
            "--silent",
            "--show-error",
            "--noproxy",
            "*",
            "--write-out",
            "\n%{http_code}",
            "-X",
            verb,
        ])
        .args(more)
        .arg(format!("{}/contoso/{path}", server.base()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    if body.is_some() {
        command.args([
            "-H",
            "Content-Type: application/json",
            "--data-binary",
            "@-",
        ]);
    }
    let mut child = command.spawn().expect("curl is installed");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(body.unwrap_or_default().as_bytes())
        .expect("curl reads its input");
    drop(stdin);
    let output = child.wait_with_output().expect("curl ends");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let (body, status) = text.rsplit_once('\n').expect("a status line");
    (status.parse().expect("a status"), body.to_owned())
}

pub(crate) fn send(server: &StandIn, verb: &str, path: &str, body: &Value) -> (u16, Value) {
    let (status, text) = curl(server, verb, path, &[], Some(&body.to_string()));
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

pub(crate) fn endpoint_path(id: &str) -> String {
    format!("_apis/serviceendpoint/endpoints/{id}?api-version=7.1")
}

pub(crate) fn put(server: &StandIn, body: &Value) -> (u16, Value) {
    let id = body["id"].as_str().unwrap_or(AUTOMATIC_ID);
    send(server, "PUT", &endpoint_path(id), body)
}

/// The automatic connection as an edit without the left-over member sends it.
pub(crate) fn good() -> Value {
    let mut body = contoso::automatic();
    let parameters = body["authorization"]["parameters"]
        .as_object_mut()
        .expect("a map");
    parameters.remove("accesstoken");
    parameters["serviceprincipalkey"] = Value::Null;
    body
}

pub(crate) fn message(answer: &(u16, Value)) -> &str {
    answer.1["message"].as_str().unwrap_or_default()
}
