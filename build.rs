//! Writes the rule files, the files of connection types and the known-good payloads into the program,
//! so that adding one is adding a file. What is TOML in them becomes JSON here, which takes a tenth
//! of the time to read at each start.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/rules/engine/front_matter.rs"]
mod front_matter;

fn main() {
    // Tests that need a browser run where one was promised.
    println!("cargo::rerun-if-env-changed=MENDPOINT_BROWSER_TESTS");
    println!("cargo::rustc-check-cfg=cfg(browser_tests)");
    if env::var_os("MENDPOINT_BROWSER_TESTS").is_some_and(|value| value == "1") {
        println!("cargo::rustc-cfg=browser_tests");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/rules/engine/front_matter.rs");
    let families = children(Path::new("src/rules/families"));
    let rules = families.iter().flat_map(|family| {
        let rules = with_ending(family, "md");
        rules.map(|path| [name(family), front_matter(&path), text(&path)])
    });
    let of_families = families.iter().map(|family| family.join("family.toml"));
    let of_families = of_families.filter(|path| path.is_file());
    let of_families = of_families.map(|path| {
        let family = path.parent().expect("it lies in one");
        [name(family), json(&path, &text(&path))]
    });
    let payloads = with_ending(Path::new("samples/known-good"), "json");
    let types = with_ending(Path::new("src/connection/types"), "toml");
    write(
        "rule_files.rs",
        &[
            table(
                "/// Family, front matter as JSON and the whole file of every built-in rule.\nstatic RULE_FILES",
                rules,
            ),
            table(
                "/// Family and, as JSON, what holds for all its rules.\nstatic FAMILY_FILES",
                of_families,
            ),
        ],
    );
    write(
        "payload_files.rs",
        &[table(
            "/// Name and text of every built-in known-good payload.\nstatic PAYLOAD_FILES",
            payloads.map(|path| [name(&path), text(&path)]),
        )],
    );
    write(
        "type_files.rs",
        &[table(
            "/// Name and, as JSON, the file of every built-in connection type.\nconst TYPE_FILES",
            types.map(|path| [name(&path), json(&path, &text(&path))]),
        )],
    );
}

/// The declaration that begins with `head` and holds `rows`.
fn table<const N: usize>(head: &str, rows: impl Iterator<Item = [String; N]>) -> String {
    let kind = ["&str"; N].join(", ");
    let rows: String = rows
        .map(|row| {
            format!(
                "    ({}),\n",
                row.map(|cell| format!("{cell:?}")).join(", ")
            )
        })
        .collect();
    format!("{head}: &[({kind})] = &[\n{rows}];\n")
}

fn write(file: &str, tables: &[String]) {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    fs::write(out.join(file), tables.concat()).expect("the build directory is writable");
}

/// The front matter of the rule file at `path`, as JSON.
fn front_matter(path: &Path) -> String {
    match front_matter::split(&text(path)) {
        Ok((front, _)) => json(path, front),
        Err(reason) => refuse(path, reason),
    }
}

/// The TOML `text` of the file at `path`, as JSON.
fn json(path: &Path, text: &str) -> String {
    let read: Result<serde_json::Value, _> = toml::from_str(text);
    match read {
        Ok(value) => value.to_string(),
        Err(error) => refuse(path, &error.to_string().replace('\n', " ")),
    }
}

fn refuse(path: &Path, reason: &str) -> ! {
    println!("cargo::error={}: {reason}", path.display());
    std::process::exit(1)
}

fn text(path: &Path) -> String {
    match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => refuse(path, &error.to_string()),
    }
}

/// What a file or folder is called, without an ending.
fn name(path: &Path) -> String {
    let stem = path.file_stem().expect("a child has a name");
    stem.to_string_lossy().into_owned()
}

/// The files in `folder` that end in `ending`, in a stable order.
fn with_ending(folder: &Path, ending: &'static str) -> impl Iterator<Item = PathBuf> {
    let files = children(folder).into_iter();
    files.filter(move |path| path.extension().is_some_and(|own| own == ending))
}

/// The entries of a folder in a stable order; none if it is no folder.
fn children(folder: &Path) -> Vec<PathBuf> {
    if !folder.is_dir() {
        return Vec::new();
    }
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
