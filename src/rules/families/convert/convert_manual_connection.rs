//! A conversion of an endpoint that Azure DevOps did not make.

use super::{FEDERATION, of_manual};
use crate::connection::EndpointCall;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    of_manual(call, FEDERATION, context)
}
