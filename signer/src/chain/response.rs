//! What openssl's binding does not show of an OCSP response (RFC 6960, 4.2.1).

use openssl::error::ErrorStack;
use openssl::ocsp::{OcspBasicResponse, OcspFlag};
use openssl::stack::Stack;
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;

use crate::cms::ber::{Element, Tag};
use crate::cms::certificate_names;
use crate::cms::extension::in_list;
use crate::cms::oid;

/// Most certificates that are read from one response.
const CERTIFICATES_MAX: usize = 16;

/// The inside of a response.
pub(crate) struct Inside<'a> {
    /// The nonce that it repeats.
    pub(crate) nonce: Option<&'a [u8]>,
    /// The certificates that it carries.
    pub(crate) certificates: Vec<X509>,
    /// Serial number of each certificate that it is about (content of the INTEGER), and since when the responder still
    /// knows of certificates that ended (4.4.4, seconds since 1970), where it says so.
    pub(crate) cutoffs: Vec<(&'a [u8], Option<i64>)>,
}

impl<'a> Inside<'a> {
    pub(crate) fn read(response: &'a [u8]) -> Option<Self> {
        let outer = Element::read(response).ok()?.0.children().ok()?;
        let bytes = outer.get(1)?.children().ok()?.first()?.children().ok()?;
        let basic = Element::read(bytes.get(1)?.content()).ok()?.0.children().ok()?;
        let data = basic.first()?.children().ok()?;
        // Before the list of responses [1] is the responder's name.
        let mut behind = data.iter().skip_while(|field| !field.is(Tag::SEQUENCE));
        let cutoffs = behind.next()?.children().ok()?.iter().filter_map(cutoff).collect();
        let nonce = behind.last().filter(|field| field.is(Tag::context(1))).and_then(|holder| {
            let value = in_list(holder, oid::OCSP_NONCE)?.value;
            // An OCTET STRING inside; some responders leave it out.
            Some(
                Element::read_all(value)
                    .ok()
                    .filter(|inner| inner.is(Tag::OCTET_STRING))
                    .map_or(value, |inner| inner.content()),
            )
        });
        let certificates = basic
            .iter()
            .skip(1)
            .find(|field| field.is(Tag::context(0)))
            .and_then(|holder| holder.children().ok()?.first()?.children().ok());
        let certificates = certificates
            .unwrap_or_default()
            .iter()
            .take(CERTIFICATES_MAX)
            .filter_map(|one| X509::from_der(one.raw()).ok())
            .collect();
        Some(Self { nonce, certificates, cutoffs })
    }

    /// Since when the responder still knows of certificates that ended, in what it says of this one; none where it says
    /// nothing, or more than one certificate has this number.
    pub(crate) fn keeps_since(&self, subject: &X509) -> Option<i64> {
        let serial = certificate_names(subject)?.serial;
        let mut about = self.cutoffs.iter().filter(|(number, _)| *number == serial);
        let (_, cutoff) = about.next()?;
        if about.next().is_some() { None } else { *cutoff }
    }
}

/// Serial number and archive cutoff of one answer.
fn cutoff<'a>(single: &Element<'a>) -> Option<(&'a [u8], Option<i64>)> {
    let fields = single.children().ok()?;
    let serial = fields.first()?.children().ok()?.last()?.content();
    // After thisUpdate: [0] nextUpdate, [1] extensions. The status may have the tag [1], too.
    let extensions = fields.iter().skip(3).find(|field| field.is(Tag::context(1)));
    let cutoff = extensions
        .and_then(|holder| in_list(holder, oid::OCSP_ARCHIVE_CUTOFF))
        .and_then(|extension| Element::read_all(extension.value).ok()?.unix_time().ok());
    Some((serial, cutoff))
}

/// Whether this certificate's key, and no other, made the signature of a response; its right to sign is not judged.
pub(crate) fn is_signed_by(response: &OcspBasicResponse, signer: &X509) -> bool {
    let check = || -> Result<(), ErrorStack> {
        let mut only = Stack::new()?;
        only.push(signer.clone())?;
        let nobody = X509StoreBuilder::new()?.build();
        response.verify(&only, &nobody, OcspFlag::NO_INTERN | OcspFlag::NO_VERIFY)
    };
    check().is_ok()
}
