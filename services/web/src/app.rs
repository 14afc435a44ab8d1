//! What every handler shares.

use std::sync::Arc;

use proto::record::v1::Date;

use crate::live::Live;
use crate::office::Office;
use crate::roll::Kept;
use crate::settings::Settings;
use crate::works;

/// State of the router. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    /// The clients.
    pub(crate) office: Office,
    /// How it was mounted.
    pub(crate) settings: Settings,
    /// Names of people and units, kept for a few seconds.
    pub(crate) roll: Arc<Kept>,
    /// Pages that are told of changes.
    pub(crate) live: Arc<Live>,
    /// What works of what an office may leave out.
    pub(crate) works: Arc<works::Kept>,
}

impl App {
    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        (self.settings.clock)()
    }

    /// The day in Viet Nam.
    pub(crate) fn today(&self) -> Date {
        domain::calendar::date_at(self.now())
    }
}
