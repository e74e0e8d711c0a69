//! The one address that external tickets are posted to.

use super::Era;
use crate::peer::Request;

/// The brand that the path names, if a request is for this address in this era.
pub(crate) fn brand_of(request: &Request, era: Era) -> Option<&str> {
    let home = match era {
        Era::B | Era::C => "brands",
        Era::D => "organizations",
    };
    let mut parts = request.path.strip_prefix('/')?.split('/');
    let (first, brand, last) = (parts.next()?, parts.next()?, parts.next()?);
    let is_it = request.method == "POST"
        && first == home
        && !brand.is_empty()
        && !brand.contains('.')
        && matches!(last, "external_tickets" | "external_tickets.json")
        && parts.next().is_none();
    is_it.then_some(brand)
}

/// The number that Rails reads a path's part as: its digits in front, or nought.
pub(crate) fn number(part: &str) -> u64 {
    let digits = part.bytes().take_while(u8::is_ascii_digit).count();
    part[..digits].parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_else_is_there() {
        let brand = |method: &str, path: &str, era| {
            let request = Request {
                method: method.to_owned(),
                path: path.to_owned(),
                query: String::new(),
                headers: Vec::new(),
                body: Vec::new(),
            };
            brand_of(&request, era).map(str::to_owned)
        };
        let seven = Some("7".to_owned());
        assert_eq!(
            brand("POST", "/brands/7/external_tickets.json", Era::B),
            seven
        );
        assert_eq!(brand("POST", "/brands/7/external_tickets", Era::C), seven);
        assert_eq!(
            brand("POST", "/organizations/7/external_tickets.json", Era::D),
            seven
        );
        for (method, path, era) in [
            ("POST", "/organizations/7/external_tickets.json", Era::C),
            ("POST", "/brands/7/external_tickets.json", Era::D),
            ("GET", "/brands/7/external_tickets.json", Era::B),
            ("POST", "/brands/7/external_tickets.html", Era::B),
            ("POST", "/brands/7/external_tickets.json/1", Era::B),
            ("POST", "/brands//external_tickets.json", Era::B),
            ("POST", "/brands/7/tickets/create_external.json", Era::B),
            ("POST", "/brands/7", Era::B),
        ] {
            assert_eq!(brand(method, path, era), None, "{method} {path} {era:?}");
        }
    }

    #[test]
    fn a_number_is_read_as_far_as_it_goes() {
        for (part, expected) in [("7", 7), ("7-acme", 7), ("acme", 0), ("", 0)] {
            assert_eq!(number(part), expected, "{part}");
        }
    }
}
