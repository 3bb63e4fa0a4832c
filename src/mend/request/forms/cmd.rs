//! curl.exe at the prompt of cmd.exe.

use super::{Form, UNGUARDED, az_token};
use crate::mend::request::{Auth, Request};
use crate::text::shell::Shell;

pub(super) static FORM: Form = Form {
    name: "cmd",
    title: "cmd.exe",
    shell: Shell::Cmd,
    spell: None,
    compares: false,
    no_pat: None,
    remark: Some(
        "cmd.exe cannot quote a body, so this line has mendpoint write it into a file first; where mendpoint is not installed, take PowerShell",
    ),
    write,
};

/// cmd.exe has no quoting that keeps every letter of a body, so the body comes from a file.
///
/// The left side of its pipe is a process of its own, whose arguments others can read. It gets the
/// name of the variable, not its value: at the prompt `%^NAME%` reaches it as `%NAME%`.
fn write(request: &Request, save: Option<&str>) -> String {
    let (fetch, config) = match request.auth {
        Auth::Az => (
            format!(
                "(for /f \"delims=\" %t in ('{}') do @set \"AZURE_DEVOPS_TOKEN=%t\") && ",
                az_token()
            ),
            "oauth2-bearer = %^AZURE_DEVOPS_TOKEN%",
        ),
        Auth::Pat => (String::new(), "user = :%^AZURE_DEVOPS_EXT_PAT%"),
    };
    // A file of one's own, that no file of the user's is written over.
    let file = match save {
        Some(_) => "%TEMP%\\mendpoint-body.json",
        None => "body.json",
    };
    let remark = if request.overwrites {
        format!("rem {UNGUARDED}\n")
    } else {
        String::new()
    };
    format!(
        "{remark}{save}{fetch}(echo {config}) | curl.exe --config - --fail-with-body --silent --show-error --request {method} --header \"Content-Type: application/json\" --header \"Accept: application/json\" --data-binary \"@{file}\" \"{url}\"\n",
        save = save.map_or_else(String::new, |save| format!(
            "{save} -o \"{file}\" --force && "
        )),
        method = request.method,
        url = request.url,
    )
}
