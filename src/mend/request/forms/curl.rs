//! curl in a POSIX shell.

use super::{Form, az_token};
use crate::mend::request::{Auth, Request, guard};
use crate::text::sanitize::json as displayable;
use crate::text::shell::{Shell, quote_posix};

pub(super) static FORM: Form = Form {
    name: "curl",
    title: "sh, bash, zsh",
    shell: Shell::Posix,
    spell: Some(displayable),
    compares: true,
    no_pat: None,
    remark: None,
    write,
};

/// One subshell of sh, so that what stops it stops what is pasted behind it as well. The body goes
/// through a pipe and the credential through a file descriptor, so that neither stands in the argument
/// list of a process.
fn write(request: &Request, _: Option<&str>) -> String {
    let (fetch, credential) = match request.auth {
        Auth::Az => (
            format!("token=$({}) || exit\n", az_token()),
            "header = \"Authorization: Bearer $token\"",
        ),
        Auth::Pat => (
            ": \"${AZURE_DEVOPS_EXT_PAT:?put a personal access token into it first}\"\n".to_owned(),
            "user = \":$AZURE_DEVOPS_EXT_PAT\"",
        ),
    };
    let check = request
        .preflight
        .as_ref()
        .map_or_else(String::new, |preflight| {
            format!(
                "now=$(ask {url}) || {{ echo '{unread}' >&2; exit 1; }}\n{compare}",
                url = quote_posix(&preflight.url),
                unread = guard::UNREAD,
                compare = guard::posix(preflight),
            )
        });
    format!(
        "(
{fetch}ask() {{
  curl --fail-with-body --silent --show-error --config /dev/fd/3 --header 'Accept: application/json' \"$@\" 3<<END
{credential}
END
}}
body={body}
{check}printf %s \"$body\" |
ask --request {method} --header 'Content-Type: application/json' --data-binary @- \\
  {url}
)
",
        body = quote_posix(&displayable(&request.body)),
        method = request.method,
        url = quote_posix(&request.url),
    )
}
