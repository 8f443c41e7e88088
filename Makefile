# Everything that is done with this repository, by name.

GO            ?= go
LINT_VERSION  := v2.15.0
VULN_VERSION  := v1.8.0
LINT          := .cache/bin/golangci-lint-$(LINT_VERSION)
# Packages are tested at most two at a time: each may have a database and a browser. With the race
# detector comes a check of each pointer's alignment, which in SQLite, translated from C, is most of the
# time of a test: it is off there, and there alone. The race detector itself is on everywhere.
TEST          := $(GO) test -race -gcflags='modernc.org/...=-d=checkptr=0' -shuffle=on -timeout 20m -p 2

export CARTWRIGHT_REQUIRE_SERVICES := $(if $(filter true,$(CI)),1,$(CARTWRIGHT_REQUIRE_SERVICES))

.DEFAULT_GOAL := help
.PHONY: help run test race lint format verify bench parse-eval tools services

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Start the bot with the playground on http://127.0.0.1:8080
	$(GO) run ./bot

test: services lint ## Everything that is checked before a change goes in; installs what is missing where it can
	$(TEST) ./...

race: ## The tests alone, with the race detector
	$(TEST) ./...

lint: tools ## Form, go vet and golangci-lint
	@unformatted=$$(gofmt -l $$($(GO) list -f '{{.Dir}}' ./...)); \
	if [ -n "$$unformatted" ]; then echo "gofmt -w these:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(LINT) run ./...

format: tools ## Write the form that lint asks for
	$(LINT) fmt ./...

verify: test ## test, and what needs the network: module sums, go.mod in order, known vulnerabilities
	$(GO) mod verify
	$(GO) mod tidy -diff
	GOBIN="$(CURDIR)/.cache/bin" $(GO) install golang.org/x/vuln/cmd/govulncheck@$(VULN_VERSION)
	@.cache/bin/govulncheck ./... || { [ $$? -ne 3 ] && echo "NOT CHECKED: known vulnerabilities, whose database was not reached"; }

bench: services ## Benchmarks, and what a click costs on each platform beside the least that could answer one
	$(GO) test -run '^$$' -bench . -benchmem -benchtime 1s $$($(GO) list ./... | grep -v '/bot$$')
	@scripts/bench-click.sh

parse-eval: ## How well the rules read the labelled messages: those that may be looked at, and those held out
	@$(GO) build -o .cache/bin/bot-parse ./bot
	@CATALOGUE_FILE=conversations/intent/testdata/said/catalogue.yaml scripts/parse-eval.sh .cache/bin/bot-parse

services: ## Install PostgreSQL, Redis, Chromium, a Chinese font, axe-core and the platforms' own libraries for the tests, where missing
	@scripts/ensure-services.sh

tools: $(LINT) ## Install the linter into .cache/bin

# The first build takes some minutes; an installed linter of the same version is taken.
$(LINT):
	@mkdir -p $(@D)
	@if golangci-lint version 2>/dev/null | grep -q ' $(LINT_VERSION:v%=%) '; then \
		ln -sf "$$(command -v golangci-lint)" $@; \
	else \
		echo "installing golangci-lint $(LINT_VERSION)"; \
		GOBIN="$(CURDIR)/.cache/bin" $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION) && \
		mv .cache/bin/golangci-lint $@; \
	fi
