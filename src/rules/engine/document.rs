//! A rule file: TOML front matter and fixed headings.
//!
//! The form is described for people in `docs/rules.md`.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

use serde::Deserialize;

use crate::report::finding::{Confidence, Role, Severity};

use super::answer::Answer;
use super::front_matter;
use super::matcher::Place;
use super::meaning::{Meaning, is_about};
use super::sentence::Sentence;

/// One rule: the front matter of its file, and behind [`Rule::prose`] what the file tells people.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Kebab-case name of the failure.
    pub id: String,
    /// One line.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    #[serde(default)]
    pub confidence: Confidence,
    /// Types of connection it can concern; empty for any.
    #[serde(default)]
    pub types: Vec<String>,
    /// Schemes it can concern; empty for any.
    #[serde(default)]
    pub schemes: Vec<String>,
    /// Whether a corrected body can mend it.
    #[serde(default)]
    pub repair: Repair,
    /// Who can do what `remedy` asks.
    pub who: Option<String>,
    /// Version that brought it.
    pub since: String,
    /// What its findings say of a failure.
    #[serde(default)]
    pub role: Role,
    /// Of several causes in one text the highest rank is reported.
    #[serde(default = "middle")]
    pub rank: u8,
    /// Rules whose finding on the same endpoint makes this one part of their evidence.
    #[serde(default)]
    pub yields_to: Vec<String>,
    /// Answers that its fault explains: the failed call is accounted for then.
    #[serde(default)]
    pub consequences: Vec<Answer>,
    /// Answers that are given only where its fault is none.
    #[serde(default)]
    pub disproved_by: Vec<Answer>,
    /// Whether its fault is a secret that is not there: a recorder may have taken it out.
    #[serde(default)]
    pub missing_secret: bool,
    /// Whether its answer says that what was sent is out of date: no body is made of it then.
    #[serde(default)]
    pub stale_body: bool,
    /// Where the facts come from.
    #[serde(default)]
    pub sources: Vec<String>,
    /// What it matches in texts.
    #[serde(rename = "match")]
    pub matching: Option<Matching>,
    /// Further captures: name → sentences.
    #[serde(default)]
    pub capture: BTreeMap<String, Vec<String>>,
    /// The step at which it is told, in the order in which a connection comes to work.
    pub stage: Option<Stage>,
    /// The folder it lies in; `own` for a user's rule.
    #[serde(skip)]
    pub family: String,
    /// The file behind the front matter.
    #[serde(skip)]
    body: Cow<'static, str>,
    #[serde(skip)]
    prose: OnceLock<Prose>,
}

/// What a rule tells people, filled from the trace where it has `{placeholders}`.
#[derive(Debug, Clone)]
pub struct Prose {
    /// `## What it means`
    pub meaning: String,
    /// `## Why it happens`
    pub cause: String,
    /// `## What to do`, one item each.
    pub remedy: Vec<String>,
    /// `## Commands`
    pub commands: Vec<CommandBlock>,
    /// `## References`, one item each.
    pub references: Vec<String>,
}

/// A step that a connection has to get past before the next one can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The app behind it is made for the signed-in user.
    App,
    /// The app signs in.
    SignIn,
    /// Azure takes the app's token.
    Azure,
}

/// Whether a corrected request body can mend a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repair {
    /// No body can.
    #[default]
    None,
    /// Only takes back what broke the call.
    Safe,
    /// Needs the user's agreement.
    Unsafe,
    /// Needs a value nobody has yet.
    DisplayOnly,
}

impl Repair {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::DisplayOnly => "display-only",
        }
    }
}

/// `[match]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matching {
    /// Where to look.
    #[serde(rename = "where")]
    pub places: Vec<Place>,
    /// Whole Entra error numbers.
    pub aadsts: Vec<u32>,
    /// `typeKey`s of Azure DevOps.
    pub type_keys: Vec<String>,
    /// `code`s of ARM, Graph and OData; `error` of a token answer.
    pub codes: Vec<String>,
    /// `TF…` and `VS…` numbers.
    pub numbers: Vec<String>,
    /// Sentences.
    pub text: Vec<String>,
    /// HTTP statuses, or those inside a verify answer.
    pub status: Vec<u16>,
    /// Operations of the call.
    pub operations: Vec<String>,
    /// Sentences of which one must be there too.
    pub require: Vec<String>,
    /// Whether other programs say the same: a pasted text that names one of them is none of ours, and
    /// one that is not of Azure Pipelines either is no more than a warning.
    pub pipeline: bool,
    /// Places of which nothing is required: what stands there is about the connection.
    pub alone: Vec<Place>,
    /// Sentences of which none may be there.
    pub unless: Vec<String>,
    /// Words for what the rule is about: in a text of a pipeline that says, close to one of them and
    /// in whatever words, what stands in `says`. `*` is a line that a program marked as an error.
    pub about: Vec<String>,
    /// What is said of it.
    pub says: Vec<Meaning>,
    /// The failures that the rule tells apart: a table instead of a rule each. What they look for stands
    /// among the rule's own codes and sentences too.
    #[serde(rename = "case")]
    pub cases: Vec<Case>,
}

/// One of several failures that a rule knows, each by its code or its sentence.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Codes of any kind: `AADSTS…`, `TF…`, a `typeKey`, the `code` of an answer.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Sentences.
    #[serde(default)]
    pub text: Vec<String>,
    /// Words for what it is about, as [`Matching::about`].
    #[serde(default)]
    pub about: Vec<String>,
    /// What is said of it; what the rule says where this is left out.
    #[serde(default)]
    pub says: Vec<Meaning>,
    /// What is wrong, as it stands behind the rule's title and a colon.
    pub fault: String,
    /// What to do, one sentence or two.
    pub next: String,
}

impl Matching {
    /// Puts what the cases look for among the rule's own codes and sentences.
    fn spread(&mut self) {
        for case in &self.cases {
            for code in &case.codes {
                match entra_number(code) {
                    Some(number) => self.aadsts.push(number),
                    None => self.codes.push(code.clone()),
                }
            }
            self.text.extend(case.text.iter().cloned());
        }
    }

    /// What the rule finds by its meaning: words, and what must be said close to one of them.
    pub(super) fn topics(&self) -> impl Iterator<Item = (&[String], &[Meaning])> {
        let own = (&self.about[..], &self.says[..]);
        let cases = self.cases.iter().map(|case| {
            let says = if case.says.is_empty() {
                &self.says
            } else {
                &case.says
            };
            (&case.about[..], &says[..])
        });
        std::iter::once(own)
            .chain(cases)
            .filter(|(about, _)| !about.is_empty())
    }

    /// The cases that `said` names: a code, or a text with one of their sentences.
    pub(crate) fn cases_of<'m>(&'m self, said: &'m str) -> impl Iterator<Item = &'m Case> {
        self.cases.iter().filter(move |case| case.is_said(said))
    }
}

impl Case {
    fn is_empty(&self) -> bool {
        (self.codes.is_empty() && self.text.is_empty() && self.about.is_empty())
            || self.fault.trim().is_empty()
            || self.next.trim().is_empty()
    }

    /// What tells the case from the others: its codes, and what is said.
    pub fn sign(&self) -> String {
        let said = self.text.iter().map(|text| format!("\"{text}\""));
        let signs = self.codes.iter().cloned().chain(said);
        let signs: Vec<String> = signs.chain(self.about.iter().cloned()).collect();
        signs.join(", ")
    }

    fn is_said(&self, said: &str) -> bool {
        let mut words = said.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
        let named = |word: &str| {
            let word = word.trim_matches('.');
            let number = entra_number(word).or_else(|| word.parse().ok());
            self.codes.iter().any(|code| {
                code.eq_ignore_ascii_case(word)
                    || (number.is_some() && entra_number(code) == number)
            })
        };
        words.any(named)
            || self
                .text
                .iter()
                .any(|text| Sentence::new(text).find(said).is_some())
            || (self.says.is_empty() || self.says.iter().any(|meaning| meaning.is_in(said)))
                && is_about(&self.about, said)
    }
}

/// The number of `AADSTS…`.
fn entra_number(code: &str) -> Option<u32> {
    let head = code.get(..6)?;
    let number = code.get(6..)?.parse().ok();
    number.filter(|_| head.eq_ignore_ascii_case("AADSTS"))
}

/// A command with `{placeholders}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandBlock {
    /// `bash`, `powershell` or `any`.
    pub shell: String,
    /// What it is for.
    pub purpose: String,
    /// The command.
    pub text: String,
}

/// An input that shows the rule, or one of its traps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Whether the rule must fire on it.
    pub fires: bool,
    /// The input as a user would hand it in.
    pub text: String,
}

/// The rank of a rule that names none.
pub(crate) const USUAL_RANK: u8 = 50;

fn middle() -> u8 {
    USUAL_RANK
}

impl Rule {
    /// Where its facts stand, each once: a page named by its file and by its address is one, and the
    /// address is kept.
    pub(crate) fn all_sources(&self) -> Vec<&str> {
        let page = |line: &str| {
            let mut words = line.split([' ', '(', ')', ',', ';', '[', ']', '<', '>']);
            let page =
                words.rfind(|word| word.strip_suffix(".md").is_some() || word.contains("://"))?;
            let last = page.rsplit('/').next()?;
            Some(
                last.strip_suffix(".md")
                    .unwrap_or(last)
                    .to_ascii_lowercase(),
            )
        };
        let references = &self.prose().references;
        let linked: HashSet<String> = references.iter().filter_map(|line| page(line)).collect();
        let lone = self.sources.iter().filter(|line| {
            !page(line).is_some_and(|own| linked.contains(&own)) && !references.contains(line)
        });
        lone.chain(references).map(String::as_str).collect()
    }

    /// Parses a rule file. An error is one line, with the line number where one is known.
    pub fn parse(text: &str, family: &str) -> Result<Self, String> {
        let (front, body) = front_matter::split(text)?;
        let mut rule: Self = toml::from_str(front).map_err(|error| toml_error(front, &error))?;
        family.clone_into(&mut rule.family);
        rule.body = Cow::Owned(body.to_owned());
        rule.matching.iter_mut().for_each(Matching::spread);
        rule.complete()?;
        Ok(rule)
    }

    /// The built-in rule `text`, whose front matter the build script wrote as JSON: its form was
    /// checked when the program was tested.
    pub(super) fn built_in(family: &str, front: &str, text: &'static str) -> Result<Self, String> {
        let mut rule: Self = serde_json::from_str(front).map_err(|error| error.to_string())?;
        family.clone_into(&mut rule.family);
        rule.body = Cow::Borrowed(front_matter::split(text)?.1);
        rule.matching.iter_mut().for_each(Matching::spread);
        Ok(rule)
    }

    /// What the rule tells people; read the first time it is asked for.
    pub fn prose(&self) -> &Prose {
        self.prose.get_or_init(|| {
            let sections = Sections::split(parts(&self.body).0);
            Prose {
                meaning: sections.prose("What it means"),
                cause: sections.prose("Why it happens"),
                remedy: sections.list("What to do"),
                commands: sections.commands(),
                references: sections.list("References"),
            }
        })
    }

    /// The inputs that show the rule, or one of its traps.
    pub fn samples(&self) -> Vec<Sample> {
        Sections::split(parts(&self.body).1).samples()
    }

    fn complete(&self) -> Result<(), String> {
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || !self.id.chars().all(kebab) {
            return Err(format!("id {:?} is not kebab-case", self.id));
        }
        let prose = self.prose();
        for (heading, missing) in [
            ("What it means", prose.meaning.is_empty()),
            ("Why it happens", prose.cause.is_empty()),
            ("What to do", prose.remedy.is_empty()),
        ] {
            if missing {
                return Err(format!("the heading `## {heading}` is missing or empty"));
            }
        }
        match &self.matching {
            Some(matching)
                if matching.topics().any(|(_, says)| says.is_empty())
                    || (matching.topics().next().is_none() && !matching.says.is_empty()) =>
            {
                Err("[match] about and says need each other".to_owned())
            }
            Some(matching) if matching.cases.iter().any(Case::is_empty) => {
                Err("a [[match.case]] needs codes, text or about, and a fault and next".to_owned())
            }
            Some(matching) if matching.places.is_empty() => Err(
                "[match] needs `where`: verify, operation, http, entra, graph, arm or text"
                    .to_owned(),
            ),
            _ => Ok(()),
        }
    }

    /// Its cases that `question` is about: the one whose code or sentence it names, else all.
    pub fn cases_asked(&self, question: &str) -> Vec<&Case> {
        let Some(matching) = &self.matching else {
            return Vec::new();
        };
        let named = |case: &&Case| case.is_said(question);
        let asked: Vec<&Case> = matching.cases.iter().filter(named).collect();
        if asked.is_empty() {
            matching.cases.iter().collect()
        } else {
            asked
        }
    }

    /// Whether the rule can concern a connection of the type `name`.
    pub fn concerns_type(&self, name: &str) -> bool {
        self.types.is_empty()
            || self
                .types
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name.trim()))
    }

    /// Whether the rule can concern an endpoint of `scheme`.
    pub fn concerns(&self, scheme: Option<&str>) -> bool {
        self.schemes.is_empty()
            || scheme.is_none_or(|scheme| {
                self.schemes
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(scheme))
            })
    }
}

/// The text before `## Samples`, which is most of a file, and that behind it; both are the whole where
/// something follows the samples.
fn parts(body: &str) -> (&str, &str) {
    const HEADING: &str = "\n## Samples";
    match body.find(HEADING) {
        Some(at) if !body[at + HEADING.len()..].contains("\n## ") => body.split_at(at),
        Some(_) => (body, body),
        None => (body, ""),
    }
}

/// Lines of the TOML part count from the file's first line, which is `+++`.
fn toml_error(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map_or(1, |span| {
        text[..span.start.min(text.len())].matches('\n').count() + 2
    });
    format!(
        "line {line}: {}",
        error.message().lines().next().unwrap_or("not valid TOML")
    )
}

/// The text behind each `## ` heading, fences taken out.
struct Sections(Vec<(String, Section)>);

#[derive(Default)]
struct Section {
    text: String,
    fences: Vec<(String, String)>,
}

impl Sections {
    fn split(body: &str) -> Self {
        let mut sections: Vec<(String, Section)> = Vec::new();
        let mut fence: Option<(String, String, usize)> = None;
        for line in body.lines() {
            if let Some((info, mut content, ticks)) = fence.take() {
                let closing = line.trim_end();
                if closing.len() >= ticks && closing.bytes().all(|byte| byte == b'`') {
                    if let Some((_, section)) = sections.last_mut() {
                        section.fences.push((info, content));
                    }
                } else {
                    content.push_str(line);
                    content.push('\n');
                    fence = Some((info, content, ticks));
                }
                continue;
            }
            let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
            if ticks >= 3 {
                fence = Some((line[ticks..].trim().to_owned(), String::new(), ticks));
            } else if let Some(heading) = line.strip_prefix("## ") {
                sections.push((heading.trim().to_owned(), Section::default()));
            } else if let Some((_, section)) = sections.last_mut() {
                section.text.push_str(line);
                section.text.push('\n');
            }
        }
        Self(sections)
    }

    fn section(&self, heading: &str) -> Option<&Section> {
        self.0
            .iter()
            .find(|(name, _)| name == heading)
            .map(|(_, section)| section)
    }

    /// Paragraphs, each on one line.
    fn prose(&self, heading: &str) -> String {
        let text = self
            .section(heading)
            .map_or("", |section| section.text.trim());
        let paragraphs = text
            .split("\n\n")
            .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
        paragraphs
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n\n")
    }

    /// List items, each on one line; text without list marks is one item.
    fn list(&self, heading: &str) -> Vec<String> {
        let mut items: Vec<String> = Vec::new();
        for line in self
            .section(heading)
            .map_or("", |section| section.text.as_str())
            .lines()
        {
            if let Some(item) = list_item(line) {
                items.push(item.trim().to_owned());
            } else if let (Some(last), false) = (items.last_mut(), line.trim().is_empty()) {
                last.push(' ');
                last.push_str(line.trim());
            } else if !line.trim().is_empty() {
                items.push(line.trim().to_owned());
            }
        }
        items
    }

    fn commands(&self) -> Vec<CommandBlock> {
        let fences = self
            .section("Commands")
            .map_or(&[][..], |section| &section.fences);
        let block = |(info, text): &(String, String)| {
            let (shell, purpose) = info.split_once(' ').unwrap_or((info, ""));
            CommandBlock {
                shell: shell.to_owned(),
                purpose: purpose.trim().to_owned(),
                text: text.trim_end().to_owned(),
            }
        };
        fences.iter().map(block).collect()
    }

    fn samples(&self) -> Vec<Sample> {
        let fences = self
            .section("Samples")
            .map_or(&[][..], |section| &section.fences);
        let known = |(info, text): &(String, String)| match info.split(' ').next() {
            Some("fires") => Some(Sample {
                fires: true,
                text: text.clone(),
            }),
            Some("quiet") => Some(Sample {
                fires: false,
                text: text.clone(),
            }),
            _ => None,
        };
        fences.iter().filter_map(known).collect()
    }
}

fn list_item(line: &str) -> Option<&str> {
    if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some(item);
    }
    let (number, item) = line.split_once(". ")?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "+++\nid = \"a-b\"\ntitle = \"T\"\nseverity = \"note\"\nsince = \"0.1.0\"\n[match]\nwhere = [\"verify\"]\naadsts = [70021]\n+++\n\n## What it means\nOne\ntwo.\n\nThree.\n\n## Why it happens\nBecause.\n\n## What to do\n1. First\n   goes on.\n2. Second.\n\n## Commands\n\n```any look it up\naz x --id {client_id}\n```\n\n## Samples\n\n````fires\n```\nAADSTS70021\n````\n```quiet\nx\n```\n";

    #[test]
    fn a_rule_file_is_read_whole() {
        let rule = Rule::parse(GOOD, "credential").unwrap();
        assert_eq!(rule.prose().meaning, "One two.\n\nThree.");
        assert_eq!(rule.prose().remedy, ["First goes on.", "Second."]);
        assert_eq!(rule.prose().commands[0].purpose, "look it up");
        assert_eq!(rule.samples().len(), 2);
        assert_eq!(rule.samples()[0].text, "```\nAADSTS70021\n");
        assert_eq!((rule.rank, rule.role), (50, Role::Cause));
    }

    #[test]
    fn a_faulty_file_is_told_with_its_line() {
        let error = |from: &str, to: &str| Rule::parse(&GOOD.replace(from, to), "x").unwrap_err();
        assert!(error("+++\nid", "id").starts_with("line 1:"));
        assert!(
            error("severity = \"note\"", "severity = \"bad\"").starts_with("line 4:"),
            "{}",
            error("severity = \"note\"", "severity = \"bad\"")
        );
        assert!(error("aadsts", "aadst").starts_with("line 8:"));
        assert!(error("## What to do", "## What").contains("What to do"));
        assert!(error("a-b", "A b").contains("kebab-case"));
        assert!(error("where = [\"verify\"]\n", "").contains("where"));
    }

    #[test]
    fn a_rule_for_some_schemes_is_quiet_for_others() {
        let mut rule = Rule::parse(GOOD, "x").unwrap();
        rule.schemes = vec!["ServicePrincipal".into()];
        assert!(rule.concerns(None) && rule.concerns(Some("serviceprincipal")));
        assert!(!rule.concerns(Some("WorkloadIdentityFederation")));
    }
}
