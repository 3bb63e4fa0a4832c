//! What a member's value looks like, and what is certainly wrong with one.

use serde::Deserialize;

use crate::text::guid::is_guid;
use crate::text::url::split_scheme;

/// The shape of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Any text.
    #[default]
    Text,
    /// A GUID.
    Guid,
    /// An absolute address.
    Url,
    /// `true` or `false`, as a text.
    Bool,
    /// A number, as a text.
    Number,
    /// JSON, as a text.
    Json,
    /// Base64.
    Base64,
    /// A private key with its line breaks.
    PrivateKey,
    /// The YAML of a kubeconfig.
    Kubeconfig,
    /// The path of an Azure resource.
    Resource,
    /// A host name without `https://`.
    Host,
    /// A name without blanks.
    Name,
    /// A mail address.
    Mail,
    /// Forty hexadecimal digits.
    Thumbprint,
}

/// Why a value is not of its shape, and the value that is meant, where that is certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// A sentence's end: `is …`.
    pub why: &'static str,
    /// The value as it should be.
    pub meant: Option<String>,
}

impl Shape {
    /// What is certainly wrong with `value`; nothing is said of an empty one.
    ///
    /// A secret may hold anything, and recordings mask secrets in many ways: of their shapes only
    /// what people are known to put there instead is called wrong.
    pub fn wrong(self, value: &str) -> Option<Wrong> {
        let text = value.trim();
        if text.is_empty() {
            return None;
        }
        match self {
            Self::Text => None,
            Self::Guid => guid(text),
            Self::Url => {
                (!is_absolute(text)).then(|| wrong("is no address with http:// or https://"))
            }
            Self::Bool => (!["true", "false"]
                .iter()
                .any(|word| word.eq_ignore_ascii_case(text)))
            .then(|| wrong("is neither true nor false")),
            Self::Number => {
                (!text.bytes().all(|byte| byte.is_ascii_digit())).then(|| wrong("is no number"))
            }
            Self::Json => serde_json::from_str::<serde::de::IgnoredAny>(text)
                .is_err()
                .then(|| wrong("is no JSON")),
            Self::Base64 => base64(text),
            Self::PrivateKey => private_key(text),
            Self::Kubeconfig => kubeconfig(text),
            Self::Resource => (!text.starts_with('/'))
                .then(|| wrong("is no resource id, which begins with /subscriptions/")),
            Self::Host => host(text),
            Self::Name => text
                .contains(char::is_whitespace)
                .then(|| wrong("has blanks in it")),
            Self::Mail => (!text.contains('@')).then(|| wrong("is no mail address")),
            Self::Thumbprint => thumbprint(text),
        }
    }

    /// What the shape is called in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Guid => "GUID",
            Self::Url => "address",
            Self::Bool => "true or false",
            Self::Number => "number",
            Self::Json => "JSON as a text",
            Self::Base64 => "base64",
            Self::PrivateKey => "private key",
            Self::Kubeconfig => "YAML",
            Self::Resource => "resource id",
            Self::Host => "host name",
            Self::Name => "name without blanks",
            Self::Mail => "mail address",
            Self::Thumbprint => "40 hexadecimal digits",
        }
    }
}

fn wrong(why: &'static str) -> Wrong {
    Wrong { why, meant: None }
}

fn guid(text: &str) -> Option<Wrong> {
    if is_guid(text) {
        return None;
    }
    // A domain name stands for a directory.
    if text.contains('.') && !text.contains(['/', ' ']) {
        return None;
    }
    let bare = text.trim_matches(['{', '}', '(', ')', '/', '\'', '"']);
    let last = bare.rsplit('/').next().unwrap_or(bare);
    Some(Wrong {
        why: "is no GUID",
        meant: is_guid(last).then(|| last.to_owned()),
    })
}

/// Whether `text` begins with a scheme and names something behind it.
pub(super) fn is_absolute(text: &str) -> bool {
    let Some((scheme, rest)) = split_scheme(text) else {
        return false;
    };
    let mut letters = scheme.bytes();
    letters
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !rest.is_empty()
        && !rest.starts_with(['/', ' '])
}

fn base64(text: &str) -> Option<Wrong> {
    if text.starts_with("-----BEGIN") {
        Some(wrong("is the PEM text itself, where its base64 is wanted"))
    } else if text.starts_with("eyJ") && text.matches('.').count() == 2 {
        Some(wrong("is the token itself, where its base64 is wanted"))
    } else {
        None
    }
}

fn private_key(text: &str) -> Option<Wrong> {
    if text.starts_with("PuTTY-User-Key-File") {
        return Some(wrong(
            "is a key of PuTTY (.ppk), where the OpenSSH or PEM form is wanted",
        ));
    }
    if !text.starts_with("-----BEGIN") || text.contains('\n') {
        return None;
    }
    if text.contains("\\n") {
        return Some(Wrong {
            why: "has \\n written out where line breaks belong",
            meant: Some(text.replace("\\r\\n", "\n").replace("\\n", "\n")),
        });
    }
    Some(wrong("has lost its line breaks"))
}

/// Plugins sign in on a person's machine; the service has none of them.
fn kubeconfig(text: &str) -> Option<Wrong> {
    let has = |key: &str| text.lines().any(|line| line.trim_start().starts_with(key));
    let own = [
        "token:",
        "client-certificate-data:",
        "client-key-data:",
        "password:",
    ];
    if (has("exec:") || has("auth-provider:")) && !own.iter().any(|key| has(key)) {
        Some(wrong(
            "signs in with a plugin (exec or auth-provider) and holds no credentials of the user",
        ))
    } else {
        None
    }
}

fn host(text: &str) -> Option<Wrong> {
    let (_, rest) = split_scheme(text)?;
    Some(Wrong {
        why: "is an address, where the bare host name is wanted",
        meant: Some(rest.trim_end_matches('/').to_ascii_lowercase()),
    })
}

fn thumbprint(text: &str) -> Option<Wrong> {
    // A list of thumbprints is one too.
    let is_one = |text: &str| text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if text.split(',').map(str::trim).all(is_one) {
        return None;
    }
    let bare: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    let only_padding = text.chars().all(|c| {
        c.is_ascii_hexdigit()
            || c.is_whitespace()
            || ":-\u{200e}\u{200f}\u{feff}\u{200b}".contains(c)
    });
    Some(Wrong {
        why: "is no thumbprint of 40 hexadecimal digits",
        meant: (only_padding && is_one(&bare)).then_some(bare),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_certainly_wrong_is_told_with_what_is_meant() {
        let id = "3a1f0c52-9d84-4e19-8b60-5a2e8d417f33";
        for (shape, value, meant) in [
            (Shape::Guid, format!("{{{id}}}"), Some(id.to_owned())),
            (Shape::Guid, "12345".to_owned(), None),
            (Shape::Url, "registry.litware.example".to_owned(), None),
            (Shape::Bool, "yes".to_owned(), None),
            (
                Shape::Host,
                "https://Fabrikam.azurecr.io/".to_owned(),
                Some("fabrikam.azurecr.io".to_owned()),
            ),
            (
                Shape::Base64,
                "-----BEGIN CERTIFICATE-----".to_owned(),
                None,
            ),
            (Shape::Base64, "eyJhbGciOi.eyJpc3MiOi.c2ln".to_owned(), None),
            (
                Shape::Thumbprint,
                format!("\u{200e}{}", "ab ".repeat(20)),
                Some("ab".repeat(20)),
            ),
        ] {
            let wrong = shape.wrong(&value).unwrap_or_else(|| panic!("{value}"));
            assert_eq!(wrong.meant, meant, "{value}");
        }
        let key = r"-----BEGIN OPENSSH PRIVATE KEY-----\nb3\n-----END OPENSSH PRIVATE KEY-----";
        let meant = Shape::PrivateKey.wrong(key).unwrap().meant.unwrap();
        assert_eq!(meant.lines().count(), 3);
        assert!(Shape::PrivateKey.wrong(&meant).is_none());
    }

    #[test]
    fn nothing_is_said_of_masked_secrets_and_good_values() {
        for (shape, value) in [
            (Shape::Base64, "********"),
            (Shape::PrivateKey, "0000"),
            (
                Shape::Kubeconfig,
                "apiVersion: v1\nusers:\n- user:\n    token: x\n",
            ),
            (Shape::Guid, "fabrikam.onmicrosoft.com"),
            (Shape::Url, "tcp://cluster:19000"),
            (Shape::Bool, "True"),
            (Shape::Number, ""),
        ] {
            assert_eq!(shape.wrong(value), None, "{value}");
        }
    }
}
