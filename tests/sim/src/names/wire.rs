//! From a question's bytes to an answer's.

use std::net::IpAddr;

use hickory_proto::op::{Message, MessageType, Metadata, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

use super::{Family, NameAnswer};

/// RFC 1035, 2.3.4.
const MOST_BY_UDP: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Udp,
    Tcp,
}

/// A question that can be answered.
#[derive(Debug)]
pub(super) struct Asked {
    message: Message,
    /// In lower case, without the dot at its end.
    pub(super) name: String,
    /// None for types that are not addresses.
    pub(super) family: Option<Family>,
}

impl Asked {
    /// Reads a question, or says what is to be answered instead, which is nothing for what is no message.
    pub(super) fn from_wire(bytes: &[u8]) -> Result<Self, Option<Vec<u8>>> {
        let message = Message::from_vec(bytes).map_err(|_| None)?;
        let metadata = message.metadata;
        let is_question =
            metadata.message_type == MessageType::Query && metadata.op_code == OpCode::Query;
        let [query] = message.queries.as_slice() else {
            return Err(refusal(&metadata));
        };
        if !is_question || query.query_class() != DNSClass::IN {
            return Err(refusal(&metadata));
        }
        let family = match query.query_type() {
            RecordType::A => Some(Family::V4),
            RecordType::AAAA => Some(Family::V6),
            _ => None,
        };
        let name = query.name().to_lowercase().to_ascii();
        Ok(Self {
            name: name.trim_end_matches('.').to_owned(),
            family,
            message,
        })
    }

    pub(super) fn to_wire(&self, said: &NameAnswer, way: Way) -> Option<Vec<u8>> {
        let mut answer = self.empty(match said {
            NameAnswer::Unknown => ResponseCode::NXDomain,
            NameAnswer::Failure => ResponseCode::ServFail,
            _ => ResponseCode::NoError,
        });
        let owner = answer.queries.first()?.name().clone();
        match said {
            NameAnswer::OnlyByTcp(_) if way == Way::Udp => answer.metadata.truncation = true,
            NameAnswer::Addresses(found)
            | NameAnswer::Late(_, found)
            | NameAnswer::OnlyByTcp(found) => self.add_addresses(&mut answer, &owner, found),
            NameAnswer::Aliases(aliases, found) => {
                let mut owner = owner;
                for alias in aliases {
                    let target = Name::from_ascii(format!("{alias}.")).ok()?;
                    let data = RData::CNAME(CNAME(target.clone()));
                    answer.add_answer(Record::from_rdata(owner, 0, data));
                    owner = target;
                }
                self.add_addresses(&mut answer, &owner, found);
            }
            NameAnswer::Unknown | NameAnswer::Failure | NameAnswer::Silence => {}
        }
        let bytes = answer.to_vec().ok()?;
        if way == Way::Udp && bytes.len() > MOST_BY_UDP {
            return answer.truncate().to_vec().ok();
        }
        Some(bytes)
    }

    fn empty(&self, code: ResponseCode) -> Message {
        let mut metadata = Metadata::response_from_request(&self.message.metadata);
        metadata.authoritative = true;
        metadata.recursion_available = true;
        metadata.response_code = code;
        let mut answer = Message::response(metadata.id, OpCode::Query);
        answer.metadata = metadata;
        answer.add_queries(self.message.queries.iter().cloned());
        answer
    }

    fn add_addresses(&self, answer: &mut Message, owner: &Name, found: &[IpAddr]) {
        for address in found {
            let data = match (self.family, address) {
                (Some(Family::V4), IpAddr::V4(address)) => RData::A(A(*address)),
                (Some(Family::V6), IpAddr::V6(address)) => RData::AAAA(AAAA(*address)),
                _ => continue,
            };
            answer.add_answer(Record::from_rdata(owner.clone(), 0, data));
        }
    }
}

fn refusal(metadata: &Metadata) -> Option<Vec<u8>> {
    Message::error_msg(metadata.id, metadata.op_code, ResponseCode::FormErr)
        .to_vec()
        .ok()
}

#[cfg(test)]
mod tests {
    use hickory_proto::op::Query;

    use super::*;

    fn question(name: &str, kind: RecordType) -> Vec<u8> {
        let mut message = Message::query();
        message.metadata.id = 7;
        message.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
        message.to_vec().unwrap()
    }

    fn told(said: &NameAnswer, way: Way) -> Message {
        let asked = Asked::from_wire(&question("A.Test.", RecordType::A)).unwrap();
        assert_eq!(
            (asked.name.as_str(), asked.family),
            ("a.test", Some(Family::V4))
        );
        Message::from_vec(&asked.to_wire(said, way).unwrap()).unwrap()
    }

    #[test]
    fn an_answer_has_the_records_of_the_family_that_was_asked_for() {
        let both = vec!["10.0.0.1".parse().unwrap(), "fd00::1".parse().unwrap()];
        let answer = told(&NameAnswer::Addresses(both), Way::Udp);
        assert_eq!((answer.metadata.id, answer.answers.len()), (7, 1));
        assert_eq!(answer.answers[0].ttl, 0);
    }

    #[test]
    fn aliases_come_in_order_before_the_addresses_of_the_last() {
        let chain = vec!["b.test".to_owned(), "c.test".to_owned()];
        let answer = told(
            &NameAnswer::Aliases(chain, vec!["10.0.0.1".parse().unwrap()]),
            Way::Udp,
        );
        let owners: Vec<String> = answer
            .answers
            .iter()
            .map(|record| record.name.to_ascii())
            .collect();
        assert_eq!(owners, ["A.Test.", "b.test.", "c.test."]);
    }

    #[test]
    fn what_does_not_fit_into_a_datagram_is_cut() {
        let many: Vec<IpAddr> = (0..200).map(|n| IpAddr::from([10, 0, 0, n])).collect();
        let said = NameAnswer::Addresses(many);
        let cut = told(&said, Way::Udp);
        assert!(cut.metadata.truncation && cut.answers.is_empty());
        let whole = told(&said, Way::Tcp);
        assert!(!whole.metadata.truncation && whole.answers.len() == 200);
    }

    #[test]
    fn what_is_no_question_is_refused() {
        assert!(Asked::from_wire(b"GET / HTTP/1.1").is_err());
        let mut none = Message::query();
        none.metadata.id = 9;
        let Err(Some(refusal)) = Asked::from_wire(&none.to_vec().unwrap()) else {
            panic!("a message without a question was taken");
        };
        let refusal = Message::from_vec(&refusal).unwrap();
        assert_eq!(refusal.metadata.response_code, ResponseCode::FormErr);
    }
}
