//! The file to be signed, with its password where it has one.

use bytes::Bytes;

use crate::pdf::Input;

/// A file to be signed, in memory or on disk. Bytes become one by themselves.
#[derive(Clone)]
pub struct Source {
    pub(crate) file: Input,
    pub(crate) password: Option<String>,
}

impl Source {
    /// A file, and the password of its user or owner.
    pub fn with_password(file: impl Into<Input>, password: impl Into<String>) -> Self {
        Self { file: file.into(), password: Some(password.into()) }
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("bytes", &self.file.len()).finish_non_exhaustive()
    }
}

impl From<Input> for Source {
    fn from(file: Input) -> Self {
        Self { file, password: None }
    }
}

impl From<Bytes> for Source {
    fn from(file: Bytes) -> Self {
        Input::from(file).into()
    }
}

impl From<Vec<u8>> for Source {
    fn from(file: Vec<u8>) -> Self {
        Input::from(file).into()
    }
}
