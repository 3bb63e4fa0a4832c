//! HTTP messages as text: start line, header fields, and where the body begins.
//!
//! Lenient on purpose: proxies write `HTTP/2`, blanks in URLs and header lines of their own.

use crate::exchange::Headers;
use crate::text::url::without_fragment;

/// The first line of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Start {
    /// `POST https://… HTTP/1.1`
    Request {
        /// The verb.
        method: String,
        /// The target, as it stands there.
        target: String,
    },
    /// `HTTP/1.1 200 OK`
    Status {
        /// The number.
        status: u16,
        /// The words behind it.
        text: String,
    },
}

/// A message without its body.
#[derive(Debug)]
pub(super) struct Head {
    /// The first line.
    pub(super) start: Start,
    /// The header fields.
    pub(super) headers: Headers,
}

impl Start {
    /// Reads the line if it is the first line of a message.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let line = line.trim_end();
        if let Some(rest) = line.strip_prefix("HTTP/") {
            let (version, rest) = rest.split_once(' ')?;
            let (number, text) = rest
                .trim_start()
                .split_once(' ')
                .unwrap_or((rest.trim(), ""));
            let valid = version.len() <= 3 && number.len() == 3;
            let status = number.parse().ok().filter(|_| valid)?;
            let text = text.trim().to_owned();
            return Some(Self::Status { status, text });
        }
        let (method, rest) = line.split_once(' ')?;
        let (target, version) = rest.rsplit_once(' ')?;
        let is_verb = (3..=20).contains(&method.len())
            && method
                .bytes()
                .all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-'));
        let is_target = has_origin(target)
            || target.starts_with('/')
            || target == "*"
            || (method == "CONNECT" && !target.contains(' '));
        (is_verb && is_target && version.starts_with("HTTP/")).then(|| Self::Request {
            method: method.to_owned(),
            target: target.trim().to_owned(),
        })
    }

    /// Whether it begins an answer in front of the real one, as `100 Continue` is.
    pub(super) fn is_interim(&self) -> bool {
        matches!(
            self,
            Self::Status {
                status: 100 | 102..=199,
                ..
            }
        )
    }

    /// Reads the line if it is `POST https://…`, as people write it who leave out the version.
    pub(super) fn parse_short(line: &str) -> Option<Self> {
        const VERBS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
        let (method, target) = line.trim_end().split_once(' ')?;
        let whole = VERBS.contains(&method) && has_origin(target) && !target.contains(' ');
        whole.then(|| Self::Request {
            method: method.to_owned(),
            target: target.to_owned(),
        })
    }
}

/// Whether a request's target says which server it is for.
fn has_origin(target: &str) -> bool {
    let scheme = target.get(..8).unwrap_or(target).to_ascii_lowercase();
    scheme.starts_with("https://") || scheme.starts_with("http://")
}

/// The URL of a request line's target, completed by the `Host` field.
pub(super) fn url(target: &str, headers: &Headers) -> String {
    let target = without_fragment(target);
    match headers.get("host") {
        Some(host) if target.starts_with('/') => format!("https://{host}{target}"),
        _ => target.to_owned(),
    }
}

/// Whether the line is a header field.
pub(super) fn is_field(line: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    line.split_once(':').is_some_and(|(name, _)| {
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(token)
    })
}

/// Header lines; one without a colon belongs to the field before it.
pub(super) fn headers<'a>(lines: impl Iterator<Item = &'a str>) -> Headers {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in lines {
        let line = line.trim_end();
        let folded = line.starts_with([' ', '\t']);
        match (folded, line.split_once(':')) {
            (false, Some((name, value))) => {
                fields.push((name.trim_end().to_owned(), value.trim_start().to_owned()));
            }
            _ => {
                if let Some((_, value)) = fields.last_mut()
                    && folded
                {
                    value.push(' ');
                    value.push_str(line.trim_start());
                }
            }
        }
    }
    fields.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_lines_are_told_from_other_lines() {
        for line in [
            "GET https://dev.azure.com/a b HTTP/2",
            "POST /a HTTP/1.1\r",
            "CONNECT dev.azure.com:443 HTTP/1.1",
            "HTTP/1.1 200 OK",
            "HTTP/2 200",
        ] {
            assert!(Start::parse(line).is_some(), "{line}");
        }
        for line in [
            "Error in GET https://dev.azure.com/a",
            "GET the https://dev.azure.com/a HTTP/1.1",
            "HTTP/1.1 is old",
            "HTTP/1.1 20",
            "POST nothing HTTP/1.1",
            "",
        ] {
            assert!(Start::parse(line).is_none(), "{line}");
        }
    }

    #[test]
    fn header_lines_may_be_odd() {
        let found = headers(["A : b", "no colon here", "B:c:d", "\tfolded", "a:e"].into_iter());
        assert_eq!(found.get("a"), Some("b"));
        assert_eq!(found.get("b"), Some("c:d folded"));
        assert_eq!(found.iter().count(), 3);
    }
}
