//! What a person can type who plays customer, agent and administrator.

use ticketbridge_sim::DeskHive;
use ticketbridge_sim::deskhive::{Refusal, Status};

use super::view;

pub(crate) const HELP: &str = "\
Commands:
  open EMAIL TEXT    a customer opens a ticket with this title and text
  customer ID TEXT   the ticket's customer writes, and opens it again if it was closed
  agent ID TEXT      agent 3 writes
  note ID TEXT       agent 3 writes a note that the customer does not see
  admin ID TEXT      administrator 1 writes
  status ID WORD     the ticket is open, in_progress, on_hold or closed
  close ID           it is closed
  lock ID            it takes no more replies
  unlock ID          and takes them again
  assign ID          it is assigned to agent 3
  unassign ID        and taken from them
  label ID NUMBER    it gets label 1, 2 or 3
  delete ID          it vanishes
  list               all tickets
  show ID            a ticket with its messages
  complaints         what was asked that the documents do not speak of

Example:
  ticketbridge-sim deskhive --listen 127.0.0.1:9092 --per-minute 60 --writes";

const AGENT: u64 = 3;
const ADMINISTRATOR: u64 = 1;

/// Does what was typed, and says what there is to say.
pub(crate) fn perform(peer: &DeskHive, typed: &str) -> Vec<String> {
    let typed = typed.trim();
    let (word, rest) = typed.split_once(' ').unwrap_or((typed, ""));
    let (first, text) = rest.trim_start().split_once(' ').unwrap_or((rest, ""));
    match word {
        "" => Vec::new(),
        "open" => said(open(peer, first, text.trim()).map(|id| format!("ticket {id}"))),
        "list" => {
            let all = peer.tickets();
            all.iter().map(|each| view::heading(peer, each)).collect()
        }
        "complaints" => peer.complaints(),
        "customer" | "agent" | "note" | "admin" | "status" | "close" | "lock" | "unlock"
        | "assign" | "unassign" | "label" | "delete" | "show" => match first.parse() {
            Ok(id) => act(peer, word, id, text.trim()),
            Err(_) => vec![format!("{first:?} is no number of a ticket")],
        },
        _ => HELP.lines().map(str::to_owned).collect(),
    }
}

/// A customer opens a ticket; one who is new is called by their address.
fn open(peer: &DeskHive, email: &str, text: &str) -> Result<u64, Refusal> {
    let name = email.split('@').next().unwrap_or_default();
    let customer = peer.customer(name, email);
    peer.customer_creates_ticket(customer, text, text)
}

fn act(peer: &DeskHive, word: &str, id: u64, text: &str) -> Vec<String> {
    let message = |written: Result<u64, Refusal>| {
        let written = written.map(|id| format!("message {id}"));
        said(written)
    };
    let done = match word {
        "show" => {
            return match peer.ticket(id) {
                Some(ticket) => view::draw(peer, &ticket),
                None => vec![format!("there is no ticket {id}")],
            };
        }
        "customer" | "agent" | "note" | "admin" if text.is_empty() => {
            return vec!["a message has a text".to_owned()];
        }
        "customer" => return message(peer.customer_replies(id, text)),
        "agent" => return message(peer.agent_replies(id, AGENT, text)),
        "note" => return message(peer.agent_notes(id, AGENT, text)),
        "admin" => return message(peer.admin_replies(id, ADMINISTRATOR, text)),
        "status" => match Status::from_word(text) {
            Some(status) => peer.set_status(id, status),
            None => return vec![format!("{text:?} is no status")],
        },
        "close" => peer.close(id),
        "lock" => peer.lock(id),
        "unlock" => peer.unlock(id),
        "assign" => peer.assign(id, AGENT),
        "unassign" => peer.unassign(id, AGENT),
        "label" => match text.parse() {
            Ok(label) => peer.label(id, label),
            Err(_) => return vec![format!("{text:?} is no number of a label")],
        },
        _ => peer.delete(id),
    };
    said(done.map(|()| "done".to_owned()))
}

fn said(done: Result<String, Refusal>) -> Vec<String> {
    vec![done.unwrap_or_else(|refusal| refusal.reason)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_ticket_is_typed_through_its_day() {
        let peer = DeskHive::start().await.unwrap();
        let typed = |line: &str| perform(&peer, line).join("\n");
        assert_eq!(typed("open jane@example.com Cannot log in"), "ticket 1");
        assert_eq!(typed("list"), "1 #1001 open medium jane: Cannot log in");
        for (line, answer) in [
            ("agent 1 Which\u{7} browser?", "message 101"),
            ("close 1", "done"),
            ("customer 1  Firefox ", "message 102"),
            ("note 1 psst", "message 103"),
            ("admin 1 Hello", "message 104"),
            ("label 1 2", "done"),
            ("lock 1", "done"),
            ("customer 1 Hello?", "This ticket is locked."),
            ("unlock 1", "done"),
            ("lock 1", "done"),
            ("unassign 1", "done"),
            ("assign 1", "done"),
            ("unassign 1", "done"),
            ("status 1 on_hold", "done"),
        ] {
            assert_eq!(typed(line), answer, "{line}");
        }
        assert_eq!(
            typed("show 1"),
            "1 #1001 on_hold medium locked unassigned jane: Cannot log in\n  labels 2\n  \
             opened with: Cannot log in\n  101 agent 3: Which\\u{7} browser?\n  \
             102 customer: Firefox\n  103 agent 3, a note: psst\n  104 administrator 1: Hello"
        );
        assert_eq!(typed("delete 1"), "done");
        assert_eq!((typed("list"), typed("")), (String::new(), String::new()));
    }

    #[tokio::test]
    async fn what_cannot_be_done_is_said() {
        let peer = DeskHive::start().await.unwrap();
        perform(&peer, "open jane@example.com Help");
        for (line, answer) in [
            ("show 7", "there is no ticket 7"),
            ("close x", "\"x\" is no number of a ticket"),
            ("close 7", "there is no Ticket 7"),
            ("status 1 done", "\"done\" is no status"),
            ("label 1 red", "\"red\" is no number of a label"),
            ("label 1 9", "there is no Label 9"),
            ("agent 1", "a message has a text"),
            ("complaints", ""),
        ] {
            assert_eq!(perform(&peer, line).join("\n"), answer, "{line}");
        }
        assert_eq!(perform(&peer, "what")[0], "Commands:");
    }
}
