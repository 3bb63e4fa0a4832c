//! Masks, and how many there are of which kind.

use std::collections::BTreeMap;

use super::alias::Aliases;

/// What every mask begins with.
pub(super) const MARK: &str = crate::sensitive::OWN_MARK;

/// From this length on the length of a secret tells what kind it is, and does not help to guess it.
const TELLING_LENGTH: usize = 20;

/// What was replaced. The words are those of the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A header field that carries a credential.
    Header,
    /// A cookie's value.
    Cookie,
    /// A query parameter or form field.
    Field,
    /// A member of a JSON body, by its name.
    Member,
    /// A member of `authorization.parameters` that nobody knows.
    Parameter,
    /// The signature of a token.
    Signature,
    /// Something that looks like a credential wherever it stands.
    Shape,
    /// `user:password@` in a URL.
    UserInfo,
    /// A private key or certificate.
    Key,
    /// A body of bytes.
    Binary,
    /// A secret that was seen elsewhere in the trace.
    Known,
    /// An id.
    Guid,
    /// A name of an organization, project, connection, person, ….
    Name,
    /// A mail address or sign-in name.
    Email,
    /// A host of somebody's own.
    Host,
    /// An IP address.
    Address,
}

impl Kind {
    /// The words of the manifest.
    fn words(self) -> &'static str {
        match self {
            Self::Header => "credentials in headers",
            Self::Cookie => "cookie values",
            Self::Field => "secret query parameters and form fields",
            Self::Member => "secret members of JSON and text bodies",
            Self::Parameter => "unknown authorization parameters",
            Self::Signature => "token signatures and claims",
            Self::Shape => "values that look like credentials",
            Self::UserInfo => "user names and passwords in URLs",
            Self::Key => "private keys and certificates",
            Self::Binary => "binary bodies",
            Self::Known => "further places where a removed secret stood",
            Self::Guid => "ids (aliases)",
            Self::Name => "names (aliases)",
            Self::Email => "mail addresses (aliases)",
            Self::Host => "hosts and domains (aliases)",
            Self::Address => "IP addresses (aliases)",
        }
    }
}

/// How many values of each kind were replaced.
#[derive(Debug, Default)]
pub(super) struct Counts(BTreeMap<Kind, usize>);

impl Counts {
    pub(super) fn add(&mut self, kind: Kind) {
        *self.0.entry(kind).or_default() += 1;
    }

    /// The words of each kind with its number.
    pub(super) fn words(&self) -> Vec<(&'static str, usize)> {
        self.0
            .iter()
            .map(|(kind, count)| (kind.words(), *count))
            .collect()
    }
}

/// What stands where `secret` stood: its length where that is harmless, and letters that tell
/// whether two secrets were the same.
pub(super) fn mask(secret: &str, aliases: &Aliases) -> String {
    let length = secret.chars().count();
    let tag = aliases.tag(secret);
    if length >= TELLING_LENGTH {
        format!("{MARK}{length}-{tag}")
    } else {
        format!("{MARK}{tag}")
    }
}
