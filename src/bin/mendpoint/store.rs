//! Known-good payloads that the user keeps: one file each in the data directory.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use mendpoint::json;
use mendpoint::mend::known_good::{self, KnownGood, Offer, Origin};

use crate::args::Global;
use crate::load;
use crate::output::{self, Failure, tell};

/// Where they are kept.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    let own = env::var_os("MENDPOINT_DATA_DIR").filter(|path| !path.is_empty());
    let data = match own {
        Some(path) => PathBuf::from(path),
        None => etcetera::choose_base_strategy()
            .map_err(|error| {
                Failure::new(format!("the data directory is not known: {error}"))
                    .with_hint("set MENDPOINT_DATA_DIR to a folder of yours")
            })?
            .data_dir()
            .join("mendpoint"),
    };
    Ok(data.join("known-good"))
}

/// The names of what is kept, in order.
pub(crate) fn names() -> Result<Vec<String>, Failure> {
    let folder = folder()?;
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(Failure::new(format!(
                "{} could not be read: {error}",
                folder.display()
            )));
        }
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            name.strip_suffix(".json").map(str::to_owned)
        })
        .collect();
    names.sort();
    Ok(names)
}

/// The file of a name that is kept.
pub(crate) fn file(name: &str) -> Result<PathBuf, Failure> {
    if !names()?.iter().any(|known| known == name) {
        return Err(
            Failure::new(format!("nothing is kept under the name {name}"))
                .with_hint("mendpoint known-good list shows the names"),
        );
    }
    Ok(folder()?.join(format!("{name}.json")))
}

/// Keeps `bytes` under `name`.
pub(crate) fn keep(name: &str, bytes: &[u8], force: bool) -> Result<(), Failure> {
    let folder = folder()?;
    fs::create_dir_all(&folder).map_err(|error| {
        Failure::new(format!("{} could not be made: {error}", folder.display()))
    })?;
    output::write_file(bytes, &folder.join(format!("{name}.json")), force)
}

/// What is kept. A broken file is told and costs only itself.
fn kept() -> Vec<KnownGood> {
    let (Ok(names), Ok(folder)) = (names(), folder()) else {
        return Vec::new();
    };
    let read = |name: &String| {
        let path = folder.join(format!("{name}.json"));
        let text = fs::read_to_string(&path).map_err(|error| error.to_string());
        let body = text.and_then(|text| json::parse(&text).map_err(|error| error.message));
        match body {
            Ok(body) => Some(KnownGood {
                origin: Origin::File,
                description: format!("'{name}', kept by mendpoint known-good"),
                body,
                same_endpoint: false,
            }),
            Err(reason) => {
                tell(&format!(
                    "warning: the known-good payload {} is left out: {reason}",
                    path.display()
                ));
                None
            }
        }
    };
    names.iter().filter_map(read).collect()
}

/// What `--known-good` names, and what is kept.
pub(crate) fn offer(named: Option<&Path>, global: &Global) -> Result<Offer, Failure> {
    let mut offer = Offer {
        named: Vec::new(),
        kept: kept(),
    };
    let Some(path) = named else {
        return Ok(offer);
    };
    let loaded = load::load(&[path.to_owned()], global)?;
    offer.named = known_good::given(&loaded.report);
    if offer.named.is_empty() && loaded.failures > 0 {
        return Err(Failure::told());
    }
    if offer.named.is_empty() {
        return Err(Failure::new(format!(
            "{} holds no payload of a connection that works",
            path.display()
        ))
        .with_hint(
            "give a payload (JSON), or a trace with a successful save or read of a connection",
        ));
    }
    Ok(offer)
}
