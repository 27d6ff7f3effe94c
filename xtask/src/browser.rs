//! What the browser gets: wasm with its glue, and the style sheet, under plain names in `target/front/out`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use wasm_bindgen_cli_support::Bindgen;

use crate::{
    fingerprint,
    tools::{NAME, Outcome, cargo, run},
};

const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler with the target's standard library, left by `scripts/ensure-wasm.sh` where rustup could not fetch it.
const FALLBACK_RUSTC: &str = ".cache/wasm-toolchain/bin/rustc";

/// Named one by one: with all features on, wasm-opt writes imports that browsers do not read yet.
const WASM_OPT: [&str; 10] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// The three files that pages name.
pub struct Front {
    pub js: PathBuf,
    pub wasm: PathBuf,
    pub css: PathBuf,
}

/// `shipped` when it goes with the released server; `quiet` when the server is being built beside it: two cargos would write over each other's progress.
pub fn build(shipped: bool, dev_wasm: bool, quiet: bool) -> Outcome<Front> {
    let out = Path::new("target/front/out");
    fs::create_dir_all(out)?;
    let file = |extension: &str| out.join(format!("{NAME}.{extension}"));
    let front = Front { js: file("js"), wasm: file("wasm"), css: file("css") };
    style(&front.css)?;
    wasm(shipped, dev_wasm, quiet, out, &front)?;
    Ok(front)
}

fn wasm(shipped: bool, dev: bool, quiet: bool, out: &Path, front: &Front) -> Outcome {
    let profile = if dev { "wasm-dev" } else { "wasm-release" };
    let mut command = cargo(shipped);
    command.args(["build", "--package", "app", "--lib", "--target", TARGET]);
    command.args(["--no-default-features", "--features", "hydrate"]);
    command.args(["--profile", profile, "--target-dir", "target/front"]);
    if quiet {
        command.arg("--quiet");
    }
    if let Ok(rustc) = fs::canonicalize(FALLBACK_RUSTC) {
        command.env("RUSTC", rustc);
    }
    run(&mut command)?;

    let compiled = PathBuf::from(format!("target/front/{TARGET}/{profile}/app.wasm"));
    let inputs = [compiled.as_path(), Path::new("package-lock.json")];
    fingerprint::unless_fresh(&fingerprint::of(profile, &inputs)?, &front.wasm, || {
        glue(&compiled, out)?;
        let bound = out.join(format!("{NAME}_bg.wasm"));
        if dev {
            return Ok(fs::rename(bound, &front.wasm)?);
        }
        run(node_tool("wasm-opt").args(WASM_OPT).arg(&bound).arg("-o").arg(&front.wasm))?;
        Ok(fs::remove_file(bound)?)
    })
}

fn glue(compiled: &Path, out: &Path) -> Outcome {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name(NAME).typescript(false).remove_producers_section(true);
    // The page says where the wasm is, because its name changes with its content.
    bindgen.web(true).map_err(text)?.omit_default_module_path(true);
    bindgen.generate(out).map_err(|e| format!("wasm-bindgen: {e:#}"))?;
    if !fs::read_to_string(out.join(format!("{NAME}.js")))?.contains("export function hydrate(") {
        return Err("the browser's half has no `hydrate` (app/src/lib.rs): no island would wake".into());
    }
    if out.join("snippets").exists() {
        return Err("a crate brings JavaScript files of its own (target/front/out/snippets), which are not published".into());
    }
    Ok(())
}

fn style(css: &Path) -> Outcome {
    let inputs = [Path::new("style"), Path::new("package-lock.json")];
    fingerprint::unless_fresh(&fingerprint::of("css", &inputs)?, css, || {
        run(node_tool("sass")
            .args(["--load-path=node_modules", "--quiet-deps", "--no-source-map", "--style=compressed"])
            .arg("style/main.scss")
            .arg(css))
    })
}

fn node_tool(name: &str) -> Command {
    Command::new(Path::new("node_modules/.bin").join(name))
}

fn text(fault: impl std::fmt::Display) -> String {
    format!("wasm-bindgen: {fault:#}")
}
