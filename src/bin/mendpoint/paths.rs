//! What a PATH stands for: a file, the files of a folder, those that fit a pattern, an address.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use glob::MatchOptions;
use mendpoint::error::{Error, Kind};
use mendpoint::ingest::is_named_as_body;
use mendpoint::text::sanitize;
use percent_encoding::percent_decode_str;
use walkdir::{DirEntry, WalkDir};

use crate::member;
use crate::output::{Failure, tell};

/// What standard input is called as a path.
pub(crate) const STDIN: &str = "-";

/// The paths that were typed, and the file that lists more of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) paths: &'a [PathBuf],
    pub(crate) list: Option<&'a Path>,
}

impl<'a> From<&'a [PathBuf]> for Named<'a> {
    fn from(paths: &'a [PathBuf]) -> Self {
        Self { paths, list: None }
    }
}

/// One thing to do for an input.
pub(crate) enum Task {
    /// Read this file; `found` in a folder and not named.
    Read { path: PathBuf, found: bool },
    /// It is known already that this path cannot be read.
    Failed(PathBuf, Error),
    /// All files of this folder were given.
    FolderEnd(PathBuf),
}

impl Named<'_> {
    /// Everything there is to read, in order, found as it is asked for.
    pub(crate) fn tasks(self) -> Result<impl Iterator<Item = Task> + Send, Failure> {
        let from_stdin = self.list == Some(Path::new(STDIN));
        if from_stdin && self.paths.iter().any(|path| path == Path::new(STDIN)) {
            return Err(Failure::new(
                "standard input cannot be both an input and the list of inputs",
            ));
        }
        let listed = self.list.map(listed).transpose()?;
        let typed = self.paths.to_vec();
        Ok(typed
            .into_iter()
            .map(Ok)
            .chain(listed.into_iter().flatten())
            .flat_map(|path| match path {
                Ok(path) => of_path(path),
                Err(error) => one(Task::Failed(PathBuf::from("the list of files"), error)),
            }))
    }
}

/// The paths in the file `list`, each with a NUL behind it.
fn listed(list: &Path) -> Result<impl Iterator<Item = Result<PathBuf, Error>> + Send, Failure> {
    let reader: Box<dyn Read + Send> = if list == Path::new(STDIN) {
        Box::new(io::stdin())
    } else {
        let file = File::open(list).map_err(|error| {
            Failure::new(format!("{} could not be opened: {error}", list.display()))
        })?;
        Box::new(file)
    };
    let name = list.display().to_string();
    let path = move |path: io::Result<Vec<u8>>| match path {
        Ok(path) if path.is_empty() => None,
        Ok(path) => Some(Ok(path_of_bytes(path))),
        Err(error) => Some(Err(Error::new(
            Kind::Unreadable,
            format!("the list {name} could not be read: {error}"),
        ))),
    };
    Ok(BufReader::new(reader).split(0).filter_map(path))
}

#[cfg(unix)]
fn path_of_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn path_of_bytes(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

type Tasks = Box<dyn Iterator<Item = Task> + Send>;

fn one(task: Task) -> Tasks {
    Box::new(std::iter::once(task))
}

/// What there is to do for one path.
fn of_path(path: PathBuf) -> Tasks {
    if path == Path::new(STDIN) {
        return one(Task::Read { path, found: false });
    }
    let path = match of_address(&path) {
        Some(Ok(path)) => path,
        Some(Err(error)) => return one(Task::Failed(path, error)),
        None => path,
    };
    let is_there = path.exists() || member::file_of(&path) != path;
    match path.to_str().filter(|text| !is_there && is_pattern(text)) {
        Some(pattern) => matching(&path, pattern),
        None => of_file(path),
    }
}

/// A file, or the files of a folder.
fn of_file(path: PathBuf) -> Tasks {
    if path.is_dir() {
        Box::new(walk(&path).chain(std::iter::once(Task::FolderEnd(path))))
    } else {
        one(Task::Read { path, found: false })
    }
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// The files and folders that fit `pattern`, in the order of their names.
fn matching(path: &Path, pattern: &str) -> Tasks {
    // Only `*` and `?` are patterns: brackets are common in names that browsers give to downloads.
    let pattern = pattern.replace('[', "[[]");
    let options = MatchOptions {
        case_sensitive: cfg!(not(windows)),
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    let found: Vec<PathBuf> = match glob::glob_with(&pattern, options) {
        Ok(paths) => paths.flatten().collect(),
        Err(_) => Vec::new(),
    };
    if found.is_empty() {
        let message = format!("no file fits {}", path.display());
        let error = Error::new(Kind::Unreadable, message)
            .with_hint("* stands for any letters of one name, ? for one letter");
        return one(Task::Failed(path.to_owned(), error));
    }
    Box::new(found.into_iter().flat_map(of_file))
}

/// The file that a `file:` address means; `None` if `path` is no such address.
fn of_address(path: &Path) -> Option<Result<PathBuf, Error>> {
    let text = path.to_str()?;
    let scheme = text
        .get(..5)
        .filter(|scheme| scheme.eq_ignore_ascii_case("file:"))?;
    let rest = text[scheme.len()..].split(['?', '#']).next()?;
    let rest = percent_decode_str(rest).decode_utf8_lossy();
    let (host, file) = match rest.strip_prefix("//") {
        Some(behind) => behind.split_at(behind.find('/').unwrap_or(behind.len())),
        None => ("", rest.as_ref()),
    };
    let is_local = host.is_empty() || host.eq_ignore_ascii_case("localhost");
    let drive = file.strip_prefix('/').filter(|file| {
        cfg!(windows)
            && matches!(file.as_bytes(), [letter, b':' | b'|', ..] if letter.is_ascii_alphabetic())
    });
    Some(match (is_local, drive) {
        (true, Some(file)) => Ok(PathBuf::from(file.replacen('|', ":", 1))),
        (true, None) => Ok(PathBuf::from(file)),
        (false, _) if cfg!(windows) => Ok(PathBuf::from(format!(r"\\{host}{file}"))),
        (false, _) => {
            let message = format!("{text} names a file of another machine, {host}");
            Err(Error::new(Kind::Unreadable, message)
                .with_hint("give a file of this machine: file:///PATH, or the path alone"))
        }
    })
}

/// `folder` with the separators that the platform puts between the names found in it, so that a path has one kind.
pub(crate) fn native(folder: &Path) -> PathBuf {
    if cfg!(windows) {
        folder.components().collect()
    } else {
        folder.to_owned()
    }
}

/// The files below `folder` in a stable order. What cannot be entered costs only itself.
fn walk(folder: &Path) -> impl Iterator<Item = Task> + Send + use<> {
    let entries = WalkDir::new(native(folder))
        .follow_links(true)
        .sort_by_file_name();
    let own = fs::canonicalize(folder).ok();
    // A link to a folder that holds this one leads back here by way of everything else in it.
    let leads_back = move |entry: &DirEntry| {
        let target = entry
            .path_is_symlink()
            .then(|| fs::canonicalize(entry.path()));
        let back = match (target, &own) {
            (Some(Ok(target)), Some(own)) => entry.depth() > 0 && own.starts_with(&target),
            _ => false,
        };
        if back {
            let link = sanitize::line(&entry.path().to_string_lossy());
            tell(&format!("note: {link} leads back; it is not followed"));
        }
        back
    };
    let entries = entries
        .into_iter()
        .filter_entry(move |entry| !leads_back(entry));
    entries.filter_map(|entry| match entry {
        Ok(entry) if entry.file_type().is_file() => {
            let is_body = is_named_as_body(&entry.file_name().to_string_lossy());
            (!is_body).then(|| Task::Read {
                path: entry.into_path(),
                found: true,
            })
        }
        Ok(_) => None,
        Err(error) if error.loop_ancestor().is_some() => {
            tell(&format!("note: {error}; it is not followed"));
            None
        }
        Err(error) => {
            let path = error.path().unwrap_or(Path::new("")).to_owned();
            let error = Error::new(Kind::Unreadable, error.to_string());
            Some(Task::Failed(path, error))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_file_is_its_path() {
        let path = |text: &str| of_address(Path::new(text)).map(Result::ok);
        let file = |text: &str| Some(Some(PathBuf::from(text)));
        if cfg!(not(windows)) {
            assert_eq!(path("file:///a/b%20c.har"), file("/a/b c.har"));
            assert_eq!(path("FILE://localhost/a.har#x"), file("/a.har"));
            assert_eq!(path("file:/a.har"), file("/a.har"));
            assert_eq!(path("file://server/a.har"), Some(None));
        }
        for other in ["file.har", "files:x", "a/file:///b", "f"] {
            assert_eq!(path(other), None, "{other}");
        }
    }
}
