//! A copy either holds nothing of a known secret or is not written.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use mendpoint::redact::{Options, redact};

const SECRET: &str = "Zq7kV-31mX~pL0042w";

fuzz_target!(|text: &str| {
    let quoted = serde_json::Value::from(text.replace('\u{1}', SECRET)).to_string();
    let trace = format!(
        r#"{{"log":{{"entries":[{{"request":{{"method":"PUT","url":"https://dev.azure.com/o/_apis/serviceendpoint/endpoints/x","headers":[{{"name":"Authorization","value":"Bearer {SECRET}"}}],"postData":{{"text":{quoted}}}}},"response":{{"status":200,"content":{{"text":{quoted}}}}}}}]}}}}"#
    );
    for bytes in [trace.as_bytes(), text.as_bytes()] {
        let mut copy = Vec::new();
        let options = Options {
            salt: [7; 16],
            keep_ids: false,
            password: None,
            sidecar: None,
            only: None,
        };
        let Ok(redaction) = redact("fuzz", &mut Cursor::new(bytes), &mut copy, &options) else {
            continue;
        };
        if redaction.verify(&mut Cursor::new(&copy)).is_ok() {
            // In the bare text nothing says that it is a secret.
            let copy = String::from_utf8_lossy(&copy);
            assert!(bytes == text.as_bytes() || !copy.contains(SECRET), "{copy}");
        }
    }
});
