# Everything a developer runs. `just` alone lists it; `uv run just …` needs no other installation.

_:
    @just --list

# The tests, as the README says
test *args:
    uv run pytest {{args}}

# Style, types and import order
lint:
    uv run ruff check .
    uv run ruff format --check .
    uv run mypy
    uv run lint-imports --no-cache
    uv run hadolint Dockerfile

# Put the code in shape
format:
    uv run ruff check --fix .
    uv run ruff format .

# Test coverage, line and branch
coverage:
    uv run pytest --cov --cov-report=term

# Resolve the newest allowed versions and write the pins
lock:
    uv run python .ci/lock.py

# What we claim to be fast and right, measured
bench:
    uv run python -m benchmarks.parse
    uv run python -m benchmarks.ingest
    uv run --group bench python -m benchmarks.search
    uv run --group bench python -m benchmarks.quality
    uv run python -m benchmarks.identity
    uv run python -m benchmarks.fanout
    uv run python -m benchmarks.commands
    uv run python -m benchmarks.commands_discord

# Editions under kill -9, 300 rounds of each set-up: about half an hour
chaos rounds="300":
    uv run python -m benchmarks.chaos {{rounds}}

# Random documents against every parser, for so many seconds
fuzz seconds="600":
    uv run python -m benchmarks.fuzz {{seconds}}

# All that CI runs
ci:
    bash .ci/run
