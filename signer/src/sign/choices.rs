//! What whoever signs may choose beside the place and the looks.

use super::certify::Certification;
use super::lock::FieldLock;
use crate::cms::Digest;
use crate::keys::Signatory;

/// What whoever signs may choose; nothing chosen is an approval signature with the usual digest.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Certify the document. Only its first signature can.
    pub certification: Option<Certification>,
    /// Fields to lock with the signature. A field that brings its own lock takes no other.
    pub lock: Option<FieldLock>,
    /// The digest. Default: what the field asks for, else [`Signatory::usual_digest`].
    pub digest: Option<Digest>,
    /// Sign with RSASSA-PSS where an RSA key could do either.
    pub pss: bool,
    /// A time stamp will be put into the signature: some fields ask for one.
    pub time_stamp: bool,
    /// Who will sign: some fields ask for certain certificates. [`super::sign_with`] and [`super::seal_with`] fill
    /// it in from the key.
    pub signatory: Option<Signatory>,
}
