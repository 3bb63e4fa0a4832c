//! The connections of a run: one for each, whichever inputs show it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hasher as _;

use serde::Serialize;
use siphasher::sip128::{Hasher128 as _, SipHasher24};

use super::finding::Severity;
use super::{Report, Verdict};
use crate::azure::is_retired_issuer_host;
use crate::connection::identity::{self, Projects};
use crate::connection::outcome::{self, state_of};
use crate::connection::payload;
use crate::connection::timeline::{self, Timeline};
use crate::connection::{EndpointCall, Outcome};
use crate::json::{self, Node};
use crate::text::guid::canonical_id;
use crate::text::url;

/// What the service last said of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is ready to be used.
    Ready,
    /// The work behind it failed.
    Failed,
    /// The work behind it has not ended, or it is a draft.
    Pending,
    /// No answer tells.
    #[default]
    Unknown,
}

impl State {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
        }
    }

    fn of(endpoint: &Node) -> Self {
        let ready = endpoint.get("isReady").and_then(Node::as_bool);
        match (state_of(endpoint), ready) {
            (outcome::State::Failed, _) => Self::Failed,
            (outcome::State::InProgress, _) | (_, Some(false)) => Self::Pending,
            (outcome::State::Ready, Some(true)) => Self::Ready,
            (outcome::State::Ready, None) => Self::Unknown,
        }
    }
}

/// One connection.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    /// Its id, in lower case.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its type (`azurerm`).
    pub kind: Option<String>,
    /// `authorization.scheme`.
    pub scheme: Option<String>,
    /// Its organization.
    pub organization: Option<String>,
    /// The first project that is named.
    pub project: Option<String>,
    /// What the service last said of it.
    pub state: State,
    /// The inputs that show it, in their order.
    pub seen: Vec<usize>,
    /// The numbers of its calls, in order of time.
    pub calls: Vec<usize>,
    /// Indices of the findings about it.
    pub findings: Vec<usize>,
    /// Whether it is at fault.
    pub verdict: Verdict,
    /// What else its own members tell: an old issuer, deadlines, sharing.
    pub remarks: Vec<String>,
    /// The last call that wrote it or tried it out.
    pub last_attempt: Option<usize>,
}

/// The connections found so far, by what they are known by.
#[derive(Default)]
struct Found {
    all: Vec<Connection>,
    /// By the digest of what its id is looked up by: a list shows many.
    by_id: HashMap<u128, usize>,
    by_call: HashMap<usize, usize>,
    /// Connections of pasted documents, by input and pointer.
    by_place: HashMap<(usize, String), usize>,
    /// The inputs of those documents.
    documents: HashSet<usize>,
}

/// Finds the connections of `report`, and ties findings and calls to them.
pub(super) fn link(report: &mut Report, answers: &[EndpointCall]) {
    let calls: Vec<&EndpointCall> = report.in_time().collect();
    let projects = Projects::of(calls.iter().copied());
    let mut found = Found::default();
    for timeline in timeline::group(calls.iter().copied(), &projects) {
        found.take_timeline(&timeline);
    }
    for call in calls.iter().copied().chain(answers) {
        found.take_answers(call);
    }
    for (input, text) in report.inputs.iter().enumerate() {
        if let Some(text) = &text.text {
            found.take_document(input, text);
        }
    }
    let open: BTreeSet<usize> = calls
        .iter()
        .filter(|call| call.outcome == Outcome::Unknown && call.mended_by.is_none() && call.works())
        .map(|call| call.number)
        .collect();
    let of_findings: Vec<Option<usize>> = report
        .findings
        .iter()
        .map(|finding| found.of_finding(finding, report))
        .collect();
    for (at, (finding, own)) in report.findings.iter_mut().zip(of_findings).enumerate() {
        finding.connection = own;
        if let Some(connection) = own.and_then(|own| found.all.get_mut(own)) {
            connection.findings.push(at);
        }
    }
    for connection in &mut found.all {
        let own = connection.findings.iter();
        let faulty = own.map(|at| report.findings[*at].severity).max() == Some(Severity::Error);
        let is_open = connection.calls.iter().any(|number| open.contains(number));
        connection.verdict = match (faulty, is_open) {
            (true, _) => Verdict::Fault,
            (false, true) => Verdict::Inconclusive,
            (false, false) => Verdict::Clean,
        };
    }
    report.connections = found.all;
    report.owners = found.by_call;
}

fn digest(key: &str) -> u128 {
    let mut hasher = SipHasher24::new();
    hasher.write(key.as_bytes());
    hasher.finish128().as_u128()
}

impl Found {
    fn take_timeline(&mut self, timeline: &Timeline<'_>) {
        let at = self.all.len();
        let mut connection = Connection::default();
        for call in &timeline.calls {
            connection.see(call.input);
            connection.calls.push(call.number);
            self.by_call.insert(call.number, at);
            if call.works() {
                connection.last_attempt = Some(call.number);
            }
            connection.place(call);
            if let Some(stored) = call.opened().stored().filter(|_| call.works()) {
                connection.describe(stored);
            }
            let id = call.endpoint_id().map(canonical_id);
            connection.id = connection.id.take().or(id);
        }
        let id = timeline
            .calls
            .iter()
            .find_map(|call| identity::id_key(call));
        self.by_id.extend(id.map(|id| (digest(&id), at)));
        self.all.push(connection);
    }

    /// The connections that the answer to `call` shows.
    fn take_answers(&mut self, call: &EndpointCall) {
        for (pointer, node) in call.opened().answered_endpoints() {
            let tells = node.get("isReady").is_some() || node.get("operationStatus").is_some();
            let Some(id) = node
                .str("id")
                .filter(|_| tells || node.get("url").is_some())
            else {
                continue;
            };
            let at = self.at_id(&identity::key_of_id(id, call));
            let connection = &mut self.all[at];
            connection.id.get_or_insert_with(|| canonical_id(id));
            connection.see(call.input);
            connection.place(call);
            connection.describe(node);
            if tells {
                connection.state = State::of(node);
            }
            if call.is_saved_answer() {
                self.by_place.insert((call.input, pointer), at);
                self.documents.insert(call.input);
            }
        }
    }

    fn at_id(&mut self, key: &str) -> usize {
        let new = self.all.len();
        let at = *self.by_id.entry(digest(key)).or_insert(new);
        if at == new {
            self.all.push(Connection::default());
        }
        at
    }

    /// The connections of pasted payloads.
    fn take_document(&mut self, input: usize, text: &str) {
        let Ok(body) = json::parse(text) else { return };
        if self.documents.contains(&input) {
            return;
        }
        for payload in payload::of_pasted(&body, text, input) {
            let (node, base) = (payload.node, payload.base());
            let id = node.str("id").map(canonical_id).filter(|id| !id.is_empty());
            let place = || format!("document {input}{base}");
            let at = self.at_id(&id.clone().unwrap_or_else(place));
            let connection = &mut self.all[at];
            connection.id = connection.id.take().or(id);
            connection.see(input);
            connection.describe(node);
            self.by_place.insert((input, base), at);
        }
    }

    /// The connection that a finding is about.
    fn of_finding(&self, finding: &super::finding::Finding, report: &Report) -> Option<usize> {
        let first = finding.locations.first()?;
        let named = finding.captures.get("endpoint_id");
        let named = named.and_then(|id| self.by_id.get(&digest(&canonical_id(id))));
        if let Some(call) = report.call_at(first.input, first.entry) {
            return self.by_call.get(&call.number).or(named).copied();
        }
        let pointer = first.pointer.as_deref().unwrap_or_default();
        let mut above = json::pointer::upwards(pointer);
        let own = above.find_map(|at| self.by_place.get(&(first.input, at.to_owned())));
        own.or(named).copied()
    }
}

impl Connection {
    /// Notes an input that shows it; most are shown by one.
    fn see(&mut self, input: usize) {
        if let Err(at) = self.seen.binary_search(&input) {
            self.seen.reserve_exact(usize::from(self.seen.is_empty()));
            self.seen.insert(at, input);
        }
    }

    /// Where `call` shows it to be.
    fn place(&mut self, call: &EndpointCall) {
        let keep = |slot: &mut Option<String>, value: Option<&str>| {
            if slot.is_none() {
                *slot = value.map(str::to_owned);
            }
        };
        keep(&mut self.organization, call.route.organization.as_deref());
        keep(&mut self.project, call.route.project.as_deref());
    }

    /// Takes what `endpoint` says: later words count more.
    fn describe(&mut self, endpoint: &Node) {
        let authorization = endpoint.get("authorization");
        let take = |slot: &mut Option<String>, value: Option<&str>| {
            if let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) {
                *slot = Some(value.to_owned());
            }
        };
        take(&mut self.name, endpoint.str("name"));
        take(&mut self.kind, endpoint.str("type"));
        take(
            &mut self.scheme,
            authorization.and_then(|node| node.str("scheme")),
        );
        let references = endpoint.get("serviceEndpointProjectReferences");
        let first = references.and_then(|node| node.items().first());
        let project = first.and_then(|node| node.get("projectReference"));
        if let Some(name) = project.and_then(|node| node.str("name").or_else(|| node.str("id"))) {
            take(&mut self.project, Some(name));
        }
        if let Some(name) = first
            .and_then(|node| node.str("name"))
            .filter(|_| self.name.is_none())
        {
            take(&mut self.name, Some(name));
        }
        let remarks = remarks(endpoint);
        if !remarks.is_empty() {
            self.remarks = remarks;
        }
    }
}

/// What the members of an endpoint tell beside its state.
fn remarks(endpoint: &Node) -> Vec<String> {
    let mut remarks = Vec::new();
    let parameters = endpoint
        .get("authorization")
        .and_then(|node| node.get("parameters"));
    let issuer = parameters.and_then(|node| node.str("workloadIdentityFederationIssuer"));
    if issuer
        .and_then(url::host)
        .is_some_and(|host| is_retired_issuer_host(&host))
    {
        remarks.push("old issuer".to_owned());
    }
    let data = endpoint.get("data");
    for member in data.into_iter().flat_map(Node::members) {
        let name = member.key.to_ascii_lowercase();
        let value = member
            .value
            .as_str()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        if let Some(value) = value.filter(|_| name.ends_with("deadline")) {
            let what = if name.contains("revert") {
                "revert until"
            } else {
                "convert until"
            };
            remarks.push(format!("{what} {value}"));
        }
    }
    let references = endpoint.get("serviceEndpointProjectReferences");
    let projects = references.map_or(0, |node| node.items().len());
    if projects > 1 {
        remarks.push(format!("in {projects} projects"));
    } else if endpoint.get("isShared").and_then(Node::as_bool) == Some(true) {
        remarks.push("shared".to_owned());
    }
    remarks
}
