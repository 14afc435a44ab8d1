//! The standard security handler: RC4 and AES, keys from a user's or owner's password (ISO 32000-1 7.6,
//! ISO 32000-2 7.6.4). Public-key handlers are recognised and left alone.

use bytes::Bytes;
use openssl::hash::{MessageDigest, hash};
use openssl::sha::{sha256, sha384, sha512};
use openssl::symm::{Cipher, Crypter, Mode};

use super::error::Error;
use super::increment::hex;
use super::lexer::Lexer;
use super::object::{Dict, Object, PdfString, Ref};
use super::view::View;

/// What pads short passwords (ISO 32000-1 algorithm 2).
const PAD: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E,
    0x2E, 0x00, 0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];
/// Longest password the standard takes, in bytes.
const PASSWORD_BYTES_MAX: usize = 127;
/// Most rounds of the hash of revision 6 before the file is called hostile; honest ones end near 70.
const HASH_ROUNDS_MAX: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Identity,
    Rc4,
    Aes128,
    Aes256,
}

/// The key of an unlocked file.
#[derive(Clone)]
pub(crate) struct Crypt {
    key: Vec<u8>,
    strings: Method,
    streams: Method,
    /// `/Metadata` streams are encrypted like all others.
    metadata: bool,
    /// The encryption dictionary, which is never encrypted.
    dictionary: Option<Ref>,
}

impl std::fmt::Debug for Crypt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crypt")
            .field("strings", &self.strings)
            .field("streams", &self.streams)
            .finish_non_exhaustive()
    }
}

/// What the encryption dictionary says.
struct Handler {
    version: i64,
    revision: i64,
    key_bytes: usize,
    owner: Bytes,
    user: Bytes,
    owner_key: Bytes,
    user_key: Bytes,
    permissions: i64,
    metadata: bool,
    id: Bytes,
}

/// Tries a password as the user's and as the owner's; none when it is neither.
pub(crate) fn unlock(view: View<'_>, password: &str) -> Result<Option<Crypt>, Error> {
    let entry = view.trailer().get(b"Encrypt").cloned().unwrap_or(Object::Null);
    let Object::Dict(dict) = view.resolve(&entry)? else { return Ok(None) };
    if view.value(&dict, b"Filter")?.as_name() != Some(b"Standard") {
        return Ok(None);
    }
    let mut handler = Handler::read(view, &dict)?;
    let mut key = handler.key(password)?;
    // Crypt filters of version 4 use 128 bits whatever the lengths say; some producers believed the lengths.
    if key.is_none() && handler.version == 4 {
        for bytes in announced_key_bytes(view, &dict)? {
            handler.key_bytes = bytes;
            key = handler.key(password)?;
            if key.is_some() {
                break;
            }
        }
    }
    let (strings, streams) = match handler.version {
        1 | 2 => (Method::Rc4, Method::Rc4),
        4 | 5 => (method(view, &dict, b"StrF")?, method(view, &dict, b"StmF")?),
        _ => return Err(Error::Filter("unknown version of the standard security handler")),
    };
    // Only attached files are encrypted: all that is read and written here needs no key.
    let plain = (strings, streams) == (Method::Identity, Method::Identity);
    let Some(key) = key.or_else(|| plain.then(Vec::new)) else { return Ok(None) };
    Ok(Some(Crypt { key, strings, streams, metadata: handler.metadata, dictionary: entry.as_ref() }))
}

/// The method of the crypt filter that a key of the encryption dictionary names.
fn method(view: View<'_>, dict: &Dict, key: &[u8]) -> Result<Method, Error> {
    let name = view.value(dict, key)?;
    let Some(name) = name.as_name().filter(|name| *name != b"Identity") else { return Ok(Method::Identity) };
    let Object::Dict(filters) = view.value(dict, b"CF")? else { return Ok(Method::Identity) };
    let Object::Dict(filter) = view.value(&filters, name)? else { return Ok(Method::Identity) };
    match view.value(&filter, b"CFM")?.as_name() {
        Some(b"V2") => Ok(Method::Rc4),
        Some(b"AESV2") => Ok(Method::Aes128),
        Some(b"AESV3") => Ok(Method::Aes256),
        None | Some(b"None") => Ok(Method::Identity),
        Some(_) => Err(Error::Filter("unknown method of a crypt filter")),
    }
}

/// How many bytes long the key would be by what the dictionary and its filter for streams say.
fn announced_key_bytes(view: View<'_>, dict: &Dict) -> Result<Vec<usize>, Error> {
    let mut lengths = vec![view.value(dict, b"Length")?.as_integer()];
    if let (Object::Dict(filters), Some(name)) =
        (view.value(dict, b"CF")?, view.value(dict, b"StmF")?.as_name())
        && let Object::Dict(filter) = view.value(&filters, name)?
    {
        lengths.push(view.value(&filter, b"Length")?.as_integer());
    }
    // Up to 16 these are bytes, beyond bits.
    let bytes = |length: i64| if length <= 16 { length } else { length / 8 };
    let plausible = |length: i64| usize::try_from(length).ok().filter(|bytes| (5..16).contains(bytes));
    Ok(lengths.into_iter().flatten().map(bytes).filter_map(plausible).collect())
}

/// An integer, also one that is written as a real.
fn whole_number(object: &Object) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "beyond the range the ends of it are as good")]
    object.as_integer().or_else(|| object.as_number().map(|value| value as i64))
}

impl Handler {
    fn read(view: View<'_>, dict: &Dict) -> Result<Self, Error> {
        let integer = |key: &[u8]| view.value(dict, key).map(|value| value.as_integer());
        let string = |key: &[u8]| {
            view.value(dict, key).map(|value| value.as_string().map(PdfString::bytes).unwrap_or_default())
        };
        let version = integer(b"V")?.unwrap_or(0);
        let revision = integer(b"R")?.unwrap_or(0);
        let bits = integer(b"Length")?.unwrap_or(40);
        // Some producers give the length in bytes.
        let bits = if (5..=16).contains(&bits) { bits * 8 } else { bits };
        let key_bytes = match version {
            1 => 5,
            2 => usize::try_from(bits / 8).unwrap_or(5).clamp(5, 16),
            4 => 16,
            _ => 32,
        };
        let id = match view.value(view.trailer(), b"ID")? {
            Object::Array(ids) => match ids.get(0).map(|id| view.resolve(id)).transpose()? {
                Some(Object::String(id)) => id.bytes(),
                _ => Bytes::new(),
            },
            _ => Bytes::new(),
        };
        let permissions = view.value(dict, b"P")?;
        let handler = Self {
            version,
            revision,
            key_bytes,
            owner: string(b"O")?,
            user: string(b"U")?,
            owner_key: string(b"OE")?,
            user_key: string(b"UE")?,
            permissions: whole_number(&permissions).unwrap_or(0),
            metadata: !matches!(view.value(dict, b"EncryptMetadata")?, Object::Bool(false)),
            id,
        };
        let long_enough = if revision >= 5 {
            handler.owner.len() >= 48
                && handler.user.len() >= 48
                && handler.owner_key.len() == 32
                && handler.user_key.len() == 32
                && string(b"Perms")?.len() == 16
        } else {
            handler.owner.len() >= 32 && handler.user.len() >= 16
        };
        // Which revision goes with which version is often written wrongly; the revision decides how the key is made.
        let known = matches!((version, revision), (1 | 2 | 4, 2..=4) | (5, 5 | 6));
        if !known || !long_enough || whole_number(&permissions).is_none() {
            return Err(Error::Type {
                what: "the encryption dictionary",
                expected: "complete and of a known kind",
            });
        }
        Ok(handler)
    }

    fn key(&self, password: &str) -> Result<Option<Vec<u8>>, Error> {
        if self.revision >= 5 {
            let bytes = password.as_bytes();
            return self.key_aes256(&bytes[..bytes.len().min(PASSWORD_BYTES_MAX)]);
        }
        // PDFDocEncoding agrees with Latin-1 where passwords are typed.
        let narrow: Option<Vec<u8>> =
            password.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect();
        let password = narrow.unwrap_or_else(|| password.as_bytes().to_vec());
        if let Some(key) = self.key_of_user(&padded(&password))? {
            return Ok(Some(key));
        }
        let mut user = self.owner[..32].to_vec();
        let key = self.stretched(&padded(&password), 50)?;
        let rounds: &[u8] = if self.revision == 2 { &[0] } else { &ROUNDS };
        for round in rounds.iter().rev() {
            user = rc4(&key.iter().map(|byte| byte ^ round).collect::<Vec<_>>(), &user);
        }
        self.key_of_user(&user)
    }

    /// MD5 of the input, again and again from revision 3 on, cut to the length of the key.
    fn stretched(&self, input: &[u8], rounds: usize) -> Result<Vec<u8>, Error> {
        let mut digest = md5(input)?;
        if self.revision >= 3 {
            for _ in 0..rounds {
                digest = md5(&digest[..self.key_bytes])?;
            }
        }
        digest.truncate(self.key_bytes);
        Ok(digest)
    }

    /// Algorithms 2, 4 and 5: the key, if the padded password is the user's.
    fn key_of_user(&self, padded: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let permissions = self.permissions.to_le_bytes();
        let mut input = [padded, &self.owner[..32], &permissions[..4], &self.id].concat();
        if self.revision >= 4 && !self.metadata {
            input.extend_from_slice(&[0xFF; 4]);
        }
        let key = self.stretched(&input, 50)?;
        let right = if self.revision == 2 {
            rc4(&key, &PAD)[..] == self.user[..]
        } else {
            let mut check = md5(&[&PAD[..], &self.id].concat())?;
            for round in ROUNDS {
                check = rc4(&key.iter().map(|byte| byte ^ round).collect::<Vec<_>>(), &check);
            }
            check[..] == self.user[..16]
        };
        Ok(right.then_some(key))
    }

    /// Algorithm 2.A of ISO 32000-2, for both revisions of AES-256.
    fn key_aes256(&self, password: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let user = &self.user[..48];
        for (entry, wrapped, extra) in
            [(&self.user, &self.user_key, &[][..]), (&self.owner, &self.owner_key, user)]
        {
            if self.hash(password, &entry[32..40], extra)? == entry[..32] {
                let key = self.hash(password, &entry[40..48], extra)?;
                return aes_cbc(Mode::Decrypt, &key, &[0; 16], wrapped, false).map(Some);
            }
        }
        Ok(None)
    }

    /// SHA-256 for revision 5, algorithm 2.B for revision 6.
    fn hash(&self, password: &[u8], salt: &[u8], extra: &[u8]) -> Result<Vec<u8>, Error> {
        let mut key = sha256(&[password, salt, extra].concat()).to_vec();
        if self.revision == 5 {
            return Ok(key);
        }
        for round in 0..HASH_ROUNDS_MAX {
            let block = [password, &key, extra].concat().repeat(64);
            let encrypted = aes_cbc(Mode::Encrypt, &key[..16], &key[16..32], &block, false)?;
            let remainder = encrypted[..16].iter().map(|byte| u32::from(*byte)).sum::<u32>() % 3;
            key = match remainder {
                0 => sha256(&encrypted).to_vec(),
                1 => sha384(&encrypted).to_vec(),
                _ => sha512(&encrypted).to_vec(),
            };
            let last = encrypted.last().map_or(0, |byte| usize::from(*byte));
            if round >= 63 && last <= round - 31 {
                key.truncate(32);
                return Ok(key);
            }
        }
        Err(Error::Limit { limit: "rounds of the password hash" })
    }
}

const ROUNDS: [u8; 20] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19];

fn padded(password: &[u8]) -> Vec<u8> {
    password.iter().chain(&PAD).take(32).copied().collect()
}

fn md5(input: &[u8]) -> Result<Vec<u8>, Error> {
    hash(MessageDigest::md5(), input)
        .map(|digest| digest.to_vec())
        .map_err(|_| Error::Filter("MD5 is not available, which old encryption needs"))
}

/// RC4; openssl keeps it in a provider that need not be installed.
fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut state: [u8; 256] = std::array::from_fn(|index| index.to_le_bytes()[0]);
    let mut j = 0_u8;
    for (i, byte) in (0..256).zip(key.iter().cycle()) {
        j = j.wrapping_add(state[i]).wrapping_add(*byte);
        state.swap(i, usize::from(j));
    }
    let (mut i, mut j) = (0_u8, 0_u8);
    data.iter()
        .map(|byte| {
            i = i.wrapping_add(1);
            j = j.wrapping_add(state[usize::from(i)]);
            state.swap(usize::from(i), usize::from(j));
            byte ^ state[usize::from(state[usize::from(i)].wrapping_add(state[usize::from(j)]))]
        })
        .collect()
}

fn aes_cbc(mode: Mode, key: &[u8], iv: &[u8], data: &[u8], pad: bool) -> Result<Vec<u8>, Error> {
    let bad = |_| Error::Filter("corrupt AES data");
    let cipher = if key.len() == 32 { Cipher::aes_256_cbc() } else { Cipher::aes_128_cbc() };
    let mut crypter = Crypter::new(cipher, mode, key, Some(iv)).map_err(bad)?;
    crypter.pad(pad);
    let mut out = vec![0; data.len() + 32];
    let mut count = crypter.update(data, &mut out).map_err(bad)?;
    count += crypter.finalize(&mut out[count..]).map_err(bad)?;
    out.truncate(count);
    Ok(out)
}

impl Crypt {
    /// The key for one object (ISO 32000-1 algorithm 1); AES-256 uses the file's.
    fn object_key(&self, id: Ref, method: Method) -> Result<Vec<u8>, Error> {
        if method == Method::Aes256 {
            return Ok(self.key.clone());
        }
        let mut input = self.key.clone();
        input.extend_from_slice(&id.number.to_le_bytes()[..3]);
        input.extend_from_slice(&id.generation.to_le_bytes());
        if method == Method::Aes128 {
            input.extend_from_slice(b"sAlT");
        }
        let mut key = md5(&input)?;
        key.truncate((self.key.len() + 5).min(16));
        Ok(key)
    }

    fn decrypt(&self, method: Method, id: Ref, data: &[u8]) -> Result<Vec<u8>, Error> {
        match method {
            Method::Identity => Ok(data.to_vec()),
            Method::Rc4 => Ok(rc4(&self.object_key(id, method)?, data)),
            Method::Aes128 | Method::Aes256 => {
                // The empty string is written without vector by some producers.
                if data.is_empty() {
                    return Ok(Vec::new());
                }
                let (iv, rest) = data.split_at_checked(16).ok_or(Error::Filter("corrupt AES data"))?;
                // Tail bytes that fill no block are dropped, as other readers do.
                let whole = &rest[..rest.len() / 16 * 16];
                if whole.is_empty() {
                    return Ok(Vec::new());
                }
                aes_cbc(Mode::Decrypt, &self.object_key(id, method)?, iv, whole, true)
            }
        }
    }

    fn encrypt(&self, method: Method, id: Ref, data: &[u8]) -> Result<Vec<u8>, Error> {
        match method {
            Method::Identity => Ok(data.to_vec()),
            Method::Rc4 => Ok(rc4(&self.object_key(id, method)?, data)),
            Method::Aes128 | Method::Aes256 => {
                // A vector from the key and all that is encrypted: unpredictable without the key, and equal
                // only for equal text in the same object.
                let place = [&id.number.to_be_bytes()[..], &id.generation.to_be_bytes()].concat();
                let iv = &sha256(&[&self.key, &place, data].concat())[..16];
                let mut out = iv.to_vec();
                out.extend(aes_cbc(Mode::Encrypt, &self.object_key(id, method)?, iv, data, true)?);
                Ok(out)
            }
        }
    }

    /// Decrypts a stream's raw data.
    pub(crate) fn decrypt_stream(&self, dict: &Dict, id: Ref, raw: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        if !self.covers_stream(dict) || self.dictionary == Some(id) {
            return Ok(None);
        }
        self.decrypt(self.streams, id, raw).map(Some)
    }

    fn covers_stream(&self, dict: &Dict) -> bool {
        let plain_metadata = !self.metadata && dict.is_name(b"Type", b"Metadata");
        // A crypt filter of its own: only Identity is known for streams of their own.
        let own_filter = match dict.get(b"Filter") {
            Some(Object::Array(filters)) => filters.get(0).and_then(Object::as_name) == Some(b"Crypt"),
            Some(filter) => filter.as_name() == Some(b"Crypt"),
            None => false,
        };
        !plain_metadata && !own_filter && !dict.is_name(b"Type", b"XRef")
    }

    /// Replaces the strings in an object by what they say; their places in the source stay.
    pub(crate) fn decrypt_strings(&self, object: &mut Object, id: Ref) {
        if self.dictionary == Some(id) || self.strings == Method::Identity {
            return;
        }
        match object {
            Object::String(string) => {
                // What cannot be decrypted stays as it is and will compare unequal to anything.
                if let Ok(plain) = self.decrypt(self.strings, id, &string.bytes()) {
                    string.source = Bytes::from(hex(&plain));
                }
            }
            Object::Array(array) => {
                for (item, _) in &mut array.items {
                    self.decrypt_strings(item, id);
                }
            }
            Object::Dict(dict) => self.decrypt_dict(dict, id),
            Object::Stream(stream) => self.decrypt_dict(&mut stream.dict, id),
            _ => {}
        }
    }

    fn decrypt_dict(&self, dict: &mut Dict, id: Ref) {
        let signature = is_signature(dict);
        for entry in &mut dict.entries {
            if !(signature && entry.key == b"Contents") {
                self.decrypt_strings(&mut entry.value, id);
            }
        }
    }

    /// Encrypts a new object's source: its strings, and its data if it is a stream.
    pub(crate) fn encrypt_value(&self, source: &[u8], id: Ref) -> Result<Vec<u8>, Error> {
        let source = Bytes::copy_from_slice(source);
        let mut lexer = Lexer::new(&source, 0);
        let (object, span) = lexer.object()?;
        let length = object.as_dict().and_then(|dict| dict.get(b"Length")?.as_integer());
        let length = length.and_then(|length| usize::try_from(length).ok());
        let mut edits = Vec::new();
        self.string_edits(&object, span.clone(), id, &mut edits)?;
        let stream = match &object {
            Object::Dict(dict) => super::section::stream_extent(&source.clone().into(), span.end, length)?
                .map(|extent| (dict, extent)),
            _ => None,
        };
        if let Some((dict, extent)) = stream
            && self.covers_stream(dict)
        {
            let data = self.encrypt(self.streams, id, &source[extent.data.clone()])?;
            let place = dict.entry(b"Length").map(|entry| entry.value_span.clone());
            let place = place.ok_or(Error::Type { what: "a new stream", expected: "given its /Length" })?;
            edits.push((place, data.len().to_string().into_bytes()));
            edits.push((extent.data, data));
        }
        edits.sort_by_key(|(span, _)| span.start);
        let mut out = Vec::with_capacity(source.len() + 64);
        let mut at = 0;
        for (span, bytes) in edits {
            out.extend_from_slice(&source[at..span.start]);
            out.extend_from_slice(&bytes);
            at = span.end;
        }
        out.extend_from_slice(&source[at..]);
        Ok(out)
    }

    fn string_edits(
        &self,
        object: &Object,
        span: std::ops::Range<usize>,
        id: Ref,
        edits: &mut Vec<(std::ops::Range<usize>, Vec<u8>)>,
    ) -> Result<(), Error> {
        match object {
            Object::String(string) if self.strings != Method::Identity => {
                edits.push((span, hex(&self.encrypt(self.strings, id, &string.bytes())?)));
            }
            Object::Array(array) => {
                for (item, span) in &array.items {
                    self.string_edits(item, span.clone(), id, edits)?;
                }
            }
            Object::Dict(dict) => {
                let signature = is_signature(dict);
                for entry in &dict.entries {
                    // The signature itself is never encrypted (ISO 32000-1 7.6.1).
                    if !(signature && entry.key == b"Contents") {
                        self.string_edits(&entry.value, entry.value_span.clone(), id, edits)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// A signature dictionary, by its type or by what only such a one has.
fn is_signature(dict: &Dict) -> bool {
    dict.is_name(b"Type", b"Sig")
        || dict.is_name(b"Type", b"DocTimeStamp")
        || dict.get(b"ByteRange").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rc4_gives_the_known_stream() {
        // RFC 6229 has offsets only; this vector is the classic one of the cipher.
        assert_eq!(rc4(b"Key", b"Plaintext"), [0xBB, 0xF3, 0x16, 0xE8, 0xD9, 0x40, 0xAF, 0x0A, 0xD3]);
    }

    #[test]
    fn every_method_gives_back_what_it_took() {
        for method in [Method::Identity, Method::Rc4, Method::Aes128, Method::Aes256] {
            let key = vec![7; if method == Method::Aes256 { 32 } else { 16 }];
            let crypt = Crypt { key, strings: method, streams: method, metadata: true, dictionary: None };
            let id = Ref::new(12);
            let source = b"<</A(Phe duyet)/B[<31>(\\))]/Length 5>>\nstream\nhello\nendstream";
            let encrypted = Bytes::from(crypt.encrypt_value(source, id).unwrap());
            let mut object = super::super::lexer::parse_object(&encrypted).unwrap();
            crypt.decrypt_strings(&mut object, id);
            let dict = object.as_dict().unwrap();
            assert_eq!(dict.get(b"A").unwrap().as_string().unwrap().to_text(), "Phe duyet");
            assert_eq!(
                dict.get(b"B").unwrap().as_array().unwrap().get(1).unwrap().as_string().unwrap().to_text(),
                ")"
            );
            let length = usize::try_from(dict.get(b"Length").unwrap().as_integer().unwrap()).unwrap();
            let extent =
                super::super::section::stream_extent(&encrypted.clone().into(), dict.span.end, Some(length));
            let extent = extent.unwrap().unwrap();
            assert!(extent.length_agrees);
            let plain = crypt.decrypt_stream(dict, id, &encrypted[extent.data]).unwrap().unwrap();
            assert_eq!(plain, b"hello");
        }
    }

    #[test]
    fn the_signature_itself_stays_in_clear() {
        let crypt = Crypt {
            key: vec![1; 16],
            strings: Method::Rc4,
            streams: Method::Rc4,
            metadata: true,
            dictionary: None,
        };
        let out = crypt.encrypt_value(b"<</Type/Sig/Contents<00ff>/Reason(x)>>", Ref::new(3)).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("/Contents<00ff>") && !out.contains("(x)"), "{out}");
    }
}
