//! Whose ticket is made: the customer, as DeskHive has to know them.

use deskhive_client::internal::NewCustomer;
use sha2::{Digest as _, Sha256};

use crate::mapping::Tally;
use crate::mapping::readable::line;
use crate::model::Author;
use crate::systems::contact::Contact;

/// A customer, whether DeskHive knows them or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Visitor {
    pub(super) name: String,
    pub(super) phone: Option<String>,
    /// By which DeskHive tells its customers apart: their own, if it is known, and one that stands for them where
    /// DeskHive does not take it.
    pub(super) addresses: Vec<String>,
}

impl Visitor {
    /// As `author` is called by what `brand` sends, or `nameless`. The same arguments always make the same.
    pub(super) fn of(
        author: &Author,
        brand: &str,
        domain: Option<&str>,
        nameless: &str,
        tally: &mut Tally,
    ) -> Self {
        const NAME: &str = "customer /name";
        let contact = Contact::of(author);
        let name = |name: &str| line(name, NewCustomer::LONGEST);
        let name = match (name(&contact.name), name(&author.external_uid)) {
            (seen, _) if !seen.is_empty() => {
                if seen == author.username {
                    tally.kept("author.username", NAME);
                } else if seen.chars().count() < contact.name.chars().count() {
                    tally.cut("author.username", NAME, "at most 250 characters");
                } else {
                    tally.converted("author.username", NAME, "without an address, on one line");
                }
                seen
            }
            (_, uid) if !uid.is_empty() => {
                tally.defaulted("author.external_uid", NAME, "people see no name");
                uid
            }
            _ => {
                tally.defaulted("", NAME, "mapping.nameless, since the author has no name");
                line(nameless, NewCustomer::LONGEST)
            }
        };
        match &contact.email {
            Some(_) => tally.converted(
                Contact::email_from(author),
                "customer /email",
                "the one of their names that is an address",
            ),
            None => tally.defaulted(
                "author.external_uid",
                "customer /email",
                "none of their names is an address: one that stands for them",
            ),
        }
        match &contact.phone {
            Some(_) => tally.converted(
                Contact::phone_from(author),
                "customer /phone",
                "the one of their names that is a number",
            ),
            None => tally.absent(
                "author",
                "customer /phone",
                "none of their names is a telephone number of 7 to 20 digits: +…, (…) or tel:…",
            ),
        }
        let own = contact.email.into_iter();
        Self {
            name,
            phone: contact.phone,
            addresses: own.chain([stand_in(author, brand, domain)]).collect(),
        }
    }

    /// As somebody new, with one of the addresses.
    pub(super) fn with_address(&self, address: &str) -> NewCustomer {
        let mut customer = NewCustomer::new(self.name.as_str(), address);
        customer.phone.clone_from(&self.phone);
        customer
    }
}

/// An address of nobody else's, at which nobody is reached.
fn stand_in(author: &Author, brand: &str, domain: Option<&str>) -> String {
    let digest = Sha256::new()
        .chain_update(brand)
        .chain_update([0])
        .chain_update(&author.external_uid)
        .finalize();
    let mailbox = hex::encode(&digest[..8]);
    match domain {
        Some(domain) => format!("{mailbox}@{domain}"),
        None => format!("{mailbox}@{}.invalid", host_label(brand)),
    }
}

/// `brand` as part of a name that computers have.
fn host_label(brand: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let label: String = brand.chars().map(plain).take(63).collect();
    match label.trim_matches('-') {
        "" => "bridge".to_owned(),
        label => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use deskhive_client::internal::create_customer;
    use proptest::prelude::*;

    use super::*;

    fn of(uid: &str, name: &str) -> Visitor {
        let author = Author {
            external_uid: uid.to_owned(),
            username: name.to_owned(),
        };
        Visitor::of(&author, "Acme_2", None, "Customer", &mut Tally::off())
    }

    #[test]
    fn who_has_an_address_is_known_by_it_and_who_has_none_by_one_that_stands_for_them() {
        let jane = of("+1 212 555 1234", "Jane Doe <jane@example.com>");
        assert_eq!(jane.name, "Jane Doe");
        assert_eq!(jane.phone.as_deref(), Some("+12125551234"));
        assert_eq!(jane.addresses[0], "jane@example.com");
        let nobody = of("u-1", "");
        assert_eq!((nobody.name.as_str(), nobody.addresses.len()), ("u-1", 1));
        assert!(nobody.addresses[0].ends_with("@acme-2.invalid"));
        assert_eq!(nobody.addresses[0].find('@'), Some(16));
        assert_ne!(nobody.addresses, of("u-2", "").addresses);
        assert_eq!(of("\u{200b}", " ").name, "Customer");

        let author = Author {
            external_uid: "u-1".to_owned(),
            username: String::new(),
        };
        let domain = Some("customers.example.com");
        let of = |brand: &str| Visitor::of(&author, brand, domain, "", &mut Tally::off()).addresses;
        assert!(of("acme")[0].ends_with("@customers.example.com"));
        assert_ne!(of("acme"), of("other"));
        assert_eq!(host_label("__"), "bridge");
    }

    proptest! {
        #[test]
        fn whoever_comes_can_be_announced(uid in "\\PC{0,80}|[\\s\\S]{0,40}", name in "[\\s\\S]{0,80}|.{240,300}|\\+[0-9 ()]{4,30}|[a-zé+]{1,60}@[a-z.]{1,60}", brand in "[\\s\\S]{0,90}") {
            let author = Author { external_uid: uid, username: name };
            let visitor = Visitor::of(&author, &brand, None, "Customer", &mut Tally::off());
            for address in &visitor.addresses {
                prop_assert!(create_customer(&visitor.with_address(address)).is_ok());
            }
        }
    }
}
