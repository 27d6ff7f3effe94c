//! Writes the samples of the tests as files, to be looked at: `cargo run -p paper --example samples -- FOLDER`.

#[path = "../tests/documents/samples.rs"]
mod samples;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).ok_or("say into which folder")?);
    for (name, paper) in [("certificate", samples::certificate()), ("agreement", samples::agreement())] {
        let begun = std::time::Instant::now();
        let bytes = paper::set(&paper)?;
        println!("{name}: {} bytes in {:?}", bytes.len(), begun.elapsed());
        std::fs::write(folder.join(name).with_extension("pdf"), bytes)?;
    }
    Ok(())
}
