#!/usr/bin/env bash
# Proofs that take longer than a test run may. All of them, or those that are named:
#   scripts/prove.sh
#   scripts/prove.sh kills uploads
# Each ends with one line: what, how many, how long, outcome. Goes on after a failure and fails at the end. What a part
# printed stays in target/prove; PROVE_WRITE=1 writes docs/evidence.md from the lines of the last run of each part.
source "$(dirname "$0")/lib.sh"

logs=target/prove
mkdir -p "$logs"

# part name, command as a person would type it, words that tell how much (an extended regular expression).
part() {
  local name=$1 command=$2 telling=$3 begun=$SECONDS outcome=passed figures took
  say "$name: $command"
  bash -o pipefail -c "$command" 2>&1 | tee "$logs/$name.log" || outcome=FAILED
  figures=$(sed 's/\x1b\[[0-9;]*m//g' "$logs/$name.log" | grep -oE "$telling" | sort -u | paste -sd ';' | sed 's/;/; /g' || true)
  took=$((SECONDS - begun))
  # A proof that tells nothing has proved nothing.
  [ -n "$figures" ] || outcome=FAILED
  printf '%s\t%s\t%s\t%s\t%s\n' "$(date -u +%Y-%m-%d)" "$command" "${figures:-nothing was told}" "$((took / 60)) min $((took % 60)) s" "$outcome" >"$logs/$name.line"
  say "$name: ${figures:-nothing was told}; $((took / 60)) min $((took % 60)) s; $outcome"
  [ "$outcome" = passed ]
}

# A factor: 300 walks in a test run, about 20,000 here.
walks() { part walks "WALKS=${WALKS:-67} cargo test --release --package journey --test walks -- --nocapture" '[0-9]+ walks: [0-9]+ live, [0-9]+ withdrawn, [0-9]+ finished'; }

uploads() { part uploads 'FULL_UPLOADS=1 cargo test --package server --test memory -- --nocapture' '[0-9]+ files of [0-9]+ MB at once: .*'; }

# The program, on each database, while twenty people write; the database itself; a disk without room.
kills() { part kills "KILLS=${KILLS:-200} scripts/with-postgres.sh cargo test --package server --test crash -- --nocapture" '[0-9]+ kills.*'; }

# Every attack that is known, all at once and for an hour, against the server as it is shipped, beside ten honest people. The
# server has one core, and those who attack it the other: what their own client takes is not taken from the service.
siege() {
  printf '#!/bin/sh\nexec taskset -c 0 "%s/target/release/gpc-onboarding" "$@"\n' "$PWD" >"$logs/served"
  chmod +x "$logs/served"
  part siege "cargo xtask build --release && HOSTILE_MINUTES=${HOSTILE_MINUTES:-60} SERVER=$logs/served taskset -c 1 cargo test --package server --test siege -- --nocapture" '[0-9.]+ minutes: .*'
}

# What `make test` leaves out: every spec on PostgreSQL (docs/decisions/0008-browsers-on-two-databases.md), and against the
# server as it is shipped (0012-views-of-one-type.md).
browsers() { part browsers 'scripts/ensure-browser.sh && cargo xtask build --release && SERVER=target/release/gpc-onboarding WHOLE=1 scripts/browser.sh postgres' '^ +[0-9]+ (passed|failed|flaky|did not run)'; }

# Every kind of task in every standing, for everybody of the demo: axe, 320 px, paper.
sweep() { part sweep 'scripts/ensure-browser.sh && cargo xtask build && SWEEP=1 scripts/browser.sh sqlite sweep' '^ +[0-9]+ (passed|failed)|^[0-9]+ pages'; }

# Licences, bans and sources of every crate, and known holes where the list of them can be fetched.
crates() {
  tool cargo-deny || return
  part crates 'if cargo deny fetch db; then cargo deny check; else echo "advisories not fetched"; cargo deny check bans licenses sources; fi' \
    'advisories not fetched|(advisories|bans|licenses|sources) (ok|FAILED)'
}

# A mutant that no test notices is a rule that nobody checks: it is named, and the run fails. .cargo/mutants.toml says
# which files.
mutants() {
  tool cargo-mutants || return
  part mutants 'WALKS=0.05 cargo mutants --package journey --output target --jobs 2' '[0-9]+ mutants tested.*'
}

evidence() {
  local line date command figures took outcome
  {
    echo '# Evidence'
    echo
    echo 'What the long proofs said when they were last run. `PROVE_WRITE=1 make prove` writes this page; `scripts/prove.sh kills` runs one of them. What `make test` proves at every run is in'
    echo '[security.md](security.md), and how fast it is in [performance.md](performance.md). What has no line here was not run.'
    echo
    echo "Box: $(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)), $(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo), $(uname -sm); $(rustc --version); $("$(postgres_bin)/postgres" --version 2>/dev/null || echo no PostgreSQL)."
    echo
    echo '| day | command | what it said | how long | outcome |'
    echo '|---|---|---|---|---|'
    for line in "$logs"/*.line; do
      IFS=$'\t' read -r date command figures took outcome <"$line"
      echo "| $date | \`$command\` | $figures | $took | $outcome |"
    done
  } >docs/evidence.md
  say "docs/evidence.md is written"
}

# Workbooks and reports whose structure is changed at random: refused or read, each within 64 MiB. The limit of the process makes
# sure that memory which nobody counts ends it.
workbooks() {
  part workbooks "cargo test --package server --test hostile_files --no-run && (ulimit -v 4000000; FUZZ=${FUZZ:-30} cargo test --package server --test hostile_files -- --nocapture) && FUZZ=${FUZZ:-30} cargo test --package server --test workbook broken -- --nocapture" \
    '[0-9]+ of [0-9]+ broken workbooks refused|[0-9]+ of [0-9]+ files of another structure refused.*'
}

# Captures that are changed at random, 200 times as many as in a test run: read or refused, judged, hidden and told. Captures of
# 10 MB that are made to take memory or time: within 64 MiB and a second.
captures() {
  part captures "FUZZ=${FUZZ:-200} cargo test --release --package journey --test captures --test heavy_captures -- --nocapture" \
    '[0-9]+ changed captures read or refused.*|[0-9]+ captures of 10 MB: .*'
}

# The alarms with figures at which each must speak, and with a service that is well.
alerts() {
  command -v promtool >/dev/null || apt_install prometheus || return
  part alerts 'promtool check rules server/packaging/watch/alerts.yml && promtool test rules server/packaging/watch/alerts.test.yml && echo "$(grep -c alertname= server/packaging/watch/alerts.test.yml) alarms tried"' '[0-9]+ alarms tried'
}

# The package in a bare Debian: installed, upgraded over data, run by its unit, removed.
deb() { part deb 'cargo xtask build --release && scripts/deb.sh' '[0-9]+ steps of a package passed|left out: .*'; }

sbom() { part sbom 'scripts/sbom.sh' '[0-9]+ components, [0-9]+ without a licence'; }

# The commit is built twice, in two folders: what is shipped is the same, byte for byte.
twice() { part twice 'scripts/twice.sh' '(program|site|package): .*'; }

all=(crates alerts deb sbom twice walks uploads workbooks captures kills siege sweep browsers mutants)
failed=0
for one in "${@:-${all[@]}}"; do
  case " ${all[*]} " in *" $one "*) ;; *) say "no such proof: $one; there are ${all[*]}"; exit 2 ;; esac
  "$one" || failed=1
done
if [ "${PROVE_WRITE:-}" = 1 ]; then evidence; fi
exit "$failed"
