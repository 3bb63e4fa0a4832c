//! One fault, from the refusal to the corrected body that is taken.

use std::fmt;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::stand_in::client::curl;
use crate::stand_in::{Config, StandIn};

/// How a body is sent.
#[derive(Clone, Copy)]
pub(crate) struct Sending {
    /// For people: `update`.
    pub(crate) name: &'static str,
    pub(crate) verb: &'static str,
    /// Behind `/contoso/`.
    pub(crate) path: &'static str,
    /// Read before, as the dialog does; also behind `/contoso/`.
    pub(crate) read: Option<&'static str>,
}

/// A fault and how it is mended.
pub(crate) struct Fault {
    pub(crate) rule: &'static str,
    /// What about it, where a rule has several.
    pub(crate) what: &'static str,
    pub(crate) sending: Sending,
    /// The faulty body.
    pub(crate) body: String,
    /// What `patch` needs to be told.
    pub(crate) options: &'static [&'static str],
    /// Exchanges of other hosts that the trace holds as well.
    pub(crate) beside: Vec<Value>,
    pub(crate) config: Config,
    /// Whether the service takes the faulty body too.
    pub(crate) harmless: bool,
}

/// What happened.
pub(crate) struct Row {
    pub(crate) rule: &'static str,
    cells: Vec<String>,
}

/// The value that `--set …=env:MENDPOINT_TEST_SECRET` takes.
const SECRET: &str = "invented-secret-from-a-variable";

pub(crate) fn try_out(fault: &Fault) -> Row {
    let server = StandIn::start(fault.config.clone());
    let mut entries = fault.beside.clone();
    if let Some(path) = fault.sending.read {
        let answer = curl(&server, "GET", path, &[], None);
        assert_eq!(answer.0, 200, "{}: {}", fault.rule, answer.1);
        entries.push(entry(&server, "GET", path, None, &answer));
    }
    let before = send(&server, &fault.sending, &fault.body);
    entries.push(entry(
        &server,
        fault.sending.verb,
        fault.sending.path,
        Some(&fault.body),
        &before,
    ));
    let error = error_of(&before);
    assert_eq!(
        error.is_none(),
        fault.harmless,
        "{} ({}): {} {}",
        fault.rule,
        fault.what,
        before.0,
        before.1
    );

    let folder = tempfile::tempdir().expect("a scratch folder");
    let trace = folder.path().join("trace.har");
    save(&trace, &entries);
    let found = found(&trace);
    assert!(
        found.contains(&fault.rule.to_owned()),
        "{} ({}) is not found in its trace: {found:?}",
        fault.rule,
        fault.what
    );
    let (status, corrected, said) = patch(&trace, fault.options);
    let after = if fault.harmless {
        assert_eq!(status, 3, "{}: {said}", fault.rule);
        "taken as it is".to_owned()
    } else {
        assert_eq!(status, 0, "{} ({}): {said}", fault.rule, fault.what);
        apply_elsewhere(&trace, fault, &corrected);
        let sending = Sending {
            verb: if fault.sending.verb == "PATCH" {
                "PUT"
            } else {
                fault.sending.verb
            },
            ..fault.sending
        };
        let after = send(&server, &sending, &corrected);
        let refused = error_of(&after);
        assert!(
            refused.is_none(),
            "{} ({}): still refused: {refused:?}\n{corrected}",
            fault.rule,
            fault.what
        );
        format!("{} taken", after.0)
    };
    row(fault, before.0, error, said, after)
}

/// A line of the list; `error` is what the faulty body was answered with.
fn row(fault: &Fault, status: u16, error: Option<String>, said: String, after: String) -> Row {
    Row {
        rule: fault.rule,
        cells: vec![
            format!(
                "`{}`{}",
                fault.rule,
                if fault.what.is_empty() {
                    String::new()
                } else {
                    format!(": {}", fault.what)
                }
            ),
            format!("{} ({})", fault.sending.verb, fault.sending.name),
            error.map_or_else(
                || format!("{status} taken"),
                |error| format!("{status} {error}"),
            ),
            fault.options.join(" "),
            said,
            after,
        ],
    }
}

fn save(trace: &Path, entries: &[Value]) {
    let log = json!({"log": {"version": "1.2", "creator": {"name": "repairs", "version": "1"}, "entries": entries}});
    std::fs::write(trace, log.to_string()).expect("the scratch folder is writable");
}

/// Another implementation of RFC 6902 makes the same body of the operations, and their guards stop it
/// from applying them to a body that is mended already.
fn apply_elsewhere(trace: &Path, fault: &Fault, corrected: &str) {
    let options = [fault.options, &["--json-patch"]].concat();
    let (status, patch, said) = patch(trace, &options);
    assert_eq!(status, 0, "{}: {said}", fault.rule);
    let patch: json_patch::Patch = serde_json::from_str(&patch).expect("RFC 6902");
    let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let mut body = read(&fault.body);
    json_patch::patch(&mut body, &patch)
        .unwrap_or_else(|error| panic!("{} ({}): {error}", fault.rule, fault.what));
    assert_eq!(body, read(corrected), "{} ({})", fault.rule, fault.what);
    let additions = patch
        .iter()
        .all(|operation| matches!(operation, json_patch::PatchOperation::Add(_)));
    if !additions {
        let again = json_patch::patch(&mut body, &patch);
        assert!(again.is_err(), "{} ({})", fault.rule, fault.what);
    }
}

fn send(server: &StandIn, sending: &Sending, body: &str) -> (u16, String) {
    curl(server, sending.verb, sending.path, &[], Some(body))
}

/// Why the service does not take it, from an error envelope or a verify.
fn error_of((status, body): &(u16, String)) -> Option<String> {
    let value: Value = serde_json::from_str(body).unwrap_or_default();
    let message = value["message"].as_str().or(value["errorMessage"].as_str());
    let message = message.filter(|text| !text.is_empty()).map(str::to_owned);
    message.or_else(|| (*status >= 300).then(|| body.clone()))
}

fn entry(
    server: &StandIn,
    verb: &str,
    path: &str,
    body: Option<&str>,
    answer: &(u16, String),
) -> Value {
    let url = format!("{}/contoso/{path}", server.base());
    let mut entry = exchange(verb, &url, answer.0, &answer.1);
    if let Some(body) = body {
        entry["request"]["postData"] = json!({"mimeType": "application/json", "text": body});
    }
    entry
}

/// A HAR entry.
pub(crate) fn exchange(verb: &str, url: &str, status: u16, answer: &str) -> Value {
    json!({
        "startedDateTime": "2031-03-14T09:00:00.000Z",
        "time": 1,
        "request": {
            "method": verb, "url": url, "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
            "queryString": [], "headersSize": -1, "bodySize": -1
        },
        "response": {
            "status": status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
            "content": {"size": answer.len(), "mimeType": "application/json", "text": answer},
            "redirectURL": "", "headersSize": -1, "bodySize": -1
        },
        "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0}
    })
}

fn mendpoint() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mendpoint"));
    command.env("MENDPOINT_TEST_SECRET", SECRET);
    command
}

/// The rules that fire.
fn found(trace: &Path) -> Vec<String> {
    let output = mendpoint()
        .args(["check", "--format", "json"])
        .arg(trace)
        .output()
        .expect("it runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("findings");
    findings
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Exit status, the corrected body, and what was said to have been done.
fn patch(trace: &Path, options: &[&str]) -> (i32, String, String) {
    let output = mendpoint()
        .arg("patch")
        .arg(trace)
        .args(options)
        .output()
        .expect("it runs");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    let done: Vec<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| !line.starts_with("every "))
        .filter_map(|line| {
            line.rsplit_once(" (payload-")
                .or(line.rsplit_once(" (access-token-"))
                .or(line.rsplit_once(" (update-"))
        })
        .map(|(what, _)| what)
        .collect();
    let status = output.status.code().unwrap_or(-1);
    let said = if done.is_empty() {
        said.trim().to_owned()
    } else {
        done.join("; ")
    };
    (
        status,
        String::from_utf8(output.stdout).expect("UTF-8"),
        said,
    )
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "|")?;
        for cell in &self.cells {
            let cell = cell
                .replace("\r\n", " ")
                .replace('\n', " ")
                .replace('|', "\\|");
            write!(f, " {cell} |")?;
        }
        Ok(())
    }
}
