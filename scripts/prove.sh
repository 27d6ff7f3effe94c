#!/usr/bin/env bash
# Proofs that take longer than a test run may: many random walks through the process, large uploads, kills, then mutation
# testing.
# A mutant that no test notices is a rule that nobody checks: it is named, and the run fails.
source "$(dirname "$0")/lib.sh"

# A factor: 300 walks in a test run, about 20,000 here.
say "random walks"
WALKS=${WALKS:-67} cargo test --release --package journey

say "ten people add 100 MB each at once"
FULL_UPLOADS=1 cargo test --package server --test memory

say "killed 200 times while twenty people write, on each database"
KILLS=200 scripts/with-postgres.sh cargo test --package server --test crash -- --nocapture

mutants=$PWD/.cache/tools/bin/cargo-mutants
if command -v cargo-mutants >/dev/null; then mutants=cargo-mutants; fi
if ! command -v "$mutants" >/dev/null; then
  say "installing cargo-mutants into .cache"
  cargo install cargo-mutants --locked --root .cache/tools
fi
say "mutants of the rules"
exec "$mutants" mutants --package journey --output target --jobs 2 "$@" # .cargo/mutants.toml says which files
