//! What a PATH can be, and that every input has its record.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const FAULT: &str = include_str!("../../samples/recorded/chromium-accesstoken-null.har");
const FIXED: &str = include_str!("../../samples/recorded/chromium-fixed-afterwards.har");
const MESSAGE: &str = "##[error]AADSTS7000222: The provided client secret keys for app '0c1d2e3f-1111-4222-8333-444455556666' are expired.";
const NOTHING: &str = r#"{"log":{"version":"1.2","entries":[]}}"#;

pub(super) fn run<S: AsRef<OsStr>>(args: &[S], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mendpoint"))
        .args(args)
        .env("MENDPOINT_CONFIG_DIR", "no-such-folder")
        .env("MENDPOINT_DATA_DIR", "no-such-folder")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("it is piped");
    // Who reads nothing closes the pipe.
    let _ = input.write_all(stdin);
    drop(input);
    child.wait_with_output().expect("the program ends")
}

pub(super) fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("the report is JSON")
}

/// The path, the verdict and the reason of each input of a JSON report.
fn records(report: &Value) -> Vec<(String, String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let inputs = report["inputs"].as_array().expect("a list");
    let record = |input: &Value| {
        let path = text(&input["path"]).expect("a path");
        let verdict = text(&input["verdict"]).expect("a verdict");
        (path, verdict, text(&input["reason"]))
    };
    inputs.iter().map(record).collect()
}

fn names(report: &Value) -> Vec<(String, String)> {
    let name = |path: &str| {
        path.rsplit(['/', '\\'])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let records = records(report).into_iter();
    records
        .map(|(path, verdict, _)| (name(&path), verdict))
        .collect()
}

fn folder_of_a_desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room");
    for (name, bytes) in [
        ("a-fault.har", FAULT.as_bytes()),
        ("b-message.txt", MESSAGE.as_bytes()),
        ("c-empty.har", b""),
        ("d-nothing.har", NOTHING.as_bytes()),
        ("e-letter.docx", b"PK\x03\x04 and then it breaks off"),
        ("f-notes.txt", b"Call them back at three."),
        ("g-picture.png", b"\x89PNG\r\n\x1a\n"),
        ("h-settings.json", br#"{"theme":"dark"}"#),
        ("i-damaged.saz", b"PK\x03\x04 and then it breaks off"),
        ("j-words.har", b"the export failed, sorry"),
    ] {
        fs::write(folder.path().join(name), bytes).expect("a scratch folder takes files");
    }
    folder
}

#[test]
fn a_folder_gives_a_record_for_each_input_and_counts_the_rest() {
    let folder = folder_of_a_desk();
    let path = folder.path().to_str().unwrap();
    let output = run(&["check", "--format", "json", path], b"");
    assert_eq!(output.status.code(), Some(1));
    let report = report(&output);
    let expected = [
        ("a-fault.har", "fault"),
        ("b-message.txt", "fault"),
        ("c-empty.har", "unreadable"),
        ("d-nothing.har", "nothing-relevant"),
        ("i-damaged.saz", "unreadable"),
        ("j-words.har", "unreadable"),
    ];
    let found = names(&report);
    let found: Vec<_> = found
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert_eq!(found, expected);
    for (path, verdict, reason) in records(&report) {
        assert_eq!(verdict == "unreadable", reason.is_some(), "{path}");
    }
    assert_eq!(report["inputs"][2]["container"], Value::Null);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("4 other files are no inputs"), "{told}");
    assert!(!told.contains("g-picture.png"), "{told}");
    let told = run(&["check", "-v", path], b"").stderr;
    let told = String::from_utf8_lossy(&told);
    assert!(told.contains("g-picture.png is no input"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_above_is_not_followed_and_others_are() {
    let above = tempfile::tempdir().expect("a scratch folder");
    let path = |name: &str| above.path().join(name);
    fs::create_dir(path("case")).expect("made");
    fs::create_dir(path("elsewhere")).expect("made");
    fs::write(path("elsewhere/fault.har"), FAULT).expect("written");
    fs::write(path("case/nothing.har"), NOTHING).expect("written");
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, path(name)).expect("linked");
    };
    link("/", "case/root");
    link("..", "case/up");
    link("../elsewhere", "case/other");
    let output = run(
        &[
            "check".as_ref(),
            "--format".as_ref(),
            "json".as_ref(),
            path("case").as_os_str(),
        ],
        b"",
    );
    let inputs = records(&report(&output));
    let names: Vec<&str> = inputs
        .iter()
        .filter_map(|(path, ..)| path.rsplit('/').next())
        .collect();
    assert_eq!(names, ["nothing.har", "fault.har"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("case/root leads back"), "{said}");
    assert!(said.contains("case/up leads back"), "{said}");
}

#[test]
fn each_format_tells_what_could_not_be_read() {
    let folder = folder_of_a_desk();
    let path = folder.path().to_str().unwrap();
    for format in ["text", "json", "jsonl", "sarif", "markdown", "html"] {
        let output = run(&["check", "--format", format, path], b"");
        assert_eq!(output.status.code(), Some(1), "{format}");
        let told = String::from_utf8_lossy(&output.stdout);
        for name in ["c-empty.har", "i-damaged.saz", "j-words.har"] {
            assert!(told.contains(name), "{format} says nothing of {name}");
        }
    }
}

#[test]
fn jsonl_judges_each_input_alone() {
    let folder = folder_of_a_desk();
    fs::write(folder.path().join("k-fixed.har"), FIXED).unwrap();
    let path = folder.path().to_str().unwrap();
    let output = run(&["check", "--format", "jsonl", path], b"");
    let lines = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<String> = lines
        .lines()
        .map(|line| {
            let report: Value = serde_json::from_str(line).unwrap();
            assert_eq!(report["schema"], "mendpoint.report.v1");
            let [(_, verdict)] = &names(&report)[..] else {
                panic!("{line}")
            };
            assert_eq!(report["summary"]["verdict"], verdict.as_str());
            verdict.clone()
        })
        .collect();
    let expected = [
        "fault",
        "fault",
        "unreadable",
        "nothing-relevant",
        "unreadable",
        "unreadable",
        "clean",
    ];
    assert_eq!(verdicts, expected);
}

#[test]
fn the_gravest_input_decides_the_exit_status() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.into_os_string()
    };
    let fault = file("fault.har", FAULT.as_bytes());
    let clean = file("clean.har", FIXED.as_bytes());
    let nothing = file("nothing.har", NOTHING.as_bytes());
    let unreadable = file("unreadable.har", b"");
    let cut = &FIXED[..FIXED.rfind("\"response\"").unwrap()];
    let open = file("open.har", cut.as_bytes());
    for (inputs, fail_on, status) in [
        (vec![&nothing], "error", 3),
        (vec![&nothing, &clean], "error", 0),
        (vec![&nothing, &clean, &open], "error", 4),
        (vec![&unreadable, &nothing, &clean, &open], "error", 2),
        (vec![&unreadable, &fault, &nothing], "error", 1),
        (vec![&fault, &open], "never", 0),
        (vec![&unreadable, &fault], "never", 2),
        (vec![&nothing], "never", 0),
        (vec![&nothing], "warning", 3),
    ] {
        for format in ["text", "json", "jsonl"] {
            let mut args = vec!["check".into(), "--format".into(), format.into()];
            args.extend(["--fail-on".into(), fail_on.into()]);
            args.extend(inputs.iter().copied().cloned());
            let output = run(&args, b"");
            assert_eq!(
                output.status.code(),
                Some(status),
                "{inputs:?} {fail_on} {format}"
            );
        }
    }
}

#[test]
fn a_path_may_be_a_pattern_an_address_or_come_from_a_list() {
    let folder = folder_of_a_desk();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let checked = |args: &[&str], stdin: &[u8]| {
        let mut all = vec!["check", "--format", "json"];
        all.extend(args);
        let output = run(&all, stdin);
        names(&report(&output))
    };
    let name = |names: Vec<(String, String)>| -> Vec<String> {
        names.into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(
        name(checked(&[&at("[a-d]*.har"), &at("?-*.har")], b"")),
        [
            "[a-d]*.har",
            "a-fault.har",
            "c-empty.har",
            "d-nothing.har",
            "j-words.har"
        ]
    );
    fs::write(at("l one [1].har"), FAULT).unwrap();
    let address = format!("file://{}", at("l%20one%20[1].har"));
    assert_eq!(
        checked(&[&address], b""),
        [("l one [1].har".to_owned(), "fault".to_owned())]
    );
    assert_eq!(name(checked(&[&at("l*[1].har")], b"")), ["l one [1].har"]);
    let list = format!("{}\0{}\0", at("d-nothing.har"), at("a-fault.har"));
    let expected = ["d-nothing.har", "a-fault.har"];
    assert_eq!(
        name(checked(&["--files0-from", "-"], list.as_bytes())),
        expected
    );
    fs::write(at("list"), &list).unwrap();
    assert_eq!(
        name(checked(&["--files0-from", &at("list")], b"")),
        expected
    );
    assert_eq!(
        checked(&["-", "--stdin-name", "ticket 42"], FAULT.as_bytes()),
        [("ticket 42".to_owned(), "fault".to_owned())]
    );
    let both = run(&["check", "-", "--files0-from", "-"], b"");
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn a_named_text_is_an_input_whatever_it_says() {
    for (text, verdict) in [
        ("Call them back at three.", "nothing-relevant"),
        (r#"{"count":0,"value":[]}"#, "nothing-relevant"),
        (r#"{"theme":"dark"}"#, "unreadable"),
        (MESSAGE, "fault"),
    ] {
        let output = run(&["check", "--format", "json", "-"], text.as_bytes());
        let found = names(&report(&output));
        assert_eq!(
            found,
            [("standard input".to_owned(), verdict.to_owned())],
            "{text}"
        );
    }
}

fn archive(path: &Path, members: &[(&str, &[u8])]) {
    let mut zip =
        zip::ZipWriter::new(fs::File::create(path).expect("a scratch folder takes files"));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("a scratch folder takes files");
        zip.write_all(bytes).expect("a scratch folder takes files");
    }
    zip.finish().expect("a scratch folder takes files");
}

#[test]
fn members_of_an_archive_are_inputs_like_files_of_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.zip");
    archive(
        &path,
        &[
            ("one/message.txt", MESSAGE.as_bytes()),
            ("one/notes.txt", b"Call them back at three."),
            ("two/empty.har", b""),
            ("two/fault.har", FAULT.as_bytes()),
            ("two/logo.png", b"\x89PNG\r\n\x1a\n"),
        ],
    );
    let path = path.to_str().unwrap();
    let output = run(&["check", "--format", "json", path], b"");
    assert_eq!(output.status.code(), Some(1));
    let member = |(path, verdict, _): (String, String, Option<String>)| {
        (path.split_once('!').unwrap().1.to_owned(), verdict)
    };
    let found: Vec<_> = records(&report(&output)).into_iter().map(member).collect();
    let expected = [
        ("one/message.txt", "fault"),
        ("two/empty.har", "unreadable"),
        ("two/fault.har", "fault"),
    ];
    assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("2 other files are no inputs"), "{told}");
    let notes = format!("{path}!one/notes.txt");
    let named = run(&["check", "--format", "json", &notes], b"");
    assert_eq!(named.status.code(), Some(3));
    assert_eq!(report(&named)["inputs"][0]["path"], notes.as_str());
}

#[test]
fn statistics_count_what_the_report_holds() {
    let folder = folder_of_a_desk();
    let path = folder.path().to_str().unwrap();
    let output = run(&["check", "--statistics", "--format", "json", path], b"");
    let report = report(&output);
    let counts = &report["statistics"];
    assert_eq!(counts["by_verdict"]["unreadable"], 3);
    assert_eq!(counts["by_verdict"]["fault"], 2);
    let connections = report["connections"].as_array().unwrap().len();
    assert_eq!(counts["by_type"]["azurerm"], connections);
    assert_eq!(counts["by_organization"]["contoso"], connections);
    let rules = counts["by_rule"].as_object().unwrap();
    let all: u64 = rules.values().filter_map(Value::as_u64).sum();
    assert_eq!(all, report["findings"].as_array().unwrap().len() as u64);
    let told = run(&["check", "--statistics", path], b"").stdout;
    let told = String::from_utf8_lossy(&told);
    assert!(told.contains("3  unreadable"), "{told}");
    assert!(told.lines().last().unwrap().starts_with("next: "), "{told}");
    let plain = run(&["check", "--format", "json", path], b"");
    assert!(self::report(&plain).get("statistics").is_none());
}

#[test]
fn two_thousand_inputs_of_which_some_are_damaged_have_two_thousand_records() {
    const COUNT: usize = 2_000;
    let folder = tempfile::tempdir().unwrap();
    let at = |number: usize| folder.path().join(format!("{number:04}.har"));
    let small = r#"{"log":{"version":"1.2","creator":{"name":"a","version":"1"},"entries":[{"request":{"method":"GET","url":"https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints"},"response":{"status":200,"content":{"text":"{\"count\":0,\"value\":[]}"}}}]}}"#;
    for number in 0..COUNT {
        let bytes: &[u8] = match number % 100 {
            7 => b"",
            27 => b"\0\x01\x02\x03\x04\x05",
            47 => &small.as_bytes()[..60],
            67 => b"PK\x03\x04 half an archive",
            87 => b"<html><title>Not found</title>",
            _ => small.as_bytes(),
        };
        fs::write(at(number), bytes).unwrap();
    }
    let path = folder.path().to_str().unwrap();
    let output = run(&["check", "--format", "jsonl", path], b"");
    assert_eq!(output.status.code(), Some(2));
    let lines = String::from_utf8(output.stdout).unwrap();
    let mut unreadable = 0;
    for (number, line) in lines.lines().enumerate() {
        let report: Value = serde_json::from_str(line).unwrap();
        let [(name, verdict)] = &names(&report)[..] else {
            panic!("{line}")
        };
        assert_eq!(*name, format!("{number:04}.har"));
        unreadable += usize::from(verdict == "unreadable");
    }
    assert_eq!(lines.lines().count(), COUNT);
    assert_eq!(unreadable, COUNT / 100 * 5);
}
