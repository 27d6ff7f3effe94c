#!/usr/bin/env bash
# The browser tests on one of the two databases; anything after that goes to Playwright.
#   scripts/browser.sh sqlite
#   scripts/browser.sh postgres journey
# On PostgreSQL it runs what the database can change; WHOLE=1 runs every spec there too.
source "$(dirname "$0")/lib.sh"

export DATABASE=${1:-sqlite}
shift || true
if [ "$DATABASE" = postgres ] && [ -z "${E2E_DATABASE_URL:-}" ]; then
  exec scripts/with-postgres.sh bash -c 'E2E_DATABASE_URL=$TEST_POSTGRES_URL exec scripts/browser.sh postgres "$@"' browser "$@"
fi
cd end2end
exec npx playwright test "$@"
