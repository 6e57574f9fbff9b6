# What can be made here. Go, Node and make are all that must be there before; .ci/needs sees to what the tests need besides.

GO      ?= go
TOOLS   := $(CURDIR)/.tools
LINT    := $(TOOLS)/golangci-lint-2.15.0
GOFUMPT := $(TOOLS)/gofumpt-0.12.0
WEB_SRC := $(shell find web/src web/demo web/build.mjs -type f 2>/dev/null)
GO_SRC  := $(shell find . -name '*.go' -not -path './web/node_modules/*') go.mod go.sum
ARGS    ?=
ONLY    ?=
SEEDS   ?= 1-100

.DEFAULT_GOAL := help
.PHONY: help build demo test test-go test-web corpus storms bench lint format fuzz clean needs

help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: bin/insyn ## build everything into bin/insyn

demo: bin/insyn ## start the demo on one port (ARGS="--listen 127.0.0.1:8080 --pages DIR")
	@bin/insyn demo $(ARGS)

test: needs lint test-go test-web ## run all tests, about 12 minutes; installs what they need

lint: web/node_modules/.stamp web/dist/BUILT_BY_make_build $(LINT) $(GOFUMPT) ## check types, style and the arrows of the layout
	@cd web && npm run --silent check
	@test -z "$$($(GOFUMPT) -l $$(git ls-files '*.go'))" || { echo "not formatted, run make format:"; $(GOFUMPT) -l $$(git ls-files '*.go'); exit 1; }
	@$(GO) mod tidy -diff
	@$(LINT) run ./...

format: web/node_modules/.stamp $(GOFUMPT) ## format Go and TypeScript
	@$(GOFUMPT) -w $$(git ls-files -co --exclude-standard '*.go')
	@cd web && node_modules/.bin/biome check --write

test-go: needs web/dist/BUILT_BY_make_build ## run the Go tests, with the race detector
	$(GO) test -race -shuffle=on ./...

test-web: web/node_modules/.stamp bin/insyn needs ## run the browser tests (ONLY=part-of-a-path for some)
	@cd web && npm run --silent test -- $(ONLY)

corpus: web/node_modules/.stamp needs ## compare pictures of every page of the corpus, about 15 minutes (`make test` takes every tenth)
	@cd web && INSYN_CORPUS=all npm run --silent test -- corpus/

storms: web/node_modules/.stamp needs ## a hundred storms over a page in each of two engines, about 8 minutes (SEEDS=1-100)
	@cd web && STORMS=$(SEEDS) npm run --silent test -- engine/storm

bench: web/node_modules/.stamp bin/insyn bin/insyn-bench needs ## measure, "name value unit" a line (ONLY=the-beginning-of-names for some)
	@cd web && node bench/run.mjs $(ONLY)

fuzz: web/dist/BUILT_BY_make_build ## fuzz each parser for 30 s
	@for package in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep ^Fuzz); do \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime 30s $$package || exit 1; \
	  done; done

clean: ## remove all that was built (the tools in .tools stay)
	rm -rf bin web/dist web/build web/node_modules

needs:
	@.ci/needs

bin/insyn: $(GO_SRC) web/dist/BUILT_BY_make_build
	CGO_ENABLED=0 $(GO) build -trimpath -o $@ ./cmd/insyn

bin/insyn-bench: $(GO_SRC)
	CGO_ENABLED=0 $(GO) build -trimpath -o $@ ./cmd/insyn-bench

web/dist/BUILT_BY_make_build: web/node_modules/.stamp $(WEB_SRC)
	@echo "building the browser code"
	@cd web && npm run --silent build

web/node_modules/.stamp: web/package.json web/package-lock.json
	@echo "installing what builds and tests the browser code (once)"
	@cd web && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

$(LINT):
	@echo "installing golangci-lint 2.15.0 (once)"
	@GOBIN=$(TOOLS) GOFLAGS= $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	@mv $(TOOLS)/golangci-lint $@

$(GOFUMPT):
	@echo "installing gofumpt 0.12.0 (once)"
	@GOBIN=$(TOOLS) GOFLAGS= $(GO) install mvdan.cc/gofumpt@v0.12.0
	@mv $(TOOLS)/gofumpt $@
