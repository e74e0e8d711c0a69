//! `store erase`: forgets a person, and prints a receipt.

use serde_json::Value;

use crate::http::admin::wire::Receipt;

use super::super::failure::Failure;
use super::super::output::print;
use super::super::table::{Left, Right, Table};
use super::super::transport::Transport;
use super::super::words::{counted, moment};

/// Asks for it and prints the receipt.
pub(super) async fn run(transport: &Transport, asked: &Value, json: bool) -> Result<(), Failure> {
    let answer = transport.post("erase", asked).await?;
    let receipt = answer.read::<Receipt>()?;
    if json {
        print(&answer.json())?;
    } else {
        print(&render(&receipt))?;
    }
    match receipt.left {
        0 => Ok(()),
        _ => Err(Failure::Reported(1)),
    }
}

fn render(receipt: &Receipt) -> String {
    let head = match receipt.dry_run {
        true => "would be erased (nothing was changed)",
        false => "erased",
    };
    let mut lines = vec![
        format!("{head} at {}", moment(receipt.at)),
        format!("author (SHA-256)     {}", receipt.author_sha256),
        format!(
            "brand                {}",
            receipt.brand.as_deref().unwrap_or("all")
        ),
        format!("tickets              {}", numbers(&receipt.tickets)),
        format!("messages in them     {}", receipt.messages_removed),
        format!("messages in others'  {}", receipt.messages_erased.len()),
        format!("deliveries           {}", receipt.deliveries_removed),
    ];
    for erased in &receipt.messages_erased {
        let lost = match receipt.dry_run {
            true => "would lose its words, and so would",
            false => "lost its words, and so did",
        };
        lines.push(format!(
            "  message {} of ticket {} {lost} its answers",
            erased.message, erased.ticket
        ));
    }
    for called_off in &receipt.called_off {
        let arrived = match called_off.may_have_arrived {
            true => "; a call may have arrived before",
            false => "",
        };
        let pending = match receipt.dry_run {
            true => "is pending and would never be sent",
            false => "was pending and is never sent",
        };
        lines.push(format!(
            "  delivery {} of ticket {} to {} {pending}{arrived}",
            called_off.delivery, called_off.ticket, called_off.system
        ));
    }
    if receipt.left > 0 {
        let records = counted(receipt.left, "record", "records");
        lines.push(format!(
            "LEFT: {records} cannot be changed; the log says why"
        ));
    }
    if !receipt.remote.is_empty() {
        lines.push("outside systems have copies, to be erased there:".to_owned());
        let mut table = Table::new(&[("SYSTEM", Left), ("ITS TICKET", Left), ("OURS", Right)]);
        for there in &receipt.remote {
            table.row([
                there.system.clone(),
                there.remote.clone(),
                there.ticket.to_string(),
            ]);
        }
        lines.push(table.render());
    }
    lines.join("\n")
}

/// At most a line of them.
fn numbers(tickets: &[u64]) -> String {
    const MOST: usize = 12;
    let shown: Vec<String> = tickets.iter().take(MOST).map(u64::to_string).collect();
    match (tickets.len(), shown.join(", ")) {
        (0, _) => "none".to_owned(),
        (all, shown) if all > MOST => format!("{all}: {shown}, … (--json names all)"),
        (all, shown) => format!("{all}: {shown}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::admin::wire::{CalledOff, ErasedMessage, RemoteTicket, Stamp};
    use crate::model::Time;

    #[test]
    fn a_receipt_says_what_went_and_what_others_have() {
        let receipt = Receipt {
            author_sha256: "ab".repeat(32),
            brand: None,
            at: Stamp(Time::EPOCH),
            dry_run: false,
            tickets: vec![3, 5],
            messages_removed: 7,
            messages_erased: vec![ErasedMessage {
                ticket: 9,
                message: 40,
            }],
            deliveries_removed: 2,
            called_off: vec![CalledOff {
                delivery: 12,
                ticket: 5,
                system: "response-url".to_owned(),
                may_have_arrived: true,
            }],
            brands: ["acme".to_owned()].into(),
            remote: vec![RemoteTicket {
                system: "front-desk".to_owned(),
                remote: "8123".to_owned(),
                ticket: 3,
            }],
            left: 1,
        };
        let text = render(&receipt);
        for part in [
            "tickets              2: 3, 5",
            "message 40 of ticket 9",
            "delivery 12 of ticket 5 to response-url was pending",
            "may have arrived",
            "front-desk",
            "8123",
            "LEFT: 1 record cannot",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let dry = render(&Receipt {
            dry_run: true,
            ..receipt
        });
        assert!(dry.starts_with("would be erased"), "{dry}");
    }
}
