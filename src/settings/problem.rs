//! What is wrong with the settings, in words for whoever has to mend them.

use std::error::Error;
use std::fmt;

use serde::Serialize;

/// One thing that is wrong, or doubtful. It never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The key, such as `brands[acme].tokens[0].sha256`; empty where a whole file is meant.
    pub path: String,
    /// The file or environment variable that says so, or `default`; `None` where nothing says it.
    pub origin: Option<String>,
    /// What is wrong, to be read after the path: `is missing`.
    pub what: String,
    /// What would be right, to be read after "expected"; may be empty.
    pub expected: String,
}

impl Problem {
    /// How the key is shown: a file has none of its own.
    fn place(&self) -> &str {
        match (&self.path, &self.origin) {
            (path, Some(origin)) if path.is_empty() => origin,
            (path, _) => path,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, width: usize) -> fmt::Result {
        write!(f, "{:width$}  {}", self.place(), self.what)?;
        if !self.expected.is_empty() {
            write!(f, "; expected {}", self.expected)?;
        }
        match &self.origin {
            Some(origin) if !self.path.is_empty() => write!(f, " ({origin})"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

/// The widest column of keys.
const WIDEST: usize = 64;

/// Every problem at once, in the order of the settings; never empty where it is returned as an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    /// One problem a line, the keys padded to one column; overlong ones stick out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self
            .0
            .iter()
            .map(|problem| problem.place().chars().count())
            .filter(|width| *width <= WIDEST)
            .max()
            .unwrap_or(0);
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            problem.write(f, width)?;
        }
        Ok(())
    }
}

impl Error for Problems {}

/// Why one value cannot be used; the reader adds the path and the origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) what: String,
    pub(super) expected: String,
}

impl Fault {
    pub(super) fn new(what: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            expected: expected.into(),
        }
    }

    pub(super) fn at(self, path: impl Into<String>, origin: Option<&str>) -> Problem {
        Problem {
            path: path.into(),
            origin: origin.map(str::to_owned),
            what: self.what,
            expected: self.expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_stand_one_a_line_in_columns() {
        let problems = Problems(vec![
            Fault::new("is missing", "text").at("brands[0].id", Some("a.toml")),
            Fault::new("is 0", "a number").at("x", None),
            Fault::new("cannot be read", "").at("", Some("b.toml")),
        ]);
        assert_eq!(
            problems.to_string(),
            "brands[0].id  is missing; expected text (a.toml)\n\
             x             is 0; expected a number\n\
             b.toml        cannot be read"
        );
        assert_eq!(
            problems.0[0].to_string(),
            "brands[0].id  is missing; expected text (a.toml)"
        );
    }
}
