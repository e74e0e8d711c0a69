//! Which addresses are inside, as the standard library and the C library's reading of numbers see it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether `address` must never be called by a stranger's wish.
pub fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_inside_v4(address),
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || carried(address).is_some_and(is_inside_v4)
        }
    }
}

fn is_inside_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && b & 0xc0 == 64)
        || (a == 198 && b & 0xfe == 18)
}

/// Mapped and compatible addresses, NAT64 and 6to4.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let octets = address.octets();
    let at = |from: usize| {
        let bytes = <[u8; 4]>::try_from(&octets[from..from + 4]).ok();
        bytes.map(Ipv4Addr::from)
    };
    if octets.starts_with(&[0x20, 0x02]) {
        return at(2);
    }
    let nat64 = octets.starts_with(&[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]);
    if nat64 { at(12) } else { address.to_ipv4() }
}

/// What `inet_aton` makes of a name: one to four numbers, decimal, octal or hexadecimal, the last of which fills what
/// is left.
pub fn by_inet_aton(name: &str) -> Option<Ipv4Addr> {
    let mut numbers = Vec::new();
    for part in name.split('.') {
        numbers.push(number(part)?);
    }
    let (last, first) = numbers.split_last()?;
    if first.len() > 3 {
        return None;
    }
    let room = 8 * (4 - first.len());
    if *last >> room != 0 || first.iter().any(|number| *number > 255) {
        return None;
    }
    let high = first
        .iter()
        .fold((0, 24), |(sum, shift), number| {
            (sum | number << shift, shift - 8)
        })
        .0;
    u32::try_from(high | last).ok().map(Ipv4Addr::from)
}

fn number(text: &str) -> Option<u64> {
    let small = text.to_ascii_lowercase();
    let (digits, radix) = match small.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None if small.len() > 1 && small.starts_with('0') => (&small[1..], 8),
        None => (small.as_str(), 10),
    };
    let plain = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    plain.then(|| u64::from_str_radix(digits, radix).ok())?
}
