//! A ticket with its sections, much as the Service View draws them for a clerk.

use serde_json::Value;
use ticketbridge_sim::qminder::{External, MessageKind, Ticket};

use super::line;

const LABEL_WIDTH: usize = 24;

pub(crate) fn draw(ticket: &Ticket) -> Vec<String> {
    let mut lines = vec![line::ticket(ticket)];
    for label in &ticket.labels {
        lines.push(format!("  [{}]", plain(&label.value)));
    }
    for message in &ticket.messages {
        let from = match message.kind {
            MessageKind::Incoming => "visitor",
            MessageKind::Outgoing => "clerk",
            MessageKind::Automated => "Qminder",
        };
        lines.push(format!("  {from}: {}", plain(&message.body)));
    }
    for section in &ticket.external {
        lines.extend(draw_section(section));
    }
    lines
}

fn draw_section(section: &External) -> Vec<String> {
    let mut lines = vec![format!(
        "== {} ({})",
        plain(&section.title),
        plain(&section.provider)
    )];
    for field in section.data["fields"].as_array().into_iter().flatten() {
        let text = |name: &str| plain(field[name].as_str().unwrap_or_default());
        match field["type"].as_str() {
            Some("message") => {
                lines.push(format!(
                    "  {}: {}",
                    text("importance").to_uppercase(),
                    text("content")
                ));
            }
            Some("list") => {
                lines.push(format!("  {}", text("title").to_uppercase()));
                let items = field["items"].as_array().into_iter().flatten();
                lines.extend(items.flat_map(draw_item));
            }
            _ => lines.push(format!(
                "  {:<LABEL_WIDTH$} {}",
                text("title"),
                text("value")
            )),
        }
    }
    lines
}

fn draw_item(item: &Value) -> Vec<String> {
    let text = |name: &str| item[name].as_str().map(plain);
    let title = text("title").unwrap_or_default();
    let rest = [
        text("text"),
        text("url"),
        text("footer").map(|badge| format!("({badge})")),
        text("timestamp"),
    ];
    let rest = rest
        .into_iter()
        .flatten()
        .map(|each| format!("      {each}"));
    std::iter::once(format!("    {title}"))
        .chain(rest)
        .collect()
}

/// A text that cannot steer the terminal.
fn plain(text: &str) -> String {
    text.chars()
        .map(|each| if each.is_control() { ' ' } else { each })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_section_shows_every_kind_of_field() {
        let section = External {
            provider: "crm".to_owned(),
            title: "Customer".to_owned(),
            data: json!({ "fields": [
                { "type": "message", "content": "Owes\u{1b}[1m money", "importance": "warning" },
                { "type": "text", "title": "Plan", "value": "Gold" },
                { "type": "list", "title": "Visits", "items": [
                    { "title": "First", "text": "t", "url": "https://a.example.com", "footer": "f", "timestamp": "2026-01-10" },
                    { "title": "Second" },
                ] },
            ] }),
            created: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(
            draw_section(&section),
            [
                "== Customer (crm)",
                "  WARNING: Owes [1m money",
                "  Plan                     Gold",
                "  VISITS",
                "    First",
                "      t",
                "      https://a.example.com",
                "      (f)",
                "      2026-01-10",
                "    Second",
            ]
        );
    }
}
