use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::Rule;

mod example;
mod properties;

const IMPORTANCES: Rule = Rule::OneOf(&["error", "warning", "info"]);
const TYPES: Rule = Rule::OneOf(&["message", "text", "email", "phoneNumber", "list"]);

fn found(data: &Value) -> Vec<(String, Rule)> {
    let violations = check(data).into_iter();
    violations
        .map(|violation| (violation.pointer, violation.rule))
        .collect()
}

/// What is wrong with a record of this one field.
fn found_in(field: Value) -> Vec<(String, Rule)> {
    found(&json!({ "fields": [field] }))
}

#[test]
fn each_shape_of_the_page_passes() {
    for field in [
        json!({"type": "message", "content": "CRITICAL", "importance": "error"}),
        json!({"type": "message", "content": "ALLERGY", "importance": "warning"}),
        json!({"type": "message", "content": "Annual flu vaccination", "importance": "info"}),
        json!({"type": "text", "title": "Patient Name", "value": "Maria Schmidt"}),
        json!({"type": "email", "title": "Contact Email", "value": "maria.schmidt@example.com"}),
        json!({"type": "phoneNumber", "title": "Emergency Contact", "value": "+15551234567"}),
        json!({"type": "list", "title": "Pending Tasks", "items": [{"title": "Schedule follow-up appointment"}]}),
        json!({"type": "list", "title": "Detailed Records", "items": [
            {
                "title": "Complete Record",
                "text": "Comprehensive entry with all optional fields populated",
                "url": "https://records.example.com/entry/48291",
                "footer": "Category: Full Review",
                "timestamp": "2026-03-01",
            },
            {"title": "Entry with Date", "timestamp": "2026-02-15"},
            {"title": "Entry with Description", "text": "a description below the title"},
            {"title": "Entry with Link", "url": "https://portal.example.com/doc/7391"},
            {"title": "Entry with Tag", "footer": "Status: Pending Approval"},
        ]}),
        json!({"type": "list", "title": "", "items": []}),
    ] {
        assert_eq!(found_in(field.clone()), [], "{field}");
        let data = json!({ "fields": [field] });
        let record = Record::from_value("p", "t", &data).unwrap();
        assert_eq!(record.to_value(), data);
        assert_eq!(record.fields().len(), 1);
    }
    assert_eq!(found(&json!({"fields": []})), []);
}

#[test]
fn each_breach_is_named_by_place_and_rule() {
    for (data, pointer, rule) in [
        (json!([]), "", Rule::Type("an object")),
        (json!(null), "", Rule::Type("an object")),
        (json!("{}"), "", Rule::Type("an object")),
        (json!({}), "/fields", Rule::Required),
        (json!({"fields": null}), "/fields", Rule::Type("an array")),
        (json!({"fields": {}}), "/fields", Rule::Type("an array")),
        (json!({"fields": [], "a/b": 1}), "/a~1b", Rule::Unknown),
        (json!({"fields": [7]}), "/fields/0", Rule::Type("an object")),
    ] {
        assert_eq!(found(&data), [(pointer.to_owned(), rule)], "{data}");
    }
    let text = Rule::Type("a string");
    for (field, pointer, rule) in [
        (json!({}), "type", Rule::Required),
        (json!({"type": 1, "x": 2}), "type", text),
        (json!({"type": "Text"}), "type", TYPES),
        (
            json!({"type": "message", "importance": "info"}),
            "content",
            Rule::Required,
        ),
        (
            json!({"type": "message", "content": "x"}),
            "importance",
            Rule::Required,
        ),
        (
            json!({"type": "message", "content": "x", "importance": "urgent"}),
            "importance",
            IMPORTANCES,
        ),
        (
            json!({"type": "message", "content": "x", "importance": "Error"}),
            "importance",
            IMPORTANCES,
        ),
        (
            json!({"type": "message", "content": "x", "importance": null}),
            "importance",
            text,
        ),
        (
            json!({"type": "message", "content": "x", "importance": "info", "title": "x"}),
            "title",
            Rule::Unknown,
        ),
        (
            json!({"type": "text", "value": "x"}),
            "title",
            Rule::Required,
        ),
        (
            json!({"type": "email", "title": "x"}),
            "value",
            Rule::Required,
        ),
        (
            json!({"type": "phoneNumber", "title": "x", "value": 15551234567_u64}),
            "value",
            text,
        ),
        (
            json!({"type": "text", "title": "x", "value": "y", "url": "z"}),
            "url",
            Rule::Unknown,
        ),
        (
            json!({"type": "list", "title": "x"}),
            "items",
            Rule::Required,
        ),
        (
            json!({"type": "list", "items": []}),
            "title",
            Rule::Required,
        ),
        (
            json!({"type": "list", "title": "x", "items": "y"}),
            "items",
            Rule::Type("an array"),
        ),
        (
            json!({"type": "list", "title": "x", "items": ["y"]}),
            "items/0",
            Rule::Type("an object"),
        ),
        (
            json!({"type": "list", "title": "x", "items": [], "value": "y"}),
            "value",
            Rule::Unknown,
        ),
    ] {
        let expected = [(format!("/fields/0/{pointer}"), rule)];
        assert_eq!(found_in(field.clone()), expected, "{field}");
    }
    for (item, key, rule) in [
        (json!({}), "title", Rule::Required),
        (json!({"title": 1}), "title", text),
        (json!({"title": "x", "text": null}), "text", text),
        (json!({"title": "x", "url": 1}), "url", text),
        (json!({"title": "x", "footer": []}), "footer", text),
        (
            json!({"title": "x", "timestamp": 20260301}),
            "timestamp",
            text,
        ),
        (json!({"title": "x", "value": "y"}), "value", Rule::Unknown),
    ] {
        let field = json!({"type": "list", "title": "x", "items": [{"title": "ok"}, item]});
        let expected = [(format!("/fields/0/items/1/{key}"), rule)];
        assert_eq!(found_in(field.clone()), expected, "{field}");
    }
}

#[test]
fn a_date_is_one_of_the_calendar_in_ten_characters() {
    let with = |timestamp: &str| {
        let item = json!({"title": "x", "timestamp": timestamp});
        json!({"fields": [{"type": "list", "title": "x", "items": [item]}]})
    };
    for timestamp in ["2026-03-01", "2024-02-29", "0000-01-01", "9999-12-31"] {
        assert_eq!(found(&with(timestamp)), [], "{timestamp}");
        let record = Record::from_value("p", "t", &with(timestamp)).unwrap();
        assert_eq!(record.to_value(), with(timestamp));
    }
    for timestamp in [
        "",
        "2026-3-1",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-04-31",
        "20260301",
        "2026/03/01",
        "01-03-2026",
        " 2026-03-01",
        "2026-03-01T00:00:00Z",
        "2026-03-01Z",
        "+002026-03-01",
        "-2026-03-1",
        "２０２６-03-01",
        "2026-W10-1",
    ] {
        let expected = [("/fields/0/items/0/timestamp".to_owned(), Rule::Date)];
        assert_eq!(found(&with(timestamp)), expected, "{timestamp}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let data = json!({
        "fields": [
            {"type": "message", "importance": 1, "extra": true},
            {"type": "text", "title": "ok", "value": "ok"},
            {"type": "list", "title": "x", "items": [{"timestamp": "soon", "~": 1}]},
        ],
        "version": 2,
    });
    let expected = [
        ("/fields/0/content", Rule::Required),
        ("/fields/0/importance", Rule::Type("a string")),
        ("/fields/0/extra", Rule::Unknown),
        ("/fields/2/items/0/title", Rule::Required),
        ("/fields/2/items/0/timestamp", Rule::Date),
        ("/fields/2/items/0/~0", Rule::Unknown),
        ("/version", Rule::Unknown),
    ];
    let expected = expected.map(|(pointer, rule)| (pointer.to_owned(), rule));
    assert_eq!(found(&data), expected);
    let invalid = Record::from_value("", "x".repeat(101), &data).unwrap_err();
    let pointers: Vec<_> = invalid
        .violations
        .iter()
        .map(|violation| violation.pointer.as_str())
        .collect();
    assert_eq!(
        pointers[..3],
        ["/provider", "/title", "/data/fields/0/content"]
    );
    assert_eq!(pointers.len(), 9);
}

#[test]
fn providers_and_titles_have_one_to_a_hundred_characters() {
    let build = |provider: &str, title: &str| {
        let built = Record::builder(provider, title).build();
        built.map_err(|invalid| invalid.violations)
    };
    assert!(build("p", "t").is_ok());
    assert!(build(&"p".repeat(100), &"é".repeat(100)).is_ok());
    for (provider, title, pointer, rule) in [
        ("", "t", "/provider", Rule::NotBlank),
        ("p", " ", "/title", Rule::NotBlank),
        (&*"p".repeat(101), "t", "/provider", Rule::MaxLength(100)),
        ("p", &*"é".repeat(101), "/title", Rule::MaxLength(100)),
        // 51 characters that Java counts as 102.
        ("p", &*"😀".repeat(51), "/title", Rule::MaxLength(100)),
    ] {
        let violations = build(provider, title).unwrap_err();
        assert_eq!(violations.len(), 1);
        assert_eq!(
            (violations[0].pointer.as_str(), violations[0].rule),
            (pointer, rule)
        );
    }
}

#[test]
fn a_year_before_zero_cannot_be_written() {
    let record = Record::builder("p", "t")
        .text("a", "b")
        .list(
            "c",
            [Item::new("d"), Item::new("e").timestamp(date(-1, 12, 31))],
        )
        .build();
    let violations = record.unwrap_err().violations;
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].pointer, "/data/fields/1/items/1/timestamp");
    assert_eq!(violations[0].rule, Rule::Date);
}
