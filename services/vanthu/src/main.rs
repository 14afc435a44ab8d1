//! vanthu
fn main() {}
