//! `redact`: a copy of a trace that holds what the diagnosis needs and nothing else.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::Path;

use mendpoint::ingest::Source;
use mendpoint::judge::Analyzer;
use mendpoint::redact::{self, Options};

use crate::Status;
use crate::args::{Global, RedactArgs};
use crate::load;
use crate::member;
use crate::output::{self, Failure, tell};
use crate::password::Password;
use crate::progress::Progress;

pub(crate) fn run(args: &RedactArgs, global: &Global) -> Result<Status, Failure> {
    let path = &member::file_of(&args.path);
    if path.is_dir() {
        return Err(Failure::new(format!("{} is a folder", path.display()))
            .with_hint("redact copies one recording: name the file"));
    }
    refuse_in_place(path, args)?;
    let password = Password::new(global);
    let ask = || password.get(path);
    let only = member::only(&args.path, path);
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let sidecar = |name: &str| fs::read(folder.join(name)).ok();
    let mut options = Options {
        salt: salt()?,
        keep_ids: args.keep_ids,
        with_others: args.with_others,
        password: Some(&ask),
        sidecar: Some(&sidecar),
        only: only.as_deref(),
    };
    let catalogue = load::catalogue(global)?;
    let analyzer = Analyzer::new(&catalogue);
    let redaction = if path == Path::new("-") {
        options.sidecar = None;
        let mut stdin = io::stdin().lock();
        redact::redact(
            "standard input",
            Source::Stream(&mut stdin),
            &analyzer,
            &options,
        )
    } else {
        let file =
            File::open(path).map_err(|error| Failure::from(load::cannot_open(path, &error)))?;
        let size = file.metadata().map_or(0, |metadata| metadata.len());
        let progress = Progress::new(size, global.quiet);
        let mut file = BufReader::new(progress.count(file));
        let name = path.display().to_string();
        redact::redact(&name, Source::File(&mut file), &analyzer, &options)
    };
    let redaction = redaction.map_err(|error| password.explain(error))?;
    let (trace, copy) = (args.path.display(), args.output.display());
    let words = redaction.words(&trace.to_string(), &copy.to_string());
    let tell_all = || words.iter().for_each(|line| tell(line));
    let Some(copy) = &redaction.copy else {
        tell_all();
        return Ok(Status::Nothing);
    };
    output::write_file(copy.as_bytes(), &args.output, args.force)?;
    if !global.quiet {
        tell_all();
    }
    Ok(Status::Clean)
}

/// A copy in the place of the trace would be the end of the trace.
fn refuse_in_place(path: &Path, args: &RedactArgs) -> Result<(), Failure> {
    let same = fs::canonicalize(path)
        .ok()
        .zip(fs::canonicalize(&args.output).ok())
        .is_some_and(|(trace, copy)| trace == copy);
    if same {
        return Err(Failure::new("the copy would overwrite the trace itself")
            .with_hint("name another file behind -o"));
    }
    if args.output.exists() && !args.force {
        return Err(output::exists(&args.output));
    }
    Ok(())
}

/// What makes the aliases of this run differ from those of any other.
pub(crate) fn salt() -> Result<[u8; 16], Failure> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)
        .map_err(|error| Failure::new(format!("the system gives no random numbers: {error}")))?;
    Ok(salt)
}
