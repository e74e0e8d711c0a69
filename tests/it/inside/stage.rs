//! The daemon, the name server and the recorders in the namespace, and what is played there.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use ticketbridge_sim::{Behaviour, Family, NameAnswer, NameServer, Receiver};
use tokio::time::{Instant, sleep};

use super::addresses::{NAME_SERVER, OUTSIDE_V4, OUTSIDE_V6, is_outside};
use super::names::{Expected, named_urls};
use super::spellings::INSIDE_URLS;
use crate::daemon::{Daemon, ticket};

/// The ports on which every address of the namespace answers.
const PORTS: [u16; 5] = [80, 443, 8080, 8443, 9090];
const SOON: Duration = Duration::from_secs(60);

const SETTINGS: &str = r#"
[delivery]
allow_http = true
timeout = "2s"
first_delay = "100ms"
max_delay = "500ms"
max_age = "5s"
rate = { per_second = 100000, burst = 100000 }
breaker = { failures = 1000000, open_for = "1s" }
"#;

/// A reply, and what became of it.
pub(super) struct Written {
    pub(super) url: String,
    pub(super) expected: Expected,
    pub(super) told: Value,
}

/// A ticket with a response URL.
pub(super) struct Ticket {
    url: String,
    number: u64,
}

pub(super) struct Stage {
    daemon: Daemon,
    names: NameServer,
    recorders: Vec<Receiver>,
    tickets: u32,
}

impl Stage {
    /// Everything may be called.
    pub(super) async fn lenient() -> Self {
        let names = NameServer::start_on(format!("{NAME_SERVER}:53").parse().unwrap())
            .await
            .unwrap();
        let mut recorders = Vec::new();
        for port in PORTS {
            // Takes IPv4 as well, at every address that there is.
            let recorder = Receiver::start_on(("::", port)).await.unwrap();
            recorder.otherwise(|path| Some(behaviour(path)));
            recorders.push(recorder);
        }
        let mut daemon = Daemon::configured(SETTINGS);
        daemon.configure_more("[delivery]\nallow_networks = [\"0.0.0.0/0\", \"::/0\"]\n");
        daemon.start().await;
        Self {
            daemon,
            names,
            recorders,
            tickets: 0,
        }
    }

    /// Only what is outside may be called from now on.
    pub(super) async fn become_strict(&mut self) {
        self.daemon.configure_more("");
        self.daemon.signal(Signal::HUP);
        let deadline = Instant::now() + SOON;
        while self.post("http://10.0.0.1/").await.is_ok() {
            assert!(Instant::now() < deadline, "the reload has no effect");
        }
    }

    /// Connections by address, over all ports.
    fn called(&self) -> BTreeMap<IpAddr, usize> {
        let mut all = BTreeMap::new();
        for (address, count) in self.recorders.iter().flat_map(Receiver::called) {
            *all.entry(address).or_default() += count;
        }
        all
    }

    pub(super) fn inside_connections(&self) -> usize {
        let called = self.called();
        let inside = called.iter().filter(|(address, _)| !is_outside(**address));
        inside.map(|(_, count)| count).sum()
    }

    pub(super) fn nothing_came_inside_since(&self, before: usize) {
        let came = self.inside_connections() - before;
        assert_eq!(
            came,
            0,
            "connections to inside addresses: {:?}",
            self.called()
        );
    }

    fn connections_to(&self, address: &str) -> usize {
        let address: IpAddr = address.parse().unwrap();
        self.called().get(&address).copied().unwrap_or_default()
    }

    /// Posts a ticket: its number, or what was wrong with it.
    async fn post(&mut self, url: &str) -> Result<u64, (u16, Value)> {
        self.tickets += 1;
        let uid = format!("T-{}", self.tickets);
        let (status, taken) = self.daemon.post_ticket(&ticket(&uid, url)).await;
        if status == 201 {
            Ok(taken["id"].as_u64().unwrap())
        } else {
            Err((status, taken))
        }
    }

    async fn reply(&self, ticket: u64) {
        let (status, taken) = self
            .daemon
            .reply(ticket, &json!({ "content": "hello" }))
            .await;
        assert_eq!(status, 201, "{taken}");
    }

    /// What became of each reply to a ticket, the oldest first, once that is known.
    async fn ends(&self, ticket: u64) -> Vec<Value> {
        let number = ticket.to_string();
        let deadline = Instant::now() + SOON;
        loop {
            let told = self
                .daemon
                .json(&["deliveries", "list", "--ticket", &number])
                .await;
            let mut told = told.as_array().unwrap().clone();
            let is_pending = |each: &Value| each["state"] == "due" || each["state"] == "waiting";
            if !told.iter().any(is_pending) {
                told.reverse();
                return told;
            }
            assert!(Instant::now() < deadline, "{told:?}");
            // Another process, so there is no signal to wait for.
            sleep(Duration::from_millis(50)).await;
        }
    }

    pub(super) async fn literals_are_taken_while_everything_is_allowed(&mut self) -> Vec<Ticket> {
        let mut taken = Vec::new();
        for url in INSIDE_URLS {
            match self.post(url).await {
                Ok(number) => taken.push(Ticket {
                    url: (*url).to_owned(),
                    number,
                }),
                Err((status, problem)) => assert_eq!(status, 422, "{url}: {problem}"),
            }
        }
        println!(
            "{} of {} spellings are URLs to the daemon",
            taken.len(),
            INSIDE_URLS.len()
        );
        assert!(
            taken.len() >= 80,
            "too few spellings are left to be sent to"
        );
        taken
    }

    pub(super) async fn inside_is_reached_where_it_is_allowed(&mut self) {
        let inside = vec![NameAnswer::Addresses(vec!["10.9.9.9".parse().unwrap()])];
        self.names.answers("allowed.test", inside);
        for (url, address) in [
            ("http://10.1.2.3/", "10.1.2.3"),
            ("http://0xa9fea9fe:8080/", "169.254.169.254"),
            ("http://[fd00::7]:9090/", "fd00::7"),
            ("http://[fec0::7]:9090/", "fec0::7"),
            ("http://[64:ff9b::a00:7]/", "64:ff9b::a00:7"),
            ("http://[2002:a00:7::1]/", "2002:a00:7::1"),
            ("http://localhost:9090/", "127.0.0.1"),
            ("http://allowed.test/", "10.9.9.9"),
        ] {
            let number = self.post(url).await.unwrap();
            self.reply(number).await;
            let ends = self.ends(number).await;
            assert_eq!(ends[0]["state"], "delivered", "{url}: {ends:?}");
            let reached = self.connections_to(address) + self.connections_to("::1");
            assert!(reached > 0, "{url}: {:?}", self.called());
        }
    }

    pub(super) async fn outside_is_reached(&mut self) {
        for address in [OUTSIDE_V4, OUTSIDE_V6] {
            let answer = vec![NameAnswer::Addresses(vec![address.parse().unwrap()])];
            self.names
                .answers(&format!("at-{}.test", address.len()), answer);
            let host = if address.contains(':') {
                format!("[{address}]")
            } else {
                address.to_owned()
            };
            for host in [host, format!("at-{}.test", address.len())] {
                let before = self.connections_to(address);
                let number = self
                    .post(&format!("http://{host}:8080/close"))
                    .await
                    .unwrap();
                self.reply(number).await;
                let ends = self.ends(number).await;
                assert_eq!(ends[0]["state"], "delivered", "{host}: {ends:?}");
                assert_eq!(self.connections_to(address), before + 1, "{host}");
            }
        }
    }

    pub(super) async fn literals_are_refused(&mut self) {
        for url in INSIDE_URLS {
            let refused = self.post(url).await;
            let Err((status, problem)) = refused else {
                panic!("{url} was taken");
            };
            assert_eq!(status, 422, "{url}: {problem}");
            assert!(
                problem["errors"].to_string().contains("/response_url"),
                "{url}: {problem}"
            );
        }
    }

    /// Replies to what was taken while it was allowed.
    pub(super) async fn reply_to(&self, taken: &[Ticket]) -> Vec<(Ticket, Expected)> {
        let mut sent = Vec::new();
        for Ticket { url, number } in taken {
            self.reply(*number).await;
            let ticket = Ticket {
                url: url.clone(),
                number: *number,
            };
            sent.push((ticket, Expected::Forbidden));
        }
        sent
    }

    async fn write_to(&mut self, url: String, expected: Expected) -> (Ticket, Expected) {
        let number = self.post(&url).await.unwrap();
        self.reply(number).await;
        (Ticket { url, number }, expected)
    }

    /// Takes tickets with names for hosts, which is all that can be said at the door, and replies to them.
    pub(super) async fn write_to_names(&mut self) -> Vec<(Ticket, Expected)> {
        let mut sent = Vec::new();
        for (url, expected) in named_urls(&self.names) {
            sent.push(self.write_to(url, expected).await);
        }
        sent
    }

    /// Replies to an outside receiver that redirects inside, in every spelling and with every status.
    pub(super) async fn write_to_redirects(&mut self) -> Vec<(Ticket, Expected)> {
        let mut sent = Vec::new();
        let statuses = [301, 302, 303, 307, 308];
        for (number, to) in INSIDE_URLS.iter().enumerate() {
            // What cannot stand in a header cannot be sent.
            if to.contains(|letter: char| !letter.is_ascii() || letter.is_ascii_control()) {
                continue;
            }
            let path = format!("/to/{number}");
            let status = statuses[number % statuses.len()];
            let location =
                ["Location", "Refresh", "Alt-Svc"].map(|name| (name.to_owned(), (*to).to_owned()));
            self.recorders[2].behave(
                &path,
                Behaviour::StatusWithHeaders(status, location.to_vec()),
            );
            let url = format!("http://{OUTSIDE_V4}:8080{path}");
            sent.push(self.write_to(url, Expected::NotFollowed).await);
        }
        sent
    }

    /// Waits for all replies to find their ends.
    pub(super) async fn wait_for(&self, sent: Vec<(Ticket, Expected)>) -> Vec<Written> {
        let mut written = Vec::new();
        for (Ticket { url, number }, expected) in sent {
            let told = self.ends(number).await.remove(0);
            written.push(Written {
                url,
                expected,
                told,
            });
        }
        written
    }

    /// A name that is outside when it is asked for first, then inside, and so on.
    pub(super) async fn changing_names_are_judged_each_time(&mut self) {
        let said = |address: &str| NameAnswer::Addresses(vec![address.parse().unwrap()]);
        let turns: Vec<NameAnswer> = (0..10)
            .flat_map(|_| [said(OUTSIDE_V4), said("10.0.0.1")])
            .collect();
        let name = "changes.test";
        self.names.answers_about(name, Family::V4, turns);
        self.names
            .answers_about(name, Family::V6, vec![NameAnswer::Addresses(Vec::new())]);
        let before = self.connections_to(OUTSIDE_V4);
        let number = self
            .post(&format!("http://{name}:8080/close"))
            .await
            .unwrap();
        for _ in 0..10 {
            self.reply(number).await;
        }
        let ends = self.ends(number).await;
        let count = |state: &str| ends.iter().filter(|each| each["state"] == state).count();
        let (arrived, dead) = (count("delivered"), count("dead"));
        assert_eq!(arrived + dead, 10, "{ends:?}");
        assert!(arrived > 0 && dead > 0, "{arrived} and {dead}");
        assert_eq!(
            self.connections_to(OUTSIDE_V4) - before,
            arrived,
            "one connection each, to what was judged"
        );
        assert_eq!(
            self.names.asked(name, Family::V4),
            10,
            "asked once for each connection"
        );
        for each in ends.iter().filter(|each| each["state"] == "dead") {
            assert!(
                each["reason"].to_string().contains("private or special"),
                "{each}"
            );
        }
    }

    /// Something listens inside where nothing does outside.
    pub(super) async fn a_dead_outside_address_is_no_way_in(&mut self) {
        let inside = Receiver::start_on("10.0.0.1:81").await.unwrap();
        let both = vec![OUTSIDE_V4.parse().unwrap(), "10.0.0.1".parse().unwrap()];
        self.names
            .answers("half-dead.test", vec![NameAnswer::Addresses(both)]);
        let number = self.post("http://half-dead.test:81/").await.unwrap();
        self.reply(number).await;
        let ends = self.ends(number).await;
        assert_eq!(ends[0]["state"], "dead", "{ends:?}");
        assert!(ends[0]["attempts"].as_u64().unwrap() > 1, "{ends:?}");
        assert_eq!(inside.connections(), 0);
    }

    pub(super) async fn end(mut self) {
        let log = self.daemon.log();
        assert!(!log.contains("panicked"), "{log}");
        assert_eq!(self.daemon.terminate().await, Some(0));
    }
}

fn behaviour(path: &str) -> Behaviour {
    match path {
        "/close" => Behaviour::CloseAfterAnswer,
        _ => Behaviour::ValidReply,
    }
}
