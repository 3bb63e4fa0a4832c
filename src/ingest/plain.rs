//! Inputs that are one stream: JSON and text, also compressed or in UTF-16.

use std::cell::Cell;
use std::io::{BufReader, Read};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::bufread::ZlibDecoder;

use super::careful::{Bounded, Gzip};
use super::coding::zstandard;
use super::notes::Notes;
use super::sniff::{self, Beginning};
use super::window::Window;
use super::{
    Container, Options, Take, Trace, around, excerpt, foreign, har, hold, inner, log, mail, netxml,
    no_archive, payload, repair, session, tarball, text, unreadable,
};
use crate::error::{Error, Kind};

/// How often a stream may be wrapped in another one.
const MOST_WRAPPINGS: u8 = 3;

/// Reads the traces in a stream that is no archive.
pub(super) fn read(
    path: &str,
    stream: &mut dyn Read,
    options: &Options<'_>,
    take: Take<'_>,
) -> Result<(), Error> {
    unwrap(path, stream, options, take, 0)
}

/// Takes off compression and UTF-16 until readable bytes appear.
fn unwrap(
    path: &str,
    stream: &mut dyn Read,
    options: &Options<'_>,
    take: Take<'_>,
    wrappings: u8,
) -> Result<(), Error> {
    let (beginning, mut stream) = sniff::begin(stream).map_err(|error| unreadable(path, &error))?;
    let stream = &mut stream;
    if wrappings > MOST_WRAPPINGS {
        return Err(sniff::refuse(
            path,
            "compressed several times over",
            "unpack it first",
        ));
    }
    let utf16 = |stream, encoding: &'static Encoding| {
        DecodeReaderBytesBuilder::new()
            .encoding(Some(encoding))
            .strip_bom(true)
            .build(stream)
    };
    match beginning {
        Beginning::Gzip => {
            let packed = BufReader::new(stream);
            let left = Cell::new(options.max_unpacked);
            let left = options.unpackable.unwrap_or(&left);
            let mut unpacked = Bounded::new(Gzip::new(packed), left);
            unwrap(path, &mut unpacked, options, take, wrappings + 1)
        }
        Beginning::Zlib => {
            let packed = BufReader::new(stream);
            let left = Cell::new(options.max_unpacked);
            let left = options.unpackable.unwrap_or(&left);
            let mut unpacked = Bounded::new(ZlibDecoder::new(packed), left);
            unwrap(path, &mut unpacked, options, take, wrappings + 1)
        }
        Beginning::Zstandard => {
            let left = Cell::new(options.max_unpacked);
            let left = options.unpackable.unwrap_or(&left);
            let packed = zstandard(stream).map_err(|error| unreadable(path, &error))?;
            let mut unpacked = Bounded::new(packed, left);
            unwrap(path, &mut unpacked, options, take, wrappings + 1)
        }
        Beginning::Tar => tarball::read(path, stream, options, take),
        Beginning::Utf16Le => unwrap(
            path,
            &mut utf16(stream, UTF_16LE),
            options,
            take,
            wrappings + 1,
        ),
        Beginning::Utf16Be => unwrap(
            path,
            &mut utf16(stream, UTF_16BE),
            options,
            take,
            wrappings + 1,
        ),
        Beginning::Zip | Beginning::Compound if wrappings > 0 => {
            let bytes = hold(path, stream, options)?;
            let options = Options {
                depth: options.depth + 1,
                ..*options
            };
            inner(path, &bytes, &options, take)
        }
        Beginning::Mail => {
            let bytes = hold(path, stream, options)?;
            mail::mime(path, &bytes, options, take)
        }
        Beginning::Json(offset) => json(path, stream, offset, options).map(take),
        Beginning::QuotedJson => quoted(path, stream, options).map(take),
        Beginning::Text => {
            let text = excerpt::read(path, stream, options.max_entry)?;
            other(path, text, options).map(take)
        }
        _ => Err(sniff::refuse_unreadable(path, beginning)),
    }
}

/// JSON: a HAR, or the document itself.
fn json(
    path: &str,
    stream: &mut dyn Read,
    offset: usize,
    options: &Options<'_>,
) -> Result<Trace, Error> {
    let mut window = Window::new(stream, options.max_entry);
    window.peek();
    window.advance(offset);
    let start = window.position();
    if let Some(trace) = har::read(path, &mut window, options)? {
        return Ok(trace);
    }
    let document = whole(path, &mut window, start, options)?;
    other(path, document, options)
}

/// A JSON string that holds JSON, as some scripts write it.
fn quoted(path: &str, stream: &mut dyn Read, options: &Options<'_>) -> Result<Trace, Error> {
    let text = whole(
        path,
        &mut Window::new(stream, options.max_entry),
        0,
        options,
    )?;
    let mut inner = text.0.trim().to_owned();
    for _ in 0..MOST_WRAPPINGS {
        match serde_json::from_str::<String>(&inner) {
            Ok(string) => inner = string,
            Err(_) => break,
        }
    }
    if inner.starts_with(['{', '[']) {
        json(path, &mut inner.as_bytes(), 0, options)
    } else {
        other(path, text, options)
    }
}

/// The whole input from `start` on as text.
fn whole(
    path: &str,
    window: &mut Window<'_>,
    start: u64,
    options: &Options<'_>,
) -> Result<(String, Notes), Error> {
    window.keep_from(start);
    loop {
        let count = window.unread().len();
        window.advance(count);
        if window.used_since(start).is_none() || !window.fill() {
            break;
        }
    }
    let mut notes = Notes::default();
    if let Some(error) = window.take_failure() {
        notes.add("file-cut", None, format!("reading stopped early: {error}"));
    }
    let Some(bytes) = window.used_since(start) else {
        return Err(too_large(path, options.max_entry));
    };
    let text = decoded(bytes, &mut notes);
    Ok((text, notes))
}

/// What is no recording and longer than any message.
pub(super) fn too_large(path: &str, limit: usize) -> Error {
    let limit = limit >> 20;
    let message =
        format!("{path} holds no trace and is too large for a message: more than {limit} MiB");
    Error::new(Kind::Unrecognised, message)
        .with_hint("give a HAR or a Fiddler archive, or only the part with the message")
}

/// The text of a whole input, and in `notes` what reading it cost.
pub(super) fn decoded(bytes: &[u8], notes: &mut Notes) -> String {
    let (text, loss) = text::decode(bytes);
    if let Some(loss) = loss {
        notes.add(loss.kind(), None, loss.to_string());
    }
    text.trim_start_matches('\u{feff}')
        .trim_end_matches('\0')
        .to_owned()
}

/// A HAR inside another document, as some programs pass it on, or spelt as XML.
fn enclosed(path: &str, text: &str, options: &Options<'_>) -> Option<Trace> {
    if let Some(har) = netxml::to_har(text) {
        let mut har = har.as_bytes();
        let mut window = Window::new(&mut har, options.max_entry);
        return har::read(path, &mut window, options).ok()?;
    }
    let at = sniff::log_inside(text.as_bytes()).filter(|at| *at > 0)?;
    let mut inside = &text.as_bytes()[at..];
    let mut window = Window::new(&mut inside, options.max_entry);
    har::read(path, &mut window, options).ok()?
}

/// The recording in `text`, which is no HAR by itself, if exchanges stand in it, with or without what
/// stands around it.
fn exchanges(path: &str, text: &str, notes: &mut Notes, options: &Options<'_>) -> Option<Trace> {
    let (trace, found) = around::best(text, |text| {
        let mut notes = Notes::default();
        if let Some(trace) = enclosed(path, text, options) {
            return Some((trace, notes));
        }
        let mut trace = log::read(text, &mut notes, options);
        if trace.is_none() && session::lone_answer(text).is_none() {
            trace = session::read(text, &mut notes, options);
        }
        Some((trace?, notes))
    })?;
    notes.append(found);
    Some(Trace {
        path: path.to_owned(),
        ..trace
    })
}

/// The recording that somebody pasted into `words`.
pub(super) fn recording(path: &str, words: &str, options: &Options<'_>) -> Option<Trace> {
    let mut notes = Notes::default();
    let words = text::uncoloured(words.trim().to_owned());
    let mut trace = if words.starts_with(['{', '[']) {
        json(path, &mut words.as_bytes(), 0, options).ok()
    } else {
        exchanges(path, &words, &mut notes, options)
    };
    if let Some(trace) = &mut trace {
        trace.notes.extend(notes.finish());
    }
    // Words that only tell of a call are no recording of it.
    trace.filter(|trace| {
        trace.exchanges.iter().any(|exchange| {
            let request = &exchange.request;
            !request.headers.is_empty() || request.body.text().is_some()
        })
    })
}

/// Text that is no HAR: a JSON document, or what people paste.
fn other(
    path: &str,
    (text, mut notes): (String, Notes),
    options: &Options<'_>,
) -> Result<Trace, Error> {
    let text = text::uncoloured(text);
    if let Some((what, hint)) = foreign::own_page(&text) {
        return Err(sniff::refuse(path, what, hint));
    }
    if let Some(mut trace) = exchanges(path, &text, &mut notes, options) {
        trace.notes.extend(notes.finish());
        return Ok(trace);
    }
    let lone = session::lone_answer(&text).map(str::to_owned);
    if lone.is_some() {
        let message = "the answer stands there without its request: what was sent is not known";
        notes.add("answer-without-request", None, message);
    }
    let text = lone.unwrap_or(text);
    if let Some((what, hint)) = foreign::known_text(&text) {
        return Err(sniff::refuse(path, what, hint));
    }
    if let Some(message) = no_archive(path) {
        notes.add("no-archive", None, message);
    }
    let mut trace = Trace {
        path: path.to_owned(),
        container: Container::Text,
        ..Trace::default()
    };
    let is_json = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text);
    let looks_like_json = text.trim_start().starts_with(['{', '[']);
    let mended = (looks_like_json && is_json(&text).is_err()).then(|| repair::repair(&text));
    let spelt = is_json(mended.as_deref().unwrap_or(&text));
    if let Some(payload) = spelt.is_err().then(|| payload::in_text(&text)).flatten() {
        trace.container = Container::Json;
        trace.text = Some(payload);
        notes.add(
            "payload-in-text",
            None,
            "a payload stands in what is no JSON; it was read as the JSON that it stands for",
        );
    } else if looks_like_json {
        match spelt {
            Ok(_) => trace.container = Container::Json,
            Err(error) => refuse_pieces(path, &text, &error)?,
        }
        trace.text = mended.filter(|_| trace.container == Container::Json);
        if trace.text.is_some() {
            notes.add(
                "json-mended",
                None,
                "the document is no strict JSON; its spelling was mended",
            );
        }
    }
    trace.text.get_or_insert(text);
    trace.notes = notes.finish();
    Ok(trace)
}

/// Refuses what can be no message: the beginning of a log, and broken JSON without a word in it.
fn refuse_pieces(path: &str, text: &str, error: &serde_json::Error) -> Result<(), Error> {
    let inside = text.trim_start_matches(['{', '[', ' ', '\r', '\n', '\t']);
    let what = if inside.starts_with("\"log\"") {
        "JSON that calls itself a log and breaks off or is damaged before its first entry"
    } else if error.is_eof() && !text.contains('"') {
        "the beginning of JSON that breaks off"
    } else {
        return Ok(());
    };
    Err(sniff::refuse(path, what, "save the trace again"))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn collected(bytes: &[u8], options: &Options<'_>) -> Result<Vec<Trace>, Error> {
        let mut traces = Vec::new();
        read("f", &mut &*bytes, options, &mut |trace| traces.push(trace))?;
        Ok(traces)
    }

    fn parse(bytes: &[u8]) -> Result<Trace, Error> {
        collected(bytes, &Options::default()).map(|mut traces| traces.remove(0))
    }

    #[test]
    fn what_is_no_trace_is_kept_as_it_is() {
        let table = [
            (r#"{"type":"azurerm","request":{"x":1}}"#, Container::Json),
            ("[{\"a\":1},2]\n", Container::Json),
            ("{\n}\n", Container::Json),
            ("\u{feff}{\"a\":1}\0\0", Container::Json),
            ("{\"a\":1}\nand then it failed", Container::Text),
            ("{\"entries\":[{\"a\":1}]}", Container::Json),
            ("[2026-03-02] it failed", Container::Text),
            ("{\"message\":\"it fai", Container::Text),
            ("AADSTS700016: no such application", Container::Text),
        ];
        for (text, container) in table {
            let trace = parse(text.as_bytes()).unwrap();
            assert_eq!(trace.container, container, "{text}");
            let kept = text.trim_matches(['\u{feff}', '\0']);
            assert_eq!(trace.text.as_deref(), Some(kept));
            assert!(trace.notes.is_empty());
        }
        let mended = parse(b"{\"a\":NaN,}").unwrap();
        assert_eq!(mended.text.as_deref(), Some("{\"a\":null}"));
        assert_eq!(mended.notes[0].kind, "json-mended");
    }

    #[test]
    fn what_no_one_can_read_is_refused_in_one_line() {
        for (bytes, word) in [
            (&b""[..], "empty"),
            (b"\x7fELF\x01\x00\x02\x00\x05", "binary"),
            (b"{\"log\":\n[2,1,3]\n\"request:\"}", "log"),
            (b"[2,1,3", "breaks off"),
        ] {
            let error = parse(bytes).unwrap_err();
            assert_eq!(error.kind(), Kind::Unrecognised);
            assert!(error.to_string().contains(word), "{error}");
            assert!(!error.to_string().contains('\n'));
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn gzip_is_taken_off_and_bounded() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed
            .write_all(b"{\"log\":{\"entries\":[{\"request\":{\"url\":\"/\"}}")
            .unwrap();
        for _ in 0..1000 {
            packed.write_all(&[b' '; 1000]).unwrap();
        }
        packed.write_all(b"]}}").unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(parse(&packed).unwrap().notes, []);
        let cut = parse(&packed[..packed.len() / 2]).unwrap();
        assert_eq!(cut.notes[0].kind, "file-cut");
        let zipped = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        let mut wrapped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        wrapped.write_all(zipped).unwrap();
        let error = parse(&wrapped.finish().unwrap()).unwrap_err();
        assert!(
            error.to_string().contains("archive without a file"),
            "{error}"
        );
        let options = Options {
            max_unpacked: 5000,
            ..Options::default()
        };
        let bounded = collected(&packed, &options).unwrap();
        assert_eq!(bounded[0].notes[0].kind, "file-cut");
    }
}
