//! What is wrong with something that would be sent, and where.

use std::fmt;

use thiserror::Error;

/// One breach of a documented rule, found before anything is sent.
///
/// Its `Display` is one line: the pointer and the rule. It never holds a value, only names of properties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The place, as a JSON pointer (RFC 6901, without `#`): `/fields/0/importance`. A missing or unknown property has
    /// its own pointer; the empty string is the whole document.
    pub pointer: String,
    /// The rule that it breaks.
    pub rule: Rule,
}

/// What a value has to be.
///
/// Its `Display` is a sentence without a subject: `is missing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// It has to be there.
    Required,
    /// The schema knows no such property.
    Unknown,
    /// It has to be of another type, in JSON's words: `a string`.
    Type(&'static str),
    /// It has to be one of these.
    OneOf(&'static [&'static str]),
    /// It may have so many UTF-16 code units, which is what Java and JavaScript call characters.
    MaxLength(usize),
    /// It has to have so many characters.
    MinLength(usize),
    /// It has to have something other than white space.
    NotBlank,
    /// It has to be a date of the calendar, `YYYY-MM-DD`.
    Date,
    /// It has to be of this form.
    Form(&'static str),
    /// It has to name at least one thing.
    NotEmpty,
}

/// What cannot be sent, because Qminder would refuse it: everything that is wrong with it, at least one thing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("against the documented rules: {}", Lines(violations))]
pub struct Invalid {
    /// In the document's order.
    pub violations: Vec<Violation>,
}

struct Lines<'a>(&'a [Violation]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pointer.is_empty() {
            write!(f, "the document {}", self.rule)
        } else {
            // Keys are the only text of others in here; escaped, they stay on one line.
            write!(f, "{} {}", self.pointer.escape_debug(), self.rule)
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required => f.write_str("is missing"),
            Self::Unknown => f.write_str("is not a known property"),
            Self::Type(expected) => write!(f, "is not {expected}"),
            Self::OneOf(words) => write!(f, "is none of {}", words.join(", ")),
            Self::MaxLength(most) => write!(f, "is longer than {most} characters"),
            Self::MinLength(least) => write!(f, "is shorter than {least} characters"),
            Self::NotBlank => f.write_str("is blank"),
            Self::Date => f.write_str("is not a date, YYYY-MM-DD"),
            Self::Form(form) => write!(f, "is not {form}"),
            Self::NotEmpty => f.write_str("is empty"),
        }
    }
}

/// Violations as they are found.
#[derive(Debug, Default)]
pub(crate) struct Violations(Vec<Violation>);

impl Violations {
    pub(crate) fn add(&mut self, pointer: impl Into<String>, rule: Rule) {
        let pointer = pointer.into();
        self.0.push(Violation { pointer, rule });
    }

    pub(crate) fn add_unless(&mut self, holds: bool, pointer: &str, rule: Rule) {
        if !holds {
            self.add(pointer, rule);
        }
    }

    /// That `text` is no longer than the server takes. Whether it counts code points or UTF-16 code units is not
    /// documented; what is short enough in the latter is short enough in both.
    pub(crate) fn max_length(&mut self, pointer: &str, text: &str, most: usize) {
        let fits = text.encode_utf16().nth(most).is_none();
        self.add_unless(fits, pointer, Rule::MaxLength(most));
    }

    /// That `text` is long enough in code points, and so in every way of counting.
    pub(crate) fn min_length(&mut self, pointer: &str, text: &str, least: usize) {
        let enough = text.chars().take(least).count() == least;
        self.add_unless(enough, pointer, Rule::MinLength(least));
    }

    pub(crate) fn not_blank(&mut self, pointer: &str, text: &str) {
        self.add_unless(!text.trim().is_empty(), pointer, Rule::NotBlank);
    }

    pub(crate) fn into_vec(self) -> Vec<Violation> {
        self.0
    }

    pub(crate) fn into_result(self) -> Result<(), Invalid> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Invalid { violations: self.0 })
        }
    }
}

/// `parent`, one level deeper.
pub(crate) fn child(parent: &str, key: &str) -> String {
    let key = key.replace('~', "~0").replace('/', "~1");
    format!("{parent}/{key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_judged_by_the_stricter_count() {
        for (text, most, fits) in [
            ("abc", 3, true),
            ("abcd", 3, false),
            ("äöü", 3, true),
            ("", 0, true),
            // One code point, two UTF-16 code units.
            ("😀", 1, false),
            ("😀", 2, true),
        ] {
            let mut found = Violations::default();
            found.max_length("/x", text, most);
            assert_eq!(found.into_result().is_ok(), fits, "{text} {most}");
        }
        for (text, least, enough) in [("😀", 2, false), ("ab", 2, true), ("a", 2, false)] {
            let mut found = Violations::default();
            found.min_length("/x", text, least);
            assert_eq!(found.into_result().is_ok(), enough, "{text} {least}");
        }
    }

    #[test]
    fn an_error_names_every_place_and_rule_on_one_line() {
        let mut found = Violations::default();
        found.add("", Rule::Type("an object"));
        found.add(child("/fields/0", "a/b~\n"), Rule::Unknown);
        found.add("/title", Rule::MaxLength(100));
        assert_eq!(
            found.into_result().unwrap_err().to_string(),
            "against the documented rules: the document is not an object; \
             /fields/0/a~1b~0\\n is not a known property; /title is longer than 100 characters"
        );
    }
}
