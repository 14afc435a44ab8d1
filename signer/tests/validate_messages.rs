//! Attacks on the message itself: attributes, signers, content, algorithms and time stamps that are not what they should
//! be, each in a file that is right otherwise, each with its reason.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod message_forge;
mod validate_forge;
mod validate_office;

use message_forge::{
    BINDING_V1, BINDING_V2, CONTENT_TYPE, DATA, ECDSA_SHA512, MD5, MESSAGE_DIGEST, Message, PROTECTION, SHA1,
    SHA512, STATEMENT, TIME_STAMP, attribute, attributes, binding, digest_of, oid, sequence, statement, tlv,
    token,
};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use signer::validate::{Options, Report, SignedAtIs, Verdict, validate};
use validate_forge::{CATALOG, Shape, Signing, brief, document, sign_with};
use validate_office::{
    Authority, FROM, JUDGED_AT, Office, SIGNED_AT, TO, Wanted, certificate, codes, ec, set, update,
};

const DAY: i64 = 86_400;

struct Bench {
    office: Office,
    key: PKey<Private>,
    certificate: X509,
    /// Another person below the same root.
    other: (X509, PKey<Private>),
}

impl Bench {
    fn new() -> Self {
        let office = Office::new();
        let person = |subject, serial| {
            let key = ec();
            let wanted = Wanted { subject, serial, ..Wanted::default() };
            (certificate(&wanted, &key, Some(&office.root)), key)
        };
        let ((certificate, key), other) = (person("Người ký", 40), person("Người khác", 41));
        Self { office, key, certificate, other }
    }

    fn right(&self, content: &[u8]) -> Message<'_> {
        Message::over(content, &self.certificate, &self.key)
    }

    /// A file whose message is made over its signed bytes.
    fn file(&self, message: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let signing = Signing { field: "Sig1", ..Signing::default() };
        sign_with(&document(Shape::Table), &signing, message)
    }

    fn judged(&self, message: impl FnOnce(&[u8]) -> Vec<u8>) -> Report {
        self.office.judge(&self.file(message))
    }
}

/// Makes a message over the signed bytes.
type Forge = fn(&Bench, &[u8]) -> Vec<u8>;

fn with_attributes(bench: &Bench, content: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let mut own = attributes(DATA, content, &bench.certificate);
    change(&mut own);
    Message { attributes: Some(own), ..bench.right(content) }.build(content)
}

const FORGERIES: &[(&str, Verdict, &str, Forge)] = &[
    ("content type missing", Verdict::Invalid, "content_type_missing", |bench, content| {
        with_attributes(bench, content, |own| drop(own.remove(0)))
    }),
    ("content type of another", Verdict::Invalid, "content_type_mismatch", |bench, content| {
        with_attributes(bench, content, |own| own[0] = attribute(CONTENT_TYPE, &[oid(STATEMENT)]))
    }),
    ("content type twice", Verdict::Invalid, "attribute_doubled", |bench, content| {
        with_attributes(bench, content, |own| own.push(attribute(CONTENT_TYPE, &[oid(DATA)])))
    }),
    ("content type with two values", Verdict::Invalid, "attribute_doubled", |bench, content| {
        with_attributes(bench, content, |own| own[0] = attribute(CONTENT_TYPE, &[oid(DATA), oid(STATEMENT)]))
    }),
    ("content type without value", Verdict::Invalid, "attribute_doubled", |bench, content| {
        with_attributes(bench, content, |own| own[0] = attribute(CONTENT_TYPE, &[]))
    }),
    ("digest missing", Verdict::Invalid, "digest_missing", |bench, content| {
        with_attributes(bench, content, |own| drop(own.remove(1)))
    }),
    ("digest twice, right and wrong", Verdict::Invalid, "attribute_doubled", |bench, content| {
        with_attributes(bench, content, |own| own.push(attribute(MESSAGE_DIGEST, &[digest_of(b"other")])))
    }),
    ("digest with two values", Verdict::Invalid, "attribute_doubled", |bench, content| {
        with_attributes(bench, content, |own| {
            own[1] = attribute(MESSAGE_DIGEST, &[digest_of(content), digest_of(b"other")]);
        })
    }),
    ("digest of other content", Verdict::Invalid, "digest_mismatch", |bench, content| {
        with_attributes(bench, content, |own| own[1] = attribute(MESSAGE_DIGEST, &[digest_of(b"other")]))
    }),
    ("digest cut short", Verdict::Invalid, "digest_mismatch", |bench, content| {
        with_attributes(bench, content, |own| {
            own[1] = attribute(MESSAGE_DIGEST, &[tlv(4, &openssl::sha::sha256(content)[..16])]);
        })
    }),
    ("digest empty", Verdict::Invalid, "digest_mismatch", |bench, content| {
        with_attributes(bench, content, |own| own[1] = attribute(MESSAGE_DIGEST, &[tlv(4, &[])]))
    }),
    ("digest that is no string", Verdict::Invalid, "digest_mismatch", |bench, content| {
        with_attributes(bench, content, |own| own[1] = attribute(MESSAGE_DIGEST, &[tlv(2, &[1])]))
    }),
    ("no attribute at all", Verdict::Invalid, "content_type_missing", |bench, content| {
        with_attributes(bench, content, |own| own.clear())
    }),
    ("no set of attributes", Verdict::Invalid, "signed_attributes_missing", |bench, content| {
        Message { attributes: None, ..bench.right(content) }.build(content)
    }),
    ("protected algorithms of another", Verdict::Invalid, "algorithm_substituted", |bench, content| {
        with_attributes(bench, content, |own| {
            own.push(attribute(PROTECTION, &[sequence(&[sequence(&[oid(SHA512)])])]));
        })
    }),
    ("protected scheme of another", Verdict::Invalid, "algorithm_substituted", |bench, content| {
        with_attributes(bench, content, |own| {
            let digest = sequence(&[oid(message_forge::SHA256)]);
            own.push(attribute(PROTECTION, &[sequence(&[digest, tlv(0xa1, &oid(ECDSA_SHA512))])]));
        })
    }),
    ("bound to another certificate", Verdict::Invalid, "signing_certificate_differs", |bench, content| {
        with_attributes(bench, content, |own| {
            own[2] = attribute(BINDING_V2, &[binding(&bench.other.0, None)]);
        })
    }),
    (
        "bound to another by the older attribute",
        Verdict::Invalid,
        "signing_certificate_differs",
        |bench, content| {
            with_attributes(bench, content, |own| {
                own.push(attribute(BINDING_V1, &[sequence(&[sequence(&[sequence(&[tlv(4, &[7; 20])])])])]));
            })
        },
    ),
    ("bound to another first", Verdict::Invalid, "signing_certificate_differs", |bench, content| {
        with_attributes(bench, content, |own| {
            let one = |certificate: &X509| sequence(&[digest_of(&certificate.to_der().unwrap())]);
            let both = sequence(&[sequence(&[one(&bench.other.0), one(&bench.certificate)])]);
            own[2] = attribute(BINDING_V2, &[both]);
        })
    }),
    ("binding unreadable", Verdict::Indeterminate, "signing_certificate_unreadable", |bench, content| {
        with_attributes(bench, content, |own| own[2] = attribute(BINDING_V2, &[tlv(2, &[1])]))
    }),
    ("binding twice", Verdict::Indeterminate, "signing_certificate_unreadable", |bench, content| {
        with_attributes(bench, content, |own| {
            own.push(attribute(BINDING_V2, &[binding(&bench.other.0, None)]));
        })
    }),
    ("binding missing", Verdict::Valid, "signing_certificate_missing", |bench, content| {
        with_attributes(bench, content, |own| own.truncate(2))
    }),
    ("binding with other names", Verdict::Valid, "signing_certificate_names", |bench, content| {
        with_attributes(bench, content, |own| {
            own[2] = attribute(BINDING_V2, &[binding(&bench.certificate, Some(&bench.other.0))]);
        })
    }),
    ("attributes out of order", Verdict::Valid, "attributes_not_der", |bench, content| {
        let mut own = attributes(DATA, content, &bench.certificate);
        own.sort();
        own.reverse();
        Message { attributes: Some(own), unsorted: true, ..bench.right(content) }.build(content)
    }),
    ("attributes hashed as they stand", Verdict::Invalid, "signature_wrong", |bench, content| {
        Message { hashed_as: 0xa0, ..bench.right(content) }.build(content)
    }),
    ("signature by another key", Verdict::Invalid, "signature_wrong", |bench, content| {
        Message { key: &bench.other.1, ..bench.right(content) }.build(content)
    }),
    (
        "signature over the content beside attributes",
        Verdict::Invalid,
        "signature_wrong",
        |bench, content| Message { signed_instead: Some(content), ..bench.right(content) }.build(content),
    ),
    ("two signers, both right", Verdict::Invalid, "several_signers", |bench, content| {
        let other = Message::over(content, &bench.other.0, &bench.other.1);
        let carried = [&bench.certificate, &bench.other.0].map(|one| one.to_der().unwrap()).to_vec();
        Message { carried, more: [Vec::new(), other.signer(content)], ..bench.right(content) }.build(content)
    }),
    ("a stranger's signer before", Verdict::Invalid, "several_signers", |bench, content| {
        let other = Message::over(b"other", &bench.other.0, &bench.other.1);
        Message { more: [other.signer(b"other"), Vec::new()], ..bench.right(content) }.build(content)
    }),
    ("no signer", Verdict::Invalid, "no_signer", |bench, content| {
        Message { nobody: true, ..bench.right(content) }.build(content)
    }),
    ("content of its own", Verdict::Invalid, "content_inside", |bench, content| {
        Message { inside: Some(b"other".to_vec()), ..bench.right(b"other") }.build(content)
    }),
    ("the right content inside", Verdict::Invalid, "content_inside", |bench, content| {
        Message { inside: Some(content[..40].to_vec()), ..bench.right(content) }.build(content)
    }),
    ("empty content inside", Verdict::Invalid, "content_inside", |bench, content| {
        Message { inside: Some(Vec::new()), ..bench.right(content) }.build(content)
    }),
    ("signed as something else", Verdict::Indeterminate, "content_type_other", |bench, content| {
        let own = attributes(STATEMENT, content, &bench.certificate);
        Message { content_type: STATEMENT, attributes: Some(own), ..bench.right(content) }.build(content)
    }),
    ("a digest of another length", Verdict::Invalid, "digest_mismatch", |bench, content| {
        Message { digest: SHA512, ..bench.right(content) }.build(content)
    }),
    ("an algorithm that nobody knows", Verdict::Indeterminate, "unknown_algorithm", |bench, content| {
        Message { scheme: "1.2.3.4.5", ..bench.right(content) }.build(content)
    }),
    ("a digest that nobody knows", Verdict::Indeterminate, "unknown_algorithm", |bench, content| {
        Message { digest: "1.2.3.4.5", ..bench.right(content) }.build(content)
    }),
    ("another digest for the attributes", Verdict::Valid, "digests_differ", |bench, content| {
        Message { scheme: ECDSA_SHA512, hash: MessageDigest::sha512(), ..bench.right(content) }.build(content)
    }),
    ("SHA-1", Verdict::Indeterminate, "sha1", |bench, content| {
        let mut own = attributes(DATA, content, &bench.certificate);
        own[1] = attribute(MESSAGE_DIGEST, &[tlv(4, &openssl::sha::sha1(content))]);
        Message { digest: SHA1, attributes: Some(own), ..bench.right(content) }.build(content)
    }),
    ("MD5", Verdict::Indeterminate, "md5", |bench, content| {
        let digest = openssl::hash::hash(MessageDigest::md5(), content).unwrap();
        let mut own = attributes(DATA, content, &bench.certificate);
        own[1] = attribute(MESSAGE_DIGEST, &[tlv(4, &digest)]);
        Message { digest: MD5, attributes: Some(own), ..bench.right(content) }.build(content)
    }),
    ("no certificate", Verdict::Indeterminate, "certificate_missing", |bench, content| {
        Message { carried: Vec::new(), ..bench.right(content) }.build(content)
    }),
    (
        "a certificate that cannot be read beside",
        Verdict::Valid,
        "certificate_unreadable",
        |bench, content| {
            let carried = vec![bench.certificate.to_der().unwrap(), sequence(&[tlv(2, &[1])])];
            Message { carried, ..bench.right(content) }.build(content)
        },
    ),
    ("bytes behind the message", Verdict::Valid, "cms_trailing_bytes", |bench, content| {
        [bench.right(content).build(content), b"behind".to_vec()].concat()
    }),
    ("no message", Verdict::Invalid, "cms_unreadable", |_, _| b"nothing".to_vec()),
    (
        "a certificate of the same name and number",
        Verdict::Invalid,
        "certificate_forged",
        |bench, content| {
            // Issuer and serial number are the victim's, the key is the forger's; the victim's certificate is there too.
            let key = ec();
            let root = Authority { certificate: bench.office.root.certificate.clone(), key: ec() };
            let wanted = Wanted { subject: "Kẻ gian", serial: 40, ..Wanted::default() };
            let forged = certificate(&wanted, &key, Some(&root));
            let carried = [&bench.certificate, &forged].map(|one| one.to_der().unwrap()).to_vec();
            Message { carried, ..Message::over(content, &forged, &key) }.build(content)
        },
    ),
];

#[test]
fn every_wrong_message_has_its_verdict_and_reason() {
    let bench = Bench::new();
    let right = bench.judged(|content| bench.right(content).build(content));
    assert_eq!(right.verdict, Verdict::Valid, "{}", brief(&right));
    let mut wrong = Vec::new();
    for (name, verdict, code, forge) in FORGERIES {
        let report = bench.judged(|content| forge(&bench, content));
        let told = codes(&report.signatures[0]);
        if report.verdict != *verdict || !told.contains(code) {
            wrong.push(format!("{name}: {verdict:?} {code} expected, {}", brief(&report)));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A service below the office's root; its times and what else it is for.
fn service(office: &Office, wanted: &Wanted<'_>) -> (X509, PKey<Private>) {
    let key = ec();
    (certificate(wanted, &key, Some(&office.root)), key)
}

fn text(at: i64) -> String {
    jiff::Timestamp::from_second(at).unwrap().strftime("%Y%m%d%H%M%SZ").to_string()
}

/// A statement with an extension behind its five fields.
fn with_extensions(statement: &[u8], extension: &[u8]) -> Vec<u8> {
    let inside = &statement[2..];
    assert!(statement[1] < 128, "a short statement");
    tlv(0x30, &[inside, &tlv(0xa1, extension)].concat())
}

#[test]
fn a_time_stamp_that_is_not_right_proves_nothing_and_says_why() {
    let bench = Bench::new();
    let stamping = Wanted { subject: "TSA", serial: 50, stamping: true, ..Wanted::default() };
    let good = service(&bench.office, &stamping);
    let ended = service(&bench.office, &Wanted { serial: 51, to: JUDGED_AT - DAY, ..stamping });
    let no_service = service(&bench.office, &Wanted { serial: 52, stamping: false, ..stamping });
    let stranger = Office::new();
    let strange = service(&stranger, &Wanted { serial: 53, ..stamping });
    let at = text(SIGNED_AT + 60);
    let plain = |(certificate, key): &(X509, PKey<Private>), data: &[u8], at: &str| {
        token(&statement(data, at), certificate, key)
    };
    type Stamp<'s> = Box<dyn Fn(&[u8]) -> Vec<u8> + 's>;
    let cases: Vec<(&str, Option<&str>, Stamp<'_>)> = vec![
        ("right", None, Box::new(|value| plain(&good, value, &at))),
        ("over other data", Some("timestamp_invalid"), Box::new(|_| plain(&good, b"other", &at))),
        (
            "by a key for other things",
            Some("timestamp_invalid"),
            Box::new(|value| plain(&no_service, value, &at)),
        ),
        ("no message", Some("timestamp_invalid"), Box::new(|_| tlv(4, b"x"))),
        (
            "no statement",
            Some("timestamp_invalid"),
            Box::new(|value| Message::over(value, &good.0, &good.1).build(value)),
        ),
        (
            "a statement without attributes",
            Some("timestamp_invalid"),
            Box::new(|value| {
                let said = statement(value, &at);
                let right = Message::over(&said, &good.0, &good.1);
                Message { content_type: STATEMENT, inside: Some(said.clone()), attributes: None, ..right }
                    .build(&said)
            }),
        ),
        (
            "that does not bind its service's certificate",
            Some("timestamp_unbound"),
            Box::new(|value| {
                let said = statement(value, &at);
                let mut own = attributes(STATEMENT, &said, &good.0);
                own.truncate(2);
                let right = Message::over(&said, &good.0, &good.1);
                Message {
                    content_type: STATEMENT,
                    inside: Some(said.clone()),
                    attributes: Some(own),
                    ..right
                }
                .build(&said)
            }),
        ),
        (
            "that binds another certificate",
            Some("timestamp_invalid"),
            Box::new(|value| {
                let said = statement(value, &at);
                let mut own = attributes(STATEMENT, &said, &good.0);
                own[2] = attribute(BINDING_V2, &[binding(&no_service.0, None)]);
                let right = Message::over(&said, &good.0, &good.1);
                Message {
                    content_type: STATEMENT,
                    inside: Some(said.clone()),
                    attributes: Some(own),
                    ..right
                }
                .build(&said)
            }),
        ),
        (
            "with a demand that nobody knows",
            Some("timestamp_statement"),
            Box::new(|value| {
                let demand = sequence(&[oid("1.2.3.4"), tlv(1, &[0xff]), tlv(4, &[5, 0])]);
                let said = with_extensions(&statement(value, &at), &demand);
                token(&said, &good.0, &good.1)
            }),
        ),
        (
            "with a remark that nobody needs to know",
            None,
            Box::new(|value| {
                let remark = sequence(&[oid("1.2.3.4"), tlv(4, &[5, 0])]);
                token(&with_extensions(&statement(value, &at), &remark), &good.0, &good.1)
            }),
        ),
        (
            "with two signers",
            Some("timestamp_invalid"),
            Box::new(|value| {
                let said = statement(value, &at);
                let right = || Message {
                    content_type: STATEMENT,
                    inside: Some(said.clone()),
                    attributes: Some(attributes(STATEMENT, &said, &good.0)),
                    ..Message::over(&said, &good.0, &good.1)
                };
                Message { more: [Vec::new(), right().signer(&said)], ..right() }.build(&said)
            }),
        ),
        ("by a stranger", Some("timestamp_untrusted"), Box::new(|value| plain(&strange, value, &at))),
        (
            "by a service that has ended",
            Some("timestamp_expired"),
            Box::new(|value| plain(&ended, value, &at)),
        ),
        (
            "of tomorrow",
            Some("timestamp_in_future"),
            Box::new(|value| plain(&good, value, &text(JUDGED_AT + DAY))),
        ),
        (
            "by SHA-1",
            Some("timestamp_weak"),
            Box::new(|value| {
                let said = statement(value, &at);
                let mut own = attributes(STATEMENT, &said, &good.0);
                own[1] = attribute(MESSAGE_DIGEST, &[tlv(4, &openssl::sha::sha1(&said))]);
                let right = Message::over(&said, &good.0, &good.1);
                Message {
                    content_type: STATEMENT,
                    inside: Some(said.clone()),
                    attributes: Some(own),
                    digest: SHA1,
                    ..right
                }
                .build(&said)
            }),
        ),
    ];
    for (name, code, stamp) in cases {
        let report = bench.judged(|content| {
            let unsigned = |value: &[u8]| vec![attribute(TIME_STAMP, &[stamp(value)])];
            Message { unsigned: &unsigned, ..bench.right(content) }.build(content)
        });
        let one = &report.signatures[0];
        assert_eq!(report.verdict, Verdict::Valid, "{name}: {}", brief(&report));
        assert_eq!(one.signed_at_is == SignedAtIs::Timestamped, code.is_none(), "{name}: {}", brief(&report));
        if name == "by a key for other things" {
            assert!(one.warnings().join(" ").contains("timestamp_key_purpose"), "{}", brief(&report));
        }
        if let Some(code) = code {
            assert!(codes(one).contains(&code), "{name}: {code} expected, {}", brief(&report));
        }
    }
}

#[test]
fn a_revoked_service_and_one_that_does_other_things_prove_nothing() {
    let bench = Bench::new();
    let stamping = Wanted { subject: "TSA", serial: 50, stamping: true, ..Wanted::default() };
    let good = service(&bench.office, &stamping);
    let stamped = |service: &(X509, PKey<Private>)| {
        bench.file(|content| {
            let unsigned = |value: &[u8]| {
                let said = statement(value, &text(SIGNED_AT + 60));
                vec![attribute(TIME_STAMP, &[token(&said, &service.0, &service.1)])]
            };
            Message { unsigned: &unsigned, ..bench.right(content) }.build(content)
        })
    };
    let list = bench.office.crl(&[(50, SIGNED_AT)], JUDGED_AT - DAY).to_der().unwrap();
    let revoked = update(&stamped(&good), |increment| {
        let id = increment.allocate().unwrap();
        let head = format!("<</Length {}>>stream\n", list.len()).into_bytes();
        increment.put(id, [head.as_slice(), &list, b"\nendstream"].concat());
        set(increment, CATALOG, "DSS", &format!("<</Type/DSS/CRLs[{id} R]>>"));
    });
    let report = bench.office.judge(&revoked);
    assert!(codes(&report.signatures[0]).contains(&"timestamp_revoked"), "{}", brief(&report));
    assert_eq!(report.signatures[0].signed_at_is, SignedAtIs::Claimed);

    // Not critical: the standard wants the purpose alone and critical.
    let key = ec();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial = openssl::bn::BigNum::from_u32(60).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(good.0.subject_name()).unwrap();
    builder.set_issuer_name(bench.office.root.certificate.subject_name()).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&openssl::asn1::Asn1Time::from_unix(FROM).unwrap()).unwrap();
    builder.set_not_after(&openssl::asn1::Asn1Time::from_unix(TO).unwrap()).unwrap();
    let purposes = openssl::x509::extension::ExtendedKeyUsage::new().time_stamping().client_auth().build();
    builder.append_extension(purposes.unwrap()).unwrap();
    builder.sign(&bench.office.root.key, MessageDigest::sha256()).unwrap();
    let broad = (builder.build(), key);
    let file = stamped(&broad);
    let report = bench.office.judge(&file);
    assert!(codes(&report.signatures[0]).contains(&"timestamp_key_shared"), "{}", brief(&report));
    assert_eq!(report.signatures[0].signed_at_is, SignedAtIs::Claimed);
    // It saves nobody whose certificate has ended since.
    let late = Options { at: TO + DAY, ..bench.office.options() };
    assert_eq!(validate(file, &late).verdict, Verdict::Indeterminate);
}

#[test]
fn what_is_right_and_not_listed_or_not_trusted_says_so() {
    let bench = Bench::new();
    let key = PKey::generate_ed25519().unwrap();
    let wanted = Wanted { subject: "Edwards", serial: 70, ..Wanted::default() };
    let certificate = certificate(&wanted, &key, Some(&bench.office.root));
    let file = bench.file(|content| {
        let mut own = attributes(DATA, content, &certificate);
        own[1] = attribute(MESSAGE_DIGEST, &[tlv(4, &openssl::sha::sha512(content))]);
        let right = Message::over(content, &certificate, &key);
        Message { digest: SHA512, scheme: "1.3.101.112", attributes: Some(own), ..right }.build(content)
    });
    let report = bench.office.judge(&file);
    assert_eq!(report.verdict, Verdict::Valid, "{}", brief(&report));
    assert!(codes(&report.signatures[0]).contains(&"algorithm_unlisted"), "{}", brief(&report));
    let judged = |options: &Options| validate(file.clone(), options);
    let late = judged(&Options { at: TO + DAY, ..bench.office.options() });
    assert!(codes(&late.signatures[0]).contains(&"certificate_out_of_validity"), "{}", brief(&late));
    let nobody = judged(&Options::new(signer::chain::TrustRoots::none(), JUDGED_AT));
    assert!(codes(&nobody.signatures[0]).contains(&"chain_untrusted"), "{}", brief(&nobody));
}
