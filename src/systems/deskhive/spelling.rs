//! How texts are spelled at a system: as people's editors there make them, or, where the system is another bridge's
//! agent API, as they are.

use crate::systems::rich_text::{to_html, to_plain};

/// What bridges call themselves.
const BRIDGE: &str = "ticketbridge";

/// How texts are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// In HTML.
    Rich,
    /// As they are.
    Plain,
}

impl Spelling {
    /// Of what calls itself so.
    pub(super) fn of(software: Option<&str>) -> Self {
        match software {
            Some(BRIDGE) => Self::Plain,
            _ => Self::Rich,
        }
    }

    /// `text` as it is written there.
    pub(super) fn write(self, text: &str) -> String {
        match self {
            Self::Rich => to_html(text),
            Self::Plain => text.to_owned(),
        }
    }

    /// What is written there, as text.
    pub(super) fn read(self, content: &str) -> String {
        match self {
            Self::Rich => to_plain(content),
            Self::Plain => content.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bridge_is_known_by_its_name_and_takes_text_as_it_is() {
        let bridge = Spelling::of(Some("ticketbridge"));
        assert_eq!(bridge.write("a < b\n\nc"), "a < b\n\nc");
        assert_eq!(bridge.read("<b>a</b> &amp; c"), "<b>a</b> &amp; c");
        for software in [None, Some("nginx"), Some("ticketbridge.example.com")] {
            let other = Spelling::of(software);
            assert_eq!(other.write("a < b"), "<p>a &lt; b</p>");
            assert_eq!(other.read("<b>a</b> &amp; c"), "a & c");
        }
    }
}
