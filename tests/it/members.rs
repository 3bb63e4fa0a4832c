//! A trace inside an archive, named as reports name it: `ARCHIVE!MEMBER` is a path like any other.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use zip::write::{SimpleFileOptions, ZipWriter};

const BROKEN: &str = include_str!("../../samples/recorded/chromium-accesstoken-null.har");

fn archive(folder: &Path) -> String {
    let path = folder.join("mail.zip");
    let mut zip = ZipWriter::new(File::create(&path).expect("a scratch folder takes files"));
    let empty = r#"{"log":{"version":"1.2","entries":[]}}"#;
    for (name, text) in [("a/other.har", empty), ("a/it's broken.har", BROKEN)] {
        zip.start_file(name, SimpleFileOptions::default())
            .expect("a scratch folder takes files");
        zip.write_all(text.as_bytes())
            .expect("a scratch folder takes files");
    }
    zip.finish().expect("a scratch folder takes files");
    path.display().to_string()
}

fn mendpoint(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mendpoint"))
        .args(args)
        .output()
        .expect("the system gives it")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn every_command_takes_the_name_of_a_member() {
    let folder = tempfile::tempdir().unwrap();
    let archive = archive(folder.path());
    let member = format!("{archive}!a/it's broken.har");
    let all = text(&mendpoint(&["check", &archive, "--format", "json"]).stdout);
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    assert_eq!(all["inputs"][1]["path"], member.as_str());
    let one = text(&mendpoint(&["check", &member, "--format", "json"]).stdout);
    let one: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!(one["inputs"].as_array().map(Vec::len), Some(1));
    assert_eq!(one["inputs"][0], all["inputs"][1]);
    let patched = mendpoint(&["patch", &member]);
    assert_eq!(patched.status.code(), Some(0), "{}", text(&patched.stderr));
    let copy = folder.path().join("copy.har").display().to_string();
    let many = mendpoint(&["redact", &archive, "-o", &copy]);
    assert_eq!(many.status.code(), Some(2));
    assert!(text(&many.stderr).contains("!a/other.har"));
    let redacted = mendpoint(&["redact", &member, "-o", &copy]);
    assert_eq!(
        redacted.status.code(),
        Some(0),
        "{}",
        text(&redacted.stderr)
    );
    assert!(
        fs::read_to_string(&copy)
            .unwrap()
            .contains("serviceendpoint")
    );
}

#[test]
fn a_member_that_is_not_there_is_said_to_be_missing() {
    let folder = tempfile::tempdir().unwrap();
    let archive = archive(folder.path());
    let plain = folder.path().join("plain.har").display().to_string();
    fs::write(&plain, BROKEN).unwrap();
    for file in [archive, plain] {
        let output = mendpoint(&["check", &format!("{file}!none.har")]);
        assert_eq!(output.status.code(), Some(2));
        let told = text(&output.stderr);
        assert!(told.contains("no archive with none.har in it"), "{told}");
    }
}
