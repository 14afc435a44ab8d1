//! An RPC that is one command: passed on to the archive's `Commit` with the caller's own seal.

use crate::archive::v1::archive_client::ArchiveClient;
use crate::archive::v1::{CommitRequest, CommitResponse, ExpectedVersion};
use crate::fault::Fault;
use crate::record::v1::{Command, command};
use crate::rpc::{Identity, Peer, fault_of, outgoing};

/// Commits one command for the caller.
///
/// # Errors
/// The archive's fault.
pub async fn commit(
    archive: &ArchiveClient<Peer>,
    identity: &Identity,
    request_id: String,
    command: command::Command,
    expected_versions: Vec<ExpectedVersion>,
) -> Result<CommitResponse, Fault> {
    let request =
        CommitRequest { request_id, command: Some(Command { command: Some(command) }), expected_versions };
    let answer = archive.clone().commit(outgoing(identity, request)).await;
    answer.map(tonic::Response::into_inner).map_err(|s| fault_of(&s))
}

/// The fault of a request without its command.
#[must_use]
pub fn command_missing() -> Fault {
    Fault::invalid("command", "COMMAND_MISSING", "the command is missing")
}

/// The body of an RPC that is one command: `pass_on!(archive, request, Response, CommandVariant)`.
#[macro_export]
macro_rules! pass_on {
    ($archive:expr, $request:ident, $response:ident, $command:ident) => {{
        let identity = $crate::rpc::Identity::of(&$request).map_err($crate::rpc::status_of)?;
        let message = $request.into_inner();
        let command =
            message.command.ok_or_else(|| $crate::rpc::status_of($crate::rpc::pass::command_missing()))?;
        let receipt = $crate::rpc::pass::commit(
            $archive,
            &identity,
            message.request_id,
            $crate::record::v1::command::Command::$command(command),
            message.expected_versions,
        )
        .await
        .map_err($crate::rpc::status_of)?;
        Ok(tonic::Response::new($response { receipt: Some(receipt) }))
    }};
}
