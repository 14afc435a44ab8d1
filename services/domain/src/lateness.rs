//! When work is late: one definition, with its arithmetic.
