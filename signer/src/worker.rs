//! Strangers' files are opened in a process of their own: the same binary, re-executed as
//! `vanthu worker`, without keys, with limits on memory, time and output, free to die alone.
//!
//! One request goes in on standard input, one answer comes out on standard output, each as a frame:
//! four bytes of mark, the length as eight bytes little-endian, the message. A large file goes in as it lies on the disk:
//! then standard input is that file, with the request behind it and the mark and the length behind that, so that the
//! worker reads what it needs and holds no more.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bytes::Bytes;
use openssl::x509::X509;
use prost::Message;
use proto::signer::v1::InspectResponse;
use rustix::process::{Resource, Rlimit, setrlimit};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use crate::chain::TrustRoots;
use crate::evidence_file::EVIDENCE_BYTES_MAX;
use crate::pdf::{Document, Input};
use crate::text::{self, Text};
use crate::validate::{Besides, Known, Options, Report, Wish, validate_and_wish};

/// The argument that makes the binary a worker.
pub const ARGUMENT: &str = "worker";
/// Largest file that is inspected, in bytes.
pub const FILE_BYTES_MAX: usize = 512 << 20;
/// Largest request: the file, the trust roots, and what is known beside the file.
pub const REQUEST_BYTES_MAX: usize = FILE_BYTES_MAX + (16 << 20) + EVIDENCE_BYTES_MAX;
/// Largest answer.
pub const ANSWER_BYTES_MAX: usize = 8 << 20;
/// Address space of a worker, in bytes.
pub const MEMORY_BYTES_MAX: u64 = 4 << 30;
/// Processor time of a worker, in seconds.
pub const CPU_SECONDS_MAX: u64 = 60;
/// Files that a worker may have open: standard streams and what openssl reads at its start.
const OPEN_FILES_MAX: u64 = 32;
/// What is kept of a worker's last words, in bytes.
const LAST_WORDS_BYTES_MAX: u64 = 4 << 10;

/// Things that a worker wishes for at most: more than are asked for one file.
const WISHES_MAX: usize = 64;
/// Certificates, and time stamps, that a worker carries on at most, in bytes.
const BESIDES_BYTES_MAX: usize = 1 << 20;

const MARK: [u8; 4] = *b"VTW2";
/// Mark at the end of a file that is standard input.
const MARK_ON_DISK: [u8; 4] = *b"VTD2";
const FRAME_HEAD: usize = 12;

/// What a worker is asked.
#[derive(Clone, PartialEq, Message)]
pub struct Request {
    /// The file; empty where standard input is the file.
    #[prost(bytes = "bytes", tag = "1")]
    pub file: Bytes,
    /// The trust roots, DER.
    #[prost(bytes = "vec", repeated, tag = "2")]
    pub roots: Vec<Vec<u8>>,
    /// The time of judging, seconds since 1970.
    #[prost(int64, tag = "3")]
    pub at: i64,
    /// Whether unknown revocation keeps a verdict from being *valid*.
    #[prost(bool, tag = "4")]
    pub require_revocation: bool,
    /// Whether the text of the pages is wanted.
    #[prost(bool, tag = "5")]
    pub with_text: bool,
    /// Certificates that are known beside the file, DER.
    #[prost(bytes = "vec", repeated, tag = "6")]
    pub certificates: Vec<Vec<u8>>,
    /// Lists of revoked certificates that are known beside the file, DER.
    #[prost(bytes = "vec", repeated, tag = "7")]
    pub crls: Vec<Vec<u8>>,
    /// OCSP responses that are known beside the file, DER.
    #[prost(bytes = "vec", repeated, tag = "8")]
    pub ocsp: Vec<Vec<u8>>,
    /// Since when the file is known to have been there, seconds since 1970.
    #[prost(int64, optional, tag = "9")]
    pub existed_at: Option<i64>,
    /// Whether it is wanted what judging lacks, and what it found to keep.
    #[prost(bool, tag = "10")]
    pub with_besides: bool,
}

/// What a worker answers.
#[derive(Clone, PartialEq, Message)]
pub struct Answer {
    /// Report and text.
    #[prost(message, optional, tag = "1")]
    pub inspected: Option<InspectResponse>,
    /// What judging lacks, and what is to be kept of it; where it was asked for.
    #[prost(message, optional, tag = "2")]
    pub besides: Option<BesidesMessage>,
}

/// What judging leaves besides its report.
#[derive(Clone, PartialEq, Message)]
pub struct BesidesMessage {
    /// What was missing.
    #[prost(message, repeated, tag = "1")]
    pub wishes: Vec<WishMessage>,
    /// The certificates that were at hand, DER.
    #[prost(bytes = "vec", repeated, tag = "2")]
    pub carried: Vec<Vec<u8>>,
    /// Tokens of the file's time stamps, DER.
    #[prost(bytes = "vec", repeated, tag = "3")]
    pub stamps: Vec<Vec<u8>>,
    /// The certificates of all paths that were built, DER.
    #[prost(bytes = "vec", repeated, tag = "4")]
    pub paths: Vec<Vec<u8>>,
    /// The report as `vanthu verify --json` prints it.
    #[prost(string, tag = "5")]
    pub report_json: String,
}

/// One thing that was missing for a better answer.
#[derive(Clone, PartialEq, Message)]
pub struct WishMessage {
    /// The certificate, DER.
    #[prost(bytes = "vec", tag = "1")]
    pub certificate: Vec<u8>,
    /// Its issuer, DER: then its standing is wanted; empty: its path.
    #[prost(bytes = "vec", tag = "2")]
    pub issuer: Vec<u8>,
    /// For a path: at what time, seconds since 1970.
    #[prost(int64, tag = "3")]
    pub at: i64,
    /// For a path: whether that time is proven.
    #[prost(bool, tag = "4")]
    pub proven: bool,
}

impl BesidesMessage {
    fn of(besides: &Besides, report: &Report) -> Self {
        let der = |certificate: &X509| crate::cms::certificate::der(certificate);
        let wish = |wish: &Wish| match wish {
            Wish::Standing { subject, issuer } => {
                WishMessage { certificate: der(subject), issuer: der(issuer), ..WishMessage::default() }
            }
            Wish::Path { certificate, at, proven } => {
                WishMessage { certificate: der(certificate), issuer: Vec::new(), at: *at, proven: *proven }
            }
        };
        let paths = report.signatures.iter().flat_map(|one| one.path.iter().map(der));
        Self {
            wishes: besides.wishes.iter().take(WISHES_MAX).map(wish).collect(),
            carried: within(besides.carried.iter().map(der)),
            stamps: within(besides.stamps.iter().cloned()),
            paths: within(paths),
            report_json: report.to_json().to_string(),
        }
    }

    /// What was missing, and the certificates that were at hand; what cannot be read is left out.
    pub(crate) fn wishes(&self) -> (Vec<Wish>, Vec<X509>) {
        let read = crate::cms::certificate::read;
        let wish = |wish: &WishMessage| {
            let certificate = read(&wish.certificate)?;
            Some(if wish.issuer.is_empty() {
                Wish::Path { certificate, at: wish.at, proven: wish.proven }
            } else {
                Wish::Standing { subject: certificate, issuer: read(&wish.issuer)? }
            })
        };
        let wishes = self.wishes.iter().filter_map(wish).collect();
        (wishes, self.carried.iter().filter_map(|der| read(der)).collect())
    }
}

/// Different ones, as many as [`BESIDES_BYTES_MAX`] holds: what a stranger's file is full of is not all carried on.
fn within(pieces: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut kept: Vec<Vec<u8>> = Vec::new();
    let mut bytes = 0;
    for piece in pieces {
        if kept.contains(&piece) {
            continue;
        }
        bytes += piece.len();
        if bytes > BESIDES_BYTES_MAX {
            break;
        }
        kept.push(piece);
    }
    kept
}

impl Request {
    /// A request for report and text.
    pub fn new(file: impl Into<Bytes>, options: &Options) -> Request {
        let der = |certificate: &X509| crate::cms::certificate::der(certificate);
        Request {
            file: file.into(),
            roots: options.roots.certificates().iter().map(der).collect(),
            at: options.at,
            require_revocation: options.require_revocation,
            with_text: true,
            ..Request::default()
        }
    }

    /// The same with what is known beside the file, and the wish to hear what is lacking.
    pub(crate) fn knowing(self, known: &Known) -> Request {
        Request {
            certificates: known.certificates.clone(),
            crls: known.crls.clone(),
            ocsp: known.ocsp.clone(),
            existed_at: known.existed_at,
            with_besides: true,
            ..self
        }
    }
}

/// What the parent grants a worker.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time by the clock, after which the worker is killed.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { time: Duration::from_secs(90) }
    }
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum WorkerError {
    /// The file is larger than [`FILE_BYTES_MAX`].
    #[error("file has {size} bytes, at most {FILE_BYTES_MAX} are inspected")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// The process cannot be started.
    #[error("worker process cannot be started")]
    Start(#[source] io::Error),
    /// The worker ended without an answer: the file took more than the limits allow, or broke it.
    #[error("worker ended without an answer ({status}): {last_words}")]
    Died {
        /// How it ended.
        status: ExitStatus,
        /// The end of what it wrote to standard error.
        last_words: String,
    },
    /// The worker took too long and was killed.
    #[error("worker took longer than {0:?} and was stopped")]
    TimedOut(Duration),
    /// Request or answer are no frames, or larger than allowed.
    #[error("worker frame is malformed or larger than {limit} bytes")]
    Frame {
        /// The limit that applied.
        limit: usize,
    },
    /// The message in the frame cannot be decoded.
    #[error("worker message cannot be decoded")]
    Decode(#[from] prost::DecodeError),
    /// A limit cannot be set.
    #[error("process limits cannot be set")]
    Limits(#[source] io::Error),
    /// Reading or writing failed.
    #[error("worker pipe failed")]
    Pipe(#[from] io::Error),
}

/// Judges a file and reads its text, in this process.
pub fn inspect(request: &Request) -> Answer {
    inspect_input(&request.file.clone().into(), request)
}

fn inspect_input(file: &Input, request: &Request) -> Answer {
    let mut roots = TrustRoots::none();
    for root in &request.roots {
        if let Err(error) = roots.add(root, "trust root of the request") {
            tracing::warn!(%error, "trust root left out");
        }
    }
    let options = Options { roots, at: request.at, require_revocation: request.require_revocation };
    let media_type = media_type(&file.get(0..file.len().min(1024)).unwrap_or_default());
    let known = Known {
        certificates: request.certificates.clone(),
        crls: request.crls.clone(),
        ocsp: request.ocsp.clone(),
        existed_at: request.existed_at,
    };
    let unreadable = |why: String| (Report::unreadable(why), Besides::default());
    let (report, besides) = if media_type == PDF {
        match Document::open(file.clone()) {
            Ok(document) => validate_and_wish(&document, &options, &known),
            Err(error) => unreadable(error.to_string()),
        }
    } else {
        unreadable("the file is not a PDF".to_owned())
    };
    let text = if request.with_text && media_type == PDF {
        text::read_input(file).unwrap_or_else(|error| {
            tracing::info!(%error, "text could not be read");
            Text { needs_ocr: true, ..Text::default() }
        })
    } else {
        Text::default()
    };
    Answer {
        inspected: Some(InspectResponse {
            report: Some(report.to_record(request.at)),
            pages: i32::try_from(text.pages).unwrap_or(i32::MAX),
            text: text.text,
            media_type: media_type.to_owned(),
            needs_ocr: text.needs_ocr,
        }),
        besides: request.with_besides.then(|| BesidesMessage::of(&besides, &report)),
    }
}

const PDF: &str = "application/pdf";

/// The media type by the first bytes.
fn media_type(file: &[u8]) -> &'static str {
    let head = file.get(..file.len().min(1024)).unwrap_or_default();
    match head {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'P', b'K', 3, 4, ..] => "application/zip",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "image/tiff",
        [0xd0, 0xcf, 0x11, 0xe0, ..] => "application/x-ole-storage",
        _ if head.windows(5).any(|window| window == b"%PDF-") => PDF,
        _ => "application/octet-stream",
    }
}

/// The worker's whole life: limits, one request, one answer.
///
/// # Errors
/// When the limits cannot be set or the request is no request; the process should then exit with a
/// failure.
pub fn serve(input: &mut (impl Read + AsFd), output: &mut impl Write) -> Result<(), WorkerError> {
    limit_this_process()?;
    let given = File::from(input.as_fd().try_clone_to_owned()?);
    if given.metadata()?.is_file() { answer_on_disk(given, output) } else { answer(input, output) }
}

/// One answer to the request that stands behind the file that is standard input.
fn answer_on_disk(mut given: File, output: &mut impl Write) -> Result<(), WorkerError> {
    let malformed = || WorkerError::Frame { limit: REQUEST_BYTES_MAX - FILE_BYTES_MAX };
    let size = given.metadata()?.len();
    let before = |behind: usize| size.checked_sub(u64::try_from(behind).ok()?);
    let mut foot = [0; FRAME_HEAD];
    given.seek(SeekFrom::Start(before(FRAME_HEAD).ok_or_else(malformed)?))?;
    given.read_exact(&mut foot)?;
    let length = frame_length_of(MARK_ON_DISK, &foot, REQUEST_BYTES_MAX - FILE_BYTES_MAX)?;
    let end = before(FRAME_HEAD + length).ok_or_else(malformed)?;
    given.seek(SeekFrom::Start(end))?;
    let mut message = vec![0; length];
    given.read_exact(&mut message)?;
    let request = Request::decode(Bytes::from(message))?;
    let end = usize::try_from(end).map_err(|_| malformed())?;
    let file = Input::from_file(given)?.part(0..end).ok_or_else(malformed)?;
    reply(&inspect_input(&file, &request), output)
}

/// One request, one answer, without limits on the process.
fn answer(input: &mut impl Read, output: &mut impl Write) -> Result<(), WorkerError> {
    let mut head = [0; FRAME_HEAD];
    input.read_exact(&mut head)?;
    let length = frame_length(&head, REQUEST_BYTES_MAX)?;
    let mut message = Vec::new();
    let wanted = u64::try_from(length).unwrap_or(u64::MAX);
    if input.take(wanted).read_to_end(&mut message)? != length {
        return Err(WorkerError::Frame { limit: REQUEST_BYTES_MAX });
    }
    let request = Request::decode(Bytes::from(message))?;
    reply(&inspect(&request), output)
}

fn reply(answer: &Answer, output: &mut impl Write) -> Result<(), WorkerError> {
    let reply = answer.encode_to_vec();
    output.write_all(&frame_head(reply.len()))?;
    output.write_all(&reply)?;
    output.flush()?;
    Ok(())
}

fn limit_this_process() -> Result<(), WorkerError> {
    let limits = [
        (Resource::As, MEMORY_BYTES_MAX),
        (Resource::Cpu, CPU_SECONDS_MAX),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, OPEN_FILES_MAX),
    ];
    for (resource, most) in limits {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        setrlimit(resource, limit).map_err(|error| WorkerError::Limits(error.into()))?;
    }
    Ok(())
}

fn frame_head(length: usize) -> [u8; FRAME_HEAD] {
    frame_head_of(MARK, length)
}

fn frame_head_of(its_mark: [u8; 4], length: usize) -> [u8; FRAME_HEAD] {
    let mut head = [0; FRAME_HEAD];
    let (mark, size) = head.split_at_mut(its_mark.len());
    mark.copy_from_slice(&its_mark);
    size.copy_from_slice(&u64::try_from(length).unwrap_or(u64::MAX).to_le_bytes());
    head
}

fn frame_length(head: &[u8; FRAME_HEAD], limit: usize) -> Result<usize, WorkerError> {
    frame_length_of(MARK, head, limit)
}

fn frame_length_of(its_mark: [u8; 4], head: &[u8; FRAME_HEAD], limit: usize) -> Result<usize, WorkerError> {
    let (mark, size) = head.split_at(its_mark.len());
    let size =
        <[u8; 8]>::try_from(size).map(u64::from_le_bytes).ok().and_then(|size| usize::try_from(size).ok());
    match size {
        Some(size) if mark == its_mark && size <= limit => Ok(size),
        _ => Err(WorkerError::Frame { limit }),
    }
}

/// Has a worker inspect a file. `executable` is this program; it is started with [`ARGUMENT`] and an
/// empty environment. The worker is killed when the future is dropped.
///
/// # Errors
/// [`WorkerError`]; a file that kills its worker is no reason to stop.
pub async fn run(executable: &Path, request: &Request, limits: Limits) -> Result<Answer, WorkerError> {
    if request.file.len() > FILE_BYTES_MAX {
        return Err(WorkerError::TooLarge { size: request.file.len() });
    }
    started(executable, Stdio::piped(), Some(request.encode_to_vec()), limits).await
}

/// As [`run`], for a file on the disk: the worker reads of it what it needs. The request is written behind it, so the file
/// should have no name and be wanted by nobody else. [`Request::file`] is empty.
///
/// # Errors
/// As [`run`].
pub async fn run_on_disk(
    executable: &Path,
    mut file: File,
    request: &Request,
    limits: Limits,
) -> Result<Answer, WorkerError> {
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    if size > FILE_BYTES_MAX {
        return Err(WorkerError::TooLarge { size });
    }
    let mut message = request.encode_to_vec();
    message.extend_from_slice(&frame_head_of(MARK_ON_DISK, message.len()));
    let written = tokio::task::spawn_blocking(move || -> io::Result<File> {
        file.seek(SeekFrom::End(0))?;
        file.write_all(&message)?;
        Ok(file)
    });
    let file = written.await.map_err(io::Error::other)??;
    started(executable, Stdio::from(file), None, limits).await
}

async fn started(
    executable: &Path,
    stdin: Stdio,
    message: Option<Vec<u8>>,
    limits: Limits,
) -> Result<Answer, WorkerError> {
    let child = Command::new(executable)
        .arg(ARGUMENT)
        .env_clear()
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(WorkerError::Start)?;
    match tokio::time::timeout(limits.time, converse(child, message)).await {
        Ok(result) => result,
        Err(_) => Err(WorkerError::TimedOut(limits.time)),
    }
}

async fn converse(mut child: Child, message: Option<Vec<u8>>) -> Result<Answer, WorkerError> {
    let missing = || WorkerError::Pipe(io::Error::from(io::ErrorKind::BrokenPipe));
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(missing());
    };
    let stdin = child.stdin.take();
    let send = async move {
        let (Some(mut stdin), Some(message)) = (stdin, message) else { return };
        // A worker that died early closes the pipe; its status tells more than this error.
        let head = frame_head(message.len());
        if stdin.write_all(&head).await.is_ok() && stdin.write_all(&message).await.is_ok() {
            drop(stdin.shutdown().await);
        }
    };
    let receive = async move {
        let mut answer = Vec::new();
        let most = u64::try_from(FRAME_HEAD + ANSWER_BYTES_MAX + 1).unwrap_or(u64::MAX);
        stdout.take(most).read_to_end(&mut answer).await.map(|_| answer)
    };
    let listen = async move {
        let mut words = Vec::new();
        let mut limited = stderr.take(LAST_WORDS_BYTES_MAX);
        drop(limited.read_to_end(&mut words).await);
        // The rest is read and dropped, so that a talkative worker does not block.
        drop(tokio::io::copy(&mut limited.into_inner(), &mut tokio::io::sink()).await);
        String::from_utf8_lossy(&words).trim().to_owned()
    };
    let ((), answer, last_words) = tokio::join!(send, receive, listen);
    let answer = answer?;
    if answer.len() > FRAME_HEAD + ANSWER_BYTES_MAX {
        return Err(WorkerError::Frame { limit: ANSWER_BYTES_MAX });
    }
    let status = child.wait().await?;
    if !status.success() {
        return Err(WorkerError::Died { status, last_words });
    }
    let (head, body) =
        answer.split_first_chunk::<FRAME_HEAD>().ok_or(WorkerError::Frame { limit: ANSWER_BYTES_MAX })?;
    if frame_length(head, ANSWER_BYTES_MAX)? != body.len() {
        return Err(WorkerError::Frame { limit: ANSWER_BYTES_MAX });
    }
    Ok(Answer::decode(body)?)
}

#[cfg(test)]
mod tests {
    use proto::record::v1::Verdict;

    use super::*;

    fn framed(request: &Request) -> Vec<u8> {
        let message = request.encode_to_vec();
        [frame_head(message.len()).as_slice(), &message].concat()
    }

    #[test]
    fn a_request_is_answered_by_one_frame() {
        let request = Request { file: Bytes::from_static(b"\x89PNG..."), at: 7, ..Request::default() };
        let mut output = Vec::new();
        answer(&mut framed(&request).as_slice(), &mut output).unwrap();
        let (head, body) = output.split_first_chunk::<FRAME_HEAD>().unwrap();
        assert_eq!(frame_length(head, ANSWER_BYTES_MAX).unwrap(), body.len());
        let reply = Answer::decode(body).unwrap().inspected.unwrap();
        assert_eq!(reply.media_type, "image/png");
        assert_eq!(reply.report.unwrap().verdict(), Verdict::Unreadable);
    }

    #[test]
    fn a_cut_or_oversized_frame_is_refused() {
        let mut cut = framed(&Request { at: 7, with_text: true, ..Request::default() });
        cut.pop();
        assert!(matches!(answer(&mut cut.as_slice(), &mut Vec::new()), Err(WorkerError::Frame { .. })));
        let huge = frame_head(REQUEST_BYTES_MAX + 1);
        assert!(matches!(answer(&mut huge.as_slice(), &mut Vec::new()), Err(WorkerError::Frame { .. })));
        assert!(answer(&mut &b"GET / HTTP/1.1\r\n\r\n"[..], &mut Vec::new()).is_err());
    }
}
