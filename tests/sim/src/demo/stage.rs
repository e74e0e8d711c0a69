//! The peers on loopback, the daemon between them, and how to wait until something has happened there.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use serde_json::Value;
use ticketbridge_sim::zapier::Attempt;
use ticketbridge_sim::{Behaviour, DeskHive, Qminder, Receiver, Respondo, Zap};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use super::agent::Agent;
use super::daemon::Daemon;
use super::folder::{Addresses, Folder, HOOK_SECRET, HOOK_URL, ZAP_TOKEN, config};
use super::ledger::Ledger;
use super::show::{Place, Show};

/// How long something may take.
pub(super) const SOON: Duration = Duration::from_secs(30);
/// How often the daemon is asked, which cannot call us.
const LOOK: Duration = Duration::from_millis(20);
/// Where Zapier takes replies; its last part is a secret.
const HOOK: &str = "/hooks/catch/1234567/demo-hook-secret/";

#[derive(Debug)]
pub(super) struct Stage {
    pub(super) qminder: Qminder,
    pub(super) desk: DeskHive,
    pub(super) hub: Respondo,
    pub(super) hook: Receiver,
    pub(super) zap: Zap,
    pub(super) agent: Agent,
    pub(super) daemon: Daemon,
    pub(super) ledger: Ledger,
    pub(super) show: Show,
    /// After the daemon, which uses it to its end.
    pub(super) folder: Folder,
}

impl Stage {
    /// With everybody in their places, but the daemon not at work.
    pub(super) async fn set(show: Show, keep: Option<&Path>) -> anyhow::Result<Self> {
        let folder = Folder::new(keep)?;
        let qminder = Qminder::start().await?;
        let desk = DeskHive::start().await?;
        // The daemon asks more often than it would for real.
        desk.unlimited();
        desk.add_agent(5, "Agent Jones");
        let hub = Respondo::start().await?;
        let hook = Receiver::start().await?;
        hook.behave(HOOK, Behaviour::ZapierCatchHook);
        let addr = free_address()?;
        qminder.register_webhook(HOOK_URL, HOOK_SECRET);
        qminder.deliver_webhooks_to(addr);
        let addresses = Addresses {
            daemon: addr,
            front_desk: qminder.base_url(),
            helpdesk: desk.base_url(),
            hub: hub.base_url(),
        };
        let configuration = folder.furnish(&config(&addresses))?;
        let daemon = Daemon::new(configuration, folder.path().join("daemon.log"));
        let intake = format!("http://{addr}/brands/acme/external_tickets");
        Ok(Self {
            qminder,
            desk,
            hub,
            hook,
            zap: Zap::new(&intake)?,
            agent: Agent::of(addr)?,
            daemon,
            ledger: Ledger::default(),
            show,
            folder,
        })
    }

    /// Starts the daemon, and waits until it lets its agent in.
    pub(super) async fn start_daemon(&mut self) -> anyhow::Result<u32> {
        let pid = self.daemon.start()?;
        let started = Instant::now();
        while !self.agent.is_let_in().await {
            if self.daemon.has_ended()? {
                bail!("expected the daemon to take tickets, but it ended");
            }
            if started.elapsed() > SOON {
                bail!("expected the daemon to take tickets within {SOON:?}");
            }
            sleep(LOOK).await;
        }
        Ok(pid)
    }

    pub(super) fn act(&mut self, title: &str) -> anyhow::Result<()> {
        Ok(self.show.act(title)?)
    }

    pub(super) fn saw(&self, place: Place, words: impl AsRef<str>) -> anyhow::Result<()> {
        Ok(self.show.saw(place, words.as_ref())?)
    }

    /// Waits for something at a peer, which says itself when it is too late.
    pub(super) async fn expect<T, E>(
        &self,
        what: &str,
        coming: impl Future<Output = Result<T, E>>,
    ) -> anyhow::Result<T>
    where
        E: Into<anyhow::Error>,
    {
        let began = Instant::now();
        let every = self.show.patience();
        let mut ticks = interval_at(began + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::pin!(coming);
        let mut is_shown = false;
        let came = loop {
            tokio::select! {
                biased;
                came = &mut coming => break came,
                _ = ticks.tick() => {
                    is_shown = true;
                    self.show.waits(what, began.elapsed())?;
                }
            }
        };
        if is_shown {
            self.show.waits_no_more()?;
        }
        came.map_err(Into::into)
            .with_context(|| format!("expected: {what}"))
    }

    /// Waits until the daemon's agent sees something, asking again and again.
    pub(super) async fn agent_sees<T>(
        &self,
        what: &str,
        mut look: impl AsyncFnMut(&Agent) -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<T> {
        let looking = async {
            let began = Instant::now();
            loop {
                if let Some(seen) = look(&self.agent).await? {
                    return Ok(seen);
                }
                if began.elapsed() > SOON {
                    return Err(anyhow!("it did not happen within {SOON:?}"));
                }
                sleep(LOOK).await;
            }
        };
        self.expect(what, looking).await
    }

    /// Somebody writes to the Zap, which sends it once; the number of the ticket that came of it.
    pub(super) async fn zap_sends(&self, mail: &Mail<'_>) -> anyhow::Result<(u16, Value)> {
        let attempt = self.try_zap(mail).await;
        let (status, body) = attempt
            .answer
            .map_err(|why| anyhow!("the Zap was not answered: {why}"))?;
        let taken = serde_json::from_str(&body).with_context(|| format!("{status} {body}"))?;
        Ok((status, taken))
    }

    /// The same, when the daemon may not be there.
    pub(super) async fn try_zap(&self, mail: &Mail<'_>) -> Attempt {
        let url = self.hook.url(HOOK);
        let rows = [
            ("external_uid", mail.uid),
            ("parent_uid", mail.parent.unwrap_or_default()),
            ("content", mail.text),
            ("response_url", &url),
            ("author__external_uid", mail.address),
            ("author__username", mail.from),
            ("created_at", "2026-11-21 08:00:00 UTC"),
            ("token__name", "zapier"),
            ("token__token", ZAP_TOKEN),
        ];
        self.zap.step(&rows).await
    }

    /// Waits until so many replies have come to the hook in all; the last of them.
    pub(super) async fn hook_gets(&self, what: &str, count: usize) -> anyhow::Result<Vec<Reply>> {
        self.expect(what, self.hook.wait_for(HOOK, count, SOON))
            .await?;
        self.replies()
    }

    /// All replies that came to the hook and were taken, in their order.
    pub(super) fn replies(&self) -> anyhow::Result<Vec<Reply>> {
        let taken = self.hook.received().into_iter();
        let taken = taken.filter(|one| one.answered == Some(200));
        taken.map(|one| Reply::of(&one)).collect()
    }
}

/// What a customer writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mail<'m> {
    pub(super) uid: &'m str,
    pub(super) parent: Option<&'m str>,
    pub(super) from: &'m str,
    pub(super) address: &'m str,
    pub(super) text: &'m str,
}

/// A reply that came to the hook.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) author: String,
    pub(super) answers: String,
}

impl Reply {
    fn of(received: &ticketbridge_sim::Received) -> anyhow::Result<Self> {
        let body = received.json().context("a reply that is not JSON")?;
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(Self {
            id: received.webhook_id().unwrap_or_default().to_owned(),
            text: word(&body["response_text"]),
            author: word(&body["author"]["username"]),
            answers: word(&body["parent_id"]),
        })
    }
}

fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?)
}
