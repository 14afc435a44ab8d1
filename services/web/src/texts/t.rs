//! Every text, one function each, made by the build from `texts/{vi,en}/*.ftl` (how: `texts/README.md`).

use std::fmt::Display;

pub(crate) use super::language::{Language, language};

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// Words that are chosen when they are said: a table of them stands for every language.
pub(crate) type Words = fn() -> &'static str;

/// The words of the language that is spoken, out of those of every language.
pub(crate) fn pick(words: [&'static str; 2]) -> &'static str {
    match language() {
        Language::Vi => words[0],
        Language::En => words[1],
    }
}

/// The words for a code, out of a file that is looked up by codes.
pub(crate) fn by_code(all: &[(&str, [&'static str; 2])], code: &str) -> Option<&'static str> {
    let at = all.binary_search_by(|(known, _)| (*known).cmp(code)).ok()?;
    all.get(at).map(|(_, words)| pick(*words))
}

/// How many of something; the form of the words may follow it.
pub(crate) trait Count {
    /// As a whole number.
    fn number(&self) -> u64;
}

macro_rules! counts {
    ($($kind:ty),*) => {
        $(impl Count for $kind {
            fn number(&self) -> u64 {
                u64::try_from(*self).unwrap_or_default()
            }
        })*
    };
}

counts!(u8, u16, u32, u64, usize, i32, i64);

impl<T: Count + ?Sized> Count for &T {
    fn number(&self) -> u64 {
        (**self).number()
    }
}

/// A number in a text: chosen by, and written with our dots.
struct Counted(u64, String);

impl Counted {
    fn of(count: impl Count) -> Self {
        let n = count.number();
        Self(n, crate::view::day::number(n))
    }

    fn count(&self) -> u64 {
        self.0
    }

    fn shown(&self) -> &str {
        &self.1
    }
}

/// Anything else in a text, as it is.
struct Shown(String);

impl Shown {
    fn of(value: impl Display) -> Self {
        Self(value.to_string())
    }

    fn shown(&self) -> &str {
        &self.0
    }
}
