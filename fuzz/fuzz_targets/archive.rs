//! No archive, however damaged, makes the reader panic or keep more than it may.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use mendpoint::ingest::{Options, Source, read};

fuzz_target!(|data: &[u8]| {
    let ask = || Some("fabrikam".to_owned());
    let options = Options {
        matters: |_| true,
        password: Some(&ask),
        max_entry: 64 << 10,
        max_kept: 256 << 10,
        max_unpacked: 1 << 20,
        ..Options::default()
    };
    let Ok(traces) = read("fuzz", Source::File(&mut Cursor::new(data)), &options) else {
        return;
    };
    for trace in traces {
        assert!(trace.exchanges.len() <= trace.total);
        for exchange in &trace.exchanges {
            let answer = exchange
                .response
                .as_ref()
                .and_then(|response| response.body.text());
            let size = |text: Option<&str>| text.map_or(0, str::len);
            assert!(size(exchange.request.body.text()) + size(answer) <= options.max_kept);
        }
    }
});
