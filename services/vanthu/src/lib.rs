//! The one binary as a library: what `main` calls, and what the tests of a whole office call.

pub mod agent;
pub mod backup;
mod bar;
pub mod checking;
pub mod cli;
pub mod demo;
pub mod keys;
pub mod listen;
pub mod maintenance;
pub mod office;
pub mod pdf;
pub mod prepare;
pub mod raise;
pub mod raising;
pub mod role;
pub mod serve;
