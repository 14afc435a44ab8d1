//! Names behind ids, for what is printed.

use std::collections::HashMap;

use proto::archive::v1::BatchGetRequest;
use proto::archive::v1::archive_client::ArchiveClient;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{Agency, Principal, Record, principal};
use proto::rpc::{Identity, Peer, fault_of, outgoing};

/// Ids that one `BatchGet` takes.
const BATCH_MAX: usize = 200;

/// The names of people and units that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Names {
    by_id: HashMap<String, String>,
}

impl Names {
    /// Reads the names of `ids`; what the caller may not see has no name.
    pub(crate) async fn read(
        archive: &mut ArchiveClient<Peer>,
        identity: &Identity,
        mut ids: Vec<String>,
    ) -> Result<Self, Fault> {
        ids.retain(|id| !id.is_empty());
        ids.sort_unstable();
        ids.dedup();
        let mut names = Self::default();
        for batch in ids.chunks(BATCH_MAX) {
            for record in records(archive, identity, batch.to_vec()).await? {
                let name = match &record.state {
                    Some(State::Person(person)) => person.full_name.clone(),
                    Some(State::Unit(unit)) => unit.name.clone(),
                    Some(State::Series(series)) => series.name.clone(),
                    _ => continue,
                };
                names.by_id.insert(record.id, name);
            }
        }
        Ok(names)
    }

    /// The name, or nothing.
    pub(crate) fn of(&self, id: &str) -> &str {
        self.by_id.get(id).map_or("", String::as_str)
    }

    /// The name of a person or unit.
    pub(crate) fn of_principal(&self, principal: Option<&Principal>) -> &str {
        principal.and_then(principal_id).map_or("", |id| self.of(id))
    }
}

/// The id of a person or unit; a role has none.
pub(crate) fn principal_id(principal: &Principal) -> Option<&str> {
    match principal.who.as_ref()? {
        principal::Who::PersonId(id) | principal::Who::UnitId(id) => Some(id),
        principal::Who::Role(_) => None,
    }
}

/// Records by id, those that the caller may see.
pub(crate) async fn records(
    archive: &mut ArchiveClient<Peer>,
    identity: &Identity,
    ids: Vec<String>,
) -> Result<Vec<Record>, Fault> {
    let answer = archive.batch_get(outgoing(identity, BatchGetRequest { ids })).await;
    Ok(answer.map_err(|s| fault_of(&s))?.into_inner().records)
}

/// The agency.
pub(crate) async fn agency(archive: &mut ArchiveClient<Peer>, identity: &Identity) -> Result<Agency, Fault> {
    match records(archive, identity, vec!["agency".to_owned()]).await?.pop().and_then(|r| r.state) {
        Some(State::Agency(agency)) => Ok(agency),
        _ => Err(Fault::refused("AGENCY_NOT_FOUNDED", "the agency has not been founded")),
    }
}
