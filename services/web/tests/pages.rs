//! The router as a browser meets it: log-in, forms that are ours, headers, failures, nothing typed is lost.

mod office;

use axum::body::Body;
use http::{Request, StatusCode, header};
use office::{Browser, FakeOffice};
use proto::archive::v1::{ListItem, ListName};
use proto::fault::{Fault, Violation};
use proto::intake::v1::{RegisterIncomingDocumentRequest, RegisterIncomingDocumentResponse};
use proto::record::v1::record::State;
use proto::record::v1::{
    Date, DocumentFacts, DocumentKind, EntryStatus, FileRef, IncomingDocument, IncomingStatus, RegisterEntry,
    RegisterNumber, Role, Series,
};

const ALL_ROLES: [Role; 7] = [
    Role::Clerk,
    Role::Leader,
    Role::HeadOfUnit,
    Role::Officer,
    Role::FormChecker,
    Role::Archivist,
    Role::Administrator,
];

fn received() -> IncomingDocument {
    IncomingDocument {
        status: IncomingStatus::Received as i32,
        files: vec![FileRef {
            digest: "ab".repeat(32),
            name: "6127_BNV.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            size: 13,
            pages: 3,
        }],
        ..IncomingDocument::default()
    }
}

/// An office with one document in every place where a page may show one.
fn furnished(roles: &[Role]) -> FakeOffice {
    let office = FakeOffice::new(roles);
    let waiting = office.put("in_1", State::Incoming(received()));
    let directed = IncomingDocument {
        status: IncomingStatus::Directed as i32,
        facts: Some(DocumentFacts {
            subject: "rà soát <b>hồ sơ</b>".to_owned(), ..DocumentFacts::default()
        }),
        number: Some(RegisterNumber {
            series_id: "ser_1".to_owned(),
            year: 2026,
            ordinal: 5,
            ..RegisterNumber::default()
        }),
        ..IncomingDocument::default()
    };
    let directed = office.put("in_2", State::Incoming(directed));
    office.list(ListName::IncomingByStatus, [waiting.clone()]);
    office.list(ListName::IncomingForDirection, [waiting]);
    office.list(ListName::IncomingAll, [directed]);
    office
}

#[tokio::test]
async fn who_is_not_logged_in_is_sent_to_log_in_and_back() {
    let stranger = Browser::stranger(&FakeOffice::new(&[Role::Clerk]));
    let page = stranger.get("/").await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/dang-nhap"));
    let page = stranger.get("/so/den?nam=2026").await;
    assert_eq!(page.location(), "/dang-nhap?tiep=%2Fso%2Fden%3Fnam%3D2026");
    let page = stranger.get("/dang-nhap?tiep=%2Fso%2Fden").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Sở Nội vụ tỉnh Minh Giang") && page.text.contains("value=\"/so/den\""));
}

#[tokio::test]
async fn before_the_founding_everything_leads_to_it() {
    let stranger = Browser::stranger(&FakeOffice::new(&[]).unfounded());
    assert_eq!(stranger.get("/dang-nhap").await.location(), "/khoi-tao");
    let page = stranger.get("/khoi-tao").await;
    assert!(page.status.is_success() && page.text.contains("name=\"founding.agency.name\""));
}

#[tokio::test]
async fn the_right_password_opens_a_session_out_of_reach_for_scripts() {
    let office = FakeOffice::new(&[Role::Clerk]);
    let mut browser = Browser::stranger(&office);
    let form = browser.get("/dang-nhap").await;
    browser.keep(&form);
    let fields = "tiep=%2Fso%2Fden&login=Hanh.VT&mat-khau=m%E1%BA%ADt+kh%E1%BA%A9u+d%C3%A0i";
    let page = browser.post("/dang-nhap", &form.token(), fields).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/so/den"));
    let session = page.cookies().into_iter().find(|c| c.starts_with("vanthu=")).expect("a session");
    assert!(session.contains("HttpOnly") && session.contains("SameSite=Strict"));
    let page =
        browser.post("/dang-nhap", &form.token(), &fields.replace("%2Fso%2Fden", "%2F%2Fevil.example")).await;
    assert_eq!(page.location(), "/", "only our own paths are followed");
}

#[tokio::test]
async fn a_wrong_password_says_so_and_keeps_the_name() {
    let mut browser = Browser::stranger(&FakeOffice::new(&[Role::Clerk]));
    let form = browser.get("/dang-nhap").await;
    browser.keep(&form);
    let page = browser.post("/dang-nhap", &form.token(), "login=hanh.vt&mat-khau=sai").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("không đúng") && page.text.contains("value=\"hanh.vt\""));
    assert!(!page.text.contains("value=\"sai\""), "a password is never sent back");
}

#[tokio::test]
async fn a_form_without_its_token_is_refused_wherever_it_goes() {
    let office = furnished(&ALL_ROLES);
    let browser = Browser::logged_in(&office);
    let token = browser.get("/toi").await.token();
    for path in [
        "/dang-nhap",
        "/dang-xuat",
        "/khoi-tao",
        "/toi/chuc-vu",
        "/tiep-nhan/giay",
        "/tiep-nhan/in_1/vao-so",
        "/chi-dao/in_1",
        "/van-ban/in_2/trinh",
        "/kiem-tra-chu-ky",
        "/tiep-nhan/tep",
    ] {
        for (wrong, fields) in [("", "a=1"), ("0", "a=1"), (&*"ab".repeat(64), "a=1")] {
            assert_eq!(browser.post(path, wrong, fields).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let multipart = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        let body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n";
        assert_eq!(browser.send(multipart, Body::from(body)).await.status, StatusCode::FORBIDDEN, "{path}");
        let elsewhere = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "cross-site");
        let body = format!("csrf={token}&a=1");
        assert_eq!(browser.send(elsewhere, Body::from(body)).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(browser.post("/dang-xuat", &token, "").await.location(), "/dang-nhap");
}

#[tokio::test]
async fn every_page_carries_the_headers_that_keep_it_safe() {
    let office = furnished(&ALL_ROLES);
    for (browser, path) in [
        (Browser::stranger(&office), "/dang-nhap"),
        (Browser::stranger(&office), "/kiem-tra-chu-ky"),
        (Browser::stranger(&office), "/khong-co"),
        (Browser::logged_in(&office), "/"),
    ] {
        let page = browser.get(path).await;
        let policy = page
            .headers
            .get(header::CONTENT_SECURITY_POLICY)
            .expect("a policy")
            .to_str()
            .expect("as laid out");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        for name in
            ["x-content-type-options", "referrer-policy", "x-frame-options", "x-request-id", "cache-control"]
        {
            assert!(page.headers.contains_key(name), "{path} has no {name}");
        }
    }
}

#[tokio::test]
async fn no_page_of_any_role_fails_or_needs_an_inline_script() {
    let paths = [
        "/",
        "/toi",
        "/phim-tat",
        "/trinh-don?o=/so/den",
        "/tiep-nhan",
        "/tiep-nhan?vb=in_1",
        "/tiep-nhan/in_1/tra-lai",
        "/tiep-nhan/trung?vb=in_1",
        "/van-ban-den/cho-trinh",
        "/van-ban-den/qua-han",
        "/van-ban-den/tat-ca",
        "/van-ban/in_1",
        "/van-ban/in_2",
        "/van-ban/in_2/trinh",
        "/van-ban/in_2/sua",
        "/van-ban/in_2/huy-so",
        "/van-ban/in_2/hoan-tac",
        "/chi-dao",
        "/viec/chu-tri",
        "/viec/de-biet",
        "/viec/da-giao",
        "/so/den",
        "/so/di",
        "/so/den?tu=01/11/2026&toi=31/11/2026",
        "/so/kiem-chung",
        "/tra-cuu",
        "/tra-cuu?q=ho+so&nam=2026",
        "/kiem-tra-chu-ky",
    ];
    for role in ALL_ROLES {
        let browser = Browser::logged_in(&furnished(&[role]));
        for path in paths {
            let page = browser.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{role:?} {path}: {}", page.text);
            assert!(page.text.contains("lang=\"vi\""), "{path}");
            let html =
                page.text.replace("<script type=\"module\" src=", "").replace("<script defer src=", "");
            for inline in ["<script", "<style", " style=", " onclick=", " onchange=", "javascript:"] {
                assert!(!html.contains(inline), "{path} has {inline}");
            }
            assert!(!page.text.contains("<b>hồ sơ</b>"), "{path} shows what was typed as HTML");
            assert!(!page.text.contains("<th>"), "{path} has a head of a table without scope");
        }
    }
}

#[tokio::test]
async fn the_menu_shows_only_what_works_for_the_roles() {
    let clerk = Browser::logged_in(&furnished(&[Role::Clerk])).get("/tiep-nhan").await;
    assert!(clerk.text.contains("Chờ vào sổ") && clerk.text.contains("title=\"Sổ văn bản\""));
    let officer = Browser::logged_in(&furnished(&[Role::Officer])).get("/viec/chu-tri").await;
    assert!(!officer.text.contains("href=\"/tiep-nhan\"") && !officer.text.contains("title=\"Sổ văn bản\""));
    assert!(officer.text.contains("Chờ xử lý"));
}

#[tokio::test]
async fn who_has_a_first_password_changes_it_before_anything_else() {
    let browser = Browser::logged_in(&FakeOffice::new(&[Role::Clerk]).with_first_password());
    assert_eq!(browser.get("/so/den").await.location(), "/doi-mat-khau");
    let page = browser.get("/doi-mat-khau").await;
    assert!(page.status.is_success() && page.text.contains("Cần đổi trước khi làm việc"));
    let page = browser.post("/doi-mat-khau", &page.token(), "mat-khau=a&mat-khau-moi=b&mat-khau-lai=c").await;
    assert!(page.text.contains("không giống nhau") && page.text.contains("aria-invalid"));
}

#[tokio::test]
async fn what_is_not_there_is_told_in_words_with_a_code() {
    let browser = Browser::logged_in(&FakeOffice::new(&[Role::Clerk]));
    for path in
        ["/khong-co", "/van-ban/in_999", "/van-ban-den/khong-co", "/so/khac", "/tep/in_1/0", "/viec/asg_9"]
    {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        let code = page.headers.get("x-request-id").expect("as laid out").to_str().expect("as laid out");
        assert!(page.text.contains("Không tìm thấy") && page.text.contains(code), "{path}");
    }
}

#[tokio::test]
async fn a_part_that_does_not_answer_makes_a_page_without_its_detail() {
    let office = FakeOffice::new(&[Role::Clerk]);
    office.answer("archive.v1.Archive/List", |_: proto::archive::v1::ListRequest| {
        Err::<proto::archive::v1::ListResponse, _>(Fault::unavailable(
            "STORE_READ_ONLY",
            "fdatasync: EIO on /srv/x",
        ))
    });
    let page = Browser::logged_in(&office).get("/van-ban-den/tat-ca").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.text.contains("chưa số nào bị lấy") && !page.text.contains("EIO"));
    office.answer("archive.v1.Archive/List", |_: proto::archive::v1::ListRequest| {
        Err::<proto::archive::v1::ListResponse, _>(Fault::broken("index 7 of 5"))
    });
    let page = Browser::logged_in(&office).get("/van-ban-den/tat-ca").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!page.text.contains("index 7"));
}

const TYPED: &str = "vb=in_1&version=7&facts.issuer=B%E1%BB%99+N%E1%BB%99i+v%E1%BB%A5&facts.notation=6127%2FBNV-VTLTNN\
    &facts.kind=18&facts.issued_date=16%2F11%2F2026&facts.urgency=2&facts.subject=r%C3%A0+so%C3%A1t&arrival_date=18%2F11%2F2026\
    &ma=0123456789abcdef";

#[tokio::test]
async fn registering_sends_what_was_typed_and_opens_the_next() {
    let office = furnished(&[Role::Clerk]);
    office.answer("intake.v1.Intake/RegisterIncomingDocument", |_: RegisterIncomingDocumentRequest| {
        Ok(RegisterIncomingDocumentResponse::default())
    });
    let browser = Browser::logged_in(&office);
    let token = browser.get("/tiep-nhan").await.token();
    let page = browser.post("/tiep-nhan/in_1/vao-so", &token, &format!("{TYPED}&tiep=in_5")).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/tiep-nhan?vb=in_5"));
    let sent: Vec<RegisterIncomingDocumentRequest> =
        office.called("intake.v1.Intake/RegisterIncomingDocument");
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].request_id, "0123456789abcdef");
    assert_eq!(
        (sent[0].expected_versions[0].record_id.as_str(), sent[0].expected_versions[0].version),
        ("in_1", 7)
    );
    let facts = sent[0].command.clone().expect("as laid out").facts.expect("as laid out");
    assert_eq!(
        (facts.number.as_str(), facts.notation.as_str(), facts.kind()),
        ("6127", "BNV-VTLTNN", DocumentKind::Letter)
    );
    assert_eq!(facts.issued_date, Some(Date { year: 2026, month: 11, day: 16 }));
}

#[tokio::test]
async fn what_was_typed_is_never_lost() {
    let office = furnished(&[Role::Clerk]);
    let browser = Browser::logged_in(&office);
    let token = browser.get("/tiep-nhan").await.token();
    // A day that does not exist is told before anything is sent.
    let page = browser.post("/tiep-nhan/in_1/vao-so", &token, &TYPED.replace("16%2F11", "31%2F11")).await;
    assert!(
        page.text.contains("value=\"31/11/2026\"")
            && page.text.contains("Cần sửa")
            && page.text.contains("rà soát")
    );
    assert!(
        office
            .called::<RegisterIncomingDocumentRequest>("intake.v1.Intake/RegisterIncomingDocument")
            .is_empty()
    );
    // Faults of the service stand by their fields.
    let answers = [
        (
            Fault::Invalid(vec![Violation::new("facts.subject", "TOO_LONG", "x")]),
            "id=\"f-facts-subject-why\"",
        ),
        (Fault::Conflict { record_id: "in_1".to_owned(), version: 8 }, "Có người vừa sửa"),
        (Fault::refused("DUPLICATE", "x"), "Tôi đã xem, vẫn vào sổ"),
        (Fault::unavailable("STORE_READ_ONLY", "x"), "chưa số nào bị lấy"),
    ];
    for (fault, told) in answers {
        office.answer(
            "intake.v1.Intake/RegisterIncomingDocument",
            move |_: RegisterIncomingDocumentRequest| {
                Err::<RegisterIncomingDocumentResponse, _>(fault.clone())
            },
        );
        let page = browser.post("/tiep-nhan/in_1/vao-so", &token, TYPED).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains(told), "{told}");
        assert!(page.text.contains("value=\"6127/BNV-VTLTNN\"") && page.text.contains(">rà soát</textarea>"));
    }
}

#[tokio::test]
async fn a_file_is_given_in_ranges_and_is_never_a_page_of_ours() {
    let browser = Browser::logged_in(&furnished(&[Role::Clerk]));
    let page = browser.get("/tep/in_1/0").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.headers["content-security-policy"].to_str().expect("as laid out").starts_with("sandbox"));
    assert_eq!(page.headers["content-type"], "application/pdf");
    let page =
        browser.send(Request::get("/tep/in_1/0").header(header::RANGE, "bytes=0-4"), Body::empty()).await;
    assert_eq!(
        (page.status, page.headers["content-range"].to_str().expect("as laid out")),
        (StatusCode::PARTIAL_CONTENT, "bytes 0-4/13")
    );
    let page =
        browser.send(Request::get("/tep/in_1/0").header(header::RANGE, "bytes=99-"), Body::empty()).await;
    assert_eq!(page.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(browser.get("/tep/in_1/1").await.status, StatusCode::NOT_FOUND);
}

/// A register of fifty full lines.
fn full_book() -> FakeOffice {
    let office = FakeOffice::new(&[Role::Clerk]);
    let series = office.put(
        "ser_1",
        State::Series(Series {
            name: "Văn bản đến".to_owned(), book: 1, active: true, ..Series::default()
        }),
    );
    office.list(ListName::Series, [series]);
    let items = (1..=50_u32)
        .map(|n| {
            let facts = DocumentFacts {
                kind: DocumentKind::Letter as i32,
                number: (6_000 + n).to_string(),
                notation: "BNV-VTLTNN".to_owned(),
                issuer: format!("Ủy ban nhân dân xã thứ {n} tỉnh Minh Giang"),
                subject: format!("v/v rà soát, cập nhật danh mục thủ tục hành chính thuộc phạm vi quản lý số {n} sau sắp xếp"),
                ..DocumentFacts::default()
            };
            let number = RegisterNumber { series_id: "ser_1".to_owned(), year: 2026, ordinal: n, ..RegisterNumber::default() };
            let document = IncomingDocument { status: IncomingStatus::Directed as i32, facts: Some(facts), number: Some(number.clone()), ..IncomingDocument::default() };
            let void = n == 7;
            let entry = RegisterEntry {
                number: Some(number),
                document_id: format!("in_{n}"),
                status: if void { EntryStatus::Void } else { EntryStatus::Given } as i32,
                reason: if void { "vào trùng số 06".to_owned() } else { String::new() },
                ..RegisterEntry::default()
            };
            ListItem {
                record: Some(office.put(&format!("reg_ser_1_2026_{n}"), State::RegisterEntry(entry))),
                document: Some(office.put(&format!("in_{n}"), State::Incoming(document))),
            }
        })
        .collect();
    office.list_items(ListName::Register, items);
    office
}

#[tokio::test]
async fn a_void_number_stays_in_the_book_struck_through_with_its_reason() {
    let page = Browser::logged_in(&full_book()).get("/so/den").await;
    let row = page.text.split("<tr").find(|r| r.contains(">07</span>")).expect("the line of 07");
    assert!(row.contains("class=\"void\"") && row.contains("Số huỷ") && row.contains("vào trùng số 06"));
    for column in [
        "Ngày đến",
        "Số đến",
        "Tác giả",
        "Số, ký hiệu văn bản",
        "Ngày tháng văn bản",
        "Tên loại và trích yếu nội dung văn bản",
        "Đơn vị hoặc người nhận",
        "Ngày chuyển",
        "Ký nhận",
        "Ghi chú",
    ] {
        assert!(page.text.contains(column), "{column}");
    }
}

#[tokio::test]
async fn a_list_page_weighs_less_than_80_kb_all_told() {
    let browser = Browser::logged_in(&full_book());
    let gzip = |path: &str| Request::get(path).header(header::ACCEPT_ENCODING, "gzip");
    let page = browser.send(gzip("/so/den"), Body::empty()).await;
    assert_eq!(page.headers["content-encoding"], "gzip");
    let plain = browser.get("/so/den").await;
    let mut total = page.bytes.len();
    let mut seen = 0;
    for rest in plain.text.split("\"/tinh/").skip(1) {
        let name = rest.split('"').next().expect("as laid out");
        let asset = browser.send(gzip(&format!("/tinh/{name}")), Body::empty()).await;
        assert_eq!(asset.status, StatusCode::OK, "{name}");
        assert!(asset.headers["cache-control"].to_str().expect("as laid out").contains("immutable"));
        total += asset.bytes.len();
        seen += 1;
    }
    assert!(seen >= 4, "style sheets and scripts are found in the page");
    assert!(total <= 80 * 1024, "{total} bytes");
}

#[tokio::test]
async fn every_link_of_the_menu_and_of_the_home_page_leads_somewhere() {
    for role in ALL_ROLES {
        let browser = Browser::logged_in(&furnished(&[role]));
        let mut seen = std::collections::BTreeSet::new();
        for path in ["/", "/trinh-don", "/toi"] {
            let page = browser.get(path).await;
            let links = page.text.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next());
            seen.extend(links.filter(|l| !l.starts_with("tinh/")).map(|l| format!("/{l}")));
        }
        for link in seen {
            let page = browser.get(&link.replace("&#38;", "&")).await;
            assert_ne!(page.status, StatusCode::NOT_FOUND, "{role:?} {link}");
        }
    }
}

#[tokio::test]
async fn the_language_is_chosen_by_a_link_and_kept_on_every_page() {
    let office = furnished(&[Role::Clerk]);
    let mut browser = Browser::stranger(&office);
    let page = browser.get("/dang-nhap?tiep=%2Fso%2Fden").await;
    assert!(page.text.contains("<html lang=\"vi\">") && page.text.contains("Đăng nhập"));
    assert!(
        page.text.contains("/ngon-ngu/en?tiep=%2Fdang-nhap%3Ftiep%3D%252Fso%252Fden"),
        "the way back to this page"
    );
    let chosen = browser.get("/ngon-ngu/en?tiep=%2Fdang-nhap").await;
    assert_eq!((chosen.status, chosen.location()), (StatusCode::SEE_OTHER, "/dang-nhap"));
    browser.keep(&chosen);
    let page = browser.get("/dang-nhap").await;
    assert!(page.text.contains("<html lang=\"en\">") && page.text.contains("Log in"));
    assert!(page.text.contains("/ngon-ngu/vi?tiep="), "the switch leads back");
    let trouble = browser.get("/khong-co").await;
    assert!(trouble.text.contains("Not found"), "a page of trouble speaks it too");
    for (code, back) in [("en", "%2F%2Fevil.example"), ("vi", "https%3A%2F%2Fevil.example"), ("en", "")] {
        assert_eq!(browser.get(&format!("/ngon-ngu/{code}?tiep={back}")).await.location(), "/");
    }
    assert_eq!(browser.get("/ngon-ngu/xx").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_is_told_that_something_changed_and_nothing_else() {
    use proto::archive::v1::{WatchRequest, WatchResponse};
    let office = furnished(&[Role::Clerk]);
    office.answer("archive.v1.Archive/Watch", |request: WatchRequest| {
        let record_ids = vec!["in_1".to_owned()];
        Ok(WatchResponse { position: request.after + 4, record_ids })
    });
    let browser = Browser::logged_in(&office);
    assert!(browser.get("/").await.text.contains("data-live=\"/thay-doi?tu=1\""));
    let stream = browser.get("/thay-doi?tu=1").await;
    assert_eq!(stream.headers[header::CONTENT_TYPE], "text/event-stream");
    assert_eq!(stream.text, "retry: 3000\n\nid: 5\nevent: changed\ndata: 5\n\n");
    assert_eq!(office.called::<WatchRequest>("archive.v1.Archive/Watch")[0].after, 1);
    let stranger = Browser::stranger(&office).get("/thay-doi?tu=1").await;
    assert_eq!(stranger.text, "retry: 3600000\n\n", "nothing is told without a session");
    assert_eq!(office.called::<WatchRequest>("archive.v1.Archive/Watch").len(), 1);
}

#[tokio::test]
async fn a_page_that_slept_is_told_at_once_what_it_missed() {
    use proto::archive::v1::{CountRequest, CountResponse, WatchRequest, WatchResponse};
    let office = furnished(&[Role::Clerk]);
    office.answer("archive.v1.Archive/Count", |request: CountRequest| {
        Ok(CountResponse { counts: vec![0; request.lists.len()], position: 900 })
    });
    office.answer("archive.v1.Archive/Watch", |_: WatchRequest| {
        Err::<WatchResponse, _>(Fault::Busy { reason: "TOO_MANY_WATCHERS", text: "full".to_owned() })
    });
    let browser = Browser::logged_in(&office);
    let full = browser.get("/thay-doi?tu=7").await;
    assert_eq!(full.status, StatusCode::TOO_MANY_REQUESTS, "then the page asks each minute");
    office.answer("archive.v1.Archive/Watch", |request: WatchRequest| {
        Ok(WatchResponse { position: request.after + 1, ..WatchResponse::default() })
    });
    let missed = "id: 900\nevent: changed\ndata: 900\n\n";
    assert!(browser.get("/thay-doi?tu=7").await.text.starts_with(missed));
    assert!(browser.get("/thay-doi?tu=900").await.text.starts_with("retry"));
    let request = http::Request::get("/thay-doi?tu=900").header("last-event-id", "899");
    assert!(browser.send(request, Body::empty()).await.text.starts_with(missed), "of the stream before it");
}
