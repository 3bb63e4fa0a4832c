//! The forms that values have where somebody masked them, or never filled them in.

use std::sync::OnceLock;

use regex::Regex;

use super::guid::is_guid;

/// Stands where a secret stood.
pub(crate) const MASK: &str = "***";

/// Whether one value has the form that people and tools give to masked ids.
pub(crate) fn looks_masked(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let run = |byte: u8| {
        lower
            .as_bytes()
            .windows(4)
            .any(|window| window.iter().all(|one| *one == byte))
    };
    lower.contains("redact")
        || lower.contains("masked")
        || lower.contains(MASK)
        || run(b'x')
        || value.contains('\u{2588}')
        || is_word_of_removal(&lower)
        || within(value, "[", "]")
            .is_some_and(|inside| !is_template_word(&inside.replace([' ', '-'], "_")))
}

/// What every mask of a copy that mendpoint wrote begins with.
pub(crate) const OWN_MARK: &str = "REDACTED-";

/// What stands in a copy that mendpoint wrote for a value that its member cannot have.
pub(crate) const LEFT_OUT: &str = "left out";
pub(crate) const TOKEN_LEFT_OUT: &str = "eyJ0.left.out";
pub(crate) const PUTTY_LEFT_OUT: &str = "PuTTY-User-Key-File-2: left out";
pub(crate) const KEY_LEFT_OUT: &str = "-----BEGIN left out-----";
pub(crate) const KEY_ON_A_LINE_LEFT_OUT: &str = r"-----BEGIN left out-----\n-----END left out-----";
pub(crate) const KUBECONFIG_LEFT_OUT: &str = "exec:\n  command: left-out";

/// Whether a copy that mendpoint wrote holds `value` in place of one that its member cannot have.
pub(crate) fn is_left_out(value: &str) -> bool {
    [
        LEFT_OUT,
        TOKEN_LEFT_OUT,
        PUTTY_LEFT_OUT,
        KEY_LEFT_OUT,
        KEY_ON_A_LINE_LEFT_OUT,
        KUBECONFIG_LEFT_OUT,
    ]
    .contains(&value)
}

/// The last digits of every GUID of a copy that mendpoint wrote.
pub(crate) const OWN_ID_END: &str = "a11a5ed0";

/// Whether `guid` is an alias in a copy that mendpoint wrote; with dashes or without them.
pub(crate) fn is_own_id(guid: &str) -> bool {
    guid.len() >= 32
        && guid
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        && guid
            .get(guid.len() - OWN_ID_END.len()..)
            .is_some_and(|end| end.eq_ignore_ascii_case(OWN_ID_END))
}

/// Whether a value is masked, and not by a copy that mendpoint wrote: that one says so itself, and is
/// judged like the trace it was made of.
pub(crate) fn is_masked_by_others(value: &str) -> bool {
    !value.contains(OWN_MARK) && looks_masked(value)
}

/// Whether a member called `name` holds the id of an endpoint, directory, app or subscription.
pub(crate) fn is_id_name(name: &str) -> bool {
    [
        "id",
        "tenantid",
        "serviceprincipalid",
        "subscriptionid",
        "spnobjectid",
        "appobjectid",
    ]
    .iter()
    .any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether `text`, in lower case, is what stands for a value that somebody took out, with or without brackets.
pub(crate) fn is_word_of_removal(text: &str) -> bool {
    let bare = text.trim_matches(['[', ']', '<', '>', '(', ')', '{', '}', '*', '_', '-', '#']);
    [
        "removed",
        "filtered",
        "hidden",
        "sanitized",
        "scrubbed",
        "anonymized",
    ]
    .contains(&bare)
}

fn within<'a>(value: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let inside = value.strip_prefix(open)?.strip_suffix(close)?;
    (!inside.is_empty()).then_some(inside)
}

/// Whether an id is one digit over and over: the service has no such ids.
pub(crate) fn is_zeroed(id: &str) -> bool {
    let mut digits = id.bytes().filter(|byte| *byte != b'-');
    let first = digits.next();
    is_guid(id) && digits.all(|byte| Some(byte) == first)
}

/// Whether `text` is a word that templates put where an id belongs (`YOUR_TENANT`, `SUB_ID`).
pub(crate) fn is_template_word(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    ["YOUR_", "YOUR-", "INSERT_", "REPLACE_", "ENTER_"]
        .iter()
        .any(|start| upper.starts_with(start))
        || [
            "TENANT_ID",
            "TENANTID",
            "SUB_ID",
            "SUBSCRIPTION_ID",
            "SUBSCRIPTIONID",
            "CLIENT_ID",
            "CLIENTID",
            "APP_ID",
            "PLACEHOLDER",
            "TODO",
            "GUID",
        ]
        .contains(&upper.as_str())
}

/// Whether `text` is a variable or template and nothing else: no value, and evidence of a fault.
pub(crate) fn is_variable(text: &str) -> bool {
    static VARIABLE: OnceLock<Regex> = OnceLock::new();
    let text = text.trim();
    if text.len() >= 300 || !text.starts_with(['$', '#', '%', '{', '_']) {
        return false;
    }
    let variable = VARIABLE.get_or_init(|| {
        Regex::new(r"(?-u)^(?:\$\([A-Za-z_][\w.-]{0,80}\)|\$\[ ?[\w.'\[\]()-]{1,120} ?\]|\$\{\{[ -|]{1,120}\}\}|#\{[A-Za-z_][\w.-]{0,80}\}#?|%[A-Za-z_]\w{1,80}%|\{\{ ?[A-Za-z_][\w.-]{0,80} ?\}\}|__[A-Za-z]\w{0,80}?__)$")
            .expect("the pattern is a constant and is tested")
    });
    variable.is_match(text) || is_shell_variable(text)
}

/// `$NAME`, `${name}` and `$env:NAME`; any other `$name` may be a password.
fn is_shell_variable(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let Some(name) = text.strip_prefix('$') else {
        return false;
    };
    let braced = name
        .strip_prefix('{')
        .and_then(|name| name.strip_suffix('}'));
    let environment = name.strip_prefix("env:").or(name.strip_prefix("Env:"));
    braced.or(environment).map_or_else(
        || is_name(name) && !name.bytes().any(|b| b.is_ascii_lowercase()),
        is_name,
    )
}

/// Whether `value` says that there is none.
pub(crate) fn is_null_word(value: &str) -> bool {
    ["", "null", "undefined", "true", "false", "none"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word))
}

/// Whether the value of a `code` is that of an error: `AuthorizationFailed`, `TF400813`, `403`,
/// `0x80072EE7`, `Microsoft.Resources/AuthorizationFailed`, `Bad Request`.
pub(crate) fn is_error_code(text: &str) -> bool {
    let hex = text
        .strip_prefix("0x")
        .is_some_and(|digits| digits.len() <= 8 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let mut words = text.split(['.', '/', '-', '_', ' ', ':']);
    hex || (text.len() < 80 && words.all(is_word_of_a_code))
}

/// Letters, a number, or letters with the number that a service gave to a message.
fn is_word_of_a_code(text: &str) -> bool {
    let word = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - word.len();
    let letters = word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let capitals = word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    match digits {
        0 => letters,
        1..=10 if word.is_empty() => true,
        _ => capitals && (3..=9).contains(&digits),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_error_code, is_variable, looks_masked};

    #[test]
    fn codes_of_errors_are_told_from_those_of_sign_ins() {
        for code in [
            "AuthorizationFailed",
            "TF400813",
            "403.1",
            "-2147467259",
            "0x80072EE7",
            "Microsoft.Resources/AuthorizationFailed",
            "AADSTS50020-1",
            "Bad Request",
        ] {
            assert!(is_error_code(code), "{code}");
        }
        for code in ["0.AXkA12x", "M.C512_BAY.2", "xK9", "a1b2c3d4"] {
            assert!(!is_error_code(code), "{code}");
        }
    }

    #[test]
    fn masks_are_told_from_values_and_templates() {
        for masked in [
            "***",
            "[redacted]",
            "__REDACTED__",
            "redacted:abc123",
            "(masked)",
            "REMOVED",
            "<removed>",
            "[Filtered]",
            "[application/json redacted]",
            "xxxxxx49-XXXXcexxxxxx",
            "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
            "********-****-****-****-xxxxxxxx9999",
            "[tenant]",
        ] {
            assert!(looks_masked(masked), "{masked}");
        }
        for other in [
            "",
            "hidden-prod",
            "[TENANT_ID]",
            "[your tenant id]",
            "<tenant id>",
            "00000000-0000-0000-0000-000000000000",
            "22222222-2222-4222-8222-222222222222",
            "$(tenantId)",
        ] {
            assert!(!looks_masked(other), "{other}");
        }
    }

    #[test]
    fn variables_are_no_values() {
        assert!(is_variable("$(key)") && is_variable(" {{ secret }} "));
        assert!(is_variable("$SECRET") && is_variable("${secret}") && is_variable("$env:Key"));
        assert!(!is_variable("x$(key)") && !is_variable("$(key)x") && !is_variable("$Pa55word"));
    }
}
