//! `known-good`: payloads of connections that work, kept for later comparisons.

use std::fs;
use std::io::Write;

use mendpoint::json::{self, Node};
use mendpoint::mend::known_good::{self, Kept};
use mendpoint::text::sanitize;

use crate::args::{AddArgs, Global, KnownGoodAction, KnownGoodArgs, Output};
use crate::output::{self, Failure, tell};
use crate::{Status, load, store};

pub(crate) fn run(args: &KnownGoodArgs, global: &Global) -> Result<Status, Failure> {
    match &args.action {
        KnownGoodAction::Add(args) => add(args, global),
        KnownGoodAction::List => list(global),
        KnownGoodAction::Show { name } => show(name),
        KnownGoodAction::Remove { names } => remove(names, global),
    }
}

fn add(args: &AddArgs, global: &Global) -> Result<Status, Failure> {
    let loaded = load::load(std::slice::from_ref(&args.path), global)?;
    if loaded.is_unread() {
        return Ok(Status::Failed);
    }
    let mut found = known_good::given(&loaded.report);
    if let Some(wanted) = &args.endpoint {
        let is = |node: &Node, key| {
            node.str(key)
                .is_some_and(|own| own.eq_ignore_ascii_case(wanted))
        };
        found.retain(|one| is(&one.body, "id") || is(&one.body, "name"));
    }
    let mut all = known_good::kept(&found, loaded.report.known.types());
    if all.is_empty() {
        tell("nothing to keep: no payload of a connection that works was found");
        return Ok(Status::Nothing);
    }
    if let Some(name) = &args.name {
        let [only] = all.as_mut_slice() else {
            let names: Vec<&str> = all.iter().map(|kept| kept.name.as_str()).collect();
            return Err(Failure::new(format!(
                "--name is for one payload; there are {}",
                names.join(", ")
            ))
            .with_hint("choose one with --endpoint"));
        };
        only.name = safe_name(name)?;
    }
    apart(&mut all);
    for kept in &all {
        let mut bytes = serde_json::to_vec_pretty(&kept.body).map_err(Failure::new)?;
        bytes.push(b'\n');
        store::keep(&kept.name, &bytes, args.force)?;
        if !global.quiet {
            tell(&format!("kept {}, without secrets", kept.name));
        }
    }
    Ok(Status::Clean)
}

/// Two endpoints of one name in one trace are kept as `name` and `name-2`.
fn apart(all: &mut [Kept]) {
    for at in 1..all.len() {
        let base = all[at].name.clone();
        let mut number = 2;
        while all[..at].iter().any(|other| other.name == all[at].name) {
            all[at].name = format!("{base}-{number}");
            number += 1;
        }
    }
}

fn safe_name(name: &str) -> Result<String, Failure> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if name.is_empty() || name.len() > 60 || !name.bytes().all(plain) {
        return Err(Failure::new(
            "a name has 1 to 60 letters, digits, - and _ and nothing else",
        ));
    }
    Ok(name.to_owned())
}

fn list(global: &Global) -> Result<Status, Failure> {
    let mut bytes = Vec::new();
    let names = store::names()?;
    for name in &names {
        let text = fs::read_to_string(store::file(name)?).unwrap_or_default();
        let about = json::parse(&text).map_or_else(
            |_| "(broken)".to_owned(),
            |body| {
                let data = body.get("data");
                let scheme = body
                    .get("authorization")
                    .and_then(|node| node.str("scheme"));
                let mode = data.and_then(|data| data.str("creationMode"));
                let level = data.and_then(|data| data.str("scopeLevel"));
                let parts = [body.str("type"), scheme, mode, level];
                parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
            },
        );
        writeln!(bytes, "{name}  {}", sanitize::line(&about))?;
    }
    if names.is_empty() && !global.quiet {
        tell(&format!(
            "nothing is kept in {}",
            store::folder()?.display()
        ));
    }
    write(&bytes)
}

fn show(name: &str) -> Result<Status, Failure> {
    let path = store::file(name)?;
    let bytes = fs::read(&path)
        .map_err(|error| Failure::new(format!("{} could not be read: {error}", path.display())))?;
    write(&bytes)
}

fn remove(names: &[String], global: &Global) -> Result<Status, Failure> {
    let paths: Vec<_> = names
        .iter()
        .map(|name| store::file(name))
        .collect::<Result<_, _>>()?;
    for (name, path) in names.iter().zip(paths) {
        fs::remove_file(&path).map_err(|error| {
            Failure::new(format!("{} could not be removed: {error}", path.display()))
        })?;
        if !global.quiet {
            tell(&format!("removed {name}"));
        }
    }
    Ok(Status::Clean)
}

fn write(bytes: &[u8]) -> Result<Status, Failure> {
    output::write(
        bytes,
        &Output {
            output: None,
            force: false,
        },
    )?;
    Ok(Status::Clean)
}
