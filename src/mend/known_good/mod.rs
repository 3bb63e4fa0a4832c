//! Payloads that work: from the user, from the trace itself, or built in; the best fit first.

mod apart;
mod keep;
mod sources;

pub use apart::smallest;
pub use keep::{Kept, kept, name_of};
pub use sources::given;

use crate::connection::EndpointCall;
use crate::json::{self, Node};

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
    calls: &[EndpointCall],
    offer: &Offer,
) -> Option<KnownGood> {
    fitting(payload, call, calls, offer).pop()
}

/// The known-good payloads that fit `payload` best, all equally well, the latest last.
///
/// What the user names for this run comes first; then the same endpoint as the trace shows it, what
/// the user keeps, other endpoints of the trace, and the built-in payloads.
pub fn fitting(
    payload: &Node,
    call: Option<&EndpointCall>,
    calls: &[EndpointCall],
    offer: &Offer,
) -> Vec<KnownGood> {
    let in_trace = call.map_or_else(Vec::new, |call| sources::of_trace(call, calls));
    let (same, others): (Vec<KnownGood>, Vec<KnownGood>) =
        in_trace.into_iter().partition(|one| one.same_endpoint);
    let id = call.and_then(EndpointCall::endpoint_id);
    let origins = [
        about(offer.named.clone(), id),
        same,
        about(offer.kept.clone(), id),
        others,
        built_in(),
    ];
    for candidates in origins {
        let rated: Vec<(u32, KnownGood)> = candidates
            .into_iter()
            .filter_map(|one| Some((fit(payload, &one)?, one)))
            .collect();
        if let Some(best) = rated.iter().map(|(fit, _)| *fit).max() {
            let equal = rated.into_iter().filter(|(fit, _)| *fit == best);
            return equal.map(|(_, one)| one).collect();
        }
    }
    Vec::new()
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
fn fit(payload: &Node, known: &KnownGood) -> Option<u32> {
    let same = |read: Aspect| match (read(payload), read(&known.body)) {
        (Some(a), Some(b)) => Some(a.trim().eq_ignore_ascii_case(b.trim())),
        _ => None,
    };
    if same(|node| node.str("type")) == Some(false)
        || (!known.same_endpoint && same(scheme) == Some(false))
    {
        return None;
    }
    let mut points = 1;
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
    let read = |(name, text): &(&str, &str)| KnownGood {
        origin: Origin::BuiltIn,
        description: format!("built-in payload {name}"),
        body: json::parse(text).unwrap_or_else(|error| panic!("{name}: {}", error.message)),
        same_endpoint: false,
    };
    PAYLOAD_FILES.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let chosen = choose(&payload, None, &[], &Offer::default()).unwrap();
            assert!(
                chosen.description.ends_with(expected),
                "{} for {scheme} {mode} {level}",
                chosen.description
            );
        }
        let github =
            json::parse(r#"{"type":"github","authorization":{"scheme":"Token"}}"#).unwrap();
        assert!(choose(&github, None, &[], &Offer::default()).is_none());
    }
}
