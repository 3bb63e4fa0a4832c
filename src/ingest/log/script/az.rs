//! What `az rest`, `az devops invoke` and `az devops service-endpoint create` send.

use super::command::body_in;
use super::{Asked, Script};
use crate::exchange::{Body, Headers};
use crate::text::placeholder::MASK;

/// The organization of a command that takes it from the settings of the machine.
const SOMEWHERE: &str = "https://dev.azure.com/***";

/// Options with the words behind each, which may be several.
struct Options<'w>(Vec<(&'w str, Vec<&'w str>)>);

impl<'w> Options<'w> {
    fn of(words: &'w [String]) -> Self {
        let mut options: Vec<(&str, Vec<&str>)> = Vec::new();
        for word in words {
            if word.starts_with('-') && word.len() > 1 {
                match word.split_once('=').filter(|_| word.starts_with("--")) {
                    Some((name, value)) => options.push((name, vec![value])),
                    None => options.push((word, Vec::new())),
                }
            } else if let Some((_, values)) = options.last_mut() {
                values.push(word);
            }
        }
        Self(options)
    }

    fn all(&self, names: &[&str]) -> &[&'w str] {
        let found = self.0.iter().find(|(name, _)| names.contains(name));
        found.map_or(&[], |(_, values)| values)
    }

    fn one(&self, names: &[&str]) -> Option<&'w str> {
        self.all(names).first().copied()
    }

    /// `name=value` words.
    fn pairs(&self, names: &[&str]) -> Vec<(&'w str, &'w str)> {
        let words = self.all(names).iter();
        words.filter_map(|pair| pair.split_once('=')).collect()
    }

    fn organization(&self) -> &'w str {
        let named = self.one(&["--organization", "--org"]);
        named.unwrap_or(SOMEWHERE).trim_end_matches('/')
    }
}

/// The request of an `az` with these words.
pub(super) fn asked(words: &[String], stdin: Option<&str>, script: &Script) -> Option<Asked> {
    let verbs: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .take_while(|word| !word.starts_with('-'))
        .collect();
    let options = Options::of(&words[verbs.len()..]);
    let in_file = |name: &str| body_in(name, stdin, script);
    match verbs.as_slice() {
        ["rest"] => rest(&options, &in_file),
        ["devops", "invoke"] => invoke(&options, &in_file),
        ["devops", "service-endpoint", "create"] => create(&options, &in_file),
        _ => None,
    }
}

fn rest(options: &Options<'_>, in_file: &dyn Fn(&str) -> Body) -> Option<Asked> {
    let mut url = options.one(&["--uri", "--url", "-u"])?.to_owned();
    for pair in options.all(&["--uri-parameters", "--url-parameters"]) {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(pair);
    }
    let body = match options.one(&["--body", "-b"]) {
        Some(body) if body.starts_with('@') => in_file(body),
        Some(body) => Body::Text(body.into()),
        None => Body::Empty,
    };
    let fields = options.pairs(&["--headers"]).into_iter();
    let method = options.one(&["--method", "-m"]).unwrap_or("get");
    Some(Asked {
        method: method.to_ascii_uppercase(),
        url,
        headers: fields.collect(),
        body,
    })
}

fn invoke(options: &Options<'_>, in_file: &dyn Fn(&str) -> Body) -> Option<Asked> {
    let (area, resource) = (options.one(&["--area"])?, options.one(&["--resource"])?);
    let route = options.pairs(&["--route-parameters"]);
    let part = |name: &str| {
        let found = route.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or_else(String::new, |(_, value)| format!("/{value}"))
    };
    let mut query = options.all(&["--query-parameters"]).join("&");
    if !query.is_empty() {
        query.push('&');
    }
    let (organization, project, id) = (options.organization(), part("project"), part("endpointId"));
    let version = options.one(&["--api-version"]).unwrap_or("5.0");
    let method = options.one(&["--http-method"]).unwrap_or("GET");
    Some(Asked {
        method: method.to_ascii_uppercase(),
        url: format!(
            "{organization}{project}/_apis/{area}/{resource}{id}?{query}api-version={version}"
        ),
        headers: Headers::default(),
        body: options.one(&["--in-file"]).map_or(Body::Empty, in_file),
    })
}

fn create(options: &Options<'_>, in_file: &dyn Fn(&str) -> Body) -> Option<Asked> {
    let body = in_file(options.one(&["--service-endpoint-configuration"])?);
    // Beside a log the log itself tells more; without the file there is nothing to judge.
    body.text()?;
    let organization = options.organization();
    let project = options.one(&["--project", "-p"]).unwrap_or(MASK);
    Some(Asked {
        method: "POST".to_owned(),
        url: format!(
            "{organization}/{project}/_apis/serviceendpoint/endpoints?api-version=5.0-preview.2"
        ),
        headers: Headers::default(),
        body,
    })
}
