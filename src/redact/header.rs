//! Header fields and cookies.

use super::mask::Kind;
use super::scrub::Scrubber;
use super::shape::is_token_like;
use super::text::is_url;
use crate::sensitive::is_secret_header;

/// Fields whose values are URLs.
const URLS: &[&str] = &[
    ":path",
    "location",
    "referer",
    "content-location",
    "origin",
    "refresh",
];

/// Fields that tell the address of somebody.
const ADDRESSES: &[&str] = &[
    "x-forwarded-for",
    "x-real-ip",
    "x-client-ip",
    "x-clientip",
    "x-ms-client-ip",
    "true-client-ip",
    "x-azure-clientip",
    "x-azure-socketip",
    "forwarded",
    "via",
];

/// Fields whose long values open nothing.
const HARMLESS: &[&str] = &[
    "etag",
    "if-none-match",
    "x-msedge-ref",
    "x-azure-ref",
    "x-cache",
    "server-timing",
    "nel",
    "report-to",
    "content-security-policy",
    "content-security-policy-report-only",
    "user-agent",
    "accept",
    "content-type",
    "www-authenticate",
    "p3p",
    "traceparent",
    "strict-transport-security",
    "sec-ch-ua",
    "permissions-policy",
    "link",
    "vary",
];

/// Parts of names of fields that carry credentials.
const TELLING: &[&str] = &[
    "token",
    "secret",
    "password",
    "api-key",
    "apikey",
    "-auth-",
    "credential",
    "session-key",
    "signature",
];

impl Scrubber {
    /// The value of the header field called `name`; `None` if nothing in it has to change.
    pub(super) fn header_value(&mut self, name: &str, value: &str) -> Option<String> {
        let name = name.to_ascii_lowercase();
        if value.trim().is_empty() {
            return None;
        }
        match name.as_str() {
            "cookie" => return self.lines(value, Self::cookie_line),
            "set-cookie" | "set-cookie2" => return self.lines(value, Self::set_cookie_line),
            ":authority" | "host" => {
                let (host, port) = value.split_at(value.rfind(':').unwrap_or(value.len()));
                let host = format!("{}{port}", self.host(host));
                return (host != value).then_some(host);
            }
            _ => {}
        }
        if is_secret_header(&name) {
            return self.authorization(value);
        }
        if URLS.contains(&name.as_str()) || is_url(value) {
            return self.url(value);
        }
        if ADDRESSES.contains(&name.as_str()) {
            let listed: Vec<String> = value
                .split(',')
                .map(|part| {
                    self.address(part)
                        .or_else(|| self.flat(part))
                        .unwrap_or_else(|| part.to_owned())
                })
                .collect();
            let listed = listed.join(",");
            return (listed != value).then_some(listed);
        }
        let about = name.starts_with("access-control-") || name.starts_with("sec-fetch");
        if !about && TELLING.iter().any(|part| name.contains(part)) {
            return self.authorization(value);
        }
        let redacted = self.leaf(value);
        if redacted.is_none() && !HARMLESS.contains(&name.as_str()) && is_token_like(value) {
            return self.suspect(value, Kind::Header);
        }
        redacted
    }

    /// `Bearer …`, `Basic …`, or a credential by itself.
    fn authorization(&mut self, value: &str) -> Option<String> {
        let (scheme, rest) = value.trim().split_once(' ').unwrap_or(("", value.trim()));
        let is_scheme = !scheme.is_empty()
            && scheme.len() <= 20
            && scheme.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
        if !is_scheme {
            return self.secret(value, Kind::Header);
        }
        let rest = rest.trim();
        if rest.is_empty() {
            return None;
        }
        let masked = match self.whole_token(rest) {
            Some(token) => token,
            None => self.credential(scheme, rest),
        };
        Some(format!("{scheme} {masked}"))
    }

    /// Several fields that a recorder joined by line ends.
    fn lines(&mut self, value: &str, line: fn(&mut Self, &str) -> String) -> Option<String> {
        let lines: Vec<String> = value.split('\n').map(|text| line(self, text)).collect();
        let lines = lines.join("\n");
        (lines != value).then_some(lines)
    }

    /// `a=b; c=d`
    fn cookie_line(&mut self, line: &str) -> String {
        let pairs: Vec<String> = line.split(';').map(|pair| self.cookie_pair(pair)).collect();
        pairs.join(";")
    }

    /// `a=b; Path=/; Domain=x`
    fn set_cookie_line(&mut self, line: &str) -> String {
        let mut parts = line.split(';');
        let mut out = self.cookie_pair(parts.next().unwrap_or_default());
        for part in parts {
            out.push(';');
            out.push_str(&self.flat(part).unwrap_or_else(|| part.to_owned()));
        }
        out
    }

    fn cookie_pair(&mut self, pair: &str) -> String {
        match pair.split_once('=') {
            Some((name, value)) => {
                let masked = self
                    .cookie_value(name, value)
                    .unwrap_or_else(|| value.to_owned());
                format!(
                    "{}={masked}",
                    self.flat(name).unwrap_or_else(|| name.to_owned())
                )
            }
            None if pair.trim().len() > 20 => self
                .suspect(pair, Kind::Cookie)
                .unwrap_or_else(|| pair.to_owned()),
            None => pair.to_owned(),
        }
    }

    /// Every cookie's value goes; only those of sessions are looked for elsewhere whatever they look like.
    pub(super) fn cookie_value(&mut self, name: &str, value: &str) -> Option<String> {
        let lower = name.trim().to_ascii_lowercase();
        let session = [
            "auth", "session", "token", "ests", "sign", "csrf", "sid", "jwt",
        ]
        .iter()
        .any(|part| lower.contains(part));
        // A chunk of a larger cookie begins or ends anywhere.
        if session && value.len() >= 8 {
            self.secret(value, Kind::Cookie)
        } else {
            self.suspect(value, Kind::Cookie)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &str, value: &str) -> String {
        let mut scrubber = Scrubber::new([4; 16], false);
        scrubber
            .header_value(name, value)
            .unwrap_or_else(|| value.to_owned())
    }

    #[test]
    fn cookies_keep_their_names_and_attributes() {
        let out = header("Cookie", "FedAuth=77u/PD94; lang=en-US; empty=");
        assert!(
            out.starts_with("FedAuth=REDACTED-") && out.ends_with("; empty="),
            "{out}"
        );
        assert!(out.contains("; lang=REDACTED-"), "{out}");
        let out = header(
            "set-cookie",
            "UserAuthentication=abc123def456; path=/; HttpOnly\nx=1",
        );
        assert!(
            out.contains("; path=/; HttpOnly\nx=REDACTED-") && !out.contains("abc123"),
            "{out}"
        );
    }

    #[test]
    fn credentials_keep_their_scheme() {
        let out = header("Authorization", "Basic OmFiY2RlZmdoaWprbG1ub3A=");
        let inner = crate::ingest::body::from_base64(&out["Basic ".len()..]).unwrap();
        assert!(
            String::from_utf8(inner).unwrap().starts_with(":REDACTED-"),
            "{out}"
        );
        assert!(
            header("Proxy-Authorization", "Bearer opaque-1234567890")
                .starts_with("Bearer REDACTED-")
        );
        assert!(header("X-Functions-Key", "abc123def").starts_with("REDACTED-"));
        assert_eq!(
            header("Access-Control-Allow-Headers", "authorization, x-token"),
            "authorization, x-token"
        );
    }

    #[test]
    fn addresses_and_hosts_become_aliases() {
        assert!(header("X-Forwarded-For", "203.0.113.7, 10.0.0.1").starts_with("198.1"));
        assert!(!header("Host", "tfs.contoso.com:8080").contains("contoso"));
        assert_eq!(header("Host", "dev.azure.com"), "dev.azure.com");
        assert_eq!(
            header(
                "Content-Type",
                "application/json; charset=utf-8; api-version=7.1"
            ),
            "application/json; charset=utf-8; api-version=7.1"
        );
    }
}
