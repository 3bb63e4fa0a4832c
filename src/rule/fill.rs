//! Values of a trace put into the words and commands of a rule.

use std::collections::BTreeMap;

use crate::sanitize::is_unsafe;

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
/// A placeholder that is a whole word is quoted where it needs to be; inside a word, and for `any`
/// shell, only a value that no shell takes for anything but itself is filled in.
pub fn command(text: &str, shell: &str, values: &Values) -> String {
    replace(text, |name, whole| match values.get(name) {
        Some(value) if is_plain(value) => value.clone(),
        // An option, a file to read, a home folder, or what a terminal obeys: no id looks like that.
        Some(value) if value.starts_with(['-', '@', '~']) || value.chars().any(is_unsafe) => {
            unknown(name)
        }
        Some(value) if whole && shell == "bash" => quote_posix(value),
        Some(value) if whole && shell == "powershell" => quote_powershell(value),
        Some(value) if whole && quotes_alike(value) => format!("\"{value}\""),
        _ => unknown(name),
    })
}

/// Whether a command still has values to fill in.
pub fn is_complete(command: &str) -> bool {
    !command.contains('\u{2039}')
}

/// Single quotes for a POSIX shell.
pub fn quote_posix(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// Single quotes for PowerShell, which takes typographic quotes for quotes too.
pub fn quote_powershell(value: &str) -> String {
    let mut out = String::from("'");
    for c in value.chars() {
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            out.push(c);
        }
        out.push(c);
    }
    out.push('\'');
    out
}

/// Letters that neither bash nor PowerShell nor cmd.exe give a meaning.
pub fn is_plain(value: &str) -> bool {
    !value.is_empty()
        && !value.starts_with(['-', '@', '~'])
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@".contains(&byte))
}

/// Blanks and brackets in double quotes mean themselves in every shell.
fn quotes_alike(value: &str) -> bool {
    !value.is_empty()
        && !value.starts_with('-')
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@ ()+,=#".contains(&byte))
}

/// Angle quotes that a shell takes for letters, so that a command with a gap does nothing odd.
fn unknown(name: &str) -> String {
    format!("\u{2039}{}\u{203a}", name.replace('_', " "))
}

fn replace(text: &str, value: impl Fn(&str, bool) -> String) -> String {
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
        let starts = before
            .chars()
            .next_back()
            .or_else(|| out.chars().next_back())
            .is_none_or(char::is_whitespace);
        let ends = after.chars().next().is_none_or(char::is_whitespace);
        out.push_str(before);
        out.push_str(&value(name, starts && ends));
        rest = after;
    }
    out.push_str(rest);
    out
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
    fn a_hostile_value_is_not_filled_in() {
        for hostile in [
            "$(id)", "`id`", "a;b", "\"", "%PATH%", "a\nb", "--query", "&x",
        ] {
            let filled = command("az --scope {scope}", "any", &values(hostile));
            assert_eq!(filled, "az --scope \u{2039}scope\u{203a}", "{hostile}");
            let inside = command("az /x/{scope}", "bash", &values(hostile));
            assert_eq!(inside, "az /x/\u{2039}scope\u{203a}", "{hostile}");
        }
    }
}
