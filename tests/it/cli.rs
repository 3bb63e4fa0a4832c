//! The command line, as transcripts: `TRYCMD=overwrite cargo test --test it cli` accepts what it prints now.

#[test]
fn transcripts() {
    trycmd::TestCases::new()
        .case("tests/cli/*.trycmd")
        .case("README.md")
        .env("NO_COLOR", "1")
        .env("PATH", path_with_the_program())
        .env("MENDPOINT_PASSWORD", "")
        .env("MENDPOINT_CONFIG_DIR", "no-such-folder")
        .env("MENDPOINT_DATA_DIR", "no-such-folder");
}

/// The path on which a shell finds the program under its bare name, so that suggestions name it so.
pub(crate) fn path_with_the_program() -> String {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_mendpoint"));
    let folder = program.parent().expect("it is in a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{}:{path}", folder.display())
}
