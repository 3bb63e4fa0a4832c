//! The service itself: the endpoints it keeps and what each call does to them.

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::contoso;
use super::refusal::{self, Act, Case, Refusal};
use super::route::{Call, Resource};
use super::stored::Stored;
use super::verify;
use super::{Access, Config, Received};

/// When the stand-in says a conversion can no longer be undone.
const REVERT_DEADLINE: &str = "2031-03-14T09:00:00Z";

pub(super) struct Service {
    config: Config,
    endpoints: Vec<Stored>,
    created: u32,
}

impl Service {
    pub(super) fn new(config: Config) -> Self {
        let endpoints = config
            .endpoints
            .iter()
            .map(|endpoint| Stored::new(endpoint, None))
            .collect();
        Self {
            config,
            endpoints,
            created: 0,
        }
    }

    pub(super) fn seed(&mut self, endpoint: &Value) {
        self.put(Stored::new(endpoint, None));
    }

    pub(super) fn shown(&self, id: &str) -> Option<Value> {
        self.find(id).map(|stored| stored.face.clone())
    }

    pub(super) fn grant(&mut self, client: &str) {
        self.config
            .forbidden
            .retain(|known| !known.client.eq_ignore_ascii_case(client));
    }

    pub(super) fn answer(&mut self, received: &Received) -> Answer {
        if let Some(answer) = self.not_let_in(received) {
            return answer;
        }
        let call = Call::of(received);
        let done = match (received.method.as_str(), &call.resource) {
            ("GET", Resource::Endpoints) => Ok(self.list(&call)),
            ("GET", Resource::Endpoint(id)) => Ok(self.get(id)),
            ("POST", Resource::Endpoints) => self.create(&call, &received.body),
            ("PUT", Resource::Endpoint(id)) => self.update(id, &call, &received.body),
            ("PATCH", Resource::Endpoint(id)) if call.version() >= 6 => {
                self.share(id, &received.body)
            }
            ("DELETE", Resource::Endpoint(id)) => Ok(self.delete(id)),
            ("POST", Resource::Proxy) => self.verify(&call, &received.body),
            (_, Resource::Unknown) => Ok(Answer::json(
                404,
                &json!({"message": "Stand-in: no such resource"}),
            )),
            (verb, _) => Ok(verb_not_supported(verb)),
        };
        done.unwrap_or_else(|refusal| Answer::refused(&refusal))
    }

    fn not_let_in(&self, received: &Received) -> Option<Answer> {
        match self.config.access {
            Access::Open => None,
            Access::SignInPage => Some(Answer::sign_in_page()),
            Access::CredentialsNeeded => {
                let known = received
                    .header("Authorization")
                    .or(received.header("Cookie"))
                    .is_some();
                (!known).then(|| {
                    Answer::refused(&Refusal {
                        status: 401,
                        type_key: "UnauthorizedRequestException",
                        ..Refusal::endpoint(
                            "TF400813: Resource not available for anonymous access. Client authentication required.",
                        )
                    })
                })
            }
        }
    }

    fn list(&self, call: &Call) -> Answer {
        let wanted = |stored: &&Stored| {
            let named = call.query("endpointNames").is_none_or(|names| {
                names
                    .split(',')
                    .any(|name| name.eq_ignore_ascii_case(stored.text("name")))
            });
            let failed = call
                .query("includeFailed")
                .is_some_and(|value| value.eq_ignore_ascii_case("true"));
            named && (failed || stored.face["isReady"] != Value::Bool(false))
        };
        let items: Vec<Value> = self
            .endpoints
            .iter()
            .filter(wanted)
            .map(Stored::listed)
            .collect();
        if call.option("noArrayWrap") {
            return Answer::json(200, &Value::from(items));
        }
        Answer::json(200, &json!({"count": items.len(), "value": items}))
    }

    /// An endpoint that does not exist or may not be seen is null, with status 200.
    fn get(&mut self, id: &str) -> Answer {
        let Some(stored) = self.find_mut(id) else {
            return Answer::json(200, &Value::Null);
        };
        if std::mem::take(&mut stored.pending) {
            finish_creation(&mut stored.face);
        }
        Answer::json(200, &stored.face)
    }

    fn create(&mut self, call: &Call, body: &str) -> Result<Answer, Refusal> {
        let mut endpoint = parse(body)?;
        self.judge(Act::Create, "", call, &endpoint)?;
        self.created += 1;
        endpoint["id"] = format!("9c0d2f61-4b8e-4a57-9d13-{:012x}", self.created).into();
        let mut stored = stamped(&endpoint, None);
        if text(&endpoint, "/data/creationMode").eq_ignore_ascii_case("Automatic") {
            stored.pending = true;
            stored.face["isReady"] = false.into();
            stored.face["operationStatus"] = json!({"state": "InProgress", "statusMessage": ""});
        }
        let answer = Answer::json(200, &stored.face);
        self.put(stored);
        Ok(answer)
    }

    fn update(&mut self, id: &str, call: &Call, body: &str) -> Result<Answer, Refusal> {
        let endpoint = parse(body)?;
        let before = self.find(id).cloned().ok_or_else(|| Refusal {
            status: 404,
            ..Refusal::own(format!("there is no endpoint {id}"))
        })?;
        self.judge(Act::Update, id, call, &endpoint)?;
        let stored = if call.query("operation").is_some() {
            converted(&before, &text(&endpoint, "/authorization/scheme"))
        } else {
            stamped(&endpoint, Some(&before))
        };
        let answer = Answer::json(200, &stored.face);
        self.put(stored);
        Ok(answer)
    }

    fn judge(&self, act: Act, url_id: &str, call: &Call, endpoint: &Value) -> Result<(), Refusal> {
        let case = Case {
            act,
            endpoint,
            url_id,
            operation: call.query("operation"),
            project: call.project.as_deref(),
            version: call.version(),
            stored: self.find(url_id).map(|stored| &stored.face),
            config: &self.config,
        };
        match refusal::first(&case).or_else(|| self.name_taken(url_id, endpoint)) {
            Some(refusal) => Err(refusal),
            None => Ok(()),
        }
    }

    fn name_taken(&self, id: &str, endpoint: &Value) -> Option<Refusal> {
        let name = endpoint["name"].as_str()?;
        self.endpoints
            .iter()
            .any(|other| other.text("name").eq_ignore_ascii_case(name) && !other.text("id").eq_ignore_ascii_case(id))
            .then(|| Refusal {
                status: 409,
                type_key: "DuplicateServiceConnectionException",
                ..Refusal::endpoint(format!(
                    "Service connection with name {name} already exists. Only a user having Administrator/User role \
                     permissions on service connection {name} can see it."
                ))
            })
    }

    /// PATCH shares with projects: its body is an array. An object does not bind to it, and so arrives as null.
    fn share(&mut self, id: &str, body: &str) -> Result<Answer, Refusal> {
        let Value::Array(references) = parse(body)? else {
            return Err(Refusal {
                type_key: "ArgumentNullException",
                ..Refusal::argument(
                    "Value cannot be null. Parameter name: endpointProjectReferences",
                )
            });
        };
        if let Some(stored) = self.find_mut(id)
            && let Some(shared) = stored.face["serviceEndpointProjectReferences"].as_array_mut()
        {
            shared.extend(references);
        }
        Ok(Answer::empty())
    }

    fn delete(&mut self, id: &str) -> Answer {
        self.endpoints
            .retain(|stored| !stored.text("id").eq_ignore_ascii_case(id));
        Answer::empty()
    }

    fn verify(&self, call: &Call, body: &str) -> Result<Answer, Refusal> {
        let request = parse(body)?;
        let stored = call.query("endpointId").and_then(|id| self.find(id));
        let outcome = verify::outcome(&request, stored, &self.config)?;
        Ok(Answer::json(
            200,
            &outcome.body(call.option("enumsAsNumbers")),
        ))
    }

    fn put(&mut self, stored: Stored) {
        match self.find_mut(stored.text("id")) {
            Some(known) => *known = stored,
            None => self.endpoints.push(stored),
        }
    }

    fn find(&self, id: &str) -> Option<&Stored> {
        self.endpoints
            .iter()
            .find(|stored| stored.text("id").eq_ignore_ascii_case(id))
    }

    fn find_mut(&mut self, id: &str) -> Option<&mut Stored> {
        self.endpoints
            .iter_mut()
            .find(|stored| stored.text("id").eq_ignore_ascii_case(id))
    }
}

/// A body as the service keeps it: with the members that it sets itself.
fn stamped(endpoint: &Value, before: Option<&Stored>) -> Stored {
    let mut stored = Stored::new(endpoint, before);
    stored.face["createdBy"] =
        before.map_or_else(contoso::who, |known| known.face["createdBy"].clone());
    stored.face["isReady"] = true.into();
    stored.face["owner"] = "Library".into();
    stored
}

fn parse(body: &str) -> Result<Value, Refusal> {
    serde_json::from_str(body)
        .map_err(|error| Refusal::own(format!("the body is no JSON: {error}")))
}

fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn verb_not_supported(verb: &str) -> Answer {
    let message = format!("The requested resource does not support http method '{verb}'.");
    Answer::json(405, &json!({"count": 1, "value": {"Message": message}}))
}

/// What the background work of an automatic creation adds.
fn finish_creation(face: &mut Value) {
    face["isReady"] = true.into();
    face["operationStatus"] = json!({"state": "Ready", "statusMessage": ""});
    face["data"]["spnObjectId"] = "b7d3c0e9-5f16-4282-9a4d-08e61c7f35b2".into();
    face["data"]["appObjectId"] = "16f8a4d2-c95b-4e70-83d6-e27b5049c1fa".into();
    face["authorization"]["parameters"]["serviceprincipalid"] =
        "5c2e9f07-d148-4b63-a0f5-9371bd8e64ca".into();
}

/// The endpoint with its other scheme; a conversion's body need not say more than that.
fn converted(before: &Stored, scheme: &str) -> Stored {
    let mut after = before.clone();
    let name = before.text("name").to_owned();
    after.face["authorization"]["scheme"] = scheme.into();
    let to_federation = scheme.eq_ignore_ascii_case("WorkloadIdentityFederation");
    if let Some(data) = after.face["data"].as_object_mut() {
        data.remove("revertSchemeDeadline");
        if to_federation {
            data.insert("revertSchemeDeadline".to_owned(), REVERT_DEADLINE.into());
        }
    }
    if let Some(parameters) = after.face["authorization"]["parameters"].as_object_mut() {
        convert_parameters(parameters, to_federation, &name);
    }
    after
}

fn convert_parameters(parameters: &mut Map<String, Value>, to_federation: bool, name: &str) {
    if to_federation {
        parameters.retain(|key, _| {
            matches!(
                key.to_ascii_lowercase().as_str(),
                "tenantid" | "serviceprincipalid" | "scope"
            )
        });
        let subject = format!("sc://contoso/WebShop/{name}");
        parameters.insert(
            "workloadIdentityFederationSubject".to_owned(),
            subject.into(),
        );
        let issuer = "https://vstoken.dev.azure.com/d1f07e94-36ab-4c85-9e20-5b83f6a7c41d";
        parameters.insert("workloadIdentityFederationIssuer".to_owned(), issuer.into());
    } else {
        parameters.retain(|key, _| !key.starts_with("workloadIdentityFederation"));
        parameters.insert("authenticationType".to_owned(), "spnKey".into());
        parameters.insert("serviceprincipalkey".to_owned(), Value::Null);
    }
}
