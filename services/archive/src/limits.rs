//! Every limit of the archive, in one place.

use std::time::Duration;

/// Requests that are committed with one sync at most.
pub const GROUP_REQUESTS_MAX: usize = 256;
/// How long nothing must wait before the journal's mark is made durable.
pub const SETTLE_AFTER: Duration = Duration::from_millis(50);
/// How often a damaged view is made anew while the archive runs.
pub const REBUILDS_MAX: u64 = 5;
/// Requests that may wait for the committer.
pub const COMMIT_QUEUE_MAX: usize = 1_024;
/// How long a request waits for a place in that queue.
pub const COMMIT_QUEUE_WAIT: Duration = Duration::from_secs(5);
/// How long the first answer to a request id is kept, in milliseconds: 30 days.
pub const ANSWER_KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// Answers past their time that one entry clears away at most; each entry adds only one.
pub const ANSWERS_CLEARED_PER_ENTRY: usize = 8;
/// Shortest request id, in characters.
pub const REQUEST_ID_MIN: usize = 8;
/// Longest request id, in characters.
pub const REQUEST_ID_MAX: usize = 64;
/// Longest command, encoded, in bytes.
pub const COMMAND_BYTES_MAX: usize = 1024 * 1024;
/// Versions that one request may expect.
pub const EXPECTED_VERSIONS_MAX: usize = 200;

/// Records that one `BatchGet` may ask for.
pub const BATCH_GET_MAX: usize = 200;
/// Lines of a page that are given when the request names no number.
pub const PAGE_SIZE_DEFAULT: usize = 50;
/// Lines of a page at most.
pub const PAGE_SIZE_MAX: usize = 200;
/// Longest page token, in characters.
pub const PAGE_TOKEN_MAX: usize = 2_048;
/// Documents like one in hand that are told.
pub const DUPLICATES_MAX: usize = 20;
/// Lists that one `Count` may ask for.
pub const COUNT_LISTS_MAX: usize = 40;
/// Where counting stops.
pub const COUNT_MAX: usize = 10_000;
/// Index entries that are read at once when lists are merged.
pub const SCAN_CHUNK: usize = 64;
/// Index entries that one page may look at: those the caller may not see count too.
pub const SCAN_MAX: usize = 50_000;
/// Items of a page of history that are given when the request names no number.
pub const HISTORY_PAGE_DEFAULT: usize = 100;
/// Longest record id, in bytes.
pub const RECORD_ID_MAX: usize = 200;

/// How long a reader waits for `at_least`.
pub const AT_LEAST_WAIT: Duration = Duration::from_secs(1);
/// Watchers at once.
pub const WATCHERS_MAX: usize = 1_000;
/// Changes after which `Watch` ends.
pub const WATCH_CHANGES_MAX: usize = 1_000;
/// Changes that may lie ready for a watcher.
pub const WATCH_BUFFER: usize = 32;
/// How long a watcher may leave its changes lying before it is ended.
pub const WATCH_SLOW: Duration = Duration::from_secs(10);
/// Entries that a watcher's look takes at once.
pub const WATCH_STEP: usize = 256;

/// Longest file, in bytes.
pub const FILE_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// How long either side of a transfer may leave the other waiting for a chunk.
pub const TRANSFER_SLOW: Duration = Duration::from_secs(60);
/// How long a person may read a file they put without naming a record, in milliseconds.
pub const JUST_PUT_MS: i64 = 3_600_000;
/// Bytes that one person may put without any entry naming them: ten of the longest files.
pub const UNNAMED_BYTES_PER_PERSON_MAX: u64 = 10 * FILE_BYTES_MAX;
/// Files that one person may put without any entry naming them.
pub const UNNAMED_FILES_PER_PERSON_MAX: usize = 1_000;
/// Chunks that may lie ready for a reader of a file.
pub const CHUNKS_READY: usize = 4;

/// Hits of a page of search that are given when the request names no number.
pub const SEARCH_PAGE_DEFAULT: usize = 20;
/// Hits of a page of search at most.
pub const SEARCH_PAGE_MAX: usize = 100;
/// Hits that can be reached by turning pages.
pub const SEARCH_DEPTH_MAX: usize = storage::search::OFFSET_MAX;
/// Longest query, in bytes.
pub const QUERY_BYTES_MAX: usize = storage::search::QUERY_BYTES_MAX;
/// Longest text of a document that is indexed, in bytes.
pub const INDEXED_TEXT_MAX: usize = 2 * 1024 * 1024;
/// Time between two looks at what is to be indexed.
pub const SEARCH_FEED_EVERY: Duration = Duration::from_millis(100);
/// Time between two commits of the search index.
pub const SEARCH_COMMIT_EVERY: Duration = Duration::from_millis(500);
/// Values of a facet that are told.
pub const FACET_VALUES_MAX: usize = 20;
/// Files that are remembered to begin with another one.
pub(crate) const APPENDED_REMEMBERED_MAX: usize = 10_000;
/// Files that are remembered as durable.
pub const DURABLE_REMEMBERED_MAX: usize = 100_000;
/// Records that are looked through for one that lets the caller read a file.
pub const FILE_RECORDS_MAX: usize = 1_000;
/// How old a file must be that no entry ever named before it is swept, in milliseconds: 48 hours.
pub const SWEEP_AGE_MS: i64 = 48 * 3_600_000;
/// Files that are swept between two groups of commits at most.
pub const SWEEP_BATCH: usize = 32;
/// Files that one round looks at for sweeping at most; the others are the next round's.
pub const SWEEP_CANDIDATES_MAX: usize = 100_000;
/// How long after the start the first round of upkeep begins.
pub const UPKEEP_AFTER: Duration = Duration::from_secs(10 * 60);
/// Time between the end of one round of upkeep and the next.
pub const UPKEEP_EVERY: Duration = Duration::from_secs(24 * 3_600);
/// Bytes of journal and files that upkeep reads in a second: 300 GB in a day, and hardly felt.
pub const UPKEEP_BYTES_PER_SECOND: u64 = 4 * 1024 * 1024;
/// Damage that is told one by one; what is beyond is only counted.
pub const DAMAGE_TOLD_MAX: usize = 100;
/// Journal entries that are indexed at once.
pub const INDEX_STEP_ENTRIES: u64 = 512;
