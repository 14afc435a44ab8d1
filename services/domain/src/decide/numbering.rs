//! Drawing the next number of a series.
