//! Names that the large demo draws from. Invented, and common enough to be nobody's.

/// First names.
pub const FIRST_NAMES: &[&str] = &[
    "Alex", "Bernie", "Charlie", "Devi", "Ellis", "Farah", "George", "Hana", "Idris", "Jodie", "Kit", "Leah", "Mo", "Nell",
    "Oscar", "Pat", "Quinn", "Rosa", "Sam", "Tess", "Uma", "Vic", "Wren", "Yusuf", "Zoe",
];

/// Last names.
pub const LAST_NAMES: &[&str] = &[
    "Ashby", "Barlow", "Cole", "Dunn", "Easton", "Firth", "Gale", "Holt", "Ingram", "Joyce", "Khan", "Lane", "Moss", "North",
    "Okoro", "Pike", "Quill", "Reed", "Stone", "Todd", "Usher", "Vance", "Wells", "Yates",
];

/// First words of suppliers.
pub const FIRM_FIRST: &[&str] = &[
    "Alder", "Birch", "Cedar", "Dale", "Elm", "Fern", "Glen", "Hazel", "Iris", "Juniper", "Kestrel", "Linden", "Maple", "Orchard",
];

/// Last words of suppliers.
pub const FIRM_LAST: &[&str] = &["Health", "Systems", "Clinical", "Software", "Digital", "Care", "Informatics"];

/// First words of products.
pub const PRODUCT_FIRST: &[&str] = &[
    "Bedside",
    "Clinic",
    "Community",
    "Discharge",
    "Evening",
    "Frailty",
    "Home",
    "Inpatient",
    "Maternity",
    "Outpatient",
    "Pharmacy",
    "Referral",
    "Rehab",
    "Stroke",
    "Triage",
    "Urgent",
    "Ward",
];

/// Last words of products.
pub const PRODUCT_LAST: &[&str] = &["View", "Record", "Notes", "Link", "Planner", "Summary", "Desk", "Companion"];
