//! Checks the files that are named and prints the report as text:
//! `cargo run --example check -- trace.har`.

use std::error::Error;
use std::fs::File;

use mendpoint::ingest::{Options, Source};
use mendpoint::judge::Analyzer;
use mendpoint::render::{Format, Manner};

fn main() -> Result<(), Box<dyn Error>> {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let files = names.iter().map(File::open);
    let mut files = files.collect::<Result<Vec<File>, _>>()?;
    let analyzer = Analyzer::default();
    let inputs = names
        .iter()
        .zip(&mut files)
        .map(|(name, file)| (name.as_str(), Source::File(file)));
    let report = mendpoint::check(inputs, &analyzer, &Options::default());
    let text = mendpoint::render(&report, &analyzer, Format::Text, Manner::default())?;
    print!("{text}");
    Ok(())
}
