//! The stand-in server answers curl as the service is known to answer.

use crate::stand_in::client::{curl, endpoint_path, good, message, put, send};
use crate::stand_in::contoso::{self, AUTOMATIC_ID, MANUAL_CLIENT, MANUAL_ID};
use crate::stand_in::{Access, Config, Forbidden, StandIn};
use serde_json::{Value, json};

const PORTAL: &str = "Accept: application/json;api-version=6.0-preview.4;excludeUrls=true;enumsAsNumbers=true;\
    msDateFormat=true;noArrayWrap=true";
const CACHE_INVALID: &str =
    "Failed to get Azure DevOps Service access token, cache value is invalid.";
const PROJECT: &str = "WebShop/_apis/serviceendpoint";

#[test]
fn an_empty_access_token_is_refused_and_its_absence_taken() {
    let server = StandIn::start(Config::default());
    for name in ["accesstoken", "accessToken", "AccessToken"] {
        for empty in [Value::Null, json!(""), json!("  ")] {
            let mut body = good();
            body["authorization"]["parameters"][name] = empty;
            let answer = put(&server, &body);
            assert_eq!(message(&answer), CACHE_INVALID, "{body}");
            assert_eq!(answer.0, 500);
        }
    }
    let (status, answer) = put(&server, &good());
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        answer["authorization"]["parameters"]["serviceprincipalkey"],
        Value::Null
    );

    let mut handle = good();
    handle["authorization"]["parameters"]["accesstoken"] =
        json!("5e17b9d2-c430-4f8a-91b6-2d0a7f8ce364");
    assert_eq!(put(&server, &handle).0, 200);
}

#[test]
fn patch_shares_and_does_not_update() {
    let server = StandIn::start(Config::default());
    let path = endpoint_path(AUTOMATIC_ID);
    let object = send(&server, "PATCH", &path, &good());
    assert_eq!(object.0, 400);
    assert_eq!(
        message(&object),
        "Value cannot be null. Parameter name: endpointProjectReferences"
    );
    assert_eq!(object.1["typeKey"], "ArgumentNullException");

    let reference = json!([{"projectReference": {"id": "0f7b6a2e-93d5-4c18-b4e0-6a21d8f5c973", "name": "Tools"}, "name": "contoso-dev"}]);
    assert_eq!(send(&server, "PATCH", &path, &reference).0, 204);
    let shared = server.endpoint(AUTOMATIC_ID).expect("it exists");
    assert_eq!(
        shared["serviceEndpointProjectReferences"][1]["projectReference"]["name"],
        "Tools"
    );

    let old = format!("{PROJECT}/endpoints/{AUTOMATIC_ID}?api-version=5.1-preview.2");
    assert_eq!(send(&server, "PATCH", &old, &good()).0, 405);
}

#[test]
fn verify_hides_its_outcome_in_a_200() {
    let forbidden = Forbidden {
        client: MANUAL_CLIENT.to_owned(),
        object: "b95d07e2-3c4f-4a81-8e16-f0d72c69a5b4".to_owned(),
    };
    let server = StandIn::start(Config {
        forbidden: vec![forbidden],
        ..Config::default()
    });
    let mut details = contoso::manual();
    details["authorization"]["parameters"]["serviceprincipalkey"] = Value::Null;
    let request = json!({"serviceEndpointDetails": details}).to_string();
    let path = format!("{PROJECT}/endpointproxy?endpointId={MANUAL_ID}");

    let (status, text) = curl(&server, "POST", &path, &["-H", PORTAL], Some(&request));
    assert_eq!(status, 200);
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(answer["statusCode"], 403);
    let sentence = answer["errorMessage"].as_str().expect("a sentence");
    assert!(
        sentence.contains("?api-version=2016-06-01 '. Status Code: 'Forbidden'"),
        "{sentence}"
    );
    let inner = &sentence
        [sentence.find('{').expect("Azure's JSON")..=sentence.rfind('}').expect("its end")];
    let inner: Value = serde_json::from_str(inner).expect("JSON in the sentence");
    assert_eq!(inner["error"]["code"], "AuthorizationFailed");

    let (_, text) = curl(&server, "POST", &path, &[], Some(&request));
    assert!(text.contains(r#""statusCode":"forbidden""#), "{text}");

    server.grant(MANUAL_CLIENT);
    let (status, text) = curl(&server, "POST", &path, &["-H", PORTAL], Some(&request));
    assert_eq!(
        (
            status,
            text.contains(r#""statusCode":200,"errorMessage":"""#)
        ),
        (200, true),
        "{text}"
    );
}

#[test]
fn verify_fails_on_an_empty_access_token_and_on_a_lost_secret() {
    let server = StandIn::start(Config::default());
    let verify = |details: &Value| {
        let path = format!("{PROJECT}/endpointproxy?endpointId={AUTOMATIC_ID}");
        send(
            &server,
            "POST",
            &path,
            &json!({"serviceEndpointDetails": details}),
        )
        .1
    };
    assert_eq!(verify(&good())["statusCode"], "ok");
    let mut left_over = good();
    left_over["authorization"]["parameters"]["accesstoken"] = Value::Null;
    assert_eq!(verify(&left_over)["errorMessage"], CACHE_INVALID);

    let mut emptied = good();
    emptied["authorization"]["parameters"]["serviceprincipalkey"] = json!("");
    assert_eq!(
        put(&server, &emptied).0,
        200,
        "an empty secret is stored without a word"
    );
    let answer = verify(&good()).to_string();
    assert!(answer.contains("AADSTS7000216"), "{answer}");
}

#[test]
fn get_and_list_show_no_secret() {
    let server = StandIn::start(Config::default());
    let (_, one) = curl(
        &server,
        "GET",
        &format!("{PROJECT}/endpoints/{AUTOMATIC_ID}"),
        &[],
        None,
    );
    assert!(
        one.contains(r#""serviceprincipalkey":null,"accesstoken":null"#),
        "{one}"
    );
    let (_, wrapped) = curl(&server, "GET", &format!("{PROJECT}/endpoints"), &[], None);
    assert!(wrapped.starts_with(r#"{"count":2,"value":[{"#), "{wrapped}");
    assert!(!wrapped.contains("serviceprincipalkey"), "{wrapped}");
    let (_, bare) = curl(
        &server,
        "GET",
        &format!("{PROJECT}/Endpoints"),
        &["-H", PORTAL],
        None,
    );
    assert!(bare.starts_with("[{"), "{bare}");
    let (status, none) = curl(
        &server,
        "GET",
        &format!("{PROJECT}/endpoints/{MANUAL_ID}0"),
        &[],
        None,
    );
    assert_eq!((status, none.as_str()), (200, "null"));
}

#[test]
fn strangers_are_told_so() {
    let locked = StandIn::start(Config {
        access: Access::CredentialsNeeded,
        ..Config::default()
    });
    let path = format!("{PROJECT}/endpoints");
    let (status, text) = curl(&locked, "GET", &path, &[], None);
    assert_eq!(status, 401);
    assert!(
        text.contains("TF400813: Resource not available for anonymous access."),
        "{text}"
    );
    assert_eq!(
        curl(&locked, "GET", &path, &["-u", ":invented"], None).0,
        200
    );
    assert_eq!(
        curl(
            &locked,
            "GET",
            &path,
            &["-b", "UserAuthentication=invented"],
            None
        )
        .0,
        200
    );

    let page = StandIn::start(Config {
        access: Access::SignInPage,
        ..Config::default()
    });
    let (status, text) = curl(&page, "GET", &path, &[], None);
    assert_eq!(status, 203);
    assert!(
        text.contains("<title>Azure DevOps Services | Sign In</title>"),
        "{text}"
    );
}

#[test]
fn an_automatic_connection_is_ready_after_a_while() {
    let server = StandIn::start(Config::default());
    let mut body = good();
    body["name"] = json!("contoso-test");
    body["authorization"]["parameters"] =
        json!({"tenantid": "0a5d3c71-e846-4f92-8b1d-67c9f20e5a38", "serviceprincipalid": ""});
    for name in [
        "spnObjectId",
        "appObjectId",
        "azureSpnRoleAssignmentId",
        "azureSpnPermissions",
    ] {
        body["data"][name] = json!("");
    }
    let (status, created) = send(
        &server,
        "POST",
        "_apis/serviceendpoint/endpoints?api-version=7.1",
        &body,
    );
    assert_eq!(status, 200, "{created}");
    assert_eq!(created["operationStatus"]["state"], "InProgress");
    let id = created["id"].as_str().expect("an id");
    let (_, text) = curl(
        &server,
        "GET",
        &format!("{PROJECT}/endpoints/{id}"),
        &[],
        None,
    );
    assert!(
        text.contains(r#""isReady":true"#) && text.contains(r#""state":"Ready""#),
        "{text}"
    );
}

#[test]
fn a_conversion_needs_no_more_than_the_scheme() {
    let server = StandIn::start(Config::default());
    let path = format!(
        "{}&operation=ConvertAuthenticationScheme",
        endpoint_path(AUTOMATIC_ID)
    );
    let mut body = json!({
        "id": AUTOMATIC_ID, "type": "azurerm",
        "authorization": {"scheme": "WorkloadIdentityFederation"},
        "serviceEndpointProjectReferences": good()["serviceEndpointProjectReferences"]
    });
    body["data"] = json!({"revertSchemeDeadline": "2031-03-14T09:00:00Z"});
    assert!(message(&send(&server, "PUT", &path, &body)).contains("revertSchemeDeadline"));
    body["data"] = json!({});
    let (status, converted) = send(&server, "PUT", &path, &body);
    assert_eq!(status, 200, "{converted}");
    assert!(
        converted
            .to_string()
            .contains("workloadIdentityFederationSubject")
    );
    let again = send(&server, "PUT", &path, &body);
    assert!(message(&again).ends_with("neither an upgrade or a downgrade and is not supported"));
}

#[test]
fn it_remembers_what_it_was_sent() {
    let server = StandIn::start(Config::default());
    put(&server, &good());
    let received = server.received();
    let [request] = &received[..] else {
        panic!("one request: {received:?}")
    };
    assert_eq!(request.method, "PUT");
    assert_eq!(
        request.url,
        format!("/contoso/{}", endpoint_path(AUTOMATIC_ID))
    );
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.body, good().to_string());
}

#[test]
fn a_recorded_save_fails_again_and_succeeds_without_the_member() {
    let text = std::fs::read_to_string("samples/recorded/chromium-accesstoken-null.har")
        .expect("the recording is there");
    let trace: Value = serde_json::from_str(&text).expect("JSON");
    let recorded = trace["log"]["entries"][3]["request"]["postData"]["text"]
        .as_str()
        .expect("entry 3 is the save");
    let server = StandIn::start(Config::default());
    let path = endpoint_path(AUTOMATIC_ID);
    let (status, answer) = curl(&server, "PUT", &path, &[], Some(recorded));
    assert!(status == 500 && answer.contains(CACHE_INVALID), "{answer}");
    let mended = recorded.replace(r#","accesstoken":null"#, "");
    let (status, answer) = curl(&server, "PUT", &path, &["-H", PORTAL], Some(&mended));
    assert_eq!(status, 200, "{answer}");
}
