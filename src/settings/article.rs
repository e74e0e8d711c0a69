//! One article of the knowledge base: Markdown, and above it what is said about it, in TOML between lines of `+++`.

use std::collections::BTreeMap;
use std::path::Path;

use config::Value;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::effective::quoted;
use super::lines;
use super::problem::{Fault, Problem};
use super::reader::{Read, Section, parse};

const FENCE: &str = "+++";
/// In characters; what is cut off ends in `…`.
const LONGEST_EXCERPT: usize = 200;

/// An article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// At least 1; no other has it.
    pub id: u64,
    /// What it is about.
    pub title: String,
    /// Its name in URLs.
    pub slug: String,
    /// What it says, in short; empty where it says nothing.
    pub excerpt: String,
    /// Markdown, without white space around it.
    pub content: String,
    /// What it is sorted under: an id and its name.
    pub category: Option<(u64, String)>,
    /// How often it was read, as far as the file says.
    pub views: u64,
    /// Whether searches find it.
    pub published: bool,
    /// When it was written.
    pub created_at: Timestamp,
}

/// What an article must not have in common with those before it.
#[derive(Debug, Default)]
pub(super) struct Taken {
    ids: BTreeMap<u64, String>,
    /// Names of categories.
    names: BTreeMap<u64, String>,
}

/// A file's two parts.
pub(super) struct Parts<'a> {
    /// What is said about the article.
    pub(super) front: Value,
    /// The Markdown.
    pub(super) content: &'a str,
}

impl<'a> Parts<'a> {
    /// Takes `text`, which `file` holds, apart.
    pub(super) fn of(text: &'a str, file: &str) -> Result<Self, Problem> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let expected = format!("front matter in TOML, between two lines of {FENCE}");
        let fault =
            |what: &str| Fault::new(what, expected.clone()).at("", Some(&lines::origin(file, 1)));
        let Some((first, rest)) = text.split_once('\n') else {
            return Err(fault("has no front matter"));
        };
        if first.trim_end() != FENCE {
            return Err(fault(if first.trim_end() == "---" {
                "has front matter in YAML"
            } else {
                "has no front matter"
            }));
        }
        let mut end = 0;
        for line in rest.split_inclusive('\n') {
            if line.trim_end() == FENCE {
                // A blank line stands for the first fence, so that lines are counted as in the file.
                let front = format!("\n{}", &rest[..end]);
                return Ok(Self {
                    front: lines::parse(&front, file)?,
                    content: rest[end + line.len()..].trim(),
                });
            }
            end += line.len();
        }
        Err(fault("has front matter without an end"))
    }
}

impl Article {
    /// Reads what stands above `content` in `file`.
    pub(super) fn read(
        section: &Section<'_>,
        file: &Path,
        content: &str,
        taken: &mut Taken,
    ) -> Read<Self> {
        let id = section.need("id", parse::id_number);
        let title = section.need("title", parse::line_of_text);
        let slug = section.maybe("slug", parse::line_of_text);
        let excerpt = section.maybe("excerpt", parse::some_text);
        let category = section.maybe_table("category", |table| category(table, &mut taken.names));
        let views = section.or("views", 0_i64, parse::whole(0..=i64::MAX as u64));
        let published = section.or(
            "status",
            "published",
            parse::choice(&[("published", true), ("draft", false)]),
        );
        let created_at = section.need("created_at", time);
        let id = id.filter(|id| section.is_alone("id", *id, &mut taken.ids));
        Some(Self {
            id: id?,
            title: title?,
            slug: slug?.unwrap_or_else(|| stem(file)),
            excerpt: excerpt?.unwrap_or_else(|| beginning(content)),
            content: content.to_owned(),
            category: category?,
            views: views?,
            published: published?,
            created_at: created_at?,
        })
    }
}

/// One id has one name, whichever article says it.
fn category(section: &Section<'_>, names: &mut BTreeMap<u64, String>) -> Read<(u64, String)> {
    let id = section.need("id", parse::id_number);
    let name = section.need("name", parse::line_of_text);
    let (id, name) = (id?, name?);
    let known = names.entry(id).or_insert_with(|| name.clone());
    if *known != name {
        let what = format!("is {} here", quoted(&name));
        let expected = format!("{}, as in the articles before", quoted(known));
        section.fault("name", Fault::new(what, expected));
        return None;
    }
    Some((id, name))
}

/// A moment, or a day, which begins at midnight in UTC.
fn time(value: &Value) -> Result<Timestamp, Fault> {
    let expected = "a time such as 2026-01-10T08:00:00Z, or a day such as 2026-01-10";
    let text = parse::text_that(expected, |_| true)(value)?;
    let midnight = |day: Date| day.to_zoned(TimeZone::UTC).map(|day| day.timestamp());
    // A moment has a time zone, which a day lacks.
    text.parse()
        .or_else(|_| match text.len() {
            10 => text.parse().and_then(midnight),
            _ => text.parse(),
        })
        .map_err(|_| Fault::new(format!("is {}", quoted(&text)), expected))
}

fn stem(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// The first paragraph that is no heading, on one line.
fn beginning(content: &str) -> String {
    let mut paragraph = content
        .lines()
        .map(str::trim)
        .skip_while(|line| line.is_empty() || line.starts_with('#'))
        .take_while(|line| !line.is_empty())
        .flat_map(str::split_whitespace);
    let mut beginning = String::new();
    let mut left = LONGEST_EXCERPT;
    for word in &mut paragraph {
        let length = word.chars().count() + usize::from(!beginning.is_empty());
        if length > left {
            let room = left.saturating_sub(1);
            if beginning.is_empty() {
                beginning.extend(word.chars().take(room));
            }
            beginning.push('…');
            break;
        }
        if !beginning.is_empty() {
            beginning.push(' ');
        }
        beginning.push_str(word);
        left -= length;
    }
    beginning
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_and_text_are_told_apart() {
        for text in [
            "+++\nid = 1\n+++\n\n# Text\n+++\nmore\n\n",
            "\u{feff}+++ \r\nid = 1\r\n+++\r\n# Text\n+++\nmore",
        ] {
            let parts = Parts::of(text, "a.md").unwrap();
            assert_eq!(parts.content, "# Text\n+++\nmore");
            let front = parts.front.into_table().unwrap();
            assert_eq!(front["id"].origin(), Some("a.md:2"));
        }
        assert_eq!(Parts::of("+++\n+++", "a.md").unwrap().content, "");
    }

    #[test]
    fn what_has_no_front_matter_is_told_so() {
        for (text, what) in [
            ("", "has no front matter"),
            ("# Text\n", "has no front matter"),
            ("---\ntitle: x\n---\n", "has front matter in YAML"),
            ("+++\nid = 1\n", "has front matter without an end"),
            ("+++\nid = \n+++\n", "is not TOML"),
        ] {
            let problem = Parts::of(text, "a.md").map(|_| ()).unwrap_err();
            assert!(problem.what.starts_with(what), "{problem}");
        }
    }

    #[test]
    fn a_moment_and_a_day_are_times() {
        let read = |text: &str| time(&Value::new(None, text)).map(|time| time.to_string());
        for (text, expected) in [
            ("2026-01-10T08:00:00Z", "2026-01-10T08:00:00Z"),
            ("2026-01-10 10:00:00+02:00", "2026-01-10T08:00:00Z"),
            ("2026-01-10", "2026-01-10T00:00:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(expected));
        }
        for text in [
            "",
            "yesterday",
            "2026-01-10T08:00:00",
            "2026-13-10",
            "08:00",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(time(&Value::new(None, 5_i64)).is_err());
    }

    #[test]
    fn the_excerpt_is_the_first_paragraph_by_default() {
        let long = "word ".repeat(100);
        let unbroken = "é".repeat(300);
        for (content, expected) in [
            ("", String::new()),
            ("# Only a heading", String::new()),
            (
                "# Head\n\nFirst\n  line.\n\nSecond.",
                "First line.".to_owned(),
            ),
            (&long, format!("{}…", &long[..199])),
            (&unbroken, format!("{}…", "é".repeat(199))),
        ] {
            let excerpt = beginning(content);
            assert!(excerpt.chars().count() <= LONGEST_EXCERPT, "{excerpt}");
            assert_eq!(excerpt, expected);
        }
    }
}
