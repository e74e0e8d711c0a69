//! Texts that the bridge writes by itself, as the operator wants them.
//!
//! The language is Jinja's, without anything that reaches out of a template or repeats: no files, no functions, no loops
//! (see [`language`]). A template sees the names of its [`Purpose`] and [`FILTERS`](super::filters::FILTERS), and gives up
//! after a bounded number of steps.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use minijinja::{Environment, UndefinedBehavior};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::filters;
use super::language;
use super::variables::{Purpose, Scope};

/// The name under which a template stands in its environment.
const NAME: &str = "template";
/// Steps; the longest of the compiled-in ones takes some thirty.
const MOST_STEPS: u64 = 10_000;

/// A text with gaps, ready to be filled in. An empty one gives empty text.
#[derive(Clone)]
pub struct Template {
    source: String,
    spoken_of: BTreeSet<String>,
    environment: Arc<Environment<'static>>,
}

/// Why a text is no template for its purpose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    /// It is not in the language.
    #[error("line {line}: {what}")]
    Syntax {
        /// Within the template, from 1.
        line: usize,
        /// In words.
        what: String,
    },
    /// It speaks of something that there is not.
    #[error("there is no `{name}` here")]
    Unknown {
        /// Which.
        name: String,
    },
    /// It leaves out what it is for, always or in some case.
    #[error("`{name}` is not in it in every case, so that what was said would be lost")]
    Missing {
        /// Which.
        name: &'static str,
    },
    /// What comes of it may be too long for its receiver.
    #[error("can become {longest} characters long")]
    TooLong {
        /// In UTF-16 code units.
        longest: usize,
        /// In the same.
        most: usize,
    },
    /// Nothing may come of it although something must.
    #[error("can become empty")]
    Empty,
}

impl Template {
    /// The template that `source` is.
    ///
    /// # Errors
    ///
    /// It is not in the language.
    pub fn new(source: &str) -> Result<Self, TemplateFault> {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(MOST_STEPS));
        filters::add(&mut environment);
        environment
            .add_template_owned(NAME, source.to_owned())
            .map_err(|error| fault(&error))?;
        if let Some((line, what)) = language::beyond(source) {
            return Err(TemplateFault::Syntax { line, what });
        }
        let template = environment
            .get_template(NAME)
            .map_err(|error| fault(&error))?;
        let spoken_of = template.undeclared_variables(false).into_iter().collect();
        Ok(Self {
            source: source.to_owned(),
            spoken_of,
            environment: Arc::new(environment),
        })
    }

    /// As it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether nothing comes of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.source.trim().is_empty()
    }

    /// The names that it speaks of.
    pub fn spoken_of(&self) -> &BTreeSet<String> {
        &self.spoken_of
    }

    /// Whether it says what `name` says, and nothing else.
    #[must_use]
    pub fn is_only(&self, name: &str) -> bool {
        let inside = self.source.trim().strip_prefix("{{");
        let inside = inside.and_then(|rest| rest.strip_suffix("}}"));
        inside.is_some_and(|inside| inside.trim() == name)
    }

    /// What it says of `scope`, without white space at its ends.
    ///
    /// # Errors
    ///
    /// It was never [checked](Self::check) for this purpose.
    pub fn render(&self, scope: &Scope) -> Result<String, TemplateFault> {
        let template = self
            .environment
            .get_template(NAME)
            .map_err(|error| fault(&error))?;
        let said = template
            .render(scope.to_value())
            .map_err(|error| fault(&error))?;
        Ok(said.trim().to_owned())
    }

    /// Sees that it serves its purpose whatever it is filled with: that it speaks of nothing else, says what it must,
    /// and stays within `most` UTF-16 code units where its receiver takes no more.
    ///
    /// # Errors
    ///
    /// The first reason why it does not.
    pub fn check(&self, purpose: Purpose, most: Option<usize>) -> Result<(), TemplateFault> {
        let known = purpose.variables();
        let spoken_of = &self.spoken_of;
        let is_known = |name: &&String| known.iter().any(|variable| variable.name == *name);
        if let Some(name) = spoken_of.iter().find(|name| !is_known(name)) {
            return Err(TemplateFault::Unknown { name: name.clone() });
        }
        let needed = purpose.needs().filter(|name| !spoken_of.contains(*name));
        if let Some(name) = needed {
            return Err(TemplateFault::Missing { name });
        }
        let mut longest = 0;
        for scope in purpose.extremes(|name| spoken_of.contains(name)) {
            let said = self.render(&scope)?;
            if let Some(name) = purpose.needs() {
                if said.is_empty() {
                    return Err(TemplateFault::Empty);
                }
                if said == self.render(&scope.clone().with_other(name))? {
                    return Err(TemplateFault::Missing { name });
                }
            }
            longest = longest.max(said.encode_utf16().count());
        }
        match most {
            Some(most) if longest > most => Err(TemplateFault::TooLong { longest, most }),
            _ => Ok(()),
        }
    }
}

fn fault(error: &minijinja::Error) -> TemplateFault {
    let detail = error.detail().unwrap_or_default();
    let kind = error.kind().to_string();
    TemplateFault::Syntax {
        line: error.line().unwrap_or(1),
        what: match detail {
            "" => kind,
            detail => format!("{kind}: {detail}"),
        },
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Template").field(&self.source).finish()
    }
}

impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Template {}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.source)
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let source = String::deserialize(deserializer)?;
        Self::new(&source).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn checked(source: &str, purpose: Purpose, most: Option<usize>) -> Result<(), TemplateFault> {
        Template::new(source)?.check(purpose, most)
    }

    #[test]
    fn a_template_says_what_it_is_filled_with_and_no_more() {
        let template =
            Template::new("{{ author or 'The customer' }} wrote:\n\n{{ text }}").unwrap();
        let scope = |author| {
            Scope::default()
                .with("author", author)
                .with("text", "{{ title }} <b>")
        };
        assert_eq!(
            template.render(&scope("Jane")).unwrap(),
            "Jane wrote:\n\n{{ title }} <b>"
        );
        assert_eq!(
            template.render(&scope("")).unwrap(),
            "The customer wrote:\n\n{{ title }} <b>"
        );
    }

    #[test]
    fn filters_do_what_they_say() {
        let template =
            Template::new("{{ status | spaced | capitalize }} {{ title | cut(4) | upper }}")
                .unwrap();
        let scope = Scope::default()
            .with("status", "in_progress")
            .with("title", "straße 1");
        assert_eq!(template.render(&scope).unwrap(), "In progress STR…");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (source, fault) in [
            ("{{ text }}\n{{ nmae }}", "there is no `nmae` here"),
            ("{{ author }}", "`text` is not in it"),
            ("{{ text }}\n{% if %}", "line 2: "),
            ("{{ text }}\n{{ author | shout }}", "line 2: unknown filter"),
            (
                "{% if system %}\n{{ system | shout }}{% endif %}{{ text }}",
                "line 2: unknown filter",
            ),
            ("{% include 'x' %}{{ text }}", "line 1: "),
            ("{{ text.__class__ }}", "line 1: "),
            ("{{ range(10) }}{{ text }}", "there is no `range` here"),
            (
                "{% if role == 'agent' %}{{ text }}{% endif %}",
                "can become empty",
            ),
            (
                "{% if role == 'agent' %}{{ text }}{% else %}Hello{% endif %}",
                "`text` is not in it in every case",
            ),
            ("{{ text }}\n{{ author * 3 }}", "line 2: there is no `*`"),
        ] {
            let words = checked(source, Purpose::Message, None)
                .unwrap_err()
                .to_string();
            assert!(words.starts_with(fault), "{source}: {words}");
        }
    }

    #[test]
    fn the_longest_that_can_come_of_it_is_known() {
        let fits = |source| checked(source, Purpose::Ticket, Some(255));
        assert_eq!(fits("{{ title }}"), Ok(()));
        assert_eq!(
            fits("[{{ brand }}] {{ title }} ({{ author }})"),
            Err(TemplateFault::TooLong {
                longest: 386,
                most: 255
            })
        );
        assert_eq!(
            fits("[{{ brand | cut(20) }}] {{ title }} ({{ author | cut(60) }})"),
            Ok(())
        );
        let hidden =
            "{% if priority == 'critical' and not email %}{{ author }}{{ author }}{% endif %}";
        assert!(matches!(
            fits(hidden),
            Err(TemplateFault::TooLong { longest: 400, .. })
        ));
    }

    /// Not to be tried where it is taken: it would not end.
    #[test]
    fn what_would_take_for_ever_or_all_memory_is_not_begun() {
        let nested = format!(
            "{}{{{{ text }}}}{}",
            "{% for a in [1,2,3,4,5,6,7,8,9,10] %}".repeat(6),
            "{% endfor %}".repeat(6)
        );
        let doubled = format!(
            "{{% set a = text %}}{}{{{{ a }}}}",
            "{% set a = a ~ a %}".repeat(40)
        );
        for source in [
            nested.as_str(),
            &doubled,
            "{{ [1] * 100000000 }}{{ text }}",
            "{{ 'x' * 10**9 }}{{ text }}",
        ] {
            let begun = Template::new(source);
            assert!(
                matches!(begun, Err(TemplateFault::Syntax { line: 1, .. })),
                "{source}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(source in "[\\s\\S]{0,60}|(\\{\\{|\\}\\}|\\{%|%\\}|[a-z|()'. ]){0,20}") {
            if let Ok(template) = Template::new(&source) {
                let checked = template.check(Purpose::Footer, Some(40));
                prop_assert!(checked.is_ok() || checked.is_err());
            }
        }
    }
}
