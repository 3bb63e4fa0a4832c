//! Secrets in odd spellings and in texts that do not call them secrets.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::{Garden, base64};

/// A secret with every character that means something somewhere.
fn fresh() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(10);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("Zq{number}x'pl\"nt{number}/d<7>")
}

/// Plants a secret.
pub(crate) fn plant(garden: &mut Garden, kind: &str) -> String {
    garden.plant(kind, &fresh())
}

/// Plants a secret for a place that has no quotes of its own.
pub(crate) fn bare(garden: &mut Garden, kind: &str) -> String {
    garden.plant(kind, &plain(&fresh()))
}

/// In places without quotes of their own a value ends at a blank or a quote.
pub(crate) fn plain(value: &str) -> String {
    value.replace(['\'', '"', '<', '>', '/'], "-")
}

pub(crate) fn percent(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// What people and services write about a secret without calling it one, or with its name encoded.
pub(crate) fn oddly_written(g: &mut Garden) -> Vec<String> {
    let quoted = |g: &mut Garden, kind: &str| json!({"password": plant(g, kind)}).to_string();
    let html = |text: &str, quote: &str| text.replace('&', "&amp;").replace('"', quote);
    vec![
        percent(&quoted(g, "a percent-encoded pair")),
        percent(&percent(&quoted(g, "a pair encoded twice"))),
        html(&quoted(g, "a pair with named quotes"), "&quot;"),
        html(&quoted(g, "a pair with numbered quotes"), "&#34;"),
        quoted(g, "a pair with escaped quotes").replace('"', "\\u0022"),
        format!("token%3D{}", percent(&bare(g, "an encoded parameter"))),
        format!("az login --password {} -t x", bare(g, "a switch")),
        format!(
            "curl -u me:{} https://h.example/",
            bare(g, "the user of curl")
        ),
        format!(
            "ConvertTo-SecureString '{}' -AsPlainText",
            bare(g, "a secure string")
        ),
        format!(
            "password={}\"{},{} was refused",
            bare(g, "before a quote"),
            bare(g, "behind a quote"),
            bare(g, "behind a comma")
        ),
        format!("<password><![CDATA[{}]]></password>", bare(g, "CDATA")),
        format!(
            "<password><value>{}</value></password>",
            bare(g, "an element in one")
        ),
        format!(
            "https://me:p@a/{}@host.example/x",
            bare(g, "behind a slash in a URL")
        ),
        format!(
            "https://me:{}/x@host.example/y",
            bare(g, "before a slash in a URL")
        ),
    ]
}

/// Quotes of a secret that stands in the trace under its name.
pub(crate) fn quotes_of(g: &mut Garden, value: &str) -> Vec<String> {
    let half = g.plant("half of a key", &value[..value.len() / 2]);
    let hex: String = value.bytes().map(|byte| format!("{byte:02X}")).collect();
    let numbered: String = value
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_string()
            } else {
                format!("&#{};", u32::from(c))
            }
        })
        .collect();
    let mixed: String = value
        .chars()
        .enumerate()
        .map(|(at, c)| {
            if at % 3 == 0 {
                format!("%{:02x}", u32::from(c))
            } else {
                c.to_string()
            }
        })
        .collect();
    vec![
        format!("half of it {half}"),
        format!("in hex {hex}"),
        format!("in a page {numbered}"),
        format!("half encoded {mixed}"),
        format!("in base64 {}", base64(&format!("me:{value}"))),
    ]
}
