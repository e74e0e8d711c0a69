//! Which spelling a `Content-Type` promises.

use super::InboundError;

/// How a ticket is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Json,
    Form,
}

pub(super) fn spelling(content_type: Option<&str>) -> Result<Spelling, InboundError> {
    let essence = content_type
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim_matches([' ', '\t'])
        .to_ascii_lowercase();
    match essence.strip_prefix("application/") {
        Some("json") => Ok(Spelling::Json),
        Some("x-www-form-urlencoded") => Ok(Spelling::Form),
        Some(subtype) if subtype.len() > "+json".len() && subtype.ends_with("+json") => {
            Ok(Spelling::Json)
        }
        _ => Err(InboundError::UnsupportedContentType {
            found: content_type.map(str::to_owned),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_form_data_are_known_in_every_spelling() {
        for (header, expected) in [
            ("application/json", Spelling::Json),
            ("Application/JSON; charset=utf-8", Spelling::Json),
            ("application/json;charset=\"UTF-8\"", Spelling::Json),
            (" application/json ;", Spelling::Json),
            ("application/vnd.api+json", Spelling::Json),
            ("application/x-www-form-urlencoded", Spelling::Form),
            (
                "application/X-WWW-Form-Urlencoded; charset=UTF-8",
                Spelling::Form,
            ),
        ] {
            assert_eq!(spelling(Some(header)), Ok(expected), "{header}");
        }
    }

    #[test]
    fn anything_else_is_unsupported() {
        for header in [
            None,
            Some(""),
            Some("text/plain"),
            Some("text/json"),
            Some("application/+json"),
            Some("application/jsonp"),
            Some("json"),
            Some("multipart/form-data; boundary=x"),
            Some("text/html; x=application/json"),
        ] {
            assert_eq!(
                spelling(header),
                Err(InboundError::UnsupportedContentType {
                    found: header.map(str::to_owned)
                })
            );
        }
    }
}
