//! The daemon's configuration: the defaults, but for intake's limits and what a scenario is about.

use std::net::SocketAddr;

use crate::message::{KEY_SHA256, TOKEN_SHA256};

/// Receivers on loopback by plain HTTP, else the defaults. More keys of `[delivery]` may follow.
pub(crate) const LOOPBACK: &str = "\
[delivery]
allow_http = true
allow_networks = [\"127.0.0.0/8\"]
";

/// As [`LOOPBACK`], and no host gets more than one call in eleven days: whatever is planned stays pending.
pub(crate) const CLOSED: &str = "\
[delivery]
allow_http = true
allow_networks = [\"127.0.0.0/8\"]
rate = { per_second = 0.000001, burst = 1 }
";

/// As [`LOOPBACK`], and no rate limits anything.
pub(crate) const OPEN: &str = "\
[delivery]
allow_http = true
allow_networks = [\"127.0.0.0/8\"]
rate = { per_second = 1000000, burst = 1000000 }
";

/// The whole file.
pub(crate) fn text(address: SocketAddr, delivery: &str) -> String {
    format!(
        r#"[server]
listen = "{address}"

[store]
path = "state"
min_free = "1MiB"

[intake]
rate = {{ per_second = 1000000, burst = 1000000 }}

[agent_api]
rate = {{ per_second = 1000000, burst = 1000000 }}

[[brands]]
id = "acme"
name = "Acme"
tokens = [{{ name = "zapier", sha256 = "{TOKEN_SHA256}" }}]
agents = [3]

[[agents]]
id = 3
name = "Agent Smith"
email = "smith@example.com"
api_keys = [{{ sha256 = "{KEY_SHA256}" }}]

{delivery}"#
    )
}
