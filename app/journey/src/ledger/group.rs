//! The organisations that will use the product, as the end-user group named them.

use serde::{Deserialize, Serialize};

use crate::{
    base::{identity::Identity, places},
    form::{self, Answers},
};

/// The group as it was sent last: who leads it, and its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// ODS code of the organisation that leads it.
    pub lead: String,
    /// Its members, in the order in which they were written.
    pub members: Vec<Identity>,
    /// In which care setting they use the product, in words. Ledgers of before do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care_setting: Option<String>,
}

impl Group {
    /// What the answers of the group say, with its care setting in words; `None` for those that name no member.
    #[must_use]
    pub fn of(answers: &Answers, care_setting: Option<String>) -> Option<Self> {
        let members = listed(answers.one("members"));
        (!members.is_empty()).then(|| Self { lead: answers.one("lead_ods").to_owned(), members, care_setting })
    }

    /// Whether the code is a member's.
    #[must_use]
    pub fn has(&self, ods_code: &str) -> bool {
        self.members.iter().any(|member| member.ods_code == ods_code)
    }

    /// Whether a place belongs to a member: its code is a member's, or that of a site or branch of one.
    #[must_use]
    pub fn has_place(&self, ods_code: &str) -> bool {
        self.members.iter().any(|member| places::is_of(ods_code, &member.ods_code))
    }

    /// Its members as a form writes them, one a line.
    #[must_use]
    pub fn lines(&self) -> String {
        let line = |member: &Identity| format!("{} {}", member.ods_code, member.name);
        self.members.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Organisations as a form lists them, in waves or not; none when a line cannot be read, which the form itself tells.
pub(crate) fn listed(text: &str) -> Vec<Identity> {
    let waves = form::waves(text).unwrap_or_default();
    waves.into_iter().flat_map(|wave| wave.sites).map(|it| Identity { name: it.name, ods_code: it.ods_code }).collect()
}
