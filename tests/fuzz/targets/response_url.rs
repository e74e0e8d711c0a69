//! Where a stranger wants replies sent: nothing that may be called is an inside address in any reading of it, and
//! nothing that is shown gives the URL away.
#![no_main]

use std::net::IpAddr;

use libfuzzer_sys::fuzz_target;
use ticketbridge::model::Destination;
use ticketbridge::outbound::Guard;
use ticketbridge_fuzz::address::{by_inet_aton, is_inside};
use url::{Host, Url};

fuzz_target!(|text: &str| {
    judge(text);
    judge(&format!("https://{text}"));
    judge(&format!("https://{text}/hook?secret"));
    judge(&format!("https://[{text}]/"));
});

fn judge(text: &str) {
    let strict = Guard::default();
    let lenient = Guard {
        allow_http: true,
        allow_networks: vec!["127.0.0.0/8".parse().expect("it is a network")],
    };
    let url = match strict.judge(text) {
        Ok(url) => url,
        Err(fault) => {
            assert!(fault.to_string().len() < 100, "{fault}");
            let shown = Destination::ResponseUrl(text.to_owned()).shown();
            assert!(shown == "(not a URL)" || shown.ends_with("/…"), "{shown}");
            if let Ok(url) = lenient.judge(text) {
                check_lenient(&url);
            }
            return;
        }
    };
    assert_eq!(url.scheme(), "https");
    check_host(&url);
    assert_eq!(Url::parse(url.as_str()).as_ref(), Ok(&url));
    assert_eq!(strict.judge(url.as_str()).as_ref(), Ok(&url));
    assert_eq!(lenient.judge(text).as_ref(), Ok(&url));
    check_shown(text, &url);
}

fn check_host(url: &Url) {
    match url.host().expect("without one it may not be called") {
        Host::Ipv4(address) => assert!(!is_inside(address.into()), "{url}"),
        Host::Ipv6(address) => assert!(!is_inside(address.into()), "{url}"),
        Host::Domain(name) => {
            // With two dots at the end it is no name that anybody resolves.
            let bare = name.strip_suffix('.').unwrap_or(name);
            assert!(name.is_ascii() && !bare.is_empty(), "{url}");
            assert!(
                bare != "localhost" && !bare.ends_with(".localhost"),
                "{url}"
            );
            assert!(bare.parse::<IpAddr>().is_err(), "{url}");
            assert_eq!(by_inet_aton(bare), None, "{url}");
        }
    }
}

/// What only the operator's exception lets pass is plain http or loopback.
fn check_lenient(url: &Url) {
    let inside = match url.host() {
        Some(Host::Ipv4(address)) => is_inside(address.into()) && !address.is_loopback(),
        Some(Host::Ipv6(address)) => {
            let carried = address
                .to_ipv4()
                .is_some_and(|address| address.is_loopback());
            let is_6to4 = address.segments()[0] == 0x2002 || address.segments()[0] == 0x64;
            is_inside(address.into()) && !carried && !is_6to4 && !is_translated(address)
        }
        Some(Host::Domain(_)) => false,
        None => true,
    };
    assert!(!inside, "{url}");
}

/// `::ffff:0:127.0.0.1`
fn is_translated(address: std::net::Ipv6Addr) -> bool {
    address.segments()[4] == 0xffff
}

fn check_shown(text: &str, url: &Url) {
    let shown = Destination::ResponseUrl(text.to_owned()).shown();
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let host = url.host_str().expect("it has one");
    assert_eq!(shown, format!("https://{host}{port}/…"));
}
