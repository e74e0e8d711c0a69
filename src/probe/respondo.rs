//! A Respondo server, which has no call that reads.

use respondo_client::push::Kind;
use url::{Host, Url};

use crate::systems::respondo::Hub;

use super::check::{Checks, Verdict};

pub(super) async fn probe(hub: &Hub, base_url: &Url, public_url: &Url, checks: &mut Checks) {
    let is_tls = base_url.scheme() == "https";
    checks.judge(
        is_tls,
        Verdict::Note,
        "the token goes over TLS",
        format!("base_url is {}", base_url.scheme()),
    );
    let reached = "the server answers at the address that tickets are pushed to";
    match hub.reach().await {
        Ok(status) => {
            let seen = format!("GET is answered with {status}");
            match status {
                300..=399 => checks.note(
                    reached,
                    format!("{seen}: a redirect, which a push does not follow; check base_url"),
                ),
                500.. => checks.note(reached, format!("{seen}: the server is in trouble")),
                _ => checks.ok(reached, seen),
            }
        }
        Err(error) => checks.wrong(
            reached,
            match error.kind() {
                Kind::Unreachable => "it cannot be reached: name, port or certificate",
                _ => "no answer came",
            },
        ),
    }
    checks.note(
        "token and brand are right",
        "cannot be seen without pushing a ticket",
    );
    way_back(public_url, checks);
}

/// Servers send answers to the address that came with the ticket.
fn way_back(public_url: &Url, checks: &mut Checks) {
    checks.judge(
        public_url.scheme() == "https",
        Verdict::Wrong,
        "answers come back over TLS, for servers know nothing else",
        format!("server.public_url is {}", public_url.scheme()),
    );
    let (is_public, seen) = match public_url.host() {
        Some(Host::Domain(name)) if name != "localhost" && name.contains('.') => {
            (true, "server.public_url has a name")
        }
        Some(Host::Domain(_)) => (false, "server.public_url names this host only"),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => (
            false,
            "server.public_url is an address, which certificates rarely name",
        ),
        None => (false, "server.public_url has no host"),
    };
    let assumption = "the outside can name this bridge";
    checks.judge(is_public, Verdict::Note, assumption, seen);
    let is_bare = public_url.query().is_none() && public_url.username().is_empty();
    checks.judge(
        is_bare,
        Verdict::Wrong,
        "the address for answers keeps its path on the way",
        match is_bare {
            true => "server.public_url is a host and a path",
            false => "server.public_url has a query or a user name, which servers leave out",
        },
    );
    checks.note(
        "the server reaches /replies from where it is",
        "cannot be seen from here: let somebody answer a ticket there",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(public_url: &str) -> Vec<&'static str> {
        let mut checks = Checks::default();
        way_back(&public_url.parse().unwrap(), &mut checks);
        let checks = checks.done().into_iter();
        checks.map(|check| check.verdict.word()).collect()
    }

    #[test]
    fn an_address_that_no_server_can_answer_to_is_wrong() {
        for (url, expected) in [
            ("https://bridge.example.com/x", ["ok", "ok", "ok", "note"]),
            ("http://bridge.example.com", ["wrong", "ok", "ok", "note"]),
            ("https://127.0.0.1:8080", ["ok", "note", "ok", "note"]),
            ("https://localhost", ["ok", "note", "ok", "note"]),
            ("https://a.example.com/?x=1", ["ok", "ok", "wrong", "note"]),
        ] {
            assert_eq!(verdicts(url), expected, "{url}");
        }
    }
}
