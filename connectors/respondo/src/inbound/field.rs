//! The properties that the schema knows.

/// A property of the ticket, in the schema's order; `token` is the examples' name of the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    ExternalUid,
    Content,
    ResponseUrl,
    CustomProvider,
    ParentUid,
    Author,
    CreatedAt,
    PersonalAccessToken,
    Token,
}

impl Field {
    pub(super) const ALL: [Self; 9] = [
        Self::ExternalUid,
        Self::Content,
        Self::ResponseUrl,
        Self::CustomProvider,
        Self::ParentUid,
        Self::Author,
        Self::CreatedAt,
        Self::PersonalAccessToken,
        Self::Token,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ExternalUid => "external_uid",
            Self::Content => "content",
            Self::ResponseUrl => "response_url",
            Self::CustomProvider => "custom_provider",
            Self::ParentUid => "parent_uid",
            Self::Author => "author",
            Self::CreatedAt => "created_at",
            Self::PersonalAccessToken => "personal_access_token",
            Self::Token => "token",
        }
    }

    /// Where it stands, as a JSON pointer.
    pub(super) fn pointer(self) -> &'static str {
        match self {
            Self::ExternalUid => "/external_uid",
            Self::Content => "/content",
            Self::ResponseUrl => "/response_url",
            Self::CustomProvider => "/custom_provider",
            Self::ParentUid => "/parent_uid",
            Self::Author => "/author",
            Self::CreatedAt => "/created_at",
            Self::PersonalAccessToken => "/personal_access_token",
            Self::Token => "/token",
        }
    }

    pub(super) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}
