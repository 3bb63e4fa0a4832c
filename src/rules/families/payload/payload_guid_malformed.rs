//! An id that is no GUID in its canonical form.

use crate::connection::Payload;
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};
use crate::sensitive::looks_masked;
use crate::text::guid::is_guid;

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    if context.is_redacted(payload.input) || !payload.is_azurerm() {
        return Vec::new();
    }
    let odd = super::id_members(payload)
        .into_iter()
        .filter(|(pointer, _, text)| is_malformed(pointer, text));
    odd.map(|(pointer, node, text)| {
        let fix = match repaired(text) {
            Some(guid) => super::replacement(
                Applicability::Safe,
                &pointer,
                guid,
                "trims the id to the bare GUID",
            ),
            None => super::seen::restored(payload, context, &pointer)
                .unwrap_or_else(|| super::wanted(&pointer, true, "the id as the portal shows it")),
        };
        super::hit(payload, &pointer, node).fix(fix)
    })
    .collect()
}

fn is_malformed(pointer: &str, text: &str) -> bool {
    let text = text.trim();
    let is_domain = pointer.to_ascii_lowercase().ends_with("/tenantid") && text.contains('.');
    // Blanks around a good GUID are another rule's, and so are templates.
    !is_guid(text.trim_matches(|c: char| c.is_whitespace() || "'\"\u{200b}\u{a0}".contains(c)))
        && !is_domain
        && !looks_masked(text)
        && !super::is_template(text)
}

/// The GUID inside braces, behind `subscriptions/`, or without its dashes.
fn repaired(text: &str) -> Option<String> {
    let bare = text
        .trim()
        .trim_matches(['{', '}', '(', ')'])
        .trim_matches('/')
        .trim();
    let last = bare.rsplit('/').next()?;
    if is_guid(last) {
        return Some(last.to_owned());
    }
    let dashless = last.len() == 32 && last.bytes().all(|byte| byte.is_ascii_hexdigit());
    dashless.then(|| {
        format!(
            "{}-{}-{}-{}-{}",
            &last[..8],
            &last[8..12],
            &last[12..16],
            &last[16..20],
            &last[20..]
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::{fires, fixed};

    const GUID: &str = "11111111-1111-4111-8111-11111111111a";

    fn body(tenant: &str) -> String {
        format!(
            r#"{{"type":"azurerm","authorization":{{"scheme":"ServicePrincipal","parameters":{{"tenantid":"{tenant}","serviceprincipalid":"{GUID}"}}}},"data":{{"subscriptionId":"{GUID}"}}}}"#
        )
    }

    #[test]
    fn braces_and_prefixes_are_trimmed_and_missing_digits_are_asked_for() {
        let id = "payload-guid-malformed";
        for odd in [
            format!("{{{GUID}}}"),
            format!("/subscriptions/{GUID}"),
            GUID.replace('-', ""),
        ] {
            assert_eq!(fixed(id, &body(&odd)), body(GUID), "{odd}");
        }
        assert!(fires(id, &body("11111111-1111-4111-8111-1111")));
        assert!(fires(id, &body("Contoso")));
    }

    #[test]
    fn domains_good_guids_and_masked_ids_are_fine() {
        for fine in [
            GUID,
            "contoso.onmicrosoft.com",
            "xxxxxx49-XXXX",
            "",
            &GUID.to_uppercase(),
        ] {
            assert!(!fires("payload-guid-malformed", &body(fine)), "{fine}");
        }
    }
}
