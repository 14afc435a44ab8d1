//! The roles of an office: which of them run in this process, and where the others are.

use std::fmt;
use std::str::FromStr;

/// One role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The system of record.
    Archive,
    /// People and log-in.
    Directory,
    /// Incoming documents.
    Intake,
    /// Directions, drafts, issuing.
    Routing,
    /// Keys and signatures.
    Signer,
    /// What is printed.
    Forms,
    /// The screens.
    Web,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] =
        [Self::Archive, Self::Directory, Self::Intake, Self::Routing, Self::Signer, Self::Forms, Self::Web];

    /// The name on the command line and in keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Directory => "directory",
            Self::Intake => "intake",
            Self::Routing => "routing",
            Self::Signer => "signer",
            Self::Forms => "forms",
            Self::Web => "web",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no role.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no role; roles are archive, directory, intake, routing, signer, forms, web")]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// Where another process serves a role: `ROLE=unix:PATH` or `ROLE=HOST:PORT`.
#[derive(Debug, Clone)]
pub struct RolePeer {
    /// The role.
    pub role: Role,
    /// Its address.
    pub address: proto::rpc::Address,
}

/// A word that names no peer.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// No `=`.
    #[error("{0:?} is not ROLE=ADDRESS")]
    Shape(String),
    /// The role.
    #[error(transparent)]
    Role(#[from] UnknownRole),
    /// The address.
    #[error(transparent)]
    Address(#[from] proto::rpc::AddressError),
}

impl FromStr for RolePeer {
    type Err = PeerError;

    fn from_str(text: &str) -> Result<Self, PeerError> {
        let (role, address) = text.split_once('=').ok_or_else(|| PeerError::Shape(text.to_owned()))?;
        Ok(Self { role: role.parse()?, address: address.parse()? })
    }
}
