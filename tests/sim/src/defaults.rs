//! How the paths of the binary behave that the command line says nothing about.

use std::time::Duration;

use ticketbridge_sim::Behaviour;

/// What `--help` says about paths and behaviours.
pub(crate) const HELP: &str = "\
Paths, of which only the beginning counts:
  /valid             checks the reply and answers as the format asks
  /hooks/catch/      acknowledges as a Zapier Catch Hook does, within its limits
  /empty             200 without a body
  /wrong-json        200 with JSON that is not an answer to a reply
  /throttle          429 with Retry-After: 5
  /fail-3            500 three times, then as /valid; any number will do
  /gone              410
  /redirect          307 to a name that does not exist
  /redirect-loopback 307 to this receiver's loopback address
  /hang              no answer
  /drip              a body that comes a byte a second
  /reset             a connection reset
  /endless           a body without an end
  /huge-headers      a header of 1 MiB
  /status/NNN        this status
  any other          as /valid

Behaviours:
  valid  zapier  empty[:STATUS]  status:STATUS  json:STATUS:JSON  wrong-json
  throttle:RETRY-AFTER  fail:COUNT[:STATUS]  gone  redirect:URL  late:TIME
  hang  hang-before-reading  drip:TIME  drip-headers:TIME  endless
  reset  reset-after-headers  close  garbage  broken-chunks  lying-length
  huge-headers:BYTES  many-headers:COUNT  endless-headers  drip-status-line:TIME
  informational:COUNT  endless-informational  early:STATUS  reset-at-head
  reset-in-head  old-http  gzip-bomb  short-length  two-lengths  huge-chunk
  chunk-beyond-numbers  extra-answer[:TIME]  close-after-answer  reset-when-reused

Example:
  ticketbridge-sim receiver --behave /slow=late:20s --behave /busy=throttle:30";

/// The behaviour of a path; `loopback` is a URL of the receiver itself.
pub(crate) fn behaviour(path: &str, loopback: &str) -> Behaviour {
    let mut segments = path.split('/').skip(1);
    let first = segments.next().unwrap_or_default();
    match (first, segments.next()) {
        ("hooks", Some("catch")) => Behaviour::ZapierCatchHook,
        ("empty", _) => Behaviour::Empty(200),
        ("wrong-json", _) => Behaviour::WrongJson,
        ("throttle", _) => Behaviour::Throttle {
            retry_after: "5".to_owned(),
        },
        ("gone", _) => Behaviour::Gone,
        // The name is reserved never to exist, so a client that follows harms nobody.
        ("redirect", _) => Behaviour::Redirect {
            to: "https://elsewhere.invalid/".to_owned(),
        },
        ("redirect-loopback", _) => Behaviour::Redirect {
            to: loopback.to_owned(),
        },
        ("hang", _) => Behaviour::Hang,
        ("drip", _) => Behaviour::SlowDrip {
            every: Duration::from_secs(1),
        },
        ("reset", _) => Behaviour::Reset,
        ("endless", _) => Behaviour::EndlessBody,
        ("huge-headers", _) => Behaviour::HugeHeaders { bytes: 1024 * 1024 },
        ("status", Some(status)) => format!("status:{status}")
            .parse()
            .unwrap_or(Behaviour::Status(404)),
        _ => match first
            .strip_prefix("fail-")
            .and_then(|count| count.parse().ok())
        {
            Some(count) => Behaviour::FailFor { count, status: 500 },
            None => Behaviour::ValidReply,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_path_says_how_it_behaves() {
        let loopback = "http://127.0.0.1:1/";
        let cases = [
            ("/", Behaviour::ValidReply),
            ("/valid/7", Behaviour::ValidReply),
            ("/anything", Behaviour::ValidReply),
            ("/hooks/catch/1/abc/", Behaviour::ZapierCatchHook),
            ("/hooks/other", Behaviour::ValidReply),
            ("/gone/7", Behaviour::Gone),
            (
                "/fail-3",
                Behaviour::FailFor {
                    count: 3,
                    status: 500,
                },
            ),
            ("/fail-x", Behaviour::ValidReply),
            (
                "/redirect-loopback",
                Behaviour::Redirect {
                    to: loopback.to_owned(),
                },
            ),
            ("/status/503", Behaviour::Status(503)),
            ("/status/99", Behaviour::Status(404)),
            ("/status", Behaviour::ValidReply),
        ];
        for (path, expected) in cases {
            assert_eq!(behaviour(path, loopback), expected, "{path}");
        }
    }
}
