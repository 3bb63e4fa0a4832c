//! The README shows what the program prints.

use std::process::{Command, Output};

/// The block of text at `place` of the README, and what the program said.
fn shown_and_said(place: usize, arguments: &[&str]) -> (&'static str, Output) {
    let readme = include_str!("../../README.md");
    let shown = readme.split("```text\n").nth(place + 1);
    let shown = shown.and_then(|rest| rest.split("```").next());
    let output = Command::new(env!("CARGO_BIN_EXE_mendpoint"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("PATH", crate::cli::path_with_the_program())
        .output()
        .expect("it runs");
    (shown.expect("the README shows it"), output)
}

const SAMPLE: &str = "samples/recorded/chromium-accesstoken-null.har";

#[test]
fn the_first_screen_is_real_output() {
    let (shown, output) = shown_and_said(0, &[SAMPLE]);
    assert_eq!(shown, String::from_utf8(output.stdout).unwrap());
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_a_correction_says_is_real_output() {
    let (shown, output) = shown_and_said(1, &["patch", SAMPLE]);
    assert_eq!(shown, String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(0));
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
