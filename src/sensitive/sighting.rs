//! Secrets that stand in an exchange under their names.

use std::borrow::Cow;

use super::json::Around;
use super::made::{is_made, made};
use super::member::{Kind, kind_of};
use super::names::{is_secret_header, is_secret_name};
use super::value::user_info;
use crate::connection::types::Types;
use crate::exchange::Part;
use crate::exchange::{Exchange, Headers};
use crate::json::{self, Node, Value};
use crate::text::url::pairs;
use crate::text::url::split_scheme;

/// Largest body of another host that is searched, in bytes; answers with tokens are small.
const MAX_BODY: usize = 64 << 10;

/// A secret under its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sighting<'a> {
    /// The part of the exchange it stands in.
    pub part: Part,
    /// RFC 6901 pointer into a JSON body.
    pub pointer: Option<String>,
    /// The name it stands under, as written.
    pub name: String,
    /// The secret.
    pub value: Cow<'a, str>,
    /// Whether the name says that it is one; else it is something unknown in `parameters`.
    pub certain: bool,
}

/// Calls `see` for every secret of `exchange` that stands under a name; `bodies` are its request and
/// response, if they are JSON.
pub(crate) fn of_exchange(
    exchange: &Exchange,
    bodies: [Option<&Node>; 2],
    types: &Types,
    see: &mut dyn FnMut(Sighting<'_>),
) {
    let response = exchange.response.as_ref();
    of_words(&exchange.request.method, Part::RequestUrl, see);
    of_headers(&exchange.request.headers, Part::RequestHeaders, see);
    if let Some(response) = response {
        of_headers(&response.headers, Part::ResponseHeaders, see);
    }
    of_url(&exchange.request.url, see);
    let texts = [
        exchange.request.body.text(),
        response.and_then(|response| response.body.text()),
    ];
    let parts = [Part::RequestBody, Part::ResponseBody];
    for ((part, body), text) in parts.into_iter().zip(bodies).zip(texts) {
        match (body, text) {
            (Some(body), _) => of_json(body, part, types, see),
            (None, Some(text)) => of_text(text, part, types, see),
            (None, None) => {}
        }
    }
}

fn of_headers(headers: &Headers, part: Part, see: &mut dyn FnMut(Sighting<'_>)) {
    for (name, value) in headers.iter() {
        if is_secret_header(name) {
            see(Sighting {
                part,
                pointer: None,
                name: name.to_owned(),
                value: Cow::Borrowed(value),
                certain: true,
            });
        }
    }
}

fn of_url(url: &str, see: &mut dyn FnMut(Sighting<'_>)) {
    let part = Part::RequestUrl;
    of_words(url, part, see);
    let query = url.split_once(['?', '#']).map_or("", |(_, query)| query);
    of_pairs(&query.replace('#', "&"), part, see);
    let place = split_scheme(url).map_or("", |(_, place)| place);
    if let Some(end) = user_info(place) {
        let user = &place[..end];
        let password = user.split_once(':').map_or(user, |(_, password)| password);
        see(Sighting {
            part,
            pointer: None,
            name: "password".to_owned(),
            value: Cow::Borrowed(password),
            certain: true,
        });
    }
}

/// Words of a method or an address that look like credentials: ids and names are taken from there, and
/// written in small letters.
fn of_words(text: &str, part: Part, see: &mut dyn FnMut(Sighting<'_>)) {
    for range in made(text) {
        see(Sighting {
            part,
            pointer: None,
            name: "password".to_owned(),
            value: Cow::Borrowed(&text[range]),
            certain: true,
        });
    }
}

/// `a=b&c=d` of a query or a form.
fn of_pairs(text: &str, part: Part, see: &mut dyn FnMut(Sighting<'_>)) {
    for (name, value) in pairs(text) {
        if is_secret_name(&name) {
            see(Sighting {
                part,
                pointer: None,
                name,
                value: Cow::Owned(value),
                certain: true,
            });
        }
    }
}

/// A body that was not parsed: JSON of another host, or a form.
pub(super) fn of_text(text: &str, part: Part, types: &Types, see: &mut dyn FnMut(Sighting<'_>)) {
    if text.len() > MAX_BODY {
        return;
    }
    if text.trim_start().starts_with(['{', '[']) {
        if let Ok(body) = json::parse(text) {
            of_json(&body, part, types, see);
        }
    } else if text.contains('=') && !text.trim().contains(char::is_whitespace) {
        of_pairs(text, part, see);
    } else {
        for range in super::text::named(text) {
            see(Sighting {
                part,
                pointer: None,
                name: "password".to_owned(),
                value: Cow::Borrowed(&text[range]),
                certain: false,
            });
        }
    }
}

fn of_json(body: &Node, part: Part, types: &Types, see: &mut dyn FnMut(Sighting<'_>)) {
    walk(
        body,
        Around::whole(types),
        &mut String::new(),
        "",
        &mut |pointer, name, value, certain| {
            see(Sighting {
                part,
                pointer: Some(pointer.to_owned()),
                name: name.to_owned(),
                value: Cow::Borrowed(value),
                certain,
            });
        },
    );
}

/// Sees pointer, name, value, and whether the name says that it is a secret.
type See<'s> = &'s mut dyn FnMut(&str, &str, &str, bool);

fn walk(node: &Node, around: Around<'_>, at: &mut String, name: &str, see: See<'_>) {
    let spelt = node.as_spelt();
    if let Some(text) = spelt.filter(|text| around.is_secret(text)) {
        return see(at, name, text, true);
    }
    match &node.value {
        // JSON in a string, as `azureSpnPermissions` is.
        Value::String(text) if text.trim_start().starts_with('{') && text.len() < MAX_BODY => {
            if let Ok(inner) = json::parse(text) {
                let inside = &mut String::new();
                walk(
                    &inner,
                    around,
                    inside,
                    name,
                    &mut |_, name, text, certain| {
                        see(at, name, text, certain);
                    },
                );
            }
        }
        _ if spelt.is_some_and(|text| around.is_hidden(text)) => {
            see(at, name, spelt.unwrap_or_default(), false);
        }
        // An id is shown in small letters.
        Value::String(text) if kind_of(name) == Some(Kind::Id) && is_made(text) => {
            see(at, name, text, true);
        }
        Value::Object(members) => {
            let inside = around.of_members(node);
            for member in members {
                // Below a secret's name even a name may be one, and one that looks like one wherever it is.
                if around.is_secret(&member.key) || is_made(&member.key) {
                    see(at, name, &member.key, true);
                }
                let inside = inside(member);
                let own = at.len();
                json::pointer::extend(at, &member.key);
                walk(&member.value, inside, at, &member.key, see);
                at.truncate(own);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let own = at.len();
                json::pointer::extend(at, &index.to_string());
                walk(item, around, at, name, see);
                at.truncate(own);
            }
        }
        _ => {}
    }
}
