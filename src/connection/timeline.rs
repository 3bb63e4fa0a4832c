//! The calls of one endpoint in order: what was tried, what came of it, what was tried again.

use std::collections::{HashMap, HashSet};

use crate::connection::identity::{self, Projects};
use crate::connection::{EndpointCall, Operation, Outcome};

/// The calls of one endpoint, in order of time.
#[derive(Debug, Clone)]
pub struct Timeline<'a> {
    /// The calls.
    pub calls: Vec<&'a EndpointCall>,
}

impl<'a> Timeline<'a> {
    /// The endpoint's id, once it has one.
    pub(crate) fn endpoint_id(&self) -> Option<&'a str> {
        self.calls.iter().find_map(|call| call.endpoint_id())
    }

    /// The endpoint's name.
    pub(crate) fn endpoint_name(&self) -> Option<&'a str> {
        self.calls
            .iter()
            .rev()
            .find_map(|call| call.endpoint_name())
    }
}

/// Groups `calls`, which are in order of time, by endpoint. Lists, and calls about several, belong to no endpoint.
pub fn group<'a>(
    calls: impl IntoIterator<Item = &'a EndpointCall> + Clone,
    projects: &Projects,
) -> Vec<Timeline<'a>> {
    let mut groups = Groups {
        named: calls
            .clone()
            .into_iter()
            .filter_map(named_subject)
            .collect(),
        ..Groups::new(projects)
    };
    for call in calls {
        if !matches!(
            call.operation,
            Operation::List
                | Operation::Types
                | Operation::Subscriptions
                | Operation::OauthConfiguration
                | Operation::Refresh
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
struct Groups<'a, 'p> {
    projects: &'p Projects,
    timelines: Vec<Timeline<'a>>,
    /// The id of each timeline, once it has one.
    ids: Vec<Option<String>>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<Name, usize>,
    /// Of calls without an id.
    by_name_alone: HashMap<Name, usize>,
    by_subject: HashMap<Key, usize>,
    /// Of calls without an id.
    by_subject_without_id: HashMap<Key, usize>,
    /// Of calls without a name.
    by_subject_without_name: HashMap<Key, usize>,
    /// Of calls without either.
    by_subject_alone: HashMap<Key, usize>,
    /// Subjects of calls with an id or a name.
    named: HashSet<Key>,
    /// By organization and project, the last verify of a dialog that has not saved yet, and its timeline.
    open: HashMap<String, HashMap<Option<String>, (usize, &'a EndpointCall)>>,
}

/// Organization, and what is the same of two calls.
type Key = (String, String);

/// Organization, project and name of a connection.
type Name = (String, Project, String);

/// What a name is unique in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Project {
    /// The one that a call names.
    Named(String),
    /// None is named by the call.
    Unnamed,
    /// Whatever the call names or does not name.
    Any,
}

impl<'a, 'p> Groups<'a, 'p> {
    fn new(projects: &'p Projects) -> Self {
        Self {
            projects,
            timelines: Vec::new(),
            ids: Vec::new(),
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            by_name_alone: HashMap::new(),
            by_subject: HashMap::new(),
            by_subject_without_id: HashMap::new(),
            by_subject_without_name: HashMap::new(),
            by_subject_alone: HashMap::new(),
            named: HashSet::new(),
            open: HashMap::new(),
        }
    }

    fn put(&mut self, call: &'a EndpointCall) {
        let organization = identity::organization(call);
        let id = identity::id_key(call);
        let names = self.names(call, &organization);
        let subject = subject(call).map(|subject| (organization.clone(), subject));
        let at = self
            .find(id.as_deref(), &names, subject.as_ref())
            .or_else(|| self.corrected(call, &organization))
            .unwrap_or(self.timelines.len());
        if let Some(timeline) = self.timelines.get_mut(at) {
            timeline.calls.push(call);
        } else {
            self.timelines.push(Timeline { calls: vec![call] });
            self.ids.push(None);
        }
        self.ids[at] = self.ids[at].take().or_else(|| id.clone());
        if call.operation == Operation::Create {
            self.open.remove(&organization);
        } else if is_unnamed_verify(call) {
            let dialogs = self.open.entry(organization).or_default();
            dialogs.insert(call.route.project.clone(), (at, call));
        }
        self.note(at, id, names, subject);
    }

    /// Remembers the timeline at `at` by all that a call in it tells.
    fn note(&mut self, at: usize, id: Option<String>, names: Vec<Name>, subject: Option<Key>) {
        let (has_id, has_name) = (id.is_some(), !names.is_empty());
        self.by_id.extend(id.map(|id| (id, at)));
        if !has_id {
            let names = names.iter().cloned();
            self.by_name_alone.extend(names.map(|name| (name, at)));
        }
        self.by_name
            .extend(names.into_iter().map(|name| (name, at)));
        let Some(subject) = subject else { return };
        let keep = |map: &mut HashMap<Key, usize>, wanted: bool| {
            if wanted {
                map.insert(subject.clone(), at);
            }
        };
        keep(&mut self.by_subject, true);
        keep(&mut self.by_subject_without_id, !has_id);
        keep(&mut self.by_subject_without_name, !has_name);
        keep(&mut self.by_subject_alone, !has_id && !has_name);
    }

    /// What a name of `call` is found by: in each of its projects, and in any.
    fn names(&self, call: &EndpointCall, organization: &str) -> Vec<Name> {
        let Some(name) = call.endpoint_name() else {
            return Vec::new();
        };
        let name = name.trim().to_lowercase();
        let projects = self.projects.of_call(call);
        let places = if projects.is_empty() {
            vec![Project::Unnamed]
        } else {
            projects.into_iter().map(Project::Named).collect()
        };
        let places = places.into_iter().chain([Project::Any]);
        places
            .map(|project| (organization.to_owned(), project, name.clone()))
            .collect()
    }

    /// The timeline of the dialog in which `call` verifies the same connection with an app or a
    /// subscription corrected, which the verify before named and did not find.
    fn corrected(&self, call: &EndpointCall, organization: &str) -> Option<usize> {
        let dialogs = self.open.get(organization)?;
        let dialog = dialogs.get(&call.route.project);
        let (at, before) = dialog.filter(|_| is_unnamed_verify(call))?;
        let saved_as_it_was = self
            .named
            .contains(&(organization.to_owned(), subject(before)?));
        (!saved_as_it_was && corrects(before, call)).then_some(*at)
    }

    /// The last timeline that a call with these marks belongs to.
    fn find(&self, id: Option<&str>, names: &[Name], subject: Option<&Key>) -> Option<usize> {
        if let Some(at) = id.and_then(|id| self.by_id.get(id)) {
            return Some(*at);
        }
        let (by_name, by_subject) = match (id, names) {
            (Some(_), [_, ..]) => (&self.by_name_alone, &self.by_subject_alone),
            (Some(_), []) => (&self.by_name_alone, &self.by_subject_without_id),
            (None, [_, ..]) => (&self.by_name, &self.by_subject_without_name),
            (None, []) => (&self.by_name, &self.by_subject),
        };
        // A call without a project finds one of any; one with a project finds those without.
        let lookups = names.iter().map(|(organization, project, name)| {
            let project = match project {
                Project::Unnamed => Project::Any,
                Project::Any => Project::Unnamed,
                Project::Named(_) => project.clone(),
            };
            by_name.get(&(organization.clone(), project, name.clone()))
        });
        let of_subject = subject.and_then(|subject| by_subject.get(subject));
        let found = lookups.chain([of_subject]).flatten().copied();
        // Another id is another connection, whatever its name.
        let fits = |at: &usize| id.is_none() || self.ids[*at].is_none();
        found.filter(fits).max()
    }
}

/// A verify before the first save, of which nothing tells the name.
fn is_unnamed_verify(call: &EndpointCall) -> bool {
    call.operation == Operation::Verify
        && call.endpoint_id().is_none()
        && call.endpoint_name().is_none()
}

/// Organization and subject of a call that has an id or a name.
fn named_subject(call: &EndpointCall) -> Option<Key> {
    let named = call.endpoint_id().is_some() || call.endpoint_name().is_some();
    let subject = subject(call).filter(|_| named)?;
    Some((identity::organization(call), subject))
}

/// Whether `later` asks what `before` asked, with nothing changed but the app or the subscription
/// that Azure did not know. Where Azure knew it and refused, it may be another connection.
fn corrects(before: &EndpointCall, later: &EndpointCall) -> bool {
    let (Some([old_client, old_target]), Some([client, target])) =
        (before.subject(), later.subject())
    else {
        return false;
    };
    let opened = before.opened();
    let answer = opened.exchange.response.as_ref();
    let text = answer.and_then(|answer| answer.body.text()).unwrap_or("");
    let text = text.to_ascii_lowercase();
    let unknown = |old: &str, new: &str, mark: &str| {
        let named = !old.is_empty() && text.contains(&old.to_ascii_lowercase());
        !old.eq_ignore_ascii_case(new) && named && text.contains(mark)
    };
    let app =
        old_target.eq_ignore_ascii_case(target) && unknown(old_client, client, "aadsts700016");
    let target = old_client.eq_ignore_ascii_case(client)
        && unknown(old_target, target, "subscriptionnotfound");
    before.outcome == Outcome::Failed
        && before.data_source() == later.data_source()
        && (app || target)
}

fn subject(call: &EndpointCall) -> Option<String> {
    let [client, target] = call.subject()?;
    Some(format!("{client}\n{target}").to_ascii_lowercase())
}
