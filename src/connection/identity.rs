//! Which connection a call is about, whichever host, spelling or input shows it: its id, else its
//! organization, project and name.

use std::collections::{HashMap, HashSet};

use crate::azure;
use crate::exchange::Exchange;
use crate::json::{self, Node};
use crate::text::guid::{canonical_id, is_guid};
use crate::text::placeholder::looks_masked;

use super::EndpointCall;
use super::route::{Route, owner_of};

/// The organization that a call went to, in one spelling for all hosts of the cloud. One that is not
/// known equals only itself within its input.
pub fn organization(call: &EndpointCall) -> String {
    organization_of(&call.route, call.input)
}

fn organization_of(route: &Route, input: usize) -> String {
    let name = route.organization.as_deref().map(str::trim);
    let Some(name) = name.filter(|name| !name.is_empty() && !looks_masked(name)) else {
        return format!("unknown of {input}");
    };
    let host = route.host.trim_end_matches(":443").trim_end_matches(":80");
    let host = if azure::is_service_of_azure_devops(host) {
        "cloud"
    } else {
        host
    };
    format!("{host}/{}", name.to_ascii_lowercase())
}

/// What the id of a connection is looked up by: a GUID is one everywhere, anything else only in its
/// organization.
pub(crate) fn id_key(call: &EndpointCall) -> Option<String> {
    Some(key_of_id(call.endpoint_id()?, call))
}

/// Like [`id_key`], for an id that an answer to `call` shows.
pub(crate) fn key_of_id(id: &str, call: &EndpointCall) -> String {
    let id = canonical_id(id);
    if is_guid(&id) {
        return id;
    }
    format!("{}/{id}", organization(call))
}

/// The projects of the organizations: their ids and names are one where any input shows both.
#[derive(Debug, Default)]
pub struct Projects {
    /// By organization and name in lower case: the id.
    ids: HashMap<(String, String), String>,
    /// Those ids.
    named: HashSet<String>,
}

impl Projects {
    /// What `calls` tell of projects.
    pub(crate) fn of<'a>(calls: impl IntoIterator<Item = &'a EndpointCall>) -> Self {
        let mut projects = Self::default();
        for call in calls {
            projects.take(call);
        }
        projects
    }

    /// Takes what a call tells of projects.
    pub(crate) fn take(&mut self, call: &EndpointCall) {
        let organization = organization(call);
        for [id, name] in call.linked_projects() {
            self.link(&organization, id, name);
        }
    }

    /// Projects as `_apis/projects` answers them.
    pub(crate) fn take_list(&mut self, exchange: &Exchange) {
        const LIST: &str = "/_apis/projects";
        let url = &exchange.request.url;
        if !url.contains(LIST) {
            return;
        }
        let text = exchange.response.as_ref().and_then(|one| one.body.text());
        let body = text.and_then(|text| json::parse(text).ok());
        let (Some(route), Some(body)) = (owner_of(url), body) else {
            return;
        };
        let organization = organization_of(&route, usize::MAX);
        let items = body.get("value").unwrap_or(&body).items();
        let one = std::slice::from_ref(&body);
        for node in if items.is_empty() { one } else { items } {
            if let Some([id, name]) = id_and_name(node) {
                self.link(&organization, &id, &name);
            }
        }
    }

    fn link(&mut self, organization: &str, id: &str, name: &str) {
        let key = (organization.to_owned(), name.to_owned());
        self.named.insert(id.to_owned());
        self.ids.entry(key).or_insert_with(|| id.to_owned());
    }

    /// A project by its id or name, in the one spelling that projects are compared in.
    pub(crate) fn key(&self, organization: &str, project: &str) -> String {
        let id = canonical_id(project);
        if is_guid(&id) {
            return id;
        }
        let name = project.trim().to_lowercase();
        let known = self.ids.get(&(organization.to_owned(), name.clone()));
        known.cloned().unwrap_or(name)
    }

    /// Whether two lists of projects, as [`Self::of_call`] gives them, are of different ones for sure. A
    /// bare id and a bare name may be those of one project.
    pub(crate) fn differ(&self, one: &[String], other: &[String]) -> bool {
        let has_id = |project: &String| is_guid(project);
        let has_name = |project: &String| !is_guid(project) || self.named.contains(project);
        let both = |has: &dyn Fn(&String) -> bool| one.iter().any(has) && other.iter().any(has);
        !one.iter().any(|project| other.contains(project)) && (both(&has_id) || both(&has_name))
    }

    /// The projects that `call` names: in its address and in what it sends and gets.
    pub(crate) fn of_call(&self, call: &EndpointCall) -> Vec<String> {
        let organization = organization(call);
        let mut projects: Vec<String> = call
            .route
            .project
            .as_deref()
            .into_iter()
            .chain(call.projects())
            .map(|project| self.key(&organization, project))
            .collect();
        projects.sort_unstable();
        projects.dedup();
        projects
    }
}

/// Id and name of a project, in the one spelling that projects are compared in, where it has both.
fn id_and_name(project: &Node) -> Option<[Box<str>; 2]> {
    let id = project
        .str("id")
        .map(canonical_id)
        .filter(|id| is_guid(id))?;
    let name = project.str("name")?.trim().to_lowercase();
    Some([id.into(), name.into()])
}

/// The projects of which `body` tells id and name, each once.
pub(super) fn linked(body: &Node) -> Vec<[Box<str>; 2]> {
    let mut found = Vec::new();
    let mut known = HashSet::new();
    body.walk(&mut |at, node: &Node| {
        let project = at.ends_with("/projectReference").then(|| id_and_name(node));
        if let Some(project) = project.flatten()
            && known.insert(project.clone())
        {
            found.push(project);
        }
    });
    found
}

/// The projects that an endpoint belongs to: their ids, or names where no id is given.
pub fn references(endpoint: &Node) -> impl Iterator<Item = &str> {
    let all = endpoint.get("serviceEndpointProjectReferences");
    all.into_iter().flat_map(Node::items).filter_map(project_of)
}

/// The project that an item of `serviceEndpointProjectReferences` names: its id, or its name.
pub(super) fn project_of(item: &Node) -> Option<&str> {
    let project = item.get("projectReference")?;
    let filled = |key: &str| project.str(key).filter(|text| !text.trim().is_empty());
    filled("id").or_else(|| filled("name"))
}

#[cfg(test)]
mod tests {
    use crate::text::guid::{canonical_id, same_id};

    #[test]
    fn one_id_has_many_spellings() {
        let id = "7c1f0a52-3d84-4e19-9b60-5a2e8d417f33";
        for spelling in [
            "7C1F0A52-3D84-4E19-9B60-5A2E8D417F33",
            "{7c1f0a52-3d84-4e19-9b60-5a2e8d417f33}",
            "%7B7c1f0a52-3d84-4e19-9b60-5a2e8d417f33%7D",
            "7c1f0a523d844e199b605a2e8d417f33",
            " 7c1f0a52%2D3d84-4e19-9b60-5a2e8d417f33 ",
        ] {
            assert_eq!(canonical_id(spelling), id);
            assert!(same_id(id, spelling));
        }
        assert_eq!(canonical_id("Prod-7"), "prod-7");
        assert!(!same_id(id, "7c1f0a52-3d84-4e19-9b60-5a2e8d417f34"));
    }
}
