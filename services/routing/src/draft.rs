//! Drafts: from uploaded files, or from a letter that is typeset here; and their approval, which prepares the fields.

use bytes::Bytes;
use prost::Message as _;
use proto::archive::v1::{CommitResponse, GetRequest};
use proto::fault::Fault;
use proto::forms::v1::{Place, PlaceKind, RenderLetterRequest};
use proto::record::v1::command::Command as Cmd;
use proto::record::v1::record::State;
use proto::record::v1::{
    ApproveDraft, CreateDraft, FieldName, FieldPlace, FileRef, OutgoingDocument, OutgoingStatus, ReviseDraft,
};
use proto::routing::v1::{
    ApproveDraftRequest, CreateDraftRequest, PreviewLetterRequest, PreviewLetterResponse, ReviseDraftRequest,
};
use proto::rpc::stream::{file_ref, put_file};
use proto::rpc::{Identity, fault_of, outgoing, pass};
use proto::signer::v1::{FindPlacesRequest, InspectRequest, PrepareFieldsRequest};

use crate::ahead;
use crate::service::Inner;

/// Name of the file that a letter is typeset into.
const LETTER_NAME: &str = "du-thao.pdf";

/// Starts a draft.
pub(crate) async fn create(
    inner: &Inner,
    identity: &Identity,
    request: CreateDraftRequest,
) -> Result<CommitResponse, Fault> {
    let draft = request.draft.ok_or_else(pass::command_missing)?;
    domain::policy::ask(identity.caller()?, &Cmd::CreateDraft(CreateDraft::default()), None)?;
    let draft = with_files(inner, identity, draft, request.letter, &Known::default()).await?;
    pass::commit(&inner.archive, identity, request.request_id, Cmd::CreateDraft(draft), Vec::new()).await
}

/// A letter as it would be printed; for whoever may draft.
pub(crate) async fn preview(
    inner: &Inner,
    identity: &Identity,
    request: PreviewLetterRequest,
) -> Result<PreviewLetterResponse, Fault> {
    let letter = request.letter.ok_or_else(|| Fault::invalid("letter", "FIELD_EMPTY", "must be set"))?;
    domain::policy::ask(identity.caller()?, &Cmd::CreateDraft(CreateDraft::default()), None)?;
    // The archive alone knows whether the position is held today: it is asked by a read.
    let agency = GetRequest { id: domain::id::AGENCY.to_owned(), at_least: 0 };
    inner.archive.clone().get(outgoing(identity, agency)).await.map_err(|s| fault_of(&s))?;
    let answer = inner.forms.clone().render_letter(outgoing(identity, letter)).await;
    Ok(PreviewLetterResponse { letter: Some(answer.map_err(|s| fault_of(&s))?.into_inner()) })
}

/// A new version.
pub(crate) async fn revise(
    inner: &Inner,
    identity: &Identity,
    request: ReviseDraftRequest,
) -> Result<CommitResponse, Fault> {
    let draft = request.draft.ok_or_else(pass::command_missing)?;
    let id = &request.document_id;
    let command = Cmd::ReviseDraft(ReviseDraft { document_id: id.clone(), ..ReviseDraft::default() });
    let document = ahead::document(inner, identity, id, &command, &request.expected_versions).await?;
    let known = Known::of(inner, identity, id, document).await?;
    let draft = with_files(inner, identity, draft, request.letter, &known).await?;
    let command = Cmd::ReviseDraft(ReviseDraft {
        document_id: request.document_id,
        draft: Some(draft),
        note: request.note,
    });
    pass::commit(&inner.archive, identity, request.request_id, command, request.expected_versions).await
}

/// Files that have been looked into before: those of the draft as it stands.
#[derive(Default)]
struct Known {
    files: Vec<FileRef>,
    /// The text of its main file.
    text_digest: String,
}

impl Known {
    /// The files of the document, and those of its current version: once fields are prepared the two differ.
    async fn of(
        inner: &Inner,
        identity: &Identity,
        document_id: &str,
        document: OutgoingDocument,
    ) -> Result<Self, Fault> {
        let mut files = document.files;
        if document.fields_prepared {
            let id = domain::id::draft_version(document_id, document.version_count);
            let request = GetRequest { id, at_least: 0 };
            let answer = inner.archive.clone().get(outgoing(identity, request)).await;
            if let Some(State::DraftVersion(version)) =
                answer.map_err(|s| fault_of(&s))?.into_inner().record.and_then(|r| r.state)
            {
                files.extend(version.files);
            }
        }
        Ok(Self { files, text_digest: document.text_digest })
    }
}

/// Typesets the letter, if there is one, into the main file; looks into what is new; keeps the text for the search.
async fn with_files(
    inner: &Inner,
    identity: &Identity,
    mut draft: CreateDraft,
    letter: Option<RenderLetterRequest>,
    known: &Known,
) -> Result<CreateDraft, Fault> {
    if let Some(letter) = letter {
        let source = Bytes::from(letter.encode_to_vec());
        let answer =
            inner.forms.clone().render_letter(outgoing(identity, letter)).await.map_err(|s| fault_of(&s))?;
        let letter = answer.into_inner();
        let pdf = Bytes::from(letter.pdf);
        let mut archive = inner.archive.clone();
        let (digest, size) = put_file(&mut archive, identity, pdf.clone()).await?;
        let main = file_ref(digest, size, LETTER_NAME, &pdf, letter.page_count);
        draft.letter_digest = put_file(&mut archive, identity, source).await?.0;
        draft.places = letter.places.iter().filter_map(field_place).collect();
        // A letter replaces the main file; what else was uploaded is attached to it.
        draft.files.retain(|f| f.name != LETTER_NAME);
        draft.files.insert(0, main);
    }
    for (i, file) in draft.files.iter_mut().enumerate() {
        let main = i == 0;
        // What a caller says of a file counts for nothing: it is what it was found to be, before or now.
        if let Some(seen) = known.files.iter().find(|seen| seen.digest == file.digest) {
            file.media_type.clone_from(&seen.media_type);
            file.pages = seen.pages;
            if main {
                draft.text_digest.clone_from(&known.text_digest);
            }
            continue;
        }
        let request = InspectRequest { digest: file.digest.clone(), record_id: String::new() };
        let seen =
            inner.signer.clone().inspect(outgoing(identity, request)).await.map_err(|s| fault_of(&s))?;
        let seen = seen.into_inner();
        file.media_type = seen.media_type;
        file.pages = seen.pages;
        if main {
            draft.text_digest = if seen.text.trim().is_empty() {
                String::new()
            } else {
                put_file(&mut inner.archive.clone(), identity, Bytes::from(seen.text)).await?.0
            };
        }
    }
    if let (Some(facts), Some(main)) = (&mut draft.facts, draft.files.first()) {
        facts.pages = main.pages;
    }
    Ok(draft)
}

fn field_place(place: &Place) -> Option<FieldPlace> {
    let name = match place.kind() {
        PlaceKind::Number => FieldName::Number,
        PlaceKind::Date => FieldName::Date,
        PlaceKind::Person => FieldName::Signer,
        PlaceKind::Seal => FieldName::Seal,
        PlaceKind::Unspecified => return None,
    };
    Some(FieldPlace {
        name: name.into(),
        page: place.page,
        x: place.x,
        y: place.y,
        width: place.width,
        height: place.height,
        baseline: place.baseline,
        font_size: place.font_size,
        centred: place.centred,
        italic: place.italic,
    })
}

/// The signer approves: the four fields are put into the file first, because what is approved is what will be signed.
pub(crate) async fn approve(
    inner: &Inner,
    identity: &Identity,
    request: ApproveDraftRequest,
) -> Result<CommitResponse, Fault> {
    let id = &request.document_id;
    let command = Cmd::ApproveDraft(ApproveDraft { document_id: id.clone(), ..ApproveDraft::default() });
    let needed = OutgoingStatus::FormChecked;
    let shown = &request.expected_versions;
    let id = id.clone();
    let document = ahead::for_signer(inner, identity, &id, &command, needed, shown).await?;
    match approved(inner, identity, &document, request).await {
        Err(fault) => Err(ahead::why(inner, identity, &id, needed, fault).await),
        done => done,
    }
}

async fn approved(
    inner: &Inner,
    identity: &Identity,
    document: &OutgoingDocument,
    request: ApproveDraftRequest,
) -> Result<CommitResponse, Fault> {
    let main = main_file(document, &request.document_id)?;
    let places = if request.places.is_empty() {
        places_of(inner, identity, &request.document_id, document, main).await?
    } else {
        request.places
    };
    let prepare = PrepareFieldsRequest {
        record_id: request.document_id.clone(),
        digest: main.digest.clone(),
        places: places.clone(),
    };
    let prepared =
        inner.signer.clone().prepare_fields(outgoing(identity, prepare)).await.map_err(|s| fault_of(&s))?;
    let mut prepared = prepared.into_inner().prepared.ok_or_else(|| Fault::broken("signer gave no file"))?;
    prepared.name.clone_from(&main.name);
    prepared.pages = main.pages;
    let command = Cmd::ApproveDraft(ApproveDraft {
        document_id: request.document_id,
        prepared: Some(prepared),
        places,
        note: request.note,
    });
    pass::commit(&inner.archive, identity, request.request_id, command, request.expected_versions).await
}

/// The places of the draft, or those that the text of its pages tells.
async fn places_of(
    inner: &Inner,
    identity: &Identity,
    document_id: &str,
    document: &OutgoingDocument,
    main: &FileRef,
) -> Result<Vec<FieldPlace>, Fault> {
    if document.places.len() == 4 {
        return Ok(document.places.clone());
    }
    let find = FindPlacesRequest { record_id: document_id.to_owned(), digest: main.digest.clone() };
    let found = inner.signer.clone().find_places(outgoing(identity, find)).await.map_err(|s| fault_of(&s))?;
    let found = found.into_inner().places;
    if found.len() == 4 {
        return Ok(found);
    }
    Err(Fault::refused(
        "PLACES_NOT_FOUND",
        "the places of number, date, signature and seal were not found; place them by hand",
    ))
}

/// The main file.
pub(crate) fn main_file<'d>(document: &'d OutgoingDocument, id: &str) -> Result<&'d FileRef, Fault> {
    document.files.first().ok_or_else(|| Fault::broken(format!("{id} has no main file")))
}
