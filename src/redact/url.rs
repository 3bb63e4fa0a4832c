//! URLs: scheme, host, path, query and fragment, each by its own rules.

use percent_encoding::percent_decode_str;

use super::mask::Kind;
use super::scrub::Scrubber;
use super::shape::is_opaque;
use super::text::is_url;
use super::{hosts, vocabulary};
use crate::sensitive::spelling::encoded;
use crate::sensitive::value::user_info;
use crate::sensitive::{is_certain, is_secret_header, is_secret_name};
use crate::text::guid::is_guid;

/// A URL taken apart; every part as it is written.
struct Parts<'u> {
    /// `https://`, or nothing for a relative URL.
    scheme: &'u str,
    user: Option<&'u str>,
    host: &'u str,
    port: &'u str,
    path: &'u str,
    query: Option<&'u str>,
    fragment: Option<&'u str>,
}

impl<'u> Parts<'u> {
    fn of(url: &'u str) -> Self {
        let scheme = url.find("://").filter(|_| is_url(url));
        let (scheme, rest) = url.split_at(scheme.map_or(0, |at| at + 3));
        let user = user_info(rest).filter(|_| !scheme.is_empty());
        let (user, rest) = match user {
            Some(end) => (Some(&rest[..end]), &rest[end + 1..]),
            None => (None, rest),
        };
        let (rest, fragment) = split(rest, '#');
        let (path, query) = split(rest, '?');
        if scheme.is_empty() {
            return Self {
                scheme: "",
                user: None,
                host: "",
                port: "",
                path,
                query,
                fragment,
            };
        }
        let (place, path) = path.split_at(path.find('/').unwrap_or(path.len()));
        let colon = place.rfind(':').filter(|at| {
            place[at + 1..].bytes().all(|b| b.is_ascii_digit()) && !place.ends_with(']')
        });
        let (host, port) = place.split_at(colon.unwrap_or(place.len()));
        Self {
            scheme,
            user,
            host,
            port,
            path,
            query,
            fragment,
        }
    }

    /// The path's segments that hold the names of the organization and the project, by number.
    fn owners(&self) -> Vec<usize> {
        let host = self.host.to_ascii_lowercase();
        let cloud = host == "dev.azure.com" || host.ends_with(".dev.azure.com");
        let old = host.ends_with(".visualstudio.com");
        let segments: Vec<&str> = self.path.split('/').collect();
        let area = segments
            .iter()
            .position(|segment| segment.starts_with('_') && segment.len() > 1);
        if !cloud && !old && area.is_none_or(|at| !segments[at].eq_ignore_ascii_case("_apis")) {
            return Vec::new();
        }
        let end = area.unwrap_or_else(|| segments.len().min(if cloud { 3 } else { 2 }));
        (1..end)
            .filter(|at| {
                let segment = segments[*at];
                !segment.is_empty()
                    && !segment.contains('.')
                    && !["tfs", "defaultcollection", "signin", "serviceworker.js"]
                        .contains(&segment.to_ascii_lowercase().as_str())
            })
            .take(3)
            .collect()
    }
}

fn split(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((front, back)) => (front, Some(back)),
        None => (text, None),
    }
}

impl Scrubber {
    /// A URL, absolute or relative; `None` if nothing in it has to change.
    pub(super) fn url(&mut self, url: &str) -> Option<String> {
        if url.starts_with("data:") {
            return self.data_url(url);
        }
        if self.learns() {
            self.learn_url(url);
            self.learn_text(url);
        }
        let parts = Parts::of(url);
        let mut out = parts.scheme.to_owned();
        if let Some(user) = parts.user {
            out.push_str(&self.user(user));
            out.push('@');
        }
        let host = self.host(parts.host);
        out.push_str(&host);
        out.push_str(parts.port);
        out.push_str(&self.path(&parts));
        for (mark, query) in [('?', parts.query), ('#', parts.fragment)] {
            if let Some(query) = query {
                out.push(mark);
                out.push_str(&self.pairs_of(query).unwrap_or_else(|| query.to_owned()));
            }
        }
        (out != url).then_some(out)
    }

    /// A host of a URL or header field.
    pub(super) fn host(&mut self, host: &str) -> String {
        self.learn_host(host);
        if self.keep_ids || host.is_empty() || hosts::is_public_host(host) {
            return host.to_owned();
        }
        let is_address =
            host.starts_with('[') || host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if is_address {
            return self.address(host).unwrap_or_else(|| host.to_owned());
        }
        if host.contains('.') || !vocabulary::is_common(host) {
            self.counts.add(Kind::Host);
            return self.aliases.host(host);
        }
        host.to_owned()
    }

    fn path(&mut self, parts: &Parts<'_>) -> String {
        let owners = parts.owners();
        let mut own: Vec<(usize, String)> = Vec::new();
        let segments: Vec<&str> = parts.path.split('/').collect();
        for at in owners {
            let plain = percent_decode_str(segments[at])
                .decode_utf8_lossy()
                .into_owned();
            if let Some(alias) = self.name(&plain) {
                let code = if plain == segments[at] {
                    alias
                } else {
                    encoded(&alias)
                };
                own.push((at, code));
            }
        }
        // Everything between the names is looked at in one piece: ids and names may span segments.
        let mut out = String::new();
        let mut from = 0;
        for (at, alias) in own {
            let piece = segments[from..at].join("/");
            out.push_str(&self.flat(&piece).unwrap_or(piece));
            if at > from {
                out.push('/');
            }
            out.push_str(&alias);
            from = at + 1;
            if from < segments.len() {
                out.push('/');
            }
        }
        let piece = segments[from.min(segments.len())..].join("/");
        out.push_str(&self.flat(&piece).unwrap_or(piece));
        out
    }

    /// The names in a URL.
    pub(super) fn learn_url(&mut self, url: &str) {
        let plain = url.replace("\\/", "/");
        let parts = Parts::of(&plain);
        self.learn_host(parts.host);
        let host = parts.host.to_ascii_lowercase();
        if let Some((own, suffix)) = hosts::tenant_suffix(&host) {
            let own = own.split('.').next().unwrap_or_default();
            if suffix == ".visualstudio.com" && !vocabulary::is_common(own) {
                self.learn_name(own);
            }
        }
        let segments: Vec<&str> = parts.path.split('/').collect();
        for at in parts.owners() {
            let name = percent_decode_str(segments[at]).decode_utf8_lossy();
            if !self.vault.names.contains(name.as_ref()) && !vocabulary::is_common(&name) {
                self.learn_name(&name);
            }
        }
        for (mark, name) in segments.iter().zip(segments.iter().skip(1)) {
            if matches!(
                mark.to_ascii_lowercase().as_str(),
                "_git" | "repositories" | "teams"
            ) {
                self.learn_name(&percent_decode_str(name).decode_utf8_lossy());
            }
        }
    }

    /// What a text tells about names, without changing it.
    fn learn_text(&mut self, text: &str) {
        let counts = std::mem::take(&mut self.counts);
        let _ = self.flat(text);
        self.counts = counts;
    }

    /// `a=b&c=d` of a query, a fragment or a form.
    pub(super) fn pairs_of(&mut self, query: &str) -> Option<String> {
        if !query.contains('=') {
            return self.flat(query);
        }
        let mut changed = false;
        let pairs: Vec<String> = query
            .split('&')
            .map(|pair| {
                let Some((name, value)) = pair.split_once('=') else {
                    let flat = self.flat(pair);
                    changed |= flat.is_some();
                    return flat.unwrap_or_else(|| pair.to_owned());
                };
                let (new_name, new) = (self.swept(name), self.query_value(name, value));
                changed |= new_name.is_some() || new.is_some();
                let name = new_name.as_deref().unwrap_or(name);
                format!("{name}={}", new.as_deref().unwrap_or(value))
            })
            .collect();
        changed.then(|| pairs.join("&"))
    }

    /// One value as it is written in a query.
    fn query_value(&mut self, name: &str, value: &str) -> Option<String> {
        let name = percent_decode_str(name).decode_utf8_lossy();
        let plus = value.replace('+', " ");
        let plain = percent_decode_str(&plus).decode_utf8_lossy();
        let redacted = self.value_of(&name, &plain)?;
        Some(encoded(&redacted))
    }

    /// One decoded value of a query or form.
    pub(super) fn value_of(&mut self, name: &str, plain: &str) -> Option<String> {
        let key = name.trim_start_matches(['$', '?']).trim();
        // In a query of the API an error code or a state is no secret.
        let harmless = matches!(
            key.to_ascii_lowercase().as_str(),
            "code"
                | "token"
                | "key"
                | "state"
                | "secret"
                | "certificate"
                | "cookie"
                | "authorization"
        ) && !is_opaque(plain, 12)
            && is_wording(plain);
        let named = is_secret_name(key) || is_secret_header(key);
        if named && (is_certain(key) || !harmless) {
            return self.secret(plain, Kind::Field);
        }
        if is_guid(plain) {
            return self.flat(plain);
        }
        if plain.starts_with('/') && plain.contains('?') {
            return self.url(plain);
        }
        self.field(plain)
    }

    /// `data:image/png;base64,…`: a picture of somebody is as good as a name.
    fn data_url(&mut self, url: &str) -> Option<String> {
        let (head, data) = url.split_once(',')?;
        if data.len() < 64 {
            return self.flat(url);
        }
        self.counts.add(Kind::Binary);
        Some(format!("{head},{}", super::mask::mask(data, &self.aliases)))
    }
}

/// `open`, `access_denied`, `AuthorizationFailed`: what people call a thing, and no run of letters.
fn is_wording(text: &str) -> bool {
    let camel = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.contains(|c: char| c.is_ascii_lowercase());
    text.len() < 8 || camel || text.contains(['_', '-', ' ', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(url: &str) -> String {
        let mut scrubber = Scrubber::new([9; 16], false);
        let _ = scrubber.url(url);
        scrubber.start_over();
        scrubber.url(url).unwrap_or_else(|| url.to_owned())
    }

    #[test]
    fn secrets_go_and_the_api_stays() {
        let out = url(
            "https://dev.azure.com/contoso/Web%20Shop/_apis/serviceendpoint/endpoints/2c0d6f1e-4b8a-4d57-9f63-1a2b3c4d5e6f?api-version=7.1&access_token=abc123&operation=ConvertAuthenticationScheme#id_token=x1y2z3",
        );
        assert!(
            out.starts_with("https://dev.azure.com/") && out.contains("%20"),
            "{out}"
        );
        assert!(
            out.contains("/_apis/serviceendpoint/endpoints/") && out.contains("api-version=7.1&"),
            "{out}"
        );
        assert!(
            out.contains("&operation=ConvertAuthenticationScheme#"),
            "{out}"
        );
        for gone in ["contoso", "Shop", "2c0d6f1e", "abc123", "x1y2z3"] {
            assert!(!out.contains(gone), "{gone} in {out}");
        }
    }

    #[test]
    fn hosts_and_ports() {
        let out = url("http://me:pass1word@tfs01.corp.contoso.com:8080/tfs/Main/shop/_apis/x?a=b");
        for gone in ["me:", "pass1word", "tfs01", "contoso", "Main", "shop"] {
            assert!(!out.contains(gone), "{gone} in {out}");
        }
        assert!(
            out.contains(":8080/tfs/") && out.ends_with("/_apis/x?a=b"),
            "{out}"
        );
        let out = url("https://contoso.visualstudio.com/DefaultCollection/shop/_apis/x");
        assert!(
            out.contains(".visualstudio.com/DefaultCollection/") && !out.contains("shop"),
            "{out}"
        );
        for same in [
            "https://login.microsoftonline.com/common/oauth2/v2.0/token",
            "https://management.azure.com/subscriptions?api-version=2020-01-01",
            "about:blank",
            "",
            "https://app.vssps.visualstudio.com/_signedin?state=abc",
        ] {
            assert_eq!(url(same), same);
        }
    }

    #[test]
    fn a_url_in_a_url_is_one_too() {
        let out = url(
            "https://login.microsoftonline.com/common/oauth2/authorize?redirect_uri=https%3A%2F%2Fspsprodeus21.vssps.visualstudio.com%2F_signedin%3Faccess_token%3Dhunter2abc&login_hint=jane%40contoso.com",
        );
        assert!(
            !out.contains("hunter2abc")
                && !out.contains("jane")
                && out.contains("%3Faccess_token%3D"),
            "{out}"
        );
    }
}
