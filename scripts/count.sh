#!/usr/bin/env bash
# The closing line of a test run: adds up what cargo and Playwright say at the end of theirs, in the logs named.
# Above it stand the names of what failed: the end of a long log is often all that anybody is shown.
# Fails when a test failed, and also when there was none.
source "$(dirname "$0")/lib.sh"

# cargo:        test result: ok. 12 passed; 0 failed; 0 ignored; …
# Playwright:     12 passed (13.0s)      1 failed      2 did not run
# scripts/test.sh: broken: …            a run that ended badly without naming a test
# Names: cargo's "test NAME ... FAILED" and the place of its panic, Playwright's list after "1 failed" or "1 flaky".
for log in "$@"; do
  sed 's/\x1b\[[0-9;]*m//g' "$log" | awk -v log_name="${log##*/}" '
    /^test .* FAILED$/ || /^broken: / || / panicked at / { print log_name ": " $0; next }
    /^ +[0-9]+ (failed|flaky|interrupted|did not run)$/ { listed = 1; print log_name ":" $0; next }
    listed && /^ +\[.*› / { print log_name ":" $0; next }
    { listed = 0 }'
done
cat "$@" | sed 's/\x1b\[[0-9;]*m//g' | awk '
  /^test result: / { for (i = 2; i <= NF; i++) { if ($i == "passed;") passed += $(i - 1); if ($i == "failed;") failed += $(i - 1) } }
  /^ +[0-9]+ passed( \(|$)/ { passed += $1 }
  /^test result: / { for (i = 2; i <= NF; i++) if ($i == "ignored;") left += $(i - 1) }
  /^ +[0-9]+ (failed|flaky|interrupted|did not run)$/ { failed += $1 }
  /^ +[0-9]+ skipped$/ { left += $1 }
  /^broken: / { failed += 1 }
  END { if (left > 0) printf "%d left out on purpose (their reason stands at each)\n", left; printf "%d passed, %d failed\n", passed, failed; exit failed > 0 || passed == 0 }'
