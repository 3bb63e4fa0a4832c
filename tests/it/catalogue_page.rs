//! `docs/catalogue.md` is made from the rule files: `MENDPOINT_WRITE_DOCS=1 cargo test --test it catalogue_page` writes it.

use std::fmt::Write as _;
use std::{env, fs};

use mendpoint::rules::engine::fill::prose;
use mendpoint::rules::engine::{Catalogue, Rule, placeholders};

#[test]
fn the_catalogue_page_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/catalogue.md");
    let page = page(&Catalogue::built_in());
    if env::var_os("MENDPOINT_WRITE_DOCS").is_some() {
        fs::write(path, page).unwrap();
    } else {
        let committed = fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == page,
            "docs/catalogue.md is stale; MENDPOINT_WRITE_DOCS=1 cargo test --test it catalogue_page writes it"
        );
    }
}

fn page(catalogue: &Catalogue) -> String {
    let mut page = String::from(
        "# Catalogue\n\nEvery failure that mendpoint knows, as `mendpoint explain ID` tells it. This page is made from the rule\nfiles in `src/rules/families`.\n\n| rule | severity | a corrected body | what is wrong |\n| --- | --- | --- | --- |\n",
    );
    for rule in catalogue.iter() {
        let _ = writeln!(
            page,
            "| [`{id}`](#{id}) | {} | {} | {} |",
            rule.severity.name(),
            rule.repair.name(),
            plain(rule, &rule.title),
            id = rule.id
        );
    }
    let mut family = "";
    for rule in catalogue.iter() {
        if rule.family != family {
            family = &rule.family;
            let _ = writeln!(page, "\n## {family}");
        }
        section(rule, &mut page);
    }
    page
}

fn section(rule: &Rule, page: &mut String) {
    let _ = writeln!(
        page,
        "\n### {}\n\n**{}**",
        rule.id,
        plain(rule, &rule.title)
    );
    let _ = writeln!(
        page,
        "\n{}\n\n*Why:* {}\n",
        plain(rule, &rule.prose().meaning),
        plain(rule, &rule.prose().cause)
    );
    let cases = rule.matching.iter().flat_map(|matching| &matching.cases);
    for (at, case) in cases.enumerate() {
        if at == 0 {
            page.push_str("| said | what is wrong | what to do |\n| --- | --- | --- |\n");
        }
        let row = [case.sign(), case.fault.clone(), case.next.clone()];
        let row = row.map(|cell| cell.replace('|', "\\|"));
        let _ = writeln!(page, "| {} |", row.join(" | "));
        if at + 1
            == rule
                .matching
                .as_ref()
                .map_or(0, |matching| matching.cases.len())
        {
            page.push('\n');
        }
    }
    for (at, step) in rule.prose().remedy.iter().enumerate() {
        let _ = writeln!(page, "{}. {}", at + 1, plain(rule, step));
    }
    for command in &rule.prose().commands {
        let shell = if command.shell == "any" {
            "text"
        } else {
            &command.shell
        };
        let _ = writeln!(
            page,
            "\n{}:\n\n```{shell}\n{}\n```",
            plain(rule, &command.purpose),
            plain(rule, &command.text)
        );
    }
    let _ = writeln!(
        page,
        "\nSources: {}",
        rule.sources
            .iter()
            .chain(&rule.prose().references)
            .map(|text| plain(rule, text))
            .collect::<Vec<_>>()
            .join("; ")
    );
}

/// Placeholders as a person reads them.
fn plain(rule: &Rule, text: &str) -> String {
    prose(text, &placeholders::example(rule))
}
