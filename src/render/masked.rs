//! A captured body as a report may show it: every secret masked, every other byte as it was.

use std::borrow::Cow;
use std::ops::Range;

use crate::json::{self, Node, Value};
use crate::secret;

/// `text` without its secrets; borrowed if there were none, so that a caller can tell.
///
/// JSON is masked by name, in `parameters` by default, and by shape; other text by shape.
pub(super) fn body(text: &str) -> Cow<'_, str> {
    let Ok(root) = json::parse(text) else {
        let masked = secret::mask_text(text);
        return if masked == text {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(masked)
        };
    };
    let mut cuts = Vec::new();
    mark(&root, Surroundings::default(), &mut cuts);
    if cuts.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (span, with) in cuts {
        out.push_str(&text[from..span.start]);
        out.push_str(&with);
        from = span.end;
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// What the names above a value say about it.
#[derive(Clone, Copy, Default)]
struct Surroundings {
    /// Some name above is a secret's.
    secret: bool,
    /// The value is a member of `parameters`.
    parameters: bool,
}

/// Collects the values to mask, in order of their place.
fn mark(node: &Node, around: Surroundings, cuts: &mut Vec<(Range<usize>, String)>) {
    match &node.value {
        Value::Object(members) => {
            for member in members {
                let hidden = around.parameters && !secret::is_open_parameter(&member.key);
                let inner = Surroundings {
                    secret: around.secret || is_secret(&member.key, &member.value) || hidden,
                    parameters: member.key.eq_ignore_ascii_case("parameters"),
                };
                mark(&member.value, inner, cuts);
            }
        }
        Value::Array(items) => {
            for item in items {
                mark(item, around, cuts);
            }
        }
        Value::String(text) if text.trim().is_empty() => {}
        Value::String(text) => {
            let masked = if around.secret {
                secret::MASK.to_owned()
            } else {
                by_shape(text)
            };
            if masked != *text {
                cuts.push((
                    node.span.clone(),
                    serde_json::Value::from(masked).to_string(),
                ));
            }
        }
        Value::Number(_) if around.secret => {
            cuts.push((node.span.clone(), format!("\"{}\"", secret::MASK)));
        }
        // `null`, `true` and `false` are evidence and no secret.
        Value::Number(_) | Value::Null | Value::Bool(_) => {}
    }
}

/// `code` of an error body is a word, that of a sign-in is not.
fn is_secret(key: &str, value: &Node) -> bool {
    let is_word =
        |text: &str| text.len() < 80 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    secret::is_secret_name(key)
        && !(key.eq_ignore_ascii_case("code") && value.as_str().is_some_and(is_word))
}

fn by_shape(text: &str) -> String {
    let text = secret::mask_text(text);
    if text.contains("://") {
        secret::mask_url(&text)
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::body;

    #[test]
    fn secrets_go_and_every_other_byte_stays() {
        let sent = r#"{ "a":1e3, "authorization":{"parameters":{"tenantid":"t","serviceprincipalkey":"pw","accesstoken":null,"x":"y","n":7}} }"#;
        assert_eq!(
            body(sent),
            r#"{ "a":1e3, "authorization":{"parameters":{"tenantid":"t","serviceprincipalkey":"***","accesstoken":null,"x":"***","n":"***"}} }"#
        );
        assert_eq!(
            body(r#"{"token":{"inner":["s"]},"url":"https://u:p@h/?sig=1"}"#),
            r#"{"token":{"inner":["***"]},"url":"https://***@h/?sig=***"}"#
        );
    }

    #[test]
    fn a_body_without_secrets_is_left_alone() {
        let sent = r#"{"error":{"code":"AuthorizationFailed"},"accesstoken":"","password":null}"#;
        assert!(matches!(body(sent), std::borrow::Cow::Borrowed(text) if text == sent));
        assert!(matches!(body("no JSON"), std::borrow::Cow::Borrowed(_)));
        assert_eq!(
            body("Authorization: Bearer abcdefghijklmnop"),
            "Authorization: Bearer ***"
        );
    }
}
