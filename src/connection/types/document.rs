//! The file of a connection type.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::Shape;

/// A type of service connection.
#[derive(Debug, Clone)]
pub struct Type {
    /// The type as the service declares it: the name of the file.
    pub name: String,
    /// What the portal calls it.
    pub title: String,
    /// The Marketplace extension that brings it; `None`: built in.
    pub extension: Option<String>,
    /// Where Verify asks; `None`: the type has no such test, or none is known.
    pub verify: Option<String>,
    /// One sentence that helps with any scheme.
    pub note: Option<String>,
    /// Whether rules of its own judge it, and the table only names its members.
    pub rules_of_its_own: bool,
    /// Where the facts come from.
    pub sources: Vec<String>,
    /// What the address must be.
    pub url: UrlRule,
    /// The schemes; one with several forms comes several times.
    pub schemes: Vec<Scheme>,
}

/// What `url` must be; it has to be absolute in any case.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UrlRule {
    /// The same address for everybody.
    pub fixed: Option<String>,
    /// The schemes it may have; empty for any.
    pub schemes: Vec<String>,
    /// Whether it ends in a slash, because the service puts the path of its test right behind it.
    pub slash: Option<Slash>,
    /// Whether a body may go without it.
    pub optional: bool,
    /// One that is right, with invented names.
    pub example: Option<String>,
    /// The member, as `data.NAME`, whose value decides which address of `of` it is.
    pub by: Option<String>,
    /// The address for each value of the member `by`.
    pub of: Addresses,
    /// The address where the member `by` is absent.
    pub default: Option<String>,
}

/// Values of a member, each with the address that goes with it.
#[derive(Debug, Clone, Default)]
pub struct Addresses(pub Vec<(String, String)>);

/// Whether an address ends in a slash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Slash {
    /// It must.
    Needed,
    /// It must not.
    None,
}

/// A scheme of a type, in one of its forms.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// `authorization.scheme`
    pub name: String,
    /// Which form of the scheme it is, for people.
    pub variant: Option<String>,
    /// What a payload of this form has.
    pub when: Vec<Condition>,
    /// Whether only other versions of the product have it.
    pub other_versions: bool,
    /// Whether not all of its members are known.
    pub incomplete: bool,
    /// One sentence that helps.
    pub note: Option<String>,
    /// `authorization.parameters` and `data`, in the order of the file.
    pub members: Vec<Member>,
}

/// A member and the value it must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Where the member stands.
    pub place: Place,
    /// Its name.
    pub member: String,
    /// Its value; `*` for any.
    pub is: String,
}

/// The map that a member stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// `authorization.parameters`
    Parameters,
    /// `data`
    Data,
}

/// A member of a scheme.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of the member that the file states by itself"
)]
pub struct Member {
    /// Where it stands.
    pub place: Place,
    /// Its name, in the letters that every task reads.
    pub name: String,
    /// Whether a new connection needs it.
    pub required: bool,
    /// Whether the service hides it in its answers.
    pub secret: bool,
    /// What its value looks like.
    pub shape: Shape,
    /// The only values it may have; empty for any.
    pub words: Vec<String>,
    /// The greatest number of characters.
    pub longest: Option<usize>,
    /// Other spellings of the name that are taken everywhere.
    pub also: Vec<String>,
    /// What it is, for people.
    pub what: Option<String>,
    /// Whether the service fills it in, so that an answer has it and a new body does not.
    pub by_service: bool,
    /// Whether only other versions of the product or extension declare it.
    pub other_versions: bool,
    /// Whether the form leaves it empty.
    pub stays_empty: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    extension: Option<String>,
    verify: Option<String>,
    note: Option<String>,
    #[serde(default)]
    rules_of_its_own: bool,
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    url: UrlRule,
    #[serde(default)]
    parameters: InOrder<Described>,
    #[serde(default)]
    data: InOrder<Described>,
    #[serde(default)]
    scheme: Vec<SchemeTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemeTable {
    name: String,
    variant: Option<String>,
    #[serde(default)]
    when: InOrder<String>,
    #[serde(default)]
    other_versions: bool,
    #[serde(default)]
    incomplete: bool,
    note: Option<String>,
    #[serde(default)]
    parameters: InOrder<Described>,
    #[serde(default)]
    data: InOrder<Described>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are the words of the file"
)]
struct Described {
    required: bool,
    secret: bool,
    shape: Shape,
    words: Vec<String>,
    longest: Option<usize>,
    also: Vec<String>,
    what: Option<String>,
    by_service: bool,
    other_versions: bool,
    stays_empty: bool,
}

impl Type {
    /// Reads the file of the type `name`. An error is one line, with the line of the file.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let file = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text[..at].matches('\n').count() + 1;
            let reason = error.message().lines().next().unwrap_or("not valid TOML");
            format!("line {line}: {reason}")
        })?;
        Self::of(name, file)
    }

    /// The built-in type `name`, whose file the build script wrote as JSON.
    pub(super) fn built_in(name: &str, json: &str) -> Result<Self, String> {
        let file = serde_json::from_str(json).map_err(|error| error.to_string())?;
        Self::of(name, file)
    }

    fn of(name: &str, file: File) -> Result<Self, String> {
        if file.scheme.is_empty() {
            return Err("a type needs at least one [[scheme]]".to_owned());
        }
        let common = members(&file.parameters, &file.data);
        let schemes = file.scheme.into_iter().map(|scheme| {
            let mut all = members(&scheme.parameters, &scheme.data);
            all.extend(common.iter().cloned());
            let when = scheme
                .when
                .0
                .iter()
                .map(|(member, is)| condition(member, is));
            Ok(Scheme {
                when: when.collect::<Result<_, String>>()?,
                name: scheme.name,
                variant: scheme.variant,
                other_versions: scheme.other_versions,
                incomplete: scheme.incomplete,
                note: scheme.note,
                members: all,
            })
        });
        if let Some(by) = &file.url.by {
            condition(by, "")?;
        }
        Ok(Self {
            name: name.to_owned(),
            title: file.title,
            extension: file.extension,
            verify: file.verify,
            note: file.note,
            rules_of_its_own: file.rules_of_its_own,
            sources: file.sources,
            url: file.url,
            schemes: schemes.collect::<Result<_, String>>()?,
        })
    }
}

impl UrlRule {
    /// The member that decides the address.
    pub(crate) fn deciding(&self) -> Option<Condition> {
        condition(self.by.as_deref()?, "*").ok()
    }
}

/// `data.NAME` or `parameters.NAME` with the value it must have.
fn condition(member: &str, is: &str) -> Result<Condition, String> {
    let (place, name) = match member.split_once('.') {
        Some(("data", name)) => (Place::Data, name),
        Some(("parameters", name)) => (Place::Parameters, name),
        _ => return Err(format!("{member} is neither data.NAME nor parameters.NAME")),
    };
    Ok(Condition {
        place,
        member: name.to_owned(),
        is: is.to_owned(),
    })
}

fn members(parameters: &InOrder<Described>, data: &InOrder<Described>) -> Vec<Member> {
    let of = |place, table: &InOrder<Described>| {
        let make = |(name, member): &(String, Described)| {
            let member = member.clone();
            Member {
                place,
                name: name.clone(),
                required: member.required,
                secret: member.secret,
                shape: member.shape,
                words: member.words,
                longest: member.longest,
                also: member.also,
                what: member.what,
                by_service: member.by_service,
                other_versions: member.other_versions,
                stays_empty: member.stays_empty,
            }
        };
        table.0.iter().map(make).collect::<Vec<_>>()
    };
    let mut all = of(Place::Parameters, parameters);
    all.extend(of(Place::Data, data));
    all
}

/// A table in the order of its file, which a page shows it in.
struct InOrder<T>(Vec<(String, T)>);

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for InOrder<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Entries<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Vec<(String, T)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }
        from.deserialize_map(Entries(std::marker::PhantomData))
            .map(Self)
    }
}

impl<'de> Deserialize<'de> for Addresses {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        InOrder::deserialize(from).map(|table| Self(table.0))
    }
}
