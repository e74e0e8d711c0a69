//! Numbers and names in the documents are those of the day on which the output was taken. Each is exchanged for that of
//! something that is as the text around it says, which is made where there is none.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use super::blocks::Block;
use super::rules::Before;
use super::world::World;

const KEY: (&str, &str) = ("x-api-key", "quickstart-agent-key");

pub(super) async fn make_so(world: &mut World, before: Before) {
    match before {
        Before::FaultyConfiguration => world.change_for_a_while("conf.d/a.toml", |_| {
            "[server]\nlissten = \"127.0.0.1:80\"\n[delivery]\ntimeout = \"soon\"\n[[brands]]\nid = \"demo\"\n".to_owned()
        }),
        Before::FaultyArticles => {
            world.change_for_a_while("quickstart/canned-responses.toml", |text| text.replace("id = 2", "id = 1"));
            let article = "quickstart/knowledge-base/how-to-reset-your-password.md";
            world.change_for_a_while(article, |text| text.replace("views = 142", "views = \"142\"\nviws = 1"));
        }
        Before::CustomerWroteAgain => {
            let mut ticket = ticket(world, "mail-1001-again", "ada@example.com", "/valid/1001");
            ticket["parent_uid"] = "mail-1001".into();
            ticket["custom_provider"] = "mail".into();
            post(world, &ticket).await;
        }
        Before::AgentsName => {
            let name = json!({"name": "Quickstart Agent"}).to_string();
            let call = world.client().put(world.url("/api/v1/external/profile"));
            let call = call.header(KEY.0, KEY.1).header("content-type", "application/json");
            assert_eq!(call.body(name).send().await.unwrap().status(), 200);
        }
        Before::DryRun => {
            mode(world, "live", "dry-run").await;
            new_ticket(world, "/valid").await;
            world.until("something is recorded", async |world: &World| {
                let list = world.json("deliveries list --state recorded").await;
                list.as_array().is_some_and(|list| list.len() > 1)
            })
            .await;
        }
        Before::Live => mode(world, "dry-run", "live").await,
        Before::Person => {
            let ticket = ticket(world, "mail-1", "jane-1", "/valid");
            post(world, &ticket).await;
        }
    }
}

async fn mode(world: &mut World, from: &str, to: &str) {
    let line = |mode: &str| format!("kind = \"qminder\"\nmode = \"{mode}\"\n");
    let path = world.config();
    let text = std::fs::read_to_string(&path).unwrap();
    let live = text.replace("kind = \"qminder\"\napi", &format!("{}api", line(from)));
    let live = live.replace("kind = \"qminder\"\n#", &format!("{}#", line(from)));
    std::fs::write(path, live.replace(&line(from), &line(to))).unwrap();
    world.reload().await;
}

/// `text` with numbers that exist, where it is a command of ours.
pub(super) async fn with_what_there_is(world: &World, block: &Block, text: &str) -> String {
    let text = in_words_of_the_shell(world, text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let Some(("ticketbridge", arguments)) = words.split_first().map(|(first, rest)| (*first, rest))
    else {
        return text;
    };
    let arguments = match arguments {
        ["--config", _, rest @ ..] => rest,
        all => all,
    };
    let mut text = text.clone();
    let mut exchange = |from: &str, to: String| {
        let at = text.find(&format!(" {from}")).unwrap() + 1;
        text.replace_range(at..at + from.len(), &to);
    };
    match arguments {
        [
            "tickets",
            "show" | "assign" | "lock" | "unlock" | "release" | "set-response-url",
            id,
            ..,
        ]
        | ["reply", id, ..] => {
            let ticket = new_ticket(world, "/valid").await;
            if arguments[1] == "unlock" {
                world.ok(&format!("tickets lock {ticket}")).await;
            }
            exchange(id, ticket.to_string());
        }
        ["trace", of, ..] => {
            let of = (*of).to_owned();
            if of.chars().all(|c| c.is_ascii_uppercase()) {
                exchange(&of, new_ticket(world, "/valid").await.to_string());
            } else {
                let ticket = ticket(world, &of, "ada@example.com", "/valid");
                post(world, &ticket).await;
            }
        }
        ["deliveries", "show", id]
            if block.under("Trying a system before it goes live (dry-run)") =>
        {
            let list = world.json("deliveries list --state recorded").await;
            exchange(id, list[0]["id"].to_string());
        }
        ["deliveries", "show" | "retry" | "cancel", ids @ ..] => {
            for id in ids.iter().take_while(|word| word.parse::<u64>().is_ok()) {
                let delivery = delivery(world, "/status/500", "due").await;
                exchange(id, delivery["id"].to_string());
            }
        }
        ["dead-letters", "edit", id, ..] => {
            let delivery = dead_letter(world).await;
            exchange(id, delivery["id"].to_string());
        }
        ["dead-letters", .., "--ticket", id] => {
            let delivery = dead_letter(world).await;
            exchange(id, delivery["ticket"].to_string());
        }
        ["lanes", "resume", id, ..] => {
            let delivery = delivery(world, "/status/500", "due").await;
            let shown = world
                .json(&format!("deliveries show {}", delivery["id"]))
                .await;
            exchange(id, shown["lane"].to_string());
        }
        ["status" | "lanes" | "deliveries", ..] => {
            delivery(world, "/status/500", "due").await;
        }
        ["dead-letters", ..] => {
            dead_letter(world).await;
        }
        _ => (),
    }
    text
}

/// What stands for the program, for the rest of a command and for what only the real Qminder has.
fn in_words_of_the_shell(world: &World, text: &str) -> String {
    // The same ticket as the one before, so that nothing is new.
    let rest = format!(
        "-sS {} -d external_uid=mail-1002 -d 'content=Which ink do I buy?' -d response_url={} -d custom_provider=mail \
         -d author__external_uid=bob@example.com -d author__username=Bob -d 'created_at=2026-01-31 23:40:00 UTC'",
        world.url("/brands/demo/external_tickets"),
        world.receiver_url("/hooks/catch/1/abc/"),
    );
    let mut text = text.to_owned();
    for (from, to) in [
        ("./target/release/ticketbridge ", "ticketbridge "),
        ("cargo run -- ", "ticketbridge "),
        ("https://api.qminder.com", "http://127.0.0.1:9091"),
        ("LOCATION", "1"),
        ("before-restore-20261121T203230Z", "before-restore-*"),
        ("[…]", &rest),
    ] {
        text = text.replace(from, to);
    }
    text
}

fn ticket(world: &World, uid: &str, author: &str, path: &str) -> Value {
    json!({
        "external_uid": uid,
        "content": "My printer is on fire.",
        "response_url": world.receiver_url(path),
        "author": {"external_uid": author, "username": "Ada"},
        "created_at": "2026-01-31T23:35:27Z",
        "token": {"name": "quickstart", "token": "quickstart-token"}
    })
}

async fn post(world: &World, ticket: &Value) -> Value {
    let url = world.url("/brands/demo/external_tickets");
    let call = world
        .client()
        .post(url)
        .header("content-type", "application/json");
    let answer = call.body(ticket.to_string()).send().await.unwrap();
    let (status, body) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{status} {body}");
    serde_json::from_str(&body).unwrap()
}

/// A ticket of its own, and its number.
async fn new_ticket(world: &World, path: &str) -> u64 {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let path = format!("{path}/made-{number}");
    let ticket = ticket(world, &format!("made-{number}"), "ada@example.com", &path);
    post(world, &ticket).await["id"].as_u64().unwrap()
}

/// The delivery of a reply to a new ticket, once it is in this state after a try.
async fn delivery(world: &World, path: &str, state: &str) -> Value {
    let ticket = new_ticket(world, path).await;
    let url = world.url(&format!("/api/v1/external/tickets/{ticket}/messages"));
    let call = world.client().post(url).header(KEY.0, KEY.1);
    let call = call.header("content-type", "application/json");
    let answer = call
        .body(json!({"content": "An answer"}).to_string())
        .send()
        .await;
    assert_eq!(answer.unwrap().status(), 201);
    let find = async |world: &World| -> Option<Value> {
        let system = "--system response-url";
        let list = world
            .json(&format!("deliveries list {system} --ticket {ticket}"))
            .await;
        let mut all = list.as_array().unwrap().iter();
        let there = all.find(|each| each["state"] == state && each["attempts"] != 0);
        there.cloned()
    };
    world
        .until("the reply was tried", async |world: &World| {
            find(world).await.is_some()
        })
        .await;
    find(world).await.unwrap()
}

async fn dead_letter(world: &World) -> Value {
    delivery(world, "/status/422", "dead").await
}
