//! `trace`

use crate::http::admin::wire::{Entry, Story, Trace};

use super::deliveries::request;
use super::failure::Failure;
use super::output::print;
use super::table::{Left, Table};
use super::tickets::about;
use super::transport::Transport;
use super::words::{clean, counted, moment};

pub(super) async fn run(transport: &Transport, of: String, json: bool) -> Result<(), Failure> {
    let answer = transport.get("trace", &[("of", Some(of))]).await?;
    if json {
        return print(&answer.json());
    }
    print(&render(&answer.read()?))
}

fn render(trace: &Trace) -> String {
    let mut out = String::new();
    for (number, story) in std::iter::once(&trace.story)
        .chain(&trace.others)
        .enumerate()
    {
        if number > 0 {
            out.push('\n');
        }
        out.push_str(&tell(story));
    }
    if !trace.others.is_empty() {
        let count = counted(trace.others.len() as u64 + 1, "ticket", "tickets");
        out.push_str(&format!("\n{count} go by that name\n"));
    }
    out
}

fn tell(story: &Story) -> String {
    let mut table = Table::new(&[("", Left), ("", Left), ("", Left), ("", Left)]);
    for entry in &story.entries {
        table.row([
            moment(entry.at),
            entry.what.clone(),
            concerned(entry),
            entry.text.clone(),
        ]);
    }
    let mut out = format!("{}\n{}", about(&story.ticket), table.render());
    for details in &story.deliveries {
        let delivery = &details.delivery;
        let title = format!(
            "\ndelivery {} to {}, {}, recorded:",
            delivery.id, delivery.system, delivery.command
        );
        if let Some(problem) = &details.request_problem {
            out.push_str(&format!("{title} {}\n", clean(problem)));
        } else if !details.requests.is_empty() {
            let requests: Vec<String> = details.requests.iter().map(request).collect();
            out.push_str(&format!("{title}\n\n{}", requests.join("\n")));
        }
    }
    out
}

fn concerned(entry: &Entry) -> String {
    match (entry.message, entry.delivery, entry.attempt) {
        (_, Some(delivery), Some(attempt)) => format!("delivery {delivery}, try {attempt}"),
        (_, Some(delivery), None) => format!("delivery {delivery}"),
        (Some(message), None, _) => format!("message {message}"),
        (None, None, _) => String::new(),
    }
}
