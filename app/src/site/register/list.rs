//! `/register-of-products`: every product that has or had a certificate. Whoever buys, uses or checks a product reads it without an
//! account.

use journey::{
    plan::capability::{Capability, Chosen},
    port::register::RegisterEntry,
    rule::certificate::Validity,
    view::register::ProductSide,
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{
        dates, paths,
        words::{counted, listed},
    },
    design::{Grid, Title},
    request::visitor::query,
    site::register::asked::{Asked, PAGE},
};

/// `/register-of-products`
#[component]
pub fn RegisterOfProducts() -> impl IntoView {
    page(async {
        let context = context().await?;
        let asked = Asked::read(query);
        let store = &context.services.store;
        let count = store.count_products(&asked.filter(0)).await?;
        let mut entries = store.products(&asked.filter(PAGE + 1)).await?;
        let more = entries.len() > PAGE as usize;
        entries.truncate(PAGE as usize);
        let next = entries.last().filter(|_| more).map(|last| asked.next(last));
        let first = format!("{}{}", paths::REGISTER, asked.tail());
        let list = if entries.is_empty() { empty(&asked, count) } else { table(&entries, &asked) };
        let body = view! {
            <Title text="Register of products">"Products that NHS England has issued a certificate for, how each certificate stands today, and where the product is live. You do not need an account."</Title>
            {filters(&asked, count)}
            {list}
            <p class="gpc-below">
                {next.map(|to| view! { <a href=to rel="next">"Next page"</a> " " })}
                {asked.goes_on().then(|| view! { <a href=first>"Back to the first page"</a> })}
            </p>
            <h2 class="nhsuk-heading-m">"What a certificate says"</h2>
            <p>"A certificate is for the version of the product that it names and for no other. It says that tests were passed. It does not say that an organisation may go live."</p>
            <p>"A certificate that was suspended or withdrawn, or whose product is not offered any more, stays in this register and says so."</p>
        }
        .into_any();
        let title = if asked.find.is_empty() {
            "Register of products".to_owned()
        } else {
            format!("{}, register of products", asked.find)
        };
        Ok((title, body))
    })
}

fn options<'a>(chosen: &str, all: impl IntoIterator<Item = (&'a str, &'a str)>) -> AnyView {
    let all = all.into_iter().map(|(value, text)| (value.to_owned(), text.to_owned(), value == chosen));
    all.map(|(value, text, selected)| view! { <option value=value selected=selected>{text}</option> }).collect_view().into_any()
}

fn filters(asked: &Asked, count: u32) -> AnyView {
    let download = format!("{}{}", paths::REGISTER_CSV, asked.tail());
    let capabilities = Capability::ALL.iter().map(|capability| (capability.name(), capability.title()));
    let capabilities = options(
        asked.capability.map(Capability::name).unwrap_or_default(),
        [("", "All capabilities")].into_iter().chain(capabilities),
    );
    let sides = ProductSide::ALL.iter().map(|side| (side.name(), plural(*side)));
    let sides = options(
        asked.side.map(ProductSide::name).unwrap_or_default(),
        [("", "Consumers and providers")].into_iter().chain(sides),
    );
    let states = options(if asked.valid { "valid" } else { "" }, [("", "All certificates"), ("valid", "Valid only")]);
    let orders = options(if asked.by_issue { "assured" } else { "" }, [("", "Product"), ("assured", "Assured last first")]);
    view! {
        <form class="gpc-filters" action=paths::REGISTER method="get" role="search" aria-label="Search the register of products">
            <div>
                <label for="find">"Product, supplier or organisation"</label>
                <input class="nhsuk-input" id="find" name="find" type="search" maxlength="200" value=asked.find.clone() aria-describedby="find-hint" />
            </div>
            <div>
                <label for="capability">"Capability"</label>
                <select class="nhsuk-select" id="capability" name="capability">{capabilities}</select>
            </div>
            <div>
                <label for="side">"Type of product"</label>
                <select class="nhsuk-select" id="side" name="side">{sides}</select>
            </div>
            <div>
                <label for="state">"State"</label>
                <select class="nhsuk-select" id="state" name="state">{states}</select>
            </div>
            <div>
                <label for="order">"Order by"</label>
                <select class="nhsuk-select" id="order" name="order">{orders}</select>
            </div>
            <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">"Search"</button>
            <p class="gpc-meta" id="find-hint">"By name or ODS code. An organisation is found when a product is live there."</p>
            {(count > 0).then(|| view! {
                <p>
                    {counted(count as usize, "certificate")}
                    {if asked.narrows() { " found. " } else { ". " }}
                    <a href=download download>"Download as CSV"</a>
                </p>
            })}
        </form>
    }
    .into_any()
}

fn plural(side: ProductSide) -> &'static str {
    match side {
        ProductSide::Consumer => "Consumers",
        ProductSide::Provider => "Providers",
    }
}

fn empty(asked: &Asked, count: u32) -> AnyView {
    if asked.goes_on() && count > 0 {
        let first = format!("{}{}", paths::REGISTER, asked.tail());
        return view! {
            <div class="gpc-empty">
                <h2 class="nhsuk-heading-s">"There is nothing more on this page"</h2>
                <p><a href=first>"Go to the first page"</a></p>
            </div>
        }
        .into_any();
    }
    if asked.narrows() {
        return view! {
            <div class="gpc-empty">
                <h2 class="nhsuk-heading-s">"No certificate matches"</h2>
                <p>"Search for a shorter part of the name, or for the ODS code. A product that is still being assured is not in the register."</p>
                <p><a href=paths::REGISTER>"Show the whole register"</a>", or "<a href="/verify">"check a certificate by its number"</a>"."</p>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="gpc-empty">
            <h2 class="nhsuk-heading-s">"No certificate has been issued yet"</h2>
            <p>"A product is listed here from the day on which its first certificate is issued."</p>
            <p><a href="/ecosystem/consumer">"See how a product gets there"</a></p>
        </div>
    }
    .into_any()
}

fn table(entries: &[RegisterEntry], asked: &Asked) -> AnyView {
    let rows = entries
        .iter()
        .map(|entry| {
            let line = &entry.line;
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">
                        <a href=paths::registered(&line.number)>{line.product.clone()}</a>
                        <br />
                        <span class="gpc-meta">{format!("{}, {}", supplier(entry), line.side.title().to_lowercase())}</span>
                    </th>
                    <td role="cell" data-l="Capabilities">{capabilities(&line.capabilities)}</td>
                    <td role="cell" data-l="Assured on" class="gpc-nb">{dates::day_of(line.issued_at)}</td>
                    <td role="cell" data-l="Certificate">
                        {state(line.validity, line.since.map(dates::day_of))}
                        <br />
                        <a class="gpc-mono" href=paths::certificate(&line.number)>{line.number.to_string()}</a>
                    </td>
                    <td role="cell" data-l="In use">{in_use(entry)}</td>
                </tr>
            }
        })
        .collect_view();
    let caption = if asked.by_issue { "Certificates, assured last first" } else { "Certificates, by product" };
    view! { <Grid caption=caption columns=["Product", "Capabilities", "Assured on", "Certificate", "In use"] rows=rows.into_any() /> }.into_any()
}

/// The supplier as it was then, and what it is called today if that is something else.
pub(super) fn supplier(entry: &RegisterEntry) -> String {
    let (then, now) = (entry.supplier(), &entry.supplier_now);
    if then.name == now.name { then.in_words() } else { format!("{}, now {}", then.in_words(), now.name) }
}

/// Capabilities with their versions.
pub(super) fn capabilities(all: &[Chosen]) -> String {
    listed(all.iter().map(|one| format!("{} {}", one.capability.title(), one.version)).collect())
}

/// How a certificate stands, in a tag, and since when.
pub(super) fn state(validity: Validity, since: Option<String>) -> AnyView {
    let class = match validity {
        Validity::Valid => "nhsuk-tag nhsuk-tag--green",
        Validity::InQuestion => "nhsuk-tag nhsuk-tag--yellow",
        Validity::Suspended | Validity::Superseded => "nhsuk-tag nhsuk-tag--orange",
        Validity::Expired | Validity::Withdrawn | Validity::Reopened | Validity::Ended => "nhsuk-tag nhsuk-tag--red",
    };
    let since = since.map(|day| match validity {
        Validity::Ended => format!(" The supplier ended the onboarding on {day}"),
        _ => format!(" since {day}"),
    });
    view! { <strong class=class>{validity.title()}</strong>{since.map(|since| view! { <span class="gpc-meta">{since}</span> })} }
        .into_any()
}

/// Whether a product is live, and at how many sites.
pub(super) fn in_use(entry: &RegisterEntry) -> String {
    let line = &entry.line;
    let at = counted(line.sites as usize, "site");
    match line.live_since {
        None => "Not live".to_owned(),
        Some(_) if line.validity == Validity::Ended => format!("Was live at {at} when it was ended"),
        Some(day) if line.sites == 0 => format!("Live since {}", dates::date(day)),
        Some(day) => format!("Live at {at}, since {}", dates::date(day)),
    }
}
