//! The command line, as transcripts: `TRYCMD=overwrite cargo test --test it cli` accepts what it prints now.

#[test]
fn transcripts() {
    trycmd::TestCases::new()
        .case("tests/cli/*.trycmd")
        .case("README.md")
        .env("NO_COLOR", "1")
        .env("MENDPOINT_PASSWORD", "")
        .env("MENDPOINT_CONFIG_DIR", "no-such-folder")
        .env("MENDPOINT_DATA_DIR", "no-such-folder");
}
