//! A way back to a secret that Azure DevOps never had.

use super::{SECRET, of_manual};
use crate::connection::EndpointCall;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    of_manual(call, SECRET, context)
}
