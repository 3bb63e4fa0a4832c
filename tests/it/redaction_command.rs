//! The command: what it writes, what it refuses, and what it says.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const TRACE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/samples/recorded/firefox-accesstoken-null.har"
);

fn mendpoint(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mendpoint"))
        .args(args)
        .output()
        .expect("the system gives it")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the system gives it");
    entries
        .map(|entry| entry.expect("the system gives it").path())
        .collect()
}

#[test]
fn a_recording_that_breaks_off_before_any_call_has_nothing_to_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (
        folder.path().join("cut.har"),
        folder.path().join("safe.har"),
    );
    let entry = r#"{"request":{"method":"GET","url":"https://cdn.vsassets.io/a.js","headers":[]},"response":{"status":200,"headers":[],"content":{}}}"#;
    fs::write(&path, format!(r#"{{"log":{{"entries":[{entry},{{"req"#)).unwrap();
    let [path, copy] = [&path, &copy].map(|path| path.to_str().unwrap());
    let redacted = mendpoint(&["redact", path, "-o", copy]);
    assert_eq!(redacted.status.code(), Some(3), "{}", said(&redacted));

    let of_folder = mendpoint(&["redact", folder.path().to_str().unwrap(), "-o", copy]);
    assert_eq!(of_folder.status.code(), Some(2));
    assert!(
        said(&of_folder).contains("is a folder"),
        "{}",
        said(&of_folder)
    );
}

#[test]
fn of_what_belongs_to_no_connection_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("safe.har");
    for text in ["{}", r#"{"constants":{"a":1},"events":[]}"#] {
        let path = folder.path().join("config.json");
        fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        let redacted = mendpoint(&["redact", path, "-o", copy.to_str().unwrap()]);
        assert_eq!(redacted.status.code(), Some(3), "{text}");
        assert!(said(&redacted).contains("no copy was written"));
        assert!(!copy.exists());
    }
}

#[test]
fn a_copy_is_written_and_told_by_kinds() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("safe.har");
    let output = mendpoint(&["redact", TRACE, "-o", copy.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(output.stdout.is_empty());
    let told = said(&output);
    assert!(
        [
            "Aliases of the same form now",
            "in every spelling: ",
            "It is safe to attach to a ticket",
        ]
        .iter()
        .all(|words| told.contains(words)),
        "{told}"
    );
    let text = fs::read_to_string(&copy).unwrap();
    for gone in ["contoso", "invented-session-cookie", "7c1f0a52"] {
        assert!(!text.contains(gone) && !told.contains(gone), "{gone}");
    }
    assert_eq!(
        files_in(folder.path()),
        std::slice::from_ref(&copy),
        "nothing else is left behind"
    );
    let before = mendpoint(&["check", TRACE, "--format", "json"]);
    let after = mendpoint(&["check", copy.to_str().unwrap(), "--format", "json"]);
    assert_eq!(before.status.code(), after.status.code());
    let quiet = mendpoint(&[
        "redact",
        TRACE,
        "-q",
        "--force",
        "-o",
        copy.to_str().unwrap(),
    ]);
    assert!(
        quiet.status.success() && quiet.stderr.is_empty(),
        "{}",
        said(&quiet)
    );
    assert_ne!(
        fs::read_to_string(&copy).unwrap(),
        text,
        "aliases differ from run to run"
    );
}

#[test]
fn nothing_is_overwritten_and_the_trace_never() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.har");
    fs::copy(TRACE, &trace).unwrap();
    let trace = trace.to_str().unwrap();
    let other = folder.path().join("other.har");
    fs::write(&other, "mine").unwrap();
    for args in [
        &["redact", trace, "-o", trace, "--force"][..],
        &["redact", trace, "-o", other.to_str().unwrap()],
        &["redact", trace],
        &["redact", "/nowhere/x.har", "-o", "/nowhere/y.har"],
    ] {
        let output = mendpoint(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(said(&output).starts_with("error: "), "{}", said(&output));
    }
    assert_eq!(fs::read(trace).unwrap(), fs::read(TRACE).unwrap());
    assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
    assert_eq!(files_in(folder.path()).len(), 2);
}

#[test]
fn a_known_secret_is_replaced_also_where_copies_quote_what_stands_there() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.har");
    // It looks like the code of an error, which copies quote.
    let secret = "ZQKVMXPL-88412069";
    let text = serde_json::json!({ "log": { "version": "1.2", "creator": { "name": "x", "version": "1" }, "entries": [{
        "startedDateTime": "2026-03-02T10:00:00Z", "time": 1, "request": { "method": "POST", "httpVersion": secret,
            "url": "https://dev.azure.com/o/_apis/serviceendpoint/endpoints", "headers": [],
            "postData": { "mimeType": "application/json", "text": format!("{{\"apitoken\":\"{secret}\"}}") } },
        "response": { "status": 200 } }, {
        "startedDateTime": "2026-03-02T10:00:01Z", "time": 1, "request": { "method": "POST",
            "url": "https://dev.azure.com/o/_apis/serviceendpoint/endpoints", "headers": [],
            "postData": { "mimeType": "application/json", "text": format!("{{\"typeKey\":\"{secret}\"}}") } },
        "response": { "status": 200 } }] } });
    fs::write(&trace, text.to_string()).unwrap();
    let copy = folder.path().join("safe.har");
    let output = mendpoint(&[
        "redact",
        trace.to_str().unwrap(),
        "-o",
        copy.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(!said(&output).contains("left out:") && !said(&output).contains(secret));
    let text = fs::read_to_string(&copy).unwrap();
    assert!(
        text.contains("\"_entry\":1") && text.contains("typeKey") && !text.contains(secret),
        "{text}"
    );
}

#[test]
fn a_run_that_is_killed_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("safe.har");
    let mut child = Command::new(env!("CARGO_BIN_EXE_mendpoint"))
        .args(["redact", "-", "-o", copy.to_str().unwrap()])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // More than a pipe holds: once it is written, the reading has begun.
    let mut stdin = child.stdin.take().unwrap();
    let trace = format!("{{\"log\":{{\"entries\":[{}", " ".repeat(1 << 20));
    stdin.write_all(trace.as_bytes()).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(files_in(folder.path()), [] as [PathBuf; 0]);
}

#[test]
fn a_pasted_text_stays_a_text() {
    let folder = tempfile::tempdir().unwrap();
    let paste = folder.path().join("paste.txt");
    fs::write(
        &paste,
        "AADSTS7000215: Invalid client secret provided. password=hunter2!x for jane@contoso.com",
    )
    .unwrap();
    let copy = folder.path().join("safe.txt");
    let output = mendpoint(&[
        "redact",
        paste.to_str().unwrap(),
        "-o",
        copy.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let text = fs::read_to_string(&copy).unwrap();
    assert!(
        text.starts_with("AADSTS7000215: Invalid client secret provided. password=REDACTED-"),
        "{text}"
    );
    assert!(
        !text.contains("jane") && !text.contains("contoso"),
        "{text}"
    );
}

#[test]
fn of_a_long_text_the_lines_that_tell_something_stay_and_the_others_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let paste = folder.path().join("job.txt");
    let noise: String = (0..40)
        .map(|n| format!("step {n} for Gull is done\n"))
        .collect();
    let told = "##[error]AADSTS7000215: Invalid client secret provided.";
    fs::write(&paste, format!("{noise}{told}\n{noise}")).unwrap();
    let copy = folder.path().join("safe.txt");
    let (paste, safe) = (paste.to_str().unwrap(), copy.to_str().unwrap());
    let output = mendpoint(&["redact", paste, "-o", safe]);
    let said = said(&output);
    assert!(said.contains("78  lines that tell of no failure"), "{said}");
    let text = fs::read_to_string(&copy).unwrap();
    assert!(text.contains(told) && text.lines().count() == 5, "{text}");
}

#[test]
fn of_a_mail_only_the_words_stay_that_tell_of_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let trace = fs::read_to_string(TRACE).unwrap();
    for (told, kept) in [
        ("", false),
        ("AADSTS7000215: Invalid client secret provided.\n", true),
    ] {
        let path = folder.path().join("mail.eml");
        let mail = format!(
            "From: ann@gull.example\nReceived: from a by b\nSubject: The merger with Gull\nMIME-Version: 1.0\n\
             Content-Type: multipart/mixed; boundary=part\n\n--part\nContent-Type: text/plain\n\n\
             Call Jane Smith first.\n\n{told}\nYours, Ann\n--part\n\
             Content-Type: application/json; name=t.har\nContent-Disposition: attachment; filename=t.har\n\n{trace}\n--part--\n"
        );
        fs::write(&path, mail).unwrap();
        let copy = folder.path().join("safe.har");
        let output = mendpoint(&[
            "redact",
            path.to_str().unwrap(),
            "--force",
            "-o",
            copy.to_str().unwrap(),
        ]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let text = fs::read_to_string(&copy).unwrap();
        for word in ["merger", "Gull", "Jane", "Smith", "Yours", "Ann"] {
            assert!(!text.contains(word), "{word} is in the copy");
        }
        assert_eq!(text.contains("AADSTS7000215"), kept, "{told}");
    }
}

#[test]
fn a_copy_can_be_copied_again() {
    let recorded = Path::new(TRACE).parent().expect("a folder");
    for sample in files_in(recorded)
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "har"))
    {
        for keep in [&[][..], &["--keep-ids"]] {
            let folder = tempfile::tempdir().unwrap();
            let mut from = sample.clone();
            for name in ["once.har", "twice.har"] {
                let to = folder.path().join(name);
                let mut arguments = vec!["redact", from.to_str().unwrap(), "-o"];
                arguments.push(to.to_str().unwrap());
                arguments.extend(keep);
                let output = mendpoint(&arguments);
                assert_eq!(output.status.code(), Some(0), "{}", said(&output));
                from = to;
            }
        }
    }
}
