use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{Named, Page};

fn read(value: &Value) -> Result<Listed<Named>, Misread> {
    super::read(value.to_string().as_bytes())
}

fn named(id: u64) -> Value {
    json!({"id": id, "name": "n"})
}

fn ids(listed: &Listed<Named>) -> Vec<u64> {
    listed.items.iter().map(|item| item.id).collect()
}

fn place(
    current_page: u64,
    last_page: u64,
    per_page: u64,
    total: u64,
    has_next: Option<bool>,
) -> Place {
    Place {
        current_page: Some(current_page),
        last_page: Some(last_page),
        per_page: Some(per_page),
        total: Some(total),
        has_next,
    }
}

#[test]
fn every_paginator_is_understood() {
    let items = json!([named(1), named(2)]);
    let short = json!({"current_page": 1, "last_page": 5, "per_page": 15, "total": 72});
    let bare = json!({
        "current_page": 1, "data": items, "first_page_url": "https://h/t?page=1", "from": 1, "last_page": 5,
        "last_page_url": "https://h/t?page=5", "links": [{"url": null, "label": "...", "active": false}],
        "next_page_url": "https://h/t?page=2", "path": "https://h/t", "per_page": 15, "prev_page_url": null, "to": 15,
        "total": 72,
    });
    for (body, has_next) in [
        // API overview, section Response Format.
        (json!({"data": items, "meta": short}), None),
        (json!({"status": true, "data": items, "meta": short}), None),
        (json!({"data": items, "pagination": short}), None),
        // Laravel's resource collection.
        (
            json!({
                "status": true, "data": items,
                "links": {"first": "https://h/t?page=1", "last": "x", "prev": null, "next": "https://h/t?page=2"},
                "meta": {
                    "current_page": 1, "from": 1, "last_page": 5, "links": [], "path": "https://h/t", "per_page": 15,
                    "to": 15, "total": 72,
                },
            }),
            Some(true),
        ),
        // Its bare paginator, and that one in an envelope.
        (bare.clone(), Some(true)),
        (json!({"status": true, "data": bare}), Some(true)),
        // A database that answers numbers as text.
        (
            json!({"data": items, "meta": {"current_page": "1", "last_page": "5", "per_page": "15", "total": "72"}}),
            None,
        ),
    ] {
        let listed = read(&body).unwrap();
        assert_eq!((ids(&listed), listed.unreadable), (vec![1, 2], 0), "{body}");
        assert_eq!(listed.place, place(1, 5, 15, 72, has_next), "{body}");
        assert_eq!(listed.place.next_page(), Some(2), "{body}");
    }
}

#[test]
fn lists_without_pages_are_whole() {
    for body in [
        json!({"status": true, "data": [named(1), named(2)]}),
        json!([named(1), named(2)]),
        // What PHP makes of a list with gaps.
        json!({"status": true, "data": {"10": named(2), "9": named(1)}}),
    ] {
        let listed = read(&body).unwrap();
        assert_eq!(ids(&listed), [1, 2], "{body}");
        assert_eq!(listed.place.next_page(), None, "{body}");
    }
}

#[test]
fn pages_end() {
    let next = |place: Place| place.next_page();
    assert_eq!(next(place(4, 5, 1, 5, None)), Some(5));
    assert_eq!(next(place(5, 5, 1, 5, None)), None);
    assert_eq!(next(place(9, 5, 1, 5, None)), None);
    assert_eq!(next(place(1, 1, 15, 0, Some(true))), None);
    let unknown = |has_next| Place {
        current_page: Some(3),
        has_next,
        ..Place::default()
    };
    assert_eq!(next(unknown(Some(true))), Some(4));
    assert_eq!(next(unknown(Some(false))), None);
    assert_eq!(next(unknown(None)), None);
    let empty = read(
        &json!({"data": [], "meta": {"current_page": 1, "from": null, "last_page": 1, "to": null}}),
    );
    let empty = empty.unwrap();
    assert_eq!((ids(&empty), next(empty.place)), (vec![], None));
}

#[test]
fn what_is_no_list_is_not_an_empty_one() {
    for body in [
        json!({}),
        json!(7),
        json!({"data": null}),
        json!({"data": {}}),
        json!({"data": {"data": {}}}),
        json!({"status": true, "data": "none"}),
        json!({"data": named(1)}),
    ] {
        assert!(matches!(read(&body), Err(Misread::Shape)), "{body}");
    }
    for body in [
        json!({"message": "Not found"}),
        json!({"status": false, "data": []}),
    ] {
        assert!(matches!(read(&body), Err(Misread::Refused(_))), "{body}");
    }
}

#[test]
fn one_odd_entry_hides_no_others() {
    let listed =
        read(&json!({"data": [named(1), {"id": {}}, null, 7, [3, "n"], {"id": "2"}]})).unwrap();
    assert_eq!((ids(&listed), listed.unreadable), (vec![1, 2], 4));
}

proptest! {
    #[test]
    fn what_this_crate_serves_is_read_page_by_page(total in 0_u64..40, per_page in 1_u64..9) {
        let mut seen = Vec::new();
        let mut next = Some(1);
        while let Some(number) = next {
            let from = (number - 1) * per_page;
            let items: Vec<_> = (from..total.min(from + per_page))
                .map(|id| Named { id, name: String::new() })
                .collect();
            let page = Page::new(items, "https://h/t", number, per_page, total, &[]);
            let listed: Listed<Named> = super::read(&serde_json::to_vec(&page).unwrap()).unwrap();
            prop_assert_eq!(listed.place.has_next, Some(listed.place.next_page().is_some()));
            seen.extend(ids(&listed));
            next = listed.place.next_page();
        }
        prop_assert_eq!(seen, (0..total).collect::<Vec<_>>());
    }
}
