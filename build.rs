//! Lists the rule files of `src/rules`, so that adding a rule is adding a file.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=src/rules");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let mut list = String::from(
        "/// Family and text of every built-in rule.\nstatic RULE_FILES: &[(&str, &str)] = &[\n",
    );
    for family in children(&root.join("src/rules")) {
        for file in children(&family) {
            if file.extension().is_some_and(|extension| extension == "md") {
                let name = family
                    .file_name()
                    .expect("a child has a name")
                    .to_string_lossy();
                list.push_str(&format!("    ({name:?}, include_str!({file:?})),\n"));
            }
        }
    }
    list.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    fs::write(out.join("rule_files.rs"), list).expect("the build directory is writable");
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
