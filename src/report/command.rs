//! The commands of mendpoint that a report suggests: written in one place, from one value.

use crate::connection::EndpointCall;
use crate::text::sanitize;
use crate::text::shell::Shell;
use crate::text::trace_path::{STANDARD_INPUT, not_an_option};

use super::Report;

/// How the reader starts mendpoint, and what reads the commands.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The words that start it: `mendpoint`, `./mendpoint`, `cargo run --`.
    pub program: Vec<String>,
    /// Options that every command needs again, such as `--rules DIR`.
    pub options: Vec<String>,
    /// The paths as the reader named them: a folder stands for all that is in it. Empty where the
    /// inputs go by their own paths.
    pub paths: Vec<String>,
    /// The shell that the commands are pasted into.
    pub shell: Shell,
    /// Whether inputs go by the names of their files: the reader has them in another folder.
    pub names_only: bool,
}

impl Default for Invocation {
    fn default() -> Self {
        Self {
            program: vec!["mendpoint".to_owned()],
            options: Vec::new(),
            paths: Vec::new(),
            shell: Shell::default(),
            names_only: false,
        }
    }
}

impl Invocation {
    /// A call of mendpoint with `arguments`.
    pub fn line(&self, arguments: &[String]) -> String {
        let words = arguments.iter().chain(&self.options);
        format!(
            "{} {}",
            self.start(),
            self.shell.line(words.map(String::as_str))
        )
    }

    /// What starts mendpoint.
    pub fn start(&self) -> String {
        let line = self.shell.line(self.program.iter().map(String::as_str));
        // PowerShell takes a quoted word at the start for a text.
        match self.shell {
            Shell::PowerShell if line.starts_with('\'') => format!("& {line}"),
            _ => line,
        }
    }

    /// The same as `shell` takes it.
    #[must_use]
    pub fn in_shell(&self, shell: Shell) -> Self {
        Self {
            shell,
            ..self.clone()
        }
    }

    /// The same as others start it, who have neither this folder nor these options: for a page that
    /// is sent on.
    pub fn of_others() -> Self {
        Self {
            names_only: true,
            ..Self::default()
        }
    }
}

/// What a suggested command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job<'a> {
    /// Writes the corrected body of a call.
    Patch(Patch<'a>),
    /// Writes the corrected body of each connection into a folder.
    PatchAll {
        /// Whether one of the corrections changes what its connection is.
        unsafe_fixes: bool,
    },
    /// Shows a call as it went over the wire.
    Show(&'a EndpointCall),
    /// Lists the calls of everything that was read.
    Calls,
    /// Tells all that is known of a rule or a subject.
    Explain(&'a str),
}

/// A correction, as `patch` is asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patch<'a> {
    /// The input.
    pub input: usize,
    /// The call to name, where `patch` would not choose it by itself.
    pub call: Option<&'a EndpointCall>,
    /// Whether the correction changes what the connection is.
    pub unsafe_fixes: bool,
    /// The form of the whole request; `None` for the body alone.
    pub request: Option<&'static str>,
}

impl PartialEq for EndpointCall {
    fn eq(&self, other: &Self) -> bool {
        (self.input, self.exchange.entry) == (other.input, other.exchange.entry)
    }
}
impl Eq for EndpointCall {}

impl Report {
    /// The command that does `job`; `None` where nobody can run it, because the input was a pipe.
    pub fn command(&self, job: Job<'_>, invocation: &Invocation) -> Option<String> {
        Some(invocation.line(&self.arguments(job, invocation)?))
    }

    /// The words behind `mendpoint` that do `job`.
    pub fn arguments(&self, job: Job<'_>, invocation: &Invocation) -> Option<Vec<String>> {
        let path_word = |input| self.path_word(input, invocation.names_only);
        let mut words: Vec<String> = Vec::new();
        let mut say = |text: &str| words.push(text.to_owned());
        match job {
            Job::Patch(patch) => {
                say("patch");
                say(&path_word(patch.input)?);
                if let Some(call) = patch.call {
                    say("--call");
                    say(&self.own_number(call).to_string());
                }
                if patch.unsafe_fixes {
                    say("--unsafe-fixes");
                }
                if let Some(form) = patch.request {
                    say("--request");
                    say(form);
                }
            }
            Job::PatchAll { unsafe_fixes } => {
                say("patch");
                say(&self.only_path(invocation)?);
                say("--all");
                if unsafe_fixes {
                    say("--unsafe-fixes");
                }
                say("-o");
                say("corrected");
            }
            Job::Show(call) => {
                say("show");
                say(&path_word(call.input)?);
                say("--call");
                say(&self.own_number(call).to_string());
            }
            Job::Calls => {
                say("calls");
                if invocation.paths.is_empty() {
                    if self.inputs.len() > MOST_PATHS {
                        return None;
                    }
                    for input in 0..self.inputs.len() {
                        say(&path_word(input)?);
                    }
                }
                for path in &invocation.paths {
                    say(&word_of(path)?);
                }
            }
            Job::Explain(what) => {
                say("explain");
                say(what);
            }
        }
        Some(words)
    }

    /// The path of an input as a word that no command takes for an option; `None` for a pipe.
    fn path_word(&self, input: usize, name_only: bool) -> Option<String> {
        let input = self.inputs.get(input)?;
        let path = if name_only {
            input.name()
        } else {
            input.path.clone()
        };
        word_of(&path)
    }

    /// The one path that stands for everything that was read.
    fn only_path(&self, invocation: &Invocation) -> Option<String> {
        match (invocation.paths.as_slice(), self.inputs.len()) {
            ([only], _) => word_of(only),
            ([], 1) => self.path_word(0, invocation.names_only),
            _ => None,
        }
    }

    /// The call's number when its input is read alone.
    pub fn own_number(&self, call: &EndpointCall) -> usize {
        let before = self.calls.partition_point(|one| one.input < call.input);
        call.number.saturating_sub(before)
    }
}

/// Most inputs that a command names one by one.
const MOST_PATHS: usize = 20;

/// A path as a word that no command takes for an option; `None` for a pipe.
fn word_of(path: &str) -> Option<String> {
    (path != STANDARD_INPUT && path != "-").then(|| not_an_option(&sanitize::line(path)))
}

/// Whether nothing is left to fill in in a command of a rule.
pub fn is_complete(command: &str) -> bool {
    !command.contains('\u{2039}') && !command.contains('\n')
}
