//! Values of a trace put into the words and commands of a rule.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

use crate::text::sanitize::is_unsafe;
pub(crate) use crate::text::shell::is_plain;
use crate::text::shell::{quote_posix, quote_powershell};

/// Named values.
pub type Values = BTreeMap<String, String>;

/// Fills `{name}` in prose; a value that is not known shows as `<client id>`.
pub fn prose(text: &str, values: &Values) -> String {
    replace(text, |name, _| {
        values.get(name).cloned().unwrap_or_else(|| unknown(name))
    })
}

/// Fills `{name}` in a command for `shell` (`bash`, `powershell`, `any`).
///
/// A placeholder that is a whole word is quoted where it needs to be, and one inside an address is
/// percent-encoded; inside another word, and for `any` shell, only a value that no shell takes for
/// anything but itself is filled in.
/// What is `ready` stands as it is: it was made for a shell.
pub fn command(text: &str, shell: &str, values: &Values, ready: &Values) -> String {
    replace(text, |name, place| match values.get(name) {
        _ if ready.contains_key(name) => ready[name].clone(),
        Some(value) if is_plain(value) => value.clone(),
        // An option, a file to read, a home folder, or what a terminal obeys: no id looks like that.
        Some(value) if value.starts_with(['-', '@', '~']) || value.chars().any(is_unsafe) => {
            unknown(name)
        }
        Some(value) if place == Position::Address => {
            percent_encoding::utf8_percent_encode(value, RESERVED).to_string()
        }
        Some(value) if place == Position::Word && shell == "bash" => quote_posix(value),
        Some(value) if place == Position::Word && shell == "powershell" => quote_powershell(value),
        Some(value) if place == Position::Word && quotes_alike(value) => format!("\"{value}\""),
        _ => unknown(name),
    })
}

/// All that an address gives a meaning, or a shell.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Where a placeholder stands in a command.
#[derive(PartialEq, Eq)]
enum Position {
    /// By itself.
    Word,
    /// In a web address.
    Address,
    /// In another word.
    Inside,
}

impl Position {
    fn of(before: &str, after: &str) -> Self {
        let start = before.rfind(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
        let word = before[start.map_or(0, |at| at + 1)..].trim_start();
        let begins = before.chars().next_back().is_none_or(char::is_whitespace);
        let ends = after.chars().next().is_none_or(char::is_whitespace);
        if word.starts_with("https://") {
            Self::Address
        } else if begins && ends {
            Self::Word
        } else {
            Self::Inside
        }
    }
}

/// Whether a value can stand in a command for any shell.
pub(crate) fn fits_any_shell(value: &str) -> bool {
    is_plain(value) || quotes_alike(value)
}

/// Letters of any language, blanks, brackets and the like mean themselves in double quotes in every
/// shell. A name begins with a letter or is a path.
fn quotes_alike(value: &str) -> bool {
    let harmless = |c: char| c.is_alphanumeric() || "-_./:@ ()+,=#&'\u{2013}\u{2014}".contains(c);
    value.starts_with(|c: char| c.is_alphanumeric() || "/._(".contains(c))
        && value.chars().all(harmless)
}

/// Angle quotes that a shell takes for letters, so that a command with a gap does nothing odd.
fn unknown(name: &str) -> String {
    format!("\u{2039}{}\u{203a}", name.replace('_', " "))
}

fn replace(text: &str, value: impl Fn(&str, Position) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let behind = &rest[open + 1..];
        let name = behind
            .split_once('}')
            .map(|(name, _)| name)
            .filter(|name| is_name(name));
        // `{{x}}` and `query "{a:b}"` are not ours.
        let Some(name) = name.filter(|_| !rest[..open].ends_with(['{', '$'])) else {
            out.push_str(&rest[..=open]);
            rest = behind;
            continue;
        };
        let after = &behind[name.len() + 1..];
        let before = &rest[..open];
        out.push_str(before);
        let filled = value(
            name,
            Position::of(&text[..text.len() - after.len() - name.len() - 2], after),
        );
        out.push_str(&filled);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The placeholders of a text.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split('{').skip(1);
    let named = parts.filter_map(|part| part.split_once('}'));
    named.map(|(name, _)| name).filter(|name| is_name(name))
}

fn is_name(name: &str) -> bool {
    name.len() > 1
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(text: &str, shell: &str, values: &Values) -> String {
        super::command(text, shell, values, &Values::new())
    }

    fn values(value: &str) -> Values {
        Values::from([("scope".to_owned(), value.to_owned())])
    }

    #[test]
    fn known_values_are_filled_in_and_unknown_ones_named() {
        assert_eq!(
            prose("App {client_id} at {scope}.", &values("/s")),
            "App \u{2039}client id\u{203a} at /s."
        );
        assert_eq!(
            prose("keep {{endpoint.url}} and {a:b}", &values("")),
            "keep {{endpoint.url}} and {a:b}"
        );
    }

    #[test]
    fn a_value_is_quoted_for_its_shell() {
        assert_eq!(
            command("az --scope {scope}", "bash", &values("/a b'c")),
            r"az --scope '/a b'\''c'"
        );
        assert_eq!(
            command(
                "az --scope {scope}",
                "powershell",
                &values("/a b'c\u{2019}")
            ),
            "az --scope '/a b''c\u{2019}\u{2019}'"
        );
        assert_eq!(
            command("az --scope {scope}", "any", &values("/a b")),
            "az --scope \"/a b\""
        );
        assert_eq!(
            command("az --scope {scope}", "any", &values("/subscriptions/1")),
            "az --scope /subscriptions/1"
        );
    }

    #[test]
    fn names_of_people_are_quoted_for_any_shell() {
        for name in [
            "Projekt-\u{c4}",
            "O'Brien",
            "R&D",
            "Verbindung \u{2013} Test",
            "rg(x)",
        ] {
            assert_eq!(
                command("az --project {scope}", "any", &values(name)),
                format!("az --project \"{name}\"")
            );
        }
    }

    #[test]
    fn a_value_in_an_address_is_encoded() {
        let encoded = |value| command("az --url \"https://x/{scope}?a=1\"", "any", &values(value));
        assert_eq!(
            encoded("sc prod (EU)"),
            "az --url \"https://x/sc%20prod%20%28EU%29?a=1\""
        );
        assert_eq!(
            encoded("\"; $(id) `id` %PATH% \\ \u{e9}"),
            "az --url \"https://x/%22%3B%20%24%28id%29%20%60id%60%20%25PATH%25%20%5C%20%C3%A9?a=1\""
        );
        assert_eq!(
            encoded("a\nb"),
            "az --url \"https://x/\u{2039}scope\u{203a}?a=1\""
        );
    }

    #[test]
    fn a_hostile_value_is_not_filled_in() {
        for hostile in [
            "$(id)",
            "`id`",
            "a;b",
            "\"",
            "%PATH%",
            "a\nb",
            "--query",
            "&x",
            "a\u{201d}b",
            "a\u{ff02}b",
            "a|b",
            "a>b",
            "a!b",
            "a^b",
            "a\\",
            "50%",
        ] {
            let filled = command("az --scope {scope}", "any", &values(hostile));
            assert_eq!(filled, "az --scope \u{2039}scope\u{203a}", "{hostile}");
            let inside = command("az /x/{scope}", "bash", &values(hostile));
            assert_eq!(inside, "az /x/\u{2039}scope\u{203a}", "{hostile}");
        }
    }
}
