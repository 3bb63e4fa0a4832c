//! `docs/types.md` is made from the files of the connection types: `MENDPOINT_WRITE_DOCS=1 cargo test --test it types_page`
//! writes it.

use std::fmt::Write as _;
use std::{env, fs};

use mendpoint::connection::types::{self, Member, Place, Scheme, Shape, Slash, Type};

const HEAD: &str = "\
# Connection types

What mendpoint knows of each type of service connection: its schemes, and what a payload of each holds. A payload is
judged by it, compared with the known-good one of the same form (`samples/known-good`), and corrected where a body can mend
it. Of a type that is not here nothing is claimed. This page is made from the files in `src/connection/types`.

Each fault that a body can mend was refused and taken by the stand-in server of our tests (docs/repairs.md), not by Azure DevOps.

**Adding a type** is one file, called by the type's exact name: `kubernetes.toml`. Put it into a folder and pass that with
`--rules DIR`, or into `mendpoint/rules` in your configuration directory; `mendpoint rules --check DIR` reads it. A built-in
one lies in `src/connection/types` and has a payload that works for each of its forms in `samples/known-good`.

    title = \"Widget Server\"                     # what the portal calls it
    extension = \"contoso.widget-extension\"      # the Marketplace extension that brings it; leave out: built in
    verify = \"{url}/api/ping\"                   # where Verify asks; leave out: no such test
    note = \"One sentence that helps.\"
    sources = [\"contoso/widget-extension, extension manifest\"]

    [url]
    schemes = [\"https\"]                         # or fixed = \"https://…\", or by = \"data.NAME\" with [url.of] NAME = \"https://…\"
    slash = \"needed\"                            # or \"none\": the path of the test is put right behind the address

    [data]                                        # members of every scheme
    acceptUntrustedCerts = { shape = \"bool\" }

    [[scheme]]
    name = \"Token\"
    variant = \"by key\"                          # where a scheme has several forms …
    when = { \"data.kind\" = \"Key\" }            # … the member and the value that tell this one

    [scheme.parameters]                           # authorization.parameters
    apitoken = { required = true, secret = true, what = \"the token\" }

    [scheme.data]
    kind = { required = true, words = [\"Key\"] }

| of a member | meaning |
| --- | --- |
| `required` | a new connection needs it |
| `secret` | the service hides it in its answers, and nothing shows it |
| `shape` | text (default), guid, url, bool, number, json, base64, private-key, kubeconfig, resource, host, name, mail, thumbprint |
| `words` | the only values it may have |
| `longest` | the greatest number of characters |
| `also` | other spellings of its name that every task reads |
| `what` | what it is, in a few words |
| `by_service` | the service fills it in; a new body goes without it |
| `other_versions` | only other versions of the product or the extension have it |
| `stays_empty` | the form leaves it empty |

Of a scheme, `incomplete = true` says that it may have members that the file does not name, and `other_versions = true`
that only other versions of the product have it. In the tables below **bold** is required and *italic* is a secret.

| type | name in the portal | schemes | brought by |
| --- | --- | --- | --- |
";

#[test]
fn the_page_of_types_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/types.md");
    let page = page();
    if env::var_os("MENDPOINT_WRITE_DOCS").is_some() {
        fs::write(path, page).unwrap();
    } else {
        let committed = fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == page,
            "docs/types.md is stale; MENDPOINT_WRITE_DOCS=1 cargo test --test it types_page writes it"
        );
    }
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for kind in types::all() {
        let brought_by = kind.extension.as_deref().unwrap_or("the product");
        let _ = writeln!(
            page,
            "| [`{}`](#{}) | {} | {} | {brought_by} |",
            kind.name,
            kind.name.to_lowercase(),
            kind.title,
            kind.scheme_names().join(", ")
        );
    }
    for kind in types::all() {
        section(kind, &mut page);
    }
    page
}

fn section(kind: &Type, page: &mut String) {
    let _ = writeln!(
        page,
        "\n## {}\n\n{}. {}",
        kind.name,
        kind.title,
        address(kind)
    );
    if let Some(verify) = &kind.verify {
        let _ = writeln!(page, "Verify asks `{verify}`.");
    }
    if let Some(note) = &kind.note {
        let _ = writeln!(page, "{note}");
    }
    let _ = writeln!(
        page,
        "\n| scheme | authorization.parameters | data |\n| --- | --- | --- |"
    );
    for scheme in &kind.schemes {
        let variant = scheme.variant.as_deref();
        let variant = variant.map_or(String::new(), |variant| format!(" ({variant})"));
        let _ = writeln!(
            page,
            "| {}{variant} | {} | {} |",
            scheme.name,
            members(scheme, Place::Parameters),
            members(scheme, Place::Data)
        );
    }
    for scheme in &kind.schemes {
        if let Some(note) = &scheme.note {
            let _ = writeln!(page, "\n{}: {note}", scheme.name);
        }
    }
    page.push('\n');
    for (name, what, notes) in described(kind) {
        let said = format!("{what}{notes}");
        let _ = writeln!(page, "- `{name}`: {}", said.trim());
    }
    let _ = writeln!(page, "\nSources: {}", kind.sources.join("; "));
}

fn address(kind: &Type) -> String {
    let rule = &kind.url;
    let mut text = match (&rule.fixed, &rule.by) {
        (Some(fixed), _) => format!("Its address is always `{fixed}`."),
        (None, Some(by)) => {
            let each: Vec<String> = rule
                .of
                .0
                .iter()
                .map(|(value, address)| format!("{value} `{address}`"))
                .collect();
            format!("Its address follows `{by}`: {}.", each.join(", "))
        }
        (None, None) if rule.schemes.is_empty() => "Its address is any absolute one.".to_owned(),
        (None, None) => format!(
            "Its address begins with {}.",
            rule.schemes.join("://, ") + "://"
        ),
    };
    match rule.slash {
        Some(Slash::Needed) => text.push_str(" It ends in a slash."),
        Some(Slash::None) => text.push_str(" It does not end in a slash."),
        None => {}
    }
    text
}

fn members(scheme: &Scheme, place: Place) -> String {
    let own = scheme.members.iter().filter(|member| member.place == place);
    let names: Vec<String> = own
        .map(|member| match (member.required, member.secret) {
            (true, true) => format!("***{}***", member.name),
            (true, false) => format!("**{}**", member.name),
            (false, true) => format!("*{}*", member.name),
            (false, false) => member.name.clone(),
        })
        .collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

/// What is said of members: each once.
fn described(kind: &Type) -> Vec<(String, String, String)> {
    let mut found: Vec<(String, String, String)> = Vec::new();
    for member in kind.members() {
        let notes = notes(member);
        let what = member.what.clone().unwrap_or_default();
        let known = found
            .iter()
            .any(|(name, known, said)| *name == member.name && *known == what && *said == notes);
        if !known && (!what.is_empty() || !notes.is_empty()) {
            found.push((member.name.clone(), what, notes));
        }
    }
    found
}

fn notes(member: &Member) -> String {
    let mut notes = Vec::new();
    if member.shape != Shape::Text {
        notes.push(member.shape.name().to_owned());
    }
    if !member.words.is_empty() {
        notes.push(format!("one of {}", member.words.join(", ")));
    }
    if let Some(longest) = member.longest {
        notes.push(format!("at most {longest} characters"));
    }
    if !member.also.is_empty() {
        notes.push(format!("also spelt {}", member.also.join(", ")));
    }
    for (is, note) in [
        (member.by_service, "filled in by the service"),
        (member.other_versions, "in other versions"),
        (member.stays_empty, "stays empty"),
    ] {
        if is {
            notes.push(note.to_owned());
        }
    }
    if notes.is_empty() {
        String::new()
    } else {
        format!(" ({})", notes.join("; "))
    }
}
