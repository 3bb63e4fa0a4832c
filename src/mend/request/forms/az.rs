//! `az rest`.

use super::Form;
use crate::azure::AZURE_DEVOPS;
use crate::mend::request::{Request, guard};
use crate::text::sanitize::json as displayable;
use crate::text::shell::{Shell, quote_posix};

pub(super) static FORM: Form = Form {
    name: "az",
    title: "Azure CLI in sh, bash, zsh",
    shell: Shell::Posix,
    spell: Some(displayable),
    compares: true,
    no_pat: Some(
        "az rest signs in as the user of the Azure CLI and takes no personal access token",
    ),
    remark: None,
    write,
};

/// The body goes into a file of its own, which goes away again: in an argument others could read it.
fn write(request: &Request, _: Option<&str>) -> String {
    let check = request
        .preflight
        .as_ref()
        .map_or_else(String::new, |preflight| {
            format!(
                "now=$({read}) || {{ echo '{unread}' >&2; exit 1; }}\n{compare}",
                read = rest("get", &preflight.url),
                unread = guard::UNREAD,
                compare = guard::posix(preflight),
            )
        });
    format!(
        "(
file=$(mktemp) || exit
trap 'rm -f \"$file\"' EXIT
body={body}
{check}printf %s \"$body\" > \"$file\" &&
{send} --headers Content-Type=application/json --body \"@$file\"
)
",
        body = quote_posix(&displayable(&request.body)),
        send = rest(&request.method.to_ascii_lowercase(), &request.url),
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
