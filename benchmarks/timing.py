"""Timing for benchmarks: the best of several runs, percentiles, ratios."""

import time
from collections.abc import Callable, Iterable
from typing import TypeVar

Result = TypeVar("Result")


def timed(work: Callable[[], Result], clock: Callable[[], float] = time.perf_counter) -> tuple[float, Result]:
    """Seconds that one call took by a clock, and what it gave."""
    start = clock()
    result = work()
    return clock() - start, result


def best_of(times: int, work: Callable[[], object]) -> float:
    """Seconds of the fastest of several calls: the one least disturbed by others on the machine."""
    return min(timed(work)[0] for _ in range(times))


def each(work: Callable[[str], object], inputs: Iterable[str], clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Seconds of each call by a clock, in order of time."""
    return sorted(timed(lambda one=one: work(one), clock)[0] for one in inputs)  # type: ignore[misc]


def percentile(seconds: list[float], share: float) -> float:
    """The time that this share of calls stayed under."""
    return seconds[min(len(seconds) - 1, int(len(seconds) * share))]


def row(name: str, *values: str) -> str:
    """A line of a table."""
    return f"{name:<46}" + "".join(f"{value:>16}" for value in values)
