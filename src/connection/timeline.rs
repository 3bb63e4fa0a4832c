//! The calls of one endpoint in order: what was tried, what came of it, what was tried again.

use std::collections::{HashMap, HashSet};

use crate::connection::{EndpointCall, Operation, Outcome};

/// The calls of one endpoint, in order of time.
#[derive(Debug, Clone)]
pub struct Timeline<'a> {
    /// The calls.
    pub calls: Vec<&'a EndpointCall>,
}

impl<'a> Timeline<'a> {
    /// The endpoint's id, once it has one.
    pub fn endpoint_id(&self) -> Option<&'a str> {
        self.calls.iter().find_map(|call| call.endpoint_id())
    }

    /// The endpoint's name.
    pub fn endpoint_name(&self) -> Option<&'a str> {
        self.calls
            .iter()
            .rev()
            .find_map(|call| call.endpoint_name())
    }

    /// Whether `call` belongs to this timeline.
    pub fn holds(&self, call: &EndpointCall) -> bool {
        self.calls.iter().any(|own| own.number == call.number)
    }

    /// A later success of what `call` tried: same operation, same data source.
    pub fn survived_by(&self, call: &EndpointCall) -> Option<&'a EndpointCall> {
        let after = self
            .calls
            .iter()
            .skip_while(|own| own.number != call.number)
            .skip(1);
        after.copied().find(|later| {
            later.outcome == Outcome::Ok
                && same_intent(call, later)
                && later.data_source() == call.data_source()
        })
    }
}

/// A `PUT` that follows a failed `POST` of the same endpoint is not a retry of it, but two reads of
/// its state are, and a conversion is retried by a conversion only.
fn same_intent(call: &EndpointCall, later: &EndpointCall) -> bool {
    let reads = |operation| matches!(operation, Operation::Get | Operation::List);
    call.operation == later.operation
        || (reads(call.operation) && reads(later.operation))
        || (call.operation == Operation::Create
            && later.operation == Operation::Get
            && call.status().is_some_and(|status| status < 400))
}

/// Groups `calls`, which are in order of time, by endpoint. Lists belong to no endpoint.
pub fn group(calls: &[EndpointCall]) -> Vec<Timeline<'_>> {
    let mut groups = Groups {
        named: calls.iter().filter_map(named_subject).collect(),
        ..Groups::default()
    };
    for call in calls {
        if !matches!(
            call.operation,
            Operation::List
                | Operation::Types
                | Operation::Subscriptions
                | Operation::OauthConfiguration
                | Operation::Authorize
        ) {
            groups.put(call);
        }
    }
    groups.timelines
}

/// The timelines so far, and the last one that holds a call with a certain id, name or subject.
///
/// The id decides. Without one on either side the name does, and without that what a verify before
/// the first save is about.
#[derive(Default)]
struct Groups<'a> {
    timelines: Vec<Timeline<'a>>,
    by_id: HashMap<Key, usize>,
    by_name: HashMap<Key, usize>,
    /// Of calls without an id.
    by_name_alone: HashMap<Key, usize>,
    by_subject: HashMap<Key, usize>,
    /// Of calls without an id.
    by_subject_without_id: HashMap<Key, usize>,
    /// Of calls without a name.
    by_subject_without_name: HashMap<Key, usize>,
    /// Of calls without either.
    by_subject_alone: HashMap<Key, usize>,
    /// Subjects of calls with an id or a name.
    named: HashSet<Key>,
    /// By host and project, the last verify of a dialog that has not saved yet, and its timeline.
    open: HashMap<(String, Option<String>), (usize, &'a EndpointCall)>,
}

/// Host, and what is the same of two calls.
type Key = (String, String);

impl<'a> Groups<'a> {
    fn put(&mut self, call: &'a EndpointCall) {
        let key = |text: &str| (call.route.host.clone(), text.to_ascii_lowercase());
        let id = call.endpoint_id().map(key);
        let name = call.endpoint_name().map(key);
        let subject = subject(call).map(|subject| key(&subject));
        let at = self
            .find(id.as_ref(), name.as_ref(), subject.as_ref())
            .or_else(|| self.corrected(call))
            .unwrap_or(self.timelines.len());
        match self.timelines.get_mut(at) {
            Some(timeline) => timeline.calls.push(call),
            None => self.timelines.push(Timeline { calls: vec![call] }),
        }
        if call.operation == Operation::Create {
            self.open.retain(|(host, _), _| *host != call.route.host);
        } else if is_unnamed_verify(call) {
            let dialog = (call.route.host.clone(), call.route.project.clone());
            self.open.insert(dialog, (at, call));
        }
        let note = |map: &mut HashMap<Key, usize>, key: Option<&Key>| {
            if let Some(key) = key {
                let known = map.entry(key.clone()).or_insert(at);
                *known = at.max(*known);
            }
        };
        note(&mut self.by_id, id.as_ref());
        note(&mut self.by_name, name.as_ref());
        note(&mut self.by_subject, subject.as_ref());
        if id.is_none() {
            note(&mut self.by_name_alone, name.as_ref());
            note(&mut self.by_subject_without_id, subject.as_ref());
        }
        if name.is_none() {
            note(&mut self.by_subject_without_name, subject.as_ref());
            if id.is_none() {
                note(&mut self.by_subject_alone, subject.as_ref());
            }
        }
    }

    /// The timeline of the dialog in which `call` verifies the same connection with an app or a
    /// subscription corrected, which the verify before named and did not find.
    fn corrected(&self, call: &EndpointCall) -> Option<usize> {
        let dialog = (call.route.host.clone(), call.route.project.clone());
        let (at, before) = self.open.get(&dialog).filter(|_| is_unnamed_verify(call))?;
        let saved_as_it_was = self.named.contains(&(
            before.route.host.clone(),
            subject(before)?.to_ascii_lowercase(),
        ));
        (!saved_as_it_was && corrects(before, call)).then_some(*at)
    }

    /// The last timeline that a call with these marks belongs to.
    fn find(&self, id: Option<&Key>, name: Option<&Key>, subject: Option<&Key>) -> Option<usize> {
        let of = |map: &HashMap<Key, usize>, key: Option<&Key>| map.get(key?).copied();
        let (names, subjects) = match (id, name) {
            (Some(_), Some(_)) => (&self.by_name_alone, &self.by_subject_alone),
            (Some(_), None) => (&self.by_name_alone, &self.by_subject_without_id),
            (None, Some(_)) => (&self.by_name, &self.by_subject_without_name),
            (None, None) => (&self.by_name, &self.by_subject),
        };
        of(&self.by_id, id)
            .max(of(names, name))
            .max(of(subjects, subject))
    }
}

/// A verify before the first save, of which nothing tells the name.
fn is_unnamed_verify(call: &EndpointCall) -> bool {
    call.operation == Operation::Verify
        && call.endpoint_id().is_none()
        && call.endpoint_name().is_none()
}

/// Host and subject of a call that has an id or a name.
fn named_subject(call: &EndpointCall) -> Option<Key> {
    let named = call.endpoint_id().is_some() || call.endpoint_name().is_some();
    let subject = subject(call).filter(|_| named)?;
    Some((call.route.host.clone(), subject.to_ascii_lowercase()))
}

/// Whether `later` asks what `before` asked, with nothing changed but the app or the subscription
/// that Azure did not know. Where Azure knew it and refused, it may be another connection.
fn corrects(before: &EndpointCall, later: &EndpointCall) -> bool {
    let (Some(old), Some(new)) = (Subject::of(before), Subject::of(later)) else {
        return false;
    };
    let answer = before.exchange.response.as_ref();
    let text = answer.and_then(|answer| answer.body.text()).unwrap_or("");
    let text = text.to_ascii_lowercase();
    let unknown = |old: &str, new: &str, mark: &str| {
        let named = !old.is_empty() && text.contains(&old.to_ascii_lowercase());
        !old.eq_ignore_ascii_case(new) && named && text.contains(mark)
    };
    let app = old.target.eq_ignore_ascii_case(new.target)
        && unknown(old.client, new.client, "aadsts700016");
    let target = old.client.eq_ignore_ascii_case(new.client)
        && unknown(old.target, new.target, "subscriptionnotfound");
    before.outcome == Outcome::Failed
        && before.data_source() == later.data_source()
        && (app || target)
}

/// What a verify before the first save is about.
struct Subject<'a> {
    /// The app.
    client: &'a str,
    /// The subscription.
    target: &'a str,
}

impl<'a> Subject<'a> {
    fn of(call: &'a EndpointCall) -> Option<Self> {
        let stored = call.stored()?;
        let parameters = stored.get("authorization")?.get("parameters");
        let client = parameters.and_then(|node| node.str("serviceprincipalid"));
        let data = stored.get("data");
        let target = data.and_then(|node| node.str("subscriptionId"));
        let (client, target) = (client.unwrap_or_default(), target.unwrap_or_default());
        (!client.is_empty() || !target.is_empty()).then_some(Self { client, target })
    }
}

fn subject(call: &EndpointCall) -> Option<String> {
    Subject::of(call).map(|subject| format!("{}\n{}", subject.client, subject.target))
}
