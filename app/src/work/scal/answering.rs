//! What a page of the SCAL looks at while rows are answered.

use journey::{
    port::Member,
    practice::proof::Counted,
    scal::{
        book::{Entry, Filter},
        evidence::Evidence,
    },
};

use crate::desk::context::TaskContext;

/// What the pages of this side look at.
pub(crate) struct AnswerContext {
    pub entries: Vec<Entry>,
    pub filter: Filter,
    pub members: Vec<Member>,
    pub evidence: Vec<Evidence>,
    pub product: String,
    /// The runs of the journey, where the open row has rules and the reader may see them.
    pub runs: Vec<Counted>,
    pub writes: bool,
    pub own: bool,
}

impl AnswerContext {
    pub fn shown(&self, desk: &TaskContext) -> Vec<&Entry> {
        self.entries.iter().filter(|entry| self.filter.lets_pass(entry, &desk.visitor.actor.person)).collect()
    }

    pub fn name_of(&self, person: &journey::base::ids::PersonId) -> String {
        self.members
            .iter()
            .find(|member| member.person == *person)
            .map_or_else(|| "Somebody who left".to_owned(), |m| m.name.clone())
    }
}
