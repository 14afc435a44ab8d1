//! What a person typed: NFC, trimmed, never lost. Inputs are named as the fields of the command (`facts.subject`), so a
//! violation finds its input by its path.

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use proto::archive::v1::PutFileRequest;
use proto::fault::{Fault, Violation};
use proto::record::v1::command::Command;
use proto::record::v1::{Date, FileRef};
use proto::rpc::{CHUNK_BYTES_MAX, fault_of};
use tokio_stream::wrappers::ReceiverStream;
use unicode_normalization::UnicodeNormalization as _;

use crate::app::App;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::settings::{FILE_BYTES_MAX, FILES_MAX, FORM_BYTES_MAX};
use crate::view::day;

/// The fields of a form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    /// What was typed wrong here already (a date that is none): told together with what the service finds.
    violations: Vec<Violation>,
}

/// Brings typed text to NFC, one kind of line end, no control characters, no blanks at its ends.
pub(crate) fn clean(text: &str) -> String {
    let whole: String = text.nfc().filter(|c| !c.is_control() || *c == '\n' || *c == '\t').collect();
    whole.trim().to_owned()
}

/// Passwords keep their blanks: NFC only.
fn is_secret(name: &str) -> bool {
    name.starts_with("mat-khau")
}

impl Form {
    /// A form with these fields already in it, e.g. what a record says.
    pub(crate) fn with(fields: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { fields, violations: Vec::new() }
    }

    /// From the text of a query or of a body.
    pub(crate) fn parse(text: &str) -> Self {
        let mut form = Self::default();
        for pair in text.split('&').filter(|p| !p.is_empty()).take(5_000) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name), decode(value));
            let value = if is_secret(&name) { value.nfc().collect() } else { clean(&value) };
            form.fields.push((name, value));
        }
        form
    }

    /// The first value under `name`; empty when there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    /// True when the box is ticked or the button was pressed.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// Every value under `name`.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Every field whose name begins with `prefix`: the rest of the name, and the value.
    pub(crate) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.fields.iter().filter_map(move |(n, v)| Some((n.strip_prefix(prefix)?, v.as_str())))
    }

    /// Sets a field that is shown again.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        match self.fields.iter_mut().find(|(n, _)| n == name) {
            Some((_, v)) => *v = value,
            None => self.fields.push((name.to_owned(), value)),
        }
    }

    /// A whole number; what is none is a violation.
    pub(crate) fn int(&mut self, name: &str) -> i32 {
        let text = self.text(name).replace('.', "");
        if text.is_empty() {
            return 0;
        }
        text.parse().unwrap_or_else(|_| {
            self.wrong(name, "NOT_A_NUMBER", "not a whole number");
            0
        })
    }

    /// A day as `dd/MM/yyyy` (or as a date field sends it); nothing when empty; what is none is a violation.
    pub(crate) fn date(&mut self, name: &str) -> Option<Date> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        let date = day::parse(text);
        if date.is_none() {
            self.wrong(name, "NOT_A_DATE", "not a day of the calendar");
        }
        date
    }

    /// Notes something typed wrong.
    pub(crate) fn wrong(&mut self, name: &str, reason: &'static str, text: &str) {
        self.violations.push(Violation::new(name, reason, text));
    }

    /// Nothing typed wrong here.
    ///
    /// # Errors
    /// [`Fault::Invalid`] with all of it.
    pub(crate) fn checked(&self) -> Result<(), Fault> {
        if self.violations.is_empty() { Ok(()) } else { Err(Fault::Invalid(self.violations.clone())) }
    }

    /// Nothing typed wrong here and nothing that every service would refuse in `command`: all faults at once, so that a
    /// day typed wrong does not hide what is missing.
    ///
    /// # Errors
    /// [`Fault::Invalid`] with all of it.
    pub(crate) fn checked_with(&self, command: Command) -> Result<(), Fault> {
        let mut all = self.violations.clone();
        let command = proto::record::v1::Command { command: Some(command) };
        if let Err(fault) = domain::check::check(command) {
            let Fault::Invalid(found) = fault else { return Err(fault) };
            // What was typed wrong here is missing in the command: it is told once.
            all.extend(found.into_iter().filter(|v| !self.violations.iter().any(|w| w.field == v.field)));
        }
        if all.is_empty() { Ok(()) } else { Err(Fault::Invalid(all)) }
    }

    /// The id of this filling-in: a second click gets the first answer.
    ///
    /// # Errors
    /// [`Fault::Broken`] without randomness.
    pub(crate) fn request_id(&self) -> Result<String, Fault> {
        let sent = self.text("ma");
        if (8..=64).contains(&sent.len())
            && sent.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        {
            return Ok(sent.to_owned());
        }
        crate::random::hex(12)
    }
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while let Some(&b) = bytes.get(i) {
        let escaped = bytes.get(i + 1..i + 3).filter(|_| b == b'%').and_then(|h| std::str::from_utf8(h).ok());
        match escaped.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                i += 3;
            }
            None => {
                out.push(if b == b'+' { b' ' } else { b });
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

impl FromRequest<App> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Result<Self, Failure> {
        let media_type =
            request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !media_type.starts_with("application/x-www-form-urlencoded") {
            return Err(Fault::invalid("", "FORM_SHAPE", "a form was expected").into());
        }
        let body = axum::body::to_bytes(request.into_body(), FORM_BYTES_MAX)
            .await
            .map_err(|e| Fault::invalid("", "FORM_TOO_LARGE", e.to_string()))?;
        Ok(Self::parse(&String::from_utf8_lossy(&body)))
    }
}

/// A form with files: the files are kept by the archive as they arrive, never whole in memory.
#[derive(Debug, Default)]
pub(crate) struct Upload {
    /// The other fields.
    pub(crate) form: Form,
    /// The files, in their order: the name of their input, and the reference.
    pub(crate) files: Vec<(String, FileRef)>,
}

impl Upload {
    /// Reads a request's form and keeps its files.
    ///
    /// # Errors
    /// [`Fault::Refused`] when a file is too large or there are too many; the archive's fault.
    pub(crate) async fn read(desk: &Desk, request: Request) -> Result<Self, Fault> {
        let mut parts = Multipart::from_request(request, &())
            .await
            .map_err(|e| Fault::invalid("", "FORM_SHAPE", e.body_text()))?;
        let mut upload = Self::default();
        while let Some(field) = parts.next_field().await.map_err(|e| broken_off(&e))? {
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(clean) {
                None => {
                    let value = field.text().await.map_err(|e| broken_off(&e))?;
                    if value.len() > FORM_BYTES_MAX || upload.form.fields.len() > 5_000 {
                        return Err(Fault::invalid(name, "FORM_TOO_LARGE", "the form is too large"));
                    }
                    let value = if is_secret(&name) { value.nfc().collect() } else { clean(&value) };
                    upload.form.fields.push((name, value));
                }
                // A file input that was left empty.
                Some(file_name) if file_name.is_empty() => {}
                Some(file_name) => {
                    if upload.files.len() >= FILES_MAX {
                        return Err(Fault::refused(
                            "TOO_MANY_FILES",
                            format!("at most {FILES_MAX} files at once"),
                        ));
                    }
                    let file = keep(desk, &file_name, field).await?;
                    if file.size > 0 {
                        upload.files.push((name, file));
                    }
                }
            }
        }
        Ok(upload)
    }
}

fn broken_off(error: &axum::extract::multipart::MultipartError) -> Fault {
    Fault::invalid("", "UPLOAD_BROKEN_OFF", error.body_text())
}

async fn keep(
    desk: &Desk,
    name: &str,
    mut field: axum::extract::multipart::Field<'_>,
) -> Result<FileRef, Fault> {
    let (tx, rx) = tokio::sync::mpsc::channel::<PutFileRequest>(4);
    let mut archive = desk.calls().office.archive.clone();
    let request = desk.calls().request(ReceiverStream::new(rx));
    let put = async move { archive.put_file(request).await };
    let feed = async move {
        let mut size = 0_u64;
        let mut head = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|e| broken_off(&e))? {
            size += chunk.len() as u64;
            if size > FILE_BYTES_MAX {
                return Err(Fault::refused(
                    "FILE_TOO_LARGE",
                    format!("a file has at most {FILE_BYTES_MAX} bytes"),
                ));
            }
            if head.len() < 1024 {
                head.extend_from_slice(chunk.get(..chunk.len().min(1024)).unwrap_or_default());
            }
            for part in parts_of(chunk) {
                // The archive hung up: its answer says why.
                if tx.send(PutFileRequest { chunk: part }).await.is_err() {
                    return Ok(head);
                }
            }
        }
        Ok(head)
    };
    let (head, answer) = tokio::join!(feed, put);
    let head = head?;
    let answer = answer.map_err(|s| fault_of(&s))?.into_inner();
    // No path, whatever the browser sent.
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    Ok(proto::rpc::stream::file_ref(answer.digest, answer.size, name, &head, 0))
}

fn parts_of(chunk: Bytes) -> impl Iterator<Item = Bytes> {
    let count = chunk.len().div_ceil(CHUNK_BYTES_MAX);
    (0..count).map(move |i| chunk.slice(i * CHUNK_BYTES_MAX..chunk.len().min((i + 1) * CHUNK_BYTES_MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_is_nfc_whatever_the_keyboard_sent() {
        let nfd: String = "Sở Nội vụ".nfd().collect();
        let form = Form::parse(&format!("facts.issuer={}&x=+a%0D%0Ab+", nfd.replace(' ', "+")));
        assert_eq!(form.text("facts.issuer"), "Sở Nội vụ");
        assert_eq!(form.text("x"), "a\nb");
    }

    #[test]
    fn a_day_that_does_not_exist_is_told_and_kept() {
        let mut form = Form::parse("d=31%2F11%2F2026&e=16/11/2026&f=2026-11-16&n=1.234&m=x");
        assert_eq!(form.date("d"), None);
        assert_eq!(form.date("e"), Some(Date { year: 2026, month: 11, day: 16 }));
        assert_eq!(form.date("f"), form.date("e"));
        assert_eq!((form.int("n"), form.int("m")), (1234, 0));
        assert_eq!(form.text("d"), "31/11/2026");
        let Err(Fault::Invalid(violations)) = form.checked() else { panic!("must be told") };
        assert_eq!(violations.len(), 2);
        assert_eq!((violations[0].field.as_str(), violations[1].field.as_str()), ("d", "m"));
    }

    #[test]
    fn a_day_typed_wrong_does_not_hide_what_is_missing() {
        use proto::record::v1::ExtendDeadline;
        let mut form = Form::parse("due_date=31%2F11%2F2026&reason=");
        let due_date = form.date("due_date");
        let command = ExtendDeadline { assignment_id: "asg_1".to_owned(), due_date, reason: String::new() };
        let Err(Fault::Invalid(all)) = form.checked_with(Command::ExtendDeadline(command)) else {
            panic!("must be told")
        };
        let told: Vec<_> = all.iter().map(|v| (v.field.as_str(), v.reason)).collect();
        assert!(told.contains(&("due_date", "NOT_A_DATE")), "{told:?}");
        assert!(told.iter().any(|(field, _)| *field == "reason"), "{told:?}");
        assert_eq!(told.iter().filter(|(field, _)| *field == "due_date").count(), 1, "{told:?}");
    }

    #[test]
    fn broken_escapes_do_no_harm() {
        for text in ["%", "%4", "%zz", "a=%F0%9F", "=&=&&", "%E1%BB=1"] {
            let _ = Form::parse(text);
        }
        assert_eq!(Form::parse("a=%41%zz").text("a"), "A%zz");
    }
}
