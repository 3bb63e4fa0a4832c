//! Makes large traces and reads them, for measuring whole processes from outside.
//!
//! `docs/performance.md` says how it is used and what came out.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use mendpoint::ingest::{Options, Source, read};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Every so many entries one is about a service connection.
const RELEVANT_EVERY: usize = 700;

const USAGE: &str =
    "usage: har PATH ENTRIES | saz PATH SESSIONS | folder PATH FILES | read PATH...";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|text| text != "--bench")
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["har", path, entries] => number(entries).and_then(|entries| har(path, entries)),
        ["saz", path, sessions] => number(sessions).and_then(|sessions| saz(path, sessions)),
        ["folder", path, files] => number(files).and_then(|files| folder(path, files)),
        ["read", ref paths @ ..] => paths.iter().try_for_each(|path| show(path)),
        // `cargo bench` starts every bench without arguments.
        [] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(io::Error::other(USAGE)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn number(text: &str) -> io::Result<usize> {
    text.parse().map_err(io::Error::other)
}

/// Reads a trace and says what is in it; `-` is standard input.
fn show(path: &str) -> io::Result<()> {
    let options = Options::default();
    let traces = if path == "-" {
        read(path, Source::Stream(&mut io::stdin().lock()), &options)
    } else {
        read(path, Source::File(&mut File::open(path)?), &options)
    };
    for trace in traces.map_err(io::Error::other)? {
        let kept = trace.exchanges.len();
        println!(
            "{}: {} entries, {kept} kept, {} notes",
            trace.path,
            trace.total,
            trace.notes.len()
        );
    }
    Ok(())
}

/// Numbers that look random and are the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % below
    }
}

/// A URL; now and then one of a service connection.
fn url(number: usize) -> String {
    if number % RELEVANT_EVERY == RELEVANT_EVERY / 2 {
        format!(
            "https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/{number:08}-1111-4111-8111-111111111111?api-version=7.1"
        )
    } else {
        format!(
            "https://dev.azure.com/contoso/_apis/Contribution/dataProviders/{number}?projectId=fabrikam"
        )
    }
}

/// A JSON document of about `size` bytes.
fn document(dice: &mut Dice, size: usize) -> String {
    const WORDS: [&str; 8] = [
        "id",
        "displayName",
        "url",
        "isReady",
        "type",
        "description",
        "owner",
        "links",
    ];
    let mut text = String::from("{\"value\":[");
    while text.len() < size {
        text.push_str("{\"");
        for _ in 0..6 {
            text.push_str(WORDS[dice.roll(WORDS.len())]);
            text.push_str("\":\"");
            let _ = write!(text, "{:x}", dice.roll(1 << 30));
            text.push_str("\\\\path\\n\",\"");
        }
        text.push_str("last\":1},");
    }
    text.push_str("{}]}");
    text
}

/// One entry the way Chrome writes it, its body as a string inside JSON.
fn entry(out: &mut impl Write, dice: &mut Dice, number: usize) -> io::Result<()> {
    let url = url(number);
    let size = 24_000 + dice.roll(64_000);
    let body = document(dice, size)
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    let header = |name: &str, value: &str| {
        format!(
            "            {{\n              \"name\": \"{name}\",\n              \"value\": \"{value}\"\n            }}"
        )
    };
    let headers = [
        header("accept", "application/json;api-version=5.0-preview.1"),
        header("content-type", "application/json; charset=utf-8; api-version=7.1"),
        header("x-tfs-session", "11111111-2222-4333-8444-555555555555"),
        header("x-vss-e2eid", "66666666-7777-4888-8999-aaaaaaaaaaaa"),
        header("user-agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"),
    ]
    .join(",\n");
    write!(
        out,
        "      {{\n        \"_connectionId\": \"{number}\",\n        \"_initiator\": {{\n          \"type\": \"script\",\n          \
         \"stack\": {{\n            \"callFrames\": [\n              {{\n                \"functionName\": \"send\",\n                \
         \"url\": \"https://cdn.contoso.com/ext/app.js\",\n                \"lineNumber\": {number}\n              }}\n            ]\n          }}\n        }},\n        \
         \"_priority\": \"High\",\n        \"_resourceType\": \"fetch\",\n        \"cache\": {{}},\n        \"request\": {{\n          \
         \"method\": \"GET\",\n          \"url\": \"{url}\",\n          \"httpVersion\": \"http/2.0\",\n          \"headers\": [\n{headers}\n          ],\n          \
         \"queryString\": [],\n          \"cookies\": [],\n          \"headersSize\": -1,\n          \"bodySize\": 0\n        }},\n        \
         \"response\": {{\n          \"status\": 200,\n          \"statusText\": \"\",\n          \"httpVersion\": \"http/2.0\",\n          \
         \"headers\": [\n{headers}\n          ],\n          \"cookies\": [],\n          \"content\": {{\n            \"size\": {},\n            \
         \"mimeType\": \"application/json\",\n            \"text\": \"{body}\"\n          }},\n          \"redirectURL\": \"\",\n          \
         \"headersSize\": -1,\n          \"bodySize\": -1\n        }},\n        \"serverIPAddress\": \"192.0.2.1\",\n        \
         \"startedDateTime\": \"2026-03-02T10:15:30.123Z\",\n        \"time\": 12.5,\n        \"timings\": {{\n          \"wait\": 12.5\n        }}\n      }}",
        body.len()
    )
}

fn har(path: &str, entries: usize) -> io::Result<()> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    out.write_all(b"{\n  \"log\": {\n    \"version\": \"1.2\",\n    \"creator\": {\n      \"name\": \"WebInspector\",\n      \"version\": \"537.36\"\n    },\n    \"pages\": [],\n    \"entries\": [\n")?;
    for number in 0..entries {
        if number > 0 {
            out.write_all(b",\n")?;
        }
        entry(&mut out, &mut dice, number)?;
    }
    out.write_all(b"\n    ]\n  }\n}\n")?;
    out.flush()
}

/// Small traces of one relevant entry each, about 40 KB.
fn folder(path: &str, files: usize) -> io::Result<()> {
    std::fs::create_dir_all(path)?;
    for number in 0..files {
        let mut dice = Dice(1 + number as u64);
        let mut out = BufWriter::new(File::create(format!("{path}/{number:05}.har"))?);
        out.write_all(b"{\"log\":{\"version\":\"1.2\",\"entries\":[\n")?;
        entry(&mut out, &mut dice, RELEVANT_EVERY / 2)?;
        out.write_all(b"]}}\n")?;
        out.flush()?;
    }
    Ok(())
}

/// A Fiddler archive in which three sessions are about a service connection.
fn saz(path: &str, sessions: usize) -> io::Result<()> {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut writer = ZipWriter::new(BufWriter::new(File::create(path)?));
    let how = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let width = sessions.to_string().len();
    let relevant = [sessions / 4, sessions / 2, sessions - 1];
    for number in 0..sessions {
        let url = if relevant.contains(&number) {
            url(RELEVANT_EVERY / 2)
        } else {
            url(0)
        };
        let file = number + 1;
        let parts = [
            (
                "c.txt",
                format!(
                    "GET {url} HTTP/1.1\r\nHost: dev.azure.com\r\nAccept: application/json\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)\r\n\r\n"
                ),
            ),
            (
                "m.xml",
                format!(
                    "<?xml version=\"1.0\" encoding=\"utf-8\"?><Session SID=\"{file}\" BitFlags=\"59\"><SessionTimers ClientBeginRequest=\"2026-03-02T10:15:30.1234567+01:00\" /></Session>"
                ),
            ),
            (
                "s.txt",
                format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}",
                    document(&mut dice, 30_000)
                ),
            ),
        ];
        for (kind, text) in parts {
            writer.start_file(format!("raw/{file:0width$}_{kind}"), how)?;
            writer.write_all(text.as_bytes())?;
        }
    }
    writer.finish()?.flush()
}
