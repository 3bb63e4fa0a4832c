//! Prints a copy of a trace that is safe to share, and tells what is in it:
//! `cargo run --example redact -- trace.har > safe.har`.

use std::collections::hash_map::RandomState;
use std::error::Error;
use std::fs::File;
use std::hash::BuildHasher;

use mendpoint::ingest::Source;
use mendpoint::judge::Analyzer;
use mendpoint::redact::Options;

fn main() -> Result<(), Box<dyn Error>> {
    let name = std::env::args().nth(1).ok_or("name a trace")?;
    let mut file = File::open(&name)?;
    // Aliases must differ from copy to copy; a program that shares copies takes the system's random bytes.
    let chance = || RandomState::new().hash_one(0).to_le_bytes();
    let mut salt = [0; 16];
    salt[..8].copy_from_slice(&chance());
    salt[8..].copy_from_slice(&chance());
    let options = Options {
        salt,
        ..Options::default()
    };
    let made = mendpoint::redact(
        &name,
        Source::File(&mut file),
        &Analyzer::default(),
        &options,
    )?;
    eprintln!("{}", made.words(&name, "the copy").join("\n"));
    print!("{}", made.copy.unwrap_or_default());
    Ok(())
}
