//! How a value is written inside other things.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::text::readable::readable;
use crate::text::{sanitize, url};

/// Longer values are certificates and files, which are looked for in parts, in bytes.
pub(crate) const LONGEST: usize = 2 << 10;

/// What browsers leave as it is in a part of a URL.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// `text` as part of a URL.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

/// `text` as JSON writes it, without the quotes.
pub(crate) fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// The ways in which a trace, a text that was peeled and our own outputs write `value`, itself
/// among them. Letter case does not count.
pub(crate) fn spellings(value: &str) -> BTreeSet<String> {
    let mut all = coded(value);
    all.extend(written(value));
    all
}

/// The ways in which texts write `value`.
pub(crate) fn written(value: &str) -> BTreeSet<String> {
    let once = escaped(value);
    let twice = escaped(&once);
    let coded = encoded(value);
    BTreeSet::from([
        escaped(&twice),
        twice,
        once,
        coded.replace("%20", "+"),
        coded,
        entities(value, ["&quot;", "&#39;"]),
        entities(value, ["&#34;", "&apos;"]),
        entities(value, ["&#x22;", "&#x27;"]),
        readable(value),
        sanitize::line(value),
        value.replace('+', " "),
        url::decode(value),
        value.to_owned(),
    ])
}

/// `value` in base64 and in hex.
pub(crate) fn coded(value: &str) -> BTreeSet<String> {
    let hex = value.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut all = BTreeSet::from([hex]);
    all.extend((0..3).flat_map(|offset| in_base64(value, offset)));
    all
}

fn entities(value: &str, [double, single]: [&str; 2]) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', double)
        .replace('\'', single)
}

/// What base64 makes of `value` behind `offset` bytes of something else, without the letters that
/// also depend on its neighbours.
fn in_base64(value: &str, offset: usize) -> Vec<String> {
    let padded = [&b"\0\0"[..offset], value.as_bytes()].concat();
    let skip = [0, 2, 3][offset];
    let keep = padded.len() * 8 / 6;
    [
        STANDARD_NO_PAD.encode(&padded),
        URL_SAFE_NO_PAD.encode(&padded),
    ]
    .into_iter()
    .filter_map(|text| text.get(skip..keep).map(str::to_owned))
    .collect()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn a_value_is_known_in_every_spelling() {
        let value = "Zu7~a\"b/c d&'x<=";
        let spellings: Vec<String> = spellings(value)
            .iter()
            .map(|spelling| spelling.to_ascii_lowercase())
            .collect();
        let json = serde_json::json!({ "a": value }).to_string();
        for text in [
            value.to_owned(),
            serde_json::json!({ "b": json }).to_string(),
            json,
            encoded(value),
            "Zu7~a&#34;b/c d&amp;&apos;x&lt;=".to_owned(),
            "Zu7~a&#x22;b/c d&amp;&#x27;x&lt;=".to_owned(),
            "5A75377E6122622F63206426277833C3D".replace("7833C", "783C"),
            STANDARD.encode(format!(":{value}")),
            STANDARD.encode(format!("me:{value}!")),
            STANDARD.encode(value),
        ] {
            let text = text.to_ascii_lowercase();
            assert!(spellings.iter().any(|one| text.contains(one)), "{text}");
        }
    }
}
