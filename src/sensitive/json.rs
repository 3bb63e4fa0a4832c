//! Secrets in JSON: by the names above a value, in `parameters` by default, and by shape.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value as Json;

use super::layer::{joined, replaced};
use super::made::is_digest;
use super::member::{self, Kind};
use super::names::{is_open_parameter, is_secret_header, is_secret_name};
use super::pair::{is_mixed, parameters};
use super::text::{mask_strange, mask_text_but, mask_url_but};
use super::{Known, MASK, mask_text};
use crate::connection::types::Types;
use crate::json::{self, Member, Node, Value, pointer};
use crate::text::codes;
use crate::text::guid::is_guid;
use crate::text::placeholder::is_error_code;
use crate::text::placeholder::{is_null_word, is_variable};

/// What the names above a value say about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'t> {
    name: Name,
    /// Which map of a connection the value is a member of.
    map: Map,
    /// The types of connections whose members are known.
    types: &'t Types,
}

/// The maps of a connection, in which every type has members of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Map {
    #[default]
    None,
    /// `authorization.parameters`: what is not known there may be a credential.
    Parameters,
    /// `data`: what is not known there is shown where its form says that it is harmless.
    Data,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Name {
    /// Nothing above is called like a secret.
    #[default]
    Open,
    /// `code`: that of an error body is a word or a number, that of a sign-in is a secret.
    Code,
    /// A member that the API has: shown unless its value looks as if a machine had made it.
    Declared(Kind),
    /// A name that people give: shown unless it holds signs that names do not have as well.
    Named,
    /// Free text: shown where it is nothing but words.
    Prose,
    /// A member that no API has, or of which nothing is known: only its plain words are shown.
    Odd,
    /// What a service calls a state or a kind of failure, in a word or a few.
    Coded,
    /// A member of `data` that no type declares, or inside of one.
    Undeclared,
    /// A member of `parameters` that is not known to be harmless, or inside of one.
    Unknown,
    /// Something above is called like a secret.
    Secret,
}

impl Default for Around<'static> {
    fn default() -> Self {
        Self::whole(Types::built_in())
    }
}

impl<'t> Around<'t> {
    /// The surroundings of a whole body.
    pub(crate) fn whole(types: &'t Types) -> Self {
        Self {
            name: Name::Odd,
            map: Map::default(),
            types,
        }
    }

    /// The surroundings of the value at `pointer`.
    pub(crate) fn at(types: &'t Types, pointer: &str) -> Self {
        let tokens = pointer::tokens(pointer).unwrap_or_default();
        tokens
            .iter()
            .fold(Self::whole(types), |around, token| around.inside(token))
    }

    /// The surroundings of the member called `key` of an object in these surroundings.
    #[must_use]
    pub(crate) fn inside(self, key: &str) -> Self {
        let above = match self.name {
            // What is said of a member's value is not said of what is inside of it.
            Name::Declared(_) | Name::Named | Name::Prose | Name::Odd | Name::Coded => Name::Open,
            above => above,
        };
        let kind = member::kind_in(self.types, key);
        let name = match above {
            Name::Secret => Name::Secret,
            _ if key.eq_ignore_ascii_case("code") => Name::Code,
            _ if is_secret_name(key) => Name::Secret,
            _ if self.map != Map::None && self.types.is_own_secret(key) => Name::Secret,
            Name::Open if self.map == Map::Parameters && !is_open_parameter(key) => Name::Unknown,
            Name::Open if self.map == Map::Data && kind.is_none() => Name::Undeclared,
            Name::Open if key.eq_ignore_ascii_case("description") => Name::Prose,
            Name::Open if self.map != Map::None => match kind {
                Some(Kind::Name | Kind::Person) => Name::Named,
                Some(Kind::Sentence) | None => Name::Open,
                Some(kind) => Name::Declared(kind),
            },
            Name::Open if matches!(kind, None | Some(Kind::Unknown)) => Name::Odd,
            Name::Open if kind == Some(Kind::Code) => Name::Coded,
            above => above,
        };
        let map = if key.eq_ignore_ascii_case("parameters") {
            Map::Parameters
        } else if ["data", "authorization"]
            .iter()
            .any(|map| key.eq_ignore_ascii_case(map))
        {
            Map::Data
        } else {
            Map::None
        };
        Self { name, map, ..self }
    }

    /// Tells of each member of the object `node` in which surroundings its value stands: below a name, beside
    /// a name that says what it is, in an object that says of itself that it is a secret, in a service endpoint.
    pub(crate) fn of_members(self, node: &Node) -> impl Fn(&Member) -> Self {
        let named = node.pair_name();
        let declared = ["isSecret", "isConfidential"];
        let is_secret = declared
            .iter()
            .any(|name| node.get(name).and_then(Node::as_bool) == Some(true));
        let around = if is_secret {
            self.declared_secret()
        } else if self.map == Map::None && node.get("authorization").is_some() {
            self.of_endpoint()
        } else {
            self
        };
        move |member| {
            around
                .of_pair(named, &member.key)
                .of_header(&member.key, member.value.as_str())
        }
    }

    /// The surroundings of the `value` of an object that says in its `name` or `key` what it is.
    fn of_pair(self, named: Option<&str>, key: &str) -> Self {
        let around = self.inside(key);
        let secret = |name: &str| is_secret_name(name) || is_secret_header(name);
        let holds = ["value", "val", "default", "defaultValue", "content", "text"];
        let holds = holds.iter().any(|own| key.eq_ignore_ascii_case(own));
        if holds && named.is_some_and(secret) {
            return Self {
                name: Name::Secret,
                ..around
            };
        }
        around
    }

    /// The surroundings of a header field in JSON, if `value` is its text. An `authorization` that was
    /// encoded twice is none.
    fn of_header(self, key: &str, value: Option<&str>) -> Self {
        let is_field = value.is_some_and(|text| !text.trim_start().starts_with(['{', '[']));
        if is_field && is_secret_header(key) {
            return Self {
                name: Name::Secret,
                ..self
            };
        }
        self
    }

    /// The surroundings of the members of an object that says of itself that it is a secret.
    fn declared_secret(self) -> Self {
        Self {
            name: Name::Secret,
            ..self
        }
    }

    /// The surroundings of the members of a service endpoint.
    fn of_endpoint(self) -> Self {
        Self {
            map: Map::Data,
            ..self
        }
    }

    /// Whether a member called `key` here is the name of something.
    pub(super) fn is_a_name(self, key: &str) -> bool {
        matches!(self.name, Name::Open | Name::Named)
            && matches!(member::kind_of(key), Some(Kind::Name | Kind::Person))
    }

    /// Whether even the names of members are not shown.
    fn hides_names(self) -> bool {
        matches!(self.name, Name::Secret | Name::Unknown)
    }

    /// Whether a value here is a secret because of the names above it.
    pub(crate) fn is_secret(self, text: &str) -> bool {
        let is_evidence = is_null_word(text.trim());
        match self.name {
            Name::Open
            | Name::Declared(_)
            | Name::Named
            | Name::Prose
            | Name::Odd
            | Name::Coded
            | Name::Undeclared
            | Name::Unknown => false,
            Name::Code => !is_evidence && !is_error_code(text),
            Name::Secret => !is_evidence,
        }
    }

    /// Whether a value here is not shown: a secret, or something unknown in `parameters`.
    pub(crate) fn is_hidden(self, text: &str) -> bool {
        self.is_secret(text)
            || match self.name {
                Name::Unknown => !is_null_word(text.trim()),
                Name::Undeclared => !is_harmless(text.trim()) && !codes::is_numbered(text),
                // What a list holds stands behind no name of its own.
                Name::Odd => is_unknown_word(text.trim()),
                Name::Declared(kind) => {
                    looks_made(text.trim())
                        || is_misplaced(kind, text.trim())
                        || kind != Kind::Id && is_digest(text.trim())
                }
                Name::Named => {
                    looks_made(text.trim()) && text.contains(|c: char| "!~^$%&*=+#@".contains(c))
                        || is_digest(text.trim())
                }
                Name::Prose => !is_prose(text),
                _ => false,
            }
    }

    /// A string as it may be shown; `None` if it may be shown as it is.
    fn string(self, text: &str, known: &Known) -> Option<String> {
        if self.is_hidden(text) {
            return Some(MASK.to_owned());
        }
        let masked = if text.trim_start().starts_with(['{', '[']) {
            // Names above a string count for the JSON in it, as where `parameters` was encoded twice.
            body(text, self, known).into_owned()
        } else if matches!(self.name, Name::Odd | Name::Coded)
            || self.name == Name::Undeclared && codes::is_numbered(text)
        {
            mask_text(&mask_strange(text))
        } else {
            let names = |word: &str| known.is_name(word);
            let masked = mask_text_but(text, &names);
            if text.contains("://") {
                mask_url_but(&masked, &names)
            } else {
                masked
            }
        };
        (masked != text).then_some(masked)
    }
}

/// Whether a text is one word of small letters that no API says; a short one is a word of everybody's.
fn is_unknown_word(text: &str) -> bool {
    let small = |byte: u8| byte.is_ascii_lowercase() || b"-_".contains(&byte);
    text.len() >= LONG_WORD && text.bytes().all(small) && member::kind_of(text).is_none()
}

/// Words of so many letters that nobody knows may be a password, in bytes.
const LONG_WORD: usize = 10;

/// Whether the form of a value says that it opens nothing: an id, a switch, a number, a host or an
/// address without parameters, a variable, or JSON, which is looked into.
fn is_harmless(text: &str) -> bool {
    let symbol = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:/[]".contains(&byte);
    let address = text
        .strip_prefix("https://")
        .or(text.strip_prefix("http://"));
    is_null_word(text)
        || is_guid(text)
        || is_variable(text)
        || text.starts_with(['{', '['])
        || (text.len() <= 10
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte)))
        || address.is_some_and(|rest| rest.bytes().all(symbol))
        || is_prose(text) && !text.contains(char::is_whitespace) && !is_unknown_word(text)
}

/// Whether a value with digits cannot be what its member is for: a path without a slash, a time that is none.
fn is_misplaced(kind: Kind, text: &str) -> bool {
    matches!(kind, Kind::Path | Kind::Time | Kind::Version | Kind::Number)
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && !kind.fits(text)
        && !is_harmless(text)
}

/// Whether a value of a member that the API has looks as if a machine had made it: small and capital
/// letters and digits in one word, and neither an id, an address nor a path.
fn looks_made(text: &str) -> bool {
    let is_id = |byte: u8| byte.is_ascii_hexdigit() || b"-{}()".contains(&byte);
    text.len() >= 8
        && is_mixed(text)
        && !text.contains(char::is_whitespace)
        && !text.contains(['/', '{', '$', '[', '<'])
        && !text.bytes().all(is_id)
}

/// Whether a text is nothing but words, ids and punctuation.
fn is_prose(text: &str) -> bool {
    text.split_whitespace().all(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let letters = |c: char| c.is_alphabetic() || "'\u{2019}-/_.,&".contains(c);
        let short = word.len() <= 5
            && word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
        short || is_guid(word) || word.chars().all(letters) || is_null_word(word)
    })
}

/// `value` in `around` with everything masked that is, or may be, a secret.
pub(crate) fn mask_value(around: Around<'_>, value: &Json) -> Json {
    let masked = body(&value.to_string(), around, &Known::default()).into_owned();
    serde_json::from_str(&masked).unwrap_or_else(|_| MASK.into())
}

/// A captured body as a report may show it: every secret masked, every other byte as it was.
/// Borrowed if there were none, so that a caller can tell.
pub fn mask_body(text: &str) -> Cow<'_, str> {
    body(text, Around::default(), &Known::default())
}

/// Like [`mask_body`], for a text in `around`, and with what is `known` hidden in every string.
pub(super) fn body<'t>(text: &'t str, around: Around<'_>, known: &Known) -> Cow<'t, str> {
    let Ok(root) = json::parse(text) else {
        let masked = mask_text_but(text, &|word| known.is_name(word));
        let masked = known.hide(&mask_form(&masked)).into_owned();
        let masked = mask_parts(&masked).into_owned();
        return if masked == text {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(masked)
        };
    };
    let mut cuts = Vec::new();
    mark(&root, around, known, &mut cuts);
    if cuts.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (span, with) in cuts {
        out.push_str(&text[from..span.start]);
        out.push_str(&with);
        from = span.end;
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// A page, a document of XML or one of several parts without what nobody knows in it; any other text as it is.
fn mask_parts(text: &str) -> Cow<'_, str> {
    if text.trim_start().starts_with(['<', '-']) {
        mask_strange(text)
    } else {
        Cow::Borrowed(text)
    }
}

/// A form without the odd values of parameters that nobody knows; any other text as it is.
fn mask_form(text: &str) -> Cow<'_, str> {
    let is_form = text.contains('=')
        && !text.trim().contains(char::is_whitespace)
        && text.split('&').all(|pair| pair.contains('='));
    if !is_form {
        return Cow::Borrowed(text);
    }
    let query = format!("?{text}");
    match replaced(&query, &joined(parameters(&query)), MASK) {
        Cow::Owned(masked) => Cow::Owned(masked[1..].to_owned()),
        Cow::Borrowed(_) => Cow::Borrowed(text),
    }
}

/// Collects the values to mask, in order of their place.
fn mark(node: &Node, around: Around<'_>, known: &Known, cuts: &mut Vec<(Range<usize>, String)>) {
    let hide = |text: &str| match known.hide(text) {
        Cow::Owned(hidden) => Some(hidden),
        Cow::Borrowed(_) => None,
    };
    match &node.value {
        Value::Object(members) if around.hides_names() && !members.is_empty() => {
            cuts.push((node.span(), format!("\"{MASK}\"")));
        }
        Value::Object(members) => {
            let inside = around.of_members(node);
            for member in members {
                let inside = inside(member);
                let key = mask_text(&member.key);
                if let Some(key) = hide(&key).or((key != member.key).then_some(key)) {
                    cuts.push((member.key_span(), Json::from(key).to_string()));
                }
                mark(&member.value, inside, known, cuts);
            }
        }
        Value::Array(items) => {
            for item in items {
                mark(item, around, known, cuts);
            }
        }
        Value::String(text) => {
            let masked = around.string(text, known);
            let hidden = hide(masked.as_deref().unwrap_or(text)).or(masked);
            if let Some(masked) = hidden {
                cuts.push((node.span(), Json::from(masked).to_string()));
            }
        }
        Value::Number(number) if around.is_hidden(number) => {
            cuts.push((node.span(), format!("\"{MASK}\"")));
        }
        Value::Number(_) | Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_go_and_every_other_byte_stays() {
        let sent = r#"{ "a":1e3, "authorization":{"parameters":{"tenantid":"t","serviceprincipalkey":"pw","accesstoken":null,"x":"y","n":7}} }"#;
        assert_eq!(
            mask_body(sent),
            r#"{ "a":1e3, "authorization":{"parameters":{"tenantid":"t","serviceprincipalkey":"***","accesstoken":null,"x":"***","n":"***"}} }"#
        );
        assert_eq!(
            mask_body(r#"{"token":{"inner":["s"]},"tokens":["s"],"url":"https://u:p@h/?sig=1"}"#),
            r#"{"token":"***","tokens":["***"],"url":"https://***@h/?sig=***"}"#
        );
        assert_eq!(
            mask_body(r#"{"parameters":"{\"tenantid\":\"t\",\"odd\":\"s\"}"}"#),
            r#"{"parameters":"{\"tenantid\":\"t\",\"odd\":\"***\"}"}"#
        );
        assert_eq!(
            mask_body(r#"{"inner":"{\"token\":[\"s\"],\"n\":null}"}"#),
            r#"{"inner":"{\"token\":[\"***\"],\"n\":null}"}"#
        );
    }

    #[test]
    fn a_body_without_secrets_is_left_alone() {
        for sent in [
            r#"{"error":{"code":"AuthorizationFailed"},"accesstoken":"","password":null}"#,
            r#"{"serviceprincipalkey":"null","code":403}"#,
            r#"{"error":{"code":"Authorization_RequestDenied"},"code":"AADSTS7000215"}"#,
            "no JSON",
        ] {
            assert!(
                matches!(mask_body(sent), Cow::Borrowed(text) if text == sent),
                "{sent}"
            );
        }
        assert_eq!(
            mask_body("Authorization: Bearer abcdefghijklmnop"),
            "Authorization: Bearer ***"
        );
    }

    #[test]
    fn of_lists_and_pages_only_plain_words_stay() {
        for (sent, shown) in [
            (
                r#"["az","login","-p","leitersichel"]"#,
                r#"["az","login","-p","***"]"#,
            ),
            (r#"["E98DQXFDJX31TF"]"#, r#"["***"]"#),
            (
                "<html><title>Error VIULDWB9JO79PK</title>refused</html>",
                "<html><title>Error ***</title>refused</html>",
            ),
            (r#"{"severity":"nickelwillow53"}"#, r#"{"severity":"***"}"#),
            (
                r#"{"data":{"odd":{"message":"AADSTS7000215: Invalid client secret provided"}}}"#,
                r#"{"data":{"odd":{"message":"AADSTS7000215: Invalid client secret provided"}}}"#,
            ),
        ] {
            assert_eq!(mask_body(sent), shown);
        }
    }

    #[test]
    fn a_secrets_name_counts_for_everything_below_it() {
        let around = Around::at(Types::built_in(), "/authorization/parameters/apitoken");
        assert_eq!(
            mask_value(around, &json!([["s", 12, true, null, ""], {"s": 1}])),
            json!([["***", "***", true, null, ""], "***"])
        );
        assert_eq!(
            mask_value(
                Around::at(Types::built_in(), "/authorization/parameters"),
                &json!({"role": "x", "odd": {"y": 1}})
            ),
            json!({"role": "x", "odd": "***"})
        );
        let pairs = json!([{"name": "X-Api-Key", "value": "s"}, {"key": "scope", "value": "open"}]);
        assert_eq!(
            mask_value(Around::default(), &pairs),
            json!([{"name": "X-Api-Key", "value": "***"}, {"key": "scope", "value": "open"}])
        );
        assert_eq!(
            mask_value(Around::at(Types::built_in(), "/data/0"), &json!("plain")),
            json!("plain")
        );
    }
}
