//! Which machines may be asked. A certificate names addresses; a stranger's must not make this machine ask others
//! inside its own network, where no stranger could ask himself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How far addresses from trusted certificates may lead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// To public addresses only.
    Outside,
    /// Anywhere: the CAs of agencies answer inside their own networks.
    #[default]
    Anywhere,
}

/// Whose word an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The operator's: it may lead anywhere.
    Operator,
    /// That of a certificate below a trust root: it may lead as far as [`Reach`] says.
    Trusted,
    /// That of a certificate of which it is not known yet where its path ends, or of a redirect to another host:
    /// it leads to public addresses only.
    Unproven,
}

/// Whether an address is none that the whole world can reach.
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_inside_v4(address),
        IpAddr::V6(address) => is_inside_v6(address),
    }
}

fn is_inside_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || a == 0
        // Behind carriers' translators (RFC 6598), special registries (RFC 6890), benchmarks (RFC 2544).
        || a == 100 && (64..128).contains(&b)
        || (a, b, c) == (192, 0, 0)
        || a == 198 && (b == 18 || b == 19)
        || a >= 240
}

fn is_inside_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_inside_v4(inner);
    }
    let [first, second, third, ..] = address.segments();
    let tail = || {
        let [.., a, b, c, d] = address.octets();
        Ipv4Addr::new(a, b, c, d)
    };
    let six_to_four = || {
        let [_, _, a, b, c, d, ..] = address.octets();
        Ipv4Addr::new(a, b, c, d)
    };
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        // Unique local (RFC 4193), link local, site local of old (RFC 3879).
        || first & 0xfe00 == 0xfc00
        || first & 0xffc0 == 0xfe80
        || first & 0xffc0 == 0xfec0
        // IPv4 written inside: NAT64 (RFC 6052), its local prefix (RFC 8215), 6to4 (RFC 3056), compatible (RFC 4291).
        || first == 0x64 && second == 0xff9b && (third != 0 || is_inside_v4(tail()))
        || first == 0x2002 && is_inside_v4(six_to_four())
        || address.segments().iter().take(6).all(|part| *part == 0)
}

/// Looks names up and leaves out every address inside, so that what was judged is what is connected to.
#[derive(Debug)]
pub(super) struct OutsideResolver(pub(super) Arc<DefaultResolver>);

/// The message by which [`OutsideResolver`] tells its refusal through the client.
pub(super) const INSIDE: &str = "address of the inside";

impl Resolver for OutsideResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.0.resolve(uri, config, timeout)?;
        let mut kept = self.empty();
        for address in found.iter().filter(|address| !is_inside(address.ip())) {
            kept.push(*address);
        }
        if kept.is_empty() {
            return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, INSIDE).into());
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_the_world_cannot_reach_are_inside() {
        let inside = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.9",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::7f00:1",
            "fd00::1",
            "fe80::1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::1",
            "ff02::1",
        ];
        for address in inside {
            assert!(is_inside(address.parse().unwrap()), "{address}");
        }
        for address in ["203.162.0.181", "8.8.8.8", "100.128.0.1", "2001:4860:4860::8888", "64:ff9b::808:808"]
        {
            assert!(!is_inside(address.parse().unwrap()), "{address}");
        }
    }
}
