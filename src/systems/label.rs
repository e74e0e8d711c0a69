//! The label on tickets that this bridge makes at a system, by which one is found whose maker got no answer.

use crate::model::{DeliveryId, Incarnation, Maker};

const PREFIX: &str = "tb-";

/// What a ticket is labelled that `delivery` of the store of this incarnation makes: at most 50 characters, and never
/// the same twice.
pub fn label(incarnation: &Incarnation, delivery: DeliveryId) -> String {
    format!("{PREFIX}{}-{delivery}", incarnation.of(delivery))
}

/// Whose such label it is, if it is one.
fn maker(label: &str, incarnation: &Incarnation) -> Option<Maker> {
    let (of, number) = label.strip_prefix(PREFIX)?.rsplit_once('-')?;
    let is_number = number == "0" || !number.starts_with('0');
    let delivery = number
        .parse()
        .ok()
        .filter(|_| is_number && number.bytes().all(|byte| byte.is_ascii_digit()))?;
    if of == incarnation.of(delivery) {
        return Some(Maker::Us(delivery));
    }
    // Twelve hexadecimal digits, as every store has them: other words behind the prefix may be a clerk's.
    let is_incarnation = of.len() == 12
        && of
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_incarnation.then_some(Maker::OtherBridge)
}

/// Who made a ticket with these labels, seen from the bridge of this incarnation.
pub fn made_by<'a>(labels: impl IntoIterator<Item = &'a str>, incarnation: &Incarnation) -> Maker {
    let mut found = Maker::Somebody;
    for label in labels {
        match maker(label, incarnation) {
            Some(Maker::Us(delivery)) => return Maker::Us(delivery),
            Some(other) => found = other,
            None => {}
        }
    }
    found
}

/// Whether it is any bridge's, and so of no interest to people.
pub(super) fn is_bridges(label: &str, incarnation: &Incarnation) -> bool {
    maker(label, incarnation).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Incarnation = Incarnation::named("00aa11bb22cc");

    #[test]
    fn a_label_leads_back_to_its_delivery() {
        let longest = label(&OURS, DeliveryId(u64::MAX));
        assert!(longest.len() <= 50, "{longest}");
        for id in [0, 7, u64::MAX] {
            let label = label(&OURS, DeliveryId(id));
            assert_eq!(made_by(["VIP", &label], &OURS), Maker::Us(DeliveryId(id)));
            assert_eq!(
                made_by([label.as_str()], &Incarnation::named("ffffffffffff")),
                Maker::OtherBridge
            );
        }
        assert_eq!(
            label(&Incarnation::named("memory"), DeliveryId(3)),
            "tb-memory-3"
        );
        assert_eq!(
            made_by(["tb-memory-3"], &Incarnation::named("memory")),
            Maker::Us(DeliveryId(3))
        );
        let both = ["tb-ffffffffffff-3", "tb-00aa11bb22cc-4"];
        assert_eq!(made_by(both, &OURS), Maker::Us(DeliveryId(4)));
    }

    #[test]
    fn what_was_labelled_before_a_backup_stays_ours_and_what_was_after_it_does_not() {
        let earlier = ("00aa11bb22cc".to_owned(), DeliveryId(5));
        let restored = Incarnation::after("33dd44ee55ff".to_owned(), [earlier]);
        assert_eq!(label(&restored, DeliveryId(4)), "tb-00aa11bb22cc-4");
        assert_eq!(label(&restored, DeliveryId(5)), "tb-33dd44ee55ff-5");
        for (label, made) in [
            ("tb-00aa11bb22cc-4", Maker::Us(DeliveryId(4))),
            ("tb-00aa11bb22cc-5", Maker::OtherBridge),
            ("tb-33dd44ee55ff-4", Maker::OtherBridge),
            ("tb-33dd44ee55ff-5", Maker::Us(DeliveryId(5))),
        ] {
            assert_eq!(made_by([label], &restored), made, "{label}");
        }
    }

    #[test]
    fn other_labels_are_nobodys() {
        for text in [
            "",
            "tb-",
            "tb--",
            "VIP",
            "tb-00aa11bb22cc",
            "tb-00aa11bb22cc-",
            "tb-00aa11bb22cc-+7",
            "tb-00aa11bb22cc-07",
            "tb-00aa11bb22cc-7 ",
            "TB-00aa11bb22cc-7",
            "tb-shirt-7",
            "tb-00aa11bb22c-7",
            "tb-00aa11bb22cc-18446744073709551616",
        ] {
            assert_eq!(made_by([text], &OURS), Maker::Somebody, "{text:?}");
        }
    }
}
