//! The typed clients of one office, and the calls of one person in one request.

use proto::archive::v1::archive_client::ArchiveClient;
use proto::archive::v1::{
    BatchGetRequest, CommitResponse, CountRequest, CountResponse, ExpectedVersion, GetRequest, ListItem,
    ListRequest, ListResponse,
};
use proto::directory::v1::directory_client::DirectoryClient;
use proto::fault::Fault;
use proto::intake::v1::intake_client::IntakeClient;
use proto::record::v1::record::State;
use proto::record::v1::{Assignment, IncomingDocument, OutgoingDocument, Record};
use proto::routing::v1::routing_client::RoutingClient;
use proto::rpc::{Identity, Peer, fault_of, outgoing};
use proto::signer::v1::signer_client::SignerClient;

/// Ids that one `BatchGet` takes.
const BATCH_MAX: usize = 200;

/// The services behind the screens: typed clients, near or far.
#[derive(Clone)]
pub struct Office {
    /// The system of record.
    pub(crate) archive: ArchiveClient<Peer>,
    /// People and log-in.
    pub(crate) directory: DirectoryClient<Peer>,
    /// Incoming documents.
    pub(crate) intake: IntakeClient<Peer>,
    /// Directions, drafts, issuing.
    pub(crate) routing: RoutingClient<Peer>,
    /// Signatures.
    pub(crate) signer: SignerClient<Peer>,
}

impl Office {
    /// An office from one peer for each role.
    #[must_use]
    pub fn new(archive: Peer, directory: Peer, intake: Peer, routing: Peer, signer: Peer) -> Self {
        use proto::rpc::peer;
        Self {
            archive: peer::archive(archive),
            directory: peer::directory(directory),
            intake: peer::intake(intake),
            routing: peer::routing(routing),
            signer: peer::signer(signer),
        }
    }
}

/// Calls one rpc of a typed client with the caller's seal: `call!(desk, intake.register_incoming_document(message))`.
/// Gives `Result<Answer, Fault>`.
macro_rules! call {
    ($desk:expr, $role:ident . $rpc:ident ( $message:expr )) => {{
        let mut client = $desk.calls().office.$role.clone();
        client
            .$rpc($desk.calls().request($message))
            .await
            .map(tonic::Response::into_inner)
            .map_err(|status| proto::rpc::fault_of(&status))
    }};
}

pub(crate) use call;

/// The calls of one person in one request: every one carries the person's seal and the request id.
#[derive(Clone)]
pub(crate) struct Calls {
    /// The clients.
    pub(crate) office: Office,
    /// The seal and the request id.
    pub(crate) identity: Identity,
}

impl Calls {
    /// A message with the caller's seal.
    pub(crate) fn request<T>(&self, message: T) -> tonic::Request<T> {
        outgoing(&self.identity, message)
    }

    /// One record.
    ///
    /// # Errors
    /// [`Fault::Unknown`] when it is not there or not the caller's to see.
    pub(crate) async fn get(&self, id: &str) -> Result<Record, Fault> {
        let mut archive = self.office.archive.clone();
        let answer = archive.get(self.request(GetRequest { id: id.to_owned(), at_least: 0 })).await;
        let record = answer.map_err(|s| fault_of(&s))?.into_inner().record;
        record.ok_or_else(|| Fault::unknown(id))
    }

    /// An incoming document with its record.
    ///
    /// # Errors
    /// As [`Calls::get`]; also when the id names something else.
    pub(crate) async fn incoming(&self, id: &str) -> Result<(Record, IncomingDocument), Fault> {
        let record = self.get(id).await?;
        match record.state.clone() {
            Some(State::Incoming(document)) => Ok((record, document)),
            _ => Err(Fault::unknown(id)),
        }
    }

    /// An outgoing document with its record.
    ///
    /// # Errors
    /// As [`Calls::get`]; also when the id names something else.
    pub(crate) async fn outgoing(&self, id: &str) -> Result<(Record, OutgoingDocument), Fault> {
        let record = self.get(id).await?;
        match record.state.clone() {
            Some(State::Outgoing(document)) => Ok((record, document)),
            _ => Err(Fault::unknown(id)),
        }
    }

    /// An assignment with its record.
    ///
    /// # Errors
    /// As [`Calls::get`]; also when the id names something else.
    pub(crate) async fn assignment(&self, id: &str) -> Result<(Record, Assignment), Fault> {
        let record = self.get(id).await?;
        match record.state.clone() {
            Some(State::Assignment(assignment)) => Ok((record, assignment)),
            _ => Err(Fault::unknown(id)),
        }
    }

    /// Several records, in the order asked; those not there are left out.
    ///
    /// # Errors
    /// The archive's fault.
    pub(crate) async fn batch(&self, ids: &[String]) -> Result<Vec<Record>, Fault> {
        let mut records = Vec::with_capacity(ids.len());
        for part in ids.chunks(BATCH_MAX) {
            let mut archive = self.office.archive.clone();
            let answer = archive.batch_get(self.request(BatchGetRequest { ids: part.to_vec() })).await;
            records.extend(answer.map_err(|s| fault_of(&s))?.into_inner().records);
        }
        Ok(records)
    }

    /// One page of a list.
    ///
    /// # Errors
    /// The archive's fault.
    pub(crate) async fn list(&self, request: ListRequest) -> Result<ListResponse, Fault> {
        let mut archive = self.office.archive.clone();
        Ok(archive.list(self.request(request)).await.map_err(|s| fault_of(&s))?.into_inner())
    }

    /// Several pages of a list, at most `pages_max`; the flag says that there was more.
    ///
    /// # Errors
    /// The archive's fault.
    pub(crate) async fn list_all(
        &self,
        mut request: ListRequest,
        pages_max: usize,
    ) -> Result<(Vec<ListItem>, bool), Fault> {
        let mut items = Vec::new();
        request.page_size = 200;
        for _ in 0..pages_max {
            let page = self.list(request.clone()).await?;
            items.extend(page.items);
            if page.next_page_token.is_empty() {
                return Ok((items, false));
            }
            request.page_token = page.next_page_token;
        }
        Ok((items, true))
    }

    /// Sizes of lists, in the order asked; a list that the caller may not see counts nothing.
    ///
    /// # Errors
    /// The archive's fault.
    pub(crate) async fn counts(&self, lists: Vec<ListRequest>) -> Result<Vec<u32>, Fault> {
        Ok(self.counts_at(lists).await?.0)
    }

    /// The same, with the position of the journal at which they were counted; 0 where nothing was asked.
    ///
    /// # Errors
    /// The archive's fault.
    pub(crate) async fn counts_at(&self, lists: Vec<ListRequest>) -> Result<(Vec<u32>, u64), Fault> {
        if lists.is_empty() {
            return Ok((Vec::new(), 0));
        }
        let asked = lists.len();
        let mut archive = self.office.archive.clone();
        let answer = archive.count(self.request(CountRequest { lists })).await.map_err(|s| fault_of(&s))?;
        let CountResponse { mut counts, position } = answer.into_inner();
        counts.resize(asked, 0);
        Ok((counts, position))
    }
}

/// The version that a form showed, for `expected_versions`; nothing where the form sent none.
#[must_use]
pub(crate) fn expected(record_id: &str, version: &str) -> Vec<ExpectedVersion> {
    match version.parse::<u64>() {
        Ok(version) if version > 0 => vec![ExpectedVersion { record_id: record_id.to_owned(), version }],
        _ => Vec::new(),
    }
}

/// The first record of a receipt for which `pick` finds something.
#[must_use]
pub(crate) fn find_in<T>(receipt: Option<&CommitResponse>, pick: impl Fn(&Record) -> Option<T>) -> Option<T> {
    receipt?.records.iter().find_map(pick)
}

/// A list by name, nothing else set.
#[must_use]
pub(crate) fn list_of(name: proto::archive::v1::ListName) -> ListRequest {
    ListRequest { list: name as i32, ..ListRequest::default() }
}
