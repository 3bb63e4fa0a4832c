//! A stand-in for the service-endpoint part of Azure DevOps, on plain HTTP at a loopback port.
//!
//! It knows what the public documents and other people's captures say about the service, so that a test can
//! send a captured body and see it refused, then send the mended one and see it taken. A refusal whose sentence
//! is not known from the service begins with `Stand-in:`; everything else is worded as on the wire.
//!
//! ```text
//! received ─route→ Call ─service→ refusal? ─→ state change ─→ Answer
//! ```
#![allow(
    dead_code,
    reason = "every test binary uses another part of the stand-in"
)]

mod answer;
pub(crate) mod client;
pub(crate) mod contoso;
mod refusal;
mod route;
mod service;
mod stored;
mod verify;

use std::io::Read;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use serde_json::Value;

use service::Service;

/// No request of a test is longer; the rest of a longer body is dropped.
const MAX_BODY: u64 = 16 << 20;

/// Who is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody, so that tests need no credentials.
    Open,
    /// Callers with an `Authorization` or `Cookie` header; all others get 401 and TF400813.
    CredentialsNeeded,
    /// Nobody: every call is answered 203 with the HTML of a sign-in page.
    SignInPage,
}

/// A service principal without a role on its subscription: verifying with it is forbidden.
#[derive(Debug, Clone)]
pub(crate) struct Forbidden {
    /// The application (client) id that the connection names.
    pub(crate) client: String,
    /// The object id that Azure answers with.
    pub(crate) object: String,
}

/// How the stand-in is set up.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Who is let in.
    pub(crate) access: Access,
    /// Principals whose verification Azure refuses.
    pub(crate) forbidden: Vec<Forbidden>,
    /// Authentication schemes on offer; an old server lacks `WorkloadIdentityFederation`.
    pub(crate) schemes: Vec<String>,
    /// Subscription id and the tenant it belongs to. Other subscriptions are in every tenant.
    pub(crate) tenants: Vec<(String, String)>,
    /// The endpoints that exist at the start, with their secrets.
    pub(crate) endpoints: Vec<Value>,
}

impl Default for Config {
    fn default() -> Self {
        let schemes = [
            "ServicePrincipal",
            "WorkloadIdentityFederation",
            "ManagedServiceIdentity",
            "PublishProfile",
        ];
        Self {
            access: Access::Open,
            forbidden: Vec::new(),
            schemes: schemes.map(str::to_owned).to_vec(),
            tenants: Vec::new(),
            endpoints: vec![contoso::automatic(), contoso::manual()],
        }
    }
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// The verb.
    pub(crate) method: String,
    /// Path and query, as sent.
    pub(crate) url: String,
    /// Names and values in the order sent.
    pub(crate) headers: Vec<(String, String)>,
    /// The body; bytes that are not UTF-8 are replaced.
    pub(crate) body: String,
}

impl Received {
    /// The first header of this name, in any letter case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// The running server; it stops when dropped.
pub(crate) struct StandIn {
    server: Arc<tiny_http::Server>,
    shared: Arc<Shared>,
    worker: Option<JoinHandle<()>>,
    base: String,
}

struct Shared {
    service: Mutex<Service>,
    received: Mutex<Vec<Received>>,
}

impl StandIn {
    /// Listens on a free loopback port.
    pub(crate) fn start(config: Config) -> Self {
        Self::start_at(0, config)
    }

    /// Listens on a loopback port; 0 takes a free one.
    pub(crate) fn start_at(port: u16, config: Config) -> Self {
        let server = tiny_http::Server::http(("127.0.0.1", port)).expect("a loopback port is free");
        let address = server.server_addr().to_ip().expect("it listens on TCP");
        let server = Arc::new(server);
        let shared = Arc::new(Shared {
            service: Mutex::new(Service::new(config)),
            received: Mutex::new(Vec::new()),
        });
        let worker = std::thread::spawn({
            let (server, shared) = (Arc::clone(&server), Arc::clone(&shared));
            move || serve(&server, &shared)
        });
        Self {
            server,
            shared,
            worker: Some(worker),
            base: format!("http://{address}"),
        }
    }

    /// `http://127.0.0.1:PORT`, to which `/{organization}/…` is added.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Every request so far, oldest first.
    pub(crate) fn received(&self) -> Vec<Received> {
        lock(&self.shared.received).clone()
    }

    /// Makes an endpoint exist, as if it had been saved with these secrets; it replaces one of the same id.
    pub(crate) fn seed(&self, endpoint: &Value) {
        lock(&self.shared.service).seed(endpoint);
    }

    /// The endpoint as a GET by id would show it now.
    pub(crate) fn endpoint(&self, id: &str) -> Option<Value> {
        lock(&self.shared.service).shown(id)
    }

    /// Gives the principal its role, so that verifying with it works from now on.
    pub(crate) fn grant(&self, client: &str) {
        lock(&self.shared.service).grant(client);
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(worker) = self.worker.take() {
            // A panic of the worker has already been printed; a second one here would abort the test run.
            let _ = worker.join();
        }
    }
}

/// A poisoned lock means that another request panicked; its state is still good enough to answer.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(server: &tiny_http::Server, shared: &Shared) {
    for mut request in server.incoming_requests() {
        let received = receive(&mut request);
        let answer = lock(&shared.service).answer(&received);
        lock(&shared.received).push(received);
        // The caller may have hung up; that is its own affair.
        let _ = request.respond(answer.into_response());
    }
}

fn receive(request: &mut tiny_http::Request) -> Received {
    let mut body = Vec::new();
    // What came before a broken connection is kept and judged as it is.
    let _ = request.as_reader().take(MAX_BODY).read_to_end(&mut body);
    Received {
        method: request.method().to_string(),
        url: request.url().to_owned(),
        headers: request
            .headers()
            .iter()
            .map(|header| (header.field.to_string(), header.value.to_string()))
            .collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}
