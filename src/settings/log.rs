//! `[log]`: how much is said, and in what form.

use config::Value;
use tracing_subscriber::EnvFilter;

use super::effective::quoted;
use super::problem::Fault;
use super::reader::{Read, Section, parse};

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// `[log]`
#[derive(Debug, Clone)]
pub struct Log {
    /// A level or a `tracing` filter, such as `info,ticketbridge::delivery=debug`.
    pub level: String,
    /// How lines look.
    pub format: LogFormat,
}

/// `log.format`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// `journald` where standard error is the journal, else `text`.
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
    /// Text with a syslog priority in front and no time.
    Journald,
}

impl Log {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let level = section.need("level", level);
        let format = section.need(
            "format",
            parse::choice(&[
                ("auto", LogFormat::Auto),
                ("text", LogFormat::Text),
                ("json", LogFormat::Json),
                ("journald", LogFormat::Journald),
            ]),
        );
        Some(Self {
            level: level?,
            format: format?,
        })
    }
}

fn level(value: &Value) -> Result<String, Fault> {
    match parse::line_of_text(value) {
        Ok(text) => judge(&text).map(|()| text),
        Err(fault) => Err(Fault::new(fault.what, expected())),
    }
}

/// Whether `spec` can stand as `log.level`.
///
/// # Errors
///
/// What is wrong with it and what it may be, to follow its name.
pub fn judge_log_level(spec: &str) -> Result<(), String> {
    judge(spec).map_err(|fault| format!("{}; expected {}", fault.what, fault.expected))
}

fn judge(spec: &str) -> Result<(), Fault> {
    let valid = EnvFilter::builder().parse(spec).is_ok();
    // The filter takes any single word for the name of a module, also a misspelt level.
    let misspelt = spec.split(',').any(|directive| {
        let is_word = !directive.contains(['=', ':', '[']);
        is_word
            && !LEVELS
                .iter()
                .any(|level| level.eq_ignore_ascii_case(directive))
    });
    if !valid || misspelt {
        return Err(Fault::new(format!("is {}", quoted(spec)), expected()));
    }
    Ok(())
}

fn expected() -> String {
    format!(
        "one of {}, or a filter such as \"info,ticketbridge::delivery=debug\"",
        LEVELS.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use crate::settings::LogFormat;
    use crate::settings::trial::{loaded, sole_problem};

    #[test]
    fn levels_and_filters_are_taken() {
        for level in [
            "off",
            "INFO",
            "info,ticketbridge::delivery=debug",
            "warn,ticketbridge=trace",
        ] {
            assert_eq!(
                loaded(&format!("[log]\nlevel = \"{level}\""))
                    .settings
                    .log
                    .level,
                level
            );
        }
        for level in [
            "",
            "inof",
            "info,ticketbridge=loud",
            "info,,debug",
            "warn, ticketbridge=trace",
            "a=b=c",
        ] {
            let problem = sole_problem(&format!("[log]\nlevel = \"{level}\""));
            assert!(problem.starts_with("log.level "), "{problem}");
        }
    }

    #[test]
    fn formats_are_listed() {
        assert_eq!(
            loaded("[log]\nformat = \"json\"").settings.log.format,
            LogFormat::Json
        );
        let problem = sole_problem("[log]\nformat = \"xml\"");
        assert!(
            problem.contains(r#"is "xml"; expected one of "auto", "text", "json", "journald""#),
            "{problem}"
        );
    }
}
