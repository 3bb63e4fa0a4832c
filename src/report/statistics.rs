//! How much there is of each kind.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Report;

/// Counts of a report.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Statistics {
    /// Findings of each rule.
    pub by_rule: BTreeMap<String, usize>,
    /// Connections of each type; `unknown` where nothing tells it.
    pub by_type: BTreeMap<String, usize>,
    /// Connections of each organization; `unknown` where nothing tells it.
    pub by_organization: BTreeMap<String, usize>,
    /// Inputs of each verdict.
    pub by_verdict: BTreeMap<&'static str, usize>,
}

/// Counts what is in `report`.
pub fn of(report: &Report) -> Statistics {
    let mut all = Statistics::default();
    for finding in &report.findings {
        *all.by_rule.entry(finding.rule.clone()).or_default() += 1;
    }
    for input in &report.inputs {
        *all.by_verdict.entry(input.verdict.name()).or_default() += 1;
    }
    let masked = |text: Option<&str>| match text {
        Some(text) => report.known.mask_text(text),
        None => "unknown".to_owned(),
    };
    for connection in &report.connections {
        let kind = masked(connection.kind.as_deref());
        let organization = masked(connection.organization.as_deref());
        *all.by_type.entry(kind).or_default() += 1;
        *all.by_organization.entry(organization).or_default() += 1;
    }
    all
}

impl Statistics {
    /// The lines of a text: what is counted, and each count with its name, the most first.
    pub(crate) fn lines(&self) -> Vec<String> {
        let named = |name: &str, counts: Vec<(&str, usize)>| {
            let mut counts = counts;
            counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let line = |(name, count): (&str, usize)| format!("  {count:>7}  {name}");
            let head = (!counts.is_empty()).then(|| format!("by {name}:"));
            head.into_iter()
                .chain(counts.into_iter().map(line))
                .collect::<Vec<_>>()
        };
        let strings = |counts: &'_ BTreeMap<String, usize>| -> Vec<(String, usize)> {
            counts
                .iter()
                .map(|(name, count)| (name.clone(), *count))
                .collect()
        };
        let verdicts = self.by_verdict.iter().map(|(name, count)| (*name, *count));
        let mut lines = named("verdict", verdicts.collect());
        for (name, counts) in [
            ("rule", strings(&self.by_rule)),
            ("type", strings(&self.by_type)),
            ("organization", strings(&self.by_organization)),
        ] {
            let counts = counts.iter().map(|(name, count)| (name.as_str(), *count));
            lines.extend(named(name, counts.collect()));
        }
        lines
    }
}
