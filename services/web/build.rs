//! Embeds the front end: our own style sheet and modules, and the few files of the npm packages that pages load; makes
//! the functions of the texts.
//!
//! Every file gets the hash of its content (or the version of its package) into its address, so browsers may keep it
//! for ever; text is compressed here, once.
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fmt::Write as _;
use std::hash::{Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};

#[path = "build/texts.rs"]
mod texts;
#[path = "build/used_rules.rs"]
mod used_rules;

/// Icons of bootstrap-icons that the pages name, each with its class: `.i-NAME`.
const ICONS: [&str; 40] = [
    "archive",
    "arrow-clockwise",
    "arrow-counterclockwise",
    "arrow-left-right",
    "bar-chart",
    "box-arrow-right",
    "calendar3",
    "check-lg",
    "chevron-left",
    "chevron-right",
    "clock-history",
    "download",
    "exclamation-lg",
    "eye",
    "file-earmark-pdf",
    "file-earmark-text",
    "folder2",
    "funnel",
    "gear",
    "hand-index",
    "house",
    "inbox",
    "journal-text",
    "key",
    "list-check",
    "paperclip",
    "patch-check",
    "pen",
    "people",
    "person",
    "plus-lg",
    "printer",
    "question-circle",
    "question-lg",
    "search",
    "send",
    "shield-check",
    "sliders",
    "upload",
    "x-lg",
];

/// Files of packages that keep their own name below a folder with the version: they name each other.
const PDFJS: [(&str, &str); 21] = [
    ("legacy/build/pdf.min.mjs", "pdf.min.mjs"),
    ("legacy/build/pdf.worker.min.mjs", "pdf.worker.min.mjs"),
    ("wasm/jbig2.wasm", "wasm/jbig2.wasm"),
    ("wasm/jbig2_nowasm_fallback.js", "wasm/jbig2_nowasm_fallback.js"),
    ("wasm/openjpeg.wasm", "wasm/openjpeg.wasm"),
    ("wasm/openjpeg_nowasm_fallback.js", "wasm/openjpeg_nowasm_fallback.js"),
    ("wasm/qcms_bg.wasm", "wasm/qcms_bg.wasm"),
    ("standard_fonts/FoxitDingbats.pfb", "fonts/FoxitDingbats.pfb"),
    ("standard_fonts/FoxitFixed.pfb", "fonts/FoxitFixed.pfb"),
    ("standard_fonts/FoxitFixedBold.pfb", "fonts/FoxitFixedBold.pfb"),
    ("standard_fonts/FoxitFixedBoldItalic.pfb", "fonts/FoxitFixedBoldItalic.pfb"),
    ("standard_fonts/FoxitFixedItalic.pfb", "fonts/FoxitFixedItalic.pfb"),
    ("standard_fonts/FoxitSerif.pfb", "fonts/FoxitSerif.pfb"),
    ("standard_fonts/FoxitSerifBold.pfb", "fonts/FoxitSerifBold.pfb"),
    ("standard_fonts/FoxitSerifBoldItalic.pfb", "fonts/FoxitSerifBoldItalic.pfb"),
    ("standard_fonts/FoxitSerifItalic.pfb", "fonts/FoxitSerifItalic.pfb"),
    ("standard_fonts/FoxitSymbol.pfb", "fonts/FoxitSymbol.pfb"),
    ("standard_fonts/LiberationSans-Bold.ttf", "fonts/LiberationSans-Bold.ttf"),
    ("standard_fonts/LiberationSans-BoldItalic.ttf", "fonts/LiberationSans-BoldItalic.ttf"),
    ("standard_fonts/LiberationSans-Italic.ttf", "fonts/LiberationSans-Italic.ttf"),
    ("standard_fonts/LiberationSans-Regular.ttf", "fonts/LiberationSans-Regular.ttf"),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=assets");
    println!("cargo:rerun-if-changed=package-lock.json");
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=texts");
    println!("cargo:rerun-if-changed=build");
    let modules = Path::new("node_modules");
    let mut table = Table { out: PathBuf::from(std::env::var("OUT_DIR")?), ..Table::default() };
    match texts::code(Path::new("texts")) {
        Ok(code) => std::fs::write(table.out.join("texts.rs"), code)?,
        Err(problem) => {
            for line in problem.to_string().lines() {
                println!("cargo::error={line}");
            }
            return Ok(());
        }
    }

    let bootstrap = package_file(modules, "bootstrap/dist/css/bootstrap.min.css")?;
    table.hashed("bootstrap.css", &worn(&bootstrap)?)?;
    let mut style = std::fs::read("assets/theme.css")?;
    for entry in sorted("assets", "css")? {
        if entry.file_name().is_some_and(|n| n != "theme.css") {
            style.extend(std::fs::read(entry)?);
        }
    }
    style.extend(icons(modules)?);
    table.hashed("app.css", &style)?;
    table.hashed("htmx.js", &package_file(modules, "htmx.org/dist/htmx.min.js")?)?;
    for entry in sorted("assets", "js")? {
        let name =
            entry.file_name().and_then(|n| n.to_str()).ok_or("a file in assets has no name")?.to_owned();
        table.hashed(&name, &std::fs::read(entry)?)?;
    }
    table.hashed("favicon.svg", &std::fs::read("assets/favicon.svg")?)?;

    let version = pdfjs_version(modules)?;
    for (from, to) in PDFJS {
        let bytes = package_file(modules, &format!("pdfjs-dist/{from}"))?;
        table.named(&format!("/tinh/pdfjs-{version}/{to}"), &bytes)?;
    }
    let _ = writeln!(
        table.constants,
        "/// Folder of pdf.js, ending in a slash.\npub(crate) const PDFJS_DIR: &str = {:?};",
        format!("/tinh/pdfjs-{version}/")
    );

    let rows = table.sorted_rows();
    let code = format!(
        "{}\n/// Every embedded file, sorted by its address.\npub(crate) static ASSETS: &[Asset] = &[\n{rows}];\n",
        table.constants,
    );
    std::fs::write(table.out.join("assets.rs"), code)?;
    Ok(())
}

#[derive(Default)]
struct Table {
    out: PathBuf,
    constants: String,
    rows: Vec<(String, String)>,
}

impl Table {
    /// Embeds under an address that carries the hash of the content; makes a constant for the address.
    fn hashed(&mut self, name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let (stem, extension) = name.rsplit_once('.').ok_or("an asset needs an extension")?;
        let url = format!("/tinh/{stem}-{:016x}.{extension}", hasher.finish());
        let constant = name.to_uppercase().replace(['.', '-'], "_");
        writeln!(self.constants, "/// Address of `{name}`.\npub(crate) const {constant}: &str = {url:?};")?;
        self.named(&url, bytes)
    }

    /// Embeds under exactly this address.
    fn named(&mut self, url: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
        let stem = format!("asset-{}", self.rows.len());
        let plain = self.out.join(&stem);
        let path = self.out.join(format!("{stem}.gz"));
        // Compressing takes longer than all the rest: what the last build made is kept.
        let zipped = match (std::fs::read(&plain), std::fs::read(&path)) {
            (Ok(before), Ok(zipped)) if before == bytes => zipped,
            _ => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                encoder.write_all(bytes)?;
                let zipped = encoder.finish()?;
                std::fs::write(&path, &zipped)?;
                std::fs::write(&plain, bytes)?;
                zipped
            }
        };
        let gzip = if zipped.len() * 10 < bytes.len() * 9 {
            format!("Some(include_bytes!({:?}))", path.display().to_string())
        } else {
            "None".to_owned()
        };
        let row = format!(
            "    Asset {{ url: {url:?}, media_type: {:?}, body: include_bytes!({:?}), gzip: {gzip} }},\n",
            media_type(url),
            plain.display().to_string()
        );
        self.rows.push((url.to_owned(), row));
        Ok(())
    }

    fn sorted_rows(&mut self) -> String {
        self.rows.sort();
        self.rows.iter().map(|(_, row)| row.as_str()).collect()
    }
}

fn media_type(url: &str) -> &'static str {
    match url.rsplit_once('.').map_or("", |(_, e)| e) {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "ttf" => "font/ttf",
        _ => "application/octet-stream",
    }
}

fn package_file(modules: &Path, path: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    std::fs::read(modules.join(path)).map_err(|e| {
        format!(
            "services/web/node_modules/{path}: {e}. The front-end packages are not installed: run `make fetch` \
             (or `npm ci` in services/web), then build again."
        )
        .into()
    })
}

/// The version that the lock file names and npm installed.
fn pdfjs_version(modules: &Path) -> Result<String, Box<dyn Error>> {
    let text = String::from_utf8(package_file(modules, "pdfjs-dist/package.json")?)?;
    let version = text
        .split_once("\"version\"")
        .and_then(|(_, rest)| rest.split('"').nth(1))
        .ok_or("pdfjs-dist/package.json names no version")?;
    Ok(version.to_owned())
}

/// Masks for the icons that are used, from the SVGs of the package.
fn icons(modules: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut css = String::from("\n");
    for name in ICONS {
        let svg = String::from_utf8(package_file(modules, &format!("bootstrap-icons/icons/{name}.svg"))?)?;
        let body = svg
            .split_once('>')
            .and_then(|(_, rest)| rest.rsplit_once("</svg>"))
            .ok_or("an icon is no SVG")?
            .0;
        let flat: String = body.lines().map(str::trim).collect();
        let shape = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>{}</svg>",
            flat.replace('"', "'")
        );
        let escaped = shape.replace('%', "%25").replace('#', "%23").replace('<', "%3C").replace('>', "%3E");
        writeln!(css, ".i-{name} {{ --i: url(\"data:image/svg+xml,{escaped}\"); }}")?;
    }
    Ok(css.into_bytes())
}

/// The rules of Bootstrap that our pages can match: a quarter of it. (A list page has 80 KB, all told.)
fn worn(css: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut texts = Vec::new();
    for (folder, extension) in [("templates", "html"), ("assets", "js"), ("assets", "css"), ("src", "rs")] {
        for file in sorted(folder, extension)? {
            texts.push(std::fs::read_to_string(file)?);
        }
    }
    let mut words = HashSet::new();
    for text in &texts {
        used_rules::words(text, &mut words);
    }
    // The licence stands at the top; the source map is not embedded, so nothing may point at it.
    let css = String::from_utf8_lossy(css);
    let licence =
        css.split_once("/*").and_then(|(_, rest)| rest.split_once("*/")).map_or("", |(text, _)| text);
    let rules = css.split("/*# sourceMappingURL").next().unwrap_or_default();
    Ok(format!("/*{licence}*/\n{}", used_rules::used_rules(rules, &words)).into_bytes())
}

/// Files with this extension in the folder and the folders of the screens below it.
fn sorted(folder: &str, extension: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
