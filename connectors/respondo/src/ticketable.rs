//! Where a ticket's way back and provider stand, which depends on the server.

use serde::Serialize;

use crate::Path;

/// The properties `response_url` and `custom_provider`, to be flattened into a ticket.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Ticketable<'a> {
    Flat(Properties<'a>),
    Nested {
        ticketable_attributes: Properties<'a>,
    },
}

#[derive(Serialize)]
pub(crate) struct Properties<'a> {
    response_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_provider: Option<&'a str>,
}

impl<'a> Ticketable<'a> {
    /// An empty provider is none.
    pub(crate) fn new(path: Path, response_url: &'a str, custom_provider: Option<&'a str>) -> Self {
        let properties = Properties {
            response_url,
            custom_provider: custom_provider.filter(|provider| !provider.is_empty()),
        };
        match path {
            Path::Brands => Self::Flat(properties),
            Path::Organizations => Self::Nested {
                ticketable_attributes: properties,
            },
        }
    }
}
