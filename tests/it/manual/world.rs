//! A copy of `config/` in a folder of its own, with the peers that it names on ports of their own, and the daemon, once a
//! command has started it.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use ticketbridge_sim::{Behaviour, DeskHive, Qminder, Receiver, Respondo};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use super::blocks::{Block, Step};
use super::rules::{self, Scene, Treatment};
use super::{cast, shape};

/// What takes longer is said.
const SLOW: Duration = Duration::from_secs(2);

pub(super) struct World {
    pub(super) scene: Scene,
    folder: TempDir,
    daemon: Option<Child>,
    /// Where it listens, in the place of port 8080.
    address: SocketAddr,
    receiver: Receiver,
    desk: Qminder,
    helpdesk: DeskHive,
    hub: Respondo,
    client: reqwest::Client,
    /// What the last command ended with.
    ended_with: i32,
    /// Files that are put back after a block.
    changed: Vec<(PathBuf, Option<String>)>,
}

impl World {
    pub(super) async fn of(scene: Scene, file: &str) -> Self {
        let world = Self {
            scene,
            folder: tempfile::tempdir().unwrap(),
            daemon: None,
            address: free_address(),
            receiver: Receiver::start().await.unwrap(),
            desk: Qminder::start().await.unwrap(),
            helpdesk: DeskHive::start().await.unwrap(),
            hub: Respondo::start().await.unwrap(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            ended_with: 0,
            changed: Vec::new(),
        };
        world.receiver.otherwise(behaviour);
        world.desk.deliver_webhooks_to(world.address);
        world.desk.unlimited();
        world.helpdesk.unlimited();
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
        world.copy(&config, &world.folder.path().join("config"));
        let bin = world.folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        write_program(
            &bin.join("ticketbridge"),
            &format!(
                "case \" $* \" in *' --config '*) ;; *) set -- --config '{}' \"$@\" ;; esac\nexec '{}' \"$@\"\n",
                world.config().display(),
                env!("CARGO_BIN_EXE_ticketbridge"),
            ),
        );
        // The status is said beside what is printed.
        write_program(
            &bin.join("curl"),
            "PATH=${PATH#*:} exec curl -w '%{stderr}status %{http_code}\\n' \"$@\"\n",
        );
        for folder in ["backups", "usr/share/bash-completion/completions"] {
            fs::create_dir_all(world.folder.path().join(folder)).unwrap();
        }
        let mut world = world;
        // The README says how each is made and started.
        if file != "README.md" {
            for (name, secret) in [
                ("qminder.key", "qminder-key"),
                ("qminder-webhook.secret", "qminder-webhook-secret"),
                ("deskhive-agent.key", "desk-agent-key"),
                ("deskhive-internal.key", "desk-internal-key"),
                ("respondo.key", "hub-token"),
            ] {
                world.write_secret(name, secret);
            }
            if scene != Scene::Quickstart {
                world.start().await;
            }
        }
        world
    }

    /// Its configuration; the others lie beside it.
    pub(super) fn config(&self) -> PathBuf {
        let name = match self.scene {
            Scene::Quickstart => "quickstart.toml",
            Scene::Qminder => "quickstart-qminder.toml",
            Scene::Helpdesks => "quickstart-helpdesks.toml",
        };
        self.folder.path().join("config").join(name)
    }

    fn state(&self) -> PathBuf {
        let name = match self.scene {
            Scene::Quickstart => "quickstart-state",
            Scene::Qminder => "quickstart-qminder-state",
            Scene::Helpdesks => "quickstart-helpdesks-state",
        };
        self.folder.path().join(name)
    }

    pub(super) fn receiver_url(&self, path: &str) -> String {
        self.receiver.url(path)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    fn write_secret(&self, name: &str, secret: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.folder.path().join("config/quickstart").join(name);
        fs::write(&path, format!("{secret}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    }

    /// Secrets that somebody has made for trying out stay where they are.
    fn copy(&self, from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let (path, to) = (entry.path(), to.join(entry.file_name()));
            let is_secret = path
                .extension()
                .is_some_and(|e| e == "key" || e == "secret");
            if path.is_dir() {
                self.copy(&path, &to);
            } else if !is_secret || from.ends_with("mapping") {
                let text = fs::read_to_string(&path).unwrap();
                fs::write(&to, self.placed(&text)).unwrap();
            }
        }
    }

    /// With the ports and folders of this world.
    pub(super) fn placed(&self, text: &str) -> String {
        let folder = self.folder.path().display();
        let mut text = text.to_owned();
        for (from, to) in [
            ("127.0.0.1:8080", self.address.to_string()),
            ("127.0.0.1:9090", self.receiver.addr().to_string()),
            ("127.0.0.1:9091", self.desk.addr().to_string()),
            ("127.0.0.1:9092", self.helpdesk.addr().to_string()),
            ("127.0.0.1:9093", self.hub.addr().to_string()),
            ("/etc/ticketbridge", format!("{folder}/config")),
            ("/var/backups/ticketbridge", format!("{folder}/backups")),
            ("/var/lib/ticketbridge", self.state().display().to_string()),
            ("/usr/", format!("{folder}/usr/")),
        ] {
            text = text.replace(from, &to);
        }
        text
    }

    /// What has to be so before a block, and no more what had to be before another.
    pub(super) async fn before(&mut self, block: &Block) {
        for (path, text) in self.changed.drain(..).rev() {
            match text {
                Some(text) => fs::write(path, text).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
        }
        let wanted = rules::BEFORE;
        for (begin, heading, before) in &wanted {
            if block.is(heading, begin) {
                cast::make_so(self, *before).await;
            }
        }
    }

    /// Changes a file beside the configuration for one block.
    pub(super) fn change_for_a_while(&mut self, name: &str, to: impl Fn(&str) -> String) {
        let path = self.folder.path().join("config").join(name);
        let before = fs::read_to_string(&path).ok();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, to(before.as_deref().unwrap_or_default())).unwrap();
        self.changed.push((path, before));
    }

    pub(super) async fn perform(&mut self, block: &Block, step: &Step, treatment: Treatment) {
        let place = block.place();
        match treatment {
            Treatment::NotRun(_) => (),
            Treatment::Serve => self.start().await,
            Treatment::Start => self.start().await,
            Treatment::Stop => self.stop().await,
            Treatment::ExitCode => {
                assert_eq!(step.shown, [self.ended_with.to_string()], "{place}");
            }
            Treatment::Run => {
                let text = cast::with_what_there_is(self, block, &step.text).await;
                let text = self.placed(&text);
                let begun = Instant::now();
                let output = self.shell(&text).await;
                let took = begun.elapsed();
                if took > SLOW {
                    println!("{place} took {took:?}: {text}");
                }
                let shown = |bytes: &[u8]| self.unplaced(&String::from_utf8_lossy(bytes));
                let (printed, said) = (shown(&output.stdout), shown(&output.stderr));
                self.ended_with = output.status.code().unwrap_or(-1);
                let told = format!("{place}: {text}\n{printed}\n{said}");
                let expected = rules::exit_codes(step);
                assert!(
                    expected.contains(&self.ended_with),
                    "{} is not in {expected:?} {told}",
                    self.ended_with
                );
                let refused = step.shown.iter().any(|line| line.contains("\"errors\""));
                for status in said.lines().filter_map(|line| line.strip_prefix("status ")) {
                    let taken = status.starts_with('2');
                    assert_ne!(taken, refused, "{told}");
                }
                let both = format!("{printed}\n{said}");
                if let Some(difference) = shape::difference(rules::shown(step), &both) {
                    panic!("{difference}, {told}");
                }
            }
        }
    }

    /// What was printed, with the documents' folders.
    fn unplaced(&self, text: &str) -> String {
        let folder = self.folder.path().display().to_string();
        let state = self.state().display().to_string();
        // As the configuration has it.
        let text = text.replace(
            &state.replace(&folder, &format!("{folder}/config/..")),
            &state,
        );
        let text = text.replace(&state, "/var/lib/ticketbridge");
        text.replace(&format!("{folder}/backups"), "/var/backups/ticketbridge")
            .replace(&format!("{folder}/config"), "/etc/ticketbridge")
    }

    async fn shell(&self, text: &str) -> Output {
        let path = std::env::var("PATH").unwrap();
        let bin = self.folder.path().join("bin");
        let typed = self.folder.path().join("typed");
        fs::write(&typed, "qminder-key\n").unwrap();
        let running = Command::new("bash")
            .args(["-c", text])
            .current_dir(self.folder.path())
            .env("PATH", format!("{}:{path}", bin.display()))
            .env("no_proxy", "*")
            .stdin(Stdio::from(fs::File::open(typed).unwrap()))
            .kill_on_drop(true)
            .output();
        let output = timeout(Duration::from_secs(60), running).await;
        output
            .unwrap_or_else(|_| panic!("does not end: {text}\n{}", self.log()))
            .unwrap()
    }

    /// What a command of ours prints; it has to succeed.
    pub(super) async fn ok(&self, command: &str) -> Vec<u8> {
        let output = self.shell(&format!("ticketbridge {command}")).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {said}");
        output.stdout
    }

    /// The same, with `--json`.
    pub(super) async fn json(&self, command: &str) -> serde_json::Value {
        serde_json::from_slice(&self.ok(&format!("{command} --json")).await).unwrap()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    async fn start(&mut self) {
        let log = self.folder.path().join("log");
        let log = fs::File::options().create(true).append(true).open(log);
        let log = log.unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ticketbridge"));
        command.arg("serve").arg("--config").arg(self.config());
        let daemon = command
            .stderr(log)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.daemon = Some(daemon.unwrap());
        self.until("the daemon takes tickets", async |world: &Self| {
            let ended = world.client.get(world.url("/readyz")).send().await;
            ended.is_ok_and(|answer| answer.status().is_success())
        })
        .await;
    }

    /// Waits for what another process does, which gives no signal.
    pub(super) async fn until(&self, what: &str, is_so: impl AsyncFn(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !is_so(self).await {
            assert!(Instant::now() < deadline, "{what}: not so\n{}", self.log());
            sleep(Duration::from_millis(10)).await;
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = self.daemon.as_ref().and_then(Child::id).unwrap();
        kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal).unwrap();
    }

    pub(super) async fn reload(&self) {
        const DONE: &str = "the new configuration is in force";
        let before = self.log().matches(DONE).count();
        self.signal(Signal::HUP);
        self.until(DONE, async |world: &Self| {
            world.log().matches(DONE).count() > before
        })
        .await;
    }

    async fn stop(&mut self) {
        self.signal(Signal::TERM);
        let mut daemon = self.daemon.take().unwrap();
        let ended = timeout(Duration::from_secs(30), daemon.wait()).await;
        assert!(ended.unwrap().unwrap().success(), "{}", self.log());
    }

    pub(super) async fn end(mut self) {
        if self.daemon.is_some() {
            self.stop().await;
        }
        self.receiver.stop().await;
        self.desk.stop().await;
        self.helpdesk.stop().await;
        self.hub.stop().await;
    }
}

/// As `ticketbridge-sim receiver` does.
fn behaviour(path: &str) -> Option<Behaviour> {
    let status = path
        .strip_prefix("/status/")
        .map(|rest| rest.split('/').next());
    Some(
        match status.flatten().and_then(|status| status.parse().ok()) {
            Some(status) => Behaviour::Status(status),
            None if path.starts_with("/hooks/catch/") => Behaviour::ZapierCatchHook,
            None => Behaviour::ValidReply,
        },
    )
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap()
}

fn write_program(path: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, format!("#!/bin/sh\n{script}")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
