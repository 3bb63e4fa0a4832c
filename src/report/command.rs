//! The commands of mendpoint that a report suggests: written in one place, from one value.

use crate::connection::EndpointCall;
use crate::text::sanitize;
use crate::text::shell::Shell;
use crate::text::trace_path::{self, STANDARD_INPUT, not_an_option};

use super::{Input, Report};

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
    /// What the reader has in place of a command line.
    pub surface: Surface,
}

/// Where a report is read, and so what its steps can name: a command, a button, a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Surface {
    /// A terminal, or a file that was written there.
    #[default]
    CommandLine,
    /// The page that judges traces in a browser.
    Page,
    /// The tools of an agent.
    Tools,
}

impl Default for Invocation {
    fn default() -> Self {
        Self {
            program: vec!["mendpoint".to_owned()],
            options: Vec::new(),
            paths: Vec::new(),
            shell: Shell::default(),
            names_only: false,
            surface: Surface::CommandLine,
        }
    }
}

impl Invocation {
    /// What a reader of the short report asks for to see all of it: an option, or a button of the page.
    pub(crate) fn tells_all(&self) -> &'static str {
        match self.surface {
            Surface::Page => "\u{201c}Whole report\u{201d}",
            Surface::CommandLine | Surface::Tools => "-v",
        }
    }

    /// A line of what is said of a correction, with its options as the reader has them.
    pub(crate) fn options_shown(&self, line: &str) -> String {
        let (agreed, call) = match self.surface {
            Surface::CommandLine => return line.to_owned(),
            Surface::Page => (
                "\u{201c}also corrections that need a look\u{201d}",
                "Call #",
            ),
            Surface::Tools => ("unsafe_fixes = true", "call = "),
        };
        let line = line
            .replace("--unsafe-fixes", agreed)
            .replace("--endpoint ", "id ")
            .replace("--call ", call);
        values_shown(&line, |pointer, what| {
            if self.surface == Surface::Page {
                format!("the field \u{201c}{what}\u{201d}")
            } else {
                format!("{what}, which only the user has, at {pointer}")
            }
        })
    }

    /// What the reader does with a call of mendpoint, as [`Self::shown`] shows it.
    pub fn verb(&self) -> &'static str {
        match self.surface {
            Surface::CommandLine => "run",
            Surface::Page => "open",
            Surface::Tools => "ask",
        }
    }

    /// What to show for `command`, a call of mendpoint: itself as the reader starts it, or what does the
    /// same where the reader is. Everything else stays as it is.
    pub fn shown(&self, command: &str) -> String {
        let Some(rest) = command.strip_prefix("mendpoint ") else {
            return command.to_owned();
        };
        let found = match self.surface {
            Surface::CommandLine => return format!("{} {rest}", self.start()),
            Surface::Page => on_page(rest),
            Surface::Tools => of_tools(rest),
        };
        found.unwrap_or_else(|| format!("{command} (on a command line)"))
    }

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
    pub(crate) fn of_others() -> Self {
        Self {
            names_only: true,
            ..Self::default()
        }
    }
}

/// What a suggested command does.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Judges everything that was read once more, and tells all of it.
    Full,
    /// Writes what to hand over to Microsoft and to the customer, in a report to paste.
    HandOver,
    /// Tells all that is known of a rule or a subject.
    Explain(&'a str),
}

/// A correction, as `patch` is asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch<'a> {
    /// The input.
    pub input: usize,
    /// The call to name, where `patch` would not choose it by itself.
    pub call: Option<&'a EndpointCall>,
    /// Whether the correction changes what the connection is.
    pub unsafe_fixes: bool,
    /// The form of the whole request; `None` for the body alone.
    pub request: Option<&'static str>,
    /// Values that only the reader has: `POINTER=<what it is>`.
    pub values: Vec<String>,
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
        let arguments = self.arguments(job, invocation)?;
        Some(match invocation.surface {
            Surface::CommandLine => invocation.line(&arguments),
            Surface::Page | Surface::Tools => {
                invocation.shown(&format!("mendpoint {}", arguments.join(" ")))
            }
        })
    }

    /// The words behind `mendpoint` that do `job`.
    pub fn arguments(&self, job: Job<'_>, invocation: &Invocation) -> Option<Vec<String>> {
        // Elsewhere than on a command line, what was read needs no name.
        let is_typed = invocation.surface == Surface::CommandLine;
        let path_word = |input| {
            if is_typed {
                self.path_word(input, invocation.names_only)
            } else {
                Some("-".to_owned())
            }
        };
        let number = |call: &EndpointCall| {
            if is_typed {
                self.own_number(call)
            } else {
                call.number
            }
        };
        let mut words: Vec<String> = Vec::new();
        let mut say = |text: &str| words.push(text.to_owned());
        match job {
            Job::Patch(patch) => {
                say("patch");
                say(&path_word(patch.input)?);
                if let Some(call) = patch.call {
                    say("--call");
                    say(&number(call).to_string());
                }
                if patch.unsafe_fixes {
                    say("--unsafe-fixes");
                }
                for value in &patch.values {
                    say("--set");
                    say(value);
                }
                if let Some(form) = patch.request {
                    say("--request");
                    say(form);
                }
            }
            Job::PatchAll { unsafe_fixes } => {
                say("patch");
                let path = if is_typed {
                    self.only_path(invocation)
                } else {
                    path_word(0)
                };
                say(&path?);
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
                say(&number(call).to_string());
            }
            Job::Calls if !is_typed => say("calls"),
            Job::Calls => {
                say("calls");
                words.extend(self.all_paths(invocation)?);
            }
            Job::Full => {
                say("--verbose");
                words.extend(self.all_paths(invocation)?);
            }
            Job::HandOver => {
                words.extend(["check", "--format", "markdown"].map(str::to_owned));
                words.extend(self.all_paths(invocation)?);
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

    /// Everything that was read, as words of a command.
    fn all_paths(&self, invocation: &Invocation) -> Option<Vec<String>> {
        let named = invocation.paths.iter().map(|path| word_of(path));
        let own = 0..self.inputs.len();
        let own = own.map(|at| self.path_word(at, invocation.names_only));
        match invocation.paths.len() {
            0 if self.inputs.len() > MOST_PATHS => None,
            0 => own.collect(),
            _ => named.collect(),
        }
    }

    /// The one path that stands for everything that was read.
    fn only_path(&self, invocation: &Invocation) -> Option<String> {
        match (invocation.paths.as_slice(), self.inputs.len()) {
            ([only], _) => word_of(only),
            ([], 1) => self.path_word(0, invocation.names_only),
            _ => None,
        }
    }

    /// `command` of a rule with the number that its call has among those of all inputs.
    pub(crate) fn with_numbers_of_all(&self, command: &str) -> String {
        const OPTION: &str = " --call ";
        let Some((before, behind)) = command.rsplit_once(OPTION) else {
            return command.to_owned();
        };
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        let own = behind[..digits].parse::<usize>().ok();
        let path = |input: &Input| trace_path::word_in(Shell::HERE, &input.path);
        let named = |input: &Input| {
            let rest = before.strip_suffix(path(input).as_str());
            rest.is_some_and(|rest| rest.ends_with(' '))
        };
        let input = self.inputs.iter().position(named);
        let (Some(own), Some(input)) = (own, input) else {
            return command.to_owned();
        };
        let number = own + self.calls.partition_point(|one| one.input < input);
        format!("{before}{OPTION}{number}{}", &behind[digits..])
    }

    /// The call's number when its input is read alone.
    pub(crate) fn own_number(&self, call: &EndpointCall) -> usize {
        let before = self.calls.partition_point(|one| one.input < call.input);
        call.number.saturating_sub(before)
    }
}

/// Most inputs that a command names one by one.
const MOST_PATHS: usize = 20;

/// A path as a word that no command takes for an option; `None` for a pipe.
fn word_of(path: &str) -> Option<String> {
    (path != STANDARD_INPUT && path != "-").then(|| not_an_option(&sanitize::path(path)))
}

/// `line` with what is asked for, shown by `value`, in place of each `--set POINTER=…`.
fn values_shown(line: &str, value: impl Fn(&str, &str) -> String) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once("--set ") {
        let (pointer, given) = behind.split_once('=').unwrap_or((behind, ""));
        let asked = given.strip_prefix("- (asks for ");
        let what = asked
            .and_then(|given| given.split(';').next())
            .or_else(|| given.strip_prefix('<')?.split('>').next());
        out.push_str(before);
        out.push_str(&value(pointer, what.unwrap_or(pointer)));
        let end = match given.chars().next() {
            Some('-') => given.find(')'),
            Some('<') => given.find('>'),
            _ => None,
        };
        rest = end.map_or(given, |end| &given[end + 1..]);
    }
    out + rest
}

/// The button of the page that does what `command` does, by what stands on it.
fn on_page(command: &str) -> Option<String> {
    let call = word_behind(command, "--call");
    let agreed = command.contains("--unsafe-fixes");
    Some(match command.split(' ').next()? {
        "patch" if command.contains(" --all ") => {
            "\u{201c}Corrected request\u{201d}, call by call".to_owned()
        }
        "patch" if agreed => {
            "\u{201c}Corrected request\u{201d} with \u{201c}also corrections that need a look\u{201d}".to_owned()
        }
        "patch" => "\u{201c}Corrected request\u{201d}".to_owned(),
        "show" | "calls" => match call {
            Some(number) => format!("call {number} in \u{201c}Calls\u{201d}"),
            None => "\u{201c}Calls\u{201d}".to_owned(),
        },
        "connections" => "\u{201c}Connections\u{201d}".to_owned(),
        "redact" => "\u{201c}Save a copy that is safe to share\u{201d}".to_owned(),
        "compare" => "\u{201c}Compare: drop the trace made after the change\u{201d}".to_owned(),
        "check" if command.contains(" --format markdown") => {
            "\u{201c}Text for a ticket\u{201d}".to_owned()
        }
        "check" if command.contains("--known-good") => "\u{201c}Files\u{201d}".to_owned(),
        "check" => "\u{201c}Choose files \u{2026}\u{201d}".to_owned(),
        "explain" if command.ends_with(" recording") => {
            "\u{201c}How to record\u{201d}".to_owned()
        }
        "explain" | "--verbose" | "diff" => "\u{201c}Whole report\u{201d}".to_owned(),
        _ => return None,
    })
}

/// The tool that does what `command` does, with what it has to be told besides the path.
fn of_tools(command: &str) -> Option<String> {
    let call = word_behind(command, "--call").map(|number| format!("call = {number}"));
    let agreed = command.contains("--unsafe-fixes");
    let agreed = agreed.then(|| "unsafe_fixes = true".to_owned());
    let form = word_behind(command, "--request").map(|form| format!("request = {form}"));
    let (tool, told) = match command.split(' ').next()? {
        "patch" if command.contains(" --all ") => {
            return Some("get_patch, call by call".to_owned());
        }
        "patch" => ("get_patch", vec![call, agreed, form]),
        "show" => ("show_call", vec![call]),
        "calls" => ("list_calls", Vec::new()),
        "redact" => ("redact", Vec::new()),
        "check" if !command.contains("--") => ("diagnose", Vec::new()),
        "--verbose" => ("diagnose", vec![Some("format = json".to_owned())]),
        "explain" => {
            let what = command.split(' ').nth(1);
            ("explain", vec![what.map(|what| format!("what = {what}"))])
        }
        _ => return None,
    };
    let told: Vec<String> = told.into_iter().flatten().collect();
    Some(if told.is_empty() {
        tool.to_owned()
    } else {
        format!("{tool} with {}", told.join(", "))
    })
}

/// The word behind the last `option`: a path in front of it can hold any words.
fn word_behind<'a>(command: &'a str, option: &str) -> Option<&'a str> {
    let (_, behind) = command.rsplit_once(&format!(" {option} "))?;
    behind.split(' ').next()
}

/// Whether nothing is left to fill in in a command of a rule.
pub(crate) fn is_complete(command: &str) -> bool {
    !command.contains('\u{2039}') && !command.contains('\n')
}

#[cfg(test)]
mod tests {
    use super::{Invocation, Surface};

    #[test]
    fn a_value_is_asked_for_where_the_reader_can_give_it() {
        let line = "put the key at /a/b; needs --set /a/b=- (asks for the key; or =@FILE, =env:NAME) --set /c=<name>";
        let on = |surface| {
            let invocation = Invocation {
                surface,
                ..Invocation::default()
            };
            invocation.options_shown(line)
        };
        assert_eq!(on(Surface::CommandLine), line);
        let page = "put the key at /a/b; needs the field \u{201c}the key\u{201d} the field \u{201c}name\u{201d}";
        assert_eq!(on(Surface::Page), page);
        let tools = "put the key at /a/b; needs the key, which only the user has, at /a/b name, which only the user has, at /c";
        assert_eq!(on(Surface::Tools), tools);
    }

    #[test]
    fn a_step_names_what_the_reader_has() {
        let on = |surface, command: &str| {
            let invocation = Invocation {
                surface,
                ..Invocation::default()
            };
            invocation.shown(command)
        };
        let patch = "mendpoint patch a b.har --call 3 --unsafe-fixes";
        assert_eq!(on(Surface::CommandLine, patch), patch);
        assert_eq!(
            on(Surface::Page, patch),
            "\u{201c}Corrected request\u{201d} with \u{201c}also corrections that need a look\u{201d}"
        );
        assert_eq!(
            on(Surface::Tools, patch),
            "get_patch with call = 3, unsafe_fixes = true"
        );
        assert_eq!(
            on(Surface::Page, "mendpoint --verbose x.har"),
            "\u{201c}Whole report\u{201d}"
        );
        assert_eq!(
            on(Surface::Page, "mendpoint show x.har --call 7"),
            "call 7 in \u{201c}Calls\u{201d}"
        );
        assert_eq!(
            on(Surface::Tools, "mendpoint explain recording"),
            "explain with what = recording"
        );
        for surface in [Surface::Page, Surface::Tools] {
            assert_eq!(on(surface, "az rest --method get"), "az rest --method get");
            assert_eq!(
                on(surface, "mendpoint known-good x.har"),
                "mendpoint known-good x.har (on a command line)"
            );
        }
    }
}
