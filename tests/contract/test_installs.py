"""What `InstallationStore` promises on both databases: one a workspace, sealed, never older tokens over newer ones."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text

from bot.errors import SettingsError
from bot.installs import Installation
from storage.open import Storage, open_storage
from storage.sealing import new_key
from tests.contract.rounds import NOW

TOKEN = "xoxb-1-very-secret"  # noqa: S105 - nobody's token
KEY, OTHER = new_key(), new_key()

Open = Callable[..., Storage]


@pytest.fixture
def opened(url: str) -> Any:  # noqa: ANN401 - a generator of a function
    """Opens the same database with other keys."""
    made: list[Storage] = []

    def open_with(*keys: str) -> Storage:
        made.append(open_storage(url, secret_keys=keys))
        return made[-1]

    yield open_with
    for one in made:
        one.close()


def one(workspace: str = "T1", **fields: Any) -> Installation:  # noqa: ANN401 - any field of an installation
    """An installation that ends in twelve hours."""
    values = {"platform": "slack", "workspace": workspace, "name": "Lab", "secret": f'{{"bot_token": "{TOKEN}"}}'}
    values |= {"installed_by": "U1", "installed_at": NOW, "expires_at": NOW + timedelta(hours=12)}
    return Installation(**{**values, **fields})


def text_of(number: int) -> str:
    """A secret that is told from others by its number."""
    return f'{{"bot_token": "xoxb-{number}"}}'


def sealed_texts(storage: Storage) -> list[str]:
    """All that the table of installations holds, as text."""
    with storage.database.reading() as connection:
        return [" ".join(map(str, row)) for row in connection.execute(text("SELECT * FROM installations")).all()]


def test_what_was_saved_is_found_by_its_workspace(opened: Open):
    """All its fields, in UTC; not under another platform or workspace."""
    installs = opened(KEY).installs
    org = one("E1", is_org=True, name="Org “Ω”", expires_at=None)
    for made in (one("T2"), one(), org):
        installs.save(made)
    assert installs.find("slack", "T1") == one()
    assert installs.find("slack", "E1") == org
    assert installs.all("slack") == [org, one(), one("T2")]
    assert (installs.find("discord", "T1"), installs.find("slack", "T3"), installs.all("discord")) == (None, None, [])


def test_a_second_install_takes_the_place_of_the_first(opened: Open):
    """One a workspace, even where its tokens end earlier."""
    installs = opened(KEY).installs
    installs.save(one())
    again = one(installed_at=NOW + timedelta(days=1), expires_at=None, secret=text_of(0))
    installs.save(again)
    assert installs.all("slack") == [again]


def test_only_later_tokens_of_the_same_installation_are_stored(opened: Open):
    """A slower process must not put back what Slack has ended, nor bring back what was removed."""
    installs = opened(KEY).installs
    installs.save(one())
    renewed = one(secret=text_of(2), expires_at=NOW + timedelta(hours=24))
    assert installs.renew(renewed)
    assert not installs.renew(one(secret=text_of(1), expires_at=NOW + timedelta(hours=23)))
    assert not installs.renew(replace(renewed, secret=text_of(3)))
    assert installs.find("slack", "T1") == renewed
    anew = one(installed_at=NOW + timedelta(hours=1))
    installs.save(anew)
    assert not installs.renew(renewed)
    assert installs.find("slack", "T1") == anew
    assert installs.remove("slack", "T1")
    assert not installs.renew(replace(anew, expires_at=None))
    assert installs.all("slack") == []


def test_of_many_renewals_at_once_the_latest_stays(opened: Open):
    """Whatever the order in which they arrive."""
    installs = opened(KEY).installs
    installs.save(one())
    together = Barrier(8)

    def renew(number: int) -> bool:
        together.wait()
        return installs.renew(one(secret=text_of(number), expires_at=NOW + timedelta(hours=13 + number)))

    with ThreadPoolExecutor(8) as pool:
        assert any(pool.map(renew, range(8)))
    found = installs.find("slack", "T1")
    assert found is not None
    assert found.secret == text_of(7)


def test_removing_needs_no_key_and_happens_once(opened: Open):
    """An operator who lost the key can still let a workspace go."""
    opened(KEY).installs.save(one())
    keyless = opened().installs
    assert [keyless.remove("slack", "T1"), keyless.remove("slack", "T1")] == [True, False]


def test_no_token_is_in_the_database_or_in_what_is_shown(opened: Open, tmp_path: Path):
    """Neither in its tables nor, with SQLite, in any byte of its files."""
    storage = opened(KEY)
    storage.installs.save(one())
    assert TOKEN not in repr(one()) + "".join(sealed_texts(storage))
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and TOKEN.encode() in file.read_bytes()]


def test_without_a_key_nothing_is_saved(opened: Open):
    """The error says what to do; nothing is stored in the clear."""
    storage = opened()
    for store in (storage.installs.save, storage.installs.renew):
        with pytest.raises(SettingsError, match=r"Run `paperround keys new` and set PAPERROUND_SECRET_KEYS"):
            store(one())
    assert sealed_texts(storage) == []
    assert storage.installs.find("slack", "T1") is None


@pytest.mark.parametrize("keys", [(), (OTHER,)])
def test_a_secret_that_cannot_be_opened_is_an_error_with_its_fix(opened: Open, keys: tuple[str, ...]):
    """No key, or not the one it was stored with: neither key nor token is shown, and no error lies below ours."""
    opened(KEY).installs.save(one())
    blind = opened(*keys).installs
    for read in (lambda: blind.find("slack", "T1"), lambda: blind.all("slack"), blind.rotate):
        with pytest.raises(SettingsError, match="PAPERROUND_SECRET_KEYS") as refused:
            read()
        assert not any(secret in str(refused.value) for secret in (TOKEN, KEY, OTHER))
        assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize("keys", [("hunter2",), (KEY, "hunter2"), ("ключ",)])
def test_what_is_no_key_is_named_by_its_place(opened: Open, keys: tuple[str, ...]):
    """Not by what it says."""
    with pytest.raises(SettingsError, match=rf"^Key {len(keys)} in PAPERROUND_SECRET_KEYS is not a key\.") as refused:
        opened(*keys).installs.save(one())
    assert not any(key in str(refused.value) for key in keys)


def test_keys_rotate(opened: Open):
    """A new first key seals, the old one still opens; after `rotate` the old one is not needed."""
    opened(KEY).installs.save(one())
    both = opened(OTHER, KEY).installs
    both.save(one("T2"))
    assert both.all("slack") == [one(), one("T2")]
    assert both.rotate() == 2
    assert opened(OTHER).installs.all("slack") == [one(), one("T2")]


def test_a_rotation_that_cannot_open_everything_changes_nothing(opened: Open):
    """All or none."""
    opened(KEY).installs.save(one())
    opened(OTHER).installs.save(one("T2"))
    fresh = new_key()
    with pytest.raises(SettingsError, match="slack:T2"):
        opened(fresh, KEY).installs.rotate()
    assert opened(KEY).installs.find("slack", "T1") == one()
    assert opened(fresh, KEY, OTHER).installs.rotate() == 2


def test_a_secret_moved_to_another_workspace_is_refused(opened: Open):
    """Whoever can write to the database cannot give one workspace another one's token."""
    storage = opened(KEY)
    for workspace in ("T1", "T2"):
        storage.installs.save(one(workspace))
    with storage.database.writing() as connection:
        moved = "UPDATE installations SET sealed = (SELECT sealed FROM installations WHERE workspace = 'T1')"
        connection.execute(text(moved))
    assert storage.installs.find("slack", "T1") == one()
    with pytest.raises(SettingsError, match="slack:T2"):
        storage.installs.find("slack", "T2")
