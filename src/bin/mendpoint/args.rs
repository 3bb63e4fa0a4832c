//! What can be typed. Nothing here opens a file.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use mendpoint::mend::request::{FORMS, Form};
use mendpoint::render::Format as ReportFormat;

const EXAMPLES: &str = "\
Examples:
  mendpoint trace.har                          what broke, why, and what to do
  mendpoint patch trace.har > body.json        the corrected request body
  mendpoint patch trace.har --request curl     the request that sends it
  mendpoint calls trace.saz --all              every service-endpoint call
  mendpoint show trace.har --call 3            one call as it went over the wire
  mendpoint diff trace.har                     the payload beside one that works
  mendpoint redact trace.har -o safe.har       a copy without secrets, to share
  pbpaste | mendpoint -                        a pasted error message or payload

Nothing is ever sent over a network.";

const STATUSES: &str = "\
Exit status of a report:
  0  every call did what it should    1  a fault was found    2  an input could not be read
  3  nothing of a service connection  4  the recording does not decide
patch: 0 a body was written, 1 no body can mend it as asked, 2 a choice is needed, 3 nothing to correct
compare: 0 every fault is gone, 1 not    redact: 0 written, 3 nothing in it belongs to a connection, 2 not written";

/// Finds what broke an Azure DevOps service connection in a browser or Fiddler trace.
#[derive(Debug, Parser)]
#[command(name = "mendpoint", version, before_help = EXAMPLES, after_help = STATUSES, args_conflicts_with_subcommands = true, arg_required_else_help = true, infer_subcommands = false)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) check: CheckArgs,
    #[command(flatten)]
    pub(crate) global: Global,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read traces and report what broke, why and what to do (the default)
    Check(CheckArgs),
    /// List the service-endpoint calls
    Calls(CallsArgs),
    /// Show one call as it went over the wire, masked
    Show(ShowArgs),
    /// List the connections that any trace or list shows, and which are at fault
    Connections(ConnectionsArgs),
    /// Show the payload of one call beside a known-good one
    Diff(DiffArgs),
    /// Write the corrected request body of one call
    Patch(PatchArgs),
    /// Tell which faults of one trace are gone in a later one
    Compare(CompareArgs),
    /// Keep payloads of connections that work, to compare with
    KnownGood(KnownGoodArgs),
    /// Write a copy of a trace that is safe to share
    Redact(RedactArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Explain one rule in full
    Explain(ExplainArgs),
    /// Serve these commands to an agent as tools, over the Model Context Protocol (see docs/agents.md)
    #[cfg(feature = "mcp")]
    Mcp(McpArgs),
    /// The same, in a program that was built without it
    #[cfg(not(feature = "mcp"))]
    #[command(hide = true)]
    Mcp {
        /// Whatever it would take
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        words: Vec<OsString>,
    },
    /// Print the completion script of a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print a manual page (try: mendpoint man | man -l -)
    Man {
        /// The command it is about; mendpoint itself without one
        command: Option<String>,
    },
}

/// `arguments` with the command in front of the options that every command takes: `-q patch x.har`
/// is `patch -q x.har`, and no check of a file called patch.
pub(crate) fn command_first(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let begins_with_option = |at: usize| -> Option<&str> {
        let text = arguments.get(at)?.to_str()?;
        (text.len() > 1 && text.starts_with('-')).then_some(text)
    };
    let mut at = 1;
    if begins_with_option(at).is_none() {
        return arguments;
    }
    let cli = Cli::command();
    while let Some(text) = begins_with_option(at) {
        let name = text.split('=').next().unwrap_or_default();
        let known = cli.get_arguments().find(|option| {
            let long = option.get_long().map(|long| format!("--{long}"));
            let short = option.get_short().map(|short| format!("-{short}"));
            option.is_global_set() && [long, short].iter().flatten().any(|known| known == name)
        });
        let Some(option) = known else {
            return arguments;
        };
        let takes_next = option.get_action().takes_values() && !text.contains('=');
        at += 1 + usize::from(takes_next);
    }
    let is_command = arguments
        .get(at)
        .is_some_and(|word| cli.get_subcommands().any(|known| word == known.get_name()));
    if is_command {
        arguments[1..=at].rotate_right(1);
    }
    arguments
}

/// Options that every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "auto",
        value_name = "WHEN"
    )]
    pub(crate) color: Color,
    /// Only the result
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Everything, warnings and notes in full too
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Rules of your own: a folder of Markdown files (see docs/rules.md)
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) rules: Option<PathBuf>,
    /// The password of an encrypted archive is the first line of this file
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// What to call standard input in the report
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) stdin_name: Option<String>,
    /// Show secrets in excerpts and differences
    #[arg(long, global = true)]
    pub(crate) show_secrets: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// Where the result goes.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Write the result to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite the output file if it exists
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Trace files (HAR, SAZ, session text), folders, pasted texts or payloads; - is standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Read more paths from this file, each with a NUL behind it; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) files0_from: Option<PathBuf>,
    /// Form of the report
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: ReportFormat,
    /// Open the page in a browser (with --format html; without -o it is a temporary file)
    #[arg(long)]
    pub(crate) open: bool,
    /// Lowest severity that makes the exit status 1
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,
    /// Count by rule, connection type, organization and verdict (text and JSON)
    #[arg(long)]
    pub(crate) statistics: bool,
    /// Payloads or traces of connections that work
    #[arg(long, value_name = "FILE-or-DIR")]
    pub(crate) known_good: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Shells that can complete what is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
    Nushell,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

/// The forms of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// For a terminal
    Text,
    /// For scripts
    Json,
    /// To paste into a ticket
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Error,
    Warning,
    Note,
    Never,
}

#[derive(Debug, Args)]
pub(crate) struct CallsArgs {
    /// Traces or folders; - is standard input
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Reads (GET) too
    #[arg(long)]
    pub(crate) all: bool,
    /// Form of the list
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// A trace or folder; - is standard input
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// The call with this number (see `mendpoint calls --all`)
    #[arg(long, value_name = "N", conflicts_with = "entry")]
    pub(crate) call: Option<usize>,
    /// The exchange at this place of the recording, counted from 0
    #[arg(long, value_name = "N")]
    pub(crate) entry: Option<usize>,
    /// Form of the call
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// What `connections` takes.
#[derive(Debug, Args)]
pub(crate) struct ConnectionsArgs {
    /// Traces, lists of connections or folders; - is standard input
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Form of the list
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Which call is meant.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The last such call of this endpoint
    #[arg(long, value_name = "ID-or-NAME", conflicts_with = "call")]
    pub(crate) endpoint: Option<String>,
    /// The call with this number (see `mendpoint calls`)
    #[arg(long, value_name = "N")]
    pub(crate) call: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// A trace or payload; - is standard input
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) which: Which,
    /// Payloads or traces of connections that work
    #[arg(long, value_name = "FILE-or-DIR")]
    pub(crate) known_good: Option<PathBuf>,
    /// Volatile differences (ids, dates) too
    #[arg(long)]
    pub(crate) all: bool,
    /// Form of the difference
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct PatchArgs {
    /// A trace or payload; - is standard input
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) which: Which,
    /// Write the request that sends the body, instead of the body alone
    #[arg(long, value_parser = form(), value_name = "FORM")]
    pub(crate) request: Option<&'static Form>,
    /// Verb of an update
    #[arg(long, value_enum, default_value = "put", value_name = "VERB")]
    pub(crate) method: Verb,
    /// Where the request gets its credential when it is run (default: az on the cloud, pat elsewhere)
    #[arg(long, value_enum, value_name = "SOURCE")]
    pub(crate) auth: Option<AuthSource>,
    /// A host, besides the Azure DevOps cloud, that may be sent a credential
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_host: Vec<String>,
    /// Apply fixes that change what the connection is
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,
    /// Put a value where a fault asks for one that is not in the trace
    ///
    /// POINTER is what `patch` says it needs (/data/subscriptionId). VALUE is the text itself, @FILE for
    /// what stands in a file, env:NAME for what is in a variable, - to be asked on the terminal (elsewhere
    /// for the next line of standard input), or text:... for a text that begins like one of these. A secret is never taken from the command line,
    /// where other programs can read it: use @FILE, env:NAME or -.
    #[arg(long, value_name = "POINTER=VALUE")]
    pub(crate) set: Vec<String>,
    /// Write the corrected body of every connection, one file each, into the folder behind -o
    #[arg(long, requires = "output", conflicts_with_all = ["endpoint", "call", "request", "json_patch", "rollback", "set"])]
    pub(crate) all: bool,
    /// Write the endpoint as the trace last saw it to this new file, to go back
    #[arg(long, value_name = "FILE")]
    pub(crate) rollback: Option<PathBuf>,
    /// Write RFC 6902 operations, each behind a test, instead of the body
    #[arg(long, conflicts_with = "request")]
    pub(crate) json_patch: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Reads the name of a form of a request.
fn form() -> impl TypedValueParser<Value = &'static Form> {
    let names = FORMS.iter().map(|form| form.name);
    PossibleValuesParser::new(names).try_map(|name| Form::named(&name).ok_or("no such form"))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Verb {
    Put,
    Patch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuthSource {
    Az,
    Pat,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// The trace with the fault
    #[arg(value_name = "BEFORE")]
    pub(crate) before: PathBuf,
    /// A trace from after the repair
    #[arg(value_name = "AFTER")]
    pub(crate) after: PathBuf,
    /// Form of the result
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: CompareFormat,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct KnownGoodArgs {
    #[command(subcommand)]
    pub(crate) action: KnownGoodAction,
}

/// They are kept without secrets in the user's data directory, or below `MENDPOINT_DATA_DIR`.
#[derive(Debug, Subcommand)]
pub(crate) enum KnownGoodAction {
    /// Keep the payloads of the calls of a trace that succeeded, without secrets
    Add(AddArgs),
    /// List what is kept
    List,
    /// Show one
    Show {
        /// Its name (see `mendpoint known-good list`)
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Throw some away
    Remove {
        /// Their names (see `mendpoint known-good list`)
        #[arg(value_name = "NAME", required = true)]
        names: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// A trace or payload of connections that work; - is standard input
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,
    /// Only this endpoint
    #[arg(long, value_name = "ID-or-NAME")]
    pub(crate) endpoint: Option<String>,
    /// Keep it under this name instead of the endpoint's
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Replace what is kept under the same name
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RedactArgs {
    /// A trace (HAR, SAZ, saved session), a pasted text or a payload; - is standard input
    #[arg(value_name = "TRACE")]
    pub(crate) path: PathBuf,
    /// The copy: a HAR, or a text of a text. Never the trace itself
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Overwrite the copy if it exists
    #[arg(long)]
    pub(crate) force: bool,
    /// Leave ids, names, hosts and addresses as they are; only secrets go
    #[arg(long)]
    pub(crate) keep_ids: bool,
    /// Put a stub in the place of each entry that is left out: its time, method and status, and no more
    #[arg(long)]
    pub(crate) with_others: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// Only rules that speak of all these words
    #[arg(value_name = "WORD")]
    pub(crate) words: Vec<String>,
    /// Only rules that can concern this type of connection
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) kind: Option<String>,
    /// Only rules that know this code (AADSTS7000222, TF400898, VS403384, `ScopeLocked`)
    #[arg(long, value_name = "CODE")]
    pub(crate) code: Option<String>,
    /// Only this family
    #[arg(long, value_name = "FAMILY")]
    pub(crate) family: Option<String>,
    /// Only this severity
    #[arg(long, value_name = "SEVERITY", value_parser = ["error", "warning", "note"])]
    pub(crate) severity: Option<String>,
    /// Only rules that can concern this authorization scheme
    #[arg(long, value_name = "SCHEME")]
    pub(crate) scheme: Option<String>,
    /// Validate the rule files of a folder: their form, and what their samples say
    #[arg(long, value_name = "DIR", conflicts_with_all = ["words", "kind", "code", "family", "severity", "scheme"])]
    pub(crate) check: Option<PathBuf>,
    /// Form of the list
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Id of a rule (see `mendpoint rules`), a code (AADSTS7000222, TF400898), words of a message, or
    /// `recording`: how to record a trace
    #[arg(value_name = "WHAT", required = true)]
    pub(crate) what: Vec<String>,
    /// Run the rule's own sample through `check`
    #[arg(long)]
    pub(crate) demo: bool,
    /// Form of the explanation
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: Format,
}

/// What `mcp` takes. No secret is shown, whatever is asked for.
#[cfg(feature = "mcp")]
#[derive(Debug, Args)]
pub(crate) struct McpArgs {
    /// The folder that the agent may read traces from, and write safe copies to; nothing else
    #[arg(long, value_name = "DIR")]
    pub(crate) root: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_may_stand_behind_common_options() {
        for (typed, meant) in [
            ("-q patch x.har", "patch -q x.har"),
            (
                "-q --color never --rules=d calls x --all",
                "calls -q --color never --rules=d x --all",
            ),
            ("-q x.har patch", "-q x.har patch"),
            ("--color patch x.har", "--color patch x.har"),
            ("--format json patch", "--format json patch"),
            ("- patch", "- patch"),
            ("patch -q", "patch -q"),
            ("-q", "-q"),
        ] {
            let words = |text: &str| -> Vec<OsString> {
                ["mendpoint"]
                    .into_iter()
                    .chain(text.split(' '))
                    .map(OsString::from)
                    .collect()
            };
            assert_eq!(command_first(words(typed)), words(meant), "{typed}");
        }
    }
}
