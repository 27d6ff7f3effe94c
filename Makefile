# What a person types here. Each part is a script or a cargo command that can be run by itself.

.DEFAULT_GOAL := help
.PHONY: help run demo watch build deb sbom test check lint fmt bench prove clean ready

SERVER := gpc-onboarding

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1|\2/' | awk -F'|' '{ printf "make %-7s %s\n", $$1, $$2 }'

run: ready ## build what has changed and start the service on your machine
	cargo xtask build
	exec target/debug/$(SERVER) serve

demo: ready ## the same with people and journeys to look at, in data-demo; prints how to sign in
	cargo xtask build
	exec target/debug/$(SERVER) serve --demo --data data-demo

watch: ready ## the same, again after every change
	scripts/watch.sh

build: ready ## the server as it is shipped: target/release/gpc-onboarding and target/site
	cargo xtask build --release

deb: build ## the Debian package of it: target/debian
	scripts/package.sh

sbom: ready ## what the program is made of, as CycloneDX: target/sbom.json
	scripts/sbom.sh

test: ready ## every test, on both databases and in a browser; ends with a count
	scripts/test.sh

check: lint ## what to run before a commit: format, lints, the rules, the layers
	cargo test --quiet --package journey --package xtask

lint: ready ## format, lints, links of the documentation, types of the specs: nothing is run
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	scripts/clippy-browser.sh
	RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps --workspace
	npm --prefix end2end run --silent check

fmt: ## format the Rust code
	cargo fmt --all

bench: build ## measure against the budgets, beside a bare handler; BENCH_WRITE=1 writes docs/performance.md
	RUSTFLAGS= cargo bench --package server --bench budgets

prove: ready ## the long proofs: walks, uploads, kills, a hostile hour, every page and browser, the package, two builds, crates, mutants; PROVE_WRITE=1 writes docs/evidence.md
	scripts/prove.sh

clean: ## delete everything that was built (your data in data/ stays)
	cargo clean
	rm -rf node_modules end2end/node_modules end2end/test-results

# The tools that are not Rust. Quiet and quick when they are there.
ready:
	@scripts/ensure-wasm.sh
	@scripts/ensure-node.sh
