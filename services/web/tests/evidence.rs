//! Bằng chứng ký số, as a browser meets it: who has the page, what it says of the queue, a try at once.

#[expect(dead_code, reason = "a part of the office that the other tests lay out")]
mod office;

use http::StatusCode;
use office::{Browser, FakeOffice};
use proto::archive::v1::ListName;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{
    DocumentFacts, EvidenceSource, FileRef, IncomingDocument, IncomingStatus, KeptCheck, OutgoingDocument,
    OutgoingStatus, Revocation, RevocationSource, Role, SignatureLevel, SignatureReport, SignatureResult,
    Verdict,
};
use proto::signer::v1::{
    CheckQueueState, CheckReceivedRequest, CheckReceivedResponse, EvidenceQueueRequest,
    EvidenceQueueResponse, EvidenceQueueState, RaiseRequest, RaiseResponse, WaitingDocument,
};

const QUEUE: &str = "signer.v1.Signer/EvidenceQueue";
const RAISE: &str = "signer.v1.Signer/Raise";

fn waiting(document_id: &str, error: &str, refused: bool) -> WaitingDocument {
    WaitingDocument {
        document_id: document_id.to_owned(),
        level: SignatureLevel::Basic.into(),
        tries: 3,
        error: error.to_owned(),
        refused,
        next_try: Some(prost_types::Timestamp { seconds: 1_795_000_000, nanos: 0 }),
    }
}

fn queue(level: SignatureLevel, documents: Vec<WaitingDocument>) -> EvidenceQueueState {
    EvidenceQueueState {
        level: level.into(),
        waiting: u32::try_from(documents.len()).unwrap_or(u32::MAX),
        last_error: documents.first().map(|it| it.error.clone()).unwrap_or_default(),
        documents,
        next_try: None,
    }
}

fn office(roles: &[Role], state: EvidenceQueueState) -> FakeOffice {
    let office = FakeOffice::new(roles);
    let document = OutgoingDocument {
        status: OutgoingStatus::Issued.into(),
        facts: Some(DocumentFacts {
            subject: "Về việc kiện toàn".to_owned(), ..DocumentFacts::default()
        }),
        ..OutgoingDocument::default()
    };
    office.put("out_1", State::Outgoing(document));
    office.answer(QUEUE, move |_: EvidenceQueueRequest| {
        Ok(EvidenceQueueResponse { queue: Some(state.clone()), checks: None })
    });
    office
}

#[tokio::test]
async fn the_queue_tells_what_waits_and_why_in_peoples_words() {
    let state = queue(
        SignatureLevel::Archived,
        vec![
            waiting("out_1", "service_unreachable", false),
            // One that the person may not see.
            waiting("out_2", "bad_signature", true),
        ],
    );
    let browser = Browser::logged_in(&office(&[Role::Clerk], state));
    let page = browser.get("/bang-chung").await;
    assert_eq!(page.status, StatusCode::OK);
    for told in [
        "Về việc kiện toàn",
        "2 văn bản chờ",
        "không trả lời",
        "đã thử 3 lần",
        "Chữ ký trong tệp không hợp lệ",
        "Cần người xử lý",
        "Văn bản đi out_2",
        "B-LTA",
        "Thử lại ngay",
    ] {
        assert!(page.text.contains(told), "{told}");
    }
}

#[tokio::test]
async fn an_office_at_b_b_says_how_it_is_switched_on_and_one_with_nothing_to_do_says_so() {
    let off = Browser::logged_in(&office(&[Role::Administrator], queue(SignatureLevel::Basic, Vec::new())));
    let page = off.get("/bang-chung").await;
    assert!(page.text.contains("--level b-lta --tsa") && !page.text.contains("Thử lại ngay"));
    let done = Browser::logged_in(&office(&[Role::Clerk], queue(SignatureLevel::LongTerm, Vec::new())));
    let page = done.get("/bang-chung").await;
    assert!(page.text.contains("Không văn bản nào chờ") && !page.text.contains("Thử lại ngay"));
}

#[tokio::test]
async fn a_try_at_once_is_asked_of_the_signer_and_told() {
    let state = queue(SignatureLevel::Archived, vec![waiting("out_1", "service_status", false)]);
    let office = office(&[Role::Administrator], state);
    office.answer(RAISE, |_: RaiseRequest| {
        Ok(RaiseResponse { queue: Some(queue(SignatureLevel::Archived, Vec::new())) })
    });
    let browser = Browser::logged_in(&office);
    let token = browser.get("/bang-chung").await.token();
    let answer = browser.post("/bang-chung/thu-lai", &token, "ma=0123456789abcdef&document_id=").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/bang-chung"));
    assert_eq!(office.called::<RaiseRequest>(RAISE), [RaiseRequest::default()]);
    assert!(browser.get("/quan-tri/suc-khoe").await.text.contains("1 văn bản chờ"));
}

/// Does the menu, open where the page stands, show it?
async fn in_the_menu(office: &FakeOffice, beside: &str) -> bool {
    let menu = Browser::logged_in(office).get(&format!("/trinh-don?o={beside}")).await;
    assert!(
        menu.text.contains(&format!("href=\"{beside}\" aria-current=\"page\"")),
        "it is open: {}",
        menu.text
    );
    menu.text.contains("href=\"/bang-chung\"")
}

#[tokio::test]
async fn others_do_not_have_the_page_in_their_menu() {
    let on = || queue(SignatureLevel::Archived, Vec::new());
    assert!(!in_the_menu(&office(&[Role::Leader], on()), "/ky-so/chung-thu").await);
    for role in [Role::Officer, Role::Archivist] {
        let menu = Browser::logged_in(&office(&[role], on())).get("/trinh-don?o=/bang-chung").await;
        assert!(menu.text.contains("id=\"menu\"") && !menu.text.contains("/bang-chung\""), "{role:?}");
    }
}

#[tokio::test]
async fn the_menu_has_the_page_where_it_works_and_where_that_cannot_be_asked() {
    for (role, beside) in [(Role::Clerk, "/ky-so/chung-thu"), (Role::Administrator, "/quan-tri/suc-khoe")] {
        let off = office(&[role], queue(SignatureLevel::Basic, Vec::new()));
        assert!(!in_the_menu(&off, beside).await, "{role:?}: off");
        let on = office(&[role], queue(SignatureLevel::Timestamped, Vec::new()));
        assert!(in_the_menu(&on, beside).await, "{role:?}: on");
        let online = checking(&[role], true, received(Revocation::NotChecked, Vec::new()));
        assert!(in_the_menu(&online, beside).await, "{role:?}: only received ones are asked about");
        let silent = FakeOffice::new(&[role]);
        silent.answer(QUEUE, |_: EvidenceQueueRequest| -> Result<EvidenceQueueResponse, Fault> {
            Err(Fault::unavailable("PEER", "no signer here"))
        });
        assert!(in_the_menu(&silent, beside).await, "{role:?}: who knows");
    }
}

#[tokio::test]
async fn the_menu_does_not_ask_on_every_page() {
    let office = office(&[Role::Clerk], queue(SignatureLevel::Basic, Vec::new()));
    // One router is one front: what it was told it keeps.
    let browser = Browser::logged_in(&office);
    for _ in 0..3 {
        browser.get("/toi").await;
    }
    assert_eq!(office.called::<EvidenceQueueRequest>(QUEUE).len(), 1);
}

const CHECK: &str = "signer.v1.Signer/CheckReceived";

/// A signed letter that was received, with what is kept of it.
fn received(revocation: Revocation, checks: Vec<KeptCheck>) -> IncomingDocument {
    IncomingDocument {
        status: IncomingStatus::Received.into(),
        facts: Some(DocumentFacts { subject: "Rà soát hồ sơ".to_owned(), ..DocumentFacts::default() }),
        files: vec![FileRef {
            digest: "aa".repeat(32),
            media_type: "application/pdf".to_owned(),
            ..FileRef::default()
        }],
        received_at: Some(prost_types::Timestamp { seconds: 1_795_000_000, nanos: 0 }),
        signatures: Some(SignatureReport {
            verdict: Verdict::Invalid.into(),
            signatures: vec![SignatureResult {
                revocation: revocation.into(),
                verdict: Verdict::Invalid.into(),
                ..SignatureResult::default()
            }],
            ..SignatureReport::default()
        }),
        checks,
        ..IncomingDocument::default()
    }
}

fn kept() -> KeptCheck {
    let source = |source: RevocationSource, by: &str| EvidenceSource {
        source: source.into(),
        by: by.to_owned(),
        at: Some(prost_types::Timestamp { seconds: 1_795_000_060, nanos: 0 }),
    };
    KeptCheck {
        digest: "aa".repeat(32),
        evidence_digest: "ee".repeat(32),
        evidence_size: 5,
        complete: true,
        kept_at: Some(prost_types::Timestamp { seconds: 1_795_000_061, nanos: 0 }),
        sources: vec![source(RevocationSource::Ocsp, "CN=ocsp.ca.gov.vn"), source(RevocationSource::Crl, "")],
        times: 1,
    }
}

/// An office that asks authorities, or does not.
fn checking(roles: &[Role], on: bool, document: IncomingDocument) -> FakeOffice {
    let office = FakeOffice::new(roles);
    office.put("in_1", State::Incoming(document));
    office.answer(QUEUE, move |asked: EvidenceQueueRequest| {
        let checks = CheckQueueState {
            on,
            waiting: u32::from(on && !asked.settings_only),
            documents: if on && !asked.settings_only {
                vec![waiting("in_1", "service_status", false)]
            } else {
                Vec::new()
            },
            ..CheckQueueState::default()
        };
        let queue = (!asked.settings_only).then(EvidenceQueueState::default);
        Ok(EvidenceQueueResponse { queue, checks: Some(checks) })
    });
    office
}

#[tokio::test]
async fn a_revoked_certificate_is_told_plainly_with_source_time_and_evidence() {
    let office = checking(&[Role::Clerk], true, received(Revocation::Revoked, vec![kept()]));
    let page = Browser::logged_in(&office).get("/van-ban/in_1").await;
    assert_eq!(page.status, StatusCode::OK);
    for told in [
        "Chứng thư số của người ký đã bị thu hồi",
        "Trả lời OCSP của ocsp.ca.gov.vn",
        "Danh sách thu hồi của nơi cấp chứng thư",
        "Kết luận tính tại thời điểm nhận văn bản",
        "/van-ban/in_1/bang-chung",
        "/van-ban/in_1/kiem-tra-lai",
    ] {
        assert!(page.text.contains(told), "{told}");
    }
    let good = checking(&[Role::Clerk], true, received(Revocation::Good, vec![kept()]));
    let page = Browser::logged_in(&good).get("/van-ban/in_1").await;
    assert!(!page.text.contains("đã bị thu hồi hoặc tạm dừng."));
}

#[tokio::test]
async fn the_button_is_the_clerks_and_only_where_authorities_are_asked() {
    for (role, on, shown) in [
        (Role::Clerk, true, true),
        (Role::Clerk, false, false),
        (Role::Leader, true, false),
        (Role::Officer, true, false),
    ] {
        let office = checking(&[role], on, received(Revocation::NotChecked, Vec::new()));
        let page = Browser::logged_in(&office).get("/van-ban/in_1").await;
        assert_eq!(page.text.contains("kiem-tra-lai"), shown, "{role:?} {on}");
        assert!(!page.text.contains("/van-ban/in_1/bang-chung"), "nothing is kept yet");
    }
}

#[tokio::test]
async fn a_check_is_asked_of_the_signer_and_what_came_of_it_is_told() {
    let office = checking(&[Role::Clerk], true, received(Revocation::NotChecked, Vec::new()));
    office.answer(CHECK, |_: CheckReceivedRequest| {
        let checks =
            CheckQueueState { last_error: "service_too_slow".to_owned(), ..CheckQueueState::default() };
        Ok(CheckReceivedResponse { checks: Some(checks) })
    });
    let browser = Browser::logged_in(&office);
    let token = browser.get("/van-ban/in_1").await.token();
    let answer = browser.post("/van-ban/in_1/kiem-tra-lai", &token, "ma=0123456789abcdef").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/van-ban/in_1"));
    let asked = CheckReceivedRequest { document_id: "in_1".to_owned() };
    assert_eq!(office.called::<CheckReceivedRequest>(CHECK), std::slice::from_ref(&asked));
    // From the queue as well.
    let queue = browser.get("/bang-chung").await;
    assert!(queue.text.contains("Rà soát hồ sơ") && queue.text.contains("Chữ ký của văn bản đến"));
    let fields = "ma=0123456789abcdee&document_id=in_1";
    let answer = browser.post("/bang-chung/hoi-lai", &queue.token(), fields).await;
    assert_eq!(answer.location(), "/bang-chung");
    assert_eq!(office.called::<CheckReceivedRequest>(CHECK), [asked.clone(), asked]);
    let off = checking(&[Role::Administrator], false, received(Revocation::NotChecked, Vec::new()));
    let page = Browser::logged_in(&off).get("/bang-chung").await;
    assert!(page.text.contains("--online-evidence") && !page.text.contains("/bang-chung/hoi-lai"));
}

/// The part of a page that follows while the issuers are asked: where it asks, and what it is told.
async fn follows(office: &FakeOffice, page: &str, part: &str) -> (bool, StatusCode, String) {
    let browser = Browser::logged_in(office);
    let live = browser.get(page).await.text.contains(&format!("hx-get=\"{part}\""));
    let answer = browser.get(part).await;
    (live, answer.status, answer.text)
}

#[tokio::test]
async fn what_the_signatures_say_follows_while_the_issuers_are_asked_and_rests_afterwards() {
    let document = "/van-ban/in_1";
    let part = "/van-ban/in_1/chu-ky";
    let asked = || checking(&[Role::Clerk], true, received(Revocation::NotChecked, Vec::new()));
    let answered = || checking(&[Role::Clerk], true, received(Revocation::Revoked, vec![kept()]));
    let (live, status, text) = follows(&asked(), document, part).await;
    assert_eq!((live, status, text.as_str()), (true, StatusCode::NO_CONTENT, ""), "nothing new");
    let (live, status, text) = follows(&answered(), document, part).await;
    assert_eq!((live, status), (false, StatusCode::OK));
    for told in
        ["id=\"chu-ky\"", "Trả lời OCSP của", "id=\"thu-hoi\" hx-swap-oob", "đã bị thu hồi hoặc tạm dừng"]
    {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(!text.contains("<html"), "a part, not a page");

    let (form, part) = ("/tiep-nhan?vb=in_1", "/tiep-nhan/in_1/chu-ky");
    let queue = |office: FakeOffice, document: IncomingDocument| {
        let record = office.put("in_1", State::Incoming(document));
        office.list(ListName::IncomingByStatus, [record]);
        office
    };
    let office = queue(asked(), received(Revocation::NotChecked, Vec::new()));
    let (live, status, text) = follows(&office, form, part).await;
    assert_eq!((live, status, text.as_str()), (true, StatusCode::NO_CONTENT, ""));
    let page = Browser::logged_in(&office).get(form).await;
    assert!(page.text.contains("Đang chờ hỏi nơi cấp chứng thư"));
    let office = queue(answered(), received(Revocation::Revoked, vec![kept()]));
    let (live, status, text) = follows(&office, form, part).await;
    assert_eq!((live, status), (false, StatusCode::OK));
    assert!(text.contains("đã bị thu hồi") && !text.contains("hx-get") && !text.contains("<html"), "{text}");
    // Where nobody is asked, nobody waits for an answer.
    let off = checking(&[Role::Clerk], false, received(Revocation::NotChecked, Vec::new()));
    let off = queue(off, received(Revocation::NotChecked, Vec::new()));
    let page = Browser::logged_in(&off).get(form).await;
    assert!(!page.text.contains(part) && !page.text.contains("Đang chờ hỏi"));
}
