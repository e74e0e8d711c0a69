//! `[server]`: how the daemon is reached.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bytesize::ByteSize;
use config::Value;
use ipnet::IpNet;
use url::{Host, Url};

use super::effective::quoted;
use super::problem::Fault;
use super::reader::{Read, Reader, Section, parse};

/// The longest path that a Unix socket's address holds.
const LONGEST_SOCKET_PATH: usize = 107;

/// The largest body whose event still fits the store's bound for one.
const LARGEST_BODY: ByteSize = ByteSize::kib(320);

/// Where a listener stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// `"127.0.0.1:8080"`
    Tcp(SocketAddr),
    /// `"unix:/path"`
    Unix(PathBuf),
}

/// `[server]`
#[derive(Debug, Clone)]
pub struct Server {
    /// The HTTP listener; a socket handed over by the service manager wins.
    pub listen: Listen,
    /// Where operations answer; `None`: on `listen`.
    pub ops_listen: Option<Listen>,
    /// How the outside reaches us.
    pub public_url: Url,
    /// The largest request body, in bytes; at most 320 KiB.
    pub max_body: u64,
    /// How long a peer may take for its headers, and again for its body.
    pub read_timeout: Duration,
    /// How long calls in hand may take to finish at a stop.
    pub shutdown_grace: Duration,
    /// Networks whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
}

impl Server {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let reader = section.reader;
        let listen = section.need("listen", |value| listener(reader, value));
        let ops_listen = section.maybe("ops_listen", |value| listener(reader, value));
        let public_url = section.need("public_url", parse::base_url);
        let max_body = section.need("max_body", parse::size(ByteSize::b(1)..=LARGEST_BODY));
        let read_timeout = section.need("read_timeout", parse::duration);
        let shutdown_grace = section.need("shutdown_grace", parse::duration);
        let trusted_proxies = section.list("trusted_proxies", parse::network);

        if let (Some(listen), Some(Some(ops_listen))) = (&listen, &ops_listen)
            && listen.conflicts_with(ops_listen)
        {
            let fault = Fault::new(
                "takes the same place as server.listen",
                "another port, or \"\" to share the listener",
            );
            section.fault("ops_listen", fault);
        }
        if let Some(url) = &public_url
            && url.scheme() == "http"
            && !is_loopback(url)
        {
            let fault = Fault::new(
                "is plain http: tokens and texts can be read on the way",
                "https, with a proxy in front that ends TLS",
            );
            section.warn("public_url", fault);
        }
        Some(Self {
            listen: listen?,
            ops_listen: ops_listen?,
            public_url: public_url?,
            max_body: max_body?,
            read_timeout: read_timeout?,
            shutdown_grace: shutdown_grace?,
            trusted_proxies: trusted_proxies?,
        })
    }
}

impl Listen {
    /// Whether both cannot be listened on at once. Port 0 takes any port that is free.
    fn conflicts_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unix(a), Self::Unix(b)) => a == b,
            (Self::Tcp(a), Self::Tcp(b)) => {
                let shared = a.ip() == b.ip() || a.ip().is_unspecified() || b.ip().is_unspecified();
                a.port() == b.port() && a.port() != 0 && shared
            }
            (Self::Tcp(_), Self::Unix(_)) | (Self::Unix(_), Self::Tcp(_)) => false,
        }
    }
}

fn listener(reader: &Reader, value: &Value) -> Result<Listen, Fault> {
    let expected = "an address with a port such as \"127.0.0.1:8080\", or \"unix:/path\"";
    let text = parse::text(value).map_err(|fault| Fault::new(fault.what, expected))?;
    if let Some(path) = text.strip_prefix("unix:").filter(|path| !path.is_empty()) {
        let path = reader.absolute(path);
        return socket_path(path).map(Listen::Unix);
    }
    match parse::address(&text) {
        Some(address) => Ok(Listen::Tcp(address)),
        None => Err(Fault::new(format!("is {}", quoted(&text)), expected)),
    }
}

/// A path that a Unix socket can be bound to.
pub(super) fn socket_path(path: PathBuf) -> Result<PathBuf, Fault> {
    let length = path.as_os_str().len();
    if length > LONGEST_SOCKET_PATH {
        return Err(Fault::new(
            format!("is a path of {length} bytes"),
            format!("at most {LONGEST_SOCKET_PATH}, the system's limit for sockets"),
        ));
    }
    match path.file_name() {
        Some(_) => Ok(path),
        None => Err(Fault::new("names no file", "the path of a socket")),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::trial::{Trial, loaded, sole_problem};

    #[test]
    fn listeners_are_addresses_or_sockets() {
        let trial =
            Trial::new("[server]\nlisten = \"[::1]:0\"\nops_listen = \"unix:run/ops.sock\"");
        let server = trial.load().unwrap().settings.server;
        assert_eq!(server.listen, Listen::Tcp("[::1]:0".parse().unwrap()));
        let path = trial.folder().join("run/ops.sock");
        assert_eq!(server.ops_listen, Some(Listen::Unix(path)));
    }

    #[test]
    fn what_cannot_be_listened_on_is_a_problem() {
        for text in [
            "",
            "8080",
            "127.0.0.1",
            "localhost:8080",
            "127.0.0.1:65536",
            "unix:",
            "unix:/",
            &format!("unix:/{}", "x".repeat(107)),
        ] {
            let line = sole_problem(&format!("[server]\nlisten = \"{text}\""));
            assert!(line.starts_with("server.listen "), "{text}: {line}");
        }
    }

    #[test]
    fn two_listeners_do_not_take_the_same_place() {
        for (a, b, conflict) in [
            ("127.0.0.1:80", "127.0.0.1:80", true),
            ("0.0.0.0:80", "127.0.0.1:80", true),
            ("127.0.0.1:80", "[::]:80", true),
            ("unix:/x", "unix:/x", true),
            ("127.0.0.1:0", "127.0.0.1:0", false),
            ("127.0.0.1:80", "127.0.0.2:80", false),
            ("127.0.0.1:80", "127.0.0.1:81", false),
            ("127.0.0.1:80", "unix:/x", false),
        ] {
            let text = format!("[server]\nlisten = \"{a}\"\nops_listen = \"{b}\"");
            if conflict {
                assert!(sole_problem(&text).starts_with("server.ops_listen "));
            } else {
                loaded(&text);
            }
        }
    }

    #[test]
    fn the_body_fits_the_store() {
        assert_eq!(
            loaded("[server]\nmax_body = \"320KiB\"")
                .settings
                .server
                .max_body,
            320 * 1024
        );
        for size in ["\"385KiB\"", "393217", "0", "\"0\"", "\"big\"", "true"] {
            let line = sole_problem(&format!("[server]\nmax_body = {size}"));
            assert!(line.contains("320.0 KiB"), "{line}");
        }
    }

    #[test]
    fn other_values_are_checked() {
        for (line, path) in [
            ("public_url = \"ftp://example.com\"", "server.public_url "),
            ("public_url = \"\"", "server.public_url "),
            (
                "public_url = \"https://example.com/?a=b\"",
                "server.public_url ",
            ),
            ("read_timeout = \"0s\"", "server.read_timeout "),
            ("shutdown_grace = 10", "server.shutdown_grace "),
            (
                "trusted_proxies = [\"10.0.0.0/8\", \"proxy\"]",
                "server.trusted_proxies[1] ",
            ),
        ] {
            let problem = sole_problem(&format!("[server]\n{line}"));
            assert!(problem.starts_with(path), "{path}: {problem}");
        }
    }

    #[test]
    fn plain_http_to_the_outside_is_doubtful() {
        for (url, doubtful) in [
            ("http://bridge.example.com", true),
            ("http://10.0.0.1:80", true),
            ("https://bridge.example.com", false),
            ("http://localhost:8080", false),
            ("http://127.1.2.3", false),
            ("http://[::1]", false),
        ] {
            let warnings = loaded(&format!("[server]\npublic_url = \"{url}\"")).warnings;
            let warned = warnings
                .iter()
                .any(|warning| warning.path == "server.public_url");
            assert_eq!(warned, doubtful, "{url}");
        }
    }
}
