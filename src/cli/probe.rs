//! `probe SYSTEM`

use serde_json::Value;

use crate::http::admin::wire::Probed;

use super::failure::Failure;
use super::output::print;
use super::systems::urlencoding;
use super::table::{Left, Table};
use super::transport::Transport;

pub(super) async fn run(transport: &Transport, system: &str, json: bool) -> Result<(), Failure> {
    let path = format!("systems/{}/probe", urlencoding(system));
    let answer = transport.post(&path, &Value::Null).await?;
    let probed = answer.read::<Vec<Probed>>()?;
    match json {
        true => print(&answer.json())?,
        false => print(&render(&probed))?,
    }
    match probed.iter().any(|check| check.verdict == "wrong") {
        true => Err(Failure::Reported(1)),
        false => Ok(()),
    }
}

fn render(probed: &[Probed]) -> String {
    let mut table = Table::new(&[("", Left), ("", Left), ("", Left)]);
    for check in probed {
        table.row([
            check.verdict.clone(),
            check.assumption.clone(),
            check.seen.clone(),
        ]);
    }
    table.render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_assumption_is_one_aligned_line() {
        let check = |verdict: &str, assumption: &str, seen: &str| Probed {
            verdict: verdict.to_owned(),
            assumption: assumption.to_owned(),
            seen: seen.to_owned(),
        };
        let probed = [
            check("ok", "the key works", "200: id, name"),
            check("wrong", "the line is enabled", "it\u{1b}[2J is not"),
        ];
        let expected = "\
ok     the key works        200: id, name
wrong  the line is enabled  it?[2J is not
";
        assert_eq!(render(&probed).replace('\u{fffd}', "?"), expected);
    }
}
