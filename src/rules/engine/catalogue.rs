//! All rules: the built-in ones, and those a user brings.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::connection::types::Types;
use serde::Deserialize;

use super::document::{Rule, Stage};
use super::matcher;

include!(concat!(env!("OUT_DIR"), "/rule_files.rs"));

/// The rules of a run.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    rules: Vec<Rule>,
    /// Entra error numbers that any rule names, also of rules left out by [`Self::only`].
    aadsts: HashSet<u32>,
    types: Types,
}

/// A rule file that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faulty {
    /// The file.
    pub path: String,
    /// One line: where in it, and why.
    pub reason: String,
}

impl Catalogue {
    /// The built-in rules, by family and id, to add rules to.
    pub fn built_in() -> Self {
        Self::shared().clone()
    }

    /// The built-in rules, read once.
    ///
    /// # Panics
    /// If a built-in rule is malformed, which a test rules out.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Catalogue> = LazyLock::new(Catalogue::read);
        &SHARED
    }

    fn read() -> Self {
        let families: HashMap<&str, Family> = FAMILY_FILES
            .iter()
            .map(|(family, file)| match serde_json::from_str(file) {
                Ok(read) => (*family, read),
                Err(error) => panic!("{family}/family.toml: {error}"),
            })
            .collect();
        let read = |(family, front, text): &(&str, &str, &'static str)| match Rule::built_in(
            family, front, text,
        ) {
            Ok(mut rule) => {
                if let Some(family) = families.get(family) {
                    if rule.types.is_empty() {
                        rule.types.clone_from(&family.types);
                    }
                    rule.stage = rule.stage.or(family.stage);
                }
                rule
            }
            Err(reason) => panic!("built-in rule of {family}: {reason}"),
        };
        let mut catalogue = Self::default();
        for rule in RULE_FILES.iter().map(read) {
            catalogue.push(rule);
        }
        catalogue
    }

    fn push(&mut self, rule: Rule) {
        let numbers = rule.matching.iter().flat_map(|matching| &matching.aadsts);
        self.aadsts.extend(numbers);
        self.rules.push(rule);
    }

    /// Whether a rule names the Entra error number `code`.
    pub(crate) fn knows_aadsts(&self, code: u32) -> bool {
        self.aadsts.contains(&code)
    }

    /// Adds a user's rule file.
    pub fn add(&mut self, path: &str, text: &str) -> Result<(), Faulty> {
        let faulty = |reason: String| Faulty {
            path: path.to_owned(),
            reason,
        };
        let rule = Rule::parse(text, "own").map_err(faulty)?;
        matcher::check(&rule).map_err(faulty)?;
        if self.get(&rule.id).is_some() {
            return Err(faulty(format!("a rule called {} exists already", rule.id)));
        }
        if rule.matching.is_none() {
            return Err(faulty("a rule needs [match]: what to look for".to_owned()));
        }
        self.push(rule);
        Ok(())
    }

    /// The rule called `id`.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// All rules.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// A catalogue of nothing but the rule called `id`; for trying a rule alone.
    #[must_use]
    pub fn only(&self, id: &str) -> Self {
        let wanted = self.iter().filter(|rule| rule.id == id);
        Self {
            rules: wanted.cloned().collect(),
            aadsts: self.aadsts.clone(),
            types: self.types.clone(),
        }
    }

    /// The types of connections that are known.
    pub fn types(&self) -> &Types {
        &self.types
    }

    /// Adds a user's file of a connection type, which is called by the type's name.
    pub fn add_type(&mut self, path: &str, name: &str, text: &str) -> Result<(), Faulty> {
        let faulty = |reason: String| Faulty {
            path: path.to_owned(),
            reason,
        };
        self.types.add(name, text).map_err(faulty)
    }
}

/// What holds for all rules of a family.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    /// Types of connection, for a rule that names none itself.
    types: Vec<String>,
    /// The step of its rules, for a rule that names none itself.
    stage: Option<Stage>,
}

#[cfg(test)]
mod tests {
    use super::super::answer::Answer;
    use super::*;

    #[test]
    fn every_built_in_rule_is_well_formed() {
        for (family, _, text) in RULE_FILES {
            let rule = Rule::parse(text, family).unwrap_or_else(|reason| {
                panic!("{family}: {reason}\n{}", &text[..text.len().min(80)])
            });
            matcher::check(&rule).unwrap_or_else(|reason| panic!("{}: {reason}", rule.id));
        }
    }

    #[test]
    fn rules_name_only_rules_that_exist() {
        let catalogue = Catalogue::built_in();
        for rule in catalogue.iter() {
            let answers = rule.consequences.iter().chain(&rule.disproved_by);
            let yields = rule.yields_to.iter();
            let yields = yields.filter_map(|cause| cause.split('#').next());
            for id in answers.filter_map(Answer::rule).chain(yields) {
                assert!(catalogue.get(id).is_some(), "{} names {id}", rule.id);
            }
        }
    }
}
