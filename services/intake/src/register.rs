//! The printed register: every line of a series and year, ascending, in the ten legal columns of NĐ 30/2020
//! Phụ lục IV, with the head of the journal's tree as its code of verification.

use domain::{calendar, notation};
use proto::archive::v1::{ListItem, ListName, ListRequest, TreeHeadRequest};
use proto::fault::Fault;
use proto::forms::v1::{
    FileStamp, IncomingBook, IncomingRow, Letterhead, OutgoingBook, OutgoingRow, PrintMark,
    RenderRegisterRequest, RowNumber, render_register_request,
};
use proto::intake::v1::PrintRegisterRequest;
use proto::record::v1::record::State;
use proto::record::v1::{
    Book, DocumentFacts, EntryStatus, IncomingDocument, OutgoingDocument, Principal, RegisterEntry,
    RegisterNumber,
};
use proto::rpc::{Identity, fault_of, outgoing};

use crate::people::{Names, agency, principal_id, records};
use crate::service::Inner;

/// Lines that one volume holds (forms.v1 limits it too).
const LINES_MAX: usize = 2_000;

/// How the note of a number that is kept for a document to come begins.
const RESERVED: &str = "Giữ chỗ";

/// Typesets the register.
pub(crate) async fn print(
    inner: &Inner,
    identity: &Identity,
    request: PrintRegisterRequest,
) -> Result<Vec<u8>, Fault> {
    let caller = identity.caller()?.clone();
    let mut archive = inner.archive.clone();
    let agency = agency(&mut archive, identity).await?;
    let lines = lines(inner, identity, &request).await?;
    let series = records(&mut archive, identity, vec![request.series_id.clone()]).await?.pop();
    let Some(State::Series(series)) = series.and_then(|r| r.state) else {
        return Err(Fault::unknown(request.series_id));
    };
    let ids = lines.iter().flat_map(named_ids).chain([caller.person_id.clone()]).collect();
    let names = Names::read(&mut archive, identity, ids).await?;
    let head = archive
        .tree_head(outgoing(identity, TreeHeadRequest {}))
        .await
        .map_err(|s| fault_of(&s))?
        .into_inner();
    let now = (inner.clock)();
    let book = match series.book() {
        Book::Incoming => render_register_request::Book::Incoming(IncomingBook {
            rows: lines.iter().filter_map(|l| incoming_row(l, &names)).collect(),
        }),
        Book::Outgoing => render_register_request::Book::Outgoing(OutgoingBook {
            rows: lines.iter().filter_map(|l| outgoing_row(l, &names)).collect(),
        }),
        Book::Unspecified => return Err(Fault::broken(format!("series {} has no book", request.series_id))),
    };
    let form = RenderRegisterRequest {
        stamp: Some(FileStamp {
            ident: format!("register {} {} {}", request.series_id, request.year, head.root),
            rendered_at: Some(calendar::timestamp(now)),
            demo: inner.demo,
        }),
        letterhead: Some(Letterhead { parent: agency.superior, agency: agency.name }),
        year: request.year,
        volume: 0,
        series_name: series.name,
        printed: Some(PrintMark {
            printed_by: names.of(&caller.person_id).to_owned(),
            printed_at: Some(calendar::timestamp(now)),
            tree_head: unhex(&head.root),
            tree_size: i64::try_from(head.size).unwrap_or(i64::MAX),
        }),
        book: Some(book),
    };
    let answer =
        inner.forms.clone().render_register(outgoing(identity, form)).await.map_err(|s| fault_of(&s))?;
    Ok(answer.into_inner().pdf)
}

async fn lines(
    inner: &Inner,
    identity: &Identity,
    request: &PrintRegisterRequest,
) -> Result<Vec<ListItem>, Fault> {
    let mut lines = Vec::new();
    let mut token = String::new();
    loop {
        let list = ListRequest {
            list: ListName::Register.into(),
            series_id: request.series_id.clone(),
            year: request.year,
            page_size: 200,
            page_token: token,
            drawn_from: request.from,
            drawn_to: request.to,
            ..ListRequest::default()
        };
        let page = inner
            .archive
            .clone()
            .list(outgoing(identity, list))
            .await
            .map_err(|s| fault_of(&s))?
            .into_inner();
        lines.extend(page.items);
        if lines.len() > LINES_MAX {
            return Err(Fault::refused(
                "REGISTER_TOO_LONG",
                format!("more than {LINES_MAX} lines; print it in volumes by days"),
            ));
        }
        token = page.next_page_token;
        if token.is_empty() {
            // Between days a suffixed number comes with its day; in the book it stands behind the one it hangs on.
            lines.sort_by_key(|item| {
                entry(item).and_then(|e| e.number.as_ref()).map(|n| (n.ordinal, n.suffix.clone()))
            });
            return Ok(lines);
        }
    }
}

fn entry(item: &ListItem) -> Option<&RegisterEntry> {
    match item.record.as_ref()?.state.as_ref()? {
        State::RegisterEntry(entry) => Some(entry),
        _ => None,
    }
}

fn incoming(item: &ListItem) -> Option<&IncomingDocument> {
    match item.document.as_ref()?.state.as_ref()? {
        State::Incoming(document) => Some(document),
        _ => None,
    }
}

fn outgoing_document(item: &ListItem) -> Option<&OutgoingDocument> {
    match item.document.as_ref()?.state.as_ref()? {
        State::Outgoing(document) => Some(document),
        _ => None,
    }
}

fn named_ids(item: &ListItem) -> Vec<String> {
    let mut ids = Vec::new();
    if let Some(document) = incoming(item) {
        ids.push(document.submitted_to.clone());
    }
    if let Some(document) = outgoing_document(item) {
        ids.push(document.unit_id.clone());
        ids.push(document.signer_id.clone());
        ids.extend(document.recipients.iter().filter_map(|r| r.inside.as_ref()).filter_map(id_of));
    }
    ids
}

fn id_of(principal: &Principal) -> Option<String> {
    principal_id(principal).map(str::to_owned)
}

fn row_number(number: &RegisterNumber) -> RowNumber {
    RowNumber { ordinal: i32::try_from(number.ordinal).unwrap_or(i32::MAX), suffix: number.suffix.clone() }
}

fn symbol(facts: &DocumentFacts) -> String {
    match (facts.number.is_empty(), facts.notation.is_empty()) {
        (false, false) => format!("{}/{}", facts.number, facts.notation),
        _ => format!("{}{}", facts.number, facts.notation),
    }
}

fn kind_name(facts: &DocumentFacts) -> String {
    if facts.kind_name.is_empty() {
        notation::kind_name(facts.kind()).to_owned()
    } else {
        facts.kind_name.clone()
    }
}

fn reason_of(entry: &RegisterEntry) -> String {
    if entry.status() == EntryStatus::Void { entry.reason.clone() } else { String::new() }
}

fn incoming_row(item: &ListItem, names: &Names) -> Option<IncomingRow> {
    let entry = entry(item)?;
    let number = entry.number.as_ref()?;
    let blank = IncomingDocument::default();
    let document = incoming(item).unwrap_or(&blank);
    let facts = document.facts.clone().unwrap_or_default();
    let handed_to = if document.to_places.is_empty() {
        names.of(&document.submitted_to).to_owned()
    } else {
        document.to_places.clone()
    };
    Some(IncomingRow {
        number: Some(row_number(number)),
        arrived_on: document.arrival_date.or(number.date),
        author: facts.issuer.clone(),
        notation: symbol(&facts),
        document_date: facts.issued_date,
        kind_name: kind_name(&facts),
        subject: facts.subject.clone(),
        handed_to,
        handed_on: document.direction.as_ref().and_then(|d| d.at.as_ref()).map(calendar::date_of),
        received_by: String::new(),
        note: facts.note,
        void: entry.status() == EntryStatus::Void,
        void_reason: reason_of(entry),
    })
}

fn outgoing_row(item: &ListItem, names: &Names) -> Option<OutgoingRow> {
    let entry = entry(item)?;
    let number = entry.number.as_ref()?;
    let blank = OutgoingDocument::default();
    let document = outgoing_document(item).unwrap_or(&blank);
    let facts = document.facts.clone().unwrap_or_default();
    let recipients: Vec<&str> = document
        .recipients
        .iter()
        .map(|r| if r.name.is_empty() { names.of_principal(r.inside.as_ref()) } else { r.name.as_str() })
        .filter(|name| !name.is_empty())
        .collect();
    Some(OutgoingRow {
        number: Some(row_number(number)),
        notation: facts.notation.clone(),
        document_date: number.date,
        kind_name: kind_name(&facts),
        subject: facts.subject.clone(),
        signer: names.of(&document.signer_id).to_owned(),
        recipients: recipients.join("; "),
        filed_with: match names.of(&document.unit_id) {
            "" if entry.document_id.is_empty() => String::new(),
            "" => "VT".to_owned(),
            unit => format!("VT, {unit}"),
        },
        copies: document.copies,
        handed_on: document.issued_at.as_ref().map(calendar::date_of),
        received_by: String::new(),
        note: match entry.status() {
            EntryStatus::Reserved => format!("{RESERVED}: {}", entry.reason),
            _ => facts.note,
        },
        void: entry.status() == EntryStatus::Void,
        void_reason: reason_of(entry),
    })
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks_exact(2)
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
