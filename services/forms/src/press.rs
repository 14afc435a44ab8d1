//! The printing press: Typst over embedded templates, embedded typefaces and one data file.
//! Nothing else can be read, so a template cannot reach disk, network, packages or clock.

use std::fmt::Write as _;

use jiff::civil;
use proto::forms::v1::FileStamp;
use typst::World;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::error::Error;
use crate::fields::{Fields, Need};
use crate::typeface::Typeface;
use crate::{limits, places};

const TEMPLATES: [(&str, &str); 6] = [
    ("/letter.typ", include_str!("../templates/letter.typ")),
    ("/register.typ", include_str!("../templates/register.typ")),
    ("/slip.typ", include_str!("../templates/slip.typ")),
    ("/sheet.typ", include_str!("../templates/sheet.typ")),
    ("/head.typ", include_str!("../templates/head.typ")),
    ("/place.typ", include_str!("../templates/place.typ")),
];

/// How many compilations an unused intermediate result of the typesetter stays in memory.
const CACHE_AGE_MAX: usize = 2;

/// Which template is printed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sheet {
    Letter,
    Register,
    Slip,
}

impl Sheet {
    const fn index(self) -> usize {
        match self {
            Self::Letter => 0,
            Self::Register => 1,
            Self::Slip => 2,
        }
    }
}

/// What came off the press.
pub(crate) struct Printed {
    pub(crate) pdf: Vec<u8>,
    pub(crate) page_count: i32,
    pub(crate) places: Vec<proto::forms::v1::Place>,
}

/// What makes the bytes of a file the same twice.
pub(crate) struct Stamp {
    ident: String,
    created: civil::DateTime,
    pub(crate) demo: bool,
}

impl Stamp {
    /// Reads the stamp of a request.
    pub(crate) fn read(fields: &mut Fields<'_>, stamp: Option<&FileStamp>) -> Option<Self> {
        let Some(stamp) = stamp else {
            fields.wrong("stamp", "FIELD_EMPTY", "must be set");
            return None;
        };
        let ident = fields.line("stamp.ident", &stamp.ident, limits::IDENT_CHARS_MAX, Need::Required);
        let created = fields.instant("stamp.rendered_at", stamp.rendered_at.as_ref())?;
        Some(Self { ident, created, demo: stamp.demo })
    }

    fn timestamp(&self) -> Option<Timestamp> {
        let part = |value: i8| u8::try_from(value).ok();
        let at = self.created;
        let datetime = Datetime::from_ymd_hms(
            i32::from(at.year()),
            part(at.month())?,
            part(at.day())?,
            part(at.hour())?,
            part(at.minute())?,
            part(at.second())?,
        )?;
        Timestamp::new_local(datetime, 7 * 60)
    }
}

/// The press: templates, typefaces and the typesetter's library, made once and shared by all documents.
pub struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    typeface: Typeface,
    sources: Vec<Source>,
    data: FileId,
    standards: PdfStandards,
}

impl std::fmt::Debug for Press {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Press").finish_non_exhaustive()
    }
}

impl Press {
    /// Sets up the press from what is embedded in the program.
    ///
    /// # Errors
    /// [`Error::Broken`] if an embedded template path or typeface cannot be read: a fault of the build.
    pub fn new() -> Result<Self, Error> {
        let typeface = Typeface::new()?;
        let sources = TEMPLATES
            .iter()
            .map(|(path, text)| Ok(Source::new(file_id(path)?, (*text).to_owned())))
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(typeface.book()),
            typeface,
            sources,
            data: file_id("/data.json")?,
            standards: PdfStandards::new(&[PdfStandard::A_2b])
                .map_err(|e| Error::Broken(e.message().to_string()))?,
        })
    }

    /// The typeface everything is printed in.
    pub(crate) fn typeface(&self) -> &Typeface {
        &self.typeface
    }

    /// Typesets one document.
    pub(crate) fn print(
        &self,
        sheet: Sheet,
        data: &serde_json::Value,
        stamp: &Stamp,
    ) -> Result<Printed, Error> {
        let printed = self.typeset(sheet, data, stamp);
        // The intermediate results are global to the process and would grow for ever.
        typst::comemo::evict(CACHE_AGE_MAX);
        printed
    }

    fn typeset(&self, sheet: Sheet, data: &serde_json::Value, stamp: &Stamp) -> Result<Printed, Error> {
        let job = Job {
            press: self,
            main: self.sources[sheet.index()].id(),
            data: Bytes::from_string(data.to_string()),
        };
        let compiled = typst::compile::<PagedDocument>(&job);
        for warning in &compiled.warnings {
            tracing::warn!(?sheet, message = %warning.message, "the typesetter warns");
        }
        let document = compiled.output.map_err(|errors| Error::Broken(explain(&errors)))?;
        let pages = document.pages().len();
        let options = PdfOptions {
            ident: Smart::Custom(stamp.ident.clone()),
            creator: Smart::Custom(Some("Văn Thư".into())),
            timestamp: stamp.timestamp(),
            standards: self.standards.clone(),
            tagged: !matches!(sheet, Sheet::Register) || pages <= limits::TAGGED_PAGES_MAX,
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| Error::Broken(explain(&errors)))?;
        if pdf.len() > limits::PDF_BYTES_MAX {
            return Err(Error::TooLarge { size: pdf.len(), max: limits::PDF_BYTES_MAX });
        }
        let page_count = i32::try_from(pages).map_err(|_| Error::Broken(format!("{pages} pages")))?;
        Ok(Printed { pdf, page_count, places: places::find(&document)? })
    }
}

fn file_id(path: &str) -> Result<FileId, Error> {
    let path = VirtualPath::new(path).map_err(|e| Error::Broken(format!("template path {path}: {e:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn explain(errors: &[SourceDiagnostic]) -> String {
    let mut out = String::new();
    for error in errors {
        let _ = write!(out, "{}{}", if out.is_empty() { "" } else { "; " }, error.message);
        for hint in &error.hints {
            let _ = write!(out, " ({})", hint.v);
        }
    }
    out
}

/// One document on the press: the world as its template sees it.
struct Job<'a> {
    press: &'a Press,
    main: FileId,
    data: Bytes,
}

impl World for Job<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.press.sources.iter().find(|source| source.id() == id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.press.data { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.typeface.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_templates_and_the_data_can_be_read() {
        let press = Press::new().unwrap();
        let job = Job { press: &press, main: press.sources[0].id(), data: Bytes::from_string("{}") };
        assert!(job.file(press.data).is_ok());
        assert!(job.source(press.sources[3].id()).is_ok());
        for path in ["/etc/passwd", "/data2.json", "/fonts/OFL.txt"] {
            let id = file_id(path).unwrap();
            assert!(matches!(job.file(id), Err(FileError::AccessDenied)), "{path}");
            assert!(matches!(job.source(id), Err(FileError::AccessDenied)), "{path}");
        }
        assert!(job.today(None).is_none());
    }
}
