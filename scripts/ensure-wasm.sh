#!/usr/bin/env bash
# Makes sure that Rust can compile for the browser. rustup does it in seconds where it may fetch the target; where it
# may not, Debian's compiler builds the standard library from Debian's own source, once, into .cache/wasm-toolchain,
# and `cargo xtask build` uses that compiler for the browser side only.
source "$(dirname "$0")/lib.sh"
target=wasm32-unknown-unknown
ours=$PWD/.cache/wasm-toolchain

compiler_has_target() { compgen -G "$(rustc --print target-libdir --target $target)/libstd-*.rlib" >/dev/null; }

compiles() { # also links: the distribution's linker is a package of its own
  local folder result=0
  folder=$(mktemp -d)
  echo '#[no_mangle] pub extern "C" fn f(n: u32) -> usize { vec![1u8; n as usize].len() }' >"$folder/f.rs"
  "$1" --target $target --crate-type cdylib -O -o "$folder/f.wasm" "$folder/f.rs" >&2 || result=1
  rm -rf "$folder"
  return $result
}

build_std() { # $1: the packages' suffix; Debian's security updates carry newer compilers as rustc-web
  apt_refresh || return 1
  dpkg --compare-versions "$(apt-cache policy "rustc$1" | sed -n 's/^ *Candidate: //p')" ge 1.95 || return 1
  apt_install "rustc$1" "cargo$1" "rust$1-src" || return 1
  say "building the standard library for $target (about a minute)"
  local seed=$ours.seed lib=$ours/lib/rustlib host system linker
  rm -rf "$seed" "$ours"
  mkdir -p "$seed/src" "$ours/bin" "$lib/$target/lib"
  echo '#![no_std]' >"$seed/src/lib.rs"
  printf '%s\n' '[package]' 'name = "seed"' 'version = "0.0.0"' 'edition = "2024"' '[workspace]' \
    '[profile.release]' 'opt-level = "s"' 'codegen-units = 1' >"$seed/Cargo.toml"
  # Bitcode is kept for the whole-program optimisation of the small wasm. The bootstrap switch is what lets a stable
  # compiler build its own library.
  (cd "$seed" && env -u RUSTUP_TOOLCHAIN -u RUSTFLAGS RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_DIR="$seed/target" \
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=-Cembed-bitcode=yes \
    /usr/bin/cargo build -q -Zbuild-std=std,panic_abort,proc_macro --target $target --release) >&2 || return 1
  cp "$seed/target/$target/release/deps/"lib*.rlib "$lib/$target/lib/"
  rm -rf "$lib/$target/lib/"libseed* "$seed"

  # A compiler that finds that library, the system's own for build scripts and macros, and a linker: rustup's, or lld.
  host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
  system=$(/usr/bin/rustc --print sysroot)/lib/rustlib/$host
  linker=$(rustc --print sysroot)/lib/rustlib/$host/bin/rust-lld
  if [ ! -x "$linker" ]; then apt_install lld && linker=$(command -v lld) || return 1; fi
  mkdir -p "$lib/$host/bin"
  ln -s "$system/lib" "$lib/$host/lib"
  ln -s "$linker" "$lib/$host/bin/rust-lld"
  printf '#!/bin/sh\nexec /usr/bin/rustc --sysroot "%s" "$@"\n' "$ours" >"$ours/bin/rustc"
  chmod +x "$ours/bin/rustc"
  compiles "$ours/bin/rustc"
}

if [ -x "$ours/bin/rustc" ] || compiler_has_target; then exit 0; fi
if command -v rustup >/dev/null && timeout 120 rustup target add $target >&2 && compiler_has_target; then exit 0; fi
for suffix in -web ""; do
  if build_std "$suffix"; then exit 0; fi
done
rm -rf "$ours"
say "Rust cannot compile for the browser here. Run this where the network allows it: rustup target add $target"
exit 1
