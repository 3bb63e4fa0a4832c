//! What `serde_json` accepts as a HAR gives the same entries here; anything else only must not panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mendpoint::ingest::{Container, Options, Source, read};
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Some((mode, data)) = data.split_first() else {
        return;
    };
    // Half of the inputs are entries, so that the envelope need not be found by chance.
    let bytes = if mode & 1 == 0 {
        data.to_vec()
    } else {
        [b"{\"log\":{\"entries\":[", data, b"]}}"].concat()
    };
    let options = Options {
        matters: |_| true,
        ..Options::default()
    };
    let traces = read("fuzz", Source::Stream(&mut &bytes[..]), &options);
    let Ok(Value::Object(document)) = serde_json::from_slice(&bytes) else {
        return;
    };
    let once = |name: &str| {
        bytes
            .windows(name.len())
            .filter(|found| *found == name.as_bytes())
            .count()
            == 1
    };
    let entries = document
        .get("log")
        .and_then(|log| log.get("entries")?.as_array());
    let Some(entries) =
        entries.filter(|_| once("log\"") && once("entries\"") && !bytes.contains(&b'\\'))
    else {
        return;
    };
    let Ok(traces) = traces else {
        // A HAR in which nothing is an entry is refused.
        assert!(!entries.is_empty() && !entries.iter().any(Value::is_object));
        return;
    };
    let trace = &traces[0];
    assert_eq!(trace.container, Container::Har);
    assert_eq!(trace.total, entries.len());
    let calls = entries
        .iter()
        .filter(|entry| entry.is_object())
        .filter(|entry| {
            let method = entry["request"]["method"].as_str().unwrap_or_default();
            !method.eq_ignore_ascii_case("OPTIONS") && !method.eq_ignore_ascii_case("CONNECT")
        });
    let sessions = entries.iter().any(|entry| entry.get("scheme").is_some());
    assert!(sessions || trace.exchanges.len() == calls.count());
});
