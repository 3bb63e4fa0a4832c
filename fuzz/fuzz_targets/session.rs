//! Session text: every request is counted once, and bodies hold nothing that was not there.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mendpoint::ingest::{Options, Source, read};

fuzz_target!(|data: &str| {
    let text = format!("GET https://dev.azure.com/_apis/projects HTTP/1.1\n{data}");
    let options = Options {
        matters: |_| true,
        ..Options::default()
    };
    let Ok(traces) = read("fuzz", Source::Stream(&mut text.as_bytes()), &options) else {
        return;
    };
    let trace = &traces[0];
    assert!(trace.total >= 1);
    assert!(trace.total <= text.lines().count());
    let bodies: usize = trace
        .exchanges
        .iter()
        .flat_map(|exchange| {
            [
                Some(&exchange.request.body),
                exchange.response.as_ref().map(|response| &response.body),
            ]
        })
        .flatten()
        .filter_map(|body| body.text())
        .map(str::len)
        .sum();
    // A body that is almost JSON is mended, and a raw control character takes six as an escape.
    assert!(bodies <= 6 * text.len() + 64);
});
