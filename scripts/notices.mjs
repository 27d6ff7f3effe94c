// The licences and notices of every crate that is in the program, as one text: what their authors ask to be passed on with it.
// `node scripts/notices.mjs >target/notices.txt`. Says which crates bring no text; their licence stands there by its name.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const target = execFileSync('rustc', ['-vV'], { encoding: 'utf8' }).match(/^host: (.*)$/m)[1];
const asked = ['metadata', '--locked', '--format-version', '1', '--filter-platform', target];
const metadata = JSON.parse(execFileSync('cargo', asked, { encoding: 'utf8', maxBuffer: 1 << 28 }));
const packages = new Map(metadata.packages.map((one) => [one.id, one]));
const nodes = new Map(metadata.resolve.nodes.map((one) => [one.id, one]));

// What the program is linked of: no tools of the build, no tests.
const waiting = metadata.packages.filter((one) => one.name === 'server' && !one.source).map((one) => one.id);
const linked = new Set();
while (waiting.length > 0) {
  const id = waiting.pop();
  if (linked.has(id)) continue;
  linked.add(id);
  const needed = nodes.get(id).deps.filter((dep) => dep.dep_kinds.some((kind) => kind.kind === null));
  waiting.push(...needed.map((dep) => dep.pkg));
}

const crates = [...linked].map((id) => packages.get(id)).filter((one) => one.source);
crates.sort((a, b) => (a.name + a.version < b.name + b.version ? -1 : 1));
const texts = new Map();
const bare = [];
for (const crate of crates) {
  const folder = dirname(crate.manifest_path);
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((file) => file.isFile() && /^(licen[cs]e|copying|copyright|notice|unlicense)/i.test(file.name))
    .map((file) => file.name)
    .sort();
  if (files.length === 0) bare.push(crate);
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8').replace(/\r\n/g, '\n').trim();
    texts.set(text, [...(texts.get(text) ?? []), `${crate.name} ${crate.version}`]);
  }
}

const line = '-'.repeat(80);
console.log(`What others wrote of this program: ${crates.length} Rust crates and their licences.\n`);
for (const crate of crates) {
  console.log(`${crate.name} ${crate.version}: ${crate.license ?? 'see below'}${crate.repository ? ` <${crate.repository}>` : ''}`);
}
console.log(`\n${bare.length} of them bring no text of their own: ${bare.map((crate) => crate.name).join(', ')}.`);
for (const [text, of] of texts) console.log(`\n${line}\n${[...new Set(of)].join(', ')}\n${line}\n\n${text}`);
