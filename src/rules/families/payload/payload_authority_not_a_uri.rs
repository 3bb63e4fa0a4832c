//! `data.environmentAuthorityUrl` present and no absolute address.

use crate::connection::{Payload, Use};
use crate::rules::engine::{Context, Hit};
use crate::text::url::split_scheme;

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let Some((pointer, node)) = payload
        .data("environmentAuthorityUrl")
        .filter(|_| payload.is_azurerm() && payload.usage != Use::Convert)
    else {
        return Vec::new();
    };
    let Some(text) = node.as_str().filter(|text| !is_absolute(text.trim())) else {
        return Vec::new();
    };
    if super::is_template(text) {
        return Vec::new();
    }
    vec![super::hit(payload, &pointer, node).fix(super::removal(
        &pointer,
        "removes the unusable environmentAuthorityUrl",
    ))]
}

fn is_absolute(text: &str) -> bool {
    split_scheme(text).is_some_and(|(scheme, rest)| {
        matches!(scheme.to_ascii_lowercase().as_str(), "https" | "http")
            && rest.chars().next().is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::{fires, fixed};

    #[test]
    fn only_a_present_and_unusable_authority_fires() {
        let body = |value: &str| {
            format!(
                r#"{{"type":"azurerm","data":{{"environment":"AzureCloud","environmentAuthorityUrl":{value}}}}}"#
            )
        };
        let id = "payload-authority-not-a-uri";
        assert!(fires(id, &body("\"\"")));
        assert!(fires(id, &body("\"login.microsoftonline.com\"")));
        assert!(!fires(id, &body("\"https://login.windows.net/\"")));
        assert!(!fires(id, &body("null")));
        assert!(!fires(
            id,
            r#"{"type":"azurerm","data":{"environment":"AzureCloud"}}"#
        ));
        assert_eq!(
            fixed(id, &body("\"\"")),
            r#"{"type":"azurerm","data":{"environment":"AzureCloud"}}"#
        );
    }
}
