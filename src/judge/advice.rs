//! The steps and commands of a rule, as far as they can be followed with the call at hand.

use crate::connection::EndpointCall;
use crate::json;
use crate::mend::request;
use crate::report::finding::{Applicability, Command, Fix};
use crate::rules::engine::{Rule, fill};

use super::words;

/// The commands of a rule for the call at hand.
pub(super) fn commands(
    rule: &Rule,
    fix: Option<&Fix>,
    call: Option<&EndpointCall>,
    values: &fill::Values,
    choice: &str,
    path: &str,
) -> Vec<Command> {
    let trusted = words::trusted(values);
    let chosen = format!("{PATCH}{choice}");
    let written = |text: &str, shell: &str| {
        let text = correctable(text, fix, call)?;
        if text.contains(SEND) {
            let call = call?;
            return request::az_line(call, &words::corrected_file(call));
        }
        let text = text.replace(PATCH, &chosen);
        let text = words::localised(&text, call, path);
        Some(fill::command(&text, shell, &trusted))
    };
    let commands = rule.commands.iter().filter_map(|block| {
        Some(Command {
            shell: block.shell.clone(),
            text: written(&block.text, &block.shell)?,
            purpose: fill::prose(&block.purpose, values),
        })
    });
    commands.collect()
}

/// How rules speak of a correction.
pub(super) const PATCH: &str = "mendpoint patch TRACE";

/// How rules speak of the whole request.
const REQUEST: &str = "--request curl";

/// How a rule's command sends the corrected body. Verb and address are those of the captured call.
const SEND: &str = "--body \"@fixed.json\"";

/// The option that makes `patch` mend `call`, where it would not choose it by itself.
pub(super) fn choice(call: Option<&EndpointCall>, several: bool) -> String {
    let unclear = |call: &&EndpointCall| several || !call.operation.writes_endpoint();
    call.filter(unclear)
        .map_or_else(String::new, |call| format!(" --call {}", call.number))
}

/// A command that corrects a body, as `fix` needs it; `None` where there is no body to correct.
fn correctable(text: &str, fix: Option<&Fix>, call: Option<&EndpointCall>) -> Option<String> {
    if !text.contains(PATCH) && !text.contains(SEND) {
        return Some(text.to_owned());
    }
    let text = requestable(text, call);
    if text.trim().is_empty() {
        return None;
    }
    match fix?.applicability {
        Applicability::DisplayOnly => None,
        Applicability::Unsafe if !text.contains("--unsafe-fixes") => {
            Some(text.replace(PATCH, &format!("{PATCH} --unsafe-fixes")))
        }
        Applicability::Unsafe | Applicability::Safe => Some(text),
    }
}

/// The steps of a rule for the call at hand. Where there is nothing that `patch` could apply, a step
/// ends before it speaks of `patch`; where nothing is left of it and the body is not there, that is said.
pub(super) fn remedy(
    rule: &Rule,
    fix: Option<&Fix>,
    call: Option<&EndpointCall>,
    pasted: Option<&str>,
) -> Vec<String> {
    const BY_HAND: &str = "Correct the body by hand, or record the save again with a tool that keeps \
                           the bodies of requests as they are sent.";
    let is_there = match call {
        Some(call) => call.exchange.request.body.as_sent().is_some(),
        None => pasted.is_some_and(is_json),
    };
    let mut by_hand = (!is_there).then_some(BY_HAND);
    let mut steps = Vec::new();
    for step in &rule.remedy {
        let step = requestable(step, call);
        if fix.is_some() || !step.contains(PATCH) {
            steps.push(step);
            continue;
        }
        let sentences = step.split_inclusive(". ");
        let before: String = sentences
            .take_while(|sentence| !sentence.contains(PATCH))
            .collect();
        let step = match before.trim_end() {
            "" => by_hand.take(),
            before => Some(before),
        };
        steps.extend(step.map(str::to_owned));
    }
    steps
}

fn is_json(text: &str) -> bool {
    json::parse(text).is_ok()
}

/// `text` with the option that a request to the host of `call` needs. Where no request can be
/// written, because there is no address or no body to send, the sentences that offer one are left out.
fn requestable(text: &str, call: Option<&EndpointCall>) -> String {
    if !text.contains(REQUEST) {
        return text.to_owned();
    }
    let Some(call) = call.filter(|call| call.exchange.request.body.as_sent().is_some()) else {
        let sentences = text.split_inclusive(". ");
        let others = sentences.filter(|sentence| !sentence.contains(REQUEST));
        return others.collect::<String>().trim_end().to_owned();
    };
    let host = request::host_to_allow(call).filter(|host| fill::is_plain(host));
    let trust = host.map_or_else(String::new, |host| format!(" --allow-host {host}"));
    text.replace(REQUEST, &format!("{REQUEST}{trust}"))
}
