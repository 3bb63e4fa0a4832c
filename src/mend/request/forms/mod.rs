//! The forms of a request, a file each. What comes from the trace is quoted there and in `guard`,
//! nowhere else.

mod az;
mod cmd;
mod curl;
mod http;
mod powershell;

use super::Request;
use crate::azure::AZURE_DEVOPS;
use crate::text::shell::Shell;

/// A form that a request can take, and all that is particular to it.
#[derive(Debug)]
pub struct Form {
    /// What asks for it (`--request curl`).
    pub name: &'static str,
    /// What people call it, on a tab or in a list.
    pub title: &'static str,
    /// The shell that takes it; what stands in no shell is written as for a POSIX one.
    pub shell: Shell,
    /// How the body stands in it; `None` where it sends a file that mendpoint writes from the trace.
    spell: Option<fn(&str) -> String>,
    /// Whether it reads the connection first and stops where that has changed.
    compares: bool,
    /// Why it can send no personal access token, if it cannot.
    pub no_pat: Option<&'static str>,
    /// What is to be done before it is sent.
    pub remark: Option<&'static str>,
    pub(super) write: fn(&Request, Option<&str>) -> String,
}

/// Every form, in the order in which they are named.
pub static FORMS: [&Form; 5] = [
    &curl::FORM,
    &cmd::FORM,
    &powershell::FORM,
    &az::FORM,
    &http::FORM,
];

impl Form {
    /// The form that is asked for as `name`.
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMS.into_iter().find(|form| form.name == name)
    }

    /// Every form, for a reader at a prompt of `shell`: those that can be pasted there first.
    pub fn for_reader(shell: Shell) -> [&'static Self; 5] {
        let mut forms = FORMS;
        forms.sort_by_key(|form| match (shell, form.shell) {
            (Shell::Posix, _) | (_, Shell::PowerShell) => 0,
            (_, Shell::Cmd | Shell::Windows) => 1,
            (_, Shell::Posix) => 2,
        });
        forms
    }

    /// Whether it sends a file that mendpoint writes from the trace; others hold the body themselves.
    pub fn takes_file(&self) -> bool {
        self.spell.is_none()
    }

    /// Whether it writes some characters of `body` as escapes.
    pub fn escapes(&self, body: &str) -> bool {
        self.spell.is_some_and(|spell| spell(body) != body)
    }

    /// What it does not compare before it overwrites what is stored; `None` where it does.
    pub(super) fn unguarded(&self) -> Option<String> {
        let able = FORMS.into_iter().filter(|form| form.compares);
        (!self.compares).then(|| {
            format!(
                "this form does not read the connection first: it overwrites whatever is stored now; the forms {} compare",
                listed(able, "and")
            )
        })
    }

    /// The forms that can send a personal access token, in words.
    pub fn with_pat() -> String {
        listed(FORMS.into_iter().filter(|form| form.no_pat.is_none()), "or")
    }
}

/// Names of forms in a sentence.
fn listed(forms: impl Iterator<Item = &'static Form>, word: &str) -> String {
    let names: Vec<&str> = forms.map(|form| form.name).collect();
    let all = names.join(", ");
    match all.rsplit_once(", ") {
        Some((first, last)) => format!("{first} {word} {last}"),
        None => all,
    }
}

/// What a form says that cannot read first.
const UNGUARDED: &str =
    "This form does not read the connection first: it overwrites whatever is stored now.";

/// The Azure CLI's way to a token, without quotes: no part of it comes from a trace.
fn az_token() -> String {
    format!(
        "az account get-access-token --resource {AZURE_DEVOPS} --query accessToken --output tsv"
    )
}

#[cfg(test)]
mod tests {
    use super::Form;
    use crate::azure::AZURE_DEVOPS;
    use crate::mend::request::{Auth, Preflight, Request};

    fn request(body: &str) -> Request {
        Request {
            method: "PUT".into(),
            url: "https://dev.azure.com/contoso/_apis/x?api-version=7.1".into(),
            body: body.into(),
            auth: Auth::Az,
            overwrites: true,
            preflight: None,
        }
    }

    fn write(form: &str, request: &Request, save: Option<&str>) -> String {
        request.write(Form::named(form).unwrap(), save)
    }

    const SAVE: &str = "mendpoint patch t.har";

    #[test]
    fn no_form_holds_a_credential() {
        for text in [
            write("curl", &request("{}"), None),
            write("cmd", &request("{}"), Some(SAVE)),
            write("powershell", &request("{}"), None),
            write("az", &request("{}"), None),
            write("http", &request("{}"), None),
        ] {
            assert!(text.contains("PUT") || text.contains("put"), "{text}");
            assert!(
                text.contains(AZURE_DEVOPS) || text.contains("processEnv"),
                "{text}"
            );
        }
    }

    #[test]
    fn every_form_that_can_compares_and_the_others_say_that_they_do_not() {
        let seen = r#"{"name":"it's $(id)"}"#;
        let checked = Request {
            preflight: Some(Preflight {
                url: "https://dev.azure.com/contoso/p/_apis/x?api-version=7.1".into(),
                seen: seen.into(),
                strict: true,
            }),
            ..request("{}")
        };
        let quoted = r#"seen='{"name":"it'\''s $(id)"}'"#;
        assert!(
            write("curl", &checked, None).contains(quoted),
            "{}",
            write("curl", &checked, None)
        );
        let az = write("az", &checked, None);
        assert!(
            az.contains(quoted) && az.contains("az rest --method get"),
            "{az}"
        );
        let text = write("powershell", &checked, None);
        assert!(
            text.contains(r#"$seen = table '{"name":"it''s $(id)"}'"#),
            "{text}"
        );
        assert!(write("cmd", &checked, Some(SAVE)).starts_with("rem This form does not read"));
        assert!(write("http", &checked, None).starts_with("# This form does not read"));
    }

    #[test]
    fn quotes_in_a_body_stay_inside_their_quotes() {
        let body = r#"{"name":"it's $(id) `x`"}"#;
        assert!(
            write("curl", &request(body), None).contains(r#"body='{"name":"it'\''s $(id) `x`"}'"#)
        );
        assert!(
            write("powershell", &request(body), None)
                .contains(r#"$body = '{"name":"it''s $(id) `x`"}'"#)
        );
        let trace = "mendpoint patch ^\"a^&calc^&.har^\"";
        assert!(write("cmd", &request(body), Some(trace)).contains(
            "mendpoint patch ^\"a^&calc^&.har^\" -o \"%TEMP%\\mendpoint-body.json\" --force &&"
        ));
    }

    #[test]
    fn what_an_editor_would_fill_in_or_a_terminal_obey_is_escaped() {
        let body = "{\"name\":\"{{{$processEnv PATH}}\u{202e}\"}";
        let text = write("http", &request(body), None);
        assert!(
            text.ends_with("{\"name\":\"{\\u007b{$processEnv PATH}}\\u202e\"}\n"),
            "{text}"
        );
        let sent = text.rsplit("\n\n").next().unwrap();
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(sent), value(body));
        assert!(!write("curl", &request(body), None).contains('\u{202e}'));
    }
}
