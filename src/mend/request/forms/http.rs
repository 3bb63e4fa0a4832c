//! A `.http` file.

use super::{Form, UNGUARDED};
use crate::mend::request::{Auth, Request};
use crate::text::sanitize::json as displayable;
use crate::text::shell::Shell;

pub(super) static FORM: Form = Form {
    name: "http",
    title: ".http file",
    shell: Shell::Posix,
    spell: Some(spell),
    compares: false,
    no_pat: None,
    remark: Some(
        "set AZURE_DEVOPS_TOKEN (a Microsoft Entra token for Azure DevOps) or AZURE_DEVOPS_EXT_PAT (with --auth pat) before you send it",
    ),
    write,
};

/// An editor would fill in what stands in double braces.
fn spell(body: &str) -> String {
    let mut body = displayable(body);
    while body.contains("{{") {
        body = body.replace("{{", "{\\u007b");
    }
    body
}

/// For editors that send `.http` files; the credential comes from the editor's environment. Such
/// editors fill in what stands in double braces, so none may come from the trace.
fn write(request: &Request, _: Option<&str>) -> String {
    let auth = match request.auth {
        Auth::Az => "Bearer {{$processEnv AZURE_DEVOPS_TOKEN}}",
        Auth::Pat => "Basic :{{$processEnv AZURE_DEVOPS_EXT_PAT}}",
    };
    let remark = if request.overwrites {
        format!("# {UNGUARDED}\n")
    } else {
        String::new()
    };
    format!(
        "{remark}{method} {url} HTTP/1.1\nAuthorization: {auth}\nContent-Type: application/json\nAccept: application/json\n\n{body}\n",
        body = spell(&request.body),
        method = request.method,
        url = request.url,
    )
}
