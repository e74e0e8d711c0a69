//! What log lines look like.

use std::io;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::{Compact, Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, Subscriber as FmtSubscriber};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, registry, reload};

use crate::settings::{Log, LogFormat};

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
        LogFormat::Journald => lines.event_format(Journald::new()).boxed(),
        LogFormat::Text | LogFormat::Auto => {
            let is_terminal = io::IsTerminal::is_terminal(&io::stderr());
            lines.with_ansi(is_terminal).boxed()
        }
    };
    let log = registry().with(lines.with_filter(filter));
    log.try_init()
        .map_err(|error| anyhow::anyhow!("cannot set up the log: {error}"))?;
    Ok(LogLevel(handle))
}

/// Changes what a log lets through.
pub struct LogLevel(reload::Handle<EnvFilter, Registry>);

impl LogLevel {
    /// From now on.
    pub(super) fn set(&self, level: &str) -> Result<(), anyhow::Error> {
        Ok(self.0.reload(filter(level)?)?)
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
        LogFormat::Auto if std::env::var_os("JOURNAL_STREAM").is_some() => LogFormat::Journald,
        LogFormat::Auto => LogFormat::Text,
        other => other,
    }
}

/// Lines with a syslog priority in front, which the journal takes off, and without a time, which it has itself.
struct Journald(Format<Compact, ()>);

impl Journald {
    fn new() -> Self {
        Self(
            Format::default()
                .compact()
                .without_time()
                .with_level(false)
                .with_ansi(false),
        )
    }
}

impl<S, N> FormatEvent<S, N> for Journald
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> std::fmt::Result {
        let priority = match *event.metadata().level() {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            Level::DEBUG | Level::TRACE => 7,
        };
        write!(writer, "<{priority}>")?;
        self.0.format_event(context, writer, event)
    }
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
