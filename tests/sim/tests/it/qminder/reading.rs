//! Searches, counts, and the places that tickets are in.

use jiff::SignedDuration;
use serde_json::{Value, json};
use ticketbridge_sim::Qminder;
use ticketbridge_sim::qminder::Variation;

use super::{KEY, ask, get, request, with_visitor};

async fn found(peer: &Qminder, query: &str) -> Vec<String> {
    let answer = ask(peer, &get(&format!("/v1/tickets/search?{query}"))).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.json());
    let json = answer.json();
    let all = json["data"].as_array().unwrap().iter();
    all.map(|each| each["firstName"].as_str().unwrap().to_owned())
        .collect()
}

/// Ann, served an hour ago; Bob, called in another line; Cid, who waits.
async fn busy() -> Qminder {
    let peer = Qminder::start().await.unwrap();
    peer.unlimited();
    peer.add_line(2, 1);
    peer.add_location(7);
    peer.add_user(901);
    peer.set_clock_ahead(SignedDuration::from_hours(-1));
    let ann = peer.visitor(12345, "Ann").unwrap();
    peer.call(&ann, 900).unwrap();
    peer.serve(&ann).unwrap();
    peer.set_clock_ahead(SignedDuration::ZERO);
    let bob = peer.visitor(2, "Bob").unwrap();
    peer.call(&bob, 901).unwrap();
    peer.visitor(12345, "Cid").unwrap();
    peer
}

#[tokio::test]
async fn every_filter_narrows_a_search() {
    let peer = busy().await;
    let (ann, bob) = (&peer.tickets()[0], &peer.tickets()[1]);
    let half = (ann.created + SignedDuration::from_mins(30))
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string();
    let unix = (ann.created + SignedDuration::from_mins(30)).as_second();
    let exact = bob.created.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    for (query, names) in [
        ("", vec!["Ann", "Bob", "Cid"]),
        ("location=1", vec!["Ann", "Bob", "Cid"]),
        ("location=7", vec![]),
        ("line=2", vec!["Bob"]),
        ("line=2%2C12345&status=NEW%2CCALLED", vec!["Bob", "Cid"]),
        ("status=SERVED", vec!["Ann"]),
        ("caller=900", vec!["Ann"]),
        ("caller=901&status=SERVED", vec![]),
        (&format!("maxCreated={half}"), vec!["Ann"]),
        (&format!("minCreated={unix}"), vec!["Bob", "Cid"]),
        (&format!("minCalled={unix}"), vec!["Bob"]),
        (&format!("maxCalled={half}"), vec!["Ann"]),
        (&format!("maxCreated={exact}"), vec!["Ann"]),
        ("order=id+DESC&limit=2", vec!["Cid", "Bob"]),
        ("order=created+ASC&limit=1", vec!["Ann"]),
        ("order=called+DESC", vec!["Bob", "Ann", "Cid"]),
    ] {
        assert_eq!(found(&peer, query).await, names, "{query}");
        if !query.contains("limit") && !query.contains("order") {
            for method in ["GET", "POST"] {
                let count = ask(
                    &peer,
                    &request(method, &format!("/v1/tickets/count?{query}"), KEY, ""),
                )
                .await;
                assert_eq!(
                    count.json(),
                    json!({ "statusCode": 200, "count": names.len() }),
                    "{query}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_search_that_means_nothing_is_refused() {
    let peer = busy().await;
    for query in [
        "status=WAITING",
        "limit=0",
        "limit=10001",
        "limit=many",
        "order=id",
        "order=name+ASC",
        "order=id+UP",
        "minCreated=yesterday",
        "responseScope=EXTERNAL",
        "line=1%2Cx",
        "offset=10",
        "line=2&line=3",
    ] {
        let answer = ask(&peer, &get(&format!("/v1/tickets/search?{query}"))).await;
        assert_eq!(
            (answer.status, &answer.json()["statusCode"]),
            (400, &400.into()),
            "{query}"
        );
    }
    let count = ask(&peer, &get("/v1/tickets/count?limit=1")).await;
    assert_eq!(count.status, 400);
    let elsewhere = ask(&peer, &get("/v1/tickets/search?line=99")).await;
    assert_eq!(
        elsewhere.json(),
        json!({ "statusCode": 404, "message": "Line with id 99 not found" })
    );
}

#[tokio::test]
async fn places_and_clerks_are_read_as_documented() {
    let peer = busy().await;
    let read = async |path: &str| ask(&peer, &get(path)).await.json();
    let line = json!({ "statusCode": 200, "id": 12345, "name": "Line 12345", "location": 1, "color": "#ff00ff", "disabled": false });
    assert_eq!(read("/v1/lines/12345").await, line);
    let ids = |list: &Value| {
        list.as_array()
            .unwrap()
            .iter()
            .map(|each| each["id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&read("/v1/locations").await["data"]), [1, 7]);
    assert_eq!(ids(&read("/v1/locations/").await["data"]), [1, 7]);
    assert_eq!(read("/v1/locations/1").await["name"], "Location 1");
    assert_eq!(
        ids(&read("/v1/locations/1/lines").await["data"]),
        [2, 12345]
    );
    assert_eq!(ids(&read("/v1/locations/1/desks").await["desks"]), [3]);
    assert_eq!(
        ids(&read("/v1/locations/1/users").await["data"]),
        [900, 901]
    );
    for who in ["900", "clerk-900@example.com"] {
        assert_eq!(read(&format!("/v1/users/{who}")).await["id"], 900);
    }
    for (path, what) in [
        ("/v1/lines/9", "Line"),
        ("/v1/locations/9", "Location"),
        ("/v1/users/9", "User"),
        ("/v1/locations/9/lines", "Location"),
    ] {
        let answer = read(path).await;
        assert_eq!(
            answer,
            json!({ "statusCode": 404, "message": format!("{what} with id 9 not found") })
        );
    }
}

#[tokio::test]
async fn a_ticket_is_shown_in_the_ways_that_the_documents_leave_open() {
    let (peer, id) = with_visitor().await;
    peer.call(&id, 900).unwrap();
    peer.serve(&id).unwrap();
    let path = format!("/v1/tickets/{id}");
    let usual = ask(&peer, &get(&path)).await.json();
    assert_eq!(usual["phoneNumber"], 13_186_190_204_u64);
    assert!(usual["called"].is_object());
    assert_eq!((usual.get("extra"), usual.get("labels")), (None, None));
    assert!(usual["publicId"].is_string() && usual["languageCode"] == "en");
    for variation in [
        Variation::PhoneAsString,
        Variation::EmptyArrays,
        Variation::CalledOnlyWhileCalled,
    ] {
        peer.variation(variation);
    }
    let other = ask(&peer, &get(&path)).await.json();
    assert_eq!(other["phoneNumber"], "+13186190204");
    assert_eq!(
        (&other["extra"], &other["labels"], other.get("called")),
        (&json!([]), &json!([]), None)
    );
    peer.no_variation(Variation::EmptyArrays);
    assert_eq!(ask(&peer, &get(&path)).await.json().get("extra"), None);
}
