//! Prints the corrected body of the last failed write in a trace, or why there is none:
//! `cargo run --example correct -- trace.har`.

use std::error::Error;
use std::fs::File;

use mendpoint::correct::{Choice, Terms};
use mendpoint::ingest::{Options, Source};
use mendpoint::judge::Analyzer;

fn main() -> Result<(), Box<dyn Error>> {
    let name = std::env::args().nth(1).ok_or("name a trace")?;
    let mut file = File::open(&name)?;
    let analyzer = Analyzer::default();
    let inputs = [(name.as_str(), Source::File(&mut file))];
    let report = mendpoint::check(inputs, &analyzer, &Options::default());
    let terms = Terms {
        choice: Choice::Last,
        unsafe_fixes: false,
        values: &[],
    };
    match mendpoint::correct(&report, &analyzer, &terms) {
        Ok(correction) => println!("{}", correction.body),
        Err(refusal) => eprintln!("{}", refusal.words(&report).join("\n")),
    }
    Ok(())
}
