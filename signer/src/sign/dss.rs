//! The document security store: certificates and revocation data kept in the file (ISO 32000-2, 12.8.4.3; ETSI EN
//! 319 142-1). What stands there stays as it is: an entry written again would look like a change to whoever
//! stamped it.

use std::collections::HashSet;
use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use openssl::x509::X509;

use super::refusal::Refusal;
use crate::chain::Evidence;
use crate::pdf::{Dict, Increment, Object, Ref, View};

/// Most entries of one list that are read.
const ENTRIES_MAX: usize = 1_000;

/// The lists of the store and their names in an entry for one signature.
const LISTS: [(&[u8], &str); 3] = [(b"Certs", "Cert"), (b"CRLs", "CRL"), (b"OCSPs", "OCSP")];

/// What is to be kept, or is kept: certificates, CRLs, OCSP responses, in this order, DER.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Contents {
    lists: [Vec<Bytes>; 3],
}

impl Contents {
    pub(super) fn new(certificates: Vec<Vec<u8>>, crls: Vec<Vec<u8>>, ocsp: Vec<Vec<u8>>) -> Self {
        Self { lists: [certificates, crls, ocsp].map(|list| list.into_iter().map(Bytes::from).collect()) }
    }

    /// Adds what is not there yet.
    pub(super) fn merge(&mut self, other: &Contents) {
        for (list, others) in self.lists.iter_mut().zip(&other.lists) {
            for item in others {
                if !list.contains(item) {
                    list.push(item.clone());
                }
            }
        }
    }

    /// Whether `other` holds all of this.
    pub(super) fn is_within(&self, other: &Contents) -> bool {
        self.lists
            .iter()
            .zip(&other.lists)
            .all(|(list, others)| list.iter().all(|item| others.contains(item)))
    }

    pub(super) fn certificates(&self) -> Vec<X509> {
        self.lists[0].iter().filter_map(|bytes| X509::from_der(bytes).ok()).collect()
    }

    pub(super) fn evidence(&self, evidence: &mut Evidence) {
        self.lists[1].iter().for_each(|crl| evidence.add_crl(crl));
        self.lists[2].iter().for_each(|response| evidence.add_ocsp(response));
    }
}

/// What one signature needs.
#[derive(Debug)]
pub(super) struct Entry {
    /// Upper-case hexadecimal SHA-1 of its `/Contents`, padding included (ISO 32000-2, table 261).
    pub(super) key: String,
    pub(super) contents: Contents,
}

impl Entry {
    /// The name under which a signature's entry stands.
    pub(super) fn key_of(contents: &[u8]) -> String {
        openssl::sha::sha1(contents).iter().map(|byte| format!("{byte:02X}")).collect()
    }
}

/// The store as it stands.
#[derive(Debug, Default)]
pub(super) struct Store {
    dict: Option<Dict>,
    /// Where the dictionary is written: itself, or the catalog where it stands directly in it.
    holder: Option<Ref>,
    contents: Contents,
    references: [Vec<Ref>; 3],
    keys: HashSet<String>,
}

impl Store {
    pub(super) fn read(view: View<'_>) -> Result<Self, Refusal> {
        let root = view.root()?;
        let entry = root.get(b"DSS").cloned().unwrap_or(Object::Null);
        let Object::Dict(dict) = view.resolve(&entry)? else { return Ok(Self::default()) };
        let mut store = Self { holder: entry.as_ref(), ..Self::default() };
        for (index, (name, _)) in LISTS.iter().enumerate() {
            let Object::Array(list) = view.value(&dict, name)? else { continue };
            for item in list.iter().take(ENTRIES_MAX) {
                if let Some(id) = item.as_ref()
                    && let Object::Stream(stream) = view.get(id)?
                    && let Ok(data) = view.decode(&stream)
                {
                    store.contents.lists[index].push(data);
                    store.references[index].push(id);
                }
            }
        }
        if let Object::Dict(entries) = view.value(&dict, b"VRI")? {
            store.keys = entries.entries.iter().map(|entry| entry.key.to_text().into_owned()).collect();
        }
        store.dict = Some(dict);
        Ok(store)
    }

    pub(super) fn contents(&self) -> &Contents {
        &self.contents
    }

    pub(super) fn has_entry(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Writes what is new of `entries` into an update; nothing else of the file changes.
    pub(super) fn write(mut self, increment: &mut Increment<'_>, entries: &[Entry]) -> Result<(), Refusal> {
        let mut fresh: [Vec<Ref>; 3] = [Vec::new(), Vec::new(), Vec::new()];
        let mut keyed = Vec::new();
        for entry in entries {
            let mut body = String::from("<</Type/VRI");
            for (index, (_, name)) in LISTS.iter().enumerate() {
                let mut ids = Vec::new();
                for data in &entry.contents.lists[index] {
                    ids.push(self.place(increment, index, data, &mut fresh[index])?);
                }
                if !ids.is_empty() {
                    body.push_str(&format!("/{name}[{}]", joined(&ids)));
                }
            }
            body.push_str(">>");
            if self.keys.insert(entry.key.clone()) {
                let id = increment.allocate()?;
                increment.put(id, body.into_bytes());
                keyed.push((entry.key.as_str(), id));
            }
        }
        match self.dict.take() {
            Some(dict) => self.extend(increment, &dict, &fresh, &keyed),
            None => create(increment, &fresh, &keyed),
        }
    }

    /// The object that holds these bytes: one that is there, or a new one.
    fn place(
        &mut self,
        increment: &mut Increment<'_>,
        list: usize,
        data: &Bytes,
        fresh: &mut Vec<Ref>,
    ) -> Result<Ref, Refusal> {
        if let Some(at) = self.contents.lists[list].iter().position(|known| known == data) {
            return Ok(self.references[list][at]);
        }
        let id = increment.allocate()?;
        increment.put(id, stream(data));
        self.contents.lists[list].push(data.clone());
        self.references[list].push(id);
        fresh.push(id);
        Ok(id)
    }

    fn extend(
        &self,
        increment: &mut Increment<'_>,
        dict: &Dict,
        fresh: &[Vec<Ref>; 3],
        keyed: &[(&str, Ref)],
    ) -> Result<(), Refusal> {
        let view = increment.document().latest();
        let holder = match self.holder {
            Some(holder) => holder,
            None => view.root_ref()?,
        };
        for ((name, _), ids) in LISTS.iter().zip(fresh) {
            if ids.is_empty() {
                continue;
            }
            let entry = dict.get(name).cloned().unwrap_or(Object::Null);
            match (view.resolve(&entry)?, entry.as_ref()) {
                (Object::Array(list), id) => {
                    increment.patch(id.unwrap_or(holder))?.push(&list, joined(ids).as_bytes());
                }
                _ => increment.patch(holder)?.set(dict, name, format!("[{}]", joined(ids)).as_bytes()),
            }
        }
        if keyed.is_empty() {
            return Ok(());
        }
        let entry = dict.get(b"VRI").cloned().unwrap_or(Object::Null);
        match (view.resolve(&entry)?, entry.as_ref()) {
            (Object::Dict(entries), id) => {
                let patch = increment.patch(id.unwrap_or(holder))?;
                for (key, id) in keyed {
                    patch.set(&entries, key.as_bytes(), format!("{id} R").as_bytes());
                }
            }
            _ => increment.patch(holder)?.set(dict, b"VRI", keys_source(keyed).as_bytes()),
        }
        Ok(())
    }
}

fn create(
    increment: &mut Increment<'_>,
    fresh: &[Vec<Ref>; 3],
    keyed: &[(&str, Ref)],
) -> Result<(), Refusal> {
    let view = increment.document().latest();
    let mut body = b"<</Type/DSS".to_vec();
    for ((name, _), ids) in LISTS.iter().zip(fresh) {
        if !ids.is_empty() {
            body.push(b'/');
            body.extend_from_slice(name);
            body.extend_from_slice(format!("[{}]", joined(ids)).as_bytes());
        }
    }
    body.extend_from_slice(b"/VRI");
    body.extend_from_slice(keys_source(keyed).as_bytes());
    body.extend_from_slice(b">>");
    let id = increment.allocate()?;
    increment.put(id, body);
    let root = view.root()?;
    increment.patch(view.root_ref()?)?.set(&root, b"DSS", format!("{id} R").as_bytes());
    Ok(())
}

fn keys_source(keyed: &[(&str, Ref)]) -> String {
    let pairs: Vec<String> = keyed.iter().map(|(key, id)| format!("/{key} {id} R")).collect();
    format!("<<{}>>", pairs.concat())
}

fn joined(ids: &[Ref]) -> String {
    ids.iter().map(|id| format!("{id} R")).collect::<Vec<_>>().join(" ")
}

/// A stream object, deflated.
fn stream(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail; where it did, the plain bytes are as good.
    let deflated = encoder.write_all(data).and_then(|()| encoder.finish());
    let (filter, body) = match deflated {
        Ok(deflated) => ("/Filter/FlateDecode", deflated),
        Err(_) => ("", data.to_vec()),
    };
    let mut out = format!("<</Length {}{filter}>>stream\n", body.len()).into_bytes();
    out.extend_from_slice(&body);
    out.extend_from_slice(b"\nendstream");
    out
}
