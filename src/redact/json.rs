//! JSON of any depth: strings are replaced where they stand, and every other byte stays.

use super::alias::is_alias;
use super::loose::Loose;
use super::mask::{Kind, MARK};
use super::scrub::Scrubber;
use super::shape::is_opaque;
use super::text::is_url;
use super::{object, vocabulary};
use crate::json::{self, Node, Value};
use crate::sensitive::{is_open_parameter, is_secret_header, is_secret_name};
use crate::sensitive::{is_template_word, is_variable, looks_masked};
use crate::text::guid::is_guid;

/// What the place of a value says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing.
    Plain,
    /// It is `authorization`.
    Authorization,
    /// It is in `authorization.parameters`.
    Parameters,
    /// It is below something called a secret.
    Secret,
}

impl Place {
    /// The place of the member `key` of something at this place.
    pub(super) fn below(self, key: &str) -> Self {
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        match self {
            Self::Secret => Self::Secret,
            Self::Authorization if is("parameters") => Self::Parameters,
            _ if is_secret_member(key) => Self::Secret,
            _ if is("authorization") => Self::Authorization,
            Self::Parameters => Self::Parameters,
            _ => Self::Plain,
        }
    }
}

/// A text that is copied with some of its parts replaced.
pub(super) struct Splice<'t> {
    text: &'t str,
    out: String,
    at: usize,
}

impl<'t> Splice<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            out: String::new(),
            at: 0,
        }
    }

    /// Puts `new` in the place of `range`, which lies behind all ranges before.
    pub(super) fn replace(&mut self, range: std::ops::Range<usize>, new: &str) {
        self.out.push_str(&self.text[self.at..range.start]);
        self.out.push_str(new);
        self.at = range.end;
    }

    /// Puts `new` in the place of `part`, which is a slice of the text.
    pub(super) fn replace_part(&mut self, part: &str, new: &str) {
        let start = part.as_ptr().addr() - self.text.as_ptr().addr();
        self.replace(start..start + part.len(), new);
    }

    /// The copy; `None` if nothing was replaced.
    pub(super) fn finish(mut self) -> Option<String> {
        if self.at == 0 {
            return None;
        }
        self.out.push_str(&self.text[self.at..]);
        Some(self.out)
    }
}

/// `text` as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Scrubber {
    /// A text that begins like JSON; the outer `None` says that it is none, also no broken one.
    #[expect(
        clippy::option_option,
        reason = "whether it is one and whether it changes are two answers"
    )]
    pub(super) fn json(&mut self, text: &str) -> Option<Option<String>> {
        self.json_at(text, Place::Plain)
    }

    #[expect(
        clippy::option_option,
        reason = "whether it is one and whether it changes are two answers"
    )]
    fn json_at(&mut self, text: &str, place: Place) -> Option<Option<String>> {
        match json::parse(text) {
            Ok(node) => {
                let mut out = Splice::new(text);
                self.value("", &node, place, &mut out);
                Some(out.finish())
            }
            // Cut or too deep: what is there is read without a tree.
            Err(_) if Loose::looks_like_json(text) => Some(self.loose(text, place)),
            Err(_) => None,
        }
    }

    fn value(&mut self, key: &str, node: &Node, place: Place, out: &mut Splice<'_>) {
        match &node.value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => {
                // A short number is a port or a switch.
                let unknown =
                    place == Place::Parameters && !is_open_parameter(key) && number.len() > 3;
                let secret = place == Place::Secret || unknown;
                if secret {
                    self.vault.keep(number);
                }
                if secret || self.swept(number).is_some() {
                    self.counts.add(Kind::Member);
                    out.replace(node.span.clone(), "0");
                }
            }
            Value::String(text) => {
                if let Some(new) = self.string(key, text, place) {
                    out.replace(node.span.clone(), &quoted(&new));
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.value(key, item, place, out);
                }
            }
            Value::Object(members) => {
                let named = object::names_of(node);
                let in_error = node.get("message").is_some() || key.eq_ignore_ascii_case("error");
                let pair = node.pair_name();
                let is_secret =
                    pair.is_some_and(|name| is_secret_member(name) || is_secret_header(name));
                for member in members {
                    // Below a secret's name even a name may be one.
                    let new = if place == Place::Secret {
                        self.secret(&member.key, Kind::Member)
                    } else {
                        self.flat(&member.key)
                    };
                    if let Some(new) = new {
                        out.replace(member.key_span.clone(), &quoted(&new));
                    }
                    if in_error && member.key.eq_ignore_ascii_case("code") {
                        continue;
                    }
                    let below = if is_secret && member.key.eq_ignore_ascii_case("value") {
                        Place::Secret
                    } else {
                        place.below(&member.key)
                    };
                    let is_name = below != Place::Secret
                        && (named.contains(&member.key.to_ascii_lowercase().as_str())
                            || object::is_name(&member.key));
                    match &member.value.value {
                        Value::String(text)
                            if below != Place::Secret
                                && is_secret_header(&member.key)
                                && !text.trim_start().starts_with(['{', '[']) =>
                        {
                            if let Some(new) = self.header_value(&member.key, text) {
                                out.replace(member.value.span.clone(), &quoted(&new));
                            }
                        }
                        Value::String(text) if is_name && !is_url(text) => {
                            if let Some(new) = self.name(text) {
                                out.replace(member.value.span.clone(), &quoted(&new));
                            }
                        }
                        _ => self.value(&member.key, &member.value, below, out),
                    }
                }
            }
        }
    }

    /// A string called `key`.
    pub(super) fn string(&mut self, key: &str, text: &str, place: Place) -> Option<String> {
        if text.trim().is_empty() {
            return None;
        }
        if place != Place::Secret
            && text.trim_start().starts_with('{')
            && let Some(inner) = self.deeper(|own| own.json_at(text, place))
        {
            return inner;
        }
        if place == Place::Secret || is_secret_name(key) && is_opaque(text, 12) {
            return self.secret(text, Kind::Member);
        }
        if place == Place::Parameters && !is_open_parameter(key) {
            return self.parameter(text);
        }
        if object::is_id(key) {
            return self.id(key, text);
        }
        if object::is_domain(key) && text.contains('.') && !text.contains([' ', '/', '@']) {
            let host = self.host(text.trim());
            return Some(text.replace(text.trim(), &host)).filter(|new| new != text);
        }
        if object::is_address(key) {
            return self.address(text).or_else(|| self.leaf(text));
        }
        if object::is_personal(key) {
            return self.name(text);
        }
        self.field(text)
    }

    fn deeper<T>(&mut self, inside: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth >= 8 {
            return None;
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }

    /// A member of `authorization.parameters` that nobody knows.
    fn parameter(&mut self, text: &str) -> Option<String> {
        let bare = text.trim();
        let harmless = ["true", "false"]
            .iter()
            .any(|word| bare.eq_ignore_ascii_case(word))
            || (bare.len() <= 3 && bare.bytes().all(|b| b.is_ascii_digit()));
        if harmless {
            return None;
        }
        if is_url(bare) {
            return self.leaf(text);
        }
        self.suspect(text, Kind::Parameter)
    }

    /// A string where an id belongs. Whatever is wrong with it stays wrong in the same way.
    fn id(&mut self, key: &str, text: &str) -> Option<String> {
        let bare = text.trim();
        if self.keep_ids {
            self.vault.ids.insert(bare.to_ascii_lowercase());
            return None;
        }
        if vocabulary::is_masked(bare) || is_variable(bare) || looks_masked(bare) {
            return None;
        }
        if let Some(new) = self.leaf(text) {
            // No id and no mask either: what was wrong with it stays wrong.
            let masked = new.contains(MARK);
            return Some(if masked { self.aliases.name(bare) } else { new });
        }
        let hex = bare.bytes().filter(u8::is_ascii_hexdigit).count();
        let rest = bare
            .bytes()
            .filter(|b| !b.is_ascii_hexdigit() && !b"-{}() \"'".contains(b))
            .count();
        let known = bare.trim_matches(['{', '}', '(', ')', '"', '\'']);
        let stays = vocabulary::is_known_guid(known) || is_alias(known);
        if (is_guid(known) && stays) || looks_like_template(bare) {
            return None;
        }
        if hex >= 8 && rest <= 2 {
            self.counts.add(Kind::Guid);
            return Some(self.aliases.digits(text));
        }
        let is_tenant = key.to_ascii_lowercase().ends_with("tenantid");
        if is_tenant && bare.contains('.') && !bare.contains(char::is_whitespace) {
            let host = self.host(bare);
            return Some(text.replace(bare, &host)).filter(|new| new != text);
        }
        let is_word = bare.contains('/') || vocabulary::is_common(bare);
        if is_word { None } else { self.name(text) }
    }
}

/// Whether a member's name says that its value is a secret. `code` is mostly the code of an error.
fn is_secret_member(key: &str) -> bool {
    is_secret_name(key) && !key.eq_ignore_ascii_case("code")
}

/// What templates put where an id belongs: evidence, and nobody's id.
fn looks_like_template(text: &str) -> bool {
    (text.starts_with('<') && text.ends_with('>'))
        || (text.starts_with('[') && text.ends_with(']'))
        || is_template_word(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        let mut scrubber = Scrubber::new([8; 16], false);
        let _ = scrubber.leaf(text);
        scrubber.start_over();
        scrubber.leaf(text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn evidence_stays_byte_by_byte() {
        for text in [
            r#"{ "accesstoken" : null,"serviceprincipalkey":"", "n": 1.50, "a":[true , {}] }"#,
            r#"{"authorization":{"scheme":"ServicePrincipal","parameters":{"authenticationType":"spnKey","accesstoken":" ","serviceprincipalkey":"$(key)","x":"***","y":"true"}}}"#,
            r#"{"error":{"code":"AuthorizationFailed","message":"no"},"code":"VS403463"}"#,
            r#"{"data":{"environment":"AzureCloud","scopeLevel":"Subscription","creationMode":"Automatic"},"type":"azurerm","url":"https://management.azure.com/","isReady":false}"#,
            r#"{"tenantid":"YOUR_TENANT_ID","serviceprincipalid":"00000000-0000-0000-0000-000000000000"}"#,
        ] {
            assert_eq!(json(text), text);
        }
    }

    #[test]
    fn secrets_go_at_any_depth_and_in_any_casing() {
        for (text, gone) in [
            (
                r#"{"a":[{"b":{"ServicePrincipalKey":"hunter2-x"}}]}"#,
                "hunter2",
            ),
            (
                r#"{"authorization":{"parameters":{"brandNewThing":"abcdefgh"}}}"#,
                "abcdefgh",
            ),
            (
                r#"{"authorization":"{\"parameters\":{\"brandNewThing\":\"abcdefgh\"}}"}"#,
                "abcdefgh",
            ),
            (r#"{"secret":{"inner":["s3cretvalue"]}}"#, "s3cretvalue"),
            (
                r#"{"x":"{\"y\":\"{\\\"apitoken\\\":\\\"hunter2-x\\\"}\"}"}"#,
                "hunter2",
            ),
            (
                r#"{"authorization":{"parameters":{"accesstoken":"cut off here 1"#,
                "cut off",
            ),
            (r#"{"password":12345678}"#, "12345678"),
            (
                r#"{"token":"4711081542230917","n":4711081542230917,"m":"is 4711081542230917?"}"#,
                "4711081542230917",
            ),
        ] {
            let out = json(text);
            assert!(!out.contains(gone), "{text} -> {out}");
        }
    }

    #[test]
    fn ids_and_names_become_aliases_wherever_they_stand() {
        let text = r#"{"id":"9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d","name":"contoso-prod","authorization":{"parameters":{"tenantid":"contoso.com","serviceprincipalid":"{3d4e5f60-7182-4394-a5b6-c7d8e9f0a1b2}"}},"createdBy":{"displayName":"Jane Doe","uniqueName":"jane@contoso.com"},"operationStatus":{"statusMessage":"contoso-prod of Jane Doe for 9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d"},"data":{"subscriptionId":"1111-2222-3333"}}"#;
        let out = json(text);
        for gone in [
            "contoso",
            "Jane",
            "jane",
            "9a8b7c6d",
            "3d4e5f60",
            "1111-2222-3333",
        ] {
            assert!(!out.contains(gone), "{gone} in {out}");
        }
        let node = json::parse(&out).unwrap();
        let name = node.str("name").unwrap();
        assert!(out.matches(name).count() == 2, "{out}");
    }
}
