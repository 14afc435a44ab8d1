//! What earlier signatures permit. A file is opened for signing here, and refused here: whatever is let
//! through must leave every earlier signature valid for strict readers.

use super::refusal::Refusal;
use super::source::Source;
use crate::pdf::{Dict, Document, Encryption, Field, FieldKind, Leniency, Object, View};

/// Which fields a signature locks (ISO 32000-1 12.8.2.4).
#[derive(Debug, Clone, PartialEq, Eq)]
enum Locked {
    Nothing,
    All,
    Include(Vec<String>),
    Exclude(Vec<String>),
}

/// What one earlier signature demands of later changes.
#[derive(Debug, Clone)]
struct Demand {
    /// From a certification rather than an approval signature.
    certifies: bool,
    /// `/P`: 1 no changes, 2 filling and signing, 3 annotations too.
    level: Option<i64>,
    locked: Locked,
}

/// All demands of a file's signatures.
#[derive(Debug, Clone, Default)]
pub(crate) struct Demands {
    demands: Vec<Demand>,
    /// Signatures there are, demanding or not.
    pub(crate) signatures: usize,
}

impl Demands {
    pub(crate) fn read(view: View<'_>, fields: &[Field]) -> Result<Self, Refusal> {
        let mut demands = Self::default();
        for field in fields.iter().filter(|field| field.kind == FieldKind::Signature) {
            if let Object::Dict(signature) = view.resolve(&field.value)? {
                demands.signatures += 1;
                demands.read_signature(view, &signature)?;
            }
        }
        if let Object::Dict(permissions) = view.value(&view.root()?, b"Perms")?
            && let Object::Dict(certification) = view.value(&permissions, b"DocMDP")?
        {
            // It counts even where no field leads to it, if it is a signature at all.
            let own = [&b"ByteRange"[..], b"Reference"].iter().any(|key| certification.get(key).is_some());
            if own || certification.is_name(b"Type", b"Sig") {
                demands.signatures = demands.signatures.max(1);
            }
            demands.read_signature(view, &certification)?;
        }
        Ok(demands)
    }

    fn read_signature(&mut self, view: View<'_>, signature: &Dict) -> Result<(), Refusal> {
        let Object::Array(references) = view.value(signature, b"Reference")? else { return Ok(()) };
        for reference in references.iter() {
            let Object::Dict(reference) = view.resolve(reference)? else { continue };
            let method = view.value(&reference, b"TransformMethod")?;
            let Object::Dict(params) = view.value(&reference, b"TransformParams")? else { continue };
            let level = view.value(&params, b"P")?.as_integer();
            match method.as_name() {
                Some(b"DocMDP") => self.demands.push(Demand {
                    certifies: true,
                    level: Some(level.unwrap_or(2)),
                    locked: Locked::Nothing,
                }),
                Some(b"FieldMDP") => {
                    let locked = read_locked(view, &params)?;
                    self.demands.push(Demand { certifies: false, level, locked });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// May a value be set in a field that exists?
    pub(crate) fn permit_filling(&self, field: &str) -> Result<(), Refusal> {
        for demand in &self.demands {
            if demand.level.is_some_and(|level| level < 2) {
                return Err(if demand.certifies {
                    Refusal::CertifiedNoChanges
                } else {
                    Refusal::LockedByEarlierSignature { field: field.to_owned() }
                });
            }
            if demand.locked.covers(field) {
                return Err(Refusal::LockedByEarlierSignature { field: field.to_owned() });
            }
        }
        Ok(())
    }

    /// May a new signature field be added and signed? Invisible ones are taken by readers as evidence added
    /// later; visible ones are a change of the page, permitted by no certification and no lock with a level.
    pub(crate) fn permit_new_field(&self, field: &str, visible: bool) -> Result<(), Refusal> {
        self.permit_filling(field)?;
        let forbids = |demand: &Demand| demand.certifies || demand.level.is_some_and(|level| level < 3);
        if visible && self.demands.iter().any(forbids) {
            return Err(Refusal::NewFieldForbidden);
        }
        Ok(())
    }
}

impl Locked {
    fn covers(&self, field: &str) -> bool {
        // A name locks the fields below it, too.
        let names = |names: &[String]| {
            names.iter().any(|name| {
                field.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        match self {
            Self::Nothing => false,
            Self::All => true,
            Self::Include(list) => names(list),
            Self::Exclude(list) => !names(list),
        }
    }
}

fn read_locked(view: View<'_>, params: &Dict) -> Result<Locked, Refusal> {
    let mut names = Vec::new();
    if let Object::Array(list) = view.value(params, b"Fields")? {
        for name in list.iter() {
            if let Some(name) = view.resolve(name)?.as_string() {
                names.push(name.to_text());
            }
        }
    }
    Ok(match view.value(params, b"Action")?.as_name() {
        Some(b"Include") => Locked::Include(names),
        Some(b"Exclude") => Locked::Exclude(names),
        // Unknown actions are taken at their strictest.
        _ => Locked::All,
    })
}

/// Opens a file and runs `build` on it; where the file proves damaged in its depths and nothing is signed yet,
/// once more under the reading of a scan, after which the update carries a whole cross-reference; and where that fails,
/// too, once more without its pages, which an invisible signature can do without.
pub(crate) fn open_for_signing<T>(
    source: &Source,
    build: impl Fn(&Document) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    match open_with_pages(source, &build) {
        Err(Refusal::Damaged(because)) => {
            let Source { file, password } = source;
            file.check()?;
            let without = Document::open_without_pages(file, password.as_deref().unwrap_or_default());
            let built = without.map_err(Refusal::from).and_then(|document| {
                refuse_what_is_hopeless(&document)?;
                build(&document)
            });
            file.check()?;
            built.map_err(|_| Refusal::Damaged(because))
        }
        result => result,
    }
}

fn open_with_pages<T>(
    source: &Source,
    build: impl Fn(&Document) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let Source { file, password } = source;
    let password = password.as_deref().unwrap_or_default();
    let document = Document::open_leniently(file, password)?;
    refuse_what_is_hopeless(&document)?;
    if document.is_recovered() {
        return build(&document);
    }
    match build(&document) {
        Err(Refusal::Damaged(because)) => {
            file.check()?;
            let Ok(document) = Document::recover(file, password, because.clone(), Leniency::Data) else {
                return Err(Refusal::Damaged(because));
            };
            refuse_what_is_hopeless(&document)?;
            build(&document)
        }
        result => result,
    }
}

fn refuse_what_is_hopeless(document: &Document) -> Result<(), Refusal> {
    refuse_encrypted(document)?;
    if document.is_recovered() { refuse_damaged_signed(document) } else { Ok(()) }
}

/// A damaged file that bears signatures is left alone: nobody can say what they cover.
fn refuse_damaged_signed(document: &Document) -> Result<(), Refusal> {
    let view = document.latest();
    let signed = Demands::read(view, &view.fields()?)?.signatures > 0;
    if signed {
        let what = "the cross-reference of a signed file is unusable";
        return Err(Refusal::Damaged(crate::pdf::Error::Damaged { offset: 0, what }));
    }
    Ok(())
}

fn refuse_encrypted(document: &Document) -> Result<(), Refusal> {
    let encryption = document.encryption()?;
    match encryption.filter(|_| document.is_locked()) {
        None => Ok(()),
        Some(Encryption::Standard { .. }) => Err(Refusal::PasswordNeeded),
        Some(Encryption::PublicKey) => Err(Refusal::PublicKeyEncrypted),
        Some(Encryption::Other(name)) => Err(Refusal::UnknownEncryption(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demands(demand: Demand) -> Demands {
        Demands { demands: vec![demand], signatures: 1 }
    }

    #[test]
    fn a_lock_covers_names_and_what_is_below_them() {
        let include = Locked::Include(vec!["so".to_owned()]);
        assert!(include.covers("so") && include.covers("so.phu") && !include.covers("sothutu"));
        let exclude = Locked::Exclude(vec!["so".to_owned(), "dau".to_owned()]);
        assert!(!exclude.covers("dau") && exclude.covers("nguoiky"));
    }

    #[test]
    fn a_certification_against_changes_refuses_everything() {
        let certified = demands(Demand { certifies: true, level: Some(1), locked: Locked::Nothing });
        assert_eq!(certified.permit_filling("so"), Err(Refusal::CertifiedNoChanges));
        assert_eq!(certified.permit_new_field("x", false), Err(Refusal::CertifiedNoChanges));
    }

    #[test]
    fn the_persons_lock_leaves_number_date_and_seal_free_and_nothing_else() {
        let names = ["so", "ngay", "dau"].map(str::to_owned).to_vec();
        let person = demands(Demand { certifies: false, level: Some(2), locked: Locked::Exclude(names) });
        assert_eq!(person.permit_filling("so"), Ok(()));
        assert_eq!(person.permit_filling("khac").unwrap_err().code(), "locked_by_earlier_signature");
        assert_eq!(person.permit_new_field("khac", true).unwrap_err().code(), "locked_by_earlier_signature");
    }

    #[test]
    fn visible_fields_are_new_only_where_no_level_is_set() {
        let level = |level| demands(Demand { certifies: true, level, locked: Locked::Nothing });
        assert_eq!(level(Some(2)).permit_new_field("x", false), Ok(()));
        assert_eq!(level(Some(2)).permit_new_field("x", true), Err(Refusal::NewFieldForbidden));
        assert_eq!(Demands::default().permit_new_field("x", true), Ok(()));
    }
}
