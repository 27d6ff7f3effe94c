#!/usr/bin/env bash
# What the program is made of, for those who have to know (CycloneDX 1.5): every crate with version, licence and digest, and the
# package of npm whose style sheet is sent. In target/sbom.json.
source "$(dirname "$0")/lib.sh"

tool cargo-cyclonedx
command -v jq >/dev/null || apt_install jq
target=$(rustc -vV | sed -n 's/^host: //p')
# It writes beside each manifest of the workspace; only that of the server is wanted, and it goes to target.
cargo cyclonedx --quiet --manifest-path server/Cargo.toml --format json --spec-version 1.5 --target "$target" --override-filename sbom
mv server/sbom.json target/sbom.json
rm -f {app,app/journey,server/paper,server/store,xtask}/sbom.json
