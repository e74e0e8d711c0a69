//! A daemon of one's own: configuration, process, and the calls that tests make to it.

use std::ffi::OsString;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// SHA-256 of `test-token`.
const TOKEN_SHA256: &str = "4c5dc9b7708905f77f5e5d16316b5dfb425e68cb326dcd55a860e90a7707031e";
/// SHA-256 of `test-agent-key`.
const KEY_SHA256: &str = "4d25b7920b389a66f0c2f265b145519aa821b431e96eaa7d2927b8e9ef275cdb";

/// A folder with a configuration, and the process that serves it, if one does.
pub(crate) struct Daemon {
    folder: TempDir,
    address: SocketAddr,
    process: Option<Child>,
    client: reqwest::Client,
    /// What `serve` finds in its environment beside what the tests have in theirs.
    environment: Vec<(&'static str, OsString)>,
    /// What a shell does before it becomes `serve`.
    before: &'static str,
    /// A listener that outlives each process, and is the third file of each.
    handed_over: Option<TcpListener>,
    /// The fourth file, for operations.
    handed_over_ops: Option<TcpListener>,
}

impl Daemon {
    /// Configured, not started. `more` is added to the configuration.
    pub(crate) fn configured(more: &str) -> Self {
        Self::configured_with("", more)
    }

    /// The same; `of_brand` is added to what is configured of the brand.
    pub(crate) fn configured_with(of_brand: &str, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address();
        let config = format!(
            r#"
[server]
listen = "{address}"
shutdown_grace = "2s"

[store]
path = "state"
min_free = "1MiB"

[intake]
rate = {{ per_second = 100000, burst = 100000 }}

[agent_api]
rate = {{ per_second = 100000, burst = 100000 }}

[[brands]]
id = "acme"
name = "Acme"
tokens = [{{ name = "zapier", sha256 = "{TOKEN_SHA256}" }}]
agents = [3]
{of_brand}

[[agents]]
id = 3
name = "Agent Smith"
email = "smith@example.com"
qminder_user = 15144
api_keys = [{{ sha256 = "{KEY_SHA256}" }}]

{more}
"#
        );
        fs::write(folder.path().join("config.toml"), config).unwrap();
        Self {
            folder,
            address,
            process: None,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            environment: Vec::new(),
            before: "",
            handed_over: None,
            handed_over_ops: None,
        }
    }

    /// Configured for receivers on loopback, quick to try again, and started.
    pub(crate) async fn started() -> Self {
        let mut daemon = Self::configured(LOOPBACK);
        daemon.start().await;
        daemon
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.folder.path().join("config.toml")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The store's folder.
    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Starts the process with this environment from the next time on.
    pub(crate) fn set_environment(&mut self, environment: Vec<(&'static str, OsString)>) {
        self.environment = environment;
    }

    /// Adds to that environment.
    pub(crate) fn add_environment(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.environment.push((name, value.into()));
    }

    /// Has a shell do this before it becomes `serve`, from the next time on.
    pub(crate) fn do_before(&mut self, before: &'static str) {
        self.before = before;
    }

    /// Listens in the daemon's place, as a service manager does, and hands the socket to each process from now on.
    pub(crate) fn hand_over_listener(&mut self) {
        let listener = TcpListener::bind(self.address).unwrap();
        // As in ticketbridge.socket.
        rustix::net::listen(&listener, 4096).unwrap();
        self.handed_over = Some(listener);
        self.before = "exec 3<&0 0</dev/null; export LISTEN_FDS=1 LISTEN_PID=$$;";
    }

    /// As [`Daemon::hand_over_listener`], and a second one beside it; where that is.
    pub(crate) fn hand_over_listeners(&mut self) -> SocketAddr {
        self.hand_over_listener();
        let listener = TcpListener::bind((self.address.ip(), 0)).unwrap();
        let address = listener.local_addr().unwrap();
        self.handed_over_ops = Some(listener);
        self.before = "exec 3<&0 4<&1 0</dev/null 1>/dev/null; export LISTEN_FDS=2 LISTEN_PID=$$ LISTEN_FDNAMES=http:ops;";
        address
    }

    /// Adds a file to the configuration.
    pub(crate) fn configure_more(&self, more: &str) {
        let folder = self.folder.path().join("conf.d");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("more.toml"), more).unwrap();
    }

    /// The number of the process that serves.
    pub(crate) fn pid(&self) -> u32 {
        self.process.as_ref().and_then(Child::id).unwrap()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ticketbridge"));
        command
            .arg("--config")
            .arg(self.config())
            .kill_on_drop(true);
        command
    }

    /// Starts the process and waits until it takes tickets.
    pub(crate) async fn start(&mut self) {
        self.spawn();
        self.wait_until_ready().await;
    }

    /// Starts the process and waits for nothing.
    pub(crate) fn spawn(&mut self) {
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log_path())
            .unwrap();
        let mut command = self.command();
        if !self.before.is_empty() {
            let script = format!("{} exec \"$@\"", self.before);
            let daemon = command;
            command = Command::new("sh");
            command.arg("-c").arg(script).arg("sh").kill_on_drop(true);
            command.arg(daemon.as_std().get_program());
            command.args(daemon.as_std().get_args());
        }
        if let Some(listener) = &self.handed_over {
            command.stdin(OwnedFd::from(listener.try_clone().unwrap()));
        }
        let standard_output = match &self.handed_over_ops {
            Some(listener) => OwnedFd::from(listener.try_clone().unwrap()).into(),
            None => Stdio::null(),
        };
        let process = command
            .arg("serve")
            .envs(self.environment.iter().cloned())
            .stderr(Stdio::from(log))
            .stdout(standard_output)
            .spawn()
            .unwrap();
        self.process = Some(process);
    }

    /// What the process ended with, if it has ended; `Some(None)` is a signal.
    pub(crate) fn has_ended(&mut self) -> Option<Option<i32>> {
        let process = self.process.as_mut().unwrap();
        process.try_wait().unwrap().map(|ended| ended.code())
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// What all processes of this daemon have said so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn has_said(&self, words: &str) -> usize {
        self.log().matches(words).count()
    }

    /// Waits until the log has said `words` so often.
    pub(crate) async fn says(&self, words: &str, times: usize) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.has_said(words) < times {
            assert!(
                Instant::now() < deadline,
                "{words:?} was not said:\n{}",
                self.log()
            );
            // Another process, so there is no signal to wait for.
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Lets it read its settings again, and waits until it says `words` about that.
    pub(crate) async fn reload(&self, words: &str) {
        let before = self.has_said(words);
        self.signal(Signal::HUP);
        self.says(words, before + 1).await;
    }

    pub(crate) async fn wait_until_ready(&mut self) {
        let ended = self.ends_before_ready().await;
        assert!(
            !ended,
            "the daemon ended with {:?}:\n{}",
            self.has_ended(),
            self.log()
        );
    }

    /// Waits for either; whether it ended.
    pub(crate) async fn ends_before_ready(&mut self) -> bool {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            if let Ok(answer) = self.client.get(self.url("/readyz")).send().await
                && answer.status().is_success()
            {
                return false;
            }
            if self.has_ended().is_some() {
                return true;
            }
            assert!(
                Instant::now() < deadline,
                "the daemon is not ready:\n{}",
                self.log()
            );
            // Another process, so there is no signal to wait for.
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Ends the process as a power cut would, as far as one can from here.
    pub(crate) async fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.start_kill().unwrap();
        process.wait().await.unwrap();
    }

    /// Asks the process to end, and returns what it ended with.
    pub(crate) async fn terminate(&mut self) -> Option<i32> {
        self.signal(Signal::TERM);
        self.ended().await
    }

    /// Sends the process a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.pid().cast_signed()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits for the process to end by itself, and returns what it ended with.
    pub(crate) async fn ended(&mut self) -> Option<i32> {
        self.ended_within(Duration::from_secs(30)).await
    }

    /// As [`Daemon::ended`], for no longer than this.
    pub(crate) async fn ended_within(&mut self, longest: Duration) -> Option<i32> {
        let mut process = self.process.take().unwrap();
        let ended = timeout(longest, process.wait()).await;
        ended
            .unwrap_or_else(|_| panic!("the daemon does not end:\n{}", self.log()))
            .unwrap()
            .code()
    }

    /// Runs a command of the same binary on the same configuration.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        timeout(
            Duration::from_secs(30),
            self.command().args(arguments).stdin(Stdio::null()).output(),
        )
        .await
        .unwrap_or_else(|_| panic!("{arguments:?} does not end"))
        .unwrap()
    }

    /// As [`Daemon::run`], with more in its environment.
    pub(crate) async fn run_with(
        &self,
        environment: &[(&'static str, OsString)],
        arguments: &[&str],
    ) -> Output {
        let mut command = self.command();
        command.envs(environment.iter().cloned()).args(arguments);
        let output = command.stdin(Stdio::null()).output();
        timeout(Duration::from_secs(60), output)
            .await
            .unwrap_or_else(|_| panic!("{arguments:?} does not end"))
            .unwrap()
    }

    /// As [`Daemon::run`], and it must succeed; what it printed.
    pub(crate) async fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(
            output.status.success(),
            "{arguments:?}: {}\n{}",
            text(&output.stdout),
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    /// As [`Daemon::ok`], with `--json`.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Value {
        let mut with_json = arguments.to_vec();
        with_json.push("--json");
        serde_json::from_str(&self.ok(&with_json).await).unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Posts an external ticket; the status and the body.
    pub(crate) async fn post_ticket(&self, ticket: &Value) -> (u16, Value) {
        self.try_post_ticket(ticket).await.unwrap()
    }

    /// As [`Daemon::post_ticket`], of a daemon that may be ending.
    pub(crate) async fn try_post_ticket(
        &self,
        ticket: &Value,
    ) -> Result<(u16, Value), reqwest::Error> {
        let call = self.client.post(self.url("/brands/acme/external_tickets"));
        answer(
            call.header("content-type", "application/json")
                .body(ticket.to_string()),
        )
        .await
    }

    /// Replies as the agent; the status and the body.
    pub(crate) async fn reply(&self, ticket: u64, body: &Value) -> (u16, Value) {
        self.try_reply(ticket, body).await.unwrap()
    }

    /// As [`Daemon::reply`], of a daemon that may be ending.
    pub(crate) async fn try_reply(
        &self,
        ticket: u64,
        body: &Value,
    ) -> Result<(u16, Value), reqwest::Error> {
        let call = self
            .client
            .post(self.url(&format!("/api/v1/external/tickets/{ticket}/messages")));
        let call = call
            .header("x-api-key", "test-agent-key")
            .header("content-type", "application/json");
        answer(call.body(body.to_string())).await
    }

    /// Reads from the agent API.
    pub(crate) async fn agent_get(&self, path: &str) -> (u16, Value) {
        let call = self
            .client
            .get(self.url(&format!("/api/v1/external{path}")))
            .header("x-api-key", "test-agent-key");
        answer(call).await.unwrap()
    }
}

/// Receivers on loopback, and no long waits.
pub(crate) const LOOPBACK: &str = r#"
[delivery]
allow_http = true
allow_networks = ["127.0.0.0/8"]
first_delay = "50ms"
max_delay = "500ms"
rate = { per_second = 100000, burst = 100000 }
breaker = { failures = 1000000, open_for = "1s" }
"#;

/// An external ticket that passes, with the credentials of [`Daemon::configured`].
pub(crate) fn ticket(uid: &str, response_url: &str) -> Value {
    json!({
        "external_uid": uid,
        "content": format!("content of {uid}"),
        "response_url": response_url,
        "author": { "external_uid": "author-1", "username": "best_username" },
        "created_at": "2020-04-04 23:35:27.632879 UTC",
        "personal_access_token": { "name": "zapier", "token": "test-token" },
    })
}

/// The status and the body, as JSON where it is that.
pub(crate) async fn answer(call: reqwest::RequestBuilder) -> Result<(u16, Value), reqwest::Error> {
    let answer = call.timeout(Duration::from_secs(30)).send().await?;
    let status = answer.status().as_u16();
    let body = answer.bytes().await?;
    Ok((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
}

/// All that `stream` says until it ends.
pub(crate) async fn read_to_end(stream: &mut tokio::net::TcpStream) -> String {
    let mut bytes = Vec::new();
    timeout(Duration::from_secs(30), stream.read_to_end(&mut bytes))
        .await
        .unwrap()
        .unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An address that no other daemon of these tests has, and that no client is given a port of.
fn free_address() -> SocketAddr {
    static DAEMONS: AtomicU32 = AtomicU32::new(1);
    let nth = DAEMONS.fetch_add(1, Ordering::Relaxed);
    let [_, _, high, low] = nth.to_be_bytes();
    let process = u8::try_from(1 + std::process::id() % 250).unwrap();
    let address = Ipv4Addr::new(127, process, high, low);
    TcpListener::bind((address, 0))
        .unwrap()
        .local_addr()
        .unwrap()
}
