//! Who is at the other end, for log lines only: nothing is decided by it.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The other end of a connection; every request that comes by one carries it as an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Over TCP.
    Tcp(SocketAddr),
    /// Over a Unix socket.
    Unix,
}

/// The address that a request came from. What `X-Forwarded-For` says counts as far as each of those who said it is
/// in `trusted`, from the nearest on.
pub(crate) fn client(
    peer: Option<&Peer>,
    headers: &HeaderMap,
    trusted: &[IpNet],
) -> Option<IpAddr> {
    let mut address = match peer? {
        Peer::Tcp(address) => address.ip().to_canonical(),
        Peer::Unix => return None,
    };
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut hops = headers
        .get_all("x-forwarded-for")
        .iter()
        .rev()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.rsplit(','));
    while is_trusted(address) {
        match hops.next().and_then(hop) {
            Some(next) => address = next,
            None => break,
        }
    }
    Some(address)
}

/// An address with or without a port.
fn hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    bare.unwrap_or(text)
        .parse::<IpAddr>()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let peer = Peer::Tcp(format!("{peer}:1234").parse().unwrap());
        let headers = forwarded
            .iter()
            .map(|value| ("x-forwarded-for".parse().unwrap(), value.parse().unwrap()))
            .collect();
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        client(Some(&peer), &headers, &trusted).unwrap().to_string()
    }

    #[test]
    fn only_what_trusted_proxies_say_counts() {
        for (peer, forwarded, trusted, expected) in [
            ("203.0.113.5", &["1.1.1.1"][..], &[][..], "203.0.113.5"),
            ("203.0.113.5", &["1.1.1.1"], &["10.0.0.0/8"], "203.0.113.5"),
            ("10.0.0.1", &["1.1.1.1"], &["10.0.0.0/8"], "1.1.1.1"),
            (
                "10.0.0.1",
                &["6.6.6.6, 1.1.1.1"],
                &["10.0.0.0/8"],
                "1.1.1.1",
            ),
            (
                "10.0.0.1",
                &["1.1.1.1, 10.0.0.2"],
                &["10.0.0.0/8"],
                "1.1.1.1",
            ),
            (
                "10.0.0.1",
                &["1.1.1.1", "10.0.0.2"],
                &["10.0.0.0/8"],
                "1.1.1.1",
            ),
            (
                "10.0.0.1",
                &["1.1.1.1:5, [2606::1]:80"],
                &["10.0.0.0/8"],
                "2606::1",
            ),
            ("10.0.0.1", &["unknown"], &["10.0.0.0/8"], "10.0.0.1"),
            ("10.0.0.1", &[], &["10.0.0.0/8"], "10.0.0.1"),
            (
                "[::ffff:10.0.0.1]",
                &["1.1.1.1"],
                &["10.0.0.0/8"],
                "1.1.1.1",
            ),
        ] {
            assert_eq!(
                seen(peer, forwarded, trusted),
                expected,
                "{peer} {forwarded:?}"
            );
        }
    }
}
