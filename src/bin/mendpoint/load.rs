//! Paths → reports: files, folders and standard input, in the order given.

use std::borrow::Cow;
use std::env;
use std::fs::{self, File};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use mendpoint::error::{Error, Kind};
use mendpoint::ingest::{self, Options, Source, Trace};
use mendpoint::judge::{Analyzer, Traces, empty};
use mendpoint::report::Report;
use mendpoint::rules::engine::{Catalogue, Faulty};
use mendpoint::text::sanitize;
use mendpoint::text::trace_path::STANDARD_INPUT;
use walkdir::WalkDir;

use crate::args::Global;
use crate::in_order::in_order;
use crate::output::{Failure, tell};
use crate::password::Password;
use crate::paths::{self, Named, STDIN, Task};
use crate::progress::Progress;
use crate::{invocation, member};

/// What came of all paths.
#[derive(Default)]
pub(crate) struct Loaded {
    /// Every input, unreadable ones too.
    pub(crate) report: Report,
    /// How many inputs could not be read; each was told on standard error.
    pub(crate) failures: usize,
}

impl Loaded {
    /// Whether nothing at all could be read.
    pub(crate) fn is_unread(&self) -> bool {
        self.failures == self.report.inputs.len()
    }
}

/// What came of one task.
struct Outcome<T> {
    /// What was made of each input, and why it could not be read, if so.
    inputs: Vec<(T, Option<Error>)>,
    /// Names of files that are no inputs.
    unrelated: Vec<String>,
    /// The named path that this was the last, or all, of.
    whole: Option<PathBuf>,
}

impl<T> Default for Outcome<T> {
    fn default() -> Self {
        Self {
            inputs: Vec::new(),
            unrelated: Vec::new(),
            whole: None,
        }
    }
}

/// The built-in rules and connection types, those of the user's own folder, and those of `--rules`.
pub(crate) fn catalogue(global: &Global) -> Result<Cow<'static, Catalogue>, Failure> {
    let mut catalogue = Cow::Borrowed(Catalogue::shared());
    let own = own_rules().filter(|folder| folder.is_dir());
    for folder in own.iter().chain(&global.rules) {
        for (path, text) in rule_files(folder)? {
            if let Err(faulty) = add(catalogue.to_mut(), &path, &text) {
                tell(&format!(
                    "warning: the rule {} is left out: {}",
                    faulty.path, faulty.reason
                ));
            }
        }
    }
    Ok(catalogue)
}

/// Adds a file: a rule, or a connection type, which is called by its file.
pub(crate) fn add(catalogue: &mut Catalogue, path: &str, text: &str) -> Result<(), Faulty> {
    let file = Path::new(path);
    if file.extension().is_some_and(|ending| ending == "toml") {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        catalogue.add_type(path, &name, text)
    } else {
        catalogue.add(path, text)
    }
}

/// The folder of a user's own rules: `mendpoint/rules` where the platform keeps configuration.
fn own_rules() -> Option<PathBuf> {
    let folder = match env::var_os("MENDPOINT_CONFIG_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => etcetera::choose_base_strategy()
            .ok()?
            .config_dir()
            .join("mendpoint"),
    };
    Some(folder.join("rules"))
}

/// The rules (Markdown) and connection types (TOML) below `folder` with their texts, in a stable order.
pub(crate) fn rule_files(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut files = Vec::new();
    for entry in WalkDir::new(paths::native(folder)).sort_by_file_name() {
        let entry =
            entry.map_err(|error| Failure::new(format!("the rules could not be read: {error}")))?;
        let path = entry.path();
        if entry.file_type().is_file()
            && path
                .extension()
                .is_some_and(|extension| extension == "md" || extension == "toml")
        {
            let text = fs::read_to_string(path).map_err(|error| {
                Failure::new(format!("{} could not be read: {error}", path.display()))
            })?;
            // A rule is shown on terminals, whoever wrote it.
            let text = sanitize::block(&text.replace("\r\n", "\n"));
            files.push((path.display().to_string(), text));
        }
    }
    Ok(files)
}

/// Reads and judges `paths`.
pub(crate) fn load(paths: &[PathBuf], global: &Global) -> Result<Loaded, Failure> {
    let catalogue = catalogue(global)?;
    load_with(paths.into(), global, &Analyzer::new(&catalogue))
}

/// Like [`load`], with an analyzer of one's own.
pub(crate) fn load_with(
    named: Named<'_>,
    global: &Global,
    analyzer: &Analyzer<'_>,
) -> Result<Loaded, Failure> {
    let mut traces = Traces::default();
    let failures = each(named, global, analyzer, &|_, trace| trace, &mut |trace| {
        traces.push(trace);
        Ok(())
    })?;
    // All inputs are one story: what one shows may be the end of what another began.
    let mut report = analyzer.judge(traces);
    // A list of paths may be longer than a command.
    let paths = if named.list.is_none() {
        named.paths
    } else {
        &[]
    };
    report.invocation = invocation::of(global, paths);
    Ok(Loaded { report, failures })
}

/// Makes something of each input with `work`, on all cores, and hands it to `take` in the order of the
/// paths as soon as it and all before it are ready. Gives the number of inputs that could not be read.
pub(crate) fn each<T: Send>(
    named: Named<'_>,
    global: &Global,
    analyzer: &Analyzer<'_>,
    work: &(dyn Fn(&Analyzer<'_>, Trace) -> T + Sync),
    take: &mut dyn FnMut(T) -> Result<(), Failure>,
) -> Result<usize, Failure> {
    let progress = Progress::of(named, global.quiet);
    let reader = Reader {
        analyzer,
        password: &Password::new(global),
        progress: &progress,
        stdin: global.stdin_name.as_deref().unwrap_or(STANDARD_INPUT),
    };
    let mut tally = Tally::default();
    in_order(
        named.tasks()?,
        |task| reader.outcome(&task, work),
        &mut |outcome| {
            for (made, failure) in tally.count(outcome, &reader, work, global) {
                if let Some(error) = failure {
                    progress.aside(|| Failure::from(error).report());
                }
                progress.aside(|| take(made))?;
            }
            Ok(())
        },
    )?;
    if tally.inputs == 0 {
        // An empty list of files.
        return Err(Failure::new("no trace is named"));
    }
    Ok(tally.failures)
}

/// What was counted so far.
#[derive(Default)]
struct Tally {
    inputs: usize,
    failures: usize,
    /// Inputs and other files since the last folder or named file.
    here: usize,
    unrelated: usize,
}

impl Tally {
    /// Counts what came of one task, and gives what is to be told of it.
    fn count<T>(
        &mut self,
        mut outcome: Outcome<T>,
        reader: &Reader<'_>,
        work: &dyn Fn(&Analyzer<'_>, Trace) -> T,
        global: &Global,
    ) -> Vec<(T, Option<Error>)> {
        self.here += outcome.inputs.len();
        self.unrelated += outcome.unrelated.len();
        if global.verbose {
            for name in &outcome.unrelated {
                reader
                    .progress
                    .aside(|| tell(&format!("note: {name} is no input")));
            }
        }
        if let Some(named) = &outcome.whole {
            let name = reader.name_of(named);
            let others = std::mem::take(&mut self.unrelated);
            if std::mem::take(&mut self.here) == 0 {
                let error = empty(&name, others);
                let made = work(reader.analyzer, Trace::unreadable(&name, error.clone()));
                outcome.inputs.push((made, Some(error)));
            } else if others > 0 && !global.quiet {
                let note = match others {
                    1 => format!("note: {name}: 1 other file is no input"),
                    _ => format!("note: {name}: {others} other files are no inputs"),
                };
                let how = if global.verbose {
                    ""
                } else {
                    " (-v names them)"
                };
                reader.progress.aside(|| tell(&format!("{note}{how}")));
            }
        }
        self.inputs += outcome.inputs.len();
        let failed = outcome
            .inputs
            .iter()
            .filter(|(_, failure)| failure.is_some());
        self.failures += failed.count();
        outcome.inputs
    }
}

/// What every input is read with.
struct Reader<'a> {
    analyzer: &'a Analyzer<'a>,
    password: &'a Password<'a>,
    progress: &'a Progress,
    /// What standard input is called.
    stdin: &'a str,
}

impl Reader<'_> {
    /// The name of a path in reports.
    fn name_of(&self, path: &Path) -> String {
        if path == Path::new(STDIN) {
            self.stdin.to_owned()
        } else {
            path.display().to_string()
        }
    }

    fn outcome<T>(
        &self,
        task: &Task,
        work: &(dyn Fn(&Analyzer<'_>, Trace) -> T + Sync),
    ) -> Outcome<T> {
        let mut outcome = Outcome::default();
        let (path, found, failure) = match task {
            Task::Read { path, found } => (path, *found, None),
            Task::Failed(path, error) => (path, false, Some(error.clone())),
            Task::FolderEnd(path) => {
                outcome.whole = Some(path.clone());
                return outcome;
            }
        };
        let read = |take: &mut dyn FnMut(Trace)| match failure {
            Some(error) => Err(error),
            None => self.read(path, take),
        };
        let inputs = &mut outcome.inputs;
        let name = self.name_of(path);
        outcome.unrelated = self.analyzer.inputs_of(&name, found, read, &mut |input| {
            let failure = input.failure.clone();
            inputs.push((work(self.analyzer, input), failure));
        });
        outcome.whole = (!found).then(|| path.clone());
        outcome
    }

    /// Reads one file, or standard input.
    fn read(&self, typed: &Path, take: &mut dyn FnMut(Trace)) -> Result<(), Error> {
        let ask = || self.progress.aside(|| self.password.get(typed));
        let path = &member::file_of(typed);
        let only = member::only(typed, path);
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let sidecar = |name: &str| fs::read(folder.join(name)).ok();
        let options = Options {
            password: Some(&ask),
            sidecar: Some(&sidecar),
            only: only.as_deref(),
            ..Options::default()
        };
        let name = self.name_of(path);
        let read = if path == Path::new(STDIN) {
            if io::stdin().is_terminal() {
                tell(HOW_TO_END);
            }
            let options = Options {
                sidecar: None,
                ..options
            };
            let mut stdin = io::stdin().lock();
            ingest::read_each(&name, Source::Stream(&mut stdin), &options, take)
        } else {
            let file = File::open(path).map_err(|error| cannot_open(path, &error))?;
            // A named pipe, as `<(command)` of a shell is one, cannot be sought in.
            let seekable = file.metadata().is_ok_and(|metadata| metadata.is_file());
            let mut file = self.progress.count(file);
            let source = if seekable {
                Source::File(&mut file)
            } else {
                Source::Stream(&mut file)
            };
            ingest::read_each(&name, source, &options, take)
        };
        read.map_err(|error| self.password.explain(error))
    }
}

/// What somebody reads who gave `-` and no pipe.
const HOW_TO_END: &str = if cfg!(windows) {
    "paste the text here and end it with Ctrl-Z and Enter on a line of their own"
} else {
    "paste the text here and end it with Ctrl-D on a line of its own"
};

pub(crate) fn cannot_open(path: &Path, error: &io::Error) -> Error {
    let message = format!("{} could not be opened: {error}", path.display());
    let commands = [
        "check",
        "calls",
        "connections",
        "show",
        "diff",
        "patch",
        "compare",
        "redact",
        "rules",
        "explain",
    ];
    let typed = path.to_string_lossy();
    let close = |command: &&&str| {
        similar_letters(command, &typed) && error.kind() == io::ErrorKind::NotFound
    };
    match commands.iter().find(close) {
        Some(command) => Error::new(Kind::Unreadable, message)
            .with_hint(format!("did you mean the command `{command}`?")),
        None => Error::new(Kind::Unreadable, message),
    }
}

/// Whether two short words differ in a slip of the finger.
fn similar_letters(command: &str, typed: &str) -> bool {
    let mut a: Vec<char> = command.chars().collect();
    let mut b: Vec<char> = typed.chars().collect();
    a.sort_unstable();
    b.sort_unstable();
    let shared = a.iter().filter(|c| b.contains(c)).count();
    let is_word = typed.bytes().all(|byte| byte.is_ascii_lowercase());
    is_word && typed.len().abs_diff(command.len()) <= 1 && shared + 1 >= command.len()
}
