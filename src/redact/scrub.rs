//! The state of a redaction, and the decisions that every part of it shares.

use super::alias::{Aliases, is_alias};
use super::mask::{Counts, Kind, MARK, mask};
use super::vault::{Search, Sweep, Vault, search};
use super::{hosts, vocabulary};
use crate::sensitive::is_variable;
use crate::text::guid::is_guid;

/// Replaces what must not be shown, and remembers it.
#[derive(Debug)]
pub(super) struct Scrubber {
    pub(super) aliases: Aliases,
    /// Ids, names and addresses stay.
    pub(super) keep_ids: bool,
    /// What was found so far.
    pub(super) vault: Vault,
    /// What the first reading found; `None` during it.
    pub(super) sweep: Option<Sweep>,
    pub(super) counts: Counts,
    /// How many texts in texts we are in.
    pub(super) depth: u8,
}

impl Scrubber {
    pub(super) fn new(salt: [u8; 16], keep_ids: bool) -> Self {
        Self {
            aliases: Aliases::new(salt),
            keep_ids,
            vault: Vault::default(),
            sweep: None,
            counts: Counts::default(),
            depth: 0,
        }
    }

    /// Ends the first reading: from now on what it found is replaced wherever it stands.
    pub(super) fn start_over(&mut self) {
        self.sweep = Sweep::new(&self.vault, self.keep_ids);
        self.counts = Counts::default();
    }

    /// Whether this is the first reading.
    pub(super) fn learns(&self) -> bool {
        self.sweep.is_none()
    }

    /// A secret that is called one by its name or is known by its shape.
    pub(super) fn secret(&mut self, value: &str, kind: Kind) -> Option<String> {
        self.masked(value, kind, true)
    }

    /// A value that may be a secret.
    pub(super) fn suspect(&mut self, value: &str, kind: Kind) -> Option<String> {
        self.masked(value, kind, false)
    }

    /// `value` with everything but the blanks around it masked; `None` where there is nothing to mask:
    /// emptiness, variables and other people's masks are evidence.
    fn masked(&mut self, value: &str, kind: Kind, certain: bool) -> Option<String> {
        let bare = value.trim_matches(is_padding);
        if bare.is_empty()
            || bare.trim_matches(['\'', '"']).is_empty()
            || is_variable(bare)
            || vocabulary::is_masked(bare)
        {
            return None;
        }
        let alias = if let Some(token) = self.whole_token(bare) {
            token
        } else if is_guid(bare) {
            if vocabulary::is_known_guid(bare) || is_alias(bare) {
                return None;
            }
            self.vault.keep(bare);
            self.counts.add(kind);
            self.aliases.guid(bare)
        } else {
            if self.learns() && bare.contains(['=', ':', '\n']) {
                self.learn_inner(bare);
            }
            // What holds a mask was a secret before a step before this one; the mask stands elsewhere too.
            if !bare.contains(MARK) && search(bare, certain) != Search::Nowhere {
                self.vault.keep(bare);
            }
            self.counts.add(kind);
            mask(bare, &self.aliases)
        };
        let at = value.find(bare).unwrap_or_default();
        Some(format!(
            "{}{alias}{}",
            &value[..at],
            &value[at + bare.len()..]
        ))
    }

    /// Remembers what is secret inside of a secret: the tokens of a configuration, the lines of a key.
    fn learn_inner(&mut self, secret: &str) {
        for range in crate::sensitive::named(secret) {
            let inner = &secret[range];
            if search(inner, true) != Search::Nowhere {
                self.vault.keep(inner);
            }
        }
        let key = secret.contains("-----BEGIN ");
        for line in secret.lines().filter(|line| key && line.len() >= 40) {
            self.vault.keep(line.trim());
        }
    }

    /// A name that stands where a name belongs.
    pub(super) fn name(&mut self, value: &str) -> Option<String> {
        let bare = value.trim_matches(|c| is_padding(c) || "'\"\u{201c}\u{201d}".contains(c));
        if self.keep_ids
            || bare.is_empty()
            || is_variable(bare)
            || vocabulary::is_masked(bare)
            || bare.eq_ignore_ascii_case("DefaultCollection")
            || !bare.chars().any(char::is_alphanumeric)
        {
            return None;
        }
        if is_guid(bare) {
            return Some(value.replace(bare, &self.aliases.guid(bare)));
        }
        if bare.contains('@') {
            return self.flat(value);
        }
        self.vault.names.insert(bare.to_owned());
        self.counts.add(Kind::Name);
        Some(value.replacen(bare, &self.aliases.name(bare), 1))
    }

    /// Remembers a name that the sweep is to replace.
    pub(super) fn learn_name(&mut self, name: &str) {
        let known = is_guid(name) || is_variable(name) || vocabulary::is_masked(name);
        if self.learns() && !known && (3..=120).contains(&name.len()) {
            self.vault.names.insert(name.to_owned());
        }
    }

    /// Remembers a host, ours or everybody's.
    pub(super) fn learn_host(&mut self, host: &str) {
        let symbol = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b) || !b.is_ascii();
        let host = host.trim_end_matches('.');
        if !self.learns() || host.is_empty() || host.len() > 253 || !host.bytes().all(symbol) {
            return;
        }
        let is_address =
            host.starts_with('[') || host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if is_address {
            self.vault.addresses.insert(host.to_owned());
        } else if hosts::is_public_host(host) {
            self.vault.public.insert(host.to_owned());
        } else if hosts::tenant_suffix(host).is_some()
            || host.contains('.')
            || !vocabulary::is_common(host)
        {
            self.vault.hosts.insert(host.to_owned());
        }
    }

    /// An IP address that stands where one belongs.
    pub(super) fn address(&mut self, value: &str) -> Option<String> {
        let bare = value.trim();
        let valid = bare
            .trim_matches(['[', ']'])
            .split('%')
            .next()
            .is_some_and(|text| text.parse::<std::net::IpAddr>().is_ok());
        if self.keep_ids || !valid || bare.starts_with("127.") || bare == "::1" {
            return None;
        }
        self.vault.addresses.insert(bare.to_owned());
        self.counts.add(Kind::Address);
        Some(value.replace(bare, &self.aliases.address(bare)))
    }
}

/// Blanks and invisible characters, which rules look for around values.
pub(super) fn is_padding(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}
