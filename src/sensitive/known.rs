//! Secrets that stand in a trace under their names, to be hidden wherever else it quotes them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;
use serde_json::Value as Json;

use super::MASK;
use super::form::{is_time, is_trace_id};
use super::json::{self, Around, mask_value};
use super::layer::{in_every_layer, joined, replaced};
use super::made::is_no_name;
use super::member::kind_of;
use super::names::is_secret_header;
use super::needles::{Needles, SHORTEST};
use super::part::Parts;
use super::shape::shapes;
use super::sighting::{Sighting, of_exchange, of_text};
use super::spelling::{LONGEST, spellings};
use super::text::{mask_strange, mask_text_but, mask_url_but, named, secrets_in};
use crate::connection::types::Types;
use crate::exchange::Exchange;
use crate::exchange::Part;
use crate::json::{Node, Value};
use crate::text::guid::is_guid;
use crate::text::placeholder::{
    is_left_out, is_null_word, is_own_id, is_variable, is_word_of_removal,
};

/// Longer names are none, in bytes.
const LONGEST_NAME: usize = 64;

/// How many names are remembered.
const MOST_NAMES: usize = 20_000;

/// Lines of a secret from this length on, in bytes, are those of a key.
const LONG_LINE: usize = 40;

/// Bytes of all values that are looked for; no honest trace has as many.
const MOST: usize = 1 << 20;

/// Bytes of those among them that nothing calls a secret. Where they stand they are hidden anyway.
const MOST_UNSURE: usize = 32 << 10;

/// The secrets of one or more traces. They show themselves to nobody, `Debug` included.
#[derive(Default)]
pub struct Known {
    values: BTreeSet<String>,
    /// Ids that stand somewhere as such: typed into the wrong field they are still no secret.
    ids: BTreeSet<String>,
    /// Names that stand somewhere as such, and look like a password because numbers are in them.
    names: BTreeSet<String>,
    bytes: usize,
    /// How many bytes of them nothing calls a secret.
    unsure: usize,
    sweeps: OnceLock<[Sweep; 2]>,
    types: Types,
    /// Finds what stands behind a name that a user's type calls a secret.
    named: Option<Regex>,
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Known({MASK})")
    }
}

impl Known {
    /// None yet, where the members of `types` are known.
    pub fn of(types: &Types) -> Self {
        Self {
            types: types.clone(),
            named: behind_names(types),
            ..Self::default()
        }
    }

    /// Takes the secrets of an exchange, whose bodies may have been parsed.
    pub fn learn(&mut self, exchange: &Exchange, bodies: [Option<&Node>; 2]) {
        let types = self.types.clone();
        of_exchange(exchange, bodies, &types, &mut |sighting| {
            self.take(&sighting);
        });
        for (body, is_answer) in bodies.into_iter().zip([false, true]) {
            if let Some(body) = body {
                self.take_ids(body, Around::whole(&types), is_answer);
            }
        }
    }

    /// Takes the secrets of a text that was given as it is.
    pub fn learn_text(&mut self, text: &str) {
        let types = self.types.clone();
        of_text(text, Part::Text, &types, &mut |sighting| {
            self.take(&sighting);
        });
        for range in named(text).into_iter().chain(self.behind_own_names(text)) {
            self.keep(&text[range]);
        }
    }

    /// Takes a name that the API lists as one, unless it can be told to be something else.
    fn take_name(&mut self, name: &str) {
        let name = name.trim();
        let is_name = (SHORTEST..=LONGEST_NAME).contains(&name.len())
            && name.contains(|c: char| c.is_ascii_digit())
            && !is_no_name(name)
            && shapes(name).is_empty();
        if is_name && self.names.len() < MOST_NAMES {
            self.names.insert(name.to_owned());
        }
    }

    /// Whether `word` is a name of the trace.
    pub(super) fn is_name(&self, word: &str) -> bool {
        self.names.contains(word)
    }

    /// Forgets what is a word of everybody's: hiding it would take the messages apart that say it.
    pub(crate) fn forget(&mut self, is_common: impl Fn(&str) -> bool) {
        self.values.retain(|value| !is_common(value));
        self.sweeps = OnceLock::new();
    }

    /// Takes what another one knows.
    pub fn append(&mut self, other: Self) {
        if self.values.is_empty() && self.ids.is_empty() && self.names.is_empty() {
            // What the other one prepared for its search is of use still.
            let own = std::mem::replace(self, other);
            if self.types.own().is_empty() {
                (self.types, self.named) = (own.types, own.named);
            }
            return;
        }
        for value in other.values {
            self.keep(&value);
        }
        self.unsure += other.unsure;
        self.ids.extend(other.ids);
        self.names.extend(other.names);
    }

    fn take(&mut self, sighting: &Sighting<'_>) {
        let value = sighting.value.trim();
        // Something unknown may be an address or a word that stands everywhere.
        if !sighting.certain {
            let is_known = !is_distinct(value) || value.contains("://") || is_guid(value);
            if is_known || self.unsure + value.len() > MOST_UNSURE {
                return;
            }
            self.unsure += value.len();
        }
        let name = sighting.name.to_ascii_lowercase();
        if name.ends_with("cookie") {
            for pair in value.split(';') {
                let (_, value) = pair.split_once('=').unwrap_or(("", pair));
                self.keep(value.trim());
            }
            return;
        }
        self.take_inner(value);
        // `Bearer …`
        let bare = value.rsplit_once(' ').map_or(value, |(_, token)| token);
        if is_secret_header(&name) && bare != value {
            self.keep(bare);
        }
        self.keep(value);
    }

    /// What is secret inside of a secret: the tokens of a configuration, the lines of a key.
    fn take_inner(&mut self, value: &str) {
        if !value.contains(['=', ':', '\n']) {
            return;
        }
        for range in named(value) {
            self.keep(&value[range]);
        }
        for line in value.lines().filter(|line| line.len() >= LONG_LINE) {
            self.keep(line.trim());
        }
    }

    fn keep(&mut self, value: &str) {
        let fits = value.len() >= SHORTEST && self.bytes + value.len() <= MOST;
        let is_none =
            is_mask(value) || is_variable(value) || is_own_id(value) || is_left_out(value);
        if fits && !is_none && self.values.insert(value.to_owned()) {
            self.bytes += value.len();
            self.sweeps = OnceLock::new();
        }
    }

    /// Takes the ids of a body, and the names that an answer lists as such.
    fn take_ids(&mut self, node: &Node, around: Around<'_>, is_answer: bool) {
        match &node.value {
            Value::String(text) if is_guid(text) && !around.is_secret(text) => {
                self.ids.insert(text.as_str().to_ascii_lowercase());
            }
            Value::Object(members) => {
                for member in members {
                    let inside = around.inside(&member.key);
                    match member.value.as_str() {
                        Some(name) if is_answer && inside.is_a_name(&member.key) => {
                            self.take_name(name);
                        }
                        _ => self.take_ids(&member.value, inside, is_answer),
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.take_ids(item, around, is_answer);
                }
            }
            _ => {}
        }
    }

    /// A text of the trace without any of the secrets.
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let [distinct, words] = self.sweeps();
        match (hide(text, &[distinct, words]), &self.named) {
            (hidden, None) => hidden,
            (hidden, Some(_)) => {
                let named = in_every_layer(&hidden, &|text| self.behind_own_names(text));
                match replaced(&hidden, &named, MASK) {
                    Cow::Borrowed(_) => hidden,
                    Cow::Owned(hidden) => Cow::Owned(hidden),
                }
            }
        }
    }

    /// What stands behind a name that a user's type calls a secret.
    fn behind_own_names(&self, text: &str) -> Vec<Range<usize>> {
        let all = self
            .named
            .iter()
            .flat_map(|named| named.captures_iter(text));
        let values = all.filter_map(|found| found.get(1));
        let shown = |value: &str| {
            value == MASK || is_null_word(value) || is_variable(value) || is_own_id(value)
        };
        let secret = values.filter(|value| !shown(value.as_str()));
        secret.map(|value| value.range()).collect()
    }

    /// The surroundings of the value at `pointer` of a body.
    pub(crate) fn around(&self, pointer: &str) -> Around<'_> {
        Around::at(&self.types, pointer)
    }

    /// The types whose members are known.
    pub fn types(&self) -> &Types {
        &self.types
    }

    /// A captured body without any secret, known or told by its name or shape.
    pub fn mask_body<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match json::body(text, Around::whole(&self.types), self) {
            Cow::Borrowed(text) => self.hide(text),
            Cow::Owned(masked) => Cow::Owned(self.hide(&masked).into_owned()),
        }
    }

    /// One value of a trace as it may be shown on a line.
    pub fn mask_text(&self, text: &str) -> String {
        let names = |word: &str| self.is_name(word);
        let masked = mask_text_but(&self.hide(text), &names);
        if masked.contains("://") {
            mask_url_but(&masked, &names)
        } else {
            masked
        }
    }

    /// An id or a time that a header told: of one in another form only the plain words.
    pub(crate) fn mask_id(&self, text: &str) -> String {
        if is_trace_id(text) || is_time(text) {
            return text.to_owned();
        }
        self.mask_text(&mask_strange(text))
    }

    /// A value of a captured body without any secret, known or told by the names around it.
    pub(crate) fn mask_value(&self, around: Around<'_>, value: &Json) -> Json {
        self.hide_in(mask_value(around, value))
    }

    fn hide_in(&self, value: Json) -> Json {
        match value {
            Json::String(text) => self.hide(&text).into(),
            Json::Array(items) => items.into_iter().map(|item| self.hide_in(item)).collect(),
            Json::Object(members) => members
                .into_iter()
                .map(|(key, value)| (key, self.hide_in(value)))
                .collect(),
            other => other,
        }
    }

    /// A URL of a trace as it may be shown.
    pub fn mask_url(&self, url: &str) -> String {
        mask_url_but(&self.hide(url), &|word| self.is_name(word))
    }

    /// Where `text` holds a secret: one of these, or one that is told by its name or shape.
    pub(crate) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let [distinct, words] = self.sweeps();
        let find =
            |text: &str| -> Vec<Range<usize>> { [distinct.find(text), words.find(text)].concat() };
        let mut ranges = in_every_layer(text, &find);
        if self.named.is_some() {
            ranges.extend(in_every_layer(text, &|text| self.behind_own_names(text)));
        }
        ranges.extend(secrets_in(text, &|word| self.is_name(word)));
        joined(ranges)
    }

    /// Where one of these stands in `text`, in any spelling, that is no word of everybody's.
    pub(crate) fn quoted_in(&self, text: &str) -> Vec<Range<usize>> {
        let [distinct, _] = self.sweeps();
        in_every_layer(text, &|text| distinct.find(text))
    }

    /// How many they are.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// An output, our own words included, without any secret that could not be one of these words.
    pub fn hide_in_output<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let [distinct, _] = self.sweeps();
        hide(text, &[distinct])
    }

    /// Those that are told from our own words, and the others.
    fn sweeps(&self) -> &[Sweep; 2] {
        self.sweeps.get_or_init(|| {
            let is_id =
                |value: &str| self.ids.contains(&value.to_ascii_lowercase()) || self.is_name(value);
            let values = self.values.iter().map(String::as_str);
            let (distinct, words): (Vec<&str>, Vec<&str>) = values
                .filter(|value| !is_id(value))
                .partition(|value| is_distinct(value));
            [Sweep::of(&distinct), Sweep::of(&words)]
        })
    }
}

/// Finds `name: value` and its like for the names that a user's types call secrets. A name that the
/// API or a built-in type has as well says nothing outside of the maps of a connection.
fn behind_names(types: &Types) -> Option<Regex> {
    let names = types.own_secrets().filter(|name| kind_of(name).is_none());
    let names: Vec<String> = names.map(regex::escape).collect();
    let pattern = format!(
        r#"(?i)\b(?:{})["']?\s{{0,9}}(?:=>|[:=])\s{{0,9}}["']?([^\s"',;&<>\[\]{{}}]+)"#,
        names.join("|")
    );
    (!names.is_empty()).then(|| Regex::new(&pattern).ok())?
}

/// Secrets prepared for looking through texts.
struct Sweep {
    whole: Needles,
    parts: Parts,
}

impl Sweep {
    fn of(values: &[&str]) -> Self {
        let short = values.iter().filter(|value| value.len() <= LONGEST);
        Self {
            whole: Needles::new(short.flat_map(|value| spellings(value))),
            parts: Parts::of(values.iter().copied()),
        }
    }

    fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.parts.is_empty()
    }

    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = self.whole.find(text);
        found.extend(self.parts.find(text));
        found
    }
}

fn hide<'t>(text: &'t str, sweeps: &[&Sweep]) -> Cow<'t, str> {
    if sweeps.iter().all(|sweep| sweep.is_empty()) {
        return Cow::Borrowed(text);
    }
    let find = |text: &str| sweeps.iter().flat_map(|sweep| sweep.find(text)).collect();
    replaced(text, &in_every_layer(text, &find), MASK)
}

/// Whether somebody put a mask in the place of a value. A secret may hold the letters of one.
fn is_mask(value: &str) -> bool {
    let marks = |c: char| "*xX-\u{2022}\u{2588}\u{25cf}".contains(c);
    let lower = value.to_ascii_lowercase();
    value.chars().all(marks) || lower.contains("redacted") || is_word_of_removal(&lower)
}

/// Whether a value can be told from our own words: letters and digits, or a sentence of its own.
fn is_distinct(value: &str) -> bool {
    let has = |is: fn(char) -> bool| value.chars().any(is);
    let letters = has(char::is_alphabetic);
    (letters && has(|c| c.is_ascii_digit()) && value.len() >= 8)
        || (letters && has(|c| !c.is_alphanumeric() && !"-_. ".contains(c)) && value.len() >= 8)
        || value.len() >= 24
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Body, Request};
    use crate::json;

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
            body: Body::Text(body.into()),
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
            headers: [
                ("Authorization", "Basic OnBhdDEyMw=="),
                ("Cookie", "a=cookie-1; b=cookie-2"),
            ]
            .into_iter()
            .collect(),
            body: Body::Text("client_secret=form-s3cret&x=open-value".to_owned().into()),
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
