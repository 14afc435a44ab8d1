//! The document security store: certificates and revocation data kept in the file (ISO 32000-2,
//! 12.8.4.3; ETSI EN 319 142-1).

use std::collections::HashSet;

use bytes::Bytes;
use openssl::x509::X509;

use crate::chain::Evidence;
use crate::pdf::{Dict, Object, Ref, View};

/// Most streams that are read from the store.
const STREAMS_MAX: usize = 1_000;
/// Most bytes that are read from the store in all.
const BYTES_MAX: usize = 64 << 20;

/// What the store holds.
#[derive(Default)]
pub(super) struct Store {
    pub(super) certificates: Vec<X509>,
    pub(super) evidence: Evidence,
    seen: HashSet<Ref>,
    bytes: usize,
}

#[derive(Clone, Copy)]
enum Content {
    Certificate,
    Crl,
    Ocsp,
}

impl Store {
    /// Adds what the store of a revision holds; what cannot be read is left out.
    pub(super) fn read(&mut self, view: View<'_>) {
        let Ok(root) = view.root() else { return };
        let Ok(Object::Dict(dss)) = view.value(&root, b"DSS") else { return };
        self.read_lists(view, &dss, [b"Certs", b"CRLs", b"OCSPs"]);
        let Ok(Object::Dict(per_signature)) = view.value(&dss, b"VRI") else { return };
        for entry in per_signature.entries.iter().take(STREAMS_MAX) {
            if let Ok(Object::Dict(one)) = view.resolve(&entry.value) {
                self.read_lists(view, &one, [b"Cert", b"CRL", b"OCSP"]);
            }
        }
    }

    fn read_lists(&mut self, view: View<'_>, dict: &Dict, keys: [&[u8]; 3]) {
        for (key, content) in keys.into_iter().zip([Content::Certificate, Content::Crl, Content::Ocsp]) {
            let Ok(Object::Array(list)) = view.value(dict, key) else { continue };
            for item in list.iter() {
                if let Some(id) = item.as_ref()
                    && !self.seen.insert(id)
                {
                    continue;
                }
                if self.seen.len() > STREAMS_MAX || self.bytes > BYTES_MAX {
                    return;
                }
                if let Ok(Object::Stream(stream)) = view.resolve(item)
                    && let Ok(data) = view.decode(&stream)
                {
                    self.bytes += data.len();
                    self.add(content, &data);
                }
            }
        }
    }

    fn add(&mut self, content: Content, data: &Bytes) {
        match content {
            Content::Certificate => self.certificates.extend(crate::cms::certificate::read(data)),
            Content::Crl => self.evidence.add_crl(data),
            Content::Ocsp => self.evidence.add_ocsp(data),
        }
    }
}
