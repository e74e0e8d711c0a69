//! What a person who plays the clerk, or the visitor, can type.

use ticketbridge_sim::Qminder;
use ticketbridge_sim::qminder::Refusal;

use super::{line, view};

pub(crate) const HELP: &str = "\
Commands:
  visitor NAME    a visitor signs in, with the phone number +12125551234
  call ID         user 900 calls the ticket
  recall ID       and once more
  serve ID        the called ticket is served
  noshow ID       the visitor of the called ticket did not come
  return ID       the called ticket goes back into the queue
  cancel ID       the waiting ticket is removed
  label ID TEXT   the ticket gets a label
  sms ID TEXT     the visitor writes
  delete ID       the ticket vanishes
  list            all tickets
  show ID         a ticket with the sections of its external data, as in the Service View

Example:
  ticketbridge-sim qminder --webhooks-to 127.0.0.1:8080 --webhook https://bridge.example.com/hooks";

const LINE: u64 = 12345;
const CLERK: u64 = 900;

/// Does what was typed, and says what there is to say.
pub(crate) fn perform(peer: &Qminder, typed: &str) -> Vec<String> {
    let typed = typed.trim();
    let (word, rest) = typed.split_once(' ').unwrap_or((typed, ""));
    let (id, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let done = match word {
        "" => return Vec::new(),
        "visitor" => {
            return said(sign_in(peer, rest).map(|id| vec![format!("ticket {id}")]));
        }
        "list" => return peer.tickets().iter().map(line::ticket).collect(),
        "show" => {
            return match peer.ticket(id) {
                Some(ticket) => view::draw(&ticket),
                None => vec![format!("there is no ticket {id:?}")],
            };
        }
        "call" => peer.call(id, CLERK),
        "recall" => peer.recall(id),
        "serve" => peer.serve(id),
        "noshow" => peer.no_show(id),
        "return" => peer.return_to_queue(id, CLERK),
        "cancel" => peer.cancel(id, CLERK),
        "label" => peer.label(id, text),
        "sms" => peer.incoming_sms(id, text),
        "delete" => peer.delete(id),
        _ => return HELP.lines().map(str::to_owned).collect(),
    };
    said(done.map(|()| vec!["done".to_owned()]))
}

fn sign_in(peer: &Qminder, name: &str) -> Result<String, Refusal> {
    peer.visitor_with(LINE, name, |ticket| {
        ticket.phone_number = Some("+12125551234".to_owned());
    })
}

fn said(done: Result<Vec<String>, Refusal>) -> Vec<String> {
    done.unwrap_or_else(|refusal| vec![refusal.reason])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_clerk_types_a_ticket_through_its_day() {
        let peer = Qminder::start().await.unwrap();
        let first = perform(&peer, "visitor Ada Lovelace").remove(0);
        let id = first.strip_prefix("ticket ").unwrap().to_owned();
        let typed = |word: &str| perform(&peer, &word.replace("ID", &id)).join("\n");
        assert_eq!(
            typed("serve ID"),
            "Ticket is not in CALLED status: it is NEW"
        );
        for word in [
            "label ID VIP",
            "sms ID I am here",
            "call ID",
            "recall ID",
            "return ID",
            "call ID",
            "serve ID",
        ] {
            assert_eq!(typed(word), "done", "{word}");
        }
        assert!(typed("list").ends_with(" SERVED line 12345 Ada Lovelace"));
        assert!(typed("show ID").contains("I am here"));
        assert_eq!(typed("delete ID"), "done");
        assert_eq!((typed("list"), typed("")), (String::new(), String::new()));
        assert_eq!(typed("show 7"), "there is no ticket \"7\"");
        assert!(typed("what").starts_with("Commands:"));
        assert_eq!(typed("cancel x"), "Ticket with id x not found");
    }
}
