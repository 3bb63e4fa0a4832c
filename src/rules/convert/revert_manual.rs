//! A way back to a secret that Azure DevOps never had.

use super::{SECRET, of_manual};
use crate::endpoint::EndpointCall;
use crate::rule::{Context, Hit};

pub(in crate::rules) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    of_manual(call, SECRET, context)
}
