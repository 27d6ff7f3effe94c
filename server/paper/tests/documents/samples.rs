//! Two documents as the product makes them, with everything that a document can have.

use jiff::Timestamp;
use paper::{Block, Paper, Table, Text};

pub const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
pub const NUMBER: &str = "TCC-7K3M-9PX4-31";
pub const QR: &str = "QR code with the address at which this certificate can be checked";

pub fn certificate() -> Paper {
    let facts = |facts: &[(&str, &str)]| {
        Block::Facts(facts.iter().map(|(name, value)| ((*name).to_owned(), Text::from(*value))).collect())
    };
    let address = format!("https://onboarding.example.nhs.uk/verify/{NUMBER}");
    Paper {
        title: "Technical conformance certificate".to_owned(),
        issuer: "GP Connect onboarding".to_owned(),
        subject: "Ambleside Health Ltd: Fellview Records, version 4.2".to_owned(),
        language: "en-GB".to_owned(),
        made: "2026-11-29T14:05:09Z".parse::<Timestamp>().expect("an instant"),
        foot: format!("Technical conformance certificate {NUMBER}"),
        blocks: vec![
            Block::Code(NUMBER.to_owned()),
            Block::Paragraph(
                Text::from("NHS England certifies that the product named here, in the version named here, met the technical requirements of ")
                    .strong("GP Connect")
                    .plain(" on the day of issue."),
            ),
            Block::Heading("What is certified".to_owned()),
            facts(&[
                ("Supplier", "Ambleside Health Ltd (ODS code YGM24)"),
                ("Product", "Fellview Records, version 4.2"),
                ("Capabilities", "Access Record HTML 0.7.4, Access Record Structured 1.6.2, Appointment Management 1.2.7"),
                ("Test route", "Consumer, both providers"),
                ("Tested in", "Integration: 2 September 2026 to 14 October 2026, product version 4.2\nDeployment: 20 October 2026 to 3 November 2026, product version 4.2"),
                ("Providers it works with", "EMIS Web and TPP SystmOne"),
                ("SCAL", "Version 2026.1, round 3"),
                ("Conditions and exceptions", "The page of allergies shows a warning when a record is marked as confidential. It is to be worded as in the specification by 1 March 2027."),
                ("Issued", "29 November 2026 by Zoë Łukasiewicz-Őry, NHS England, assurance team"),
            ]),
            Block::Inset(
                "This certificate is no clinical acceptance by the organisation that uses the product, and no approval to go live. It ends when the product changes in what it does with GP Connect, or when a new major version of a specification takes its place."
                    .into(),
            ),
            Block::Heading("How to check this certificate".to_owned()),
            Block::Qr {
                holds: address.clone(),
                alternative: QR.to_owned(),
                beside: Text::from("Anybody can check whether it is still valid: scan the code, or go to ")
                    .link(address.clone(), address)
                    .plain(" and compare what stands there with this page."),
            },
            Block::Facts(vec![
                ("Place in the history".to_owned(), "Entry 31 of journey 7K3M-9PX4".into()),
                ("Digest (SHA-256)".to_owned(), Text::new().mono(DIGEST)),
            ]),
        ],
    }
}

pub fn agreement() -> Paper {
    let statements = [
        "We connect to GP Connect only with the product and the capabilities that this agreement names, and only for the direct care of patients.",
        "We keep to the specification of each capability, and say within one working day when the product does not.",
        "We process data as the processing form of this agreement says, under UK law on data protection, and name every sub-processor before it begins.",
        "We report an incident that concerns patients, their data or the service to the national service desk without delay, at any hour.",
        "We keep a clinical safety case by DCB0129, name a clinical safety officer, and tell whoever uses the product of hazards that they have to manage.",
        "We know that NHS England may take the connection away where patients are at risk.",
    ];
    let people = [
        ("Ambleside Health Ltd", "YGM24", "Siân O’Connor", "Director, partner or owner"),
        (
            "NHS England",
            "X26",
            "Dimitrios Παπαδόπουλος",
            "Another authority: Head of Interoperability, given by the Director of Products on 3 June 2026",
        ),
        ("Grasmere Primary Care Network", "U41235", "Анна Ковальчук", "Caldicott Guardian"),
    ];
    let digests = [
        DIGEST,
        "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9",
    ];
    let mut blocks = vec![
        Block::Paragraph("Between the parties named below, about the connection of Fellview Records to GP Connect. Each party has signed the same words: the digest on the evidence page says which.".into()),
        Block::Heading("Parties".to_owned()),
        Block::Table(Table {
            caption: "Who is bound by this agreement".to_owned(),
            heads: vec!["Organisation".to_owned(), "ODS code".to_owned(), "In this agreement as".to_owned()],
            rows: vec![
                vec!["Ambleside Health Ltd".into(), "YGM24".into(), "Supplier of the product".into()],
                vec!["NHS England".into(), "X26".into(), "Provider of GP Connect".into()],
                vec!["Grasmere Primary Care Network".into(), "U41235".into(), "Organisation that uses the product, and leads the group".into()],
            ],
        }),
        Block::Heading("Part 1: the supplier and the product".to_owned()),
        Block::Facts(
            [
                ("Legal name of the supplier", "Ambleside Health Ltd"),
                ("Registered address", "Unit 4, Old Mill Yard\nKendal Road\nAmbleside\nLA22 9AA"),
                ("Contact for this agreement", "Siân O’Connor, 015394 00000, sian.oconnor@ambleside.example"),
                ("Services form", "Fellview Records shows the record of a patient who is registered elsewhere to clinicians of urgent care and of primary care networks: medication, allergies, problems, immunisations and consultations as structured data, and the rest as pages.\nIt books appointments with practices of the same network."),
                ("Role in data protection", "Processor for the organisations that use the product"),
            ]
            .map(|(name, value)| (name.to_owned(), value.into()))
            .to_vec(),
        ),
        Block::Subheading("Where data is processed".to_owned()),
        Block::Paragraph("In two data centres in England. Records that were fetched are kept for the length of a session, at most eight hours, and written nowhere; the audit trail is kept for eight years.".into()),
        Block::Bulleted(vec!["Northern Cloud Ltd, Leeds: hosting".into(), "Lakes Monitoring LLP, Carlisle: monitoring, without data of patients".into()]),
        Block::Heading("Part 2: what is agreed".to_owned()),
        Block::Numbered(statements.map(Text::from).to_vec()),
        Block::Heading("Annexes".to_owned()),
        Block::Table(Table {
            caption: String::new(),
            heads: vec!["File".to_owned(), "Size".to_owned(), "Digest (SHA-256)".to_owned()],
            rows: [("Data protection impact assessment.pdf", "412 kB"), ("Clinical safety case report 4.2.pdf", "1.3 MB"), ("Sub-processors.xlsx", "18 kB")]
                .iter()
                .zip(digests)
                .map(|((name, size), digest)| vec![Text::from(*name), Text::from(*size), Text::new().mono(digest)])
                .collect(),
        }),
        Block::NewPage,
        Block::Heading("Evidence of signing".to_owned()),
        Block::Paragraph("Everybody signed in with an account of their own, read the words on the screen, ticked each statement and signed. Times are in the UK.".into()),
    ];
    for (number, (organisation, code, name, authority)) in people.into_iter().enumerate() {
        blocks.push(Block::Subheading(format!("{organisation} ({code})")));
        blocks.push(Block::Facts(vec![
            ("Signed by".to_owned(), name.into()),
            ("Authority".to_owned(), authority.into()),
            ("Signed at".to_owned(), format!("{} November 2026 at 14:05", 24 + number).into()),
            ("Statements agreed to".to_owned(), "1 to 6, each by itself".into()),
            ("Place in the history".to_owned(), Text::from(format!("Entry {}, digest ", 41 + number)).mono(digests[number])),
        ]));
    }
    blocks.push(Block::Heading("The words that were signed".to_owned()));
    blocks.push(Block::Facts(vec![
        ("Agreement".to_owned(), "AGR-7K3M-9PX4-40".into()),
        ("Digest (SHA-256)".to_owned(), Text::new().mono(DIGEST)),
    ]));
    blocks.push(Block::Qr {
        holds: "https://onboarding.example.nhs.uk/verify/AGR-7K3M-9PX4-40".to_owned(),
        alternative: "QR code with the address at which this agreement can be checked".to_owned(),
        beside: "Scan the code to see whether the agreement still holds, and compare the digest there with the one above.".into(),
    });
    Paper {
        title: "Connection agreement for GP Connect".to_owned(),
        issuer: "GP Connect onboarding".to_owned(),
        subject: "Ambleside Health Ltd, NHS England and Grasmere Primary Care Network".to_owned(),
        language: "en-GB".to_owned(),
        made: "2026-11-26T14:05:09Z".parse::<Timestamp>().expect("an instant"),
        foot: "Connection agreement AGR-7K3M-9PX4-40, Ambleside Health Ltd".to_owned(),
        blocks,
    }
}
