//! A conversion of an endpoint that Azure DevOps did not make.

use super::{FEDERATION, of_manual};
use crate::endpoint::EndpointCall;
use crate::rule::{Context, Hit};

pub(in crate::rules) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    of_manual(call, FEDERATION, context)
}
