//! Credentials that are known by their shape, or by a name beside them, in any text.

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use regex::{Captures, Regex};

use super::json::Splice;
use super::mask::{Kind, mask};
use super::scrub::Scrubber;
use crate::ingest::body::from_base64;
use crate::sensitive::layer::joined;
use crate::sensitive::{self, pattern};

impl Scrubber {
    /// `text` without the credentials that can be told by their shape.
    pub(super) fn shapes(&mut self, text: &str) -> Option<String> {
        let mut text = std::borrow::Cow::Borrowed(text);
        let steps: [fn(&mut Self, &str) -> Option<String>; 6] = [
            Self::pem,
            Self::tokens,
            Self::user_info,
            Self::schemes,
            Self::named,
            Self::known_shapes,
        ];
        for step in steps {
            if let Some(changed) = step(self, &text) {
                text = changed.into();
            }
        }
        match text {
            std::borrow::Cow::Owned(text) => Some(text),
            std::borrow::Cow::Borrowed(_) => None,
        }
    }

    /// Private keys and certificates, also with `\n` for line ends and without their end.
    fn pem(&mut self, text: &str) -> Option<String> {
        static PEM: OnceLock<Regex> = OnceLock::new();
        let pem = pattern(
            &PEM,
            r"(-----BEGIN [A-Z0-9 ]{3,40}-----)([\s\S]*?)(-----END [A-Z0-9 ]{3,40}-----|$)",
        );
        if !text.contains("-----BEGIN ") {
            return None;
        }
        changed(
            text,
            &pem.replace_all(text, |found: &Captures<'_>| {
                for line in
                    found[2].split(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c)))
                {
                    if line.len() >= 32 {
                        self.vault.keep(line);
                    }
                }
                self.counts.add(Kind::Key);
                format!(
                    "{}{}{}",
                    &found[1],
                    mask(&found[2], &self.aliases),
                    &found[3]
                )
            }),
        )
    }

    fn tokens(&mut self, text: &str) -> Option<String> {
        static TOKEN: OnceLock<Regex> = OnceLock::new();
        let token = pattern(
            &TOKEN,
            r"(?-u)eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){1,4}",
        );
        if !text.contains("eyJ") {
            return None;
        }
        changed(
            text,
            &token.replace_all(text, |found: &Captures<'_>| {
                let bare = found[0].trim_end_matches('.');
                match self.whole_token(bare) {
                    Some(token) => format!("{token}{}", &found[0][bare.len()..]),
                    None => found[0].to_owned(),
                }
            }),
        )
    }

    /// `user:password@` in URLs.
    fn user_info(&mut self, text: &str) -> Option<String> {
        let mut out = Splice::new(text);
        for range in sensitive::users(text) {
            let user = &text[range.clone()];
            let new = self.user(user);
            if new != user {
                out.replace(range, &new);
            }
        }
        out.finish()
    }

    /// `user:password` or one of both.
    pub(super) fn user(&mut self, user: &str) -> String {
        let masked = user
            .split(':')
            .next()
            .into_iter()
            .chain(user.split_once(':').map(|(_, password)| password));
        let masked: Vec<String> = masked
            .map(|part| {
                self.secret(part, Kind::UserInfo)
                    .unwrap_or_else(|| part.to_owned())
            })
            .collect();
        masked.join(":")
    }

    /// `Bearer …` and `Basic …` outside of header fields.
    fn schemes(&mut self, text: &str) -> Option<String> {
        static SCHEME: OnceLock<Regex> = OnceLock::new();
        let scheme = pattern(
            &SCHEME,
            r#"(?i-u)\b(bearer|basic|negotiate|ntlm|token|sharedkey|sharedkeylite)( +|%20)([A-Za-z0-9._~+/-]{8,})(={0,2})([A-Za-z0-9=:/"']?)"#,
        );
        changed(
            text,
            &scheme.replace_all(text, |found: &Captures<'_>| {
                let value = format!("{}{}", &found[3], &found[4]);
                // An equals sign and more: a name with its value, as challenges have them.
                let is_name = !found[4].is_empty() && !found[5].is_empty();
                let prose = |b: u8| b.is_ascii_lowercase() || b"/-".contains(&b);
                let is_prose = value.bytes().all(prose);
                if value.starts_with("eyJ") || is_name || is_prose || !is_opaque(&value, 12) {
                    return found[0].to_owned();
                }
                let masked = self.credential(&found[1], &value);
                format!("{}{}{masked}{}", &found[1], &found[2], &found[5])
            }),
        )
    }

    /// What follows the scheme of an `Authorization` field.
    pub(super) fn credential(&mut self, scheme: &str, value: &str) -> String {
        if scheme.eq_ignore_ascii_case("basic")
            && let Some(plain) = from_base64(value).and_then(|bytes| String::from_utf8(bytes).ok())
            && let Some((user, password)) = plain.split_once(':')
        {
            // The token alone, as people paste it, and the form it has in the field.
            self.vault.keep(value);
            let password = self.secret(password, Kind::Header).unwrap_or_default();
            let user = self.name(user).unwrap_or_else(|| user.to_owned());
            return STANDARD.encode(format!("{user}:{password}"));
        }
        self.secret(value, Kind::Header)
            .unwrap_or_else(|| value.to_owned())
    }

    /// What else a text calls a secret, as it is written and with encodings undone.
    fn named(&mut self, text: &str) -> Option<String> {
        let mut ranges = sensitive::named(text);
        ranges.extend(sensitive::encoded_secrets(text));
        let mut out = Splice::new(text);
        for range in joined(ranges) {
            if let Some(masked) = self.secret(&text[range.clone()], Kind::Member) {
                out.replace(range, &masked);
            }
        }
        out.finish()
    }

    fn known_shapes(&mut self, text: &str) -> Option<String> {
        let mut out = Splice::new(text);
        for range in sensitive::keys(text) {
            if let Some(masked) = self.secret(&text[range.clone()], Kind::Shape) {
                out.replace(range, &masked);
            }
        }
        out.finish()
    }
}

/// Whether `text` looks as if a machine had made it: no word of any language.
pub(super) fn is_opaque(text: &str, least: usize) -> bool {
    let letters = text.bytes().any(|b| b.is_ascii_alphabetic());
    let others = text
        .bytes()
        .any(|b| !b.is_ascii_alphabetic() && !matches!(b, b'-' | b'_' | b'.' | b':'));
    text.len() >= least && letters && others
}

/// Whether `text` looks like a token: long, without blanks, and with a long run of upper and lower
/// letters and digits in it. Paths are none.
pub(super) fn is_token_like(text: &str) -> bool {
    let symbol = |b: u8| b.is_ascii_alphanumeric() || b"._~+/=-".contains(&b);
    let random = |run: &str| {
        run.len() >= 16
            && run.bytes().any(|b| b.is_ascii_digit())
            && run.bytes().any(|b| b.is_ascii_uppercase())
            && run.bytes().any(|b| b.is_ascii_lowercase())
    };
    (24..=20_000).contains(&text.len())
        && !text.starts_with('/')
        && text.bytes().all(symbol)
        && text.split(['/', '.', '-', '_']).any(random)
}

/// `new` if it is not `old`.
pub(super) fn changed(old: &str, new: &str) -> Option<String> {
    (old != new).then(|| new.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(text: &str) -> String {
        let mut scrubber = Scrubber::new([5; 16], false);
        scrubber.shapes(text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn credentials_in_texts_go() {
        for (text, gone) in [
            (
                "DefaultEndpointsProtocol=https;AccountName=c;AccountKey=Zm9vYmFyYmF6cXV4Cg==;EndpointSuffix=x",
                "Zm9vYmFy",
            ),
            ("Server=tcp:db;User ID=u;Password=p w!7;", "w!7"),
            (r#"sent {\"serviceprincipalkey\":\"a b\\\"c9\"} back"#, "c9"),
            ("https://u:hunter2@git.contoso.com/x", "hunter2"),
            (
                "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\\n-----END PRIVATE KEY-----",
                "MIIEvQ",
            ),
            (
                "<publishData><publishProfile userPWD=\"hunter22\" x=\"1\" /></publishData>",
                "hunter22",
            ),
            (
                "<wsse:Password Type=\"t\">hunter2</wsse:Password>",
                "hunter2",
            ),
            ("  token: abcdefgh1234567890\n  x: 1", "abcdefgh"),
            ("?sv=2022&sig=abc%2Fdef1%3D&se=1", "abc%2F"),
            (
                "curl -H 'Authorization: Bearer abcdefghijkl1234'",
                "abcdefghijkl",
            ),
            ("x abc8Q~0123456789012345678901234567890123 y", "8Q~"),
            (
                "pat abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst end",
                "abcdefghij",
            ),
        ] {
            let out = shapes(text);
            assert!(
                !out.contains(gone) && out.contains("REDACTED-"),
                "{text} -> {out}"
            );
        }
    }

    #[test]
    fn a_mask_is_not_taken_for_a_secret() {
        let mut scrubber = Scrubber::new([5; 16], false);
        let script =
            r#"<script>x={"Authorization":"Bearer opaqueTokenValue1234567890abcdef"}</script>"#;
        let out = scrubber.shapes(script).unwrap();
        assert!(!out.contains("opaque"), "{out}");
        let kept: Vec<_> = scrubber.vault.secrets().collect();
        assert_eq!(kept, ["opaqueTokenValue1234567890abcdef"]);
    }

    #[test]
    fn error_texts_stay() {
        for text in [
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the value: not the ID.",
            "Error code: 50058, error_subcode=basic_action",
            r#"{"code":"AuthorizationFailed","message":"no"}"#,
            "the token: expired yesterday, password: wrong",
            "basic authentication is off; bearer realm unknown",
            "Basic authentication/authorization is disabled, Token audience/issuer mismatch",
            "assertion: sc://contoso/Shop/web-prod and token: nil",
            r#"\"accesstoken\":null}"#,
            r#"{\"serviceprincipalkey\":null,\"accesstoken\":\"\"}"#,
            "https://login.microsoftonline.com/common?a=b@c",
        ] {
            assert_eq!(shapes(text), text);
        }
    }
}
