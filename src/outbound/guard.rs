//! Which addresses may be called. A response URL comes from outside and must not reach what only we can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use url::{Host, Url};

/// The operator's decisions about response URLs.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// Whether plain http is allowed.
    pub allow_http: bool,
    /// Inside networks that may be called all the same.
    pub allow_networks: Vec<IpNet>,
}

/// What is wrong with a response URL. Shown to its sender; never contains the URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    /// It does not parse.
    #[error("is not a URL: {0}")]
    NotAUrl(url::ParseError),
    /// Another scheme.
    #[error("must begin with {expected}")]
    Scheme {
        /// What is allowed.
        expected: &'static str,
    },
    /// No host.
    #[error("has no host")]
    NoHost,
    /// An inside address, or a name that always means one.
    #[error("must not name an address inside a private or special network")]
    Inside,
}

/// All addresses of a name are inside ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("every address of the host is inside a private or special network")]
pub struct Forbidden;

impl Guard {
    /// Judges a response URL as far as that is possible without asking anybody for addresses.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn judge(&self, text: &str) -> Result<Url, UrlFault> {
        let url = Url::parse(text).map_err(|error| match error {
            url::ParseError::EmptyHost => UrlFault::NoHost,
            error => UrlFault::NotAUrl(error),
        })?;
        match url.scheme() {
            "https" => {}
            "http" if self.allow_http => {}
            _ => {
                let expected = if self.allow_http {
                    "https:// or http://"
                } else {
                    "https://"
                };
                return Err(UrlFault::Scheme { expected });
            }
        }
        let allowed = match url.host() {
            None => return Err(UrlFault::NoHost),
            // The root of all names is nobody's.
            Some(Host::Domain(name)) if name.trim_matches('.').is_empty() => {
                return Err(UrlFault::NoHost);
            }
            Some(Host::Ipv4(address)) => self.allows(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => self.allows(IpAddr::V6(address)),
            Some(Host::Domain(name)) => {
                !is_localhost(name) || self.allows(IpAddr::V4(Ipv4Addr::LOCALHOST))
            }
        };
        if !allowed {
            return Err(UrlFault::Inside);
        }
        // The parser takes any number of slashes, and none, for two.
        let authority = text
            .split_once(':')
            .and_then(|(_, rest)| rest.strip_prefix("//"));
        match authority {
            Some(rest) if !rest.starts_with(['/', '\\']) => Ok(url),
            _ => Err(UrlFault::NoHost),
        }
    }

    /// Whether `address` may be called.
    pub fn allows(&self, address: IpAddr) -> bool {
        let is_listed = |address: &IpAddr| {
            self.allow_networks
                .iter()
                .any(|network| network.contains(address))
        };
        if is_listed(&address) {
            return true;
        }
        match address {
            IpAddr::V4(address) => !is_inside_v4(address),
            IpAddr::V6(address) => match carried_v4(address) {
                Some(carried) => is_listed(&IpAddr::V4(carried)) || !is_inside_v4(carried),
                None => !is_inside_v6(address),
            },
        }
    }
}

/// Names that mean this machine whatever a resolver says.
fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let known = [
        "localhost",
        "localhost.localdomain",
        "localhost6",
        "localhost6.localdomain6",
        "ip6-localhost",
        "ip6-loopback",
    ];
    known.contains(&name.as_str()) || name.ends_with(".localhost")
}

/// The special-purpose registry of IPv4, as far as it is not globally reachable.
fn is_inside_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    matches!(
        (a, b, c),
        (0 | 10 | 127, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18..=19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, _, _)
    )
}

/// The IPv4 address that is really called by way of an IPv6 one: mapped, compatible, NAT64, 6to4.
fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let at = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0, 0, 0, 0, 0, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => at(high, low),
        _ => None,
    }
}

/// The special-purpose registry of IPv6, as far as it is not globally reachable, and site-local addresses.
fn is_inside_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let first = segments[0];
    // Only 2000::/3 is given out for use over the internet.
    first & 0xe000 != 0x2000
        || (first == 0x2001 && segments[1] < 0x0200)
        || (first == 0x2001 && segments[1] == 0x0db8)
        || (first == 0x3fff && segments[1] < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strict() -> Guard {
        Guard::default()
    }

    #[test]
    fn inside_addresses_are_refused_in_every_spelling() {
        let spellings = [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://127.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://017700000001/",
            "https://127.0.0.1./",
            "https://0/",
            "https://0.0.0.0/",
            "https://１２７.０.０.１/",
            "https://127。0。0。1/",
            "https://%31%32%37.0.0.1/",
            "https://10.0.0.1/",
            "https://0xa.0.0.1/",
            "https://172.16.0.1/",
            "https://172.31.255.255/",
            "https://192.168.1.1/",
            "https://192.168.257/",
            "https://169.254.169.254/latest/meta-data/",
            "https://2852039166/",
            "https://0xa9fea9fe/",
            "https://100.64.0.1/",
            "https://198.18.0.1/",
            "https://192.0.2.1/",
            "https://198.51.100.7/",
            "https://203.0.113.9/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://240.0.0.1/",
            "https://[::1]/",
            "https://[::]/",
            "https://[0:0:0:0:0:0:0:1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::ffff:a9fe:a9fe]/",
            "https://[::127.0.0.1]/",
            "https://[::ffff:0:127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[64:ff9b:1::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[2002:a00:1::1]/",
            "https://[2001::1]/",
            "https://[2001:db8::1]/",
            "https://[fc00::1]/",
            "https://[fd12:3456::1]/",
            "https://[fe80::1]/",
            "https://[fec0::1]/",
            "https://[ff02::1]/",
            "https://[100::1]/",
            "https://[3fff::1]/",
            "https://[5f00::1]/",
            "https://localhost/",
            "https://LOCALHOST/",
            "https://localhost./",
            "https://a.localhost/",
            "https://localhost.localdomain/",
            "https://ip6-localhost/",
            "https://user:pw@127.0.0.1/",
            "https:127.0.0.1/",
            "https:\\\\127.0.0.1\\",
            "https://127.0.0.1:8443/",
            "https://\t127.0.0.1/",
            "https://ⓛocalhost/",
        ];
        for spelling in spellings {
            assert_eq!(
                strict().judge(spelling),
                Err(UrlFault::Inside),
                "{spelling}"
            );
        }
    }

    #[test]
    fn outside_addresses_and_names_pass() {
        for url in [
            "https://hooks.zapier.com/hooks/catch/1/2/",
            "https://8.8.8.8/",
            "https://172.32.0.1/",
            "https://100.128.0.1/",
            "https://[2606:4700::1111]/",
            "https://[::ffff:8.8.8.8]/",
            "https://[64:ff9b::808:808]/",
            "https://[2002:808:808::1]/",
            "https://localhost.example.com/",
            "https://192.0.1.1/",
        ] {
            assert!(strict().judge(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn what_is_no_usable_url_says_why() {
        let scheme = |expected| UrlFault::Scheme { expected };
        for (url, fault) in [
            ("http://example.com/", scheme("https://")),
            ("ftp://example.com/", scheme("https://")),
            ("javascript:alert(1)", scheme("https://")),
            ("https://", UrlFault::NoHost),
            ("https:///hook", UrlFault::NoHost),
            ("https://./", UrlFault::NoHost),
            ("https://../hook", UrlFault::NoHost),
            ("https://。/", UrlFault::NoHost),
            ("https:/\\example.com/", UrlFault::NoHost),
            ("https:example.com/hook", UrlFault::NoHost),
            ("https:/example.com/hook", UrlFault::NoHost),
            (
                "example.com/hook",
                UrlFault::NotAUrl(url::ParseError::RelativeUrlWithoutBase),
            ),
            (
                "",
                UrlFault::NotAUrl(url::ParseError::RelativeUrlWithoutBase),
            ),
        ] {
            assert_eq!(strict().judge(url), Err(fault), "{url}");
        }
    }

    #[test]
    fn a_listed_network_may_be_called_by_any_way_to_it() {
        let guard = Guard {
            allow_http: true,
            allow_networks: vec!["127.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()],
        };
        for url in [
            "http://127.0.0.1:9090/",
            "http://localhost:9090/",
            "https://[::ffff:127.0.0.1]/",
            "https://[fd00::1]/",
        ] {
            assert!(guard.judge(url).is_ok(), "{url}");
        }
        for url in ["http://10.0.0.1/", "http://[::1]/", "http://[fc00::1]/"] {
            assert_eq!(guard.judge(url), Err(UrlFault::Inside), "{url}");
        }
    }
}
