//! Extensions of certificates as they were written: openssl's binding shows neither every one nor their criticality.

use der::asn1::ObjectIdentifier;

use super::ber::{Element, Tag};

/// One extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extension<'a> {
    pub(crate) critical: bool,
    /// What the OCTET STRING holds.
    pub(crate) value: &'a [u8],
}

/// The extension of this type of a certificate in DER; none where it stands more than once, too (RFC 5280, 4.2).
pub(crate) fn extension(certificate: &[u8], kind: ObjectIdentifier) -> Option<Extension<'_>> {
    let outer = Element::read_all(certificate).ok()?.children().ok()?;
    let fields = outer.first()?.children().ok()?;
    let holder = fields.iter().find(|field| field.is(Tag::context(3)))?;
    in_list(holder, kind)
}

/// The extension of this type in an explicitly tagged list of extensions.
pub(crate) fn in_list<'a>(holder: &Element<'a>, kind: ObjectIdentifier) -> Option<Extension<'a>> {
    let list = holder.children().ok()?.first()?.children().ok()?;
    let mut found = None;
    for extension in list {
        let parts = extension.children().ok()?;
        if parts.first()?.oid().ok()? != kind {
            continue;
        }
        let value = parts.last()?.expect(Tag::OCTET_STRING, "OCTET STRING").ok()?;
        let critical = parts.len() == 3 && parts.get(1)?.content() == [0xff];
        if found.replace(Extension { critical, value: value.content() }).is_some() {
            return None;
        }
    }
    found
}
