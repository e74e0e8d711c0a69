//! `log level`

use serde_json::json;

use crate::http::admin::wire::{Done, LogLevel};

use super::failure::Failure;
use super::output::print;
use super::transport::Transport;
use super::words::clean;

pub(super) async fn run(
    transport: &Transport,
    spec: Option<String>,
    json: bool,
) -> Result<(), Failure> {
    let answer = match spec {
        Some(spec) => {
            let answer = transport
                .post("log/level", &json!({ "level": spec }))
                .await?;
            if !json {
                return print(&clean(&answer.read::<Done>()?.done));
            }
            answer
        }
        None => {
            let answer = transport.get("log/level", &[]).await?;
            if !json {
                return print(&clean(&answer.read::<LogLevel>()?.level));
            }
            answer
        }
    };
    print(&answer.json())
}
