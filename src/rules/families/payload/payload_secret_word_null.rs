//! A secret that is the word `null` in quotes, which the service stores as it is.

use crate::connection::{Payload, Use};
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};
use crate::sensitive;

/// Not where there is nothing stored yet: another rule asks for the secret then.
pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    if !matches!(payload.usage, Use::Update | Use::VerifySaved) {
        return Vec::new();
    }
    let Some((base, members)) = payload.parameters() else {
        return Vec::new();
    };
    let words = members.iter().filter(|member| {
        // An access token is taken away by a rule of its own.
        let token = member.key.eq_ignore_ascii_case("accesstoken") && payload.is_azurerm();
        sensitive::is_secret_name(&member.key) && !token && member.value.as_str() == Some("null")
    });
    let hits = words.map(|member| {
        let pointer = crate::json::pointer::push(&base, &member.key);
        let fix = super::replacement(
            Applicability::Safe,
            &pointer,
            serde_json::Value::Null,
            format!("sends {} as null, which keeps what is stored", member.key),
        );
        super::hit(payload, &pointer, &member.value)
            .evidence(format!("\"{}\": the word null in quotes", member.key))
            .fix(fix)
    });
    hits.collect()
}
