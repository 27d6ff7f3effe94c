//! What a rule of the catalogue says of itself.

use crate::{
    base::named::named,
    conformance::reading::{Brief, Found, Reading},
    guidance::spine::{
        interactions::Interaction,
        steps::{field_place, steps},
    },
};

named! {
    /// What it means that a rule does not hold.
    pub enum Severity {
        /// The request is not as the specification says.
        Error = ("error", "Fails"),
        /// For a person to judge.
        Warning = ("warning", "For a person to judge"),
        /// Worth knowing.
        Information = ("information", "For information"),
    }
}

/// The specifications for which a rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// 0.x alone: Access Record HTML.
    Zero,
    /// 1.x alone.
    One,
    /// Both.
    Both,
}

impl Holds {
    /// In words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Holds::Zero => "0.x",
            Holds::One => "1.x",
            Holds::Both => "0.x and 1.x",
        }
    }
}

/// What a rule looks at.
#[derive(Clone, Copy)]
pub enum Look {
    /// One request.
    One(fn(&Reading<'_>) -> Found),
    /// All requests of a set together.
    Set(fn(&[Brief<'_>]) -> Found),
}

/// One rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its number, such as `HDR-01`.
    pub id: &'static str,
    /// What must hold, in a line.
    pub about: &'static str,
    /// What must stand there, and why.
    pub must: &'static str,
    /// What it means that it does not.
    pub severity: Severity,
    /// For which specifications.
    pub holds: Holds,
    /// The page of the specification, or of ours, that says so.
    pub source: &'static str,
    /// The step of `/spine` that explains it, with the name of the field there.
    pub step: (u8, &'static str),
    /// Rows of the SCAL that it supports.
    pub rows: &'static [&'static str],
    /// A value that is right.
    pub example: &'static str,
    /// What it looks at.
    pub look: Look,
}

fn page(step: u8, interaction: &Interaction) -> String {
    let id: String = url::form_urlencoded::byte_serialize(interaction.id.as_bytes()).collect();
    format!("/spine?step={step}&capability={}&interaction={id}", interaction.area.name())
}

impl Rule {
    /// Where `/spine` explains it, for the interaction of a request or for the one that the page shows first.
    #[must_use]
    pub fn explained(&self, interaction: &Interaction) -> String {
        let (step, field) = self.step;
        let all = steps(interaction);
        if field == "address" {
            return format!("{}#{}", page(step, interaction), field_place(step, 0, 0));
        }
        let place = all[usize::from(step.saturating_sub(1)).min(5)].messages.iter().enumerate().find_map(|(at, message)| {
            message.fields.iter().position(|one| one.name == field).map(|place| field_place(step, at, place))
        });
        format!("{}#{}", page(step, interaction), place.unwrap_or_else(|| "shown".to_owned()))
    }

    /// It is about several requests.
    #[must_use]
    pub fn is_of_sets(&self) -> bool {
        matches!(self.look, Look::Set(_))
    }
}
