//! What is known of each type of service connection: its schemes and their members.
//!
//! One file a type, called by the type's exact name: `kubernetes.toml`, `externalPythonUploadFeed.toml`.
//! `docs/types.md` says what they hold. A file is read the first time that its type is asked for.
//!
//! ```
//! use mendpoint::connection::types::{self, Place, Shape};
//!
//! let kubernetes = types::of("Kubernetes").expect("known in any letter case");
//! let scheme = kubernetes.scheme("token").next().expect("one of its schemes");
//! let token = scheme.member(Place::Parameters, "apiToken").expect("in any letter case");
//! assert!(token.required && token.secret && token.shape == Shape::Base64);
//! assert!(kubernetes.members().any(|member| member.name == "clusterId"));
//! ```

mod document;
mod shape;
mod url;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::json::Node;

pub use document::Condition;
pub use document::UrlRule;
pub use document::{Member, Place, Scheme, Slash, Type};
pub use shape::Shape;
pub use shape::Wrong;
pub(crate) use url::UrlFault;

include!(concat!(env!("OUT_DIR"), "/type_files.rs"));

/// The built-in type called `name`, in any letter case: the service compares types so.
///
/// # Panics
/// If its file is malformed, which a test rules out.
pub fn of(name: &str) -> Option<&'static Type> {
    let name = name.trim();
    let at = TYPE_FILES
        .iter()
        .position(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(read(at))
}

/// Every built-in type, by name.
pub fn all() -> impl Iterator<Item = &'static Type> {
    (0..TYPE_FILES.len()).map(read)
}

/// The names of the built-in types, without reading their files.
pub fn names() -> impl Iterator<Item = &'static str> {
    TYPE_FILES.iter().map(|(name, _)| *name)
}

fn read(at: usize) -> &'static Type {
    static READ: [OnceLock<Type>; TYPE_FILES.len()] = [const { OnceLock::new() }; TYPE_FILES.len()];
    let (name, file) = TYPE_FILES[at];
    READ[at].get_or_init(|| match Type::built_in(name, file) {
        Ok(kind) => kind,
        Err(reason) => panic!("built-in type {name}: {reason}"),
    })
}

/// The types of a run: the built-in ones, and those a user brings.
#[derive(Debug, Clone, Default)]
pub struct Types {
    own: Arc<Own>,
}

/// What a user brings.
#[derive(Debug, Clone, Default)]
struct Own {
    types: Vec<Type>,
    /// Their members by name, in lower case.
    members: HashMap<String, Vec<Member>>,
}

impl Types {
    /// Adds a user's file; `name` is what the file is called, without its `.toml`.
    pub fn add(&mut self, name: &str, text: &str) -> Result<(), String> {
        if self.of(name).is_some() {
            return Err(format!("a type called {name} is known already"));
        }
        let kind = Type::parse(name, text)?;
        let own = Arc::make_mut(&mut self.own);
        for member in kind.members() {
            for name in member.also.iter().chain([&member.name]) {
                let of_name = own.members.entry(name.to_ascii_lowercase()).or_default();
                of_name.push(member.clone());
            }
        }
        own.types.push(kind);
        Ok(())
    }

    /// None but the built-in ones.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Types> = OnceLock::new();
        BUILT_IN.get_or_init(Self::default)
    }

    /// The types that a user brings.
    pub fn own(&self) -> &[Type] {
        &self.own.types
    }

    /// What the user's types say of members called `name`, in any letter case.
    pub(crate) fn own_members(&self, name: &str) -> &[Member] {
        if self.own.members.is_empty() {
            return &[];
        }
        let of_name = self.own.members.get(&name.to_ascii_lowercase());
        of_name.map_or(&[], Vec::as_slice)
    }

    /// Whether a user's type says that its member called `name` is a secret.
    pub(crate) fn is_own_secret(&self, name: &str) -> bool {
        let mut of_name = self.own_members(name).iter();
        of_name.any(|member| member.secret)
    }

    /// The names, in lower case, that a user's type says hold a secret.
    pub(crate) fn own_secrets(&self) -> impl Iterator<Item = &str> {
        let named = self.own.members.iter();
        let secret = named.filter(|(_, members)| members.iter().any(|member| member.secret));
        secret.map(|(name, _)| name.as_str())
    }

    /// The type called `name`, in any letter case.
    pub fn of(&self, name: &str) -> Option<&Type> {
        let own = self.own().iter();
        let mut own = own.filter(|kind| kind.name.eq_ignore_ascii_case(name.trim()));
        own.next().or_else(|| of(name))
    }

    /// The names of all types.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.own().iter().map(|kind| kind.name.as_str());
        own.chain(TYPE_FILES.iter().map(|(name, _)| *name))
    }
}

impl Type {
    /// The forms of the scheme called `name`, in any letter case; several where a member decides.
    pub fn scheme(&self, name: &str) -> impl Iterator<Item = &Scheme> {
        let name = name.trim().to_owned();
        let named = move |scheme: &&Scheme| scheme.name.eq_ignore_ascii_case(&name);
        self.schemes.iter().filter(named)
    }

    /// The form that the service endpoint `node` is meant to have: that whose deciding members have
    /// the values it names, else the one that needs none; `None` if the scheme is not known.
    pub fn form_of(&self, node: &Node) -> Option<&Scheme> {
        let scheme = node.get("authorization")?.str("scheme")?;
        let fits = |form: &&Scheme| form.when.iter().all(|condition| condition.holds(node));
        let forms = || self.scheme(scheme);
        let decided = forms().find(|form| !form.when.is_empty() && fits(form));
        decided
            .or_else(|| forms().find(|form| form.when.is_empty()))
            .or_else(|| forms().next())
    }

    /// The members of all schemes; one that several have comes several times.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.schemes.iter().flat_map(|scheme| &scheme.members)
    }

    /// The names of the schemes, each once.
    pub fn scheme_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for scheme in &self.schemes {
            if !names.contains(&scheme.name.as_str()) {
                names.push(&scheme.name);
            }
        }
        names
    }
}

impl Scheme {
    /// The member called `name` in any letter case.
    pub fn member(&self, place: Place, name: &str) -> Option<&Member> {
        let here = self.members.iter().filter(|member| member.place == place);
        let mut named = here.filter(|member| member.name.eq_ignore_ascii_case(name));
        named.next()
    }
}

impl Member {
    /// Whether `spelling` is one that every reader of the connection takes.
    pub fn is_spelt(&self, spelling: &str) -> bool {
        self.name == spelling || self.also.iter().any(|also| also == spelling)
    }
}

impl Place {
    /// The map of the place, as keys from the service endpoint down.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Parameters => &["authorization", "parameters"],
            Self::Data => &["data"],
        }
    }

    /// The map of the place, as people name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parameters => "authorization.parameters",
            Self::Data => "data",
        }
    }
}

impl Condition {
    /// Whether `node` has the value that is asked for; `*` asks for any.
    pub(crate) fn holds(&self, node: &Node) -> bool {
        let map = self
            .place
            .keys()
            .iter()
            .try_fold(node, |node, key| node.get(key));
        match map.and_then(|map| map.get(&self.member)) {
            None => false,
            Some(_) if self.is == "*" => true,
            Some(value) => match value.as_bool() {
                Some(value) => self.is.eq_ignore_ascii_case(&value.to_string()),
                None => value
                    .as_str()
                    .is_some_and(|text| text.trim().eq_ignore_ascii_case(&self.is)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn every_built_in_type_is_well_formed() {
        assert!(all().count() > 50);
        for kind in all() {
            assert!(!kind.schemes.is_empty(), "{}", kind.name);
        }
    }

    #[test]
    fn the_deciding_member_tells_the_form() {
        let body = |data: &str| {
            let text = format!(
                r#"{{"type":"Kubernetes","authorization":{{"scheme":"kubernetes"}},"data":{{{data}}}}}"#
            );
            let node = parse(&text).unwrap();
            let form = of("kubernetes").unwrap().form_of(&node).unwrap();
            form.variant.clone().unwrap()
        };
        assert_eq!(
            body(r#""authorizationType":"AzureSubscription""#),
            "Azure subscription"
        );
        assert_eq!(body(r#""authorizationType":"Kubeconfig""#), "kubeconfig");
        assert_eq!(body(""), "kubeconfig");
    }

    #[test]
    fn a_users_type_stands_beside_the_built_in_ones() {
        let mut types = Types::default();
        let file = "title = \"Widget\"\n[[scheme]]\nname = \"Token\"\n[scheme.parameters]\nwidgetkey = { required = true, secret = true }\n";
        types.add("contosoWidget", file).unwrap();
        assert_eq!(types.of("ContosoWidget").unwrap().title, "Widget");
        assert!(types.of("jenkins").is_some());
        assert!(types.add("Jenkins", file).is_err());
        let reason = types
            .add("other", "title = \"x\"\nscheem = 1\n")
            .unwrap_err();
        assert!(reason.starts_with("line 2:"), "{reason}");
    }
}
