//! The one folder that an agent may read from and write to.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use mendpoint::error::{Error, Kind};
use mendpoint::ingest::{self, Options, Sidecar, Source, Trace, is_named_as_body};
use mendpoint::judge::Analyzer;
use mendpoint::report::Report;
use mendpoint::report::command::Surface;

use crate::output::Failure;

/// Most files that one question may be about.
const MOST_FILES: usize = 10_000;

/// How deep below the folder that was named files are looked for.
const DEEPEST: usize = 64;

/// Largest file beside a recording that is read for it, in bytes.
const LARGEST_BESIDE: u64 = 64 << 20;

/// What is said of a path that leads nowhere.
const HINT: &str =
    "name a file or folder below the folder of --root: no pattern, no address, no way out of it";

/// A folder out of which no path leads: neither `..`, nor a link, nor an absolute path. The system is
/// asked for every file in the name of this folder, so that nothing can be exchanged between a check of
/// a path and its use.
pub(super) struct Root {
    folder: Dir,
    /// The folder as it was named and as the system names it, to understand absolute paths below it.
    names: [PathBuf; 2],
}

/// A file below the root.
pub(super) struct Found {
    /// Its path in reports: below the root, with slashes.
    pub(super) name: String,
    path: PathBuf,
    /// The member of the archive that is meant, as reports name it.
    only: Option<String>,
    /// Whether it stood in a folder that was named, and was not named itself.
    in_folder: bool,
}

impl Root {
    pub(super) fn open(named: &Path) -> Result<Self, Failure> {
        let failed = |error: io::Error| {
            let message = format!("{} could not be opened: {error}", named.display());
            Failure::new(message).with_hint("--root names the folder that the traces are in")
        };
        let canonical = named.canonicalize().map_err(failed)?;
        let folder = Dir::open_ambient_dir(&canonical, ambient_authority()).map_err(failed)?;
        let typed = std::path::absolute(named).map_err(failed)?;
        Ok(Self {
            folder,
            names: [typed, canonical],
        })
    }

    /// `typed` as a path below the root.
    fn below(&self, typed: &str) -> Result<PathBuf, Failure> {
        let path = Path::new(typed);
        let below = if path.is_absolute() {
            let mut names = self.names.iter();
            names
                .find_map(|name| path.strip_prefix(name).ok())
                .ok_or_else(|| {
                    Failure::new("that path is outside of the folder of --root").with_hint(HINT)
                })?
        } else {
            path
        };
        Ok(if below.as_os_str().is_empty() {
            PathBuf::from(".")
        } else {
            below.to_owned()
        })
    }

    /// The files that `typed` means: one, one member of an archive, or all of a folder.
    pub(super) fn files(&self, typed: &str) -> Result<Vec<Found>, Failure> {
        let path = self.below(typed)?;
        match self.folder.metadata(&path) {
            Ok(there) if there.is_dir() => self.walk(path),
            Ok(there) if there.is_file() => Ok(vec![named(path, None)]),
            Ok(_) => Err(Failure::new(format!("{} is no regular file", shown(&path)))),
            Err(error) => match self.archive_of(&path) {
                Some(archive) => {
                    let only = shown(&path);
                    Ok(vec![named(archive, Some(only))])
                }
                None => Err(
                    Failure::new(format!("{} could not be opened: {error}", shown(&path)))
                        .with_hint(HINT),
                ),
            },
        }
    }

    /// The one file that `typed` means.
    pub(super) fn file(&self, typed: &str) -> Result<Found, Failure> {
        let path = self.below(typed)?;
        if self
            .folder
            .metadata(&path)
            .is_ok_and(|there| there.is_dir())
        {
            return Err(Failure::new(format!("{} is a folder", shown(&path)))
                .with_hint("name one file of it"));
        }
        let first = self.files(typed)?.into_iter().next();
        first.ok_or_else(|| Failure::new("no file is named").with_hint(HINT))
    }

    /// The archive in front of a `!` of `path`.
    fn archive_of(&self, path: &Path) -> Option<PathBuf> {
        let typed = path.to_str()?;
        let mut ends = typed.match_indices('!').map(|(at, _)| &typed[..at]);
        let is_file = |path: &&str| {
            self.folder
                .metadata(path)
                .is_ok_and(|there| there.is_file())
        };
        ends.find(is_file).map(PathBuf::from)
    }

    /// The files below `start`, in the order of their names. A link to a folder is not followed, and a
    /// link out of the root is as good as no file.
    fn walk(&self, start: PathBuf) -> Result<Vec<Found>, Failure> {
        let mut files = Vec::new();
        let mut folders = vec![(start, 0)];
        while let Some((folder, depth)) = folders.pop() {
            let failed =
                |error| Failure::new(format!("{} could not be listed: {error}", shown(&folder)));
            let mut deeper = Vec::new();
            for entry in self.folder.read_dir(&folder).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let path = match folder.as_path() {
                    top if top == Path::new(".") => PathBuf::from(entry.file_name()),
                    folder => folder.join(entry.file_name()),
                };
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    if depth < DEEPEST {
                        deeper.push((path, depth + 1));
                    }
                } else if !is_named_as_body(&entry.file_name().to_string_lossy())
                    && self
                        .folder
                        .metadata(&path)
                        .is_ok_and(|there| there.is_file())
                {
                    files.push(Found {
                        in_folder: true,
                        ..named(path, None)
                    });
                }
                if files.len() + folders.len() + deeper.len() > MOST_FILES {
                    let message = format!("the folder holds more than {MOST_FILES} files");
                    return Err(Failure::new(message).with_hint("name a smaller folder or a file"));
                }
            }
            folders.append(&mut deeper);
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// Reads and judges `files` as one story.
    pub(super) fn check(
        &self,
        files: &[Found],
        analyzer: &Analyzer<'_>,
        password: Ask<'_>,
    ) -> Report {
        let mut traces: Vec<Trace> = Vec::new();
        for file in files {
            let read = |take: &mut dyn FnMut(Trace)| {
                self.with(file, |source, sidecar| {
                    let options = Options {
                        password: Some(password),
                        sidecar: Some(sidecar),
                        only: file.only.as_deref(),
                        ..Options::default()
                    };
                    ingest::read_each(&file.name, source, &options, take)
                })
            };
            analyzer.inputs_of(&file.name, file.in_folder, read, &mut |trace| {
                traces.push(trace);
            });
        }
        let mut report = analyzer.judge(traces);
        report.invocation.surface = Surface::Tools;
        report
    }

    /// Opens `file` for `work`, together with what lies beside it.
    pub(super) fn with<T>(
        &self,
        file: &Found,
        work: impl FnOnce(Source<'_>, Sidecar<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let opened = self.folder.open(&file.path).map_err(|error| {
            let message = format!("{} could not be opened: {error}", file.name);
            Error::new(Kind::Unreadable, message)
        })?;
        let mut opened = opened.into_std();
        let beside = file.path.parent().map(Path::to_owned).unwrap_or_default();
        let sidecar = |name: &str| {
            let path = beside.join(name);
            let there = self.folder.metadata(&path).ok()?;
            let is_fit = there.is_file() && there.len() <= LARGEST_BESIDE;
            is_fit.then(|| self.folder.read(&path).ok()).flatten()
        };
        work(Source::File(&mut opened), &sidecar)
    }

    /// A new file of `bytes` below the root that only its owner can read; nothing is ever overwritten.
    pub(super) fn write_new(&self, typed: &str, bytes: &[u8]) -> Result<String, Failure> {
        let path = self.below(typed)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use cap_std::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let failed = |error: io::Error| {
            let message = format!("{} could not be written: {error}", shown(&path));
            Failure::new(message).with_hint(
                "name a new file in a folder below --root that is there; nothing is overwritten",
            )
        };
        let mut file = self.folder.open_with(&path, &options).map_err(failed)?;
        if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_all()) {
            drop(file);
            // Half a copy is none; if it cannot be removed, the failure says as much.
            let _ = self.folder.remove_file(&path);
            return Err(failed(error));
        }
        Ok(shown(&path))
    }
}

/// Asked where an archive is encrypted.
pub(super) type Ask<'a> = &'a dyn Fn() -> Option<String>;

impl Found {
    pub(super) fn only(&self) -> Option<&str> {
        self.only.as_deref()
    }
}

fn named(path: PathBuf, only: Option<String>) -> Found {
    Found {
        name: shown(&path),
        path,
        only,
        in_folder: false,
    }
}

/// A path below the root as reports show it.
fn shown(path: &Path) -> String {
    let parts = path.components();
    let parts = parts.map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}
