//! What the service last showed of an endpoint: the way back, and what a write is checked against.

use serde_json::Value as Json;

use crate::connection::outcome::{State as Progress, state_of};
use crate::connection::{EndpointCall, Operation, Outcome};
use crate::json::splice::{self, Edit};
use crate::json::{self, Member, Node, pointer};
use crate::report::Report;
use crate::sensitive;

/// An endpoint as the service showed it.
#[derive(Debug, Clone)]
pub struct State<'a> {
    /// The call whose answer shows it.
    pub call: &'a EndpointCall,
    /// The endpoint.
    pub node: &'a Node,
    /// Its text, byte for byte as answered.
    pub text: &'a str,
}

/// The last whole and ready state of `call`'s endpoint that the trace shows.
///
/// A list leaves out secret members and so is the last choice.
pub fn last_state<'a>(report: &'a Report, call: &EndpointCall) -> Option<State<'a>> {
    let id = call.endpoint_id()?;
    let shown = |other: &'a EndpointCall| {
        let text = other.exchange.response.as_ref()?.body.text()?;
        let endpoints = other.answered_endpoints().into_iter();
        let mut same = endpoints.map(|(_, node)| node).filter(|node| {
            is_whole(node)
                && node
                    .str("id")
                    .is_some_and(|own| own.eq_ignore_ascii_case(id))
        });
        let node = same.next()?;
        Some(State {
            call: other,
            node,
            text: text.get(node.span())?,
        })
    };
    let states = |lists: bool| {
        report
            .calls
            .iter()
            .rev()
            .filter(move |other| {
                other.input == call.input
                    && other.outcome == Outcome::Ok
                    && (other.operation == Operation::List) == lists
            })
            .find_map(shown)
    };
    states(false).or_else(|| states(true))
}

/// Whether a state can be sent back: a reader without permission is shown a part only.
fn is_whole(node: &Node) -> bool {
    ["id", "name", "type", "url", "authorization", "data"]
        .iter()
        .all(|key| node.get(key).is_some_and(|node| !node.is_null()))
        && state_of(node) == Progress::Ready
        && node.get("isReady").and_then(Node::as_bool) != Some(false)
}

impl State<'_> {
    /// The body that puts this state back: as answered, without an empty `accesstoken`, which the
    /// service shows and does not take; an empty secret would be stored as one, `null` keeps it.
    pub fn body(&self) -> String {
        let base = "/authorization/parameters";
        let Ok(root) = json::parse(self.text) else {
            return self.text.to_owned();
        };
        let azurerm = root
            .str("type")
            .is_none_or(|kind| kind.eq_ignore_ascii_case("azurerm"));
        let parameters = root
            .get("authorization")
            .and_then(|node| node.get("parameters"));
        let edit = |member: &Member| {
            let path = pointer::push(base, &member.key);
            let empty = member
                .value
                .as_str()
                .is_some_and(|text| text.trim().is_empty());
            let token = azurerm && member.key.eq_ignore_ascii_case("accesstoken");
            match (token, empty || member.value.is_null()) {
                (true, true) => Some(Edit::Remove { path }),
                _ if empty && sensitive::is_secret_name(&member.key) => Some(Edit::Replace {
                    path,
                    value: Json::Null,
                }),
                _ => None,
            }
        };
        let members = parameters.into_iter().flat_map(Node::members);
        let edits: Vec<Edit> = members.filter_map(edit).collect();
        splice::apply(self.text, &edits).unwrap_or_else(|_| self.text.to_owned())
    }
}

/// The names of the projects that an endpoint belongs to, or their ids where no name is known.
pub fn projects(endpoint: &Node) -> Vec<&str> {
    let references = endpoint.get("serviceEndpointProjectReferences");
    references
        .into_iter()
        .flat_map(Node::items)
        .filter_map(|item| {
            let project = item.get("projectReference")?;
            project
                .str("name")
                .filter(|name| !name.is_empty())
                .or_else(|| project.str("id"))
        })
        .collect()
}
