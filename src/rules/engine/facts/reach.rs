//! The apps, tenants and subscriptions that the connections of a trace use.

use std::collections::HashSet;

use crate::connection::{EndpointCall, Operation};
use crate::json::Node;
use crate::text::guid::is_guid;

/// What the connections of a trace use, in lower case.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    apps: HashSet<String>,
    tenants: HashSet<String>,
    subscriptions: HashSet<String>,
    /// A management group holds subscriptions that the trace does not name.
    groups: bool,
}

impl Reach {
    /// Whether a connection uses the subscription `id`, for all the trace tells.
    pub(crate) fn may_hold(&self, id: &str) -> bool {
        self.groups
            || self.subscriptions.is_empty()
            || self.subscriptions.contains(&id.to_ascii_lowercase())
    }

    /// Whether a connection is known to use the subscription `id`.
    pub(crate) fn has_subscription(&self, id: &str) -> bool {
        self.subscriptions.contains(&id.to_ascii_lowercase())
    }

    /// Whether a connection uses the app `id` or another of `tenant`, for all the trace tells.
    pub(crate) fn may_sign_in(&self, id: &str, tenant: &str) -> bool {
        self.apps.is_empty()
            || self.has_app(id)
            || self.tenants.contains(&tenant.to_ascii_lowercase())
    }

    /// Whether a connection is known to use the app `id`.
    pub(crate) fn has_app(&self, id: &str) -> bool {
        self.apps.contains(&id.to_ascii_lowercase())
    }

    pub(super) fn of(calls: &[EndpointCall]) -> Self {
        let mut reach = Self::default();
        // What the dialog offers is used by nobody yet.
        let calls = calls
            .iter()
            .filter(|call| call.operation != Operation::Subscriptions);
        for call in calls {
            let call = call.opened();
            for body in [call.request(), call.response()].into_iter().flatten() {
                body.walk(&mut |_, node| reach.take(node));
            }
        }
        reach
    }

    fn take(&mut self, node: &Node) {
        let id = |key: &str| {
            let id = node.str(key).map(str::trim).filter(|id| is_guid(id))?;
            Some(id.to_ascii_lowercase())
        };
        self.apps.extend(id("serviceprincipalid"));
        self.tenants.extend(id("tenantid"));
        self.subscriptions.extend(id("subscriptionId"));
        let group = node.str("managementGroupId");
        self.groups |= group.is_some_and(|group| !group.trim().is_empty());
    }
}
