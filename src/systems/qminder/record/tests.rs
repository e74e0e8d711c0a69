//! Records of all kinds of conversations.

use proptest::prelude::*;
use qminder_client::external::check;
use serde_json::{Value, json};

use crate::model::{
    AgentId, Assignee, Author, Message, MessageId, Priority, Sender, Status, Text, TicketId, Time,
    WayOut,
};

use super::*;

fn style() -> RecordStyle<'static> {
    RecordStyle {
        provider: "ticketbridge",
        title: "Support ticket",
        mapping: QminderMapping::usual(),
    }
}

fn with_notes() -> QminderMapping {
    QminderMapping {
        internal_notes: true,
        ..QminderMapping::default()
    }
}

fn record(conversation: &Conversation, style: &RecordStyle<'_>) -> Record {
    super::record(conversation, *style, &mut Tally::off())
}

fn author(name: &str) -> Author {
    Author {
        external_uid: "+1 (212) 555-1234".to_owned(),
        username: name.to_owned(),
    }
}

fn ticket(name: &str, title: &str) -> Ticket {
    Ticket {
        id: TicketId(12),
        brand: "acme".to_owned(),
        external_uid: "t-1".to_owned(),
        provider: None,
        title: title.to_owned(),
        opening: MessageId(1),
        status: Status::Open,
        priority: Priority::Medium,
        department: None,
        category: None,
        product: None,
        labels: Vec::new(),
        locked: false,
        author: author(name),
        customer: TicketId(12),
        assignee: Assignee::All,
        answer: None,
        awaits_agent: true,
        created_at: Time::EPOCH,
        arrived_at: Time::EPOCH,
        updated_at: Time::EPOCH,
        last_reply_at: None,
        closed_at: None,
        closed_by: None,
        related: Vec::new(),
        links: Vec::new(),
        pace: crate::model::Pace::default(),
        loop_since: None,
        status_by: None,
        trace: None,
    }
}

fn said(id: u64, from: Sender, text: &str) -> MessageView {
    // 2026-03-01 and the days after it.
    let day = 1_772_323_200_000_000 + i64::try_from(id).unwrap() * 86_400_000_000;
    let at = Time::from_micros(day);
    MessageView {
        message: Message {
            id: MessageId(id),
            ticket: TicketId(12),
            from,
            visibility: Visibility::Public,
            revision: 0,
            text: Text::Inline(String::new()),
            external_uid: None,
            provider: None,
            parent_uid: None,
            response_url: None,
            late: false,
            answers: None,
            way_out: WayOut::None,
            remote_uid: None,
            duplicates: 0,
            duplicate_at: None,
            created_at: at,
            arrived_at: at,
            edited_at: None,
            likes: Vec::new(),
            addresses: Vec::new(),
        },
        content: text.to_owned(),
    }
}

fn customer(id: u64, text: &str) -> MessageView {
    said(id, Sender::Customer(author("Jane Doe")), text)
}

fn agent() -> Sender {
    Sender::Agent {
        id: AgentId(3),
        name: "Agent Smith".to_owned(),
    }
}

fn conversation(messages: Vec<MessageView>) -> Conversation {
    Conversation {
        ticket: ticket("Jane Doe", "Printer on fire"),
        messages,
        omitted: 0,
    }
}

fn fields(conversation: &Conversation, style: &RecordStyle<'_>) -> Vec<Value> {
    let record = record(conversation, style);
    assert_eq!(check(&record.to_value()), []);
    assert!(
        record.to_json().len() <= MOST_BYTES,
        "{}",
        record.to_json().len()
    );
    let data = record.to_value();
    data["fields"].as_array().unwrap().clone()
}

fn items(conversation: &Conversation, style: &RecordStyle<'_>) -> Vec<Value> {
    let fields = fields(conversation, style);
    fields.last().unwrap()["items"].as_array().unwrap().clone()
}

#[test]
fn a_record_says_how_urgent_it_is_whose_it_is_and_what_was_said() {
    let mut reply = said(2, agent(), "Which one?");
    reply.message.revision = 1;
    let conversation = conversation(vec![customer(1, "It burns."), reply]);
    assert_eq!(
        fields(&conversation, &style()),
        [
            json!({"type": "message", "content": "Medium priority, open: Printer on fire", "importance": "info"}),
            json!({"type": "text", "title": "Author", "value": "Jane Doe"}),
            json!({"type": "phoneNumber", "title": "Telephone", "value": "+12125551234"}),
            json!({"type": "text", "title": "Author ID", "value": "+1 (212) 555-1234"}),
            json!({"type": "text", "title": "Ticket", "value": "12 (acme)"}),
            json!({"type": "list", "title": "Conversation, newest first", "items": [
                {"title": "Agent Smith", "text": "Which one?", "footer": "Agent, edited", "timestamp": "2026-03-03"},
                {"title": "Jane Doe", "text": "It burns.", "footer": "Customer", "timestamp": "2026-03-02"},
            ]}),
        ]
    );
}

#[test]
fn the_banner_has_the_colour_of_the_priority_while_the_ticket_is_open() {
    for (priority, status, importance, words) in [
        (
            Priority::Low,
            Status::Open,
            "info",
            "Low priority, open: Printer on fire",
        ),
        (
            Priority::High,
            Status::InProgress,
            "warning",
            "High priority, in progress: Printer on fire",
        ),
        (
            Priority::Critical,
            Status::OnHold,
            "error",
            "Critical priority, on hold: Printer on fire",
        ),
        (
            Priority::Critical,
            Status::Closed,
            "info",
            "Critical priority, closed: Printer on fire",
        ),
    ] {
        let mut conversation = conversation(vec![customer(1, "It burns.")]);
        conversation.ticket.priority = priority;
        conversation.ticket.status = status;
        let banner = &fields(&conversation, &style())[0];
        assert_eq!(banner["importance"], importance);
        assert_eq!(banner["content"], words);
    }
}

#[test]
fn internal_notes_are_shown_only_where_that_is_wanted() {
    let mut note = said(2, agent(), "Rude, this one.");
    note.message.visibility = Visibility::Internal;
    let conversation = conversation(vec![customer(1, "It burns."), note]);
    assert!(!record(&conversation, &style()).to_json().contains("Rude"));
    assert_eq!(items(&conversation, &style()).len(), 1);
    let mapping = with_notes();
    let style = RecordStyle {
        mapping: &mapping,
        ..style()
    };
    assert_eq!(items(&conversation, &style)[0]["footer"], "Internal note");
}

/// The case: many messages with HTML, emoji, 100 KB of text and control characters.
#[test]
fn a_long_hostile_conversation_is_readable_and_says_what_is_left_out() {
    let mut messages: Vec<MessageView> = (1..=60)
        .map(|id| customer(id, &format!("Message {id}")))
        .collect();
    messages.push(customer(
        61,
        "<script>alert('x')</script> &lt;b&gt; \"quoted\"",
    ));
    messages.push(customer(
        62,
        "Help 😀 👩\u{200d}👩\u{200d}👧\u{200b}!\r\n\r\n\r\n\r\nNow\0\u{1b}[31m, \u{202e}please",
    ));
    messages.push(said(63, agent(), &"ab 😀 ".repeat(16_000)));
    messages.push(customer(64, " \n\u{200b}"));
    let conversation = Conversation {
        omitted: 100,
        ..conversation(messages)
    };
    let fields = fields(&conversation, &style());
    let note = fields.iter().find(|field| field["title"] == "Not shown");
    assert_eq!(
        note.unwrap()["value"],
        "134 older messages; the rest of 1 long message"
    );
    let items = items(&conversation, &style());
    assert_eq!(items.len(), 30);
    assert_eq!(items[0]["text"], "(no text)");
    let long = items[1]["text"].as_str().unwrap();
    // Six code units a time, less the white space at the cut.
    let shown = long
        .strip_suffix("… (47500 more characters)")
        .unwrap_or_else(|| panic!("{}", &long[long.len() - 60..]));
    assert!(shown.starts_with("ab 😀 ab 😀 ab"));
    assert!(shown.encode_utf16().count() <= 1000);
    assert_eq!(
        items[2]["text"],
        "Help 😀 👩\u{200d}👩\u{200d}👧!\n\nNow␀␛[31m, [U+202E]please"
    );
    assert_eq!(
        items[3]["text"],
        "<script>alert('x')</script> &lt;b&gt; \"quoted\""
    );
    assert_eq!(items[4]["text"], "Message 60");
    assert_eq!(items[29]["text"], "Message 35");
}

#[test]
fn text_of_many_bytes_fits_all_the_same_without_gaps() {
    let text = "語".repeat(50_000);
    let messages = (1..=64).map(|id| customer(id, &text)).collect();
    let conversation = conversation(messages);
    let items = items(&conversation, &style());
    assert!((8..30).contains(&items.len()), "{}", items.len());
    let fields = fields(&conversation, &style());
    let note = fields.iter().find(|field| field["title"] == "Not shown");
    let words = format!(
        "{} older messages; the rest of {} long messages",
        64 - items.len(),
        items.len()
    );
    assert_eq!(note.unwrap()["value"], words.as_str());
}

#[test]
fn provider_and_title_fit_whatever_is_configured() {
    for (provider, title, expected) in [
        ("x".repeat(200), "😀".repeat(80), (99, 49)),
        ("\u{200b}".to_owned(), " ".to_owned(), (12, 14)),
    ] {
        let style = RecordStyle {
            provider: &provider,
            title: &title,
            ..style()
        };
        let record = record(&conversation(Vec::new()), &style);
        let whole = |text: &str| text.chars().filter(|c| *c != '…').count();
        assert_eq!((whole(record.provider()), whole(record.title())), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_was_said_the_record_is_valid(
        name in "[\\s\\S]{0,300}",
        uid in "[\\s\\S]{0,300}",
        title in "[\\s\\S]{0,100}",
        provider in "[\\s\\S]{0,150}",
        texts in proptest::collection::vec("[\\s\\S]{0,80}|(語|\"|\\\\){0,1200}", 0..64),
        at in any::<i64>(),
        omitted in any::<u32>(),
    ) {
        let mut ticket = ticket(&name, &title);
        ticket.author.external_uid = uid;
        ticket.provider = Some(provider.clone());
        let messages = texts.iter().enumerate().map(|(index, text)| {
            let from = if index % 2 == 0 { Sender::Customer(author(&name)) } else {
                Sender::Colleague { system: provider.clone(), id: name.clone(), name: title.clone() }
            };
            let mut view = said(1, from, text);
            view.message.created_at = Time::from_micros(at);
            view
        });
        let conversation = Conversation { ticket, messages: messages.collect(), omitted: u64::from(omitted) };
        let mapping = with_notes();
        let style = RecordStyle { provider: &provider, title: &name, mapping: &mapping };
        let record = record(&conversation, &style);
        prop_assert_eq!(check(&record.to_value()), []);
        prop_assert!(record.to_json().len() <= MOST_BYTES);
        let json = record.to_json();
        prop_assert!(!json.contains(":\"\"") && !json.contains(":[]"), "{}", json);
        prop_assert_eq!(record, super::record(&conversation, style, &mut Tally::new()));
    }
}
