//! Whether the secret that was sent has the form of a Secret ID; the secret itself is never shown.

use crate::connection::EndpointCall;
use crate::rules::engine::{Context, Hit, Surface};
use crate::text::guid::is_guid;

/// Adds what the form of the sent secret says.
pub(super) fn remark(surface: &Surface, hit: &mut Hit, context: &Context<'_>) {
    let call = surface
        .call
        .and_then(|_| context.call_at(surface.location.entry));
    let Some(call) = call else { return };
    let timeline = context.timeline(call);
    let calls = timeline.map_or(&[][..], |timeline| &timeline.calls);
    let place = |call: &EndpointCall| context.place_of(call.exchange.entry);
    let sent = calls
        .iter()
        .take_while(|earlier| place(earlier) <= place(call))
        .filter_map(|call| {
            let opened = call.opened();
            let payloads = opened.payloads().into_iter();
            let keys = payloads.filter_map(|payload| payload.parameter_text("serviceprincipalkey"));
            keys.last().map(is_guid)
        })
        .last();
    if sent == Some(true) {
        hit.remark = Some(
            "The secret that was sent has the form of a GUID, as a Secret ID has; a secret's Value never looks like that."
                .to_owned(),
        );
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use crate::ingest::{self, Options, Source};
    use crate::judge::Analyzer;
    use crate::rules::engine::Catalogue;

    fn message(secret: &str) -> String {
        let session = format!(
            "POST https://dev.azure.com/contoso/p/_apis/serviceendpoint/endpointproxy?endpointId=0 HTTP/1.1\nContent-Type: application/json\n\n\
             {{\"serviceEndpointDetails\":{{\"type\":\"azurerm\",\"authorization\":{{\"scheme\":\"ServicePrincipal\",\"parameters\":{{\"serviceprincipalkey\":\"{secret}\"}}}}}}}}\n\n\
             HTTP/1.1 200 OK\nContent-Type: application/json\n\n\
             {{\"result\":[],\"statusCode\":401,\"errorMessage\":\"AADSTS7000215: Invalid client secret provided.\"}}\n"
        );
        let mut bytes = Cursor::new(session.as_bytes());
        let mut traces =
            ingest::read("test", Source::File(&mut bytes), &Options::default()).unwrap();
        let catalogue = Catalogue::built_in().only("aadsts7000215-invalid-secret");
        let report = Analyzer::new(&catalogue).analyze(traces.remove(0));
        report.findings[0].message.clone()
    }

    #[test]
    fn a_secret_id_is_told_without_being_shown() {
        let id = "11111111-2222-4333-8444-555555555555";
        let with_id = message(id);
        assert!(
            with_id.contains("form of a GUID") && !with_id.contains(id),
            "{with_id}"
        );
        assert!(!message("invented-not-a-secret").contains("GUID"));
    }
}
