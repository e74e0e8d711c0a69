//! Text in double quotes, as `String#inspect` prints it.

use super::Rest;

impl Rest<'_> {
    /// The text in the quotes that come next.
    ///
    /// Text that is not UTF-8 is printed byte by byte, `\xC3\xA9`; bytes that make no UTF-8 together are not read.
    pub(super) fn text(&mut self) -> Option<String> {
        self.literal("\"")?;
        let mut text = Vec::new();
        loop {
            let (plain, rest) = self.0.split_at(self.0.find(['"', '\\'])?);
            text.extend_from_slice(plain.as_bytes());
            self.0 = rest;
            if self.literal("\"").is_some() {
                return String::from_utf8(text).ok();
            }
            self.literal("\\")?;
            self.escape(&mut text)?;
        }
    }

    /// What comes after a backslash. `inspect` prints no other escapes.
    fn escape(&mut self, text: &mut Vec<u8>) -> Option<()> {
        let mut chars = self.0.chars();
        let kind = chars.next()?;
        self.0 = chars.as_str();
        let byte = match kind {
            // A `#` is escaped where it would begin an interpolation.
            '"' | '\\' | '#' => u8::try_from(kind).ok()?,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'a' => 0x07,
            'b' => 0x08,
            'v' => 0x0b,
            'f' => 0x0c,
            'e' => 0x1b,
            'x' => u8::try_from(self.hexadecimal(2)?).ok()?,
            'u' => {
                let char = char::from_u32(self.code_point()?)?;
                text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
                return Some(());
            }
            _ => return None,
        };
        text.push(byte);
        Some(())
    }

    /// Four digits, or as many as are needed in braces.
    fn code_point(&mut self) -> Option<u32> {
        if self.literal("{").is_none() {
            return self.hexadecimal(4);
        }
        let digits = self.0.find('}').filter(|digits| (1..=6).contains(digits))?;
        let code_point = self.hexadecimal(digits)?;
        self.literal("}")?;
        Some(code_point)
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        // A sign would be taken as well.
        let is_hexadecimal = number.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hexadecimal.then(|| u32::from_str_radix(number, 16).ok())?
    }
}
