//! The contract and the one vocabulary: messages, and with the feature `rpc` stubs, clients, transport and identity.
//!
//! `record` holds values, states, events and commands: what is decided and kept. The other packages hold the requests,
//! replies and views of one role each. The `.proto` files are the documentation of every message and field.

pub mod fault;
#[cfg(feature = "rpc")]
pub mod rpc;

macro_rules! package {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub mod $name {
            /// Version 1 of the package.
            #[allow(missing_docs, unreachable_pub, clippy::all, clippy::allow_attributes, clippy::allow_attributes_without_reason, reason = "generated from the protos, which carry the documentation")]
            pub mod v1 {
                include!(concat!(env!("OUT_DIR"), "/vanthu.", stringify!($name), ".v1.rs"));
            }
        }
    };
}

package!(
    /// Values, states, events, commands: what the journal keeps.
    record
);
package!(
    /// People, units, positions, delegations; log-in and seals.
    directory
);
package!(
    /// Incoming documents.
    intake
);
package!(
    /// Directions, assignments; drafts to issue.
    routing
);
package!(
    /// Keys, signatures, validation.
    signer
);
package!(
    /// What is printed.
    forms
);
package!(
    /// The system of record.
    archive
);

/// Every descriptor of this crate, encoded: for server reflection and for tests that list the RPCs.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
