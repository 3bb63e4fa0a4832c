//! JSON, written anew member by member, also where it breaks off.

use super::count::Fate;
use super::value::Copier;
use crate::json::unguarded;
use crate::rules::vocabulary;
use crate::sensitive::is_secret_name;
use crate::sensitive::member::{self, Kind};
use crate::text::codes;
use crate::text::readable::clip;
use crate::text::sanitize::is_padding;

/// How much of another service's JSON is kept behind the place where it breaks, in bytes.
const MOST_REST: usize = 4 << 10;

/// Deepest nesting that is followed.
const MOST_LEVELS: usize = 96;

/// What stands around a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Surroundings<'p> {
    /// The name of the member.
    name: &'p str,
    kind: Kind,
    /// Everything here is a credential's, names included.
    secret: bool,
    /// Members that nobody knows are left out instead of shown as what they are not.
    only_known: bool,
}

/// Reads JSON and writes it anew.
struct Rewriter<'t, 'c, 'k> {
    text: &'t str,
    at: usize,
    out: String,
    /// Blanks and commas stay as they are: all members are written.
    as_spaced: bool,
    copier: &'c mut Copier<'k>,
}

/// Why the reading ends before the text does.
enum Stop {
    /// The text breaks off.
    End,
    /// What follows is no JSON.
    Broken,
}

impl Copier<'_> {
    /// JSON of a service endpoint or an error, whole or cut.
    pub(super) fn json(&mut self, text: &str) -> String {
        self.rewrite(text, false)
    }

    /// JSON of another service: only the members that are known.
    pub(super) fn known_members(&mut self, text: &str) -> String {
        self.rewrite(text, true)
    }

    fn rewrite(&mut self, text: &str, only_known: bool) -> String {
        let start = text.len() - unguarded(text).len();
        let mut rewriter = Rewriter {
            text,
            at: start,
            out: String::with_capacity(text.len()),
            as_spaced: !only_known,
            copier: self,
        };
        let place = Surroundings {
            name: "",
            kind: Kind::Unknown,
            secret: false,
            only_known,
        };
        let end = rewriter.value(place, 0);
        let (mut out, at) = (std::mem::take(&mut rewriter.out), rewriter.at);
        let behind = text[at..].trim();
        let is_broken = matches!(end, Err(Stop::Broken)) || (end.is_ok() && !behind.is_empty());
        let rest = clip(&text[at..], if only_known { MOST_REST } else { usize::MAX });
        if is_broken && (!only_known || codes::is_numbered(rest)) {
            let rest = self.sentence(rest);
            out.push_str(&rest);
        }
        // What is broken inside of its last string does not look as if it had been cut off.
        let is_cut = |text: &str| crate::json::parse(text).is_err_and(|error| error.ends_early);
        if matches!(end, Err(Stop::End)) && !is_cut(text) && is_cut(&out) {
            out.push('\u{2026}');
        }
        out
    }
}

impl Rewriter<'_, '_, '_> {
    fn peek(&mut self) -> Result<u8, Stop> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        if self.as_spaced {
            self.out.push_str(&self.text[start..self.at]);
        }
        bytes.get(self.at).copied().ok_or(Stop::End)
    }

    fn value(&mut self, place: Surroundings<'_>, depth: usize) -> Result<(), Stop> {
        if depth > MOST_LEVELS {
            return Err(Stop::Broken);
        }
        match self.peek()? {
            b'{' => self.object(place, depth),
            b'[' => self.array(place, depth),
            b'"' => self.text_value(place),
            _ => self.word(place),
        }
    }

    fn comma(&mut self) {
        self.at += 1;
        if self.as_spaced {
            self.out.push(',');
        }
    }

    fn object(&mut self, place: Surroundings<'_>, depth: usize) -> Result<(), Stop> {
        self.at += 1;
        self.out.push('{');
        let mut first = true;
        loop {
            match self.peek()? {
                b'}' => {
                    self.at += 1;
                    self.out.push('}');
                    return Ok(());
                }
                b',' => self.comma(),
                b'"' => {
                    let length = self.out.len();
                    if !first && !self.as_spaced {
                        self.out.push(',');
                    }
                    if self.member(place, depth)? {
                        first = false;
                    } else {
                        self.out.truncate(length);
                    }
                }
                _ => return Err(Stop::Broken),
            }
        }
    }

    /// One member; whether it was written.
    fn member(&mut self, place: Surroundings<'_>, depth: usize) -> Result<bool, Stop> {
        let length = self.out.len();
        let (key, whole) = self.string();
        if !whole {
            // A message that a quote was lost before is taken for a name.
            if codes::is_numbered(&key) {
                let told = self.copier.sentence(&key);
                let quoted = serde_json::Value::from(told).to_string();
                self.out.push_str(&quoted[..quoted.len() - 1]);
            }
            return Err(Stop::End);
        }
        let types = self.copier.known.types();
        // Blanks around a name are a fault that stays.
        let bare = key.trim_matches(is_padding);
        let kind = member::kind_in(types, bare);
        let name = match kind {
            Some(_) if !place.secret => key.clone(),
            _ if !place.secret && (is_everybodys(&key) || self.copier.pointed.contains(&key)) => {
                key.clone()
            }
            _ => self.copier.member_name(&key),
        };
        self.out
            .push_str(&serde_json::Value::from(name).to_string());
        if self.peek()? != b':' {
            return Err(Stop::Broken);
        }
        self.at += 1;
        self.out.push(':');
        let below = Surroundings {
            name: &key,
            kind: kind.unwrap_or(Kind::Unknown),
            secret: place.secret
                || is_secret_name(bare) && !bare.eq_ignore_ascii_case("code")
                || types.is_own_secret(bare),
            only_known: place.only_known,
        };
        let skipped = place.only_known && kind.is_none();
        let counts = skipped.then(|| self.copier.counts.clone());
        self.value(below, depth + 1)?;
        // Whatever a member is called, the code of an error in it may be what is wrong.
        if let Some(counts) = counts.filter(|_| !codes::is_numbered(&self.out[length..])) {
            self.copier.counts = counts;
            self.copier.counts.add(Fate::Member);
            self.out.truncate(length);
            return Ok(false);
        }
        Ok(true)
    }

    fn array(&mut self, place: Surroundings<'_>, depth: usize) -> Result<(), Stop> {
        self.at += 1;
        self.out.push('[');
        let mut first = true;
        loop {
            match self.peek()? {
                b']' => {
                    self.at += 1;
                    self.out.push(']');
                    return Ok(());
                }
                b',' => self.comma(),
                b'}' | b':' => return Err(Stop::Broken),
                _ => {
                    if !first && !self.as_spaced {
                        self.out.push(',');
                    }
                    first = false;
                    self.value(place, depth + 1)?;
                }
            }
        }
    }

    fn text_value(&mut self, place: Surroundings<'_>) -> Result<(), Stop> {
        let (text, whole) = self.string();
        let kind = if place.secret {
            Kind::Unknown
        } else {
            place.kind
        };
        let new = match self.copier.misshapen(place.name, &text) {
            Some(new) => new,
            None => self.copier.value(kind, &text),
        };
        let mut quoted = serde_json::Value::from(new).to_string();
        if !whole {
            quoted.pop();
        }
        self.out.push_str(&quoted);
        if whole { Ok(()) } else { Err(Stop::End) }
    }

    /// The string that begins here, unescaped, and whether it ends.
    fn string(&mut self) -> (String, bool) {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut at = start + 1;
        let mut whole = false;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 2,
                b'"' => {
                    whole = true;
                    break;
                }
                _ => at += 1,
            }
        }
        let mut end = at.min(bytes.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        self.at = if whole { end + 1 } else { self.text.len() };
        let raw = self.text.get(start + 1..end).unwrap_or_default();
        (crate::json::unquoted(&format!("\"{raw}\"")), whole)
    }

    /// `null`, a switch, or a number.
    fn word(&mut self, place: Surroundings<'_>) -> Result<(), Stop> {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)))
            .unwrap_or(rest.len());
        let word = &rest[..end];
        let is_number = word.starts_with(|c: char| c.is_ascii_digit() || c == '-')
            && word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        if !is_number && !matches!(word, "null" | "true" | "false") {
            return Err(Stop::Broken);
        }
        let open = !place.secret
            && (matches!(
                place.kind,
                Kind::Number | Kind::Code | Kind::Time | Kind::Version | Kind::Sentence
            ) || word.len() <= 3);
        if !is_number || open {
            self.out.push_str(word);
        } else {
            self.copier.counts.add(Fate::Replaced);
            let digits = word
                .chars()
                .map(|c| if c.is_ascii_digit() { '1' } else { c });
            self.out.extend(digits);
        }
        self.at += end;
        Ok(())
    }
}

impl Copier<'_> {
    /// A member's name that no API has. Names that differ in letter case only still do.
    fn member_name(&mut self, name: &str) -> String {
        if self.keeps(name) {
            return name.to_owned();
        }
        self.value(Kind::Name, name)
    }
}

/// Whether a name that no API has says nothing of anybody.
fn is_everybodys(name: &str) -> bool {
    let has_letters = name.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_annotation(name) || has_letters && vocabulary::is_common(name)
}

/// `$id`, `@odata.context` and their like.
fn is_annotation(name: &str) -> bool {
    let known = ["@odata.", "odata."];
    let bare = |rest: &str| {
        rest.bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'.')
    };
    known.iter().any(|start| {
        name.strip_prefix(start)
            .is_some_and(|rest| rest.len() < 30 && bare(rest))
    })
}
