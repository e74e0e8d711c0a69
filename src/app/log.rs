//! Where the log goes, and how much of it.

mod lines;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::Level;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::Subscriber as FmtSubscriber;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, registry, reload};

use crate::http::admin::LogControl;
use crate::settings::{Log, LogFormat, judge_log_level};

/// Sends log lines to standard error from now on.
///
/// # Errors
///
/// If the level is no filter, or a log is set up already.
pub fn init(log: &Log) -> Result<LogLevel, anyhow::Error> {
    let (filter, handle) = reload::Layer::new(filter(&log.level)?);
    let lines = fmt::layer().with_writer(io::stderr);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match resolve(log.format) {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        LogFormat::Journald => lines.event_format(lines::journald()).boxed(),
        // Nothing reads a terminal line by line.
        LogFormat::Text | LogFormat::Auto if io::IsTerminal::is_terminal(&io::stderr()) => {
            lines.with_ansi(true).boxed()
        }
        LogFormat::Text | LogFormat::Auto => {
            lines.with_ansi(false).event_format(lines::text()).boxed()
        }
    };
    let registry = registry().with(lines.with_filter(filter));
    registry
        .try_init()
        .map_err(|error| anyhow::anyhow!("cannot set up the log: {error}"))?;
    Ok(LogLevel {
        filter: handle,
        spec: Arc::new(Mutex::new(log.level.clone())),
    })
}

/// What a log lets through; clones are the same.
#[derive(Clone)]
pub struct LogLevel {
    filter: reload::Handle<EnvFilter, Registry>,
    spec: Arc<Mutex<String>>,
}

impl LogLevel {
    /// What it lets through now.
    pub(super) fn spec(&self) -> String {
        self.locked().clone()
    }

    /// From now on.
    pub(super) fn set(&self, spec: &str) -> Result<(), anyhow::Error> {
        let mut present = self.locked();
        self.filter.reload(filter(spec)?)?;
        spec.clone_into(&mut present);
        Ok(())
    }

    fn locked(&self) -> MutexGuard<'_, String> {
        self.spec.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For the operator's interface.
    pub(super) fn control(&self) -> LogControl {
        let (told, set) = (self.clone(), self.clone());
        LogControl::new(
            move || told.spec(),
            move |spec| {
                judge_log_level(spec)?;
                set.set(spec).map_err(|error| format!("{error:#}"))
            },
        )
    }
}

/// What `spec` lets through, but for what the store's engine traces: that has the bytes of tickets in it.
fn filter(spec: &str) -> Result<EnvFilter, anyhow::Error> {
    let filter = EnvFilter::try_new(spec)?;
    if filter.max_level_hint() == Some(LevelFilter::TRACE) {
        return Ok(filter.add_directive("sled=info".parse()?));
    }
    Ok(filter)
}

/// Shows warnings on standard error, for a command beside the daemon. A log that is there already will do.
pub fn init_for_command() {
    let builder = FmtSubscriber::builder()
        .with_max_level(Level::WARN)
        .with_ansi(io::IsTerminal::is_terminal(&io::stderr()))
        .with_writer(io::stderr);
    drop(builder.without_time().with_target(false).try_init());
}

/// Sends panics to the log from now on: where they happened, and what they said unless that was put together then,
/// since it may quote what a message says.
pub(super) fn show_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let said = panic
            .payload()
            .downcast_ref::<&str>()
            .copied()
            .unwrap_or("for a reason that is not shown");
        tracing::error!(place, said, "a panic; please report this");
    }));
}

fn resolve(format: LogFormat) -> LogFormat {
    match format {
        LogFormat::Auto if is_journal() => LogFormat::Journald,
        LogFormat::Auto => LogFormat::Text,
        other => other,
    }
}

/// Whether standard error is the journal's, and not only that of whoever started this process.
pub fn is_journal() -> bool {
    let Some(stream) = std::env::var_os("JOURNAL_STREAM") else {
        return false;
    };
    rustix::fs::fstat(io::stderr())
        .is_ok_and(|found| stream.to_str() == Some(&format!("{}:{}", found.st_dev, found.st_ino)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_does_not_trace_what_it_stores() {
        for (spec, quiet) in [
            ("trace", true),
            ("info,ticketbridge=trace", true),
            ("sled=trace", true),
            ("debug", false),
            ("info", false),
        ] {
            let shown = filter(spec).unwrap().to_string();
            assert_eq!(shown.contains("sled=info"), quiet, "{spec}: {shown}");
            assert!(!shown.contains("sled=trace"), "{spec}: {shown}");
        }
    }
}
