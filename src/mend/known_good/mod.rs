//! Payloads that work: from the user, from the trace itself, or built in; the best fit first.

mod apart;
mod keep;
mod sources;

pub use apart::smallest;
pub use keep::{Kept, kept, name_of};
pub use sources::{InTrace, given};

use crate::connection::EndpointCall;
use crate::connection::types::{Type, Types};
use crate::json::{self, Node};
use crate::mend::diff::{self, Setting, Significance};

include!(concat!(env!("OUT_DIR"), "/payload_files.rs"));

/// Where a known-good payload comes from. The names are those of the JSON report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Given by the user.
    File,
    /// Seen in the same trace.
    Trace,
    /// Part of mendpoint.
    BuiltIn,
}

impl Origin {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Trace => "trace",
            Self::BuiltIn => "built-in",
        }
    }
}

/// A payload that works.
#[derive(Debug, Clone)]
pub struct KnownGood {
    /// Where it comes from.
    pub origin: Origin,
    /// For people: which one it is, and when it was seen.
    pub description: String,
    /// The endpoint.
    pub body: Node,
    /// Whether it is the same endpoint, so that its names and ids must agree.
    pub same_endpoint: bool,
}

/// What there is besides the trace and the built-in payloads.
#[derive(Debug, Clone, Default)]
pub struct Offer {
    /// Named by the user for this run.
    pub named: Vec<KnownGood>,
    /// Kept by the user for any run.
    pub kept: Vec<KnownGood>,
}

/// The best known-good payload for `payload`, which `call` sends (or which was pasted).
pub fn choose(
    payload: &Node,
    call: Option<&EndpointCall>,
    calls: &InTrace<'_>,
    types: &Types,
    offer: &Offer,
) -> Option<KnownGood> {
    fitting(payload, call, calls, types, offer).pop()
}

/// The known-good payloads that fit `payload` best, all equally well, the latest last.
///
/// What the user names for this run comes first; then the same endpoint as the trace shows it, what
/// the user keeps, other endpoints of the trace, and the built-in payloads.
pub fn fitting(
    payload: &Node,
    call: Option<&EndpointCall>,
    calls: &InTrace<'_>,
    types: &Types,
    offer: &Offer,
) -> Vec<KnownGood> {
    let in_trace = call.map_or_else(Vec::new, |call| calls.models(call, payload));
    let (same, others): (Vec<KnownGood>, Vec<KnownGood>) =
        in_trace.into_iter().partition(|one| one.same_endpoint);
    let id = call.and_then(EndpointCall::endpoint_id);
    let origins = [
        about(offer.named.clone(), id),
        same,
        about(offer.kept.clone(), id),
        others,
        built_in_of(payload),
    ];
    for candidates in origins {
        let rated: Vec<(u32, KnownGood)> = candidates
            .into_iter()
            .filter_map(|one| Some((fit(payload, &one, types)?, one)))
            .collect();
        if let Some(best) = rated.iter().map(|(fit, _)| *fit).max() {
            let equal = rated.into_iter().filter(|(fit, _)| *fit == best);
            let mut equal: Vec<KnownGood> = equal.map(|(_, one)| one).collect();
            // Of those that fit alike the one that differs least is the last.
            if equal.len() > 1 {
                equal.sort_by_cached_key(|one| {
                    let setting = Setting::of(call, one.same_endpoint, types);
                    let found = diff::compare(&one.body, payload, setting);
                    let counts = found
                        .iter()
                        .filter(|one| one.significance > Significance::Volatile);
                    std::cmp::Reverse(counts.count())
                });
            }
            return equal;
        }
    }
    Vec::new()
}

/// The built-in payloads of the type of `payload`; without a type it is one of Azure Resource Manager,
/// whose conversions leave it out. Only these are read.
fn built_in_of(payload: &Node) -> Vec<KnownGood> {
    let kind = payload.str("type").unwrap_or("azurerm").trim();
    let is_of = |text: &str| {
        let value = text
            .split_once("\"type\":")
            .map(|(_, rest)| rest.trim_start());
        let value = value.and_then(|rest| rest.strip_prefix('"')?.split('"').next());
        value.is_some_and(|own| own.eq_ignore_ascii_case(kind))
    };
    let of_kind = PAYLOAD_FILES.iter().filter(|(_, text)| is_of(text));
    of_kind.map(read).collect()
}

/// Marks those that are the endpoint with this id.
fn about(mut candidates: Vec<KnownGood>, id: Option<&str>) -> Vec<KnownGood> {
    for one in &mut candidates {
        let own = one.body.str("id");
        one.same_endpoint = own.zip(id).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b));
    }
    candidates
}

/// Something to tell payloads apart by.
type Aspect = fn(&Node) -> Option<&str>;

/// In what a known-good payload does not fit, so that differences come from that: words for people.
pub fn misfit(payload: &Node, known: &KnownGood) -> Vec<&'static str> {
    let aspects = [
        (scheme as Aspect, "authorization scheme"),
        (mode, "creation mode"),
        (scope_level, "scope level"),
        (credential, "kind of credential"),
    ];
    let differs = |read: Aspect| match (read(payload), read(&known.body)) {
        (Some(a), Some(b)) => !a.trim().eq_ignore_ascii_case(b.trim()),
        _ => false,
    };
    aspects
        .into_iter()
        .filter(|(read, _)| differs(*read))
        .map(|(_, words)| words)
        .collect()
}

/// How well a known-good payload fits; `None` if comparing with it would be nonsense.
fn fit(payload: &Node, known: &KnownGood, types: &Types) -> Option<u32> {
    let same = |read: Aspect| match (read(payload), read(&known.body)) {
        (Some(a), Some(b)) => Some(a.trim().eq_ignore_ascii_case(b.trim())),
        _ => None,
    };
    if same(|node| node.str("type")) == Some(false) {
        return None;
    }
    let kind = payload.str("type").and_then(|name| types.of(name));
    let kind = kind.filter(|kind| !kind.rules_of_its_own);
    let mut points = 1;
    if !known.same_endpoint && same(scheme) == Some(false) {
        // One of the type's schemes shows what the type wants, where the payload has none of them.
        let strange =
            |kind: &Type| scheme(payload).is_none_or(|own| kind.scheme(own).next().is_none());
        return kind.filter(|kind| strange(kind)).map(|_| points);
    }
    if let Some(kind) = kind {
        let forms = (kind.form_of(payload), kind.form_of(&known.body));
        let alike = matches!(forms, (Some(a), Some(b)) if std::ptr::eq(a, b));
        points += if alike { 16 } else { 0 };
    }
    for (read, weight) in [(mode as Aspect, 8), (scope_level, 4), (credential, 2)] {
        points += if same(read) == Some(true) { weight } else { 0 };
    }
    let has_scope = |node: &Node| {
        node.get("authorization")
            .and_then(|node| node.get("parameters"))
            .and_then(|node| node.str("scope"))
            .is_some_and(|scope| !scope.is_empty())
    };
    points += u32::from(has_scope(payload) == has_scope(&known.body));
    Some(points + if known.same_endpoint { 100 } else { 0 })
}

fn scheme(node: &Node) -> Option<&str> {
    node.get("authorization")?.str("scheme")
}

fn mode(node: &Node) -> Option<&str> {
    node.get("data")?.str("creationMode")
}

fn scope_level(node: &Node) -> Option<&str> {
    node.get("data")?.str("scopeLevel")
}

fn credential(node: &Node) -> Option<&str> {
    node.get("authorization")?
        .get("parameters")?
        .str("authenticationType")
}

/// The built-in payloads.
///
/// # Panics
/// If one of them is no JSON, which a test rules out.
pub fn built_in() -> Vec<KnownGood> {
    PAYLOAD_FILES.iter().map(read).collect()
}

fn read((name, text): &(&str, &str)) -> KnownGood {
    KnownGood {
        origin: Origin::BuiltIn,
        description: format!("built-in payload {name}"),
        body: json::parse(text).unwrap_or_else(|error| panic!("{name}: {}", error.message)),
        same_endpoint: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deciding_member_of_a_type_chooses_between_its_built_in_payloads() {
        let chosen = |scheme: &str, data: &str| {
            let text = format!(
                r#"{{"type":"kubernetes","authorization":{{"scheme":"{scheme}","parameters":{{}}}},"data":{{{data}}}}}"#
            );
            let payload = json::parse(&text).unwrap();
            choose(
                &payload,
                None,
                &InTrace::of(&[]),
                Types::built_in(),
                &Offer::default(),
            )
            .unwrap()
            .description
        };
        assert!(
            chosen("Kubernetes", r#""authorizationType":"AzureSubscription""#)
                .ends_with("kubernetes-kubernetes-azure-subscription")
        );
        assert!(chosen("kubernetes", "").ends_with("kubernetes-kubernetes-kubeconfig"));
        // A scheme that the type does not have is compared with one that it has.
        assert!(chosen("Basic", "").contains("kubernetes-"));
    }

    #[test]
    fn the_built_in_payload_with_the_same_scheme_mode_and_scope_is_chosen() {
        for (scheme, mode, level, expected) in [
            (
                "ServicePrincipal",
                "Automatic",
                "Subscription",
                "serviceprincipal-automatic-subscription",
            ),
            (
                "serviceprincipal",
                "Manual",
                "ManagementGroup",
                "serviceprincipal-manual-key-managementgroup",
            ),
            (
                "WorkloadIdentityFederation",
                "Manual",
                "Subscription",
                "workloadidentityfederation-manual-subscription",
            ),
            ("PublishProfile", "", "", "publishprofile-subscription"),
        ] {
            let text = format!(
                r#"{{"type":"AzureRM","authorization":{{"scheme":"{scheme}","parameters":{{"authenticationType":"spnKey"}}}},"data":{{"creationMode":"{mode}","scopeLevel":"{level}"}}}}"#
            );
            let payload = json::parse(&text).unwrap();
            let chosen = choose(
                &payload,
                None,
                &InTrace::of(&[]),
                Types::built_in(),
                &Offer::default(),
            )
            .unwrap();
            assert!(
                chosen.description.ends_with(expected),
                "{} for {scheme} {mode} {level}",
                chosen.description
            );
        }
        let marketplace =
            json::parse(r#"{"type":"contosoWidget","authorization":{"scheme":"Token"}}"#).unwrap();
        assert!(
            choose(
                &marketplace,
                None,
                &InTrace::of(&[]),
                Types::built_in(),
                &Offer::default()
            )
            .is_none()
        );
    }
}
