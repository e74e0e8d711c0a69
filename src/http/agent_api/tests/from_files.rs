//! Canned responses and the knowledge base, as the External API documentation has them.

use super::*;
use crate::settings::{Article, CannedResponse};

const CANNED: &str = "/api/v1/external/canned-responses";
const SEARCH: &str = "/api/v1/external/knowledge-base/search";

fn canned(id: u64, title: &str, sort_order: i64) -> CannedResponse {
    CannedResponse {
        id,
        title: title.to_owned(),
        content: "Hello! Thank you for contacting support...".to_owned(),
        category: Some("General".to_owned()),
        shortcut: Some("/greet".to_owned()),
        active: true,
        sort_order,
    }
}

fn article(id: u64, title: &str, content: &str) -> Article {
    Article {
        id,
        title: title.to_owned(),
        slug: "how-to-reset-your-password".to_owned(),
        excerpt: "Follow these steps to reset...".to_owned(),
        content: content.to_owned(),
        category: Some((1, "Account".to_owned())),
        views: 142,
        published: true,
        created_at: "2026-01-10T08:00:00.9Z".parse().unwrap(),
    }
}

fn ids(reply: &Reply) -> Vec<u64> {
    let json = reply.json();
    assert_eq!(json["status"], true);
    assert_eq!(json.as_object().unwrap().len(), 2, "{json}");
    let items = json["data"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_u64().unwrap())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn the_documents_items_are_served_to_the_letter() {
    let bridge = Fixture::with(|settings| {
        settings.agent_api.canned_responses = vec![canned(1, "Greeting", 0)];
        settings.agent_api.knowledge_base = vec![article(1, "How to reset your password", "...")];
    });
    // Sections Canned Responses and Knowledge Base Search, the response items.
    let greeting = concat!(
        r#"{"id":1,"title":"Greeting","content":"Hello! Thank you for contacting support...","#,
        r#""category":"General","shortcut":"/greet","is_active":true,"sort_order":0}"#,
    );
    let reply = bridge.ask(CANNED).await.expect(200);
    assert_eq!(
        reply.text,
        format!(r#"{{"status":true,"data":[{greeting}]}}"#)
    );
    let article = concat!(
        r#"{"id":1,"title":"How to reset your password","slug":"how-to-reset-your-password","#,
        r#""excerpt":"Follow these steps to reset...","content":"...","#,
        r#""category":{"id":1,"name":"Account"},"views":142,"status":"published","#,
        r#""created_at":"2026-01-10T08:00:00Z"}"#,
    );
    let reply = bridge
        .ask(&format!("{SEARCH}?q=password"))
        .await
        .expect(200);
    assert_eq!(
        reply.text,
        format!(r#"{{"status":true,"data":[{article}]}}"#)
    );
}

#[tokio::test(start_paused = true)]
async fn active_responses_come_by_order_and_title_all_at_once() {
    let bridge = Fixture::with(|settings| {
        let mut hidden = canned(9, "Hidden", -9);
        hidden.active = false;
        let many = (10..200).map(|id| canned(id, "Same", 5));
        settings.agent_api.canned_responses = [
            canned(1, "beta", 2),
            canned(2, "Ärger", 2),
            canned(3, "Alpha", 2),
            canned(4, "Last", i64::MAX),
            canned(5, "First", -1),
            hidden,
        ]
        .into_iter()
        .chain(many)
        .collect();
    });
    let reply = bridge.ask(&format!("{CANNED}?per_page=2&page=7")).await;
    let found = ids(&reply.expect(200));
    assert_eq!(found.len(), 195);
    assert_eq!(found[..5], [5, 3, 1, 2, 10]);
    assert_eq!(found[193..], [199, 4]);
}

#[tokio::test(start_paused = true)]
async fn what_a_response_lacks_is_null() {
    let bridge = Fixture::with(|settings| {
        let mut bare = canned(1, "Bare", 0);
        (bare.category, bare.shortcut) = (None, None);
        settings.agent_api.canned_responses = vec![bare];
        let mut bare = article(1, "Bare", "");
        bare.category = None;
        settings.agent_api.knowledge_base = vec![bare];
    });
    let item = bridge.ask(CANNED).await.expect(200).json()["data"][0].clone();
    assert_eq!(
        (&item["category"], &item["shortcut"]),
        (&Value::Null, &Value::Null)
    );
    let item = bridge
        .ask(&format!("{SEARCH}?q=bare"))
        .await
        .expect(200)
        .json()["data"][0]
        .clone();
    assert_eq!(
        (&item["category"], &item["content"]),
        (&Value::Null, &json!(""))
    );
    assert_eq!(item.as_object().unwrap().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn a_search_ranks_titles_first_and_stops_at_twenty() {
    let bridge = Fixture::with(|settings| {
        let mut draft = article(99, "Überweisung", "");
        draft.published = false;
        settings.agent_api.knowledge_base = (1..=30)
            .map(|id| article(id, "Other", "Eine ÜBERWEISUNG dauert."))
            .chain([article(50, "Überweisungen", "")])
            .chain([draft])
            .collect();
    });
    let found = ids(&bridge
        .ask(&format!("{SEARCH}?q=+%C3%BCberweisung+"))
        .await
        .expect(200));
    assert_eq!(found.len(), 20);
    assert_eq!(found[..3], [50, 1, 2]);
    for (q, expected) in [
        ("dauert%20%C3%BCberweis", 20),
        ("%C3%BCberweisung%20nothing", 0),
        ("%FF%FE", 0),
        ("q&q=Other", 20),
    ] {
        let reply = bridge.ask(&format!("{SEARCH}?q={q}")).await.expect(200);
        assert_eq!(ids(&reply).len(), expected, "{q}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_query_of_less_than_two_characters_is_refused_in_laravels_words() {
    let bridge = Fixture::new();
    let required = "The q field is required.";
    let short = "The q field must be at least 2 characters.";
    for (query, sentence) in [
        ("", required),
        ("?q=", required),
        ("?q=%20%20%20", required),
        ("?Q=password", required),
        ("?q[]=password", required),
        ("?q=a", short),
        ("?q=%20%C3%A9%20", short),
        ("?q=ab&q=a", short),
    ] {
        let reply = bridge.ask(&format!("{SEARCH}{query}")).await.expect(422);
        assert_eq!(
            reply.json(),
            json!({"message": sentence, "errors": {"q": [sentence]}}),
            "{query}"
        );
    }
    for query in ["?q=ab", "?q=%C3%A9%C3%A9", "?q=0+0"] {
        let reply = bridge.ask(&format!("{SEARCH}{query}")).await.expect(200);
        assert_eq!(reply.text, r#"{"status":true,"data":[]}"#);
    }
}

#[tokio::test(start_paused = true)]
async fn both_stand_behind_the_gate_and_know_head() {
    let bridge = Fixture::new();
    for path in [CANNED, &format!("{SEARCH}?q=ab")] {
        let reply = bridge.ask(path).await.expect(200);
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.header("x-ratelimit-limit"), Some("200"));
        let key = [("x-api-key", KEY)];
        let head = bridge.without_body("HEAD", path, &key).await.expect(200);
        assert_eq!(head.text, "");
        bridge.get(path, &[]).await.expect(400);
        let key = [("x-api-key", INACTIVE_KEY)];
        bridge.get(path, &key).await.expect(401);
        let refused = bridge.without_body("POST", path, &[]).await.expect(405);
        assert_eq!(refused.header("allow"), Some("GET, HEAD"));
    }
    // The key goes before the query.
    bridge.get(SEARCH, &[]).await.expect(400);
}
