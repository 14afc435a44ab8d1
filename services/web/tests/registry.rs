//! Secret documents and tables as files, as a browser meets them.

#[expect(dead_code, reason = "a part of the office that the other tests lay out")]
mod office;

use http::StatusCode;
use office::{Browser, FakeOffice};
use proto::archive::v1::{CommitResponse, ListItem, ListName, ListRequest, ListResponse};
use proto::fault::Fault;
use proto::intake::v1::{
    ReceiveIncomingDocumentRequest, ReceiveIncomingDocumentResponse, RegisterIncomingDocumentRequest,
    RegisterIncomingDocumentResponse,
};
use proto::record::v1::record::State;
use proto::record::v1::{
    Agency, Book, Channel, Date, DocumentFacts, DocumentKind, IncomingDocument, IncomingStatus, Record,
    RegisterEntry, RegisterNumber, Role, SecurityMarking, Series,
};

const RECEIVE: &str = "intake.v1.Intake/ReceiveIncomingDocument";
const REGISTER: &str = "intake.v1.Intake/RegisterIncomingDocument";
const TYPED: &str = "ma=0123456789abcdef&facts.marking=3&facts.kind=14&facts.issuer=BCH&facts.urgency=1&arrival_date=18%2F11%2F2026";

fn office_with_secrets(roles: &[Role], on: bool) -> FakeOffice {
    let office = FakeOffice::new(roles);
    office.put("agency", State::Agency(Agency { secret_registration: on, ..Agency::default() }));
    office
}

fn number(series_id: &str, ordinal: u32) -> RegisterNumber {
    RegisterNumber {
        series_id: series_id.to_owned(),
        year: 2026,
        ordinal,
        date: Some(Date { year: 2026, month: 11, day: 18 }),
        ..RegisterNumber::default()
    }
}

fn secret(status: IncomingStatus) -> IncomingDocument {
    IncomingDocument {
        status: status as i32,
        facts: Some(DocumentFacts {
            marking: SecurityMarking::Secret as i32,
            subject: "giữ kín".to_owned(),
            ..DocumentFacts::default()
        }),
        ..IncomingDocument::default()
    }
}

fn record(id: &str, document: IncomingDocument) -> Record {
    Record { id: id.to_owned(), version: 1, readers: Vec::new(), state: Some(State::Incoming(document)) }
}

#[tokio::test]
async fn a_secret_document_has_no_way_in_for_others_or_while_switched_off() {
    for (roles, on) in
        [(&[Role::Clerk][..], false), (&[Role::Leader, Role::Archivist, Role::Officer][..], true)]
    {
        let office = office_with_secrets(roles, on);
        let browser = Browser::logged_in(&office);
        let page = browser.get("/tiep-nhan/mat").await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{roles:?}");
        let token = browser.get("/toi").await.token();
        browser.post("/tiep-nhan/mat", &token, TYPED).await;
        assert!(office.called::<ReceiveIncomingDocumentRequest>(RECEIVE).is_empty(), "{roles:?}");
        let home = browser.get("/tra-cuu").await;
        assert!(!home.text.contains("/tiep-nhan/mat") && !home.text.contains("/so/mat"), "{roles:?}");
    }
    let archivist = Browser::logged_in(&office_with_secrets(&[Role::Archivist], true));
    assert_eq!(archivist.get("/so/mat").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_secret_document_is_received_on_paper_and_registered_once() {
    let office = office_with_secrets(&[Role::Clerk], true);
    office.put("in_9", State::Incoming(secret(IncomingStatus::Received)));
    office.answer(RECEIVE, |_: ReceiveIncomingDocumentRequest| {
        let records = vec![record("in_9", secret(IncomingStatus::Received))];
        let receipt = Some(CommitResponse { records, ..CommitResponse::default() });
        Ok(ReceiveIncomingDocumentResponse { receipt })
    });
    office.answer(REGISTER, |_: RegisterIncomingDocumentRequest| {
        Err::<RegisterIncomingDocumentResponse, _>(Fault::unavailable("STORE_READ_ONLY", "x"))
    });
    let browser = Browser::logged_in(&office);
    let form = browser.get("/tiep-nhan/mat").await;
    assert!(!form.text.contains("type=\"file\"") && form.text.contains("Không đính kèm tệp"));
    // Every fault at once, and nothing is received for it.
    let wrong = TYPED.replace("facts.issuer=BCH", "facts.issuer=").replace("18%2F11", "31%2F11");
    let page = browser.post("/tiep-nhan/mat", &form.token(), &wrong).await;
    for id in ["f-facts-issuer-why", "f-arrival_date-why"] {
        assert!(page.text.contains(id), "{id}");
    }
    assert!(page.text.contains("31/11/2026"));
    assert!(office.called::<ReceiveIncomingDocumentRequest>(RECEIVE).is_empty());
    // No marking is no secret document.
    let page = browser.post("/tiep-nhan/mat", &form.token(), &TYPED.replace("marking=3", "marking=1")).await;
    assert!(page.text.contains("f-facts-marking-why"));
    // Received, then not registered: the next try goes on with what was received.
    let page = browser.post("/tiep-nhan/mat", &form.token(), TYPED).await;
    assert!(page.text.contains("name=\"vb\" value=\"in_9\"") && page.text.contains("value=\"BCH\""));
    office.answer(REGISTER, |_: RegisterIncomingDocumentRequest| {
        let mut document = secret(IncomingStatus::Registered);
        document.number = Some(number("ser_2", 7));
        let receipt =
            Some(CommitResponse { records: vec![record("in_9", document)], ..CommitResponse::default() });
        Ok(RegisterIncomingDocumentResponse { receipt })
    });
    let page = browser.post("/tiep-nhan/mat", &form.token(), &format!("{TYPED}&vb=in_9&version=7")).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/tiep-nhan/mat"));
    let received: Vec<ReceiveIncomingDocumentRequest> = office.called(RECEIVE);
    assert_eq!(received.len(), 1);
    assert_eq!((received[0].channel(), received[0].files.len()), (Channel::Paper, 0));
    let registered: Vec<RegisterIncomingDocumentRequest> = office.called(REGISTER);
    let command = registered.last().and_then(|r| r.command.clone()).expect("a command");
    assert_eq!((command.document_id.as_str(), command.submit_to.as_str()), ("in_9", ""));
    assert_eq!(command.facts.expect("facts").marking(), SecurityMarking::TopSecret);
}

fn entry(ordinal: u32, document: Option<Record>) -> ListItem {
    let entry = RegisterEntry {
        number: Some(number("ser_1", ordinal)),
        document_id: "in_1".to_owned(),
        book: Book::Incoming as i32,
        ..RegisterEntry::default()
    };
    let record = Record {
        id: format!("reg_{ordinal}"),
        state: Some(State::RegisterEntry(entry)),
        ..Record::default()
    };
    ListItem { record: Some(record), document }
}

fn register() -> FakeOffice {
    let office = office_with_secrets(&[Role::Clerk], true);
    let series = |name: &str, secret| Series {
        name: name.to_owned(),
        book: Book::Incoming as i32,
        active: true,
        secret,
        ..Series::default()
    };
    let all = [
        office.put("ser_1", State::Series(series("Văn bản đến", false))),
        office.put("ser_2", State::Series(series("Văn bản mật đến", true))),
    ];
    office.list(ListName::Series, all);
    office
}

#[tokio::test]
async fn a_register_is_exported_for_a_spreadsheet_and_no_secret_one() {
    let office = register();
    let plain = IncomingDocument {
        status: IncomingStatus::Registered as i32,
        facts: Some(DocumentFacts {
            issuer: "=1+1".to_owned(),
            subject: "nói “có”, rồi \"không\"".to_owned(),
            kind: DocumentKind::Report as i32,
            ..DocumentFacts::default()
        }),
        ..IncomingDocument::default()
    };
    let lines = vec![
        entry(1, Some(record("in_1", plain))),
        entry(2, Some(record("in_2", secret(IncomingStatus::Registered)))),
    ];
    office.list_items(ListName::Register, lines);
    let browser = Browser::logged_in(&office);
    let file = browser.get("/so/den/xuat?nam=2026").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"so-den-2026.csv\"");
    assert!(file.bytes.starts_with(&[0xef, 0xbb, 0xbf]), "Excel reads it as UTF-8");
    assert_eq!(file.text.matches("\r\n").count(), 2, "{}", file.text);
    assert!(file.text.contains(",'=1+1,") && file.text.contains("\"nói “có”, rồi \"\"không\"\"\""));
    assert!(!file.text.contains("giữ kín"), "what is secret is in no file");
    assert_eq!(browser.get("/so/mat/xuat").await.status, StatusCode::NOT_FOUND);
    let page = browser.get("/so/den?day-so=ser_2").await;
    assert!(
        page.text.contains("Văn bản đến</option>") && !page.text.contains("value=\"ser_2\""),
        "a register of its own"
    );
    assert_eq!(browser.get("/so/den/xuat?tu=31%2F02%2F2026").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let asked: Vec<ListRequest> = office.called("archive.v1.Archive/List");
    let last = asked.iter().rfind(|r| r.list() == ListName::Register && !r.reverse).expect("asked");
    assert_eq!((last.series_id.as_str(), last.year), ("ser_1", 2026));
}

#[tokio::test]
async fn a_register_that_cannot_be_read_is_a_page_and_no_half_file() {
    let office = register();
    let browser = Browser::logged_in(&office);
    browser.get("/so/den").await;
    office.answer("archive.v1.Archive/List", |_: ListRequest| {
        Err::<ListResponse, _>(Fault::unavailable("STORE_READ_ONLY", "x"))
    });
    let page = browser.get("/so/den/xuat").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.headers["content-type"].to_str().expect("text").starts_with("text/html"));
}

#[tokio::test]
async fn every_fault_of_the_form_is_told_at_once() {
    let office = register();
    office.put(
        "in_1",
        State::Incoming(IncomingDocument {
            status: IncomingStatus::Received as i32,
            channel: Channel::Paper as i32,
            ..IncomingDocument::default()
        }),
    );
    let waiting = record(
        "in_1",
        IncomingDocument { status: IncomingStatus::Received as i32, ..IncomingDocument::default() },
    );
    office.list(ListName::IncomingByStatus, [waiting]);
    let browser = Browser::logged_in(&office);
    let token = browser.get("/tiep-nhan").await.token();
    let typed = "facts.issuer=&facts.kind=0&facts.subject=&facts.issued_date=31%2F11%2F2026&arrival_date=&facts.pages=x&facts.urgency=1";
    let page = browser.post("/tiep-nhan/in_1/vao-so", &token, typed).await;
    for field in
        ["facts-issuer", "facts-kind", "facts-subject", "facts-issued_date", "arrival_date", "facts-pages"]
    {
        assert!(page.text.contains(&format!("id=\"f-{field}-why\"")), "{field}");
    }
    assert!(office.called::<RegisterIncomingDocumentRequest>(REGISTER).is_empty());
}
