//! What a presented subject or issuer says when it is held against the rest of the trace.

use crate::connection::EndpointCall;
use crate::rules::engine::{Context, Hit, Surface};
use crate::sensitive::looks_masked;

use super::subject::Subject;
use crate::azure::AZURE_DEVOPS;

/// Adds to a hit whose subject connection and tenant are, and how they differ from this trace.
pub(super) fn on_subject(surface: &Surface, hit: &mut Hit, context: &Context<'_>) {
    let Some(presented) = hit.captures.get("subject").cloned() else {
        return;
    };
    let call = call_of(surface, context);
    let mut remarks = Vec::new();
    if let Some(Subject::Packed {
        tenant,
        service,
        organization,
        connection,
    }) = Subject::parse(&presented)
    {
        remarks.push(format!(
            "Unpacked, the subject names tenant {tenant}, organization {organization} and connection {connection}."
        ));
        if service != AZURE_DEVOPS {
            remarks.push(format!(
                "The service in it is {service}, which is not Azure DevOps."
            ));
        }
        let own = call.and_then(EndpointCall::endpoint_id);
        if let Some(own) = own.filter(|own| !own.eq_ignore_ascii_case(&connection)) {
            remarks.push(format!("That is not the connection of this call, {own}."));
        }
        remarks.extend(differing_tenant(hit, &tenant));
    }
    let stated = stated(call, context, "workloadIdentityFederationSubject");
    remarks.extend(stated.and_then(|stated| compared(&presented, &stated)));
    if !remarks.is_empty() {
        hit.remark = Some(remarks.join(" "));
    }
}

/// Adds to a hit which issuer the connection states, if it is another.
pub(super) fn on_issuer(surface: &Surface, hit: &mut Hit, context: &Context<'_>) {
    let stated = stated(
        call_of(surface, context),
        context,
        "workloadIdentityFederationIssuer",
    );
    if let (Some(presented), Some(stated)) = (hit.captures.get("issuer"), stated) {
        hit.remark = compared(presented, &stated);
    }
}

fn call_of<'a>(surface: &Surface, context: &Context<'a>) -> Option<&'a EndpointCall> {
    surface
        .call
        .and_then(|_| context.call_at(surface.location.entry))
}

/// Entra ID names the subject it would take; its tenant may be another.
fn differing_tenant(hit: &Hit, presented: &str) -> Option<String> {
    let expected = Subject::parse(hit.captures.get("expected")?)?;
    match expected {
        Subject::Packed { tenant, .. } if tenant != presented => {
            Some(format!("Entra ID expects one of tenant {tenant}."))
        }
        _ => None,
    }
}

/// What the endpoint itself states for `key`, in this call or another of the same endpoint.
fn stated(call: Option<&EndpointCall>, context: &Context<'_>, key: &str) -> Option<String> {
    let call = call?;
    let timeline = context.timeline(call)?;
    let of_call = |call: &EndpointCall| {
        let call = call.opened();
        [call.answer(), call.stored()]
            .into_iter()
            .flatten()
            .find_map(|node| {
                let parameters = node.get("authorization")?.get("parameters")?;
                let text = parameters.str(key)?.trim();
                (!text.is_empty() && !looks_masked(text)).then(|| text.to_owned())
            })
    };
    timeline.calls.iter().rev().find_map(|call| of_call(call))
}

fn compared(presented: &str, stated: &str) -> Option<String> {
    if presented == stated || looks_masked(presented) {
        return None;
    }
    let how = if presented.eq_ignore_ascii_case(stated) {
        "the same in other letter case"
    } else {
        "another"
    };
    Some(format!("The connection itself states {how}: {stated}"))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use crate::ingest::{self, Options, Source};
    use crate::judge::Analyzer;
    use crate::rules::engine::Catalogue;

    const OWN: &str = "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d";

    /// The message of the only finding on a verify that fails with `text`, after an answer that
    /// states `stated`.
    fn message(rule: &str, stated: &str, text: &str) -> String {
        let url = "https://dev.azure.com/contoso/p/_apis/serviceendpoint/endpoint";
        let session = format!(
            "GET {url}s/{OWN} HTTP/1.1\n\nHTTP/1.1 200 OK\nContent-Type: application/json\n\n\
             {{\"id\":\"{OWN}\",\"isReady\":true,\"authorization\":{{\"scheme\":\"WorkloadIdentityFederation\",\"parameters\":{{\"workloadIdentityFederationSubject\":\"{stated}\",\"workloadIdentityFederationIssuer\":\"https://vstoken.dev.azure.com/o\"}}}}}}\n\n\
             POST {url}proxy?endpointId={OWN} HTTP/1.1\nContent-Type: application/json\n\n\
             {{\"serviceEndpointDetails\":{{\"authorization\":{{\"scheme\":\"WorkloadIdentityFederation\"}}}}}}\n\n\
             HTTP/1.1 200 OK\nContent-Type: application/json\n\n\
             {{\"result\":[],\"statusCode\":400,\"errorMessage\":\"{text}\"}}\n"
        );
        let mut bytes = Cursor::new(session.as_bytes());
        let mut traces =
            ingest::read("test", Source::File(&mut bytes), &Options::default()).unwrap();
        let catalogue = Catalogue::built_in().only(rule);
        let report = Analyzer::new(&catalogue).analyze(traces.remove(0));
        assert_eq!(report.findings.len(), 1, "{session}");
        report.findings[0].message.clone()
    }

    #[test]
    fn another_connection_is_named() {
        let subject = "/eid1/c/pub/t/PwFflyR_6Een06vEdSvzRg/a/rISbSSETf0KqFyZ8ppdXmA/sc/7d9e1f20-3a4b-4c5d-8e6f-708192a3b4c5/11111111-1111-4111-8111-111111111111";
        let text = format!(
            "AADSTS700213: No matching federated identity record found for presented assertion subject '{subject}'. Check your federated identity credential"
        );
        let message = message("wif-no-matching-subject", subject, &text);
        assert!(
            message.contains("tenant 975f013f-7f24-47e8-a7d3-abc4752bf346"),
            "{message}"
        );
        assert!(
            message.contains(&format!("not the connection of this call, {OWN}")),
            "{message}"
        );
        assert!(!message.contains("itself states"), "{message}");
    }

    #[test]
    fn another_issuer_is_named() {
        let text = "AADSTS700211: No matching federated identity record found for presented assertion issuer 'https://login.microsoftonline.com/t/v2.0'. Check your federated identity credential";
        let message = message("wif-no-matching-issuer", "sc://a/b/c", text);
        assert!(
            message.ends_with("states another: https://vstoken.dev.azure.com/o"),
            "{message}"
        );
    }

    #[test]
    fn other_letter_case_is_named() {
        let text = "AADSTS7002138: No matching federated identity record found for presented assertion subject 'sc://contoso/Fabrikam/prod'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison.";
        let message = message(
            "wif-subject-case-mismatch",
            "sc://Contoso/Fabrikam/prod",
            text,
        );
        assert!(
            message.contains("states the same in other letter case: sc://Contoso/Fabrikam/prod"),
            "{message}"
        );
        assert!(
            message.contains("presented the subject sc://contoso/Fabrikam/prod."),
            "{message}"
        );
    }
}
