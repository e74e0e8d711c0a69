//! `reply`

use serde_json::json;

use crate::http::admin::wire::ReplyStored;

use super::failure::Failure;
use super::output::print;
use super::transport::Transport;
use super::words::clean;

pub(super) async fn run(
    transport: &Transport,
    id: u64,
    text: &str,
    agent: Option<u64>,
    internal: bool,
) -> Result<(), Failure> {
    let body = json!({ "text": text, "agent": agent, "internal": internal });
    let answer = transport
        .post(&format!("tickets/{id}/reply"), &body)
        .await?;
    print(&words(&answer.read()?))
}

fn words(stored: &ReplyStored) -> String {
    let way = match (stored.internal, stored.delivery) {
        (true, _) => "internal, never leaves".to_owned(),
        (false, Some(delivery)) => format!("goes out as delivery {delivery}"),
        (false, None) => "went nowhere: no response URL".to_owned(),
    };
    format!(
        "message {} of ticket {}, by agent {} ({}): {way}",
        stored.message,
        stored.ticket,
        stored.agent,
        clean(&stored.agent_name)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_out_is_said() {
        let stored = |internal, delivery| ReplyStored {
            ticket: 17,
            message: 2,
            agent: 3,
            agent_name: "Agent Smith".to_owned(),
            internal,
            delivery,
            went_nowhere: !internal && delivery.is_none(),
        };
        for (stored, way) in [
            (stored(true, None), "internal, never leaves"),
            (stored(false, Some(9)), "goes out as delivery 9"),
            (stored(false, None), "went nowhere: no response URL"),
        ] {
            let expected = format!("message 2 of ticket 17, by agent 3 (Agent Smith): {way}");
            assert_eq!(words(&stored), expected);
        }
    }
}
