#!/usr/bin/env bash
# Builds the commit twice, in two folders with names of different length, and says whether what is shipped is the same byte for
# byte: program, site, package. PROFILE=dev does it with the quick build: program and site, the program without its symbols, as the
# released one has none.
source "$(dirname "$0")/lib.sh"

profile=${PROFILE:-release}
folder=release
flags=(--release)
if [ "$profile" = dev ]; then
  folder=debug
  flags=()
fi
work=$(mktemp -d)
trap 'umount "$work"/*/target 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
unset CARGO_TARGET_DIR
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
commit=$(git rev-parse HEAD)
trap 'exit 130' INT TERM
[ "$profile" = dev ] || tool cargo-deb

begin() { # on top of $BEGIN: nothing there is changed or copied; crates of ours are compiled anew
  mkdir -p "$1/target" "$1/upper" "$1/work"
  mount -t overlay overlay -o "lowerdir=$BEGIN,upperdir=$1/upper,workdir=$1/work" "$1/target"
  rm -rf "$1"/target/{,front/}*/{,wasm-release/}.fingerprint/{app,journey,paper,server,store,xtask}-* "$1/target/site" "$1/target/front/out"
}

build() { # into this folder
  mkdir -p "$1/.cache"
  git archive "$commit" | tar -x -m -C "$1"
  ln -s "$PWD/node_modules" "$1/node_modules"
  # A compiler for the browser that ensure-wasm.sh made is a tool like others, and the same for both.
  [ ! -d .cache/wasm ] || ln -s "$PWD/.cache/wasm" "$1/.cache/wasm"
  # BEGIN=/a/target/folder (as root) takes the compiled crates of others from there, to save their time and room.
  [ -z "${BEGIN:-}" ] || begin "$1"
  say "building in $1"
  (cd "$1" && cargo xtask build "${flags[@]}" >&2)
  # The linker's number of the build is a digest of everything, symbols with their folders too: without symbols, without it.
  if [ "$profile" = dev ]; then
    strip --strip-all --remove-section=.note.gnu.build-id -o "$1/program" "$1/target/$folder/gpc-onboarding"
  else
    cp "$1/target/$folder/gpc-onboarding" "$1/program"
    (cd "$1" && scripts/package.sh)
    rm -f "$1"/target/debian/*.ddeb
  fi
}

one=$work/a two=$work/another-folder-with-a-longer-name
build "$one"
build "$two"

differ=0
same() { # what, a file or folder below each
  if diff -rq "$one/$2" "$two/$2" >"$work/differences"; then
    echo "$1: the same ($(find "$one/$2" -type f | wc -l) files, $(find "$one/$2" -type f -exec cat {} + | sha256sum | cut -c 1-16))"
  else
    differ=1
    echo "$1: DIFFERENT: $(head -n 5 "$work/differences")"
  fi
}
sections() { # of the program that differ
  local name
  for name in $(readelf -SW "$one/program" | sed -n -E 's/^ *\[ *[0-9]+\] (\.[^ ]+).*/\1/p'); do
    cmp -s <(readelf -x "$name" "$one/program" 2>&1) <(readelf -x "$name" "$two/program" 2>&1) || echo "  the section $name differs"
  done
}
same program program
[ "$differ" = 0 ] || sections
same site target/site
[ "$profile" = dev ] || same package target/debian
for place in "$one" "$two"; do
  if grep -qaF "$place" "$place/program"; then echo "the program names the folder that it was built in: $(strings "$place/program" | grep -F "$place" | head -n 2)"; differ=1; fi
done
exit "$differ"
