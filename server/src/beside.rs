//! What is reached beside the pages and the server functions: forms with files, files, and streams. One list, from which the
//! router, `gpc-onboarding routes` and the table of who gets what are made, so that none of them knows less than the others.

use axum::routing::{MethodRouter, get, post};

use crate::{
    downloads, files,
    live::{self, Live},
    messages, scal,
    shelf::Shelf,
};

/// A route that is no page and no server function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Adds files to a task, with the other words of its form.
    AddFiles,
    /// Says something in a conversation, with files.
    Say,
    /// Takes a SCAL as a workbook in.
    UploadScal,
    /// Hands a SCAL out as a workbook.
    Scal,
    /// Takes an edition of the catalogue in, from Excel or CSV.
    TakeCatalogue,
    /// Hands an edition of the catalogue out as a workbook.
    Catalogue,
    /// Hands a file out.
    File,
    /// Says when a journey has changed.
    LiveJourney,
    /// Says when anything has changed.
    LiveWorklist,
}

impl Beside {
    /// All of them.
    pub const ALL: [Beside; 9] = [
        Beside::AddFiles,
        Beside::Say,
        Beside::UploadScal,
        Beside::Scal,
        Beside::TakeCatalogue,
        Beside::Catalogue,
        Beside::File,
        Beside::LiveJourney,
        Beside::LiveWorklist,
    ];

    /// The method it answers to.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            Beside::AddFiles | Beside::Say | Beside::UploadScal | Beside::TakeCatalogue => "POST",
            Beside::Scal | Beside::Catalogue | Beside::File | Beside::LiveJourney | Beside::LiveWorklist => "GET",
        }
    }

    /// Its path, parameters in braces.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Beside::AddFiles => "/do/files/add",
            Beside::Say => "/do/messages/send",
            Beside::UploadScal => "/do/scal/upload",
            Beside::Scal => "/journeys/{reference}/tasks/{task}/scal.xlsx",
            Beside::TakeCatalogue => "/do/catalogue/file",
            Beside::Catalogue => "/catalogue/{edition}",
            Beside::File => "/files/{digest}",
            Beside::LiveJourney => "/live/journeys/{reference}",
            Beside::LiveWorklist => "/live/worklist",
        }
    }

    /// What answers there. The limits of a form are those of its own [`crate::form::Rules`].
    pub(crate) fn route(self, shelf: &Shelf, live: &Live) -> MethodRouter {
        match self {
            Beside::AddFiles => post(files::add).with_state(shelf.clone()),
            Beside::Say => post(messages::say).with_state(shelf.clone()),
            Beside::UploadScal => post(scal::upload).with_state(shelf.clone()),
            Beside::Scal => get(scal::get).with_state(shelf.clone()),
            Beside::TakeCatalogue => post(scal::take_catalogue).with_state(shelf.clone()),
            Beside::Catalogue => get(scal::catalogue).with_state(shelf.clone()),
            Beside::File => get(downloads::get).with_state(shelf.clone()),
            Beside::LiveJourney => get(live::journey).with_state(live.clone()),
            Beside::LiveWorklist => get(live::worklist).with_state(live.clone()),
        }
    }
}
