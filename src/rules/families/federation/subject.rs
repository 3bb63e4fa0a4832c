//! The subject that Azure DevOps presents for a connection.

use crate::text::guid::{self, is_guid};
use crate::text::url;

/// A subject taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// `sc://organization/project/connection`: names, written down when the connection was made.
    Named {
        organization: String,
        project: String,
        connection: String,
    },
    /// `/eid1/c/pub/t/…/a/…/sc/organization/connection`: ids, of which Entra ID packs the first two.
    Packed {
        tenant: String,
        service: String,
        organization: String,
        connection: String,
    },
}

impl Subject {
    /// Takes `text` apart; `None` for any other subject.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(names) = text.strip_prefix("sc://") {
            let mut parts = names.splitn(3, '/').map(url::decode);
            return Some(Self::Named {
                organization: parts.next()?,
                project: parts.next()?,
                connection: parts.next()?,
            });
        }
        let parts: Vec<&str> = text.strip_prefix("/eid1/c/")?.split('/').collect();
        let [
            _cloud,
            "t",
            tenant,
            "a",
            service,
            "sc",
            organization,
            connection,
        ] = parts[..]
        else {
            return None;
        };
        Some(Self::Packed {
            tenant: unpacked(tenant)?,
            service: unpacked(service)?,
            organization: organization.to_owned(),
            connection: connection.to_owned(),
        })
    }
}

/// The GUID that `text` packs. One written out stands for itself.
fn unpacked(text: &str) -> Option<String> {
    if is_guid(text) {
        return Some(text.to_ascii_lowercase());
    }
    guid::unpacked(text)
}

#[cfg(test)]
mod tests {
    use super::Subject;
    use crate::azure::AZURE_DEVOPS;

    #[test]
    fn both_forms_are_taken_apart() {
        let taken_apart = Subject::parse("sc://contoso/Fab%20rikam/prod/west");
        let names = Subject::Named {
            organization: "contoso".into(),
            project: "Fab rikam".into(),
            connection: "prod/west".into(),
        };
        assert_eq!(taken_apart, Some(names));
        let packed = "/eid1/c/pub/t/PwFflyR_6Een06vEdSvzRg/a/rISbSSETf0KqFyZ8ppdXmA/sc/o/c";
        let Some(Subject::Packed {
            tenant,
            service,
            connection,
            ..
        }) = Subject::parse(packed)
        else {
            panic!("not taken apart");
        };
        assert_eq!(tenant, "975f013f-7f24-47e8-a7d3-abc4752bf346");
        assert_eq!((service.as_str(), connection.as_str()), (AZURE_DEVOPS, "c"));
        for other in [
            "p://a/b/c",
            "repo:a/b:ref",
            "sc://a/b",
            "/eid1/c/pub/t/x/a/y/z",
            "***",
            "",
        ] {
            assert_eq!(Subject::parse(other), None, "{other}");
        }
    }
}
