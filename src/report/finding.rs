//! What a rule found in a trace.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value as Json;

use crate::connection::{Ids, Said};
pub use crate::exchange::{Location, Part};
use crate::json::pointer;
use crate::json::splice::Edit;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Limits the verdict or may become a fault.
    Warning,
    /// The connection does not work because of it.
    Error,
}

impl Severity {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure the rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess worth checking.
    Low,
    /// Likely.
    Medium,
    /// The trace proves it.
    #[default]
    High,
}

impl Confidence {
    /// The word in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What a finding says of a failure. Of two at one call the greater one speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Nothing: it tells what limits the trace.
    Limit,
    /// Nothing: it is worth knowing, and explains no failure.
    Hint,
    /// Only what the service said, which no other rule knows.
    Fallback,
    /// That something failed, not why.
    Consequence,
    /// Why.
    #[default]
    Cause,
}

impl Role {
    /// Whether a finding of this role can account for a failed call.
    pub(crate) fn explains(self) -> bool {
        self >= Self::Fallback
    }
}

/// How safe it is to apply a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// A value is needed that is not in the trace; nothing can be emitted.
    DisplayOnly,
    /// It changes what the connection is; the user must agree.
    Unsafe,
    /// It only takes back what broke the call.
    Safe,
}

impl Applicability {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::DisplayOnly => "display-only",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// The edits of a request body that mend a fault.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fix {
    /// How safe it is.
    pub applicability: Applicability,
    /// RFC 6902 operations on the request body of the finding's first location.
    pub edits: Vec<Edit>,
    /// What the edits do, for people: `removes the empty accesstoken`.
    #[serde(skip)]
    pub summary: String,
}

impl Fix {
    /// The pointers of the values that only the user has, with what belongs there: a placeholder stands
    /// in their place.
    pub fn wanted(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if self.applicability == Applicability::DisplayOnly {
            for edit in &self.edits {
                if let Edit::Replace { path, value } | Edit::Add { path, value } = edit {
                    gaps(path, value, &mut found);
                }
            }
        }
        found
    }
}

fn gaps(at: &str, value: &Json, out: &mut Vec<(String, String)>) {
    match value {
        Json::String(text) => {
            if let Some(what) = gap(text) {
                out.push((at.to_owned(), what.to_owned()));
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                gaps(&format!("{at}/{index}"), item, out);
            }
        }
        Json::Object(members) => {
            for (key, value) in members {
                gaps(&pointer::push(at, key), value, out);
            }
        }
        _ => {}
    }
}

/// What a placeholder says: fixes write them in angle brackets.
pub(crate) fn gap(text: &str) -> Option<&str> {
    text.strip_prefix('<')?.strip_suffix('>')
}

/// A fix of one call, as its rule proposed it.
#[derive(Debug, Clone)]
pub struct CallFix {
    /// Index of the trace.
    pub input: usize,
    /// The call's entry; of no meaning for pasted text.
    pub entry: usize,
    /// The rule.
    pub rule: String,
    /// How bad the fault is.
    pub severity: Severity,
    /// The edits.
    pub fix: Fix,
    /// Whether a later call succeeded where this one failed.
    pub history: bool,
}

/// An exchange with another service than that of the connections, as a report tells of it. Masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The verb.
    pub method: String,
    /// The address.
    pub url: String,
    /// When it was sent.
    pub started: Option<Timestamp>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// What a refusal says.
    pub said: Option<Said>,
    /// By what the service finds it again.
    pub ids: Ids,
}

/// A text that many findings have in common, and hold together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shared(Arc<str>);

impl Deref for Shared {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Shared {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<&str> for Shared {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl Serialize for Shared {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

/// A command to type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Command {
    /// `bash`, `powershell`, or `any` where both take the same line.
    pub shell: Shared,
    /// The command, values filled in; what is unknown stands as `<client id>`.
    pub text: String,
    /// What it is for.
    pub purpose: Shared,
}

/// Named values, in the order of their names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Captures(Box<[(Shared, Box<str>)]>);

impl Captures {
    /// The value called `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|(known, _)| (**known).cmp(name));
        at.ok().map(|at| &*self.0[at].1)
    }
}

impl FromIterator<(Shared, Box<str>)> for Captures {
    fn from_iter<I: IntoIterator<Item = (Shared, Box<str>)>>(values: I) -> Self {
        let mut all: Vec<_> = values.into_iter().collect();
        all.sort_unstable();
        Self(all.into())
    }
}

impl Serialize for Captures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// What it says of a failure.
    #[serde(skip)]
    pub role: Role,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong, in one line.
    pub title: Shared,
    /// What is wrong, with the values of this trace.
    pub message: String,
    /// Index of the connection that it is about.
    pub connection: Option<usize>,
    /// Where; the first is where a fix applies.
    pub locations: Vec<Location>,
    /// When: the first of the inputs that were judged together, whether all that it explains was tried
    /// again, so that another fault stands in the way now, and the place in their order of time.
    #[serde(skip)]
    pub moment: (usize, bool, Option<usize>),
    /// The words of the failed calls that it explains.
    #[serde(skip)]
    pub explains: Vec<Location>,
    /// The exchange of the first location, where that is no service-endpoint call.
    #[serde(skip)]
    pub elsewhere: Option<Box<Elsewhere>>,
    /// What stands there, short and masked.
    pub evidence: String,
    /// Named values taken from the trace.
    pub captures: Captures,
    /// Why it happens.
    pub cause: Shared,
    /// What to do, step by step.
    pub remedy: Box<[Shared]>,
    /// Who can do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Shared>,
    /// Commands that help.
    pub commands: Box<[Command]>,
    /// The edits that mend it.
    pub fix: Option<Fix>,
    /// Where the facts come from.
    pub sources: Box<[Shared]>,
}

impl Finding {
    /// The place among findings: the worst first; of equals the specific cause that the service names,
    /// then what was found in a body, then what only says that something failed, then what limits the
    /// trace.
    pub(crate) fn rank(&self) -> impl Ord + use<> {
        let weight = match self.role {
            Role::Cause if !self.explains.is_empty() => 0,
            Role::Cause => 1,
            Role::Consequence | Role::Fallback => 2,
            Role::Hint => 3,
            Role::Limit => 4,
        };
        (std::cmp::Reverse(self.severity), weight, self.moment)
    }
}
