//! What is not sent.

use super::*;

fn refused(change: impl FnOnce(&mut ExternalTicket)) -> Option<String> {
    let mut ticket = ticket();
    change(&mut ticket);
    let made = Request::new(Path::Brands, 7, &token(), &ticket);
    made.err().map(|invalid| invalid.to_string())
}

#[test]
fn text_that_servers_find_blank_is_not_sent() {
    for blank in ["", " ", "\n\t\u{a0}\u{2003}"] {
        let blank = || blank.to_owned();
        for (found, field) in [
            (
                refused(|ticket| ticket.external_uid = blank()),
                "external_uid",
            ),
            (refused(|ticket| ticket.content = blank()), "content"),
            (
                refused(|ticket| ticket.response_url = blank()),
                "response_url",
            ),
            (
                refused(|ticket| ticket.author.external_uid = blank()),
                "author/external_uid",
            ),
            (
                refused(|ticket| ticket.author.username = blank()),
                "author/username",
            ),
        ] {
            assert_eq!(found, Some(format!("{field} is blank")));
        }
    }
}

#[test]
fn a_response_url_that_servers_cannot_call_is_not_sent() {
    let found = |url: &str| refused(|ticket| ticket.response_url = url.to_owned());
    for url in [
        "https://x.example/",
        "https://x.example/a?b=c#d",
        "HTTPS://x.example:8443//",
        "http://192.0.2.1/r",
        "https://me:pass@[2001:db8::1]/r",
        "https://under_score.example/r",
    ] {
        assert_eq!(found(url), None, "{url}");
    }
    for url in [
        "https://x.example",
        "https://x.example?a=/b",
        "https://x.example:1#/",
    ] {
        assert_eq!(
            found(url).as_deref(),
            Some("response_url has no path"),
            "{url}"
        );
    }
    for url in [
        "x",
        "/replies/1",
        "x.example/r",
        "ftp://x.example/r",
        "https:/x.example/r",
        "https:x.example/r",
        "https:///r",
        "https:///x.example/r",
        "https://\\x.example/r",
        "https://x example/r",
        "https://x.example/é",
        "https://x.example/\n",
        " https://x.example/",
        "https://[::1/r",
        "https://:80/r",
    ] {
        let expected = "response_url is no address of http or https";
        assert_eq!(found(url).as_deref(), Some(expected), "{url}");
    }
}

#[test]
fn a_base_is_an_address_and_nothing_else() {
    let client = |base: &str| Client::new(http(), &base.parse().unwrap());
    for base in ["https://h.example", "http://h.example:3000/respondo/"] {
        assert!(client(base).is_ok(), "{base}");
    }
    for base in [
        "ftp://h.example",
        "data:x",
        "https://me@h.example",
        "https://:pass@h.example",
        "https://h.example/?a",
        "https://h.example/#a",
    ] {
        assert_eq!(client(base).unwrap_err(), InvalidBase, "{base}");
    }
}
