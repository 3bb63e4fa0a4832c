//! One value by what it is about: kept, or an alias or a placeholder in its place.
//!
//! What may be the fault stays whatever the value is: that it is `null`, empty or a word for it, the
//! blanks around it, its letter case, digits that are missing, a variable that nobody filled in.

use std::collections::HashSet;

use super::alias::Aliases;
use super::count::{Counts, Fate};
use super::hosts;
use super::sentence::Names;
use crate::rules::vocabulary;
use crate::sensitive::form::{is_number, is_time, is_trace_id, is_version, may_be_word};
use crate::sensitive::member::{self, Kind};
use crate::sensitive::{
    Known, OWN_MARK, is_error_code, is_null_word, is_own_id, is_secret_name, is_template_word,
    is_variable, looks_masked,
};
use crate::text::codes;
use crate::text::guid::{self, is_guid};
use crate::text::sanitize::is_padding;
use crate::text::url::split_scheme;

/// From this length on the length of a secret tells what kind it is, and does not help to guess it.
const TELLING_LENGTH: usize = 20;

/// Longest message of a service, in bytes.
const LONGEST_MESSAGE: usize = 16 << 10;

/// How many texts may be wrapped in each other.
const MOST_LEVELS: u8 = 8;

/// Makes the parts of a copy.
pub(super) struct Copier<'a> {
    pub(super) aliases: Aliases,
    /// Ids, names and addresses stay.
    pub(super) keep_ids: bool,
    /// The secrets of the trace.
    pub(super) known: &'a Known,
    /// The names that the trace uses.
    pub(super) names: Names,
    /// Members that findings are about: their names stay.
    pub(super) pointed: HashSet<String>,
    pub(super) counts: Counts,
    /// Words that may be names of people and folders stay: without them the text would be judged otherwise.
    pub(super) as_said: bool,
    /// How many texts in texts we are in.
    depth: u8,
}

impl<'a> Copier<'a> {
    pub(super) fn new(salt: [u8; 16], keep_ids: bool, known: &'a Known, names: Names) -> Self {
        Self {
            aliases: Aliases::new(salt),
            keep_ids,
            known,
            names,
            pointed: HashSet::new(),
            counts: Counts::default(),
            as_said: false,
            depth: 0,
        }
    }

    /// What a copy holds in place of `text`.
    pub(super) fn value(&mut self, kind: Kind, text: &str) -> String {
        let bare = text.trim_matches(is_padding);
        if is_evidence(bare) {
            return text.to_owned();
        }
        let new = if is_variable(bare) {
            self.variable(bare)
        } else {
            match kind {
                Kind::Id => self.id(bare),
                Kind::Trace => self.trace_id(bare),
                Kind::Name => self.name(bare),
                Kind::Person => self.person(bare),
                Kind::Host if is_http(bare) => self.address(bare),
                Kind::Host => self.host(bare),
                Kind::Word => self.word(bare),
                Kind::Code => self.code(bare),
                Kind::Address => self.address_or_text(bare),
                Kind::Sentence => self.told(bare),
                Kind::Path => self.path_or_scopes(bare),
                Kind::Subject => self.subject(bare),
                Kind::Time => self.fitting(bare, is_time),
                Kind::Version => self.fitting(bare, is_version),
                Kind::Number => self.fitting(bare, is_number),
                Kind::Media => media(bare),
                Kind::Challenge => self.challenge(bare),
                Kind::Credential => self.credential(bare),
                Kind::Unknown => self.unknown(bare),
            }
        };
        let at = text.len() - text.trim_start_matches(is_padding).len();
        let mut behind = &text[at + bare.len()..];
        // A line break behind many lines is no fault; behind the one that stands for them it would be.
        if bare.contains('\n') && !new.contains('\n') {
            behind = behind.trim_end_matches(['\r', '\n']);
        }
        format!("{}{new}{behind}", &text[..at])
    }

    /// Whether `text` may stay because ids and names may.
    pub(super) fn keeps(&self, text: &str) -> bool {
        self.keep_ids && self.known.find(text).is_empty()
    }

    /// A placeholder: the length where that is harmless, and letters that tell whether two were the same.
    pub(super) fn placeholder(&mut self, text: &str) -> String {
        self.counts.add(Fate::Replaced);
        let length = text.chars().count();
        let tag = self.aliases.tag(text);
        if length >= TELLING_LENGTH {
            format!("{OWN_MARK}{length}-{tag}")
        } else {
            format!("{OWN_MARK}{tag}")
        }
    }

    /// Whether the API or a type of connection has a member called `name`.
    pub(super) fn has_member(&self, name: &str) -> bool {
        member::kind_in(self.known.types(), name).is_some()
    }

    /// `$(name)` and its like: that it is one stays.
    fn variable(&mut self, text: &str) -> String {
        if self.keeps(text) {
            return text.to_owned();
        }
        let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let known = |word: &str| {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            word.is_empty() || vocabulary::is_common(word) || self.has_member(word)
        };
        words
            .map(|word| {
                if known(word)
                    || ["env", "secrets", "variables"]
                        .iter()
                        .any(|own| word.starts_with(own))
                {
                    word.to_owned()
                } else {
                    self.aliases.name(word)
                }
            })
            .collect()
    }

    /// Something that stands where an id belongs. Whatever is wrong with it stays wrong in the same way.
    pub(super) fn id(&mut self, text: &str) -> String {
        if self.keeps(text) {
            return text.to_owned();
        }
        if let Some(range) = guid_in(text) {
            let (front, back) = (&text[..range.start], &text[range.end..]);
            let id = self.guid(&text[range.clone()]);
            if front.starts_with('/') || front.contains("://") {
                return self.path(text);
            }
            if (front.to_owned() + back)
                .chars()
                .all(|c| !c.is_alphanumeric())
            {
                return format!("{front}{id}{back}");
            }
        }
        if let Some(mask) = mask_of_others(text) {
            return mask;
        }
        if is_template(text) {
            return self.template(text);
        }
        let hex = text.bytes().filter(u8::is_ascii_hexdigit).count();
        let rest = |byte: &u8| !byte.is_ascii_hexdigit() && !b"-{}() \"'".contains(byte);
        let others = text.bytes().filter(rest).count();
        // The same id with its dashes elsewhere has to stay the same id.
        if hex == 32 && others == 0 {
            return self.guid(text);
        }
        if hex >= 8 && others <= 2 && text.bytes().any(|byte| byte.is_ascii_digit()) {
            self.counts.add(Fate::Id);
            return self.aliases.digits(text);
        }
        if text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.to_owned();
        }
        if text.starts_with('/') {
            return self.path(text);
        }
        if text.contains("://") {
            return self.address_or_text(text);
        }
        if text.contains('@') {
            return self.person(text);
        }
        if text.contains('.') && !text.contains(char::is_whitespace) {
            return self.host(text);
        }
        self.name(text)
    }

    /// Another GUID of the same spelling.
    pub(super) fn guid(&mut self, id: &str) -> String {
        if self.keeps(id) || vocabulary::is_known_guid(id) || is_own_id(id) {
            return id.to_owned();
        }
        self.counts.add(Fate::Id);
        self.aliases.guid(id)
    }

    /// An id that support looks up: a GUID, or one with a region and a time in front.
    fn trace_id(&mut self, text: &str) -> String {
        if is_trace_id(text) {
            self.counts.add(Fate::Trace);
            text.to_owned()
        } else {
            self.unknown(text)
        }
    }

    /// A name that people gave to something.
    pub(super) fn name(&mut self, text: &str) -> String {
        let quotes = |c: char| "'\"\u{201c}\u{201d}".contains(c);
        let bare = text.trim_matches(quotes);
        if self.keeps(text)
            || bare.eq_ignore_ascii_case("DefaultCollection")
            || vocabulary::is_masked(bare)
            || !bare.chars().any(char::is_alphanumeric)
        {
            return text.to_owned();
        }
        if is_guid(bare) {
            let id = self.guid(bare);
            return text.replacen(bare, &id, 1);
        }
        if let Some(mask) = mask_of_others(bare) {
            return text.replacen(bare, &mask, 1);
        }
        if is_template(bare) {
            return self.template(text);
        }
        if bare.contains('@') && !bare.contains(char::is_whitespace) {
            return self.person(text);
        }
        self.counts.add(Fate::Name);
        let at = text.find(bare).unwrap_or_default();
        let alias = self.variables_in(bare);
        format!("{}{alias}{}", &text[..at], &text[at + bare.len()..])
    }

    /// The alias of a name in which a variable may stand that nobody filled in.
    fn variables_in(&mut self, name: &str) -> String {
        let Some(start) = name.find("$(").filter(|_| name.contains(')')) else {
            return self.aliases.name(name);
        };
        let end = name[start..]
            .find(')')
            .map_or(name.len(), |at| start + at + 1);
        let (front, back) = (&name[..start], &name[end..]);
        let own = |copier: &mut Self, part: &str| {
            if part.is_empty() {
                String::new()
            } else {
                copier.aliases.name(part)
            }
        };
        let variable = &name[start..end];
        format!(
            "{}{}{}",
            own(self, front),
            self.variable(variable),
            own(self, back)
        )
    }

    /// A mail address or sign-in name; anything else there is a name.
    pub(super) fn person(&mut self, text: &str) -> String {
        if self.keeps(text) {
            return text.to_owned();
        }
        self.counts.add(Fate::Person);
        match text.rsplit_once('@') {
            Some((local, domain)) if !text.contains(char::is_whitespace) => {
                self.aliases.email(local, "@", domain)
            }
            _ => self.aliases.name(text),
        }
    }

    /// A host or domain.
    pub(super) fn host(&mut self, text: &str) -> String {
        if self.keeps(text) || hosts::is_public_host(text) || hosts::is_nearly_known(text) {
            return text.to_owned();
        }
        let is_address = text.starts_with('[')
            || text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
        self.counts.add(Fate::Host);
        if is_address {
            return self.aliases.address(text);
        }
        if text.contains(|c: char| c.is_whitespace() || "/:?#@".contains(c)) {
            return self.placeholder(text);
        }
        self.aliases.host(text)
    }

    /// A word of the API, whose spelling may be the fault.
    fn word(&mut self, text: &str) -> String {
        // Of several words at least one is said of everybody; a person's name has none.
        let mut words = text.split_whitespace();
        let is_word = may_be_word(text)
            && self.known.find(text).is_empty()
            && (!text.contains(' ') || words.any(vocabulary::is_common));
        let known = || vocabulary::is_common(text) || is_number(text) && text.len() <= 3;
        if is_word || known() || is_type(text) || self.known.types().of(text).is_some() {
            text.to_owned()
        } else {
            self.unknown(text)
        }
    }

    /// What a service calls a failure, a type or a state.
    fn code(&mut self, text: &str) -> String {
        if is_error_code(text) || is_type(text) || is_number(text) && text.len() <= 12 {
            text.to_owned()
        } else if text.contains(' ') {
            self.told(text)
        } else {
            self.unknown(text)
        }
    }

    /// What a service says: a sentence, or JSON that says it.
    fn told(&mut self, text: &str) -> String {
        if text.starts_with(['{', '[']) {
            return self.deeper(text, Self::json);
        }
        self.sentence(text)
    }

    /// A value that stays if it fits what stands there.
    fn fitting(&mut self, text: &str, fits: fn(&str) -> bool) -> String {
        if fits(text) {
            text.to_owned()
        } else {
            self.unknown(text)
        }
    }

    /// A value of which nothing is known.
    pub(super) fn unknown(&mut self, text: &str) -> String {
        if is_guid(text) {
            return self.guid(text);
        }
        // Where it is broken it is so in the copy.
        let is_json = || text.contains("\":") || crate::json::parse(text).is_ok();
        let inside = text.trim_start_matches(['"', '\\']);
        if inside.starts_with(['{', '[']) && is_json() {
            return self.deeper(text, Self::json);
        }
        if let Some(inside) = text
            .strip_prefix("@{")
            .and_then(|text| text.strip_suffix('}'))
        {
            return self.object_of_powershell(inside);
        }
        if let Some(mask) = mask_of_others(text) {
            return mask;
        }
        if is_http(text) && !text.contains(char::is_whitespace) {
            return self.address(text);
        }
        if is_number(text) && text.len() <= 3 || is_type(text) {
            return text.to_owned();
        }
        if text.len() <= LONGEST_MESSAGE && codes::is_numbered(text) {
            return self.sentence(text);
        }
        self.placeholder(text)
    }

    /// `@{a=1; b=2}`: how PowerShell tells an object that it does not write out.
    fn object_of_powershell(&mut self, inside: &str) -> String {
        let pairs = inside.split("; ").map(|pair| {
            let Some((name, value)) = pair.split_once('=') else {
                return self.placeholder(pair);
            };
            let kind = member::kind_in(self.known.types(), name);
            let secret = is_secret_name(name) || self.known.types().is_own_secret(name);
            let open = kind.filter(|_| !secret && !value.starts_with("@{"));
            let value = match open {
                Some(kind) => self.value(kind, value),
                None => self.placeholder(value),
            };
            let name = match kind {
                Some(_) => name.to_owned(),
                None => self.name(name),
            };
            format!("{name}={value}")
        });
        let pairs: Vec<String> = pairs.collect();
        format!("@{{{}}}", pairs.join("; "))
    }

    /// `text` one text deeper; a placeholder where that goes too deep.
    fn deeper(&mut self, text: &str, make: fn(&mut Self, &str) -> String) -> String {
        if self.depth >= MOST_LEVELS {
            return self.placeholder(text);
        }
        self.depth += 1;
        let copy = make(self, text);
        self.depth -= 1;
        copy
    }

    /// The scheme of a credential, and that there was one.
    fn credential(&mut self, text: &str) -> String {
        const SCHEMES: &[&str] = &[
            "bearer",
            "basic",
            "negotiate",
            "ntlm",
            "digest",
            "sharedkey",
            "sharedkeylite",
            "sharedaccesssignature",
            "pop",
            "dpop",
            "aws4-hmac-sha256",
        ];
        match text.split_once(' ') {
            Some((scheme, rest)) if SCHEMES.iter().any(|own| own.eq_ignore_ascii_case(scheme)) => {
                let rest = self.value(Kind::Unknown, rest);
                format!("{scheme} {rest}")
            }
            _ => self.unknown(text),
        }
    }

    /// `WWW-Authenticate`: what is asked for, where, and why.
    fn challenge(&mut self, text: &str) -> String {
        let mut out = Vec::new();
        for part in text.split(',') {
            let (front, value) = part.split_once('=').unwrap_or((part, ""));
            let words: Vec<&str> = front.split_whitespace().collect();
            let is_word = |word: &&str| {
                word.len() <= 30
                    && word
                        .bytes()
                        .all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte))
            };
            if words.is_empty() || !words.iter().all(is_word) {
                continue;
            }
            let front = words.join(" ");
            if value.is_empty() {
                out.push(front);
                continue;
            }
            let value = value.trim().trim_matches('"');
            let kind = match words
                .last()
                .map(|word| word.to_ascii_lowercase())
                .as_deref()
            {
                Some("error") => Kind::Code,
                Some("error_description") => Kind::Sentence,
                Some("authorization_uri" | "authorization" | "resource_id" | "resource") => {
                    Kind::Address
                }
                Some("client_id" | "trusted_issuers") => Kind::Id,
                _ => Kind::Unknown,
            };
            let value = self.value(kind, value);
            out.push(format!("{front}=\"{value}\""));
        }
        out.join(", ")
    }

    /// `<tenant id>`, `[TENANT]`, `YOUR_TENANT`: what templates put where a value belongs.
    fn template(&mut self, text: &str) -> String {
        if is_template_word(text) && text.split(['_', '-']).all(vocabulary::is_common) {
            return text.to_owned();
        }
        let words = text.split_inclusive(|c: char| !c.is_alphanumeric());
        words
            .map(|word| {
                let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
                let stays = vocabulary::is_common(bare)
                    || [
                        "YOUR",
                        "INSERT",
                        "REPLACE",
                        "ENTER",
                        "PLACEHOLDER",
                        "GUID",
                        "TODO",
                    ]
                    .contains(&bare.to_ascii_uppercase().as_str())
                    || self.has_member(bare);
                if stays {
                    word.to_owned()
                } else {
                    self.aliases.name(word)
                }
            })
            .collect()
    }
}

/// What says that there is no value, or that somebody masked it.
fn is_evidence(bare: &str) -> bool {
    bare.trim_matches(['\'', '"']).is_empty()
        || is_null_word(bare)
        || vocabulary::is_masked(bare)
        || is_guid(bare) && vocabulary::is_known_guid(bare)
}

/// What stands for a mask that somebody put there, if `text` looks like one.
fn mask_of_others(text: &str) -> Option<String> {
    if text.contains(OWN_MARK) || !looks_masked(text) {
        return None;
    }
    let marks = |c: char| "*xX-.\u{2022}\u{2588}{}".contains(c) || c.is_ascii_hexdigit();
    if text.chars().all(marks) {
        // What is left of an id is nobody's any more; its digits go all the same.
        let digits = text
            .chars()
            .map(|c| if c.is_ascii_hexdigit() { '0' } else { c });
        return Some(digits.collect());
    }
    Some("[redacted]".to_owned())
}

fn is_template(text: &str) -> bool {
    (text.starts_with('<') && text.ends_with('>'))
        || (text.starts_with('[') && text.ends_with(']'))
        || is_template_word(text)
}

/// Where a GUID stands in `text`.
pub(super) fn guid_in(text: &str) -> Option<std::ops::Range<usize>> {
    use std::sync::OnceLock;
    static GUID: OnceLock<regex::Regex> = OnceLock::new();
    let pattern = format!("(?-u){}", guid::PATTERN);
    let found = GUID
        .get_or_init(|| regex::Regex::new(&pattern).expect("constant"))
        .find(text)?;
    Some(found.range())
}

pub(super) fn is_http(text: &str) -> bool {
    let scheme = split_scheme(text).map_or("", |(scheme, _)| scheme);
    ["https", "http", "wss", "ws"]
        .iter()
        .any(|own| scheme.eq_ignore_ascii_case(own))
}

/// A name of a type or permission of Microsoft's: letters with dots and slashes.
pub(super) fn is_type(text: &str) -> bool {
    let known = [
        "microsoft.",
        "system.",
        "azure.",
        "newtonsoft.",
        "microsoft/",
    ];
    let lower = text.to_ascii_lowercase();
    known.iter().any(|start| lower.starts_with(start))
        && text.len() <= 200
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || b"./, _*`1+".contains(&byte))
}

/// A media type with the parameters that the API knows.
fn media(text: &str) -> String {
    const PARAMETERS: &[&str] = &[
        "charset",
        "api-version",
        "excludeurls",
        "enumsasnumbers",
        "msdateformat",
        "noarraywrap",
        "odata.metadata",
        "odata",
        "ieee754compatible",
        "q",
    ];
    let plain = |part: &str| {
        part.len() <= 60
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"/+.-*".contains(&byte))
    };
    let mut out: Vec<String> = Vec::new();
    for list in text.split(',') {
        let mut parts = list.split(';');
        let kind = parts.next().unwrap_or_default().trim();
        let is_kind = kind.contains('/') && plain(&kind.to_ascii_lowercase());
        if !is_kind && out.is_empty() {
            out.push(String::new());
        } else if is_kind {
            out.push(kind.to_owned());
        }
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let known = PARAMETERS
                .iter()
                .any(|own| own.eq_ignore_ascii_case(name.trim()));
            let bare = value.trim().trim_matches('"');
            let fits = is_version(bare)
                || bare.len() <= 20
                    && bare
                        .bytes()
                        .all(|byte| byte.is_ascii_alphabetic() || b"-8".contains(&byte))
                || is_number(bare);
            if let Some(last) = out.last_mut().filter(|_| known && fits) {
                last.push(';');
                last.push_str(part);
            }
        }
    }
    out.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_keep_what_the_api_knows() {
        let accept =
            "application/json;api-version=6.0-preview.4;excludeUrls=true;enumsAsNumbers=true";
        assert_eq!(media(accept), accept);
        assert_eq!(
            media("text/html; charset=utf-8; boundary=Hunter2"),
            "text/html; charset=utf-8"
        );
        assert_eq!(media("application/json, hunter2!"), "application/json");
    }
}
