#!/usr/bin/env bash
# The Debian package as whoever installs it meets it, in a bare Debian of its own (debootstrap): installs, runs, is upgraded over
# data, goes back with a backup, is removed and purged; where a container can be started (systemd-nspawn), it is also run by its
# unit with all that the unit forbids. As root. Needs what `make build` leaves, or with PROFILE=dev what
# `cargo xtask build` leaves. The bare Debian is kept in .cache.
source "$(dirname "$0")/lib.sh"

is_root || { say "run me as root: a root folder is made"; exit 1; }
command -v debootstrap >/dev/null || apt_install debootstrap
suite=${SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
bare=$PWD/.cache/debian-$suite.tar
root=$(mktemp -d)
port=18743
service=
booted=

finish() {
  [ -z "$booted" ] || { kill -TERM "$booted" && wait "$booted"; } 2>/dev/null || true
  [ -z "$service" ] || kill "$service" 2>/dev/null || true
  umount "$root/proc" 2>/dev/null || true
  rm -rf --one-file-system "$root" "$root.boot"
}
trap finish EXIT
trap 'exit 130' INT TERM

count=0
told() { count=$((count + 1)); echo "ok $count: $*"; }
fail() { echo "FAILED: $*"; exit 1; }
plain=(chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive)
inside() { "${plain[@]}" "$@"; }
with_settings() { inside gpc-onboarding-with-settings "$@"; }
digest() { (cd "$root" && sha256sum "$1" | cut -d' ' -f1); }
status() { inside dpkg-query -W -f '${db:Status-Abbrev}' gpc-onboarding 2>/dev/null || true; }
install() { inside dpkg -i "/tmp/$1" 2>&1; }

if [ ! -f "$bare" ]; then
  say "making a bare Debian ($suite)"
  made=$(mktemp -d)
  debootstrap --variant=minbase --include=systemd,ca-certificates "$suite" "$made" "${MIRROR:-http://deb.debian.org/debian}" >.cache/debootstrap.log 2>&1 || { tail -n 5 .cache/debootstrap.log >&2; exit 1; }
  tar -C "$made" --exclude=./var/cache/apt/archives/*.deb -cf "$bare.new" . && mv "$bare.new" "$bare"
  rm -rf "$made"
fi
tar -C "$root" -xf "$bare"
mount -t proc proc "$root/proc"
for revision in 1 2; do
  scripts/package.sh "$revision"
  cp target/debian/gpc-onboarding_*.deb "$root/tmp/"
done
older=$(basename "$root"/tmp/*-1_*.deb)
newer=$(basename "$root"/tmp/*-2_*.deb)

# Installed: everything is where the unit looks for it, and belongs to whom it should.
said=$(install "$older") || fail "it does not install: $said"
[ "$(status)" = "ii " ] || fail "dpkg says: $(status)"
grep -q "systemctl enable --now gpc-onboarding" <<<"$said" || fail "it does not say what to do next: $said"
[ ! -e "$root/var/lib/gpc-onboarding/onboarding.sqlite" ] || fail "installing made a database"
told "installs on a bare $suite and starts nothing"
version=$(inside gpc-onboarding --version)
grep -qE '^gpc-onboarding [0-9]' <<<"$version" || fail "--version said: $version"
told "$version runs inside"
[ "$(inside stat -c '%U %a' /var/lib/gpc-onboarding)" = "gpc-onboarding 700" ] || fail "the folder of data is open"
[ "$(inside stat -c '%U:%G %a' /etc/gpc-onboarding/settings.env)" = "root:gpc-onboarding 640" ] || fail "settings are open"
told "data and settings are closed to others"
missing=$(inside sh -c "ldd /usr/bin/gpc-onboarding | grep 'not found'" || true)
[ -z "$missing" ] || fail "libraries are missing: $missing"
grep -q "NHS.UK" "$root/usr/share/doc/gpc-onboarding/copyright" && grep -q "^ring " "$root/usr/share/doc/gpc-onboarding/notices.txt" || fail "notices are missing"
told "copyright and notices are there"
if command -v systemd-analyze >/dev/null; then
  systemd-analyze verify --root="$root" gpc-onboarding.service || fail "the unit is not right"
  told "the unit is right: $(systemd-analyze security --offline=yes --root="$root" gpc-onboarding.service 2>/dev/null | sed -n 's/.*Overall exposure level for \(.*\) .*$/\1/p')"
fi

# Settings as somebody enters them, data as people leave it.
printf '%s\n' "LISTEN=127.0.0.1:$port" 'MAIL_FROM=GP Connect onboarding <onboarding@example.nhs.uk>' 'HELP_ADDRESS="help@example.nhs.uk"' >>"$root/etc/gpc-onboarding/settings.env"
settings=$(digest etc/gpc-onboarding/settings.env)
with_settings demo >"$root/tmp/demo.log" 2>&1 || fail "no demo: $(tail -n 3 "$root/tmp/demo.log")"
[ "$(inside stat -c %U /var/lib/gpc-onboarding/onboarding.sqlite)" = gpc-onboarding ] || fail "the database belongs to somebody else"
serve() {
  # Each of these becomes the next: the number is that of the service itself.
  "${plain[@]}" gpc-onboarding-with-settings serve >"$root/tmp/serve.log" 2>&1 &
  service=$!
  for _ in $(seq 100); do
    if curl -fsS "http://127.0.0.1:$port/readyz" >/dev/null 2>&1; then return; fi
    kill -0 "$service" 2>/dev/null || break
    sleep 0.3
  done
  fail "it is not ready: $(tail -n 3 "$root/tmp/serve.log")"
}
stop() { kill -TERM "$service" && wait "$service" || fail "it did not end well: $(tail -n 3 "$root/tmp/serve.log")"; service=; }
serve
style=$(curl -fsS "http://127.0.0.1:$port/" | grep -oE '/pkg/[^"]*\.css' | head -n 1)
curl -fsS "http://127.0.0.1:$port$style" >/dev/null || fail "its style sheet is not served"
grep -q 'help@example.nhs.uk' "$root/tmp/serve.log" || fail "its settings are not read"
stop
told "serves pages and style sheet as its own user, with the settings of the file, and stops when it is told to"

# Upgraded: data and settings are what they were, and open.
with_settings backup --to /var/backups/gpc-onboarding/before >/dev/null || fail "no backup"
data=$(digest var/lib/gpc-onboarding/onboarding.sqlite)
verified=$(with_settings verify 2>&1) || fail "verify before the upgrade: $verified"
said=$(install "$newer") || fail "it is not upgraded: $said"
[ "$(digest var/lib/gpc-onboarding/onboarding.sqlite)" = "$data" ] && [ "$(digest etc/gpc-onboarding/settings.env)" = "$settings" ] || fail "the upgrade changed data or settings"
serve
stop
[ "$(with_settings verify 2>&1)" = "$verified" ] || fail "verify says something else after the upgrade"
told "an upgrade keeps data and settings, and the data opens: $(head -n 1 <<<"$verified")"

# Back: the older program and the backup that it made, beside the data that is put aside.
said=$(install "$older") || fail "the older one does not install over the newer one: $said"
inside mv /var/lib/gpc-onboarding /var/lib/gpc-onboarding.aside
inside systemd-tmpfiles --create gpc-onboarding.conf
inside sh -c 'cp -p /var/lib/gpc-onboarding.aside/*.key /var/lib/gpc-onboarding.aside/seal.pem /var/lib/gpc-onboarding/' || fail "the keys are not there"
with_settings restore --from /var/backups/gpc-onboarding/before >/dev/null || fail "no restore"
[ "$(with_settings verify 2>&1 | tail -n 1)" = "$(tail -n 1 <<<"$verified")" ] || fail "verify says something else after going back"
told "the older one and its backup give the same data back"

# Removed and purged: nothing of theirs goes.
inside dpkg -r gpc-onboarding >/dev/null 2>&1 || fail "it cannot be removed"
[ ! -e "$root/usr/bin/gpc-onboarding" ] && [ -e "$root/var/lib/gpc-onboarding/onboarding.sqlite" ] || fail "removing it left the program or took the data"
said=$(inside dpkg --purge gpc-onboarding 2>&1) || fail "it cannot be purged: $said"
for kept in /var/lib/gpc-onboarding /etc/gpc-onboarding /var/backups/gpc-onboarding; do
  [ -d "$root$kept" ] && grep -qF "$kept" <<<"$said" || fail "purge took $kept or does not tell of it: $said"
done
[ "$(digest etc/gpc-onboarding/settings.env)" = "$settings" ] || fail "purge took the settings"
told "remove and purge leave data, settings and backups, and say where they are"
said=$(install "$newer") || fail "it does not install again: $said"
serve
stop
[ "$(digest etc/gpc-onboarding/settings.env)" = "$settings" ] || fail "installing again took the settings"
told "installed again it goes on with what was there"

# By its unit: Debian is started as a container, on the network of this machine.
umount "$root/proc"
mkdir -p "$root/srv"
mv "$root"/tmp/*.deb "$root/srv/"
inside systemctl enable gpc-onboarding.service 2>/dev/null || fail "the unit cannot be enabled"
machine=gpc-onboarding-$$
command -v systemd-nspawn >/dev/null || apt_install systemd-container || true
if ! command -v systemd-nspawn >/dev/null; then
  echo "left out: there is no systemd-nspawn, so the unit was not run"
  echo "$count steps of a package passed"
  exit
fi
systemd-nspawn --quiet --register=no --keep-unit --machine="$machine" --directory="$root" --boot >"$root.boot" 2>&1 &
booted=$!
ready() { # within half a minute
  for _ in $(seq 100); do
    if curl -fsS "http://127.0.0.1:$port/readyz" >/dev/null 2>&1; then return; fi
    sleep 0.3
  done
  return 1
}
if ! ready; then
  if grep -q 'Started.*gpc-onboarding' "$root.boot"; then fail "it is not ready by its unit: $(tail -n 5 "$root.boot")"; fi
  echo "left out: no container starts here, so the unit was not run: $(tail -n 1 "$root.boot")"
  echo "$count steps of a package passed"
  exit
fi
first=$(pgrep -P "$booted" | head -n 1)
by_unit() { nsenter --target "$first" --all /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }
number() { by_unit systemctl show --property=MainPID --value gpc-onboarding.service; }
held=$(by_unit sed -n -E 's/^(CapBnd|NoNewPrivs|Seccomp):[[:space:]]*/\1=/p' "/proc/$(number)/status" | tr '\n' ' ')
[ "$held" = "CapBnd=0000000000000000 NoNewPrivs=1 Seccomp=2 " ] || fail "it runs without its bounds: $held"
style=$(curl -fsS "http://127.0.0.1:$port/" | grep -oE '/pkg/[^"]*\.css' | head -n 1)
curl -fsS "http://127.0.0.1:$port$style" >/dev/null || fail "its style sheet is not served"
# Somebody signs in wrongly: a password is hashed, on a thread that steps back.
tried=$(curl -sS -o /dev/null -w '%{http_code}' -H 'Sec-Fetch-Site: same-origin' -H 'Accept: text/html' -d 'email=nobody@example.org&password=a+password+of+nobody' "http://127.0.0.1:$port/do/account/sign-in")
[ "$tried" = 303 ] || fail "signing in was answered by $tried"
told "its unit runs it without any right: $held"
before=$(number)
by_unit dpkg -i "/srv/$older" >/dev/null 2>&1 || fail "it is not installed over what runs"
ready || fail "it is not ready after an upgrade while it ran"
[ "$(number)" != "$before" ] && [ "$(number)" != 0 ] || fail "what ran was not restarted"
told "an upgrade restarts what runs"
by_unit dpkg -r gpc-onboarding >/dev/null 2>&1 || fail "it cannot be removed while it runs"
if curl -fsS "http://127.0.0.1:$port/healthz" >/dev/null 2>&1; then fail "it runs on after it was removed"; fi
told "removing it stops it"
kill -s RTMIN+4 "$first"
wait "$booted" || true
booted=
echo "$count steps of a package passed"
