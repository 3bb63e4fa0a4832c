//! The score: how many of the planted secrets can still be found in a redacted trace.
//!
//! What is looked for here is looked for by other code than the redaction's own check.

use std::io::Cursor;

use crate::planted::{Planted, har, positions, saz};
use mendpoint::ingest::Source;
use mendpoint::judge::Analyzer;
use mendpoint::redact::{Options, redact};
use mendpoint::rules::engine::Catalogue;

fn redacted(bytes: &[u8], keep_ids: bool) -> String {
    let mut bytes = Cursor::new(bytes);
    let options = Options {
        salt: *b"another test key",
        keep_ids,
        ..Options::default()
    };
    let catalogue = Catalogue::built_in();
    let analyzer = Analyzer::new(&catalogue);
    let source = Source::File(&mut bytes);
    let redaction = redact("planted", source, &analyzer, &options).expect("it can be read");
    let out = redaction.copy.expect("it has calls");
    assert!(
        ::har::from_slice(out.as_bytes()).is_ok(),
        "strict readers refuse it"
    );
    out
}

/// The kinds of `planted` that can be read out of `text`, whatever they are wrapped in.
fn leaked<'a>(planted: &'a [Planted], text: &str) -> Vec<&'a str> {
    let texts = crate::planted::everything_in(text);
    let leaks = planted.iter().filter(|one| {
        let value = one.value.to_lowercase();
        texts.iter().any(|text| text.contains(&value))
    });
    leaks.map(|one| one.kind.as_str()).collect()
}

#[test]
fn no_planted_secret_survives() {
    let (mut count, mut left) = (0, Vec::new());
    for (name, (bytes, secrets, _)) in [("HAR", har::trace()), ("SAZ", saz::trace())] {
        let before = String::from_utf8_lossy(&bytes).into_owned();
        let unplanted: Vec<&Planted> = secrets
            .iter()
            .filter(|one| leaked(std::slice::from_ref(one), &before).is_empty() && name == "HAR")
            .collect();
        assert!(unplanted.is_empty(), "not even in the trace: {unplanted:?}");
        for keep_ids in [false, true] {
            let text = redacted(&bytes, keep_ids);
            count += secrets.len();
            left.extend(
                leaked(&secrets, &text)
                    .into_iter()
                    .map(|kind| format!("{name}: {kind}")),
            );
        }
    }
    println!("leaked {} of {count}", left.len());
    assert!(left.is_empty(), "{left:#?}");
    let kinds = har::trace().1.len();
    assert!(kinds >= 25, "only {kinds} kinds");
}

#[test]
fn no_planted_identity_survives() {
    let (mut count, mut left) = (0, Vec::new());
    for (name, (bytes, _, identities)) in [("HAR", har::trace()), ("SAZ", saz::trace())] {
        let text = redacted(&bytes, false);
        count += identities.len();
        left.extend(
            leaked(&identities, &text)
                .into_iter()
                .map(|kind| format!("{name}: {kind}")),
        );
    }
    println!("identities left: {} of {count}", left.len());
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn ids_stay_where_they_are_to_stay() {
    let (bytes, _, identities) = har::trace();
    let text = redacted(&bytes, true);
    let kept = leaked(&identities, &text);
    for kind in [
        "tenant id",
        "client id",
        "organization",
        "project",
        "connection",
    ] {
        assert!(kept.contains(&kind), "{kind} is not in {kept:?}");
    }
}

#[test]
fn no_secret_of_several_hundred_places_survives() {
    let (bytes, planted) = positions::trace();
    let mut kinds: Vec<&str> = planted
        .iter()
        .map(|one| one.kind.split(':').next().unwrap_or_default())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let text = redacted(&bytes, false);
    let left = leaked(&planted, &text);
    println!(
        "leaked {} of {} places of {} kinds into the copy",
        left.len(),
        planted.len(),
        kinds.len()
    );
    assert!(
        planted.len() >= 300 && kinds.len() >= 25,
        "{} {kinds:?}",
        planted.len()
    );
    assert!(left.is_empty(), "{left:#?}");
}

/// What `mendpoint` prints and keeps of a trace.
fn printed(folder: &std::path::Path, bytes: &[u8]) -> String {
    let trace = folder.join("t.har");
    std::fs::write(&trace, bytes).expect("a scratch folder");
    let trace = trace.to_str().expect("a plain name");
    let mut all = String::new();
    let home = folder.join("home");
    let mut run = |args: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_mendpoint"))
            .args(args)
            .env("XDG_DATA_HOME", &home)
            .env("HOME", &home)
            .output()
            .expect("the system gives it");
        all.push_str(&String::from_utf8_lossy(&output.stdout));
        all.push_str(&String::from_utf8_lossy(&output.stderr));
        all.push('\n');
    };
    for format in ["text", "json", "html", "sarif", "markdown"] {
        run(&["check", "-v", "--format", format, trace]);
    }
    run(&["calls", "--all", trace]);
    run(&["known-good", "add", trace]);
    for file in files_in(&home) {
        all.push_str(&std::fs::read_to_string(file).unwrap_or_default());
    }
    all
}

fn files_in(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files_in(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn what_is_printed_and_kept_tells_few_of_several_hundred_secrets() {
    let (bytes, planted) = positions::trace();
    let folder = tempfile::tempdir().expect("a scratch folder");
    let text = printed(folder.path(), &bytes);
    assert!(text.contains("error[") && text.contains("\"$schema\""), "{text}");
    let told = planted.iter().filter(|one| text.contains(&one.value));
    let told: Vec<&str> = told.map(|one| one.kind.as_str()).collect();
    println!("{} of {} in reports: {told:#?}", told.len(), planted.len());
}
