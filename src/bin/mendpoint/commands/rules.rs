//! `rules`: the catalogue as a list, and the check of a user's own files.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use mendpoint::rules::engine::{Catalogue, Rule};
use serde_json::{Value, json};
use textwrap::core::display_width;

use crate::args::{Format, Global, Output, RulesArgs};
use crate::output::{self, Failure, tell};
use crate::{Status, load, terminal};

pub(crate) fn run(args: &RulesArgs, global: &Global) -> Result<Status, Failure> {
    if let Some(folder) = &args.check {
        return check(folder);
    }
    let catalogue = load::catalogue(global)?;
    if let Some(scheme) = &args.scheme {
        tell_unknown(scheme, &catalogue);
    }
    if let Some(kind) = &args.kind {
        tell_unknown_type(kind, &catalogue);
    }
    let wanted = |rule: &&Rule| {
        args.family
            .as_ref()
            .is_none_or(|family| rule.family.eq_ignore_ascii_case(family))
            && args
                .severity
                .as_ref()
                .is_none_or(|severity| rule.severity.name() == severity)
            && args
                .kind
                .as_ref()
                .is_none_or(|kind| rule.concerns_type(kind))
            && args.code.as_ref().is_none_or(|code| rule.knows_code(code))
            && rule.speaks_of(&args.words)
            && args
                .scheme
                .as_ref()
                .is_none_or(|scheme| rule.concerns(Some(scheme)))
    };
    let rules: Vec<&Rule> = catalogue.iter().filter(wanted).collect();
    if rules.is_empty() {
        return Err(none_fits(args, &catalogue));
    }
    let bytes = match args.format {
        Format::Json => super::json_bytes(&document(&rules))?,
        Format::Text => list(&rules, global).into_bytes(),
    };
    output::write(
        &bytes,
        &Output {
            output: None,
            force: false,
        },
    )?;
    Ok(Status::Clean)
}

/// Says of a filter that nothing fits what it takes.
fn none_fits(args: &RulesArgs, catalogue: &Catalogue) -> Failure {
    let families: BTreeSet<&str> = catalogue.iter().map(|rule| rule.family.as_str()).collect();
    let is_known = |family: &String| {
        families
            .iter()
            .any(|known| known.eq_ignore_ascii_case(family))
    };
    if let Some(family) = args.family.as_ref().filter(|family| !is_known(family)) {
        let families: Vec<&str> = families.into_iter().collect();
        return Failure::new(format!("no family of rules is called {family}"))
            .with_hint(format!("there are {}", families.join(", ")));
    }
    if let Some(code) = &args.code
        && !catalogue.iter().any(|rule| rule.knows_code(code))
    {
        return Failure::new(format!("no rule knows the code {code}")).with_hint(
            "give the whole message to `mendpoint check -`; its words may be known without the code",
        );
    }
    Failure::new("no rule fits all of that").with_hint(
        "leave a filter out; `mendpoint rules` lists all rules, `mendpoint explain WORDS` finds the one that fits a message",
    )
}

/// A scheme that no rule names may be misspelt; what holds for every scheme is listed all the same.
fn tell_unknown(scheme: &str, catalogue: &Catalogue) {
    let named = catalogue.iter().flat_map(|rule| &rule.schemes);
    let known: BTreeSet<&str> = named.map(String::as_str).collect();
    if !known.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        let known: Vec<&str> = known.into_iter().collect();
        tell(&format!(
            "note: no rule is about the scheme {scheme} (known are {}); listed is what holds for every scheme",
            known.join(", ")
        ));
    }
}

/// A type that nobody knows may be misspelt, or come with an extension.
fn tell_unknown_type(kind: &str, catalogue: &Catalogue) {
    let named = |rule: &Rule| !rule.types.is_empty() && rule.concerns_type(kind);
    if catalogue.types().of(kind).is_none() && !catalogue.iter().any(named) {
        tell(&format!(
            "note: the type {kind} is not known here; listed is what holds for every type"
        ));
    }
}

/// A list of rules as JSON.
pub(super) fn document(rules: &[&Rule]) -> Value {
    let rules: Vec<Value> = rules.iter().map(|rule| value(rule)).collect();
    json!({ "schema": "mendpoint.rules.v1", "rules": rules })
}

/// The members that the JSON contract names.
pub(super) fn value(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.name(),
        "family": rule.family,
        "types": rule.types,
        "schemes": rule.schemes,
        "repair": rule.repair.name(),
        "since": rule.since,
        "sources": rule.sources,
    })
}

fn list(rules: &[&Rule], global: &Global) -> String {
    let style = terminal::style(global, false);
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    let mut family = "";
    for rule in rules {
        if rule.family != family {
            let gap = if family.is_empty() { "" } else { "\n" };
            family = &rule.family;
            let _ = writeln!(out, "{gap}{}", style.strong(family));
        }
        let word = rule.severity.name();
        let severity = style.severity(rule.severity, &format!("{word:7}"));
        // Where a row does not fit, the title stands below the id.
        let row = format!("  {word:7}  {:width$}  {}", rule.id, rule.title);
        if display_width(&row) <= style.width {
            let id = style.code(&format!("{:width$}", rule.id));
            let _ = writeln!(out, "  {severity}  {id}  {}", rule.title);
        } else {
            let _ = writeln!(out, "  {severity}  {}", style.code(&rule.id));
            let pad = " ".repeat(11);
            let _ = writeln!(out, "{}", style.wrap(&pad, &pad, &rule.title));
        }
    }
    let _ = writeln!(
        out,
        "\n{} rule{}. `mendpoint explain ID` tells all about one.",
        rules.len(),
        if rules.len() == 1 { "" } else { "s" }
    );
    out
}

/// Every file by itself: its form, and whether its samples do what they say.
fn check(folder: &Path) -> Result<Status, Failure> {
    let files = load::rule_files(folder)?;
    if files.is_empty() {
        return Err(Failure::new(format!(
            "{} holds no rule (.md) and no connection type (.toml)",
            folder.display()
        )));
    }
    let mut faulty = 0;
    let mut known = Catalogue::built_in();
    for (path, text) in &files {
        let problems = match load::add(&mut known, path, text) {
            Err(fault) => vec![fault.reason],
            Ok(())
                if Path::new(path)
                    .extension()
                    .is_some_and(|ending| ending == "toml") =>
            {
                Vec::new()
            }
            Ok(()) => super::samples::problems(path, text),
        };
        faulty += usize::from(!problems.is_empty());
        for problem in problems {
            tell(&format!("{path}: {problem}"));
        }
    }
    tell(&format!(
        "{} of {} rule files are good",
        files.len() - faulty,
        files.len()
    ));
    Ok(if faulty == 0 {
        Status::Clean
    } else {
        Status::Found
    })
}
