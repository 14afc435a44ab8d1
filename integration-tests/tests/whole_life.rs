//! A document's whole life in one process, through the public RPCs: what comes in is registered, directed, worked on and
//! answered; the answer is drafted, approved, signed, numbered, sealed, issued, found, judged, forged, recalled.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use integration_tests::authority::KeyKind;
use integration_tests::desk::made;
use integration_tests::forgery::FORGERIES;
use integration_tests::incoming::{facts, unknown_facts};
use integration_tests::issued::{judged_good_by_all, options};
use integration_tests::judge;
use integration_tests::lawful::unlawful;
use integration_tests::letter;
use integration_tests::office::OneProcess;
use integration_tests::paper::one_page;
use integration_tests::skip::{corpus, skipped};
use integration_tests::world::{World, as_assignment, as_incoming, as_outgoing, reason};
use proto::archive::v1::ListName;
use proto::record::v1::{
    AssignNumber, AssignmentStatus, Channel, CheckForm, CompleteAssignment, Date, FieldName, FieldPlace,
    FileRef, IncomingStatus, Issue, OpenedNow, OutgoingStatus, Recall, RecordOpened, ReportProgress,
    ReturnDraft, ReviewContent, SubmitDraft, Verdict,
};
use signer::pdf::Document;
use signer::validate::validate;

const TODAY: Date = Date { year: 2026, month: 5, day: 20 };

/// A letter of a stranger, typeset and signed under the authority of this world.
async fn stranger(world: &World) -> Vec<u8> {
    let yesterday = domain::calendar::add_days(TODAY, -1);
    let letter = letter::received(
        "in-1",
        world.time.now(),
        "45",
        "STC-NS",
        yesterday,
        "Rà soát biên chế ngạch phượng hoàng",
    );
    let pdf = world.desk("vanthu").render_letter(letter).await.unwrap().pdf;
    let holder = world.authority.issue("Sở Tài chính", KeyKind::P256);
    world.authority.signed_by(&holder, pdf, world.time.now() / 1_000 - 3_600)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_goes_from_receipt_to_recall() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let (clerk, director) = (world.desk("vanthu"), world.desk("giamdoc"));
    let (head, officer) = (world.desk("truongphong"), world.desk("chuyenvien"));

    // It comes in, and is looked into by the machine.
    let pdf = stranger(world).await;
    let incoming_id = world.receive_file("45-STC-NS.pdf", pdf.clone()).await.unwrap();
    let received = clerk.incoming(&incoming_id).await.unwrap();
    assert_eq!(received.status(), IncomingStatus::Received);
    assert_eq!((received.files[0].media_type.as_str(), received.files[0].pages), ("application/pdf", 1));
    let report = received.signatures.clone().unwrap();
    // Nothing wrong is found, but nobody could be asked about revocation (TT 15/2025).
    assert_eq!((report.verdict(), report.signatures.len()), (Verdict::Indeterminate, 1), "{report:?}");
    assert_eq!(report.signatures[0].signer, "Sở Tài chính");
    let suggested =
        |field: &str| received.suggestions.iter().find(|s| s.field == field).map(|s| s.value.as_str());
    assert_eq!((suggested("number"), suggested("notation")), (Some("45"), Some("STC-NS")));
    assert_eq!(suggested("issued_date"), Some("2026-05-19"));
    assert_eq!(clerk.file(&received.files[0].digest, &incoming_id).await.unwrap(), pdf);

    // Who has no business with it does not know of it; nobody acts before it is registered.
    assert_eq!(reason(&officer.get(&incoming_id).await.unwrap_err()), "NOT_FOUND");
    assert_eq!(reason(&world.submit(&incoming_id, "giamdoc").await.unwrap_err()), "NOT_REGISTERED");
    let said = facts("45", "Rà soát biên chế ngạch phượng hoàng", domain::calendar::add_days(TODAY, -1));
    let registered = world.register(&incoming_id, said.clone()).await.unwrap();
    let number = as_incoming(&clerk.get(&incoming_id).await.unwrap()).number.clone().unwrap();
    assert_eq!((number.ordinal, number.date), (1, Some(TODAY)), "{registered:?}");
    assert_eq!(reason(&world.register(&incoming_id, said.clone()).await.unwrap_err()), "ALREADY_REGISTERED");
    // The same letter again is noticed, by its bytes and by its number.
    let again = world.receive_file("lai-45-STC-NS.pdf", pdf).await.unwrap();
    assert_eq!(clerk.incoming(&again).await.unwrap().duplicate_of, incoming_id);
    assert_eq!(reason(&world.register(&again, said).await.unwrap_err()), "DUPLICATE");

    // Submitted, directed, handed on, worked on.
    assert_eq!(reason(&world.direct(&incoming_id).await.unwrap_err()), "NOT_FOUND", "not the director's yet");
    world.submit(&incoming_id, "giamdoc").await.unwrap();
    assert_eq!(director.count(ListName::IncomingForDirection).await.unwrap(), 1);
    world.direct(&incoming_id).await.unwrap();
    assert_eq!(reason(&world.direct(&incoming_id).await.unwrap_err()), "WRONG_STATE");
    let lead = director.incoming(&incoming_id).await.unwrap().lead_assignment_id;
    assert_eq!(world.desk("thethuc").count(ListName::MyInformation).await.unwrap(), 1);
    assert_eq!(world.desk("chuyenvien2").count(ListName::MySupporting).await.unwrap(), 1);
    let opened = OpenedNow {
        document_id: incoming_id.clone(),
        at: Some(domain::calendar::timestamp(world.time.now())),
    };
    head.record_opened(RecordOpened { opened: vec![opened] }).await.unwrap();
    let own = world.hand_on(&lead).await.unwrap();
    assert_eq!(officer.list(ListName::MyLead).await.unwrap()[0].record.clone().unwrap().id, own);
    let progress = ReportProgress { assignment_id: own.clone(), text: "Đang dự thảo".to_owned() };
    officer.report_progress(progress).await.unwrap();

    // The answer is drafted and goes its way in the order of the law, and in no other.
    let id = world.draft_letter("Trả lời về biên chế ngạch kỳ lân", &incoming_id).await.unwrap();
    let mut files = vec![officer.outgoing(&id).await.unwrap().files[0].clone()];
    let mut bytes = vec![officer.file(&files[0].digest, &id).await.unwrap()];
    loop {
        let status = officer.outgoing(&id).await.unwrap().status();
        every_other_step_is_refused(world, &id, status).await;
        if status == OutgoingStatus::Submitted {
            world.initial(&id).await.unwrap();
            assert_eq!(reason(&world.initial(&id).await.unwrap_err()), "ALREADY_INITIALED");
        }
        if status == OutgoingStatus::Sealed {
            let waiting = clerk.incoming(&incoming_id).await.unwrap().status();
            assert_eq!(waiting, IncomingStatus::Directed, "nothing is completed before the issue");
        }
        office.clock.set(office.clock.now() + 60_000);
        let Some(receipt) = world.next_step(&id, status).await.unwrap() else { break };
        let record = officer.get(&id).await.unwrap();
        assert_eq!(record.version, receipt.position);
        assert_eq!(unlawful(&record), Vec::<String>::new());
        let main = as_outgoing(&record).files[0].clone();
        if main.digest != files.last().unwrap().digest {
            bytes.push(officer.file(&main.digest, &id).await.unwrap());
            files.push(main);
        }
    }

    // Prepared, signed and sealed: each file is the one before it with bytes behind.
    assert_eq!(files.len(), 4, "drafted, prepared, signed, sealed");
    for pair in bytes.windows(2) {
        assert!(pair[1].len() > pair[0].len() && pair[1].starts_with(&pair[0]));
    }

    // One entry issued the answer, completed what it answers, and told those inside.
    let issued = officer.get(&id).await.unwrap();
    let answered = officer.get(&incoming_id).await.unwrap();
    assert_eq!(answered.version, issued.version, "in the same commit");
    let document = as_incoming(&answered);
    assert_eq!(
        (document.status(), document.answered_by.as_slice()),
        (IncomingStatus::Completed, &[id.clone()][..])
    );
    assert_eq!(as_assignment(&officer.get(&own).await.unwrap()).status(), AssignmentStatus::Completed);
    assert_eq!(as_assignment(&officer.get(&lead).await.unwrap()).status(), AssignmentStatus::Completed);
    let told = world.desk("chuyenvien2").list(ListName::MyInformation).await.unwrap();
    assert_eq!(told.iter().filter(|i| i.document.as_ref().is_some_and(|d| d.id == id)).count(), 1);

    // The archivist finds both, by what is written in them and by their numbers.
    let archivist = world.desk("luutru");
    for (query, found) in [
        ("phượng hoàng", &incoming_id),
        ("phuong hoang", &incoming_id),
        ("\"45/STC-NS\"", &incoming_id),
        ("kỳ lân", &id),
        ("01/SNV-CCVC", &id),
        ("\"phối hợp thực hiện đúng thời hạn\" kỳ lân", &id),
    ] {
        let answer = archivist.search(query, issued.version).await.unwrap();
        assert!(!answer.behind);
        let hits: Vec<String> = answer.hits.into_iter().filter_map(|hit| hit.record).map(|r| r.id).collect();
        assert!(hits.contains(found), "{query}: {hits:?}");
    }
    let none = archivist.search("phường hoang", issued.version).await.unwrap();
    assert_eq!(none.total, 0, "a word with other marks is another word");

    // The file that the archivist takes away is judged by all.
    let main = &as_outgoing(&issued).files[0];
    let sealed = archivist.file(&main.digest, &id).await.unwrap();
    judged_good_by_all("an_answer_goes_from_receipt_to_recall", world, &sealed);
    says_number_and_date(&sealed, "01", "ngày 20 tháng 5 năm 2026");
    for (name, forge) in FORGERIES {
        let forged = forge(&Document::open(sealed.clone()).unwrap());
        let report = validate(forged.clone(), &options(world));
        assert_eq!(report.verdict.name(), "invalid", "{name}: {report:?}");
        let told = officer.validate_upload(forged).await.unwrap().report.unwrap();
        assert_eq!(told.verdict(), Verdict::Invalid, "{name}");
    }

    // Recalled: frozen, kept, and told.
    let why = Recall { document_id: id.clone(), reason: "Có sai sót".to_owned() };
    assert_eq!(reason(&officer.recall_document(why.clone()).await.unwrap_err()), "NOT_YOUR_ROLE");
    clerk.recall_document(why.clone()).await.unwrap();
    assert_eq!(reason(&clerk.recall_document(why).await.unwrap_err()), "RECALLED");
    every_other_step_is_refused(world, &id, OutgoingStatus::Recalled).await;
    let recalled = archivist.get(&id).await.unwrap();
    assert_eq!(as_outgoing(&recalled).files, as_outgoing(&issued).files);
    assert_eq!(unlawful(&recalled), Vec::<String>::new());
    let told = world.desk("chuyenvien2").list(ListName::MyInformation).await.unwrap();
    assert_eq!(told.iter().filter(|i| i.document.as_ref().is_some_and(|d| d.id == id)).count(), 2);

    // The history tells every act once, oldest first, with its hand.
    let history = clerk.history(&id).await.unwrap();
    assert!(history.windows(2).all(|pair| pair[0].position < pair[1].position));
    let hands: Vec<&str> = history
        .iter()
        .filter_map(|item| item.caller.as_ref())
        .filter_map(|c| world.people.values().find(|m| m.person_id == c.person_id).map(|m| m.login.as_str()))
        .collect();
    let expected = [
        "chuyenvien",
        "chuyenvien",
        "truongphong",
        "truongphong",
        "thethuc",
        "giamdoc",
        "giamdoc",
        "vanthu",
        "vanthu",
        "vanthu",
        "vanthu",
    ];
    assert_eq!(hands, expected);

    // And after a restart all of it is there.
    let head_before = clerk.tree_head().await.unwrap();
    let office = office.reopened().await;
    let clerk = office.world.desk("vanthu");
    assert_eq!(clerk.get(&id).await.unwrap(), recalled);
    assert_eq!(clerk.get(&incoming_id).await.unwrap(), answered);
    assert!(clerk.tree_head().await.unwrap().size >= head_before.size);
    drop(office.closed().await);
}

/// Tries every step that is not the next one: each is refused, and the document stays as it was.
async fn every_other_step_is_refused(world: &World, id: &str, at: OutgoingStatus) {
    use OutgoingStatus as S;
    let officer = world.desk("chuyenvien");
    let before = officer.get(id).await.unwrap();
    for step in [
        S::Drafted,
        S::Submitted,
        S::Reviewed,
        S::FormChecked,
        S::Approved,
        S::Signed,
        S::Numbered,
        S::Sealed,
    ] {
        if step == at {
            continue;
        }
        let fault = world.next_step(id, step).await.expect_err(&format!("the step from {step:?} at {at:?}"));
        let lawful = ["NOT_", "ALREADY_", "RECALLED", "PDF_ALREADY_SIGNED", "PDF_FIELDS_EXIST"];
        assert!(
            lawful.iter().any(|l| reason(&fault).starts_with(l)),
            "the step from {step:?} at {at:?}: {fault}"
        );
    }
    // The right step by another's hand.
    let document_id = || id.to_owned();
    let by_another = match at {
        S::Drafted => {
            world
                .desk("chuyenvien2")
                .submit_draft(SubmitDraft { document_id: document_id(), ..SubmitDraft::default() })
                .await
        }
        S::Submitted => {
            officer
                .review_content(ReviewContent { document_id: document_id(), ..ReviewContent::default() })
                .await
        }
        S::Reviewed => {
            world
                .desk("truongphong")
                .check_form(CheckForm { document_id: document_id(), ..CheckForm::default() })
                .await
        }
        S::FormChecked => world.desk("phogiamdoc").approve_draft(id, Vec::new()).await,
        S::Approved => world.desk("phogiamdoc").sign_document(id, "no mandate").await,
        S::Signed => {
            world
                .desk("giamdoc")
                .assign_number(AssignNumber { document_id: document_id(), ..AssignNumber::default() })
                .await
        }
        S::Numbered => world.desk("giamdoc").seal_document(id, "no mandate").await,
        S::Sealed => world.desk("giamdoc").issue_document(Issue { document_id: document_id() }).await,
        _ => {
            world
                .desk("thethuc")
                .return_draft(ReturnDraft { document_id: document_id(), reason: "Sai".to_owned() })
                .await
        }
    };
    assert!(by_another.is_err(), "by another's hand at {at:?}");
    assert_eq!(officer.get(id).await.unwrap(), before, "what is refused changes nothing");
}

/// The two text fields hold what the register says.
fn says_number_and_date(file: &[u8], number: &str, date: &str) {
    let document = Document::open(file.to_vec()).unwrap();
    let fields = document.latest().fields().unwrap();
    let value = |name: &str| {
        let field = fields.iter().find(|f| f.name == name).unwrap_or_else(|| panic!("no field {name}"));
        field.value.as_string().unwrap().to_text()
    };
    assert_eq!((value("so").as_str(), value("ngay").as_str()), (number, date));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_uploaded_draft_with_attachments_is_sealed_as_the_law_says() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let (officer, director, clerk) = (world.desk("chuyenvien"), world.desk("giamdoc"), world.desk("vanthu"));
    // A letter that somebody made elsewhere, with its blanks, an attachment that can be signed and one that cannot.
    let made_elsewhere = officer.render_letter(world.letter("Gửi kèm phụ lục biểu mẫu")).await.unwrap().pdf;
    let attachment = one_page("Phu luc: bieu mau thong ke");
    let table = b"don vi,so luong\nVP,12\n".to_vec();
    let mut files = Vec::new();
    for (name, bytes) in [
        ("cong-van.pdf", made_elsewhere),
        ("phu-luc.pdf", attachment.clone()),
        ("so-lieu.csv", table.clone()),
    ] {
        files.push(officer.put(name, bytes).await.unwrap());
    }
    let receipt =
        officer.create_draft(world.draft("Gửi kèm phụ lục biểu mẫu", "", files), None).await.unwrap();
    let id = made(&receipt, "out_");
    let draft = officer.outgoing(&id).await.unwrap();
    let types: Vec<&str> = draft.files.iter().map(|f| f.media_type.as_str()).collect();
    assert_eq!((types[0], types[1]), ("application/pdf", "application/pdf"));
    assert_ne!(types[2], "application/pdf");
    assert!(!draft.text_digest.is_empty(), "its words can be found");
    assert_eq!(draft.places.len(), 0, "nobody has placed the fields yet");

    world.carry(&id, OutgoingStatus::FormChecked).await.unwrap();
    if judge::run("pdftotext", ["-v"]).is_none() {
        skipped("an_uploaded_draft_with_attachments_is_sealed_as_the_law_says", "pdftotext is not installed");
        return;
    }
    // The places are told by the words of the page.
    world.carry(&id, OutgoingStatus::Approved).await.unwrap();
    assert_eq!(officer.outgoing(&id).await.unwrap().places.len(), 4);

    // A key opened for other files does not sign this one, and a person's key does not seal.
    let other =
        director.unlock_for(vec!["0".repeat(64)], integration_tests::staff::KEY_PASSWORD).await.unwrap();
    assert!(director.sign_document(&id, &other).await.is_err(), "the mandate names another file");
    assert_eq!(officer.outgoing(&id).await.unwrap().status(), OutgoingStatus::Approved);
    let wrong = director.unlock_for(vec!["0".repeat(64)], "khong-phai-mat-khau").await.unwrap_err();
    assert_eq!(reason(&wrong), "KEY_PASSWORD_WRONG");
    world.carry(&id, OutgoingStatus::Numbered).await.unwrap();
    assert!(director.seal_document(&id, &other).await.is_err());
    // Sealing under a mandate for the main file alone is refused whole: no half-sealed document.
    let main_only = vec![clerk.outgoing(&id).await.unwrap().files[0].digest.clone()];
    let mandate = clerk.unlock_for(main_only, integration_tests::staff::KEY_PASSWORD).await.unwrap();
    assert!(clerk.seal_document(&id, &mandate).await.is_err(), "the attachment was not shown");
    assert_eq!(clerk.outgoing(&id).await.unwrap().status(), OutgoingStatus::Numbered);
    world.carry(&id, OutgoingStatus::Issued).await.unwrap();

    let issued = clerk.outgoing(&id).await.unwrap();
    let names: Vec<&str> = issued.files.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["cong-van.pdf", "phu-luc.pdf", "so-lieu.csv"]);
    let main = clerk.file(&issued.files[0].digest, &id).await.unwrap();
    judged_good_by_all("an_uploaded_draft_with_attachments_is_sealed_as_the_law_says", world, &main);
    says_number_and_date(&main, "01", "ngày 20 tháng 5 năm 2026");
    // The attachment bears the agency's signature with number and time, and no image (NĐ 30/2020 Phụ lục I, II.8).
    let signed = clerk.file(&issued.files[1].digest, &id).await.unwrap();
    assert!(signed.starts_with(&attachment) && signed.len() > attachment.len());
    let report = validate(signed.clone(), &options(world));
    assert_eq!((report.verdict.name(), report.signatures.len()), ("valid", 1), "{report:?}");
    assert_eq!(report.signatures[0].certificate.as_ref().unwrap().subject, integration_tests::staff::AGENCY);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("phu-luc.pdf");
    std::fs::write(&path, &signed).unwrap();
    if let Some(signatures) = judge::pdfsig(&path) {
        assert!(signatures.len() == 1 && signatures[0].valid && signatures[0].total, "{signatures:?}");
    }
    shows_number_and_time(&path);
    assert_eq!(
        clerk.file(&issued.files[2].digest, &id).await.unwrap(),
        table,
        "what cannot be signed stays as it was"
    );
    drop(office.closed().await);
}

/// What stands at the top right of page 1, as poppler draws it.
fn shows_number_and_time(path: &Path) {
    let document = Document::open(std::fs::read(path).unwrap()).unwrap();
    let view = document.latest();
    let field = view.fields().unwrap().pop().unwrap();
    let signer::pdf::Object::Array(rect) = view.value(&field.dict, b"Rect").unwrap() else {
        panic!("no place")
    };
    let at: Vec<f64> = rect.iter().filter_map(signer::pdf::Object::as_number).collect();
    assert!(at[0] > 595.0 / 2.0 && at[1] > 842.0 * 0.8, "top right: {at:?}");
    let pictures = view.objects().into_iter().filter(|(id, _)| {
        matches!(view.get(*id), Ok(signer::pdf::Object::Stream(s)) if s.dict.is_name(b"Subtype", b"Image"))
    });
    assert_eq!(pictures.count(), 0, "no image");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_what_it_is_and_not_what_it_is_called() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let officer = world.desk("chuyenvien");
    // No PDF, whatever the caller says of it.
    let mut file = officer.put("cong-van.pdf", b"PK\x03\x04 a word processor's file".to_vec()).await.unwrap();
    file.media_type = "application/pdf".to_owned();
    file.pages = 1;
    let draft = world.draft("Không phải PDF", "", vec![file.clone()]);
    assert_eq!(reason(&officer.create_draft(draft, None).await.unwrap_err()), "NOT_A_PDF");
    // Nor in a new version; what an earlier look found stays found.
    let good = officer.put("cong-van.pdf", one_page("Du thao lan 1")).await.unwrap();
    let draft = world.draft("Hai phiên bản", "", vec![good.clone()]);
    let id = made(&officer.create_draft(draft, None).await.unwrap(), "out_");
    let first = officer.outgoing(&id).await.unwrap();
    let revised = world.draft("Hai phiên bản", "", vec![file]);
    assert_eq!(reason(&officer.revise_draft(&id, revised).await.unwrap_err()), "NOT_A_PDF");
    let told_wrongly = FileRef { media_type: "image/png".to_owned(), pages: 99, ..good.clone() };
    let mut revised = world.draft("Hai phiên bản, tên khác", "", vec![told_wrongly]);
    revised.text_digest = good.digest;
    officer.revise_draft(&id, revised).await.unwrap();
    let now = officer.outgoing(&id).await.unwrap();
    assert_eq!((&now.files, &now.text_digest), (&first.files, &first.text_digest));
    // After approval the draft goes back to its start, with the file that the drafter made.
    world.carry(&id, OutgoingStatus::FormChecked).await.unwrap();
    world.desk("giamdoc").approve_draft(&id, by_hand()).await.unwrap();
    let prepared = officer.outgoing(&id).await.unwrap();
    assert!(prepared.files[0].digest != first.files[0].digest && prepared.fields_prepared);
    let again = world.draft("Hai phiên bản, tên cuối", "", prepared.files.clone());
    officer.revise_draft(&id, again).await.unwrap();
    let back = officer.outgoing(&id).await.unwrap();
    assert_eq!(
        (back.status(), &back.files, back.fields_prepared),
        (OutgoingStatus::Drafted, &first.files, false)
    );
    world.carry(&id, OutgoingStatus::FormChecked).await.unwrap();
    world.desk("giamdoc").approve_draft(&id, by_hand()).await.unwrap();
    world.carry(&id, OutgoingStatus::Issued).await.unwrap();
    drop(office.closed().await);
}

/// The four fields, placed by hand on page 1.
fn by_hand() -> Vec<FieldPlace> {
    let place = |name: FieldName, x, y, width, height| FieldPlace {
        name: name.into(),
        page: 1,
        x,
        y,
        width,
        height,
        ..FieldPlace::default()
    };
    vec![
        place(FieldName::Number, 8_000, 76_000, 6_000, 1_800),
        place(FieldName::Date, 30_000, 76_000, 22_000, 1_800),
        place(FieldName::Signer, 35_000, 12_000, 15_000, 9_000),
        place(FieldName::Seal, 30_000, 11_000, 10_205, 10_205),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paper_without_a_file_goes_the_same_way() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let clerk = world.desk("vanthu");
    let id = world.receive_paper().await.unwrap();
    let received = clerk.incoming(&id).await.unwrap();
    assert_eq!((received.channel(), received.files.len(), received.signatures), (Channel::Paper, 0, None));
    // Only what came on paper may be without a file.
    let without = clerk.receive(unknown_facts(), Vec::new(), Channel::Electronic).await.unwrap_err();
    assert_eq!(reason(&without), "REQUIRED");
    // The day after the arrival is late registration: today's next number, the arrival a field of its own.
    office.clock.set(office.clock.now() + 24 * 3_600_000);
    let arrival = TODAY;
    let command = proto::record::v1::RegisterIncoming {
        document_id: id.clone(),
        facts: Some(facts("9", "Kiến nghị của cử tri", TODAY)),
        arrival_date: Some(arrival),
        to_places: "Ban Giám đốc".to_owned(),
        despite_duplicate: false,
        submit_to: world.member("giamdoc").person_id.clone(),
    };
    clerk.register_incoming_document(command).await.unwrap();
    let registered = clerk.incoming(&id).await.unwrap();
    assert_eq!(registered.status(), IncomingStatus::Submitted, "registered and submitted in one act");
    assert_eq!(registered.arrival_date, Some(arrival));
    assert_eq!(registered.number.unwrap().date, Some(domain::calendar::add_days(TODAY, 1)));
    world.direct(&id).await.unwrap();
    let lead = clerk.incoming(&id).await.unwrap().lead_assignment_id;
    let done = CompleteAssignment {
        assignment_id: lead.clone(),
        result: "Đã trả lời bằng điện thoại".to_owned(),
    };
    assert_eq!(
        reason(&world.desk("chuyenvien").complete_assignment(done.clone()).await.unwrap_err()),
        "NOT_YOURS"
    );
    world.desk("truongphong").complete_assignment(done).await.unwrap();
    let record = clerk.get(&id).await.unwrap();
    assert_eq!(as_incoming(&record).status(), IncomingStatus::Completed);
    assert_eq!(unlawful(&record), Vec::<String>::new());
    // The register says it in its ten columns, and the slip what was directed.
    let identity = clerk.identity().await.unwrap();
    let series_id = as_incoming(&record).number.clone().unwrap().series_id;
    let request = proto::intake::v1::PrintRegisterRequest { series_id, year: 2026, ..Default::default() };
    let answer = world.peers.intake().print_register(proto::rpc::outgoing(&identity, request)).await.unwrap();
    let chunks = tokio_stream::StreamExt::map(answer.into_inner(), |r| r.map(|r| r.chunk));
    let printed = proto::rpc::stream::gathered(chunks, 1 << 24).await.unwrap();
    says(&printed, &["Kiến nghị của cử tri", "Sở Tài chính", "09/STC-NS"], &["9/STC-NS"]);
    let request = proto::intake::v1::PrintSlipRequest { document_id: id.clone() };
    let answer = world.peers.intake().print_slip(proto::rpc::outgoing(&identity, request)).await.unwrap();
    let chunks = tokio_stream::StreamExt::map(answer.into_inner(), |r| r.map(|r| r.chunk));
    let slip = proto::rpc::stream::gathered(chunks, 1 << 24).await.unwrap();
    says(&slip, &["Giao đơn vị chủ trì"], &[]);
    drop(office.closed().await);
}

/// Words that a printed page says; where there are `instead`, one of them stands for the last of `words`.
fn says(pdf: &[u8], words: &[&str], instead: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("printed.pdf");
    std::fs::write(&path, pdf).unwrap();
    let Some(output) = judge::run("pdftotext", [path.as_os_str(), "-".as_ref()]) else {
        skipped("paper_without_a_file_goes_the_same_way", "pdftotext is not installed");
        return;
    };
    let text = String::from_utf8(output.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words {
        let there = text.contains(word) || instead.iter().any(|other| text.contains(other));
        assert!(there, "{word} in {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_strangers_send_is_received() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let clerk = world.desk("vanthu");
    let mut sent: Vec<(String, Vec<u8>)> = vec![
        ("empty.pdf".to_owned(), b"%PDF-1.7\n".to_vec()),
        ("not-a-pdf.docx".to_owned(), b"PK\x03\x04 and no more".to_vec()),
        (
            "noise.pdf".to_owned(),
            (0..5_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect(),
        ),
    ];
    for folder in ["pdfs", "signed"] {
        let Some(folder) = corpus("whatever_strangers_send_is_received", folder) else { continue };
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "pdf") {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                sent.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    let count = sent.len();
    for (name, bytes) in sent {
        let file: FileRef = clerk.put(&name, bytes.clone()).await.unwrap();
        let answer = clerk.receive(unknown_facts(), vec![file], Channel::Electronic).await;
        let receipt = answer.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let id = made(&receipt, "in_");
        let kept = clerk.incoming(&id).await.unwrap();
        assert_eq!(clerk.file(&kept.files[0].digest, &id).await.unwrap(), bytes, "{name}");
    }
    assert_eq!(clerk.list(ListName::IncomingAll).await.unwrap().len(), count);
    drop(office.closed().await);
}
