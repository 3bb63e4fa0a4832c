//! Any string of a trace: what it holds is found out, and each part redacted as what it is.

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use regex::{Captures, Regex};

use super::mask::{Kind, MARK};
use super::scrub::Scrubber;
use super::shape::{changed, is_token_like};
use super::vocabulary;
use crate::ingest::body::from_base64;
use crate::sensitive::pattern;

/// How many texts may be wrapped in each other.
const MOST_LEVELS: u8 = 8;

impl Scrubber {
    /// A string whose place says nothing about it; `None` if nothing in it has to change.
    pub(super) fn leaf(&mut self, text: &str) -> Option<String> {
        if text.len() < 3 || self.depth >= MOST_LEVELS {
            return None;
        }
        self.depth += 1;
        let redacted = self.wrapped(text);
        self.depth -= 1;
        redacted.unwrap_or_else(|| self.flat(text))
    }

    /// `text` as a wrapping of something; `None` if it is none.
    #[expect(
        clippy::option_option,
        reason = "whether it is one and whether it changes are two answers"
    )]
    fn wrapped(&mut self, text: &str) -> Option<Option<String>> {
        let bare = text.trim_start();
        if bare.starts_with(['{', '[']) {
            return self.json(text);
        }
        if bare.starts_with("\"{") || bare.starts_with("\"[") {
            let inner: String = serde_json::from_str(bare.trim_end()).ok()?;
            let inner = self.leaf(&inner);
            return Some(inner.map(|inner| serde_json::Value::from(inner).to_string()));
        }
        if is_url(bare) && !bare.contains(char::is_whitespace) {
            return Some(self.url(text));
        }
        if ["%7B", "%7b", "%5B", "%5b"]
            .iter()
            .any(|mark| bare.starts_with(mark))
        {
            let plain = percent_encoding::percent_decode_str(text)
                .decode_utf8()
                .ok()?;
            let inner = self.leaf(&plain)?;
            return Some(Some(crate::sensitive::spelling::encoded(&inner)));
        }
        self.encoded_text(text)
    }

    /// Base64 of a text.
    #[expect(
        clippy::option_option,
        reason = "whether it is one and whether it changes are two answers"
    )]
    fn encoded_text(&mut self, text: &str) -> Option<Option<String>> {
        let symbol = |b: u8| {
            b.is_ascii_alphanumeric()
                || matches!(b, b'+' | b'/' | b'-' | b'_' | b'=' | b'\r' | b'\n')
        };
        if text.len() < 16 || !text.bytes().all(symbol) {
            return None;
        }
        let plain = String::from_utf8(from_base64(text)?).ok()?;
        let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        if plain.contains(control) || !plain.is_ascii() && plain.len() < 40 {
            return None;
        }
        let inner = self.leaf(&plain)?;
        Some(Some(
            if text.contains(['-', '_']) || !text.len().is_multiple_of(4) {
                URL_SAFE_NO_PAD.encode(inner)
            } else {
                STANDARD.encode(inner)
            },
        ))
    }

    /// A text that is nothing but text.
    pub(super) fn flat(&mut self, text: &str) -> Option<String> {
        let mut out = std::borrow::Cow::Borrowed(text);
        if let Some(changed) = self.shapes(text) {
            out = changed.into();
        }
        if self.learns() {
            self.learn(text);
        }
        if !self.keep_ids {
            let steps: [fn(&mut Self, &str) -> Option<String>; 5] = [
                Self::emails,
                Self::packed_ids,
                Self::descriptors,
                Self::guids,
                Self::tenants,
            ];
            for step in steps {
                if let Some(changed) = step(self, &out) {
                    out = changed.into();
                }
            }
        }
        if let Some(changed) = self.swept(&out) {
            out = changed.into();
        }
        match out {
            std::borrow::Cow::Owned(out) => Some(out),
            std::borrow::Cow::Borrowed(_) => None,
        }
    }

    /// `text` without what the first reading found.
    pub(super) fn swept(&mut self, text: &str) -> Option<String> {
        let sweep = self.sweep.as_ref()?;
        sweep.replace(text, &self.aliases, &mut self.counts)
    }

    fn emails(&mut self, text: &str) -> Option<String> {
        static EMAIL: OnceLock<Regex> = OnceLock::new();
        let email = pattern(
            &EMAIL,
            r"(?-u)([A-Za-z0-9][A-Za-z0-9._%+'#-]{0,90})(@|%40)([A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z][A-Za-z0-9-]{1,62})",
        );
        if !text.contains('@') && !text.contains("%40") {
            return None;
        }
        let learns = self.learns();
        changed(
            text,
            &email.replace_all(text, |found: &Captures<'_>| {
                // What stands before the sign was a password.
                if found[1].contains(MARK) {
                    return found[0].to_owned();
                }
                // An encoded separator in front of the address is none of it.
                let (front, local) = match found[1].rfind("%3D").or_else(|| found[1].rfind("%2F")) {
                    Some(at) if found[1].len() > at + 3 => found[1].split_at(at + 3),
                    _ => ("", &found[1]),
                };
                if learns {
                    self.vault.emails.insert(format!("{local}@{}", &found[3]));
                    self.learn_host(&found[3]);
                }
                self.counts.add(Kind::Email);
                format!("{front}{}", self.aliases.email(local, &found[2], &found[3]))
            }),
        )
    }

    /// The two ids that Entra ID packs into a federation subject.
    fn packed_ids(&mut self, text: &str) -> Option<String> {
        static PACKED: OnceLock<Regex> = OnceLock::new();
        let packed = pattern(
            &PACKED,
            r"(?-u)(\\?/eid1\\?/c\\?/[a-z]{1,10}\\?/t\\?/)([A-Za-z0-9_-]{22})(\\?/a\\?/)([A-Za-z0-9_-]{22})",
        );
        if !text.contains("eid1") {
            return None;
        }
        changed(
            text,
            &packed.replace_all(text, |found: &Captures<'_>| {
                let alias = |packed: &str| {
                    let guid = unpack(packed)?;
                    pack(&self.aliases.guid(&guid))
                };
                let [tenant, service] =
                    [&found[2], &found[4]].map(|id| alias(id).unwrap_or_else(|| id.to_owned()));
                format!("{}{tenant}{}{service}", &found[1], &found[3])
            }),
        )
    }

    /// Descriptors of Azure DevOps identities: the part that names somebody is base64 of an id.
    fn descriptors(&mut self, text: &str) -> Option<String> {
        static DESCRIPTOR: OnceLock<Regex> = OnceLock::new();
        let descriptor = pattern(
            &DESCRIPTOR,
            r"(?-u)\b(aad|msa|svc|aadgp|aadsp|vssgp|scp|s2s|acs|bnd|win|uim|ungrp|csp|swid)\.([A-Za-z0-9_-]{20,})",
        );
        changed(
            text,
            &descriptor.replace_all(text, |found: &Captures<'_>| {
                self.counts.add(Kind::Guid);
                format!("{}.{}", &found[1], self.aliases.name(&found[2]))
            }),
        )
    }

    fn guids(&mut self, text: &str) -> Option<String> {
        static GUID: OnceLock<Regex> = OnceLock::new();
        let guid = pattern(
            &GUID,
            r"(?-u)[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|\b[0-9a-fA-F]{32}\b",
        );
        changed(
            text,
            &guid.replace_all(text, |found: &Captures<'_>| {
                let alias = self.aliases.guid(&found[0]);
                if alias != found[0] {
                    self.counts.add(Kind::Guid);
                }
                alias
            }),
        )
    }

    /// Domains that are somebody's own whoever mentions them.
    fn tenants(&mut self, text: &str) -> Option<String> {
        static TENANT: OnceLock<Regex> = OnceLock::new();
        let tenant = pattern(
            &TENANT,
            r"(?i-u)\b[a-z0-9][a-z0-9-]{0,62}\.(?:onmicrosoft\.com|visualstudio\.com|vault\.azure\.net|(?:blob|table|queue|file|dfs)\.core\.windows\.net|azurecr\.io|sharepoint\.com)\b",
        );
        // The second reading has them in its sweep.
        if !self.learns() {
            return None;
        }
        for found in tenant.find_iter(text) {
            self.learn_host(found.as_str());
        }
        None
    }

    /// Names in paths and subjects.
    fn learn(&mut self, text: &str) {
        static PATH: OnceLock<Regex> = OnceLock::new();
        static URL: OnceLock<Regex> = OnceLock::new();
        let path = pattern(
            &PATH,
            r#"(?i)(?:/resource-?groups?/|/managementgroups/|[\\/]users[\\/]|[\\/]home[\\/])([^/\\"'\s?&,;)<>]+)|sc:\\?/\\?/([^/\\"'\s]+)\\?/([^/\\"']+)\\?/([^/\\"'\s]+)|/providers/microsoft\.[a-z]+/[a-z]+/([^/\\"'\s?&,;)<>]+)"#,
        );
        for found in path.captures_iter(text) {
            for name in found.iter().skip(1).flatten() {
                let plain = percent_encoding::percent_decode_str(name.as_str()).decode_utf8_lossy();
                let plain = plain.trim_end_matches(['.', ':']);
                if !self.vault.names.contains(plain)
                    && !vocabulary::is_common(plain)
                    && !plain.contains('@')
                {
                    self.learn_name(plain);
                }
            }
        }
        let url = pattern(&URL, r#"(?i)\bhttps?:(?:\\?/){2}[^\s"'<>\\`*]+"#);
        for found in url.find_iter(text) {
            self.learn_url(found.as_str());
        }
    }

    /// A value of a field whose name says nothing: a text, or something that looks like a token.
    pub(super) fn field(&mut self, value: &str) -> Option<String> {
        if value.starts_with("eyJ") {
            return self.leaf(value);
        }
        let redacted = self.leaf(value);
        if redacted.is_none() && is_token_like(value) {
            return self.suspect(value, Kind::Shape);
        }
        redacted
    }
}

pub(super) fn is_url(text: &str) -> bool {
    let scheme = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    ["https://", "http://", "wss://", "ws://"]
        .iter()
        .any(|start| scheme.starts_with(start))
}

/// The order in which .NET writes a GUID's bytes.
const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

fn unpack(packed: &str) -> Option<String> {
    let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(packed).ok()?.try_into().ok()?;
    let digits: String = ORDER
        .iter()
        .map(|at| format!("{:02x}", bytes[*at]))
        .collect();
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
    Some(groups.map(|group| digits[group].to_owned()).join("-"))
}

fn pack(guid: &str) -> Option<String> {
    let digits = guid.replace('-', "");
    let mut bytes = [0; 16];
    for (at, place) in ORDER.into_iter().enumerate() {
        bytes[place] = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_ids_become_the_packed_aliases() {
        let tenant = "975f013f-7f24-47e8-a7d3-abc4752bf346";
        assert_eq!(unpack("PwFflyR_6Een06vEdSvzRg").as_deref(), Some(tenant));
        let mut scrubber = Scrubber::new([2; 16], false);
        let alias = scrubber.aliases.guid(tenant);
        let text = "/eid1/c/pub/t/PwFflyR_6Een06vEdSvzRg/a/rISbSSETf0KqFyZ8ppdXmA/sc/x/y";
        let out = scrubber.flat(text).unwrap();
        assert_eq!(
            out,
            text.replace("PwFflyR_6Een06vEdSvzRg", &pack(&alias).unwrap())
        );
    }

    #[test]
    fn wrapped_texts_are_unwrapped_and_wrapped_again() {
        let mut scrubber = Scrubber::new([2; 16], false);
        let plain = r#"{"a":"{\"password\":\"hunter2x\",\"n\":null}"}"#;
        let out = scrubber.leaf(plain).unwrap();
        assert!(
            out.contains(r#"\"n\":null"#) && !out.contains("hunter2x"),
            "{out}"
        );
        let packed = STANDARD.encode(plain);
        let out = scrubber.leaf(&packed).unwrap();
        let inner = String::from_utf8(from_base64(&out).unwrap()).unwrap();
        assert!(
            !inner.contains("hunter2x") && inner.contains("null"),
            "{inner}"
        );
        assert_eq!(scrubber.leaf("nothing to see here, 100%"), None);
    }
}
