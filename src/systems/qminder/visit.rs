//! The visit that stands for a ticket: who comes, and into which line.

use qminder_client::LineId;
use qminder_client::tickets::NewTicket;

use crate::model::Author;
use crate::systems::contact::Contact;
use crate::systems::readable::line;

/// In UTF-16 code units.
const LONGEST_NAME: usize = 50;
/// Who comes without a name.
const NAMELESS: &str = "Customer";

/// The visit of `author` in `line`, found again by `label`. Qminder takes it, as far as its rules are documented; the
/// same arguments always make the same request.
pub(super) fn visit(author: &Author, label: String, line: &LineId, language: &str) -> NewTicket {
    let contact = Contact::of(author);
    let (first, last) = names(&contact.name, &author.external_uid);
    let mut visit = NewTicket::new(line.clone(), first).label(label);
    if let Some(last) = last {
        visit = visit.last_name(last);
    }
    if let Some(phone) = contact.phone {
        visit = visit.phone_number(phone);
    }
    if let Some(email) = contact.email {
        visit = visit.email(email);
    }
    if (2..=5).contains(&language.chars().count()) && language.encode_utf16().count() <= 5 {
        visit = visit.language_code(language);
    }
    visit
}

/// A given and a family name of the right lengths: what people see of the author, or else the sender's name for them,
/// or else a word.
fn names(name: &str, uid: &str) -> (String, Option<String>) {
    if let Some(names) = split(name) {
        return names;
    }
    let (uid, nameless) = (line(uid, LONGEST_NAME), NAMELESS.to_owned());
    (if is_long_enough(&uid) { uid } else { nameless }, None)
}

fn split(name: &str) -> Option<(String, Option<String>)> {
    let turned = match name.split_once(',') {
        Some((last, first)) if !first.contains(',') => (first.trim(), last.trim()),
        _ => ("", ""),
    };
    let (first, last) = match turned {
        ("", _) | (_, "") => name.split_once(' ').unwrap_or((name, "")),
        turned => turned,
    };
    // "J Doe" goes by both.
    let both = format!("{first} {last}");
    let (first, last) = if is_long_enough(first) {
        (first, last)
    } else {
        (both.trim(), "")
    };
    let (first, last) = (line(first, LONGEST_NAME), line(last, LONGEST_NAME));
    is_long_enough(&first).then(|| (first, Some(last).filter(|last| !last.is_empty())))
}

/// Of two characters or more.
fn is_long_enough(name: &str) -> bool {
    name.chars().nth(1).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use qminder_client::tickets::create;

    use crate::model::DeliveryId;
    use crate::systems::qminder::label;

    use super::*;

    fn of(uid: &str, name: &str) -> NewTicket {
        let author = Author {
            external_uid: uid.to_owned(),
            username: name.to_owned(),
        };
        let label = label(
            &crate::model::Incarnation::named("00aa11bb22cc"),
            DeliveryId(7),
        );
        visit(&author, label, &12345.into(), "en")
    }

    fn names_of(name: &str) -> (String, Option<String>) {
        names(
            &Contact::of(&Author {
                external_uid: "uid-1".to_owned(),
                username: name.to_owned(),
            })
            .name,
            "uid-1",
        )
    }

    #[test]
    fn names_are_split_as_people_write_them() {
        let long = "x".repeat(300);
        let cut = format!("{}…", "x".repeat(49));
        for (name, first, last) in [
            ("Jane Doe", "Jane", "Doe"),
            ("Jane", "Jane", ""),
            ("  Jane \t van  der\nBerg ", "Jane", "van der Berg"),
            ("Doe, John", "John", "Doe"),
            ("Doe,John Q.", "John Q.", "Doe"),
            ("Doe, J", "J Doe", ""),
            ("Smith, Jones, and Co", "Smith,", "Jones, and Co"),
            ("J Doe", "J Doe", ""),
            ("Jane D", "Jane", "D"),
            ("李明", "李明", ""),
            ("😀😀 B", "😀😀", "B"),
            ("Jane\0 Doe\u{202e}", "Jane␀", "Doe[U+202E]"),
            (&long, &cut, ""),
            (&format!("Jane {long}"), "Jane", &cut),
            // No names.
            ("", "uid-1", ""),
            ("J", "uid-1", ""),
            ("😀", "uid-1", ""),
            (" \u{200b}\u{feff} ", "uid-1", ""),
        ] {
            let expected = (
                first.to_owned(),
                Some(last.to_owned()).filter(|last| !last.is_empty()),
            );
            assert_eq!(names_of(name), expected, "{name:?}");
        }
        assert_eq!(names("", "7").0, "Customer");
        assert_eq!(names("😀", " \0").0, "Customer");
    }

    #[test]
    fn a_visit_says_who_comes_and_carries_its_label() {
        let call = create(&of("+1 (212) 555-1234", "Jane Doe <jane@example.com>")).unwrap();
        assert_eq!(
            std::str::from_utf8(call.request().body()).unwrap(),
            r#"{"lineId":"12345","firstName":"Jane","lastName":"Doe","phoneNumber":"+12125551234","email":"jane@example.com","languageCode":"en","labels":[{"value":"tb-00aa11bb22cc-7"}]}"#
        );
        let bare = create(&of("7", "")).unwrap();
        assert_eq!(
            std::str::from_utf8(bare.request().body()).unwrap(),
            r#"{"lineId":"12345","firstName":"Customer","languageCode":"en","labels":[{"value":"tb-00aa11bb22cc-7"}]}"#
        );
    }

    proptest! {
        #[test]
        fn whoever_comes_can_be_announced(uid in "\\PC{0,80}|[\\s\\S]{0,40}", name in "[\\s\\S]{0,80}|.{40,60} .{0,60}|\\+[0-9 ()]{4,30}|[a-zé+]{1,60}@[a-z.]{1,60}", language in "[\\s\\S]{0,7}") {
            let author = Author { external_uid: uid, username: name };
            let label = label(&crate::model::Incarnation::named("00aa11bb22cc"), DeliveryId(u64::MAX));
            let visit = visit(&author, label, &12345.into(), &language);
            prop_assert_eq!(visit.check(), Ok(()));
        }
    }
}
