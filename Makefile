# make run     set up, migrate an embedded database, load the demonstration municipality, serve on 127.0.0.1:8080
# make check   lint and the fast tests, in a minute on two cores once set up: what one runs after every change
# make test    set up, lint, run the tests of the day: what CI runs, ten minutes on two cores once set up
# make night   the other tests (each page in the browser, faults, simulation, properties, the second database), and the smoke tests on the
#              oldest and the newest supported Python: before an issue ends (docs/testing.md)
# make test-services  put each worked example of a service into a copy of the project, and all into one, and run the fast tests there
# make smoke   the smoke tests alone (PYTHONS=… names the interpreters)
# make lint    ruff, mypy, the import contracts, and the rules about the source that are tests
# make bench   measure start, texts, payments, relay, bots, imports, a million requests, the staff's queues, the portal, memory: hours
#              (docs/performance.md)
# make bench-against BASE=commit  measure start, memory, texts, calls and a page of the staff beside that commit, both in turn
# make chaos   kill servers for ROUNDS rounds of texts and of payments, DRAFT_ROUNDS of forms and CALLS counter calls, walk the properties EFFORT
#              times as far, play SCHEDULES orders of events around payments: hours (docs/faults.md, docs/payment-simulation.md)
# make format  let ruff mend what it can
# make lock    resolve the dependencies again (UV=… names the uv to use)
# make intents  learn again how likely intents are, after sentences or keywords changed (what it writes is committed); SENTENCES=FILE adds
#              labelled sentences to them (`pishkhan sms labelled`), and is refused where the folds fall
# make sbom    write what a release is made of into dist/ (CycloneDX, out of the lock files; every wheel bears it too)
# make assets  fetch the style sheet, the fonts, the calendar and the accessibility checker again, and draw the portal's font and pictures
#              (needs npm and Chromium; what it makes is committed)
# make pictures take the pictures of the portal and the staff's site in docs/images again
# PYTHON=… names the interpreter of a new environment; JOBS=… is how many tests run at once (they often wait for servers and clocks: three keep two cores busy); PYTEST_ARGS=… goes to pytest.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --no-input --quiet
JOBS ?= 3
ROUNDS ?= 2000
CALLS ?= 2000
EFFORT ?= 20
SCHEDULES ?= 1000000
DEPTH ?= 4
DRAFT_ROUNDS ?= 500
UV ?= uv
COMPILE = $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --quiet

# Bytecode is kept whatever the caller's shell says: a run of the tests starts hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

.DELETE_ON_ERROR:
.PHONY: setup system-deps run check test night test-services smoke lint lint-style lint-types lint-rules bench bench-against chaos format lock assets pictures intents sbom

setup: $(VENV)/.for-development

system-deps:
	scripts/system-packages.sh test

run: export PISHKHAN_DEMO := 1
run: export PISHKHAN_DATABASE_URL ?= sqlite:///var/pishkhan.db
run: $(VENV)/.for-running
	mkdir -p var
	$(BIN)/pishkhan migrate
	$(BIN)/pishkhan demo load
	exec $(BIN)/pishkhan serve

# The pure domain, the store on SQLite and the rules of the project: no browser, no PostgreSQL, no server. The use cases
# (tests/domain/actions but for its declarations, tests/domain/services), the channels and all that runs a real process
# are left to `make test`.
USE_CASES := tests/domain/actions tests/domain/services
FAST_TESTS := $(filter-out $(USE_CASES) %.py %__pycache__,$(wildcard tests/domain/*)) tests/domain/actions/reports \
	tests/domain/services/test_further_service.py tests/contracts \
	tests/store tests/test_libraries.py tests/test_project.py tests/test_structure.py
check: lint
	$(BIN)/pytest --quiet --numprocesses=2 --dist=loadscope -m "not postgresql and not source" $(FAST_TESTS) $(PYTEST_ARGS)

test: system-deps lint
	$(BIN)/pytest --numprocesses=$(JOBS) --dist=loadscope -m "not night and not source" $(PYTEST_ARGS)

# What `make test` leaves out: more of what it tries (tests/conftest.py says which tests these are).
night: system-deps setup
	$(BIN)/pytest --numprocesses=$(JOBS) --dist=loadscope -m night $(PYTEST_ARGS)
	JOBS=$(JOBS) scripts/smoke.sh

# What covers every service must take a further one without an edit: the tests of `check`, and those of the lists of services.
test-services: setup
	$(BIN)/python -m tests.docs.worked_services --quiet --numprocesses=2 --dist=loadscope -m "not postgresql" \
		$(FAST_TESTS) tests/domain/services/test_service_folders.py tests/test_docs.py $(PYTEST_ARGS)

# What `make night` runs on the oldest and the newest supported Python besides that of .venv; PYTHONS=… names others.
smoke: system-deps setup
	JOBS=$(JOBS) scripts/smoke.sh $(PYTHONS)

# Types and rules take a core each.
lint: setup
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint-style lint-types lint-rules

lint-style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

lint-types:
	$(BIN)/mypy

lint-rules:
	$(BIN)/pytest --quiet -m "source and not night" $$(grep -rl --include='test_*.py' 'mark[.]source' tests)

# All of them run, whatever one of them misses; the names of those that missed a target end the output.
BENCHES = startup imports settlement inbound payments relay soap attacks sign_in language lifecycle \
	"lifecycle --database postgresql" bots \
	queues "queues --database postgresql" reports "reports --database postgresql" portal memory
bench: $(VENV)/.for-bench
	@missed=; for one in $(BENCHES); do \
		echo "python -m bench.$$one"; $(BIN)/python -m bench.$$one || missed="$$missed $$one;"; \
	done; test -z "$$missed" || { echo "missed:$$missed"; exit 1; }

bench-against: $(VENV)/.for-bench
	$(BIN)/python -m bench.against $(BASE)

# Hours, not minutes: rounds with a seed each, and the properties with many times as many examples.
chaos: setup
	$(BIN)/python -m tests.faults.chaos --rounds $(ROUNDS)
	$(BIN)/python -m tests.faults.payments --rounds $(ROUNDS)
	EFFORT=2 $(BIN)/pytest tests/faults/test_killed_at_steps.py
	EFFORT=2 $(BIN)/pytest tests/faults/test_drafts_killed.py
	$(BIN)/python -m tests.faults.drafts --rounds $(DRAFT_ROUNDS)
	$(BIN)/python -m tests.faults.counter --calls $(CALLS)
	$(BIN)/python -m tests.faults.counter --calls $(CALLS) --processes 2
	EFFORT=10 $(BIN)/pytest -s tests/faults/test_card_refunds.py
	KILLS=30 $(BIN)/pytest -s tests/faults/test_bots_killed.py -k however_often
	ALL_STEPS=1 $(BIN)/pytest tests/faults/test_bale_payments_killed.py
	$(BIN)/python -m tests.simulation.payments --schedules $(SCHEDULES) --depth $(DEPTH)
	EFFORT=$(EFFORT) $(BIN)/pytest --numprocesses=$(JOBS) --dist=loadscope tests/properties tests/browser tests/e2e \
		tests/domain/conversation/test_sentences.py tests/domain/actions/conversations/test_sentence_kinds.py

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/.for-bench: $(VENV)/.for-development requirements-bench.lock
	scripts/system-packages.sh bench
	$(PIP) install --require-hashes --requirement requirements-bench.lock
	touch $@

lock:
	$(COMPILE) --extra build --output-file requirements.lock
	$(COMPILE) --extra dev --constraints requirements.lock --output-file requirements-dev.lock
	$(COMPILE) --extra bench --constraints requirements.lock --output-file requirements-bench.lock

intents: setup
	$(BIN)/python -m scripts.$(if $(SENTENCES),new_sentences $(SENTENCES),intent_weights)

sbom: setup
	$(BIN)/python -m scripts.sbom dist/pishkhan.cdx.json

assets: setup
	npm ci --ignore-scripts --no-audit --no-fund
	install -m 644 node_modules/@picocss/pico/css/pico.min.css channels/web/static/
	install -m 644 node_modules/@picocss/pico/LICENSE.md channels/web/static/pico.LICENSE.txt
	install -m 644 node_modules/@fontsource-variable/vazirmatn/files/vazirmatn-arabic-wght-normal.woff2 channels/web/static/
	install -m 644 node_modules/@fontsource-variable/vazirmatn/files/vazirmatn-latin-wght-normal.woff2 channels/web/static/
	install -m 644 node_modules/@fontsource-variable/vazirmatn/LICENSE channels/web/static/vazirmatn.LICENSE.txt
	$(BIN)/python -m scripts.portal_font 'node_modules/vazirmatn/fonts/webfonts/Vazirmatn[wght].woff2' channels/web/static/vazirmatn-persian.woff2
	$(BIN)/python -m scripts.portal_images
	install -m 644 node_modules/vazirmatn/fonts/webfonts/Vazirmatn-Regular.woff2 printing/fonts/
	install -m 644 node_modules/vazirmatn/fonts/webfonts/Vazirmatn-Bold.woff2 printing/fonts/
	install -m 644 node_modules/vazirmatn/OFL.txt printing/fonts/vazirmatn.LICENSE.txt
	install -m 644 node_modules/@majidh1/jalalidatepicker/dist/jalalidatepicker.min.js channels/web/static/
	install -m 644 node_modules/@majidh1/jalalidatepicker/dist/jalalidatepicker.min.css channels/web/static/
	install -m 644 node_modules/@majidh1/jalalidatepicker/LICENSE channels/web/static/jalalidatepicker.LICENSE.txt
	install -m 644 node_modules/axe-core/axe.min.js tests/browser/
	install -m 644 node_modules/axe-core/LICENSE tests/browser/axe.LICENSE.txt

# Made once; `make` sees only whether it is there (and works: a link to a Python that is gone does not count).
$(BIN)/python:
	scripts/system-packages.sh run
	"$$(scripts/find-python.sh)" -m venv --clear $(VENV)

$(VENV)/.for-running: $(BIN)/python requirements.lock pyproject.toml
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.for-development: $(VENV)/.for-running requirements-dev.lock
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	touch $@

pictures: setup
	mkdir -p var/pictures
	PICTURES=var/pictures $(BIN)/pytest --quiet tests/browser/test_portal_walks.py tests/browser/test_following_requests.py
	$(BIN)/python -m scripts.portal_pictures var/pictures docs/images
	$(BIN)/python -m scripts.staff_pictures docs/images
