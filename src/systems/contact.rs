//! How a customer can be reached, as far as their name or the sender's name for them says so.

use crate::mapping::readable::line;
use crate::model::Author;

/// An address is no longer: Qminder's bound, and less than others'.
const LONGEST_EMAIL: usize = 100;
/// A telephone number's digits; Qminder takes 5 to 20, but so few are rather somebody's id.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=20;

/// What is known of a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Contact {
    /// What people see, on one line; may be empty.
    pub(super) name: String,
    /// An address and nothing else.
    pub(super) email: Option<String>,
    /// A telephone number as systems take it: `+12125551234`.
    pub(super) phone: Option<String>,
}

impl Contact {
    /// What `author` tells.
    pub(super) fn of(author: &Author) -> Self {
        let (name, addressed) = split_address(&author.username);
        let texts = [author.external_uid.as_str(), author.username.as_str()];
        Self {
            name: line(name, usize::MAX),
            email: texts.into_iter().chain(addressed).find_map(email),
            phone: texts.into_iter().find_map(phone),
        }
    }

    /// Which field of `author`'s has the address, if one has.
    pub(super) fn email_from(author: &Author) -> &'static str {
        match email(&author.external_uid) {
            Some(_) => "author.external_uid",
            None => "author.username",
        }
    }

    /// Which field of `author`'s has the telephone number, if one has.
    pub(super) fn phone_from(author: &Author) -> &'static str {
        match phone(&author.external_uid) {
            Some(_) => "author.external_uid",
            None => "author.username",
        }
    }
}

/// `Jane Doe <jane@example.com>` has two parts.
fn split_address(username: &str) -> (&str, Option<&str>) {
    let parts = username
        .trim()
        .strip_suffix('>')
        .and_then(|rest| rest.rsplit_once('<'));
    match parts {
        Some((name, address)) if !name.trim().is_empty() && email(address).is_some() => {
            (name, Some(address))
        }
        _ => (username, None),
    }
}

/// `text`, if it is an address and nothing else.
fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let address = text.strip_prefix("mailto:").unwrap_or(text);
    let is_plain =
        |c: char| c.is_alphanumeric() || (c.is_ascii_graphic() && !"<>()[],;:\\\"".contains(c));
    let (mailbox, domain) = address.split_once('@')?;
    let is_address = !mailbox.is_empty()
        && address.chars().all(is_plain)
        && !domain.contains('@')
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
        && address.encode_utf16().count() <= LONGEST_EMAIL;
    is_address.then(|| address.to_owned())
}

/// `text`, if it is a telephone number and nothing else, as its digits after a `+`, if it has one. A number without
/// any sign of being one may well be somebody's id, and a message to it would reach a stranger.
fn phone(text: &str) -> Option<String> {
    let text = text.trim();
    let (is_named, number) = match text.strip_prefix("tel:") {
        Some(number) => (true, number),
        None => (false, text),
    };
    let looks_like_one = is_named || number.starts_with('+') || number.starts_with('(');
    let is_one =
        |c: char| c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '(' | ')' | '-' | '.' | '/');
    let plain = number.strip_prefix('+').unwrap_or(number);
    if !looks_like_one || !plain.chars().all(is_one) {
        return None;
    }
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    let plus = if number.starts_with('+') { "+" } else { "" };
    DIGITS
        .contains(&digits.len())
        .then(|| format!("{plus}{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author(external_uid: &str, username: &str) -> Author {
        Author {
            external_uid: external_uid.to_owned(),
            username: username.to_owned(),
        }
    }

    #[test]
    fn telephone_numbers_are_known_by_their_form() {
        for (text, expected) in [
            ("+1 (212) 555-1234", Some("+12125551234")),
            ("(212) 555-1234", Some("2125551234")),
            ("tel:212.555.1234", Some("2125551234")),
            (" +49\u{a0}30/1234567 ", Some("+49301234567")),
            // Ids, dates, words, too few, too many, other digits.
            ("2125551234", None),
            ("2026-10-12", None),
            ("+1 555 CALL", None),
            ("+12345", None),
            ("+123456789012345678901", None),
            ("+１２１２５５５１２３４", None),
            ("++12125551234", None),
            ("+1212555\u{202e}1234", None),
            ("", None),
        ] {
            assert_eq!(phone(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn addresses_are_known_by_their_form() {
        for (text, expected) in [
            ("jane@example.com", Some("jane@example.com")),
            (" mailto:jo+x@example.co.uk ", Some("jo+x@example.co.uk")),
            ("grüße@bücher.example", Some("grüße@bücher.example")),
            ("jane@example", None),
            ("@example.com", None),
            ("jane@@example.com", None),
            ("jane@example..com", None),
            ("jane doe@example.com", None),
            ("jane@example.com, joe@example.com", None),
            ("jane\u{202e}@example.com", None),
            ("jane\0@example.com", None),
        ] {
            assert_eq!(email(text).as_deref(), expected, "{text:?}");
        }
        assert_eq!(email(&format!("{}@b.c", "a".repeat(97))), None);
    }

    #[test]
    fn both_names_are_looked_at() {
        let contact = Contact::of(&author("+1 212 555 1234", "Jane Doe <jane@example.com>"));
        assert_eq!(contact.name, "Jane Doe");
        assert_eq!(contact.email.as_deref(), Some("jane@example.com"));
        assert_eq!(contact.phone.as_deref(), Some("+12125551234"));
        let contact = Contact::of(&author("jane@example.com", "Jane\n<3"));
        assert_eq!((contact.name.as_str(), contact.phone), ("Jane <3", None));
        assert_eq!(contact.email.as_deref(), Some("jane@example.com"));
    }
}
