//! What a person who plays the agent can type.

use ticketbridge_sim::Respondo;

use super::line;

pub(crate) const HELP: &str = "\
Commands:
  list            all tickets of brand 7, as threads
  reply N TEXT    an agent replies to ticket N
  delete N        an agent deletes ticket N (eras c and d)
  solve N         ticket N is solved
  reopen N        and open again
  note N TEXT     an agent notes something for the others
  complaints      what was wrong with requests and answers

Example:
  ticketbridge-sim respondo --era c --plain-http";

const BRAND: u64 = 7;

/// Does what was typed, and says what there is to say.
pub(crate) async fn perform(peer: &Respondo, typed: &str) -> Vec<String> {
    let typed = typed.trim();
    let (word, rest) = typed.split_once(' ').unwrap_or((typed, ""));
    let (number, text) = rest.split_once(' ').unwrap_or((rest, ""));
    match word {
        "" => return Vec::new(),
        "list" => {
            let threads = peer.threads(BRAND);
            return threads
                .iter()
                .flat_map(|thread| line::thread(thread, 0))
                .collect();
        }
        "complaints" => {
            let complaints = peer.complaints();
            return complaints
                .iter()
                .map(|each| each.escape_debug().to_string())
                .collect();
        }
        _ => {}
    }
    let found = number.parse().ok().filter(|id| peer.ticket(*id).is_some());
    let said = match (word, found) {
        ("reply", Some(id)) => match peer.reply(id, text).await {
            Ok(reply) => format!("stored as ticket {}", reply.id),
            Err(error) => format!("not stored: {}", error.to_string().escape_debug()),
        },
        ("delete", Some(id)) => match peer.delete(id).await {
            Ok(()) => "deleted".to_owned(),
            Err(error) => format!("not deleted: {}", error.to_string().escape_debug()),
        },
        ("solve", Some(id)) => {
            peer.solve(id);
            "done".to_owned()
        }
        ("reopen", Some(id)) => {
            peer.reopen(id);
            "done".to_owned()
        }
        ("note", Some(id)) => {
            peer.note(id, text);
            "done".to_owned()
        }
        ("reply" | "delete" | "solve" | "reopen" | "note", None) => {
            format!("there is no ticket {number:?}")
        }
        _ => return HELP.lines().map(str::to_owned).collect(),
    };
    vec![said]
}
