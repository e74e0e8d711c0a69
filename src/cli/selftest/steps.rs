//! What is tried, in order, each against the clock.

use std::future::Future;
use std::io;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};
use tokio::net::UnixStream;
use tokio::time::{Instant, sleep, timeout};

use crate::cli::failure::Failure;
use crate::cli::transport::Socket;
use crate::http::admin::wire::Delivery;
use crate::settings::Settings;

use super::receiver::{Received, Receiver};
use super::report::Report;
use super::stage::Stage;

/// Nothing that works takes as long.
const LONGEST: Duration = Duration::from_secs(30);
/// How soon another process is looked at again.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

const UID: &str = "selftest-1";
const TEXT: &str = "This is a test, ünïcode and all. 👋";

pub(super) async fn all(
    stage: &Stage,
    settings: &Settings,
    report: &mut Report,
) -> anyhow::Result<()> {
    if runs_here(settings).await {
        let asked = running_daemon(settings);
        measured(report, "the daemon that runs here answers", asked).await?;
    }
    let receiver = Receiver::listen().await.context("cannot listen")?;
    measured(
        report,
        "a daemon of the test's own takes tickets",
        start(stage),
    )
    .await?;
    let http = Socket::reach(&stage.http(), &stage.store()).await?;
    let http = Http {
        socket: http,
        stage,
    };
    let url = receiver.url();
    let taken = http.sends_ticket(&url);
    let ticket = measured(report, "a ticket is taken and synced", taken).await?;
    let began = Instant::now();
    let replied = http.replies(ticket);
    measured(report, "an agent's reply is taken and synced", replied).await?;
    let arrives = async { check(&receiver.receive().await?) };
    measured(report, "the reply arrives", arrives).await?;
    let settles = settled(stage, ticket);
    measured(report, "that it was delivered is synced", settles).await?;
    report.step(
        "from the reply to the end of that, in all",
        began.elapsed(),
        true,
    );
    measured(report, "the daemon stops in order", stage.stop()).await
}

async fn measured<T>(
    report: &mut Report,
    step: &'static str,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let began = Instant::now();
    let done = timeout(LONGEST, work).await;
    let done = done.unwrap_or_else(|_| bail!("not within {} s", LONGEST.as_secs()));
    report.step(step, began.elapsed(), done.is_ok());
    done.with_context(|| format!("it is not so that {step}"))
}

/// Also where that is kept from whoever asks.
async fn runs_here(settings: &Settings) -> bool {
    match UnixStream::connect(&settings.admin.socket).await {
        Ok(_) => true,
        Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
    }
}

async fn running_daemon(settings: &Settings) -> anyhow::Result<()> {
    let path = &settings.admin.socket;
    let socket = Socket::reach(path, &settings.store.path).await;
    let socket = socket.with_context(|| format!("cannot use {}", path.display()))?;
    ask(&socket, Method::GET, "/admin/v1/status", &[], None).await?;
    Ok(())
}

async fn start(stage: &Stage) -> anyhow::Result<()> {
    stage.start()?;
    loop {
        if let Some(ended) = stage.has_ended() {
            bail!("the daemon ended with {ended}");
        }
        if let Ok(socket) = Socket::reach(&stage.http(), &stage.store()).await {
            // 503 says why, and does not pass by itself.
            ask(&socket, Method::GET, "/readyz", &[], None).await?;
            return Ok(());
        }
        // Another process, so there is no signal to wait for.
        sleep(LOOK_AGAIN).await;
    }
}

/// What those outside do.
struct Http<'a> {
    socket: Socket,
    stage: &'a Stage,
}

impl Http<'_> {
    async fn sends_ticket(&self, response_url: &str) -> anyhow::Result<u64> {
        let ticket = json!({
            "external_uid": UID,
            "content": TEXT,
            "response_url": response_url,
            "author": { "external_uid": "selftest", "username": "Selftest" },
            "created_at": "2020-04-04T23:35:27.632879Z",
        });
        let bearer = format!("Bearer {}", self.stage.token);
        let headers = [("authorization", bearer.as_str())];
        let path = "/brands/selftest/external_tickets";
        let taken = ask(&self.socket, Method::POST, path, &headers, Some(&ticket)).await?;
        let taken: Value = serde_json::from_slice(&taken)?;
        taken["id"].as_u64().context("the answer has no number")
    }

    async fn replies(&self, ticket: u64) -> anyhow::Result<()> {
        let path = format!("/api/v1/external/tickets/{ticket}/messages");
        let headers = [("x-api-key", self.stage.key.as_str())];
        let reply = json!({ "content": TEXT });
        ask(&self.socket, Method::POST, &path, &headers, Some(&reply)).await?;
        Ok(())
    }
}

fn check(received: &Received) -> anyhow::Result<()> {
    ensure!(
        received.headers.contains_key("webhook-id"),
        "the reply has no Webhook-Id"
    );
    let body: Value = serde_json::from_slice(&received.body).context("the reply is no JSON")?;
    let expected = json!({
        "response_text": TEXT,
        "author": { "external_uid": "1", "username": "Selftest" },
        "parent_id": UID,
    });
    ensure!(body == expected, "the reply says something else: {body}");
    Ok(())
}

async fn settled(stage: &Stage, ticket: u64) -> anyhow::Result<()> {
    let socket = Socket::reach(&stage.admin(), &stage.store()).await?;
    let path = format!("/admin/v1/deliveries?ticket={ticket}");
    loop {
        let answer = ask(&socket, Method::GET, &path, &[], None).await?;
        let deliveries: Vec<Delivery> = serde_json::from_slice(&answer)?;
        let [delivery] = deliveries.as_slice() else {
            bail!("there are {} deliveries", deliveries.len());
        };
        match delivery.state.as_str() {
            // The receiver's answer is no reply response.
            "unverified" => return Ok(()),
            "due" | "started" if delivery.attempts == 0 => {}
            other => bail!("the delivery is {other}"),
        }
        // Another process, so there is no signal to wait for.
        sleep(LOOK_AGAIN).await;
    }
}

/// The body of an answer that is a success.
async fn ask(
    socket: &Socket,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> anyhow::Result<Bytes> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "ticketbridge")
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = body.map(Value::to_string).unwrap_or_default();
    let answer = socket.call(request.body(body.into())?).await;
    let (head, body) = answer.map_err(words)?.into_parts();
    ensure!(
        head.status.is_success(),
        "the answer is {}: {}",
        head.status,
        String::from_utf8_lossy(&body).trim()
    );
    Ok(body)
}

fn words(failure: Failure) -> anyhow::Error {
    anyhow::anyhow!(failure.words())
}
