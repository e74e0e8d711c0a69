//! Who may send tickets.

use super::*;

#[tokio::test(start_paused = true)]
async fn credentials_may_stand_in_every_place() {
    let bridge = Fixture::new();
    let bare = without("personal_access_token");
    let with_token = |name: &str, token: &str| {
        let mut sent = bare.clone();
        sent["token"] = json!({"name": name, "token": token});
        sent
    };
    let bearer = format!("Bearer {TOKEN}");
    let lower = format!("bearer  {TOKEN}");
    let named = basic("zapier", TOKEN);
    let unpadded = named.trim_end_matches('=').to_owned();
    for (headers, sent) in [
        (&[][..], ticket()),
        (&[], with_token("zapier", TOKEN)),
        (&[("authorization", bearer.as_str())], bare.clone()),
        (&[("authorization", &lower)], bare.clone()),
        (&[("authorization", &named)], bare.clone()),
        (&[("authorization", &unpadded)], bare.clone()),
        (&[("x-api-key", TOKEN)], bare.clone()),
        (
            &[("authorization", &bearer), ("x-api-key", TOKEN)],
            ticket(),
        ),
        // Of a scheme that says nothing, nothing is expected.
        (&[("authorization", "Digest abc")], ticket()),
    ] {
        let reply = bridge.post(PATH, headers, &sent).await;
        assert!(reply.status.is_success(), "{headers:?}: {}", reply.text);
    }
}

#[tokio::test(start_paused = true)]
async fn without_credentials_it_is_401_whatever_else_is_wrong() {
    let bridge = Fixture::new();
    let bare = without("personal_access_token");
    let mut empty = bare.clone();
    empty["token"] = json!({"name": "zapier", "token": ""});
    let mut number = bare.clone();
    number["token"] = json!({"name": "zapier", "token": 5});
    for (headers, sent) in [
        (&[][..], bare.clone()),
        (&[], empty),
        (&[], number),
        (&[], json!({"junk": 1})),
        (&[], json!([])),
        (&[("authorization", "Digest abc")], bare.clone()),
        (&[("authorization", "Basic ???")], bare.clone()),
        (&[("authorization", "Bearer ")], bare.clone()),
        (&[("x-api-key", "")], bare.clone()),
    ] {
        let reply = bridge.post(PATH, headers, &sent).await;
        assert!(reply.problem(401).is_empty());
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        assert!(!reply.text.contains("junk"));
    }
    let unknown = bridge
        .post("/brands/nobody/external_tickets", &[], &bare)
        .await;
    let known = bridge.post(PATH, &[], &bare).await;
    assert_eq!(known.text, unknown.text);
    let counted = r#"ticketbridge_intake_rejected_total{reason="credentials"}"#;
    assert_eq!(bridge.metric(counted).await, 11.0);
}

#[tokio::test(start_paused = true)]
async fn all_wrong_credentials_look_the_same() {
    let bridge = Fixture::new();
    let sent = |name: &str, token: &str| {
        let mut sent = ticket();
        sent["personal_access_token"] = json!({"name": name, "token": token});
        sent
    };
    let mut broken = sent("zapier", "wrong");
    broken["content"] = 5.into();
    let wrong_header = basic("other", TOKEN);
    let mut answers: Vec<Reply> = Vec::new();
    for (path, headers, sent) in [
        (PATH, &[][..], sent("zapier", "wrong")),
        (PATH, &[], sent("other", TOKEN)),
        (PATH, &[], sent("", TOKEN)),
        (PATH, &[], sent("zapier", OTHER_TOKEN)),
        (PATH, &[], broken),
        (PATH, &[("x-api-key", "wrong")], ticket()),
        (PATH, &[("authorization", wrong_header.as_str())], ticket()),
        (PATH, &[("x-api-key", TOKEN)], sent("zapier", "wrong")),
        (PATH, &[("x-api-key", OTHER_TOKEN)], ticket()),
        ("/brands/nobody/external_tickets", &[], ticket()),
        ("/brands/globex/external_tickets", &[], ticket()),
        ("/brands/%FF/external_tickets", &[], ticket()),
        ("/brands/ac%2Fme/external_tickets", &[], ticket()),
    ] {
        answers.push(bridge.post(path, headers, &sent).await);
    }
    for answer in &answers {
        assert!(answer.problem(403).is_empty());
        assert_eq!(answer.text, answers[0].text);
        assert_eq!(answer.headers, answers[0].headers);
    }
    assert!(
        bridge
            .bridge
            .store
            .ticket(TicketId(1))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_over_its_rate_is_429_and_others_are_not() {
    let bridge = Fixture::with(|settings| {
        settings.intake.rate.burst = 2;
        settings.intake.rate.per_second = 0.4;
    });
    bridge.ticket(|_| {}).await.expect(201);
    // What is wrong with a ticket is told at the same rate.
    bridge.ticket(|sent| sent["x"] = 1.into()).await.expect(422);
    let reply = bridge.ticket(|_| {}).await;
    assert!(reply.problem(429).is_empty());
    assert_eq!(reply.header("retry-after"), Some("3"));
    // Wrong credentials do not use up the rate of those who have right ones.
    let mut other = ticket();
    other["personal_access_token"]["token"] = OTHER_TOKEN.into();
    bridge
        .post("/brands/globex/external_tickets", &[], &other)
        .await
        .expect(201);
    tokio::time::advance(std::time::Duration::from_millis(2500)).await;
    bridge.ticket(|_| {}).await.expect(200);
    let counted = r#"ticketbridge_intake_rejected_total{reason="rate"}"#;
    assert_eq!(bridge.metric(counted).await, 1.0);
}
