//! `systems release ID --send` or `--discard`: asked again and again, a few seconds each time, until nothing is left.

use serde_json::json;
use tokio::time::Instant;

use crate::http::admin::wire::Released;

use super::super::failure::Failure;
use super::super::output::{complain, print};
use super::super::transport::Transport;
use super::super::words::counted;
use super::urlencoding;

/// How often it says how far it is, in seconds.
const SAY_EVERY: u64 = 10;

pub(super) async fn run(
    transport: &Transport,
    id: &str,
    send: bool,
    dry_run: bool,
    as_json: bool,
) -> Result<(), Failure> {
    let path = format!("systems/{}/release", urlencoding(id));
    let fate = if send { "send" } else { "discard" };
    let (mut after, mut done, mut refused) = (0, 0, 0);
    let mut said = Instant::now();
    let released = loop {
        let asked = json!({ "fate": fate, "after": after, "dry_run": dry_run });
        let released = transport.post(&path, &asked).await?.read::<Released>()?;
        done += released.done;
        refused += released.refused;
        match released.next {
            Some(next) => after = next,
            None => {
                break Released {
                    done,
                    refused,
                    ..released
                };
            }
        }
        if said.elapsed().as_secs() >= SAY_EVERY {
            complain(&format!("{done} so far, {} to go", released.left));
            said = Instant::now();
        }
    };
    if as_json {
        print(&serde_json::to_string(&released).map_err(anyhow::Error::new)?)?;
    } else {
        print(&told(&released))?;
    }
    match refused {
        0 => Ok(()),
        _ => Err(Failure::Reported(1)),
    }
}

fn told(released: &Released) -> String {
    let deliveries = |count: u64| counted(count, "delivery", "deliveries");
    let system = &released.system;
    let becomes = |verb: &str| match released.fate.as_str() {
        "send" => format!("{verb} sent"),
        _ => format!("{verb} discarded"),
    };
    if released.dry_run {
        let left = deliveries(released.left);
        return format!("{left} recorded for {system} would {}", becomes("be"));
    }
    let fate = match released.fate.as_str() {
        "send" => "to be sent, in order",
        _ => "discarded",
    };
    let mut text = format!(
        "{} recorded for {system}: {fate}",
        deliveries(released.done)
    );
    if released.refused > 0 {
        text.push_str(&format!("; {} could not be, see the log", released.refused));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_what_became_of_how_many() {
        let released = |fate: &str, dry_run, done, refused| Released {
            system: "front-desk".to_owned(),
            fate: fate.to_owned(),
            dry_run,
            done,
            refused,
            left: 7,
            next: None,
        };
        for (released, expected) in [
            (
                released("send", true, 0, 0),
                "7 deliveries recorded for front-desk would be sent",
            ),
            (
                released("send", false, 1, 0),
                "1 delivery recorded for front-desk: to be sent, in order",
            ),
            (
                released("discard", false, 7, 2),
                "7 deliveries recorded for front-desk: discarded; 2 could not be, see the log",
            ),
        ] {
            assert_eq!(told(&released), expected);
        }
    }
}
