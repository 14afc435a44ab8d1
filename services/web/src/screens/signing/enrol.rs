//! A key comes in: a PKCS#12 file with its password, and the image of the signature or of the seal. The file goes to the
//! signer and nowhere else; above all not into the archive with the documents.

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest as _, Multipart, Request};
use bytes::Bytes;
use proto::fault::Fault;
use proto::signer::v1::EnrolKeyRequest;
use unicode_normalization::UnicodeNormalization as _;

use crate::call;
use crate::desk::Desk;
use crate::form::{Form, clean};

/// Inputs.
pub(crate) const KEY: &str = "pkcs12";
/// Input of the image.
pub(crate) const IMAGE: &str = "image_png";
/// Input of the password.
pub(crate) const PASSWORD: &str = "mat-khau";
/// Inputs that show what is wrong with them, with what the signer calls them.
pub(crate) const SHOWN: [&str; 5] = [KEY, IMAGE, PASSWORD, "password", "person_id"];

/// Largest key file, in bytes.
const KEY_BYTES_MAX: usize = 64 * 1024;
/// Largest image, in bytes.
const IMAGE_BYTES_MAX: usize = 1024 * 1024;

/// What was sent.
pub(crate) struct Sent {
    /// The fields, without the password.
    pub(crate) form: Form,
    password: String,
    key: Bytes,
    image: Bytes,
}

impl Sent {
    /// Reads the form into memory: its files are small.
    ///
    /// # Errors
    /// [`Fault::Invalid`] at the file that is too large, or when the form broke off.
    pub(crate) async fn read(request: Request) -> Result<Self, Fault> {
        let mut parts = Multipart::from_request(request, &())
            .await
            .map_err(|e| Fault::invalid("", "FORM_SHAPE", e.body_text()))?;
        let mut sent =
            Self { form: Form::default(), password: String::new(), key: Bytes::new(), image: Bytes::new() };
        while let Some(mut field) = parts.next_field().await.map_err(|e| broken_off(&e))? {
            let name = field.name().unwrap_or_default().to_owned();
            let most = match name.as_str() {
                KEY => KEY_BYTES_MAX,
                IMAGE => IMAGE_BYTES_MAX,
                _ => 16 * 1024,
            };
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(|e| broken_off(&e))? {
                bytes.extend_from_slice(&chunk);
                if bytes.len() > most {
                    return Err(Fault::invalid(name, "FILE_TOO_LARGE", format!("at most {most} bytes")));
                }
            }
            match name.as_str() {
                KEY => sent.key = bytes.into(),
                IMAGE => sent.image = bytes.into(),
                PASSWORD => sent.password = String::from_utf8_lossy(&bytes).nfc().collect(),
                other => sent.form.set(other, clean(&String::from_utf8_lossy(&bytes))),
            }
        }
        Ok(sent)
    }

    /// Enrols it for the person; for the agency's seal where there is none.
    ///
    /// # Errors
    /// What is wrong at the inputs; the signer's fault.
    pub(crate) async fn enrol(mut self, desk: &Desk, person_id: &str) -> Result<(), Fault> {
        let request_id = self.form.request_id()?;
        if self.key.is_empty() {
            self.form.wrong(KEY, "NO_FILE", "no key file was chosen");
        }
        if self.password.is_empty() {
            self.form.wrong(PASSWORD, "REQUIRED", "the password of the key file is needed");
        }
        self.form.checked()?;
        let request = EnrolKeyRequest {
            request_id,
            person_id: person_id.to_owned(),
            pkcs12: self.key.into(),
            password: self.password,
            image_png: self.image.into(),
        };
        call!(desk, signer.enrol_key(request)).map(drop)
    }
}

fn broken_off(error: &MultipartError) -> Fault {
    Fault::invalid("", "UPLOAD_BROKEN_OFF", error.body_text())
}
