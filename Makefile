# Each target does one thing. Go is the only tool they need, and Chromium for those that open a browser.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
DEADCODE = golang.org/x/tools/cmd/deadcode@v0.44.0
JS = GOOS=js GOARCH=wasm
# What the browser programs are made of.
BROWSER = ./app/... ./cmd/app ./cmd/trainer ./core/... ./models/... ./wasm/...

.PHONY: build test test-xla race gomlx-tests check bench bench-browser budgets bench-queue memory train-browser screenshot site clean

# The native program, in bin/.
build:
	go build -trimpath -o bin/serve ./cmd/serve

# Every test, those in the browser too.
test:
	go test ./...

# All tests of XLA, some of which are those of every backend, on the CPU plugin that UNPOOL_PJRT names: some ten minutes.
test-xla:
	go test -tags long -run 'XLA|Projections|Fixtures' -timeout 60m -v ./cmd/serve ./cmd/serve/internal/backends

# The native engine and whole runs on it, with Go's race detector, which needs a C compiler.
race:
	go test -race ./wasm/host
	go test -race -gcflags=github.com/gomlx/compute/...=-d=checkptr=0 ./core/worker # GoMLX's products point past the ends of arrays
	go test -race -run 'TwoSessions|TrapEndsTheRun|StopLeaves' ./wasm

# GoMLX's own tests of graphs and layers on the wasm backend. What may fail, and why, is in wasm/testdata/gomlx.txt.
gomlx-tests:
	go test -run GoMLX -timeout 60m ./wasm -gomlx

# What can be checked without running the program, natively and for the browser.
check:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt these: $$unformatted"; exit 1; fi
	go vet ./...
	$(JS) go vet $(BROWSER)
	CGO_ENABLED=0 go vet ./cmd/serve/internal/backends
	GOOS=windows go vet ./cmd/serve/internal/backends
	GOOS=darwin go vet ./cmd/serve/internal/backends
	GOBIN=$(CURDIR)/bin go install $(STATICCHECK)
	bin/staticcheck ./...
	$(JS) bin/staticcheck $(BROWSER)
	GOBIN=$(CURDIR)/bin go install $(DEADCODE)
	@dead=$$(bin/deadcode -test -filter unpool/wasm ./... && $(JS) bin/deadcode -test -filter unpool/wasm $(BROWSER)) || exit 1; \
	if [ -n "$$dead" ]; then echo "$$dead"; exit 1; fi
	go test ./internal/rules

# Milliseconds a training step of five nets, natively, and the share of the engine's peak; then where the time to the first
# step of every net goes.
bench:
	go run ./cmd/serve bench $(JSON)
	go run ./cmd/serve bench -first $(JSON)

# The same in Chromium, how long a step of every net of the catalog was expected to take and took, the longest task of the
# page's own thread while a net trains, the time from pressing Train to the first step, what a first visit waits for, and how long looking inside takes. With
# JSON=-json the rows come as lines of JSON.
bench-browser:
	go test -run Chromium -timeout 15m -v ./cmd/serve/internal/bench -browser $(JSON)
	go test -run '^$$' -bench 'Browser|FirstStep|FirstVisit' -benchtime 1x -timeout 30m ./e2e
	go test -run '^$$' -bench LookInChromium -benchtime 1x -timeout 15m -v ./core/worker

# How long a visitor waits, with a slow processor and a slow line: it fails where that is too long. The machine must have nothing else to do.
budgets:
	go test -run Budgets -timeout 15m -v ./e2e -budgets

# How much a thousand followers of a run slow it, and the memory that they take.
bench-queue:
	go test -run '^$$' -bench Queue -benchtime 1x -timeout 15m ./cmd/serve

# How much memory the largest pictures of a user's own take, see docs/data.md.
memory:
	go test -run Peaks -v ./core/data -peaks

# The CNN on MNIST for 1,000 steps in a tab: its accuracy and the time it takes.
train-browser:
	go test -run CNNInTheBrowser -timeout 20m -v ./e2e -long

# The README’s pictures of the pages, docs/train.png, docs/look.png, docs/runs.png and docs/results.png, and those of the manifest, in public/.
screenshot:
	go test -run Screenshot -timeout 15m ./e2e -update

# The site as static files, in site/.
site:
	rm -rf site
	go run ./cmd/serve site site

# Everything that the targets above and the program create.
clean:
	rm -rf bin site public/data public/*.wasm public/*.wasm.* public/wasm_exec.js public/helper.js
