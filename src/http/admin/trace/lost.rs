//! What of a field is missing where it went, in words.

use crate::model::{Fate, How};

/// What people ask about: what is missing, and what stands there instead. `None` where all is well.
pub(super) fn lost(fates: &[Fate]) -> Option<String> {
    let told = fates.iter().filter_map(one);
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn one(fate: &Fate) -> Option<String> {
    let Fate { from, to, how, why } = fate;
    let name = match from.as_ref() {
        "" => to,
        from => from,
    };
    let place = match to.as_ref() {
        "" => String::new(),
        to if to == name => String::new(),
        to => format!(" in {to}"),
    };
    let why = match why.as_ref() {
        "" => String::new(),
        why => format!(" ({why})"),
    };
    match how {
        How::Kept | How::Converted => None,
        How::Dropped if !to.is_empty() => Some(format!("nothing of {name}{place}{why}")),
        How::Cut | How::Defaulted | How::Dropped => Some(format!("{name} {how}{place}{why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_or_made_up_is_told() {
        let fate = |from: &'static str, to: &'static str, how, why: &'static str| Fate {
            from: from.into(),
            to: to.into(),
            how,
            why: why.into(),
        };
        let fates = [
            fate("title", "ticket /title", How::Kept, ""),
            fate("created_at", "ticket /day", How::Converted, "the day"),
            fate(
                "content",
                "ticket /text",
                How::Cut,
                "more than 10 characters",
            ),
            fate("provider", "", How::Dropped, "no place for it"),
            fate("author", "ticket /phone", How::Dropped, "no number"),
            fate("", "ticket /lastName", How::Defaulted, ""),
        ];
        assert_eq!(
            lost(&fates).as_deref(),
            Some(
                "content cut in ticket /text (more than 10 characters); provider dropped (no place for it); \
                 nothing of author in ticket /phone (no number); ticket /lastName defaulted"
            )
        );
        assert_eq!(lost(&fates[..2]), None);
    }
}
