//! The invented names of the demo.

use proto::fault::Fault;
use proto::record::v1::Urgency;
use serde::Deserialize;

const NAMES: &str = include_str!("names.json");

/// All names.
#[derive(Debug, Deserialize)]
pub(super) struct Names {
    pub(super) subjects: Vec<Subject>,
    pub(super) senders: Vec<Sender>,
}

/// What a document is about.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Subject {
    subject: String,
    urgency: String,
    /// Working days until it is due; 0: none.
    pub(super) due_in_working_days: u32,
}

/// Who sends.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Sender {
    pub(super) name: String,
    /// Ký hiệu of its công văn.
    pub(super) notation: String,
    pub(super) channel: String,
}

impl Names {
    pub(super) fn read() -> Result<Self, Fault> {
        serde_json::from_str(NAMES).map_err(Fault::broken)
    }
}

impl Subject {
    /// The subject without “v/v”.
    pub(super) fn text(&self) -> String {
        let text = self.subject.trim();
        let text = text.strip_prefix("v/v ").or_else(|| text.strip_prefix("V/v ")).unwrap_or(text);
        let mut chars = text.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
    }

    pub(super) fn urgency(&self) -> Urgency {
        match self.urgency.as_str() {
            "Khẩn" => Urgency::Urgent,
            "Thượng khẩn" => Urgency::VeryUrgent,
            "Hỏa tốc" => Urgency::Express,
            _ => Urgency::Normal,
        }
    }
}
