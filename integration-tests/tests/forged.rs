//! Four forgeries – number, date, page, annotation – of every letter of the templates and of every file of the corpus that
//! person and agency signed: each of them is invalid.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use integration_tests::authority::{Authority, KeyKind};
use integration_tests::desk::made;
use integration_tests::forgery::FORGERIES;
use integration_tests::issued::{judged_good_by_all, options};
use integration_tests::office::OneProcess;
use integration_tests::skip::corpus;
use integration_tests::world::World;
use proto::forms::v1::{LetterKind, RenderLetterRequest};
use proto::record::v1::{CreateDraft, DocumentFacts, DocumentKind, OutgoingStatus};
use signer::chain::TrustRoots;
use signer::keys::SigningKey;
use signer::pdf::Document;
use signer::sign::{
    Align, Claims, FIELD_PERSON, FieldPlan, LIBERATION_SERIF, PageBox, SIGNATURE_BYTES_DEFAULT, SealRequest,
    SigningRequest, SigningTime, SteerError, Target, TextPlace, prepare_fields, seal_with, sign_with,
};
use signer::validate::{Options, Severity, Verdict, validate};

/// 26 May 2026, in seconds since 1970.
const AT_S: i64 = 1_779_760_000;

/// Kind of letter, kind of document, ký hiệu, and what the kind asks for beyond a công văn.
type Template = (LetterKind, DocumentKind, &'static str, fn(&mut RenderLetterRequest));

const TEMPLATES: [Template; 7] = [
    (LetterKind::OfficialLetter, DocumentKind::Letter, "SNV-CCVC", |_| {}),
    (LetterKind::Decision, DocumentKind::Decision, "QĐ-SNV", |letter| {
        letter.authority = "Giám đốc Sở Nội vụ".to_owned();
        letter.grounds = vec!["Căn cứ chức năng, nhiệm vụ của Sở".to_owned()];
        letter.addressees.clear();
    }),
    (LetterKind::Announcement, DocumentKind::Notice, "TB-SNV", |letter| letter.addressees.clear()),
    (LetterKind::Submission, DocumentKind::Submission, "TTr-SNV", |_| {}),
    (LetterKind::Report, DocumentKind::Report, "BC-SNV", |letter| letter.addressees.clear()),
    (LetterKind::Plan, DocumentKind::Plan, "KH-SNV", |letter| letter.addressees.clear()),
    (LetterKind::Invitation, DocumentKind::Invitation, "GM-SNV", |_| {}),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_template_is_good_for_all_and_every_forgery_of_it_is_found() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    for (kind, document_kind, notation, more) in TEMPLATES {
        let sealed = issued(world, kind, document_kind, notation, more).await;
        judged_good_by_all("every_template_is_good_for_all_and_every_forgery_of_it_is_found", world, &sealed);
        let document = Document::open(sealed).unwrap();
        for (name, forge) in FORGERIES {
            let report = validate(forge(&document), &options(world));
            assert_eq!(report.verdict, Verdict::Invalid, "{kind:?}, {name}: {report:?}");
        }
    }
}

/// The file of a letter of this kind that went all the way.
async fn issued(
    world: &World,
    kind: LetterKind,
    document_kind: DocumentKind,
    notation: &str,
    more: fn(&mut RenderLetterRequest),
) -> Vec<u8> {
    let subject = format!("Thử mẫu {notation}");
    let mut letter =
        RenderLetterRequest { kind: kind.into(), notation: notation.to_owned(), ..world.letter(&subject) };
    more(&mut letter);
    let draft = world.draft(&subject, "", Vec::new());
    let facts = draft.facts.clone().map(|facts| DocumentFacts {
        kind: document_kind.into(),
        notation: notation.to_owned(),
        ..facts
    });
    let draft = CreateDraft { facts, ..draft };
    let officer = world.desk("chuyenvien");
    let receipt = officer.create_draft(draft, Some(letter)).await.unwrap_or_else(|e| panic!("{kind:?}: {e}"));
    let id = made(&receipt, "out_");
    world.carry(&id, OutgoingStatus::Issued).await.unwrap_or_else(|e| panic!("{kind:?}: {e}"));
    let digest = officer.outgoing(&id).await.unwrap().files[0].digest.clone();
    officer.file(&digest, &id).await.unwrap()
}

/// Who signs the files of the corpus.
struct Hands {
    roots: TrustRoots,
    person: SigningKey,
    agency: SigningKey,
}

impl Hands {
    fn new() -> Self {
        let authority = Authority::make();
        let key = |name| {
            let holder = authority.issue(name, KeyKind::P256);
            SigningKey::new(holder.key, holder.certificate, vec![authority.certificate.clone()]).unwrap()
        };
        let (person, agency) = (key("Nguyễn Văn Mẫu"), key("Sở Nội vụ"));
        let dir = tempfile::tempdir().unwrap();
        let pem = dir.path().join("ca.pem");
        std::fs::write(&pem, authority.pem()).unwrap();
        let mut roots = TrustRoots::none();
        roots.add_path(&pem).unwrap();
        Self { roots, person, agency }
    }

    /// prepare → person → number, date and seal. The fields are spread over the first page.
    fn sealed(&self, file: &[u8]) -> Result<Vec<u8>, SteerError> {
        let place =
            |x: f64, y: f64| PageBox { page: 1, x: 40.0 + x, y: 40.0 + y, width: 110.0, height: 20.0 };
        let text = |place| TextPlace { place, align: Align::Left, size: 13.0, italic: false };
        let plan = FieldPlan {
            number: text(place(0.0, 100.0)),
            date: text(place(120.0, 100.0)),
            person: place(120.0, 0.0),
            seal: place(0.0, 0.0),
        };
        let prepared = prepare_fields(file.to_vec(), &plan)?;
        let claims = Claims::at(SigningTime(AT_S));
        let by_person = SigningRequest {
            target: Target::Field(FIELD_PERSON.to_owned()),
            appearance: None,
            claims: claims.clone(),
            capacity: SIGNATURE_BYTES_DEFAULT,
            choices: Default::default(),
        };
        let signed = sign_with(prepared, &by_person, &self.person)?.to_bytes();
        let by_agency = SealRequest {
            number: "15".to_owned(),
            date: "ngày 26 tháng 5 năm 2026".to_owned(),
            appearance: None,
            claims,
            capacity: SIGNATURE_BYTES_DEFAULT,
            choices: Default::default(),
            font: LIBERATION_SERIF,
        };
        Ok(seal_with(signed, &by_agency, &self.agency)?.to_bytes())
    }

    fn judge(&self, file: Vec<u8>) -> signer::validate::Report {
        let options = Options::new(self.roots.clone(), AT_S);
        validate(file, &options)
    }
}

#[test]
fn every_forgery_of_every_file_that_can_be_sealed_is_found() {
    let test = "every_forgery_of_every_file_that_can_be_sealed_is_found";
    let Some(folder) = corpus(test, "pdfs") else { return };
    let hands = Hands::new();
    let (mut sealed_files, mut damaged) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "pdf") {
            continue;
        }
        // A refusal has its own tests in the signer; a password is known to none of the four forgers.
        let Ok(sealed) = hands.sealed(&std::fs::read(&path).unwrap()) else { continue };
        sealed_files += 1;
        let name = path.file_name().unwrap().display();
        let ours = hands.judge(sealed.clone());
        // Whoever signs a damaged file signs it as it is; it is never green.
        let is_damaged = ours.findings.iter().any(|finding| finding.severity == Severity::Undecided);
        damaged += u32::from(is_damaged);
        let expected = if is_damaged { Verdict::Indeterminate } else { Verdict::Valid };
        let standing: Vec<_> = ours.signatures.iter().rev().take(2).map(|one| one.verdict).collect();
        assert_eq!(standing, [expected; 2], "{name}: {ours:?}");
        let document = Document::open(sealed).unwrap();
        for (what, forge) in FORGERIES {
            let report = hands.judge(forge(&document));
            assert_eq!(report.verdict, Verdict::Invalid, "{name}, {what}: {report:?}");
        }
    }
    assert!(
        sealed_files - damaged >= 30 && damaged < 10,
        "{sealed_files} files could be sealed, {damaged} of them are damaged"
    );
}
