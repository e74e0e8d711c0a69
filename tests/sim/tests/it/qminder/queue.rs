//! A ticket's way through the queue, by the API and by clerks.

use serde_json::json;
use ticketbridge_sim::qminder::{KeyKind, MessageKind, Operation, Status};

use super::{JSON, KEY, ask, form, get, request, with_visitor};

#[tokio::test]
async fn a_ticket_is_called_recalled_and_served() {
    let (peer, id) = with_visitor().await;
    let at = |what: &str| format!("/v1/tickets/{id}/{what}");
    let called = ask(&peer, &form(&at("call"), "user=900&desk=3"))
        .await
        .json();
    assert_eq!(
        (&called["status"], &called["statusCode"]),
        (&"CALLED".into(), &200.into())
    );
    assert_eq!(
        (&called["called"]["caller"], &called["called"]["desk"]),
        (&900.into(), &3.into())
    );
    assert_eq!(called["called"]["date"].as_str().unwrap().len(), 20);
    let success = json!({ "statusCode": 200, "result": "success" });
    for what in ["recall", "markserved"] {
        let answer = ask(&peer, &request("POST", &at(what), KEY, "")).await;
        assert_eq!(
            (answer.status, answer.json()),
            (200, success.clone()),
            "{what}"
        );
    }
    let read = ask(
        &peer,
        &get(&format!(
            "/v1/tickets/{id}?responseScope=MESSAGES%2CINTERACTIONS"
        )),
    )
    .await
    .json();
    assert_eq!(read["status"], "SERVED");
    assert!(read["served"]["date"].is_string() && read["called"].is_object());
    assert_eq!(read["messages"], json!([]));
    assert_eq!(
        (
            &read["interactions"][0]["user"],
            read["interactions"].as_array().unwrap().len()
        ),
        (&900.into(), 1)
    );
    assert!(read["interactions"][0]["end"].is_string());
}

#[tokio::test]
async fn what_a_status_forbids_is_refused_with_the_status_that_the_test_chose() {
    let (peer, id) = with_visitor().await;
    let at = |what: &str| request("POST", &format!("/v1/tickets/{id}/{what}"), KEY, "");
    for what in [
        "recall",
        "markserved",
        "marknoshow",
        "returntoqueue?position=FIRST&user=900",
    ] {
        assert_eq!(ask(&peer, &at(what)).await.status, 400, "{what}");
    }
    peer.answer_illegal_acts(409);
    let answer = ask(&peer, &at("markserved")).await;
    assert_eq!(
        (answer.status, answer.json()),
        (
            409,
            json!({ "statusCode": 409, "message": "Ticket is not in CALLED status" })
        )
    );
    peer.call(&id, 900).unwrap();
    let forbidden = [
        form(&format!("/v1/tickets/{id}/cancel"), "user=900"),
        at("unassign"),
        at("reorder"),
        form(&format!("/v1/tickets/{id}/call"), "user=900"),
    ];
    for request in forbidden {
        assert_eq!(ask(&peer, &request).await.status, 409, "{request}");
    }
    assert_eq!(peer.ticket(&id).unwrap().status, Status::Called);
    assert_eq!(ask(&peer, &at("marknoshow")).await.status, 200);
    assert_eq!(peer.ticket(&id).unwrap().status, Status::NoShow);
    assert_eq!(peer.serve(&id).unwrap_err().status, 409);
}

#[tokio::test]
async fn a_call_serves_the_callers_other_tickets_unless_they_are_kept() {
    let (peer, first) = with_visitor().await;
    let (second, third) = (
        peer.visitor(12345, "Ann").unwrap(),
        peer.visitor(12345, "Bob").unwrap(),
    );
    let call = |id: &str, more: &str| {
        form(
            &format!("/v1/tickets/{id}/call"),
            &format!("user=900{more}"),
        )
    };
    ask(&peer, &call(&first, "")).await;
    ask(&peer, &call(&second, "&desk=3&keepActiveTicketsOpen=true")).await;
    assert_eq!(peer.ticket(&first).unwrap().status, Status::Called);
    ask(&peer, &call(&third, "")).await;
    let statuses: Vec<_> = peer.tickets().iter().map(|ticket| ticket.status).collect();
    assert_eq!(statuses, [Status::Served, Status::Served, Status::Called]);
}

#[tokio::test]
async fn a_call_needs_a_user_or_a_key_that_belongs_to_one() {
    let (peer, id) = with_visitor().await;
    let call = request("POST", &format!("/v1/tickets/{id}/call"), KEY, "");
    assert_eq!(ask(&peer, &call).await.status, 400);
    for (query, status) in [
        ("user=901", 404),
        ("user=900&desk=4", 404),
        ("user=clerk", 400),
    ] {
        let in_query = request("POST", &format!("/v1/tickets/{id}/call?{query}"), KEY, "");
        assert_eq!(ask(&peer, &in_query).await.status, status, "{query}");
    }
    peer.add_key("clerk", KeyKind::User(900));
    let answer = ask(&peer, &call.replace("qminder-key", "clerk")).await;
    assert_eq!(answer.json()["called"]["caller"], 900);
}

#[tokio::test]
async fn a_returned_ticket_waits_again_first_or_last() {
    let (peer, id) = with_visitor().await;
    let other = peer.visitor(12345, "Ann").unwrap();
    peer.call(&id, 900).unwrap();
    let back = |position: &str| {
        request(
            "POST",
            &format!("/v1/tickets/{id}/returntoqueue?position={position}&user=900"),
            KEY,
            "",
        )
    };
    assert_eq!(ask(&peer, &back("MIDDLE")).await.status, 400);
    assert_eq!(ask(&peer, &back("FIRST")).await.status, 200);
    let ticket = peer.ticket(&id).unwrap();
    assert_eq!((ticket.status, ticket.called), (Status::New, None));
    assert!(ticket.order_after.unwrap() < peer.ticket(&other).unwrap().created);
    let next = ask(&peer, &form("/v1/tickets/call", "lines=12345&user=900")).await;
    assert_eq!(next.json()["id"], id);
    let fired: Vec<_> = peer.requests_for(Operation::CallNext);
    assert_eq!(fired.len(), 1);
}

#[tokio::test]
async fn a_called_ticket_can_be_forwarded_to_another_open_line() {
    let (peer, id) = with_visitor().await;
    peer.add_line(2, 1);
    let forward = |body: &str| form(&format!("/v1/tickets/{id}/forward"), body);
    assert_eq!(ask(&peer, &forward("line=2&user=900")).await.status, 400);
    peer.call(&id, 900).unwrap();
    assert_eq!(
        ask(&peer, &forward("line=99&user=900")).await.json(),
        json!({ "statusCode": 404, "message": "Line with id 99 not found" })
    );
    peer.disable_line(2);
    assert_eq!(ask(&peer, &forward("line=2")).await.status, 409);
    peer.enable_line(2);
    let answer = ask(&peer, &forward("user=900&line=2")).await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({ "statusCode": 200 }))
    );
    let ticket = peer.ticket(&id).unwrap();
    assert_eq!((ticket.status, ticket.line), (Status::New, 2));
}

#[tokio::test]
async fn a_label_that_is_there_is_no_action() {
    let (peer, id) = with_visitor().await;
    let add = form(
        &format!("/v1/tickets/{id}/labels/add"),
        "value=a+b%2B%26%C3%A9&user=900",
    );
    assert_eq!(ask(&peer, &add).await.json()["result"], "success");
    assert_eq!(ask(&peer, &add).await.json()["result"], "no action");
    assert!(peer.ticket(&id).unwrap().has_label("a b+&é"));
    let path = format!("/v1/tickets/{id}/labels");
    let json_add = request(
        "POST",
        &format!("{path}/add"),
        &format!("{KEY}{JSON}"),
        r#"{"value":"x","user":900}"#,
    );
    assert_eq!(ask(&peer, &json_add).await.status, 200);
    let as_text = json_add.replace(":900}", ":\"9\"}");
    assert_eq!(ask(&peer, &as_text).await.status, 400);
    let put = |body: &str| request("PUT", &path, &format!("{KEY}{JSON}"), body);
    assert_eq!(
        ask(&peer, &put(r#"{"labels":["a","b"]}"#)).await.json()["result"],
        "success"
    );
    assert_eq!(
        ask(&peer, &put(r#"{"labels":["a","a"]}"#)).await.status,
        400
    );
    assert_eq!(
        ask(&peer, &form(&format!("{path}/remove"), "value=a"))
            .await
            .json()["result"],
        "success"
    );
    let left: Vec<_> = peer
        .ticket(&id)
        .unwrap()
        .labels
        .into_iter()
        .map(|label| label.value)
        .collect();
    assert_eq!(left, ["b"]);
    let long = format!("value={}", "x".repeat(51));
    assert_eq!(
        ask(&peer, &form(&format!("{path}/add"), &long))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn messages_go_both_ways() {
    let (peer, id) = with_visitor().await;
    let path = format!("/v1/tickets/{id}/messages");
    let body = "message=Hello%2C+it%27s+your+turn%21+100%25+%2B%C3%A9&user=900";
    assert_eq!(
        ask(&peer, &form(&path, body)).await.json()["result"],
        "success"
    );
    peer.incoming_sms(&id, "Thank you!").unwrap();
    peer.automatic_sms(&id, "You are next.").unwrap();
    let all = ask(&peer, &get(&path)).await.json();
    let shown: Vec<_> = all["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| (&each["body"], &each["type"], each.get("userId")))
        .collect();
    let user = json!(900);
    assert_eq!(
        shown,
        [
            (
                &json!("Hello, it's your turn! 100% +é"),
                &json!("OUTGOING"),
                Some(&user)
            ),
            (&json!("Thank you!"), &json!("INCOMING"), None),
            (&json!("You are next."), &json!("OUTGOING"), None),
        ]
    );
    assert_eq!(
        peer.ticket(&id).unwrap().messages[2].kind,
        MessageKind::Automated
    );
    let without_phone = peer.visitor(12345, "Ann").unwrap();
    assert_eq!(
        peer.outgoing_sms(&without_phone, "x", 900)
            .unwrap_err()
            .status,
        400
    );
}

#[tokio::test]
async fn tickets_are_assigned_and_reordered() {
    let (peer, id) = with_visitor().await;
    peer.add_user(901);
    let second = peer.visitor(12345, "Ann").unwrap();
    let at = |what: &str| format!("/v1/tickets/{id}/{what}");
    assert_eq!(
        ask(&peer, &form(&at("assign"), "assigner=900&assignee=901"))
            .await
            .status,
        200
    );
    assert_eq!(peer.ticket(&id).unwrap().assigned.unwrap().assignee, 901);
    assert_eq!(
        ask(&peer, &form(&at("assign"), "assigner=900"))
            .await
            .status,
        400
    );
    assert_eq!(
        ask(&peer, &form(&at("unassign"), "user=901")).await.status,
        200
    );
    assert_eq!(peer.ticket(&id).unwrap().assigned, None);
    assert_eq!(
        ask(&peer, &form(&at("reorder"), &format!("after={second}")))
            .await
            .status,
        200
    );
    let place = peer.ticket(&id).unwrap().order_after.unwrap();
    let read = ask(&peer, &get(&format!("/v1/tickets/{id}"))).await.json();
    let written = place.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    assert_eq!(read["orderAfter"], written);
    assert!(place > peer.ticket(&second).unwrap().created);
    assert_eq!(
        ask(&peer, &request("POST", &at("reorder"), KEY, ""))
            .await
            .status,
        200
    );
    assert!(peer.ticket(&id).unwrap().order_after.unwrap() < place);
    let estimate = ask(&peer, &get(&at("estimated-time"))).await.json();
    assert!(estimate["estimatedTimeOfService"].is_u64());
}

#[tokio::test]
async fn a_deleted_ticket_is_not_found_by_any_call() {
    let (peer, id) = with_visitor().await;
    peer.delete(&id).unwrap();
    let read = ask(&peer, &get(&format!("/v1/tickets/{id}"))).await;
    assert_eq!(
        (read.status, read.json()),
        (
            404,
            json!({ "statusCode": 404, "message": format!("Ticket with id {id} not found") })
        )
    );
    for what in ["recall", "markserved", "labels/add", "external", "cancel"] {
        let request = request("POST", &format!("/v1/tickets/{id}/{what}"), KEY, "");
        assert_eq!(ask(&peer, &request).await.status, 404, "{what}");
    }
    assert_eq!(peer.delete(&id).unwrap_err().status, 404);
}
