//! Every page of the service on one screen. Actions are `POST /do/{activity}/{verb}` and stand beside their pages.

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::{
    site::{
        guidance::{
            Capabilities, Glossary,
            capability::CapabilityPage,
            rows::{ScalTab, ScalTabs},
        },
        heads::{Heads, HeadsOfDay},
        journeys::{
            history::History,
            list::Journeys,
            new::{NewJourney, Plan},
        },
        meetings::{list::Meetings, new::NewMeeting, one::OneMeeting},
        messages::page::Messages,
        news::Notifications,
        operator::{
            audit::AuditPage,
            desk::OperatorDesk,
            emails::OperatorEmails,
            merge::OperatorMerge,
            organisations::{OperatorOrganisation, OperatorOrganisations},
            people::OperatorPeople,
            person::OperatorPerson,
        },
        people::{
            account::Account,
            invitations::{Invitation, NoOrganisation},
            leave::LeaveOrganisation,
            name::AccountName,
            organisation::OrganisationPage,
            register::{Confirm, Register},
            reset::{ForgotPassword, ResetPassword},
            second_step::SecondStepPage,
            second_step_set_up::{RecoveryCodes, SetUpSecondStep},
            sign_in::SignIn,
            stay::StaySignedIn,
        },
        register::{list::RegisterOfProducts, one::RegisteredProduct},
        seal::TheSeal,
        search::Search,
        texts::page::{Text, Texts},
    },
    top::task::{SubjectPage, TaskPage},
    work::{
        agreement::kept::SignedPage,
        certificate::verify::{CheckCertificate, OneCertificate},
        conformance::{check::CheckRequest, rules::Rules},
        defects::{list::Defects, new::NewDefect, one::OneDefect},
        ecosystem::{now::Now, public::Ecosystem, spine::Spine, stages::Stage},
        end_users::organisations::Organisations,
        journey::JourneyPage,
        live_runs::{capture::Captures, list::LiveRuns, one::OneRun, one_request::OneRequest},
        organisations::{OrganisationsPage, one::OneOrganisation},
        scal::catalogue::CataloguePage,
        signatories::page::{CodePage, SignPage},
        start::{Accessibility, Cookies, Nowhere, Privacy, Start, example::ExamplePage},
        trace::page::Traceability,
        worklist::{Worklist, decided::Decided, failing::RuleFailures, figures::FiguresPage, shares::Shares},
    },
};

/// The pages. Each waits for its data before anything is sent: people without script get all of it.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=Nowhere>
                // For everybody.
                <Route path=path!("/") view=Start ssr=SsrMode::Async />
                <Route path=path!("/ecosystem/:side") view=Ecosystem ssr=SsrMode::Async />
                <Route path=path!("/example") view=ExamplePage ssr=SsrMode::Async />
                <Route path=path!("/spine") view=Spine ssr=SsrMode::Async />
                <Route path=path!("/spine/rules") view=Rules ssr=SsrMode::Async />
                <Route path=path!("/spine/check") view=CheckRequest ssr=SsrMode::Async />
                <Route path=path!("/stages/:side/:stage") view=Stage ssr=SsrMode::Async />
                <Route path=path!("/capabilities") view=Capabilities ssr=SsrMode::Async />
                <Route path=path!("/capabilities/:capability") view=CapabilityPage ssr=SsrMode::Async />
                <Route path=path!("/scal") view=ScalTabs ssr=SsrMode::Async />
                <Route path=path!("/scal/:tab") view=ScalTab ssr=SsrMode::Async />
                <Route path=path!("/glossary") view=Glossary ssr=SsrMode::Async />
                <Route path=path!("/verify") view=CheckCertificate ssr=SsrMode::Async />
                <Route path=path!("/verify/heads") view=Heads ssr=SsrMode::Async />
                <Route path=path!("/verify/heads/:day") view=HeadsOfDay ssr=SsrMode::Async />
                <Route path=path!("/verify/seal") view=TheSeal ssr=SsrMode::Async />
                <Route path=path!("/verify/:number") view=OneCertificate ssr=SsrMode::Async />
                <Route path=path!("/sign/:token") view=SignPage ssr=SsrMode::Async />
                <Route path=path!("/sign/:token/code") view=CodePage ssr=SsrMode::Async />
                <Route path=path!("/register-of-products") view=RegisterOfProducts ssr=SsrMode::Async />
                <Route path=path!("/register-of-products/:number") view=RegisteredProduct ssr=SsrMode::Async />
                <Route path=path!("/search") view=Search ssr=SsrMode::Async />
                <Route path=path!("/accessibility") view=Accessibility ssr=SsrMode::Async />
                <Route path=path!("/privacy") view=Privacy ssr=SsrMode::Async />
                <Route path=path!("/cookies") view=Cookies ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignIn ssr=SsrMode::Async />
                <Route path=path!("/sign-in/second-step") view=SecondStepPage ssr=SsrMode::Async />
                <Route path=path!("/register") view=Register ssr=SsrMode::Async />
                <Route path=path!("/register/:token") view=Confirm ssr=SsrMode::Async />
                <Route path=path!("/invitations/:token") view=Invitation ssr=SsrMode::Async />
                <Route path=path!("/reset-password") view=ForgotPassword ssr=SsrMode::Async />
                <Route path=path!("/reset-password/:token") view=ResetPassword ssr=SsrMode::Async />
                // For whoever is signed in.
                <Route path=path!("/journeys") view=Journeys ssr=SsrMode::Async />
                <Route path=path!("/journeys/new") view=NewJourney ssr=SsrMode::Async />
                <Route path=path!("/journeys/new/plan") view=Plan ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference") view=JourneyPage ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/history") view=History ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/signed") view=SignedPage ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/organisations") view=Organisations ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/messages") view=Messages ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/traceability") view=Traceability ssr=SsrMode::Async />
                <Route path=path!("/worklist/rules") view=RuleFailures ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/captures") view=Captures ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/live-runs") view=LiveRuns ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/live-runs/:run") view=OneRun ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/live-runs/:run/:number") view=OneRequest ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/defects") view=Defects ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/defects/new") view=NewDefect ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/defects/:number") view=OneDefect ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/meetings") view=Meetings ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/meetings/new") view=NewMeeting ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/meetings/:meeting") view=OneMeeting ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/tasks/:task") view=TaskPage ssr=SsrMode::Async />
                <Route path=path!("/journeys/:reference/tasks/:task/:subject") view=SubjectPage ssr=SsrMode::Async />
                <Route path=path!("/notifications") view=Notifications ssr=SsrMode::Async />
                <Route path=path!("/worklist") view=Worklist ssr=SsrMode::Async />
                <Route path=path!("/worklist/shares") view=Shares ssr=SsrMode::Async />
                <Route path=path!("/worklist/figures") view=FiguresPage ssr=SsrMode::Async />
                <Route path=path!("/worklist/decided") view=Decided ssr=SsrMode::Async />
                <Route path=path!("/ecosystem/:side/now") view=Now ssr=SsrMode::Async />
                <Route path=path!("/catalogue") view=CataloguePage ssr=SsrMode::Async />
                <Route path=path!("/guidance") view=Texts ssr=SsrMode::Async />
                <Route path=path!("/guidance/:kind/:name") view=Text ssr=SsrMode::Async />
                <Route path=path!("/organisation") view=OrganisationPage ssr=SsrMode::Async />
                <Route path=path!("/organisations") view=OrganisationsPage ssr=SsrMode::Async />
                <Route path=path!("/organisations/:id") view=OneOrganisation ssr=SsrMode::Async />
                <Route path=path!("/operator") view=OperatorDesk ssr=SsrMode::Async />
                <Route path=path!("/operator/people") view=OperatorPeople ssr=SsrMode::Async />
                <Route path=path!("/operator/people/:id") view=OperatorPerson ssr=SsrMode::Async />
                <Route path=path!("/operator/organisations") view=OperatorOrganisations ssr=SsrMode::Async />
                <Route path=path!("/operator/organisations/:id") view=OperatorOrganisation ssr=SsrMode::Async />
                <Route path=path!("/operator/organisations/:id/merge") view=OperatorMerge ssr=SsrMode::Async />
                <Route path=path!("/operator/emails") view=OperatorEmails ssr=SsrMode::Async />
                <Route path=path!("/audit") view=AuditPage ssr=SsrMode::Async />
                <Route path=path!("/stay-signed-in") view=StaySignedIn ssr=SsrMode::Async />
                <Route path=path!("/no-organisation") view=NoOrganisation ssr=SsrMode::Async />
                <Route path=path!("/account") view=Account ssr=SsrMode::Async />
                <Route path=path!("/account/name") view=AccountName ssr=SsrMode::Async />
                <Route path=path!("/account/leave") view=LeaveOrganisation ssr=SsrMode::Async />
                <Route path=path!("/account/second-step/set-up") view=SetUpSecondStep ssr=SsrMode::Async />
                <Route path=path!("/account/second-step/codes") view=RecoveryCodes ssr=SsrMode::Async />
                <Route path=path!("/second-step") view=SecondStepPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
