//! The first screen decides: what stands on it, and that what it suggests works as it stands.

use std::path::Path;
use std::process::{Command, Output};

use mendpoint::render::Style;
use mendpoint::render::text::{self, Detail};
use mendpoint::report::Report;
use mendpoint::report::finding::Severity;

use crate::reports::shared::{CATALOGUE, RECORDED, pasted, recorded};

const ROWS: usize = 22;

fn screen(report: &Report, width: usize) -> String {
    let mut bytes = Vec::new();
    let style = Style {
        width,
        ..Style::default()
    };
    text::write(report, style, Detail::default(), &mut bytes).expect("memory");
    String::from_utf8(bytes).expect("UTF-8")
}

/// The rows that a terminal of `width` columns needs.
fn rows(text: &str, width: usize) -> usize {
    let row = |line: &str| line.chars().count().div_ceil(width).max(1);
    text.lines().map(row).sum()
}

/// The first sample of every rule that leads to one error, as a user would hand it in.
fn single_faults() -> impl Iterator<Item = (String, Report)> {
    CATALOGUE.iter().filter_map(|rule| {
        let sample = rule.samples().into_iter().find(|sample| sample.fires)?;
        let report = pasted("trace.har", &sample.text);
        (report.count(Severity::Error) == 1).then(|| (rule.id.clone(), report))
    })
}

#[test]
fn one_fault_at_one_connection_fits_a_screen_of_80_by_24() {
    let mut long = Vec::new();
    for (id, report) in single_faults() {
        let shown = screen(&report, 80);
        if rows(&shown, 80) > ROWS {
            long.push(format!("{id}: {} rows\n{shown}", rows(&shown, 80)));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn a_report_names_verdict_rule_and_next_command_at_every_width() {
    for (id, report) in single_faults() {
        for width in [60, 80, 120] {
            let shown = screen(&report, width);
            assert!(shown.starts_with("FAULT: "), "{id}\n{shown}");
            let error = report
                .findings
                .iter()
                .find(|one| one.severity == Severity::Error);
            let error = error.expect("counted");
            let begin = format!("\nerror[{}] ", error.rule);
            assert!(shown.contains(&begin), "{id}\n{shown}");
            let last = shown.lines().last().unwrap_or_default();
            assert!(last.starts_with("next: mendpoint "), "{id}\n{shown}");
            for line in shown.lines() {
                let command = line.starts_with("next: ") || line.trim_start().starts_with("run ");
                let long_word = line.split_whitespace().any(|word| word.len() > width / 2);
                assert!(
                    command || long_word || line.chars().count() <= width,
                    "{id} at {width}: {line}"
                );
            }
        }
    }
}

#[test]
fn what_the_service_said_stands_whole_on_the_screen_of_a_recording() {
    let shown = screen(&recorded("chromium-verify-forbidden.har"), 80);
    let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "'contoso-prod-manual' (azurerm, contoso/WebShop)",
        "2026-11-21 07:13:49 UTC \u{2192} 200 (inside: 403)",
        "does not have authorization to perform action 'Microsoft.Resources/subscriptions/read'",
        "please refresh your credentials.",
    ] {
        assert!(flat.contains(words), "{words}\n{shown}");
    }
}

#[test]
fn nothing_of_a_safe_copy_or_of_a_page_is_offered_to_be_sent() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let run = |line: &str| sh(folder.path(), line);
    std::fs::copy(
        "samples/recorded/chromium-accesstoken-null.har",
        folder.path().join("trace.har"),
    )
    .expect("copied");
    assert!(
        run("mendpoint redact trace.har -o copy.har")
            .status
            .success()
    );
    let shown = String::from_utf8(run("mendpoint copy.har").stdout).expect("text");
    assert!(
        shown.contains("from the original") && !shown.contains(" patch copy"),
        "{shown}"
    );
    let warned = String::from_utf8(run("mendpoint patch copy.har").stderr).expect("text");
    assert!(warned.contains("this recording is a safe copy"), "{warned}");

    run("mendpoint check --format html -o page.html trace.har");
    let refused = run("mendpoint page.html");
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).expect("text");
    assert!(said.contains("is a report of mendpoint"), "{said}");
}

/// Runs the last line of a report as it stands, in a folder of its own.
#[cfg(unix)]
#[test]
fn every_next_command_works_as_it_stands() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let run = |line: &str| sh(folder.path(), line);
    let mut seen = Vec::new();
    for (at, name) in RECORDED.into_iter().enumerate() {
        let odd = format!("it's $(touch owned) & {at}.har");
        let from = format!("samples/recorded/{name}");
        std::fs::copy(from, folder.path().join(&odd)).expect("copied");
        let quoted = mendpoint::text::shell::quote_posix(&odd);
        let shown = String::from_utf8(run(&format!("mendpoint {quoted}")).stdout).expect("text");
        seen.extend(next(&shown));
        let piped = run(&format!("mendpoint - < {quoted}"));
        seen.extend(next(&String::from_utf8(piped.stdout).expect("text")));
    }
    let all = run("mendpoint .");
    seen.extend(next(&String::from_utf8(all.stdout).expect("text")));
    for file in [
        "payload.json",
        "expired-secret.txt",
        "sign-in-page.har",
        "empty.har",
    ] {
        let path = std::env::current_dir()
            .expect("a folder")
            .join("samples/inputs")
            .join(file);
        let shown = run(&format!("mendpoint '{}'", path.display()));
        seen.extend(next(&String::from_utf8(shown.stdout).expect("text")));
    }
    assert!(seen.len() > 10, "{seen:?}");
    for line in seen {
        let done = run(&line);
        // Only a fault is told in full, and it is one still.
        let judges = line.contains(" --verbose ");
        assert_eq!(
            done.status.code(),
            Some(i32::from(judges)),
            "{line}\n{}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
    assert!(!folder.path().join("owned").exists(), "a file name was run");
}

#[test]
fn a_step_that_mends_names_one_command_that_can_be_run() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let recording = std::fs::read_to_string("samples/recorded/chromium-accesstoken-null.har");
    let recording = recording.expect("the sample");
    for digit in ["1", "2"] {
        let own = recording
            .replace(
                "7c1f0a52-3d84-4e19-9b60-5a2e8d417f33",
                &format!("7c1f0a52-3d84-4e19-9b60-5a2e8d417f3{digit}"),
            )
            .replace("contoso-dev", &format!("contoso-dev-{digit}"));
        std::fs::write(folder.path().join(format!("{digit}.har")), own).expect("written");
    }
    let shown = |line: &str| String::from_utf8(sh(folder.path(), line).stdout).expect("text");
    let one = shown("mendpoint 1.har");
    assert!(one.contains("\n  do    Send the corrected body: it removes the empty accesstoken.\n  run   mendpoint patch 1.har\n"), "{one}");
    let both = shown("mendpoint .");
    assert!(
        both.contains("\n  run   mendpoint patch . --all -o corrected\n"),
        "{both}"
    );
    assert_eq!(
        next(&both).as_deref(),
        Some("mendpoint patch . --all -o corrected")
    );
    let piped = shown("mendpoint - < 1.har");
    assert!(
        piped.contains("Save the recording to a file") && !piped.contains("patch -"),
        "{piped}"
    );
    std::fs::write(
        folder.path().join("odd.har"),
        recording.replace("dev.azure.com", "dev.azure.com.evil.example"),
    )
    .expect("written");
    let whole = shown("mendpoint --format json odd.har");
    assert!(
        !whole.contains("--allow-host") && !whole.contains("az rest"),
        "{whole}"
    );
    let odd = shown("mendpoint odd.har");
    assert!(
        odd.contains("only looks like Azure DevOps") && !odd.contains(" patch "),
        "{odd}"
    );
}

/// Runs a line of sh in `folder`, with the program on the path.
fn sh(folder: &Path, line: &str) -> Output {
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", crate::cli::path_with_the_program())
        .env("NO_COLOR", "1")
        .output();
    output.expect("sh is there")
}

fn next(report: &str) -> Option<String> {
    let last = report.lines().last()?;
    last.strip_prefix("next: ").map(str::to_owned)
}
