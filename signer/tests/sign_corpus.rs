//! Every file of the corpus: signed rightly or refused with a reason, judged by qpdf, poppler, openssl and
//! pyHanko.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and says what it skips")]

mod peers;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, KeyUsage};
use openssl::x509::{X509, X509Name};
use signer::keys::SigningKey;
use signer::pdf::Document;
use signer::sign::{
    Align, Appearance, Claims, FieldPlan, Image, LIBERATION_SERIF, PageBox, Prepared, Refusal,
    SIGNATURE_BYTES_DEFAULT, SealRequest, SigningRequest, SigningTime, Source, Target, TextPlace,
    prepare_fields,
};

use peers::{pdfsig, qpdf, run};

const TIME: SigningTime = SigningTime(1_779_765_330);
const BIN: &str = env!("CARGO_TARGET_TMPDIR");

/// A certification authority, a leader and an agency.
struct Office {
    root: X509,
    leader: SigningKey,
    agency: SigningKey,
}

fn name(common: &str) -> X509Name {
    let mut builder = X509Name::builder().unwrap();
    builder.append_entry_by_nid(Nid::COMMONNAME, common).unwrap();
    builder.build()
}

fn certificate(
    serial: u32,
    subject: &str,
    key: &PKey<Private>,
    issuer: Option<(&X509, &PKey<Private>)>,
) -> X509 {
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(serial).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name(subject)).unwrap();
    builder.set_issuer_name(issuer.map_or(&name(subject), |(issuer, _)| issuer.subject_name())).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(1_000_000_000).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(4_000_000_000).unwrap()).unwrap();
    if issuer.is_none() {
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
        builder
            .append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build().unwrap())
            .unwrap();
    } else {
        let usage = KeyUsage::new().critical().digital_signature().non_repudiation().build().unwrap();
        builder.append_extension(usage).unwrap();
    }
    builder.sign(issuer.map_or(key, |(_, key)| key), MessageDigest::sha256()).unwrap();
    builder.build()
}

impl Office {
    fn new() -> Self {
        let root_key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let root = certificate(1, "CA thu", &root_key, None);
        let rsa = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let curve = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let ec = PKey::from_ec_key(EcKey::generate(&curve).unwrap()).unwrap();
        let issuer = Some((&root, &root_key));
        let leader = certificate(2, "Lanh dao", &rsa, issuer);
        let agency = certificate(3, "Co quan", &ec, issuer);
        Self {
            leader: SigningKey::new(rsa, leader, vec![root.clone()]).unwrap(),
            agency: SigningKey::new(ec, agency, vec![root.clone()]).unwrap(),
            root,
        }
    }
}

type Signing<'a> = &'a (dyn Fn(&[u8], &str) -> Result<Vec<u8>, Refusal> + Sync);

fn finish(prepared: Prepared, key: &SigningKey) -> Vec<u8> {
    let signed =
        prepared.digest().complete_with(|digested| signer::cms::sign_detached(key, digested.digest()));
    signed.unwrap().to_bytes()
}

fn square(rgb: [u8; 3]) -> Image {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 8, 4);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let samples: Vec<u8> = (0..32_u8).flat_map(|n| [rgb[0], rgb[1], rgb[2], n * 8]).collect();
    encoder.write_header().unwrap().write_image_data(&samples).unwrap();
    Image::from_png(&png).unwrap()
}

/// The four places, spread over page 1 as displayed.
fn plan(file: &[u8], password: &str) -> FieldPlan {
    let document = Document::open_with_password(file.to_vec(), password);
    let page = document.ok().and_then(|document| document.latest().page(1).ok()?);
    let (width, height) = page.map_or((595.0, 842.0), |page| page.displayed_size());
    let place = |x: f64, y: f64, w: f64, h: f64| PageBox {
        page: 1,
        x: x * width,
        y: y * height,
        width: w * width,
        height: h * height,
    };
    let text = |place| TextPlace { place, align: Align::Left, size: 13.0, italic: false };
    FieldPlan {
        number: text(place(0.1, 0.85, 0.2, 0.06)),
        date: text(place(0.45, 0.85, 0.5, 0.06)),
        person: place(0.55, 0.1, 0.3, 0.15),
        seal: place(0.4, 0.1, 0.2, 0.15),
    }
}

fn person(target: Target) -> SigningRequest {
    let claims = Claims { reason: Some("Phê duyệt (thử)".to_owned()), ..Claims::at(TIME) };
    let appearance = Some(Appearance::Image(square([0, 0, 255])));
    SigningRequest {
        target,
        appearance,
        claims,
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Default::default(),
    }
}

fn seal() -> SealRequest<'static> {
    SealRequest {
        number: "15".to_owned(),
        date: "ngày 26 tháng 5 năm 2026".to_owned(),
        appearance: Some(Appearance::Image(square([255, 0, 0]))),
        claims: Claims::at(TIME),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Default::default(),
        font: LIBERATION_SERIF,
    }
}

/// prepare → person signs → number, date and seal.
fn whole_way(office: &Office, file: &[u8], password: &str) -> Result<Vec<u8>, Refusal> {
    let source = |file: &[u8]| Source::with_password(file.to_vec(), password);
    let prepared = prepare_fields(source(file), &plan(file, password))?;
    assert!(prepared.starts_with(file));
    let by_person = Prepared::sign(source(&prepared), &person(Target::Field("nguoiky".to_owned())))?;
    let by_person = finish(by_person, &office.leader);
    assert!(by_person.starts_with(&prepared));
    let sealed = finish(Prepared::seal(source(&by_person), &seal())?, &office.agency);
    assert!(sealed.starts_with(&by_person));
    Ok(sealed)
}

fn corpus(part: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus").join(part);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: sign_corpus: no corpus at {}", folder.display());
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "pdf"));
    files.sort();
    files
}

/// The last signature's CMS over its ranges, for openssl.
fn openssl_verifies(file: &[u8], password: &str, folder: &Path, name: &str, root: &Path) -> Option<bool> {
    let document = Document::open_with_password(file.to_vec(), password).unwrap();
    let view = document.latest();
    let mut last: Option<(i64, Vec<u8>, Vec<u8>)> = None;
    for field in view.fields().unwrap() {
        let Ok(value) = view.resolve(&field.value) else { continue };
        let Some(dict) = value.as_dict().filter(|dict| dict.is_name(b"Type", b"Sig")) else { continue };
        let range = view.value(dict, b"ByteRange").unwrap();
        let range: Vec<i64> =
            range.as_array().unwrap().iter().map(|item| item.as_integer().unwrap()).collect();
        let at = |n: usize| usize::try_from(range[n]).unwrap();
        let (first, second) = (&file[..at(1)], &file[at(2)..at(2) + at(3)]);
        let contents = view.value(dict, b"Contents").unwrap().as_string().unwrap().bytes();
        if last.as_ref().is_none_or(|(end, ..)| range[2] > *end) {
            last = Some((range[2], [first, second].concat(), contents.to_vec()));
        }
    }
    let (_, content, cms) = last?;
    let (content_path, cms_path) = (folder.join(format!("{name}.bin")), folder.join(format!("{name}.der")));
    std::fs::write(&content_path, content).unwrap();
    std::fs::write(&cms_path, cms).unwrap();
    let (code, _) = run(
        "openssl",
        &[
            "cms",
            "-verify",
            "-binary",
            "-inform",
            "DER",
            "-purpose",
            "any",
            "-in",
            cms_path.to_str().unwrap(),
            "-content",
            content_path.to_str().unwrap(),
            "-CAfile",
            root.to_str().unwrap(),
            "-out",
            "/dev/null",
        ],
    )?;
    Some(code == 0)
}

/// Lines of pyHanko's verdicts by file; none when pyHanko is not there.
fn pyhanko(root: &Path, files: &[[PathBuf; 2]]) -> Option<BTreeMap<String, Vec<Vec<String>>>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pyhanko_verdict.py");
    let (code, _) = run("python3", &["-c", "import pyhanko.sign.validation"])?;
    if code != 0 || files.is_empty() {
        println!("skipped: sign_corpus: pyHanko is not installed");
        return None;
    }
    let half = files.len().div_ceil(2);
    let lines = std::thread::scope(|scope| {
        let chunks: Vec<_> = files
            .chunks(half)
            .map(|chunk| {
                let mut arguments = vec![script.to_str().unwrap(), root.to_str().unwrap()];
                arguments.extend(chunk.iter().flatten().map(|path| path.to_str().unwrap()));
                scope.spawn(move || run("python3", &arguments).map(|(_, text)| text).unwrap_or_default())
            })
            .collect();
        chunks.into_iter().map(|chunk| chunk.join().unwrap()).collect::<String>()
    });
    let mut verdicts: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for line in lines.lines() {
        let words: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let file = Path::new(&words[0]).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        verdicts.entry(file).or_default().push(words[1..].to_vec());
    }
    Some(verdicts)
}

/// The password the corpus' list gives for a file.
fn password(file: &Path) -> String {
    let list = std::fs::read_to_string(file.with_file_name("MANIFEST.tsv")).unwrap_or_default();
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let line = list.lines().find(|line| line.starts_with(&format!("{name}\t"))).unwrap_or_default();
    let traits = line.split('\t').nth(2).unwrap_or_default();
    traits.split(',').find_map(|word| word.strip_prefix("pw=")).unwrap_or_default().to_owned()
}

/// What became of one file of the corpus.
struct Outcome {
    name: String,
    input: PathBuf,
    result: Result<Vec<u8>, Refusal>,
}

/// Signs every file in parallel.
fn sign_all(files: &[PathBuf], sign: Signing<'_>) -> Vec<Outcome> {
    let outcomes = Mutex::new(Vec::new());
    each(files, |path| {
        let file = std::fs::read(path).unwrap();
        let result = sign(&file, &password(path));
        if let Ok(signed) = &result {
            assert!(signed.starts_with(&file), "{} is not a prefix of its signed file", path.display());
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        outcomes.lock().unwrap().push(Outcome { name, input: path.clone(), result });
    });
    let mut outcomes = outcomes.into_inner().unwrap();
    outcomes.sort_by(|a, b| a.name.cmp(&b.name));
    outcomes
}

/// Two at a time.
fn each<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    std::thread::scope(|scope| {
        for part in 0..2 {
            let work = &work;
            scope.spawn(move || items.iter().skip(part).step_by(2).for_each(work));
        }
    });
}

/// Judges what was signed by every tool there is; returns complaints.
fn judge(office: &Office, folder: &Path, outcomes: &[Outcome], levels: &[&str]) -> Vec<String> {
    let root = folder.join("root.pem");
    std::fs::write(&root, office.root.to_pem().unwrap()).unwrap();
    let complaints = Mutex::new(Vec::new());
    let complain = |text: String| complaints.lock().unwrap().push(text);
    let mut paths = Vec::new();
    for outcome in outcomes {
        if let Ok(signed) = &outcome.result {
            let path = folder.join(format!("{}.pdf", outcome.name));
            std::fs::write(&path, signed).unwrap();
            paths.push([path, outcome.input.clone()]);
        }
    }
    each(outcomes, |outcome| {
        let Ok(signed) = &outcome.result else { return };
        let password = &password(&outcome.input);
        let (name, path) = (&outcome.name, folder.join(format!("{}.pdf", outcome.name)));
        if let (Some(before), Some(after)) = (qpdf(&outcome.input, password), qpdf(&path, password))
            && after > before
        {
            complain(format!("{name}: qpdf {before:?} became {after:?}"));
        }
        if let (Some(before), Some(after)) = (pdfsig(&outcome.input, password), pdfsig(&path, password)) {
            let (new, valid) = (after.0 - before.0, after.1 - before.1.min(after.1));
            if new != levels.len() || valid != levels.len() {
                complain(format!("{name}: pdfsig {before:?} became {after:?}"));
            }
        }
        if openssl_verifies(signed, password, folder, name, &root) == Some(false) {
            complain(format!("{name}: openssl does not verify"));
        }
    });
    if let Some(verdicts) = pyhanko(&root, &paths) {
        for (name, signatures) in verdicts {
            for words in &signatures {
                println!("pyhanko\t{name}\t{}", words.join("\t"));
            }
            // What pyHanko cannot open before, it need not judge after; encrypted names in locks it cannot
            // compare (a fault of its own).
            if signatures[0][0] == "error" {
                if signatures[0][1] == "readable" && !signatures[0][2].contains("DecryptedObjectProxy") {
                    complain(format!("{name}: pyHanko fails: {}", signatures[0][2]));
                }
                continue;
            }
            // The last ones are ours, in order.
            let ours = &signatures[signatures.len().saturating_sub(levels.len())..];
            for (words, level) in ours.iter().zip(levels) {
                if words[1..4] != ["true", "true", level] || words[4] != "true" {
                    complain(format!("{name}: pyHanko says {}, expected {level}", words.join(" ")));
                }
            }
        }
    }
    complaints.into_inner().unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(BIN).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn person_and_agency_sign_every_file_or_it_is_refused_with_a_reason() {
    let files = corpus("pdfs");
    if files.is_empty() {
        return;
    }
    let office = Office::new();
    let outcomes = sign_all(&files, &|file, password| whole_way(&office, file, password));
    for outcome in &outcomes {
        let text = outcome
            .result
            .as_ref()
            .map_or_else(|refusal| format!("{}: {refusal}", refusal.code()), |_| "signed".to_owned());
        println!("{}\t{text}", outcome.name);
    }
    let complaints = judge(&office, &folder("whole_way"), &outcomes, &["FORM_FILLING", "NONE"]);
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn an_invisible_signature_is_added_to_every_file_or_it_is_refused_with_a_reason() {
    let files = corpus("pdfs");
    if files.is_empty() {
        return;
    }
    let office = Office::new();
    let outcomes = sign_all(&files, &|file, password| {
        let source = Source::with_password(file.to_vec(), password);
        Ok(finish(Prepared::sign(source, &person(Target::Invisible))?, &office.leader))
    });
    for outcome in &outcomes {
        let text = outcome
            .result
            .as_ref()
            .map_or_else(|refusal| format!("{}: {refusal}", refusal.code()), |_| "signed".to_owned());
        println!("{}\t{text}", outcome.name);
    }
    let complaints = judge(&office, &folder("invisible"), &outcomes, &["NONE"]);
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// Intact, and changed only in permitted ways, by field; of one file.
fn standing(verdicts: &[Vec<String>]) -> BTreeMap<String, bool> {
    let of = |words: &Vec<String>| (words[0].clone(), words[1] == "true" && words[4] == "true");
    verdicts.iter().filter(|words| words[0] != "error").map(of).collect()
}

/// Files whose earlier signatures pyHanko calls changed after any update, also after one of its own.
const PYHANKO_CRIES_WOLF: [(&str, &str); 2] = [
    ("pdfjs__bug854315", "its metadata are no well-formed XML, which is looked at once there is an update"),
    (
        "rub__hide-and-replace_variant-2_change_objects_usage_3_original",
        "a reference to nothing ends its comparison",
    ),
];

#[test]
fn earlier_signatures_stand_as_they_did_or_the_file_is_refused() {
    let files = [corpus("signed"), corpus("pdfs")].concat();
    if files.is_empty() {
        return;
    }
    let office = Office::new();
    let folder = folder("countersigned");
    let root = folder.join("root.pem");
    std::fs::write(&root, office.root.to_pem().unwrap()).unwrap();
    let visible = Target::Box(PageBox { page: 1, x: 5.0, y: 5.0, width: 60.0, height: 20.0 });
    let pairs = Mutex::new(Vec::new());
    let complaints = Mutex::new(Vec::new());
    each(&files, |path| {
        let (file, password) = (std::fs::read(path).unwrap(), password(path));
        let before = pdfsig(path, &password);
        if before.is_some_and(|(count, _)| count == 0) {
            return;
        }
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        for (way, target) in [("invisible", Target::Invisible), ("visible", visible.clone())] {
            let source = Source::with_password(file.clone(), password.clone());
            let prepared = match Prepared::sign(source, &person(target)) {
                Ok(prepared) => prepared,
                Err(refusal) => {
                    println!("{stem}\t{way}\t{}", refusal.code());
                    continue;
                }
            };
            let signed = folder.join(format!("{stem}-{way}.pdf"));
            std::fs::write(&signed, finish(prepared, &office.leader)).unwrap();
            if let (Some(before), Some(after)) = (before, pdfsig(&signed, &password))
                && after != (before.0 + 1, before.1 + 1)
            {
                complaints.lock().unwrap().push(format!("{stem} {way}: pdfsig {before:?} became {after:?}"));
            }
            pairs.lock().unwrap().push([signed, path.clone()]);
        }
    });
    let pairs = pairs.into_inner().unwrap();
    let mut complaints = complaints.into_inner().unwrap();
    let originals: Vec<[PathBuf; 2]> = files.iter().map(|path| [path.clone(), path.clone()]).collect();
    if let (Some(before), Some(after)) = (pyhanko(&root, &originals), pyhanko(&root, &pairs)) {
        for [signed, original] in &pairs {
            let name = original.to_string_lossy();
            if let Some((_, why)) = PYHANKO_CRIES_WOLF.iter().find(|(known, _)| name.contains(known)) {
                println!("not compared: {name}: {why}");
                continue;
            }
            let stem = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
            let (Some(old), Some(new)) = (before.get(&stem(original)), after.get(&stem(signed))) else {
                continue;
            };
            let now = standing(new);
            for (field, stood) in standing(old) {
                if stood && now.get(&field) != Some(&true) {
                    complaints.push(format!("{}: {field} stood before, now {new:?}", stem(signed)));
                }
            }
        }
    }
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}
