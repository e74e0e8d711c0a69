//! The rules for what is known of a visitor, which are the same for a new ticket and for an edit:
//! [creating](https://developer.qminder.com/reference/tickets/creating-a-ticket),
//! [editing](https://developer.qminder.com/reference/tickets/editing-a-ticket).

use crate::Rule;
use crate::violation::Violations;

pub(crate) fn check_first_name(found: &mut Violations, first_name: &str) {
    found.not_blank("/firstName", first_name);
    found.min_length("/firstName", first_name, 2);
    found.max_length("/firstName", first_name, 50);
}

pub(crate) fn check_last_name(found: &mut Violations, last_name: &str) {
    found.max_length("/lastName", last_name, 50);
}

pub(crate) fn check_phone(found: &mut Violations, phone: &str) {
    let digits = phone.strip_prefix('+').unwrap_or(phone);
    let is_number =
        (5..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let rule = Rule::Form("5 to 20 digits, with or without + before them");
    found.add_unless(is_number, "/phoneNumber", rule);
}

pub(crate) fn check_email(found: &mut Violations, email: &str) {
    found.max_length("/email", email, 100);
    let rule = Rule::Form("an e-mail address");
    found.add_unless(is_email(email), "/email", rule);
}

pub(crate) fn check_language(found: &mut Violations, language: &str) {
    found.min_length("/languageCode", language, 2);
    found.max_length("/languageCode", language, 5);
}

/// What the official client documents: something, `@`, something, a dot, something; no white space.
fn is_email(text: &str) -> bool {
    if text.contains(char::is_whitespace) {
        return false;
    }
    // The earliest `@` that has something before it leaves the most for the rest.
    let Some(first) = text.chars().next() else {
        return false;
    };
    let Some((_, rest)) = text[first.len_utf8()..].split_once('@') else {
        return false;
    };
    // A dot with something on either side.
    let mut dots = rest.match_indices('.').map(|(index, _)| index);
    dots.any(|index| index > 0 && index + 1 < rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Violation;

    fn found(check: impl FnOnce(&mut Violations)) -> Vec<Violation> {
        let mut found = Violations::default();
        check(&mut found);
        found.into_vec()
    }

    #[test]
    fn telephone_numbers_are_digits_with_or_without_a_plus() {
        for phone in ["12345", "+12345", "+12125551234", "12345678901234567890"] {
            assert_eq!(found(|found| check_phone(found, phone)), [], "{phone}");
        }
        for phone in [
            "",
            "+",
            "1234",
            "++12345",
            "12345+",
            "+1 212 555",
            "123456789012345678901",
            "１２３４５",
        ] {
            assert_eq!(found(|found| check_phone(found, phone)).len(), 1, "{phone}");
        }
    }

    #[test]
    fn addresses_are_judged_as_the_official_client_documents() {
        for email in [
            "a@b.c",
            "jo+x@example.co.uk",
            "@a@b.c",
            "a@b@c.d",
            "é@ü.ö",
            "a@..c",
        ] {
            assert!(is_email(email), "{email}");
        }
        for email in [
            "", "a", "@b.c", "a@b", "a@.c", "a@b.", "a b@c.d", "a@b.c ", "a.b@c",
        ] {
            assert!(!is_email(email), "{email}");
        }
        let long = format!("{}@b.c", "a".repeat(96));
        assert_eq!(found(|found| check_email(found, &long)), []);
        let long = format!("a{long}");
        let rules: Vec<_> = found(|found| check_email(found, &long))
            .into_iter()
            .map(|violation| violation.rule)
            .collect();
        assert_eq!(rules, [Rule::MaxLength(100)]);
    }

    #[test]
    fn names_and_languages_have_lengths() {
        for (first_name, rules) in [
            ("Jo", vec![]),
            ("J", vec![Rule::MinLength(2)]),
            ("", vec![Rule::NotBlank, Rule::MinLength(2)]),
            ("   ", vec![Rule::NotBlank]),
        ] {
            let found = found(|found| check_first_name(found, first_name));
            let found: Vec<_> = found.into_iter().map(|violation| violation.rule).collect();
            assert_eq!(found, rules, "{first_name:?}");
        }
        assert_eq!(
            found(|found| check_first_name(found, &"x".repeat(51))).len(),
            1
        );
        assert_eq!(found(|found| check_last_name(found, "")), []);
        assert_eq!(found(|found| check_last_name(found, &"x".repeat(50))), []);
        assert_eq!(
            found(|found| check_last_name(found, &"x".repeat(51))).len(),
            1
        );
        assert_eq!(found(|found| check_language(found, "pt-BR")), []);
        assert_eq!(found(|found| check_language(found, "e")).len(), 1);
        assert_eq!(found(|found| check_language(found, "pt-BR2")).len(), 1);
    }
}
