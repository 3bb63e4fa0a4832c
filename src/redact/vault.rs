//! What the first reading found, and how the second one replaces it wherever else it stands.

use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};
use percent_encoding::percent_decode_str;

use super::alias::Aliases;
use super::mask::{Counts, Kind, mask};
use super::vocabulary::is_common;
use crate::ingest::json::plain_text;
use crate::sensitive::layer::{below, plain};
use crate::sensitive::part::Parts;
use crate::sensitive::spelling::{LONGEST, encoded, escaped, spellings};
use crate::text::guid::is_guid;

/// Values that one trace held.
#[derive(Debug, Default)]
pub(super) struct Vault {
    /// Credentials.
    pub(super) secrets: BTreeSet<String>,
    /// GUIDs that stand where an id belongs, in lower case: of use where ids stay.
    pub(super) ids: BTreeSet<String>,
    /// Names.
    pub(super) names: BTreeSet<String>,
    /// Hosts and domains of somebody's own.
    pub(super) hosts: BTreeSet<String>,
    /// Hosts that everybody uses: no name is replaced inside of them.
    pub(super) public: BTreeSet<String>,
    /// Mail addresses.
    pub(super) emails: BTreeSet<String>,
    /// IP addresses.
    pub(super) addresses: BTreeSet<String>,
}

impl Vault {
    /// The secrets to look for. One that is also somebody's id, or the beginning of it, is none.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &String> {
        let is_id = |secret: &str| {
            let digits = secret.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
            let secret = secret.to_ascii_lowercase();
            digits && self.ids.iter().any(|id| id.contains(&secret))
        };
        self.secrets.iter().filter(move |secret| !is_id(secret))
    }

    /// Remembers a secret as it is written, and what that stands for.
    pub(super) fn keep(&mut self, secret: &str) {
        let plain = plain(secret);
        if plain != secret && search(&plain, true) != Search::Nowhere {
            self.secrets.insert(plain.into_owned());
        }
        if secret.contains('\\') {
            let plain = plain_text(secret);
            if plain != secret && search(&plain, true) != Search::Nowhere {
                self.secrets.insert(plain.into_owned());
            }
        }
        self.secrets.insert(secret.to_owned());
    }
}

/// From so many digits on a number is told from others.
const LONG_NUMBER: usize = 16;

/// Where a value can be looked for without finding everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// In any text.
    Anywhere,
    /// Where no letter or digit stands beside it.
    AsWord,
    /// Nowhere: it is too short or too common.
    Nowhere,
}

/// Where a secret can be looked for. A `certain` one was called a secret by its name.
pub(super) fn search(secret: &str, certain: bool) -> Search {
    let length = secret.chars().count();
    let distinct = secret.chars().collect::<BTreeSet<_>>().len();
    let letters = secret.chars().any(char::is_alphabetic);
    let digits = secret.chars().any(|c| c.is_ascii_digit());
    let number = !letters && length >= LONG_NUMBER;
    if distinct < 4 || !number && is_common(secret) {
        return Search::Nowhere;
    }
    let anywhere = match (letters && digits, certain) {
        _ if !letters => length >= LONG_NUMBER,
        (true, true) => length >= 6,
        (false, true) | (true, false) => length >= 12,
        (false, false) => length >= 24,
    };
    if anywhere {
        Search::Anywhere
    } else if certain && letters && length >= 8 {
        Search::AsWord
    } else {
        Search::Nowhere
    }
}

/// All values of a vault, prepared for looking through texts.
#[derive(Debug)]
pub(super) struct Sweep {
    automaton: AhoCorasick,
    entries: Vec<Entry>,
    /// Parts of the secrets.
    parts: Parts,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    what: What,
    search: Search,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Secret,
    Name,
    EncodedName,
    Host,
    Address,
    Public,
}

impl Sweep {
    /// Prepares `vault`; with `keep_ids` for its secrets only. `None` if it is empty.
    pub(super) fn new(vault: &Vault, keep_ids: bool) -> Option<Self> {
        let mut patterns: Vec<String> = Vec::new();
        let mut entries = Vec::new();
        let mut add = |pattern: String, what: What, search: Search| {
            if search != Search::Nowhere && !pattern.is_empty() {
                patterns.push(pattern);
                entries.push(Entry { what, search });
            }
        };
        for secret in vault.secrets() {
            let how = search(secret, true);
            let spellings = if secret.len() > LONGEST {
                BTreeSet::from([escaped(secret), encoded(secret), secret.clone()])
            } else {
                spellings(secret)
            };
            for spelling in spellings {
                // A short one in another spelling reads like anything else.
                let how = if search(&spelling, true) == Search::Nowhere {
                    Search::Nowhere
                } else {
                    how
                };
                add(spelling, What::Secret, how);
            }
        }
        if !keep_ids {
            for name in vault.names.iter().filter(|name| !is_common(name)) {
                let code = encoded(name);
                if code != *name {
                    add(code.replace("%20", "+"), What::EncodedName, Search::AsWord);
                    add(code, What::EncodedName, Search::AsWord);
                }
                add(name.clone(), What::Name, Search::AsWord);
            }
            for host in &vault.hosts {
                add(host.clone(), What::Host, Search::AsWord);
            }
            for host in &vault.public {
                add(host.clone(), What::Public, Search::AsWord);
            }
            for address in &vault.addresses {
                add(address.clone(), What::Address, Search::AsWord);
            }
        }
        let automaton = AhoCorasickBuilder::new()
            // Patterns come from the trace, and a DFA of a long one that repeats itself takes minutes to build.
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(&patterns)
            .ok()?;
        let parts = Parts::of(
            vault
                .secrets()
                .filter(|secret| search(secret, true) == Search::Anywhere)
                .map(String::as_str),
        );
        (!entries.is_empty()).then_some(Self {
            automaton,
            entries,
            parts,
        })
    }

    /// `text` with every value replaced; `None` if there is none in it.
    pub(super) fn replace(
        &self,
        text: &str,
        aliases: &Aliases,
        counts: &mut Counts,
    ) -> Option<String> {
        let secret = |range: Range<usize>| (range.start, range.end, What::Secret);
        let mut hits: Vec<(usize, usize, What)> = self.hits(text).collect();
        hits.extend(self.parts(text).map(secret));
        hits.extend(
            below(text, &|text| self.secrets(text))
                .into_iter()
                .map(secret),
        );
        // The first one counts, and of several there the longest.
        hits.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
        let mut out = String::new();
        let mut at = 0;
        for (start, end, what) in hits {
            if start < at {
                continue;
            }
            let found = &text[start..end];
            out.push_str(&text[at..start]);
            at = end;
            let (kind, alias) = match what {
                What::Public => {
                    out.push_str(found);
                    continue;
                }
                What::Secret => (Kind::Known, secret_alias(found, aliases)),
                What::Name => (Kind::Name, aliases.name(found)),
                What::EncodedName => (Kind::Name, encoded_alias(found, aliases)),
                What::Host => (Kind::Host, aliases.host(found)),
                What::Address => (Kind::Address, aliases.address(found)),
            };
            counts.add(kind);
            out.push_str(&alias);
        }
        if at == 0 {
            return None;
        }
        out.push_str(&text[at..]);
        (out != text).then_some(out)
    }
}

impl Sweep {
    /// Where the values stand in a text as it is written.
    fn hits<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (usize, usize, What)> + 't {
        self.automaton
            .find_overlapping_iter(text)
            .filter_map(move |hit| {
                let (start, end) = (hit.start(), hit.end());
                let entry = self.entries[hit.pattern().as_usize()];
                let whole = text.is_char_boundary(start) && text.is_char_boundary(end);
                let fits = entry.search == Search::Anywhere || whole && is_word(text, start, end);
                (whole && fits).then_some((start, end, entry.what))
            })
    }

    /// Where parts of secrets stand in a text as it is written.
    fn parts(&self, text: &str) -> impl Iterator<Item = Range<usize>> {
        self.parts.find(text).into_iter()
    }

    /// Where secrets and parts of them stand in a text with something undone.
    fn secrets(&self, text: &str) -> Vec<Range<usize>> {
        let hits = self.hits(text);
        let secrets = hits.filter(|(_, _, what)| *what == What::Secret);
        secrets
            .map(|(start, end, _)| start..end)
            .chain(self.parts(text))
            .collect()
    }
}

/// What stands where a secret stood: another GUID for a GUID, a mask for anything else.
pub(super) fn secret_alias(secret: &str, aliases: &Aliases) -> String {
    if is_guid(secret) {
        aliases.guid(secret)
    } else {
        mask(secret, aliases)
    }
}

fn encoded_alias(found: &str, aliases: &Aliases) -> String {
    let plus = found.contains('+');
    let plain = found.replace('+', " ");
    let plain = percent_decode_str(&plain).decode_utf8_lossy();
    let code = encoded(&aliases.name(&plain));
    if plus { code.replace("%20", "+") } else { code }
}

/// Whether no letter or digit stands beside `text[start..end]`; one that belongs to an escape is none.
fn is_word(text: &str, start: usize, end: usize) -> bool {
    let after = text[end..].chars().next();
    if after.is_some_and(char::is_alphanumeric) {
        return false;
    }
    let before = &text[..start];
    if !before
        .chars()
        .next_back()
        .is_some_and(char::is_alphanumeric)
    {
        return true;
    }
    let tail = |count: usize| {
        before
            .len()
            .checked_sub(count)
            .and_then(|at| before.get(at..))
    };
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    tail(3).is_some_and(|tail| tail.starts_with('%') && hex(&tail[1..]))
        || tail(2).is_some_and(|tail| matches!(tail, "\\n" | "\\r" | "\\t"))
        || tail(6).is_some_and(|tail| tail.starts_with("\\u") && hex(&tail[2..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swept(vault: &Vault, text: &str) -> String {
        let aliases = Aliases::new([1; 16]);
        let sweep = Sweep::new(vault, false).unwrap();
        sweep
            .replace(text, &aliases, &mut Counts::default())
            .unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn names_go_as_words_and_the_longest_first() {
        let mut vault = Vault::default();
        vault
            .names
            .extend(["contoso".into(), "contoso-prod".into(), "Web Shop".into()]);
        vault.public.insert("dev.azure.com".into());
        let aliases = Aliases::new([1; 16]);
        let (org, name) = (aliases.name("contoso"), aliases.name("contoso-prod"));
        assert_eq!(
            swept(
                &vault,
                "dev.azure.com/contoso 'contoso-prod' contosoX contoso-kv"
            ),
            format!("dev.azure.com/{org} '{name}' contosoX {org}-kv")
        );
        let shop = aliases.name("Web Shop");
        assert_eq!(
            swept(&vault, "a=Web%20Shop&b=Web+Shop %2Fcontoso"),
            format!(
                "a={}&b={} %2F{org}",
                shop.replace(' ', "%20"),
                shop.replace(' ', "+")
            )
        );
    }

    #[test]
    fn secrets_go_anywhere_unless_they_are_words() {
        let mut vault = Vault::default();
        vault
            .secrets
            .extend(["s3cr3t!/x".into(), "sunshine".into(), "Subscription".into()]);
        let out = swept(
            &vault,
            "as3cr3t!/xb S3CR3T%21%2FX sunshine sunshines Subscription",
        );
        assert!(!out.to_lowercase().contains("s3cr3t"), "{out}");
        assert!(out.ends_with(" sunshines Subscription") && !out.contains(" sunshine "));
    }

    #[test]
    fn short_and_common_values_are_looked_for_nowhere() {
        for (secret, certain, expected) in [
            ("hunter2", true, Search::Anywhere),
            ("pw1", true, Search::Nowhere),
            ("123456", true, Search::Nowhere),
            ("4711081542230917", true, Search::Anywhere),
            ("sunshine", true, Search::AsWord),
            ("dark-mode", false, Search::Nowhere),
            ("aaaaaaaaaaaa1", true, Search::Nowhere),
            ("correct horse battery", true, Search::Anywhere),
        ] {
            assert_eq!(search(secret, certain), expected, "{secret}");
        }
    }
}
