//! What holds for all of it.

use std::cell::RefCell;
use std::io;

use serde_json::json;

use super::testing::{Fixture, INACTIVE_KEY, KEY, OTHER_TOKEN, TOKEN};

thread_local! {
    /// What was logged on this thread; a test has one of its own.
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Lines;

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn log_lines_name_what_happened_and_no_secret() {
    // For all threads: what the others log first would else be left out on this one as well. The store's engine traces
    // from threads that are about to end, where the subscriber can no longer be used; the daemon never listens to that.
    tracing_subscriber::fmt()
        .with_env_filter("trace,sled=info")
        .with_ansi(false)
        .with_writer(|| Lines)
        .init();

    let bridge = Fixture::new();
    bridge.ticket(|_| {}).await.expect(201);
    bridge
        .ticket(|sent| sent["response_url"] = "http://h/secret-path-2".into())
        .await
        .expect(422);
    bridge
        .ticket(|sent| sent["personal_access_token"]["token"] = OTHER_TOKEN.into())
        .await
        .expect(403);
    let path = "/brands/strangers-text/external_tickets";
    bridge.post(path, &[], &json!({})).await.expect(401);
    let path = "/webhooks/qminder/strangers-text";
    let signature = [("x-qminder-signature", "wrong-key")];
    bridge.post(path, &signature, &json!({})).await.expect(401);
    let answer = json!({"response_text": "Use the extinguisher."});
    let path = "/replies/unguessable";
    bridge.post(path, &[], &answer).await.expect(404);
    let path = "/api/v1/external/tickets/1/messages";
    for (key, status) in [(KEY, 201), (INACTIVE_KEY, 401), ("wrong-key", 401)] {
        let reply = json!({"content": "Use the extinguisher."});
        let headers = [("x-api-key", key)];
        bridge.post(path, &headers, &reply).await.expect(status);
    }

    let log = String::from_utf8(LINES.take()).unwrap();
    for expected in [
        r#"took an external ticket brand="acme" ticket=1 message_id=1 duplicate=false updated=false token="zapier""#,
        r#"refused an external ticket brand="acme" external_uid="t-1" reason="schema" faults="/response_url" status=422"#,
        r#"refused an external ticket brand="acme" reason="credentials" status=403"#,
        r#"refused an external ticket reason="credentials" status=401"#,
        r#"refused a webhook reason="unsigned" status=401"#,
        r#"refused an answer reason="unknown" status=404"#,
        "took an agent's message ticket=1 message_id=2 agent=3 internal=false",
        "refused what an agent did ticket=1 status=401",
        r#"route="/api/v1/external/tickets/{id}/messages" status=201"#,
    ] {
        assert!(log.contains(expected), "{expected} is not in\n{log}");
    }
    for secret in [
        TOKEN,
        OTHER_TOKEN,
        KEY,
        INACTIVE_KEY,
        "wrong-key",
        "secret-path",
        "printer is on fire",
        "extinguisher",
        "strangers-text",
        "unguessable",
    ] {
        assert!(!log.contains(secret), "{secret} is in\n{log}");
    }
}
