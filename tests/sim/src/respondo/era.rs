//! Which of the server's years this is.

/// A stretch of the server's history in which its wire format stayed the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Era {
    /// April 2020 to August 2022: replies have an author in Ruby's own notation, and keep to the URL's scheme.
    #[default]
    B,
    /// August 2022 to March 2023: replies have no author, speak TLS alone, and tickets can be deleted.
    C,
    /// From March 2023: organizations in place of brands, and `ticketable_attributes` hold the response URL.
    D,
}

/// What differs within an era.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variation {
    /// The last weeks of era B: no `provider` in answers, replies to custom providers are not stored, and a status
    /// is one ticket's alone.
    LateB,
    /// Ruby 3.4 or later, which writes the author of era B as `{external_uid: "…", username: "…"}`.
    Ruby34,
    /// Eras C and D speak TLS for `https` alone, so that tests need no certificate.
    PlainHttp,
    /// A brand that does not exist is 404 whatever the token, as from November 2023.
    OrganizationFirst,
}
