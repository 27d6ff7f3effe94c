#!/usr/bin/env bash
# What the program is made of, for those who have to know: target/sbom.json (CycloneDX 1.5) has every crate in it with version,
# licence and digest, and the package of npm whose style sheet and icons are sent. The same commit makes the same file.
source "$(dirname "$0")/lib.sh"

tool cargo-cyclonedx
target=$(rustc -vV | sed -n 's/^host: //p')
if [ -z "${SOURCE_DATE_EPOCH:-}" ] && when=$(git log -1 --format=%ct 2>/dev/null); then export SOURCE_DATE_EPOCH=$when; fi
# It writes beside the manifest of each crate of ours. Only that of the server is wanted.
cargo cyclonedx -qq --manifest-path server/Cargo.toml --format json --spec-version 1.5 --no-build-deps --target "$target" --override-filename sbom
mkdir -p target
mv server/sbom.json target/sbom.json
rm -f {app,app/journey,server/paper,server/store,xtask}/sbom.json

# The folder that it was made in is nobody's business, and npm is not known to it.
node - target/sbom.json "$PWD" <<'JS'
const { readFileSync, writeFileSync } = require('node:fs');
const [file, root] = process.argv.slice(2);
const sbom = JSON.parse(readFileSync(file, 'utf8').replaceAll(root, ''));
const { version, license, integrity } = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages['node_modules/nhsuk-frontend'];
const [kind, digest] = integrity.split('-');
sbom.components.push({
  type: 'library',
  'bom-ref': `pkg:npm/nhsuk-frontend@${version}`,
  name: 'nhsuk-frontend',
  version,
  licenses: [{ expression: license }],
  hashes: [{ alg: kind.replace('sha', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') }],
  purl: `pkg:npm/nhsuk-frontend@${version}`,
});
writeFileSync(file, JSON.stringify(sbom, null, 2) + '\n');
const bare = sbom.components.filter((one) => !one.licenses).map((one) => one.name);
console.log(`target/sbom.json: ${sbom.components.length} components, ${bare.length} without a licence ${bare.join(' ')}`.trim());
process.exitCode = bare.length > 0 ? 1 : 0;
JS
