#!/usr/bin/env bash
# The browser's half under clippy. The compiler that ensure-wasm.sh builds where rustup may not fetch the target brings no clippy:
# there this is left out, and says so.
source "$(dirname "$0")/lib.sh"
target=wasm32-unknown-unknown
if compgen -G "$(rustc --print target-libdir --target $target)/libstd-*.rlib" >/dev/null; then
  cargo clippy --package app --lib --no-default-features --features hydrate --target $target --target-dir target/front -- -D warnings
else
  say "left out: this toolchain has no $target"
fi
