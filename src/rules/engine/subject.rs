//! What a pasted text is about: Azure Pipelines, a service connection, or something else.
//!
//! Entra ID, Docker, npm, kubectl and the network say the same sentences to everybody. No list of
//! programs is kept: a text is taken for another program's where it names an assertion that Azure DevOps
//! does not issue, where it comes from the runner of another product, or where words stand before the error's number
//! that are not said of any sign-in.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use crate::text::readable::clip;

/// Words that only texts of Azure DevOps, its agents and its clients hold.
const OF_PIPELINES: &[&str] = &[
    "##vso[",
    "_tasks/",
    "_tasks\\",
    "_apis/",
    "dev.azure.com",
    "visualstudio.com",
    "azure devops",
    "azure-devops",
    "azuredevops",
    "azure pipeline",
    "azure-pipeline",
    "az devops",
    "azext_devops",
    "azure.devops.",
    "azure_devops_ext",
    "devops pipeline",
    "build pipeline",
    "fetching the pipeline",
    "connected service provider",
    "connected service with id",
    "the azure credentials used for",
    "ado pipeline",
    "yaml pipeline",
    "system.accesstoken",
    "system_accesstoken",
    "system.debug",
    "release pipeline",
    "pipelines agent",
    "pipeline is not valid",
    "/home/vsts/",
    "\\_work\\",
    "/_work/",
    "hosted agent",
    "self-hosted agent",
    "tfs.webapi",
    "microsoft.visualstudio.services",
    "microsoft.teamfoundation",
    "vssserviceexception",
    "vssserviceresponseexception",
    "vssunauthorizedexception",
    "team foundation",
    "failed to obtain the json web token",
    "yamlauthz",
    "\"typekey\"",
    "could not get the latest source version",
    "reported the error, \"",
    "?api-version=2016-06-01",
    "access token of identity",
    "refresh token for identity",
    "failed to create an app in",
    "failed to set azure permission",
    // Tasks, by the names that steps call them by and no other product uses.
    "appstorerelease",
    "awsshellscript",
    "azurefilecopy",
    "azurefunctionappcontainer",
    "azurermwebappdeployment",
    "azureresourcemanagertemplatedeployment",
    "azurevmssdeployment",
    "azurewebappcontainer",
    "copyfilesoverssh",
    "dotnetcorecli",
    "downloadgithubrelease",
    "ftpupload",
    "googleplayrelease",
    "invokerestapi",
    "jenkinsqueuejob",
    "kubernetesmanifest",
    "mavenauthenticate",
    "npmauthenticate",
    "nugetauthenticate",
    "nugetcommand",
    "octopusdeployrelease",
    "octopuspush",
    "pipauthenticate",
    "powerplatformimportsolution",
    "powerplatformspn",
    "powerplatformwhoami",
    "publishtoazureservicebus",
    "servicefabricdeploy",
    "snyksecurityscan",
    "sonarcloudanalyze",
    "sonarcloudprepare",
    "sonarcloudpublish",
    "sonarqubeanalyze",
    "sonarqubeprepare",
    "sonarqubepublish",
    "sqlazuredacpacdeployment",
    "terraformtaskv",
    "twineauthenticate",
    "universalpackages",
];

/// Words for a service connection. "Service endpoint" alone is also a thing of Azure's networks, of
/// Kubernetes and of AWS, and so are some of these with "private" in front.
const OF_CONNECTIONS: &[&str] = &[
    "service connection",
    "service-connection",
    "serviceconnection",
    "serviceendpoint/",
    "_apis/serviceendpoint",
    "serviceendpoint_",
    "serviceendpointexception",
    "serviceendpointdetails",
    "services.serviceendpoints",
    "devops service-endpoint",
    "endpointproxy",
    "azuresubscription:",
    "input azuresubscription",
    "failed to query service endpoint",
    "from service endpoint",
    "endpoint auth data",
    "endpoint auth param",
    "endpoint not present",
    "connectedservicename",
    // As the portal calls it in its other languages.
    "dienstverbindung",
    "connexion de service",
    "connexion au service",
    "conexión de servicio",
    "conexión del servicio",
    "connessione al servizio",
    "connessione del servizio",
    "conexão de serviço",
    "conexão do serviço",
    "подключение службы",
    "подключения службы",
    "подключение к службе",
    "подключения к службе",
    "połączenie usługi",
    "połączenia usługi",
    "připojení služby",
    "hizmet bağlantısı",
    "サービス接続",
    "服务连接",
    "服務連線",
    "서비스 연결",
];

/// What the runners of GitHub, GitLab and Jenkins log; the first marks errors as the agent of Azure
/// Pipelines does.
const OF_OTHER_RUNNERS: &[&str] = &[
    "token.actions.githubusercontent",
    "/home/runner/",
    ".github/workflows",
    "github actions",
    "github_token",
    "azure/login",
    "gitlab-runner",
    "[pipeline] ",
];

/// Other things that are called service endpoints and service connections: those of a network, of
/// Kubernetes and of AWS.
const OF_OTHER_ENDPOINTS: &[&str] = &[
    "vpc endpoint",
    "vpce-",
    "aws_vpc_endpoint",
    "private endpoint",
    "private_service_connection",
    "private service connection",
    "ingress controller",
    "endpointslice",
    "active endpoint",
    "endpoints for service",
    "endpoints for the service",
    "endpoints available for service",
];

/// Words that tools and people put around a refused sign-in, whoever signs in. A word that is missing
/// here costs certainty and no more: the finding is a warning then.
const NEUTRAL: &str = "\
    a aad aadsts about above access account acquire acquiring active activity ad adal after again \
    agent all allowed already also although an and another any api app application are argument \
    arguments as assertion assigned at attempt attempted attempts auth authenticate authenticated \
    authenticating authentication authority authorization authorize authorized authorizer available \
    az azure azureactivedirectory azurecli azurerm bad bearer because been before begin behind \
    being below between body both build building but by call can cannot cause caused causes chained \
    check claim claims cli client clientsecret cloud code codes com command commands complete \
    completed config configuration configure configured connect connectazaccount connecting \
    connection content core correct correctly could couldn couldnt create created creating \
    credential credentials date debug default denied deploy deployment description detail details \
    devops did directory does doesn due during each else encountered end endpoint ensure entra env \
    environment err erreur erro error errorcode errordescription errore errormessage errors every \
    exception exceptions execute executed executing exit exited expected failed failing fails \
    failure false fatal federated federation fehler fetch fetching file files find finished first \
    following for forbidden found fout from get getting given gmt grant graph had happened happens \
    has have header headers how however html http https id identity ids if in incorrect info inner \
    innererror innerexception internal into invalid is issue issued it job json just jwt key keys \
    last less level line list listing load loading log logging login loginazurermaccount \
    loginservice look lookup main make management manager may message messages method microsoft \
    microsoftonline middle might minutes missing mode monitor more most msal msalj msg msi msrest \
    name names native net new no none nor not now null number oauth object obtain obtaining \
    occurred odata of oidc ok old on one only onto option options or org original other our out \
    over parameter parameters parse parsing password path payload per permission permitted pipeline \
    pipelines please plugin post powershell present principal process promise properly provided \
    provider pulumi put raised reason received redacted refresh refused rejected rejection request \
    required resource respond responded response rest result retries retrieve retry retrying \
    returned returns run running same saying script seconds secret secrets see send sending server \
    service set setting settings setup severity sign signin signing since so some specified spn sso \
    stack stage started starting status stderr step still string sts subscription subscriptions \
    success successful successfully supported sure system task tenant terraform text than that the \
    their them then there these they this those though thread through time timeout times timestamp \
    to token tokens too trace traceback true try trying type unable unauthorized unavailable \
    undefined under unexpected unhandled unless unobserved unspecified unsuccessful unsupported \
    until uri url user uses using utc validate validation value variable variables verification \
    verify very via warn was we web what when where which while who whose why with within without \
    workload wrong xml yes you your";

/// What a text is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Azure Pipelines, or a client that manages its connections.
    Pipelines,
    /// A service connection, and nothing else shows that Azure Pipelines or a tool of it wrote this: people
    /// say the words in prose too.
    Connection,
    /// Another program, or nobody: the text only speaks of errors.
    Other,
    /// Words of another program stand around an answer that many programs get.
    Foreign,
    /// It does not say.
    Unsaid,
}

impl Subject {
    /// What a pasted text is about.
    pub(crate) fn of(text: &str) -> Self {
        if is_talk(text) || tells_of_changes(text) || names_assertion_of_others(text) {
            Self::Other
        } else if shows_pipelines(text) {
            Self::Pipelines
        } else if names_connection(text) {
            Self::Connection
        } else if is_of_other_runner(text) || is_of_other_endpoint(text) {
            Self::Other
        } else if says_who_else(text) {
            Self::Foreign
        } else {
            Self::Unsaid
        }
    }
}

/// Whether `text` is of Azure Pipelines, or of a client that manages its connections.
pub(crate) fn is_of_pipelines(text: &str) -> bool {
    shows_pipelines(text) || names_connection(text)
}

/// Whether `text` shows that Azure Pipelines or a client of it wrote it.
fn shows_pipelines(text: &str) -> bool {
    static WORDS: OnceLock<AhoCorasick> = OnceLock::new();
    static TASK: OnceLock<Regex> = OnceLock::new();
    let words = WORDS.get_or_init(|| any_of(OF_PIPELINES));
    // How a step names its task, the head of a task's log, and the product by its former names.
    let task = TASK.get_or_init(|| {
        constant(
            r"(?-u)\b[A-Z][A-Za-z0-9]{3,40}@[0-9]\b|\bTask +: [A-Z]|\bVSTS\b|\bTFS 20[0-9]{2}\b",
        )
    });
    words.is_match(text)
        || task.is_match(text)
        || (text.contains("##[") && !is_of_other_runner(text))
}

fn is_of_other_runner(text: &str) -> bool {
    static WORDS: OnceLock<AhoCorasick> = OnceLock::new();
    static STEP: OnceLock<Regex> = OnceLock::new();
    let step = STEP.get_or_init(|| {
        constant(r"(?m)(?:\bRun |uses: *)[A-Za-z0-9_-]+/[A-Za-z0-9_./-]+@[A-Za-z0-9]")
    });
    let words = WORDS.get_or_init(|| any_of(OF_OTHER_RUNNERS));
    words.is_match(text) || step.is_match(text)
}

fn is_of_other_endpoint(text: &str) -> bool {
    static WORDS: OnceLock<AhoCorasick> = OnceLock::new();
    let words = WORDS.get_or_init(|| any_of(OF_OTHER_ENDPOINTS));
    words.is_match(text)
}

/// How far from the words for a service connection it says of which kind it is, in bytes.
const BESIDE: usize = 60;

/// How many places that say what a text is about are looked at.
const MAX_PLACES: usize = 200;

/// The places that say what `text` is about: around each name of a service connection, and the heads of
/// the steps of a log.
pub(crate) fn places(text: &str) -> Vec<Range<usize>> {
    static HEAD: OnceLock<Regex> = OnceLock::new();
    let head = HEAD.get_or_init(|| {
        constant(r"(?m)(?:\bTask +: |\[section\]Starting: |\btask: ['\x22]?)[^\n]{1,80}")
    });
    let line = |range: Range<usize>| {
        let before = &text[..range.start];
        let from = before.rfind('\n').map_or(0, |at| at + 1);
        let to = text[range.end..]
            .find('\n')
            .map_or(text.len(), |at| range.end + at);
        let start = clip(text, range.start.saturating_sub(BESIDE))
            .len()
            .max(from);
        start..clip(text, range.end + BESIDE).len().min(to)
    };
    let named = connections(text).map(line);
    let heads = head.find_iter(text).map(|found| found.range());
    let mut places: Vec<Range<usize>> = named.take(MAX_PLACES).collect();
    places.extend(heads.take(MAX_PLACES));
    places
}

/// Where `text` has words for a service connection.
fn connections(text: &str) -> impl Iterator<Item = Range<usize>> {
    static WORDS: OnceLock<AhoCorasick> = OnceLock::new();
    let words = WORDS.get_or_init(|| any_of(OF_CONNECTIONS));
    let found = words.find_iter(text).map(|found| found.range());
    found.filter(|found| {
        let before = text.as_bytes()[..found.start].trim_ascii_end();
        let before = before.strip_suffix(b"_").unwrap_or(before);
        let word = &before[before.len().saturating_sub(7)..];
        !word.eq_ignore_ascii_case(b"private") && !is_of_programs(text, found)
    })
}

/// Whether `service connection` at `found` is one between two programs: the connection of an
/// `OrderService`, or one that is lost or refused, where a stored one is found, authorized or valid.
fn is_of_programs(text: &str, found: &Range<usize>) -> bool {
    static LIVE: OnceLock<Regex> = OnceLock::new();
    let live = LIVE.get_or_init(|| {
        constant(r"(?i)^ (?:error|warning|failed|lost|closed|refused|rejected|reset|dropped|aborted|timed out|established)\b(?: *(?:[.:!,(]|$|\n))")
    });
    let glued = text[..found.start].ends_with(char::is_alphanumeric);
    text[found.clone()].contains(' ') && (glued || live.is_match(&text[found.end..]))
}

/// Whether `text` names one service connection by its name or id.
pub(crate) fn names_one_connection(text: &str) -> bool {
    static NAMED: OnceLock<Regex> = OnceLock::new();
    let named = NAMED.get_or_init(|| {
        constant(
            r#"^s?(?: with)?(?: name(?:d)?| id)? ?(?:['"`\u{2018}\u{201c}\[({<]|[0-9a-fA-F]{8}-)"#,
        )
    });
    connections(text).any(|found| named.is_match(&text[found.end..]))
}

/// Whether `text` names a service connection of Azure DevOps.
pub(crate) fn names_connection(text: &str) -> bool {
    static MANAGED: OnceLock<Regex> = OnceLock::new();
    // "Service endpoint" is a thing of this API where a tool speaks of its id, its project or its state.
    let managed = MANAGED.get_or_init(|| {
        constant(
            r"(?i)\bservice ?endpoint[^\n]{0,80}\b(?:project ?id|given id|with id|by name|authentication scheme)\b|\bwaiting for service endpoint|\bdelete service endpoint error|\bserviceendpoint[a-z]*exception\b|\bazuredevops:[a-z/:]*serviceendpoint",
        )
    });
    connections(text).next().is_some() || managed.is_match(text)
}

/// Whether `text` speaks of error numbers and is none itself: a table of them, or sentences in which
/// each is a word. What a service says of an error follows its number behind a colon, or is JSON.
fn is_talk(text: &str) -> bool {
    static TABLE: OnceLock<Regex> = OnceLock::new();
    static NUMBER: OnceLock<Regex> = OnceLock::new();
    let table = TABLE.get_or_init(|| constant(r"(?m)^ *\|? *:?-{3,}:? *\|"));
    let number = NUMBER.get_or_init(|| constant(r"\bAADSTS[0-9]{4,9}[*`]*(.{0,2})"));
    let mut numbers = number.captures_iter(text).peekable();
    if numbers.peek().is_none() {
        return false;
    }
    let mention = |behind: &str| {
        let behind = behind.strip_prefix(',').unwrap_or(behind);
        let next = behind
            .strip_prefix(' ')
            .and_then(|rest| rest.chars().next());
        next.is_some_and(|c| c.is_ascii_lowercase())
    };
    table.is_match(text) || numbers.all(|found| mention(&found[1]))
}

/// Whether `text` is a list of changes of a program: the failures that it names were mended.
fn tells_of_changes(text: &str) -> bool {
    static CHANGE: OnceLock<Regex> = OnceLock::new();
    static MENDED: OnceLock<Regex> = OnceLock::new();
    let change = CHANGE.get_or_init(|| {
        constant(
            r"(?i)^[-*+\x{2022}] +(?:add|fix|improv|chang|updat|remov|support|new|feat|bug ?fix)",
        )
    });
    let mended = MENDED.get_or_init(|| {
        constant(r"(?i)\b(?:fix(?:ed|es)?|resolve[sd]?) (?:an?|the) (?:\w+ )?(?:issue|bug|problem|regression)\b")
    });
    if text.contains("##[") {
        return false;
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let listed = |line: &str| line.starts_with(['#', '-', '*', '+', '\u{2022}']);
    let list = lines.clone().all(listed) && lines.clone().any(|line| change.is_match(line));
    list || lines.clone().count() <= 3 && mended.is_match(text)
}

/// Whether `text` names the subject or the issuer of a federated token that is not one of Azure DevOps.
fn names_assertion_of_others(text: &str) -> bool {
    static SUBJECT: OnceLock<Regex> = OnceLock::new();
    static ISSUER: OnceLock<Regex> = OnceLock::new();
    let subject = SUBJECT.get_or_init(|| {
        constant(r#"(?i)\bsubject(?: claim)?\W{1,6}([a-z0-9_-]+(?::[^\s'"]|/[^\s'"]))"#)
    });
    let issuer = ISSUER.get_or_init(|| constant(r"(?i)\bissuer\W{1,6}https?://([a-z0-9.-]+)"));
    let own_subject = |found: &str| {
        let found = found.to_ascii_lowercase();
        ["sc:", "p:", "eid1/"]
            .iter()
            .any(|own| found.starts_with(own))
    };
    let own_issuer = |host: &str| {
        let host = host.to_ascii_lowercase();
        ["vstoken.", "login.", "sts."]
            .iter()
            .any(|own| host.starts_with(own))
    };
    // The subject tells more than the issuer, which may be a mistake.
    let mut subjects = subject.captures_iter(text).peekable();
    if subjects.peek().is_some() {
        return subjects.any(|found| !own_subject(&found[1]));
    }
    let mut issuers = issuer.captures_iter(text);
    issuers.any(|found| !own_issuer(&found[1]))
}

/// Whether words stand around an error that are not of a sign-in: then the text is not the bare error,
/// and what it tells of is likely another program. What the service says behind its number, the frames
/// of a stack and JSON are not looked at.
fn says_who_else(text: &str) -> bool {
    static SAID: OnceLock<Regex> = OnceLock::new();
    let said =
        SAID.get_or_init(|| constant(r#"AADSTS[0-9]{4}|\{\s*['"]?(?:(?:error|odata|\$id)\b|code['"]?\s*:\s*['"]?[A-Z]?[a-z])"#));
    if !said.is_match(text) {
        return false;
    }
    let mut goes_on = false;
    let heads = text
        .lines()
        .map(|line| line.trim_start_matches(is_box))
        .flat_map(|line| {
            let found = said.find(line);
            let end = line.trim_end_matches(is_box);
            // A message that a terminal broke goes on to its last stop.
            let is_rest = goes_on && found.is_none();
            goes_on =
                (found.is_some() || is_rest) && !end.ends_with(['.', '}', ']', '"', '\'', 'Z']);
            match found {
                Some(_) if line.starts_with('{') => ["", ""],
                Some(found) if line.starts_with('"') => ["", behind_quote(line, found.start())],
                Some(found) => [&line[..found.start()], behind_quote(line, found.start())],
                None if is_rest || is_frame(line) => ["", ""],
                None => [line, ""],
            }
        });
    let mut words = heads.flat_map(|head| {
        let ids = ["trace id", "correlation id", "timestamp:"];
        let lower = head.to_ascii_lowercase();
        let end = ids.iter().filter_map(|id| lower.find(id)).min();
        head[..end.unwrap_or(head.len())].split_whitespace()
    });
    words.any(is_foreign) || has_frame_of_others(text)
}

/// What is said behind a message that `line` quotes from `start` on: people tell there what they did.
fn behind_quote(line: &str, start: usize) -> &str {
    let quote = line[..start].chars().next_back();
    let quote = quote.filter(|c| matches!(c, '"' | '`'));
    let behind = quote.and_then(|quote| line[start..].split_once(quote));
    let spoken = |behind: &&str| {
        let word = behind.trim_start();
        word.len() < behind.len() && word.starts_with(char::is_alphabetic)
    };
    let behind = behind.map(|(_, behind)| behind).filter(spoken);
    behind.unwrap_or_default()
}

/// What stands around the lines of a message in a terminal.
fn is_box(c: char) -> bool {
    c.is_whitespace() || ('\u{2500}'..='\u{257f}').contains(&c) || c == '`'
}

/// Whether a line tells where a program was, or is JSON or code.
fn is_frame(line: &str) -> bool {
    ["at ", "File \"", "in ", "on ", "with ", "..."]
        .iter()
        .any(|head| line.starts_with(head))
        || line.starts_with(['+', '~', '{', '}', '"', '<', '|'])
}

/// Whether a frame of a stack is one of another product of Microsoft.
fn has_frame_of_others(text: &str) -> bool {
    static FRAME: OnceLock<Regex> = OnceLock::new();
    let frame = FRAME.get_or_init(|| constant(r"\bat Microsoft\.([A-Za-z]+)"));
    frame.captures_iter(text).any(|found| is_foreign(&found[1]))
}

/// Whether `word` is made of words that are said of everybody's sign-in, and of short numbers.
pub(crate) fn is_said_of_everybody(word: &str) -> bool {
    let mut parts = word.split(|c: char| !c.is_alphanumeric()).peekable();
    parts.peek().is_some()
        && word.contains(char::is_alphabetic)
        && parts.all(|part| {
            part.is_empty()
                || (part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
                || is_listed(&part.to_ascii_lowercase())
        })
}

/// Whether a word is neither neutral nor made of letters that name nothing: addresses, ids and times
/// are anybody's.
fn is_foreign(word: &str) -> bool {
    if word.contains("://") || !word.is_ascii() {
        return false;
    }
    let mut parts = word.split(|c: char| !c.is_ascii_alphanumeric());
    parts.any(|part| {
        let hex = part.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digits = part.bytes().any(|byte| byte.is_ascii_digit());
        let letters: String = part.chars().filter(char::is_ascii_alphabetic).collect();
        let long = letters.len() > usize::from(digits) && (digits || letters.len() > 2);
        let neutral = |hump: &String| (hump.len() < 3 && !digits) || is_listed(hump);
        !hex && long && !humps(&letters).all(|hump| neutral(&hump))
    })
}

/// The words of `ClientSecretCredential`, in lower case.
fn humps(word: &str) -> impl Iterator<Item = String> {
    let mut humps: Vec<String> = Vec::new();
    let mut was_lower = false;
    for c in word.chars() {
        match humps.last_mut() {
            Some(hump) if !(c.is_ascii_uppercase() && was_lower) => {
                hump.push(c.to_ascii_lowercase());
            }
            _ => humps.push(c.to_ascii_lowercase().to_string()),
        }
        was_lower = c.is_ascii_lowercase();
    }
    humps.into_iter()
}

fn is_listed(word: &str) -> bool {
    static LISTED: OnceLock<HashSet<&str>> = OnceLock::new();
    let listed = LISTED.get_or_init(|| NEUTRAL.split_whitespace().collect());
    listed.contains(word)
}

fn any_of(words: &[&str]) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words)
        .expect("words are few and short")
}

fn constant(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant and is tested")
}

#[cfg(test)]
mod tests {
    use super::{Subject, is_of_pipelines, names_connection};

    #[test]
    fn texts_of_pipelines_are_told_from_others() {
        for (text, pipeline) in [
            ("##[error]unauthorized: authentication required", true),
            ("Task         : Docker\nVersion      : 2.1.0", true),
            ("- task: Docker@2", true),
            ("docker push: unauthorized: authentication required", false),
            ("uses: azure/login@v1", false),
            (
                "com.amazonaws.vpce: the VPC endpoint service is not ready",
                false,
            ),
            (
                "Microsoft.Sql service endpoint is not enabled on the subnet",
                false,
            ),
            ("kubectl get endpoints my-service", false),
        ] {
            assert_eq!(is_of_pipelines(text), pipeline, "{text}");
        }
    }

    #[test]
    fn a_connection_is_named_in_several_ways() {
        for text in [
            "the Service Connection 'x'",
            "_apis/serviceendpoint/endpoints",
        ] {
            assert!(names_connection(text), "{text}");
        }
        for text in [
            "A service endpoint of the virtual network",
            "private_service_connection block is required",
            "\"serviceEndpoints\": [{\"service\": \"Microsoft.Storage\"}]",
            "az network service-endpoint policy create",
        ] {
            assert!(!names_connection(text), "{text}");
        }
    }

    #[test]
    fn what_others_are_told_is_theirs() {
        for text in [
            "[next-auth][error] AADSTS7000215: Invalid client secret provided.",
            "keycloak: AADSTS50011: The redirect URI does not match",
        ] {
            assert_eq!(Subject::of(text), Subject::Foreign, "{text}");
        }
        for text in [
            "##[error]AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:contoso/shop:ref:refs/heads/main'.",
            "AADSTS70021: Assertion Issuer: 'https://app.terraform.io'. Assertion Subject: 'organization:contoso'.",
            "| AADSTS70021 | no record |\n| --- | --- |",
            "In Azure DevOps AADSTS7000222 means that the secret has ended.",
        ] {
            assert_eq!(Subject::of(text), Subject::Other, "{text}");
        }
        for text in [
            "AADSTS7000215: Invalid client secret provided.",
            "ERROR: AADSTS90002: Tenant 'x' not found.",
            "2024-01-01T00:00:00Z azure.core.exceptions.ClientAuthenticationError: AADSTS700016: x",
            "com.microsoft.aad.msal4j.MsalServiceException: AADSTS700016: x",
            r#"{"error":"invalid_client","error_description":"AADSTS7000222: x"}"#,
        ] {
            assert_eq!(Subject::of(text), Subject::Unsaid, "{text}");
        }
        for text in [
            "AADSTS700213: No matching federated identity record found for presented assertion subject 'sc://contoso/Shop/deploy'. ##[error]",
            "Azure Active Directory rejected the token issued by Azure DevOps with error code AADSTS70021: No",
        ] {
            assert_eq!(Subject::of(text), Subject::Pipelines, "{text}");
        }
        let prose = "Our service connection was denied an upgrade.";
        assert_eq!(Subject::of(prose), Subject::Connection);
    }
}
