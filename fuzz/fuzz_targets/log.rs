//! Logs and copied requests: nothing is counted that no line speaks of, and bodies hold nothing that was not there.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mendpoint::ingest::{Container, Options, Source, read};

/// Makes a log of any text that follows.
const FIRST: &str = "> GET /contoso/_apis/serviceendpoint/endpoints HTTP/1.1\n> Host: dev.azure.com\n>\n";

fuzz_target!(|data: &str| {
    let text = format!("{FIRST}{data}");
    let options = Options {
        matters: |_| true,
        ..Options::default()
    };
    let Ok(traces) = read("fuzz", Source::Stream(&mut text.as_bytes()), &options) else {
        return;
    };
    let trace = &traces[0];
    if trace.container != Container::Log {
        return;
    }
    assert!(trace.total >= 1);
    // A line of a script may hold several commands.
    assert!(trace.total <= text.len() / 4);
    let rest = trace.text.as_deref().unwrap_or_default();
    assert!(rest.len() <= text.len());
    for exchange in &trace.exchanges {
        assert!(!exchange.request.method.is_empty());
        if let Some(body) = exchange.request.body.text() {
            // Variables may stand for more than their names, and a table of PowerShell becomes JSON.
            assert!(body.len() <= (1 << 20) + 16 * text.len());
        }
    }
});
