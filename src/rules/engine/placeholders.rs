//! Placeholders that mendpoint fills itself: the trace at hand, and the commands that mend it.

use super::document::{Repair, Rule};
use super::fill::{Values, names};
use super::matcher::{FAULT, NEXT};

/// The recording, as a shell takes its path.
pub const TRACE: &str = "trace";
/// The number of the call where its input is read alone.
pub(crate) const CALL: &str = "call";
/// The command that prints the corrected body.
pub const PATCH: &str = "patch";
/// The command that writes the whole request.
pub const REQUEST: &str = "request";
/// The file that the corrected body is written to.
pub const FIXED: &str = "fixed";
/// The version of the API that the call asked for.
pub(crate) const API_VERSION: &str = "api_version";
/// The address of the organization.
pub(crate) const ORGANIZATION_URL: &str = "organization_url";

/// Those that a step or a command needs: without them it is left out.
const NEEDED: &[&str] = &[PATCH, REQUEST];

/// The version that stands where no call tells one.
pub(crate) const USUAL_VERSION: &str = "7.1";

/// Whether `text` speaks of a correction that there is none of among `values`.
pub fn lacks(text: &str, values: &Values) -> bool {
    names(text).any(|name| NEEDED.contains(&name) && !values.contains_key(name))
}

/// Whether `text` speaks of a correction.
pub fn corrects(text: &str) -> bool {
    names(text).any(|name| NEEDED.contains(&name))
}

/// What stands for the placeholders where there is no trace: in `explain` and in the catalogue.
pub fn example(rule: &Rule) -> Values {
    let unsafe_fixes = match rule.repair {
        Repair::Unsafe => " --unsafe-fixes",
        Repair::None | Repair::Safe | Repair::DisplayOnly => "",
    };
    let patch = format!("mendpoint patch TRACE{unsafe_fixes}");
    let organization = "https://dev.azure.com/\u{2039}organization\u{203a}";
    let values = [
        (TRACE, "TRACE".to_owned()),
        (REQUEST, format!("{patch} --request curl")),
        (PATCH, patch),
        (FIXED, "fixed.json".to_owned()),
        (API_VERSION, USUAL_VERSION.to_owned()),
        (ORGANIZATION_URL, organization.to_owned()),
    ];
    let values = values.into_iter();
    let mut values: Values = values
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let cases = rule.matching.iter().flat_map(|matching| &matching.cases);
    if cases.count() > 0 {
        let named = [
            (FAULT, "which of the cases it is"),
            (NEXT, "What the case says."),
        ];
        values.extend(named.map(|(name, told)| (name.to_owned(), told.to_owned())));
    }
    values
}

/// What a rule file says by its own words that a placeholder has to say: which call, which file and
/// which option it is, only the trace tells.
pub(super) fn check(rule: &Rule) -> Result<(), String> {
    const WORDS: &[(&str, &str)] = &[
        ("mendpoint patch ", "{patch}"),
        ("--request ", "{request}"),
        (" TRACE", "{trace}"),
        ("fixed.json", "{fixed}"),
    ];
    for text in rule.prose().commands.iter().map(|block| &block.text) {
        let found = WORDS.iter().find(|(words, _)| text.contains(words));
        if let Some((words, placeholder)) = found {
            return Err(format!(
                "the command {text:?} says {words:?}; write {placeholder}"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{API_VERSION, CALL, FIXED, ORGANIZATION_URL, PATCH, REQUEST, TRACE};

    #[test]
    fn every_placeholder_of_the_program_is_documented_and_no_other() {
        let page = include_str!("../../../docs/rules.md");
        let rows = page
            .lines()
            .skip_while(|line| !line.starts_with("| placeholder |"));
        let rows = rows.skip(2).take_while(|line| line.starts_with("| `{"));
        let named = |row: &'static str| row.split(['{', '}']).nth(1);
        let documented: Vec<&str> = rows.filter_map(named).collect();
        let own = [
            TRACE,
            CALL,
            PATCH,
            REQUEST,
            FIXED,
            API_VERSION,
            ORGANIZATION_URL,
        ];
        assert_eq!(documented, own);
    }
}
