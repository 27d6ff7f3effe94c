//! What the page of a journey looks at.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use journey::{
    base::{actor::Side, ids::TaskId},
    ledger::{journey::Journey, standing::Standing},
    plan::process::Page,
    rule::meeting::Meeting,
    view::{names::Names, overview::Overview},
};

use leptos::prelude::*;

use crate::{act::load::Loaded, base::paths, request::visitor::Visitor};

/// What the parts of the page look at.
pub(crate) struct Scene {
    pub(crate) visitor: std::sync::Arc<Visitor>,
    pub(crate) loaded: Loaded,
    pub(crate) now: Overview,
    /// How each task stands for the reader: with drafts that are kept, and the SCAL from the day it is issued.
    pub(crate) shown: BTreeMap<&'static TaskId, Standing>,
    /// Rows of the SCAL that are answered, and all of them, while it is being filled in.
    pub(crate) scal: Option<(usize, usize)>,
    /// What keeps turns of the reader's organisation from being taken.
    pub(crate) nobody: Vec<(String, bool)>,
    /// Sites that the plan names, of a product that is live; 0 while there is none.
    pub(crate) planned: usize,
    /// What is due under the connection agreement, with the way to it.
    pub(crate) duties: Option<(String, String)>,
    /// How many tasks of others wait for the team before the one that waits here, for whoever is not of the programme.
    pub(crate) ahead: Option<u32>,
    /// The meetings that the reader sees, and the moment at which the page is made.
    pub(crate) meetings: Vec<Meeting>,
    pub(crate) asked_at: Timestamp,
    pub(crate) side: Side,
    pub(crate) today: Date,
    /// What the reader has not seen of each thread; `None` is the journey's own.
    pub(crate) unseen: BTreeMap<Option<TaskId>, u32>,
}

impl Scene {
    pub(crate) fn journey(&self) -> &Journey {
        &self.loaded.journey
    }

    pub(crate) fn names(&self) -> &Names {
        &self.loaded.names
    }

    pub(crate) fn to(&self, task: &TaskId) -> String {
        paths::task(&self.journey().reference, &task)
    }

    /// Whether what is in a task is for the reader: otherwise its name and standing are all there is.
    pub(crate) fn reads(&self, task: &TaskId) -> bool {
        self.journey().may_read_task(&self.visitor.actor, task)
    }

    pub(crate) fn is_scal(&self, task: &TaskId) -> bool {
        self.journey().process.task(task).is_some_and(|spec| spec.page == Page::Scal)
    }

    pub(crate) fn label(&self, task: &TaskId) -> String {
        self.journey().process.label(task).to_owned()
    }

    /// What a task is called in a sentence.
    pub(crate) fn noun(&self, task: &TaskId) -> String {
        self.journey().process.noun(task).to_owned()
    }

    /// A task in a sentence, as a link for whoever may read it.
    pub(crate) fn link(&self, task: &TaskId) -> AnyView {
        if !self.reads(task) {
            return self.noun(task).into_any();
        }
        view! { <a href=self.to(task)>{self.noun(task)}</a> }.into_any()
    }
}
