# The two commands a newcomer needs are `make run` and `make test`; both set up everything they use.
.DEFAULT_GOAL := help
.PHONY: help run test check format bench screenshots lock clean

BIN := .venv/bin

help:
	@echo "make run          set up, then the app on the simulated limb (or a session in the terminal when there is no display)"
	@echo "make test         set up, then the whole test suite"
	@echo "make check        lint, types, layers"
	@echo "make format       format the code"
	@echo "make bench        accuracy and speed tables"
	@echo "make screenshots  pictures of every view, light and dark"
	@echo "make lock         bring requirements.lock up to date"

.venv/ready: requirements.lock scripts/bootstrap.lock pyproject.toml scripts/setup.sh
	@bash scripts/setup.sh python
	@touch $@

run: .venv/ready
	@bash scripts/setup.sh libraries run
	@$(BIN)/tremorscope demo

test: .venv/ready
	@bash scripts/setup.sh libraries test
	@bash scripts/test.sh

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/ready
	$(BIN)/python -m benchmarks.accuracy
	$(BIN)/python -m benchmarks.speed

screenshots: .venv/ready
	@bash scripts/setup.sh libraries run
	QT_QPA_PLATFORM=offscreen $(BIN)/python scripts/screenshots.py --out screenshots

lock: .venv/ready
	$(BIN)/uv pip compile -q --universal --generate-hashes --all-extras --group dev --no-emit-index-url \
		--python-version 3.11 --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	grep -E '^uv==' -A 40 requirements.lock | awk 'NR>1 && /^[a-z]/ {exit} {print}' > scripts/bootstrap.lock

clean:
	rm -rf .venv build dist htmlcov .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
