//! Paths → reports: files, folders and standard input, in the order given.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{OnceLock, mpsc};
use std::thread;

use etcetera::BaseStrategy;
use mendpoint::connection::outcome::is_error_envelope;
use mendpoint::connection::payload::looks_like_endpoint;
use mendpoint::error::{Error, Kind};
use mendpoint::ingest::{self, Container, Options, ReadSeek, Source, Trace};
use mendpoint::json;
use mendpoint::judge::Analyzer;
use mendpoint::mend::known_good::Offer;
use mendpoint::report::{Input, Report};
use mendpoint::rules::engine::Catalogue;
use mendpoint::text::sanitize;
use walkdir::WalkDir;

use crate::args::Global;
use crate::member;
use crate::output::{Failure, tell};
use crate::progress::Progress;

/// What came of all paths.
#[derive(Default)]
pub(crate) struct Loaded {
    /// Everything that could be read.
    pub(crate) report: Report,
    /// How many inputs could not be read; each was told on standard error.
    pub(crate) failures: usize,
}

/// One file to read.
struct Task {
    path: PathBuf,
    /// Found in a folder: what is no trace is left alone.
    found: bool,
}

/// What came of one file.
enum Outcome {
    Read(Box<Report>),
    Left,
    Failed(Error),
}

/// The built-in rules, those of the user's own folder, and those of `--rules`.
pub(crate) fn catalogue(global: &Global) -> Result<Catalogue, Failure> {
    let mut catalogue = Catalogue::built_in();
    let own = own_rules().filter(|folder| folder.is_dir());
    for folder in own.iter().chain(&global.rules) {
        for (path, text) in rule_files(folder)? {
            if let Err(faulty) = catalogue.add(&path, &text) {
                tell(&format!(
                    "warning: the rule {} is left out: {}",
                    faulty.path, faulty.reason
                ));
            }
        }
    }
    Ok(catalogue)
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

/// The Markdown files below `folder` with their texts, in a stable order.
pub(crate) fn rule_files(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry =
            entry.map_err(|error| Failure::new(format!("the rules could not be read: {error}")))?;
        let path = entry.path();
        if entry.file_type().is_file()
            && path.extension().is_some_and(|extension| extension == "md")
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

/// Reads and analyses `paths`; of a folder only the traces.
pub(crate) fn load(paths: &[PathBuf], global: &Global) -> Result<Loaded, Failure> {
    load_some(paths, global, true, Offer::default())
}

/// Like [`load`], and compares what no rule explains with `offer`.
pub(crate) fn load_beside(
    paths: &[PathBuf],
    global: &Global,
    offer: Offer,
) -> Result<Loaded, Failure> {
    load_some(paths, global, true, offer)
}

/// Like [`load`], but takes bare payloads from a folder too.
pub(crate) fn load_all(paths: &[PathBuf], global: &Global) -> Result<Loaded, Failure> {
    load_some(paths, global, false, Offer::default())
}

fn load_some(
    paths: &[PathBuf],
    global: &Global,
    only_traces: bool,
    offer: Offer,
) -> Result<Loaded, Failure> {
    let mut all = Report::default();
    let failures = each(paths, global, only_traces, offer, &mut |report| {
        all.append(report);
        Ok(())
    })?;
    Ok(Loaded {
        report: all,
        failures,
    })
}

/// Reads and analyses `paths`, of a folder only the traces, and hands each report to `take` in
/// their order, as soon as it and all before it are ready. Gives the number of inputs that failed.
pub(crate) fn stream(
    paths: &[PathBuf],
    global: &Global,
    offer: Offer,
    take: &mut dyn FnMut(Report) -> Result<(), Failure>,
) -> Result<usize, Failure> {
    each(paths, global, true, offer, take)
}

fn each(
    paths: &[PathBuf],
    global: &Global,
    only_traces: bool,
    offer: Offer,
    take: &mut dyn FnMut(Report) -> Result<(), Failure>,
) -> Result<usize, Failure> {
    let catalogue = catalogue(global)?;
    let analyzer = Analyzer::new(&catalogue).with_known_good(offer);
    let mut failures = 0;
    let mut tasks = Vec::new();
    let mut folders = Vec::new();
    for path in paths {
        let start = tasks.len();
        if path.is_dir() {
            walk(path, only_traces, &mut tasks, &mut failures);
            folders.push((path, start..tasks.len()));
        } else {
            tasks.push(Task {
                path: path.clone(),
                found: false,
            });
        }
    }
    let mut left = vec![false; tasks.len()];
    let progress = Progress::new(size_of(&tasks), global.quiet);
    run_all(&tasks, &analyzer, global, &progress, &mut |at, outcome| {
        match outcome {
            Outcome::Read(report) => return progress.aside(|| take(*report)),
            Outcome::Left => left[at] = true,
            Outcome::Failed(error) => progress.aside(|| fail(&mut failures, &error)),
        }
        Ok(())
    })?;
    drop(progress);
    for (path, range) in folders {
        let others = left[range.clone()].iter().filter(|left| **left).count();
        if others == range.len() {
            let message = format!("{} holds no trace (other files: {others})", path.display());
            let hint = "traces are HAR and SAZ files and saved sessions, known by their content";
            fail(
                &mut failures,
                &Error::new(Kind::Unrecognised, message).with_hint(hint),
            );
        } else if others > 0 && !global.quiet {
            tell(&format!(
                "note: {}: {others} files are no traces and were left",
                path.display()
            ));
        }
    }
    Ok(failures)
}

/// How many bytes there are to read; a pipe does not tell.
fn size_of(tasks: &[Task]) -> u64 {
    let sizes = tasks
        .iter()
        .filter_map(|task| fs::metadata(&task.path).ok());
    sizes
        .filter(fs::Metadata::is_file)
        .map(|metadata| metadata.len())
        .sum()
}

fn fail(failures: &mut usize, error: &Error) {
    *failures += 1;
    let failure = Failure::new(error);
    error
        .hint()
        .map_or_else(|| Failure::new(error), |hint| failure.with_hint(hint))
        .report();
}

/// The files below `folder` in a stable order. What cannot be entered is told and costs only itself.
fn walk(folder: &Path, found: bool, tasks: &mut Vec<Task>, failures: &mut usize) {
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() => tasks.push(Task {
                path: entry.into_path(),
                found,
            }),
            Ok(_) => {}
            Err(error) if error.loop_ancestor().is_some() => {
                tell(&format!("note: {error}; it is not followed"));
            }
            Err(error) => {
                *failures += 1;
                Failure::new(error).report();
            }
        }
    }
}

/// Works through `tasks` with all cores; `take` gets what came of each in their order.
fn run_all(
    tasks: &[Task],
    analyzer: &Analyzer<'_>,
    global: &Global,
    progress: &Progress,
    take: &mut dyn FnMut(usize, Outcome) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let next = AtomicUsize::new(0);
    let password = Password::new(global);
    let (done, results) = mpsc::channel();
    let work = |done: mpsc::Sender<(usize, Outcome)>| loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some(task) = tasks.get(at) else {
            return;
        };
        if done
            .send((at, run_one(task, analyzer, &password, progress)))
            .is_err()
        {
            // Nobody wants the rest.
            return;
        }
    };
    let cores = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(tasks.len());
    thread::scope(|scope| {
        for _ in 0..cores {
            let (work, done) = (&work, done.clone());
            scope.spawn(move || work(done));
        }
        drop(done);
        let mut early = BTreeMap::new();
        let mut due = 0;
        for (at, outcome) in results {
            early.insert(at, outcome);
            while let Some(outcome) = early.remove(&due) {
                take(due, outcome)?;
                due += 1;
            }
        }
        Ok(())
    })
}

fn run_one(
    task: &Task,
    analyzer: &Analyzer<'_>,
    password: &Password<'_>,
    progress: &Progress,
) -> Outcome {
    match read(&task.path, password, progress) {
        Ok(traces) => {
            let mut report = Report::default();
            let wanted = |trace: &Trace| {
                !task.found || !matches!(trace.container, Container::Text | Container::Json)
            };
            for trace in traces.into_iter().filter(wanted) {
                report.append(analyzer.analyze(trace));
            }
            match report.inputs.as_slice() {
                [] => Outcome::Left,
                [only] if is_foreign_json(only, &report) => {
                    Outcome::Failed(foreign_json(&only.path))
                }
                _ => Outcome::Read(Box::new(report)),
            }
        }
        Err(error) if task.found && error.kind() == Kind::Unrecognised => Outcome::Left,
        Err(error) => Outcome::Failed(error),
    }
}

/// JSON in which nothing is known: no trace, no payload, no answer of the service.
fn is_foreign_json(input: &Input, report: &Report) -> bool {
    let Some(text) = input
        .text
        .as_deref()
        .filter(|_| input.container == Container::Json)
    else {
        return false;
    };
    let known = json::parse(text).is_ok_and(|body| {
        let first = body
            .get("value")
            .unwrap_or(&body)
            .items()
            .first()
            .unwrap_or(&body);
        is_error_envelope(&body)
            || body.get("serviceEndpointDetails").is_some()
            || (body.get("statusCode").is_some() && body.get("errorMessage").is_some())
            || looks_like_endpoint(first)
    });
    !known && report.findings.is_empty()
}

/// Refuses a text called `path` if it is JSON in which nothing is known.
pub(crate) fn refuse_foreign(
    path: &str,
    text: &mut dyn ReadSeek,
    global: &Global,
) -> Result<(), Failure> {
    let catalogue = catalogue(global)?;
    let analyzer = Analyzer::new(&catalogue);
    for trace in ingest::read(path, Source::File(text), &Options::default())? {
        let report = analyzer.analyze(trace);
        if let [only] = report.inputs.as_slice()
            && is_foreign_json(only, &report)
        {
            return Err(foreign_json(path).into());
        }
    }
    Ok(())
}

fn foreign_json(path: &str) -> Error {
    Error::new(
        Kind::Unrecognised,
        format!("{path} is JSON, but neither a trace nor a payload or answer of the service"),
    )
    .with_hint("a HAR holds log.entries; save it in the browser with Save all as HAR with content")
}

/// Reads one file, or standard input for `-`.
fn read(path: &Path, password: &Password<'_>, progress: &Progress) -> Result<Vec<Trace>, Error> {
    let ask = || progress.aside(|| password.get(path));
    let (path, typed) = (&member::file_of(path), path);
    let only = member::only(typed, path);
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let sidecar = |name: &str| fs::read(folder.join(name)).ok();
    let options = Options {
        password: Some(&ask),
        sidecar: Some(&sidecar),
        only: only.as_deref(),
        ..Options::default()
    };
    if path == Path::new("-") {
        if io::stdin().is_terminal() {
            return Err(Error::new(Kind::Usage, "standard input is the terminal")
                .with_hint("pipe a trace or a copied text into mendpoint, or name a file"));
        }
        let mut stdin = io::stdin().lock();
        return ingest::read(
            "standard input",
            Source::Stream(&mut stdin),
            &Options {
                sidecar: None,
                ..options
            },
        )
        .map_err(|error| password.explain(error));
    }
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| cannot_open(path, &error))?;
    // A named pipe, as `<(command)` of a shell is one, cannot be sought in.
    let seekable = file.metadata().is_ok_and(|metadata| metadata.is_file());
    let mut file = progress.count(file);
    let source = if seekable {
        Source::File(&mut file)
    } else {
        Source::Stream(&mut file)
    };
    ingest::read(&name, source, &options).map_err(|error| password.explain(error))
}

pub(crate) fn cannot_open(path: &Path, error: &io::Error) -> Error {
    let message = format!("{} could not be opened: {error}", path.display());
    let commands = [
        "check", "calls", "diff", "patch", "compare", "redact", "rules", "explain",
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
    typed.len().abs_diff(command.len()) <= 1 && shared + 1 >= command.len()
}

/// The password of encrypted archives: asked for once and kept for all of them.
pub(crate) struct Password<'a> {
    found: OnceLock<Result<Option<String>, Error>>,
    global: &'a Global,
}

impl<'a> Password<'a> {
    pub(crate) fn new(global: &'a Global) -> Self {
        Self {
            found: OnceLock::new(),
            global,
        }
    }

    /// The password, asked for in the name of `path`; `None` where there is none.
    pub(crate) fn get(&self, path: &Path) -> Option<String> {
        let found = self.found.get_or_init(|| find_password(self.global, path));
        found.clone().ok().flatten()
    }

    /// Why an archive could not be read: `error`, or that its password could not.
    pub(crate) fn explain(&self, error: Error) -> Error {
        let found = self.found.get().and_then(|found| found.as_ref().err());
        found
            .filter(|_| error.kind() == Kind::Password)
            .cloned()
            .unwrap_or(error)
    }
}

/// The password that the user gave; an error where it stands in a file that cannot be read.
fn find_password(global: &Global, path: &Path) -> Result<Option<String>, Error> {
    if let Some(file) = &global.password_file {
        let bytes = fs::read(file).map_err(|error| {
            let file = file.display();
            Error::new(
                Kind::Password,
                format!("the password file {file} could not be read: {error}"),
            )
        })?;
        return Ok(first_line(&bytes));
    }
    if let Ok(password) = env::var("MENDPOINT_PASSWORD") {
        return Ok(Some(password));
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(None);
    }
    let prompt = format!("Password of {}: ", sanitize::line(&path.to_string_lossy()));
    Ok(rpassword::prompt_password(prompt).ok())
}

/// The first line of a file. Editors and shells of Windows begin it with a mark, and may write UTF-16.
fn first_line(bytes: &[u8]) -> Option<String> {
    let text = encoding_rs::UTF_8.decode(bytes).0;
    text.lines().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn a_password_is_read_in_the_encodings_of_windows() {
        let utf16 = "\u{feff}fiddler\r\n".encode_utf16();
        let utf16: Vec<u8> = utf16.flat_map(u16::to_le_bytes).collect();
        let utf8 = "\u{feff}fiddler\r\n".as_bytes();
        for bytes in [utf8, &utf16, b"fiddler\nx", b"fiddler"] {
            assert_eq!(first_line(bytes).as_deref(), Some("fiddler"));
        }
    }
}
