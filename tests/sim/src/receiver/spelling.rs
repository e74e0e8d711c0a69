//! The words for behaviours on a command line.

use std::str::FromStr;
use std::time::Duration;

use serde_json::Value;

use super::Behaviour;

/// A word is not a behaviour, or lacks what belongs to it.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a behaviour")]
pub struct UnknownBehaviour(pub String);

impl FromStr for Behaviour {
    type Err = UnknownBehaviour;

    /// Reads `WORD` or `WORD:ARGUMENT`, such as `gone`, `status:503`, `late:2s`,
    /// `redirect:http://127.0.0.1:1/`, `fail:3:500` and `json:201:{}`.
    fn from_str(text: &str) -> Result<Self, UnknownBehaviour> {
        let (word, argument) = match text.split_once(':') {
            Some((word, argument)) => (word, Some(argument)),
            None => (text, None),
        };
        let spelt = match argument {
            None => alone(word),
            Some(argument) => with(word, argument),
        };
        spelt.ok_or_else(|| UnknownBehaviour(text.to_owned()))
    }
}

fn alone(word: &str) -> Option<Behaviour> {
    Some(match word {
        "valid" => Behaviour::ValidReply,
        "zapier" => Behaviour::ZapierCatchHook,
        "empty" => Behaviour::Empty(200),
        "wrong-json" => Behaviour::WrongJson,
        "gone" => Behaviour::Gone,
        "hang" => Behaviour::Hang,
        "hang-before-reading" => Behaviour::HangBeforeReading,
        "reset" => Behaviour::Reset,
        "reset-after-headers" => Behaviour::ResetAfterHeaders,
        "close" => Behaviour::CloseWithoutAnswer,
        "endless" => Behaviour::EndlessBody,
        "garbage" => Behaviour::Garbage,
        "broken-chunks" => Behaviour::BrokenChunks,
        "lying-length" => Behaviour::LyingContentLength,
        "endless-headers" => Behaviour::EndlessHeaders,
        "endless-informational" => Behaviour::EndlessInformational,
        "huge-chunk" => Behaviour::HugeChunk,
        "chunk-beyond-numbers" => Behaviour::ChunkBeyondNumbers,
        "reset-at-head" => Behaviour::ResetAtHead,
        "reset-in-head" => Behaviour::ResetInHead,
        "old-http" => Behaviour::OldHttp,
        "gzip-bomb" => Behaviour::GzipBomb,
        "short-length" => Behaviour::ShortContentLength,
        "two-lengths" => Behaviour::TwoContentLengths,
        "extra-answer" => Behaviour::ExtraAnswer {
            after: Duration::ZERO,
        },
        "close-after-answer" => Behaviour::CloseAfterAnswer,
        "reset-when-reused" => Behaviour::ResetWhenReused,
        _ => return None,
    })
}

fn with(word: &str, argument: &str) -> Option<Behaviour> {
    Some(match word {
        "empty" => Behaviour::Empty(status(argument)?),
        "status" => Behaviour::Status(status(argument)?),
        "json" => {
            let (code, value) = argument.split_once(':')?;
            let value: Value = serde_json::from_str(value).ok()?;
            Behaviour::Json(status(code)?, value)
        }
        "throttle" => Behaviour::Throttle {
            retry_after: argument.to_owned(),
        },
        "fail" => {
            let (count, code) = argument.split_once(':').unwrap_or((argument, "500"));
            Behaviour::FailFor {
                count: count.parse().ok()?,
                status: status(code)?,
            }
        }
        "redirect" => Behaviour::Redirect {
            to: argument.to_owned(),
        },
        "drip" => Behaviour::SlowDrip {
            every: time(argument)?,
        },
        "drip-headers" => Behaviour::DripHeaders {
            every: time(argument)?,
        },
        "drip-status-line" => Behaviour::DripStatusLine {
            every: time(argument)?,
        },
        "extra-answer" => Behaviour::ExtraAnswer {
            after: time(argument)?,
        },
        "early" => Behaviour::EarlyAnswer(status(argument)?),
        "informational" => Behaviour::Informational {
            count: argument.parse().ok()?,
        },
        "late" => Behaviour::LateAnswer {
            after: time(argument)?,
        },
        "huge-headers" => Behaviour::HugeHeaders {
            bytes: argument.parse().ok()?,
        },
        "many-headers" => Behaviour::ManyHeaders {
            count: argument.parse().ok()?,
        },
        _ => return None,
    })
}

fn status(digits: &str) -> Option<u16> {
    digits
        .parse()
        .ok()
        .filter(|status| (200..=599).contains(status))
}

/// A duration above zero, since nothing can be done every nothing.
fn time(words: &str) -> Option<Duration> {
    humantime::parse_duration(words)
        .ok()
        .filter(|time| !time.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_behaviours() {
        let cases = [
            ("valid", Behaviour::ValidReply),
            ("empty", Behaviour::Empty(200)),
            ("empty:204", Behaviour::Empty(204)),
            (
                "json:201:{\"a\":\"b:c\"}",
                Behaviour::Json(201, serde_json::json!({ "a": "b:c" })),
            ),
            (
                "fail:3",
                Behaviour::FailFor {
                    count: 3,
                    status: 500,
                },
            ),
            (
                "fail:3:502",
                Behaviour::FailFor {
                    count: 3,
                    status: 502,
                },
            ),
            (
                "throttle:5",
                Behaviour::Throttle {
                    retry_after: "5".to_owned(),
                },
            ),
            (
                "redirect:http://h:1/",
                Behaviour::Redirect {
                    to: "http://h:1/".to_owned(),
                },
            ),
            (
                "late:1m 30s",
                Behaviour::LateAnswer {
                    after: Duration::from_secs(90),
                },
            ),
            (
                "drip:50ms",
                Behaviour::SlowDrip {
                    every: Duration::from_millis(50),
                },
            ),
        ];
        for (text, behaviour) in cases {
            assert_eq!(text.parse::<Behaviour>().unwrap(), behaviour, "{text}");
        }
        for unknown in [
            "",
            "Valid",
            "valid:1",
            "status",
            "status:99",
            "status:600",
            "late:0s",
            "json:200:{",
        ] {
            let refused = unknown.parse::<Behaviour>().unwrap_err();
            assert_eq!(
                refused.to_string(),
                format!("{unknown:?} is not a behaviour")
            );
        }
    }
}
