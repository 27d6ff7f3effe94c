//! What is reached beside the pages and the server functions: forms with files, files, and streams. One list, from which the
//! router, `gpc-onboarding routes` and the table of who gets what are made, so that none of them knows less than the others.

use app::base::paths;
use axum::{
    middleware,
    routing::{MethodRouter, get, post},
};

use crate::{
    audit, checks, defects, documents, downloads, files, heads,
    live::{self, Live},
    live_files, live_runs, meetings, messages, packing, previews, register, requests, scal, signatories, sites, traceability,
    uploads::Uploads,
    worklist,
};

/// A route that is no page and no server function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawRoutes {
    /// Adds files to a task, with the other words of its form.
    AddFiles,
    /// Says something in a conversation, with files.
    Say,
    /// Takes a SCAL as a workbook in.
    UploadScal,
    /// Takes members of a group in, from Excel or CSV.
    UploadMembers,
    /// Takes in who is asked to sign for which member, from Excel or CSV.
    UploadSignatories,
    /// Takes in what was checked of members of a group, from Excel or CSV.
    UploadChecks,
    /// Takes in what was done at sites, from Excel or CSV.
    UploadSteps,
    /// Hands a SCAL out as a workbook.
    Scal,
    /// Takes an edition of the catalogue in, from Excel or CSV.
    TakeCatalogue,
    /// Hands an edition of the catalogue out as a workbook.
    Catalogue,
    /// Hands a whole journey out, as a ZIP file that can be checked without this service.
    Pack,
    /// Hands a certificate out, as a PDF.
    Certificate,
    /// Hands out what everybody has signed, as a PDF.
    Signed,
    /// Takes a file in to say whether it was made here.
    CheckFile,
    /// Takes a request to GP Connect in to say which rules it keeps.
    CheckRequest,
    /// Hands a file out.
    File,
    /// Hands out who was asked to sign for the members of a group, and who has.
    Signatories,
    /// Hands out the sites of a journey, with everything that was recorded of them.
    Sites,
    /// Hands out what is known of each member of a group.
    Checks,
    /// Hands the register of products out, to anybody.
    Register,
    /// Hands a daily list of heads out, to anybody.
    Heads,
    /// Hands a certificate of the seal out, to anybody.
    Seal,
    /// Hands the audit out.
    Audit,
    /// Hands out a meeting that was agreed, for a calendar.
    Meeting,
    /// Says when a journey has changed.
    LiveJourney,
    /// Says when anything has changed.
    LiveWorklist,
    /// Hands out what each row of a SCAL rests on, as a workbook.
    Traceability,
    /// Takes a capture in and makes a run of it.
    ReadCapture,
    /// Answers rows of a SCAL with a run.
    AnswerWithRun,
    /// Hands a live run out, with every request and answer.
    LiveRun,
    /// The defects of a journey as a CSV file.
    Defects,
    /// The worklist as a CSV file.
    WorklistCsv,
    /// The worklist as a workbook.
    WorklistExcel,
    /// How long the programme took, as a CSV file.
    FiguresCsv,
}

impl RawRoutes {
    /// All of them.
    pub const ALL: [RawRoutes; 34] = [
        RawRoutes::AddFiles,
        RawRoutes::Say,
        RawRoutes::UploadScal,
        RawRoutes::UploadMembers,
        RawRoutes::UploadSignatories,
        RawRoutes::UploadChecks,
        RawRoutes::UploadSteps,
        RawRoutes::Scal,
        RawRoutes::TakeCatalogue,
        RawRoutes::Catalogue,
        RawRoutes::Pack,
        RawRoutes::Certificate,
        RawRoutes::Signed,
        RawRoutes::CheckFile,
        RawRoutes::CheckRequest,
        RawRoutes::File,
        RawRoutes::Signatories,
        RawRoutes::Sites,
        RawRoutes::Checks,
        RawRoutes::Register,
        RawRoutes::Heads,
        RawRoutes::Seal,
        RawRoutes::Audit,
        RawRoutes::Meeting,
        RawRoutes::LiveJourney,
        RawRoutes::LiveWorklist,
        RawRoutes::ReadCapture,
        RawRoutes::AnswerWithRun,
        RawRoutes::LiveRun,
        RawRoutes::Traceability,
        RawRoutes::Defects,
        RawRoutes::WorklistCsv,
        RawRoutes::WorklistExcel,
        RawRoutes::FiguresCsv,
    ];

    /// The method it answers to.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            RawRoutes::AddFiles
            | RawRoutes::Say
            | RawRoutes::UploadScal
            | RawRoutes::UploadMembers
            | RawRoutes::UploadSignatories
            | RawRoutes::UploadChecks
            | RawRoutes::UploadSteps
            | RawRoutes::TakeCatalogue
            | RawRoutes::CheckFile
            | RawRoutes::ReadCapture
            | RawRoutes::AnswerWithRun
            | RawRoutes::CheckRequest => "POST",
            RawRoutes::Scal
            | RawRoutes::Catalogue
            | RawRoutes::Pack
            | RawRoutes::Certificate
            | RawRoutes::Signed
            | RawRoutes::File
            | RawRoutes::Signatories
            | RawRoutes::Sites
            | RawRoutes::Checks
            | RawRoutes::Register
            | RawRoutes::Heads
            | RawRoutes::Seal
            | RawRoutes::Audit
            | RawRoutes::Meeting
            | RawRoutes::LiveJourney
            | RawRoutes::LiveWorklist
            | RawRoutes::LiveRun
            | RawRoutes::Traceability
            | RawRoutes::Defects
            | RawRoutes::WorklistCsv
            | RawRoutes::WorklistExcel
            | RawRoutes::FiguresCsv => "GET",
        }
    }

    /// Its path, parameters in braces.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            RawRoutes::AddFiles => "/do/files/add",
            RawRoutes::Say => "/do/messages/send",
            RawRoutes::UploadScal => "/do/scal/upload",
            RawRoutes::UploadMembers => "/do/end-users/members-file",
            RawRoutes::UploadSignatories => "/do/signatories/file",
            RawRoutes::UploadChecks => "/do/end-users/checks-file",
            RawRoutes::UploadSteps => "/do/go-live/steps-file",
            RawRoutes::Scal => "/journeys/{reference}/tasks/{task}/scal.xlsx",
            RawRoutes::TakeCatalogue => "/do/catalogue/file",
            RawRoutes::Catalogue => "/catalogue/{edition}",
            RawRoutes::Pack => "/journeys/{reference}/pack.zip",
            RawRoutes::Certificate => "/journeys/{reference}/tasks/{task}/certificate.pdf",
            RawRoutes::Signed => "/journeys/{reference}/tasks/{task}/signed.pdf",
            RawRoutes::CheckFile => "/do/verify/file",
            RawRoutes::CheckRequest => "/do/spine/check",
            RawRoutes::File => "/files/{digest}",
            RawRoutes::Signatories => "/journeys/{reference}/tasks/{task}/signatories.csv",
            RawRoutes::Sites => "/journeys/{reference}/tasks/{task}/sites.csv",
            RawRoutes::Checks => "/journeys/{reference}/tasks/{task}/checks.csv",
            RawRoutes::Register => paths::REGISTER_CSV,
            RawRoutes::Heads => "/verify/heads/{day}/list.txt",
            RawRoutes::Seal => "/verify/seal/{fingerprint}/certificate.pem",
            RawRoutes::Audit => "/audit.csv",
            RawRoutes::Meeting => "/journeys/{reference}/meetings/{meeting}/meeting.ics",
            RawRoutes::LiveJourney => "/live/journeys/{reference}",
            RawRoutes::LiveWorklist => "/live/worklist",
            RawRoutes::Traceability => "/journeys/{reference}/traceability.xlsx",
            RawRoutes::ReadCapture => "/do/live-runs/file",
            RawRoutes::AnswerWithRun => "/do/live-runs/answer",
            RawRoutes::LiveRun => "/journeys/{reference}/live-runs/{run}/run.json",
            RawRoutes::Defects => "/journeys/{reference}/defects.csv",
            RawRoutes::WorklistCsv => "/worklist.csv",
            RawRoutes::WorklistExcel => "/worklist.xlsx",
            RawRoutes::FiguresCsv => "/worklist/figures.csv",
        }
    }

    /// What answers there. The limits of a form are those of its own [`crate::form::Rules`].
    pub(crate) fn route(self, uploads: &Uploads, live: &Live) -> MethodRouter {
        let answers = self.answers(uploads, live);
        match self {
            // What somebody takes along of a journey is noted.
            RawRoutes::Scal
            | RawRoutes::Pack
            | RawRoutes::Signatories
            | RawRoutes::Sites
            | RawRoutes::Checks
            | RawRoutes::Traceability
            | RawRoutes::LiveRun
            | RawRoutes::Defects => answers.layer(middleware::from_fn_with_state(uploads.services.clone(), audit::note_export)),
            _ => answers,
        }
    }

    fn answers(self, uploads: &Uploads, live: &Live) -> MethodRouter {
        match self {
            RawRoutes::AddFiles => post(files::add).with_state(uploads.clone()),
            RawRoutes::Say => post(messages::say).with_state(uploads.clone()),
            RawRoutes::UploadScal => post(previews::scal).with_state(uploads.clone()),
            RawRoutes::UploadMembers => post(previews::members).with_state(uploads.clone()),
            RawRoutes::UploadSignatories => post(previews::signatories).with_state(uploads.clone()),
            RawRoutes::UploadChecks => post(previews::checks).with_state(uploads.clone()),
            RawRoutes::UploadSteps => post(previews::steps).with_state(uploads.clone()),
            RawRoutes::Scal => get(scal::get).with_state(uploads.clone()),
            RawRoutes::TakeCatalogue => post(scal::take_catalogue).with_state(uploads.clone()),
            RawRoutes::Catalogue => get(scal::catalogue).with_state(uploads.clone()),
            RawRoutes::Pack => get(packing::get).with_state(uploads.clone()),
            RawRoutes::Certificate => get(documents::certificate).with_state(uploads.clone()),
            RawRoutes::Signed => get(documents::signed).with_state(uploads.clone()),
            RawRoutes::CheckFile => post(documents::check),
            RawRoutes::CheckRequest => post(requests::check).with_state(uploads.clone()),
            RawRoutes::File => get(downloads::get).with_state(uploads.clone()),
            RawRoutes::Signatories => get(signatories::get).with_state(uploads.clone()),
            RawRoutes::Sites => get(sites::get).with_state(uploads.clone()),
            RawRoutes::Checks => get(checks::get).with_state(uploads.clone()),
            RawRoutes::Register => get(register::get).with_state(uploads.clone()),
            RawRoutes::Heads => get(heads::get).with_state(uploads.services.clone()),
            RawRoutes::Seal => get(documents::certificate_of_seal).with_state(uploads.services.clone()),
            RawRoutes::Audit => get(audit::get).with_state(uploads.clone()),
            RawRoutes::Meeting => get(meetings::get).with_state(uploads.clone()),
            RawRoutes::LiveJourney => get(live::journey).with_state(live.clone()),
            RawRoutes::LiveWorklist => get(live::worklist).with_state(live.clone()),
            RawRoutes::Traceability => get(traceability::get).with_state(uploads.clone()),
            RawRoutes::ReadCapture => post(live_files::read).with_state(uploads.clone()),
            RawRoutes::AnswerWithRun => post(live_files::answer).with_state(uploads.clone()),
            RawRoutes::LiveRun => get(live_runs::get).with_state(uploads.clone()),
            RawRoutes::Defects => get(defects::get).with_state(uploads.clone()),
            RawRoutes::WorklistCsv => get(worklist::csv).with_state(uploads.clone()),
            RawRoutes::WorklistExcel => get(worklist::excel).with_state(uploads.clone()),
            RawRoutes::FiguresCsv => get(worklist::figures).with_state(uploads.clone()),
        }
    }
}
