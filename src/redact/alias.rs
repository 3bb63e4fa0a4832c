//! Aliases: another value of the same shape, the same one each time within a run.
//!
//! An alias keeps what a reader can see without knowing the value: length, letter case, blanks,
//! dashes, whether it is a GUID, an address or a domain. It is made with a keyed hash, so that
//! nobody without the run's salt can try out which value gives it.

use std::hash::Hasher;

use siphasher::sip::SipHasher24;

use super::hosts;
use crate::rules::vocabulary;
use crate::sensitive::{OWN_ID_END, is_own_id};

const VOWELS: &[u8] = b"aeiou";
const CONSONANTS: &[u8] = b"bdfgklmnprstvz";

/// Makes the aliases of a run.
#[derive(Debug, Clone)]
pub(super) struct Aliases {
    key: [u8; 16],
}

/// What a value is; the same letters as a name and as a host get different aliases.
#[derive(Debug, Clone, Copy)]
enum Use {
    Name = 1,
    Guid,
    Digits,
    Tag,
    Address,
}

/// Numbers that follow from the salt and a value.
struct Stream<'a> {
    key: &'a [u8; 16],
    value: &'a str,
    usage: Use,
    count: u64,
    left: u64,
}

impl Stream<'_> {
    /// The next number below `limit`, which is small.
    fn next(&mut self, limit: usize) -> usize {
        if self.left < 1 << 16 {
            let mut hasher = SipHasher24::new_with_key(self.key);
            hasher.write_u8(self.usage as u8);
            hasher.write_u64(self.count);
            hasher.write(self.value.as_bytes());
            self.left = hasher.finish() | 1 << 63;
            self.count += 1;
        }
        let limit = limit as u64;
        let number = self.left % limit;
        self.left /= limit;
        usize::try_from(number).unwrap_or_default()
    }
}

impl Aliases {
    pub(super) fn new(salt: [u8; 16]) -> Self {
        Self { key: salt }
    }

    fn stream<'a>(&'a self, usage: Use, value: &'a str) -> Stream<'a> {
        Stream {
            key: &self.key,
            value,
            usage,
            count: 0,
            left: 0,
        }
    }

    /// A few letters that tell two secrets apart.
    pub(super) fn tag(&self, secret: &str) -> String {
        let mut stream = self.stream(Use::Tag, secret);
        (0..6)
            .filter_map(|_| u32::try_from(stream.next(16)).ok())
            .filter_map(|digit| char::from_digit(digit, 16))
            .collect()
    }

    /// Another name of the same shape. Names that differ in letter case only get aliases that do.
    pub(super) fn name(&self, name: &str) -> String {
        let key = name.to_lowercase();
        let mut stream = self.stream(Use::Name, &key);
        for _ in 0..8 {
            let mut rest = name;
            let mut alias = String::with_capacity(name.len());
            while let Some(c) = rest.chars().next() {
                let escape = rest
                    .get(..3)
                    .filter(|text| c == '%' && text[1..].bytes().all(|b| b.is_ascii_hexdigit()));
                if let Some(escape) = escape {
                    alias.push_str(escape);
                    rest = &rest[3..];
                    continue;
                }
                alias.push(letter(c, &mut stream));
                rest = &rest[c.len_utf8()..];
            }
            if alias.to_lowercase() != key {
                return alias;
            }
        }
        name.to_owned()
    }

    /// Another GUID of the same spelling; with dashes or without them, in braces or bare.
    pub(super) fn guid(&self, guid: &str) -> String {
        if vocabulary::is_known_guid(guid) || is_own_id(guid) {
            return guid.to_owned();
        }
        let bare: String = guid
            .chars()
            .filter(char::is_ascii_hexdigit)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let mut stream = self.stream(Use::Guid, &bare);
        let mut digits = String::with_capacity(32);
        for (at, digit) in bare.chars().enumerate() {
            // Version and variant stay: they tell who made it.
            let keep = matches!(at, 12 | 16);
            let alias = char::from_digit(u32::try_from(stream.next(16)).unwrap_or(0), 16);
            digits.push(if keep { digit } else { alias.unwrap_or('0') });
        }
        digits.truncate(bare.len() - OWN_ID_END.len());
        digits.push_str(OWN_ID_END);
        let upper = guid.bytes().any(|b| b.is_ascii_uppercase())
            && !guid.bytes().any(|b| b.is_ascii_lowercase());
        if upper {
            digits.make_ascii_uppercase();
        }
        let mut digits = digits.chars();
        guid.chars()
            .map(|c| {
                if c.is_ascii_hexdigit() {
                    digits.next().unwrap_or('0')
                } else {
                    c
                }
            })
            .collect()
    }

    /// A damaged id: its digits change, and what is wrong with it stays.
    pub(super) fn digits(&self, id: &str) -> String {
        let key = id.to_ascii_lowercase();
        let mut stream = self.stream(Use::Digits, &key);
        id.chars()
            .map(|c| match c {
                '0'..='9' => digit(stream.next(10)),
                'a'..='f' => char::from(b"abcdef"[stream.next(6)]),
                'A'..='F' => char::from(b"ABCDEF"[stream.next(6)]),
                other => other,
            })
            .collect()
    }

    /// Another host or domain. Labels that say what a host is for stay, and so does the last label
    /// of a public provider; any other domain ends in `example`, which nobody can own.
    pub(super) fn host(&self, host: &str) -> String {
        if hosts::is_public_host(host) || hosts::is_nearly_known(host) {
            return host.to_owned();
        }
        if let Some((own, suffix)) = hosts::tenant_suffix(host) {
            return format!("{}{suffix}", self.labels(own, 0));
        }
        let Some((labels, last)) = host.rsplit_once('.') else {
            return self.name(host);
        };
        let second = labels.rsplit('.').next().unwrap_or_default();
        let ending = if last.chars().any(char::is_uppercase) {
            "EXAMPLE"
        } else {
            "example"
        };
        let keep = usize::from(second.len() <= 3 && labels.contains('.'));
        format!("{}.{ending}", self.labels(labels, keep))
    }

    fn labels(&self, labels: &str, keep_last: usize) -> String {
        let count = labels.split('.').count();
        let labels = labels.split('.').enumerate().map(|(at, label)| {
            if hosts::is_host_role(label) || at + keep_last >= count {
                label.to_owned()
            } else {
                self.name(label)
            }
        });
        labels.collect::<Vec<_>>().join(".")
    }

    /// Another mail address or sign-in name. Marks of guests and personal accounts stay.
    pub(super) fn email(&self, local: &str, at: &str, domain: &str) -> String {
        let (prefix, local) = match local.get(..9) {
            Some(prefix) if prefix.eq_ignore_ascii_case("live.com#") => (prefix, &local[9..]),
            _ => ("", local),
        };
        let guest = ["#ext#", "%23ext%23"].into_iter().find_map(|mark| {
            let at = local.len().checked_sub(mark.len())?;
            let end = local.get(at..)?;
            end.eq_ignore_ascii_case(mark).then(|| (&local[..at], end))
        });
        let (own, mark) = guest.unwrap_or((local, ""));
        format!("{prefix}{}{mark}{at}{}", self.name(own), self.host(domain))
    }

    /// Another IP address, of the ranges that are reserved for examples and benchmarks.
    pub(super) fn address(&self, address: &str) -> String {
        let bare = address.trim_matches(['[', ']']);
        let mut stream = self.stream(Use::Address, bare);
        if bare.contains(':') {
            let groups = [stream.next(9999) + 1, stream.next(9999) + 1];
            let alias = format!("2001:db8::{}:{}", groups[0], groups[1]);
            return address.replace(bare, &alias);
        }
        format!(
            "198.{}.{}.{}",
            18 + stream.next(2),
            stream.next(256),
            1 + stream.next(254)
        )
    }
}

fn digit(number: usize) -> char {
    char::from(b'0' + u8::try_from(number).unwrap_or(0))
}

fn letter(c: char, stream: &mut Stream<'_>) -> char {
    if c.is_ascii_digit() {
        return digit(stream.next(10));
    }
    if !c.is_alphabetic() {
        return c;
    }
    let vowel = "aeiou".contains(c.to_ascii_lowercase());
    let letters = if vowel { VOWELS } else { CONSONANTS };
    let alias = char::from(letters[stream.next(letters.len())]);
    if c.is_uppercase() {
        alias.to_ascii_uppercase()
    } else {
        alias
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aliases() -> Aliases {
        Aliases::new(*b"0123456789abcdef")
    }

    #[test]
    fn names_keep_their_shape_and_case() {
        let alias = aliases().name("Web Shop-2 prod");
        assert_eq!(alias.len(), 15);
        assert!(alias.starts_with(|c: char| c.is_ascii_uppercase()));
        assert_eq!((&alias[3..4], &alias[8..9]), (" ", "-"));
        assert_eq!(
            aliases().name("CONTOSO").to_lowercase(),
            aliases().name("contoso")
        );
        assert_ne!(aliases().name("contoso"), "contoso");
        assert_ne!(
            aliases().name("contoso"),
            Aliases::new([7; 16]).name("contoso")
        );
        assert_eq!(&aliases().name("a%20b")[1..4], "%20");
        assert_eq!(aliases().name("--"), "--");
    }

    #[test]
    fn guids_stay_guids_and_known_ones_stay_themselves() {
        let alias = aliases().guid("2c0d6f1e-4b8a-4d57-9f63-1a2b3c4d5e6f");
        assert!(
            crate::text::guid::is_guid(&alias) && is_own_id(&alias),
            "{alias}"
        );
        assert_eq!((&alias[14..15], &alias[19..20]), ("4", "9"));
        assert_eq!(alias, aliases().guid(&alias), "an alias has no alias");
        assert_eq!(
            aliases().guid("2C0D6F1E-4B8A-4D57-9F63-1A2B3C4D5E6F"),
            alias.to_uppercase()
        );
        assert_eq!(
            aliases().guid("2c0d6f1e4b8a4d579f631a2b3c4d5e6f"),
            alias.replace('-', "")
        );
        for known in [
            "00000000-0000-0000-0000-000000000000",
            "499B84AC-1321-427F-AA17-267CA6975798",
        ] {
            assert_eq!(aliases().guid(known), known);
        }
    }

    #[test]
    fn damaged_ids_stay_damaged_in_the_same_way() {
        let alias = aliases().digits("{1111-aa}x");
        assert!(alias.starts_with('{') && alias.ends_with("}x") && alias.len() == 10);
    }

    #[test]
    fn addresses_stay_addresses() {
        let a = aliases();
        let guest = a.email("jane_fabrikam.com#EXT#", "@", "contoso.onmicrosoft.com");
        assert!(guest.contains("#EXT#@") && guest.ends_with(".onmicrosoft.com"));
        assert!(
            !guest.contains("jane") && !guest.contains("contoso"),
            "{guest}"
        );
        let personal = a.email("live.com#jane", "@", "outlook.com");
        assert!(personal.starts_with("live.com#") && personal.ends_with("@outlook.com"));
        assert!(a.host("tfs.corp.contoso.com").starts_with("tfs."));
        assert!(a.host("contoso.co.uk").ends_with(".co.example"));
        assert_eq!(a.host("dev.azure.com"), "dev.azure.com");
        assert!(a.host("login.contoso.com").starts_with("login."));
        assert!(a.address("10.1.2.3").starts_with("198.1"));
        assert!(a.address("[fe80::1]").starts_with("[2001:db8::"));
    }
}
