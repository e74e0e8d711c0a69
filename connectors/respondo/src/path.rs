//! Whose tickets they are, in the words of a server's addresses.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// What a Respondo server calls those who own tickets, which also tells how it spells a ticket.
///
/// Servers speak of brands until March 2023 and of organizations from then on. The external ticket format is that of
/// brands; with organizations, `response_url` and `custom_provider` have moved into an object of their own,
/// `ticketable_attributes`, in tickets and in the answers to replies, and have no meaning outside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Path {
    /// `/brands/{id}/…`
    Brands,
    /// `/organizations/{id}/…`
    Organizations,
}

/// A word that is not a [`Path`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("neither \"brands\" nor \"organizations\"")]
pub struct UnknownPath;

impl Path {
    /// The word as it stands in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Brands => "brands",
            Self::Organizations => "organizations",
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Path {
    type Err = UnknownPath;

    fn from_str(word: &str) -> Result<Self, UnknownPath> {
        [Self::Brands, Self::Organizations]
            .into_iter()
            .find(|path| path.as_str() == word)
            .ok_or(UnknownPath)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_its_word_and_nothing_else() {
        for path in [Path::Brands, Path::Organizations] {
            assert_eq!(path.to_string().parse(), Ok(path));
        }
        for word in ["", "brand", "Brands", " brands", "brands/", "organisations"] {
            assert_eq!(word.parse::<Path>(), Err(UnknownPath), "{word}");
        }
    }
}
