//! What the service keeps of an endpoint: its face, and its secrets apart.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Members of `authorization.parameters` that no answer shows, in lower case.
const SECRETS: &[&str] = &[
    "serviceprincipalkey",
    "serviceprincipalcertificate",
    "accesstoken",
    "publishprofile",
    "password",
    "apitoken",
];

/// An endpoint at rest.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    /// As a GET by id shows it: secret members are there, with null.
    pub(super) face: Value,
    /// Secret values by the lower-case name of their member.
    pub(super) secrets: BTreeMap<String, String>,
    /// Creation goes on in the background and is over by the next GET.
    pub(super) pending: bool,
}

impl Stored {
    /// Takes the secrets out of a body. One that the body sends as null keeps its value of before.
    ///
    /// That null keeps a secret is nowhere promised, but the service's own page depends on it.
    pub(super) fn new(body: &Value, before: Option<&Self>) -> Self {
        let mut face = body.clone();
        let mut secrets = BTreeMap::new();
        for (name, value) in parameters_mut(&mut face).into_iter().flatten() {
            let key = name.to_ascii_lowercase();
            if !SECRETS.contains(&key.as_str()) {
                continue;
            }
            let kept = before.and_then(|stored| stored.secrets.get(&key));
            if let Some(secret) = value.as_str().or(kept.map(String::as_str)) {
                secrets.insert(key, secret.to_owned());
            }
            *value = Value::Null;
        }
        Self {
            face,
            secrets,
            pending: false,
        }
    }

    /// As a list shows it: without the secret members.
    pub(super) fn listed(&self) -> Value {
        let mut face = self.face.clone();
        if let Some(parameters) = parameters_mut(&mut face) {
            parameters.retain(|name, _| !SECRETS.contains(&name.to_ascii_lowercase().as_str()));
        }
        face
    }

    /// A member of the face that holds text, or nothing.
    pub(super) fn text(&self, name: &str) -> &str {
        self.face[name].as_str().unwrap_or_default()
    }
}

/// Whether answers hide the value of this member.
pub(super) fn is_secret(name: &str) -> bool {
    SECRETS.contains(&name.to_ascii_lowercase().as_str())
}

fn parameters_mut(endpoint: &mut Value) -> Option<&mut Map<String, Value>> {
    endpoint
        .pointer_mut("/authorization/parameters")
        .and_then(Value::as_object_mut)
}
