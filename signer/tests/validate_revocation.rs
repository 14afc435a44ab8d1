//! Revocation: who speaks of it, for whom, until when, and what a later word does to an earlier one. Lists and responses
//! are written byte by byte.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod message_forge;
mod validate_forge;
mod validate_line;
mod validate_office;

use message_forge::words::{
    Party, Said, Sheet, about, directory, extension, invalid_since, reason, respond, time,
};
use message_forge::{attribute, sequence, statement, tlv, token};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::x509::X509;
use signer::chain::{Evidence, Revocation, check_revocation};
use signer::pdf::Document;
use signer::validate::{
    Indication, Known, Options, Report, RevocationState, SignedAtIs, Verdict, validate_with,
};
use validate_forge::{Shape, Signing, brief, document, sign_with};
use validate_line::{BASIC, CA, CA_USAGE, EXTENDED, Extensions, Line, Made, SIGN_USAGE, USAGE, USER, make};
use validate_office::{JUDGED_AT, SIGNED_AT, TO, codes, ec};

const DAY: i64 = 86_400;
const POINTS: &str = "2.5.29.31";
const ISSUING_POINT: &str = "2.5.29.28";
const DELTA: &str = "2.5.29.27";
/// cRLSign.
const LIST_USAGE: &[u8] = &[3, 2, 1, 2];
const KEY_LOST: u8 = 1;
const HOLD: u8 = 6;
const REMOVED: u8 = 8;

const USERS: Extensions<'_> = &[(BASIC, true, USER), (USAGE, true, SIGN_USAGE)];
const AUTHORITY: Extensions<'_> = &[(BASIC, true, CA), (USAGE, true, CA_USAGE)];

/// What lists and responses say of a signer of a CA, when the root's list is current.
fn ask(line: &Line, others: &[X509], lists: &[Vec<u8>], responses: &[Vec<u8>], at: i64) -> Revocation {
    let path = [line.leaf.0.clone(), line.ca.0.clone(), line.root.0.clone()];
    let mut evidence = Evidence::default();
    evidence.add_crl(&Sheet { until: TO + 900 * DAY, ..Sheet::at(JUDGED_AT - DAY) }.by(&line.root));
    lists.iter().for_each(|list| evidence.add_crl(list));
    responses.iter().for_each(|response| evidence.add_ocsp(response));
    let mut others = others.to_vec();
    others.push(line.ca.0.clone());
    check_revocation(&path, &others, &line.roots(), &evidence, at, true)
}

fn is_unknown(found: &Revocation) -> bool {
    matches!(found, Revocation::NotChecked(_))
}

fn is_revoked(found: &Revocation) -> bool {
    matches!(found, Revocation::Revoked { .. })
}

/// A point without a name whose lists somebody else issues; for some reasons alone.
fn point_of(issuer: &X509, some_reasons: bool) -> Vec<u8> {
    let mut parts = Vec::new();
    if some_reasons {
        parts.push(tlv(0x81, &[6, 0x40]));
    }
    parts.push(tlv(0xa2, &directory(issuer)));
    sequence(&[sequence(&parts)])
}

fn party(subject: &str, serial: u32, extensions: Extensions<'_>, issuer: &Party) -> Party {
    let key = ec();
    let made = Made { subject, serial, extensions, digest: MessageDigest::sha256() };
    (make(&made, &key, Some((&issuer.0, &issuer.1))), key)
}

#[test]
fn an_indirect_list_speaks_for_whom_the_certificate_names() {
    let indirect: &[u8] = &[0x30, 3, 0x84, 1, 0xff];
    // The name of the lists' issuer is known before there is a root to certify it.
    let stand_in = Line::plain();
    let lister_name = party("Lister", 7, &[(USAGE, true, LIST_USAGE)], &stand_in.root).0;
    let point = point_of(&lister_name, false);
    let with_point = |point: &[u8]| {
        Line::new(AUTHORITY, &[(BASIC, true, USER), (USAGE, true, SIGN_USAGE), (POINTS, false, point)])
    };
    let line = with_point(&point);
    let lister = party("Lister", 7, &[(USAGE, true, LIST_USAGE)], &line.root);
    let sheet = || Sheet::at(JUDGED_AT - DAY).with(ISSUING_POINT, true, indirect);
    let others = [lister.0.clone()];
    let say = |list: Vec<u8>| ask(&line, &others, &[list], &[], JUDGED_AT);
    let early = SIGNED_AT - DAY;

    assert_eq!(say(sheet().by(&lister)), Revocation::Good);
    assert!(is_revoked(&say(sheet().entry(3, early, &[about(&line.ca.0)]).by(&lister))));
    // An entry belongs to the issuer that was named last, at first to the issuer of the list.
    let later = sheet().entry(9, early, &[about(&line.ca.0)]).entry(3, early, &[]);
    assert!(is_revoked(&say(later.by(&lister))));
    assert_eq!(say(sheet().entry(3, early, &[]).by(&lister)), Revocation::Good);
    let stranger = sheet().entry(3, early, &[about(&line.root.0)]);
    assert_eq!(say(stranger.by(&lister)), Revocation::Good, "the same number of another issuer");

    // Whom the certificate does not name, who does not say that he speaks for others, who is not certified below the
    // same root, who may not sign lists: none of them says anything.
    let unnamed = Line::new(AUTHORITY, USERS);
    let other = party("Lister", 7, &[(USAGE, true, LIST_USAGE)], &unnamed.root);
    let revoking = |about_ca: &X509| sheet().entry(3, early, &[about(about_ca)]);
    for list in [sheet(), revoking(&unnamed.ca.0)] {
        assert!(is_unknown(&ask(
            &unnamed,
            std::slice::from_ref(&other.0),
            &[list.by(&other)],
            &[],
            JUDGED_AT
        )));
    }
    assert!(is_unknown(&say(Sheet::at(JUDGED_AT - DAY).by(&lister))));
    let stranger = party("Lister", 7, &[(USAGE, true, LIST_USAGE)], &stand_in.root);
    assert!(is_unknown(&ask(
        &line,
        std::slice::from_ref(&stranger.0),
        &[sheet().by(&stranger)],
        &[],
        JUDGED_AT
    )));
    let signs_only = party("Lister", 7, &[(USAGE, true, SIGN_USAGE)], &line.root);
    assert!(is_unknown(&ask(
        &line,
        std::slice::from_ref(&signs_only.0),
        &[sheet().by(&signs_only)],
        &[],
        JUDGED_AT
    )));

    // Who signs lists and is revoked himself says nothing; of whom nothing is known only a revocation is believed.
    let unknown = party("Lister", 8, &[(USAGE, true, LIST_USAGE)], &line.ca);
    let others = [unknown.0.clone()];
    let say = |lists: &[Vec<u8>]| ask(&line, &others, lists, &[], JUDGED_AT);
    assert!(is_unknown(&say(&[sheet().by(&unknown)])));
    assert!(is_revoked(&say(&[revoking(&line.ca.0).by(&unknown)])));
    let of_the_ca = Sheet::at(JUDGED_AT - DAY).with(ISSUING_POINT, true, &[0x30, 4, 0x83, 2, 6, 0x40]);
    let lost = of_the_ca.clone().entry(8, early, &[reason(KEY_LOST)]).by(&line.ca);
    assert!(is_unknown(&say(&[lost, revoking(&line.ca.0).by(&unknown)])), "revoked himself");

    // The point is for some reasons alone.
    let partial = with_point(&point_of(&lister_name, true));
    let lister = party("Lister", 7, &[(USAGE, true, LIST_USAGE)], &partial.root);
    let others = [lister.0.clone()];
    assert!(is_unknown(&ask(&partial, &others, &[sheet().by(&lister)], &[], JUDGED_AT)));
}

#[test]
fn entries_that_are_not_understood_prove_nothing_good() {
    let line = Line::plain();
    let say = |sheet: Sheet| ask(&line, &[], &[sheet.by(&line.ca)], &[], JUDGED_AT);
    let sheet = || Sheet::at(JUDGED_AT - DAY);
    assert_eq!(say(sheet().entry(9, SIGNED_AT, &[])), Revocation::Good);
    let strange = || sheet().entry(9, SIGNED_AT, &[extension("1.2.3.4", true, &[5, 0])]);
    assert!(is_unknown(&say(strange())));
    assert!(is_revoked(&say(strange().entry(3, SIGNED_AT - DAY, &[]))));
    // Another issuer's entry in a list that is for one issuer alone.
    assert!(is_unknown(&say(sheet().entry(9, SIGNED_AT, &[about(&line.root.0)]))));
    // A complete list takes nothing off.
    assert!(is_unknown(&say(sheet().entry(3, SIGNED_AT - DAY, &[reason(REMOVED)]))));
    assert!(
        is_unknown(&say(sheet().entry(3, SIGNED_AT, &[tlv(0x30, &[7])]))),
        "an entry that cannot be read"
    );
}

#[test]
fn a_delta_continues_its_base_and_no_other() {
    let line = Line::plain();
    let early = SIGNED_AT - DAY;
    // The base has ended when it counts, the delta has not.
    let base = || Sheet::at(JUDGED_AT - 5 * DAY).number(5);
    let delta =
        |from: u8, number: u8| Sheet::at(JUDGED_AT - DAY).number(number).with(DELTA, true, &[2, 1, from]);
    let say =
        |base: Sheet, delta: Sheet| ask(&line, &[], &[base.by(&line.ca), delta.by(&line.ca)], &[], JUDGED_AT);
    assert!(is_unknown(&ask(&line, &[], &[base().by(&line.ca)], &[], JUDGED_AT)), "out of date");
    assert!(is_unknown(&ask(&line, &[], &[delta(5, 6).by(&line.ca)], &[], JUDGED_AT)), "a delta alone");
    assert_eq!(say(base(), delta(5, 6)), Revocation::Good);
    assert_eq!(say(base(), delta(4, 6)), Revocation::Good, "it starts before the base");
    assert!(is_unknown(&say(base(), delta(6, 7))), "something is missing between them");
    assert!(is_unknown(&say(base(), delta(3, 5))), "no newer than the base");
    assert!(is_unknown(&say(Sheet::at(JUDGED_AT - 5 * DAY), delta(5, 6))), "a base without number");
    let users: &[u8] = &[0x30, 3, 0x81, 1, 0xff];
    assert!(is_unknown(&say(base(), delta(5, 6).with(ISSUING_POINT, true, users))), "another scope");
    assert_eq!(
        say(base().with(ISSUING_POINT, true, users), delta(5, 6).with(ISSUING_POINT, true, users)),
        Revocation::Good
    );
    assert!(is_unknown(&say(base(), delta(5, 6).with("1.2.3.4", true, &[5, 0]))));

    assert!(is_revoked(&say(base(), delta(5, 6).entry(3, early, &[reason(KEY_LOST)]))));
    assert!(is_revoked(&say(base().entry(3, early, &[reason(KEY_LOST)]), delta(5, 6))));
    // What was on hold is released by the delta, and by no other.
    let held = || base().entry(3, JUDGED_AT - 10 * DAY, &[reason(HOLD)]);
    let released = |from: u8| delta(from, 9).entry(3, JUDGED_AT - 2 * DAY, &[reason(REMOVED)]);
    assert!(matches!(say(held(), delta(5, 6)), Revocation::OnHold { .. }));
    assert_eq!(say(held(), released(5)), Revocation::Good);
    assert!(matches!(say(held(), released(6)), Revocation::OnHold { .. }));
    // Nothing but a hold is taken back.
    assert!(is_revoked(&say(base().entry(3, early, &[reason(KEY_LOST)]), released(5))));
}

#[test]
fn a_hold_lasts_until_it_is_lifted_and_a_revocation_for_ever() {
    let line = Line::plain();
    let hold_from = SIGNED_AT;
    let held = Sheet::at(SIGNED_AT + 5 * DAY).entry(3, hold_from, &[reason(HOLD)]).by(&line.ca);
    let lifted = Sheet { until: TO, ..Sheet::at(SIGNED_AT + 10 * DAY) }.by(&line.ca);
    let both = [held.clone(), lifted.clone()];
    let say = |lists: &[Vec<u8>], at: i64| ask(&line, &[], lists, &[], at);
    assert!(
        matches!(say(&both[..1], SIGNED_AT + 6 * DAY), Revocation::OnHold { since, .. } if since == hold_from)
    );
    assert_eq!(say(&both, SIGNED_AT + 20 * DAY), Revocation::Good);
    assert_eq!(say(&both, SIGNED_AT - DAY), Revocation::Good, "suspended later");
    assert!(matches!(say(&both, SIGNED_AT + DAY), Revocation::OnHold { .. }), "suspended at that time");
    // A responder's word is as good.
    let said = Said {
        subject: &line.leaf.0,
        revoked: Some((hold_from, HOLD)),
        made: JUDGED_AT - DAY,
        extensions: Vec::new(),
    };
    let response = respond(&line.ca, &line.ca.0, &said, &[]);
    let found = ask(&line, &[], std::slice::from_ref(&lifted), &[response], JUDGED_AT);
    assert!(matches!(found, Revocation::OnHold { .. }), "{found:?}");

    let lost = Sheet::at(SIGNED_AT + 5 * DAY).entry(3, hold_from, &[reason(KEY_LOST)]).by(&line.ca);
    assert!(is_revoked(&say(&[lost, lifted], SIGNED_AT + 20 * DAY)), "no newer list undoes it");
}

#[test]
fn a_responder_that_keeps_its_records_answers_after_the_end() {
    let line = Line::plain();
    let cutoff = |at: i64| vec![extension("1.3.6.1.5.5.7.48.1.6", false, &time(at))];
    let say = |made: i64, extensions: Vec<Vec<u8>>, revoked: Option<(i64, u8)>| {
        let said = Said { subject: &line.leaf.0, revoked, made, extensions };
        let response = respond(&line.ca, &line.ca.0, &said, &[]);
        ask(&line, &[], &[], &[response], SIGNED_AT)
    };
    assert_eq!(say(TO - DAY, Vec::new(), None), Revocation::Good);
    // Made while the CA's certificate, which ends with the signer's, was valid is out of the question.
    assert!(is_unknown(&say(TO + DAY, Vec::new(), None)));
    let older = Line::ending(TO - 100 * DAY);
    let say = |made: i64, extensions: Vec<Vec<u8>>, revoked: Option<(i64, u8)>| {
        let said = Said { subject: &older.leaf.0, revoked, made, extensions };
        let response = respond(&older.ca, &older.ca.0, &said, &[]);
        ask(&older, &[], &[], &[response], SIGNED_AT)
    };
    let after = TO - 50 * DAY;
    assert!(is_unknown(&say(after, Vec::new(), None)), "it may have forgotten");
    assert_eq!(say(after, cutoff(TO - 200 * DAY), None), Revocation::Good);
    assert_eq!(say(after, cutoff(TO - 100 * DAY), None), Revocation::Good, "since the very end");
    assert!(is_unknown(&say(after, cutoff(TO - 99 * DAY), None)));
    assert!(is_revoked(&say(after, Vec::new(), Some((SIGNED_AT - DAY, KEY_LOST)))));
}

#[test]
fn who_answers_for_an_issuer_is_himself_checked() {
    const NO_CHECK: &str = "1.3.6.1.5.5.7.48.1.5";
    let answers: &[u8] = &[0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 9];
    // [0] { [0] { [6] "http://a" } }
    let named: &[u8] = &[&[0x30, 16, 0x30, 14, 0xa0, 12, 0xa0, 10, 0x86, 8][..], b"http://a"].concat();
    let line = Line::plain();
    let made = JUDGED_AT - DAY;
    let say = |delegate: &Party, lists: &[Vec<u8>], more: &[Vec<u8>], revoked: Option<(i64, u8)>| {
        let said = Said { subject: &line.leaf.0, revoked, made, extensions: Vec::new() };
        let response = respond(delegate, &line.ca.0, &said, &[&delegate.0]);
        ask(&line, &[], lists, &[&[response], more].concat(), JUDGED_AT)
    };
    let base: Extensions<'_> = &[(USAGE, true, SIGN_USAGE), (EXTENDED, false, answers)];
    let exempt = party("Exempt", 30, &[base, &[(NO_CHECK, false, &[5, 0])]].concat(), &line.ca);
    let silent = party("Silent", 31, base, &line.ca);
    let checked = party("Checked", 32, &[base, &[(POINTS, false, named)]].concat(), &line.ca);
    let lost = |serial: u8| {
        // Not about the signer: for CA certificates alone, and yet what it says of a CA's helper is not asked.
        let some_reasons: &[u8] = &[0x30, 4, 0x83, 2, 6, 0x40];
        let sheet = Sheet::at(made).with(ISSUING_POINT, true, some_reasons);
        sheet.entry(serial, SIGNED_AT - DAY, &[reason(KEY_LOST)]).by(&line.ca)
    };
    assert_eq!(say(&exempt, &[], &[], None), Revocation::Good);
    assert_eq!(say(&silent, &[], &[], None), Revocation::Good, "nobody says how it could be checked");
    assert!(is_unknown(&say(&silent, &[lost(31)], &[], None)), "revoked all the same");
    assert!(is_unknown(&say(&checked, &[], &[], None)), "it is to be checked, and nothing is known");
    assert!(is_revoked(&say(&checked, &[], &[], Some((SIGNED_AT - DAY, KEY_LOST)))));
    assert!(is_unknown(&say(&checked, &[lost(32)], &[], None)));
    let of_itself = |by: &Party| {
        let said = Said { subject: &checked.0, revoked: None, made, extensions: Vec::new() };
        respond(by, &line.ca.0, &said, &[&by.0])
    };
    assert!(is_unknown(&say(&checked, &[], &[of_itself(&checked)], None)), "nobody vouches for himself");
    assert_eq!(say(&checked, &[], &[of_itself(&exempt)], None), Revocation::Good);
    assert_eq!(say(&checked, &[], &[of_itself(&line.ca)], None), Revocation::Good);
}

/// A file with a time stamp from a minute after it was signed, judged with a list about its signer.
fn stamped(line: &Line, list: &[u8], has_stamp: bool) -> Report {
    let stamping: &[u8] = &[0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 8];
    let service = party("TSA", 50, &[(USAGE, true, SIGN_USAGE), (EXTENDED, true, stamping)], &line.root);
    let signing = Signing { field: "Sig1", dict: "/M(D:20260526031530Z)".to_owned(), ..Signing::default() };
    let file = sign_with(&document(Shape::Table), &signing, |content| {
        let at = jiff::Timestamp::from_second(SIGNED_AT + 60).unwrap().strftime("%Y%m%d%H%M%SZ").to_string();
        let stamp = |value: &[u8]| {
            vec![attribute(
                message_forge::TIME_STAMP,
                &[token(&statement(value, &at), &service.0, &service.1)],
            )]
        };
        let none = |_: &[u8]| Vec::new();
        let right = message_forge::Message::over(content, &line.leaf.0, &line.leaf.1);
        let unsigned: &dyn Fn(&[u8]) -> Vec<Vec<u8>> = if has_stamp { &stamp } else { &none };
        message_forge::Message { unsigned, ..right }.build(content)
    });
    let known = Known {
        certificates: vec![line.ca.0.to_der().unwrap()],
        crls: vec![list.to_vec(), Sheet { until: TO, ..Sheet::at(SIGNED_AT) }.by(&line.root)],
        ..Known::default()
    };
    let options = Options::new(line.roots(), JUDGED_AT);
    let report = validate_with(&Document::open(file).unwrap(), &options, &known);
    assert_eq!(report.signatures[0].signed_at_is == SignedAtIs::Timestamped, has_stamp, "{}", brief(&report));
    report
}

#[test]
fn a_revocation_is_weighed_against_the_time_that_is_proven() {
    let line = Line::plain();
    let told = |report: &Report, code: &str| codes(&report.signatures[0]).contains(&code);
    let list =
        |at: i64, extensions: &[Vec<u8>]| Sheet::at(JUDGED_AT - DAY).entry(3, at, extensions).by(&line.ca);
    let later = SIGNED_AT + 5 * DAY;

    let report = stamped(&line, &list(later, &[reason(KEY_LOST)]), true);
    assert_eq!(report.verdict, Verdict::Valid, "{}", brief(&report));
    assert!(told(&report, "revoked_since"), "{}", brief(&report));
    assert_eq!(report.signatures[0].revocation, RevocationState::Good);

    let report = stamped(&line, &list(SIGNED_AT + 60, &[]), true);
    assert_eq!(report.verdict, Verdict::Invalid, "at that very second: {}", brief(&report));
    assert!(told(&report, "revoked"));

    let report = stamped(&line, &list(later, &[reason(KEY_LOST), invalid_since(SIGNED_AT - DAY)]), true);
    assert_eq!(report.verdict, Verdict::Indeterminate, "{}", brief(&report));
    assert!(told(&report, "invalid_before_revocation"));
    assert_eq!(report.signatures[0].indication(), (Indication::Indeterminate, "REVOKED_NO_POE"));
    let report = stamped(&line, &list(later, &[invalid_since(later - DAY)]), true);
    assert_eq!(report.verdict, Verdict::Valid, "the key was lost after it: {}", brief(&report));

    let report = stamped(&line, &list(SIGNED_AT, &[reason(HOLD)]), true);
    assert_eq!(report.verdict, Verdict::Indeterminate, "{}", brief(&report));
    assert!(told(&report, "certificate_on_hold"));
    assert_eq!(report.signatures[0].indication(), (Indication::Indeterminate, "TRY_LATER"));
    let report = stamped(&line, &list(later, &[reason(HOLD)]), true);
    assert_eq!(report.verdict, Verdict::Valid, "suspended later: {}", brief(&report));

    let report = stamped(&line, &list(later, &[reason(KEY_LOST)]), false);
    assert!(told(&report, "revoked_later"), "{}", brief(&report));
}

#[test]
fn a_number_is_found_however_its_sign_was_written() {
    // Some CAs leave out the zero before a number whose first bit is set: it reads as negative.
    let line = Line::plain();
    let mut serial = BigNum::from_u32(0x100 - 0x9a).unwrap();
    serial.set_negative(true);
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(line.leaf.0.subject_name()).unwrap();
    builder.set_issuer_name(line.ca.0.subject_name()).unwrap();
    builder.set_pubkey(&line.leaf.1).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(SIGNED_AT - DAY).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(TO).unwrap()).unwrap();
    builder.sign(&line.ca.1, MessageDigest::sha256()).unwrap();
    let odd = Line { leaf: (builder.build(), line.leaf.1.clone()), ..line };
    let say = |serial: u8| {
        let list = Sheet::at(JUDGED_AT - DAY).entry(serial, SIGNED_AT - DAY, &[]).by(&odd.ca);
        ask(&odd, &[], &[list], &[], JUDGED_AT)
    };
    assert!(is_revoked(&say(0x9a)));
    assert_eq!(say(0x66), Revocation::Good);
}
