//! The visit that stands for a ticket: who comes, and into which line.

use qminder_client::LineId;
use qminder_client::tickets::NewTicket;

use crate::mapping::Tally;
use crate::mapping::readable::line;
use crate::model::Author;
use crate::systems::contact::Contact;

/// In UTF-16 code units.
const LONGEST_NAME: usize = 50;

/// How a visit is announced.
#[derive(Debug, Clone, Copy)]
pub(super) struct Announced<'a> {
    /// By which it is found again.
    pub(super) label: &'a str,
    /// Where.
    pub(super) line: &'a LineId,
    /// The visitor's language there.
    pub(super) language: &'a str,
    /// What a visitor without a name is called.
    pub(super) nameless: &'a str,
}

/// The visit of `author`. Qminder takes it, as far as its rules are documented; the same arguments always make the same
/// request.
pub(super) fn visit(author: &Author, announced: Announced<'_>, tally: &mut Tally) -> NewTicket {
    let contact = Contact::of(author);
    let (first, last) = names(author, &contact, announced.nameless, tally);
    let mut visit = NewTicket::new(announced.line.clone(), first).label(announced.label);
    if let Some(last) = last {
        visit = visit.last_name(last);
    }
    match contact.phone {
        Some(phone) => {
            tally.converted(
                Contact::phone_from(author),
                "ticket /phoneNumber",
                "the one of their names that is a number",
            );
            visit = visit.phone_number(phone);
        }
        None => tally.absent(
            "author",
            "ticket /phoneNumber",
            "none of their names is a telephone number of 7 to 20 digits: +…, (…) or tel:…",
        ),
    }
    match contact.email {
        Some(email) => {
            tally.converted(
                Contact::email_from(author),
                "ticket /email",
                "the one of their names that is an address",
            );
            visit = visit.email(email);
        }
        None => tally.absent(
            "author",
            "ticket /email",
            "none of their names is an address",
        ),
    }
    let language = announced.language;
    if (2..=5).contains(&language.chars().count()) && language.encode_utf16().count() <= 5 {
        visit = visit.language_code(language);
    }
    visit
}

/// A given and a family name of the right lengths: what people see of the author, or else the sender's name for them,
/// or else a word.
fn names(
    author: &Author,
    contact: &Contact,
    nameless: &str,
    tally: &mut Tally,
) -> (String, Option<String>) {
    const FIRST: &str = "ticket /firstName";
    if let Some((first, last)) = split(&contact.name) {
        let both = match &last {
            Some(_) => "ticket /firstName, /lastName",
            None => FIRST,
        };
        let shown: usize = [Some(&first), last.as_ref()]
            .into_iter()
            .flatten()
            .map(|name| name.trim_end_matches('…').chars().count())
            .sum();
        if author.username == first {
            tally.kept("author.username", FIRST);
        } else if shown + usize::from(last.is_some()) < contact.name.chars().count() {
            tally.cut("author.username", both, "at most 50 characters each");
        } else {
            tally.converted("author.username", both, "given and family name");
        }
        return (first, last);
    }
    let uid = line(&author.external_uid, LONGEST_NAME);
    if is_long_enough(&uid) {
        let why = "the sender's name for them, since people see none of 2 characters";
        tally.defaulted("author.external_uid", FIRST, why);
        return (uid, None);
    }
    tally.defaulted(
        "",
        FIRST,
        "mapping.nameless, since the author has no name of 2 characters",
    );
    (nameless.to_owned(), None)
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
        announced(
            &author,
            &label(
                &crate::model::Incarnation::named("00aa11bb22cc"),
                DeliveryId(7),
            ),
            "en",
        )
    }

    fn announced(author: &Author, label: &str, language: &str) -> NewTicket {
        let announced = Announced {
            label,
            line: &12345.into(),
            language,
            nameless: "Customer",
        };
        visit(author, announced, &mut Tally::off())
    }

    fn names_of(name: &str) -> (String, Option<String>) {
        names_with(name, "uid-1")
    }

    fn names_with(name: &str, uid: &str) -> (String, Option<String>) {
        let author = Author {
            external_uid: uid.to_owned(),
            username: name.to_owned(),
        };
        names(
            &author,
            &Contact::of(&author),
            "Customer",
            &mut Tally::off(),
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
        assert_eq!(names_with("", "7").0, "Customer");
        assert_eq!(names_with("😀", " \0").0, "Customer");
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
            let visit = announced(&author, &label, &language);
            prop_assert_eq!(visit.check(), Ok(()));
        }
    }
}
