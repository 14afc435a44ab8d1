//! A style sheet of a package without the rules that no page of ours can match.
//!
//! Pages name their classes in templates, in our own scripts and in the code that fills templates. A rule stays when each
//! class that its selector needs is a word of one of those; what is in doubt stays.

use std::collections::HashSet;

/// Every word of `text` that may be the name of a class.
pub(crate) fn words<'a>(text: &'a str, into: &mut HashSet<&'a str>) {
    into.extend(
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).filter(|w| !w.is_empty()),
    );
}

/// The rules of `css` that a page with the classes `used` can match, in their order.
pub(crate) fn used_rules(css: &str, used: &HashSet<&str>) -> String {
    let mut out = String::with_capacity(css.len() / 2);
    let mut rest = css;
    while let Some(statement) = next(rest) {
        rest = statement.rest;
        let head = statement.head.trim();
        match statement.body {
            // `@charset` and its like.
            None => out.push_str(statement.whole),
            Some(body) if head.starts_with("@media") || head.starts_with("@supports") => {
                let inside = used_rules(body, used);
                if !inside.is_empty() {
                    out.push_str(&format!("{head}{{{inside}}}"));
                }
            }
            Some(_) if head.starts_with("@keyframes") => {
                if head.split_whitespace().nth(1).is_some_and(|name| used.contains(name)) {
                    out.push_str(statement.whole);
                }
            }
            Some(_) if head.starts_with('@') => out.push_str(statement.whole),
            Some(body) => {
                let kept: Vec<&str> = selectors(head).into_iter().filter(|s| may_match(s, used)).collect();
                if !kept.is_empty() && !body.trim().is_empty() {
                    out.push_str(&format!("{}{{{body}}}", kept.join(",")));
                }
            }
        }
    }
    out
}

struct Statement<'a> {
    head: &'a str,
    body: Option<&'a str>,
    whole: &'a str,
    rest: &'a str,
}

/// The next rule or statement; comments between rules are skipped, what is broken off is left out.
fn next(css: &str) -> Option<Statement<'_>> {
    let mut css = css.trim_start();
    while let Some(comment) = css.strip_prefix("/*") {
        css = comment.split_once("*/").map_or("", |(_, rest)| rest).trim_start();
    }
    let (mut depth, mut start, mut quote) = (0_usize, None, None);
    for (at, c) in css.char_indices() {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') => {
                depth += 1;
                start.get_or_insert(at);
            }
            (None, '}') => {
                depth = depth.checked_sub(1)?;
                if let (0, Some(open)) = (depth, start) {
                    return Some(Statement {
                        head: css.get(..open)?,
                        body: css.get(open + 1..at),
                        whole: css.get(..=at)?,
                        rest: css.get(at + 1..)?,
                    });
                }
            }
            (None, ';') if start.is_none() => {
                return Some(Statement {
                    head: css.get(..at)?,
                    body: None,
                    whole: css.get(..=at)?,
                    rest: css.get(at + 1..)?,
                });
            }
            _ => {}
        }
    }
    None
}

/// The selectors of a list, cut at the commas that stand in no parentheses.
fn selectors(list: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0_i32, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                found.extend(list.get(from..at));
                from = at + 1;
            }
            _ => {}
        }
    }
    found.extend(list.get(from..));
    found
}

/// True unless the selector needs a class, or an attribute of the package's own, that no page has.
fn may_match(selector: &str, used: &HashSet<&str>) -> bool {
    let mut depth = 0_i32;
    for (at, c) in selector.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            // What stands in `:not(…)` is not needed.
            '.' if depth == 0 && !used.contains(name(selector, at + 1)) => return false,
            '[' if depth == 0 => {
                let attribute = name(selector, at + 1);
                if attribute.starts_with("data-bs-") && !used.contains(attribute) {
                    return false;
                }
            }
            _ => {}
        }
    }
    true
}

fn name(selector: &str, from: usize) -> &str {
    let rest = selector.get(from..).unwrap_or_default();
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}
