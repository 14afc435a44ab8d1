//! Every limit of the reader, in one place. A file beyond them is refused, never truncated in silence.

/// Arrays and dictionaries inside each other; qpdf and poppler end at 500.
pub const NESTING_DEPTH_MAX: usize = 256;
/// Entries of one dictionary or elements of one array.
pub const CONTAINER_ITEMS_MAX: usize = 2_000_000;
/// Highest object number that is followed (ISO 32000-1 Annex C gives 8,388,607 for real readers).
pub const OBJECT_NUMBER_MAX: u32 = 8_388_607;
/// Cross-reference sections in one chain of `/Prev`.
pub const XREF_SECTIONS_MAX: usize = 4_096;
/// Subsections of one cross-reference section.
pub const XREF_SUBSECTIONS_MAX: usize = 1_000_000;
/// Bytes that one stream may decode to.
pub const DECODED_STREAM_BYTES_MAX: usize = 64 << 20;
/// Bytes that all object and cross-reference streams of one document may decode to, together.
pub const DECODED_TOTAL_BYTES_MAX: usize = 512 << 20;
/// Bytes that all cross-reference streams of one file may decode to, together: eight million objects.
pub const XREF_DECODED_BYTES_MAX: usize = 128 << 20;
/// Subsections that one section may have when they overlap, and cannot be searched by halves.
pub const XREF_OVERLAPPING_MAX: usize = 1_024;
/// Bytes of syntax that may be read from one document before its structure is called hostile: this much, and
/// [`WORK_PER_BYTE`] for each byte of the file. Honest files need each object a few times per revision.
pub const WORK_BYTES_BASE: usize = 128 << 20;
/// See [`WORK_BYTES_BASE`].
pub const WORK_PER_BYTE: usize = 50;
/// Object numbers passed over for new objects because a reference names one of them, though no object has it.
pub const NUMBERS_SKIPPED_MAX: u32 = 65_536;
/// Filters on one stream.
pub const FILTERS_MAX: usize = 8;
/// References followed one after another before the chain is called a loop.
pub const REFERENCE_HOPS_MAX: usize = 16;
/// How deep loading one object may load others (stream lengths, object streams).
pub const LOAD_DEPTH_MAX: usize = 8;
/// Bytes at the start of the file in which `%PDF-` is looked for.
pub const HEADER_WINDOW_BYTES: usize = 1_024;
/// Bytes at the end of the file in which `startxref` is looked for before the whole file is searched.
pub const TRAILER_WINDOW_BYTES: usize = 2_048;
/// Depth of a page tree or of a form's field tree.
pub const TREE_DEPTH_MAX: usize = 256;
/// Nodes visited while looking for a page or a field.
pub const TREE_NODES_MAX: usize = 500_000;
/// Pages searched for a widget that does not say which page it is on.
pub const ANNOTATION_PAGES_MAX: usize = 1_000;
/// Bytes of a file on disk that are read and kept together.
pub const BLOCK_BYTES: usize = 64 << 10;
/// Blocks of one file on disk that are kept; the one that was used longest ago goes first.
pub const BLOCKS_MAX: usize = 64;
/// Bytes of a file on disk that are read at once where all of it is wanted, or something is searched.
pub const CHUNK_BYTES: usize = 256 << 10;
/// Bytes in which an object of a file on disk is looked for first; the window grows where they are not enough.
pub const WINDOW_BYTES: usize = 1 << 10;
/// Most bytes of one object of a file on disk, the data of a stream not counted.
pub const OBJECT_WINDOW_BYTES_MAX: usize = 64 << 20;
/// Most bytes of the data of one stream of a file on disk that are read to be decoded.
pub const RAW_STREAM_BYTES_MAX: usize = 128 << 20;
/// Files up to this size are read into memory when they are opened.
pub const IN_MEMORY_BYTES_MAX: usize = 4 << 20;
