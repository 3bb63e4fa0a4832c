//! What a command with these words does: `curl`, `az`, and what puts bodies together for them.

use super::{Asked, Script, az};
use crate::exchange::Body;

/// Runs a command; gives what it is known to print.
pub(super) fn run(
    name: &str,
    words: &[String],
    stdin: Option<String>,
    script: &mut Script,
) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match name
        .to_ascii_lowercase()
        .trim_end_matches(".exe")
        .trim_end_matches(".cmd")
    {
        "curl" => {
            if let Some(asked) = curl(words, stdin.as_deref(), script) {
                script.asked.push(asked);
            }
            None
        }
        "az" => {
            if let Some(asked) = az::asked(words, stdin.as_deref(), script) {
                script.asked.push(asked);
            }
            None
        }
        "cat" => match words.iter().find(|word| !word.starts_with('-')) {
            Some(file) => script.file(file),
            None => stdin,
        },
        "echo" => {
            let shown = words
                .iter()
                .skip_while(|word| matches!(word.as_str(), "-n" | "-e" | "-ne" | "-en" | "-E"));
            Some(shown.map(String::as_str).collect::<Vec<_>>().join(" ") + "\n")
        }
        "printf" => match words {
            [format, value] if matches!(format.as_str(), "%s" | "%s\\n" | "%b") => {
                Some(value.clone())
            }
            [text] if !text.contains('%') => Some(text.replace("\\n", "\n")),
            _ => None,
        },
        "tee" => {
            let file = words.iter().find(|word| !word.starts_with('-'))?;
            script.write(file, stdin.as_deref()?);
            stdin
        }
        "read" => {
            let name = words.last()?;
            script.set(name, stdin?.trim_end_matches('\n'));
            None
        }
        // Only the filters that change nothing but the layout.
        "jq" => {
            let filters = words.iter().filter(|word| !word.starts_with('-'));
            let plain = filters.eq(["."]) || words.iter().all(|word| word.starts_with('-'));
            stdin.filter(|_| {
                plain
                    && !words
                        .iter()
                        .any(|word| word == "-n" || word.starts_with("--arg"))
            })
        }
        _ => None,
    }
}

/// Short options of curl that take a word.
const SHORT_WITH_VALUE: &str = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";

/// Long options of curl that matter, or whose word could be taken for the address.
const LONG_WITH_VALUE: [&str; 19] = [
    "request",
    "header",
    "data",
    "data-raw",
    "data-binary",
    "data-ascii",
    "data-urlencode",
    "json",
    "url",
    "user",
    "upload-file",
    "cookie",
    "referer",
    "proxy",
    "output",
    "user-agent",
    "cacert",
    "cert",
    "oauth2-bearer",
];

#[derive(Default)]
struct Curl {
    method: Option<String>,
    url: Option<String>,
    headers: Vec<(String, String)>,
    data: Option<Data>,
    head: bool,
    get: bool,
    upload: bool,
}

/// What is to be sent.
enum Data {
    Known(String),
    /// It stands in a file, or is printed by a program, that is not known.
    Elsewhere(String),
}

/// The request of a `curl` with these words.
pub(super) fn curl(words: &[String], stdin: Option<&str>, script: &Script) -> Option<Asked> {
    let mut curl = Curl::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if let Some(long) = word.strip_prefix("--").filter(|long| !long.is_empty()) {
            let (name, value) = long
                .split_once('=')
                .map_or((long, None), |(name, value)| (name, Some(value.to_owned())));
            if !LONG_WITH_VALUE.contains(&name) {
                match name {
                    "head" => curl.head = true,
                    "get" => curl.get = true,
                    "next" => break,
                    _ => {}
                }
                continue;
            }
            let value = value.or_else(|| words.next().cloned())?;
            curl.option(name, value, stdin, script);
        } else if let Some(short) = word.strip_prefix('-').filter(|short| !short.is_empty()) {
            for (at, letter) in short.char_indices() {
                if !SHORT_WITH_VALUE.contains(letter) {
                    curl.head |= letter == 'I';
                    curl.get |= letter == 'G';
                    continue;
                }
                let glued = &short[at + letter.len_utf8()..];
                let value = if glued.is_empty() {
                    words.next()?.clone()
                } else {
                    glued.to_owned()
                };
                let name = match letter {
                    'X' => "request",
                    'H' => "header",
                    'd' => "data",
                    'T' => "upload-file",
                    'b' => "cookie",
                    'u' => "user",
                    _ => "",
                };
                curl.option(name, value, stdin, script);
                break;
            }
        } else if curl.url.is_none() && is_address(word) {
            curl.url = Some(word.clone());
        }
    }
    curl.asked()
}

fn is_address(word: &str) -> bool {
    !word.contains(char::is_whitespace) && (word.contains("://") || word.contains("/_apis/"))
}

impl Curl {
    fn option(&mut self, name: &str, value: String, stdin: Option<&str>, script: &Script) {
        match name {
            "request" => self.method = Some(value),
            "url" => self.url = Some(value),
            "header" => {
                if let Some((name, value)) = value.split_once(':') {
                    self.headers
                        .push((name.trim().to_owned(), value.trim().to_owned()));
                }
            }
            "cookie" => self.headers.push(("Cookie".to_owned(), value)),
            "user" => {
                use base64::Engine as _;
                let coded = base64::engine::general_purpose::STANDARD.encode(value);
                self.headers
                    .push(("Authorization".to_owned(), format!("Basic {coded}")));
            }
            "oauth2-bearer" => self
                .headers
                .push(("Authorization".to_owned(), format!("Bearer {value}"))),
            "upload-file" => {
                self.upload = true;
                self.data = Some(from_file(&value, stdin, script));
            }
            "json" => {
                for field in ["Content-Type", "Accept"] {
                    self.headers
                        .push((field.to_owned(), "application/json".to_owned()));
                }
                self.add(value, true, stdin, script);
            }
            "data" | "data-ascii" | "data-binary" => self.add(value, true, stdin, script),
            "data-raw" | "data-urlencode" => self.add(value, false, stdin, script),
            _ => {}
        }
    }

    /// One more piece of data; several are joined as form fields are, JSON as it is.
    fn add(&mut self, value: String, files: bool, stdin: Option<&str>, script: &Script) {
        let data = match value.strip_prefix('@').filter(|_| files) {
            Some(file) => from_file(file, stdin, script),
            None => Data::Known(value),
        };
        self.data = Some(match (self.data.take(), data) {
            (Some(Data::Known(first)), Data::Known(more)) => Data::Known(format!("{first}&{more}")),
            (Some(elsewhere @ Data::Elsewhere(_)), _) => elsewhere,
            (_, data) => data,
        });
    }

    fn asked(self) -> Option<Asked> {
        let mut url = self.url?;
        if !url.contains("://") {
            url.insert_str(0, "https://");
        }
        let sends = self.data.is_some() && !self.get;
        let usual = match (sends, self.upload, self.head) {
            (_, true, _) => "PUT",
            (true, ..) => "POST",
            (_, _, true) => "HEAD",
            _ => "GET",
        };
        let method = self
            .method
            .unwrap_or_else(|| usual.to_owned())
            .to_ascii_uppercase();
        let body = match self.data {
            Some(data) if sends || self.upload => data.body(),
            _ => Body::Empty,
        };
        Some(Asked {
            method,
            url,
            headers: self.headers.into_iter().collect(),
            body,
        })
    }
}

impl Data {
    fn body(self) -> Body {
        match self {
            Self::Known(text) if text.is_empty() => Body::Empty,
            Self::Known(text) => Body::Text(text.into()),
            Self::Elsewhere(what) => Body::NotRecorded(Some(what)),
        }
    }
}

/// The body in a file, or in what is piped in.
pub(super) fn body_in(name: &str, stdin: Option<&str>, script: &Script) -> Body {
    from_file(name.strip_prefix('@').unwrap_or(name), stdin, script).body()
}

fn from_file(name: &str, stdin: Option<&str>, script: &Script) -> Data {
    let known = match name {
        "-" | "." => stdin.map(str::to_owned),
        name => script.file(name),
    };
    match known {
        Some(text) => Data::Known(text.trim_end_matches(['\n', '\r']).to_owned()),
        None if name == "-" => Data::Elsewhere(
            "the command reads it from another program; `curl --trace-ascii FILE` shows what is sent".to_owned(),
        ),
        None => Data::Elsewhere(format!("it stands in the file {name}; give that file to mendpoint as well, or in place of the command")),
    }
}
