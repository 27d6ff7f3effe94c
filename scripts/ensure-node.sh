#!/usr/bin/env bash
# Installs exactly what the two npm lock files name: build tools at the root, browser tests in end2end.
# Nothing happens while a lock file is the one that was installed last.
source "$(dirname "$0")/lib.sh"

major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/' || true)
if [ "${major:-0}" -lt 20 ]; then
  say "Node.js 20 or newer is needed: https://nodejs.org/en/download"
  exit 1
fi
for folder in . end2end; do
  if ! cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-lock"; then
    say "npm ci in $folder"
    npm ci --prefix "$folder" --loglevel=error >&2
    cp "$folder/package-lock.json" "$folder/node_modules/.installed-lock"
  fi
done
