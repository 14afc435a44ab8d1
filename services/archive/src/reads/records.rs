//! Records by id.

use proto::archive::v1::{
    BatchGetRequest, BatchGetResponse, GetCredentialRequest, GetCredentialResponse, GetResponse,
};
use proto::fault::Fault;
use proto::record::v1::{Record, record::State};

use domain::index::{Code, Key};
use domain::moment::Moment;
use domain::states::States;
use domain::{id, read};

use crate::limits::{BATCH_GET_MAX, RECORD_ID_MAX};
use crate::shared::Shared;
use crate::viewer::Viewer;
use crate::views::View;

/// The record, where the viewer may see it.
pub(crate) fn seen(view: &View, viewer: &Viewer, id: &str) -> Result<Record, Fault> {
    if id.is_empty() || id.len() > RECORD_ID_MAX || id.bytes().any(|byte| byte == 0) {
        return Err(Fault::unknown(shown(id)));
    }
    view.record(id)?.filter(|record| viewer.sees(record)).ok_or_else(|| Fault::unknown(id))
}

/// As much of an id as a message should repeat.
fn shown(id: &str) -> String {
    id.chars().filter(|character| !character.is_control()).take(40).collect()
}

pub(crate) fn get(shared: &Shared, viewer: &Viewer, id: &str) -> Result<GetResponse, Fault> {
    shared.read_as(viewer, |view| Ok(GetResponse { record: Some(seen(view, viewer, id)?) }))
}

pub(crate) fn batch_get(
    shared: &Shared,
    viewer: &Viewer,
    request: &BatchGetRequest,
) -> Result<BatchGetResponse, Fault> {
    if request.ids.len() > BATCH_GET_MAX {
        let text = format!("{} ids are asked for; ask for at most {BATCH_GET_MAX}", request.ids.len());
        return Err(Fault::invalid("ids", "TOO_LONG", text));
    }
    shared.read_as(viewer, |view| {
        let mut records = Vec::with_capacity(request.ids.len());
        for id in &request.ids {
            match seen(view, viewer, id) {
                Ok(record) => records.push(record),
                Err(Fault::Unknown { .. }) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(BatchGetResponse { records })
    })
}

/// The person with a log-in name, the credential, and the positions held today. Whether the asker may know is decided
/// before.
pub(crate) fn credential(
    shared: &Shared,
    request: &GetCredentialRequest,
) -> Result<GetCredentialResponse, Fault> {
    let unknown = || Fault::unknown("a credential of this login");
    if request.login.is_empty() || request.login.len() > domain::limits::LOGIN {
        return Err(unknown());
    }
    let now = Moment::new((shared.clock)(), 0);
    shared.read(|view| {
        let prefix = Key::of(Code::PersonByLogin).text(&request.login).prefix();
        let found = view.scan(&prefix, None, 1)?;
        let (_, person_id) = found.first().ok_or_else(unknown)?;
        let person = view.record(person_id)?.ok_or_else(unknown)?;
        // Keys leave NUL bytes out: a name that differs by one is another name, with a throttle of its own.
        if !matches!(&person.state, Some(State::Person(it)) if it.login == request.login) {
            return Err(unknown());
        }
        let credential = match view.credential(&id::credential(person_id))?.and_then(|record| record.state) {
            Some(State::Credential(credential)) => credential,
            _ => return Err(unknown()),
        };
        let mut positions = Vec::new();
        for (position_id, _) in read::positions_of_person(view, person_id, now.today())? {
            positions.extend(view.record(&position_id)?);
        }
        Ok(GetCredentialResponse { person: Some(person), credential: Some(credential), positions })
    })
}
