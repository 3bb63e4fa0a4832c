//! A variable or template left in a value.

use std::sync::OnceLock;

use regex_lite::Regex;

use crate::connection::Payload;
use crate::json::Node;
use crate::rules::engine::{Context, Hit};
use crate::sensitive;
use crate::text::url::split_scheme;

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let mut values: Vec<(String, &Node)> = payload
        .find(&["url"])
        .into_iter()
        .chain(payload.find(&["name"]))
        .collect();
    for (base, node) in payload.text_maps() {
        values.extend(node.members().iter().map(|member| {
            (
                crate::json::pointer::push(&base, &member.key),
                &member.value,
            )
        }));
    }
    let left = values.into_iter().filter_map(|(pointer, node)| {
        let member = pointer.rsplit('/').next().unwrap_or_default();
        let text = node.as_str()?;
        let part = (pointer.ends_with("/url") || pointer == "/url").then(|| in_host(text));
        let token = token(text).or_else(|| part.flatten())?;
        if sensitive::looks_masked(token) {
            return None;
        }
        // A secret may hold any letters; only one that is a variable and nothing else is none.
        if sensitive::is_secret_name(member) && (token != text.trim() || is_weak(token)) {
            return None;
        }
        let mut hit = super::hit(payload, &pointer, node)
            .capture("value", token)
            .evidence(format!("\"{member}\": \"{token}\""));
        let fix = super::seen::restored(payload, context, &pointer)
            .unwrap_or_else(|| super::wanted(&pointer, true, "the value the variable stands for"));
        hit = hit.fix(fix);
        Some(hit)
    });
    left.take(super::MAX_HITS).collect()
}

/// Whether `token` could as well be a password: `$Passw0rd`, but hardly `$BUILD_TOKEN`, `$SECRET` or `%secret%`.
fn is_weak(token: &str) -> bool {
    let name = token.trim_matches(['$', '%']);
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_word = name.len() > 3
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let is_upper = !name.bytes().any(|byte| byte.is_ascii_lowercase());
    let shouted = is_upper && (name.contains('_') || is_word);
    let is_certain = shouted || token.starts_with("$env:") || token.starts_with('%') && is_word;
    plain && !is_certain
}

/// The variable in a URL, wherever it stands.
pub(super) fn in_url(url: &str) -> Option<&str> {
    token(url).or_else(|| in_host(url))
}

/// The variable in a URL's host, where forms mean nothing else that may be plain text elsewhere.
fn in_host(url: &str) -> Option<&str> {
    let host = split_scheme(url)?.1.split('/').next()?;
    host.split('.').find_map(token)
}

/// The variable in `text`, if there is one. Forms that also occur in plain values must be all of it.
pub(super) fn token(text: &str) -> Option<&str> {
    static ANYWHERE: OnceLock<Regex> = OnceLock::new();
    static WHOLE: OnceLock<Regex> = OnceLock::new();
    // Every form has a sign in front; most values have none, and a pattern costs more to compile.
    let is_plain = text
        .trim_start()
        .starts_with(|c: char| c.is_ascii_alphanumeric());
    if is_plain && !text.contains(['$', '#']) {
        return None;
    }
    let anywhere = ANYWHERE.get_or_init(|| {
        Regex::new(r"\$\([A-Za-z_][\w.-]{0,80}\)|\$\[ ?[\w.'\[\]()-]{1,120} ?\]|\$\{\{[ -|]{1,120}\}\}|\$\{[A-Za-z_][\w.:-]{0,80}\}|\$env:[A-Za-z_]\w{0,80}|#\{[A-Za-z_][\w.-]{0,80}\}#?").expect("constant")
    });
    let whole = WHOLE.get_or_init(|| Regex::new(r"^[ \t\r\n]*(%[A-Za-z_]\w{1,80}%|\$[A-Za-z_]\w{1,80}|\{\{ ?[A-Za-z_][\w.-]{0,80} ?\}\}|__[A-Za-z]\w{0,80}?__|\{[A-Za-z_]\w{0,80}\}|@@[A-Za-z_]\w{0,80}@@|\[\[ ?[A-Za-z_][\w.-]{0,80} ?\]\]|<%[=-]? ?[A-Za-z_@][\w.-]{0,80} ?-?%>)[ \t\r\n]*$").expect("constant"));
    anywhere.find(text).map(|found| found.as_str()).or_else(|| {
        whole
            .captures(text)
            .and_then(|found| found.get(1))
            .map(|found| found.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::token;

    #[test]
    fn variables_are_seen_and_plain_values_are_not() {
        for (text, found) in [
            ("$(tenantId)", "$(tenantId)"),
            ("/subscriptions/$(sub.id)/x", "$(sub.id)"),
            ("$[variables.x]", "$[variables.x]"),
            ("${{ parameters.y }}", "${{ parameters.y }}"),
            ("%SUB%", "%SUB%"),
            ("__tenant__", "__tenant__"),
            ("#{Octopus}#", "#{Octopus}#"),
            ("{{tenant}}", "{{tenant}}"),
            ("${TENANT_ID}", "${TENANT_ID}"),
            ("https://${host}/api", "${host}"),
            ("$env:TENANT_ID", "$env:TENANT_ID"),
            ("$tenantId", "$tenantId"),
            ("{tenant}", "{tenant}"),
            ("@@TENANT@@", "@@TENANT@@"),
            ("<%= tenant %>", "<%= tenant %>"),
            ("[[tenant]]", "[[tenant]]"),
        ] {
            assert_eq!(token(text), Some(found));
        }
        for text in [
            "https://x/?$filter=a&$top=1",
            "100% of 5%",
            "a__b__c",
            "$5",
            "US$ 5",
            "price $(5)",
            "{{{x}",
            "{6d1b0a43-7c52-4e89-9f30-2a5c8e417b60}",
            "{\"a\":1}",
            "[tenant]",
            "#1",
        ] {
            assert_eq!(token(text), None, "{text}");
        }
    }
}
