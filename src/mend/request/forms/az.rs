//! `az rest`.

use super::Form;
use crate::azure::AZURE_DEVOPS;
use crate::mend::request::{Request, guard};
use crate::text::shell::Shell;

pub(super) static FORM: Form = Form {
    name: "az",
    title: "Azure CLI",
    shell: Shell::Posix,
    spell: None,
    compares: true,
    no_pat: Some(
        "az rest signs in as the user of the Azure CLI and takes no personal access token",
    ),
    remark: None,
    write,
};

/// The body is written first, into a file that goes away again, and nothing is sent where that fails.
fn write(request: &Request, save: Option<&str>) -> String {
    let (file, quoted) = match save {
        Some(_) => ("$file", "\"$file\""),
        None => ("body.json", "body.json"),
    };
    let save = save.map_or_else(String::new, |save| {
        format!(
            "file=$(mktemp) || exit\ntrap 'rm -f \"$file\"' EXIT\n{save} -o \"$file\" --force || exit\n"
        )
    });
    let check = request
        .preflight
        .as_ref()
        .map_or_else(String::new, |preflight| {
            format!(
                "body=$(cat {quoted}) || exit\nnow=$({read}) || {{ echo '{unread}' >&2; exit 1; }}\n{compare}",
                read = rest("get", &preflight.url),
                unread = guard::UNREAD,
                compare = guard::posix(preflight),
            )
        });
    format!("(\n{save}{check}{line}\n)\n", line = line(request, file))
}

/// The call of `az rest` that sends the body in `file`.
pub(in crate::mend::request) fn line(request: &Request, file: &str) -> String {
    format!(
        "{} --headers Content-Type=application/json --body \"@{file}\"",
        rest(&request.method.to_ascii_lowercase(), &request.url)
    )
}

/// The query goes in as parameters of its own: where `az` is a batch file, `&` in a URL ends it.
fn rest(method: &str, url: &str) -> String {
    let (url, query) = url.split_once('?').unwrap_or((url, ""));
    let parameters: String = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| format!(" \"{pair}\""))
        .collect();
    let parameters = if parameters.is_empty() {
        parameters
    } else {
        format!(" --uri-parameters{parameters}")
    };
    format!("az rest --method {method} --resource {AZURE_DEVOPS} --uri \"{url}\"{parameters}")
}
