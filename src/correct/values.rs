//! Values that only the user has, put where a fix shows a placeholder.

use super::Refusal;
use crate::json::splice::Edit;
use crate::report::finding::{CallFix, gap};

/// A value from the user.
#[derive(Clone, PartialEq, Eq)]
pub struct Given {
    /// Where it belongs: RFC 6901, letter case does not matter.
    pub pointer: String,
    /// The value.
    pub value: String,
}

impl std::fmt::Debug for Given {
    /// It may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Given")
            .field("pointer", &self.pointer)
            .finish_non_exhaustive()
    }
}

/// The fix with every gap filled; `None` if it has none or one stays open.
pub(super) fn filled(fix: &CallFix, given: &[Given]) -> Option<CallFix> {
    let wanted = fix.fix.wanted();
    if wanted.is_empty() {
        return None;
    }
    let mut fix = fix.clone();
    for (at, _) in wanted {
        let value = &find(given, &at)?.value;
        for edit in &mut fix.fix.edits {
            if let Edit::Replace { path, value: slot } | Edit::Add { path, value: slot } = edit
                && let Some(rest) = at.strip_prefix(path.as_str())
                && let Some(gap) = slot.pointer_mut(rest)
            {
                *gap = value.as_str().into();
            }
        }
    }
    fix.fix.summary = format!("puts the value given at {}", fix.fix.edits.first()?.path());
    Some(fix)
}

fn find<'a>(given: &'a [Given], at: &str) -> Option<&'a Given> {
    given
        .iter()
        .rev()
        .find(|given| given.pointer.eq_ignore_ascii_case(at))
}

/// Refuses values that no fix of the call asks for: they would be dropped in silence.
pub(super) fn all_asked_for(fixes: &[CallFix], given: &[Given]) -> Result<(), Refusal> {
    let asked: Vec<String> = fixes
        .iter()
        .flat_map(|fix| fix.fix.wanted())
        .map(|(pointer, _)| pointer)
        .collect();
    for one in given {
        if let Some(what) = gap(&one.value) {
            return Err(Refusal::NotFound(format!(
                "<{what}> stands for a value of yours; put it behind --set {}=",
                one.pointer
            )));
        }
        if !asked
            .iter()
            .any(|pointer| pointer.eq_ignore_ascii_case(&one.pointer))
        {
            let known = if asked.is_empty() {
                "no fault of this call asks for a value".to_owned()
            } else {
                format!("values are asked for at {}", asked.join(", "))
            };
            return Err(Refusal::NotFound(format!(
                "no value is asked for at {}; {known}",
                one.pointer
            )));
        }
    }
    Ok(())
}

/// Refuses values that are still asked for once they are in their place, and those that need another
/// one beside them.
pub(super) fn all_sound(left: &[CallFix], given: &[Given]) -> Result<(), Refusal> {
    let faulty = left.iter().find_map(|fix| {
        let wanted = fix.fix.wanted();
        let (pointer, what) = wanted.iter().find(|(at, _)| find(given, at).is_some())?;
        let other = wanted.iter().find(|(at, _)| find(given, at).is_none());
        if let Some((at, what)) = other {
            return Some(format!(
                "the value given for {pointer} needs another one beside it: --set {at}=<{what}>"
            ));
        }
        Some(format!(
            "the value given for {pointer} is faulty too ({}); it takes {what}",
            fix.rule
        ))
    });
    faulty.map_or(Ok(()), |message| Err(Refusal::StillFaulty(message)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::finding::{Applicability, Fix, Severity};
    use serde_json::json;

    fn fix() -> CallFix {
        let value = json!([{"projectReference": {"id": "<project id>", "name": "Shop"}}]);
        CallFix {
            input: 0,
            entry: 0,
            rule: "x".into(),
            severity: Severity::Error,
            history: false,
            fix: Fix {
                applicability: Applicability::DisplayOnly,
                edits: vec![Edit::Add {
                    path: "/refs".into(),
                    value,
                }],
                summary: String::new(),
            },
        }
    }

    #[test]
    fn every_gap_has_a_pointer_and_takes_a_value() {
        let at = "/refs/0/projectReference/id";
        assert_eq!(
            fix().fix.wanted(),
            [(at.to_owned(), "project id".to_owned())]
        );
        assert!(filled(&fix(), &[]).is_none());
        let given = Given {
            pointer: at.to_uppercase(),
            value: "7\"".into(),
        };
        let Edit::Add { value, .. } = &filled(&fix(), &[given]).unwrap().fix.edits[0] else {
            panic!("an addition stays one");
        };
        assert_eq!(value.pointer("/0/projectReference/id"), Some(&json!("7\"")));
    }

    #[test]
    fn a_value_that_nothing_asks_for_is_refused() {
        let given = Given {
            pointer: "/name".into(),
            value: "secret".into(),
        };
        assert!(!format!("{given:?}").contains("secret"));
        assert!(all_asked_for(&[fix()], &[given]).is_err());
        let unfilled = Given {
            pointer: "/refs/0/projectReference/id".into(),
            value: "<project id>".into(),
        };
        assert!(all_asked_for(&[fix()], &[unfilled]).is_err());
    }
}
