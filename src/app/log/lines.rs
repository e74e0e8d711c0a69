//! What log lines look like: one event is one line, whatever its fields say.

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{Compact, Format, Full, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// For people: the time, the level, and what happened.
pub(super) fn text() -> Lines<Format<Full>> {
    Lines {
        format: Format::default(),
        with_priority: false,
    }
}

/// A syslog priority in front, which the journal takes off, and no time, which it has itself.
pub(super) fn journald() -> Lines<Format<Compact, ()>> {
    let format = Format::default().compact().without_time();
    Lines {
        format: format.with_level(false).with_ansi(false),
        with_priority: true,
    }
}

pub(super) struct Lines<F> {
    format: F,
    with_priority: bool,
}

impl<S, N, F> FormatEvent<S, N> for Lines<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> std::fmt::Result {
        if self.with_priority {
            write!(writer, "<{}>", priority(*event.metadata().level()))?;
        }
        let mut line = String::new();
        self.format
            .format_event(context, Writer::new(&mut line), event)?;
        for (index, part) in line.trim_end_matches('\n').split('\n').enumerate() {
            if index > 0 {
                writer.write_str("\\n")?;
            }
            for (index, part) in part.split('\r').enumerate() {
                if index > 0 {
                    writer.write_str("\\r")?;
                }
                writer.write_str(part)?;
            }
        }
        writer.write_char('\n')
    }
}

/// As syslog(3) numbers them.
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::{self, MakeWriter};
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Page {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    impl Page {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    fn say() {
        tracing::error!(ticket = 17, error = %"it said\r\nGET / and ended\n", "did not work");
        tracing::warn!("may work");
        tracing::info!("works");
        tracing::debug!("is at work");
    }

    #[test]
    fn the_journal_gets_a_priority_and_no_time_on_each_line() {
        let page = Page::default();
        let layer = fmt::layer()
            .with_writer(page.clone())
            .event_format(journald());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), say);
        let here = module_path!();
        assert_eq!(
            page.text(),
            format!(
                "<3>{here}: did not work ticket=17 error=it said\\r\\nGET / and ended\n\
                 <4>{here}: may work\n<6>{here}: works\n<7>{here}: is at work\n"
            )
        );
    }

    #[test]
    fn people_get_a_time_and_a_level_on_each_line() {
        let page = Page::default();
        let layer = fmt::layer()
            .with_writer(page.clone())
            .with_ansi(false)
            .event_format(text());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), say);
        let text = page.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        for (line, level) in lines.iter().zip(["ERROR", " WARN", " INFO", "DEBUG"]) {
            let (time, rest) = line.split_at(27);
            assert!(time.parse::<jiff::Timestamp>().is_ok(), "{line}");
            assert!(rest.starts_with(&format!(" {level} ")), "{line}");
        }
    }
}
