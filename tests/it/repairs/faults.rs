//! The faults: what is wrong with which body, and how it is sent.

use serde_json::{Value, json};

use crate::repairs::trial::{Fault, Sending, exchange};
use crate::stand_in::client::good;
use crate::stand_in::{Config, contoso};

const PROJECT: &str = "a47e2b90-5d1c-4f38-86b3-e9d70c5f1a62";
const AUTOMATIC: &str =
    "_apis/serviceendpoint/endpoints/7c1f0a52-3d84-4e19-9b60-5a2e8d417f33?api-version=7.1";
const MANUAL: &str =
    "_apis/serviceendpoint/endpoints/e04b6d9a-1f27-4c58-8a3d-96b05c72d1e8?api-version=7.1";

const UPDATE: Sending = Sending {
    name: "update",
    verb: "PUT",
    path: AUTOMATIC,
    read: Some(AUTOMATIC),
};
/// Nothing else of the endpoint is in the trace.
const BLIND_UPDATE: Sending = Sending {
    read: None,
    ..UPDATE
};
const CREATE: Sending = Sending {
    name: "create",
    verb: "POST",
    path: "_apis/serviceendpoint/endpoints?api-version=7.1",
    read: None,
};
const CREATE_IN_PROJECT: Sending = Sending {
    path: "a47e2b90-5d1c-4f38-86b3-e9d70c5f1a62/_apis/serviceendpoint/endpoints?api-version=7.1",
    ..CREATE
};
const CONVERT: Sending = Sending {
    name: "convert",
    verb: "PUT",
    path: "_apis/serviceendpoint/endpoints/e04b6d9a-1f27-4c58-8a3d-96b05c72d1e8?operation=ConvertAuthenticationScheme&api-version=7.1",
    read: Some(MANUAL),
};
const VERIFY: Sending = Sending {
    name: "verify",
    verb: "POST",
    path: "WebShop/_apis/serviceendpoint/endpointproxy?endpointId=7c1f0a52-3d84-4e19-9b60-5a2e8d417f33&api-version=7.1-preview.1",
    read: None,
};

/// A good body of an update.
fn update(change: impl FnOnce(&mut Value)) -> String {
    let mut body = good();
    change(&mut body);
    body.to_string()
}

/// A good body for a new manual connection.
fn create(change: impl FnOnce(&mut Value)) -> String {
    let mut body = contoso::manual();
    body.as_object_mut().expect("an object").remove("id");
    body["name"] = json!("contoso-new");
    body["serviceEndpointProjectReferences"][0]["name"] = json!("contoso-new");
    change(&mut body);
    body.to_string()
}

fn parameters(body: &mut Value) -> &mut Value {
    &mut body["authorization"]["parameters"]
}

fn fault(rule: &'static str, what: &'static str, sending: Sending, body: String) -> Fault {
    Fault {
        rule,
        what,
        sending,
        body,
        options: &[],
        beside: Vec::new(),
        config: Config::default(),
        harmless: false,
    }
}

impl Fault {
    fn told(mut self, options: &'static [&'static str]) -> Self {
        self.options = options;
        self
    }
}

/// All of them, by rule.
pub(crate) fn all() -> Vec<Fault> {
    let mut all = Vec::new();
    all.extend(access_token());
    all.extend(of_maps());
    all.extend(of_values());
    all.extend(of_ids());
    all.extend(of_shape());
    all.extend(of_new_connections());
    all.extend(of_places());
    all.extend(of_types());
    all.sort_by_key(|fault| fault.rule);
    all
}

fn access_token() -> Vec<Fault> {
    let rule = "payload-accesstoken-null";
    let mut details = good();
    parameters(&mut details)["AccessToken"] = json!("");
    let verify = json!({
        "serviceEndpointDetails": details,
        "dataSourceDetails": {"dataSourceName": "TestConnection"},
        "resultTransformationDetails": {}
    });
    vec![
        fault(
            rule,
            "null",
            UPDATE,
            update(|body| parameters(body)["accesstoken"] = Value::Null),
        ),
        fault(
            rule,
            "blank, in other letters",
            BLIND_UPDATE,
            update(|body| parameters(body)["accessToken"] = json!(" ")),
        ),
        fault(rule, "empty, in a verify", VERIFY, verify.to_string()).told(&["--call", "1"]),
        fault(
            "access-token-cache-invalid",
            "with a value that the cache does not know",
            UPDATE,
            update(|body| parameters(body)["accesstoken"] = json!("invented.and.unknown")),
        )
        .told(&["--unsafe-fixes"]),
    ]
}

fn of_maps() -> Vec<Fault> {
    let nulled = |body: &mut Value| parameters(body)["serviceprincipalkey"] = json!("null");
    vec![
        fault(
            "payload-duplicate-key",
            "with the same value",
            UPDATE,
            update(|body| {
                let tenant = parameters(body)["tenantid"].clone();
                parameters(body)["tenantId"] = tenant;
            }),
        ),
        fault(
            "payload-duplicate-key",
            "one of them empty",
            UPDATE,
            update(|body| body["data"]["SubscriptionID"] = json!("")),
        ),
        fault(
            "payload-value-not-a-string",
            "",
            UPDATE,
            update(|body| body["data"]["oboAuthorization"] = json!(true)),
        ),
        fault(
            "payload-id-mismatch",
            "",
            UPDATE,
            update(|body| body["id"] = json!("e04b6d9a-1f27-4c58-8a3d-96b05c72d1e8")),
        )
        .told(&["--unsafe-fixes"]),
        fault("payload-secret-word-null", "", UPDATE, update(nulled)),
        fault(
            "payload-identity-missing",
            "",
            CREATE,
            create(|body| parameters(body)["serviceprincipalid"] = json!("")),
        )
        .told(&[
            "--set",
            "/authorization/parameters/serviceprincipalid=5e0b7d14-9c3a-4d62-a8f1-2b94c6e7d053",
        ]),
        fault(
            "payload-credential-kind-mismatch",
            "",
            CREATE,
            create(|body| parameters(body)["authenticationType"] = json!("spnCertificate")),
        )
        .told(&[
            "--set",
            "/authorization/parameters/servicePrincipalCertificate=env:MENDPOINT_TEST_SECRET",
        ]),
    ]
}

fn of_values() -> Vec<Fault> {
    vec![
        fault(
            "payload-authority-not-a-uri",
            "",
            UPDATE,
            update(|body| body["data"]["environmentAuthorityUrl"] = json!("")),
        ),
        fault(
            "payload-empty-required-string",
            "",
            UPDATE,
            update(|body| body["name"] = json!("")),
        ),
        fault(
            "payload-empty-required-string",
            "the trace shows no name",
            BLIND_UPDATE,
            update(|body| body["name"] = json!("")),
        )
        .told(&["--set", "/name=contoso-dev"]),
        fault(
            "payload-url-environment-mismatch",
            "",
            UPDATE,
            update(|body| body["url"] = json!("https://management.core.windows.net/")),
        ),
        fault(
            "payload-url-environment-mismatch",
            "with the address of another cloud",
            UPDATE,
            update(|body| body["url"] = json!("https://management.chinacloudapi.cn/")),
        )
        .told(&["--unsafe-fixes"]),
        fault(
            "payload-url-environment-mismatch",
            "with a blank behind it as well",
            UPDATE,
            update(|body| body["url"] = json!("https://portal.azure.com/ ")),
        ),
        Fault {
            beside: vec![exchange(
                "GET",
                "https://login.microsoftonline.us/common/oauth2/authorize",
                200,
                "",
            )],
            ..fault(
                "payload-url-environment-mismatch",
                "with the address and the sign-in of another cloud",
                UPDATE,
                update(|body| body["url"] = json!("https://management.usgovcloudapi.net/")),
            )
        },
        fault(
            "payload-whitespace-in-value",
            "",
            UPDATE,
            update(|body| body["url"] = json!("https://management.azure.com/\u{200b} ")),
        ),
        fault(
            "payload-subscription-name-changed",
            "",
            UPDATE,
            update(|body| body["data"]["subscriptionName"] = json!("Contoso Dev")),
        ),
    ]
}

fn of_ids() -> Vec<Fault> {
    vec![
        fault(
            "payload-guid-malformed",
            "in braces",
            UPDATE,
            update(|body| {
                body["data"]["subscriptionId"] = json!("{b61d7e08-52c9-4a3f-8e14-d70f3b9a6c25}");
            }),
        ),
        fault(
            "payload-guid-malformed",
            "digits are missing, and the trace shows them",
            UPDATE,
            update(|body| body["data"]["subscriptionId"] = json!("b61d7e08-52c9-4a3f-8e14")),
        )
        .told(&["--unsafe-fixes"]),
        fault(
            "payload-guid-malformed",
            "digits are missing",
            BLIND_UPDATE,
            update(|body| body["data"]["subscriptionId"] = json!("b61d7e08-52c9-4a3f-8e14")),
        )
        .told(&[
            "--set",
            "/data/subscriptionId=b61d7e08-52c9-4a3f-8e14-d70f3b9a6c25",
        ]),
        fault(
            "payload-placeholder-value",
            "the trace shows the id",
            UPDATE,
            update(|body| body["data"]["subscriptionId"] = json!("YOUR_SUBSCRIPTION_ID")),
        )
        .told(&["--unsafe-fixes"]),
        fault(
            "payload-placeholder-value",
            "",
            BLIND_UPDATE,
            update(|body| body["data"]["subscriptionId"] = json!("YOUR_SUBSCRIPTION_ID")),
        )
        .told(&[
            "--set",
            "/data/subscriptionId=b61d7e08-52c9-4a3f-8e14-d70f3b9a6c25",
        ]),
        fault(
            "payload-unresolved-variable",
            "the trace shows the value",
            UPDATE,
            update(|body| parameters(body)["tenantid"] = json!("$(tenantId)")),
        )
        .told(&["--unsafe-fixes"]),
        fault(
            "payload-unresolved-variable",
            "",
            BLIND_UPDATE,
            update(|body| parameters(body)["tenantid"] = json!("$(tenantId)")),
        )
        .told(&[
            "--set",
            "/authorization/parameters/tenantid=0a5d3c71-e846-4f92-8b1d-67c9f20e5a38",
        ]),
    ]
}

fn of_shape() -> Vec<Fault> {
    let wrapped = |name: &'static str| {
        update(|body| {
            let inner = parameters(body);
            if !name.is_empty() {
                inner[name] = Value::Null;
            }
            *inner = json!(inner.to_string());
        })
    };
    vec![
        fault("payload-double-encoded-parameters", "", UPDATE, wrapped("")),
        fault(
            "payload-double-encoded-parameters",
            "with an empty accesstoken inside",
            UPDATE,
            wrapped("accesstoken"),
        ),
        Fault {
            harmless: true,
            ..fault(
                "payload-isready-false-sent",
                "no fault by itself",
                UPDATE,
                update(|body| body["isReady"] = json!(false)),
            )
        },
        fault(
            "payload-scheme-unsupported",
            "",
            UPDATE,
            update(|body| body["authorization"]["scheme"] = json!("Service Principal")),
        ),
        fault("payload-conversion-keeps-deadline", "", CONVERT, {
            let mut body = contoso::manual();
            body["authorization"]["scheme"] = json!("WorkloadIdentityFederation");
            parameters(&mut body)["serviceprincipalkey"] = Value::Null;
            body["data"]["revertSchemeDeadline"] = json!("2031-03-10T09:00:00Z");
            body.to_string()
        }),
        fault(
            "update-sent-as-patch",
            "",
            Sending {
                verb: "PATCH",
                ..UPDATE
            },
            update(|_| ()),
        ),
    ]
}

fn of_new_connections() -> Vec<Fault> {
    let home = "0a5d3c71-e846-4f92-8b1d-67c9f20e5a38";
    let subscription = "1e90b5f7-c42d-4836-a5e1-8f6d03b7c94a";
    let list = json!({"value": [{"subscriptionId": subscription, "tenantId": home}]});
    vec![
        fault("payload-automatic-clone-stale-ids", "", CREATE, {
            let mut body = good();
            body.as_object_mut().expect("an object").remove("id");
            body["name"] = json!("contoso-copy");
            body["serviceEndpointProjectReferences"][0]["name"] = json!("contoso-copy");
            body.to_string()
        })
        .told(&["--unsafe-fixes"]),
        fault(
            "payload-serviceprincipalkey-null-create",
            "",
            CREATE,
            create(|body| parameters(body)["serviceprincipalkey"] = Value::Null),
        )
        .told(&[
            "--set",
            "/authorization/parameters/serviceprincipalkey=env:MENDPOINT_TEST_SECRET",
        ]),
        fault(
            "payload-wif-carries-secret",
            "",
            CREATE,
            create(|body| body["authorization"]["scheme"] = json!("WorkloadIdentityFederation")),
        ),
        Fault {
            beside: vec![exchange(
                "GET",
                "https://management.azure.com/subscriptions?api-version=2022-12-01",
                200,
                &list.to_string(),
            )],
            config: Config {
                tenants: vec![(subscription.to_owned(), home.to_owned())],
                ..Config::default()
            },
            ..fault(
                "payload-tenant-mismatch",
                "a list names the tenant",
                CREATE,
                create(|body| {
                    parameters(body)["tenantid"] = json!("3b7e91c4-05da-4f62-98b3-d26f1a80e7c5");
                }),
            )
        }
        .told(&["--unsafe-fixes"]),
        Fault {
            config: Config {
                tenants: vec![(subscription.to_owned(), home.to_owned())],
                ..Config::default()
            },
            ..fault(
                "payload-tenant-mismatch",
                "the refusal names the tenant",
                CREATE,
                create(|body| {
                    parameters(body)["tenantid"] = json!("3b7e91c4-05da-4f62-98b3-d26f1a80e7c5");
                }),
            )
        }
        .told(&["--unsafe-fixes"]),
    ]
}

fn of_places() -> Vec<Fault> {
    let references = "payload-missing-project-references";
    let level = "payload-scopelevel-inconsistent";
    let none = |body: &mut Value| body["serviceEndpointProjectReferences"] = json!([]);
    let unnamed = |body: &mut Value| body["data"]["subscriptionName"] = json!("");
    let other_project = |body: &mut Value| {
        let reference = &mut body["serviceEndpointProjectReferences"][0]["projectReference"];
        assert_eq!(reference["id"], PROJECT);
        reference["id"] = json!("0f7b6a2e-93d5-4c18-b4e0-6a21d8f5c973");
    };
    vec![
        fault(references, "the trace shows them", UPDATE, update(none)),
        fault(references, "the URL names the project", CREATE_IN_PROJECT, create(none)),
        Fault {
            beside: vec![exchange(
                "GET",
                &format!("https://dev.azure.com/contoso/_apis/projects/{PROJECT}"),
                200,
                &json!({"id": PROJECT, "name": "WebShop"}).to_string(),
            )],
            ..fault(
                references,
                "another call tells the project's name",
                CREATE_IN_PROJECT,
                create(none),
            )
        },
        fault(
            references,
            "an object in place of a list",
            UPDATE,
            update(|body| {
                let list = &mut body["serviceEndpointProjectReferences"];
                *list = list[0].clone();
            }),
        ),
        fault(references, "nothing names the project", CREATE, create(none)).told(&[
            "--set",
            "/serviceEndpointProjectReferences/0/projectReference/id=a47e2b90-5d1c-4f38-86b3-e9d70c5f1a62",
            "--set",
            "/serviceEndpointProjectReferences/0/projectReference/name=WebShop",
        ]),
        fault("payload-project-reference-name-mismatch", "", CREATE_IN_PROJECT, create(other_project))
            .told(&["--unsafe-fixes"]),
        fault(
            "payload-scope-subscription-mismatch",
            "",
            UPDATE,
            update(|body| {
                parameters(body)["scope"] =
                    json!("/subscriptions/1e90b5f7-c42d-4836-a5e1-8f6d03b7c94a/resourcegroups/shop");
            }),
        )
        .told(&["--unsafe-fixes"]),
        fault(level, "the trace shows the name", UPDATE, update(unnamed)),
        fault(level, "nothing shows the name", CREATE, create(unnamed))
            .told(&["--set", "/data/subscriptionName=Contoso Production"]),
        fault(
            level,
            "ids of two levels",
            UPDATE,
            update(|body| body["data"]["managementGroupId"] = json!("contoso-root")),
        )
        .told(&["--unsafe-fixes"]),
    ]
}

/// A good body for a new connection of another type.
fn other(
    kind: &str,
    url: &str,
    scheme: &str,
    parameters: &Value,
    data: &Value,
    change: impl FnOnce(&mut Value),
) -> String {
    let mut body = json!({
        "name": "contoso-other", "description": "", "type": kind, "url": url,
        "authorization": {"scheme": scheme, "parameters": parameters}, "data": data,
        "serviceEndpointProjectReferences": [{"projectReference": {"id": PROJECT, "name": "WebShop"}, "name": "contoso-other"}]
    });
    change(&mut body);
    body.to_string()
}

fn jenkins(change: impl FnOnce(&mut Value)) -> String {
    other(
        "jenkins",
        "https://jenkins.contoso.example/",
        "UsernamePassword",
        &json!({"username": "svc-build", "password": "invented-secret"}),
        &json!({"acceptUntrustedCerts": "false"}),
        change,
    )
}

fn npm(change: impl FnOnce(&mut Value)) -> String {
    other(
        "externalnpmregistry",
        "https://npm.contoso.example/",
        "Token",
        &json!({"apitoken": "invented-secret"}),
        &json!({}),
        change,
    )
}

/// Of the types whose members a table names.
fn of_types() -> Vec<Fault> {
    let mut faults = of_members();
    faults.extend(of_addresses());
    faults
}

#[expect(clippy::too_many_lines, reason = "a list, one fault an item")]
fn of_members() -> Vec<Fault> {
    let federated = |change: fn(&mut Value)| {
        let ids = json!({"tenantid": "0a5d3c71-e846-4f92-8b1d-67c9f20e5a38", "serviceprincipalid": contoso::MANUAL_CLIENT});
        let (kind, scheme) = ("workloadidentityuser", "WorkloadIdentityFederation");
        other(
            kind,
            "https://dev.azure.com/contoso",
            scheme,
            &ids,
            &json!({}),
            change,
        )
    };
    let required = "payload-required-member-missing";
    let misplaced = "payload-member-misplaced";
    vec![
        fault(
            required,
            "a secret",
            CREATE,
            jenkins(|body| parameters(body)["password"] = json!("")),
        )
        .told(&[
            "--set",
            "/authorization/parameters/password=env:MENDPOINT_TEST_SECRET",
        ]),
        fault(required, "under another name", CREATE, {
            let token = json!({"apitoken": "invented-secret"});
            other(
                "github",
                "https://github.com",
                "Token",
                &token,
                &json!({}),
                |_| (),
            )
        })
        .told(&["--unsafe-fixes"]),
        fault(
            misplaced,
            "beside the scheme",
            CREATE,
            npm(|body| {
                body["authorization"] = json!({"scheme": "Token", "apitoken": "invented-secret"});
            }),
        ),
        fault(misplaced, "in the other map", CREATE, {
            let both = json!({"apitoken": "invented-secret", "username": "svc-build"});
            other(
                "gitlab",
                "https://gitlab.com/",
                "Token",
                &both,
                &json!({}),
                |_| (),
            )
        }),
        fault(
            "payload-member-unexpected",
            "",
            CREATE,
            federated(|body| body["data"]["creationMode"] = json!("Manual")),
        ),
        fault(
            "payload-member-spelling",
            "",
            CREATE,
            npm(|body| {
                body["authorization"]["parameters"] = json!({"ApiToken": "invented-secret"});
            }),
        ),
        fault("payload-value-of-wrong-shape", "", CREATE, {
            let login = json!({"registry": "https://registry.litware.example/", "username": "svc-build", "password": "invented-secret"});
            let kind = json!({"registrytype": "Docker Hub"});
            other(
                "dockerregistry",
                "https://hub.docker.com/",
                "UsernamePassword",
                &login,
                &kind,
                |_| (),
            )
        }),
        fault(
            "payload-parameters-not-a-map",
            "",
            CREATE,
            jenkins(|body| {
                *parameters(body) = json!([{"name": "username", "value": "svc-build"}, {"name": "password", "value": "invented-secret"}]);
            }),
        ),
        fault(
            "payload-cut-off-by-depth",
            "still told",
            CREATE,
            jenkins(|body| {
                let cut = format!("@{{id={PROJECT}; name=WebShop}}");
                body["serviceEndpointProjectReferences"][0]["projectReference"] = json!(cut);
            }),
        )
        .told(&["--unsafe-fixes"]),
        fault(
            "payload-scheme-unsupported",
            "of another type, with the token where it belongs",
            CREATE,
            other(
                "sonarqube",
                "https://sonarqube.contoso.example",
                "Token",
                &json!({"apitoken": "invented-secret"}),
                &json!({}),
                |_| (),
            ),
        )
        .told(&["--unsafe-fixes"]),
        registry_of_azure(),
    ]
}

/// A stored connection to a registry of Azure, updated with another app.
fn registry_of_azure() -> Fault {
    let registry = "/subscriptions/b61d7e08-52c9-4a3f-8e14-d70f3b9a6c25/resourceGroups/shop/providers/Microsoft.ContainerRegistry/registries/contoso";
    let parameters_of = |app: &str| {
        json!({
            "loginServer": "contoso.azurecr.io", "scope": registry, "tenantId": "0a5d3c71-e846-4f92-8b1d-67c9f20e5a38",
            "authenticationType": "spnKey", "serviceprincipalid": app, "serviceprincipalkey": null
        })
    };
    let data = json!({
        "registrytype": "ACR", "registryId": registry,
        "subscriptionId": "b61d7e08-52c9-4a3f-8e14-d70f3b9a6c25", "subscriptionName": "Contoso Development"
    });
    let id = "0d4f7a92-61c8-4e35-b7a0-92c5e8f13d46";
    let body = |app: &str| {
        let (url, scheme) = ("https://contoso.azurecr.io", "ServicePrincipal");
        other(
            "dockerregistry",
            url,
            scheme,
            &parameters_of(app),
            &data,
            |body| body["id"] = json!(id),
        )
    };
    let path =
        "_apis/serviceendpoint/endpoints/0d4f7a92-61c8-4e35-b7a0-92c5e8f13d46?api-version=7.1";
    let mut config = Config::default();
    let stored = serde_json::from_str(&body(contoso::MANUAL_CLIENT)).expect("JSON");
    config.endpoints.push(stored);
    Fault {
        config,
        ..fault(
            "payload-authorization-changed",
            "",
            Sending {
                name: "update",
                verb: "PUT",
                path,
                read: Some(path),
            },
            body(""),
        )
    }
}

fn of_addresses() -> Vec<Fault> {
    let rule = "payload-url-not-of-type";
    vec![
        fault(
            "payload-url-not-absolute",
            "",
            CREATE,
            npm(|body| body["url"] = json!("npm.contoso.example/feed")),
        )
        .told(&["--unsafe-fixes"]),
        fault(
            rule,
            "without the slash that the test of the type needs",
            CREATE,
            jenkins(|body| body["url"] = json!("https://jenkins.contoso.example")),
        ),
        fault(rule, "with another scheme", CREATE, {
            let open = json!({"Unsecured": "false"});
            let url = "https://cluster.contoso.example:19000";
            other("servicefabric", url, "None", &open, &json!({}), |_| ())
        })
        .told(&["--unsafe-fixes"]),
    ]
}
