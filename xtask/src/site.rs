//! `target/site`: what the server hands out as it is. `pkg/` holds the files whose names carry a digest of their
//! content (served as immutable), `pkg/names.json` says which they are, the rest is a copy of `public/`.

use std::{env, fs, path::Path, process::Command};

use crate::{
    browser::Front,
    fingerprint,
    tools::{NAME, Outcome, run},
};

/// Each file gets a brotli twin, if that is smaller: compressed once here, at the slowest setting, instead of per visit.
const BROTLI: &str = "
const fs = require('fs'), zlib = require('zlib');
for (const file of process.argv.slice(1)) {
  const plain = fs.readFileSync(file), small = zlib.brotliCompressSync(plain);
  if (small.length < plain.length) fs.writeFileSync(file + '.br', small);
}";

/// `shipped` when it goes with the released server.
pub fn publish(shipped: bool, front: &Front) -> Outcome {
    // The server looks whether the scripts expect the markup that it draws.
    let one = env::var("RUSTFLAGS").map_or(!shipped, |flags| flags.contains("erase_components"));
    let views = if one { "one" } else { "each" };
    let public = Path::new("public");
    let site = Path::new("target/site");
    let inputs = [front.js.as_path(), &front.wasm, &front.css, public];
    fingerprint::unless_fresh(&fingerprint::of(&format!("site {views}"), &inputs)?, site, || {
        // Made beside and moved into place, so that a running server never sees half a site.
        let next = Path::new("target/site.next");
        remove(next)?;
        fs::create_dir_all(next.join("pkg"))?;
        for file in fingerprint::files(public)? {
            let copy = next.join(file.strip_prefix(public)?);
            fs::create_dir_all(copy.parent().ok_or("a public file has no folder")?)?;
            fs::copy(&file, copy)?;
        }
        images_are_there(&fs::read_to_string(&front.css)?, next)?;
        let pkg = next.join("pkg");
        let [js, wasm, css] = [named(&front.js, &pkg)?, named(&front.wasm, &pkg)?, named(&front.css, &pkg)?];
        let names = format!("{{\"js\":\"{js}\",\"wasm\":\"{wasm}\",\"css\":\"{css}\",\"views\":\"{views}\"}}\n");
        fs::write(pkg.join("names.json"), names)?;
        run(Command::new("node").arg("--eval").arg(BROTLI).args(fingerprint::files(next)?))?;
        remove(site)?;
        Ok(fs::rename(next, site)?)
    })
}

/// A style sheet that names an image which is not published shows a hole: that is a fault of the build.
fn images_are_there(css: &str, site: &Path) -> Outcome {
    for named in css.split("url(").skip(1) {
        let address = named.split(')').next().unwrap_or_default().trim_matches(['"', '\'']);
        if address.strip_prefix('/').is_some_and(|file| !site.join(file).exists()) {
            return Err(format!("the style sheet names {address}, which is not in public").into());
        }
    }
    Ok(())
}

/// Copies a file into `pkg` under a name that changes with its content, and tells the name.
fn named(file: &Path, pkg: &Path) -> Outcome<String> {
    let content = fs::read(file)?;
    let extension = file.extension().ok_or("a browser file has no extension")?.to_string_lossy();
    let name = format!("{NAME}.{}.{extension}", fingerprint::short(&content));
    fs::write(pkg.join(&name), content)?;
    Ok(name)
}

fn remove(folder: &Path) -> Outcome {
    if folder.exists() { Ok(fs::remove_dir_all(folder)?) } else { Ok(()) }
}
