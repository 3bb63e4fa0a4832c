//! Copies of traces that are damaged, of copies, and of what has nothing to do with a connection.

use std::path::Path;

use crate::redaction::{essence, judged, redacted, traces_in};

/// A trace with one call after another, each of which fails.
fn calls(count: usize) -> String {
    let entry = |at: usize| {
        let body = r#"{\"message\":\"Insufficient privileges to complete the operation.\"}"#;
        format!(
            r#"{{"request":{{"method":"PUT","url":"https://dev.azure.com/tailspin/_apis/serviceendpoint/endpoints/{at}?api-version=7.1","headers":[],"postData":{{"mimeType":"application/json","text":"{{\"name\":\"tailspin-live\",\"type\":\"generic\"}}"}}}},"response":{{"status":400,"headers":[],"content":{{"mimeType":"application/json","text":"{body}"}}}}}}"#
        )
    };
    let entries: Vec<String> = (0..count).map(entry).collect();
    format!(
        r#"{{"log":{{"version":"1.2","entries":[{}]}}}}"#,
        entries.join(",")
    )
}

#[test]
fn a_copy_of_a_trace_that_was_cut_says_that_calls_are_missing() {
    let whole = calls(3);
    let cut = &whole[..whole.len() - whole.len() / 5];
    let before = judged("cut", cut.as_bytes()).expect("it is a trace");
    assert!(!before.missing.is_empty(), "nothing is missing");
    let copy = redacted("cut", cut.as_bytes(), false).expect("it has calls");
    let after = judged("copy", &copy).expect("it is a trace");
    assert_eq!(essence(&before), essence(&after));
    assert_eq!(before.missing.len(), after.missing.len());
    let again = redacted("copy", &copy, false).expect("it has calls");
    let again = judged("again", &again).expect("it is a trace");
    assert_eq!(after.missing.len(), again.missing.len());
}

#[test]
fn a_copy_of_a_copy_is_judged_like_the_first() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for path in traces_in(&root.join("samples")) {
        let name = path.display().to_string();
        let bytes = std::fs::read(&path).expect("it can be read");
        let Some(first) = redacted_if_any(&name, &bytes) else {
            continue;
        };
        let second = redacted(&name, &first, false).expect("the first copy has calls");
        let [once, twice] = [&first, &second].map(|copy| {
            let report = judged(&name, copy).expect("a copy can be read");
            essence(&report)
        });
        assert_eq!(once, twice, "{name}");
        count += 1;
    }
    assert!(count > 10, "only {count}");
}

/// The copy of a trace; `None` of what is no trace or has nothing of a connection.
fn redacted_if_any(name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    judged(name, bytes)?;
    redacted(name, bytes, false)
}
