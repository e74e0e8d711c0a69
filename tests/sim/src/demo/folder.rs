//! Where the daemon lives while it is shown: its configuration, secrets and store.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// What the Zap signs its tickets with.
pub(super) const ZAP_TOKEN: &str = "demo-zap-token";
/// The key of our agent.
pub(super) const AGENT_KEY: &str = "demo-agent-key";
/// What the front desk signs its webhooks with.
pub(super) const HOOK_SECRET: &str = "demo-webhook-secret";
/// As it is registered at the front desk, which delivers to this machine all the same.
pub(super) const HOOK_URL: &str = "https://bridge.example.com/webhooks/qminder/front-desk";

/// Each is read from a file of its own; the last three are known to the simulated peers from the start.
const SECRETS: [(&str, &str); 5] = [
    ("webhook.secret", HOOK_SECRET),
    ("qminder.key", "qminder-key"),
    ("agent.key", "desk-agent-key"),
    ("internal.key", "desk-internal-key"),
    ("hub.token", "hub-token"),
];

/// A folder that ends with the demo, unless somebody wants to keep it.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    temporary: Option<TempDir>,
}

impl Folder {
    /// A temporary one, or this one, which must not be there yet.
    pub(super) fn new(keep: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = keep else {
            let temporary = tempfile::Builder::new()
                .prefix("ticketbridge-demo-")
                .tempdir()
                .context("cannot make a folder")?;
            let path = temporary.path().to_owned();
            return Ok(Self {
                path,
                temporary: Some(temporary),
            });
        };
        let mut builder = fs::DirBuilder::new();
        let made = builder.mode(0o700).create(path);
        made.with_context(|| format!("cannot make {}", path.display()))?;
        let path = path.canonicalize().context("cannot find the folder")?;
        Ok(Self {
            path,
            temporary: None,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn is_kept(&self) -> bool {
        self.temporary.is_none()
    }

    /// Writes the secrets and the configuration; where the latter is.
    pub(super) fn furnish(&self, config: &str) -> anyhow::Result<PathBuf> {
        for (name, secret) in SECRETS {
            self.write(name, secret)?;
        }
        self.write("config.toml", config)
    }

    fn write(&self, name: &str, content: &str) -> anyhow::Result<PathBuf> {
        let path = self.path.join(name);
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(content.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

/// Where the peers are.
#[derive(Debug)]
pub(super) struct Addresses {
    pub(super) daemon: SocketAddr,
    pub(super) front_desk: String,
    pub(super) helpdesk: String,
    pub(super) hub: String,
}

/// A daemon for all of them, in more of a hurry than a real one, so that nobody has to wait.
pub(super) fn config(at: &Addresses) -> String {
    let Addresses {
        daemon,
        front_desk,
        helpdesk,
        hub,
    } = at;
    let (token, key) = (digest(ZAP_TOKEN), digest(AGENT_KEY));
    format!(
        r#"[server]
listen = "{daemon}"
public_url = "http://{daemon}"
shutdown_grace = "2s"

[store]
path = "state"
min_free = "1MiB"

[delivery]
# The receivers are on this machine.
allow_http = true
allow_networks = ["127.0.0.0/8"]
# For real: 15s, 5s and 1h.
timeout = "2s"
first_delay = "250ms"
max_delay = "1s"

[[brands]]
id = "acme"
name = "Acme"
tokens = [{{ name = "zapier", sha256 = "{token}" }}]
agents = [3]
mirror_to = ["front-desk", "support", "hub"]

[[agents]]
id = 3
name = "Agent Smith"
api_keys = [{{ sha256 = "{key}" }}]
qminder_user = 900

[[systems]]
id = "front-desk"
kind = "qminder"
base_url = "{front_desk}"
api_key_file = "qminder.key"
line = "12345"
user = 900
webhook = {{ url = "{HOOK_URL}", secret_file = "webhook.secret" }}
poll_interval = "5s"

[[systems]]
id = "support"
kind = "deskhive"
base_url = "{helpdesk}"
external_key_file = "agent.key"
internal_key_file = "internal.key"
import_to = "acme"
# For real: 15s, and a call a second.
poll_interval = "250ms"
rate = {{ per_second = 50, burst = 60 }}

[[systems]]
id = "hub"
kind = "respondo"
base_url = "{hub}"
remote_brand = 7
token_name = "bridge"
token_file = "hub.token"
"#
    )
}

fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}
