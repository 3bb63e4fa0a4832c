//! What traces come in: mails, compressed files, objects of several traces, files that break off.

use std::fs;
use std::io::{Cursor, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mendpoint::ingest::{self, Container, Options, Source, Trace};

use super::inputs::{report, run};

const FAULT: &str = include_str!("../../samples/recorded/chromium-accesstoken-null.har");
const FIXED: &str = include_str!("../../samples/recorded/chromium-fixed-afterwards.har");
const MESSAGE: &str = "AADSTS7000222: The provided client secret keys for app '0c1d2e3f-1111-4222-8333-444455556666' are expired.";

/// Whole lines of base64, as mail programs write them.
fn base64(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines = text.as_bytes().chunks(76);
    let lines: Vec<&str> = lines
        .map(|line| std::str::from_utf8(line).expect("base64 is ASCII"))
        .collect();
    lines.join("\r\n")
}

fn quoted_printable(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut width = 0;
        for byte in line.bytes() {
            let piece = match byte {
                b'=' => "=3D".to_owned(),
                b' '..=b'~' => char::from(byte).to_string(),
                _ => format!("={byte:02X}"),
            };
            if width + piece.len() > 72 {
                out.push_str("=\r\n");
                width = 0;
            }
            width += piece.len();
            out.push_str(&piece);
        }
        out.push_str("\r\n");
    }
    out
}

fn attachment(name: &str, coding: &str, content: &str) -> String {
    format!(
        "Content-Type: application/octet-stream; name=\"{name}\"\r\nContent-Transfer-Encoding: {coding}\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{content}\r\n"
    )
}

fn mail(subject: &str, parts: &[String]) -> String {
    let boundary = format!("part-of-{}", subject.len());
    let mut mail = format!(
        "Received: from a by b\r\nFrom: Ada <ada@contoso.example>\r\nTo: desk@contoso.example\r\nSubject: {subject}\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\nThis is MIME.\r\n"
    );
    for part in parts {
        mail.push_str(&format!("--{boundary}\r\n{part}\r\n"));
    }
    mail + &format!("--{boundary}--\r\n")
}

fn words(text: &str) -> String {
    format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n")
}

fn read(name: &str, bytes: &[u8]) -> Vec<Trace> {
    let mut file = Cursor::new(bytes);
    ingest::read(name, Source::File(&mut file), &Options::default())
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn described(traces: &[Trace]) -> Vec<(&str, Container, usize)> {
    traces
        .iter()
        .map(|trace| (trace.path.as_str(), trace.container, trace.exchanges.len()))
        .collect()
}

#[test]
fn what_is_attached_to_a_mail_is_read_however_it_is_packed() {
    let inner = mail(
        "Forwarded",
        &[
            words("as I said"),
            attachment("again.har", "base64", &base64(FIXED.as_bytes())),
        ],
    );
    let mail = mail(
        "It fails",
        &[
            words(MESSAGE),
            attachment("trace.har", "base64", &base64(FAULT.as_bytes())),
            attachment("trace.har", "quoted-printable", &quoted_printable(FAULT)),
            attachment("logo.png", "base64", &base64(b"\x89PNG\r\n\x1a\n")),
            format!("Content-Type: message/rfc822\r\n\r\n{inner}"),
        ],
    );
    let calls = read("t.har", FAULT.as_bytes())[0].exchanges.len();
    let fixed = read("t.har", FIXED.as_bytes())[0].exchanges.len();
    let traces = read("m.eml", mail.as_bytes());
    assert_eq!(
        described(&traces),
        [
            ("m.eml", Container::Mail, 0),
            ("m.eml!trace.har", Container::Har, calls),
            ("m.eml!trace.har (2)", Container::Har, calls),
            ("m.eml!logo.png", Container::Unknown, 0),
            ("m.eml!attachment 4", Container::Mail, 0),
            ("m.eml!attachment 4!again.har", Container::Har, fixed),
        ]
    );
    assert!(traces[0].text.as_ref().unwrap().contains(MESSAGE));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.eml");
    fs::write(&path, &mail).unwrap();
    let path = path.to_str().unwrap();
    let output = run(&["check", "--format", "json", path], b"");
    assert_eq!(output.status.code(), Some(1));
    let report = report(&output);
    assert_eq!(report["inputs"][0]["container"], "mail");
    assert_eq!(report["inputs"][0]["verdict"], "fault");
    let one = format!("{path}!trace.har");
    let patched = run(&["patch", &one], b"");
    assert_eq!(patched.status.code(), Some(0));
    let copy = folder.path().join("copy.har");
    let redacted = run(&["redact", &one, "-o", copy.to_str().unwrap()], b"");
    assert_eq!(redacted.status.code(), Some(0));
}

#[test]
fn a_recording_among_the_words_of_a_mail_is_an_input_of_its_own() {
    let log = include_str!("../../samples/recorded/curl-trace.log");
    let alone = read("t.log", log.as_bytes());
    let calls = read("t.har", FAULT.as_bytes())[0].exchanges.len();
    let head = "Received: from a by b\r\nFrom: Ada <ada@contoso.example>\r\nSubject: It fails\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n";
    let greeted = |text: &str| format!("Hello,\n\nthis is what it said:\n\n{text}\nYours, Ada\n");
    for (coding, body, container, count) in [
        ("8bit", greeted(FAULT), Container::Har, calls),
        (
            "quoted-printable",
            quoted_printable(FAULT),
            Container::Har,
            calls,
        ),
        (
            "base64",
            base64(greeted(FAULT).as_bytes()),
            Container::Har,
            calls,
        ),
        (
            "8bit",
            greeted(log),
            Container::Log,
            alone[0].exchanges.len(),
        ),
    ] {
        let mail = format!("{head}Content-Transfer-Encoding: {coding}\r\n\r\n{body}");
        let traces = read("m.eml", mail.as_bytes());
        let expected = [
            ("m.eml", Container::Mail, 0),
            ("m.eml!text", container, count),
        ];
        assert_eq!(described(&traces), expected, "{coding}");
        assert!(traces[1].found);
    }
    // Words that only tell of a call stay words.
    let told = "PUT https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/5f2d7b10-93c4-4e8a-b6d1-0c7a4e9f2b35?api-version=7.1 gave 500";
    let mail = mail("It fails", &[words(told)]);
    assert_eq!(
        described(&read("m.eml", mail.as_bytes())),
        [("m.eml", Container::Mail, 0)]
    );
}

#[test]
fn a_mail_that_breaks_off_keeps_what_is_complete() {
    let mail = mail(
        "It fails",
        &[
            words(MESSAGE),
            attachment("one.har", "base64", &base64(FAULT.as_bytes())),
            attachment("two.har", "base64", &base64(FAULT.as_bytes())),
        ],
    );
    let calls = read("t.har", FAULT.as_bytes())[0].exchanges.len();
    let ends: Vec<usize> = mail
        .match_indices("\r\n--part-of")
        .map(|(at, _)| at)
        .collect();
    for cut in (200..mail.len()).step_by(397) {
        let mut file = Cursor::new(&mail.as_bytes()[..cut]);
        let Ok(traces) = ingest::read("m.eml", Source::File(&mut file), &Options::default()) else {
            assert!(cut < ends[1], "{cut}");
            continue;
        };
        for (name, end) in [("m.eml!one.har", ends[2]), ("m.eml!two.har", ends[3])] {
            let trace = traces.iter().find(|trace| trace.path == name);
            let complete = trace.is_some_and(|trace| trace.exchanges.len() == calls);
            assert!(cut < end || complete, "{name} cut at {cut}");
        }
        if cut > ends[1] {
            assert!(traces[0].text.as_ref().unwrap().contains(MESSAGE), "{cut}");
        }
    }
}

/// Writes a mail as Outlook saves it: a stream for each property, a folder for each attachment.
fn outlook() -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("memory");
    let mut put = |path: &str, bytes: &[u8]| {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if !folder.is_empty() {
            file.create_storage_all(folder).expect("memory");
        }
        let mut stream = file.create_stream(path).expect("memory");
        stream.write_all(bytes).expect("memory");
    };
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let html = format!(
        "<html><body><p>{}</p></body></html>",
        MESSAGE.replace('\'', "&#39;")
    );
    put("/__properties_version1.0", &[0; 32]);
    put("/__substg1.0_0037001F", &utf16("It fails"));
    put("/__substg1.0_10130102", html.as_bytes());
    let first = "/__attach_version1.0_#00000000/__substg1.0_";
    put(&format!("{first}3707001F"), &utf16("trace.har"));
    put(&format!("{first}37010102"), FAULT.as_bytes());
    let second = "/__attach_version1.0_#00000001/__substg1.0_3701000D";
    put(&format!("{second}/__substg1.0_1000001E"), b"as I said");
    let inner = format!("{second}/__attach_version1.0_#00000000/__substg1.0_");
    put(&format!("{inner}3704001E"), b"AGAIN.HAR");
    put(&format!("{inner}37010102"), FIXED.as_bytes());
    file.into_inner().into_inner()
}

#[test]
fn a_mail_of_outlook_is_read_like_any_other() {
    let bytes = outlook();
    let calls = read("t.har", FAULT.as_bytes())[0].exchanges.len();
    let fixed = read("t.har", FIXED.as_bytes())[0].exchanges.len();
    let traces = read("m.msg", &bytes);
    assert_eq!(
        described(&traces),
        [
            ("m.msg", Container::Mail, 0),
            ("m.msg!trace.har", Container::Har, calls),
            ("m.msg!attachment 2", Container::Mail, 0),
            ("m.msg!attachment 2!AGAIN.HAR", Container::Har, fixed),
        ]
    );
    let text = traces[0].text.as_ref().unwrap();
    assert!(
        text.starts_with("It fails") && text.contains(MESSAGE),
        "{text}"
    );
    let streamed = run(&["check", "--format", "json", "-"], &bytes);
    assert_eq!(streamed.status.code(), Some(1));
    // Wherever it breaks off, it is told in one line or read in part.
    for cut in (8..bytes.len()).step_by(997) {
        let mut file = Cursor::new(&bytes[..cut]);
        if let Err(error) = ingest::read("m.msg", Source::File(&mut file), &Options::default()) {
            assert!(!error.to_string().contains('\n'));
        }
    }
}

#[test]
fn a_compound_file_that_is_no_mail_is_named() {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/WordDocument").unwrap();
    let bytes = file.into_inner().into_inner();
    let mut file = Cursor::new(&bytes);
    let error = ingest::read("old.doc", Source::File(&mut file), &Options::default()).unwrap_err();
    assert!(error.to_string().contains("office program"), "{error}");
}

#[test]
fn a_har_in_zlib_is_a_har() {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(FAULT.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let plain = read("t", FAULT.as_bytes());
    assert_eq!(described(&read("t", &packed)), described(&plain));
    let cut = read("t", &packed[..packed.len() * 9 / 10]);
    assert!(!cut[0].exchanges.is_empty());
    assert_eq!(cut[0].notes.first().map(|note| note.kind), Some("file-cut"));
}

#[test]
fn several_hars_under_names_are_one_trace() {
    let one = read("t", FAULT.as_bytes()).remove(0);
    let both = format!("{{\"first\": {FAULT}, \"note\": {{\"log\": 1}}, \"second\": {FIXED}}}");
    let two = read("t", FIXED.as_bytes()).remove(0);
    let trace = read("t", both.as_bytes()).remove(0);
    assert_eq!(trace.total, one.total + two.total);
    assert_eq!(
        trace.exchanges.len(),
        one.exchanges.len() + two.exchanges.len()
    );
    // Names in names are no HAR, however deep.
    let deep = "{\"log\":{\"entries\":[".repeat(20_000);
    let _ = run(&["check", "-"], deep.as_bytes());
    let deep = format!(
        "{{\"a\":{}",
        "{\"log\":{\"version\":1},\"a\":".repeat(20_000)
    );
    let _ = run(&["check", "-"], deep.as_bytes());
}

#[test]
fn the_request_in_front_of_a_cut_is_judged_and_the_loss_is_told() {
    let start = FAULT
        .find("\"accesstoken\\\"")
        .or_else(|| FAULT.find("accesstoken"))
        .unwrap();
    let answer = start + FAULT[start..].find("\"response\"").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.har");
    fs::write(&path, &FAULT[..answer + 40]).unwrap();
    let path = path.to_str().unwrap();
    let output = run(&["check", path], b"");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let first_screen: Vec<&str> = told.lines().take(24).collect();
    assert!(
        first_screen.join(" ").contains("the file ends inside"),
        "{told}"
    );
    assert!(told.contains("payload-accesstoken-null"), "{told}");
    assert_eq!(run(&["patch", path], b"").status.code(), Some(0));
}

#[test]
fn archives_of_unix_and_those_that_unpack_themselves_are_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in [
        ("logs/a.har", FAULT),
        ("logs/message.txt", MESSAGE),
        ("logs/._a.har", "x"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, name, content.as_bytes())
            .expect("it is added");
    }
    let tar = tar.into_inner().expect("it is written");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&tar).expect("it is packed");
    let packed = packed.finish().expect("it is packed");
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in [("logs/a.har", FAULT), ("logs/message.txt", MESSAGE)] {
        zip.start_file(name, stored).expect("it is added");
        zip.write_all(content.as_bytes()).expect("it is added");
    }
    let zip = zip.finish().expect("it is written").into_inner();
    let program = [b"MZ\x90\0\x03\0\0\0\x04".repeat(50), zip].concat();
    let cut = &tar[..tar.len() * 2 / 3];
    for (name, bytes) in [
        ("a.tar", tar.as_slice()),
        ("a.tgz", &packed),
        ("a.exe", &program),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, bytes).expect("it is written");
        let report = report(&run(
            &["check".as_ref(), file.as_os_str(), "--format=json".as_ref()],
            b"",
        ));
        let inputs = report["inputs"].as_array().expect("a list");
        assert_eq!(inputs.len(), 2, "{name}");
        assert_eq!(report["summary"]["verdict"], "fault", "{name}");
    }
    let file = folder.path().join("cut.tar");
    fs::write(&file, cut).expect("it is written");
    let report = report(&run(
        &["check".as_ref(), file.as_os_str(), "--format=json".as_ref()],
        b"",
    ));
    assert!(report.to_string().contains("breaks off"));
}
