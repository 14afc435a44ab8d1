//! A small office for tests of validation: an authority, a leader, the agency, a stamping
//! authority, and a document that goes the way of the law.
#![expect(dead_code, reason = "each test file uses its own part of the office")]

use std::path::PathBuf;
use std::process::Command;

use openssl::asn1::{Asn1Object, Asn1OctetString, Asn1Time};
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Crl, X509CrlBuilder, X509Extension, X509Name, X509RevokedBuilder};
use signer::chain::TrustRoots;
use signer::keys::SigningKey;
use signer::pdf::{Document, Increment, Object, Ref};
use signer::sign::{
    Align, Claims, FieldPlan, LIBERATION_SERIF, PageBox, Prepared, SIGNATURE_BYTES_DEFAULT, SealRequest,
    SigningRequest, SigningTime, Target, TextPlace, prepare_fields,
};
use signer::validate::{Options, Report, SignatureReport, validate};

/// When the documents are signed, 2026-05-26T03:15:30Z.
pub(crate) const SIGNED_AT: i64 = 1_779_765_330;
/// When they are judged, a month later.
pub(crate) const JUDGED_AT: i64 = SIGNED_AT + 30 * 86_400;
/// Validity of all certificates.
pub(crate) const FROM: i64 = SIGNED_AT - 300 * 86_400;
pub(crate) const TO: i64 = SIGNED_AT + 300 * 86_400;

pub(crate) struct Authority {
    pub(crate) certificate: X509,
    pub(crate) key: PKey<Private>,
}

pub(crate) struct Office {
    pub(crate) root: Authority,
    pub(crate) leader: SigningKey,
    pub(crate) agency: SigningKey,
    pub(crate) stamper: Authority,
}

pub(crate) fn ec() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

pub(crate) fn rsa() -> PKey<Private> {
    PKey::from_rsa(openssl::rsa::Rsa::generate(2048).unwrap()).unwrap()
}

fn name(common: &str) -> X509Name {
    let mut builder = X509Name::builder().unwrap();
    builder.append_entry_by_nid(Nid::ORGANIZATIONNAME, "UBND tỉnh").unwrap();
    builder.append_entry_by_nid(Nid::COMMONNAME, common).unwrap();
    if common == "Nguyễn Văn A" {
        builder.append_entry_by_nid(Nid::USERID, "CCCD:001099012345").unwrap();
    }
    builder.build()
}

pub(crate) struct Wanted<'a> {
    pub(crate) subject: &'a str,
    pub(crate) serial: u32,
    pub(crate) authority: bool,
    pub(crate) stamping: bool,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Default for Wanted<'_> {
    fn default() -> Self {
        Wanted { subject: "", serial: 1, authority: false, stamping: false, from: FROM, to: TO }
    }
}

pub(crate) fn certificate(wanted: &Wanted<'_>, key: &PKey<Private>, issuer: Option<&Authority>) -> X509 {
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(wanted.serial).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name(wanted.subject)).unwrap();
    let own_name = name(wanted.subject);
    builder.set_issuer_name(issuer.map_or(&own_name, |issuer| issuer.certificate.subject_name())).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(wanted.from).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(wanted.to).unwrap()).unwrap();
    if wanted.authority {
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
        let usage = KeyUsage::new().critical().key_cert_sign().crl_sign().build().unwrap();
        builder.append_extension(usage).unwrap();
    } else {
        // As the state agencies' certificates: non-repudiation only, no extended key usage.
        builder.append_extension(KeyUsage::new().critical().non_repudiation().build().unwrap()).unwrap();
    }
    if wanted.stamping {
        builder
            .append_extension(ExtendedKeyUsage::new().critical().time_stamping().build().unwrap())
            .unwrap();
    }
    let context = builder.x509v3_context(issuer.map(|issuer| issuer.certificate.as_ref()), None);
    let own_id = SubjectKeyIdentifier::new().build(&context).unwrap();
    let issuer_id = issuer.map(|_| AuthorityKeyIdentifier::new().keyid(true).build(&context).unwrap());
    builder.append_extension(own_id).unwrap();
    if let Some(issuer_id) = issuer_id {
        builder.append_extension(issuer_id).unwrap();
    }
    builder.sign(issuer.map_or(key, |issuer| &issuer.key), MessageDigest::sha256()).unwrap();
    builder.build()
}

impl Office {
    pub(crate) fn new() -> Office {
        let root_key = ec();
        let wanted = Wanted { subject: "CA thử", authority: true, ..Wanted::default() };
        let root = Authority { certificate: certificate(&wanted, &root_key, None), key: root_key };
        let stamper_key = ec();
        let wanted = Wanted { subject: "TSA thử", serial: 9, stamping: true, ..Wanted::default() };
        let stamper =
            Authority { certificate: certificate(&wanted, &stamper_key, Some(&root)), key: stamper_key };
        let leader = root.signer("Nguyễn Văn A", 2);
        let agency = root.signer("UBND tỉnh", 3);
        Office { root, leader, agency, stamper }
    }

    pub(crate) fn options(&self) -> Options {
        let mut roots = TrustRoots::none();
        roots.add(&self.root.certificate.to_pem().unwrap(), "root").unwrap();
        Options::new(roots, JUDGED_AT)
    }

    pub(crate) fn judge(&self, file: &[u8]) -> Report {
        validate(file.to_vec(), &self.options())
    }

    /// Fields prepared, the leader signed, number and date not yet given.
    pub(crate) fn by_person(&self) -> Vec<u8> {
        let prepared = prepare_fields(draft(), &plan()).unwrap();
        let request = SigningRequest {
            target: Target::Field("nguoiky".to_owned()),
            appearance: None,
            claims: Claims::at(SigningTime(SIGNED_AT)),
            capacity: SIGNATURE_BYTES_DEFAULT,
            choices: Default::default(),
        };
        finish(Prepared::sign(prepared, &request).unwrap(), &self.leader)
    }

    /// Numbered, dated and sealed.
    pub(crate) fn sealed(&self) -> Vec<u8> {
        self.seal(&self.by_person())
    }

    pub(crate) fn seal(&self, file: &[u8]) -> Vec<u8> {
        let request = SealRequest {
            number: "15".to_owned(),
            date: "ngày 26 tháng 5 năm 2026".to_owned(),
            appearance: None,
            claims: Claims::at(SigningTime(SIGNED_AT + 600)),
            capacity: SIGNATURE_BYTES_DEFAULT,
            choices: Default::default(),
            font: LIBERATION_SERIF,
        };
        finish(Prepared::seal(file.to_vec(), &request).unwrap(), &self.agency)
    }

    /// A list of the certificates (serial number, time) that the root has revoked.
    pub(crate) fn crl(&self, revoked: &[(u32, i64)], made_at: i64) -> X509Crl {
        let mut builder = X509CrlBuilder::new().unwrap();
        builder.set_issuer_name(self.root.certificate.subject_name()).unwrap();
        builder.set_last_update(&Asn1Time::from_unix(made_at).unwrap()).unwrap();
        builder.set_next_update(&Asn1Time::from_unix(made_at + 60 * 86_400).unwrap()).unwrap();
        // The binding builds key identifiers only in the context of a certificate.
        let certificate = X509::builder().unwrap();
        let context = certificate.x509v3_context(Some(&self.root.certificate), None);
        builder.append_extension(AuthorityKeyIdentifier::new().keyid(true).build(&context).unwrap()).unwrap();
        let number = Asn1OctetString::new_from_bytes(&[2, 1, 1]).unwrap();
        let kind = Asn1Object::from_str("2.5.29.20").unwrap();
        builder.append_extension(X509Extension::new_from_der(&kind, false, &number).unwrap()).unwrap();
        for (serial, at) in revoked {
            let mut entry = X509RevokedBuilder::new().unwrap();
            entry.set_serial_number(&BigNum::from_u32(*serial).unwrap().to_asn1_integer().unwrap()).unwrap();
            entry.set_revocation_date(&Asn1Time::from_unix(*at).unwrap()).unwrap();
            builder.add_revoked(entry.build()).unwrap();
        }
        builder.sign(&self.root.key, MessageDigest::sha256()).unwrap();
        builder.build().unwrap()
    }

    /// An RFC 3161 token over bytes, made by `openssl ts`; its time is the machine's.
    pub(crate) fn stamp(&self, data: &[u8]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| -> PathBuf { folder.path().join(name) };
        let text = |name: &str| path(name).display().to_string();
        std::fs::write(path("key.pem"), self.stamper.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
        std::fs::write(path("cert.pem"), self.stamper.certificate.to_pem().unwrap()).unwrap();
        std::fs::write(path("data"), data).unwrap();
        let configuration = format!(
            "[tsa]\ndefault_tsa=one\n[one]\nserial={}\ncrypto_device=builtin\nsigner_digest=sha256\ndefault_policy=1.2.3.4\n\
             digests=sha256,sha384,sha512\naccuracy=secs:1\nordering=no\ntsa_name=no\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n",
            text("serial")
        );
        std::fs::write(path("tsa.cnf"), configuration).unwrap();
        std::fs::write(path("serial"), "01").unwrap();
        let run = |arguments: &[&str]| {
            let output = Command::new("openssl").args(arguments).output().unwrap();
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        };
        run(&["ts", "-query", "-data", &text("data"), "-sha256", "-cert", "-out", &text("query")]);
        run(&[
            "ts",
            "-reply",
            "-config",
            &text("tsa.cnf"),
            "-queryfile",
            &text("query"),
            "-signer",
            &text("cert.pem"),
            "-inkey",
            &text("key.pem"),
            "-token_out",
            "-out",
            &text("token"),
        ]);
        std::fs::read(path("token")).unwrap()
    }
}

impl Default for Office {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    pub(crate) fn signer(&self, subject: &str, serial: u32) -> SigningKey {
        let key = ec();
        let certificate = certificate(&Wanted { subject, serial, ..Wanted::default() }, &key, Some(self));
        SigningKey::new(key, certificate, vec![self.certificate.clone()]).unwrap()
    }
}

pub(crate) fn finish(prepared: Prepared, key: &SigningKey) -> Vec<u8> {
    let signed =
        prepared.digest().complete_with(|digested| signer::cms::sign_detached(key, digested.digest()));
    signed.unwrap().to_bytes()
}

/// One page with a sentence, an unused overlay and a link.
pub(crate) fn draft() -> Vec<u8> {
    let content = "BT /F1 12 Tf 72 700 Td (Quyet dinh ve viec tra luong 100 dong) Tj ET";
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.303937007874 841.889763779528]/Contents 4 0 R\
         /Resources<</Font<</F1 5 0 R>>/XObject<</Over 6 0 R>>>>/Annots[7 0 R]>>"
            .to_owned(),
        format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
        "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 2>>stream\nq \nendstream".to_owned(),
        "<</Type/Annot/Subtype/Link/Rect[10 10 20 20]/Border[0 0 0]/A<</S/URI/URI(https://example.vn)>>>>"
            .to_owned(),
    ];
    let mut file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    file.extend(
        format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).bytes(),
    );
    file
}

fn plan() -> FieldPlan {
    let place = |x: f64, y: f64, width: f64, height: f64| PageBox { page: 1, x, y, width, height };
    let text = |place| TextPlace { place, align: Align::Left, size: 13.0, italic: false };
    FieldPlan {
        number: text(place(80.0, 760.0, 60.0, 18.0)),
        date: text(place(300.0, 760.0, 220.0, 18.0)),
        person: place(350.0, 120.0, 150.0, 90.0),
        seal: place(300.0, 110.0, 100.0, 100.0),
    }
}

/// Appends an update made by `change`, as an attacker or an honest tool would.
pub(crate) fn update(file: &[u8], change: impl FnOnce(&mut Increment<'_>)) -> Vec<u8> {
    let document = Document::open(file.to_vec()).unwrap();
    let mut increment = Increment::new(&document);
    change(&mut increment);
    increment.finish().unwrap().join(file)
}

/// Sets one key of a dictionary object in the update.
pub(crate) fn set(increment: &mut Increment<'_>, id: Ref, key: &str, value: &str) {
    let patch = increment.patch(id).unwrap();
    let dict = patch.original().as_dict().unwrap().clone();
    patch.set(&dict, key.as_bytes(), value.as_bytes());
}

/// The object of a field.
pub(crate) fn field(file: &[u8], name: &str) -> Ref {
    let document = Document::open(file.to_vec()).unwrap();
    let fields = document.latest().fields().unwrap();
    fields.iter().find(|field| field.name == name).unwrap_or_else(|| panic!("no field {name}")).id.unwrap()
}

/// The object of a field's normal appearance.
pub(crate) fn appearance(file: &[u8], name: &str) -> Ref {
    let document = Document::open(file.to_vec()).unwrap();
    let view = document.latest();
    let Object::Dict(dict) = view.get(field(file, name)).unwrap() else {
        panic!("field {name} is no dictionary")
    };
    let Object::Dict(appearance) = view.value(&dict, b"AP").unwrap() else {
        panic!("field {name} shows nothing")
    };
    appearance.get(b"N").unwrap().as_ref().unwrap()
}

/// The object of the form.
pub(crate) fn form(file: &[u8]) -> Ref {
    let document = Document::open(file.to_vec()).unwrap();
    document.latest().root().unwrap().get(b"AcroForm").unwrap().as_ref().unwrap()
}

pub(crate) const CATALOG: Ref = Ref { number: 1, generation: 0 };
pub(crate) const PAGE: Ref = Ref { number: 3, generation: 0 };

pub(crate) fn signature<'r>(report: &'r Report, field: &str) -> &'r SignatureReport {
    report
        .signatures
        .iter()
        .find(|signature| signature.field == field)
        .unwrap_or_else(|| panic!("no signature {field}"))
}

pub(crate) fn codes(signature: &SignatureReport) -> Vec<&'static str> {
    signature.findings.iter().map(|finding| finding.code).collect()
}

/// A source for a stream object.
pub(crate) fn stream(dict: &str, data: &str) -> Vec<u8> {
    format!("<<{dict}/Length {}>>stream\n{data}\nendstream", data.len()).into_bytes()
}
