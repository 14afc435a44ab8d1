//! Adds to a finished signature what the signer did not sign: a time stamp over the signature value.

use super::ber::{BerError, Element, Tag, der_set, write_tlv};
use super::oid;
use super::parse::SignedData;

/// Why a message takes no time stamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttachError {
    /// Not a CMS message.
    #[error("the signature is not a readable CMS message: {0}")]
    Unreadable(String),
    /// None or several signers: it is not said which of them would be stamped.
    #[error("the signature message has {0} signers, a time stamp goes to exactly one")]
    Signers(usize),
}

impl From<BerError> for AttachError {
    fn from(error: BerError) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// The value of the only signature in a message: what a signature time stamp is over (ETSI EN 319 122-1).
///
/// # Errors
/// [`AttachError`].
pub fn signature_value(message: &[u8]) -> Result<Vec<u8>, AttachError> {
    let signed_data = SignedData::read(message)?;
    match signed_data.signers.as_slice() {
        [signer] => Ok(signer.signature.to_vec()),
        others => Err(AttachError::Signers(others.len())),
    }
}

/// Puts a time-stamp token into the unsigned attributes of the only signer. All other bytes stay as they are, but for
/// the lengths around them.
///
/// # Errors
/// [`AttachError`].
pub fn attach_timestamp(message: &[u8], token: &[u8]) -> Result<Vec<u8>, AttachError> {
    // Refuses what is no message, or has not one signer, before anything is taken apart.
    signature_value(message)?;
    let (info, _) = Element::read(message)?;
    let parts = info.children()?;
    let [kind, wrapper, ..] = parts.as_slice() else {
        return Err(BerError::Expected { expected: "ContentInfo with content" }.into());
    };
    let inside = wrapper.children()?;
    let signed_data = inside.first().ok_or(BerError::Expected { expected: "SignedData" })?.children()?;
    let mut content = Vec::with_capacity(message.len() + token.len() + 64);
    for (index, part) in signed_data.iter().enumerate() {
        // The digest algorithms, the second field, are a SET too; of the later fields only the signers.
        if part.is(Tag::SET) && index > 1 {
            let signers = part.children()?;
            let signer = signers.first().ok_or(AttachError::Signers(0))?;
            write_tlv(&mut content, 0x31, &with_attribute(signer, token)?);
        } else {
            content.extend_from_slice(part.raw());
        }
    }
    let mut sequence = Vec::with_capacity(content.len() + 8);
    write_tlv(&mut sequence, 0x30, &content);
    let mut outer = kind.raw().to_vec();
    write_tlv(&mut outer, 0xa0, &sequence);
    let mut out = Vec::with_capacity(outer.len() + 8);
    write_tlv(&mut out, 0x30, &outer);
    Ok(out)
}

fn with_attribute(signer: &Element<'_>, token: &[u8]) -> Result<Vec<u8>, BerError> {
    let mut attribute = Vec::with_capacity(token.len() + 32);
    write_tlv(&mut attribute, 0x06, oid::SIGNATURE_TIME_STAMP.as_bytes());
    write_tlv(&mut attribute, 0x31, token);
    let mut added = Vec::with_capacity(attribute.len() + 8);
    write_tlv(&mut added, 0x30, &attribute);
    let mut attributes = vec![added];
    let mut content = Vec::new();
    for part in signer.children()? {
        if part.is(Tag::context(1)) {
            attributes.extend(part.children()?.iter().map(|attribute| attribute.raw().to_vec()));
        } else {
            content.extend_from_slice(part.raw());
        }
    }
    let mut set = der_set(&attributes);
    if let Some(first) = set.first_mut() {
        *first = 0xa1;
    }
    content.extend(set);
    let mut out = Vec::with_capacity(content.len() + 8);
    write_tlv(&mut out, 0x30, &content);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message without content, certificates or attributes: one signer with the value `abc`.
    fn message() -> Vec<u8> {
        let tlv = |identifier: u8, content: &[u8]| {
            let mut out = Vec::new();
            write_tlv(&mut out, identifier, content);
            out
        };
        let oid = |name: der::asn1::ObjectIdentifier| tlv(0x06, name.as_bytes());
        let algorithm = tlv(0x30, &oid(oid::SHA256));
        let id = tlv(0x30, &[tlv(0x30, b""), tlv(0x02, b"\x01")].concat());
        let signer =
            [tlv(0x02, b"\x01"), id, algorithm.clone(), algorithm.clone(), tlv(0x04, b"abc")].concat();
        let signed_data = [
            tlv(0x02, b"\x01"),
            tlv(0x31, &algorithm),
            tlv(0x30, &oid(oid::DATA)),
            tlv(0x31, &tlv(0x30, &signer)),
        ]
        .concat();
        tlv(0x30, &[oid(oid::SIGNED_DATA), tlv(0xa0, &tlv(0x30, &signed_data))].concat())
    }

    #[test]
    fn a_token_is_added_beside_those_that_are_there() {
        let message = message();
        assert_eq!(signature_value(&message).unwrap(), b"abc");
        let once = attach_timestamp(&message, b"\x30\x01\x02").unwrap();
        let twice = attach_timestamp(&once, b"\x30\x01\x01").unwrap();
        let read = SignedData::read(&twice).unwrap();
        let tokens: Vec<&[u8]> =
            read.signers[0].unsigned.iter().flat_map(|one| one.values.iter().map(Element::raw)).collect();
        assert_eq!(tokens, [b"\x30\x01\x01", b"\x30\x01\x02"], "sorted, as DER has it");
        assert_eq!(signature_value(&twice).unwrap(), b"abc");
    }

    #[test]
    fn what_is_no_message_takes_no_token() {
        assert!(matches!(attach_timestamp(b"\x30\x03abc", b"\x30\x00"), Err(AttachError::Unreadable(_))));
        assert!(attach_timestamp(b"", b"\x30\x00").is_err());
    }
}
