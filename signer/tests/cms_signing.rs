//! Signatures made by `cms`, checked by ours and by openssl; keys from PKCS#12 of all ages.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;

use cms::signed_data::SignedData;
use der::{Decode, Encode};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, KeyUsage};
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::{X509, X509Name, X509Ref};
use signer::cms::{
    ContentDigest, Digest, SignError, SignatureAlgorithm, sign_detached, sign_detached_as,
    signature_size_max, verify_detached,
};
use signer::keys::{KeyError, SigningKey};

const CONTENT: &[u8] = b"the bytes before and after the hole";

fn rsa(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap()
}

fn ec(curve: Nid) -> PKey<Private> {
    PKey::from_ec_key(EcKey::generate(&EcGroup::from_curve_name(curve).unwrap()).unwrap()).unwrap()
}

fn name(common: &str) -> X509Name {
    let mut builder = X509Name::builder().unwrap();
    builder.append_entry_by_nid(Nid::COMMONNAME, common).unwrap();
    builder.append_entry_by_nid(Nid::ORGANIZATIONNAME, "Uỷ ban nhân dân").unwrap();
    builder.build()
}

fn certificate(
    key: &PKey<Private>,
    subject: &str,
    issuer: Option<(&X509Ref, &PKey<Private>)>,
    usage: Option<KeyUsage>,
) -> X509 {
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial =
        BigNum::from_u32(u32::try_from(subject.len()).unwrap() + 77).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(&name(subject)).unwrap();
    builder.set_issuer_name(issuer.map_or(&name(subject), |(issuer, _)| issuer.subject_name())).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(1_000_000_000).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(4_000_000_000).unwrap()).unwrap();
    if issuer.is_none() {
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    }
    if let Some(usage) = usage {
        builder.append_extension(usage.build().unwrap()).unwrap();
    }
    builder.sign(issuer.map_or(key, |(_, key)| key), MessageDigest::sha256()).unwrap();
    builder.build()
}

struct Office {
    root: X509,
    key: SigningKey,
}

fn office(leaf: PKey<Private>) -> Office {
    let root_key = ec(Nid::X9_62_PRIME256V1);
    let root = certificate(&root_key, "Root", None, None);
    let mut usage = KeyUsage::new();
    usage.critical().non_repudiation();
    let certificate = certificate(&leaf, "Nguyễn Văn A", Some((&root, &root_key)), Some(usage));
    let key = SigningKey::new(leaf, certificate, vec![root.clone()]).unwrap();
    Office { root, key }
}

#[test]
fn a_signature_of_every_key_kind_is_right_for_ours_and_for_openssl() {
    let keys = [rsa(2048), rsa(3072), ec(Nid::X9_62_PRIME256V1), ec(Nid::SECP384R1), ec(Nid::SECP521R1)];
    for private in keys {
        let office = office(private);
        let message = sign_detached(&office.key, &openssl::sha::sha256(CONTENT)).unwrap();
        assert!(message.len() <= signature_size_max(office.key.signatory()));

        let report = verify_detached(&message, &[&CONTENT[..7], &CONTENT[7..]], true);
        assert_eq!(report.findings, [], "{:?}", report.algorithm);
        assert_eq!(report.certificate.as_ref(), Some(office.key.certificate()));

        let mut store = X509StoreBuilder::new().unwrap();
        store.add_cert(office.root.clone()).unwrap();
        let mut parsed = CmsContentInfo::from_der(&message).unwrap();
        // openssl asks for S/MIME purposes that document signers need not have.
        parsed
            .verify(
                None,
                Some(&store.build()),
                Some(CONTENT),
                None,
                CMSOptions::BINARY | CMSOptions::NO_SIGNER_CERT_VERIFY,
            )
            .unwrap();
    }
}

fn openssl_accepts(office: &Office, message: &[u8]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("message"), message).unwrap();
    std::fs::write(path("content"), CONTENT).unwrap();
    std::fs::write(path("root.pem"), office.root.to_pem().unwrap()).unwrap();
    let output = Command::new("openssl")
        .args(["cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-out", "/dev/null"])
        .args(["-in", &path("message"), "-content", &path("content"), "-CAfile", &path("root.pem")])
        .output()
        .unwrap();
    output.status.success()
}

#[test]
fn every_digest_and_scheme_is_right_for_ours_and_for_openssl() {
    let keys = [rsa(2048), ec(Nid::X9_62_PRIME256V1), ec(Nid::SECP384R1), ec(Nid::SECP521R1)];
    for private in keys {
        let office = office(private);
        for algorithm in Digest::SIGNING {
            for pss in [false, true] {
                let digest = ContentDigest::of(algorithm, &[CONTENT]).unwrap();
                let scheme = office.key.signatory().scheme(algorithm, pss).unwrap();
                let message = sign_detached_as(&office.key, &digest, scheme).unwrap();
                assert!(message.len() <= signature_size_max(office.key.signatory()));
                let report = verify_detached(&message, &[CONTENT], true);
                assert_eq!(report.findings, [], "{scheme:?}");
                assert_eq!(report.digest, Some(algorithm));
                assert!(report.algorithm.is_some_and(|found| found.name() == scheme.name()));
                assert!(openssl_accepts(&office, &message), "{scheme:?}");
            }
        }
    }
}

/// A certificate whose key is RSASSA-PSS, made by the command line: the library cannot make one.
fn pss_office(options: &[&str]) -> Office {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let run = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let mut generate = vec!["genpkey", "-algorithm", "RSA-PSS"];
    for option in options {
        generate.extend(["-pkeyopt", option]);
    }
    let key = path("key.pem");
    run(&[&generate[..], &["-out", &key]].concat());
    let root = path("root.pem");
    run(&["req", "-x509", "-new", "-key", &key, "-subj", "/CN=PSS", "-days", "3000", "-out", &root]);
    let private = PKey::private_key_from_pem(&std::fs::read(&key).unwrap()).unwrap();
    let root = X509::from_pem(&std::fs::read(&root).unwrap()).unwrap();
    let key = SigningKey::new(private, root.clone(), vec![]).unwrap();
    Office { root, key }
}

#[test]
fn a_pss_key_signs_with_pss_and_within_what_its_certificate_allows() {
    let free = pss_office(&["rsa_keygen_bits:2048"]);
    let message = sign_detached(&free.key, &openssl::sha::sha256(CONTENT)).unwrap();
    let report = verify_detached(&message, &[CONTENT], true);
    assert_eq!(report.findings, []);
    let expected = SignatureAlgorithm::RsaPss { digest: Digest::Sha256, mask: Digest::Sha256, salt_len: 32 };
    assert_eq!(report.algorithm, Some(expected));
    assert!(openssl_accepts(&free, &message));

    let restricted = pss_office(&[
        "rsa_keygen_bits:2048",
        "rsa_pss_keygen_md:sha384",
        "rsa_pss_keygen_mgf1_md:sha384",
        "rsa_pss_keygen_saltlen:48",
    ]);
    assert_eq!(restricted.key.signatory().usual_digest(), Digest::Sha384);
    let refused = sign_detached(&restricted.key, &openssl::sha::sha256(CONTENT));
    assert!(matches!(refused, Err(SignError::Key(KeyError::DigestNotForKey { digest: "SHA-256" }))));
    let digest = ContentDigest::of(Digest::Sha384, &[CONTENT]).unwrap();
    let message = sign_detached(&restricted.key, &digest).unwrap();
    assert_eq!(verify_detached(&message, &[CONTENT], true).findings, []);
    assert!(openssl_accepts(&restricted, &message));
}

#[test]
fn the_usual_digest_fits_the_curve_and_broken_ones_are_not_signed_with() {
    let usual = |private| office(private).key.signatory().usual_digest();
    assert_eq!(usual(rsa(2048)), Digest::Sha256);
    assert_eq!(usual(ec(Nid::X9_62_PRIME256V1)), Digest::Sha256);
    assert_eq!(usual(ec(Nid::SECP384R1)), Digest::Sha384);
    assert_eq!(usual(ec(Nid::SECP521R1)), Digest::Sha512);
    let office = office(rsa(2048));
    for digest in [Digest::Sha1, Digest::Md5, Digest::Sha224, Digest::Shake256] {
        assert!(office.key.signatory().scheme(digest, false).is_err(), "{}", digest.name());
        assert_eq!(Digest::for_signing(digest.name()), None);
    }
    assert_eq!(Digest::for_signing("sha3-512"), Some(Digest::Sha3_512));
    assert_eq!(Digest::for_signing("SHA384"), Some(Digest::Sha384));
}

#[test]
fn the_message_is_der_without_signing_time() {
    let office = office(ec(Nid::X9_62_PRIME256V1));
    let message = sign_detached(&office.key, &openssl::sha::sha256(CONTENT)).unwrap();
    let info = cms::content_info::ContentInfo::from_der(&message).unwrap();
    assert_eq!(info.to_der().unwrap(), message);
    let signed_data: SignedData = info.content.decode_as().unwrap();
    assert!(signed_data.encap_content_info.econtent.is_none());
    let signer = signed_data.signer_infos.0.get(0).unwrap();
    let names: Vec<String> =
        signer.signed_attrs.as_ref().unwrap().iter().map(|attribute| attribute.oid.to_string()).collect();
    assert_eq!(names, ["1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.16.2.47"]);
    assert!(signer.unsigned_attrs.is_none());
}

#[test]
fn a_changed_content_signature_or_certificate_is_noticed() {
    let office = office(rsa(2048));
    let message = sign_detached(&office.key, &openssl::sha::sha256(CONTENT)).unwrap();
    let codes = |message: &[u8], content: &[u8]| -> Vec<&'static str> {
        verify_detached(message, &[content], true).findings.iter().map(|finding| finding.code).collect()
    };
    assert_eq!(codes(&message, b"other"), ["digest_mismatch"]);
    let mut broken = message.clone();
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(codes(&broken, CONTENT), ["signature_wrong"]);
    assert!(codes(&message[..message.len() / 2], CONTENT).contains(&"cms_unreadable"));
    let mut padded = message.clone();
    padded.extend([0; 100]);
    assert_eq!(codes(&padded, CONTENT), [""; 0]);
    padded.push(1);
    assert_eq!(codes(&padded, CONTENT), ["cms_trailing_bytes"]);
}

#[test]
fn every_flipped_byte_of_a_message_is_survived_and_none_but_padding_stays_unnoticed() {
    let office = office(ec(Nid::X9_62_PRIME256V1));
    let message = sign_detached(&office.key, &openssl::sha::sha256(CONTENT)).unwrap();
    for position in 0..message.len() {
        let mut changed = message.clone();
        changed[position] ^= 0x15;
        let report = verify_detached(&changed, &[CONTENT], true);
        // Bytes of the root and of versions do not take part in this signature.
        let same_signer = report.certificate.as_ref() == Some(office.key.certificate());
        if report.is_intact() && !same_signer {
            assert!(!report.findings.is_empty(), "byte {position}");
        }
    }
}

#[test]
fn content_of_its_own_and_doubled_signers_are_refused() {
    let private = rsa(2048);
    let root = certificate(&private, "Root", None, None);
    let inside =
        CmsContentInfo::sign(Some(&root), Some(&private), None, Some(CONTENT), CMSOptions::BINARY).unwrap();
    let report = verify_detached(&inside.to_der().unwrap(), &[CONTENT], false);
    assert!(report.findings.iter().any(|finding| finding.code == "content_inside"));

    let office = office(ec(Nid::X9_62_PRIME256V1));
    let message = sign_detached(&office.key, &openssl::sha::sha256(CONTENT)).unwrap();
    let info = cms::content_info::ContentInfo::from_der(&message).unwrap();
    let mut signed_data: SignedData = info.content.decode_as().unwrap();
    let other = sign_detached(&office.key, &openssl::sha::sha256(b"else")).unwrap();
    let other = cms::content_info::ContentInfo::from_der(&other).unwrap();
    let other: SignedData = other.content.decode_as().unwrap();
    signed_data.signer_infos.0.insert(other.signer_infos.0.get(0).unwrap().clone()).unwrap();
    let doubled = cms::content_info::ContentInfo {
        content_type: info.content_type,
        content: der::asn1::Any::encode_from(&signed_data).unwrap(),
    };
    let report = verify_detached(&doubled.to_der().unwrap(), &[CONTENT], true);
    assert!(report.findings.iter().any(|finding| finding.code == "several_signers"));
    assert!(!report.is_intact());
}

#[test]
fn a_foreign_message_of_openssl_is_right() {
    let private = rsa(2048);
    let root = certificate(&private, "Root", None, None);
    let options = CMSOptions::BINARY | CMSOptions::DETACHED;
    let message = CmsContentInfo::sign(Some(&root), Some(&private), None, Some(CONTENT), options).unwrap();
    let report = verify_detached(&message.to_der().unwrap(), &[CONTENT], false);
    assert_eq!(report.findings, []);
    assert!(report.claimed_time.is_some());
    let report = verify_detached(&message.to_der().unwrap(), &[CONTENT], true);
    assert_eq!(
        report.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(),
        ["signing_certificate_missing"]
    );
}

#[test]
fn indefinite_lengths_signed_with_pss_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let private = rsa(2048);
    let root = certificate(&private, "Root", None, None);
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("key.pem"), private.private_key_to_pem_pkcs8().unwrap()).unwrap();
    std::fs::write(path("cert.pem"), root.to_pem().unwrap()).unwrap();
    std::fs::write(path("content"), CONTENT).unwrap();
    let signed = |digest: &str, options: &[&str]| {
        let options = options.iter().flat_map(|option| ["-keyopt", option]);
        let output = Command::new("openssl")
            .args(["cms", "-sign", "-binary", "-outform", "DER", "-md", digest])
            .args(["-signer", &path("cert.pem"), "-inkey", &path("key.pem")])
            .args(options)
            .args(["-in", &path("content"), "-out", &path("message")])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read(path("message")).unwrap()
    };
    let found = |message: &[u8]| {
        let report = verify_detached(message, &[CONTENT], false);
        report.findings.iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    let message = signed("sha384", &["rsa_padding_mode:pss", "rsa_pss_saltlen:48"]);
    assert_eq!(message[..2], [0x30, 0x82]);
    assert_eq!(found(&[&[0x30, 0x80], &message[4..], &[0, 0]].concat()), [""; 0]);
    // Right, and told: the parameters are not the usual ones.
    for odd in ["rsa_pss_saltlen:0", "rsa_pss_saltlen:20", "rsa_mgf1_md:sha256"] {
        let mut options = vec!["rsa_padding_mode:pss", "rsa_pss_saltlen:48", odd];
        if odd.starts_with("rsa_pss") {
            options.remove(1);
        }
        assert_eq!(found(&signed("sha384", &options)), ["pss_unusual"], "{odd}");
    }
    assert_eq!(found(&signed("sha224", &[])), ["algorithm_unlisted"]);
}

#[test]
fn weak_and_misused_keys_are_refused() {
    let weak = rsa(1024);
    let root = certificate(&weak, "Root", None, None);
    assert!(matches!(SigningKey::new(weak, root, vec![]), Err(KeyError::Weak { bits: 1024, .. })));
    let curve = ec(Nid::SECP224R1);
    let root = certificate(&curve, "Root", None, None);
    assert!(matches!(SigningKey::new(curve, root, vec![]), Err(KeyError::Weak { bits: 224, .. })));
    let private = ec(Nid::X9_62_PRIME256V1);
    let mut usage = KeyUsage::new();
    usage.critical().key_encipherment();
    let root = certificate(&private, "Root", None, Some(usage));
    assert!(matches!(SigningKey::new(private.clone(), root, vec![]), Err(KeyError::UsageForbidsSigning)));
    let other = certificate(&rsa(2048), "Other", None, None);
    assert!(matches!(SigningKey::new(private, other, vec![]), Err(KeyError::NoCertificate)));
}

#[test]
fn validity_is_judged_at_the_time_given() {
    let key = office(ec(Nid::X9_62_PRIME256V1)).key;
    key.check_valid_at(2_000_000_000).unwrap();
    assert!(matches!(
        key.check_valid_at(999_999_999),
        Err(KeyError::NotYetValid { not_before: 1_000_000_000 })
    ));
    assert!(matches!(key.check_valid_at(4_000_000_001), Err(KeyError::Expired { not_after: 4_000_000_000 })));
}

#[test]
fn key_files_of_today_and_of_old_are_opened_and_a_wrong_password_is_told() {
    let private = rsa(2048);
    let root_key = ec(Nid::X9_62_PRIME256V1);
    let root = certificate(&root_key, "Root", None, None);
    let own = certificate(&private, "Nguyễn Văn A", Some((&root, &root_key)), None);
    let file = |old: bool| {
        let mut builder = Pkcs12::builder();
        let mut above = openssl::stack::Stack::new().unwrap();
        above.push(root.clone()).unwrap();
        builder.pkey(&private).cert(&own).ca(above);
        if old {
            builder.key_algorithm(Nid::PBE_WITHSHA1AND3_KEY_TRIPLEDES_CBC);
            builder.cert_algorithm(Nid::PBE_WITHSHA1AND40BITRC2_CBC);
            builder.mac_md(MessageDigest::sha1());
        }
        builder.build2("mật khẩu").unwrap().to_der().unwrap()
    };
    let today = file(false);
    let key = SigningKey::from_pkcs12(&today, "mật khẩu").unwrap();
    assert_eq!(key.chain(), std::slice::from_ref(&root));
    assert!(matches!(SigningKey::from_pkcs12(&today, "mat khau"), Err(KeyError::WrongPassword)));
    assert!(matches!(SigningKey::from_pkcs12(&today, "a\0b"), Err(KeyError::PasswordZeroByte)));
    assert!(matches!(SigningKey::from_pkcs12(b"no key file", ""), Err(KeyError::NotPkcs12)));

    // Made by the command line: the library cannot write RC2 before its legacy provider is loaded.
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("key.pem"), private.private_key_to_pem_pkcs8().unwrap()).unwrap();
    std::fs::write(path("cert.pem"), own.to_pem().unwrap()).unwrap();
    let output = Command::new("openssl")
        .args(["pkcs12", "-export", "-legacy", "-in", &path("cert.pem"), "-inkey", &path("key.pem")])
        .args(["-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1"])
        .args(["-passout", "pass:123456", "-out", &path("old.p12")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let old = std::fs::read(path("old.p12")).unwrap();
    let key = SigningKey::from_pkcs12(&old, "123456").unwrap();
    assert_eq!(key.certificate(), &own);
    assert!(matches!(SigningKey::from_pkcs12(&old, "1234567"), Err(KeyError::WrongPassword)));
    SigningKey::from_pkcs12(&file(true), "mật khẩu").unwrap();
}

#[test]
fn a_key_never_shows_its_secret() {
    let office = office(rsa(2048));
    let shown = format!("{:?}", office.key);
    assert!(shown.contains("issuer") && shown.len() < 200, "{shown}");
}
