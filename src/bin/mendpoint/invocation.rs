//! How the program was started, so that what it suggests can be pasted.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use mendpoint::report::command::{Invocation, Surface};
use mendpoint::text::shell::Shell;

use crate::args::Global;

/// The words that start this program from where the user is, with the options that matter to every
/// command, and the `paths` that were named.
pub(crate) fn of(global: &Global, paths: &[PathBuf]) -> Invocation {
    let mut options = Vec::new();
    for (name, path) in [
        ("--rules", &global.rules),
        ("--password-file", &global.password_file),
    ] {
        if let Some(path) = path {
            options.extend([name.to_owned(), path.display().to_string()]);
        }
    }
    Invocation {
        program: program(),
        options,
        paths: paths
            .iter()
            .map(|path| path.display().to_string())
            .collect(),
        shell: Shell::HERE,
        names_only: false,
        surface: Surface::CommandLine,
    }
}

/// `mendpoint` where that finds this program, `cargo run …` where cargo started it, else the path as
/// it was typed.
fn program() -> Vec<String> {
    let typed = env::args_os().next().unwrap_or_default();
    let name = || vec!["mendpoint".to_owned()];
    if is_on_the_path() {
        return name();
    }
    let by_cargo = env::var_os("CARGO").is_some() && env::var_os("CARGO_MANIFEST_DIR").is_some();
    let built = |part: &str| Path::new(&typed).iter().any(|own| own == part);
    if by_cargo && built("target") {
        let release = built("release").then_some("--release");
        let words = ["cargo", "run", "-q"]
            .into_iter()
            .chain(release)
            .chain(["--"]);
        return words.map(str::to_owned).collect();
    }
    let path = typed.to_string_lossy().into_owned();
    let has_folder = Path::new(&typed).components().count() > 1;
    // At a prompt of Windows no one spelling starts a program in a folder with blanks.
    let odd = cfg!(windows) && path.contains(' ');
    if has_folder && !odd {
        vec![path]
    } else {
        name()
    }
}

/// Whether a shell finds this very program under its bare name.
fn is_on_the_path() -> bool {
    let Ok(own) = env::current_exe().and_then(fs::canonicalize) else {
        return false;
    };
    let file = format!("mendpoint{}", env::consts::EXE_SUFFIX);
    let folders = env::var_os("PATH").unwrap_or_default();
    let mut found = env::split_paths(&folders).map(|folder| folder.join(OsStr::new(&file)));
    found
        .find(|path| path.is_file())
        .and_then(|path| fs::canonicalize(path).ok())
        .is_some_and(|path| path == own)
}
