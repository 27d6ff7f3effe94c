//! Accounts and places as the database has them.

use journey::port::{Answer, Membership, Organisation, Person};

use crate::{
    links::roles_of,
    row::{parsed, row, side_of, small},
};

row! { PersonRow of "people" by id {
    id: String,
    email: String,
    name: String,
    password: String,
    confirmed_us: Option<i64>,
    locked_us: Option<i64>,
} }

impl PersonRow {
    pub(crate) fn read(self) -> Answer<Person> {
        Ok(Person {
            id: parsed("people", &self.key(), "id", &self.id)?,
            email: self.email,
            name: self.name,
            password: self.password,
            confirmed: self.confirmed_us.is_some(),
            locked: self.locked_us.is_some(),
        })
    }
}

row! { OrganisationRow of "organisations" by id {
    id: String,
    name: String,
    ods_code: String,
    side: String,
} }

impl OrganisationRow {
    pub(crate) fn of(id: String, name: String, ods_code: String, side: String) -> Self {
        Self { id, name, ods_code, side }
    }

    pub(crate) fn read(self) -> Answer<Organisation> {
        Ok(Organisation {
            id: parsed("organisations", &self.key(), "id", &self.id)?,
            side: side_of("organisations", &self.id, &self.side)?,
            name: self.name,
            ods_code: self.ods_code,
        })
    }
}

row! { MembershipRow of "memberships" by person id {
    person: String,
    id: String,
    name: String,
    ods_code: String,
    side: String,
    roles: String,
} }

impl MembershipRow {
    pub(crate) fn read(self) -> Answer<Membership> {
        let roles = roles_of("memberships", &self.key(), &self.roles)?;
        let organisation = OrganisationRow { id: self.id, name: self.name, ods_code: self.ods_code, side: self.side }.read()?;
        Ok(Membership { organisation, roles })
    }
}

row! { AccountRow of "people" by person {
    person: String,
    email: String,
    called: String,
    password: String,
    confirmed_us: Option<i64>,
    locked_us: Option<i64>,
    id: Option<String>,
    name: Option<String>,
    ods_code: Option<String>,
    side: Option<String>,
    roles: Option<String>,
    news: i64,
} }

impl AccountRow {
    /// The place that this row tells of, if it tells of one.
    pub(crate) fn place(&self) -> Option<MembershipRow> {
        Some(MembershipRow {
            person: self.person.clone(),
            id: self.id.clone()?,
            name: self.name.clone()?,
            ods_code: self.ods_code.clone()?,
            side: self.side.clone()?,
            roles: self.roles.clone()?,
        })
    }

    /// How many notifications were not seen.
    pub(crate) fn news(&self) -> Answer<u32> {
        small("people", &self.key(), "news", self.news)
    }

    pub(crate) fn person(self) -> Answer<Person> {
        Ok(Person {
            id: parsed("people", &self.key(), "id", &self.person)?,
            email: self.email,
            name: self.called,
            password: self.password,
            confirmed: self.confirmed_us.is_some(),
            locked: self.locked_us.is_some(),
        })
    }
}
