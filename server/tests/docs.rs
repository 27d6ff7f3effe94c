//! The process in `docs/` is the process as it is followed: drawn from the definition, never by hand.
//! `UPDATE_TABLES=1` draws it anew.

use journey::plan::process::Processes;
use server::commands::draw;

#[test]
fn the_drawn_processes_are_the_shipped_ones() {
    let processes = Processes::shipped().expect("a lawful release");
    let (consumer, provider) = (processes.newest("consumer").expect("one"), processes.newest("provider").expect("one"));
    for (file, drawn) in [
        ("process.md", draw::table(consumer)),
        ("process.svg", draw::svg(consumer) + "\n"),
        ("process-provider.md", draw::table(provider)),
        ("process-provider.svg", draw::svg(provider) + "\n"),
    ] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(file);
        if std::env::var_os("UPDATE_TABLES").is_some() && std::env::var_os("CI").is_none() {
            std::fs::write(&path, &drawn).expect("docs can be written");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == drawn, "docs/{file} is stale: run UPDATE_TABLES=1 cargo test -p server --test service docs");
    }
}

#[test]
fn no_file_of_tests_is_left_out() {
    let (manifest, service) = (include_str!("../Cargo.toml"), include_str!("service.rs"));
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in std::fs::read_dir(folder).expect("the folder of the tests") {
        let name = entry.expect("an entry").file_name();
        let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".rs")) else { continue };
        let named = service.contains(&format!("\nmod {name};\n")) || manifest.contains(&format!("path = \"tests/{name}.rs\""));
        assert!(named, "server/tests/{name}.rs is compiled by nobody: name it in service.rs or in Cargo.toml");
    }
}
