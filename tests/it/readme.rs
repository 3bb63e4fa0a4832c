//! The README shows what the program prints.

use std::process::Command;

#[test]
fn the_first_screen_is_real_output() {
    let readme = include_str!("../../README.md");
    let shown = readme
        .split("```text\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mendpoint"))
        .arg("samples/recorded/chromium-accesstoken-null.har")
        .env("NO_COLOR", "1")
        .env("PATH", crate::cli::path_with_the_program())
        .output()
        .unwrap();
    assert_eq!(shown, String::from_utf8(output.stdout).unwrap());
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_number_of_rules_is_the_real_one() {
    let count = mendpoint::rules::engine::Catalogue::built_in()
        .iter()
        .count();
    let said = format!("It knows {count} failures");
    let readme = include_str!("../../README.md")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(readme.contains(&said), "README should say: {said}");
}
