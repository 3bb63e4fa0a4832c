//! What limits every other verdict: bodies that are not there, traces that were masked.

mod trace_aborted_request;
mod trace_contains_secrets;
mod trace_missing_request_body;
mod trace_no_endpoint_calls;
mod trace_redacted;
mod trace_retry_succeeded;
mod trace_truncated_body;

use crate::rules::engine::Check;

/// The family's checks, by the id of their rule.
pub(super) const CHECKS: &[(&str, Check)] = &[
    (
        "trace-aborted-request",
        Check::Call(trace_aborted_request::check),
    ),
    (
        "trace-contains-secrets",
        Check::Trace(trace_contains_secrets::check),
    ),
    (
        "trace-missing-request-body",
        Check::Call(trace_missing_request_body::check),
    ),
    (
        "trace-no-endpoint-calls",
        Check::Trace(trace_no_endpoint_calls::check),
    ),
    ("trace-redacted", Check::Trace(trace_redacted::check)),
    (
        "trace-retry-succeeded",
        Check::Timeline(trace_retry_succeeded::check),
    ),
    (
        "trace-truncated-body",
        Check::Call(trace_truncated_body::check),
    ),
];
