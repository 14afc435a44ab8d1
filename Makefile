# One line a target; what a target does is in the file it calls.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run fetch build test lint bench soak clean

export CARGO_TARGET_DIR ?= $(CURDIR)/target
VENV := $(CARGO_TARGET_DIR)/venv
DATA ?= $(CURDIR)/data
DEBIAN := build-essential pkg-config libssl-dev chromium poppler-utils qpdf fonts-liberation2 iproute2 softhsm2 opensc
FRONT := services/web
BROWSER := integration-tests/browser
VANTHU = $(CARGO_TARGET_DIR)/debug/vanthu

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: fetch build ## install what is missing, build, make the demo agency, serve it on loopback
	exec $(VANTHU) demo --data $(DATA)/demo

build: ## the one binary
	cargo build -p vanthu

fetch: $(CARGO_TARGET_DIR)/.debian $(FRONT)/node_modules/.fetched ## Debian, npm and crate dependencies
	cargo fetch --locked || cargo fetch --locked --offline

test: fetch $(VENV)/.fetched $(BROWSER)/node_modules/.fetched lint ## everything; what was skipped must be in the reviewed list
	PATH=$(VENV)/bin:$$PATH integration-tests/run-tests

lint: fetch ## format and lints, warnings are errors
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

bench: fetch $(VENV)/.fetched ## figures, one JSON line each
	PATH=$(VENV)/bin:$$PATH cargo run -q -p integration-tests --bin bench

soak: fetch $(VENV)/.fetched $(BROWSER)/node_modules/.fetched ## the long campaigns; results with date, seed and counts in integration-tests/soak-results.jsonl
	PATH=$(VENV)/bin:$$PATH VANTHU_SOAK=1 integration-tests/run-soak

clean: ## remove what was built, keep data
	cargo clean

$(CARGO_TARGET_DIR)/.debian: Makefile
	@mkdir -p $(CARGO_TARGET_DIR)
	missing=$$(for p in $(DEBIAN); do dpkg -s $$p 2>/dev/null | grep -q '^Status: install ok installed' || echo $$p; done)
	command -v npm >/dev/null || missing="$$missing nodejs npm"
	command -v python3 >/dev/null || missing="$$missing python3"
	python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$$missing python3-venv"
	if [ -n "$$(echo $$missing)" ]; then
	  echo "installing from Debian:" $$missing
	  sudo=$$([ $$(id -u) = 0 ] || echo sudo)
	  $$sudo apt-get update -q
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing
	fi
	touch $@

%/node_modules/.fetched: %/package-lock.json
	@echo "installing from npm: $*"
	cd $* && npm ci --no-audit --no-fund --ignore-scripts
	touch node_modules/.fetched

$(VENV)/.fetched: integration-tests/requirements.txt
	@echo "installing from PyPI: $$(grep -v '^#' $< | tr '\n' ' ')"
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install -q --disable-pip-version-check -r $<
	touch $@
