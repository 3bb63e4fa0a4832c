//! What stands around a log takes nothing away from it.

use std::fmt::Write as _;

use serde_json::json;

use super::{forms, holds, update, whole};

/// `log` with `front` in front of each of its lines.
fn behind(front: impl Fn(usize) -> String, log: &str) -> String {
    let lines = log.lines().enumerate();
    lines.fold(String::new(), |mut out, (number, line)| {
        let _ = writeln!(out, "{}{line}", front(number));
        out
    })
}

/// `log` with each line as a member of an object.
fn objects(log: &str) -> Vec<String> {
    let object = |line: &str| {
        json!({"time": "2026-03-02T10:00:00.123456789Z", "stream": "stderr", "log": format!("{line}\n"),
            "kubernetes": {"labels": {"app": "deploy"}}})
    };
    log.lines().map(|line| object(line).to_string()).collect()
}

/// `log` as programs and people pass it on.
fn passed_on(log: &str) -> Vec<(&'static str, String)> {
    let page = log
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    let wide = |number: usize| format!("Mar  2 10:00:{:02} build-7 deploy[2311]: ", number % 60);
    let job = |number: usize| {
        format!(
            "deploy\tUpdate the connection\t2026-03-02T10:00:{:02}.1234567Z ",
            number % 60
        )
    };
    vec![
        ("docker compose", behind(|_| "deploy-1  | ".to_owned(), log)),
        (
            "kubectl logs",
            behind(|_| "[pod/deploy-7f9c/main] ".to_owned(), log),
        ),
        ("journal", behind(wide, log)),
        ("job of a workflow", behind(job, log)),
        (
            "numbered",
            behind(|number| format!("{:6}\t", number + 1), log),
        ),
        ("quoted twice", behind(|_| "> > ".to_owned(), log)),
        (
            "quoted in a reply",
            format!(
                "Hello,\n\nyou wrote:\n\n{}\nRegards\n",
                behind(|_| "> ".to_owned(), log)
            ),
        ),
        ("a line an object", objects(log).join("\n")),
        ("a list of objects", format!("[{}]", objects(log).join(","))),
        (
            "page",
            format!("<html><body><p>The log:</p><pre class=\"x\">{page}</pre></body></html>"),
        ),
    ]
}

#[test]
fn what_stands_around_a_log_takes_nothing_away() {
    let call = update();
    for (name, form) in whole() {
        for (how, text) in passed_on(&form(&call)) {
            holds(&format!("{name}, {how}"), text, &call, true);
        }
    }
    // Commands are quoted, and logged by nobody.
    for (name, form) in forms::ASKED {
        let quoted = passed_on(&form(&call)).into_iter();
        for (how, text) in quoted.filter(|(how, _)| matches!(*how, "quoted twice" | "page")) {
            holds(&format!("{name}, {how}"), text, &call, false);
        }
    }
}

#[test]
fn an_answer_is_not_taken_for_what_was_sent() {
    let log = "> PUT /northwind/_apis/serviceendpoint/endpoints/5b1f9e60-72c4-4d1a-8a3b-c90d4e7f2a15?api-version=7.1 HTTP/2\n\
        > Host: dev.azure.com\n\
        > content-type: application/json\n\
        >\n\
        < HTTP/2 400\n\
        < content-type: application/json; charset=utf-8\n\
        <\n\
        {\"$id\": \"1\", \"message\": \"The windlass is stuck.\", \"typeKey\": \"WindlassException\", \"errorCode\": 0}\n";
    let report = crate::reports::shared::pasted("curl.log", log);
    assert_eq!(report.verdict(), mendpoint::report::Verdict::Fault);
    let said = report.calls[0]
        .said
        .as_ref()
        .map(|said| said.message.as_str());
    assert_eq!(said, Some("The windlass is stuck."));
}
