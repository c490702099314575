"""Tokens that end after twelve hours: renewed once, by one process, and never lost or put back."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from adapters.slack import installs
from adapters.slack.installs import SlackInstallations, Workspaces, from_stored, to_stored
from adapters.slack.rotation import CarefulRotator
from bot.errors import StorageError
from storage.open import Storage, open_storage
from storage.sealing import new_key
from tests.wire.slack_install_room import CLIENT_SECRET
from tests.wire.slack_server import HANGING, Answer, Call, SlackServer, broken, error

HOUR_S = 3600


class Slack:
    """Slack's side: a refresh token is good once, and each renewal gives the next pair."""

    def __init__(self) -> None:
        self.numbers = itertools.count(2)
        self.refresh = "xoxe-1"
        self.delay_s = 0.0

    def __call__(self, call: Call) -> Answer:
        """What it says to a renewal."""
        if call.payload.get("refresh_token") != self.refresh:
            return error("invalid_refresh_token")
        number = next(self.numbers)
        self.refresh = f"xoxe-{number}"
        return Answer(
            body={
                "ok": True,
                "access_token": f"xoxb-{number}",
                "refresh_token": self.refresh,
                "expires_in": 12 * HOUR_S,
                "token_type": "bot",
            },
            delay_s=self.delay_s,
        )


class Replica:
    """One process of several on one database."""

    def __init__(self, storage: Storage, pool: ThreadPoolExecutor, url: str) -> None:
        self.workspaces = Workspaces(
            installs=storage.installs,
            notes=storage.notes,
            subscriptions=storage.subscriptions,
            pool=pool,
            clock=lambda: datetime.now(UTC),
        )
        self.store = SlackInstallations(self.workspaces)
        client = AsyncWebClient(base_url=url, timeout=2)
        self.rotator = CarefulRotator(self.workspaces, self.store, client=client, client_id="1.2", client_secret=CLIENT_SECRET)

    async def token(self) -> str | None:
        """The token that this process would post with now."""
        found = await self.rotator.current("T1")
        return found.bot_token if found is not None else None


def lasting(hours: float, **fields: Any) -> Installation:  # noqa: ANN401 - any field of an installation
    """An installation whose tokens end in so many hours."""
    values: dict[str, Any] = {"app_id": "A1", "team_id": "T1", "team_name": "Lab", "user_id": "U1", "bot_token": "xoxb-1"}
    values |= {"bot_id": "B1", "bot_user_id": "UBOT", "bot_scopes": ["commands", "chat:write"], "bot_refresh_token": "xoxe-1"}
    at = int(datetime.now(UTC).timestamp() + hours * HOUR_S)
    return Installation(**{**values, "bot_token_expires_at": at, **fields})


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """A database that both replicas share."""
    opened = open_storage(f"sqlite:///{tmp_path / 'papers.db'}", secret_keys=[new_key()])
    yield opened
    opened.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads."""
    with ThreadPoolExecutor(max_workers=8) as made:
        yield made


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    """Slack, which renews tokens."""
    async with SlackServer() as made:
        made.always("oauth.v2.access", Slack())
        yield made


@pytest.fixture
def replicas(storage: Storage, pool: ThreadPoolExecutor, server: SlackServer) -> list[Replica]:
    """Two processes on one database."""
    return [Replica(storage, pool, server.url) for _ in range(2)]


def _token(storage: Storage) -> tuple[str | None, str | None]:
    stored = storage.installs.find("slack", "T1")
    assert stored is not None
    kept = from_stored(stored)
    return kept.bot_token, kept.bot_refresh_token


def test_every_field_of_an_installation_comes_back():
    """Also those that we never ask for; the mark of what is stored is not stored."""
    whole = lasting(
        1,
        enterprise_id="E1",
        enterprise_name="Org",
        enterprise_url="https://org.example/",
        user_token="xoxp-1",  # noqa: S106 - nobody's
        user_scopes=["identify"],
        user_refresh_token="xoxe-u",  # noqa: S106 - nobody's
        user_token_expires_in=60,
        incoming_webhook_url="https://hook.example",
        incoming_webhook_channel="#papers",
        incoming_webhook_channel_id="C1",
        incoming_webhook_configuration_url="https://conf.example",
        is_enterprise_install=False,
        token_type="bot",  # noqa: S106 - a kind
        custom_values={"note": "kept"},
    )
    again = from_stored(to_stored(whole))
    assert {**vars(again), "custom_values": {"note": "kept"}} == vars(whole)
    assert to_stored(again) == to_stored(whole)
    assert to_stored(whole).expires_at == datetime.fromtimestamp(whole.user_token_expires_at or 0, UTC)
    assert "xox" not in repr(to_stored(whole))


async def test_tokens_that_last_are_left_alone(replicas: list[Replica], server: SlackServer):
    """More than two hours are enough; so are tokens that never end."""
    for installation in (lasting(2.1), lasting(0, bot_token_expires_at=None, bot_refresh_token=None)):
        await replicas[0].store.async_save(installation)
        assert await replicas[0].token() == "xoxb-1"
    assert server.calls == []


async def test_tokens_near_their_end_are_renewed_and_stored(replicas: list[Replica], storage: Storage, server: SlackServer):
    """The next time is in ten hours; everything else of the installation stays."""
    await replicas[0].store.async_save(lasting(1.9))
    assert [await replica.token() for replica in (*replicas, *replicas)] == ["xoxb-2"] * 4
    assert _token(storage) == ("xoxb-2", "xoxe-2")
    assert len(server.of("oauth.v2.access")) == 1
    stored = storage.installs.find("slack", "T1")
    assert stored is not None
    assert (stored.name, from_stored(stored).bot_scopes) == ("Lab", ["commands", "chat:write"])


@pytest.mark.parametrize("hours", [1.0, -1.0])
async def test_of_many_that_notice_at_once_one_renews(
    replicas: list[Replica], storage: Storage, server: SlackServer, hours: float
):
    """Two processes, twenty requests each. Old tokens that still work are used meanwhile; ended ones wait for the new."""
    slack = Slack()
    slack.delay_s = 0.5
    server.always("oauth.v2.access", slack)
    await replicas[0].store.async_save(lasting(hours))
    tokens = await asyncio.gather(*(replica.token() for replica in replicas for _ in range(20)))
    assert len(server.of("oauth.v2.access")) == 1
    assert set(tokens) == ({"xoxb-1", "xoxb-2"} if hours > 0 else {"xoxb-2"})
    assert _token(storage) == ("xoxb-2", "xoxe-2")


async def test_a_process_that_is_late_does_not_put_old_tokens_back(replicas: list[Replica], storage: Storage):
    """It had read the installation before another one renewed it, and goes on with what is stored now."""
    await replicas[0].store.async_save(lasting(1))
    old = await replicas[1].store.of("T1")
    assert old is not None
    assert await replicas[0].token() == "xoxb-2"
    storage.notes.take("slack:renew:T1", datetime.now(UTC))  # as if a minute had passed
    renewed = await replicas[1].rotator.perform_token_rotation(installation=old)
    assert renewed is not None
    assert renewed.to_bot().bot_token in {"xoxb-2"}
    for late in (renewed, old):
        await replicas[1].store.async_save(late)
    assert _token(storage) == ("xoxb-2", "xoxe-2")


async def test_what_was_removed_meanwhile_does_not_come_back(replicas: list[Replica], storage: Storage):
    """The workspace removed us while its tokens were being renewed."""
    await replicas[0].store.async_save(lasting(1))
    read = await replicas[0].store.of("T1")
    assert read is not None
    renewed = await replicas[0].rotator.perform_token_rotation(installation=read)
    assert renewed is not None
    storage.installs.remove("slack", "T1")
    await replicas[0].store.async_save(renewed)
    assert storage.installs.all("slack") == []
    assert await replicas[0].token() is None


@pytest.mark.parametrize("said", [error("ratelimited"), broken(), HANGING, error("invalid_refresh_token"), Answer(body="<html>")])
async def test_a_slack_that_does_not_renew_is_asked_again_in_a_minute(
    replicas: list[Replica], storage: Storage, server: SlackServer, said: Answer
):
    """Until their end the old tokens are used; nothing is asked on every request."""
    server.script("oauth.v2.access", said)
    await replicas[0].store.async_save(lasting(1))
    with capture_logs() as logs:
        assert [await replica.token() for replica in (*replicas, *replicas)] == ["xoxb-1"] * 4
    assert [line["event"] for line in logs] == ["slack_token_not_renewed"]
    assert "xox" not in str(logs)
    assert len(server.of("oauth.v2.access")) == 1
    for replica in replicas:
        replica.workspaces = replace(replica.workspaces, clock=lambda: datetime.now(UTC) + timedelta(seconds=61))
        replica.rotator._workspaces = replica.workspaces
    assert [await replica.token() for replica in replicas] == ["xoxb-2"] * 2


async def test_tokens_that_have_ended_for_good_are_an_error(replicas: list[Replica], server: SlackServer):
    """Only a new installation helps; Bolt then answers nobody there."""
    server.always("oauth.v2.access", error("invalid_refresh_token"))
    await replicas[0].store.async_save(lasting(-1))
    with capture_logs() as logs, pytest.raises(SlackTokenRotationError):
        await replicas[0].token()
    assert (logs[0]["error"], logs[0]["workspace"]) == ("invalid_refresh_token", "T1")


async def test_renewed_tokens_are_stored_even_if_storage_is_busy_for_a_moment(
    replicas: list[Replica], storage: Storage, monkeypatch: pytest.MonkeyPatch
):
    """They are the only ones that work: Slack has ended the old refresh token."""
    await replicas[0].store.async_save(lasting(1))
    monkeypatch.setattr(installs, "RENEWAL_PAUSES_S", (0.01, 0.01, 0.01))
    tries = itertools.count(1)

    class Busy:
        def __getattr__(self, name: str) -> object:
            return getattr(storage.installs, name)

        def renew(self, installation: Any) -> bool:  # noqa: ANN401 - as the real one
            if next(tries) < 4:
                raise StorageError("The database stayed locked.")
            return storage.installs.renew(installation)

    busy = replace(replicas[0].workspaces, installs=Busy())  # type: ignore[arg-type] # by attribute
    replicas[0].store._workspaces = busy
    assert await replicas[0].token() == "xoxb-2"
    assert _token(storage) == ("xoxb-2", "xoxe-2")


async def test_a_bot_alone_is_found_renewed_and_deleted(replicas: list[Replica], storage: Storage):
    """As Bolt does with `installation_store_bot_only`: what else is known of the installation stays."""
    store = replicas[0].store
    await store.async_save(lasting(1))
    bot = await store.async_find_bot(enterprise_id=None, team_id="T1")
    assert bot is not None
    bot.bot_token, bot.bot_refresh_token = "xoxb-9", "xoxe-9"
    bot.bot_token_expires_at = int(datetime.now(UTC).timestamp()) + 12 * HOUR_S
    await store.async_save_bot(bot)
    assert _token(storage) == ("xoxb-9", "xoxe-9")
    stored = storage.installs.find("slack", "T1")
    assert stored is not None
    assert (stored.installed_by, stored.name) == ("U1", "Lab")
    await store.async_delete_installation(enterprise_id=None, team_id="T1", user_id="U1")
    assert storage.installs.find("slack", "T1") is not None
    await store.async_delete_bot(enterprise_id=None, team_id="T1")
    await store.async_save_bot(bot)
    assert storage.installs.all("slack") == []
