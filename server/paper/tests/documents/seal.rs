//! A document with a digital signature is the document of before with something added that a screen reader meets, a reader of
//! PDFs shows, and nobody sees.

use lopdf::Object;
use paper::{Block, Paper, SealPlace, seal_in, set, with_place};

use crate::{
    reader::{Pdf, string},
    samples,
};

const SIGNATURE: &[u8] = b"0\x07not one";

fn place() -> SealPlace {
    SealPlace {
        by: "GP Connect onboarding (test)".to_owned(),
        reason: "Made here".to_owned(),
        at: "2026-11-29T14:05:10.4Z".parse().unwrap(),
        room: 64,
    }
}

fn sealed(paper: &Paper) -> (Vec<u8>, Vec<u8>) {
    let before = set(paper).unwrap();
    let after = with_place(&before, &place()).unwrap().sealed(SIGNATURE).unwrap();
    (before, after)
}

/// Documents of one page and of many, with links and without.
fn papers() -> Vec<Paper> {
    let long =
        (0..400).map(|number| Block::Paragraph(format!("Paragraph {number} /ByteRange[0 1 2 3] %%EOF trailer").as_str().into()));
    let named = "startxref\n9\n%%EOF /Prev 7 /ByteRange[0 1 2 3]".to_owned();
    vec![
        samples::certificate(),
        samples::agreement(),
        Paper { blocks: long.collect(), title: named.clone(), subject: named, ..samples::agreement() },
        Paper { blocks: Vec::new(), ..samples::certificate() },
    ]
}

#[test]
fn what_was_there_stays_and_the_signature_is_a_field_that_is_met_and_not_seen() {
    for paper in papers() {
        let (before, after) = sealed(&paper);
        assert!(after.starts_with(&before));
        let (old, new) = (Pdf::read(&before), Pdf::read(&after));
        let (drawn, tree) = (old.tree().drawn(), new.tree());
        assert_eq!(tree.drawn(), format!("{drawn}  Form\n    Object\n"));
        let form = tree.of("Form")[0];
        let says = "Digital signature of GP Connect onboarding (test)";
        assert_eq!(string(form.dictionary.get(b"Alt").unwrap()), says);
        let widget = &form.children[0].dictionary;
        assert_eq!(string(widget.get(b"TU").unwrap()), says);
        assert_eq!(widget.get(b"Subtype").unwrap().as_name().unwrap(), b"Widget");
        let rect = widget.get(b"Rect").unwrap().as_array().unwrap();
        assert!(rect.iter().all(|edge| edge.as_i64().unwrap() == 0), "it is not seen: {rect:?}");
        // Printed, not hidden, not invisible: what PDF/A-2 asks of every annotation (6.3.2).
        assert_eq!(widget.get(b"F").unwrap().as_i64().unwrap() & 0b10_0111, 0b100);

        // From the annotation to its tag, and from the page and the form to the annotation.
        let key = widget.get(b"StructParent").unwrap().as_i64().unwrap();
        let root = new.within(new.catalog(), "StructTreeRoot");
        let numbers = new.within(root, "ParentTree").get(b"Nums").unwrap().as_array().unwrap();
        let parents: Vec<i64> = numbers.iter().step_by(2).map(|key| key.as_i64().unwrap()).collect();
        assert!(parents.is_sorted_by(|one, other| one < other), "{parents:?}");
        assert_eq!(root.get(b"ParentTreeNextKey").unwrap().as_i64().unwrap(), key + 1);
        let at = 2 * parents.iter().position(|one| *one == key).unwrap() + 1;
        let element = new.document.get_dictionary(numbers[at].as_reference().unwrap()).unwrap();
        assert_eq!(element, &form.dictionary);
        let acro = new.within(new.catalog(), "AcroForm");
        assert_eq!(acro.get(b"SigFlags").unwrap().as_i64().unwrap(), 3);
        let fields = acro.get(b"Fields").unwrap().as_array().unwrap();
        assert_eq!(fields.len(), 1);
        assert_eq!(new.document.get_dictionary(fields[0].as_reference().unwrap()).unwrap(), widget);
        let page = new.document.get_dictionary(widget.get(b"P").unwrap().as_reference().unwrap()).unwrap();
        assert!(page.get(b"Annots").unwrap().as_array().unwrap().contains(&fields[0]));
        assert_eq!(page.get(b"Tabs").unwrap().as_name().unwrap(), b"S");

        let signature = new.within(widget, "V");
        assert_eq!(signature.get(b"SubFilter").unwrap().as_name().unwrap(), b"ETSI.CAdES.detached");
        assert_eq!(signature.get(b"M").unwrap().as_str().unwrap(), b"D:20261129140510Z");
        assert_eq!(string(signature.get(b"Reason").unwrap()), "Made here");
        assert_eq!(new.within(new.catalog(), "Perms").get_deref(b"DocMDP", &new.document).unwrap().as_dict().unwrap(), signature);
        let held = signature.get(b"Contents").unwrap().as_str().unwrap();
        assert!(held.starts_with(SIGNATURE) && held.len() == 64 && held[SIGNATURE.len()..].iter().all(|byte| *byte == 0));
        let range: Vec<usize> = signature
            .get(b"ByteRange")
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|it| usize::try_from(Object::as_i64(it).unwrap()).unwrap())
            .collect();
        let [0, first, second, rest] = range[..] else { panic!("{range:?}") };
        assert_eq!(second + rest, after.len());
        assert_eq!((after[first], after[second - 1], second - first), (b'<', b'>', 2 * 64 + 2));

        let found = seal_in(&after).unwrap().unwrap();
        assert_eq!(found.signature, held);
        assert_eq!(found.covered, [&after[..first], &after[second..]]);
    }
}

#[test]
fn a_document_without_a_signature_has_none_whatever_stands_in_it() {
    for paper in papers() {
        assert_eq!(seal_in(&set(&paper).unwrap()), Ok(None));
    }
}

#[test]
fn a_signature_that_does_not_cover_everything_is_none() {
    let (before, after) = sealed(&samples::certificate());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(text(&after).contains("/ByteRange[0 "));
    let at = after.windows(11).rposition(|some| some == b"/ByteRange[").unwrap() + 11;
    let other = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut other = after.clone();
        change(&mut other);
        seal_in(&other).map(|found| found.is_some())
    };
    assert_eq!(other(&|_| {}), Ok(true));
    assert!(other(&|bytes| bytes.push(b'\n')).is_err(), "something is added");
    assert!(other(&|bytes| bytes[at] = b'1').is_err(), "the beginning is left out");
    assert!(other(&|bytes| bytes[at + 2] ^= 1).is_err(), "the place is another");
    assert!(
        other(&|bytes| bytes.truncate(bytes.len() - 40)).is_err()
            || other(&|bytes| bytes.truncate(bytes.len() - 40)) == Ok(false)
    );
    // A signed document to which somebody added once more.
    let twice = with_place(&after, &place());
    assert!(twice.is_err(), "{twice:?}");
    // Nothing but the document of before is what was there before the signature.
    assert_eq!(seal_in(&after[..before.len()]), Ok(None));
    for garbage in [b"".as_slice(), b"%PDF-1.7", b"startxref\n", b"startxref\n99999999999999999999\n", b"startxref\n0\n%%EOF"] {
        assert!(seal_in(garbage).is_err() && with_place(garbage, &place()).is_err());
    }
}

#[test]
fn a_signature_that_is_larger_than_its_place_is_refused() {
    let open = with_place(&set(&samples::certificate()).unwrap(), &place()).unwrap();
    assert!(open.clone().sealed(&[7; 64]).is_ok());
    assert!(open.sealed(&[7; 65]).is_err());
}
