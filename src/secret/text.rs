//! Secrets in URLs and free text, by the name in front of them and by their shape.

use std::sync::OnceLock;

use regex::{Captures, Regex};

use super::MASK;
use super::forms::{is_error_code, is_null_word};
use super::names::{is_secret_header, is_secret_name};
use crate::ingest::body::from_base64;

/// Longest value that is looked for behind a quoted name, in bytes; certificates are shorter.
const MAX_VALUE: usize = 16 << 10;

/// `url` with the values of secret parameters and `user:password@` masked.
pub fn mask_url(url: &str) -> String {
    static USER: OnceLock<Regex> = OnceLock::new();
    static VALUE: OnceLock<Regex> = OnceLock::new();
    // Up to the last `@`: a password may hold one.
    let user = USER.get_or_init(|| pattern(r"^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@"));
    let value = VALUE.get_or_init(|| pattern(r"([?&#;])([^=&#;?]+)=([^&#;]*)"));
    let url = user.replace(url, format!("${{1}}{MASK}@"));
    let masked = value.replace_all(&url, |found: &Captures<'_>| {
        if is_secret_name(&found[2]) && !found[3].is_empty() {
            format!("{}{}={MASK}", &found[1], &found[2])
        } else {
            found[0].to_owned()
        }
    });
    mask_shapes(&masked)
}

/// Free text with everything masked that looks like a credential.
pub fn mask_text(text: &str) -> String {
    // Nothing short and plain is a credential by its shape.
    if text.len() < 40 && !text.contains(['=', ':', '"', '\'', '<']) && !text.contains("Q~") {
        return text.to_owned();
    }
    let masked = mask_members(&mask_wrapped(text, 0));
    let masked = mask_elements(&masked);
    let masked = mask_shapes(&masked);
    mask_pairs(&masked)
}

/// Base64 of a text that holds a secret.
fn mask_wrapped(text: &str, depth: u8) -> String {
    static RUN: OnceLock<Regex> = OnceLock::new();
    let run = RUN.get_or_init(|| pattern(r"[A-Za-z0-9+/_-]{24,}={0,2}"));
    let long = |word: &str| word.len() >= 24;
    if depth > 1
        || !text
            .split(|c: char| !c.is_ascii_alphanumeric() && !"+/-_=".contains(c))
            .any(long)
    {
        return text.to_owned();
    }
    replace(run, text, |found| {
        let plain = String::from_utf8(from_base64(&found[0])?).ok()?;
        let readable = plain.contains([':', '='])
            && !plain.contains(|c: char| c.is_control() && !c.is_whitespace());
        let holds_secret =
            readable && mask_pairs(&mask_members(&mask_wrapped(&plain, depth + 1))) != plain;
        holds_secret.then(|| MASK.to_owned())
    })
}

/// Quoted names with what stands behind them: `"password": "…"`, at any depth of escaping.
fn mask_members(text: &str) -> String {
    static NAME: OnceLock<Regex> = OnceLock::new();
    let name = NAME.get_or_init(|| {
        pattern(r#"\\*["']([A-Za-z_$][A-Za-z0-9_ $.-]{1,60})\\*["'][ \t\r\n]*[:=][ \t\r\n]*"#)
    });
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(found) = name.captures_at(text, done) {
        let whole = found.get(0).expect("group 0 is the match");
        out.push_str(&text[done..whole.end()]);
        done = whole.end();
        if !is_secret_name(&found[1]) {
            continue;
        }
        let Some((inner, end)) = value_behind(&text[done..]) else {
            continue;
        };
        let value = &text[done..][inner.clone()];
        if is_evidence(&found[1], value) {
            continue;
        }
        out.push_str(&text[done..done + inner.start]);
        out.push_str(MASK);
        out.push_str(&text[done + inner.end..done + end]);
        done += end;
    }
    out.push_str(&text[done..]);
    out
}

/// The value at the start of `text`, without and with its quotes or brackets.
fn value_behind(text: &str) -> Option<(std::ops::Range<usize>, usize)> {
    let escapes = text.bytes().take_while(|byte| *byte == b'\\').count();
    let first = *text.as_bytes().get(escapes)?;
    match first {
        b'"' | b'\'' => {
            let start = escapes + 1;
            let end = start + end_of_string(&text[start..], first, escapes);
            let whole = (end + escapes + 1).min(text.len());
            Some((start..end, whole))
        }
        // Whatever a secret's name stands for is not shown, however it is built.
        b'{' | b'[' => {
            let window = crate::peel::clip(text, MAX_VALUE);
            let end = window.rfind(['}', ']']).map_or(window.len(), |at| at + 1);
            let first_end = window.find(['}', ']']).map_or(end, |at| at + 1);
            let nested = window[1..first_end].contains(['{', '[']);
            let end = if nested { end } else { first_end };
            Some((0..end, end))
        }
        _ => {
            let end = text
                .find(|c: char| c.is_whitespace() || ",;}])'\"".contains(c))
                .unwrap_or(text.len());
            (end > 0).then_some((0..end, end))
        }
    }
}

/// Where a string ends that `quote` behind `escapes` backslashes began: at a quote with no more
/// backslashes in front. Where escapes were lost, a quote inside the value is told from the last one
/// by what follows.
fn end_of_string(text: &str, quote: u8, escapes: usize) -> usize {
    let window = crate::peel::clip(text, MAX_VALUE);
    let bytes = window.as_bytes();
    let mut first = None;
    for at in memchr::memchr_iter(quote, bytes) {
        let before = bytes[..at]
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count();
        if before > escapes {
            continue;
        }
        let end = at - before;
        let rest = window[at + 1..].trim_start();
        if rest.is_empty() || rest.starts_with([',', '}', ']', ')', ';', '\\', '&', '>', '/']) {
            return end;
        }
        first = first.or(Some(end));
    }
    first.unwrap_or(window.len())
}

/// XML: `<password>…</password>`.
fn mask_elements(text: &str) -> String {
    static ELEMENT: OnceLock<Regex> = OnceLock::new();
    if !text.contains('<') && !text.contains("&lt;") {
        return text.to_owned();
    }
    let element = ELEMENT.get_or_init(|| {
        pattern(r"((?:<|&lt;)(?:[A-Za-z0-9]+:)?)([A-Za-z_][A-Za-z0-9_.-]+)((?:[ \t\r\n][^<>]*)?(?:>|&gt;))([^<&]+)")
    });
    replace(element, text, |found| {
        let secret = is_secret_name(&found[2]) && !is_evidence(&found[2], &found[4]);
        secret.then(|| format!("{}{}{}{MASK}", &found[1], &found[2], &found[3]))
    })
}

/// Tokens that are known by their shape: JWTs, bearer headers, Entra client secrets, SAS signatures.
///
/// Most texts hold none, and a pattern costs more to compile than such a text to search: each is
/// asked for only where something tells of it.
fn mask_shapes(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let tells = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    let mut masked = text.to_owned();
    let long = || {
        text.split(|c: char| c.is_whitespace())
            .any(|word| word.len() >= 40)
    };
    if tells(&["eyj", "q~", "-----begin"]) || long() {
        masked = shapes().replace_all(&masked, MASK).into_owned();
    }
    if text.contains("://") && text.contains('@') {
        let with = format!("${{1}}{MASK}@");
        masked = user().replace_all(&masked, with).into_owned();
    }
    if tells(&["cookie"]) {
        let with = format!("${{1}}{MASK}");
        masked = cookies().replace_all(&masked, with).into_owned();
    }
    if tells(&["bearer", "basic", "negotiate", "shared"]) {
        masked = replace(schemes(), &masked, |found| {
            // Neither "Basic authentication" nor the parameters of a challenge are a credential.
            let is_lower = |text: &str| {
                text.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            };
            let parameter = found[2].strip_suffix('=').is_some_and(is_lower);
            let word = parameter || (found[2].len() < 15 && is_lower(&found[2]));
            (!word).then(|| format!("{}{MASK}", &found[1]))
        });
    }
    masked
}

fn shapes() -> &'static Regex {
    static SHAPES: OnceLock<Regex> = OnceLock::new();
    SHAPES.get_or_init(|| {
        pattern(concat!(
            r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,4}",
            r"|(?-u:\b)[a-z2-7]{52}(?-u:\b)|(?-u:\b)[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?-u:\b)",
            r"|[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
            r"|-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)"
        ))
    })
}

/// `user:password@` in a URL.
fn user() -> &'static Regex {
    static USER: OnceLock<Regex> = OnceLock::new();
    USER.get_or_init(|| pattern(r"(://)[^/ \t\r\n\x22'<>?#]+@"))
}

fn cookies() -> &'static Regex {
    static COOKIES: OnceLock<Regex> = OnceLock::new();
    COOKIES.get_or_init(|| {
        pattern(
            r"((?i-u:\b(?:set-)?cookie2?)['\x22]?: ?)([^ \t\r\n=;,]+=[^ \t\r\n;]*(?:; ?[^ \t\r\n=;,]+(?:=[^ \t\r\n;]*)?)*)",
        )
    })
}

/// `Bearer …` and the other schemes of `Authorization`.
fn schemes() -> &'static Regex {
    static SCHEMES: OnceLock<Regex> = OnceLock::new();
    SCHEMES.get_or_init(|| {
        pattern(
            r"((?i-u:\b(?:bearer|basic|negotiate|sharedaccesssignature|sharedkey)) +)([^&; \t\r\n\x22',<>{}]{6,})",
        )
    })
}

/// Names without quotes: `client_secret=…`, `X-Api-Key: …`, `AccountKey=…;`.
fn mask_pairs(text: &str) -> String {
    static PAIR: OnceLock<Regex> = OnceLock::new();
    let pair = PAIR.get_or_init(|| {
        pattern(concat!(
            r"(^|[^A-Za-z0-9_.$-])([A-Za-z_][A-Za-z0-9_.-]{1,60})([ \t]?=[ \t]?|[ \t]?:[ \t\r\n]?)",
            r"(\x22[^\x22\n]{3,}\x22?|'[^'\n]{3,}'?|[^&; \t\r\n\x22',<>{}()\[\]]{3,})"
        ))
    });
    let mut out = String::with_capacity(text.len());
    let (mut done, mut from) = (0, 0);
    // The value of one may be the name of the next, so each search starts at the sign before it.
    while let Some(found) = pair.captures_at(text, from) {
        let (name, sign, value) = (&found[2], &found[3], &found[4]);
        let at = found.get(4).expect("the pattern has four groups");
        let secret = is_secret_name(name) || is_secret_header(name);
        if secret && !is_evidence(name, value) && !is_prose(sign, value) {
            out.push_str(&text[done..at.start()]);
            out.push_str(MASK);
            done = at.end();
            from = done;
        } else {
            from = at.start() - 1;
        }
    }
    out.push_str(&text[done..]);
    out
}

/// What messages say of a secret in place of the secret.
const OUTCOMES: &[&str] = &[
    "missing", "required", "expired", "invalid", "empty", "wrong", "revoked", "redacted",
];

/// Behind a colon prose goes on: `token: expired`, `Bearer error="invalid_token"`.
fn is_prose(sign: &str, value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    let word = value
        .trim_end_matches(['.', '!', '?'])
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || b"-/_".contains(&byte));
    if OUTCOMES.contains(&value) {
        return true;
    }
    if sign.contains(':') {
        // The address of a secret, and whom a certificate is for, are not the thing itself.
        let about = value.starts_with("http") || value.starts_with("CN=");
        word || about || value.len() < 6
    } else {
        value.len() < 4
    }
}

/// Values behind a secret's name that are no secret: nothing, a masked one, and the code of an error.
fn is_evidence(name: &str, value: &str) -> bool {
    let bare = value.trim().trim_matches(['"', '\'']).trim();
    let is_code = name.eq_ignore_ascii_case("code") && is_error_code(bare);
    is_null_word(bare) || bare.contains(MASK) || is_code
}

fn replace(pattern: &Regex, text: &str, with: impl Fn(&Captures<'_>) -> Option<String>) -> String {
    pattern
        .replace_all(text, |found: &Captures<'_>| {
            with(found).unwrap_or_else(|| found[0].to_owned())
        })
        .into_owned()
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is a constant and is tested")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lose_their_secrets_and_keep_the_rest() {
        assert_eq!(
            mask_url(
                "https://me:pw@dev.azure.com/o/_apis/x?api-version=7.1&code=abc&SIG=d%2Be#access_token=x"
            ),
            "https://***@dev.azure.com/o/_apis/x?api-version=7.1&code=***&SIG=***#access_token=***"
        );
        assert_eq!(
            mask_url("https://me:p@ss@dev.azure.com/o"),
            "https://***@dev.azure.com/o"
        );
        assert_eq!(
            mask_url("https://dev.azure.com/o?endpointId=0"),
            "https://dev.azure.com/o?endpointId=0"
        );
    }

    #[test]
    fn members_lose_their_values_at_any_depth_of_escaping() {
        for (text, masked) in [
            (
                r#"{"serviceprincipalkey":"p\"w'x","accesstoken":null,"x":"y"}"#,
                r#"{"serviceprincipalkey":"***","accesstoken":null,"x":"y"}"#,
            ),
            (
                r#"{\"password\":\"hunter2\",\"a\":1}"#,
                r#"{\"password\":\"***\",\"a\":1}"#,
            ),
            (
                r#"{\"password\":\"hun\\\"ter2\",\"a\":1}"#,
                r#"{\"password\":\"***\",\"a\":1}"#,
            ),
            // The escapes were lost, as in documentation.
            (
                r#"{"password":"hun"ter2","a":1}"#,
                r#"{"password":"***","a":1}"#,
            ),
            (
                r#"{"password":["one","two"],"a":1}"#,
                r#"{"password":***,"a":1}"#,
            ),
            (r#"{"apitoken":12345678}"#, r#"{"apitoken":***}"#),
            (r#"{"accesstoken":"","a":1}"#, r#"{"accesstoken":"","a":1}"#),
            (
                r#"{"code":"AuthorizationFailed"}"#,
                r#"{"code":"AuthorizationFailed"}"#,
            ),
            (r#"{"code":403,"a":1}"#, r#"{"code":403,"a":1}"#),
            (r#"{"password":"cut off"#, r#"{"password":"***"#),
            (
                r#"<publishProfile userPWD="Zx9!kq" a="b">"#,
                r#"<publishProfile userPWD=*** a="b">"#,
            ),
        ] {
            assert_eq!(mask_text(text), masked);
        }
    }

    #[test]
    fn texts_lose_tokens_by_their_shape() {
        let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
        assert_eq!(mask_text(&format!("got {jwt} back")), "got *** back");
        assert_eq!(mask_text("abc8Q~0123456789012345678901234567890123"), "***");
        for (text, masked) in [
            (
                "Authorization: Bearer abcdefghijklmnop",
                "Authorization: Bearer ***",
            ),
            ("X-Api-Key: abc-123-def", "X-Api-Key: ***"),
            (
                "Cookie: UserAuthentication=ab/c; HostAuthentication=d next",
                "Cookie: *** next",
            ),
            (
                "grant_type=x&client_secret=s3cret&a=b",
                "grant_type=x&client_secret=***&a=b",
            ),
            (
                "redirected with code=0.AXkA12 to",
                "redirected with code=*** to",
            ),
            (
                "AccountName=a;AccountKey=abc+/d==;x=1",
                "AccountName=a;AccountKey=***;x=1",
            ),
            ("<password>Zx9!kq</password>", "<password>***</password>"),
            ("data eyJwYXNzd29yZCI6Imh1bnRlcjIifQ== end", "data *** end"),
            (
                "git https://me:p@ss@host/x failed",
                "git https://***@host/x failed",
            ),
            ("password: Zx9!kq failed", "password: *** failed"),
        ] {
            assert_eq!(mask_text(text), masked);
        }
    }

    #[test]
    fn sentences_stay() {
        for text in [
            "Status Code: 'Forbidden', Response from server: 'x'",
            "code: AuthorizationFailed, token: expired.",
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent",
            "Basic authentication is off; Code=403; error_code=7000222",
            "Status code: unauthorized_client, status message: x; client_secret=missing",
            "Key Vault secret: https://v.vault.azure.net/secrets/db-pass was not found",
            "Bearer authorization_uri=\"https://login.example/x\", certificate: 'CN=abc'",
            "accesstoken: null and accesstoken=null",
            "Value cannot be null. Parameter name: endpointProjectReferences",
        ] {
            assert_eq!(mask_text(text), text);
        }
    }
}
