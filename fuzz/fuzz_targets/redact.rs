//! A copy either holds nothing of a known secret or is not written.

#![no_main]

use std::io::Cursor;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mendpoint::ingest::Source;
use mendpoint::judge::Analyzer;
use mendpoint::redact::{Options, redact};
use mendpoint::rules::engine::Catalogue;

const SECRET: &str = "Zq7kV-31mX~pL0042w";

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);
static ANALYZER: LazyLock<Analyzer<'static>> = LazyLock::new(|| Analyzer::new(&CATALOGUE));

fuzz_target!(|text: &str| {
    let quoted = serde_json::Value::from(text.replace('\u{1}', SECRET)).to_string();
    let trace = format!(
        r#"{{"log":{{"entries":[{{"request":{{"method":"PUT","url":"https://dev.azure.com/o/_apis/serviceendpoint/endpoints/x","headers":[{{"name":"Authorization","value":"Bearer {SECRET}"}}],"postData":{{"text":{quoted}}}}},"response":{{"status":200,"content":{{"text":{quoted}}}}}}}]}}}}"#
    );
    for bytes in [trace.as_bytes(), text.as_bytes()] {
        let options = Options {
            salt: [7; 16],
            ..Options::default()
        };
        let mut source = Cursor::new(bytes);
        let source = Source::File(&mut source);
        let Ok(redaction) = redact("fuzz", source, &ANALYZER, &options) else {
            continue;
        };
        if let Some(copy) = redaction.copy {
            // In the bare text nothing says that it is a secret.
            assert!(bytes == text.as_bytes() || !copy.contains(SECRET), "{copy}");
        }
    }
});
