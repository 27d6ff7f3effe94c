//! What a long document takes. By itself, because memory is counted for the whole program.

#[path = "documents/samples.rs"]
#[expect(dead_code, reason = "the other tests look at all of it")]
mod samples;

use std::time::{Duration, Instant};

use paper::{Block, Paper, Text};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

#[test]
fn sixty_pages_take_little() {
    let words = "A sentence of an agreement that goes on for as long as such sentences do, with names such as Őry and numbers such as 31. ";
    let blocks = (0..60).flat_map(|number| {
        [
            Block::Heading(format!("Part {number}")),
            Block::Paragraph(words.repeat(20).into()),
            Block::Numbered(vec![words.into(); 4]),
            Block::Facts(vec![("Digest".to_owned(), Text::new().mono(samples::DIGEST)); 4]),
        ]
    });
    let paper = Paper { blocks: blocks.collect(), ..samples::certificate() };
    MEMORY.reset_peak_usage();
    let begun = Instant::now();
    let bytes = paper::set(&paper).unwrap();
    let (took, memory) = (begun.elapsed(), MEMORY.peak_usage_as_mb());
    let pages = lopdf::Document::load_mem(&bytes).unwrap().get_pages().len();
    println!("{pages} pages, {} bytes, {took:?}, {memory} MB", bytes.len());
    assert!((60..100).contains(&pages), "{pages}");
    // Unoptimised, beside others: what is shipped takes a fraction of it.
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(memory < 64.0, "{memory} MB");
    assert!(bytes.len() < 1_000_000, "{}", bytes.len());
}
