//! Who comes in, how often, and what those are told who do not.

use super::*;

const CHECK: &str = "/api/v1/external/connection-check";

fn message(reply: &Reply) -> String {
    let json = reply.json();
    assert_eq!(json.as_object().unwrap().len(), 1, "{json}");
    json["message"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn the_checks_answer_as_documented() {
    let bridge = Fixture::new();
    let reply = bridge.get("/api/v1/health-check", &[]).await.expect(200);
    assert_eq!(reply.text, r#"{"message":"Health check successful"}"#);
    assert_eq!(reply.header("x-ratelimit-limit"), None);
    let reply = bridge.ask(CHECK).await.expect(200);
    assert_eq!(
        reply.text,
        r#"{"status":true,"message":"Connection check successful"}"#
    );
    assert_eq!(reply.header("x-ratelimit-limit"), Some("200"));
    assert_eq!(reply.header("x-ratelimit-remaining"), Some("199"));
    let head = bridge
        .without_body("HEAD", CHECK, &[("x-api-key", KEY)])
        .await
        .expect(200);
    assert_eq!(head.text, "");
}

#[tokio::test(start_paused = true)]
async fn a_missing_a_wrong_and_an_inactive_key_are_told_apart() {
    let bridge = Fixture::new();
    for (headers, status, text) in [
        (&[][..], 400, "Missing header: X-API-KEY"),
        (&[("x-api-key", " ")], 400, "Missing header: X-API-KEY"),
        (&[("x-api-key", "wrong")], 401, "Invalid API key"),
        (&[("x-api-key", "\u{fc}")], 401, "Invalid API key"),
        (
            &[("x-api-key", INACTIVE_KEY)],
            401,
            "The agent of this API key is not active",
        ),
        (
            &[("authorization", "Bearer key-of-smith")],
            400,
            "Missing header: X-API-KEY",
        ),
    ] {
        // The key goes before whether there is such a ticket.
        for path in [CHECK, "/api/v1/external/tickets/99"] {
            let reply = bridge.get(path, headers).await.expect(status);
            assert_eq!(message(&reply), text);
            assert!(reply.header("x-ratelimit-remaining").is_some());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_calls_of_one_key_are_429_and_others_go_on() {
    let bridge = Fixture::with(|settings| {
        settings.agent_api.rate.burst = 2;
        settings.agent_api.rate.per_second = 0.4;
    });
    for left in ["1", "0"] {
        let reply = bridge.ask(CHECK).await.expect(200);
        assert_eq!(reply.header("x-ratelimit-remaining"), Some(left));
    }
    let reply = bridge.ask(CHECK).await.expect(429);
    assert_eq!(message(&reply), "Too Many Attempts.");
    assert_eq!(reply.header("x-ratelimit-limit"), Some("2"));
    assert_eq!(reply.header("x-ratelimit-remaining"), Some("0"));
    assert_eq!(reply.header("retry-after"), Some("3"));
    assert_eq!(reply.header("x-ratelimit-reset"), Some("1773585003"));
    bridge
        .get(CHECK, &[("x-api-key", SECOND_KEY)])
        .await
        .expect(200);
    tokio::time::advance(std::time::Duration::from_millis(2500)).await;
    bridge.ask(CHECK).await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn strangers_share_one_limit_and_take_nothing_from_agents() {
    let bridge = Fixture::with(|settings| settings.agent_api.rate.burst = 3);
    for (key, status) in [("a", 401), ("b", 401), ("c", 401), ("d", 429)] {
        bridge
            .get(CHECK, &[("x-api-key", key)])
            .await
            .expect(status);
    }
    bridge.get(CHECK, &[]).await.expect(429);
    bridge.ask(CHECK).await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn unknown_routes_and_methods_are_answered_in_laravels_words() {
    let bridge = Fixture::new();
    for path in [
        "/api/v1",
        "/api/v1/x",
        "/api/v1/external/tickets/1/x",
        "/api/v1/external/tickets/",
    ] {
        let reply = bridge.get(path, &[]).await.expect(404);
        assert_eq!(
            message(&reply),
            format!("The route {} could not be found.", &path[1..])
        );
    }
    for (method, path, allow) in [
        ("POST", "/api/v1/health-check", "GET, HEAD"),
        ("DELETE", TICKETS, "GET, HEAD"),
        (
            "PUT",
            "/api/v1/external/tickets/1/messages",
            "GET, HEAD, POST",
        ),
    ] {
        let reply = bridge.without_body(method, path, &[]).await.expect(405);
        assert_eq!(reply.header("allow"), Some(allow));
        assert_eq!(
            message(&reply),
            format!(
                "The {method} method is not supported for route {}. Supported methods: {allow}.",
                &path[1..]
            )
        );
    }
}
