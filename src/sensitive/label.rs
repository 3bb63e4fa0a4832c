//! Secrets beside their label: on the line below it, in the next cell, and in the element it names.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::names::is_secret_name;
use super::pair::is_evidence;
use super::shape::pattern;

/// Values that stand below or beside the label that calls them a secret, and the paths of webhooks.
pub(super) fn labelled(text: &str) -> Vec<Range<usize>> {
    static BELOW: OnceLock<Regex> = OnceLock::new();
    static CELL: OnceLock<Regex> = OnceLock::new();
    static ELEMENT: OnceLock<Regex> = OnceLock::new();
    static HOOK: OnceLock<Regex> = OnceLock::new();
    let mut ranges = Vec::new();
    let mut add = |pattern: &Regex, named: bool| {
        for found in pattern.captures_iter(text) {
            let (Some(name), Some(value)) = (found.get(1), found.get(2)) else {
                continue;
            };
            let is_secret = !named || is_secret_name(name.as_str().trim());
            if is_secret && !is_evidence(name.as_str(), value.as_str()) {
                ranges.push(value.range());
            }
        }
    };
    if text.contains('\n') {
        add(
            pattern(
                &BELOW,
                r"(?m)^[ \t]*([A-Za-z][A-Za-z0-9 _.-]{2,40}?)[ \t]*(?::[ \t]*[|>]?[-+]?)?[ \t]*\r?\n[ \t]*([^\s:<>{}\[\]]{6,200})[ \t]*\r?$",
            ),
            true,
        );
    }
    if text.contains("</") {
        add(
            pattern(
                &CELL,
                r"(?i)<t[dh][^>]{0,100}>\s*([^<]{3,60})</t[dh]>\s*<t[dh][^>]{0,100}>\s*([^<]{3,200})</t[dh]>",
            ),
            true,
        );
        add(
            pattern(
                &ELEMENT,
                r#"<[A-Za-z][^<>]{0,100}\b(?:name|key)=["']([^"'<>]{3,60})["'][^<>]{0,100}>([^<]{3,200})</"#,
            ),
            true,
        );
    }
    if text.contains("hooks.") || text.contains("webhook") {
        add(
            pattern(
                &HOOK,
                r#"(?i)://([^\s/"']*hooks?[^\s/"']*|[^\s"']{1,200}/[^\s/"']*webhooks?)/([^\s"'<>?]{6,300})"#,
            ),
            false,
        );
    }
    ranges
}

#[cfg(test)]
mod tests {
    use crate::sensitive::mask_text;

    #[test]
    fn what_stands_beside_its_label_goes() {
        for (text, masked) in [
            ("Client secret\nHarbour!Falcon\n", "Client secret\n***\n"),
            ("password: |\n  Harbour!Falcon\n", "password: |\n  ***\n"),
            (
                "<tr><td>Password</td><td>Harbour!Falcon</td></tr>",
                "<tr><td>Password</td><td>***</td></tr>",
            ),
            (
                "<property name=\"password\">Harbour!Falcon</property>",
                "<property name=\"password\">***</property>",
            ),
            (
                "https://hooks.slack.test/services/T01/B02/Harbour failed",
                "https://hooks.slack.test/*** failed",
            ),
        ] {
            assert_eq!(mask_text(text), masked);
        }
        for text in [
            "Name\nHarbour-Falcon\n",
            "<td>Status</td><td>Forbidden</td>",
        ] {
            assert_eq!(mask_text(text), text);
        }
    }
}
