//! What is not sent, because DeskHive would refuse it.

use std::fmt;

use thiserror::Error;

/// A breach of a documented rule, found before anything is sent. It names a field, never a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{field} {rule}")]
pub struct Invalid {
    /// The field, as it is called on the wire.
    pub field: &'static str,
    /// What it has to be.
    pub rule: Rule,
}

/// What a field has to be. Its `Display` is a sentence without a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// More than white space, which DeskHive drops at both ends of all text.
    NotBlank,
    /// At least so many characters.
    AtLeast(usize),
    /// At most so many characters.
    AtMost(usize),
    /// One of the words in the documents.
    KnownWord,
    /// Another kind of JSON value.
    ListOrObject,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBlank => f.write_str("is blank"),
            Self::AtLeast(least) => write!(f, "has less than {least} characters"),
            Self::AtMost(most) => write!(f, "has more than {most} characters"),
            Self::KnownWord => f.write_str("is none of the documented words"),
            Self::ListOrObject => f.write_str("is neither a list nor an object"),
        }
    }
}

impl Invalid {
    fn unless(is_right: bool, field: &'static str, rule: Rule) -> Result<(), Self> {
        if is_right {
            Ok(())
        } else {
            Err(Self { field, rule })
        }
    }

    pub(crate) fn unless_word(is_known: bool, field: &'static str) -> Result<(), Self> {
        Self::unless(is_known, field, Rule::KnownWord)
    }

    pub(crate) fn unless_composed(is_composed: bool, field: &'static str) -> Result<(), Self> {
        Self::unless(is_composed, field, Rule::ListOrObject)
    }

    pub(crate) fn if_blank(field: &'static str, text: &str) -> Result<(), Self> {
        Self::unless(!trim(text).is_empty(), field, Rule::NotBlank)
    }

    pub(crate) fn if_shorter(field: &'static str, text: &str, least: usize) -> Result<(), Self> {
        let is_right = trim(text).chars().count() >= least;
        Self::unless(is_right, field, Rule::AtLeast(least))
    }

    pub(crate) fn if_longer(field: &'static str, text: &str, most: usize) -> Result<(), Self> {
        let is_right = trim(text).chars().count() <= most;
        Self::unless(is_right, field, Rule::AtMost(most))
    }
}

/// Without what Laravel takes for white space, which includes three characters of no width.
fn trim(text: &str) -> &str {
    text.trim_matches(|char: char| {
        char.is_whitespace() || matches!(char, '\u{200b}' | '\u{200e}' | '\u{feff}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_that_laravel_counts() {
        for blank in ["", " ", "\n\t", "\u{a0}", "\u{200b}\u{feff} \u{200e}"] {
            let invalid = Invalid::if_blank("content", blank).unwrap_err();
            assert_eq!(invalid.to_string(), "content is blank", "{blank:?}");
        }
        assert_eq!(Invalid::if_blank("content", " a "), Ok(()));
        assert_eq!(Invalid::if_longer("name", " éé ", 2), Ok(()));
        assert_eq!(Invalid::if_shorter("q", " éé ", 2), Ok(()));
        for (invalid, expected) in [
            (
                Invalid::if_longer("name", "abc", 2),
                "name has more than 2 characters",
            ),
            (
                Invalid::if_shorter("q", " a ", 2),
                "q has less than 2 characters",
            ),
            (
                Invalid::unless_word(false, "status"),
                "status is none of the documented words",
            ),
            (
                Invalid::unless_composed(false, "x"),
                "x is neither a list nor an object",
            ),
        ] {
            assert_eq!(invalid.unwrap_err().to_string(), expected);
        }
    }
}
