# Two commands matter: `make run` and `make test`. `make help` lists the rest.
PYTHON := .venv/bin/python

.PHONY: help setup run test compiled lint style types audit bench soak screens worker lock

help: ## zeigt diese Liste
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: ## richtet alles ein (Systempakete, .venv, Abhängigkeiten)
	@scripts/setup.sh run

run: setup ## startet Platzlotse mit Beispieldaten; ohne Bildschirm die Vorführung mit Bildern
	@if [ -n "$$DISPLAY" ] || [ -n "$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		$(PYTHON) main.py --sample; \
	else \
		$(PYTHON) main.py demo --screens build/screens; \
	fi

test: ## prüft alles: ruff, mypy, Schichten, Tests
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory -j 2 types compiled style
	PYTHONDONTWRITEBYTECODE= $(PYTHON) -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not soak" -q

compiled: # beside mypy, which has one core: else each of the test processes compiles all modules for itself
	@scripts/setup.sh test
	@PYTHONDONTWRITEBYTECODE= $(PYTHON) -m pytest --collect-only -qq >/dev/null || true

lint: style types ## prüft Stil, Typen und Schichten

types: # by far the longest of them
	@scripts/setup.sh lint
	.venv/bin/mypy

style:
	@scripts/setup.sh lint
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/deptry .
	.venv/bin/vulture

audit: ## fragt nach bekannten Sicherheitslücken der Programmteile; sagt, wenn niemand zu fragen war
	@scripts/setup.sh lint
	@scripts/audit.sh

bench: ## misst die Zahlen, die zählen
	@scripts/setup.sh test
	$(PYTHON) -m pytest benchmarks -q --benchmark-only --benchmark-columns=median,min,max,rounds -p no:randomly -s

soak: ## lange Läufe; alles durch PgBouncer, und die Datenbanktests auf Debians PostgreSQL
	@scripts/setup.sh soak
	@scripts/setup_geo.sh
	PLATZLOTSE_TEST_ALL=1 $(PYTHON) -m pytest -m soak -q || [ $$? -eq 5 ] # 5: no test of this kind
	PLATZLOTSE_TEST_ALL=1 $(PYTHON) -m pytest -m "hypothesis and not soak" -n 2 --dist loadfile -q
	$(PYTHON) -m pytest --through-pgbouncer -m "not soak" -n 2 --dist loadfile -q
	PLATZLOTSE_TEST_POSTGRES_BIN=debian $(PYTHON) -m pytest tests/domain --ignore tests/domain/simulation -m "not soak" -n 2 --dist loadfile -q

screens: setup ## Bilder aller Seiten nach build/screens, zwei davon in die README
	$(PYTHON) main.py demo --screens build/screens
	@mkdir -p docs/images
	@cp build/screens/vermittlung-karte-hell-1366x768.png docs/images/vermittlung.png
	@cp build/screens/patienten-dunkel-1366x768.png docs/images/patienten.png

worker: setup ## startet nur den Hintergrunddienst
	$(PYTHON) main.py worker

lock: setup ## schreibt die beiden Listen der Abhängigkeiten neu (mit Prüfsummen, ohne Quelle)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check uv
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group dev pyproject.toml -o requirements-dev.lock
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate scripts/audit.in -o scripts/audit.lock
