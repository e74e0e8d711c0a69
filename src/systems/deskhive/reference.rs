//! The reference that ends the text of each ticket that a bridge makes: DeskHive has no other field for it.

use crate::model::{DeliveryId, Incarnation, Maker};
use crate::systems::label::{is_bridges, label, made_by};
use crate::systems::rich_text::to_html;

/// `text` as DeskHive gets it, with the reference of the ticket that `delivery` makes in a paragraph of its own.
pub(super) fn with_reference(
    text: &str,
    incarnation: &Incarnation,
    delivery: DeliveryId,
) -> String {
    let reference = to_html(&label(incarnation, delivery));
    match to_html(text) {
        html if html.is_empty() => reference,
        html => format!("{html}\n{reference}"),
    }
}

/// Who made a ticket with this plain text, seen from the bridge of this incarnation, and the text alone.
pub(super) fn without_reference<'a>(text: &'a str, incarnation: &Incarnation) -> (Maker, &'a str) {
    let trimmed = text.trim_end();
    let (before, last) = trimmed.rsplit_once('\n').unwrap_or(("", trimmed));
    let last = last.trim();
    match is_bridges(last, incarnation) {
        true => (made_by([last], incarnation), before.trim_end()),
        false => (Maker::Somebody, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems::rich_text::to_plain;

    const OURS: Incarnation = Incarnation::named("00aa11bb22cc");

    #[test]
    fn a_reference_is_found_and_taken_away() {
        for text in ["Hello\n\nthere", "", "a\ntb-00aa11bb22cc-9", "x <b>"] {
            let html = with_reference(text, &OURS, DeliveryId(7));
            assert!(html.ends_with("<p>tb-00aa11bb22cc-7</p>"), "{html}");
            let plain = to_plain(&html);
            let us = Maker::Us(DeliveryId(7));
            assert_eq!(without_reference(&plain, &OURS), (us, text));
            let (maker, _) = without_reference(&plain, &Incarnation::named("ffffffffffff"));
            assert_eq!(maker, Maker::OtherBridge);
        }
        // Where only the tags were dropped.
        let bare = "Hello\ntb-00aa11bb22cc-7\n";
        assert_eq!(
            without_reference(bare, &OURS),
            (Maker::Us(DeliveryId(7)), "Hello")
        );
    }

    #[test]
    fn other_words_are_nobodys_reference() {
        for text in [
            "",
            "Hello",
            "see tb-00aa11bb22cc-7",
            "tb-00aa11bb22cc-7\nand more",
            "tb-00aa11bb22cc-07",
            "tb-shirt-7",
        ] {
            assert_eq!(without_reference(text, &OURS), (Maker::Somebody, text));
        }
    }
}
