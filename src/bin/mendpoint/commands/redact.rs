//! `redact`: a copy of a trace that is safe to share.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Cursor, Read, Seek, Write};
use std::path::Path;

use mendpoint::ingest::ReadSeek;
use mendpoint::redact::{self, Options, Redaction};

use crate::Status;
use crate::args::{Global, RedactArgs};
use crate::load;
use crate::member;
use crate::output::{self, Failure, tell};
use crate::password::Password;
use crate::progress::Progress;

/// Most of a trace that is taken from standard input: it is read twice and so held.
const MAX_STDIN: u64 = 512 << 20;

pub(crate) fn run(args: &RedactArgs, global: &Global) -> Result<Status, Failure> {
    let path = &member::file_of(&args.path);
    refuse_in_place(path, args)?;
    let password = Password::new(global);
    let ask = || password.get(path);
    let only = member::only(&args.path, path);
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let sidecar = |name: &str| fs::read(folder.join(name)).ok();
    let mut options = Options {
        salt: [0; 16],
        keep_ids: args.keep_ids,
        password: Some(&ask),
        sidecar: Some(&sidecar),
        only: only.as_deref(),
    };
    getrandom::fill(&mut options.salt)
        .map_err(|error| Failure::new(format!("the system gives no random numbers: {error}")))?;
    let mut copy = output::nameless(&args.output)?;
    // The trace is read twice, and the copy once.
    let size = fs::metadata(path).map_or(0, |metadata| metadata.len());
    let progress = Progress::new(3 * size, global.quiet);
    let name;
    let redaction = if path == Path::new("-") {
        let held = standard_input()?;
        options.sidecar = None;
        name = "standard input".to_owned();
        write(
            &name,
            &mut Cursor::new(held),
            &mut copy,
            &options,
            &password,
        )?
    } else {
        name = path.display().to_string();
        let file =
            File::open(path).map_err(|error| Failure::from(load::cannot_open(path, &error)))?;
        let mut file = BufReader::new(progress.count(file));
        write(&name, &mut file, &mut copy, &options, &password)?
    };
    if redaction.entries.is_none() {
        // What every other command refuses; the copy of a text says the same as the text.
        copy.rewind()?;
        load::refuse_foreign(&name, &mut copy, global)?;
    }
    // Only what is safe gets a name.
    redaction.verify(&mut BufReader::new(progress.count(&mut copy)))?;
    drop(progress);
    output::write_copy(&mut copy, &args.output, args.force)?;
    if !global.quiet {
        tell_manifest(&redaction, args);
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

fn standard_input() -> Result<Vec<u8>, Failure> {
    let mut held = Vec::new();
    io::stdin()
        .lock()
        .take(MAX_STDIN + 1)
        .read_to_end(&mut held)
        .map_err(|error| Failure::new(format!("standard input could not be read: {error}")))?;
    if held.len() as u64 > MAX_STDIN {
        let message = format!("standard input is larger than {} MiB", MAX_STDIN >> 20);
        return Err(Failure::new(message).with_hint("give the trace as a file"));
    }
    Ok(held)
}

fn write(
    name: &str,
    source: &mut dyn ReadSeek,
    copy: &mut File,
    options: &Options<'_>,
    password: &Password<'_>,
) -> Result<Redaction, Failure> {
    let mut out = BufWriter::with_capacity(1 << 20, copy);
    let redaction =
        redact::redact(name, source, &mut out, options).map_err(|error| password.explain(error))?;
    out.flush()?;
    Ok(redaction)
}

/// What was replaced, by kind, and never a value.
fn tell_manifest(redaction: &Redaction, args: &RedactArgs) {
    for note in &redaction.notes {
        tell(&format!("note: {}", note.message));
    }
    let what = match redaction.entries {
        Some(1) => "1 entry".to_owned(),
        Some(count) => format!("{count} entries"),
        None => "a text".to_owned(),
    };
    tell(&format!(
        "{} holds {what} and, in place of what was there:",
        args.output.display()
    ));
    for (kind, count) in redaction.manifest() {
        tell(&format!("{count:>8}  {kind}"));
    }
    tell(&format!(
        "{} removed values were looked for in it in all their spellings; none is left.",
        redaction.removed()
    ));
}
