//! The end-user side: the group that will use a product, and its look at the SCAL (domain/end_users.md §1, §9).

use crate::{
    base::actor::{Role, Side},
    form::{
        Answers, Choice, Field, Form, Kind, Rule,
        short::{choice, files, line, needs, past_day, words},
    },
    ledger::file_sort::Sort,
    people::rules,
    plan::{capability::Capability, opening::Opening, process::TaskSpec},
    task::use_case,
};

/// Organisations that a group may have.
pub const MOST_MEMBERS: usize = 500;

/// The questions of `start-end-user-engagement`.
#[must_use]
pub fn group(opening: &Opening) -> Form {
    let capabilities = opening.capabilities.iter().map(|c| (c.capability.name(), c.capability.title(), c.capability.about()));
    Form::of(vec![
        line("name", "What is the group called?", "As its members would call it.", "Enter the name of the group"),
        line("lead", "Which organisation leads it?", "It acts for the members. Name the organisation that you added to this journey.", "Enter the organisation that leads it"),
        Field::new("lead_ods", "ODS code of the lead", Kind::OdsCode).required("Enter the ODS code of the lead"),
        line("commissioner", "Which organisation commissions the deployment?", "Optional. An integrated care board, a trust or a shared care programme.", ""),
        Field::new("care_setting", "In which care setting will they use it?", Kind::Choice(care_settings()))
            .hint("The one in which most of the members use it.")
            .required("Select the care setting"),
        Field::new("members", "Which organisations are its members?", Kind::Organisations { most: MOST_MEMBERS })
            .hint("One per line: the ODS code, then the name. Like: A21471 Willow Lane Surgery. The lead counts as a member only if it is listed.")
            .required("Enter the members of the group"),
        Field::new("capabilities", "Which capabilities will they use?", Kind::Choices(capabilities.collect()))
            .hint("Select all that apply.")
            .required("Select the capabilities they will use"),
        words("purpose", "What will they use the product for?", "In words that a patient understands.", "Say what they will use it for"),
        words("note", "Anything to add", "Optional. For example when the first site would like to start.", ""),
    ])
}

/// The settings of a use case. A group has one: what differs belongs in another group, or into words.
fn care_settings() -> Vec<Choice> {
    let about = |value: &str| if value == "other" { "Say where under “Anything to add”." } else { "" };
    use_case::CARE_SETTINGS.iter().map(|(value, label, _)| (*value, *label, about(value))).collect()
}

/// The capabilities of the journey, chosen beforehand.
#[must_use]
pub fn beforehand(opening: &Opening) -> Answers {
    let mut answers = Answers::default();
    let chosen = opening.capabilities.iter().map(|c| Capability::name(c.capability).to_owned()).collect();
    answers.0.insert("capabilities".to_owned(), chosen);
    answers
}

/// The questions that give an organisation a part in a journey and invite its first person.
#[must_use]
pub fn invitation() -> Form {
    let roles = [Role::GroupLead, Role::EndUserCso, Role::AuthorisedPerson].map(|role| (role.name(), role.title(), role.about()));
    Form::of(vec![
        choice(
            "side",
            "What is its part?",
            "",
            &[
                ("end_user", "It will use the product", "Its people read the SCAL, sign and declare."),
                ("commissioner", "It leads the deployment", "Its people agree the deployment approach."),
            ],
            "Select what its part is",
        ),
        line("organisation", "Name of the organisation", "", "Enter the name of the organisation"),
        Field::new("ods_code", "Its ODS code", Kind::OdsCode).required("Enter its ODS code"),
        Field::new("email", "Email address of its first person here", Kind::Email)
            .hint("Their own address at that organisation. They get a link that works for 14 days, and can invite their colleagues.")
            .required("Enter the email address of its first person"),
        Field::new("roles", "What will this person do?", Kind::Choices(roles.to_vec()))
            .hint("For an organisation that will use the product. Select all that apply. The first person is always a group lead too, so that they can invite their colleagues."),
    ])
    .rule(needs("side", &["end_user"], "roles", "Select what this person will do"))
    .rule(Rule::NoAddress { field: "organisation" })
}

/// The questions that confirm who an organisation is that a supplier asked a part for: as the register of ODS codes names
/// it, and the address of its first person.
#[must_use]
pub fn confirmation() -> Form {
    Form::of(vec![
        line(
            "organisation",
            "Name of the organisation",
            "As the register of ODS codes has it. What is signed names it like this.",
            "Enter the name of the organisation",
        ),
        Field::new("ods_code", "Its ODS code", Kind::OdsCode).required("Enter its ODS code"),
        Field::new("email", "Email address of its first person here", Kind::Email)
            .hint("Of somebody at that organisation. They get a link that works for 14 days.")
            .required("Enter the email address of its first person"),
    ])
    .rule(Rule::NoAddress { field: "organisation" })
}

/// The questions that invite the first person of an organisation again, or another one.
#[must_use]
pub fn first_person(side: Side) -> Form {
    let email = Field::new("email", "Email address of its first person here", Kind::Email)
        .hint("Links that were sent before, to this or another address, do not work any more then.")
        .required("Enter the email address of its first person");
    if side == Side::Commissioner {
        return Form::of(vec![email]);
    }
    let roles = [Role::GroupLead, Role::EndUserCso, Role::AuthorisedPerson].map(|role| (role.name(), role.title(), role.about()));
    let asked = Field::new("roles", "What will this person do?", Kind::Choices(roles.to_vec()));
    Form::of(vec![
        email,
        asked
            .hint("Select all that apply. The first person is always a group lead too, so that they can invite their colleagues.")
            .required("Select what this person will do"),
    ])
}

/// The side and the roles that such answers give.
#[must_use]
pub fn invited_as(answers: &Answers) -> (Side, Vec<Role>) {
    let side = if answers.one("side") == "commissioner" { Side::Commissioner } else { Side::EndUser };
    (side, roles_of(side, answers))
}

/// The roles of the first person of an organisation on this side.
#[must_use]
pub fn roles_of(side: Side, answers: &Answers) -> Vec<Role> {
    let roles: Vec<Role> = answers.many("roles").iter().filter_map(|name| name.parse().ok()).collect();
    first_roles(side, &roles)
}

/// The roles of the first person of an organisation on this side who was asked for in these: whoever is first can invite the
/// others, so the first person of an organisation that will use the product leads its people too.
#[must_use]
pub fn first_roles(side: Side, roles: &[Role]) -> Vec<Role> {
    if side == Side::Commissioner {
        return vec![Role::Commissioner];
    }
    let mut roles: Vec<Role> = roles.iter().copied().filter(|role| role.side() == Side::EndUser).collect();
    if !roles.is_empty() && !rules::keeps_people(&roles) {
        roles.push(Role::GroupLead);
    }
    roles
}

/// The form with which the group reviews the SCAL.
pub const SCAL_REVIEW: &str = "end_user_scal_review";

/// What every file of a task is, where that follows from the task: those with which the group reviews the SCAL are its own safety
/// case and hazard log (DCB0160), which are not the supplier's to read.
#[must_use]
pub fn file_sort(spec: &TaskSpec) -> Sort {
    if spec.form.as_deref() == Some(SCAL_REVIEW) { Sort::LocalSafety } else { Sort::Plain }
}

/// The questions of `end-user-reviews-scal`. A question to the supplier keeps the task open.
#[must_use]
pub fn scal_review() -> Form {
    Form::of(vec![
        choice(
            "outcome",
            "Do you accept the SCAL, the safety case and the hazard log?",
            "",
            &[
                ("accepted", "We accept them for our use", ""),
                ("question", "We have a question for the supplier", "Ask about a row of the SCAL above. Your draft stays here."),
            ],
            "Say whether you accept them",
        ),
        line(
            "reviewer",
            "Who looked at them?",
            "Name, role and organisation. The clinical safety officer of the group must be one of them.",
            "Enter who looked at them",
        ),
        line(
            "officer",
            "Who is the clinical safety officer of the group?",
            "The person who answers for your own safety case. DCB0160 asks for a registered clinician.",
            "Enter the name of your clinical safety officer",
        ),
        line(
            "registration",
            "Their professional body and registration number",
            "Such as GMC 1234567.",
            "Enter the body and the number of your clinical safety officer",
        ),
        line(
            "safety_case",
            "Your own safety case (DCB0160): reference and version",
            "",
            "Enter the reference of your safety case",
        ),
        past_day("safety_case_on", "When did your officer approve it?", "Enter the day on which your safety case was approved"),
        line("hazard_log", "Your own hazard log: reference and version", "", "Enter the reference of your hazard log"),
        past_day("hazard_log_on", "When was it reviewed last?", "Enter the day on which your hazard log was reviewed"),
        words(
            "note",
            "What did you find, and what will you do locally?",
            "Training, local controls, who watches.",
            "Say what you found",
        ),
        files("Optional. Your own safety case and hazard log. Only the group's leads and safety officers, and at NHS England clinical safety and the programme leads can open them."),
    ])
    .rule(Rule::Not {
        field: "outcome",
        is: "question",
        says: "Ask the supplier about the row above, or in the conversation below, and come back when it is answered. Your draft is kept",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::actor::Actor, people::rules::may_keep_people};

    fn keeps(roles: &[Role]) -> bool {
        let organisation: crate::base::ids::OrganisationId = "trust".parse().expect("an id");
        may_keep_people(&Actor {
            person: "ann".parse().expect("an id"),
            member_of: vec![organisation.clone()],
            organisation,
            roles: roles.iter().copied().collect(),
        })
    }

    /// Otherwise its second person could never be invited, and what waits for another role would wait for ever.
    #[test]
    fn whoever_is_first_in_an_organisation_can_invite_the_others() {
        assert!(keeps(&first_roles(Side::Commissioner, &[])));
        for role in [Role::GroupLead, Role::EndUserCso, Role::AuthorisedPerson] {
            let roles = first_roles(Side::EndUser, &[role]);
            assert!(keeps(&roles) && roles.contains(&role), "{role:?}: {roles:?}");
        }
        assert_eq!(first_roles(Side::EndUser, &[Role::GroupLead]), [Role::GroupLead]);
        // Who was asked for in no role of that side is nobody.
        assert_eq!(first_roles(Side::EndUser, &[Role::Developer]), []);
    }
}
