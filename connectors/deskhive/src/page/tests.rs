use serde_json::{Value, json};

use super::*;

fn page(page: u64, per_page: u64, total: u64, items: usize) -> Value {
    let query = [("status".to_owned(), "open".to_owned())];
    let page = Page::new(vec![0; items], "https://h/t", page, per_page, total, &query);
    serde_json::to_value(page).unwrap()
}

fn url(page: u64) -> String {
    format!("https://h/t?status=open&page={page}")
}

#[test]
fn a_page_in_the_middle_has_every_key_in_laravels_order() {
    let page = Page::new(vec!["c", "d"], "https://h/t", 2, 2, 5, &[]);
    let expected = concat!(
        r#"{"status":true,"data":["c","d"],"#,
        r#""links":{"first":"https://h/t?page=1","last":"https://h/t?page=3","#,
        r#""prev":"https://h/t?page=1","next":"https://h/t?page=3"},"#,
        r#""meta":{"current_page":2,"from":3,"last_page":3,"links":["#,
        r#"{"url":"https://h/t?page=1","label":"&laquo; Previous","page":1,"active":false},"#,
        r#"{"url":"https://h/t?page=1","label":"1","page":1,"active":false},"#,
        r#"{"url":"https://h/t?page=2","label":"2","page":2,"active":true},"#,
        r#"{"url":"https://h/t?page=3","label":"3","page":3,"active":false},"#,
        r#"{"url":"https://h/t?page=3","label":"Next &raquo;","page":3,"active":false}],"#,
        r#""path":"https://h/t","per_page":2,"to":4,"total":5}}"#,
    );
    assert_eq!(serde_json::to_string(&page).unwrap(), expected);
    let read: Page<String> = serde_json::from_str(expected).unwrap();
    assert_eq!(read.links, page.links);
    assert_eq!(read.meta, page.meta);
}

#[test]
fn an_empty_list_has_one_page() {
    assert_eq!(
        page(1, 15, 0, 0),
        json!({
            "status": true,
            "data": [],
            "links": {"first": url(1), "last": url(1), "prev": null, "next": null},
            "meta": {
                "current_page": 1, "from": null, "last_page": 1,
                "links": [
                    {"url": null, "label": "&laquo; Previous", "page": null, "active": false},
                    {"url": url(1), "label": "1", "page": 1, "active": true},
                    {"url": null, "label": "Next &raquo;", "page": null, "active": false},
                ],
                "path": "https://h/t", "per_page": 15, "to": null, "total": 0,
            },
        })
    );
}

#[test]
fn a_page_beyond_the_last_is_empty_and_leads_back() {
    let page = page(9, 2, 5, 0);
    assert_eq!(page["links"]["prev"], json!(url(8)));
    assert_eq!(page["links"]["next"], json!(null));
    assert_eq!(page["meta"]["current_page"], json!(9));
    assert_eq!(page["meta"]["last_page"], json!(3));
    assert_eq!(page["meta"]["from"], json!(null));
    let active = page["meta"]["links"].as_array().unwrap();
    assert!(active.iter().all(|link| link["active"] == json!(false)));
}

#[test]
fn gaps_have_no_page_and_the_last_page_may_be_short() {
    let page = page(8, 10, 291, 10);
    let links = page["meta"]["links"].as_array().unwrap();
    let labels: Vec<_> = links
        .iter()
        .map(|link| link["label"].as_str().unwrap())
        .collect();
    assert_eq!(
        labels.join(" "),
        "&laquo; Previous 1 2 ... 5 6 7 8 9 10 11 ... 29 30 Next &raquo;"
    );
    let gap = json!({"url": null, "label": "...", "active": false});
    assert_eq!((&links[3], &links[11]), (&gap, &gap));
    assert_eq!(page["meta"]["from"], json!(71));
    assert_eq!(page["meta"]["to"], json!(80));

    let last = self::page(30, 10, 291, 1);
    assert_eq!(last["meta"]["from"], last["meta"]["to"]);
    assert_eq!(last["meta"]["to"], json!(291));
}

#[test]
fn extreme_numbers_are_harmless() {
    for (number, per_page, total) in [
        (0, 0, 0),
        (u64::MAX, u64::MAX, u64::MAX),
        (u64::MAX, 1, u64::MAX),
        (1, 1, u64::MAX),
        (u64::MAX / 2, 1, u64::MAX),
    ] {
        let page = Page::new(vec![1, 2], "", number, per_page, total, &[]);
        assert_eq!(page.meta.current_page, number.max(1));
        assert!(page.meta.links.len() <= 17);
    }
}

#[test]
fn the_overviews_short_meta_is_read() {
    // API overview, section Response Format: four keys, no links.
    let read: Page<u8> = serde_json::from_str(
        r#"{"data":[1],"meta":{"current_page":1,"last_page":5,"per_page":15,"total":72}}"#,
    )
    .unwrap();
    assert_eq!((read.meta.current_page, read.meta.last_page), (1, 5));
    assert_eq!(read.links, PageLinks::default());
    let bare: Page<u8> = serde_json::from_str(r#"{"data":[]}"#).unwrap();
    assert_eq!(bare.meta, PageMeta::default());
}
