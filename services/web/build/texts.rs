//! The texts: reads `texts/{vi,en}/NAME.ftl`, proves that both languages say the same things with the same variables,
//! and writes one function for each text. A text that is not there cannot be called; one that is missing in a language
//! fails the build with its file and key.
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey};

/// The languages, the first being the one that decides which texts there are.
const LANGUAGES: [&str; 2] = ["vi", "en"];

/// Files whose keys are codes of the contract: looked up when the program runs, so no function is made for each.
const BY_CODE: [&str; 3] = ["reasons", "findings", "waiting"];

/// Plural categories of each language, for whole numbers (CLDR): any other category would never be chosen.
const PLURALS: [(&str, &[&str]); 2] = [("vi", &["other"]), ("en", &["one", "other"])];

/// Every name of a plural category.
const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// Words of Rust that a name needs a mark for: `r#return` in a module, `return` in a template.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

type Problem = Box<dyn Error>;

/// How a variable is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// Put in as it is.
    Shown,
    /// A choice is made by its words.
    Chosen,
    /// A choice is made by how many it is.
    Counted,
}

/// One text in one language.
struct Text {
    variables: BTreeMap<String, Use>,
    /// Words without variables; `None` when there are some.
    plain: Option<String>,
    /// Statements that push the words onto `words_`.
    code: String,
}

/// The texts of one file in one language, by key.
type File = BTreeMap<String, Text>;

/// The module `t`, as source.
pub(crate) fn code(folder: &Path) -> Result<String, Problem> {
    let mut out = String::new();
    let names = LANGUAGES.iter().map(|l| names(&folder.join(l))).collect::<Result<Vec<_>, _>>()?;
    let all: BTreeSet<&String> = names.iter().flatten().collect();
    for name in all {
        let mut files = Vec::new();
        for (language, names) in LANGUAGES.iter().zip(&names) {
            let path = format!("texts/{language}/{name}.ftl");
            if !names.contains(name) {
                return Err(format!("services/web/{path} is missing: the other language has it").into());
            }
            let source = std::fs::read_to_string(folder.join(language).join(format!("{name}.ftl")))?;
            files.push(file(&source, language).map_err(|e| format!("services/web/{path}: {e}"))?);
        }
        same(name, &files)?;
        module(&mut out, name, &files).map_err(|e| format!("services/web/texts/*/{name}.ftl: {e}"))?;
    }
    Ok(out)
}

fn names(folder: &Path) -> Result<Vec<String>, Problem> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "ftl") {
            let stem = path.file_stem().and_then(|n| n.to_str()).ok_or("a file of texts has no name")?;
            found.push(stem.to_owned());
        }
    }
    found.sort();
    Ok(found)
}

/// Reads one file.
fn file(source: &str, language: &str) -> Result<File, Problem> {
    let resource = fluent_syntax::parser::parse(source).map_err(|(_, errors)| {
        errors.first().map_or_else(String::new, |e| {
            let line = source.get(..e.pos.start).map_or(0, |s| s.matches('\n').count() + 1);
            format!("line {line}: {e}")
        })
    })?;
    let mut file = File::new();
    for entry in resource.body {
        match entry {
            Entry::Message(message) => {
                let key = message.id.name;
                let pattern = message.value.ok_or_else(|| format!("{key}: has no words"))?;
                if !message.attributes.is_empty() {
                    return Err(format!("{key}: attributes are not used here").into());
                }
                let mut text = Text { variables: BTreeMap::new(), plain: None, code: String::new() };
                find(&pattern, &mut text.variables).map_err(|e| format!("{key}: {e}"))?;
                if text.variables.is_empty() {
                    text.plain = Some(plain(&pattern).map_err(|e| format!("{key}: {e}"))?);
                } else {
                    write_pattern(&pattern, language, &mut text, 3).map_err(|e| format!("{key}: {e}"))?;
                }
                if file.insert(key.to_owned(), text).is_some() {
                    return Err(format!("{key}: stands twice").into());
                }
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            Entry::Term(term) => return Err(format!("-{}: terms are not used here", term.id.name).into()),
            Entry::Junk { content } => return Err(format!("not Fluent: {content}").into()),
        }
    }
    Ok(file)
}

/// The variables of a pattern, and how each is used: counting goes before choosing, choosing before showing.
fn find(pattern: &Pattern<&str>, found: &mut BTreeMap<String, Use>) -> Result<(), Problem> {
    fn note(found: &mut BTreeMap<String, Use>, name: &str, how: Use) {
        let entry = found.entry(name.to_owned()).or_insert(how);
        *entry = how.max(*entry);
    }
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(InlineExpression::VariableReference { id }) => {
                note(found, id.name, Use::Shown);
            }
            Expression::Inline(InlineExpression::StringLiteral { .. }) => {}
            Expression::Select { selector: InlineExpression::VariableReference { id }, variants } => {
                let counted = variants.iter().all(|v| match v.key {
                    VariantKey::Identifier { name } => CATEGORIES.contains(&name),
                    VariantKey::NumberLiteral { .. } => true,
                });
                note(found, id.name, if counted { Use::Counted } else { Use::Chosen });
                for variant in variants {
                    find(&variant.value, found)?;
                }
            }
            _ => return Err("only { $variable }, { \"words\" } and { $variable -> … } are used here".into()),
        }
    }
    Ok(())
}

/// The words of a pattern without variables.
fn plain(pattern: &Pattern<&str>) -> Result<String, Problem> {
    let mut out = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => out.push_str(value),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { value }),
            } => out.push_str(&fluent_syntax::unicode::unescape_unicode_to_string(value)),
            PatternElement::Placeable { .. } => return Err("has variables".into()),
        }
    }
    Ok(out)
}

fn write_pattern(
    pattern: &Pattern<&str>,
    language: &str,
    text: &mut Text,
    depth: usize,
) -> Result<(), Problem> {
    let pad = "    ".repeat(depth);
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => {
                writeln!(text.code, "{pad}{}", pushed(value))?;
            }
            PatternElement::Placeable { expression: Expression::Inline(inline) } => match inline {
                InlineExpression::StringLiteral { value } => {
                    let words = fluent_syntax::unicode::unescape_unicode_to_string(value);
                    writeln!(text.code, "{pad}{}", pushed(&words))?;
                }
                InlineExpression::VariableReference { id } => {
                    // Whether it is counted in the other language is not known here; both can be shown.
                    writeln!(text.code, "{pad}words_.push_str({}.shown());", name(id.name)?)?;
                }
                _ => return Err("a placeable that is not used here".into()),
            },
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                let InlineExpression::VariableReference { id } = selector else {
                    return Err("a choice is made by a variable".into());
                };
                let counted = text.variables.get(id.name) == Some(&Use::Counted);
                let by = if counted { "count" } else { "shown" };
                writeln!(text.code, "{pad}match {}.{by}() {{", name(id.name)?)?;
                // What is named goes before the rest.
                let (rest, named): (Vec<_>, Vec<_>) = variants.iter().partition(|v| v.default);
                for variant in named.into_iter().chain(rest) {
                    let key = key(variant, counted, language)?;
                    writeln!(text.code, "{pad}    {key} => {{")?;
                    write_pattern(&variant.value, language, text, depth + 2)?;
                    writeln!(text.code, "{pad}    }}")?;
                }
                writeln!(text.code, "{pad}}}")?;
            }
        }
    }
    Ok(())
}

/// The line of Rust that says some words.
fn pushed(words: &str) -> String {
    let mut letters = words.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => format!("words_.push({letter:?});"),
        _ => format!("words_.push_str({words:?});"),
    }
}

/// The pattern of Rust for a variant.
fn key(variant: &Variant<&str>, counted: bool, language: &str) -> Result<String, Problem> {
    if let (true, VariantKey::Identifier { name }) = (counted, &variant.key) {
        let there = PLURALS.iter().any(|(l, all)| *l == language && all.contains(name));
        if !there {
            return Err(format!("[{name}] is never chosen: {language} has no such plural").into());
        }
    }
    if variant.default {
        return Ok("_".to_owned());
    }
    match (&variant.key, counted) {
        // The only plural that is not the rest, in the languages here.
        (VariantKey::Identifier { .. }, true) => Ok("1".to_owned()),
        (VariantKey::NumberLiteral { value }, true) => match value.parse::<u64>() {
            Ok(n) => Ok(n.to_string()),
            Err(_) => Err(format!("[{value}]: only whole numbers are counted").into()),
        },
        (VariantKey::Identifier { name } | VariantKey::NumberLiteral { value: name }, false) => {
            Ok(format!("{name:?}"))
        }
    }
}

/// Both languages say the same things with the same variables.
fn same(name: &str, files: &[File]) -> Result<(), Problem> {
    let keys: BTreeSet<&String> = files.iter().flat_map(BTreeMap::keys).collect();
    let mut wrong = Vec::new();
    for key in keys {
        for (language, file) in LANGUAGES.iter().zip(files) {
            if !file.contains_key(key) {
                wrong.push(format!("services/web/texts/{language}/{name}.ftl has no text `{key}`"));
            }
        }
        let variables: Vec<Vec<&String>> =
            files.iter().filter_map(|f| f.get(key)).map(|t| t.variables.keys().collect()).collect();
        if let [one, two] = variables.as_slice()
            && one != two
        {
            wrong.push(format!(
                "services/web/texts/*/{name}.ftl: `{key}` has the variables {one:?} in vi and {two:?} in en"
            ));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn module(out: &mut String, name: &str, files: &[File]) -> Result<(), Problem> {
    let [vi, en] = files else { return Err("two languages are written".into()) };
    writeln!(out, "/// Texts of `{name}.ftl`.\npub(crate) mod {} {{", self::name(name)?)?;
    if BY_CODE.contains(&name) {
        writeln!(out, "    /// Every code, sorted, with its words.")?;
        writeln!(out, "    pub(crate) static ALL: &[(&str, [&str; 2])] = &[")?;
        for (key, text) in vi {
            let (Some(vi), Some(en)) = (&text.plain, en.get(key).and_then(|t| t.plain.as_ref())) else {
                return Err(
                    format!("{name}.ftl: `{key}` is looked up by its code and has no variables").into()
                );
            };
            writeln!(out, "        ({key:?}, [{vi:?}, {en:?}]),")?;
        }
        writeln!(out, "    ];\n}}")?;
        return Ok(());
    }
    for (key, text) in vi {
        let other = en.get(key).ok_or("both languages were compared")?;
        let function = self::name(key)?;
        if let (Some(vi), Some(en)) = (&text.plain, &other.plain) {
            writeln!(out, "    /// {}", vi.replace('\n', " "))?;
            writeln!(out, "    pub(crate) fn {function}() -> &'static str {{")?;
            writeln!(out, "        super::pick([{vi:?}, {en:?}])\n    }}")?;
            continue;
        }
        let mut arguments = String::new();
        let mut taken = String::new();
        for (variable, how) in &text.variables {
            let how = other.variables.get(variable).map_or(*how, |o| *how.max(o));
            let variable = self::name(variable)?;
            let (kind, wrap) = if how == Use::Counted {
                ("impl super::Count", "Counted::of")
            } else {
                ("impl std::fmt::Display", "Shown::of")
            };
            if !arguments.is_empty() {
                arguments.push_str(", ");
            }
            write!(arguments, "{variable}: {kind}")?;
            writeln!(taken, "        let {variable} = super::{wrap}({variable});")?;
        }
        writeln!(out, "    /// By the variables, in the order of the alphabet.")?;
        writeln!(out, "    pub(crate) fn {function}({arguments}) -> String {{\n{taken}")?;
        writeln!(out, "        let mut words_ = String::new();\n        match super::language() {{")?;
        writeln!(out, "            super::Language::Vi => {{\n{}            }}", text.code)?;
        writeln!(out, "            super::Language::En => {{\n{}            }}", other.code)?;
        writeln!(out, "        }}\n        words_\n    }}")?;
    }
    writeln!(out, "}}")?;
    Ok(())
}

/// A key or variable as a name of Rust.
fn name(text: &str) -> Result<String, Problem> {
    let name = text.replace('-', "_");
    if name.chars().any(|c| c.is_ascii_uppercase()) {
        return Err(format!("`{text}`: names are written in small letters").into());
    }
    Ok(if KEYWORDS.contains(&name.as_str()) { format!("r#{name}") } else { name })
}
