//! What the address of a type must be.

use crate::json::Node;
use crate::text::url::split_scheme;

use super::{Shape, Slash, UrlRule};

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UrlFault<'a> {
    /// It names no scheme, or nothing behind it.
    NotAbsolute,
    /// It is not the one address that is right.
    Other(&'a str),
    /// It has a scheme that the type does not take.
    Scheme,
    /// Whether it ends in a slash is not as the type wants it.
    Slash(Slash),
}

impl UrlRule {
    /// The one address that is right for the service endpoint `node`, where there is one.
    pub(crate) fn address_of(&self, node: &Node) -> Option<&str> {
        if let Some(fixed) = &self.fixed {
            return Some(fixed);
        }
        let deciding = self.deciding()?;
        let map = deciding
            .place
            .keys()
            .iter()
            .try_fold(node, |node, key| node.get(key));
        let value = map.and_then(|map| map.str(&deciding.member)).map(str::trim);
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            return self.default.as_deref();
        };
        let mut known = self.of.0.iter();
        let found = known.find(|(name, _)| name.eq_ignore_ascii_case(value));
        found.map(|(_, address)| address.as_str())
    }

    /// What is wrong with `url`, which is not empty, as the address of `node`.
    pub(crate) fn fault(&self, url: &str, node: &Node) -> Option<UrlFault<'_>> {
        let url = url.trim();
        if Shape::Url.wrong(url).is_some() {
            return Some(UrlFault::NotAbsolute);
        }
        if let Some(right) = self.address_of(node) {
            return (!is_same(right, url)).then_some(UrlFault::Other(right));
        }
        let scheme = split_scheme(url).map_or(url, |(scheme, _)| scheme);
        let known = &self.schemes;
        if !known.is_empty() && !known.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
            return Some(UrlFault::Scheme);
        }
        match self.slash? {
            Slash::Needed if !url.ends_with('/') => Some(UrlFault::Slash(Slash::Needed)),
            Slash::None if url.ends_with('/') => Some(UrlFault::Slash(Slash::None)),
            _ => None,
        }
    }
}

/// Letter case, the slash at the end and the default port make no difference.
fn is_same(right: &str, url: &str) -> bool {
    let essence = |url: &str| {
        let lower = url.to_ascii_lowercase();
        let lower = lower.trim_end_matches('/');
        lower
            .trim_end_matches(":443")
            .trim_end_matches('/')
            .to_owned()
    };
    essence(right) == essence(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::types::of;
    use crate::json::parse;

    #[test]
    fn each_type_has_its_rule() {
        let node = parse(r#"{"data":{"region":"us"}}"#).unwrap();
        let fault = |kind: &str, url: &'static str| of(kind).unwrap().url.fault(url, &node);
        assert_eq!(fault("generic", "ftp://files.fabrikam.example"), None);
        assert_eq!(fault("generic", "files"), Some(UrlFault::NotAbsolute));
        assert_eq!(fault("github", "https://GitHub.com/"), None);
        assert_eq!(
            fault("sonarcloud", "https://sonarcloud.io"),
            Some(UrlFault::Other("https://sonarqube.us"))
        );
        assert_eq!(
            fault("servicefabric", "https://x:19080"),
            Some(UrlFault::Scheme)
        );
        assert_eq!(
            fault("jenkins", "https://jenkins.fabrikam.example"),
            Some(UrlFault::Slash(Slash::Needed))
        );
    }
}
