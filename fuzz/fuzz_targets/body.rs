//! Bodies of every coding and charset are decoded or left alone, within their limit.

#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use mendpoint::ingest::{Options, Source, read};

const CODINGS: [&str; 8] = [
    "gzip",
    "br",
    "zstd",
    "deflate",
    "gzip, br",
    "identity",
    "x-gzip",
    "zstd, deflate",
];
const KINDS: [&str; 4] = [
    "application/json",
    "text/plain; charset=utf-16",
    "text/html; charset=shift_jis",
    "image/png",
];

fuzz_target!(|data: &[u8]| {
    let Some(([how, kind], data)) = data.split_first_chunk() else {
        return;
    };
    let coding = CODINGS[usize::from(*how) % CODINGS.len()];
    let kind = KINDS[usize::from(*kind) % KINDS.len()];
    let har = serde_json::json!({"log": {"entries": [{
        "request": {"method": "GET", "url": "https://dev.azure.com/contoso/_apis/projects"},
        "response": {
            "status": 200,
            "headers": [
                {"name": "Content-Type", "value": kind},
                {"name": "Content-Encoding", "value": coding},
                {"name": "Transfer-Encoding", "value": "chunked"},
            ],
            "content": {"encoding": "base64", "text": STANDARD.encode(data)},
        },
    }]}})
    .to_string();
    let traces = read(
        "fuzz",
        Source::Stream(&mut har.as_bytes()),
        &Options::default(),
    )
    .expect("a HAR is read");
    let body = &traces[0].exchanges[0]
        .response
        .as_ref()
        .expect("an answer")
        .body;
    assert!(body.text().is_none_or(|text| text.len() <= 3 * (16 << 20)));
});
