//! The metadata that incoming and outgoing documents share, files, reports.
