//! Stretches of a file as the content of a signature: `cms` asks for bytes, `pdf` reads them.

use std::ops::Range;

use crate::cms::{Content, Pieces};
use crate::pdf::{Error, Input};

/// Stretches of a file, one after the other.
pub(crate) struct Ranges<'f> {
    pub(crate) file: &'f Input,
    pub(crate) ranges: &'f [Range<usize>],
}

impl Ranges<'_> {
    pub(crate) fn content(&self) -> Content<'_> {
        Content::Pieces(self)
    }
}

/// Why no more pieces are given.
enum Stop {
    Unreadable,
    Enough,
}

impl From<Error> for Stop {
    fn from(_: Error) -> Self {
        Self::Unreadable
    }
}

impl Pieces for Ranges<'_> {
    fn each(&self, take: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        self.ranges.iter().all(|range| {
            let given =
                self.file.each(range.clone(), |piece| if take(piece) { Ok(()) } else { Err(Stop::Enough) });
            given.is_ok()
        })
    }
}
