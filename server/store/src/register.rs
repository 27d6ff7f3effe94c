//! The register of products: made from the fold of each ledger, and written with the other lists of a journey.

use async_trait::async_trait;
use journey::{
    base::{identity::Identity, ids::JourneyRef},
    ledger::{
        event::{Event, Recorded},
        site::Site,
    },
    plan::capability::{Capability, Chosen},
    port::{
        Answer,
        register::{ProductRegister, RegisterEntry, RegisterFilter, RegisterOrder, product_key},
    },
    rule::certificate::{CertificateNumber, Validity},
    view::register::{ProductSide, RegisterLine, Registered},
};
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::{
    db::{Db, Ending},
    row::{AT_ONCE, WORDS, folded, has_words, instant, micros, parsed, patterns, places, row, small, unreadable},
};

/// What is asked of each line: all four are of no effect where nothing is asked.
macro_rules! asked {
    ($($word:literal)*) => {
        concat!("($1 = '' OR r.validity = $1) \
         AND ($2 = '' OR r.side = $2) \
         AND r.capabilities LIKE CAST($3 AS TEXT) \
         AND (",
            has_words!("(r.folded || ' ' || o.folded)", "$4" $($word)*),
            " OR EXISTS (SELECT 1 FROM register_sites s WHERE s.journey = r.journey AND ",
            has_words!("s.folded", "$4" $($word)*),
            "))")
    };
}

/// A page of the register. Each order is a statement of its own, so that each is read in the order of its own index, no further than
/// the page goes.
macro_rules! register {
    ($after:literal, $order:literal) => {
        concat!(
            "SELECT r.journey, r.task, r.number, r.side, r.product, r.organisation, r.supplier, r.supplier_code, r.capabilities, \
                    r.issued_us, r.validity, r.since_us, r.live_since, r.sites, o.name AS now_name, o.ods_code AS now_code \
             FROM register_lines r JOIN organisations o ON o.id = r.organisation WHERE ",
            $after,
            " AND ",
            asked!("$8" "$9" "$10" "$11" "$12"),
            " ORDER BY ",
            $order,
            " LIMIT CAST($7 AS BIGINT)"
        )
    };
}

/// The register by product.
pub const REGISTER_BY_PRODUCT: &str = register!("(r.by_product, r.number) > ($5, $6)", "r.by_product, r.number");

/// The register, what was assured last first.
pub const REGISTER_BY_ISSUE: &str =
    register!("(r.issued_us, r.number) < (CAST($5 AS BIGINT), $6)", "r.issued_us DESC, r.number DESC");

/// How many lines there are. Every line is looked at: there are as many as certificates, and whoever searches is told how many fit.
const COUNT: &str = concat!(
    "SELECT COUNT(*) FROM register_lines r JOIN organisations o ON o.id = r.organisation WHERE ",
    asked!("$5" "$6" "$7" "$8" "$9")
);

/// The lines of one journey.
pub const REGISTERED: &str = "SELECT r.journey, r.task, r.number, r.side, r.product, r.organisation, r.supplier, r.supplier_code, \
            r.capabilities, r.issued_us, r.validity, r.since_us, r.live_since, r.sites, '' AS now_name, '' AS now_code \
     FROM register_lines r WHERE r.journey = $1";

/// The sites of one journey.
pub const REGISTERED_SITES: &str = "SELECT ods_code, name FROM register_sites WHERE journey = $1 ORDER BY ods_code";

row! { RegisterRow of "register_lines" by journey task {
    journey: String,
    task: String,
    number: String,
    side: String,
    product: String,
    organisation: String,
    supplier: String,
    supplier_code: String,
    capabilities: String,
    issued_us: i64,
    validity: String,
    since_us: Option<i64>,
    live_since: String,
    sites: i64,
    now_name: String,
    now_code: String,
} }

impl RegisterRow {
    fn read(self) -> Answer<RegisterEntry> {
        let key = self.key();
        let of = "register_lines";
        let number = CertificateNumber::typed(&self.number)
            .ok_or_else(|| unreadable(of, &key, "number", &"no number of a certificate"))?;
        let line = RegisterLine {
            task: parsed(of, &key, "task", &self.task)?,
            number,
            side: ProductSide::named(&self.side).ok_or_else(|| unreadable(of, &key, "side", &self.side))?,
            product: self.product,
            organisation: parsed(of, &key, "organisation", &self.organisation)?,
            supplier: (!self.supplier.is_empty()).then_some(Identity { name: self.supplier, ods_code: self.supplier_code }),
            capabilities: self.capabilities.split_whitespace().map(|text| chosen(&key, text)).collect::<Answer<_>>()?,
            issued_at: instant(of, &key, "issued_us", self.issued_us)?,
            validity: parsed(of, &key, "validity", &self.validity)?,
            since: self.since_us.map(|at| instant(of, &key, "since_us", at)).transpose()?,
            live_since: match self.live_since.as_str() {
                "" => None,
                day => Some(parsed(of, &key, "live_since", day)?),
            },
            sites: small(of, &key, "sites", self.sites)?,
        };
        Ok(RegisterEntry { line, supplier_now: Identity { name: self.now_name, ods_code: self.now_code } })
    }
}

/// The capabilities of a line, each as `name=version` between spaces: so one of them is found in it.
fn in_words(capabilities: &[Chosen]) -> String {
    let words = capabilities.iter().map(|chosen| format!(" {}={} ", chosen.capability.name(), chosen.version));
    words.collect()
}

fn chosen(key: &str, text: &str) -> Answer<Chosen> {
    let read = text
        .split_once('=')
        .and_then(|(name, version)| Some(Chosen { capability: name.parse().ok()?, version: version.to_owned() }));
    read.ok_or_else(|| unreadable("register_lines", key, "capabilities", &text))
}

/// What is asked of each line, in the order of its statement.
fn asked(filter: &RegisterFilter) -> ([String; 4], [String; WORDS - 1]) {
    let [first, words @ ..] = patterns(&filter.find);
    let capability = |capability: Capability| format!("% {}=%", capability.name());
    let asked = [
        if filter.valid { Validity::Valid.name().to_owned() } else { String::new() },
        filter.side.map(ProductSide::name).unwrap_or_default().to_owned(),
        filter.capability.map_or_else(|| "%".to_owned(), capability),
        first,
    ];
    (asked, words)
}

#[async_trait]
impl ProductRegister for Db {
    async fn products(&self, filter: &RegisterFilter) -> Answer<Vec<RegisterEntry>> {
        let mut query = match &filter.order {
            RegisterOrder::ByProduct(_) => sqlx::query_as(REGISTER_BY_PRODUCT),
            RegisterOrder::ByIssue(_) => sqlx::query_as(REGISTER_BY_ISSUE),
        };
        let (asked, words) = asked(filter);
        for one in asked {
            query = query.bind(one);
        }
        let query = match &filter.order {
            RegisterOrder::ByProduct(after) => {
                let (product, number) =
                    after.as_ref().map(|(product, number)| (product.clone(), number.to_string())).unwrap_or_default();
                query.bind(product).bind(number)
            }
            RegisterOrder::ByIssue(after) => {
                let (issued, number) =
                    after.as_ref().map_or((i64::MAX, String::new()), |(issued, number)| (*issued, number.to_string()));
                query.bind(issued).bind(number)
            }
        };
        let mut query = query.bind(i64::from(filter.limit));
        for word in words {
            query = query.bind(word);
        }
        let rows: Vec<RegisterRow> = query.fetch_all(&self.read).answered().await?;
        rows.into_iter().map(RegisterRow::read).collect()
    }

    async fn count_products(&self, filter: &RegisterFilter) -> Answer<u32> {
        let mut query = sqlx::query_as(COUNT);
        let (asked, words) = asked(filter);
        for one in asked.into_iter().chain(words) {
            query = query.bind(one);
        }
        let (count,): (i64,) = query.fetch_one(&self.read).answered().await?;
        small("register_lines", "", "count", count)
    }
}

impl Db {
    /// What the register has of a journey, as stored.
    pub(crate) async fn registered(&self, journey: &JourneyRef) -> Answer<Registered> {
        let reference = journey.to_string();
        let rows: Vec<RegisterRow> = sqlx::query_as(REGISTERED).bind(reference.clone()).fetch_all(&self.read).answered().await?;
        let sites: Vec<(String, String)> =
            sqlx::query_as(REGISTERED_SITES).bind(reference).fetch_all(&self.read).answered().await?;
        let mut lines = rows.into_iter().map(|row| Ok(row.read()?.line)).collect::<Answer<Vec<_>>>()?;
        lines.sort_by(|one, other| one.task.cmp(&other.task));
        Ok(Registered { lines, sites: sites.into_iter().collect() })
    }
}

/// Writes what the register has of a journey over what it had. A line never goes while the rules stay the same, so that most
/// journeys, which have none yet, cost nothing here.
pub(crate) async fn write_lines(
    transaction: &mut Transaction<'static, Any>,
    journey: &str,
    lines: &[RegisterLine],
) -> Answer<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO register_lines (journey, task, number, side, product, organisation, supplier, supplier_code, capabilities, \
                                     issued_us, validity, since_us, live_since, sites, folded, by_product) VALUES {} \
         ON CONFLICT (journey, task) DO UPDATE SET number = excluded.number, side = excluded.side, product = excluded.product, \
             organisation = excluded.organisation, supplier = excluded.supplier, supplier_code = excluded.supplier_code, \
             capabilities = excluded.capabilities, issued_us = excluded.issued_us, validity = excluded.validity, \
             since_us = excluded.since_us, live_since = excluded.live_since, sites = excluded.sites, folded = excluded.folded, \
             by_product = excluded.by_product",
        places(lines.len(), 16)
    );
    let mut insert = sqlx::query(AssertSqlSafe(text));
    for line in lines {
        let supplier = line.supplier.clone().unwrap_or_default();
        let found_by = folded(&format!("{} {} {} {}", line.product, line.number, supplier.name, supplier.ods_code));
        insert = insert
            .bind(journey.to_owned())
            .bind(line.task.to_string())
            .bind(line.number.to_string())
            .bind(line.side.name())
            .bind(line.product.clone())
            .bind(line.organisation.to_string())
            .bind(supplier.name)
            .bind(supplier.ods_code)
            .bind(in_words(&line.capabilities))
            .bind(micros(line.issued_at))
            .bind(line.validity.name())
            .bind(line.since.map(micros))
            .bind(line.live_since.map(|day| day.to_string()).unwrap_or_default())
            .bind(i64::from(line.sites))
            .bind(found_by)
            .bind(product_key(&line.product));
    }
    insert.execute(&mut **transaction).answered().await?;
    Ok(())
}

/// What was recorded of sites. A roll-out has thousands of them: each is written when it comes and when it goes.
pub(crate) async fn follow_sites(
    transaction: &mut Transaction<'static, Any>,
    journey: &str,
    recorded: &[Recorded],
) -> Answer<()> {
    for one in recorded {
        match &one.event {
            Event::SiteLive { site: Site { ods_code, name, .. }, .. } => {
                write_sites(transaction, journey, &[(ods_code, name)]).await?;
            }
            Event::SiteTakenBack { ods_code, .. } => {
                sqlx::query("DELETE FROM register_sites WHERE journey = $1 AND ods_code = $2")
                    .bind(journey.to_owned())
                    .bind(ods_code.clone())
                    .execute(&mut **transaction)
                    .answered()
                    .await?;
            }
            _ => {}
        }
    }
    Ok(())
}

async fn write_sites(transaction: &mut Transaction<'static, Any>, journey: &str, sites: &[(&String, &String)]) -> Answer<()> {
    let text = format!(
        "INSERT INTO register_sites (journey, ods_code, name, folded) VALUES {} \
         ON CONFLICT (journey, ods_code) DO UPDATE SET name = excluded.name, folded = excluded.folded",
        places(sites.len(), 4)
    );
    let mut insert = sqlx::query(AssertSqlSafe(text));
    for (code, name) in sites {
        insert =
            insert.bind(journey.to_owned()).bind((*code).clone()).bind((*name).clone()).bind(folded(&format!("{name} {code}")));
    }
    insert.execute(&mut **transaction).answered().await?;
    Ok(())
}

/// Makes all of it anew: lines and sites that the rules do not make any more go.
pub(crate) async fn replace(transaction: &mut Transaction<'static, Any>, journey: &str, now: &Registered) -> Answer<()> {
    for table in ["DELETE FROM register_lines WHERE journey = $1", "DELETE FROM register_sites WHERE journey = $1"] {
        sqlx::query(table).bind(journey.to_owned()).execute(&mut **transaction).answered().await?;
    }
    let sites: Vec<(&String, &String)> = now.sites.iter().collect();
    for some in sites.chunks(AT_ONCE) {
        write_sites(transaction, journey, some).await?;
    }
    write_lines(transaction, journey, &now.lines).await
}
