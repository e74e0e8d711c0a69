//! What systems say must not repeat what tickets say, since it stands in logs.

use std::collections::HashSet;

/// `said` by `whose` system, which came with `status`, unless it repeats what tickets say.
pub(super) fn without(said: String, whose: &str, status: Option<u16>, texts: &[&str]) -> String {
    if !texts.iter().any(|text| repeats(&said, text)) {
        return said;
    }
    let status = status
        .map(|status| format!(" {status}"))
        .unwrap_or_default();
    format!(
        "{whose} answered{status}; what it said is left out, since it repeats the ticket's text"
    )
}

/// Whether some of `text` can be read in `said`: all of it, or as much as cannot be there by chance.
fn repeats(said: &str, text: &str) -> bool {
    const BY_CHANCE: usize = 12;
    // More than this of a text is not looked through.
    const LONGEST: usize = 20_000;
    let lower = |text: &str| -> Vec<char> { text.to_lowercase().chars().collect() };
    let said = lower(said);
    let text: String = text.trim().chars().take(LONGEST).collect();
    let text = lower(&text);
    if text.is_empty() {
        return false;
    }
    let parts = text.len().min(BY_CHANCE);
    let said: HashSet<&[char]> = said.windows(parts).collect();
    text.windows(parts).any(|part| said.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_ticket_says_is_found_in_what_a_system_says() {
        let said = "qminder refused with 400: Message 'My PIN is 1234, and' is too long";
        for (text, expected) in [
            ("Hello. My pin is 1234, and nobody may know", true),
            ("My PIN", true),
            ("  pin\n", true),
            ("", false),
            ("My password is 99", false),
            ("something else altogether", false),
        ] {
            assert_eq!(repeats(said, text), expected, "{text:?}");
        }
    }
}
