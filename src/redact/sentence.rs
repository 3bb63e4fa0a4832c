//! What services say: words, codes and punctuation stay, and whatever may name somebody does not.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::Regex;

use super::count::Fate;
use super::hosts;
use super::value::{Copier, guid_in, is_http, is_type};
use crate::connection::outcome;
use crate::rules::engine::subject::is_said_of_everybody;
use crate::rules::vocabulary;
use crate::sensitive::form::{is_time, is_version};
use crate::sensitive::member::{self, Kind};
use crate::sensitive::{is_error_code, pattern};
use crate::text::{codes, guid};

/// Shorter names are words of every language.
const SHORTEST_NAME: usize = 3;

/// How many names are looked for.
const MOST_NAMES: usize = 20_000;

/// The names that a trace uses, to be found in what its services say.
#[derive(Default)]
pub(super) struct Names {
    all: BTreeSet<String>,
    sweep: Option<AhoCorasick>,
}

impl Names {
    /// Takes `name`, unless it is a word that says nothing of anybody.
    pub(super) fn add(&mut self, name: &str) {
        let name = name.trim_matches(|c: char| c.is_whitespace() || "'\"".contains(c));
        let long = (SHORTEST_NAME..=200).contains(&name.len());
        if long
            && self.all.len() < MOST_NAMES
            && !vocabulary::is_common(name)
            && !vocabulary::is_masked(name)
        {
            self.all.insert(name.to_owned());
        }
    }

    /// Prepares the search.
    pub(super) fn finish(&mut self) {
        self.sweep = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(&self.all)
            .ok()
            .filter(|_| !self.all.is_empty());
    }

    /// Where names stand in `text` as words of their own.
    pub(super) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let Some(sweep) = &self.sweep else {
            return Vec::new();
        };
        let within = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let whole = |range: &Range<usize>| {
            !within(text[..range.start].chars().next_back())
                && !within(text[range.end..].chars().next())
        };
        sweep
            .find_iter(text)
            .map(|found| found.range())
            .filter(whole)
            .collect()
    }
}

impl Copier<'_> {
    /// A text of a service.
    pub(super) fn sentence(&mut self, text: &str) -> String {
        let text = unescaped(text);
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for range in self.known.find(&text) {
            self.words(&text[from..range.start], &mut out);
            let secret = &text[range.clone()];
            out.push_str(&self.placeholder(secret));
            // What is taken for a secret may have swallowed the code of the failure beside it.
            for code in codes::numbers(secret) {
                out.push(' ');
                out.push_str(code);
            }
            from = range.end;
        }
        self.words(&text[from..], &mut out);
        out
    }

    /// Text without secrets.
    fn words(&mut self, text: &str, out: &mut String) {
        static PIECE: OnceLock<Regex> = OnceLock::new();
        if self.keep_ids {
            out.push_str(text);
            return;
        }
        let piece = pattern(
            &PIECE,
            &format!(
                r#"(?i)(?P<trace>(?:activity|trace|correlation|request|tracking|operation|e2e|session) ?(?:id|identifier)\W{{0,12}}{guid})|(?P<url>\b(?:https?|wss?|sc)://[^\s"'<>`|\\)\]}}]+)|(?P<file>(?:\b[a-z]:|~)[\\/]+[^\s"'<>|:;,]+|\\\\[^\s"'<>|:;,]+)|(?P<packed>/eid1/c/[^\s"'<>,]+)|(?P<mail>[\w.+#%-]+@[\w-]+(?:\.[\w-]+)+)|(?:^|[\s"'`(\[=:,])(?P<path>/?(?:subscriptions|providers|resourcegroups)/[^\s"'<>`|\\,;)\]}}]+)|(?:^|[\s"'`(\[=:,])(?P<local>/[^\s"'<>`|\\,;:()\[\]{{}}/]+/[^\s"'<>`|\\,;:()\[\]{{}}]+)|(?:^|[\s"'(=:,])(?P<digits>[0-9]{{3,4}}(?: [0-9]{{2,8}}){{2,5}}|[0-9]{{3,4}}(?:-[0-9]{{2,8}}){{2,5}})|(?P<street>\b[^\W\d_]+(?:stra(?:\u{{df}}|ss)e|str\.|weg|gasse|platz|allee) [0-9]{{1,4}}[a-z]?\b|\b[0-9]{{1,5}} [^\W\d_]+ (?:street|road|avenue|lane|square)\b)"#,
                guid = guid::PATTERN
            ),
        );
        let mut from = 0;
        for found in piece.captures_iter(text) {
            let own = ["path", "local", "digits"]
                .iter()
                .find_map(|name| found.name(name));
            let own = own.or_else(|| found.get(0));
            let Some(own) = own else { continue };
            let is_part = found.name("digits").is_some()
                && !is_number_of_somebody(own.as_str(), &text[own.end()..]);
            if is_part {
                continue;
            }
            self.plain(&text[from..own.start()], out);
            let bare = own
                .as_str()
                .trim_end_matches(['.', ',', ':', ';', '!', '?']);
            let new = if found.name("trace").is_some() {
                self.counts.add(Fate::Trace);
                bare.to_owned()
            } else if found.name("digits").is_some() {
                self.aliases.digits(bare)
            } else if found.name("street").is_some() {
                self.name(bare)
            } else if found.name("mail").is_some() {
                self.person(bare)
            } else if found.name("path").is_some() {
                self.path(bare)
            } else if found.name("file").or(found.name("local")).is_some() {
                self.path_of_file(bare)
            } else if bare.to_ascii_lowercase().starts_with("sc://")
                || found.name("packed").is_some()
            {
                self.subject(bare)
            } else {
                self.address(bare)
            };
            out.push_str(&new);
            out.push_str(&own.as_str()[bare.len()..]);
            from = own.end();
        }
        self.plain(&text[from..], out);
    }

    /// Text without addresses: known names first, then what stands in quotes, then words.
    fn plain(&mut self, text: &str, out: &mut String) {
        let names = self.names.find(text);
        let mut from = 0;
        for range in names {
            self.quotes(&text[from..range.start], out);
            out.push_str(&self.name(&text[range.clone()]));
            from = range.end;
        }
        self.quotes(&text[from..], out);
    }

    /// What stands in quotes is somebody's unless it is a word of the API.
    fn quotes(&mut self, text: &str, out: &mut String) {
        static QUOTED: OnceLock<Regex> = OnceLock::new();
        let quoted = pattern(
            &QUOTED,
            r#"(?:^|[^\w])(?:'(?P<a>[^'"{}\n]{1,120})'|"(?P<b>[^'"{}\n]{1,120})"|[\x{2018}\x{201c}\x{201e}](?P<c>[^\x{2019}\x{201c}\x{201d}\n]{1,120})[\x{2019}\x{201c}\x{201d}])"#,
        );
        let mut from = 0;
        let mut at = 0;
        while let Some(found) = quoted.captures_at(text, at) {
            let inner = ["a", "b", "c"].iter().find_map(|name| found.name(name));
            let Some(inner) = inner else { break };
            at = inner.end();
            // The closing quote may have been escaped.
            let text_in = inner.as_str().trim_end_matches('\\');
            // Behind a colon or a blank a quote may close what another one opened.
            let blank = |c: char| c.is_whitespace() || ",:.;".contains(c);
            let sentence = text_in.split_whitespace().count() > 6
                || text_in.contains(": ")
                || text_in.starts_with(blank)
                || text_in.ends_with(char::is_whitespace);
            if sentence {
                at = inner.start();
                continue;
            }
            self.bare_words(&text[from..inner.start()], out);
            let is_key = text[inner.end()..]
                .get(1..)
                .is_some_and(|rest| rest.trim_start().starts_with(':'));
            let new = if is_code_behind(&text[..inner.start()]) && is_error_code(text_in) {
                text_in.to_owned()
            } else {
                self.quoted(text_in, is_key)
            };
            out.push_str(&new);
            from = inner.start() + text_in.len();
        }
        self.bare_words(&text[from..], out);
    }

    /// What stands in quotes.
    fn quoted(&mut self, text: &str, is_key: bool) -> String {
        let bare = text.trim();
        if is_nobodys(bare) || (is_key && self.has_member(bare)) {
            return text.to_owned();
        }
        if ["system:", "repo:"]
            .iter()
            .any(|start| bare.starts_with(start))
        {
            return self.subject(text);
        }
        let several = bare.contains(char::is_whitespace);
        if several
            && bare.split_whitespace().all(|word| {
                vocabulary::is_common(word.trim_matches(|c: char| !c.is_alphanumeric()))
            })
        {
            return text.to_owned();
        }
        if several {
            return self.value(Kind::Name, text);
        }
        self.word_or_name(text, true)
    }

    /// A path on somebody's machine: who that is stands in it.
    fn path_of_file(&mut self, path: &str) -> String {
        if self.as_said {
            return path.to_owned();
        }
        let parts = path.split_inclusive(['/', '\\']);
        let parts = parts.map(|part| {
            let bare = part.trim_end_matches(['/', '\\']);
            let stays = bare.ends_with(':')
                || bare == "~"
                || bare.is_empty()
                || is_nobodys(bare)
                || vocabulary::is_common(bare)
                || member::is_route(bare);
            let new = if stays {
                bare.to_owned()
            } else {
                self.value(Kind::Name, bare)
            };
            format!("{new}{}", &part[bare.len()..])
        });
        parts.collect()
    }

    /// Words outside of quotes, without the names of people and companies among them.
    fn bare_words(&mut self, text: &str, out: &mut String) {
        let mut from = 0;
        let names = if self.as_said {
            Vec::new()
        } else {
            names_written_out(text)
        };
        for name in names {
            self.single_words(&text[from..name.start], out);
            out.push_str(&self.name(&text[name.clone()]));
            from = name.end;
        }
        self.single_words(&text[from..], out);
    }

    fn single_words(&mut self, text: &str, out: &mut String) {
        let mut from = 0;
        for (at, c) in text.char_indices() {
            if c != '\u{2019}' && is_separator(c) {
                out.push_str(&self.word_or_name(&text[from..at], false));
                out.push(c);
                from = at + c.len_utf8();
            }
        }
        out.push_str(&self.word_or_name(&text[from..], false));
    }

    /// One word with its punctuation.
    fn word_or_name(&mut self, chunk: &str, quoted: bool) -> String {
        let edge = |c: char| !c.is_alphanumeric() && !"-_/[]".contains(c);
        let word = chunk.trim_matches(edge);
        if word.is_empty() {
            return chunk.to_owned();
        }
        let start = chunk.find(word).unwrap_or_default();
        let (front, back) = (&chunk[..start], &chunk[start + word.len()..]);
        if let Some(at) = word
            .find(['=', ':'])
            .filter(|_| !is_http(word) && !is_time(word))
        {
            let (name, rest) = word.split_at(at);
            let (sign, rest) = rest.split_at(1);
            let name = self.word_or_name(name, quoted);
            let rest = self.word_or_name(rest, quoted);
            return format!("{front}{name}{sign}{rest}{back}");
        }
        // `@first.last`: somebody is spoken to.
        let is_of_name = |c: char| c.is_alphabetic() || ".-".contains(c);
        let spoken_to = front == "@"
            && word.contains('.')
            && word.chars().all(is_of_name)
            && !is_host(word)
            && !is_nobodys(word);
        let new = if spoken_to {
            self.person(word)
        } else {
            self.one_word(word, quoted)
        };
        format!("{front}{new}{back}")
    }

    fn one_word(&mut self, word: &str, quoted: bool) -> String {
        if guid_in(word).is_some() {
            return self.id(word);
        }
        if word.contains(crate::sensitive::OWN_MARK) || vocabulary::is_masked(word) {
            return word.to_owned();
        }
        let hex = word.bytes().filter(u8::is_ascii_hexdigit).count();
        let is_id = word
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if is_id && hex >= 8 && word.len() >= 32 {
            return match hex {
                32 => self.aliases.guid(word),
                _ => self.aliases.digits(word),
            };
        }
        let letters = word
            .chars()
            .all(|c| c.is_alphabetic() || "-_/.\u{2019}".contains(c));
        if let Ok(address) = word.parse::<Ipv4Addr>() {
            let everybodys =
                address.is_loopback() || address.is_unspecified() || address.is_link_local();
            return if everybodys {
                word.to_owned()
            } else {
                self.host(word)
            };
        }
        if word.is_empty() || is_nobodys(word) {
            return word.to_owned();
        }
        if !quoted && letters && !is_host(word) && !is_compound_name(word) {
            return word.to_owned();
        }
        if is_host(word) {
            return self.host(word);
        }
        if word.len() >= 24 && word.bytes().any(|byte| byte.is_ascii_digit()) {
            return self.placeholder(word);
        }
        // What stands behind a code belongs to it no more.
        match codes::aadsts(word).first() {
            Some((_, code)) if code.start == 0 => {
                format!("{}{}", &word[..code.end], self.name(&word[code.end..]))
            }
            _ => self.name(word),
        }
    }
}

/// What a sentence begins with before its first noun, in languages of the portal.
const ARTICLES: &str =
    "der|die|das|den|dem|ein|eine|einen|le|la|les|un|une|el|los|una|il|lo|gli|o|os|as|um|uma";

/// Where two capitalised words or more stand side by side that no service says: a person or a company.
fn names_written_out(text: &str) -> Vec<Range<usize>> {
    let is_name = |word: &str| {
        let mut letters = word.chars();
        let is_article = ARTICLES
            .split('|')
            .any(|own| own.eq_ignore_ascii_case(word));
        !is_article
            && letters.next().is_some_and(char::is_uppercase)
            && letters.clone().next().is_some()
            && letters.all(|c| c.is_alphabetic() || "'\u{2019}-".contains(c))
    };
    let mut all: Vec<Range<usize>> = Vec::new();
    let mut run: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for part in text.split_inclusive(is_separator) {
        let word = part.trim_end_matches(|c| is_separator(c) || ".:!?".contains(c));
        let range = start..start + word.len();
        start += part.len();
        if is_name(word) {
            run.push(range);
        }
        // What goes on behind a blank belongs together.
        if !is_name(word) || part.len() != word.len() + 1 || !part.ends_with(' ') {
            all.extend(unknown_names(text, &run));
            run.clear();
        }
    }
    all.extend(unknown_names(text, &run));
    all
}

/// The runs of two or more of `words` that no service says.
fn unknown_names(text: &str, words: &[Range<usize>]) -> Vec<Range<usize>> {
    if words.len() < 2 {
        return Vec::new();
    }
    let is_known = |range: &Range<usize>| {
        let word = &text[range.clone()];
        is_nobodys(word) || vocabulary::is_common(word)
    };
    let unknown: Vec<&Range<usize>> = words.iter().collect();
    let runs = unknown.chunk_by(|a, b| !is_known(a) && !is_known(b));
    let long = runs.filter(|run| run.len() >= 2);
    long.map(|run| run[0].start..run[run.len() - 1].end)
        .collect()
}

/// Whether groups of digits are the number of a card, an account or a telephone, and not a part of what goes on
/// with `rest`, nor a time.
fn is_number_of_somebody(groups: &str, rest: &str) -> bool {
    let digits = groups.bytes().filter(u8::is_ascii_digit).count();
    let goes_on = rest.starts_with(|c: char| c.is_alphanumeric() || c == '-');
    digits >= 10 && !goes_on && !is_time(groups)
}

/// `web-shop-prod`: small words with hyphens between them, one of which no service says.
fn is_compound_name(word: &str) -> bool {
    word.matches('-').count() >= 2
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        && !word.split('-').all(vocabulary::is_common)
}

/// Whether everybody's services write `word`: codes, types, actions, versions, numbers, members.
fn is_nobodys(word: &str) -> bool {
    // A version of four numbers is read as an address as well.
    if word.trim_start_matches('v').parse::<Ipv4Addr>().is_ok() {
        return false;
    }
    let short_number = word.len() <= 6
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b".,%".contains(&byte))
        && word.bytes().filter(u8::is_ascii_digit).count() <= 5;
    let code = word.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let is_code = (2..=12).contains(&(word.len() - code.len()))
        && (3..=10).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_digit());
    let hex = word.strip_prefix("0x").is_some_and(|digits| {
        digits.len() <= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    short_number
        || is_code
        || hex
        || (word.starts_with('-')
            && word.len() <= 11
            && word[1..].bytes().all(|byte| byte.is_ascii_digit()))
        || is_version(word)
        || is_time(word) && word.bytes().any(|byte| !byte.is_ascii_digit())
        || is_type(word)
        || is_task(word)
        || is_said_of_everybody(word)
        || (vocabulary::is_common(word) && !word.bytes().all(|byte| byte.is_ascii_digit()))
        || outcome::status_number(word).is_some() && !word.bytes().any(|byte| byte.is_ascii_digit())
        || member::kind_of(word).is_some()
}

/// `AzureCLI@2`, `Azure/login@v2`: a task of a pipeline, or an action of a workflow.
fn is_task(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, version)| {
        let number = version.strip_prefix('v').unwrap_or(version);
        let (owner, bare) = name.split_once('/').unwrap_or(("", name));
        let public = ["", "azure", "actions", "microsoft"];
        let plain = |byte: u8| {
            byte.is_ascii_alphabetic()
                || !owner.is_empty() && (byte.is_ascii_digit() || byte == b'-')
        };
        matches!(number.len(), 1 | 2)
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && public.contains(&owner.to_ascii_lowercase().as_str())
            && bare.bytes().all(plain)
    })
}

/// What words end at: blanks, quotes and brackets, and every letter of scripts without blanks.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || "'\"`()[]{}<>,;|\\*".contains(c) || c >= '\u{2010}'
}

/// Whether the last word of `text` says that the code of a failure follows.
fn is_code_behind(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let start = text
        .rfind(|c: char| !c.is_alphanumeric() && c != '_')
        .map_or(0, |at| at + 1);
    let word = text.get(start..).unwrap_or_default();
    matches!(member::kind_of(word), Some(Kind::Code | Kind::Word))
}

/// Whether `word` is written like a host: small letters with dots and an ending that domains have.
fn is_host(word: &str) -> bool {
    let Some((front, last)) = word.rsplit_once('.') else {
        return false;
    };
    let label = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let known = hosts::is_public_host(word);
    known
        || (word.chars().all(label)
            && !front.is_empty()
            && (2..=10).contains(&last.len())
            && last.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// `text` with the escapes undone that hide quotes and brackets.
fn unescaped(text: &str) -> String {
    let mut out = text.to_owned();
    for (escape, plain) in [
        ("\\u0027", "'"),
        ("\\u0022", "\\\""),
        ("\\u003c", "<"),
        ("\\u003e", ">"),
        ("\\u0026", "&"),
        ("\\u003C", "<"),
        ("\\u003E", ">"),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
    ] {
        if out.contains(escape) {
            out = out.replace(escape, plain);
        }
    }
    out
}
