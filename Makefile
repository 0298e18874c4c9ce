# A word for each wish; each sets up what it needs. The first is for a newcomer.
# Asked to run, not only to exist: a version manager leaves names on the path that start nothing.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
V := .venv/bin

.PHONY: demo install test check bench proof pictures words

demo: .venv/ready   ## a living town of 50,000 in the browser
	@GONGBI_DATA=$${GONGBI_DATA:-var/demo} GONGBI_CLOCK=played $(V)/python -m gongbi.config.cli demo

install: .venv/ready   ## the program alone, into .venv: docs/installing.md goes on from there

test: .venv/ready-dev   ## everything a change must pass
	@$(V)/python tools/run_tests.py

check: .venv/ready-dev   ## the quick part: style, types, layers
	@$(V)/python tools/run_tests.py --only check

bench: .venv/ready-dev   ## every benchmark, one after another: long; docs/benchmarks.md names each
	@$(V)/python tools/run_bench.py

proof: .venv/ready-dev   ## the long ones: hundreds of kills
	@$(V)/python tools/run_tests.py --only proof

pictures: .venv/ready-dev   ## each page at 1440 and 390 px, both languages
	@$(V)/python tools/take_pictures.py

words: .venv/ready-dev   ## compile translations
	@$(V)/python tools/words.py

.venv/made:
	@test -n "$(PYTHON)" || { echo "Gongbi needs Python 3.11 or newer, and none answers on this machine. Install it, or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

# --no-deps after --require-hashes: the lock file alone decides what is installed.
.venv/ready: .venv/made requirements.lock pyproject.toml
	@echo "Installing what Gongbi stands on (once, about a minute) …"
	@$(V)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(V)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/ready-dev: .venv/made requirements-dev.lock pyproject.toml
	@echo "Installing Gongbi and its tools (once, about two minutes) …"
	@$(V)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(V)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@ .venv/ready
