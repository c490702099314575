"""The one boundary: whatever breaks, a person gets a card and the operator gets a number."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr

from bot.app import INCIDENT_LETTERS, answer_now, index_folder, make_answer, open_app
from bot.cards import plain_text
from bot.desk import Desk
from bot.errors import StorageError
from bot.log import set_up_logs
from bot.model import ChannelRef, Invocation
from bot.ports import Library
from bot.settings import Settings
from tests.builders import a_desk

HERE = ChannelRef(platform="terminal", workspace="local", channel="papers")


class _Broken:
    """A store of which every part fails in the same way."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Callable[..., None]:
        def fail(*_args: object, **_values: object) -> None:
            raise self._error

        return fail


def _broken(library: Library, error: BaseException) -> Desk:
    return a_desk(replace(library, store=_Broken(error)))


@pytest.fixture
def _logs() -> Iterator[None]:
    """Logs as they are set up in service, and as they were before."""
    set_up_logs("info")
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logs")
@pytest.mark.parametrize("error", [RuntimeError("boom"), KeyError("x"), RecursionError(), MemoryError(), AssertionError()])
@pytest.mark.parametrize("text", ["/papers rl", "/paper LIBERO", "/papers similar LIBERO"])
def test_anything_unexpected_becomes_an_incident(library: Library, text: str, error: BaseException):
    """The card has a number, says that nothing was changed, and shows nothing of the fault."""
    (card,) = answer_now(text, _broken(library, error)).cards
    assert re.search(rf"\(incident [{INCIDENT_LETTERS}]{{4}}\)\. Nothing was changed", plain_text(card))
    assert "boom" not in plain_text(card)


def test_an_incident_is_logged_under_its_number_without_what_was_typed(library: Library, capsys: pytest.CaptureFixture[str]):
    """The operator finds number and trace on standard error; the person's words stay out of the log."""
    set_up_logs("info")
    (card,) = answer_now("/paper my secret project", _broken(library, RuntimeError("boom"))).cards
    structlog.reset_defaults()
    out, err = capsys.readouterr()
    record = json.loads(err)
    assert record["event"] == "incident"
    assert record["incident"] in plain_text(card)
    assert "RuntimeError: boom" in record["exception"]
    assert "secret" not in err
    assert out == ""


def test_an_incident_never_reaches_standard_output(library: Library, capsys: pytest.CaptureFixture[str]):
    """A program that reads `paperround ask --as json` must not find a trace, nor a log the person's words."""
    structlog.reset_defaults()
    answer_now("/paper my secret project", _broken(library, RuntimeError("boom")))
    out, err = capsys.readouterr()
    assert "incident" not in out
    assert "secret" not in out + err


def test_a_storage_error_is_shown_as_it_is(library: Library):
    """An error of ours is written for people, so they see it, without an incident."""
    (card,) = answer_now("/papers rl", _broken(library, StorageError("The database is locked. Try again."))).cards
    assert card.title == "That did not work"
    assert "The database is locked. Try again." in plain_text(card)
    assert "incident" not in plain_text(card)


def test_an_interrupt_is_not_swallowed(library: Library):
    """Ctrl+C still stops the program."""
    with pytest.raises(KeyboardInterrupt):
        answer_now("/papers rl", _broken(library, KeyboardInterrupt()))


@pytest.mark.parametrize("text", ["/papers caf\udce9", "/paper \udfff", "\x00", "/paper \x00\x01", "/papers " + "\u0301" * 400])
def test_text_that_no_keyboard_types_is_no_incident(library: Library, text: str):
    """Half a surrogate pair, a NUL or a tower of accents is answered like any other text."""
    (card,) = answer_now(text, a_desk(library)).cards
    assert "incident" not in plain_text(card)


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("sqlite:////data/papers.db", "/data/papers.db.index"),
        ("sqlite:////data/papers.db?mode=ro", "/data/papers.db.index"),
        ("sqlite:///papers.db", "papers.db.index"),
    ],
)
def test_the_index_lies_beside_its_file(url: str, folder: str):
    """A SQLite database's index is found beside it."""
    assert index_folder(url) == Path(folder)


def test_the_index_of_a_server_lies_in_the_cache_without_its_password():
    """Two databases never share an index, and no password becomes a file name."""
    one, two = index_folder("postgresql://me:hunter2@host/a"), index_folder("postgresql://me:hunter2@host/b")
    assert one != two
    assert "hunter2" not in str(one)


async def test_answers_come_off_the_event_loop(tmp_path: Path):
    """`make_answer` answers on its own threads, several at once."""
    settings = Settings(database_url=SecretStr(f"sqlite:///{tmp_path / 'papers.db'}"))
    with open_app(settings) as app, ThreadPoolExecutor(max_workers=2) as pool:
        answer = make_answer(app, pool)
        said = [Invocation(text=text, channel=HERE, user="you") for text in ("/papers", "/papers help", "hello")]
        replies = await asyncio.gather(*(answer(one) for one in said))
    titles = [reply.cards[0].title for reply in replies]
    assert titles == ["No papers yet", "What you can type", "Commands begin with a slash"]
