//! The one-byte codes that start every index key.

/// What a key is of. Frozen: a byte once used is never given another meaning; retired names stay to reserve theirs.
///
/// Below 0x80: the lists of `vanthu.archive.v1.ListName`, with the same numbers. From 0x80: look-ups of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Code {
    /// rank ‖ name ‖ id.
    Units = 1,
    /// given name ‖ full name ‖ id, folded.
    People = 2,
    /// unit ‖ title, folded ‖ id.
    Positions = 3,
    /// start, newest first ‖ id.
    Delegations = 4,
    /// book ‖ secret ‖ name ‖ id.
    Series = 5,
    /// year, newest first ‖ id.
    Holidays = 6,
    /// seal first ‖ subject, folded ‖ id.
    Certificates = 7,
    /// reader ‖ year, newest first ‖ series ‖ id.
    SeriesYears = 8,

    /// reader ‖ series ‖ year ‖ ordinal ‖ suffix ‖ id.
    Register = 20,
    /// reader ‖ status ‖ received, newest first ‖ id.
    IncomingByStatus = 21,
    /// leader ‖ urgency, express first ‖ received, oldest first ‖ id.
    IncomingForDirection = 22,
    /// reader ‖ received, newest first ‖ id.
    IncomingAll = 23,
    /// reader ‖ series ‖ year ‖ ordinal ‖ id, until taken or released.
    ReservedNumbers = 24,
    /// reader ‖ year ‖ series ‖ ordinal ‖ suffix ‖ id.
    VoidNumbers = 25,
    /// received, oldest first ‖ id: signed ones whose authorities were not asked yet.
    Unchecked = 26,

    /// assignee ‖ due, none last ‖ id.
    MyLead = 30,
    /// assignee ‖ due, none last ‖ id.
    MySupporting = 31,
    /// assignee ‖ given, newest first ‖ id; gone once opened (a unit's: once anybody of the unit has).
    MyInformation = 32,
    /// assignee or completer ‖ completed, newest first ‖ id.
    MyCompleted = 33,
    /// giver ‖ due, none last ‖ id.
    GivenByMe = 34,
    /// reader ‖ due, none last ‖ id.
    OpenAssignments = 35,

    /// reader ‖ status ‖ drafted, newest first ‖ id.
    OutgoingByStatus = 50,
    /// drafter ‖ drafted, newest first ‖ id.
    MyDrafts = 51,
    /// drafter ‖ drafted, newest first ‖ id.
    MyReturnedDrafts = 52,
    /// drafting unit ‖ urgency ‖ drafted ‖ id.
    DraftsForReview = 53,
    /// role form checker ‖ urgency ‖ drafted ‖ id.
    DraftsForFormCheck = 54,
    /// signer ‖ urgency ‖ drafted ‖ id.
    DraftsForApproval = 55,
    /// signer ‖ urgency ‖ drafted ‖ id.
    ForSignature = 56,
    /// signer ‖ signed, newest first ‖ id.
    SignedByMe = 57,
    /// reader ‖ drafted, newest first ‖ id.
    OutgoingAll = 58,
    /// signer ‖ last try, newest first ‖ id; gone once signed, changed or returned.
    SigningFailed = 59,
    /// level reached ‖ to be renewed, else issued, oldest first ‖ id: issued and recalled ones.
    ByEvidence = 60,

    /// login ‖ person.
    PersonByLogin = 0x80,
    /// person ‖ position, ended ones left out.
    PositionsOfPerson = 0x81,
    /// unit ‖ position, ended ones left out.
    PositionsOfUnit = 0x82,
    /// role ‖ position, ended ones left out.
    PositionsOfRole = 0x83,
    /// position that may use it ‖ delegation, ended ones left out.
    DelegationsToPosition = 0x84,
    /// position whose power it is ‖ delegation, ended ones left out.
    DelegationsFromPosition = 0x85,
    /// person ‖ certificate, withdrawn ones left out.
    CertificatesOfPerson = 0x86,
    /// certificate of the agency's seal, withdrawn ones left out.
    SealCertificates = 0x87,
    /// SHA-256 ‖ certificate, withdrawn ones left out.
    CertificateByDigest = 0x88,
    /// series ‖ year ‖ ordinal ‖ suffix ‖ line, whoever reads.
    RegisterLines = 0x89,
    /// number ‖ notation ‖ issuer, normalised ‖ incoming document.
    IncomingByNumber = 0x8a,
    /// digest of the main file ‖ incoming document.
    IncomingByMainFile = 0x8b,
    /// document ‖ assignment, withdrawn ones left out.
    AssignmentsOfDocument = 0x8c,
    /// assignment handed on ‖ assignment made for it.
    AssignmentsOfParent = 0x8d,
    /// active series ‖ book ‖ secret.
    ActiveSeries = 0x8e,
    /// reader ‖ series ‖ year ‖ day drawn ‖ ordinal ‖ suffix ‖ id: the register between two days.
    RegisterByDay = 0x8f,

    /// year ‖ number ‖ notation ‖ outgoing document.
    OutgoingByNumber = 0xa0,
    /// incoming document ‖ outgoing document that answers it.
    AnswersTo = 0xa1,
    /// digest of the main file ‖ outgoing document.
    OutgoingByMainFile = 0xa2,
}
