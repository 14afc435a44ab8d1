//! A file opened for reading: its sections, its revisions, and what had to be tolerated.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::crypt::{self, Crypt};
use super::error::{Anomaly, Error};
use super::input::Input;
use super::lexer::is_white;
use super::limits::{
    ANNOTATION_PAGES_MAX, DECODED_TOTAL_BYTES_MAX, HEADER_WINDOW_BYTES, TRAILER_WINDOW_BYTES,
    WORK_BYTES_BASE, WORK_PER_BYTE,
};
use super::object::{Dict, Object, Ref};
use super::recover;
use super::section::{Section, end_marker, read_chain};
use super::view::View;
use super::xref::XrefKind;

/// One revision: the file up to [`Revision::end`] is what was there when it was saved.
#[derive(Debug, Clone)]
pub struct Revision {
    /// After `%%EOF` and the end of line behind it.
    pub end: usize,
    /// After `%%EOF` itself; a signed range may end here or at [`Revision::end`]. `None`: no marker was found.
    pub marker_end: Option<usize>,
    /// Its sections in [`Document::sections`]: one, or two for the two halves of a linearized file.
    pub sections: std::ops::Range<usize>,
}

/// How a file is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encryption {
    /// By password (`/Standard`), with its `/V` and `/R`.
    Standard {
        /// `/V`: the algorithm.
        version: i64,
        /// `/R`: the revision of the handler.
        revision: i64,
    },
    /// For the holders of certificates.
    PublicKey,
    /// By a handler of this name.
    Other(String),
}

/// Decoded object streams, and how much may still be decoded.
#[derive(Debug)]
pub(crate) struct Cache {
    pub(crate) streams: HashMap<usize, Arc<ObjectStream>>,
    pub(crate) bytes_left: usize,
}

/// A decoded object stream.
#[derive(Debug)]
pub(crate) struct ObjectStream {
    pub(crate) data: Bytes,
    /// Object number and offset in `data`, in order.
    pub(crate) objects: Vec<(u32, usize)>,
}

/// A PDF file, read lazily. Cheap to open; objects are parsed when they are asked for.
#[derive(Debug)]
pub struct Document {
    pub(crate) file: Input,
    /// Newest first.
    pub(crate) sections: Vec<Section>,
    /// Oldest first.
    revisions: Vec<Revision>,
    header_offset: usize,
    shift: usize,
    anomalies: Mutex<Vec<Anomaly>>,
    pub(crate) cache: Mutex<Cache>,
    pub(crate) lock: Lock,
    /// Bytes of syntax that may still be read.
    work_left: AtomicUsize,
    /// The highest object number that a reference in what was read so far names, whether there is an object or not.
    mentioned: AtomicU32,
    /// In the middle of this object the file ends, as a scan found.
    cut_off: Option<Ref>,
    /// A scan found the dictionary of a signature.
    pub(crate) signature_scanned: bool,
    /// What is forgiven.
    pub(crate) leniency: Leniency,
}

/// What is forgiven in reading a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Leniency {
    /// Nothing: so reads who judges.
    Nothing,
    /// Data that break off count as far as they go, references that go round lead to nothing: so reads who signs. Who
    /// judges does where nothing could be read otherwise.
    Data,
    /// That no page can be read, too: so reads who signs where no page is needed and all else failed. Others show no
    /// page of such a file, or another, and open it all the same.
    Pages,
}

/// Can strings and streams be read?
#[derive(Debug)]
pub(crate) enum Lock {
    /// Nothing is encrypted.
    Open,
    /// Encrypted, and no key was found; why, where it is not the password.
    Locked(Option<Error>),
    /// Encrypted, and this opens it.
    Unlocked(Crypt),
}

impl Document {
    /// Opens a file under one strict reading. What had to be tolerated is in [`Document::anomalies`]; where the
    /// cross-reference cannot be used at all the file is scanned for objects ([`Anomaly::Recovered`]).
    ///
    /// # Errors
    /// [`Error::NotPdf`], or [`Error::Damaged`] when no reading gives a catalog with pages.
    pub fn open(file: impl Into<Input>) -> Result<Self, Error> {
        Self::open_with_password(file, "")
    }

    /// Opens an encrypted file with the password of its user or owner; files that are not encrypted, or open
    /// without password, open whatever is given. Where the password is wrong the structure can be read but no
    /// string or stream: see [`Document::is_locked`].
    ///
    /// # Errors
    /// As [`Document::open`].
    pub fn open_with_password(file: impl Into<Input>, password: &str) -> Result<Self, Error> {
        Self::open_as(&file.into(), password, Leniency::Nothing)
    }

    /// As [`Document::open_with_password`], to be signed: data that break off or fail their checksum are read as far
    /// as they go, references that go round lead to nothing.
    pub(crate) fn open_leniently(file: &Input, password: &str) -> Result<Self, Error> {
        Self::open_as(file, password, Leniency::Data)
    }

    /// As [`Document::open_leniently`], also where the catalog is all that can be read.
    pub(crate) fn open_without_pages(file: &Input, password: &str) -> Result<Self, Error> {
        Self::open_as(file, password, Leniency::Pages)
    }

    fn open_as(file: &Input, password: &str, leniency: Leniency) -> Result<Self, Error> {
        let opened = match Self::open_strict(file, password, leniency) {
            Err(because) if !because.is_of_disk() => {
                file.check()?;
                Self::recover(file, password, because, leniency)
            }
            opened => opened,
        };
        file.check()?;
        // What only breaks off, or shows nothing, can still be looked at; that it does is said of it, and whoever judges
        // it knows.
        let told = |document: &Self, known: fn(&Anomaly) -> bool| document.anomalies().iter().any(known);
        match opened {
            Err(because) if leniency == Leniency::Nothing => {
                let data = Self::open_as(file, password, Leniency::Data).ok();
                let data = data.filter(|it| told(it, |anomaly| matches!(anomaly, Anomaly::StreamData(_))));
                let pages = || Self::open_strict(file, password, Leniency::Pages).ok();
                data.or_else(|| pages().filter(|it| told(it, |anomaly| *anomaly == Anomaly::NoPages)))
                    .ok_or(because)
            }
            opened => opened,
        }
    }

    /// Opens another state of this file (truncated, or with an update) with the key found for this one.
    ///
    /// # Errors
    /// As [`Document::open`].
    pub fn open_alike(&self, file: impl Into<Input>) -> Result<Self, Error> {
        let mut document = Self::open_as(&file.into(), "", self.leniency)?;
        if let (Lock::Locked(_), Lock::Unlocked(crypt)) = (&document.lock, &self.lock) {
            document.lock = Lock::Unlocked(crypt.clone());
            document.check_root()?;
        }
        Ok(document)
    }

    fn open_strict(file: &Input, password: &str, leniency: Leniency) -> Result<Self, Error> {
        let mut anomalies = Vec::new();
        let header = find_header(file, &mut anomalies);
        let startxref = find_startxref(file)?;
        let marker = end_marker(file, startxref)
            .ok_or(Error::Syntax { offset: startxref, expected: "startxref with an offset" })?;
        let start = marker.startxref;
        // Offsets count from the first byte; only if that leads nowhere, from the header. White space where a section
        // should begin is forgiven, yet it is a sign that the other way of counting is meant.
        let mut tries = vec![0];
        tries.extend(header.filter(|offset| *offset > 0));
        let blank = |shift: &usize| file.byte(start.saturating_add(*shift)).is_none_or(is_white);
        tries.sort_by_key(blank);
        let mut failure = None;
        for shift in tries {
            let mut found = anomalies.clone();
            match read_chain(file, start.saturating_add(shift), shift, &mut found) {
                Ok(sections) => {
                    let mut document = Self::assemble(file.clone(), sections, header, shift, found);
                    document.leniency = leniency;
                    match document.unlock(password).and_then(|()| document.check_root()) {
                        Ok(()) => return Ok(document),
                        Err(error) => failure = failure.or(Some(error)),
                    }
                }
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        Err(failure.unwrap_or(Error::NotPdf))
    }

    /// Reads the file by scanning it for objects, whatever its cross-reference says.
    ///
    /// # Errors
    /// As [`Document::open`].
    pub(crate) fn recover(
        file: &Input,
        password: &str,
        because: Error,
        leniency: Leniency,
    ) -> Result<Self, Error> {
        let mut anomalies = Vec::new();
        let header = find_header(file, &mut anomalies);
        anomalies.push(Anomaly::Recovered { because });
        let mut without_page = None;
        let nothing = |error| match (error, header) {
            (Error::NotPdf, Some(offset)) => Error::Damaged { offset, what: "no object follows the header" },
            (error, _) => error,
        };
        let mut scanned = recover::scan(file, None).map_err(nothing)?;
        if scanned.sealed {
            // The key is made of what stands outside object streams.
            let crypt = scanned.sections.iter().find_map(|section| {
                let mut locked = Self::assemble(file.clone(), vec![section.clone()], header, 0, Vec::new());
                locked.unlock(password).ok()?;
                if let Lock::Unlocked(crypt) = locked.lock { Some(crypt) } else { None }
            });
            if let Some(crypt) = crypt {
                scanned = recover::scan(file, Some(&crypt)).map_err(nothing)?;
            }
        }
        for section in scanned.sections {
            let mut document = Self::assemble(file.clone(), vec![section], header, 0, anomalies.clone());
            document.mention(scanned.mentioned);
            document.cut_off = scanned.cut_off;
            document.signature_scanned = scanned.signed;
            document.leniency = leniency;
            match document.unlock(password).and_then(|()| document.check_root()) {
                Ok(()) if document.has_page() => return Ok(document),
                Ok(()) => without_page = without_page.or(Some(document)),
                Err(_) => {}
            }
        }
        without_page.ok_or(Error::Damaged { offset: 0, what: "no catalog with pages can be found" })
    }

    fn assemble(
        file: Input,
        sections: Vec<Section>,
        header: Option<usize>,
        shift: usize,
        mut anomalies: Vec<Anomaly>,
    ) -> Self {
        let revisions = find_revisions(&file, &sections, shift, &mut anomalies);
        let work = work_allowed(file.len());
        Self {
            file,
            sections,
            revisions,
            header_offset: header.unwrap_or(0),
            shift,
            anomalies: Mutex::new(anomalies),
            cache: Mutex::new(Cache { streams: HashMap::new(), bytes_left: DECODED_TOTAL_BYTES_MAX }),
            lock: Lock::Open,
            work_left: AtomicUsize::new(work),
            mentioned: AtomicU32::new(0),
            cut_off: None,
            signature_scanned: false,
            leniency: Leniency::Nothing,
        }
    }

    fn unlock(&mut self, password: &str) -> Result<(), Error> {
        let view = self.latest();
        if view.value(view.trailer(), b"Encrypt")?.is_null() {
            return Ok(());
        }
        let mut found = crypt::unlock(view, "");
        if !password.is_empty() && !matches!(found, Ok(Some(_))) {
            found = crypt::unlock(view, password);
        }
        self.lock = match found {
            Ok(Some(crypt)) => Lock::Unlocked(crypt),
            // Which kind it is, and whether its dictionary is damaged, is told by `encryption`.
            Ok(None) => Lock::Locked(None),
            Err(error) => Lock::Locked(Some(error)),
        };
        Ok(())
    }

    fn check_root(&self) -> Result<(), Error> {
        let view = self.latest();
        // Behind a lock the catalog may lie in an encrypted object stream.
        if self.is_locked() {
            return view.root_ref().map(|_| ());
        }
        let root = view.root()?;
        match view.value(&root, b"Pages") {
            Ok(Object::Dict(_)) => Ok(()),
            // What a scan calls a catalog has to lead to something.
            _ if self.leniency == Leniency::Pages && !self.is_recovered() => {
                self.note(Anomaly::NoPages);
                Ok(())
            }
            Err(error) => Err(error),
            _ => Err(Error::Type { what: "/Pages of the catalog", expected: "a dictionary" }),
        }
    }

    /// Can the first page be found, or may it at least lie behind the lock?
    pub(crate) fn has_page(&self) -> bool {
        self.is_locked() || matches!(self.latest().page(1), Ok(Some(_)))
    }

    /// Was it opened to do without pages?
    pub(crate) fn is_without_pages(&self) -> bool {
        self.leniency == Leniency::Pages
    }

    /// Does the file end in the middle of an object?
    pub(crate) fn is_cut(&self) -> bool {
        self.cut_off.is_some()
    }

    /// Does the file end in the middle of what a page shows? Then nobody knows what stood there.
    ///
    /// # Errors
    /// When the pages cannot be read.
    pub(crate) fn is_cut_within_a_page(&self) -> Result<bool, Error> {
        let (Some(cut_off), view) = (self.cut_off, self.latest()) else { return Ok(false) };
        for number in 1..=ANNOTATION_PAGES_MAX {
            let Some(page) = view.page(number)? else { break };
            let shown = match view.value(&page.dict, b"Contents")? {
                Object::Array(parts) => parts.iter().any(|part| part.as_ref() == Some(cut_off)),
                _ => page.dict.get(b"Contents").and_then(Object::as_ref) == Some(cut_off),
            };
            if shown {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The whole file.
    pub fn file(&self) -> &Input {
        &self.file
    }

    /// Where `%PDF-` begins.
    pub fn header_offset(&self) -> usize {
        self.header_offset
    }

    /// What cross-reference offsets count from: 0, or the header's offset in files with bytes before it.
    pub fn shift(&self) -> usize {
        self.shift
    }

    /// The revisions, oldest first; at least one.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// The cross-reference sections, newest first; at least one.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The file as it stands.
    pub fn latest(&self) -> View<'_> {
        View { document: self, newest: 0 }
    }

    /// What a reader of the file truncated at the end of this revision would see. Revisions count from 0, the
    /// oldest.
    pub fn at_revision(&self, revision: usize) -> Option<View<'_>> {
        Some(View { document: self, newest: self.revisions.get(revision)?.sections.start })
    }

    /// What was tolerated so far; reading more objects may add to it.
    pub fn anomalies(&self) -> Vec<Anomaly> {
        lock(&self.anomalies).clone()
    }

    /// Was the file scanned because its cross-reference could not be used?
    pub fn is_recovered(&self) -> bool {
        self.sections.iter().any(|section| section.kind == XrefKind::Scanned)
    }

    /// Is the file encrypted, and no key at hand?
    pub fn is_locked(&self) -> bool {
        matches!(self.lock, Lock::Locked(_))
    }

    /// How the file is encrypted, if it is.
    ///
    /// # Errors
    /// When the encryption dictionary cannot be read, or is damaged so that no password would open the file.
    pub fn encryption(&self) -> Result<Option<Encryption>, Error> {
        let view = self.latest();
        let dict = match view.value(view.trailer(), b"Encrypt")? {
            Object::Dict(dict) => dict,
            Object::Null => return Ok(None),
            _ => return Err(Error::Type { what: "/Encrypt of the trailer", expected: "a dictionary" }),
        };
        if let Lock::Locked(Some(damage)) = &self.lock {
            return Err(damage.clone());
        }
        let integer = |key: &[u8]| view.value(&dict, key).map(|value| value.as_integer().unwrap_or(0));
        let filter = view.value(&dict, b"Filter")?;
        Ok(Some(match filter.as_name() {
            Some(b"Standard") => Encryption::Standard { version: integer(b"V")?, revision: integer(b"R")? },
            // Old files name the handler of one vendor; all of them are public-key security handlers.
            Some(b"Adobe.PubSec" | b"Entrust.PPKEF" | b"Adobe.PPKLite") => Encryption::PublicKey,
            other => Encryption::Other(String::from_utf8_lossy(other.unwrap_or(b"none")).into_owned()),
        }))
    }

    pub(crate) fn note(&self, anomaly: Anomaly) {
        let mut anomalies = lock(&self.anomalies);
        if !anomalies.contains(&anomaly) {
            anomalies.push(anomaly);
        }
    }

    /// May syntax still be read? Once the limit is reached nothing more is.
    pub(crate) fn check_work(&self) -> Result<(), Error> {
        match self.work_left.load(Ordering::Relaxed) {
            0 => Err(Error::Limit { limit: "syntax read from one file" }),
            _ => Ok(()),
        }
    }

    /// Takes the cost of reading some syntax from what is left.
    pub(crate) fn charge(&self, bytes: usize) {
        let left = self.work_left.load(Ordering::Relaxed);
        self.work_left.store(left.saturating_sub(bytes), Ordering::Relaxed);
    }

    /// Notes the highest number among references just read.
    pub(crate) fn mention(&self, number: u32) {
        self.mentioned.fetch_max(number, Ordering::Relaxed);
    }

    /// The highest object number that a reference read so far names.
    pub(crate) fn mentioned(&self) -> u32 {
        self.mentioned.load(Ordering::Relaxed)
    }

    pub(crate) fn cache(&self) -> MutexGuard<'_, Cache> {
        lock(&self.cache)
    }

    /// The trailer of the newest section.
    pub fn trailer(&self) -> &Dict {
        &self.sections[0].trailer
    }
}

/// A poisoned lock only means that a reader panicked; the lists it guards are whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many bytes of syntax may be read from a file of this size.
pub(crate) fn work_allowed(file_bytes: usize) -> usize {
    WORK_BYTES_BASE.saturating_add(file_bytes.saturating_mul(WORK_PER_BYTE))
}

fn find_header(file: &Input, anomalies: &mut Vec<Anomaly>) -> Option<usize> {
    const MARK: &[u8] = b"%PDF-";
    let header = file.find(MARK, 0..file.len().min(HEADER_WINDOW_BYTES + MARK.len()));
    match header {
        Some(0) => {}
        Some(offset) => anomalies.push(Anomaly::BytesBeforeHeader(offset)),
        None => anomalies.push(Anomaly::NoHeader),
    }
    header
}

fn find_startxref(file: &Input) -> Result<usize, Error> {
    let window = file.len().saturating_sub(TRAILER_WINDOW_BYTES);
    file.rfind(b"startxref", window..file.len())
        .or_else(|| file.rfind(b"startxref", 0..file.len()))
        .ok_or(Error::Damaged { offset: file.len(), what: "startxref is missing" })
}

/// Groups sections into revisions and finds the end of each.
fn find_revisions(
    file: &Input,
    sections: &[Section],
    shift: usize,
    anomalies: &mut Vec<Anomaly>,
) -> Vec<Revision> {
    let linearized = file.find(b"/Linearized", 0..file.len().min(HEADER_WINDOW_BYTES)).is_some();
    let mut revisions = Vec::new();
    let mut newest = 0;
    while newest < sections.len() {
        let mut end = newest + 1;
        while end < sections.len() {
            // A linearized file has its first section, the newer one, before the rest of it.
            let linear = sections[end].at > sections[newest].at;
            if linear && (!linearized || end > newest + 1) {
                anomalies.push(Anomaly::UnorderedSections(sections[end].at));
            }
            // Hybrid files are often saved with two sections, one right after the other.
            let adjacent = file.all(sections[end].end..sections[end - 1].at, is_white);
            if !linear && !adjacent {
                break;
            }
            end += 1;
        }
        let last_written = sections[newest..end].iter().map(|section| section.end).max().unwrap_or(0);
        revisions.push(close_revision(file, &sections[newest], last_written, newest..end, shift, anomalies));
        newest = end;
    }
    if let Some(last) = revisions.first_mut() {
        if last.marker_end.is_none() {
            last.end = file.len();
        } else if !file.all(last.end..file.len(), is_white) {
            anomalies.push(Anomaly::TrailingBytes(last.end));
        }
    }
    revisions.reverse();
    revisions
}

fn close_revision(
    file: &Input,
    newest: &Section,
    last_written: usize,
    sections: std::ops::Range<usize>,
    shift: usize,
    anomalies: &mut Vec<Anomaly>,
) -> Revision {
    if newest.kind == XrefKind::Scanned {
        return Revision { end: file.len(), marker_end: None, sections };
    }
    match end_marker(file, last_written) {
        Some(marker) => {
            let named = marker.startxref.saturating_add(shift);
            // White space before the section is tolerated.
            let agrees = file.all(named..newest.at, is_white);
            if !agrees {
                anomalies.push(Anomaly::StartxrefDisagrees(newest.at));
            }
            if marker.marker_end.is_none() {
                let anomaly = if sections.start == 0 {
                    Anomaly::NoEndMarker
                } else {
                    Anomaly::UnmarkedRevision(newest.at)
                };
                anomalies.push(anomaly);
            }
            Revision { end: marker.end, marker_end: marker.marker_end, sections }
        }
        None => {
            anomalies.push(Anomaly::UnmarkedRevision(newest.at));
            Revision { end: last_written, marker_end: None, sections }
        }
    }
}
