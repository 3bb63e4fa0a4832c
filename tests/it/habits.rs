//! What fits the program into people's habits: completions, manual pages, output as it comes.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

const COMMANDS: [&str; 8] = [
    "check",
    "calls",
    "diff",
    "patch",
    "rules",
    "explain",
    "completions",
    "man",
];

fn mendpoint(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mendpoint"))
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn printed(arguments: &[&str]) -> String {
    let output = mendpoint(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn every_shell_gets_a_script_that_knows_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish", "nushell"] {
        let script = printed(&["completions", shell]);
        for command in COMMANDS {
            assert!(script.contains(command), "{shell} does not know {command}");
        }
        // The other two cannot complete values.
        let knows_values = !["powershell", "elvish"].contains(&shell);
        assert_eq!(
            script.contains("sarif"),
            knows_values,
            "{shell} and the formats"
        );
    }
    let mut bash = Command::new("bash")
        .arg("-n")
        .stdin(Stdio::piped())
        .spawn()
        .expect("bash runs");
    let script = printed(&["completions", "bash"]);
    let stdin = bash.stdin.take();
    stdin
        .expect("a pipe")
        .write_all(script.as_bytes())
        .expect("bash reads");
    assert!(bash.wait().expect("bash ends").success());
}

#[test]
fn every_command_has_a_manual_page() {
    assert!(printed(&["man"]).contains(".TH mendpoint 1"));
    for command in COMMANDS {
        let page = printed(&["man", command]);
        assert!(
            page.contains(&format!(".TH mendpoint-{command} 1")),
            "{page}"
        );
    }
    assert_eq!(mendpoint(&["man", "nonsense"]).status.code(), Some(2));
}

/// The second trace is a pipe nobody has written to when the first report is read.
#[test]
fn json_lines_come_as_soon_as_they_are_ready() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let late = folder.path().join("late.har");
    let made = Command::new("mkfifo").arg(&late).status();
    assert!(made.expect("mkfifo runs").success());
    let early = "samples/recorded/chromium-accesstoken-null.har";
    let mut program = Command::new(env!("CARGO_BIN_EXE_mendpoint"))
        .args(["check", "--format", "jsonl", early])
        .arg(&late)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let stdout = program.stdout.take().expect("a pipe");
    let mut lines = BufReader::new(stdout).lines();
    let mut path = || {
        let line = lines.next().expect("a line").expect("text");
        let report: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        report["inputs"][0]["path"].as_str().map(str::to_owned)
    };
    assert_eq!(path().as_deref(), Some(early));
    let mut pipe = OpenOptions::new()
        .write(true)
        .open(&late)
        .expect("the pipe");
    pipe.write_all(b"AADSTS7000215: Invalid client secret provided.")
        .expect("the program reads");
    drop(pipe);
    assert_eq!(path().as_deref(), late.to_str());
    assert_eq!(program.wait().expect("the program ends").code(), Some(1));
}

#[test]
fn a_file_of_json_lines_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let target = folder.path().join("out.jsonl");
    let target = target.to_str().expect("a path");
    let run = || {
        mendpoint(&[
            "check",
            "samples/recorded",
            "--format",
            "jsonl",
            "-o",
            target,
            "--fail-on",
            "never",
        ])
    };
    assert_eq!(run().status.code(), Some(0));
    let text = std::fs::read_to_string(target).expect("the file");
    let recordings = std::fs::read_dir("samples/recorded")
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name())
        .filter(|name| name != "README.md")
        .count();
    assert_eq!(text.lines().count(), recordings);
    assert_eq!(run().status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(target).expect("the file"), text);
}
