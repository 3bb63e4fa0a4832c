//! Addresses: the routes and parameters of the API stay, names and ids in them become aliases.

use super::count::Fate;
use super::hosts;
use super::value::{Copier, guid_in, is_http, is_type};
use crate::rules::vocabulary;
use crate::sensitive::form::is_version;
use crate::sensitive::member::{self, Kind};
use crate::sensitive::spelling::encoded;
use crate::sensitive::value::user_info;
use crate::text::guid::{self, is_guid};
use crate::text::url::decode;
use crate::text::url::split_scheme;

/// Longest word that stands where an address belongs and is told as one.
const LONGEST_WORD: usize = 20;

impl Copier<'_> {
    /// An address where one belongs; anything else there by its form.
    pub(super) fn address_or_text(&mut self, text: &str) -> String {
        let quoted = |c: char| "'\"".contains(c);
        let bare = text.trim_matches(quoted);
        if is_http(bare) {
            let address = self.address(bare);
            return text.replacen(bare, &address, 1);
        }
        if bare.starts_with('/') {
            return self.path_and_query(text, false);
        }
        // An address without a scheme, with another one, or a plain word there may be the fault.
        let end = bare.find(['/', '?', '#']).unwrap_or(bare.len());
        let (host, rest) = bare.split_at(end);
        let is_host = host.contains('.')
            && !host.contains(|c: char| c.is_whitespace() || "@:\\".contains(c))
            && !rest.contains(char::is_whitespace);
        if is_host {
            let address = format!("{}{}", self.host(host), self.path_and_query(rest, false));
            return text.replacen(bare, &address, 1);
        }
        if has_scheme(bare) && !bare.contains(char::is_whitespace) {
            let address = self.address(bare);
            return text.replacen(bare, &address, 1);
        }
        let is_word = bare.len() <= LONGEST_WORD && bare.chars().all(char::is_alphabetic);
        if is_word && !bare.is_empty() && !member::is_route(bare) {
            return self.name(text);
        }
        self.id_like(text)
    }

    /// A word where an address or a path belongs: `common`, an id, or nothing known.
    fn id_like(&mut self, text: &str) -> String {
        if guid_in(text).is_some() || member::is_route(text) {
            return self.path(text);
        }
        self.unknown(text)
    }

    /// An absolute address. Who signs in with it is left out.
    pub(super) fn address(&mut self, url: &str) -> String {
        let Some((scheme, rest)) = split_scheme(url) else {
            return self.path_and_query(url, false);
        };
        if hosts::is_address_of_type(url) || vocabulary::is_sought(url) {
            return url.to_owned();
        }
        let rest = user_info(rest).map_or(rest, |end| &rest[end + 1..]);
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (place, rest) = rest.split_at(end);
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port))
                if port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                (host, &place[host.len()..])
            }
            _ => (place, ""),
        };
        let is_host = |c: char| c.is_alphanumeric() || "-._[]:".contains(c);
        let scheme = if has_scheme(url) { scheme } else { "https" };
        let host = if host.chars().all(is_host) {
            self.host(host)
        } else {
            self.placeholder(host)
        };
        let is_api = rest.to_ascii_lowercase().contains("/_apis")
            || host.eq_ignore_ascii_case("dev.azure.com");
        format!(
            "{scheme}://{host}{port}{}",
            self.path_and_query(rest, is_api)
        )
    }

    fn path_and_query(&mut self, text: &str, is_api: bool) -> String {
        let text = text.split('#').next().unwrap_or_default();
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (text, None),
        };
        let mut out = if is_api {
            self.api_path(path)
        } else {
            self.path(path)
        };
        if let Some(query) = query {
            let pairs = self.pairs(query);
            if !pairs.is_empty() || query.is_empty() {
                out.push('?');
                out.push_str(&pairs);
            }
        }
        out
    }

    /// A path of Azure DevOps: in front of `_apis` stand the names of the organization and project.
    fn api_path(&mut self, path: &str) -> String {
        let segments: Vec<&str> = path.split('/').collect();
        let apis = segments
            .iter()
            .position(|segment| segment.starts_with('_') && segment.len() > 1);
        let end = apis.unwrap_or(segments.len());
        let mut out: Vec<String> = Vec::with_capacity(segments.len());
        for segment in &segments[..end] {
            let is_own = segment.eq_ignore_ascii_case("tfs")
                || segment.eq_ignore_ascii_case("DefaultCollection");
            out.push(if is_own || segment.is_empty() {
                (*segment).to_owned()
            } else {
                self.segment_name(segment)
            });
        }
        if end < segments.len() {
            out.push(self.path(&segments[end..].join("/")));
        }
        out.join("/")
    }

    /// A name as a part of a path; blanks behind it, however they are spelt, stay.
    fn segment_name(&mut self, segment: &str) -> String {
        let plain = decode(segment);
        // An address that lacks the slash in front of `api` is the fault.
        let end = plain.len().checked_sub("api".len());
        let (own, api) = match end.and_then(|at| plain.split_at_checked(at)) {
            Some((own, api)) if api.eq_ignore_ascii_case("api") && !own.is_empty() => (own, api),
            _ => (plain.as_str(), ""),
        };
        let alias = format!("{}{api}", self.value(Kind::Name, own));
        if alias == plain {
            segment.to_owned()
        } else if plain == segment {
            alias
        } else {
            encoded(&alias)
        }
    }

    /// The path of a resource: what routes are made of stays.
    pub(super) fn path(&mut self, path: &str) -> String {
        let mut out: Vec<String> = Vec::new();
        for segment in path.split('/') {
            // Behind a semicolon stand parameters of the path, which no API has.
            let segment = segment.split(';').next().unwrap_or_default();
            let (bare, blank) = blank_behind(segment);
            let literal = bare.is_empty()
                || member::is_route(bare)
                || is_type(bare)
                || is_version(bare) && bare.len() <= 10;
            let new = if literal {
                bare.to_owned()
            } else if is_guid(bare) || is_bare_guid(bare) {
                self.guid(bare)
            } else if guid_in(bare).is_some() {
                let plain = decode(bare);
                let id = self.id(&plain);
                if plain == bare { id } else { encoded(&id) }
            } else if bare.len() <= 3 && bare.bytes().all(|byte| byte.is_ascii_digit()) {
                bare.to_owned()
            } else if bare.contains('.') && !bare.contains('%') {
                self.host(bare)
            } else {
                self.segment_name(bare)
            };
            out.push(format!("{new}{blank}"));
        }
        out.join("/")
    }

    /// A path, or what a token is for: words, addresses and ids with blanks between them.
    pub(super) fn path_or_scopes(&mut self, text: &str) -> String {
        if text.starts_with('/') && !text.contains("://") {
            return self.path(text);
        }
        let words = text.split_inclusive(' ');
        words
            .map(|word| {
                let bare = word.trim_end_matches(' ');
                let new = match bare {
                    "openid" | "profile" | "email" | "offline_access" | ".default"
                    | "user_impersonation" => bare.to_owned(),
                    _ if is_http(bare) => self.address(bare),
                    _ if guid_in(bare).is_some() || bare.contains('/') => self.path(bare),
                    _ if is_type(bare) => bare.to_owned(),
                    _ => self.unknown(bare),
                };
                format!("{new}{}", &word[bare.len()..])
            })
            .collect()
    }

    /// The subject of a federated credential: names behind `sc://`, packed ids, or somebody else's form.
    pub(super) fn subject(&mut self, text: &str) -> String {
        if text.starts_with("/eid1/") {
            return self.packed(text);
        }
        let (front, rest) = match text.strip_prefix("sc://") {
            Some(rest) => ("sc://", rest),
            None => ("", text),
        };
        if front.is_empty() && is_http(text) {
            return self.address(text);
        }
        let parts = rest.split_inclusive(['/', ':']);
        let parts = parts.map(|part| {
            let bare = part.trim_end_matches(['/', ':']);
            let words = [
                "repo",
                "ref",
                "refs",
                "heads",
                "environment",
                "pull_request",
                "sc",
                "p",
                "ns",
                "system",
                "serviceaccount",
            ];
            let new = if bare.is_empty() || words.contains(&bare) {
                bare.to_owned()
            } else if is_guid(bare) {
                self.guid(bare)
            } else {
                self.segment_name(bare)
            };
            format!("{new}{}", &part[bare.len()..])
        });
        format!("{front}{}", parts.collect::<String>())
    }

    /// The subject that Entra ID packs two ids into.
    fn packed(&mut self, text: &str) -> String {
        let parts = text.split('/').map(|part| match guid::unpacked(part) {
            Some(id) => {
                let alias = self.guid(&id);
                guid::packed(&alias).unwrap_or(alias)
            }
            None => self.path(part),
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// `a=b&c=d` of a query or a form.
    pub(super) fn pairs(&mut self, query: &str) -> String {
        let pairs: Vec<String> = query
            .split('&')
            .filter_map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                let plain = decode(name);
                let Some(kind) = member::kind_of_parameter(plain.trim()) else {
                    if !name.is_empty() {
                        self.counts.add(Fate::Parameter);
                    }
                    return None;
                };
                if !pair.contains('=') {
                    return Some(name.to_owned());
                }
                let plain = decode(&value.replace('+', " "));
                let new = self.parameter(kind, &plain);
                Some(if new == plain {
                    format!("{name}={value}")
                } else {
                    format!("{name}={}", encoded(&new))
                })
            })
            .collect();
        pairs.join("&")
    }

    /// One value, or several with commas between them.
    fn parameter(&mut self, kind: Kind, text: &str) -> String {
        if matches!(kind, Kind::Id | Kind::Word | Kind::Name) && text.contains(',') {
            let parts: Vec<String> = text.split(',').map(|part| self.value(kind, part)).collect();
            return parts.join(",");
        }
        self.value(kind, text)
    }
}

/// Whether `text` is a GUID without its dashes.
fn is_bare_guid(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether `text` begins with the scheme of an address: `http`, `tcp`, `ssh`.
fn has_scheme(text: &str) -> bool {
    split_scheme(text).is_some_and(|(scheme, _)| {
        (2..=5).contains(&scheme.len()) && scheme.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}

/// A part of a path, and the blank behind it as it is spelt.
fn blank_behind(segment: &str) -> (&str, &str) {
    const BLANKS: &[&str] = &[
        "%20", "%09", "%0A", "%0a", "%0D", "%0d", "%C2%A0", "%c2%a0", "+", " ",
    ];
    let blank = BLANKS
        .iter()
        .find(|blank| segment.len() > blank.len() && segment.ends_with(**blank));
    segment.split_at(segment.len() - blank.map_or(0, |blank| blank.len()))
}
