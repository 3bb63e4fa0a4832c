//! Secrets that stand in a trace under their names, to be hidden wherever else it quotes them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use super::MASK;
use super::json::{Around, mask_body};
use super::names::{is_secret_header, is_secret_name};
use super::spelling::{encoded, escaped};
use super::text::{mask_text, mask_url};
use crate::endpoint::route::{is_guid, pairs};
use crate::exchange::{Exchange, Headers};
use crate::finding::Part;
use crate::json::{self, Node, Value};
use crate::peel::peel;
use crate::render::sanitize;

/// Shorter values are hidden where they stand under their name, and are too common to look for elsewhere.
const SHORTEST: usize = 6;

/// Longer values are certificates and files, which nobody quotes.
const LONGEST: usize = 16 << 10;

/// Bytes of all values that are looked for; no honest trace has as many.
const MOST: usize = 1 << 20;

/// Largest body of another host that is searched, in bytes; answers with tokens are small.
const MAX_BODY: usize = 64 << 10;

/// A secret under its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting<'a> {
    /// The part of the exchange it stands in.
    pub part: Part,
    /// RFC 6901 pointer into a JSON body.
    pub pointer: Option<String>,
    /// The name it stands under, as written.
    pub name: String,
    /// The secret.
    pub value: Cow<'a, str>,
    /// Whether the name says that it is one; else it is something unknown in `parameters`.
    pub certain: bool,
}

/// Calls `see` for every secret of `exchange` that stands under a name; `bodies` are its request and
/// response, if they are JSON.
pub fn of_exchange(
    exchange: &Exchange,
    bodies: [Option<&Node>; 2],
    see: &mut dyn FnMut(Sighting<'_>),
) {
    let response = exchange.response.as_ref();
    of_headers(&exchange.request.headers, Part::RequestHeaders, see);
    if let Some(response) = response {
        of_headers(&response.headers, Part::ResponseHeaders, see);
    }
    of_url(&exchange.request.url, see);
    let texts = [
        exchange.request.body.text(),
        response.and_then(|response| response.body.text()),
    ];
    let parts = [Part::RequestBody, Part::ResponseBody];
    for ((part, body), text) in parts.into_iter().zip(bodies).zip(texts) {
        match (body, text) {
            (Some(body), _) => of_json(body, part, see),
            (None, Some(text)) => of_text(text, part, see),
            (None, None) => {}
        }
    }
}

fn of_headers(headers: &Headers, part: Part, see: &mut dyn FnMut(Sighting<'_>)) {
    for (name, value) in &headers.0 {
        if is_secret_header(name) {
            see(Sighting {
                part,
                pointer: None,
                name: name.clone(),
                value: Cow::Borrowed(value),
                certain: true,
            });
        }
    }
}

fn of_url(url: &str, see: &mut dyn FnMut(Sighting<'_>)) {
    let part = Part::RequestUrl;
    let query = url.split_once(['?', '#']).map_or("", |(_, query)| query);
    of_pairs(&query.replace('#', "&"), part, see);
    let authority = url.split_once("://").map_or("", |(_, rest)| {
        rest.split(['/', '?', '#']).next().unwrap_or_default()
    });
    if let Some((user, _)) = authority.rsplit_once('@') {
        let password = user.split_once(':').map_or(user, |(_, password)| password);
        see(Sighting {
            part,
            pointer: None,
            name: "password".to_owned(),
            value: Cow::Borrowed(password),
            certain: true,
        });
    }
}

/// `a=b&c=d` of a query or a form.
fn of_pairs(text: &str, part: Part, see: &mut dyn FnMut(Sighting<'_>)) {
    for (name, value) in pairs(text) {
        if is_secret_name(&name) {
            see(Sighting {
                part,
                pointer: None,
                name,
                value: Cow::Owned(value),
                certain: true,
            });
        }
    }
}

/// A body that was not parsed: JSON of another host, or a form.
fn of_text(text: &str, part: Part, see: &mut dyn FnMut(Sighting<'_>)) {
    if text.len() > MAX_BODY {
        return;
    }
    if text.trim_start().starts_with(['{', '[']) {
        if let Ok(body) = json::parse(text) {
            of_json(&body, part, see);
        }
    } else if text.contains('=') && !text.trim().contains(char::is_whitespace) {
        of_pairs(text, part, see);
    }
}

fn of_json(body: &Node, part: Part, see: &mut dyn FnMut(Sighting<'_>)) {
    walk(
        body,
        Around::default(),
        "",
        "",
        &mut |pointer, name, value, certain| {
            see(Sighting {
                part,
                pointer: Some(pointer.to_owned()),
                name: name.to_owned(),
                value: Cow::Borrowed(value),
                certain,
            });
        },
    );
}

/// Sees pointer, name, value, and whether the name says that it is a secret.
type See<'s> = &'s mut dyn FnMut(&str, &str, &str, bool);

fn walk(node: &Node, around: Around, at: &str, name: &str, see: See<'_>) {
    match &node.value {
        Value::String(text) | Value::Number(text) if around.is_secret(text) => {
            see(at, name, text, true);
        }
        // JSON in a string, as `azureSpnPermissions` is.
        Value::String(text) if text.trim_start().starts_with('{') && text.len() < MAX_BODY => {
            if let Ok(inner) = json::parse(text) {
                walk(&inner, around, at, name, &mut |_, name, text, certain| {
                    see(at, name, text, certain);
                });
            }
        }
        Value::String(text) | Value::Number(text) if around.is_hidden(text) => {
            see(at, name, text, false);
        }
        Value::Object(members) => {
            let named = node.pair_name();
            for member in members {
                // Below a secret's name even a name may be one.
                if around.is_secret(&member.key) {
                    see(at, name, &member.key, true);
                }
                let inside = around.of_pair(named, &member.key);
                let at = json::pointer::push(at, &member.key);
                walk(&member.value, inside, &at, &member.key, see);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, around, &format!("{at}/{index}"), name, see);
            }
        }
        _ => {}
    }
}

/// The secrets of one or more traces. They show themselves to nobody, `Debug` included.
#[derive(Default)]
pub struct Known {
    values: BTreeSet<String>,
    /// Ids that stand somewhere as such: typed into the wrong field they are still no secret.
    ids: BTreeSet<String>,
    bytes: usize,
    sweeps: OnceLock<[Option<AhoCorasick>; 2]>,
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Known({MASK})")
    }
}

impl Known {
    /// Takes the secrets of an exchange, whose bodies may have been parsed.
    pub fn learn(&mut self, exchange: &Exchange, bodies: [Option<&Node>; 2]) {
        of_exchange(exchange, bodies, &mut |sighting| self.take(&sighting));
        for body in bodies.into_iter().flatten() {
            self.take_ids(body, Around::default());
        }
    }

    /// Takes the secrets of a text that was given as it is.
    pub fn learn_text(&mut self, text: &str) {
        of_text(text, Part::Text, &mut |sighting| self.take(&sighting));
    }

    /// Takes what another one knows.
    pub fn append(&mut self, other: Self) {
        for value in other.values {
            self.keep(&value);
        }
        self.ids.extend(other.ids);
    }

    fn take(&mut self, sighting: &Sighting<'_>) {
        let value = sighting.value.trim();
        // Something unknown may be an address or a word that stands everywhere.
        if !sighting.certain && (!is_distinct(value) || value.contains("://") || is_guid(value)) {
            return;
        }
        let name = sighting.name.to_ascii_lowercase();
        if name.ends_with("cookie") {
            for pair in value.split(';') {
                let (_, value) = pair.split_once('=').unwrap_or(("", pair));
                self.keep(value.trim());
            }
            return;
        }
        // `Bearer …`
        let bare = value.rsplit_once(' ').map_or(value, |(_, token)| token);
        if is_secret_header(&name) && bare != value {
            self.keep(bare);
        }
        self.keep(value);
    }

    fn keep(&mut self, value: &str) {
        let fits = (SHORTEST..=LONGEST).contains(&value.len()) && self.bytes < MOST;
        if fits && !is_mask(value) && self.values.insert(value.to_owned()) {
            self.bytes += value.len();
            self.sweeps = OnceLock::new();
        }
    }

    fn take_ids(&mut self, node: &Node, around: Around) {
        match &node.value {
            Value::String(text) if is_guid(text) && !around.is_secret(text) => {
                self.ids.insert(text.to_ascii_lowercase());
            }
            Value::Object(members) => {
                for member in members {
                    self.take_ids(&member.value, around.inside(&member.key));
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.take_ids(item, around);
                }
            }
            _ => {}
        }
    }

    /// A text of the trace without any of the secrets.
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        hidden(self.sweeps()[0].as_ref(), text)
    }

    /// A captured body without any secret, known or told by its name or shape.
    pub fn mask_body<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match mask_body(text) {
            Cow::Borrowed(text) => self.hide(text),
            Cow::Owned(masked) => Cow::Owned(self.hide(&masked).into_owned()),
        }
    }

    /// One value of a trace as it may be shown on a line.
    pub fn mask_text(&self, text: &str) -> String {
        let masked = mask_text(&self.hide(text));
        if masked.contains("://") {
            mask_url(&masked)
        } else {
            masked
        }
    }

    /// An output, our own words included, without any secret that could not be one of these words.
    pub fn hide_in_output<'t>(&self, text: &'t str) -> Cow<'t, str> {
        hidden(self.sweeps()[1].as_ref(), text)
    }

    fn sweeps(&self) -> &[Option<AhoCorasick>; 2] {
        self.sweeps.get_or_init(|| {
            let secrets = || {
                let is_id = |value: &String| self.ids.contains(&value.to_ascii_lowercase());
                self.values.iter().filter(move |value| !is_id(value))
            };
            [
                automaton(&secrets().flat_map(|value| spellings(value)).collect()),
                automaton(
                    &secrets()
                        .filter(|value| is_distinct(value))
                        .flat_map(|value| spellings(value))
                        .collect(),
                ),
            ]
        })
    }
}

fn automaton(patterns: &BTreeSet<String>) -> Option<AhoCorasick> {
    if patterns.is_empty() {
        return None;
    }
    AhoCorasickBuilder::new()
        // Patterns come from the trace, and a DFA of a long one that repeats itself takes minutes to build.
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(patterns)
        .ok()
}

fn hidden<'t>(sweep: Option<&AhoCorasick>, text: &'t str) -> Cow<'t, str> {
    match sweep {
        Some(sweep) if sweep.is_match(text) => {
            let mut out = String::with_capacity(text.len());
            sweep.replace_all_with(text, &mut out, |_, _, out| {
                out.push_str(MASK);
                true
            });
            Cow::Owned(out)
        }
        _ => Cow::Borrowed(text),
    }
}

/// Whether somebody put a mask in the place of a value. A secret may hold the letters of one.
fn is_mask(value: &str) -> bool {
    let marks = |c: char| "*xX-\u{2022}\u{2588}\u{25cf}".contains(c);
    value.chars().all(marks) || value.to_ascii_lowercase().contains("redacted")
}

/// Whether a value can be told from our own words: letters and digits, or a sentence of its own.
fn is_distinct(value: &str) -> bool {
    let has = |is: fn(char) -> bool| value.chars().any(is);
    let letters = has(char::is_alphabetic);
    (letters && has(|c| c.is_ascii_digit()) && value.len() >= 8)
        || (letters && has(|c| !c.is_alphanumeric() && !"-_. ".contains(c)) && value.len() >= 8)
        || value.len() >= 24
}

/// The ways in which a trace, a peeled text and our own outputs write a value.
fn spellings(value: &str) -> BTreeSet<String> {
    let entities = value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;");
    let plain = percent_decode_str(value).decode_utf8_lossy().into_owned();
    let all = [
        value.to_owned(),
        escaped(value),
        escaped(&escaped(value)),
        encoded(value),
        encoded(value).replace("%20", "+"),
        STANDARD.encode(value),
        // As Basic sends a token.
        STANDARD.encode(format!(":{value}")),
        entities,
        peel(value),
        sanitize::line(value),
        plain,
    ];
    all.into_iter()
        .filter(|spelling| spelling.len() >= SHORTEST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Body, Request};

    fn known(request: Request) -> Known {
        let body = request.body.text().and_then(|text| json::parse(text).ok());
        let exchange = Exchange {
            request,
            ..Exchange::default()
        };
        let mut known = Known::default();
        known.learn(&exchange, [body.as_ref(), None]);
        known
    }

    fn with_body(body: &str) -> Known {
        known(Request {
            body: Body::Text(body.to_owned()),
            ..Request::default()
        })
    }

    #[test]
    fn a_secret_is_hidden_wherever_it_is_quoted() {
        let known = with_body(
            r#"{"authorization":{"parameters":{"serviceprincipalkey":"a'b\"<7>&c"}},"note":"{\"token\":[\"deep-0001\"]}"}"#,
        );
        for quoted in [
            r#"no a'b"<7>&c here"#,
            r#"no a'b\"<7>&c here"#,
            r#"no a'b\\\"<7>&c here"#,
            "no a%27b%22%3C7%3E%26c here",
            "no a&#39;b&quot;&lt;7&gt;&amp;c here",
        ] {
            assert_eq!(known.hide(quoted), "no *** here");
            assert_eq!(known.hide_in_output(quoted), "no *** here");
        }
        assert_eq!(known.hide("DEEP-0001 ZGVlcC0wMDAx"), "*** ***");
        assert_eq!(format!("{known:?}"), "Known(***)");
    }

    #[test]
    fn headers_urls_and_forms_are_learned_too() {
        let known = known(Request {
            url: "https://me:p@ss-w0rd@host/x?sig=abc%2B123".to_owned(),
            headers: Headers(vec![
                ("Authorization".into(), "Basic OnBhdDEyMw==".into()),
                ("Cookie".into(), "a=cookie-1; b=cookie-2".into()),
            ]),
            body: Body::Text("client_secret=form-s3cret&x=open-value".to_owned()),
            ..Request::default()
        });
        let text =
            "p@ss-w0rd abc+123 abc%2B123 OnBhdDEyMw== cookie-1 cookie-2 form-s3cret open-value";
        assert_eq!(known.hide(text), "*** *** *** *** *** *** *** open-value");
    }

    #[test]
    fn words_are_hidden_in_texts_of_the_trace_only_and_ids_nowhere() {
        let id = "7c1f0a52-3d84-4e19-9b60-5a2e8d417f33";
        let known = with_body(&format!(
            r#"{{"password":"warning","serviceprincipalid":"{id}","serviceprincipalkey":"{id}"}}"#
        ));
        assert_eq!(known.hide("a warning"), "a ***");
        assert_eq!(known.hide_in_output("a warning"), "a warning");
        assert_eq!(known.hide(id), id);
    }
}
