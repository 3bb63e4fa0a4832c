//! One request that a program makes, in whatever language: its address stands in quotes, its verb
//! near it, and its body is JSON in a string or an object that is written out.

use std::sync::OnceLock;

use regex::Regex;
use serde_json::Value as Json;

use super::fetch;
use super::value::Value;
use super::{Asked, Script};
use crate::connection::route::Route;
use crate::exchange::{Body, Headers};

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
        Some(body) => Body::Text(body),
        None if sends => Body::NotRecorded(Some(
            "the program does not show it as JSON; print it before it is sent".to_owned(),
        )),
        None => Body::Empty,
    };
    Some(Asked {
        method,
        url: address,
        headers: Headers(vec![(
            "Content-Type".to_owned(),
            "application/json".to_owned(),
        )]),
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
    let before = text[..telling].rmatch_indices(['{', '"', '\'', '`']);
    let opens: Vec<usize> = before.map(|(at, _)| at).take(MOST_TRIES).collect();
    // The nearest one may be that of a part.
    opens.into_iter().find_map(|at| {
        let text = &text[at..];
        if text.starts_with('{') {
            object(text, script)
        } else {
            string(text, script)
        }
    })
}

/// The payload in an object that is written out at the beginning of `text`.
fn object(text: &str, script: &mut Script) -> Option<String> {
    if !script.may_read(text.len()) {
        return None;
    }
    let value = fetch::value(text, script)?;
    is_payload(&value).then(|| value.to_json(None))
}

fn is_payload(value: &Value) -> bool {
    let table = |name: &str| matches!(value.get(name), Some(Value::Table(_)));
    table("authorization") || table("serviceEndpointDetails")
}

/// The payload in the string that begins with `text`: as it stands there, or with escapes undone.
fn string(text: &str, script: &mut Script) -> Option<String> {
    let quote = text.chars().next()?;
    let inner = text[1..].trim_start_matches(quote);
    if !inner.trim_start().starts_with(['{', '[']) && !inner.trim_start().starts_with('\\') {
        return None;
    }
    if !script.may_read(text.len()) {
        return None;
    }
    let payload = |text: &str| {
        let json: Json = serde_json::from_str(text.trim()).ok()?;
        let first = json.get(0).unwrap_or(&json);
        let is_payload =
            first["authorization"].is_object() || first["serviceEndpointDetails"].is_object();
        is_payload.then(|| text.trim().to_owned())
    };
    // Raw strings of shells, PHP, Go and others have no escapes, and hold double quotes.
    let bare = (quote != '"' || text.starts_with("\"\"\"")).then(|| inner.split(quote).next());
    bare.flatten()
        .and_then(payload)
        .or_else(|| payload(&fetch::string(inner, quote, script)?))
}
