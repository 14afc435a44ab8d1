//! A small world for the tests of a whole office: an open office with a clock that is set, people of every role with
//! typed acts, a certificate authority, and judges that are not ours. Everything goes through the public RPCs.

pub mod authority;
pub mod binary;
pub mod chance;
pub mod desk;
pub mod forgery;
pub mod incoming;
pub mod issued;
pub mod judge;
pub mod lawful;
pub mod letter;
pub mod office;
pub mod outgoing;
pub mod paper;
pub mod process;
pub mod raw;
pub mod skip;
pub mod staff;
pub mod world;
