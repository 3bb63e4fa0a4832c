//! Short stories of somebody who works with service connections, each with its truth written down
//! before it was played: who failed, what came later, and whether anything is still wrong.
//!
//! Every story that is let off has a twin, one step away, that must stay a fault.

use std::io::Cursor;
use std::sync::LazyLock;

use mendpoint::correct::{Choice, Refusal, Terms, correct};
use mendpoint::ingest::{self, Source, Trace};
use mendpoint::judge::Analyzer;
use mendpoint::report::{Report, Verdict};
use mendpoint::rules::engine::Catalogue;
use serde_json::{Value, json};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);
static ANALYZER: LazyLock<Analyzer<'static>> = LazyLock::new(|| Analyzer::new(&CATALOGUE));

const WEB: &str = "a1b2c3d4-0001-4000-8000-00000000000a";
const DB: &str = "a1b2c3d4-0002-4000-8000-00000000000b";
const PROJECT: &str = "a1b2c3d4-0003-4000-8000-00000000000c";
const TENANT: &str = "a1b2c3d4-0004-4000-8000-00000000000d";
const APP: &str = "a1b2c3d4-0005-4000-8000-00000000000e";
const SUBSCRIPTION: &str = "a1b2c3d4-0006-4000-8000-00000000000f";

const CLOUD: &str = "https://dev.azure.com/northwind";
const OLD_CLOUD: &str = "https://northwind.visualstudio.com";
const COLLECTION: &str = "https://northwind.visualstudio.com/DefaultCollection";
const OTHER_CLOUD: &str = "https://dev.azure.com/tailspin";
const SERVER: &str = "https://tfs.northwind.test/tfs/Main";

/// One exchange of a story.
#[derive(Clone)]
struct Step {
    verb: &'static str,
    url: String,
    sent: Option<Value>,
    status: u16,
    answer: Value,
    headers: Vec<(&'static str, &'static str)>,
}

/// Where a connection lives and how its id is spelled there.
#[derive(Clone)]
struct Place {
    base: &'static str,
    project: &'static str,
    id: String,
    name: &'static str,
}

fn web() -> Place {
    Place {
        base: CLOUD,
        project: "Shop",
        id: WEB.to_owned(),
        name: "web",
    }
}

impl Place {
    fn at(self, base: &'static str) -> Self {
        Self { base, ..self }
    }
    fn id(self, id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..self
        }
    }
    fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }
    fn project(self, project: &'static str) -> Self {
        Self { project, ..self }
    }

    fn body(&self, fault: Option<&str>) -> Value {
        let mut body = json!({
            "name": self.name, "type": "azurerm", "url": "https://management.azure.com/",
            "description": "",
            "authorization": {"scheme": "ServicePrincipal", "parameters": {
                "tenantid": TENANT, "serviceprincipalid": APP,
                "authenticationType": "spnKey", "serviceprincipalkey": "invented-for-the-tests"}},
            "data": {"environment": "AzureCloud", "scopeLevel": "Subscription",
                "subscriptionId": SUBSCRIPTION, "subscriptionName": "Shop", "creationMode": "Manual"},
            "isShared": false, "isReady": true, "owner": "Library",
            "serviceEndpointProjectReferences": [{
                "projectReference": {"name": self.project}, "name": self.name, "description": ""}],
        });
        if self.project == "Shop" && self.base != OTHER_CLOUD {
            body["serviceEndpointProjectReferences"][0]["projectReference"]["id"] = json!(PROJECT);
        }
        if let Some(member) = fault {
            body["authorization"]["parameters"][member] = Value::Null;
        }
        body
    }

    fn stored(&self) -> Value {
        let mut body = self.body(None);
        body["id"] = json!(self.id.trim_matches(['{', '}']).to_lowercase());
        body["authorization"]["parameters"]["serviceprincipalkey"] = Value::Null;
        body
    }

    fn step(&self, verb: &'static str, rest: &str, sent: Option<Value>) -> Step {
        let (base, project) = (self.base, self.project);
        Step {
            verb,
            url: format!("{base}/{project}/_apis/serviceendpoint/{rest}"),
            sent,
            status: 200,
            answer: self.stored(),
            headers: Vec::new(),
        }
    }

    fn put(&self) -> Step {
        let mut body = self.body(None);
        body["id"] = json!(self.id);
        self.step(
            "PUT",
            &format!("endpoints/{}?api-version=7.1", self.id),
            Some(body),
        )
    }

    fn faulty_put(&self) -> Step {
        let mut step = self.put();
        step.sent = Some(self.body(Some("accesstoken")));
        step
    }

    fn convert(&self) -> Step {
        let mut step = self.put();
        step.url = format!("{}&operation=ConvertAuthenticationScheme", step.url);
        step
    }

    fn post(&self) -> Step {
        self.step("POST", "endpoints?api-version=7.1", Some(self.body(None)))
    }

    fn get(&self) -> Step {
        self.step(
            "GET",
            &format!("endpoints/{}?api-version=7.1", self.id),
            None,
        )
    }

    fn list(&self, query: &str) -> Step {
        let mut step = self.step("GET", &format!("endpoints?{query}"), None);
        step.answer = json!({"count": 1, "value": [self.stored()]});
        step
    }

    fn delete(&self) -> Step {
        let rest = format!("endpoints/{}?api-version=7.1", self.id);
        let mut step = self.step("DELETE", &rest, None);
        (step.status, step.answer) = (204, Value::Null);
        step
    }

    fn share(&self) -> Step {
        let references = self.body(None)["serviceEndpointProjectReferences"].take();
        let rest = format!("endpoints/{}?api-version=7.1", self.id);
        let mut step = self.step("PATCH", &rest, Some(references));
        (step.status, step.answer) = (204, Value::Null);
        step
    }

    fn verify(&self) -> Step {
        let sent = json!({
            "dataSourceDetails": {"dataSourceName": "TestConnection"},
            "serviceEndpointDetails": self.body(None),
            "resultTransformationDetails": {"resultTemplate": ""},
        });
        let rest = format!("endpointproxy?endpointId={}&api-version=7.1", self.id);
        let mut step = self.step("POST", &rest, Some(sent));
        step.answer = json!({"result": ["{}"], "statusCode": 200, "errorMessage": ""});
        step
    }
}

impl Step {
    fn refused(mut self, status: u16, message: &str) -> Self {
        if self.url.contains("endpointproxy") {
            self.answer = json!({"result": [], "statusCode": status, "errorMessage": message});
        } else {
            self.status = status;
            self.answer = json!({"$id": "1", "message": message, "typeName": "T, T",
                "typeKey": "ServiceEndpointException", "errorCode": 0});
        }
        self
    }

    fn challenged(mut self, status: u16) -> Self {
        self.status = status;
        self.answer = Value::Null;
        if status == 302 {
            let login = "https://login.microsoftonline.com/common/oauth2/authorize?client_id=x";
            self.headers.push(("Location", login));
        } else {
            self.headers.push(("WWW-Authenticate", "Negotiate"));
        }
        self
    }

    fn state(mut self, ready: bool, state: &str, message: &str) -> Self {
        let target = if self.answer["value"].is_array() {
            &mut self.answer["value"][0]
        } else {
            &mut self.answer
        };
        target["isReady"] = json!(ready);
        target["operationStatus"] = json!({"state": state, "statusMessage": message});
        self
    }

    fn entry(&self, at: usize, timed: bool) -> Value {
        let text = |value: &Value| match value {
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let mut request = json!({"method": self.verb, "url": self.url, "headers": []});
        if let Some(sent) = &self.sent {
            let text = sent.to_string();
            request["postData"] = json!({"mimeType": "application/json", "text": text});
        }
        let mut headers: Vec<Value> = vec![json!({
            "name": "Content-Type", "value": "application/json; charset=utf-8"})];
        let named = self.headers.iter();
        headers.extend(named.map(|(name, value)| json!({"name": name, "value": value})));
        let mut entry = json!({
            "request": request,
            "response": {"status": self.status, "headers": headers,
                "content": {"mimeType": "application/json", "text": text(&self.answer)}},
        });
        if timed {
            let (minutes, seconds) = (at / 60, at % 60);
            entry["startedDateTime"] =
                json!(format!("2026-05-06T08:{minutes:02}:{seconds:02}.000Z"));
        }
        entry
    }
}

/// A HAR of steps, each with its place in the order of time.
fn har(name: &str, steps: &[(usize, Step)], timed: bool) -> Trace {
    let entries: Vec<Value> = steps
        .iter()
        .map(|(at, step)| step.entry(*at, timed))
        .collect();
    let log = json!({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"},
        "entries": entries}});
    let mut bytes = Cursor::new(log.to_string().into_bytes());
    let source = Source::File(&mut bytes);
    let options = ingest::Options::default();
    let mut traces = ingest::read(name, source, &options).expect("it is a trace");
    traces.remove(0)
}

fn numbered(steps: &[Step]) -> Vec<(usize, Step)> {
    steps
        .iter()
        .cloned()
        .enumerate()
        .map(|(at, step)| (2 * at, step))
        .collect()
}

fn judged(traces: Vec<Trace>) -> Report {
    ANALYZER.judge(traces)
}

fn errors(report: &Report) -> Vec<&str> {
    let findings = report.findings.iter();
    let errors = findings.filter(|finding| finding.severity.name() == "error");
    errors.map(|finding| finding.rule.as_str()).collect()
}

/// What a story ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Truth {
    Fault,
    Clean,
}
use Truth::{Clean, Fault};

impl Truth {
    fn of(report: &Report) -> Result<Self, Verdict> {
        match report.verdict() {
            Verdict::Fault => Ok(Fault),
            Verdict::Clean => Ok(Clean),
            other => Err(other),
        }
    }
}

/// Plays `steps` in every way that must not matter, and gives what came out otherwise than `truth`.
fn play(name: &str, steps: &[Step], truth: Truth) -> Vec<String> {
    let told = |how: &str, traces: Vec<Trace>| {
        let report = judged(traces);
        let found = Truth::of(&report);
        (found != Ok(truth)).then(|| {
            let errors = errors(&report);
            format!("{name}, {how}: {found:?} with {errors:?}, not {truth:?}")
        })
    };
    let all = numbered(steps);
    let mut wrong = Vec::new();
    wrong.extend(told("one file", vec![har("t.har", &all, true)]));
    let (first, second) = all.split_at(all.len() / 2);
    if !first.is_empty() {
        let (older, newer) = (|| har("1.har", first, true), || har("2.har", second, true));
        wrong.extend(told("two files", vec![older(), newer()]));
        wrong.extend(told("two files, the newer first", vec![newer(), older()]));
    }
    let healthy = web()
        .at(OTHER_CLOUD)
        .id("a1b2c3d4-0008-4000-8000-00000000000a")
        .named("warehouse")
        .project("Depot");
    let mut beside = all.clone();
    beside.push((1, healthy.put()));
    beside.push((2 * steps.len() + 1, healthy.verify()));
    beside.sort_by_key(|(at, _)| *at);
    wrong.extend(told(
        "beside a healthy connection",
        vec![har("t.har", &beside, true)],
    ));
    wrong
}

fn assert_all(stories: &[(String, Vec<Step>, Truth)]) {
    let mut failed = 0;
    let mut wrong = Vec::new();
    for (name, steps, truth) in stories {
        let own = play(name, steps, *truth);
        failed += usize::from(!own.is_empty());
        wrong.extend(own);
    }
    let total = stories.len();
    assert!(
        wrong.is_empty(),
        "{} of {total} stories as they are told:\n{}",
        total - failed,
        wrong.join("\n")
    );
}

const NO_RIGHT: &str =
    "You do not have permission to perform this operation on the service connection.";
const ODD: &str = "The frobnicator of the gateway is out of order.";

/// The name of something that is tried, and how it is made.
type Attempt = (&'static str, fn(&Place) -> Step);

/// What was tried, and how it can be spelled.
fn attempts() -> Vec<Attempt> {
    vec![
        ("save", Place::put),
        ("create", Place::post),
        ("verify", Place::verify),
        ("convert", Place::convert),
        ("share", Place::share),
        ("read", Place::get),
    ]
}

#[test]
fn a_failure_is_over_when_the_same_was_done_for_the_same_connection() {
    let mut stories = Vec::new();
    for (what, attempt) in attempts() {
        for (status, message) in [(403, NO_RIGHT), (500, ODD)] {
            let failed = attempt(&web()).refused(status, message);
            let mut tell = |later: &str, steps: Vec<Step>, truth| {
                stories.push((format!("{what} {status}, {later}"), steps, truth));
            };
            let elsewhere = |place: Place| attempt(&place);
            tell("nothing", vec![failed.clone()], Fault);
            tell("again", vec![failed.clone(), elsewhere(web())], Clean);
            tell("before", vec![elsewhere(web()), failed.clone()], Fault);
            tell(
                "old host",
                vec![failed.clone(), elsewhere(web().at(OLD_CLOUD))],
                Clean,
            );
            tell(
                "collection",
                vec![failed.clone(), elsewhere(web().at(COLLECTION))],
                Clean,
            );
            tell(
                "other organization",
                vec![failed.clone(), elsewhere(web().at(OTHER_CLOUD).id(DB))],
                Fault,
            );
            tell(
                "a server",
                vec![failed.clone(), elsewhere(web().at(SERVER).id(DB))],
                Fault,
            );
            tell(
                "other connection",
                vec![failed.clone(), elsewhere(web().id(DB).named("db"))],
                Fault,
            );
            if what != "create" {
                let upper = WEB.to_uppercase();
                tell(
                    "capitals",
                    vec![failed.clone(), elsewhere(web().id(upper))],
                    Clean,
                );
                tell(
                    "braces",
                    vec![failed.clone(), elsewhere(web().id(format!("{{{WEB}}}")))],
                    Clean,
                );
                tell(
                    "encoded",
                    vec![failed.clone(), elsewhere(web().id(format!("%7B{WEB}%7D")))],
                    Clean,
                );
                tell(
                    "renamed",
                    vec![failed.clone(), elsewhere(web().named("web-2"))],
                    Clean,
                );
            }
            let again = attempt(&web()).refused(status, message);
            tell("twice", vec![failed.clone(), again.clone()], Fault);
            tell(
                "twice, then done",
                vec![failed.clone(), again.clone(), elsewhere(web())],
                Clean,
            );
            tell(
                "done, then failed",
                vec![failed.clone(), elsewhere(web()), again],
                Fault,
            );
        }
    }
    assert_all(&stories);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a list, one story an item")]
fn one_purpose_is_not_another() {
    let story = |name: &str, steps: Vec<Step>, truth| (name.to_owned(), steps, truth);
    let no = |step: Step| step.refused(403, NO_RIGHT);
    let web = web();
    let gone = |step: Step| step.refused(404, "Service endpoint not found.");
    let taken = "Service connection with name web already exists. Only a user having Administrator/User role permissions on service connection web can see it.";
    let new = web.clone().id("");
    let second = web.clone().id(DB);
    let stories = [
        story(
            "a save is no verify",
            vec![no(web.verify()), web.put()],
            Fault,
        ),
        story(
            "a verify is no save",
            vec![no(web.put()), web.verify()],
            Fault,
        ),
        story("a read is no save", vec![no(web.put()), web.get()], Fault),
        story(
            "a save is no conversion",
            vec![no(web.convert()), web.put()],
            Fault,
        ),
        story(
            "a conversion is no save",
            vec![no(web.put()), web.convert()],
            Fault,
        ),
        story(
            "sharing is no save",
            vec![no(web.put()), web.share()],
            Fault,
        ),
        story(
            "another data source",
            vec![no(web.verify()), {
                let mut other = web.verify();
                let body = other.sent.as_mut().expect("a body");
                body["dataSourceDetails"]["dataSourceName"] = json!("AzureResourceGroups");
                other
            }],
            Fault,
        ),
        story(
            "deleted and made anew",
            vec![no(web.put()), web.delete(), second.post()],
            Clean,
        ),
        story(
            "deleted and not made anew",
            vec![no(web.put()), web.delete()],
            Fault,
        ),
        story(
            "deleted, made anew elsewhere",
            vec![
                no(web.put()),
                web.delete(),
                second.clone().project("Depot").named("other").post(),
            ],
            Fault,
        ),
        story(
            "gone after it was deleted",
            vec![web.delete(), gone(web.get())],
            Clean,
        ),
        story(
            "gone before it was deleted",
            vec![gone(web.get()), web.delete()],
            Fault,
        ),
        story(
            "another is gone",
            vec![web.delete(), gone(second.get())],
            Fault,
        ),
        story(
            "the name was taken by the press before",
            vec![second.post(), new.post().refused(409, taken)],
            Clean,
        ),
        story(
            "the name is taken",
            vec![new.post().refused(409, taken)],
            Fault,
        ),
        story(
            "the name was taken, another was given",
            vec![
                new.post().refused(409, taken),
                second.clone().named("web-1").post(),
            ],
            Clean,
        ),
        story(
            "asked to sign in, then let in",
            vec![
                web.list("type=azurerm").challenged(302),
                web.list("type=azurerm&x=1"),
                web.put(),
            ],
            Clean,
        ),
        story(
            "asked to sign in, and that was all",
            vec![web.list("type=azurerm").challenged(302)],
            Fault,
        ),
        story(
            "let in elsewhere",
            vec![
                web.list("type=azurerm").challenged(302),
                web.clone().at(OTHER_CLOUD).list("type=azurerm"),
            ],
            Fault,
        ),
        story(
            "challenged, then answered",
            vec![web.list("a=1").challenged(401), web.list("a=2")],
            Clean,
        ),
        story(
            "answered, then challenged",
            vec![web.list("a=2"), web.list("a=1").challenged(401)],
            Fault,
        ),
        story(
            "a save is challenged and sent again",
            vec![web.put().challenged(401), web.put()],
            Clean,
        ),
        story(
            "a save is challenged and not sent again",
            vec![web.put().challenged(401), web.get()],
            Fault,
        ),
        story(
            "a list fails and is asked again",
            vec![web.list("a=1").refused(500, ODD), web.list("a=1")],
            Clean,
        ),
        story(
            "another list is asked",
            vec![web.list("a=1").refused(500, ODD), web.list("b=1")],
            Fault,
        ),
        story(
            "made, and it failed",
            vec![
                second.post().state(false, "InProgress", ""),
                second.get().state(false, "Failed", ODD),
            ],
            Fault,
        ),
        story(
            "made, and it got ready",
            vec![
                second.post().state(false, "InProgress", ""),
                second.get().state(true, "Ready", ""),
            ],
            Clean,
        ),
        story(
            "made, and a list shows it failed",
            vec![
                second.post().state(false, "InProgress", ""),
                second.list("a=1").state(false, "Failed", ODD),
            ],
            Fault,
        ),
        story(
            "failed, and saved anew",
            vec![
                second.post().state(false, "InProgress", ""),
                second.get().state(false, "Failed", ODD),
                second.put().state(true, "Ready", ""),
            ],
            Clean,
        ),
        story(
            "only read, and it failed long ago",
            vec![second.get().state(false, "Failed", ODD)],
            Clean,
        ),
        story(
            "only listed, and it failed long ago",
            vec![second.list("a=1").state(false, "Failed", ODD)],
            Clean,
        ),
        story("an empty token, stored", vec![web.faulty_put()], Fault),
        story(
            "an empty token, stored and verified",
            vec![web.faulty_put(), web.verify()],
            Clean,
        ),
        story(
            "an empty token, stored, another verified",
            vec![web.faulty_put(), second.clone().named("db").verify()],
            Fault,
        ),
        story(
            "an empty token, verified before",
            vec![web.verify(), web.faulty_put()],
            Fault,
        ),
        story(
            "an empty token, then saved without",
            vec![
                web.faulty_put().refused(
                    500,
                    "Failed to get Azure DevOps Service access token, cache value is invalid.",
                ),
                web.put(),
            ],
            Clean,
        ),
        story(
            "an empty token, then refused without",
            vec![web.faulty_put().refused(500, ODD), no(web.put())],
            Fault,
        ),
        story(
            "projects of one name in two organizations",
            vec![no(new.verify()), new.clone().at(OTHER_CLOUD).verify()],
            Fault,
        ),
        story(
            "one name in two projects",
            vec![no(new.post()), second.clone().project("Depot").post()],
            Fault,
        ),
    ];
    assert_all(&stories);
}

#[test]
fn a_project_is_its_id_and_its_name_where_an_input_shows_both() {
    let new = |project| web().id("").project(project);
    let by_id = |mut step: Step| {
        step.url = step.url.replace("/Shop/", &format!("/{PROJECT}/"));
        let references =
            &mut step.sent.as_mut().expect("a body")["serviceEndpointProjectReferences"];
        *references =
            json!([{"projectReference": {"id": PROJECT}, "name": "web", "description": ""}]);
        step
    };
    let by_name = |mut step: Step| {
        let references =
            &mut step.sent.as_mut().expect("a body")["serviceEndpointProjectReferences"];
        *references =
            json!([{"projectReference": {"name": "Shop"}, "name": "web", "description": ""}]);
        step
    };
    let done = |step: Step| Step {
        answer: json!({"id": DB, "isReady": true}),
        ..step
    };
    let failed = by_id(new("Shop").post()).refused(403, NO_RIGHT);
    let saved = done(by_name(new("Shop").post()));
    assert_all(&[
        (
            "nothing shows both".to_owned(),
            vec![failed.clone(), saved.clone()],
            Fault,
        ),
        (
            "a list shows both".to_owned(),
            vec![web().list("a=1"), failed, saved],
            Clean,
        ),
    ]);
}

#[test]
fn an_input_without_times_mends_nothing_elsewhere() {
    let failed = [(0, web().put().refused(403, NO_RIGHT))];
    let saved = [(9, web().put())];
    let truth = |timed: [bool; 2]| {
        let traces = vec![
            har("1.har", &failed, timed[0]),
            har("2.har", &saved, timed[1]),
        ];
        Truth::of(&judged(traces))
    };
    assert_eq!(truth([true, true]), Ok(Clean));
    assert_eq!(truth([true, false]), Ok(Fault));
    assert_eq!(truth([false, true]), Ok(Fault));
    assert_eq!(truth([false, false]), Ok(Fault));
}

#[test]
fn each_input_has_its_part_of_the_verdict_and_keeps_its_place() {
    let older = har("z.har", &[(0, web().put().refused(403, NO_RIGHT))], true);
    let newer = har("a.har", &[(9, web().put())], true);
    let report = judged(vec![newer, older]);
    let paths: Vec<&str> = report.inputs.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(paths, ["a.har", "z.har"]);
    assert!(
        report
            .inputs
            .iter()
            .all(|one| one.verdict == Verdict::Clean)
    );
    assert_eq!(report.calls[1].mended_by, Some(1));
    let connections: Vec<_> = report
        .connections
        .iter()
        .map(|one| one.calls.clone())
        .collect();
    assert_eq!(connections, [vec![2, 1]]);
}

/// What `patch` does: the number of the corrected call, or how many choices there are.
fn patched(steps: &[Step], choice: Choice<'_>) -> Result<usize, String> {
    let report = judged(vec![har("t.har", &numbered(steps), true)]);
    let terms = Terms {
        choice,
        unsafe_fixes: false,
        values: &[],
    };
    match correct(&report, &ANALYZER, &terms) {
        Ok(correction) => Ok(correction.call.map_or(0, |call| call.number)),
        Err(Refusal::Ambiguous(lines)) => Err(format!("{} choices", lines.len())),
        Err(Refusal::NoFault) => Err("nothing".to_owned()),
        Err(_) => Err("no body".to_owned()),
    }
}

#[test]
fn the_last_attempt_of_each_connection_is_corrected() {
    const CACHE: &str = "Failed to get Azure DevOps Service access token, cache value is invalid.";
    let (web, db) = (web(), web().id(DB).named("db"));
    let broken = |place: &Place| place.faulty_put().refused(500, CACHE);
    let last = |steps: &[Step]| patched(steps, Choice::Last);
    assert_eq!(last(&[broken(&web)]), Ok(1));
    assert_eq!(last(&[broken(&web), broken(&web)]), Ok(2));
    assert_eq!(last(&[broken(&web), web.put()]), Err("nothing".to_owned()));
    let without = web.put().refused(403, NO_RIGHT);
    assert_eq!(
        last(&[broken(&web), without.clone()]),
        Err("no body".to_owned())
    );
    assert_eq!(
        last(&[broken(&web), broken(&db)]),
        Err("2 choices".to_owned())
    );
    assert_eq!(last(&[broken(&web), broken(&db), db.put()]), Ok(1));
    let tried = web.verify().refused(400, CACHE);
    assert_eq!(last(&[web.faulty_put(), tried.clone()]), Ok(1));
    assert_eq!(
        last(&[web.faulty_put(), web.verify()]),
        Err("nothing".to_owned())
    );
    assert_eq!(last(&[web.faulty_put(), without, tried.clone()]), Ok(1));
    let both = [web.faulty_put(), tried, broken(&db)];
    assert_eq!(last(&both), Err("2 choices".to_owned()));
    assert_eq!(patched(&both, Choice::Endpoint("db")), Ok(3));
    assert_eq!(patched(&both, Choice::Endpoint(&WEB.to_uppercase())), Ok(1));
    assert_eq!(patched(&[broken(&web), web.put()], Choice::Call(1)), Ok(1));
}

#[test]
fn every_failed_connection_of_a_saved_list_is_named() {
    let mut list = Vec::new();
    for at in 0..200_u32 {
        let id = format!("a1b2c3d4-0007-4000-8000-{at:012}");
        let mut one = web().id(id).stored();
        one["name"] = json!(format!("connection-{at}"));
        if at % 10 == 3 {
            one["isReady"] = json!(false);
            let message = if at % 20 == 3 {
                ODD
            } else {
                "AADSTS7000222: The provided client secret keys for app are expired."
            };
            one["operationStatus"] = json!({"state": "Failed", "statusMessage": message});
        }
        list.push(one);
    }
    for document in [json!(list), json!({"count": 200, "value": list})] {
        let mut bytes = Cursor::new(document.to_string().into_bytes());
        let options = ingest::Options::default();
        let traces =
            ingest::read("list.json", Source::File(&mut bytes), &options).expect("it is JSON");
        let report = judged(traces);
        let mut named: Vec<&str> = report
            .findings
            .iter()
            .filter(|finding| finding.severity.name() == "error")
            .map(|finding| {
                report.connections[finding.connection.expect("a connection")]
                    .name
                    .as_deref()
                    .expect("a name")
            })
            .collect();
        named.sort_unstable();
        named.dedup();
        assert_eq!(named.len(), 20, "{named:?}");
        assert!(named.iter().all(|name| name.ends_with('3')), "{named:?}");
        assert_eq!(report.connections.len(), 200);
        assert_eq!(report.verdict(), Verdict::Fault);
    }
}
