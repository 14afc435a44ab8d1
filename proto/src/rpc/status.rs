//! Failures on the wire, once: [`Fault`] to `tonic::Status` with google.rpc details, and back.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::fault::{Fault, Violation};

/// Domain of `google.rpc.ErrorInfo`.
const DOMAIN: &str = "vanthu";

/// Reasons that a peer may teach us in the life of a process; beyond it they all read as `OTHER`.
const REASONS_MAX: usize = 1_000;

/// The status for a fault. What must not be known outside is logged here, once, and left out.
#[must_use]
pub fn status_of(fault: Fault) -> Status {
    let message = fault.to_string();
    match fault {
        Fault::Invalid(violations) => {
            let mut details = ErrorDetails::new();
            for v in violations {
                details.add_bad_request_violation(v.field, format!("{} {}", v.reason, v.text));
            }
            Status::with_error_details(Code::InvalidArgument, message, details)
        }
        Fault::Unknown { .. } => Status::not_found(message),
        Fault::Denied { reason, text } => informed(Code::PermissionDenied, reason, text),
        Fault::Unauthenticated { text } => Status::unauthenticated(text),
        Fault::Refused { reason, text } => informed(Code::FailedPrecondition, reason, text),
        Fault::Conflict { record_id, version } => {
            let mut details = ErrorDetails::new();
            details.set_resource_info("record", record_id, "", version.to_string());
            Status::with_error_details(Code::Aborted, message, details)
        }
        Fault::Busy { reason, text } => informed(Code::ResourceExhausted, reason, text),
        Fault::Unavailable { reason, detail } => {
            tracing::warn!(reason, detail, "unavailable");
            informed(Code::Unavailable, reason, "a part of the system does not answer".to_owned())
        }
        Fault::Broken { detail } => {
            tracing::error!(detail, "broken");
            Status::internal("something is broken; the log has the details")
        }
    }
}

/// The fault behind a status from a peer.
#[must_use]
pub fn fault_of(status: &Status) -> Fault {
    let details = status.get_error_details();
    let reason = details.error_info().map_or("OTHER", |info| interned(&info.reason));
    let text = status.message().to_owned();
    match status.code() {
        Code::InvalidArgument => {
            let violations = details.bad_request().map(|bad| {
                bad.field_violations
                    .iter()
                    .map(|v| {
                        let (reason, text) =
                            v.description.split_once(' ').unwrap_or(("OTHER", &v.description));
                        Violation::new(v.field.clone(), interned(reason), text)
                    })
                    .collect::<Vec<_>>()
            });
            match violations {
                Some(list) if !list.is_empty() => Fault::Invalid(list),
                _ => Fault::invalid("", "OTHER", text),
            }
        }
        Code::NotFound => Fault::Unknown { what: text.trim_start_matches("not found: ").to_owned() },
        Code::PermissionDenied => Fault::Denied { reason, text },
        Code::Unauthenticated => Fault::Unauthenticated { text },
        Code::FailedPrecondition => Fault::Refused { reason, text },
        Code::Aborted => match details.resource_info() {
            Some(info) => Fault::Conflict {
                record_id: info.resource_name.clone(),
                version: info.description.parse().unwrap_or(0),
            },
            None => Fault::Conflict { record_id: String::new(), version: 0 },
        },
        Code::ResourceExhausted => Fault::Busy { reason, text },
        Code::Unavailable => Fault::Unavailable { reason, detail: text },
        Code::DeadlineExceeded | Code::Cancelled => Fault::Unavailable { reason: "DEADLINE", detail: text },
        _ => Fault::Broken { detail: format!("{:?}: {text}", status.code()) },
    }
}

fn informed(code: Code, reason: &'static str, text: String) -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info(reason, DOMAIN, std::collections::HashMap::new());
    Status::with_error_details(code, text, details)
}

/// Reasons are static in our code; those a peer names are kept once for the life of the process, bounded.
fn interned(reason: &str) -> &'static str {
    static KNOWN: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let lawful = (1..=64).contains(&reason.len())
        && reason.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    if !lawful {
        return "OTHER";
    }
    let Ok(mut known) = KNOWN.lock() else { return "OTHER" };
    if let Some(found) = known.get(reason) {
        return found;
    }
    if known.len() >= REASONS_MAX {
        return "OTHER";
    }
    let kept: &'static str = Box::leak(reason.to_owned().into_boxed_str());
    known.insert(kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_that_may_be_told_comes_back_as_it_went() {
        let faults = [
            Fault::Invalid(vec![
                Violation::new("facts.subject", "SUBJECT_MISSING", "subject is empty"),
                Violation::new("files[0].digest", "DIGEST_SHAPE", "64 hex digits are needed"),
            ]),
            Fault::unknown("in_7"),
            Fault::denied("NOT_THE_SIGNER", "only the signer approves"),
            Fault::refused("NOT_SIGNED", "the document has not been signed"),
            Fault::Conflict { record_id: "in_7".to_owned(), version: 42 },
            Fault::Busy { reason: "TOO_MANY", text: "try again".to_owned() },
            Fault::Unauthenticated { text: "the seal has expired".to_owned() },
        ];
        for fault in faults {
            assert_eq!(fault_of(&status_of(fault.clone())), fault);
        }
    }

    #[test]
    fn what_is_broken_is_not_told() {
        let status = status_of(Fault::broken("disk /dev/sda1 at 0x77"));
        assert!(!status.message().contains("sda1"));
        let status = status_of(Fault::unavailable("STORE_READ_ONLY", "fdatasync: EIO on /srv/x"));
        assert!(!status.message().contains("EIO"));
        assert!(matches!(fault_of(&status), Fault::Unavailable { reason: "STORE_READ_ONLY", .. }));
    }

    #[test]
    fn a_reason_out_of_shape_is_not_kept() {
        assert_eq!(interned("lower"), "OTHER");
        assert_eq!(interned(""), "OTHER");
        assert_eq!(interned(&"A".repeat(65)), "OTHER");
        assert_eq!(interned("NOT_SIGNED"), "NOT_SIGNED");
    }
}
