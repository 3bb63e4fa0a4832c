//! Who was refused: an app, or the person who is signed in.

use crate::rules::engine::{Context, Hit, Surface};
use crate::text::guid::is_guid;

/// Fills in whom a role is to be given to, and says so where it is a person.
pub(super) fn tell_who(_: &Surface, hit: &mut Hit, _: &Context<'_>) {
    let captures = &hit.captures;
    let client = captures.get("client_id").cloned();
    let person = client.as_deref().filter(|client| client.contains('@'));
    let message = person.map(|person| {
        let scope = captures.get("scope").map_or("the scope", String::as_str);
        format!(
            "Here the client is no app but a person: Azure looked up what {person} may do and found nothing that lets this person read {scope}. The app of the connection was not asked."
        )
    });
    // A directory knows a guest by another name than the message does; the object id is the same.
    let object = captures
        .get("object_id")
        .filter(|id| person.is_some() && is_guid(id));
    let assignee = object.cloned().or_else(|| client.clone());
    let kind = person.map_or("ServicePrincipal", |_| "User");
    let told = [
        ("assignee", assignee),
        ("principal_type", Some(kind.to_owned())),
    ];
    for (name, value) in told {
        hit.captures
            .extend(value.map(|value| (name.to_owned(), value)));
    }
    hit.message = message;
}
