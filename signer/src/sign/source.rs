//! The file to be signed, with its password where it has one.

use bytes::Bytes;

/// A file to be signed. Bytes become one by themselves.
#[derive(Clone)]
pub struct Source {
    pub(crate) file: Bytes,
    pub(crate) password: Option<String>,
}

impl Source {
    /// A file, and the password of its user or owner.
    pub fn with_password(file: impl Into<Bytes>, password: impl Into<String>) -> Self {
        Self { file: file.into(), password: Some(password.into()) }
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("bytes", &self.file.len()).finish_non_exhaustive()
    }
}

impl From<Bytes> for Source {
    fn from(file: Bytes) -> Self {
        Self { file, password: None }
    }
}

impl From<Vec<u8>> for Source {
    fn from(file: Vec<u8>) -> Self {
        Bytes::from(file).into()
    }
}
