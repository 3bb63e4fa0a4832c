//! Lists the rule files, the files of connection types and the known-good payloads, so that adding one
//! is adding a file.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=src/rules/families");
    // Tests that need a browser run where one was promised.
    println!("cargo::rerun-if-env-changed=MENDPOINT_BROWSER_TESTS");
    println!("cargo::rustc-check-cfg=cfg(browser_tests)");
    if env::var_os("MENDPOINT_BROWSER_TESTS").is_some_and(|value| value == "1") {
        println!("cargo::rustc-cfg=browser_tests");
    }
    println!("cargo::rerun-if-changed=samples/known-good");
    println!("cargo::rerun-if-changed=src/connection/types");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let mut list = String::from(
        "/// Family and text of every built-in rule.\nstatic RULE_FILES: &[(&str, &str)] = &[\n",
    );
    for family in children(&root.join("src/rules/families")) {
        for file in children(&family) {
            if file.extension().is_some_and(|extension| extension == "md") {
                let name = family
                    .file_name()
                    .expect("a child has a name")
                    .to_string_lossy();
                let path = file.to_string_lossy();
                list.push_str(&format!("    ({name:?}, include_str!({path:?})),\n"));
            }
        }
    }
    list.push_str(
        "];\n/// Family and text of what holds for all its rules.\nstatic FAMILY_FILES: &[(&str, &str)] = &[\n",
    );
    for family in children(&root.join("src/rules/families")) {
        let file = family.join("family.toml");
        if file.is_file() {
            let name = family
                .file_name()
                .expect("a child has a name")
                .to_string_lossy();
            list.push_str(&format!(
                "    ({name:?}, include_str!({:?})),\n",
                file.to_string_lossy()
            ));
        }
    }
    list.push_str("];\n");
    let payloads = named(
        "/// Name and text of every built-in known-good payload.\nstatic PAYLOAD_FILES",
        &root.join("samples/known-good"),
        "json",
    );
    let types = named(
        "/// Name and text of every built-in connection type.\nconst TYPE_FILES",
        &root.join("src/connection/types"),
        "toml",
    );
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    fs::write(out.join("rule_files.rs"), list).expect("the build directory is writable");
    fs::write(out.join("payload_files.rs"), payloads).expect("the build directory is writable");
    fs::write(out.join("type_files.rs"), types).expect("the build directory is writable");
}

/// A list called as `head` ends: the names of the files in `folder` that end in `ending`, and
/// their texts.
fn named(head: &str, folder: &Path, ending: &str) -> String {
    let mut list = format!("{head}: &[(&str, &str)] = &[\n");
    for file in children(folder) {
        if file
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            let name = file
                .file_stem()
                .expect("a file has a name")
                .to_string_lossy();
            let path = file.to_string_lossy();
            list.push_str(&format!("    ({name:?}, include_str!({path:?})),\n"));
        }
    }
    list.push_str("];\n");
    list
}

/// The entries of a folder in a stable order; none if it is no folder.
fn children(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}
