//! `--set`: where the values come from that no trace holds.

use std::env;
use std::fs;
use std::io::{self, BufRead, IsTerminal, Read};

use mendpoint::correct::Given;
use mendpoint::sensitive;
use mendpoint::text::sanitize;

use crate::output::Failure;

/// No value of an endpoint is longer; a certificate with its key is the longest.
const MAX_FILE: u64 = 1 << 20;

/// Reads every `POINTER=VALUE`.
pub(super) fn read(set: &[String]) -> Result<Vec<Given>, Failure> {
    set.iter().map(|one| read_one(one)).collect()
}

fn read_one(set: &str) -> Result<Given, Failure> {
    let (pointer, source) = set
        .split_once('=')
        .filter(|(pointer, _)| pointer.starts_with('/'))
        .ok_or_else(|| {
            Failure::new("--set takes POINTER=VALUE, where POINTER begins with /")
                .with_hint("for example --set /data/subscriptionId=... ; `mendpoint patch` says which are needed")
        })?;
    let name = pointer.rsplit('/').next().unwrap_or_default();
    let value = if let Some(path) = source.strip_prefix('@') {
        file(path)?
    } else if let Some(variable) = source.strip_prefix("env:") {
        env::var(variable).map_err(|_| {
            Failure::new(format!("there is no variable {variable} with a text in it"))
        })?
    } else if source == "-" {
        ask(pointer)?
    } else if sensitive::is_secret_name(name) {
        return Err(Failure::new(format!(
            "a secret for {pointer} is not taken from the command line, where other programs can read it"
        ))
        .with_hint(format!(
            "--set {pointer}=- asks for it, --set {pointer}=@FILE reads a file, --set {pointer}=env:NAME a variable"
        )));
    } else {
        source.strip_prefix("text:").unwrap_or(source).to_owned()
    };
    if value.is_empty() {
        return Err(Failure::new(format!("the value for {pointer} is empty")));
    }
    Ok(Given {
        pointer: pointer.to_owned(),
        value,
    })
}

/// The text of a file without the marks that editors put at its beginning and its end.
fn file(path: &str) -> Result<String, Failure> {
    let failed = |error: io::Error| Failure::new(format!("{path} could not be read: {error}"));
    if fs::metadata(path).map_err(failed)?.len() > MAX_FILE {
        return Err(Failure::new(format!(
            "{path} is too large for the value of one member"
        )));
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let bare = text.strip_suffix('\n').unwrap_or(text);
    Ok(bare.strip_suffix('\r').unwrap_or(bare).to_owned())
}

/// Asks on a terminal; elsewhere takes the next line of standard input.
fn ask(pointer: &str) -> Result<String, Failure> {
    let failed = |error: io::Error| Failure::new(format!("no value was read: {error}"));
    if io::stdin().is_terminal() && io::stderr().is_terminal() {
        let prompt = format!("Value for {}: ", sanitize::line(pointer));
        return rpassword::prompt_password(prompt).map_err(failed);
    }
    let mut line = String::new();
    let mut input = io::stdin().lock().take(MAX_FILE);
    input.read_line(&mut line).map_err(failed)?;
    let value = line.trim_end_matches(['\r', '\n']);
    if value.is_empty() {
        return Err(Failure::new(format!(
            "there is neither a terminal to ask for {pointer} on nor a line on standard input"
        ))
        .with_hint(format!(
            "use --set {pointer}=@FILE or --set {pointer}=env:NAME"
        )));
    }
    Ok(value.to_owned())
}
