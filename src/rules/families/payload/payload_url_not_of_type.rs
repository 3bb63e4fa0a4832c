//! An address that is not absolute, or not one that the type can have.

use super::typed::{self, Typed};
use crate::connection::types::{Slash, UrlFault, UrlRule};
use crate::connection::{Outcome, Payload, Use};
use crate::json::splice::Edit;
use crate::report::finding::{Applicability, Fix, Severity};
use crate::rules::engine::{Context, Hit};
use crate::text::url::split_scheme;

/// Of `payload-url-not-absolute`.
pub(in crate::rules::families) fn absolute_only(
    payload: &Payload<'_>,
    context: &Context<'_>,
) -> Vec<Hit> {
    faults(payload, context, true)
}

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    faults(payload, context, false)
}

fn faults(payload: &Payload<'_>, context: &Context<'_>, absolute_only: bool) -> Vec<Hit> {
    let typed = Typed::of(payload, context).filter(|typed| !typed.form.other_versions);
    let Some(typed) = typed else {
        return Vec::new();
    };
    let Some((pointer, node)) = payload.find(&["url"]) else {
        return without(&typed)
            .filter(|_| !absolute_only)
            .into_iter()
            .collect();
    };
    let url = node.as_str().map(str::trim).unwrap_or_default();
    if url.is_empty() || typed::is_no_value(url) || super::holds_template(url) {
        return Vec::new();
    }
    let rule = &typed.kind.url;
    let fault = rule.fault(url, payload.node);
    let Some(fault) = fault.filter(|fault| (*fault == UrlFault::NotAbsolute) == absolute_only)
    else {
        return Vec::new();
    };
    let (why, severity, fix) = match fault {
        UrlFault::NotAbsolute => (
            "is not absolute".to_owned(),
            None,
            absolute(rule, &typed, &pointer, url),
        ),
        UrlFault::Other(right) => (
            format!("is not {right}, which every such connection has"),
            Some(Severity::Warning),
            super::replacement(
                Applicability::Unsafe,
                &pointer,
                right,
                "sets the address of this type",
            ),
        ),
        UrlFault::Scheme => of_scheme(rule, url, &pointer),
        UrlFault::Slash(slash) => of_slash(slash, url, &pointer, payload),
    };
    let hit = super::hit(payload, &pointer, node)
        .capture("type", &typed.kind.name)
        .capture("why", why)
        .capture("url", url)
        .fix(fix);
    vec![match severity {
        Some(severity) => hit.severity(severity),
        None => typed::weighed(payload, hit),
    }]
}

/// A new connection needs its address, also where the portal does not ask for it.
fn without(typed: &Typed<'_>) -> Option<Hit> {
    let payload = &typed.payload;
    let rule = &typed.kind.url;
    let new = matches!(payload.usage, Use::Create | Use::Pasted) && typed::is_new(payload);
    if !new || rule.optional {
        return None;
    }
    let pointer = format!("{}/url", payload.base());
    let fix = match rule.address_of(payload.node) {
        Some(right) => super::fix(
            Applicability::Safe,
            vec![Edit::Add {
                path: pointer.clone(),
                value: right.into(),
            }],
            "adds the address of this type",
        ),
        None => super::wanted(&pointer, false, "the address of the server"),
    };
    let hit = super::hit_missing(payload, &pointer)
        .capture("type", &typed.kind.name)
        .capture("why", "is missing")
        .fix(fix);
    Some(typed::weighed(payload, hit))
}

/// The address with the scheme it lacks: only the sender knows whether the rest is right.
fn absolute(rule: &UrlRule, typed: &Typed<'_>, pointer: &str, url: &str) -> Fix {
    if let Some(right) = rule.address_of(typed.payload.node) {
        let summary = "sets the address of this type";
        return super::replacement(Applicability::Safe, pointer, right, summary);
    }
    let scheme = rule.schemes.first().map_or("https", String::as_str);
    let host = url.trim_start_matches('/').split(['/', ':']).next();
    let plausible = host.is_some_and(|host| {
        host.contains('.') && !host.contains(|c: char| c.is_whitespace() || c == '@')
    });
    if plausible && !url.contains("://") {
        let whole = format!("{scheme}://{}", url.trim_start_matches('/'));
        let summary = format!("puts {scheme}:// in front of the address");
        super::replacement(Applicability::Unsafe, pointer, whole, summary)
    } else {
        let what = format!("the address of the server, with {scheme}://");
        super::wanted(pointer, true, &what)
    }
}

fn of_scheme(rule: &UrlRule, url: &str, pointer: &str) -> (String, Option<Severity>, Fix) {
    let (scheme, rest) = split_scheme(url).unwrap_or(("", url));
    let right = rule.schemes.first().map_or("https", String::as_str);
    let known: Vec<String> = rule
        .schemes
        .iter()
        .map(|known| format!("{known}://"))
        .collect();
    let why = format!(
        "begins with {scheme}://, where {} belongs",
        known.join(" or ")
    );
    let fix = super::replacement(
        Applicability::Unsafe,
        pointer,
        format!("{right}://{rest}"),
        format!("puts {right}:// in front of the address"),
    );
    (why, None, fix)
}

/// The service puts the path of its test right behind the address.
fn of_slash(
    slash: Slash,
    url: &str,
    pointer: &str,
    payload: &Payload<'_>,
) -> (String, Option<Severity>, Fix) {
    let (meant, why) = match slash {
        Slash::Needed => (format!("{url}/"), "does not end in a slash"),
        Slash::None => (url.trim_end_matches('/').to_owned(), "ends in a slash"),
    };
    let failed = payload
        .call
        .is_some_and(|call| call.outcome == Outcome::Failed);
    let severity = if failed {
        Severity::Warning
    } else {
        Severity::Note
    };
    let why = format!("{why}, and the service puts the path of its test right behind it");
    let fix = super::replacement(
        Applicability::Safe,
        pointer,
        meant,
        "puts the address into the form that the test of this type wants",
    );
    (why, Some(severity), fix)
}
