//! Names, what the name server says about them, and where a reply to them must end.

use std::net::IpAddr;
use std::time::Duration;

use ticketbridge_sim::{Family, NameAnswer, NameServer};

use super::addresses::{INSIDE, OUTSIDE_V4, OUTSIDE_V6};
use super::stage::Written;

/// Where a reply must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// A dead letter at once, without a call, because the address is inside.
    Forbidden,
    /// At an outside address.
    Arrives,
    /// A dead letter, in time.
    Dies,
    /// A dead letter at once, because redirects are not followed.
    NotFollowed,
}

impl Expected {
    pub(super) fn check(self, written: &Written) {
        let Written { url, told, .. } = written;
        let state = told["state"].as_str().unwrap();
        let reason = told["reason"].as_str().unwrap_or_default();
        let is_so = match self {
            Self::Arrives => state == "delivered",
            Self::Dies => state == "dead",
            Self::NotFollowed => state == "dead" && reason.contains("never followed"),
            Self::Forbidden => {
                state == "dead"
                    && reason.contains("private or special network")
                    && told["attempts"] == 1
                    && told["last"]["status"].is_null()
            }
        };
        assert!(is_so, "{url} is to be {self:?}: {told}");
    }
}

fn addresses(spelt: &[&str]) -> Vec<IpAddr> {
    spelt.iter().map(|each| each.parse().unwrap()).collect()
}

/// Tells the name server all about them, and returns the URLs.
pub(super) fn named_urls(names: &NameServer) -> Vec<(String, Expected)> {
    let mut urls = Vec::new();
    one_address_each(names, &mut urls);
    spellings_of_a_name(names, &mut urls);
    several_addresses(names, &mut urls);
    late_and_missing_answers(names, &mut urls);
    urls
}

fn one_address_each(names: &NameServer, urls: &mut Vec<(String, Expected)>) {
    for (number, address) in INSIDE.iter().enumerate() {
        let name = format!("in-{number}.test");
        names.answers(&name, vec![NameAnswer::Addresses(addresses(&[address]))]);
        urls.push((format!("http://{name}:8080/hook"), Expected::Forbidden));
    }
    for name in [
        "metadata.google.internal",
        "host.docker.internal",
        "kubernetes.default.svc.cluster.local",
        "router.local",
        "nas.home.arpa",
        "10.0.0.1.nip.test",
        "localhost.example.test",
        "localhost.com.test",
    ] {
        names.answers(name, vec![NameAnswer::Addresses(addresses(&["10.0.0.1"]))]);
        urls.push((format!("http://{name}/"), Expected::Forbidden));
        urls.push((format!("https://{name}/"), Expected::Forbidden));
    }
    // Known by the search list, and by the file of hosts.
    let inside = vec![NameAnswer::Addresses(addresses(&["192.168.0.1"]))];
    names.answers("intranet.corp.test", inside);
    urls.push(("http://intranet/".to_owned(), Expected::Forbidden));
    urls.push(("http://in-hosts.test/".to_owned(), Expected::Forbidden));
}

fn spellings_of_a_name(names: &NameServer, urls: &mut Vec<(String, Expected)>) {
    let inside = vec![NameAnswer::Addresses(addresses(&["10.0.0.1", "fd00::1"]))];
    names.answers("spelt.test", inside);
    for url in [
        "http://SPELT.Test/",
        "http://spelt.test./",
        "http://%73pelt.test/",
        "http://ｓｐｅｌｔ.test/",
        "http://spelt。test/",
        "http://user:pw@spelt.test:8080/",
        "http://11.11.11.1@spelt.test/",
        "http://spelt.test\\@11.11.11.1/",
        "https://spelt.test:8443/",
    ] {
        urls.push((url.to_owned(), Expected::Forbidden));
    }
}

fn several_addresses(names: &NameServer, urls: &mut Vec<(String, Expected)>) {
    let mut add = |name: &str, v4: NameAnswer, v6: NameAnswer, expected| {
        names.answers_about(name, Family::V4, vec![v4]);
        names.answers_about(name, Family::V6, vec![v6]);
        urls.push((format!("http://{name}:8080/hook"), expected));
    };
    let said = |spelt: &[&str]| NameAnswer::Addresses(addresses(spelt));
    let none = NameAnswer::Addresses(Vec::new());
    let alias = |chain: &[&str], spelt: &[&str]| {
        let chain = chain.iter().map(|name| (*name).to_owned()).collect();
        NameAnswer::Aliases(chain, addresses(spelt))
    };
    let many: Vec<IpAddr> = (0..100).map(|n| IpAddr::from([10, 0, 1, n])).collect();
    let mut many_and_one = many.clone();
    many_and_one.push(OUTSIDE_V4.parse().unwrap());

    add(
        "inside-first.test",
        said(&["10.0.0.1", OUTSIDE_V4]),
        none.clone(),
        Expected::Arrives,
    );
    add(
        "outside-first.test",
        said(&[OUTSIDE_V4, "10.0.0.1"]),
        none.clone(),
        Expected::Arrives,
    );
    add(
        "a-out-aaaa-in.test",
        said(&[OUTSIDE_V4]),
        said(&["fd00::1", "::1"]),
        Expected::Arrives,
    );
    add(
        "a-in-aaaa-out.test",
        said(&["127.0.0.1"]),
        said(&[OUTSIDE_V6]),
        Expected::Arrives,
    );
    add(
        "aaaa-mapped.test",
        said(&[OUTSIDE_V4]),
        said(&["::ffff:10.0.0.1"]),
        Expected::Arrives,
    );
    add(
        "all-in.test",
        said(&["10.0.0.1", "127.0.0.1"]),
        said(&["::1", "fe80::1"]),
        Expected::Forbidden,
    );
    add(
        "alias-in.test",
        alias(&["b.test", "c.test", "d.test"], &["10.0.0.1"]),
        none.clone(),
        Expected::Forbidden,
    );
    add(
        "alias-localhost.test",
        alias(&["localhost"], &["127.0.0.1"]),
        none.clone(),
        Expected::Forbidden,
    );
    add(
        "alias-out.test",
        alias(&["b.test"], &[OUTSIDE_V4]),
        none.clone(),
        Expected::Arrives,
    );
    add(
        "alias-mixed.test",
        alias(&["b.test"], &["10.0.0.1", OUTSIDE_V4]),
        none.clone(),
        Expected::Arrives,
    );
    add(
        "many-in.test",
        NameAnswer::Addresses(many),
        none.clone(),
        Expected::Forbidden,
    );
    add(
        "many-and-one.test",
        NameAnswer::Addresses(many_and_one),
        none.clone(),
        Expected::Arrives,
    );
    add(
        "by-tcp-in.test",
        NameAnswer::OnlyByTcp(addresses(&["10.0.0.1"])),
        none,
        Expected::Forbidden,
    );
}

fn late_and_missing_answers(names: &NameServer, urls: &mut Vec<(String, Expected)>) {
    let mut add = |name: &str, v4: NameAnswer, v6: NameAnswer, expected| {
        names.answers_about(name, Family::V4, vec![v4]);
        names.answers_about(name, Family::V6, vec![v6]);
        urls.push((format!("http://{name}:8080/hook"), expected));
    };
    let late = Duration::from_millis(300);
    let said = |spelt: &[&str]| NameAnswer::Addresses(addresses(spelt));
    let after = |spelt: &[&str]| NameAnswer::Late(late, addresses(spelt));
    add(
        "aaaa-late-in.test",
        said(&[OUTSIDE_V4]),
        after(&["fd00::1"]),
        Expected::Arrives,
    );
    add(
        "a-late-in.test",
        after(&["10.0.0.1"]),
        said(&[OUTSIDE_V6]),
        Expected::Arrives,
    );
    add(
        "both-late-in.test",
        after(&["10.0.0.1"]),
        after(&["::1"]),
        Expected::Forbidden,
    );
    add(
        "a-failed-aaaa-in.test",
        NameAnswer::Failure,
        said(&["fd00::1"]),
        Expected::Dies,
    );
    add(
        "a-silent-aaaa-in.test",
        NameAnswer::Silence,
        said(&["::1"]),
        Expected::Dies,
    );
    add(
        "unknown.test",
        NameAnswer::Unknown,
        NameAnswer::Unknown,
        Expected::Dies,
    );
    add(
        "failed.test",
        NameAnswer::Failure,
        NameAnswer::Failure,
        Expected::Dies,
    );
    add(
        "silent.test",
        NameAnswer::Silence,
        NameAnswer::Silence,
        Expected::Dies,
    );
}
