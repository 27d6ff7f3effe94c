#!/usr/bin/env bash
# A PostgreSQL server to throw away, on a free port of this machine.
#   scripts/postgres.sh start    starts it if it is not running, anew or again after a kill, and prints its URL
#   scripts/postgres.sh kill     ends all of its processes at once, as a power cut does; its files stay
#   scripts/postgres.sh database NAME    makes an empty database in it and prints its URL
#   scripts/postgres.sh stop     stops it and deletes everything in it
# Nothing in it survives a power cut (fsync is off): good for tests, not for measuring.
source "$(dirname "$0")/lib.sh"

# Which server: tests that run side by side each name their own.
note=${POSTGRES_NOTE:-.cache/postgres/running} # three lines: folder, URL, user

as_server() { # PostgreSQL refuses to run as root
  if is_root; then (cd / && runuser -u "$user" -- "$@"); else "$@"; fi
}

read_note() { [ -f "$note" ] && { read -r folder && read -r url && read -r user; } <"$note"; }

running() { as_server "$(postgres_bin)/pg_ctl" status -D "$folder/data" >/dev/null 2>&1; }

new_folder() { # in .cache, unless the server's user cannot reach it there
  folder=$PWD/.cache/postgres/$$
  mkdir -p "$folder"
  if is_root; then
    chown "$user" "$folder"
    if ! as_server test -w "$folder"; then
      rmdir "$folder"
      folder=$(mktemp -d "${TMPDIR:-/tmp}/gpc-postgres.XXXXXX")
      chown "$user" "$folder"
    fi
  fi
}

free_port() {
  local port
  while port=$((20000 + RANDOM)); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
}

serve() { # on this port; 0 when it answers
  as_server "$(postgres_bin)/pg_ctl" start -w -t 30 -D "$folder/data" -l "$folder/log" -o "-p $1 -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories='' -c fsync=off -c full_page_writes=off -c max_connections=200" >/dev/null 2>&1 </dev/null
}

start() {
  local bin port attempt
  bin=$(postgres_bin) || { say "no PostgreSQL server programs; scripts/ensure-postgres.sh finds or installs them"; exit 1; }
  if read_note && [ -d "$folder/data" ]; then
    port=${url##*:}
    running || serve "${port%%/*}" || { cat "$folder/log" >&2; exit 1; }
    echo "$url"
    return
  fi
  user=$(id -un)
  if is_root; then user=$(getent passwd postgres nobody | head -n 1 | cut -d: -f1); fi
  new_folder
  as_server "$bin/initdb" -D "$folder/data" -U postgres --auth=trust --encoding=UTF8 --locale=C --no-sync >"$folder.log" 2>&1 ||
    { cat "$folder.log" >&2; exit 1; }
  for attempt in 1 2 3; do # a port that was free a moment ago may be taken
    port=$(free_port)
    if serve "$port"; then
      url=postgres://postgres@127.0.0.1:$port/postgres
      mkdir -p "$(dirname "$note")"
      printf '%s\n' "$folder" "$url" "$user" >"$note"
      rm -f "$folder.log"
      echo "$url"
      return
    fi
  done
  cat "$folder/log" >&2
  rm -rf "$folder" "$folder.log"
  exit 1
}

killed() {
  read_note || return 0
  local first all
  read -r first <"$folder/data/postmaster.pid" || return 0
  all=$(echo $first $(ps -o pid= --ppid "$first") | tr ' ' ',')
  kill -KILL ${all//,/ } 2>/dev/null || true
  while ps -o stat= -p "$all" | grep -qv '^Z'; do sleep 0.02; done
  # They are gone; where nobody collects the dead, the next server would take the first of them for alive.
  rm -f "$folder/data/postmaster.pid"
}

stop() {
  read_note || return 0
  if running; then as_server "$(postgres_bin)/pg_ctl" stop -m immediate -D "$folder/data" >/dev/null 2>&1 || true; fi
  rm -rf "$folder" "$note"
}

database() {
  read_note || { say "no server is running"; exit 1; }
  as_server "$(postgres_bin)/psql" -qw "$url" -c "CREATE DATABASE $1" >&2
  echo "${url%/*}/$1"
}

case "${1:-}" in
  start) start ;;
  stop) stop ;;
  kill) killed ;;
  database) database "${2:?a name}" ;;
  *) say "start, stop, kill or database?"; exit 2 ;;
esac
