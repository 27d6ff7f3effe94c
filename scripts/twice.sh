#!/usr/bin/env bash
# Builds the commit twice, in two folders with names of different length, and says whether what is shipped is the same byte for
# byte: program, site, package. PROFILE=dev does it with the quick build, whose program is compared without its symbols, as the
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
trap 'rm -rf "$work"' EXIT
unset CARGO_TARGET_DIR
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)

begin() { # from $BEGIN into this target folder
  local place
  for place in "$folder" front/debug front/release front/wasm-release front/wasm32-unknown-unknown/wasm-release; do
    [ -d "$BEGIN/$place/deps" ] || continue
    mkdir -p "$1/$place/deps"
    cp -a "$BEGIN/$place"/{build,.fingerprint} "$1/$place/" 2>/dev/null || true
    find "$BEGIN/$place/deps/" -type f -regextype egrep -regex '.*\.(rlib|rmeta|so|d)' -not -regex '.*/(lib)?(app|journey|paper|server|store|xtask|gpc_onboarding)-[^/]*' -exec cp -a -t "$1/$place/deps" {} +
  done
}

build() { # into this folder
  mkdir -p "$1/.cache"
  git archive HEAD | tar -x -C "$1"
  ln -s "$PWD/node_modules" "$1/node_modules"
  # A compiler for the browser that ensure-wasm.sh made is a tool like others, and the same for both.
  [ ! -d .cache/wasm ] || ln -s "$PWD/.cache/wasm" "$1/.cache/wasm"
  # BEGIN=target takes the compiled crates of others from there, to save their time. Ours are always compiled.
  [ -z "${BEGIN:-}" ] || begin "$1/target"
  say "building in $1"
  (cd "$1" && cargo xtask build "${flags[@]}" >&2)
  strip --strip-all -o "$1/program" "$1/target/$folder/gpc-onboarding"
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
same program program
same site target/site
for place in "$one" "$two"; do
  if grep -qaF "$place" "$place/program"; then echo "the program names the folder that it was built in: $(strings "$place/program" | grep -F "$place" | head -n 2)"; differ=1; fi
done
exit "$differ"
