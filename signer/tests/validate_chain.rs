//! Paths after RFC 5280, what certificates are for, what lists of revoked certificates cover, and
//! algorithms that are history.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod validate_forge;
mod validate_line;
mod validate_office;

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use signer::chain::{Evidence, Revocation, Trust, TrustRoots, check_path, check_revocation};
use signer::keys::SigningKey;
use signer::pdf::Document;
use signer::validate::{
    Indication, Known, Options, Report, RevocationState, Verdict, validate, validate_with,
};
use validate_forge::{Shape, Signing, brief, document, replaced_first, sign};
use validate_line::{
    BASIC, CA, CA_USAGE, EXTENDED, Extensions, Line, Made, NAMES, POLICIES, POLICY_CONSTRAINTS, SIGN_USAGE,
    USAGE, USER, make,
};
use validate_office::{JUDGED_AT, Office, TO, Wanted, certificate, codes, ec, rsa};

const DAY: i64 = 86_400;

/// A name-constraints extension that permits or excludes one organisation.
fn organisation(tag: u8, organisation: &str) -> Vec<u8> {
    let mut text = vec![0x0c, u8::try_from(organisation.len()).unwrap()];
    text.extend(organisation.bytes());
    let wrap = |tag: u8, inner: &[u8]| [&[tag, u8::try_from(inner.len()).unwrap()][..], inner].concat();
    let attribute = wrap(0x30, &[&[6, 3, 0x55, 4, 10][..], &text].concat());
    let name = wrap(0xa4, &wrap(0x30, &wrap(0x31, &attribute)));
    wrap(0x30, &wrap(tag, &wrap(0x30, &name)))
}

#[test]
fn constraints_of_a_ca_hold_below_it() {
    assert_eq!(Line::plain().trust(), Trust::Trusted);
    let user: &[(&str, bool, &[u8])] = &[(BASIC, true, USER), (USAGE, true, SIGN_USAGE)];
    let (permitted, other) = (organisation(0xa0, "UBND"), organisation(0xa0, "Others"));
    let excluded = organisation(0xa1, "UBND");
    let require_policy: &[u8] = &[0x30, 3, 0x80, 1, 0];
    let policy: &[u8] = &[0x30, 6, 0x30, 4, 6, 2, 0x2a, 3];
    type Case<'a> = (&'a str, bool, Vec<(&'a str, bool, &'a [u8])>, Vec<(&'a str, bool, &'a [u8])>);
    let ca = |more: &[(&'static str, bool, &'static [u8])]| {
        let mut list: Vec<(&str, bool, &[u8])> = vec![(BASIC, true, CA), (USAGE, true, CA_USAGE)];
        list.extend(more);
        list
    };
    let leak = |bytes: Vec<u8>| -> &'static [u8] { Vec::leak(bytes) };
    let cases: Vec<Case<'_>> = vec![
        ("a permitted name", true, ca(&[(NAMES, true, leak(permitted))]), user.to_vec()),
        ("a name not permitted", false, ca(&[(NAMES, true, leak(other))]), user.to_vec()),
        ("an excluded name", false, ca(&[(NAMES, true, leak(excluded))]), user.to_vec()),
        ("no CA", false, vec![(BASIC, true, USER), (USAGE, true, CA_USAGE)], user.to_vec()),
        (
            "a CA whose usage issues nothing",
            false,
            vec![(BASIC, true, CA), (USAGE, true, SIGN_USAGE)],
            user.to_vec(),
        ),
        ("no constraints at all", false, vec![(USAGE, true, CA_USAGE)], user.to_vec()),
        ("a critical extension that nobody knows", false, ca(&[("1.2.3.4", true, &[5, 0])]), user.to_vec()),
        ("one that is not critical", true, ca(&[("1.2.3.4", false, &[5, 0])]), user.to_vec()),
        (
            "a critical one in the signer's certificate",
            false,
            ca(&[]),
            vec![(USAGE, true, SIGN_USAGE), ("1.2.3.4", true, &[5, 0])],
        ),
        (
            "a policy that is demanded and missing",
            false,
            ca(&[(POLICY_CONSTRAINTS, true, require_policy), (POLICIES, false, policy)]),
            user.to_vec(),
        ),
        (
            "a policy that is demanded and there",
            true,
            ca(&[(POLICY_CONSTRAINTS, true, require_policy), (POLICIES, false, policy)]),
            [user, &[(POLICIES, false, policy)]].concat(),
        ),
    ];
    for (what, trusted, ca, leaf) in cases {
        let trust = Line::new(&ca, &leaf).trust();
        assert_eq!(trust == Trust::Trusted, trusted, "{what}: {trust:?}");
    }
}

#[test]
fn a_path_is_no_longer_than_its_ca_allows() {
    let zero: &[u8] = &[0x30, 6, 1, 1, 0xff, 2, 1, 0];
    let line = Line::new(
        &[(BASIC, true, zero), (USAGE, true, CA_USAGE)],
        &[(BASIC, true, CA), (USAGE, true, CA_USAGE)],
    );
    let key = ec();
    let made = Made {
        subject: "Below",
        serial: 9,
        extensions: &[(USAGE, true, SIGN_USAGE)],
        digest: MessageDigest::sha256(),
    };
    let below = make(&made, &key, Some((&line.leaf.0, &line.leaf.1)));
    let others = [line.ca.0.clone(), line.leaf.0.clone()];
    let trust = check_path(&below, &others, &line.roots(), JUDGED_AT).trust;
    assert!(matches!(trust, Trust::Unknown(_)), "{trust:?}");
}

#[test]
fn certificates_are_used_for_what_they_are_for() {
    let ca: &[(&str, bool, &[u8])] = &[(BASIC, true, CA), (USAGE, true, CA_USAGE)];
    let encipherment: &[u8] = &[3, 2, 5, 0x20];
    let server: &[u8] = &[0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1];
    let mail: &[u8] = &[0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 4];
    let cases: [(Extensions<'_>, Verdict, Option<&str>); 6] = [
        (&[(BASIC, true, CA), (USAGE, true, SIGN_USAGE)], Verdict::Valid, Some("signer_is_authority")),
        (&[(USAGE, true, SIGN_USAGE)], Verdict::Valid, None),
        (&[], Verdict::Valid, None),
        (&[(USAGE, true, encipherment)], Verdict::Indeterminate, Some("key_usage")),
        (&[(USAGE, true, SIGN_USAGE), (EXTENDED, false, server)], Verdict::Valid, Some("key_purpose")),
        (&[(USAGE, true, SIGN_USAGE), (EXTENDED, false, mail)], Verdict::Valid, None),
    ];
    for (leaf, verdict, code) in cases {
        let line = Line::new(ca, leaf);
        let report = line.judge(&line.signed_by_openssl());
        assert_eq!(report.verdict, verdict, "{}", brief(&report));
        for told in ["key_usage", "key_purpose", "signer_is_authority"] {
            assert_eq!(
                codes(&report.signatures[0]).contains(&told),
                code == Some(told),
                "{}",
                brief(&report)
            );
        }
    }
}

#[test]
fn whoever_vouches_for_himself_is_told_from_whoever_is_unknown() {
    let (office, other) = (Office::new(), Office::new());
    let own = ec();
    let wanted = Wanted { subject: "tự ký", serial: 90, ..Wanted::default() };
    let certificate = certificate(&wanted, &own, None);
    let alone = SigningKey::new(own, certificate, Vec::new()).unwrap();
    let signing = Signing { field: "Sig1", ..Signing::default() };
    for (key, vouches) in [(&alone, true), (&other.leader, false)] {
        let report = office.judge(&sign(&document(Shape::Table), key, &signing));
        let found = codes(&report.signatures[0]);
        assert_eq!(report.verdict, Verdict::Indeterminate, "{}", brief(&report));
        assert!(found.contains(&"chain_untrusted"), "{}", brief(&report));
        assert_eq!(found.contains(&"self_signed"), vouches, "{}", brief(&report));
        assert_eq!(report.signatures[0].indication().1, "NO_CERTIFICATE_CHAIN_FOUND");
    }
}

#[test]
fn evidence_from_elsewhere_counts_as_if_it_lay_in_the_file() {
    let line = Line::plain();
    let file = line.signed();
    let options = Options { require_revocation: true, ..Options::new(line.roots(), JUDGED_AT) };
    let document = Document::open(file).unwrap();
    let without = validate_with(&document, &options, &Known::default());
    assert_eq!(without.verdict, Verdict::Indeterminate);
    assert_eq!(without.signatures[0].indication(), (Indication::Indeterminate, "TRY_LATER"));
    // The report says whose evidence is wanted.
    let path: Vec<Vec<u8>> = without.signatures[0].path.iter().map(|one| one.to_der().unwrap()).collect();
    let expected = [&line.leaf.0, &line.ca.0, &line.root.0].map(|one| one.to_der().unwrap());
    assert_eq!(path, expected);
    let lists = |revoked: &[u32]| Known {
        crls: vec![
            line.crl(&line.ca, revoked, &[]).to_der().unwrap(),
            line.crl(&line.root, &[], &[]).to_der().unwrap(),
        ],
        ..Known::default()
    };
    let good = validate_with(&document, &options, &lists(&[]));
    assert_eq!((good.verdict, good.signatures[0].revocation), (Verdict::Valid, RevocationState::Good));
    let revoked = validate_with(&document, &options, &lists(&[3]));
    assert_eq!(revoked.verdict, Verdict::Invalid, "{}", brief(&revoked));
    assert_eq!(revoked.signatures[0].indication(), (Indication::TotalFailed, "REVOKED"));
    let garbage = Known {
        certificates: vec![vec![0; 9]],
        crls: vec![b"x".to_vec()],
        ocsp: vec![Vec::new()],
        existed_at: None,
    };
    assert_eq!(validate_with(&document, &options, &garbage).verdict, Verdict::Indeterminate);
}

#[test]
fn a_list_speaks_only_of_what_it_covers() {
    const POINT: &str = "2.5.29.28";
    let line = Line::plain();
    let path = [line.leaf.0.clone(), line.ca.0.clone(), line.root.0.clone()];
    let roots = line.roots();
    let check = |revoked: &[u32], extensions: &[(&str, bool, &[u8])]| {
        let mut evidence = Evidence::default();
        evidence.add_crl(&line.crl(&line.root, &[], &[]).to_der().unwrap());
        evidence.add_crl(&line.crl(&line.ca, revoked, extensions).to_der().unwrap());
        check_revocation(&path, &[], &roots, &evidence, JUDGED_AT, true)
    };
    let users: &[u8] = &[0x30, 3, 0x81, 1, 0xff];
    let authorities: &[u8] = &[0x30, 3, 0x82, 1, 0xff];
    let some_reasons: &[u8] = &[0x30, 4, 0x83, 2, 6, 0x40];
    let indirect: &[u8] = &[0x30, 3, 0x84, 1, 0xff];
    let unknown = |revocation: &Revocation| matches!(revocation, Revocation::NotChecked(_));
    assert_eq!(check(&[], &[]), Revocation::Good);
    assert_eq!(check(&[], &[(POINT, true, users)]), Revocation::Good);
    assert!(unknown(&check(&[], &[(POINT, true, authorities)])));
    assert!(unknown(&check(&[], &[(POINT, true, some_reasons)])));
    assert!(unknown(&check(&[], &[(POINT, true, indirect)])));
    assert!(unknown(&check(&[], &[("2.5.29.27", true, &[2, 1, 1])])));
    assert!(unknown(&check(&[], &[("1.2.3.4", true, &[5, 0])])));
    assert!(matches!(check(&[3], &[(POINT, true, some_reasons)]), Revocation::Revoked { .. }));
    assert!(matches!(check(&[3], &[("2.5.29.27", true, &[2, 1, 1])]), Revocation::Revoked { .. }));
    assert!(unknown(&check(&[3], &[(POINT, true, authorities)])));
}

#[test]
fn lists_for_some_reasons_are_added_up_and_the_oldest_of_them_counts() {
    const POINT: &str = "2.5.29.28";
    let line = Line::plain();
    let path = [line.leaf.0.clone(), line.ca.0.clone(), line.root.0.clone()];
    let roots = line.roots();
    // Bits 1 to 3, and 4 to 8.
    let (first, second): (&[u8], &[u8]) = (&[0x30, 4, 0x83, 2, 4, 0x70], &[0x30, 5, 0x83, 3, 7, 0x0f, 0x80]);
    let check = |lists: &[(&[u8], &[u32], i64)], at: i64| {
        let mut evidence = Evidence::default();
        evidence.add_crl(&line.crl(&line.root, &[], &[]).to_der().unwrap());
        for (point, revoked, made) in lists {
            let list = line.crl_at(&line.ca, revoked, &[(POINT, true, point)], *made);
            evidence.add_crl(&list.to_der().unwrap());
        }
        check_revocation(&path, &[], &roots, &evidence, at, true)
    };
    let unknown = |revocation: &Revocation| matches!(revocation, Revocation::NotChecked(_));
    let made = JUDGED_AT - DAY;
    assert_eq!(check(&[(first, &[], made), (second, &[], made)], JUDGED_AT), Revocation::Good);
    assert!(unknown(&check(&[(first, &[], made)], JUDGED_AT)));
    assert!(unknown(&check(&[(first, &[], made), (first, &[], made + 1)], JUDGED_AT)));
    let revoked = check(&[(first, &[], made), (second, &[3], made)], JUDGED_AT);
    assert!(matches!(revoked, Revocation::Revoked { .. }), "{revoked:?}");
    // One of them is out of date, and a newer one of its kind makes up for it.
    let stale = made - 3 * DAY;
    assert!(unknown(&check(&[(first, &[], stale), (second, &[], made)], JUDGED_AT)));
    let renewed = [(first, &[][..], stale), (second, &[][..], made), (first, &[][..], made)];
    assert_eq!(check(&renewed, JUDGED_AT), Revocation::Good);
}

#[test]
fn a_list_of_another_point_says_nothing_good() {
    const POINT: &str = "2.5.29.28";
    // [0] { [0] { [6] "http://a" } }, alone and in a list of one point.
    let point = |name: u8| [&[0xa0, 12, 0xa0, 10, 0x86, 8][..], b"http://", &[name]].concat();
    let issuing = |name| [&[0x30, 14][..], &point(name)].concat();
    let named = [&[0x30, 16, 0x30, 14][..], &point(b'a')].concat();
    let here = Line::new(
        &[(BASIC, true, CA), (USAGE, true, CA_USAGE)],
        &[(BASIC, true, USER), (USAGE, true, SIGN_USAGE), ("2.5.29.31", false, &named)],
    );
    let check = |line: &Line, revoked: &[u32], name: u8| {
        let path = [line.leaf.0.clone(), line.ca.0.clone(), line.root.0.clone()];
        let mut evidence = Evidence::default();
        evidence.add_crl(&line.crl(&line.root, &[], &[]).to_der().unwrap());
        evidence.add_crl(&line.crl(&line.ca, revoked, &[(POINT, true, &issuing(name))]).to_der().unwrap());
        check_revocation(&path, &[], &line.roots(), &evidence, JUDGED_AT, true)
    };
    assert_eq!(check(&here, &[], b'a'), Revocation::Good);
    assert!(matches!(check(&here, &[], b'b'), Revocation::NotChecked(_)));
    assert!(matches!(check(&here, &[3], b'b'), Revocation::Revoked { .. }), "what is revoked is revoked");
    assert!(matches!(check(&Line::plain(), &[], b'a'), Revocation::NotChecked(_)), "it names no point");
}

#[test]
fn weak_keys_and_certificates_are_told_and_never_enough() {
    let user: &[(&str, bool, &[u8])] = &[(BASIC, true, USER), (USAGE, true, SIGN_USAGE)];
    let ca: &[(&str, bool, &[u8])] = &[(BASIC, true, CA), (USAGE, true, CA_USAGE)];
    let small = PKey::from_rsa(openssl::rsa::Rsa::generate(1024).unwrap()).unwrap();
    let line = Line::with(ca, user, small, MessageDigest::sha256());
    let file = line.signed_by_openssl();
    let report = line.judge(&file);
    assert_eq!(report.verdict, Verdict::Indeterminate, "{}", brief(&report));
    assert!(codes(&report.signatures[0]).contains(&"weak_key"));
    assert_eq!(report.signatures[0].indication().1, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");

    let line = Line::with(ca, user, rsa(), MessageDigest::sha1());
    let report = line.judge(&line.signed());
    assert_eq!(report.verdict, Verdict::Valid, "{}", brief(&report));
    assert!(codes(&report.signatures[0]).contains(&"sha1_certificate"));
}

#[test]
fn every_verdict_has_its_words_of_the_standard() {
    let office = Office::new();
    let file = validate_forge::signed(&office, Shape::Table, None);
    let passed = office.judge(&file);
    assert_eq!(passed.signatures[0].indication(), (Indication::TotalPassed, ""));
    let words = |report: &Report| {
        let (indication, reason) = report.signatures[0].indication();
        format!("{} {reason}", indication.name())
    };
    let altered = replaced_first(&file, b"Pay 100", b"Pay 900");
    assert_eq!(words(&office.judge(&altered)), "TOTAL-FAILED HASH_FAILURE");
    let strangers = Options::new(TrustRoots::none(), JUDGED_AT);
    assert_eq!(words(&validate(file.clone(), &strangers)), "INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND");
    let late = Options { at: TO + DAY, ..office.options() };
    assert_eq!(words(&validate(file.clone(), &late)), "INDETERMINATE OUT_OF_BOUNDS_NO_POE");
    let changed = validate_office::update(&file, |increment| {
        validate_office::set(increment, validate_forge::PAGE, "Rotate", "90");
    });
    assert_eq!(words(&office.judge(&changed)), "TOTAL-FAILED FORMAT_FAILURE");
}

#[test]
fn what_was_said_after_a_certificate_ended_says_nothing_good() {
    // GeneralizedTime 2020-01-01: what ended since then is still named.
    const KEPT: &str = "2.5.29.60";
    let kept = [&[0x18, 15][..], b"20200101000000Z"].concat();
    let late = [&[0x18, 15][..], b"20990101000000Z"].concat();
    let line = Line::plain();
    let path = [line.leaf.0.clone(), line.ca.0.clone(), line.root.0.clone()];
    let check = |revoked: &[u32], at: i64, extensions: &[(&str, bool, &[u8])]| {
        let mut evidence = Evidence::default();
        for (issuer, revoked) in [(&line.root, &[][..]), (&line.ca, revoked)] {
            evidence.add_crl(&line.crl_at(issuer, revoked, extensions, at).to_der().unwrap());
        }
        check_revocation(&path, &[], &line.roots(), &evidence, JUDGED_AT, true)
    };
    assert_eq!(check(&[], TO - DAY, &[]), Revocation::Good);
    assert!(matches!(check(&[], TO + DAY, &[]), Revocation::NotChecked(_)));
    assert_eq!(check(&[], TO + DAY, &[(KEPT, false, &kept)]), Revocation::Good);
    assert!(matches!(check(&[], TO + DAY, &[(KEPT, false, &late)]), Revocation::NotChecked(_)));
    assert!(matches!(check(&[3], TO + DAY, &[]), Revocation::Revoked { .. }), "what is revoked is revoked");
}

#[test]
fn a_list_is_signed_by_a_key_that_may_sign_lists() {
    // keyCertSign alone.
    let certificates_only: &[u8] = &[3, 2, 2, 4];
    let line = Line::new(
        &[(BASIC, true, CA), (USAGE, true, certificates_only)],
        &[(BASIC, true, USER), (USAGE, true, SIGN_USAGE)],
    );
    let path = [line.leaf.0.clone(), line.ca.0.clone(), line.root.0.clone()];
    let mut evidence = Evidence::default();
    evidence.add_crl(&line.crl(&line.root, &[], &[]).to_der().unwrap());
    evidence.add_crl(&line.crl(&line.ca, &[3], &[]).to_der().unwrap());
    let found = check_revocation(&path, &[], &line.roots(), &evidence, JUDGED_AT, true);
    assert!(matches!(found, Revocation::NotChecked(_)), "{found:?}");
}
