//! One request that a program makes, in whatever language: its address stands in quotes, its verb
//! near it, and its body is JSON in a string or an object that is written out.

use std::sync::OnceLock;

use regex::Regex;
use serde_json::Value as Json;

use super::super::record::is_payload;
use super::{Asked, Script};
use crate::connection::route::Route;
use crate::exchange::Body;
use crate::ingest::literal::{Names as _, Reader};

/// How many places are tried as the beginning of a body.
const MOST_TRIES: usize = 256;

/// The request of the program `text`; `None` where it makes none about connections, or several.
pub(super) fn request(text: &str, script: &mut Script) -> Option<Asked> {
    let (address, at) = address(text, script)?;
    let method = verb(text, at);
    let body = body(text, script);
    let method = match (method, &body) {
        (Some(method), _) => method.to_ascii_uppercase(),
        // Programs that name no verb send a body with POST, and read without one.
        (None, Some(_)) => "POST".to_owned(),
        (None, None) => return None,
    };
    let sends = matches!(method.as_str(), "POST" | "PUT" | "PATCH");
    let body = match body {
        Some(body) => Body::Text(body.into()),
        None if sends => Body::NotRecorded(Some(
            "the program does not show it as JSON; print it before it is sent".to_owned(),
        )),
        None => Body::Empty,
    };
    Some(Asked {
        method,
        url: address,
        headers: [("Content-Type", "application/json")].into_iter().collect(),
        body,
    })
}

/// The one address of a call about connections that stands in quotes, and where.
fn address(text: &str, script: &mut Script) -> Option<(String, usize)> {
    static QUOTED: OnceLock<Regex> = OnceLock::new();
    static PATH: OnceLock<Regex> = OnceLock::new();
    static HOST: OnceLock<Regex> = OnceLock::new();
    static INSERTED: OnceLock<Regex> = OnceLock::new();
    static VERSION: OnceLock<Regex> = OnceLock::new();
    let of = |cell: &'static OnceLock<Regex>, pattern| {
        cell.get_or_init(|| Regex::new(pattern).expect("constant"))
    };
    let quoted = of(&QUOTED, r#"["'`](https?://[^\s"'`]+)["'`]"#);
    let inserted = of(&INSERTED, r"[$#]?\{[^{}]*\}|\$\([^()]*\)|<[^<>]*>|%[sv]");
    let mut shown = |address: &str| {
        let masked = |found: &regex::Captures<'_>| script.unknown(&found[0]);
        inserted.replace_all(address, masked).into_owned()
    };
    let whole = quoted.captures_iter(text).filter_map(|found| {
        let found = found.get(1)?;
        Some((shown(found.as_str()), found.start()))
    });
    let mut found: Vec<(String, usize)> = whole
        .filter(|(address, _)| Route::parse(address).is_some())
        .collect();
    if found.is_empty() {
        let path = of(
            &PATH,
            r#"["'`](/[^\s"'`]*_apis/serviceendpoint/[^\s"'`]*)["'`]"#,
        );
        let host = of(&HOST, r#"["'`]((?:[a-z0-9-]+\.)+[a-z]{2,})["'`]"#);
        let host = host.captures(text)?[1].to_owned();
        let paths = path.captures_iter(text).filter_map(|found| {
            let found = found.get(1)?;
            Some((
                format!("https://{host}{}", shown(found.as_str())),
                found.start(),
            ))
        });
        found = paths
            .filter(|(address, _)| Route::parse(address).is_some())
            .collect();
    }
    found.dedup_by(|one, other| one.0 == other.0);
    let [(address, at)] = found.as_slice() else {
        return None;
    };
    if address.contains('?') {
        return Some((address.clone(), *at));
    }
    let version = of(
        &VERSION,
        r#"\bapi-version['"]?\s*(?:=>|[:=,])?\s*['"]([0-9][0-9A-Za-z.-]*)['"]"#,
    );
    let query = version
        .captures(text)
        .map_or_else(String::new, |found| format!("?api-version={}", &found[1]));
    Some((format!("{address}{query}"), *at))
}

/// The verb that stands nearest to `at`.
fn verb(text: &str, at: usize) -> Option<&str> {
    static VERB: OnceLock<Regex> = OnceLock::new();
    let verb =
        VERB.get_or_init(|| Regex::new(r"(?i)\b(?:put|post|patch|delete)\b").expect("constant"));
    let found = verb.find_iter(text);
    let nearest = found.min_by_key(|found| found.start().abs_diff(at))?;
    Some(nearest.as_str())
}

/// The JSON of a connection, or of what is verified, that the program holds.
fn body(text: &str, script: &mut Script) -> Option<String> {
    let words = ["authorization", "serviceEndpointDetails"];
    let telling = words.iter().filter_map(|word| text.find(word)).min()?;
    let before = text[..telling].rmatch_indices(['{', '[', '"', '\'', '`']);
    let opens: Vec<usize> = before.map(|(at, _)| at).take(MOST_TRIES).collect();
    // The nearest one may be that of a part.
    opens.into_iter().find_map(|at| {
        if !script.may_read(text.len() - at) {
            return None;
        }
        if text[at..].starts_with(['{', '[']) {
            // In a string it is what the quotes around it make of it.
            let quoted = text[..at]
                .ends_with(['"', '\''])
                .then(|| string(&text[at - 1..], script));
            if let Some(payload) = quoted.flatten() {
                return Some(payload);
            }
            object(&text[at - usize::from(text[..at].ends_with('@'))..], script)
        } else {
            string(&text[at..], script)
        }
    })
}

/// The payload in an object that is written out at the beginning of `text`.
fn object(text: &str, script: &mut Script) -> Option<String> {
    let value = Reader::new(text, script).value()?;
    is_payload(&value).then(|| value.to_json(None))
}

/// The payload in the string that begins with `text`: as it stands there, with its doubled quotes made single,
/// or with its escapes undone.
fn string(text: &str, script: &mut Script) -> Option<String> {
    let quote = text.chars().next()?;
    let inner = text[1..].trim_start_matches(quote);
    if !inner.trim_start().starts_with(['{', '[', '\\']) {
        return None;
    }
    let payload = |text: &str| {
        let json: Json = serde_json::from_str(text.trim()).ok()?;
        let first = json.get(0).unwrap_or(&json);
        let is_payload =
            first["authorization"].is_object() || first["serviceEndpointDetails"].is_object();
        is_payload.then(|| text.trim().to_owned())
    };
    let tripled = [quote; 3].iter().collect::<String>();
    let is_tripled = text.starts_with(&tripled);
    // Raw strings of shells, PHP, Go and others have no escapes, and hold double quotes.
    let bare = if is_tripled {
        inner.split(&tripled).next()
    } else {
        inner.split(quote).next().filter(|_| quote != '"')
    };
    let escaped = |script: &mut Script| {
        let text = bare.filter(|_| is_tripled).unwrap_or(inner);
        Reader::new(text, script).inner((!is_tripled).then_some(quote))
    };
    bare.and_then(payload)
        .or_else(|| payload(&doubled(inner, quote)?))
        .or_else(|| payload(&escaped(script)?))
}

/// The text up to a single `quote`, with doubled ones made single.
fn doubled(text: &str, quote: char) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == quote && chars.next_if_eq(&quote).is_none() {
            return Some(out);
        }
        out.push(c);
    }
    None
}
