//! Who sends a ticket: credentials in the body or in headers, all of which must be right.

use std::borrow::Cow;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use respondo_client::inbound::Credentials;

use super::refused::Refused;
use crate::live::Live;
use crate::settings::Token;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A token as presented, with the name it was given if it was given one.
struct Presented {
    name: Option<String>,
    token: String,
}

/// The token of `brand` by which a ticket is sent. Where several are presented, each must be the brand's.
///
/// # Errors
///
/// None presented, or a wrong one: the same for a wrong token, another brand's, another's name and an unknown brand.
pub(super) fn check<'a>(
    live: &'a Live,
    brand: &str,
    headers: &HeaderMap,
    in_body: Option<Credentials>,
) -> Result<&'a Token, Refused> {
    let in_body = in_body.map(|credentials| Presented {
        name: credentials.name,
        token: credentials.token,
    });
    let presented: Vec<Presented> = in_body
        .into_iter()
        .chain(authorization(headers))
        .chain(api_key(headers))
        .filter(|presented| !presented.token.is_empty())
        .collect();
    if presented.is_empty() {
        return Err(Refused::NoCredentials);
    }
    // All of them are looked at, whatever the first says.
    let found: Vec<Option<&Token>> = presented
        .iter()
        .map(|presented| live.token(brand, presented.name.as_deref(), &presented.token))
        .collect();
    let all: Option<Vec<&Token>> = found.into_iter().collect();
    all.and_then(|tokens| tokens.first().copied())
        .ok_or(Refused::WrongCredentials)
}

/// `Bearer` and `Basic`; of another scheme nothing can be said.
fn authorization(headers: &HeaderMap) -> impl Iterator<Item = Presented> {
    headers.get_all(AUTHORIZATION).iter().filter_map(|value| {
        let value = text(value);
        let (scheme, rest) = value.trim().split_once(' ')?;
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            Some(Presented {
                name: None,
                token: rest.to_owned(),
            })
        } else if scheme.eq_ignore_ascii_case("basic") {
            let decoded = String::from_utf8(BASE64.decode(rest).ok()?).ok()?;
            let (name, token) = decoded.split_once(':')?;
            Some(Presented {
                name: Some(name.to_owned()),
                token: token.to_owned(),
            })
        } else {
            None
        }
    })
}

fn api_key(headers: &HeaderMap) -> impl Iterator<Item = Presented> {
    headers.get_all("x-api-key").iter().map(|value| Presented {
        name: None,
        token: text(value).trim().to_owned(),
    })
}

/// What is no text is presented all the same, and is no token.
fn text(value: &HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}
