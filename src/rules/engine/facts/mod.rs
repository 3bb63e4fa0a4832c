//! What several checks ask of a trace, found out once and only if one of them asks.

mod app_ids;
mod others;
mod reach;
mod subscriptions;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::connection::outcome::{State, state_of};
use crate::connection::timeline::Timeline;
use crate::connection::{EndpointCall, Operation, Outcome};
use crate::exchange::Exchange;
use crate::json::{self, Node};
use crate::text::guid::canonical_id;
use crate::text::guid::is_guid;

use super::check::Context;
use others::Others;

pub(crate) use app_ids::AppId;
pub(crate) use reach::Reach;
pub(crate) use subscriptions::Subscription;

/// The last word of a trace about one endpoint.
pub(crate) struct LastSeen<'a> {
    /// The call whose answer shows it.
    pub call: &'a EndpointCall,
    /// Which of the endpoints of that answer it is.
    at: usize,
    /// Its place in that answer.
    pub pointer: String,
    /// What the work behind it came to.
    pub state: State,
    /// What it is, if the service says outright that it is not ready.
    pub unready: Option<Unready>,
    /// Whether it is one of Azure Resource Manager.
    pub is_azurerm: bool,
    /// Whether somebody worked on this endpoint; otherwise it was only read, or stood in a list.
    pub worked_on: bool,
}

/// An endpoint that is not ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unready {
    /// It is kept as a draft.
    Draft,
    /// It is meant to work.
    Stored,
}

/// What the answers show of endpoints, by the id in lower case.
#[derive(Default)]
struct Shown<'a> {
    /// The last word about every one that the trace does not delete.
    last: BTreeMap<String, LastSeen<'a>>,
    /// Every working state, in order of time.
    stored: HashMap<String, Vec<Stored>>,
}

/// A project of the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Project {
    /// Its id.
    pub id: String,
    /// Its name, where a body tells it.
    pub name: Option<String>,
}

/// A working state of an endpoint: the place of its call in the order of time, and which of the endpoints
/// of that answer it is.
type Stored = (usize, usize);

impl LastSeen<'_> {
    /// The endpoint as answered.
    pub(crate) fn node(&self) -> Node {
        answered(self.call, self.at)
    }
}

/// An endpoint that `call` was answered.
fn answered(call: &EndpointCall, at: usize) -> Node {
    let opened = call.opened();
    let mut all = opened.answered_endpoints().into_iter();
    let own = all.nth(at).map(|(_, node)| node.clone());
    own.unwrap_or_else(Node::null)
}

/// The facts of one trace.
#[derive(Default)]
pub(crate) struct Facts<'a> {
    entries: HashMap<usize, usize>,
    /// Inputs with a service-endpoint call.
    with_calls: HashSet<usize>,
    beside_calls: OnceCell<HashSet<usize>>,
    timelines: HashMap<usize, usize>,
    by_id: HashMap<String, usize>,
    shown: OnceCell<Shown<'a>>,
    projects: OnceCell<Vec<Project>>,
    subscriptions: OnceCell<HashMap<String, Subscription>>,
    app_ids: OnceCell<HashMap<String, AppId>>,
    reach: OnceCell<Reach>,
    demanded_tenants: RefCell<HashMap<usize, Option<String>>>,
    moments: HashMap<usize, usize>,
    others: OnceCell<Others>,
}

/// How far apart, in seconds, two recordings of one piece of work may be.
const SAME_WORK: i64 = 10 * 60;

/// The inputs without a call that were recorded while, or shortly before or after, another one has calls:
/// two files of one piece of work.
fn inputs_beside_calls(context: &Context<'_>) -> HashSet<usize> {
    let calls = context.calls.iter();
    let mut moments: Vec<i64> = calls
        .filter_map(|call| Some(call.exchange.started?.as_second()))
        .collect();
    moments.sort_unstable();
    let mut spans: HashMap<usize, (i64, i64)> = HashMap::new();
    for exchange in context.others {
        let input = context.recording_of(exchange.entry).map(|one| one.input);
        if let (Some(input), Some(at)) = (input, exchange.started) {
            let at = at.as_second();
            let span = spans.entry(input).or_insert((at, at));
            *span = (span.0.min(at), span.1.max(at));
        }
    }
    let near = spans.into_iter().filter(|(_, (first, last))| {
        let next = moments.partition_point(|at| *at < first - SAME_WORK);
        moments.get(next).is_some_and(|at| *at <= last + SAME_WORK)
    });
    near.map(|(input, _)| input).collect()
}

impl<'a> Facts<'a> {
    /// The facts of `calls`, which are in order of time and grouped in `timelines`.
    pub(crate) fn new(calls: &'a [EndpointCall], timelines: &[Timeline<'a>]) -> Self {
        let places = calls.iter().enumerate();
        let members = timelines.iter().enumerate().flat_map(|(at, timeline)| {
            let calls = timeline.calls.iter();
            calls.map(move |call| (call.number, at))
        });
        Self {
            // Of two calls at one entry the first counts.
            entries: places
                .rev()
                .map(|(at, call)| (call.exchange.entry, at))
                .collect(),
            with_calls: calls.iter().map(|call| call.input).collect(),
            timelines: members.collect(),
            by_id: timelines
                .iter()
                .enumerate()
                .filter_map(|(at, timeline)| Some((canonical_id(timeline.endpoint_id()?), at)))
                .collect(),
            ..Self::default()
        }
    }

    /// Tells in which order all the exchanges of the trace were made: their entries in order of time.
    #[must_use]
    pub(crate) fn in_order(mut self, entries: Vec<usize>) -> Self {
        let moments = entries.into_iter().enumerate();
        self.moments = moments.map(|(at, entry)| (entry, at)).collect();
        self
    }

    /// The place of the exchange at `entry` among all of the trace, in order of time.
    pub(super) fn moment_of(&self, entry: usize) -> Option<usize> {
        self.moments.get(&entry).copied()
    }

    /// What became of the exchanges that are no service-endpoint calls.
    pub(super) fn others(&self, context: &Context<'_>) -> &Others {
        self.others.get_or_init(|| Others::of(context))
    }

    /// What the connections of the trace use.
    pub(super) fn reach(&self, calls: &[EndpointCall]) -> &Reach {
        self.reach.get_or_init(|| Reach::of(calls))
    }

    /// The tenant that the answers of a timeline demand, looked for once with `find`.
    pub(super) fn demanded_tenant(
        &self,
        timeline: usize,
        find: impl FnOnce() -> Option<String>,
    ) -> Option<String> {
        let mut known = self.demanded_tenants.borrow_mut();
        known.entry(timeline).or_insert_with(find).clone()
    }

    /// Whether a service-endpoint call is in the input with this index, or in another one of the same time.
    pub(super) fn is_beside_calls(&self, input: usize, context: &Context<'_>) -> bool {
        let beside = || inputs_beside_calls(context);
        self.with_calls.contains(&input) || self.beside_calls.get_or_init(beside).contains(&input)
    }

    /// The place of the call at `entry` in the order of time.
    pub(super) fn place_of_entry(&self, entry: usize) -> Option<usize> {
        self.entries.get(&entry).copied()
    }

    /// The index of the timeline that the call with `number` belongs to.
    pub(super) fn timeline_of(&self, number: usize) -> Option<usize> {
        self.timelines.get(&number).copied()
    }

    /// The index of the timeline of the endpoint `id`.
    pub(super) fn timeline_of_id(&self, id: &str) -> Option<usize> {
        self.by_id.get(&canonical_id(id)).copied()
    }

    /// The last word about every endpoint, by its id in lower case.
    pub(super) fn last_seen(&self, calls: &'a [EndpointCall]) -> &BTreeMap<String, LastSeen<'a>> {
        &self.shown.get_or_init(|| shown(calls)).last
    }

    /// The working state of the endpoint `id` that the service showed last before the place `at` in the
    /// order of time, else the first behind it.
    pub(super) fn stored(&self, id: &str, at: usize, calls: &'a [EndpointCall]) -> Option<Node> {
        let shown = self.shown.get_or_init(|| shown(calls));
        let states = shown.stored.get(&canonical_id(id))?;
        let before = states.iter().rev().find(|(place, _)| *place < at);
        let after = || states.iter().find(|(place, _)| *place > at);
        let (place, own) = before.or_else(after)?;
        Some(answered(&calls[*place], *own))
    }

    /// What the answers say of an id that a request sends as `serviceprincipalid`.
    pub(super) fn app_id(
        &self,
        id: &str,
        calls: &[EndpointCall],
        others: &[Exchange],
    ) -> Option<&AppId> {
        let ids = self.app_ids.get_or_init(|| app_ids::app_ids(calls, others));
        ids.get(&id.to_ascii_lowercase())
    }

    pub(super) fn projects(&self, calls: &[EndpointCall], others: &[Exchange]) -> &[Project] {
        self.projects.get_or_init(|| projects(calls, others))
    }

    /// What the trace says of a subscription.
    pub(super) fn subscription(
        &self,
        id: &str,
        calls: &[EndpointCall],
        others: &[Exchange],
    ) -> Option<&Subscription> {
        let all = self
            .subscriptions
            .get_or_init(|| subscriptions::subscriptions(calls, others));
        all.get(&id.to_ascii_lowercase())
    }
}

fn shown(calls: &[EndpointCall]) -> Shown<'_> {
    let worked_on: HashSet<String> = calls
        .iter()
        .filter(|call| call.works())
        .filter_map(|call| Some(canonical_id(call.endpoint_id()?)))
        .collect();
    let mut shown = Shown::default();
    for (place, call) in calls.iter().enumerate() {
        let deletes = call.operation == Operation::Delete && call.outcome == Outcome::Ok;
        // Behind what breaks off the last state is another one, and no body shows it whole.
        if (deletes || call.loose_failure().is_some())
            && let Some(id) = call.endpoint_id()
        {
            shown.last.remove(&canonical_id(id));
        }
        let opened = call.opened();
        for (at, (pointer, node)) in opened.answered_endpoints().into_iter().enumerate() {
            let Some(id) = node.str("id") else { continue };
            let id = canonical_id(id);
            let (state, ready) = (state_of(node), node.get("isReady"));
            if state == State::Ready && node.get("data").is_some() {
                let states = shown.stored.entry(id.clone()).or_default();
                // Of one answer the first counts.
                if states.last().is_none_or(|(last, _)| *last != place) {
                    states.push((place, at));
                }
            }
            if deletes || (ready.is_none() && node.get("operationStatus").is_none()) {
                continue;
            }
            let is_draft = node.get("data").and_then(|data| data.get("isDraft"));
            let is_draft = is_draft.and_then(Node::as_bool) == Some(true);
            let unready = match ready.and_then(Node::as_bool) {
                Some(false) if is_draft => Some(Unready::Draft),
                Some(false) => Some(Unready::Stored),
                Some(true) | None => None,
            };
            let last = LastSeen {
                call,
                at,
                pointer,
                state,
                unready,
                is_azurerm: node
                    .str("type")
                    .is_some_and(|kind| kind.eq_ignore_ascii_case("azurerm")),
                // Who saves a list asks for what it shows.
                worked_on: call.is_saved_answer() || worked_on.contains(&id),
            };
            shown.last.insert(id, last);
        }
    }
    shown
}

/// Project ids, with their names where a body tells them, in the order in which they were seen.
fn projects(calls: &[EndpointCall], others: &[Exchange]) -> Vec<Project> {
    let mut found = Projects::default();
    for call in calls {
        let call = call.opened();
        for body in [call.request(), call.response()].into_iter().flatten() {
            body.walk(&mut |at, node: &Node| {
                if at.ends_with("/projectReference")
                    && let Some(id) = node.str("id")
                {
                    found.take(id, node.str("name"));
                }
            });
        }
    }
    let asked = others
        .iter()
        .filter(|exchange| exchange.request.url.contains("/_apis/projects"));
    for exchange in asked {
        let exchange = exchange.opened();
        let text = exchange.response.as_ref().and_then(|one| one.body.text());
        let Some(body) = text.and_then(|text| json::parse(text).ok()) else {
            continue;
        };
        let items = body.get("value").unwrap_or(&body).items();
        let one = std::slice::from_ref(&body);
        for node in if items.is_empty() { one } else { items } {
            if let (Some(id), Some(name)) = (node.str("id"), node.str("name")) {
                found.take(id, Some(name));
            }
        }
    }
    for call in calls {
        if let Some(id) = call.route.project.as_deref() {
            found.take(id, None);
        }
    }
    found.all
}

#[derive(Default)]
struct Projects {
    all: Vec<Project>,
    places: HashMap<String, usize>,
}

impl Projects {
    /// Adds a project, or its name to one that is known already.
    fn take(&mut self, id: &str, name: Option<&str>) {
        if !is_guid(id) {
            return;
        }
        let place = self.places.entry(id.to_ascii_lowercase());
        let at = *place.or_insert(self.all.len());
        match self.all.get_mut(at) {
            Some(known) => known.name = known.name.take().or(name.map(str::to_owned)),
            None => self.all.push(Project {
                id: id.to_owned(),
                name: name.map(str::to_owned),
            }),
        }
    }
}
