# Sourced by the other scripts, never run. Everything they say goes to stderr, so that stdout stays theirs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { echo "${0##*/}: $*" >&2; }
is_root() { [ "$(id -u)" = 0 ]; }

# Debian packages, as root only. The package lists are fetched once an hour at most, and only when something is missing.
apt_refresh() {
  is_root && command -v apt-get >/dev/null || return 1
  mkdir -p .cache
  [ -n "$(find .cache/apt-updated -mmin -60 2>/dev/null)" ] && return
  DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 && touch .cache/apt-updated
}

apt_install() {
  apt_refresh || return 1
  say "installing $*"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >.cache/apt.log 2>&1 ||
    { tail -n 20 .cache/apt.log >&2; return 1; }
}

# The folder with initdb and pg_ctl, the newest if there are several. Any version will do.
postgres_bin() {
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1)
  [ -n "$found" ] || found=$(command -v initdb) || return 1
  dirname "$found"
}

# A tool of cargo: the one on the path, or one of ours.
tool() {
  PATH=$PWD/.cache/tools/bin:$PATH
  command -v "$1" >/dev/null && return
  say "installing $1 into .cache"
  cargo install "$1" --locked --root .cache/tools >&2
}
