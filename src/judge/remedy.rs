//! The steps and commands of a rule, as far as they can be followed with the call at hand.

use super::words::Words;
use crate::azure::{is_host_of_azure_devops, is_known_issuer, is_look_alike};
use crate::connection::EndpointCall;
use crate::json;
use crate::mend::request;
use crate::report::finding::{Applicability, Command, Fix};
use crate::rules::engine::fill::{self, Values, fits_any_shell};
use crate::rules::engine::{Rule, placeholders};
use crate::text::guid::is_guid;
use crate::text::shell::{Shell, is_plain};

/// Where a finding is, as its commands name it.
pub(super) struct Place<'a> {
    pub(super) call: Option<&'a EndpointCall>,
    /// The text of an input that is one.
    pub(super) pasted: Option<&'a str>,
    /// The path of the recording, as a word of a command.
    pub(super) path: String,
    /// The number of the call where its input is read alone.
    pub(super) number: usize,
    /// Whether `patch` must be told which call: more than one connection has something to mend, or what
    /// was judged with others is judged otherwise alone.
    pub(super) several: bool,
}

/// A finding's call and fix, and what the placeholders of the program stand for with them.
pub(super) struct Advice<'a> {
    fix: Option<&'a Fix>,
    place: Place<'a>,
    /// What mendpoint fills itself.
    pub(super) values: Values,
}

impl<'a> Advice<'a> {
    /// What can be advised with `fix` at `place`.
    pub(super) fn new(fix: Option<&'a Fix>, place: Place<'a>) -> Self {
        let (call, path) = (place.call, &place.path);
        let mut values = Values::new();
        let mut put = |name: &str, value: String| values.insert(name.to_owned(), value);
        put(placeholders::TRACE, path.clone());
        if call.is_some() {
            put(placeholders::CALL, place.number.to_string());
        }
        let version = call.and_then(EndpointCall::api_version);
        let version = version.filter(|version| is_plain(version));
        let version = version.unwrap_or(placeholders::USUAL_VERSION);
        put(placeholders::API_VERSION, version.to_owned());
        put(placeholders::ORGANIZATION_URL, organization_url(call));
        let file = corrected_file(call, path);
        if let Some(fix) = fix {
            let consent = match fix.applicability {
                Applicability::Unsafe => " --unsafe-fixes",
                Applicability::Safe | Applicability::DisplayOnly => "",
            };
            let choice = choice(&place);
            // What only the reader has, patch asks for.
            let values: String = fix
                .wanted()
                .iter()
                .map(|(pointer, _)| format!(" --set {}", Shell::HERE.word(&format!("{pointer}=-"))))
                .collect();
            let command = format!("mendpoint patch {path}{choice}{consent}{values}");
            // Whether to trust another host than the cloud's is the reader's to say, not a command's.
            let sent = call.filter(|call| {
                call.exchange.request.body.is_as_sent() && request::host_to_allow(call).is_none()
            });
            if sent.is_some() {
                put(placeholders::REQUEST, format!("{command} --request curl"));
            }
            put(placeholders::PATCH, command);
        }
        put(placeholders::FIXED, file);
        Self { fix, place, values }
    }

    /// Whether the call went to a host that can be taken for one of Azure DevOps.
    fn is_at_look_alike(&self) -> bool {
        let call = self.place.call;
        call.is_some_and(|call| is_look_alike(&call.route.host))
    }

    /// The commands of `rule`; one that mends a body only where that can be written.
    pub(super) fn commands(
        &self,
        rule: &Rule,
        values: &Values,
        words: &mut Words,
    ) -> Box<[Command]> {
        if self.is_at_look_alike() {
            return Box::default();
        }
        let trusted = trusted(values);
        let is_written = |fix: &Fix| fix.applicability > Applicability::DisplayOnly;
        let mends = self.fix.is_some_and(is_written);
        let followed = rule.prose().commands.iter().filter(|block| {
            let corrects = placeholders::corrects(&block.text);
            !corrects || (mends && !placeholders::lacks(&block.text, &self.values))
        });
        let command = |block: &crate::rules::engine::CommandBlock| Command {
            shell: words.share(&block.shell),
            text: fill::command(&block.text, &block.shell, &trusted, &self.values),
            purpose: words.share(&fill::prose(&block.purpose, values)),
        };
        followed.map(command).collect()
    }

    /// The steps of `rule`. One that speaks of a correction that there is none of is left out; where
    /// the body is not there, that is said in its place.
    pub(super) fn remedy<'r>(&self, rule: &'r Rule) -> Vec<&'r str> {
        const BY_HAND: &str = "Correct the body by hand, or record the save again with a tool that keeps \
                               the bodies of requests as they are sent.";
        const LOOK_ALIKE: &str = "Send nothing to this host, which only looks like Azure DevOps; find out who \
                                  sent the browser there, and change what was typed in on it.";
        if self.is_at_look_alike() {
            return vec![LOOK_ALIKE];
        }
        let is_there = match self.place.call {
            Some(call) => call.exchange.request.body.is_as_sent(),
            None => self
                .place
                .pasted
                .is_some_and(|text| json::parse(text).is_ok()),
        };
        let mut by_hand = (!is_there).then_some(BY_HAND);
        let mut steps = Vec::new();
        for step in &rule.prose().remedy {
            if placeholders::lacks(step, &self.values) {
                steps.extend(by_hand.take());
            } else {
                steps.push(step);
            }
        }
        steps
    }
}

/// The option that makes `patch` mend the call, where it would not choose it by itself.
fn choice(place: &Place<'_>) -> String {
    let unclear = |call: &&EndpointCall| place.several || !call.operation.writes_endpoint();
    let named = place.call.filter(unclear);
    named.map_or_else(String::new, |_| format!(" --call {}", place.number))
}

/// The address of the organization: the cloud's only where the trace is of the cloud, so that nothing
/// is sent to a stranger's organization.
fn organization_url(call: Option<&EndpointCall>) -> String {
    let Some(call) = call else {
        return "https://dev.azure.com/\u{2039}organization\u{203a}".to_owned();
    };
    if !is_host_of_azure_devops(&call.route.host) {
        return "\u{2039}server url\u{203a}".to_owned();
    }
    let organization = call.route.organization.as_deref().unwrap_or_default();
    let mut values = Values::new();
    values.insert("organization".to_owned(), organization.to_owned());
    let address = "https://dev.azure.com/{organization}";
    fill::command(address, "any", &values, &Values::new())
}

/// The file that a corrected body of `call` in the input `path` is written to. Two corrections in one
/// folder must not be taken for each other. No shell quotes any letter of it.
fn corrected_file(call: Option<&EndpointCall>, path: &str) -> String {
    const MOST: usize = 24;
    let name = path.rsplit(['/', '\\', '!']).next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    let stem: String = stem.chars().filter(plain).take(MOST).collect();
    let id = call.and_then(EndpointCall::endpoint_id);
    let id = id.filter(|id| is_guid(id)).map(|id| &id[..8]);
    let parts = ["fixed", stem.trim_matches('-'), id.unwrap_or_default()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}.json", parts.join("-"))
}

/// `values` without those that no command of ours may carry: an app must not be made to trust an
/// issuer that a trace made up. A project whose name not every shell can be given goes by its id.
fn trusted(values: &Values) -> Values {
    let mut trusted = values.clone();
    if values
        .get("issuer")
        .is_some_and(|issuer| !is_known_issuer(issuer))
    {
        trusted.remove("issuer");
    }
    let odd = values
        .get("project")
        .is_some_and(|name| !fits_any_shell(name));
    if let Some(id) = values.get("project_id").filter(|_| odd) {
        trusted.insert("project".to_owned(), id.clone());
    }
    trusted
}
