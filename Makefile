# demo · test · check: what a new user, CI and the inner loop run. `make help` lists all.
.PHONY: help demo reports test check soak golden docs models cards interop kit bench-connectors bench-web bench-city bench-rerating bench-evidence bench-watching serve containers lock tools apt clean
BIN := .venv/bin
unexport PYTHONDONTWRITEBYTECODE  # processes by the hundred: none should compile every module again

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

demo: ## sample a simulated plant, rate it, write demo-output/
	@scripts/bootstrap.sh requirements.lock
	@$(BIN)/assessor demo -o demo-output

serve: ## serve the web at http://127.0.0.1:8000, with the simulated plant to try
	@scripts/bootstrap.sh requirements.lock
	@$(BIN)/assessor serve --demo

reports: ## the demo plant's report in every format and both languages: demo-output/reports
	@scripts/bootstrap.sh requirements.lock
	@[ -f demo-output/assessment.json ] || $(BIN)/assessor demo -o demo-output
	@$(BIN)/python scripts/reports.py demo-output/assessment.json demo-output/reports

test: tools apt ## everything but the soak, about an hour on 2 cores
	@scripts/test.sh

check: tools ## the inner loop: lint, types, layers, fast tests; some two minutes
	@scripts/check.sh
	@HYPOTHESIS_PROFILE=quick $(BIN)/pytest -n 2 --dist loadfile -m "not wire and not browser and not slow"

containers: ## build the containers, bring them up and ask of them what counts; as root on Debian, some minutes
	@scripts/containers.sh

soak: tools apt ## what takes longer: the full run with many repetitions
	@SOAK=1 HYPOTHESIS_PROFILE=soak $(BIN)/pytest -n 2 --dist loadfile

golden: tools ## rewrite the golden case after a change that was meant; then read the difference
	@$(BIN)/python -m tests.golden

docs: tools ## rewrite the generated parts: schemas and reference pages
	@$(BIN)/python -m assessor.frameworks
	@$(BIN)/python scripts/reference.py

models: tools apt ## rebuild the text model of tag names from packages of registries
	@[ -d tests/interop/node_modules ] || npm ci --prefix tests/interop --ignore-scripts --no-audit --no-fund --silent
	@$(BIN)/python -m models.tags.training

cards: tools apt ## measure again what the model cards state, and write it into them (some 15 minutes)
	@[ -d tests/interop/node_modules ] || npm ci --prefix tests/interop --ignore-scripts --no-audit --no-fund --silent
	@$(BIN)/python -m benchmarks.cards
	@$(BIN)/python -m benchmarks.populations

interop: tools apt ## run against every server of other makers; rewrite docs/reference/interop.md
	@[ -d tests/interop/node_modules ] || npm ci --prefix tests/interop --ignore-scripts --no-audit --no-fund --silent
	@$(BIN)/python -m tests.interop

kit: tools ## the folder for a Windows laptop without network: dist/kit-windows-x64
	@$(BIN)/python scripts/kit.py

bench-connectors: tools apt ## measure beside plain clients; rewrite benchmarks/connectors.md (some minutes)
	@[ -d tests/interop/node_modules ] || npm ci --prefix tests/interop --ignore-scripts --no-audit --no-fund --silent
	@$(BIN)/python -m benchmarks.connectors

bench-web: tools apt ## 200 people save answers at once, beside a bare server; rewrite benchmarks/web.md (some minutes)
	@$(BIN)/python -m benchmarks.web

bench-city: tools ## the pages of an office over 5,000 generated factories; rewrite benchmarks/city.md
	@$(BIN)/python -m benchmarks.city

bench-rerating: tools ## 20,000 generated assessments judged again in three ways; rewrite benchmarks/rerating.md (some ten minutes)
	@$(BIN)/python -m benchmarks.rerating

bench-evidence: tools ## simulated plants and populations with known truth; rewrite their pages in benchmarks/ and the card
	@$(BIN)/python -c 'from benchmarks import plants, populations; plants.main(); populations.main()'

bench-watching: tools ## a look over 5,000 generated factories, and how often honest ones are asked about; rewrite benchmarks/watching.md (some ten minutes)
	@$(BIN)/python -m benchmarks.watching

lock: tools ## pin again what pyproject.toml asks for; no file names an address
	@printf 'uv\nhatchling\neditables\n' | $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --universal --python-version 3.11 - -o requirements-uv.lock
	@$(BIN)/uv lock --quiet --upgrade
	@$(BIN)/uv export --quiet --no-dev --no-emit-project --no-header -o requirements.lock >/dev/null
	@$(BIN)/uv export --quiet --no-emit-project --no-header -o requirements-dev.lock >/dev/null
	@! grep -n '://' requirements*.lock

tools:
	@scripts/bootstrap.sh requirements-dev.lock

apt:
	@scripts/debian.sh

clean: ## remove what was made
	rm -rf .venv demo-output dist tests/interop/node_modules
