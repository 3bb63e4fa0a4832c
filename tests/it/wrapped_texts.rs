//! The same failure as different tools print it: every rule that knows a pasted text knows it in each
//! of these forms too.

use std::io::Cursor;

use mendpoint::ingest::{self, Options, Source};
use mendpoint::judge::Analyzer;
use mendpoint::rules::engine::Catalogue;

/// A form that a tool gives to a message.
type Form = (&'static str, fn(&str) -> String);

const FORMS: &[Form] = &[
    ("a box of Terraform", terraform),
    ("lines broken at 60 letters", |text| broken(text, 60)),
    ("a JSON string", |text| {
        format!("{{\"message\":{}}}", json(text))
    }),
    ("JSON in a string in JSON", |text| {
        let inner = format!("{{\"message\":{}}}", json(text));
        format!("Response: {{\"errorMessage\":{}}}", json(&inner))
    }),
    ("a page", |text| {
        let text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        format!(
            "<p>Something broke:</p>\n<div class=\"log\">{}</div>",
            text.replace('"', "&quot;").replace('\'', "&#39;")
        )
    }),
    ("a log of a pipeline", |text| {
        let stamped = |line: &str| format!("2026-03-02T10:20:30.1234567Z ##[error]{line}\n");
        text.lines().map(stamped).collect()
    }),
    ("typographic quotes", typographic),
    ("a dict of Python", |text| {
        format!(
            "AzureDevOpsServiceError: {{'$id': '1', 'message': \"{}\", 'errorCode': 0}}",
            text.replace('"', "'").replace('\n', "\\n")
        )
    }),
    ("a map of Go", |text| {
        format!(
            "map[state:Failed statusMessage:{}]",
            text.replace('\n', " ")
        )
    }),
    ("an exception of .NET", |text| {
        format!(
            "Unhandled exception. System.AggregateException: One or more errors occurred. ({text})\n   at Contoso.Program.Main() in /src/Program.cs:line 12"
        )
    }),
    ("an exception of Java", |text| {
        format!(
            "java.lang.RuntimeException: java.io.IOException: {text}\n\tat com.contoso.Main.main(Main.java:7)"
        )
    }),
    ("colours of a terminal", |text| {
        text.lines()
            .map(|line| format!("\u{1b}[31m{line}\u{1b}[0m\n"))
            .collect()
    }),
    ("a quote of Markdown", |text| {
        text.lines().map(|line| format!("> {line}\n")).collect()
    }),
    ("a window of PowerShell", |text| {
        format!(
            "Invoke-RestMethod : {}\nAt line:1 char:1\n+ Invoke-RestMethod -Uri $uri\n    + CategoryInfo          : InvalidOperation",
            broken(text, 79)
        )
    }),
];

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn broken(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut used = 0;
        for word in line.split(' ') {
            if used > 0 && used + word.len() > width {
                out.push('\n');
                used = 0;
            } else if used > 0 {
                out.push(' ');
            }
            out.push_str(word);
            used += word.len() + 1;
        }
        out.push('\n');
    }
    out
}

fn terraform(text: &str) -> String {
    let lines = broken(text, 66);
    let lines: String = lines
        .lines()
        .map(|line| format!("\u{2502} {line}\n"))
        .collect();
    format!(
        "\u{2577}\n{lines}\u{2502} \n\u{2502}   with azuredevops_serviceendpoint_azurerm.shop,\n\u{2575}\n"
    )
}

fn typographic(text: &str) -> String {
    let mut open = false;
    let quote = |c: char| match c {
        '\'' => '\u{2019}',
        '"' => {
            open = !open;
            if open { '\u{201c}' } else { '\u{201d}' }
        }
        c => c,
    };
    text.chars().map(quote).collect()
}

/// Whether a sample is a message and no trace, body, page or script.
fn is_message(text: &str) -> bool {
    let text = text.trim_start();
    !text.contains("HTTP/1.1") && !text.starts_with(['{', '[', '<', '$'])
}

fn fires(analyzer: &Analyzer<'_>, rule: &str, text: &str) -> bool {
    let mut bytes = Cursor::new(text.as_bytes());
    let Ok(traces) = ingest::read("text", Source::File(&mut bytes), &Options::default()) else {
        return false;
    };
    traces
        .into_iter()
        .flat_map(|trace| analyzer.analyze(trace).findings)
        .any(|finding| finding.rule == rule)
}

#[test]
fn every_message_is_known_in_every_form_that_tools_give_it() {
    let catalogue = Catalogue::built_in();
    let mut missed = Vec::new();
    let mut tried = 0;
    for rule in catalogue.iter().filter(|rule| rule.matching.is_some()) {
        let alone = catalogue.only(&rule.id);
        let analyzer = Analyzer::new(&alone);
        let samples = rule
            .samples()
            .into_iter()
            .filter(|sample| sample.fires && is_message(&sample.text));
        for sample in samples {
            for (name, form) in FORMS {
                tried += 1;
                let text = form(sample.text.trim_end());
                if !fires(&analyzer, &rule.id, &text) {
                    missed.push(format!("{} as {name}:\n{text}", rule.id));
                }
            }
        }
    }
    assert!(tried > 1000, "only {tried} texts");
    assert!(
        missed.len() * 100 <= tried,
        "{} of {tried} missed:\n{}",
        missed.len(),
        missed.join("\n---\n")
    );
}
