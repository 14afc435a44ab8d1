//! Drafting, signing, issuing and the administrator's desk as a browser meets them.

#[expect(dead_code, reason = "other tests use more of the office")]
mod office;

use std::sync::{Arc, Mutex};

use axum::body::Body;
use http::{Request, StatusCode, header};
use office::{Browser, FakeOffice, NOW_MS};
use proto::archive::v1::{CommitResponse, ListName, PutFileResponse};
use proto::directory::v1::{
    AddPersonRequest, AddPersonResponse, ResetPasswordRequest, ResetPasswordResponse,
};
use proto::fault::{Fault, Violation};
use proto::record::v1::record::State;
use proto::record::v1::{
    Book, Certificate, DocumentFacts, DocumentKind, FieldName, FieldPlace, FileRef, OutgoingDocument,
    OutgoingStatus, Person, Recipient, Record, Role, Series, SeriesYear, SigningFailure, Urgency,
};
use proto::routing::v1::sign_documents_response::Outcome;
use proto::routing::v1::{
    AlreadySigned, ApproveDraftRequest, ApproveDraftResponse, AssignNumberRequest, AssignNumberResponse,
    CheckFormRequest, CreateDraftRequest, IssueDocumentRequest, IssueDocumentResponse, NotSigned,
    ReturnDraftRequest, SealDocumentRequest, SealDocumentResponse, SignDocumentsRequest,
    SignDocumentsResponse,
};
use proto::signer::v1::{
    EndMandateRequest, EndMandateResponse, EnrolKeyRequest, EnrolKeyResponse, FindPlacesResponse,
    UnlockRequest, UnlockResponse,
};

const EVERYBODY: [Role; 7] = [
    Role::Clerk,
    Role::Leader,
    Role::HeadOfUnit,
    Role::Officer,
    Role::FormChecker,
    Role::Archivist,
    Role::Administrator,
];

fn digest(of: char) -> String {
    of.to_string().repeat(64)
}

fn document(status: OutgoingStatus, file: char) -> OutgoingDocument {
    OutgoingDocument {
        status: status.into(),
        facts: Some(DocumentFacts {
            kind: DocumentKind::Decision.into(),
            subject: "Về việc thành lập <b>Tổ</b> rà soát".to_owned(),
            notation: "QĐ-SNV".to_owned(),
            urgency: Urgency::Urgent.into(),
            ..DocumentFacts::default()
        }),
        files: vec![FileRef {
            digest: digest(file),
            name: "du-thao.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            size: 13,
            pages: 2,
        }],
        drafter_id: "per_1".to_owned(),
        unit_id: "unit_1".to_owned(),
        signer_id: "per_1".to_owned(),
        signer_position_id: "pos_1".to_owned(),
        capacity: 1,
        version_count: 1,
        recipients: vec![Recipient { name: "Bộ Nội vụ".to_owned(), ..Recipient::default() }],
        signed_at: (status >= OutgoingStatus::Signed).then(prost_types::Timestamp::default),
        ..OutgoingDocument::default()
    }
}

/// A certificate that is valid at the time of the tests.
fn certificate(seal: bool) -> Certificate {
    let at = |days: i64| Some(prost_types::Timestamp { seconds: NOW_MS / 1_000 + days * 86_400, nanos: 0 });
    Certificate {
        person_id: if seal { String::new() } else { "per_1".to_owned() },
        subject: "Vũ Thị Hạnh".to_owned(),
        issuer: "DEMO CA".to_owned(),
        serial: "5a0f".to_owned(),
        sha256: digest('c'),
        valid_from: at(-100),
        valid_to: at(400),
        withdrawn: false,
        outside: false,
        seal,
    }
}

/// Two documents that wait for the signature, and a certificate to sign with.
fn to_sign() -> FakeOffice {
    let office = FakeOffice::new(&EVERYBODY);
    let one = office.put("out_1", State::Outgoing(document(OutgoingStatus::Approved, 'a')));
    let two = office.put("out_2", State::Outgoing(document(OutgoingStatus::Approved, 'b')));
    office.list(ListName::ForSignature, [one, two]);
    let own = office.put("crt_1", State::Certificate(certificate(false)));
    let seal = office.put("crt_2", State::Certificate(certificate(true)));
    office.list(ListName::Certificates, [own, seal]);
    office.answer("signer.v1.Signer/Unlock", |q: UnlockRequest| {
        if q.password == "đúng mật khẩu" {
            Ok(UnlockResponse { mandate: "mandate".to_owned(), ends_at: Some(FAR_AWAY) })
        } else {
            Err(Fault::invalid("password", "KEY_PASSWORD_WRONG", "wrong"))
        }
    });
    office.answer("signer.v1.Signer/EndMandate", |_: EndMandateRequest| Ok(EndMandateResponse {}));
    office
}

/// A time behind every clock of these tests.
const FAR_AWAY: prost_types::Timestamp = prost_types::Timestamp { seconds: 4_000_000_000, nanos: 0 };

/// The password of the key, as a form sends it.
const PASSWORD: &str = "mat-khau=%C4%91%C3%BAng+m%E1%BA%ADt+kh%E1%BA%A9u";

fn signing(of: &[(&str, char)], marks: &[String]) -> String {
    let documents: Vec<String> =
        of.iter().map(|(id, file)| format!("vb={id}&bam.{id}={}", digest(*file))).collect();
    let marks: Vec<String> = marks.iter().map(|m| format!("da-xem={m}")).collect();
    [documents, marks, vec!["certificate_id=crt_1".to_owned(), PASSWORD.to_owned()]].concat().join("&")
}

/// Opens a document through the screen; gives the mark.
async fn open(browser: &Browser, id: &str) -> String {
    let file = browser.get(&format!("/ky-so/tep/{id}")).await;
    assert!(file.status.is_success() && file.bytes.starts_with(b"%PDF"));
    file.headers.get("x-da-xem").expect("a mark").to_str().expect("text").to_owned()
}

#[tokio::test]
async fn only_what_was_opened_in_this_session_is_signed() {
    let office = to_sign();
    office.answer("routing.v1.Routing/SignDocuments", |_: SignDocumentsRequest| {
        Ok(SignDocumentsResponse::default())
    });
    let browser = Browser::logged_in(&office);
    let token = browser.get("/ky-so").await.token();
    let both = [("out_1", 'a'), ("out_2", 'b')];
    let one = open(&browser, "out_1").await;

    let page = browser.post("/ky-so/ky", &token, &signing(&both, std::slice::from_ref(&one))).await;
    assert!(page.text.contains("chưa được mở xem") && page.status == StatusCode::OK);
    assert!(office.called::<UnlockRequest>("signer.v1.Signer/Unlock").is_empty(), "no key is touched");
    let forged = browser.post("/ky-so/ky", &token, &signing(&both, &[one.clone(), "0".repeat(16)])).await;
    assert!(forged.text.contains("chưa được mở xem"));

    let two = open(&browser, "out_2").await;
    assert_ne!(one, two);
    let page = browser.post("/ky-so/ky", &token, &signing(&both, &[one, two])).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(
        page.location().starts_with("/ky-so/loat?luc=") && page.location().ends_with("&vb=out_1&vb=out_2")
    );
    assert!(page.cookies().is_empty(), "without a script the run is over: no mandate is left behind");
    let mandates = office.called::<UnlockRequest>("signer.v1.Signer/Unlock");
    assert_eq!(mandates[0].digests, [digest('a'), digest('b')], "the mandate names what was shown, once");
    let signed = office.called::<SignDocumentsRequest>("routing.v1.Routing/SignDocuments");
    assert_eq!(signed.len(), 1, "one run under one mandate");
    assert_eq!(signed[0].document_ids, ["out_1", "out_2"]);
    assert_eq!(signed[0].mandate, "mandate");
    assert_eq!(office.called::<EndMandateRequest>("signer.v1.Signer/EndMandate").len(), 1);
}

#[tokio::test]
async fn a_key_outside_is_not_opened_here_and_only_its_page_may_speak_to_the_agent() {
    let office = to_sign();
    let outside = Certificate { outside: true, ..certificate(false) };
    let own = office.put("crt_3", State::Certificate(outside));
    office.list(ListName::Certificates, [own]);
    let browser = Browser::logged_in(&office);
    let list = browser.get("/ky-so").await;
    let token = list.token();
    let one = [("out_1", 'a')];
    let form =
        |marks: &[String]| signing(&one, marks).replace("crt_1", "crt_3").replace(PASSWORD, "mat-khau=");
    let page = browser.post("/ky-so/ky", &token, &form(&[])).await;
    assert!(page.text.contains("chưa được mở xem"), "what was not opened is not signed outside either");
    // Nor does the call that the script makes believe the page.
    let row = browser.post("/ky-so/ngoai/out_1/chuan-bi", &token, "ct=crt_3").await;
    assert!(row.text.contains("data-state=\"bad\""), "{}", row.text);
    let mark = open(&browser, "out_1").await;
    let page = browser.post("/ky-so/ky", &token, &form(&[mark])).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(page.location().starts_with("/ky-so/ngoai?luc="), "{}", page.location());
    assert!(office.called::<UnlockRequest>("signer.v1.Signer/Unlock").is_empty(), "no key is opened here");
    let policy = |page: &office::Page| {
        page.headers.get("content-security-policy").expect("a policy").to_str().expect("text").to_owned()
    };
    let run = browser.get(page.location()).await;
    assert!(policy(&run).contains("connect-src 'self' http://127.0.0.1:27127;"), "{}", policy(&run));
    assert!(!policy(&list).contains("http:"), "{}", policy(&list));
}

#[tokio::test]
async fn a_file_that_was_changed_since_it_was_shown_is_not_signed() {
    let office = to_sign();
    let browser = Browser::logged_in(&office);
    let token = browser.get("/ky-so").await.token();
    let mark = open(&browser, "out_1").await;
    office.put("out_1", State::Outgoing(document(OutgoingStatus::Approved, 'd')));
    let page =
        browser.post("/ky-so/ky", &token, &signing(&[("out_1", 'a')], std::slice::from_ref(&mark))).await;
    assert!(page.text.contains("đã thay đổi"));
    // Nor when the form names the new file, which nobody opened.
    let page = browser.post("/ky-so/ky", &token, &signing(&[("out_1", 'd')], &[mark])).await;
    assert!(page.text.contains("chưa được mở xem"));
    assert!(office.called::<UnlockRequest>("signer.v1.Signer/Unlock").is_empty());
}

#[tokio::test]
async fn without_scripts_the_cookie_says_what_was_opened() {
    let office = to_sign();
    let browser = Browser::logged_in(&office);
    let file = browser.get("/ky-so/tep/out_2").await;
    let cookie = file.cookies().into_iter().find(|c| c.starts_with("vanthu-xem=")).expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
    assert!(file.headers[header::CACHE_CONTROL].to_str().expect("text").contains("no-store"));
    let pair = format!("vanthu={}; {}", office::TOKEN, cookie.split(';').next().expect("pair"));
    let page = browser.send(Request::get("/ky-so").header(header::COOKIE, pair), Body::empty()).await;
    let ticked = page.text.split("value=\"out_2\"").nth(1).expect("its box");
    assert!(ticked.starts_with(" checked"), "{}", &ticked[..80]);
    let other = page.text.split("value=\"out_1\"").nth(1).expect("its box");
    assert!(!other.starts_with(" checked"));
}

#[tokio::test]
async fn a_wrong_password_keeps_what_was_chosen_and_is_never_sent_back() {
    let office = to_sign();
    let browser = Browser::logged_in(&office);
    let token = browser.get("/ky-so").await.token();
    let mark = open(&browser, "out_1").await;
    let fields = signing(&[("out_1", 'a')], &[mark]).replace(PASSWORD, "mat-khau=sai+roi");
    let page = browser.post("/ky-so/ky", &token, &fields).await;
    assert!(page.text.contains("Mật khẩu khóa ký không đúng"));
    assert!(!page.text.contains("sai roi"));
    assert!(page.text.contains("value=\"out_1\" checked"));
    assert!(office.called::<SignDocumentsRequest>("routing.v1.Routing/SignDocuments").is_empty());
}

#[tokio::test]
async fn a_failure_of_one_does_not_stop_the_others_and_each_has_its_result() {
    let office = to_sign();
    office.answer("routing.v1.Routing/SignDocuments", |_: SignDocumentsRequest| {
        Ok(SignDocumentsResponse::default())
    });
    let browser = Browser::logged_in(&office);
    let token = browser.get("/ky-so").await.token();
    let marks = [open(&browser, "out_1").await, open(&browser, "out_2").await];
    let page = browser.post("/ky-so/ky", &token, &signing(&[("out_1", 'a'), ("out_2", 'b')], &marks)).await;
    let run = page.location().to_owned();
    office.put("out_2", State::Outgoing(document(OutgoingStatus::Signed, 'e')));
    let failure = SigningFailure { at: Some(FAR_AWAY), reason: "PDF_DAMAGED".to_owned(), times: 1 };
    let failed =
        OutgoingDocument { signing_failure: Some(failure), ..document(OutgoingStatus::Approved, 'a') };
    let failed = office.put("out_1", State::Outgoing(failed));
    let results = browser.get(&run).await;
    assert!(results.text.contains("Ký số thành công") && results.text.contains("Ký số không thành công"));
    assert!(results.text.contains("Tệp PDF bị hỏng"));
    assert!(results.text.contains("href=\"/ky-so?vb=out_1\""), "the way to sign it again");
    office.list(ListName::SigningFailed, [failed]);
    let list = browser.get("/ky-so/that-bai").await;
    assert!(list.text.contains("Tệp PDF bị hỏng") && list.text.contains("href=\"/ky-so?vb=out_1\""));
    // An address cannot say that something was signed that was not.
    office.put("out_1", State::Outgoing(document(OutgoingStatus::Approved, 'a')));
    let lie = browser.get("/ky-so/loat?luc=0&vb=out_1").await;
    assert!(!lie.text.contains("Ký số thành công") && lie.text.contains("data-state=\"waits\""));
}

#[tokio::test]
async fn a_run_gives_its_rows_while_the_key_is_open_and_asks_when_it_is_not() {
    let office = to_sign();
    let refused = |reason: &str, passing| {
        Outcome::Refused(NotSigned { reason: reason.to_owned(), text: String::new(), passing })
    };
    let next = Arc::new(Mutex::new(Outcome::Already(AlreadySigned {})));
    let told = Arc::clone(&next);
    office.answer("routing.v1.Routing/SignDocuments", move |q: SignDocumentsRequest| {
        assert_eq!(q.mandate, "mandate");
        let outcome = Some(told.lock().expect("as laid out").clone());
        Ok(SignDocumentsResponse { document_id: q.document_ids[0].clone(), outcome })
    });
    let browser = Browser::logged_in(&office);
    let token = browser.get("/ky-so").await.token();
    let marks = [open(&browser, "out_1").await, open(&browser, "out_2").await];
    let fields = signing(&[("out_1", 'a'), ("out_2", 'b')], &marks);
    let page = browser.post("/ky-so/ky", &token, &format!("{fields}&lan-luot=1")).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(office.called::<SignDocumentsRequest>("routing.v1.Routing/SignDocuments").is_empty());
    let cookie = page.cookies().into_iter().find(|c| c.starts_with("vanthu-uy-nhiem=")).expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Max-Age="));
    let pair = cookie.split(';').next().expect("pair").to_owned();
    let rest = |cookie: &str| {
        let request = Request::post("/ky-so/loat/tiep")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, cookie.to_owned());
        browser.send(request, Body::from(format!("csrf={token}&ma=12345678-1&luc=5&vb=out_1&vb=out_2")))
    };
    let receipt = |status: OutgoingStatus| {
        let state = Some(State::Outgoing(document(status, 'e')));
        let record = Record { id: "out_1".to_owned(), state, ..Record::default() };
        Outcome::Receipt(CommitResponse { records: vec![record], ..CommitResponse::default() })
    };
    for (outcome, state) in [
        (receipt(OutgoingStatus::Signed), "good"),
        (refused("PDF_DAMAGED", false), "bad"),
        (refused("PEER_AWAY", true), "away"),
        (refused("MANDATE_ENDED", false), "asks"),
    ] {
        *next.lock().expect("as laid out") = outcome;
        let answer = rest(&pair).await;
        assert_eq!(answer.headers[header::CONTENT_TYPE], "text/event-stream");
        let row =
            answer.text.strip_prefix("data: ").and_then(|it| it.strip_suffix("\n\n")).expect("one event");
        assert!(!row.contains('\n'), "an event is one line");
        assert!(row.contains(&format!("<tr id=\"vb-out_1\" data-state=\"{state}\"")), "{state}: {row}");
    }
    // The seal of the request ended while it ran: nothing is said of the document, the rest is asked for anew.
    *next.lock().expect("as laid out") = refused("SESSION_ENDED", true);
    assert_eq!(rest(&pair).await.text, "");
    let asked = office.called::<SignDocumentsRequest>("routing.v1.Routing/SignDocuments");
    assert_eq!(asked.len(), 5);
    assert_eq!(asked[0].document_ids, ["out_1", "out_2"], "all that is left, in one request");
    // The key has closed meanwhile: nothing failed, the password is asked for again.
    let row = rest("x=y").await;
    assert!(
        row.text.contains("data-state=\"asks\"") && !row.text.contains("không thành công"),
        "{}",
        row.text
    );
    assert_eq!(office.called::<SignDocumentsRequest>("routing.v1.Routing/SignDocuments").len(), 5);
    // Loaded again, the page tells what is signed and asks for the rest.
    office.put("out_1", State::Outgoing(document(OutgoingStatus::Signed, 'e')));
    let again = browser.get(page.location()).await;
    assert!(again.text.contains("data-state=\"good\"") && again.text.contains("data-state=\"waits\""));
    assert!(again.text.contains("data-open=\"false\"") && again.text.contains("Ký tiếp 1 văn bản"));
}

/// Two signed documents, a series, and the seal.
fn to_issue() -> FakeOffice {
    let office = to_sign();
    let one = office.put("out_1", State::Outgoing(document(OutgoingStatus::Signed, 'a')));
    let two = office.put("out_2", State::Outgoing(document(OutgoingStatus::Signed, 'b')));
    office.list(ListName::OutgoingByStatus, [one, two]);
    let series = Series {
        name: "Văn bản đi".to_owned(),
        book: Book::Outgoing.into(),
        active: true,
        ..Series::default()
    };
    let series = office.put("ser_1", State::Series(series));
    office.list(ListName::Series, [series]);
    let year = SeriesYear { series_id: "ser_1".to_owned(), year: 2026, last_ordinal: 8, last_date: None };
    let year = office.put("sy_ser_1_2026", State::SeriesYear(year));
    office.list(ListName::SeriesYears, [year]);
    office.answer("routing.v1.Routing/AssignNumber", |_: AssignNumberRequest| {
        Ok(AssignNumberResponse::default())
    });
    office.answer("routing.v1.Routing/SealDocument", |_: SealDocumentRequest| {
        Ok(SealDocumentResponse::default())
    });
    office.answer("routing.v1.Routing/IssueDocument", |_: IssueDocumentRequest| {
        Ok(IssueDocumentResponse::default())
    });
    office
}

#[tokio::test]
async fn one_button_numbers_seals_and_issues_in_the_order_of_the_law() {
    let office = to_issue();
    let browser = Browser::logged_in(&office);
    let desk = browser.get("/van-ban-di/cho-cap-so").await;
    assert!(desk.text.contains("data-number=\"09\"") && desk.text.contains("data-number=\"10\""));
    let fields =
        format!("o=%2Fvan-ban-di%2Fcho-cap-so&viec=tron-goi&vb=out_1&certificate_id=crt_2&{PASSWORD}");
    let page = browser.post("/van-ban-di/ban-hanh", &desk.token(), &fields).await;
    assert_eq!(page.location(), "/van-ban-di/ket-qua?viec=tron-goi&k=out_1");
    assert_eq!(office.called::<AssignNumberRequest>("routing.v1.Routing/AssignNumber").len(), 1);
    assert_eq!(office.called::<SealDocumentRequest>("routing.v1.Routing/SealDocument")[0].mandate, "mandate");
    assert_eq!(office.called::<IssueDocumentRequest>("routing.v1.Routing/IssueDocument").len(), 1);
}

#[tokio::test]
async fn a_wrong_password_of_the_seal_takes_no_number() {
    let office = to_issue();
    let browser = Browser::logged_in(&office);
    let token = browser.get("/van-ban-di/out_1/ban-hanh").await.token();
    for password in ["mat-khau=sai", "mat-khau="] {
        let fields = format!("viec=tron-goi&certificate_id=crt_2&notation=QĐ-SNV&{password}");
        let page = browser.post("/van-ban-di/out_1/ban-hanh", &token, &fields).await;
        assert!(page.status.is_success() && page.text.contains("Cần sửa"), "{password}");
    }
    assert!(office.called::<AssignNumberRequest>("routing.v1.Routing/AssignNumber").is_empty());
}

#[tokio::test]
async fn where_sealing_fails_the_number_stays_and_nothing_is_issued() {
    let office = to_issue();
    office.answer("routing.v1.Routing/SealDocument", |_: SealDocumentRequest| {
        Err::<SealDocumentResponse, _>(Fault::unavailable("PEER", "away"))
    });
    let browser = Browser::logged_in(&office);
    let token = browser.get("/van-ban-di/cho-cap-so").await.token();
    let fields = format!(
        "o=%2Fvan-ban-di%2Fcho-cap-so&viec=tron-goi&vb=out_1&vb=out_2&certificate_id=crt_2&{PASSWORD}"
    );
    let page = browser.post("/van-ban-di/ban-hanh", &token, &fields).await;
    assert_eq!(page.location(), "/van-ban-di/ket-qua?viec=tron-goi&k=out_1~PEER&k=out_2~PEER");
    assert_eq!(office.called::<AssignNumberRequest>("routing.v1.Routing/AssignNumber").len(), 2);
    assert!(office.called::<IssueDocumentRequest>("routing.v1.Routing/IssueDocument").is_empty());
}

#[tokio::test]
async fn a_suffix_is_sent_with_its_reason() {
    let office = to_issue();
    let browser = Browser::logged_in(&office);
    let token = browser.get("/van-ban-di/out_1/ban-hanh").await.token();
    let fields = "viec=cap-so&notation=QĐ-SNV&suffix=A&suffix_of=8&suffix_reason=Cùng+ngày";
    let page = browser.post("/van-ban-di/out_1/ban-hanh", &token, fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let asked = &office.called::<AssignNumberRequest>("routing.v1.Routing/AssignNumber")[0];
    let command = asked.command.as_ref().expect("command");
    assert_eq!(
        (command.suffix.as_str(), command.suffix_of, command.suffix_reason.as_str()),
        ("a", 8, "Cùng ngày")
    );
    assert!(office.called::<SealDocumentRequest>("routing.v1.Routing/SealDocument").is_empty());
}

#[tokio::test]
async fn the_page_of_a_document_offers_what_is_valid_now_and_nothing_breaks_out_of_it() {
    let office = to_issue();
    let browser = Browser::logged_in(&office);
    for (status, offered, missing) in [
        (OutgoingStatus::Drafted, "/van-ban-di/out_3/trinh", "/van-ban-di/out_3/duyet"),
        (OutgoingStatus::Submitted, "/van-ban-di/out_3/kiem-tra-noi-dung", "/van-ban-di/out_3/trinh"),
        (OutgoingStatus::Reviewed, "/van-ban-di/out_3/kiem-tra-the-thuc", "/van-ban-di/out_3/ban-hanh"),
        (OutgoingStatus::FormChecked, "/van-ban-di/out_3/duyet", "/van-ban-di/out_3/trinh"),
        (OutgoingStatus::Approved, "/ky-so?vb=out_3", "/van-ban-di/out_3/duyet"),
        (OutgoingStatus::Signed, "/van-ban-di/out_3/ban-hanh", "/van-ban-di/out_3/sua"),
        (OutgoingStatus::Issued, "/van-ban-di/out_3/thu-hoi", "/van-ban-di/out_3/sua"),
    ] {
        office.put("out_3", State::Outgoing(document(status, 'a')));
        let page = browser.get("/van-ban-di/out_3").await;
        assert!(page.status.is_success(), "{status:?}");
        assert!(page.text.contains(&format!("href=\"{offered}\"")), "{status:?} offers {offered}");
        assert!(!page.text.contains(&format!("href=\"{missing}\"")), "{status:?} does not offer {missing}");
        assert!(page.text.contains("&#60;b&#62;Tổ") && !page.text.contains("<b>Tổ"));
    }
}

#[tokio::test]
async fn the_form_is_right_only_with_all_nine_parts_and_a_return_needs_its_reason() {
    let office = to_issue();
    office.put("out_3", State::Outgoing(document(OutgoingStatus::Reviewed, 'a')));
    office.answer("routing.v1.Routing/ReturnDraft", |_: ReturnDraftRequest| {
        Err::<CommitResponse, _>(Fault::Invalid(vec![Violation::new("reason", "REQUIRED", "empty")]))
    });
    let browser = Browser::logged_in(&office);
    let form = browser.get("/van-ban-di/out_3/kiem-tra-the-thuc").await;
    assert_eq!(form.text.matches("name=\"da-xem\"").count(), 9);
    let page =
        browser.post("/van-ban-di/out_3/kiem-tra-the-thuc", &form.token(), "da-xem=dau&note=Chữ+nhỏ").await;
    assert!(page.text.contains("chín thành phần") && page.text.contains("Chữ nhỏ"));
    assert!(page.text.contains("value=\"dau\" checked"), "what was ticked stays ticked");
    assert!(office.called::<CheckFormRequest>("routing.v1.Routing/CheckForm").is_empty());
    let page = browser.post("/van-ban-di/out_3/tra-lai", &form.token(), "reason=").await;
    assert!(page.text.contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn places_that_were_found_keep_their_baseline_and_typed_ones_are_lengths() {
    let office = to_issue();
    office.put("out_3", State::Outgoing(document(OutgoingStatus::FormChecked, 'a')));
    let place = |name: FieldName, x| FieldPlace {
        name: name.into(),
        page: 1,
        x,
        y: 70_000,
        width: 5_000,
        height: 2_000,
        baseline: 70_250,
        font_size: 1_300,
        ..FieldPlace::default()
    };
    office.answer("signer.v1.Signer/FindPlaces", move |_: proto::signer::v1::FindPlacesRequest| {
        let places =
            [FieldName::Number, FieldName::Date, FieldName::Signer].map(|n| place(n, 10_000)).to_vec();
        Ok(FindPlacesResponse { places })
    });
    office.answer("routing.v1.Routing/ApproveDraft", |_: ApproveDraftRequest| {
        Ok(ApproveDraftResponse::default())
    });
    let browser = Browser::logged_in(&office);
    let form = browser.get("/van-ban-di/out_3/duyet").await;
    assert!(form.text.contains("1 ô cần đặt tay"));
    let inputs: String = form
        .text
        .split("name=\"o.")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once('"').expect("name");
            let value = rest.split("value=\"").nth(1).and_then(|v| v.split('"').next()).expect("value");
            format!("&o.{name}={}", value.replace(',', "%2C"))
        })
        .collect();
    assert_eq!(inputs.matches("&o.").count(), 20);
    let page = browser.post("/van-ban-di/out_3/duyet", &form.token(), &inputs[1..]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let sent = &office.called::<ApproveDraftRequest>("routing.v1.Routing/ApproveDraft")[0];
    assert_eq!(sent.places.len(), 4);
    assert_eq!(sent.places[0], place(FieldName::Number, 10_000));
    assert_eq!((sent.places[3].name(), sent.places[3].width), (FieldName::Seal, 10_205));
    let bad = inputs.replace("o.dau.cao=36", "o.dau.cao=cao");
    let page = browser.post("/van-ban-di/out_3/duyet", &form.token(), &bad[1..]).await;
    assert!(page.text.contains("Cần là số milimét") && page.text.contains("value=\"cao\""));
}

/// A form with files as a browser sends it; the token first.
fn multipart(token: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in [("csrf", token)].iter().chain(fields) {
        body.extend(
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    for (name, file, bytes) in files {
        let head =
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n");
        body.extend(head.bytes());
        body.extend_from_slice(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--x--\r\n");
    body
}

async fn upload(browser: &Browser, path: &str, body: Vec<u8>) -> office::Page {
    let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    browser.send(request, Body::from(body)).await
}

#[tokio::test]
async fn a_draft_that_is_not_right_loses_nothing_typed_and_no_file() {
    let office = to_issue();
    office.answer("archive.v1.Archive/PutFile", |_: proto::archive::v1::PutFileRequest| {
        Ok(PutFileResponse { digest: digest('f'), size: 9 })
    });
    let browser = Browser::logged_in(&office);
    let token = browser.get("/van-ban-di/soan?cach=tep").await.token();
    let fields = [
        ("cach", "tep"),
        ("facts.kind", "2"),
        ("facts.urgency", "1"),
        ("nhan.ngoai", "Bộ Nội vụ | H01"),
        ("copies", "nhiều"),
    ];
    let body = multipart(&token, &fields, &[("tep", "quyết định.pdf", b"%PDF-1.7 x")]);
    let page = upload(&browser, "/van-ban-di/soan", body).await;
    assert!(page.status.is_success());
    for kept in ["Bộ Nội vụ | H01", "quyết định.pdf", "value=\"nhiều\"", "Đã tải lên"] {
        assert!(page.text.contains(kept), "{kept}");
    }
    let told = page.text.matches("tag-stop\">Cần sửa").count();
    assert_eq!(told, 3, "subject, signer and copies, all at once");
    assert!(office.called::<CreateDraftRequest>("routing.v1.Routing/CreateDraft").is_empty());
}

#[tokio::test]
async fn a_letter_is_sent_with_what_the_layout_needs() {
    let office = to_issue();
    office.answer("routing.v1.Routing/CreateDraft", |_: CreateDraftRequest| {
        let record = Record {
            id: "out_9".to_owned(),
            state: Some(State::Outgoing(OutgoingDocument::default())),
            ..Record::default()
        };
        let receipt = CommitResponse { records: vec![record], ..CommitResponse::default() };
        Ok(proto::routing::v1::CreateDraftResponse { receipt: Some(receipt) })
    });
    let browser = Browser::logged_in(&office);
    let form = browser.get("/van-ban-di/soan").await;
    let fields = [
        ("cach", "mau"),
        ("facts.kind", "2"),
        ("facts.urgency", "2"),
        ("facts.subject", "Về việc thành lập Tổ"),
        ("facts.notation", "QĐ-SNV"),
        ("authority", "Giám đốc Sở Nội vụ"),
        ("grounds", "Căn cứ Luật A;\n- Căn cứ Luật B"),
        ("body", "Điều 1. Thành lập.\n\nĐiều 2. Thi hành."),
        ("signer", "pos_1/1/"),
        ("nhan.don-vi", "unit_1"),
        ("nhan.ngoai", "Bộ Nội vụ | H01"),
        ("viec", "xem"),
    ];
    let page = upload(&browser, "/van-ban-di/soan", multipart(&form.token(), &fields, &[])).await;
    assert_eq!(page.location(), "/van-ban-di/out_9/sua", "{}", page.text);
    let sent = &office.called::<CreateDraftRequest>("routing.v1.Routing/CreateDraft")[0];
    let letter = sent.letter.as_ref().expect("a letter");
    assert_eq!(letter.grounds, ["Căn cứ Luật A;", "Căn cứ Luật B"]);
    assert_eq!(
        letter.body.iter().map(|p| p.text.as_str()).collect::<Vec<_>>(),
        ["Điều 1. Thành lập.", "Điều 2. Thi hành."]
    );
    assert_eq!(letter.copies_to, ["Văn phòng Sở", "Bộ Nội vụ"]);
    assert_eq!(letter.signature.as_ref().expect("block").full_name, "Vũ Thị Hạnh");
    assert!(letter.number.is_empty() && letter.issued_on.is_none(), "number and date are left blank");
    let draft = sent.draft.as_ref().expect("a draft");
    assert_eq!((draft.signer_id.as_str(), draft.capacity, draft.recipients.len()), ("per_1", 1, 2));
}

#[tokio::test]
async fn the_administrators_pages_are_nobody_elses() {
    let pages = [
        "nguoi-dung",
        "don-vi",
        "chuc-vu",
        "uy-quyen",
        "day-so",
        "ngay-nghi",
        "chung-thu",
        "co-quan",
        "suc-khoe",
    ];
    let others = FakeOffice::new(&[Role::Clerk, Role::Leader, Role::HeadOfUnit, Role::Officer]);
    let browser = Browser::logged_in(&others);
    for page in pages {
        assert_eq!(browser.get(&format!("/quan-tri/{page}")).await.status, StatusCode::FORBIDDEN, "{page}");
    }
    assert!(!browser.get("/toi").await.text.contains("/quan-tri/"));
    let office = FakeOffice::new(&[Role::Administrator]);
    let browser = Browser::logged_in(&office);
    for page in pages {
        assert!(browser.get(&format!("/quan-tri/{page}")).await.status.is_success(), "{page}");
    }
}

#[tokio::test]
async fn a_first_password_is_shown_once_and_is_the_one_that_was_set() {
    let office = FakeOffice::new(&[Role::Administrator]);
    office.put(
        "per_7",
        State::Person(Person {
            full_name: "Đinh Thị Ngọc".to_owned(), active: true, ..Person::default()
        }),
    );
    office.answer("directory.v1.Directory/AddPerson", |q: AddPersonRequest| {
        let person = q.command.and_then(|c| c.person).unwrap_or_default();
        let record =
            Record { id: "per_7".to_owned(), state: Some(State::Person(person)), ..Record::default() };
        let receipt = CommitResponse { records: vec![record], ..CommitResponse::default() };
        Ok(AddPersonResponse { receipt: Some(receipt) })
    });
    office.answer("directory.v1.Directory/ResetPassword", |_: ResetPasswordRequest| {
        Ok(ResetPasswordResponse {})
    });
    let browser = Browser::logged_in(&office);
    let token = browser.get("/quan-tri/nguoi-dung").await.token();
    let page = browser
        .post("/quan-tri/nguoi-dung", &token, "person.full_name=Đinh+Thị+Ngọc&person.login=Ngoc.DT")
        .await;
    let shown = page
        .text
        .split("code class=\"secret\">")
        .nth(1)
        .and_then(|t| t.split('<').next())
        .expect("a password");
    let set = &office.called::<ResetPasswordRequest>("directory.v1.Directory/ResetPassword")[0];
    assert_eq!((set.person_id.as_str(), set.new_password.as_str()), ("per_7", shown));
    assert!(!browser.get("/quan-tri/nguoi-dung/per_7").await.text.contains(shown), "only once");
}

#[tokio::test]
async fn a_key_goes_to_the_signer_and_never_into_the_archive() {
    let office = FakeOffice::new(&[Role::Leader]);
    office.answer("signer.v1.Signer/EnrolKey", |_: EnrolKeyRequest| Ok(EnrolKeyResponse::default()));
    let browser = Browser::logged_in(&office);
    let token = browser.get("/ky-so/chung-thu").await.token();
    let body = multipart(&token, &[("mat-khau", " có dấu cách ")], &[("pkcs12", "khoa.p12", b"\x30\x82key")]);
    let page = upload(&browser, "/ky-so/chung-thu", body).await;
    assert_eq!(page.location(), "/ky-so/chung-thu");
    let sent = &office.called::<EnrolKeyRequest>("signer.v1.Signer/EnrolKey")[0];
    assert_eq!((sent.person_id.as_str(), sent.password.as_str()), ("per_1", " có dấu cách "));
    assert_eq!(sent.pkcs12, b"\x30\x82key");
    assert!(office.called::<proto::archive::v1::PutFileRequest>("archive.v1.Archive/PutFile").is_empty());
    let page = upload(&browser, "/ky-so/chung-thu", multipart(&token, &[("mat-khau", "")], &[])).await;
    assert_eq!(page.text.matches("tag-stop\">Cần sửa").count(), 2, "file and password, both told");
}

#[tokio::test]
async fn the_address_of_every_form_shows_a_page_when_it_is_asked_for() {
    let office = to_issue();
    let browser = Browser::logged_in(&office);
    for (path, there) in [
        ("/ky-so/ky", "/ky-so"),
        ("/ky-so/tra-lai", "/ky-so"),
        ("/ky-so/chung-thu/crt_1/thu-hoi", "/ky-so/chung-thu"),
        ("/van-ban-di/out_1/giao-nhan", "/van-ban-di/out_1"),
        ("/van-ban-di/ban-hanh", "/van-ban-di/cho-cap-so"),
        ("/quan-tri/nguoi-dung/per_1/bo-nhiem", "/quan-tri/nguoi-dung/per_1"),
        ("/quan-tri/uy-quyen/del_1/ket-thuc", "/quan-tri/uy-quyen"),
        ("/quan-tri/co-quan/mat", "/quan-tri/co-quan"),
    ] {
        let page = browser.get(path).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, there), "{path}");
    }
}
