//! Is it over? The one place that says which later call did what a call failed to do.
//!
//! A call is mended by a later success of the same purpose about the same connection. Time decides,
//! never the order of names or files: the calls are those of one timeline, in order of time.

use std::collections::HashMap;

use super::identity::{self, Projects};
use super::outcome::{self, State, state_of};
use super::timeline::Timeline;
use super::{EndpointCall, Operation, Outcome};
use crate::json::Node;

/// What became of every call. Calls go by their place in the order of time.
#[derive(Debug, Default)]
pub struct History {
    mended: Vec<Option<usize>>,
    done: Vec<Option<usize>>,
    next: Vec<Option<usize>>,
    proved: Vec<Option<usize>>,
}

impl History {
    /// The history of `calls`, which are in order of time and grouped in `timelines`.
    pub(crate) fn of(
        calls: &[EndpointCall],
        timelines: &[Timeline<'_>],
        projects: &Projects,
    ) -> Self {
        let mut later = Later::new(calls, timelines, projects);
        let mut history = Self {
            mended: vec![None; calls.len()],
            done: vec![None; calls.len()],
            next: vec![None; calls.len()],
            proved: vec![None; calls.len()],
        };
        for (at, call) in calls.iter().enumerate().rev() {
            let call = &call.opened();
            history.mended[at] = later.mending(at, call);
            history.done[at] = later.success(at, call);
            history.next[at] = later.attempt(at, call);
            history.proved[at] = later.proving(at, call);
            later.take(at, call, history.mended[at]);
        }
        for (at, found) in before(calls).into_iter().enumerate() {
            history.mended[at] = history.mended[at].or(found);
        }
        history
    }

    /// The call that did what the one at `place` failed to do.
    pub(crate) fn mended_by(&self, place: usize) -> Option<usize> {
        self.mended.get(place).copied().flatten()
    }

    /// The next success in what the call at `place` tried, whatever came of that call itself: what it
    /// stored is replaced.
    pub(crate) fn done_after(&self, place: usize) -> Option<usize> {
        self.done.get(place).copied().flatten()
    }

    /// The next attempt at what the call at `place` tried, whatever came of it.
    pub(crate) fn next_attempt(&self, place: usize) -> Option<usize> {
        self.next.get(place).copied().flatten()
    }

    /// The verify that succeeded with what the call at `place` stored or sent.
    pub(crate) fn proved_by(&self, place: usize) -> Option<usize> {
        self.proved.get(place).copied().flatten()
    }
}

/// What a call is about: a connection, or something of its organization.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Subject {
    /// The connection with this timeline.
    Connection(usize),
    /// What an address says without the version of the API: a list.
    Address(String),
}

/// What a call is for. A save is a save, whether it makes or overwrites; a conversion is retried by one to
/// the same scheme only, a verify by one that asks the same, and sharing by sharing with that project.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Purpose {
    Save,
    Convert(Option<String>),
    Ask(Operation, Option<String>),
    Share(String),
    Read,
    Other(Operation),
}

impl Purpose {
    /// What `call` is for: one thing, but for sharing with several projects.
    fn of(call: &EndpointCall, projects: &Projects) -> Vec<Self> {
        vec![match call.operation {
            Operation::Create | Operation::Update => Self::Save,
            Operation::Convert => {
                let scheme = call.stored().and_then(|body| body.get("authorization"));
                let scheme = scheme.and_then(|authorization| authorization.str("scheme"));
                Self::Convert(scheme.map(str::to_lowercase))
            }
            Operation::Verify | Operation::Query => {
                Self::Ask(call.operation, call.data_source().map(str::to_owned))
            }
            Operation::Share => {
                let organization = identity::organization(call);
                let with = call.request().map_or(&[][..], Node::items).iter();
                let with = with.filter_map(identity::project_of);
                let with: Vec<Self> = with
                    .map(|project| Self::Share(projects.key(&organization, project)))
                    .collect();
                if !with.is_empty() {
                    return with;
                }
                Self::Other(call.operation)
            }
            Operation::Get | Operation::List => Self::Read,
            other => Self::Other(other),
        }]
    }
}

type Key = (Subject, Purpose);

/// A connection that was made.
#[derive(Debug)]
struct Made {
    place: usize,
    timeline: usize,
    /// The projects that the call names.
    projects: Vec<String>,
}

/// What is known of the calls behind the one that is looked at; of equals the nearest.
struct Later<'c> {
    timelines: HashMap<usize, usize>,
    /// The id and the name of each timeline.
    connections: Vec<(Option<String>, Option<&'c str>)>,
    projects: &'c Projects,
    done: HashMap<Key, usize>,
    tried: HashMap<Key, usize>,
    verified: HashMap<usize, usize>,
    /// Reads that were answered, by their path.
    read: HashMap<String, usize>,
    /// Any call that was answered, by organization: whoever was asked to sign in has done so.
    let_in: HashMap<String, usize>,
    /// By id: the connection was shown ready.
    ready: HashMap<String, usize>,
    /// By id: it was deleted.
    deleted: HashMap<String, usize>,
    /// By organization and name: connections of that name that were made.
    made: HashMap<(String, String), Vec<Made>>,
    /// By organization, project and content: a connection was made, under whatever name.
    made_alike: HashMap<(String, String), usize>,
    /// Saves that were given up for one under another name, because theirs was taken.
    renamed: HashMap<Key, usize>,
}

impl<'c> Later<'c> {
    fn new(calls: &[EndpointCall], timelines: &[Timeline<'c>], projects: &'c Projects) -> Self {
        let members = timelines.iter().enumerate().flat_map(|(at, timeline)| {
            let calls = timeline.calls.iter();
            calls.map(move |call| (call.number, at))
        });
        let by_number: HashMap<usize, usize> = members.collect();
        let places = calls.iter().enumerate();
        let connections = timelines.iter().map(|timeline| {
            let id = timeline
                .calls
                .iter()
                .find_map(|call| identity::id_key(call));
            (id, timeline.endpoint_name())
        });
        Self {
            timelines: places
                .filter_map(|(at, call)| Some((at, *by_number.get(&call.number)?)))
                .collect(),
            connections: connections.collect(),
            projects,
            done: HashMap::new(),
            tried: HashMap::new(),
            verified: HashMap::new(),
            read: HashMap::new(),
            let_in: HashMap::new(),
            ready: HashMap::new(),
            deleted: HashMap::new(),
            made: HashMap::new(),
            made_alike: HashMap::new(),
            renamed: HashMap::new(),
        }
    }

    fn keys(&self, at: usize, call: &EndpointCall) -> Vec<Key> {
        let subject = match self.timelines.get(&at) {
            Some(timeline) => Subject::Connection(*timeline),
            None => Subject::Address(address(call)),
        };
        let purposes = Purpose::of(call, self.projects).into_iter();
        purposes.map(|purpose| (subject.clone(), purpose)).collect()
    }

    /// The call that did what `call`, at the place `at`, did not do for sure.
    fn mending(&self, at: usize, call: &EndpointCall) -> Option<usize> {
        if call.outcome == Outcome::Ok {
            return None;
        }
        let same = self.success(at, call);
        if call.outcome == Outcome::Unknown {
            return same;
        }
        same.or_else(|| self.answered(call))
            .or_else(|| self.became_ready(call))
            .or_else(|| self.made_anew(at, call))
            .or_else(|| self.renamed(at, call))
    }

    /// Whoever was only asked to sign in, and did so: the read was answered then. A redirect says
    /// nothing about the address, so any answer of the organization shows that it was followed.
    fn answered(&self, call: &EndpointCall) -> Option<usize> {
        let response = call.exchange.response.as_ref()?;
        let is_redirect = outcome::is_sign_in(response);
        if !call.is_read() || !(is_redirect || response.status == 401) {
            return None;
        }
        let again = self.read.get(&path(call)).copied();
        let let_in = || self.let_in.get(&identity::organization(call)).copied();
        again.or_else(|| let_in().filter(|_| is_redirect))
    }

    /// Work behind an accepted call that failed, and had been done when somebody looked again.
    fn became_ready(&self, call: &EndpointCall) -> Option<usize> {
        let accepted = call.status().is_none_or(|status| status < 300);
        let answer = call.answer().filter(|_| accepted)?;
        let id = answer
            .str("id")
            .filter(|_| state_of(answer) != State::Ready)?;
        self.ready.get(&identity::key_of_id(id, call)).copied()
    }

    /// The connection was made once more, under its name: the old one is gone.
    fn made_anew(&self, at: usize, call: &EndpointCall) -> Option<usize> {
        let own = *self.timelines.get(&at)?;
        let (id, name) = self.connections.get(own)?;
        let name = call.endpoint_name().or(*name)?;
        let deleted = self.deleted.get(id.as_ref()?).copied();
        let key = (identity::organization(call), name.trim().to_lowercase());
        let projects = self.projects.of_call(call);
        let made = self.made.get(&key)?.iter().filter(|made| {
            let same = made.projects.iter().any(|one| projects.contains(one));
            let open = deleted.is_some() && !self.projects.differ(&made.projects, &projects);
            made.timeline != own && (same || open)
        });
        made.map(|made| made.place).min()
    }

    /// A name that was taken: the same connection was made under another one, which ends what was tried
    /// under that name before.
    fn renamed(&self, at: usize, call: &EndpointCall) -> Option<usize> {
        if !is_refused_name(call) {
            let keys = self.keys(at, call);
            return keys.iter().find_map(|key| self.renamed.get(key)).copied();
        }
        self.made_alike.get(&content(call)?).copied()
    }

    /// The next success of the same purpose: of several the one that did the last of them.
    fn success(&self, at: usize, call: &EndpointCall) -> Option<usize> {
        let keys = self.keys(at, call);
        let done: Option<Vec<usize>> = keys.iter().map(|key| self.done.get(key).copied()).collect();
        done?.into_iter().max()
    }

    /// The next attempt of the same purpose.
    fn attempt(&self, at: usize, call: &EndpointCall) -> Option<usize> {
        let keys = self.keys(at, call);
        keys.iter()
            .filter_map(|key| self.tried.get(key).copied())
            .min()
    }

    /// A verify that succeeded tries out what was stored before it, and what it sends itself.
    fn proving(&self, at: usize, call: &EndpointCall) -> Option<usize> {
        if call.outcome != Outcome::Ok {
            return None;
        }
        if call.operation == Operation::Verify {
            return Some(at);
        }
        let timeline = self.timelines.get(&at);
        let stores = call.operation.writes_endpoint();
        self.verified.get(timeline.filter(|_| stores)?).copied()
    }

    /// Remembers `call` for those before it.
    fn take(&mut self, at: usize, call: &EndpointCall, mended: Option<usize>) {
        let keys = self.keys(at, call);
        if let Some(mended) = mended.filter(|_| is_refused_name(call)) {
            let keys = keys.iter().cloned();
            self.renamed.extend(keys.map(|key| (key, mended)));
        }
        self.tried.extend(keys.iter().map(|key| (key.clone(), at)));
        for (_, node) in call.answered_endpoints() {
            let is_ready = node.get("isReady").and_then(Node::as_bool) == Some(true);
            if let Some(id) = node.str("id").filter(|_| is_ready) {
                self.ready.insert(identity::key_of_id(id, call), at);
            }
        }
        if call.outcome != Outcome::Ok {
            return;
        }
        self.done.extend(keys.into_iter().map(|key| (key, at)));
        let organization = identity::organization(call);
        self.let_in.insert(organization.clone(), at);
        if call.is_read() {
            self.read.insert(path(call), at);
        }
        match call.operation {
            Operation::Delete => {
                self.deleted
                    .extend(identity::id_key(call).map(|id| (id, at)));
            }
            Operation::Verify => {
                let timeline = self.timelines.get(&at);
                self.verified.extend(timeline.map(|own| (*own, at)));
            }
            Operation::Create => {
                self.made_alike.extend(content(call).map(|key| (key, at)));
                let own = self.timelines.get(&at).copied();
                let name = call.endpoint_name().map(|name| name.trim().to_lowercase());
                if let (Some(timeline), Some(name)) = (own, name) {
                    let projects = self.projects.of_call(call);
                    let made = self.made.entry((organization, name)).or_default();
                    // Of those in one project the nearest counts.
                    made.retain(|later| later.projects != projects);
                    made.push(Made {
                        place: at,
                        timeline,
                        projects,
                    });
                }
            }
            _ => {}
        }
    }
}

/// What an earlier call takes back: a read, or a second deletion, finds no more what was deleted, and a
/// name is taken by the first press of Save.
fn before(calls: &[EndpointCall]) -> Vec<Option<usize>> {
    let mut deleted: HashMap<String, usize> = HashMap::new();
    let mut saved: HashMap<((String, String), String), usize> = HashMap::new();
    let named = |call: &EndpointCall| {
        let name = call.stored()?.str("name")?.trim().to_lowercase();
        Some((content(call)?, name))
    };
    let mut found = Vec::with_capacity(calls.len());
    for (at, call) in calls.iter().enumerate() {
        let call = &call.opened();
        let failed = call.outcome == Outcome::Failed;
        let wants_none = call.is_read() || call.operation == Operation::Delete;
        let gone = identity::id_key(call).filter(|_| failed && wants_none && is_missing(call));
        let first = Some(call).filter(|_| failed && is_refused_name(call));
        let first = first.and_then(|call| named(call));
        let earlier = gone.and_then(|id| deleted.get(&id).copied());
        found.push(earlier.or_else(|| first.and_then(|key| saved.get(&key).copied())));
        let taken = !failed && call.status().is_some_and(|status| status < 300);
        match call.operation {
            Operation::Delete if call.outcome == Outcome::Ok => {
                deleted.extend(identity::id_key(call).map(|id| (id, at)));
            }
            Operation::Create if taken => saved.extend(named(call).map(|key| (key, at))),
            _ => {}
        }
    }
    found
}

/// Whether the answer says that the connection is not there.
fn is_missing(call: &EndpointCall) -> bool {
    let answer = call.exchange.response.as_ref();
    let text = answer.and_then(|answer| answer.body.text()).unwrap_or("");
    matches!(call.status(), Some(404 | 410)) || text.contains("NotFound")
}

/// Whether a save was refused because its name was taken.
pub(crate) fn is_refused_name(call: &EndpointCall) -> bool {
    let answer = call.exchange.response.as_ref();
    let text = answer.and_then(|answer| answer.body.text()).unwrap_or("");
    call.operation.writes_endpoint()
        && call.status().is_some_and(|status| status >= 400)
        && (text.contains("DuplicateServiceConnection")
            || (text.contains("already exists")
                && (text.contains("connection with name") || text.contains("endpoint with name"))))
}

/// Organization and project of a save, and what it saves apart from its name and secrets.
fn content(call: &EndpointCall) -> Option<(String, String)> {
    let stored = call.stored()?;
    let below = |parent: &str, key: &str| stored.get(parent).and_then(|node| node.str(key));
    let authorization = stored.get("authorization");
    let parameters = authorization.and_then(|node| node.get("parameters"));
    let parts = [
        call.route.project.as_deref(),
        identity::references(stored).next(),
        stored.str("type"),
        stored.str("url"),
        authorization.and_then(|node| node.str("scheme")),
        below("data", "subscriptionId"),
        below("data", "managementGroupId"),
        parameters.and_then(|node| node.str("serviceprincipalid")),
        parameters.and_then(|node| node.str("tenantid")),
    ];
    let parts = parts.map(|part| part.unwrap_or_default().trim().to_lowercase());
    Some((identity::organization(call), parts.join("\n")))
}

/// Where a read goes, without its query.
fn path(call: &EndpointCall) -> String {
    let project = call.route.project.as_deref().unwrap_or_default();
    let resource = call.route.resource.join("/");
    let organization = identity::organization(call);
    format!("{organization}/{}/{resource}", project.to_lowercase())
}

/// Where a call goes, without the version of the API.
fn address(call: &EndpointCall) -> String {
    let query = call.route.query.iter();
    let mut query: Vec<String> = query
        .filter(|(key, _)| !key.eq_ignore_ascii_case("api-version"))
        .map(|(key, value)| format!("{}={value}", key.to_lowercase()))
        .collect();
    query.sort_unstable();
    format!("{}?{}", path(call), query.join("&"))
}
