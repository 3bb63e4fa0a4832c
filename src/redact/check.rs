//! The second look: nothing that was removed may stand anywhere in what was written.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek};
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use regex::bytes::Regex;

use super::alias::is_alias;
use super::vault::{Search, Vault, search};
use super::vocabulary::is_known_guid;
use crate::sensitive::spelling;

/// From this length on parts of a secret are looked for instead of all of it.
const LONG: usize = 72;

/// The length of such a part.
const PART: usize = 32;

/// Shorter values are not looked for in base64 and in hex: too much else reads like them.
const SHORTEST_CODED: usize = 9;

/// How many different letters make a part of a secret its own.
const DISTINCT: usize = 10;

/// How many bytes of patterns are looked for in one pass; what an automaton takes grows with it.
const BATCH: usize = 1 << 20;

/// How much is read at once when looking for ids.
const PIECE: usize = 256 << 10;

/// Looks for everything in `vault` in `written`; what survived, as words for people.
pub(super) fn survivors(
    vault: &Vault,
    keep_ids: bool,
    written: &mut (impl Read + Seek),
) -> io::Result<BTreeSet<&'static str>> {
    let mut found = BTreeSet::new();
    if any(searched(vault), written)? {
        found.insert("a secret");
    }
    if !keep_ids {
        let emails = vault.emails.iter().filter(|email| !is_example(email));
        if any(emails, written)? {
            found.insert("a mail address");
        }
        if any_guid(written)? {
            found.insert("an id");
        }
    }
    Ok(found)
}

/// The secrets that can be looked for: the others are too short or too common to tell a survivor.
pub(super) fn searched(vault: &Vault) -> impl Iterator<Item = &String> {
    let secrets = vault.secrets();
    secrets.filter(|secret| search(secret, true) == Search::Anywhere)
}

/// Addresses whose alias may be the address itself.
fn is_example(email: &str) -> bool {
    email.chars().filter(|c| c.is_alphanumeric()).count() < 8
}

fn any<'a>(
    values: impl Iterator<Item = &'a String>,
    written: &mut (impl Read + Seek),
) -> io::Result<bool> {
    let mut batch: BTreeSet<String> = BTreeSet::new();
    let mut size = 0;
    for value in values {
        for spelling in spellings(value) {
            size += spelling.len();
            batch.insert(spelling);
        }
        if size > BATCH {
            if holds(&batch, written)? {
                return Ok(true);
            }
            batch.clear();
            size = 0;
        }
    }
    Ok(!batch.is_empty() && holds(&batch, written)?)
}

fn holds(batch: &BTreeSet<String>, written: &mut (impl Read + Seek)) -> io::Result<bool> {
    let automaton: AhoCorasick = AhoCorasickBuilder::new()
        // Patterns come from the trace, and a DFA of a long one that repeats itself takes minutes to build.
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .ascii_case_insensitive(true)
        .build(batch)
        .map_err(io::Error::other)?;
    written.rewind()?;
    match automaton.stream_find_iter(written).next() {
        Some(found) => found.map(|_| true),
        None => Ok(false),
    }
}

/// Every way in which `value` may be written, in any letter case.
fn spellings(value: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for part in parts(value) {
        all.extend(spelling::written(part));
        if part.len() >= SHORTEST_CODED {
            all.extend(spelling::coded(part));
        }
    }
    all
}

/// Parts of a long secret, not from its beginning, which is often the same for all of its kind, and
/// none that could stand in any other value.
fn parts(value: &str) -> Vec<&str> {
    if value.len() <= LONG {
        return vec![value];
    }
    let boundary = |from: usize| (from..value.len()).find(|at| value.is_char_boundary(*at));
    let cut = |from: usize| {
        let part = value.get(boundary(from)?..boundary(from + PART)?)?;
        let distinct: BTreeSet<char> = part.chars().collect();
        (distinct.len() >= DISTINCT).then_some(part)
    };
    let end = value.len() - PART - 4;
    let parts: Vec<&str> = [value.len() / 2, end].into_iter().filter_map(cut).collect();
    if parts.is_empty() { vec![value] } else { parts }
}

/// Whether an id stands in `written` that is neither an alias nor known to everybody.
fn any_guid(written: &mut (impl Read + Seek)) -> io::Result<bool> {
    static GUID: OnceLock<Regex> = OnceLock::new();
    let guid = GUID.get_or_init(|| {
        Regex::new(
            r"(?-u)[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        )
        .expect("the pattern is a constant and is tested")
    });
    written.rewind()?;
    let mut buffer = Vec::with_capacity(2 * PIECE);
    loop {
        let read = written
            .by_ref()
            .take(PIECE as u64)
            .read_to_end(&mut buffer)?;
        let foreign = guid.find_iter(&buffer).any(|found| {
            std::str::from_utf8(found.as_bytes())
                .is_ok_and(|guid| !is_alias(guid) && !is_known_guid(guid))
        });
        if foreign || read == 0 {
            return Ok(foreign);
        }
        // The next piece may end an id that this one begins.
        let rest = buffer.len().saturating_sub(35);
        buffer.drain(..rest);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD_NO_PAD;

    use super::*;

    const SECRET: &str = "Zu7~a\"b/c d&e8+x=";

    fn survives(text: &str) -> bool {
        let mut vault = Vault::default();
        vault.secrets.insert(SECRET.to_owned());
        vault.emails.insert("jane.doe@contoso.com".to_owned());
        !survivors(&vault, false, &mut Cursor::new(text))
            .unwrap()
            .is_empty()
    }

    #[test]
    fn every_spelling_is_found() {
        let json = serde_json::json!({ "a": SECRET }).to_string();
        let twice = serde_json::json!({ "b": json }).to_string();
        for text in [
            SECRET.to_owned(),
            SECRET.to_uppercase(),
            json,
            twice,
            crate::sensitive::spelling::encoded(SECRET),
            "to=JANE.DOE%40contoso.com".to_owned(),
            "2c0d6f1e-4b8a-4d57-9f63-1a2b3c4d5e6f".to_owned(),
        ] {
            assert!(survives(&format!("{{{text}}}")), "{text}");
        }
        for front in ["", "1", "22", "333"] {
            let text = STANDARD_NO_PAD.encode(format!("{front}{SECRET}{front}{front}"));
            assert!(survives(&text), "{text}");
        }
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        for text in [
            "",
            "Zu7~a",
            "00000000-0000-0000-0000-000000000000",
            "2c0d6f1e-4b8a-4d57-9f63-1a2ba11a5ed0",
        ] {
            assert!(!survives(text), "{text}");
        }
    }

    #[test]
    fn an_id_across_two_pieces_is_found() {
        let text = format!(
            "{}2c0d6f1e-4b8a-4d57-9f63-1a2b3c4d5e6f",
            " ".repeat(PIECE - 20)
        );
        assert!(survives(&text));
    }

    #[test]
    fn a_part_of_a_long_secret_is_enough() {
        let secret: String = (0..60)
            .map(|n| char::from(b'a' + n % 26))
            .chain("0123456789".repeat(6).chars())
            .collect();
        let mut vault = Vault::default();
        vault.secrets.insert(secret.clone());
        let text = &secret[50..];
        assert!(
            !survivors(&vault, true, &mut Cursor::new(text))
                .unwrap()
                .is_empty()
        );
    }
}
