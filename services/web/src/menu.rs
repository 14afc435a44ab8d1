//! The menu: words fixed by habit, only what works for the roles of the position. Screens name their own entries; the
//! groups and their order stand here.

use proto::archive::v1::ListRequest;
use proto::fault::Fault;

use crate::desk::Desk;
use crate::screens;
use crate::texts::t;
use crate::works::Works;

/// The groups, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The first page.
    Home,
    /// What comes in.
    Incoming,
    /// What goes out.
    Outgoing,
    /// Signatures.
    Signing,
    /// The registers.
    Books,
    /// Finding.
    Search,
    /// People, series, health.
    Administration,
}

impl Part {
    const ALL: [Self; 7] = [
        Self::Home,
        Self::Incoming,
        Self::Outgoing,
        Self::Signing,
        Self::Books,
        Self::Search,
        Self::Administration,
    ];

    fn label(self) -> &'static str {
        match self {
            Self::Home => t::menu::home(),
            Self::Incoming => t::menu::incoming(),
            Self::Outgoing => t::menu::outgoing(),
            Self::Signing => t::menu::signing(),
            Self::Books => t::menu::books(),
            Self::Search => t::menu::search(),
            Self::Administration => t::menu::administration(),
        }
    }

    fn icon(self) -> &'static str {
        match self {
            Self::Home => "house",
            Self::Incoming => "inbox",
            Self::Outgoing => "send",
            Self::Signing => "pen",
            Self::Books => "journal-text",
            Self::Search => "search",
            Self::Administration => "sliders",
        }
    }

    /// The keys that lead there from any page; empty when none do.
    fn key(self) -> &'static str {
        match self {
            Self::Incoming => "g d",
            Self::Outgoing => "g i",
            Self::Signing => "g c",
            Self::Books => "g s",
            Self::Home | Self::Search | Self::Administration => "",
        }
    }
}

/// One page in the menu, as its screen declares it.
pub(crate) struct Entry {
    /// The group it stands in.
    pub(crate) group: Part,
    /// Its words.
    pub(crate) label: &'static str,
    /// Its path; also how a page says where it is.
    pub(crate) href: &'static str,
    /// How much waits there.
    pub(crate) count: Vec<ListRequest>,
    /// True when what waits there waits for the person (badge), false when for the unit (plain figure).
    pub(crate) mine: bool,
    /// True when what waits there is late.
    pub(crate) late: bool,
    /// The keys that lead there from any page; empty when none do.
    pub(crate) key: &'static str,
}

impl Entry {
    /// A page without a figure.
    pub(crate) fn new(group: Part, label: &'static str, href: &'static str) -> Self {
        Self { group, label, href, count: Vec::new(), mine: false, late: false, key: "" }
    }

    /// What waits there waits for the person.
    pub(crate) fn mine(mut self, lists: impl IntoIterator<Item = ListRequest>) -> Self {
        self.count = lists.into_iter().collect();
        self.mine = true;
        self
    }

    /// What waits there is shown as a plain figure.
    pub(crate) fn counted(mut self, lists: impl IntoIterator<Item = ListRequest>) -> Self {
        self.count = lists.into_iter().collect();
        self
    }

    /// Keys that lead there from any page.
    pub(crate) fn key(mut self, key: &'static str) -> Self {
        self.key = key;
        self
    }

    /// What waits there is late.
    pub(crate) fn late(mut self) -> Self {
        self.late = true;
        self
    }
}

/// A group as the layout shows it.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// Its words.
    pub(crate) label: &'static str,
    /// Its icon.
    pub(crate) icon: &'static str,
    /// Keys that lead there; empty when none do.
    pub(crate) key: &'static str,
    /// Where it leads: its first page.
    pub(crate) href: &'static str,
    /// True when the current page is in it.
    pub(crate) open: bool,
    /// True when the group is the page itself.
    pub(crate) alone: bool,
    /// What waits for the person in it.
    pub(crate) badge: Badge,
    /// Its pages.
    pub(crate) items: Vec<Item>,
}

/// A page as the layout shows it.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// Its words.
    pub(crate) label: &'static str,
    /// Its path.
    pub(crate) href: &'static str,
    /// Keys that lead there; empty when none do.
    pub(crate) key: &'static str,
    /// True for the current page.
    pub(crate) here: bool,
    /// What waits there.
    pub(crate) badge: Badge,
}

/// A figure beside words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Badge {
    /// How many; 0 is not shown.
    pub(crate) n: u32,
    /// Waits for the person.
    pub(crate) mine: bool,
    /// Something of it is late.
    pub(crate) late: bool,
}

impl Badge {
    /// What a reader hears.
    pub(crate) fn words(self) -> String {
        match (self.late, self.mine) {
            (true, _) => t::menu::badge_late(self.n),
            (false, true) => t::menu::badge_mine(self.n),
            (false, false) => t::menu::badge_unit(self.n),
        }
    }
}

/// The menu of a person, and the position of the journal at which its figures were counted.
pub(crate) async fn of(desk: &Desk, here: &str) -> Result<(Vec<Group>, u64), Fault> {
    let entries = screens::entries(desk, Works::of(desk).await);
    let asked: Vec<ListRequest> = entries.iter().flat_map(|e| e.count.clone()).collect();
    // A figure that cannot be had is no reason to show no page.
    let (counted, position) = desk.calls().counts_at(asked).await.unwrap_or_else(|fault| {
        tracing::warn!(%fault, "menu has no figures");
        (Vec::new(), 0)
    });
    let mut counts = counted.into_iter();
    let figures: Vec<Badge> = entries
        .iter()
        .map(|e| Badge {
            n: e.count.iter().map(|_| counts.next().unwrap_or(0)).sum(),
            mine: e.mine,
            late: e.late,
        })
        .collect();
    Ok((arranged(&entries, &figures, here), position))
}

fn arranged(entries: &[Entry], figures: &[Badge], here: &str) -> Vec<Group> {
    let mut groups = Vec::new();
    for part in Part::ALL {
        let (label, icon, key) = (part.label(), part.icon(), part.key());
        let inside: Vec<(&Entry, Badge)> =
            entries.iter().zip(figures.iter().copied()).filter(|(e, _)| e.group == part).collect();
        let Some((first, _)) = inside.first() else { continue };
        let alone = inside.len() == 1 && first.label == label;
        let waiting: Vec<Badge> = inside.iter().map(|(_, b)| *b).filter(|b| b.mine && !b.late).collect();
        groups.push(Group {
            label,
            icon,
            key,
            href: first.href,
            open: inside.iter().any(|(e, _)| e.href == here),
            alone,
            badge: Badge { n: waiting.iter().map(|b| b.n).sum(), mine: true, late: false },
            items: if alone {
                Vec::new()
            } else {
                inside
                    .iter()
                    .map(|(e, badge)| Item {
                        label: e.label,
                        href: e.href,
                        key: e.key,
                        here: e.href == here,
                        badge: *badge,
                    })
                    .collect()
            },
        });
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_tells_what_waits_for_the_person_and_is_absent_without_pages() {
        let entries = [
            Entry::new(Part::Incoming, "Chờ vào sổ", "/tiep-nhan").mine([ListRequest::default()]),
            Entry::new(Part::Incoming, "Đang xử lý", "/van-ban-den/dang-xu-ly")
                .counted([ListRequest::default()]),
            Entry::new(Part::Search, "Tra cứu", "/tra-cuu"),
        ];
        let figures = [
            Badge { n: 3, mine: true, late: false },
            Badge { n: 64, mine: false, late: false },
            Badge::default(),
        ];
        let groups = arranged(&entries, &figures, "/van-ban-den/dang-xu-ly");
        assert_eq!(groups.iter().map(|g| g.label).collect::<Vec<_>>(), ["Văn bản đến", "Tra cứu"]);
        assert_eq!(groups[0].badge.n, 3);
        assert!(groups[0].open && groups[0].items[1].here && !groups[1].open && groups[1].alone);
        assert_eq!(groups[0].items[0].badge.words(), ", 3 chờ tôi");
    }

    #[test]
    fn what_the_table_of_keys_says_of_the_menu_is_what_the_menu_does() {
        let entries = [
            Entry::new(Part::Incoming, "Chờ vào sổ", "/tiep-nhan"),
            Entry::new(Part::Incoming, "Chờ xử lý", "/viec/chu-tri").key("g v"),
            Entry::new(Part::Books, "Sổ đến", "/so/den"),
        ];
        let groups = arranged(&entries, &[Badge::default(); 3], "/");
        assert_eq!(
            groups.iter().map(|g| (g.key, g.href)).collect::<Vec<_>>(),
            [("g d", "/tiep-nhan"), ("g s", "/so/den")]
        );
        assert_eq!(groups[0].items[1].key, "g v");
        let told = screens::help::keys().remove(0).1;
        for key in Part::ALL.map(Part::key).into_iter().filter(|key| !key.is_empty()) {
            assert!(told.iter().any(|(k, _)| k.to_lowercase() == key), "{key}");
        }
    }
}
