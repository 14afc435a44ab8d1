//! Every limit on what is asked of others and taken from them.

use std::time::Duration;

/// Longest one exchange may take, from looking the name up to the last byte.
pub const EXCHANGE_TIME: Duration = Duration::from_secs(20);
/// How often an exchange is tried before it is given up.
pub const ATTEMPTS: u32 = 3;
/// Wait before the second attempt; doubled before each further one.
pub const BACKOFF: Duration = Duration::from_millis(500);
/// Exchanges at a time with all services together.
pub const CONCURRENT: usize = 8;
/// Most redirects that are followed to a CRL or a certificate; other exchanges follow none.
pub const REDIRECTS_MAX: usize = 3;
/// Longest address that is asked, in bytes.
pub const URL_BYTES_MAX: usize = 2_048;
/// Largest answer of a time-stamp service, in bytes.
pub const STAMP_BYTES_MAX: u64 = 256 << 10;
/// Largest OCSP response, in bytes.
pub const OCSP_BYTES_MAX: u64 = 256 << 10;
/// Largest CRL, in bytes: those of the national CAs grow to several megabytes.
pub const CRL_BYTES_MAX: u64 = 32 << 20;
/// Largest file of issuers' certificates, in bytes.
pub const ISSUER_BYTES_MAX: u64 = 1 << 20;
/// Largest file of credentials, in bytes.
pub const CREDENTIALS_BYTES_MAX: usize = 4 << 10;
/// Most addresses of one kind that are tried for one certificate.
pub const SOURCES_MAX: usize = 3;
/// Most certificates of issuers that are looked for to complete one path.
pub const ISSUERS_MAX: usize = 4;
/// Most certificates that are read from one file of issuers.
pub const ISSUER_CERTIFICATES_MAX: usize = 16;
/// How far the clocks of others may be ahead of ours, in seconds.
pub const CLOCK_SKEW: i64 = 300;
/// How old a statement may be that does not say until when it holds, in seconds.
pub const UNDATED_AGE_MAX: i64 = 86_400;
/// How long an issuer's certificate is kept, in seconds; it is asked for again after that.
pub const ISSUER_AGE_MAX: i64 = 30 * 86_400;
/// Most bytes that a cache keeps in all.
pub const CACHE_BYTES_MAX: u64 = 256 << 20;
/// Most exchanges for judging one file, whatever addresses its certificates name.
pub const JUDGING_EXCHANGES_MAX: usize = 24;
/// Longest all exchanges for judging one file may take together; one that has begun is ended.
pub const JUDGING_TIME: Duration = Duration::from_secs(60);
/// Most rounds of asking and judging again: with an issuer found there is more to be asked.
pub const JUDGING_ROUNDS_MAX: usize = 3;
/// Tries after which an issuer is no longer waited for whose address only a stranger's certificate names: an hour, by
/// the pauses between them.
pub const ISSUER_TRIES_MAX: u32 = 8;
/// Longest one exchange may take when a file is judged: people wait for it.
pub const JUDGING_EXCHANGE_TIME: Duration = Duration::from_secs(10);
/// How often such an exchange is tried.
pub const JUDGING_ATTEMPTS: u32 = 2;
