//! What limits every other verdict: bodies that are not there, traces that were masked.

pub(super) mod trace_aborted_request;
pub(super) mod trace_contains_secrets;
pub(super) mod trace_missing_request_body;
pub(super) mod trace_no_endpoint_calls;
pub(super) mod trace_redacted;
pub(super) mod trace_retry_succeeded;
pub(super) mod trace_truncated_body;
