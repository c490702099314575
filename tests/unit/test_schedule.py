"""The schedule's ticks, and the inbox that one of them looks through."""

import asyncio
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot import schedule
from bot.errors import DigestError
from bot.metrics import Meters
from bot.schedule import Pulse, Tick, keep
from bot.sources.inbox import Inbox

NOON = datetime(2025, 12, 8, 12, tzinfo=UTC)


def value(meters: Meters, name: str, tick: str) -> float:
    """A metric of one tick."""
    return meters.registry.get_sample_value(f"paperround_{name}", {"tick": tick}) or 0.0


async def kept(*ticks: Tick, until: asyncio.Event, meters: Meters | None = None, pulse: Pulse | None = None) -> None:
    """Keep ticks until an event, but not for ever."""
    async with asyncio.timeout(10):
        await keep(ticks, until, meters or Meters(), pulse)


async def test_a_tick_runs_at_once_and_again():
    """The first time does not wait for its interval; the pulse beats."""
    runs, stop, pulse = [], asyncio.Event(), Pulse()
    pulse._at -= 1000

    async def count() -> None:
        runs.append(1)
        if len(runs) == 2:
            stop.set()

    await kept(Tick(name="count", every_s=0.01, run=count), until=stop, pulse=pulse)
    assert len(runs) >= 2
    assert pulse.age_s() < 100


async def test_a_tick_that_fails_is_logged_and_comes_again():
    """One bad tick costs one tick; others do not notice."""
    stop, meters, runs = asyncio.Event(), Meters(), []

    async def fail() -> None:
        runs.append(1)
        if len(runs) == 3:
            stop.set()
        raise ZeroDivisionError

    with capture_logs() as logs:
        await kept(Tick(name="bad", every_s=0.01, run=fail), until=stop, meters=meters)
    assert value(meters, "ticks_failed_total", "bad") >= 3
    assert {line["event"] for line in logs} == {"tick_failed"}


async def test_a_tick_never_overlaps_itself_nor_holds_up_another():
    """A long tick runs once at a time, while another one goes on."""
    stop, others = asyncio.Event(), []
    under_way = most = 0

    async def long() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await stop.wait()
        under_way -= 1

    async def other() -> None:
        others.append(1)
        if len(others) == 5:
            stop.set()

    await kept(Tick(name="long", every_s=0.01, run=long), Tick(name="other", every_s=0.01, run=other), until=stop)
    assert most == 1
    assert len(others) >= 5
    assert under_way == 0


async def test_a_tick_under_way_ends_when_the_schedule_stops():
    """What was begun is not cut off: a lease that nobody knows of would hold an edition up."""
    stop, ended = asyncio.Event(), []

    async def work() -> None:
        stop.set()
        for _ in range(5):
            await asyncio.sleep(0)
        ended.append(1)

    await kept(Tick(name="work", every_s=60, run=work), until=stop)
    assert ended == [1]


async def test_a_clock_set_back_does_not_stop_the_ticks(monkeypatch: pytest.MonkeyPatch):
    """A next tick that lies in a far future, because the clock jumped back an hour, is brought back to now."""
    stop, runs = asyncio.Event(), []
    monkeypatch.setattr(schedule, "LOOK_S", 0.01)

    async def count() -> None:
        runs.append(1)
        if len(runs) == 2:
            stop.set()

    right = schedule._put_right

    def jump_back(scheduler: Any, every_s: dict[str, float]) -> None:  # noqa: ANN401
        if len(runs) == 1 and scheduler.get_job("count").next_run_time < datetime.now(UTC) + timedelta(minutes=5):
            scheduler.get_job("count").modify(next_run_time=datetime.now(UTC) + timedelta(hours=1))
        right(scheduler, every_s)

    monkeypatch.setattr(schedule, "_put_right", jump_back)
    with capture_logs() as logs:
        await kept(Tick(name="count", every_s=60, run=count), until=stop)
    assert len(runs) == 2
    assert logs[0]["event"] == "clock_jumped_back"


class Intake:
    """Takes files in; refuses those that say so."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, date]] = []

    def __call__(self, file: str, day: date) -> None:
        """Take one in."""
        if "bad" in Path(file).read_text(encoding="utf-8"):
            raise DigestError("This is no digest we know.")
        self.taken.append((Path(file).name, day))


def put(folder: Path, name: str, text: str = "good", at: datetime = NOON - timedelta(hours=1)) -> Path:
    """A file that was last changed at a moment."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    os.utime(file, (at.timestamp(), at.timestamp()))
    return file


def test_new_and_changed_files_are_taken_in_once(tmp_path: Path):
    """A second look takes nothing in; a changed file is taken in again; the file's day is the document's."""
    intake = Intake()
    inbox = Inbox(tmp_path, intake)
    put(tmp_path, "b.txt")
    put(tmp_path, "a.txt", at=NOON - timedelta(days=3))
    assert (inbox.refresh(NOON), inbox.refresh(NOON)) == (2, 0)
    assert intake.taken[0][0] == "a.txt"
    assert intake.taken[0][1] == (NOON - timedelta(days=3)).astimezone().date()
    put(tmp_path, "a.txt", "good, and more")
    assert inbox.refresh(NOON) == 1


def test_what_is_not_a_finished_file_is_left_alone(tmp_path: Path):
    """Hidden files, folders, downloads under way and files changed a second ago wait."""
    (tmp_path / "folder").mkdir()
    put(tmp_path, ".hidden")
    put(tmp_path, "page.html.part")
    put(tmp_path, "fresh.txt", at=NOON - timedelta(seconds=1))
    inbox = Inbox(tmp_path, Intake())
    assert inbox.refresh(NOON) == 0
    assert inbox.refresh(NOON + timedelta(seconds=2)) == 1


def test_a_file_that_fails_says_since_when_and_why(tmp_path: Path):
    """It is tried again at each look; others are taken in; mended or gone, it is forgotten."""
    inbox = Inbox(tmp_path, Intake())
    put(tmp_path, "bad.txt", "bad")
    put(tmp_path, "good.txt")
    with capture_logs() as logs:
        assert inbox.refresh(NOON) == 1
        assert inbox.refresh(NOON + timedelta(hours=1)) == 0
    folder, failing = inbox.states()
    assert (folder.ok_at, folder.failing_since) == (NOON + timedelta(hours=1), None)
    assert (failing.name, failing.failing_since, failing.error) == ("bad.txt", NOON, "This is no digest we know.")
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["source_failed"] * 2
    put(tmp_path, "bad.txt", "mended")
    assert inbox.refresh(NOON) == 1
    assert len(inbox.states()) == 1
    put(tmp_path, "worse.txt", "bad")
    inbox.refresh(NOON)
    (tmp_path / "worse.txt").unlink()
    inbox.refresh(NOON)
    assert len(inbox.states()) == 1


def test_a_folder_that_cannot_be_read_is_a_failing_source(tmp_path: Path):
    """It says why and since when, and is well again once the folder is there."""
    inbox = Inbox(tmp_path / "inbox", Intake())
    with capture_logs() as logs:
        inbox.refresh(NOON)
        inbox.refresh(NOON + timedelta(minutes=5))
    assert [(line["event"], line["source"]) for line in logs] == [("source_failed", f"folder {tmp_path / 'inbox'}")] * 2
    (state,) = inbox.states()
    assert (state.failing_since, state.error) == (NOON, "The folder cannot be read: no such file or directory.")
    (tmp_path / "inbox").mkdir()
    inbox.refresh(NOON)
    assert inbox.states()[0].failing_since is None
