# `make` alone prints what there is to do.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

# Tools live in the repository's own folder, at these versions.
GOLANGCI_LINT_VERSION := v2.15.0
BENCHSTAT_VERSION := v0.0.0-20260908200009-22c9c6c9d4da

TOOLS := $(CURDIR)/.tools
GOLANGCI_LINT := $(TOOLS)/golangci-lint-$(GOLANGCI_LINT_VERSION)
BENCHSTAT := $(TOOLS)/benchstat-$(BENCHSTAT_VERSION)
SDKS := e2e/sdk/node_modules/.stamp
PROVIDER := e2e/provider/node_modules/.stamp
BROWSER := e2e/browser/node_modules/.stamp

# The web app: what builds it, the API's types for it, and what is built.
WEB_TOOLS := web/node_modules/.stamp
WEB_TYPES := web/src/client/schema.d.ts
WEB := web/dist/index.html
WEB_SOURCES := $(shell find web/src web/public -type f ! -name schema.d.ts) web/index.html web/vite.config.js web/tsconfig.json
NPM_CI := npm ci --no-audit --no-fund --ignore-scripts

# One set of build settings for everything, so that the release, the tests and the linter
# share what was compiled.
export CGO_ENABLED ?= 0
export GOFLAGS := -trimpath -buildvcs=false

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
ROOMS = $$(go list ./... | grep -v /e2e)

# The stages of `make test`, in the order in which they fail fastest.
STAGES := tools fmt-check lint build test-go e2e $(if $(CI),verify)

.PHONY: help build web run test tools fmt fmt-check lint test-go test-race e2e generate verify bench bench-web fuzz soak screenshots clean

help:
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: $(WEB) ## build the web app, if it has changed, and bin/quorate
	go build -ldflags "-s -w -X github.com/quorate/quorate/internal/cli.version=$(VERSION)" -o bin/quorate ./cmd/quorate

web: $(WEB) ## build the web app

$(WEB): $(WEB_TYPES) $(WEB_SOURCES)
	rm -rf web/dist/assets
	cd web && npm run --silent build

$(WEB_TYPES): openapi/openapi.json $(WEB_TOOLS)
	cd web && npm run --silent generate

$(WEB_TOOLS): web/package-lock.json
	cd web && $(NPM_CI)
	touch $@

run: build ## build, then serve on port 4242 with SQLite in ./data and a demo project
	bin/quorate serve --data data --demo --listen localhost:4242

test: ## run all that CI runs; installs what is missing
	@for stage in $(STAGES); do echo "=== $$stage"; $(MAKE) --no-print-directory $$stage; done

tools: $(GOLANGCI_LINT) $(SDKS) $(PROVIDER) $(BROWSER) $(WEB_TOOLS) ## install what building and the tests need
	scripts/with-postgres true

$(GOLANGCI_LINT):
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	mv $(TOOLS)/golangci-lint $@

$(BENCHSTAT):
	GOBIN=$(TOOLS) go install golang.org/x/perf/cmd/benchstat@$(BENCHSTAT_VERSION)
	mv $(TOOLS)/benchstat $@

$(SDKS): e2e/sdk/package-lock.json
	cd e2e/sdk && $(NPM_CI)
	touch $@

$(PROVIDER): e2e/provider/package-lock.json
	cd e2e/provider && $(NPM_CI)
	touch $@

$(BROWSER): e2e/browser/package-lock.json
	command -v chromium || { apt-get update && apt-get install --yes chromium; }
	cd e2e/browser && $(NPM_CI)
	touch $@

fmt: $(GOLANGCI_LINT) ## format the Go code
	$(GOLANGCI_LINT) fmt

fmt-check: $(GOLANGCI_LINT) ## fail if the Go code is not formatted
	$(GOLANGCI_LINT) fmt --diff

lint: $(GOLANGCI_LINT) $(WEB_TYPES) ## check the Go code and the types of the web app
	$(GOLANGCI_LINT) run
	cd web && npm run --silent check

test-go: $(SDKS) ## test every room, on SQLite and on PostgreSQL
	scripts/with-postgres go test -timeout 10m $(ROOMS)

test-race: $(SDKS) ## the same with the race detector
	CGO_ENABLED=1 scripts/with-postgres go test -race -timeout 20m $(ROOMS)

# These tests drive a program that they build, which the go command does not see
# change, so their results are not kept.
e2e: $(SDKS) $(PROVIDER) $(BROWSER) $(WEB) ## test the whole program from outside, with real SDKs and a browser
	scripts/with-postgres go test -count 1 -timeout 10m ./e2e/...

# The ledger's bytes and what they fold to are golden too, and must not be written anew.
generate: ## write what is generated: tables in docs, golden files, the OpenAPI document
	go generate ./...
	grep -rl --include='*_test.go' 'flag.Bool("update"' internal | xargs -n 1 dirname | sort -u | grep -vxE 'internal/(ledger|state)' \
		| while read -r room; do env -u CI go test "./$$room" -update; done

verify: generate ## fail if anything generated is not as committed
	git diff --exit-code
	@test -z "$$(git ls-files --others --exclude-standard)" || { git status --short; exit 1; }

COUNT ?= 10
bench: $(BENCHSTAT) ## measure; BENCH=regexp to choose, COUNT=10 runs each
	mkdir -p bench
	go test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem -count $(COUNT) $(ROOMS) | tee bench/new.txt
	if [ -f bench/base.txt ]; then $(BENCHSTAT) bench/base.txt bench/new.txt; fi

BENCHED := 127.0.0.1:4249
bench-web: build $(BROWSER) ## measure the web app in a browser
	data=$$(mktemp -d); UNLEASH_DEFAULT_ADMIN_USERNAME=admin UNLEASH_DEFAULT_ADMIN_PASSWORD=bench-Web-4249 INIT_ADMIN_API_TOKENS='*:*.bench-web' \
		bin/quorate serve --data "$$data" --listen $(BENCHED) > "$$data/log" 2>&1 & server=$$!; \
		trap 'kill $$server; wait $$server || true; rm -rf "$$data"' EXIT; \
		curl --silent --fail --output /dev/null --retry 20 --retry-delay 1 --retry-connrefused http://$(BENCHED)/ready; \
		QUORATE_URL=http://$(BENCHED) QUORATE_ADMIN='*:*.bench-web' QUORATE_USERNAME=admin QUORATE_PASSWORD=bench-Web-4249 \
		CHROMIUM=$$(command -v chromium) node e2e/browser/bench.mjs

FUZZTIME ?= 30s
fuzz: ## fuzz each target for FUZZTIME=30s
	grep -rHo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' internal | while IFS=: read -r file target; do \
		go test -run '^$$' -fuzz "^$${target#func }\$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")"; \
	done

MINUTES ?= 60
# 300 rounds are 30,000 scheduled change requests in each turn, and half an hour; the browser takes ten minutes at most.
# A turn that has begun is ended. One that fails is the last; what the tests that kill servers have left is in soak/ then.
soak: $(SDKS) $(BROWSER) $(WEB) ## repeat all tests, shuffled, with the race detector and more random cases, and kill servers, for MINUTES=60
	end=$$((SECONDS + $(MINUTES) * 60)); while [ $$SECONDS -lt $$end ]; do \
		rm -rf soak && mkdir soak; \
		CGO_ENABLED=1 RAPID_CHECKS=1000 scripts/with-postgres go test -race -shuffle on -count 1 -timeout 60m $(ROOMS); \
		QUORATE_TEST_ROUNDS=300 go test -v -count 1 -timeout 60m -artifacts -outputdir $(CURDIR)/soak -run Kill ./e2e; \
		QUORATE_SOAK=yes go test -v -count 1 -timeout 60m -run Browser ./e2e; \
	done

SHOWN := 127.0.0.1:4248
screenshots: build $(BROWSER) ## take the pictures of the web app in docs/images anew
	data=$$(mktemp -d); bin/quorate serve --data "$$data" --demo --listen $(SHOWN) > "$$data/log" 2>&1 & server=$$!; \
		trap 'kill $$server; wait $$server || true; rm -rf "$$data"' EXIT; \
		curl --silent --fail --output /dev/null --retry 20 --retry-delay 1 --retry-connrefused http://$(SHOWN)/ready; \
		QUORATE_URL=http://$(SHOWN) CHROMIUM=$$(command -v chromium) node e2e/browser/screenshots.mjs

clean: ## remove what was built and installed here; data/ stays
	rm -rf bin .tools e2e/sdk/node_modules e2e/provider/node_modules e2e/browser/node_modules web/node_modules $(WEB_TYPES)
	find web/dist -mindepth 1 ! -name README.md -delete
