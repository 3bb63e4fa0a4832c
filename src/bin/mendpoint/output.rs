//! Standard output, output files, and the one line of a failure.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use mendpoint::Error;
use mendpoint::sensitive::Known;
use mendpoint::text::sanitize;
use tempfile::NamedTempFile;

use crate::args::Output;

/// As many symbolic links as systems follow.
const MAX_LINKS: usize = 40;

/// Why a command could not do its job.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    hint: Option<String>,
    broken_pipe: bool,
    told: bool,
}

impl Failure {
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            hint: None,
            broken_pipe: false,
            told: false,
        }
    }

    /// A failure whose reason stands on standard error already.
    pub(crate) fn told() -> Self {
        Self {
            told: true,
            ..Self::new("")
        }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whoever read our output has seen enough.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }

    /// The reason, and what to do.
    #[cfg(feature = "mcp")]
    pub(crate) fn text(&self) -> String {
        let lines = [Some(&self.message), self.hint.as_ref()];
        let lines = lines.into_iter().flatten().map(|line| sanitize::line(line));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// One line on standard error, and one with what to do.
    pub(crate) fn report(&self) {
        if self.told {
            return;
        }
        let mut stderr = io::stderr().lock();
        // Nothing is left to do if standard error is gone too.
        let _ = writeln!(stderr, "error: {}", sanitize::line(&self.message));
        if let Some(hint) = &self.hint {
            let _ = writeln!(stderr, "  help: {}", sanitize::line(hint));
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            hint: error.hint().map(str::to_owned),
            ..Self::new(&error)
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self {
            broken_pipe: error.kind() == io::ErrorKind::BrokenPipe,
            ..Self::new(format!("the output could not be written: {error}"))
        }
    }
}

/// Writes a note for the user beside the result.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", sanitize::line(line));
}

/// Like [`write`], without any secret of the traces that the output is about.
pub(crate) fn write_shown(bytes: &[u8], known: &Known, output: &Output) -> Result<(), Failure> {
    let text = String::from_utf8_lossy(bytes);
    write(known.hide_in_output(&text).as_bytes(), output)
}

/// Refuses an output file that cannot be one, before any work is done for it.
pub(crate) fn refuse(output: &Output, inputs: &[PathBuf]) -> Result<(), Failure> {
    let Some(path) = &output.output else {
        return Ok(());
    };
    writable(path)?;
    let there = fs::canonicalize(path).ok();
    let overwrites = |input: &PathBuf| there.is_some() && fs::canonicalize(input).ok() == there;
    if inputs.iter().any(overwrites) {
        return Err(
            Failure::new(format!("{} is the trace itself", path.display()))
                .with_hint("name another file behind -o"),
        );
    }
    Ok(())
}

/// What stands in the place of an output file is a file, or nothing.
fn writable(path: &Path) -> Result<(), Failure> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            Err(Failure::new(format!("{} is a folder", path.display()))
                .with_hint("name a file in it"))
        }
        Ok(found) if !found.is_file() => Err(Failure::new(format!(
            "{} is no regular file",
            path.display()
        ))
        .with_hint("leave -o away and redirect standard output to it")),
        _ if !folder_of(path).is_dir() => Err(Failure::new(format!(
            "{} could not be written: there is no folder {}",
            path.display(),
            folder_of(path).display()
        ))),
        _ => Ok(()),
    }
}

/// Where a file called `path` really is: behind the symbolic links that lead to it.
fn behind_links(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let Ok(target) = fs::read_link(&path) else {
            break;
        };
        path = match path.parent() {
            Some(folder) => folder.join(target),
            None => target,
        };
    }
    path
}

/// Writes `bytes` to standard output, or whole to the output file or not at all.
pub(crate) fn write(bytes: &[u8], output: &Output) -> Result<(), Failure> {
    fill(output, |out| out.write_all(bytes))
}

/// Has `fill` write to standard output, or the output file, whole or not at all.
pub(crate) fn fill(
    output: &Output,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    match &output.output {
        None => print_with(fill),
        Some(path) => write_with(path, output.force, |file| fill(file)),
    }
}

/// Writes `bytes` to standard output, at once.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Failure> {
    print_with(|out| out.write_all(bytes))
}

fn print_with(fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    fill(&mut stdout)?;
    Ok(stdout.flush()?)
}

/// Writes `bytes`, a page, to the output file or else to a temporary one, and opens it.
pub(crate) fn open_page(bytes: &[u8], output: &Output) -> Result<(), Failure> {
    let path = if let Some(path) = &output.output {
        write_file(bytes, path, output.force)?;
        path.clone()
    } else {
        let file = tempfile::Builder::new()
            .prefix("mendpoint-")
            .suffix(".html")
            .tempfile()?;
        fs::write(file.path(), bytes)?;
        let (_, path) = file.keep().map_err(|error| error.error)?;
        path
    };
    show_page(&path);
    Ok(())
}

/// Opens the page at `path` in the reader's browser; says where it is in any case.
pub(crate) fn show_page(path: &Path) {
    let opener = match std::env::consts::OS {
        "windows" => "explorer",
        "macos" => "open",
        _ => "xdg-open",
    };
    let outcome = std::process::Command::new(opener)
        .arg(path)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status();
    let told = if outcome.is_ok_and(|status| status.success() || opener == "explorer") {
        ""
    } else {
        "; open it in a browser"
    };
    tell(&format!("the report is in {}{told}", path.display()));
}

/// A new file of `bytes` that only its owner can read; an existing one stays unless `force` is given.
pub(crate) fn write_file(bytes: &[u8], path: &Path, force: bool) -> Result<(), Failure> {
    write_with(path, force, |file| file.write_all(bytes))
}

/// A new file of all that `source` holds, as [`write_file`] makes one.
pub(crate) fn write_copy(source: &mut File, path: &Path, force: bool) -> Result<(), Failure> {
    write_with(path, force, |file| {
        source.rewind()?;
        io::copy(source, file).map(drop)
    })
}

fn write_with(
    path: &Path,
    force: bool,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), Failure> {
    writable(path)?;
    let target = if force {
        behind_links(path)
    } else {
        path.to_owned()
    };
    let path = target.as_path();
    let mut new = tempfile::Builder::new()
        .prefix(".mendpoint-")
        .tempfile_in(folder_of(path))
        .map_err(|error| failed(path, &without_path(&error)))?;
    fill(new.as_file_mut()).map_err(|error| failed(path, &error))?;
    keep(new, path, force)
}

/// A file on the disk of `path` that has no name: however the program ends, nothing of it is left.
pub(crate) fn nameless(path: &Path) -> Result<File, Failure> {
    writable(path)?;
    tempfile::tempfile_in(folder_of(path)).map_err(|error| failed(path, &without_path(&error)))
}

/// The error of a temporary file names that file, which nobody asked for.
fn without_path(error: &io::Error) -> io::Error {
    io::Error::from(error.kind())
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Gives a temporary file its name; an existing one stays unless `force` is given.
fn keep(file: NamedTempFile, path: &Path, force: bool) -> Result<(), Failure> {
    let kept = if force {
        file.persist(path)
    } else {
        file.persist_noclobber(path)
    };
    match kept {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(exists(path)),
        Err(error) => Err(failed(path, &error.error)),
    }
}

/// The failure of an output file that exists.
pub(crate) fn exists(path: &Path) -> Failure {
    Failure::new(format!("{} exists already", path.display()))
        .with_hint("choose another name, or add --force to overwrite it")
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{} could not be written: {error}", path.display()))
}
