//! The edits of a fix as replacements in the captured body.

use std::ops::Range;

use serde_json::{Value, json};

use crate::json::splice::{self, Edit};
use crate::report::Report;
use crate::report::finding::{Applicability, Finding, Location};

use super::artifact::{self, Artifacts};

/// The fix, if a tool could apply it: the place is a body, and each edit stands for itself.
pub(super) fn fix(
    report: &Report,
    finding: &Finding,
    location: &Location,
    artifacts: &mut Artifacts,
) -> Option<Value> {
    let fix = finding
        .fix
        .as_ref()
        .filter(|fix| fix.applicability > Applicability::DisplayOnly)?;
    let call = report.call_at(location.input, location.entry)?.opened();
    let (text, _) = artifact::body(&call, location.part)?;
    // What stands under a secret's name is not shown, not even a number to be put in quotes.
    let is_open = |edit: &Edit| match edit {
        Edit::Add { path, value } | Edit::Replace { path, value } | Edit::Test { path, value } => {
            let known = &report.known;
            known.mask_value(known.around(path), value) == *value
        }
        Edit::Remove { .. } => true,
    };
    if !fix.edits.iter().all(is_open) {
        return None;
    }
    let replacements: Vec<Value> = replacements(text, &fix.edits)?
        .iter()
        .map(|(cut, with)| {
            json!({
                "deletedRegion": artifact::region(text, cut),
                "insertedContent": { "text": with },
            })
        })
        .collect();
    Some(json!({
        "description": { "text": fix.summary },
        "artifactChanges": [{
            "artifactLocation": { "index": artifacts.index(report, location) },
            "replacements": replacements,
        }],
        "properties": { "applicability": fix.applicability },
    }))
}

/// What each edit cuts out of `text` and puts there, in order of place.
///
/// `None` if an edit needs another one before it, or if two touch.
fn replacements(text: &str, edits: &[Edit]) -> Option<Vec<(Range<usize>, String)>> {
    let mut found = Vec::new();
    for edit in edits {
        let edited = splice::apply(text, std::slice::from_ref(edit)).ok()?;
        if let Some(change) = change(text, &edited) {
            found.push(change);
        }
    }
    found.sort_by_key(|(cut, _)| cut.start);
    let apart = found
        .windows(2)
        .all(|pair| pair[0].0.end <= pair[1].0.start);
    let whole = splice::apply(text, edits).ok()?;
    (apart && together(text, &found) == whole && !found.is_empty()).then_some(found)
}

/// `text` with every replacement made.
fn together(text: &str, replacements: &[(Range<usize>, String)]) -> String {
    let mut mended = text.to_owned();
    for (cut, with) in replacements.iter().rev() {
        mended.replace_range(cut.clone(), with);
    }
    mended
}

/// The one stretch in which two texts differ.
fn change(before: &str, after: &str) -> Option<(Range<usize>, String)> {
    if before == after {
        return None;
    }
    let same = |pair: &(char, char)| pair.0 == pair.1;
    let head: usize = before
        .chars()
        .zip(after.chars())
        .take_while(same)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let tail: usize = before[head..]
        .chars()
        .rev()
        .zip(after[head..].chars().rev())
        .take_while(same)
        .map(|(c, _)| c.len_utf8())
        .sum();
    Some((
        head..before.len() - tail,
        after[head..after.len() - tail].to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_become_the_smallest_replacements() {
        let text = r#"{"a":{"accesstoken":null,"b":"x"},"c":"old"}"#;
        let edits = [
            Edit::Replace {
                path: "/c".into(),
                value: "new".into(),
            },
            Edit::Remove {
                path: "/a/accesstoken".into(),
            },
        ];
        let found = replacements(text, &edits).unwrap();
        assert_eq!(together(text, &found), r#"{"a":{"b":"x"},"c":"new"}"#);
        assert_eq!(found[1].1, "new");
    }

    #[test]
    fn edits_that_build_on_one_another_are_left_to_the_program() {
        let edits = [
            Edit::Add {
                path: "/a".into(),
                value: json!({}),
            },
            Edit::Add {
                path: "/a/b".into(),
                value: json!(1),
            },
        ];
        assert_eq!(replacements("{}", &edits), None);
    }
}
