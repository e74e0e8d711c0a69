//! What we put on and beside a ticket, as it stands there.

use qminder_client::external::{Record, StoredRecord, read_back};
use qminder_client::tickets::{Scope, get};
use serde_json::Value;

use crate::mapping::Tally;
use crate::model::{Class, DeliveryId, RemoteTicket};
use crate::store::Conversation;
use crate::systems::label::label;
use crate::systems::{Trouble, Turn};

use super::desk::Desk;
use super::fault::{Purpose, is_gone};
use super::order::id;
use super::record::record;

/// A ticket as it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// In words of our own.
    pub seen: RemoteTicket,
    /// All its labels, a bridge's included.
    pub labels: Vec<String>,
}

/// How the record beside a ticket compares with what it should say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// It says that.
    Same,
    /// It says something else.
    Other,
    /// There is none of ours.
    Absent,
}

impl Desk {
    /// The ticket as it is now, with its messages and labels; `None` if Qminder says that there is none.
    ///
    /// # Errors
    ///
    /// [`Trouble`] of a question.
    pub async fn standing(&self, remote: &str) -> Result<Option<Standing>, Trouble> {
        let id = id(remote).map_err(|words| Trouble::new(Class::Rejected, words))?;
        let call = get(&id, &[Scope::Messages, Scope::Interactions]);
        match self.ask(&call, Turn::Waits).await {
            Ok(answer) => {
                let labels = answer.value.labels.iter();
                Ok(Some(Standing {
                    labels: labels.map(|label| label.value.clone()).collect(),
                    seen: self.seen(&answer.value, true),
                }))
            }
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(self.trouble(&error, Purpose::Question)),
        }
    }

    /// How the record beside a ticket compares with what it would say if it were replaced now. A ticket that is not
    /// there has none.
    ///
    /// # Errors
    ///
    /// [`Trouble`] of a question: not every key may ask for it.
    pub async fn beside(
        &self,
        remote: &str,
        conversation: &Conversation,
    ) -> Result<Beside, Trouble> {
        let id = id(remote).map_err(|words| Trouble::new(Class::Rejected, words))?;
        let answer = self.ask(&read_back(&id), Turn::Waits).await;
        let answer = answer.map_err(|error| self.trouble(&error, Purpose::Record))?;
        let wanted = {
            let terms = self.terms();
            record(conversation, terms.style(terms.now()), &mut Tally::off())
        };
        Ok(compare(&answer.value.unwrap_or_default(), &wanted))
    }

    /// What a ticket is labelled that `delivery` makes.
    pub fn label_of(&self, delivery: DeliveryId) -> String {
        label(self.incarnation(), delivery)
    }
}

fn compare(there: &[StoredRecord], wanted: &Record) -> Beside {
    let mut there = there.iter();
    let Some(ours) = there.find(|record| record.provider == wanted.provider()) else {
        return Beside::Absent;
    };
    let data = ours.data.clone().map(|data| match data {
        // As it was sent, not as it was read.
        Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::Null),
        data => data,
    });
    let is_same = ours.title == wanted.title()
        && data.map(without_nulls) == Some(without_nulls(wanted.to_value()));
    match is_same {
        true => Beside::Same,
        false => Beside::Other,
    }
}

/// A member without a value says as much as none.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(
                members
                    .map(|(name, value)| (name, without_nulls(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stored(provider: &str, title: &str, data: Value) -> StoredRecord {
        let record = json!({
            "provider": provider, "title": title, "data": data, "created": "2026-03-15T14:30:00Z",
        });
        serde_json::from_value(record).unwrap()
    }

    #[test]
    fn the_record_that_stands_there_is_compared_by_what_it_says() {
        let wanted = Record::builder("ticketbridge", "Support ticket")
            .text("Author", "Jane")
            .build()
            .unwrap();
        let data = wanted.to_value();
        let mut padded = data.clone();
        padded["fields"][0]["url"] = Value::Null;
        let as_text = Value::String(data.to_string());
        let of = |data: &Value| stored("ticketbridge", "Support ticket", data.clone());
        let other = json!({"fields": [{"type": "text", "title": "Author", "value": "John"}]});
        for (there, expected) in [
            (vec![of(&data)], Beside::Same),
            (vec![of(&padded)], Beside::Same),
            (vec![of(&as_text)], Beside::Same),
            (
                vec![stored("crm", "CRM", other.clone()), of(&data)],
                Beside::Same,
            ),
            (vec![of(&other)], Beside::Other),
            (vec![of(&Value::Null)], Beside::Other),
            (
                vec![stored("ticketbridge", "Another title", data.clone())],
                Beside::Other,
            ),
            (vec![stored("crm", "CRM", data.clone())], Beside::Absent),
            (Vec::new(), Beside::Absent),
        ] {
            assert_eq!(compare(&there, &wanted), expected, "{there:?}");
        }
    }
}
