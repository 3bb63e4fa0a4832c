//! The Verify button: `POST …/endpointproxy?endpointId=`.
//!
//! The service tries the connection against Azure and answers HTTP 200 whatever came of it; the outcome is in the
//! body. Only a request that it cannot take gets an error envelope.

use serde_json::{Map, Value, json};

use super::Config;
use super::refusal::{self, Refusal};
use super::stored::Stored;

/// What came of it.
pub(super) struct Outcome {
    /// The status as a number and as the word for it.
    status: (u16, &'static str),
    message: String,
    result: Vec<Value>,
}

impl Outcome {
    fn failed(status: u16, word: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: (status, word),
            message: message.into(),
            result: Vec::new(),
        }
    }

    /// Enumerations are words unless the caller's media type asked for numbers.
    pub(super) fn body(&self, as_number: bool) -> Value {
        let (number, word) = self.status;
        let status = if as_number {
            Value::from(number)
        } else {
            Value::from(word)
        };
        json!({"result": self.result, "statusCode": status, "errorMessage": self.message})
    }
}

/// What the connection under test is made of.
struct Tested<'a> {
    details: &'a Value,
    parameters: Option<&'a Map<String, Value>>,
    stored: Option<&'a Stored>,
}

/// Tries the connection that the request describes.
pub(super) fn outcome(
    request: &Value,
    stored: Option<&Stored>,
    config: &Config,
) -> Result<Outcome, Refusal> {
    let details = &request["serviceEndpointDetails"];
    if details["authorization"].is_null() {
        return Err(Refusal::endpoint(
            "Service Connection Authorization cannot be null.",
        ));
    }
    let parameters = details.pointer("/authorization/parameters");
    if parameters.is_some_and(Value::is_string) {
        return Err(Refusal::own(
            "authorization.parameters is a string where an object is due",
        ));
    }
    let tested = Tested {
        details,
        parameters: parameters.and_then(Value::as_object),
        stored,
    };
    let failure = access_token(&tested)
        .or_else(|| tenant(&tested))
        .or_else(|| key(&tested))
        .or_else(|| subscription(&tested))
        .or_else(|| role(&tested, config));
    Ok(failure.unwrap_or_else(|| success(&tested)))
}

impl<'a> Tested<'a> {
    fn parameter(&self, name: &str) -> &'a str {
        refusal::text(self.parameters, name)
    }

    fn subscription(&self) -> &'a str {
        refusal::text(self.details["data"].as_object(), "subscriptionId")
    }

    /// The URL that the service asks Azure for.
    fn url(&self) -> String {
        let base = self.details["url"].as_str().unwrap_or_default();
        format!(
            "{base}subscriptions/{}?api-version=2016-06-01",
            self.subscription()
        )
    }
}

/// It is not documented in which of its forms the service answers this one. The same sentence comes as an
/// envelope from a save, so that both forms are met.
fn access_token(tested: &Tested<'_>) -> Option<Outcome> {
    refusal::invalid_access_token(tested.parameters)
        .then(|| Outcome::failed(500, "internalServerError", refusal::CACHE_INVALID))
}

fn tenant(tested: &Tested<'_>) -> Option<Outcome> {
    let tenant = tested.parameter("tenantid");
    (!refusal::is_guid(tenant) && !tenant.contains('.'))
        .then(|| no_token(&refusal::malformed_tenant(tenant)))
}

/// Without a typed secret the stored one is tried. The word "null" is a secret too, and a wrong one.
fn key(tested: &Tested<'_>) -> Option<Outcome> {
    let scheme = tested
        .details
        .pointer("/authorization/scheme")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("ServicePrincipal") {
        return None;
    }
    let secret = ["serviceprincipalkey", "servicePrincipalCertificate"]
        .into_iter()
        .find_map(|name| {
            let typed = refusal::member(tested.parameters, name).and_then(Value::as_str);
            let kept = tested
                .stored
                .and_then(|stored| stored.secrets.get(&name.to_ascii_lowercase()));
            typed.or(kept.map(String::as_str))
        });
    let client = tested.parameter("serviceprincipalid");
    match secret.unwrap_or_default() {
        "" => Some(no_token(
            "AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the \
             'client_credentials' grant type.",
        )),
        "null" => Some(no_token(&format!(
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the \
             client secret value, not the client secret ID, for a secret added to app '{client}'."
        ))),
        _ => None,
    }
}

fn subscription(tested: &Tested<'_>) -> Option<Outcome> {
    let id = tested.subscription();
    (!id.is_empty() && !refusal::is_guid(id)).then(|| {
        let message = refusal::malformed_subscription(id);
        azure_refused(
            tested,
            400,
            "badRequest",
            "BadRequest",
            "InvalidSubscriptionId",
            &message,
        )
    })
}

fn role(tested: &Tested<'_>, config: &Config) -> Option<Outcome> {
    let client = tested.parameter("serviceprincipalid");
    let known = config
        .forbidden
        .iter()
        .find(|known| known.client.eq_ignore_ascii_case(client))?;
    let message = format!(
        "The client '{client}' with object id '{}' does not have authorization to perform action \
         'Microsoft.Resources/subscriptions/read' over scope '/subscriptions/{}' or the scope is invalid. If access \
         was recently granted, please refresh your credentials.",
        known.object,
        tested.subscription()
    );
    Some(azure_refused(
        tested,
        403,
        "forbidden",
        "Forbidden",
        "AuthorizationFailed",
        &message,
    ))
}

fn success(tested: &Tested<'_>) -> Outcome {
    let subscription = json!({
        "id": format!("/subscriptions/{}", tested.subscription()),
        "subscriptionId": tested.subscription(),
        "state": "Enabled",
    });
    Outcome {
        status: (200, "ok"),
        message: String::new(),
        result: vec![subscription.to_string().into()],
    }
}

fn no_token(inner: &str) -> Outcome {
    let message = format!(
        "Failed to obtain the Json Web Token(JWT) using service principal client ID. Exception message: {inner}"
    );
    Outcome::failed(400, "badRequest", message)
}

/// Azure's JSON in single quotes in a sentence, nothing of it escaped; the blank behind the URL is the service's.
fn azure_refused(
    tested: &Tested<'_>,
    status: u16,
    word: &'static str,
    name: &str,
    code: &str,
    message: &str,
) -> Outcome {
    // Written out, since Azure puts the code first and a map would sort it.
    let message = Value::from(message);
    let inner = format!("{{\"error\":{{\"code\":\"{code}\",\"message\":{message}}}}}");
    let text = format!(
        "Failed to query service connection API: '{} '. Status Code: '{name}', Response from server: '{inner}'",
        tested.url()
    );
    Outcome::failed(status, word, text)
}
