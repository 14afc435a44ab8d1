//! Reads a printed file the way a stranger does.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// A printed file on disk, gone with this value.
pub(crate) struct Paper {
    path: PathBuf,
}

/// A word and where poppler sees it: points from the upper left corner.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub(crate) page: i32,
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
    pub(crate) text: String,
}

impl Paper {
    pub(crate) fn of(pdf: &[u8]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{}-{}.pdf", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, pdf).unwrap();
        // To look at the pages: VANTHU_KEEP_PRINTED names a folder.
        if let Ok(keep) = std::env::var("VANTHU_KEEP_PRINTED") {
            let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
            let n = NEXT.fetch_add(1, Ordering::Relaxed);
            std::fs::write(PathBuf::from(keep).join(format!("{test}-{n}.pdf")), pdf).unwrap();
        }
        Self { path }
    }

    fn tool(&self, program: &str, before: &[&str], after: &[&str]) -> Output {
        let output = Command::new(program).args(before).arg(&self.path).args(after).output();
        let output = output.unwrap_or_else(|e| panic!("{program} is needed: {e}"));
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// The text of all pages, in reading order.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.tool("pdftotext", &["-enc", "UTF-8"], &["-"]).stdout).unwrap()
    }

    /// The text with every run of blanks and line ends as one blank.
    pub(crate) fn flat(&self) -> String {
        flatten(&self.text())
    }

    /// The text of each page, flat.
    pub(crate) fn pages(&self) -> Vec<String> {
        let text = self.text();
        text.trim_end_matches('\u{c}').split('\u{c}').map(flatten).collect()
    }

    /// All words with their boxes, and the sizes of the pages.
    pub(crate) fn words(&self) -> (Vec<Word>, Vec<(f64, f64)>) {
        let html = String::from_utf8(self.tool("pdftotext", &["-bbox"], &["-"]).stdout).unwrap();
        let (mut words, mut sizes) = (Vec::new(), Vec::new());
        for line in html.lines().map(str::trim) {
            if line.starts_with("<page ") {
                sizes.push((attribute(line, "width"), attribute(line, "height")));
            } else if line.starts_with("<word ") {
                let text = &line[line.find('>').unwrap() + 1..line.rfind("</word>").unwrap()];
                words.push(Word {
                    page: i32::try_from(sizes.len()).unwrap(),
                    left: attribute(line, "xMin"),
                    top: attribute(line, "yMin"),
                    right: attribute(line, "xMax"),
                    bottom: attribute(line, "yMax"),
                    text: text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"),
                });
            }
        }
        (words, sizes)
    }

    /// The facts that `pdfinfo` tells.
    pub(crate) fn info(&self) -> String {
        String::from_utf8(self.tool("pdfinfo", &[], &[]).stdout).unwrap()
    }

    /// Each font as `pdffonts` lists it.
    pub(crate) fn fonts(&self) -> Vec<String> {
        let table = String::from_utf8(self.tool("pdffonts", &[], &[]).stdout).unwrap();
        table.lines().skip(2).map(str::to_owned).collect()
    }

    /// The file with all streams readable.
    pub(crate) fn readable(&self) -> String {
        let output = self.tool("qpdf", &["--qdf", "--object-streams=disable"], &["-"]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Fails if qpdf finds the file damaged.
    pub(crate) fn assert_sound(&self) {
        self.tool("qpdf", &["--check"], &[]);
    }
}

impl Drop for Paper {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

pub(crate) fn flatten(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn attribute(line: &str, name: &str) -> f64 {
    let from = line.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
    line[from..].split('"').next().unwrap().parse().unwrap()
}
