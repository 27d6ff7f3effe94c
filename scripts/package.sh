#!/usr/bin/env bash
# The Debian package, of what is built (`make build`; with PROFILE=dev what `cargo xtask build` leaves): in target/debian, where no
# older one stays.
#   scripts/package.sh            revision 1
#   scripts/package.sh 2          revision 2 of the same version, which dpkg takes for an upgrade
source "$(dirname "$0")/lib.sh"

tool cargo-deb
profile=${PROFILE:-release}
revision=${1:-1}
node scripts/notices.mjs >target/notices.txt

# Times in the package are that of the commit, so that it depends on nothing but the sources.
if [ -z "${SOURCE_DATE_EPOCH:-}" ] && when=$(git log -1 --format=%ct 2>/dev/null); then export SOURCE_DATE_EPOCH=$when; fi
fast=()
[ "$profile" = release ] || fast=(--fast)
cargo deb --quiet --package server --no-build --profile "$profile" "${fast[@]}" --deb-revision "$revision" >/dev/null
say "$(ls target/debian/gpc-onboarding_*-"$revision"_*.deb)"
