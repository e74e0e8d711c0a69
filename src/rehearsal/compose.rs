//! From a sample's field, over ours, to where it ends: what came in and what goes out, put together.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::mapping::readable::line;
use crate::model::{Fate, How};

use crate::model::Ticket;

use super::Ways;
use super::leaves::{fit, leaves};
use super::outcome::Field;

/// Of a field that no code speaks of.
const UNREAD: &str = "nothing here reads it";

/// What of ours is made of this one, beside itself.
fn made_of(ours: &str) -> &'static [&'static str] {
    match ours {
        "content" => &["title", "messages"],
        "message.text" => &["customer.text", "reply.text", "messages"],
        "message.author" => &["customer.author", "reply.author", "messages"],
        "message.created_at" => &["customer.created_at", "reply.created_at", "messages"],
        "message.visibility" => &["customer.visibility", "reply.visibility"],
        "note.text" => &["messages"],
        // Some commands carry what anybody says.
        "customer.text" | "reply.text" => &["message.text", "messages"],
        "customer.author" | "reply.author" | "note.author" => &["message.author", "messages"],
        "customer.created_at" | "reply.created_at" | "note.created_at" => {
            &["message.created_at", "messages"]
        }
        "customer.visibility" | "reply.visibility" | "note.visibility" => &["message.visibility"],
        _ => &[],
    }
}

/// What of ours says the same, where that goes out in its place: what opened a ticket is its first message, too.
fn in_place_of(ours: &str) -> &'static [&'static str] {
    match ours {
        "content" => &["message.text", "customer.text"],
        "message.text" | "customer.text" => &["content"],
        "created_at" => &["message.created_at", "customer.created_at"],
        "message.created_at" | "customer.created_at" => &["created_at"],
        "author.username" => &["message.author", "customer.author"],
        "message.author" | "customer.author" => &["author.username"],
        _ => &[],
    }
}

/// Of no use but here.
fn is_used_up(ours: &str) -> bool {
    matches!(ours, "order of news" | "envelope")
}

/// What became of each field of `value`, then what else stands where it went. `whole`: nothing was there before, so
/// that all of what goes out is its doing.
pub(super) fn compose(value: &Value, ways: &Ways, whole: bool) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut told: Vec<Cow<'_, str>> = Vec::new();
    for leaf in leaves(value) {
        let claims = claims(&leaf, &ways.inward);
        if claims.is_empty() {
            fields.push(field(&leaf, How::Dropped, "", UNREAD));
        }
        let mut rows: Vec<Field> = Vec::new();
        let heading = heading(value, &leaf, &claims, &ways.inward);
        if let Some(why) = ways.roles.stays(&leaf, &ways.outward) {
            fields.push(field(&leaf, How::Dropped, "", &why));
            continue;
        }
        for claim in &claims {
            let ours = ways.roles.named(&leaf, &claim.to);
            rows.extend(onward(&leaf, claim, &ours, heading, &ways.outward));
            told.push(ours);
        }
        // What arrived in one way is not lost in the others.
        match rows.iter().any(|row| row.how != How::Dropped) {
            // But where it might be looked for, that it is not there is told.
            true => rows.retain(|row| row.how != How::Dropped || !row.to.is_empty()),
            false => rows.truncate(1),
        }
        rows.dedup();
        fields.extend(rows);
    }
    let is_told = |ours: &str| {
        told.iter().any(|told| {
            told == ours || made_of(told).contains(&ours) || in_place_of(told).contains(&ours)
        })
    };
    let places: BTreeSet<String> = fields.iter().map(|row| row.to.clone()).collect();
    let beside = ways.outward.iter().filter(|fate| {
        let is_made_up = fate.from.is_empty();
        let is_absent = fate.how == How::Dropped && !fate.to.is_empty();
        let is_shown = fate.how == How::Defaulted || (whole && fate.how != How::Dropped);
        // Where a sample has no note, nobody asks for notes.
        if fate.from == "note.text" {
            return false;
        }
        // Of what has a place there and nothing to put into it, nobody would think to ask.
        is_made_up
            || (is_absent && !places.contains(fate.to.as_ref()))
            || (is_shown && !is_told(&fate.from))
    });
    let defaults = ways.inward.iter().filter(|fate| fate.from.is_empty());
    for fate in defaults.chain(beside) {
        let name = match fate.from.as_ref() {
            "" => String::new(),
            ours => format!("({ours})"),
        };
        let row = field(&name, fate.how, &fate.to, &fate.why);
        if !fields.contains(&row) {
            fields.push(row);
        }
    }
    fields
}

/// The fates that speak of a leaf most exactly.
fn claims<'a>(leaf: &str, inward: &'a [Fate]) -> Vec<&'a Fate> {
    let fits = |fate: &Fate| fit(&fate.from, leaf);
    let best = inward.iter().filter_map(fits).max();
    let claims = inward
        .iter()
        .filter(|fate| best.is_some() && fits(fate) == best);
    claims.collect()
}

/// How much of a leaf stands in the title, which is the first line of what a ticket begins with.
fn heading(value: &Value, leaf: &str, claims: &[&Fate], inward: &[Fate]) -> How {
    let opens = |fate: &&Fate| fate.to == "content" && fate.how != How::Dropped;
    let is_all = inward.iter().filter(opens).count() == 1;
    let begins = leaf.ends_with("/title") && !leaf.contains("/extra/");
    let is_name = claims.iter().any(|claim| claim.to == "author.username");
    let text = value.pointer(leaf).and_then(Value::as_str);
    let text = text.unwrap_or_default();
    let (first, all) = (Ticket::title_of(text), line(text, usize::MAX));
    match line(&first, usize::MAX) {
        _ if !(is_all || begins || is_name) => How::Dropped,
        shown if shown == text => How::Kept,
        shown if shown == all => How::Converted,
        _ => How::Cut,
    }
}

/// Where a leaf that is claimed to become `own` goes from here. `heading`: how much of it stands in the title, if it is
/// what a ticket begins with.
fn onward(leaf: &str, claim: &Fate, own: &str, heading: How, outward: &[Fate]) -> Vec<Field> {
    if claim.how == How::Dropped || is_used_up(&claim.to) {
        return vec![field(leaf, How::Dropped, "", &claim.why)];
    }
    let of = |names: &[&str]| -> Vec<&Fate> {
        let fates = outward.iter();
        fates
            .filter(|fate| names.contains(&fate.from.as_ref()))
            .collect()
    };
    let mut found = [of(&[own]), of(made_of(own))].concat();
    if found.iter().all(|fate| fate.how == How::Dropped) {
        found.extend(of(in_place_of(own)));
    }
    let is_heading = |fate: &Fate| fate.from == "title" && own == "content";
    let arrived = found.iter().filter(|fate| {
        let is_there = fate.how != How::Dropped || !fate.to.is_empty();
        let is_shown_elsewhere = leaf.ends_with("/sender/name") && fate.to.ends_with("_uid");
        is_there && !(is_heading(fate) && heading == How::Dropped) && !is_shown_elsewhere
    });
    let mut rows: Vec<Field> = arrived
        .map(|fate| {
            let how = worse(claim.how, fate.how);
            let why = both(&claim.why, &fate.why);
            let of_heading = match heading {
                How::Cut => "its first line",
                How::Converted => "on one line, without what cannot be seen",
                How::Kept | How::Defaulted | How::Dropped => "",
            };
            match is_heading(fate) && !of_heading.is_empty() {
                true => field(leaf, worse(how, heading), &fate.to, &both(&why, of_heading)),
                false => field(leaf, how, &fate.to, &why),
            }
        })
        .collect();
    if rows.is_empty() {
        let dropped = found.first().map(|fate| fate.why.as_ref());
        let why = match dropped {
            Some(why) if !why.is_empty() => why.to_owned(),
            _ => format!("stays here, as `{own}`"),
        };
        rows.push(field(leaf, How::Dropped, "", &why));
    }
    rows
}

fn field(field: &str, how: How, to: &str, why: &str) -> Field {
    Field {
        field: field.to_owned(),
        how,
        to: to.to_owned(),
        why: why.to_owned(),
    }
}

/// In what state something is that went through both.
fn worse(inward: How, outward: How) -> How {
    let rank = |how: How| match how {
        How::Kept => 0,
        How::Converted => 1,
        How::Defaulted => 2,
        How::Cut => 3,
        How::Dropped => 4,
    };
    match rank(inward) > rank(outward) {
        true => inward,
        false => outward,
    }
}

fn both(first: &str, second: &str) -> String {
    match (first, second) {
        ("", why) | (why, "") => why.to_owned(),
        (first, second) if first == second => first.to_owned(),
        (first, second) => format!("{first}; {second}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::mapping::Tally;
    use crate::rehearsal::roles::Roles;

    fn ways(inward: impl FnOnce(&mut Tally), outward: impl FnOnce(&mut Tally)) -> Ways {
        let (mut coming, mut going) = (Tally::new(), Tally::new());
        inward(&mut coming);
        outward(&mut going);
        Ways {
            inward: coming.into_fates(),
            outward: going.into_fates(),
            roles: Roles::default(),
        }
    }

    fn rows(fields: &[Field]) -> Vec<(&str, &str, &str, &str)> {
        let row = |row: &'_ Field| -> (String, &'static str, String, String) {
            let Field { field, to, why, .. } = row.clone();
            (field, row.how.word(), to, why)
        };
        let rows: Vec<_> = fields.iter().map(row).collect();
        let rows: &'static [_] = Vec::leak(rows);
        rows.iter()
            .map(|(field, how, to, why)| (field.as_str(), *how, to.as_str(), why.as_str()))
            .collect()
    }

    #[test]
    fn a_field_is_followed_to_where_it_ends() {
        let value = json!({"name": "Ada", "text": "Hi", "secret": "x", "extra": [1, 2]});
        let ways = ways(
            |tally| {
                tally.kept("/name", "author.username");
                tally.converted("/text", "content", "as plain text");
                tally.dropped("/secret", "hidden");
            },
            |tally| {
                tally.cut("author.username", "ticket /firstName", "too long");
                tally.kept("message.text", "record /data");
                tally.dropped("content", "never read");
                tally.defaulted("", "ticket /line", "the system's line");
            },
        );
        assert_eq!(
            rows(&compose(&value, &ways, true)),
            [
                ("/extra/0", "dropped", "", "nothing here reads it"),
                ("/extra/1", "dropped", "", "nothing here reads it"),
                ("/name", "cut", "ticket /firstName", "too long"),
                ("/secret", "dropped", "", "hidden"),
                ("/text", "converted", "record /data", "as plain text"),
                ("", "defaulted", "ticket /line", "the system's line"),
            ]
        );
    }

    #[test]
    fn what_goes_nowhere_says_where_it_stays() {
        let ways = ways(
            |tally| {
                tally.kept("/a", "provider");
                tally.kept("/b", "parent_uid");
            },
            |tally| tally.dropped("parent_uid", "no place for it"),
        );
        assert_eq!(
            rows(&compose(&json!({"a": 1, "b": 2}), &ways, true)),
            [
                ("/a", "dropped", "", "stays here, as `provider`"),
                ("/b", "dropped", "", "no place for it"),
            ]
        );
    }

    #[test]
    fn the_more_exact_word_of_two_counts() {
        let ways = ways(
            |tally| {
                tally.kept("/m/*/text", "message.text");
                tally.dropped("/m/1", "too old");
            },
            |tally| tally.kept("message.text", "reply /response_text"),
        );
        let value = json!({"m": [{"text": "a"}, {"text": "b"}]});
        assert_eq!(
            rows(&compose(&value, &ways, false)),
            [
                ("/m/0/text", "kept", "reply /response_text", ""),
                ("/m/1/text", "dropped", "", "too old"),
            ]
        );
    }
}
