//! Icons of the stops, as strokes on a grid of 24: no fills, so that they print and take any colour.

/// Name and shapes, sorted by name.
pub const ICONS: &[(&str, &str)] = &[
    ("agreement", r#"<path d="M6 3h8l5 5v13H6zM14 3v5h5M9 12h6M9 17c1-2.5 2-2.5 2.5-1s1.5 1.5 4.5 0"/>"#),
    ("approve", r#"<path d="M9.5 3.5a2.5 2.5 0 0 1 5 0c0 2.5-1.5 3-1.5 7.5h6V16H5v-5h6c0-4.5-1.5-5-1.5-7.5zM4 20.5h16"/>"#),
    ("browser", r#"<rect x="3" y="4" width="18" height="16" rx="2"/><path d="M3 9h18M6 6.5h.01M9 6.5h.01"/>"#),
    ("checklist", r#"<path d="M3.5 6l1.5 1.5L8 4.5M3.5 12l1.5 1.5 3-3M3.5 18l1.5 1.5 3-3M12 6h9M12 12h9M12 18h9"/>"#),
    ("code", r#"<path d="M8 7l-5 5 5 5M16 7l5 5-5 5M13.5 5l-3 14"/>"#),
    ("document", r#"<path d="M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h7"/>"#),
    ("gate", r#"<path d="M5 3v18M19 3v18M5 8h14M5 15h14M12 8v7"/>"#),
    ("jigsaw", r#"<path d="M4 8h4.5a2.5 2.5 0 1 1 4.5 0H17v4.5a2.5 2.5 0 1 1 0 4.5V21H4z"/>"#),
    (
        "live",
        r#"<circle cx="12" cy="17" r="4.5"/><path d="M7.5 17h9M12 12.5c-1.8 2.5-1.8 6.5 0 9 1.8-2.5 1.8-6.5 0-9M6.5 9.5a8 8 0 0 1 11 0M3.5 6a12.5 12.5 0 0 1 17 0"/>"#,
    ),
    ("magnifier", r#"<circle cx="10" cy="10" r="6"/><path d="M14.5 14.5 21 21"/>"#),
    ("pen", r#"<path d="M14.5 4.5l4 4L9 18H5v-4zM3 21.5h18"/>"#),
    (
        "people",
        r#"<circle cx="12" cy="8" r="3"/><path d="M6.5 19c0-3.5 2.5-5 5.5-5s5.5 1.5 5.5 5"/><circle cx="4.8" cy="10" r="2"/><circle cx="19.2" cy="10" r="2"/><path d="M1.5 17c0-2 1-3.2 2.8-3.5M22.5 17c0-2-1-3.2-2.8-3.5"/>"#,
    ),
    ("person", r#"<circle cx="12" cy="8" r="4"/><path d="M4 21c0-4.5 3.5-7 8-7s8 2.5 8 7"/>"#),
    ("pilot", r#"<path d="M5 21V4h11l-2 4 2 4H5"/>"#),
    ("plan", r#"<path d="M9 4H5v17h14V4h-4M9 2.5h6v3H9zM8.5 10h.01M12 10h4M8.5 14h.01M12 14h4M8.5 18h.01M12 18h4"/>"#),
    ("practice", r#"<path d="M3 20h18M5 20v-9l7-6 7 6v9M10 20v-6h4v6"/>"#),
    ("pulse", r#"<path d="M2 12h4l3-7 5 14 3-7h5"/>"#),
    ("rosette", r#"<circle cx="12" cy="9.5" r="6.5"/><path d="M9 9.5l2.2 2.2L15.2 7.7M8.5 15.2 7 22l5-2.5L17 22l-1.5-6.8"/>"#),
    ("ruler", r#"<path d="M4 3h5v18H4zM4 7.5h2M4 12h2M4 16.5h2M17 3c1.2 0 2 .8 2 2v12l-2 4-2-4V5c0-1.2.8-2 2-2zM15 8h4"/>"#),
    ("sheets", r#"<path d="M12 3 3 8l9 5 9-5zM3 12.5l9 5 9-5M3 17l9 5 9-5"/>"#),
    ("talk", r#"<path d="M3 4h12v8H9l-4 3.5V12H3zM18 8h3v9h-2v3.5L15 17h-5v-2"/>"#),
    ("warning", r#"<path d="M12 4v9M12 17.6v.2"/>"#),
];

/// The icons as definitions that every drawing of a page refers to.
#[must_use]
pub fn definitions() -> String {
    let mut out = String::from("<defs>");
    for (name, shapes) in ICONS {
        out.push_str(&format!("<g id=\"eco-{name}\">{shapes}</g>"));
    }
    out.push_str("</defs>");
    out
}
