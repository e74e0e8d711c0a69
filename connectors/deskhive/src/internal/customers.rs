//! Who asks.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Misread;
use crate::lenient::{number, optional_text, text};
use crate::request::Pairs;
use crate::{Call, Invalid, Listed, Paging, Request, answer, listed};

/// A customer to be made, or what becomes of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewCustomer {
    /// The name to show.
    pub name: String,
    /// Their address, of which there is one customer only.
    pub email: String,
    /// Their telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Their name at Envato's market.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub envato_username: Option<String>,
}

impl NewCustomer {
    /// The longest name, address and name at Envato, in characters.
    pub const LONGEST: usize = 250;
    /// The longest telephone number, in characters.
    pub const LONGEST_PHONE: usize = 50;

    /// A customer of whom no more is known.
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            email: email.into(),
            phone: None,
            envato_username: None,
        }
    }

    fn check(&self) -> Result<(), Invalid> {
        for (field, text) in [("name", &self.name), ("email", &self.email)] {
            Invalid::if_blank(field, text)?;
            Invalid::if_longer(field, text, Self::LONGEST)?;
        }
        let phone = self.phone.as_deref().unwrap_or_default();
        Invalid::if_longer("phone", phone, Self::LONGEST_PHONE)?;
        let envato = self.envato_username.as_deref().unwrap_or_default();
        Invalid::if_longer("envato_username", envato, Self::LONGEST)
    }
}

/// A customer as the internal API has them. The documents do not show it; only the number is required.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CustomerRecord {
    /// The number that tickets are made for.
    #[serde(deserialize_with = "number")]
    pub id: u64,
    /// The name to show.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// Their address.
    #[serde(default, deserialize_with = "optional_text")]
    pub email: Option<String>,
    /// Their telephone number.
    #[serde(default, deserialize_with = "optional_text")]
    pub phone: Option<String>,
}

impl CustomerRecord {
    /// Whether it is their address, in whatever case.
    pub fn has_email(&self, email: &str) -> bool {
        let known = self.email.as_deref().unwrap_or_default().trim();
        !known.is_empty() && known.to_lowercase() == email.trim().to_lowercase()
    }
}

/// `POST /customers` (`customers:create`): makes a customer.
///
/// Where one with this address is there already, it is a refusal that [blames](crate::Refusal::blames) `email`; then
/// they are to be found among [`customers`].
///
/// # Errors
///
/// [`Invalid`] if the name or the address is blank, or a text too long.
pub fn create_customer(customer: &NewCustomer) -> Result<Call<CustomerRecord>, Invalid> {
    customer.check()?;
    let request = Request::post("/internal/customers").with_json(customer);
    Ok(Call::new(request, required))
}

/// `GET /customers` (`customers:list`): all customers by name. There is no filter by address.
pub fn customers(paging: Paging) -> Call<Listed<CustomerRecord>> {
    let query = paging.add_to(Pairs::default());
    let request = Request::get("/internal/customers").with_query(&query);
    Call::new(request, listed::read)
}

/// `GET /customers/{customer}` (`customers:read`): one customer.
pub fn customer(customer: u64) -> Call<CustomerRecord> {
    Call::new(
        Request::get(format_args!("/internal/customers/{customer}")),
        required,
    )
}

/// `PUT /customers/{customer}` (`customers:update`): changes a customer, who is answered if the server has it so.
///
/// # Errors
///
/// As [`create_customer`].
pub fn update_customer(
    customer: u64,
    changed: &NewCustomer,
) -> Result<Call<Option<CustomerRecord>>, Invalid> {
    changed.check()?;
    let request = Request::put(format_args!("/internal/customers/{customer}")).with_json(changed);
    Ok(Call::undocumented(request, possible))
}

fn possible(body: &[u8]) -> Result<Option<CustomerRecord>, Misread> {
    answer::possible(body, "customer", Value::is_object)
}

fn required(body: &[u8]) -> Result<CustomerRecord, Misread> {
    match possible(body)? {
        Some(customer) => Ok(customer),
        None => {
            Err(answer::json(body)
                .map_or_else(|misread| misread, |value| answer::without_data(&value)))
        }
    }
}
