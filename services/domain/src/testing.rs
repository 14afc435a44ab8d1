//! A world kept in a map, for tests.
