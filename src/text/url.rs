//! Where a URL is cut: its parts as they were written, and their decoding.

/// The parts of an absolute URL, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Url<'a> {
    /// What stands in front of `://`.
    pub scheme: &'a str,
    /// User information, host and port.
    pub authority: &'a str,
    /// From the first `/` behind the authority to the query; empty where nothing follows.
    pub path: &'a str,
    /// Behind `?`, without the fragment; empty where there is none.
    pub query: &'a str,
}

impl<'a> Url<'a> {
    /// Cuts `url`; `None` if it has no scheme.
    pub fn parse(url: &'a str) -> Option<Self> {
        let (scheme, rest) = split_scheme(url)?;
        let rest = rest.split('#').next().unwrap_or_default();
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = place.split_at(place.find('/').unwrap_or(place.len()));
        Some(Self {
            scheme,
            authority,
            path,
            query,
        })
    }

    /// Host and port, without user information.
    pub(crate) fn host_and_port(&self) -> &'a str {
        self.authority.rsplit('@').next().unwrap_or(self.authority)
    }

    /// The host without its port.
    pub fn host(&self) -> &'a str {
        let host = self.host_and_port();
        match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        }
    }

    /// The first value of the query parameter called `name`, in any case, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        parameter(self.query, name)
    }
}

/// The scheme of `url`, and all that stands behind its `://`.
pub(crate) fn split_scheme(url: &str) -> Option<(&str, &str)> {
    url.split_once("://")
}

/// The host of `url` in lower case, without its port; `None` for an address without a scheme.
pub fn host(url: &str) -> Option<String> {
    Some(Url::parse(url)?.host().to_ascii_lowercase())
}

/// `url` without its query and fragment.
pub(crate) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// `url` as the server saw it.
pub(crate) fn without_fragment(url: &str) -> &str {
    url.split('#').next().unwrap_or_default()
}

/// `text` with its percent encoding undone.
pub fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// `text` of a form or query: `+` is a blank there.
pub(crate) fn decode_form(text: &str) -> String {
    decode(&text.replace('+', " "))
}

/// `a=b&c=d`, decoded; also the form of `application/x-www-form-urlencoded` bodies.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode_form(key), decode_form(value))
        })
        .collect()
}

/// The first value of the parameter called `name`, in any case, decoded.
pub fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = pairs(query).into_iter();
    let found = pairs.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    Some(found.1)
}

#[cfg(test)]
mod tests {
    use super::{Url, host, pairs};

    #[test]
    fn a_url_is_cut_at_its_joints() {
        let url = Url::parse("https://me:pw@Host.test:8443/a/b?x=1&y=%20#top").unwrap();
        assert_eq!(url.scheme, "https");
        assert_eq!(url.host_and_port(), "Host.test:8443");
        assert_eq!(url.host(), "Host.test");
        assert_eq!(url.path, "/a/b");
        assert_eq!(url.parameter("Y").as_deref(), Some(" "));
        assert_eq!(host("http://A.test").as_deref(), Some("a.test"));
        assert_eq!(host("http://A.test?x").as_deref(), Some("a.test"));
        assert_eq!(host("a.test/x"), None);
    }

    #[test]
    fn pairs_are_decoded() {
        assert_eq!(
            pairs("a+b=c%2Fd&&e"),
            [("a b", "c/d"), ("e", "")].map(|(key, value)| (key.to_owned(), value.to_owned()))
        );
    }
}
