"""Payloads that are not as Slack sends them: whatever is missing, odd, huge or unprintable, it is acknowledged."""

import asyncio
import copy
import json
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from adapters.slack.forms import render_form
from adapters.slack.views import find_view
from bot.subscription import Timing, Wish
from bot.views.subscribe_form import subscribe_form
from tests.wire.slack_room import SlackRoom, check_all, command_payload, slack_room
from tests.wire.test_slack_interactions import submission

T = TypeVar("T")
Path_ = tuple[str | int, ...]
_numbers = count(1)
FORM = render_form(subscribe_form(Wish(timing=Timing(zone="UTC")), None), channel="C1")
LIVE = next(block for block in FORM["blocks"] if block.get("dispatch_action"))


class Slack(Thread):
    """A whole room on an event loop of its own, which one test after another sends requests to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self._folder = folder
        self.loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self.said: list[logging.LogRecord] = []

    def run(self) -> None:
        """The thread: the loop until it is stopped."""
        self.loop.run_forever()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """What comes of something that is done there."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def open(self) -> None:
        """Open the room."""
        self.start()
        self.room: SlackRoom = self.wait(self._stack.enter_async_context(slack_room(self._folder)))

    def close(self) -> None:
        """Close it, and the loop."""
        try:
            self.wait(self._stack.aclose())
        finally:
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.join(10)
            self.loop.close()

    def take(self, body: str) -> int:
        """The status that a signed body is answered with; everything that it led to has ended, and was in order."""
        return self.wait(self._take(body))

    async def _take(self, body: str) -> int:
        self.room.slack.calls.clear()
        response = await self.room.request(body)
        await self.room.settled()
        check_all(self.room.slack)
        return response.status


class Heard(logging.Handler):
    """What asyncio and others complain of."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """One line more."""
        self.lines.append(record.getMessage())


@pytest.fixture(scope="module")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slack]:
    """The room of all tests here."""
    made = Slack(tmp_path_factory.mktemp("hostile"))
    made.open()
    yield made
    made.close()


def press(**action: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the action
    """A pressed button under a message."""
    number = next(_numbers)
    return {
        "type": "block_actions",
        "team": {"id": "T1", "domain": "one"},
        "enterprise": None,
        "user": {"id": "U1", "team_id": "T1"},
        "api_app_id": "A1",
        "trigger_id": f"hostile-{number}",
        "response_url": "http://127.0.0.1:1/response/one",
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C1", "is_ephemeral": True, "thread_ts": "1.0"},
        "message": {"ts": "1.1", "blocks": [{"type": "divider", "block_id": "b"}]},
        "actions": [{"type": "button", "action_ts": f"{number}.0", "block_id": "b", **action}],
    }


def event(what: dict[str, Any]) -> dict[str, Any]:
    """An event of the Events API."""
    return {
        "type": "event_callback",
        "team_id": "T1",
        "api_app_id": "A1",
        "event_id": f"EvH{next(_numbers)}",
        "event_time": 1_765_180_800,
        "event": what,
        "is_ext_shared_channel": False,
        "authorizations": [{"team_id": "T1", "enterprise_id": None, "is_enterprise_install": False}],
    }


def typing() -> dict[str, Any]:
    """A letter typed into the form's query."""
    action = {"type": "plain_text_input", "action_id": LIVE["element"]["action_id"], "block_id": LIVE["block_id"], "value": "rl"}
    view = {**FORM, "id": f"VT{next(_numbers)}", "hash": "h1", "state": {"values": {}}}
    return {**press(), "actions": [action], "view": view, "container": {"type": "view", "view_id": view["id"]}}


def find() -> dict[str, Any]:
    """A name looked up in the window."""
    values = {"name": {"name": {"type": "external_select", "selected_option": {"value": "LIBERO"}}}}
    view = {**find_view(), "id": f"VF{next(_numbers)}", "hash": "h", "state": {"values": values}}
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "trigger_id": "t",
        "view": view,
    }


def shortcut(kind: str, name: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the payload
    """A shortcut, on a message or not."""
    base = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "trigger_id": f"s{next(_numbers)}"}
    return {"type": kind, "callback_id": name, **base, **fields}


KINDS: dict[str, Callable[[], dict[str, Any]]] = {
    "command": lambda: command_payload("/papers rl", response_url="http://127.0.0.1:1/response/one"),
    "subscribing": lambda: command_payload("/papers subscribe rl weekdays 09:00"),
    "button": lambda: press(action_id="reply:0", value="/papers rl"),
    "page": lambda: press(action_id="update:0", value="/papers rl page:2"),
    "share": lambda: press(action_id="share:0", value="/paper LIBERO"),
    "menu": lambda: press(action_id="menu:1", selected_option={"value": "r|/papers status"}),
    "old button": lambda: press(action_id="vote_up", value="17"),
    "window button": lambda: {**press(action_id="reply:0", value="/papers rl"), "view": {"type": "modal", "id": "V1"}},
    "typing": typing,
    "suggestion": lambda: {**find(), "type": "block_suggestion", "action_id": "name", "block_id": "b", "value": "libe"},
    "form": lambda: submission(FORM, {"Topic or query; empty for all papers": "rl"}, view_id=f"VS{next(_numbers)}"),
    "find": find,
    "message shortcut": lambda: shortcut(
        "message_action", "add_papers", channel={"id": "C1"}, message={"ts": "1.1", "text": "A Fresh Look", "user": "U2"}
    ),
    "global shortcut": lambda: shortcut("shortcut", "find_paper"),
    "mention": lambda: event({"type": "app_mention", "user": "U1", "text": "<@UBOT> rl", "ts": "5.5", "channel": "C1"}),
    "direct": lambda: event({"type": "message", "channel_type": "im", "user": "U1", "text": "rl", "ts": "6.6", "channel": "D1"}),
    "home": lambda: event({"type": "app_home_opened", "user": "U1", "tab": "home", "channel": "D1"}),
    "removed": lambda: event({"type": "tokens_revoked", "tokens": {"bot": ["UBOT"], "oauth": ["U1"]}}),
    "shared": lambda: event({"type": "channel_unshared", "channel": "C1", "is_ext_shared": True}),
    "file": lambda: event(
        {
            "type": "message", "subtype": "file_share", "channel_type": "im", "user": "U1", "channel": "D1", "ts": "6.6",
            "files": [{"name": "a.txt", "size": 3, "url_private_download": "https://evil.example/a"}],
        }
    ),
}  # fmt: skip

NASTY = (
    "", " ", "\x00", "a\x00b", "\ud800", "rl \udfff", "\u202erl\u202c", "e" + "\u0301" * 400, "x" * 60_000, "\u2066/papers rl",
    "<!channel> <@U1> <#C1|x>", "*_~`:smile:", "&lt;&amp;gt;", "\n" * 50, "שלום rl", "🧪" * 200, "/papers", "'; DROP TABLE",
    "https://hooks.slack.com.evil.example/", "http://[", "T1/../T2", "-1", "1e999",
)  # fmt: skip
ODD = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=60),
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 10**30, 1.5, [], {}, [[]], [None], {"id": {}}, {"id": "T9"}, ["x"], [{}], "missing"]),
)


DEEP = ("{", "[" * 50_000, '{"a":' * 20_000, "payload=" + "[" * 50_000)


def paths(value: Any, at: Path_ = ()) -> Iterator[Path_]:  # noqa: ANN401 - JSON
    """Every place in a payload."""
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*at, key)
        yield from paths(one, (*at, key))


def changed(payload: dict[str, Any], at: Path_, to: object) -> dict[str, Any]:
    """The payload with something else at a place; with nothing there for "missing"."""
    made = copy.deepcopy(payload)
    holder: Any = made
    for key in at[:-1]:
        holder = holder[key]
    if to == "missing" and isinstance(holder, dict):
        del holder[at[-1]]
    else:
        holder[at[-1]] = to
    return made


def is_echoed(at: Path_) -> bool:
    """Whether a place is part of a window's own look, which goes back to Slack as it came."""
    return (
        at[0] == "view"
        and len(at) > 1
        and at[1] in ("blocks", "title", "submit", "close", "type", "callback_id", "private_metadata")
    )


def body_of(payload: dict[str, Any]) -> str:
    """A payload as its kind is sent."""
    if payload.get("type") == "event_callback" or "event" in payload:
        return json.dumps(payload)
    if "command" in payload or "text" in payload:
        return urlencode({key: str(value) for key, value in payload.items()}, errors="replace")
    return urlencode({"payload": json.dumps(payload)})


@st.composite
def hostile(draw: st.DrawFn) -> dict[str, Any]:
    """A payload of one of our kinds with up to three places changed."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    payload = KINDS[kind]()
    for _ in range(draw(st.integers(1, 3))):
        places = sorted((at for at in paths(payload) if not (kind == "typing" and is_echoed(at))), key=str)
        if places:
            payload = changed(payload, draw(st.sampled_from(places)), draw(ODD))
    return payload


def take_quietly(slack: Slack, body: str) -> int:
    """The answer's status; fails where anything was logged that somebody would have to look into."""
    heard = Heard()
    logging.getLogger().addHandler(heard)
    try:
        with capture_logs() as logs:
            status = slack.take(body)
    finally:
        logging.getLogger().removeHandler(heard)
    loud = [one for one in logs if one["log_level"] in ("error", "critical") or one["event"] == "answer_not_delivered"]
    assert not loud, loud
    assert not heard.lines
    return status


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_sound_payload_of_every_kind_is_taken(slack: Slack, kind: str):
    """What the others are changed from is itself in order: it is acknowledged and leads to something or to nothing wrong."""
    assert take_quietly(slack, body_of(KINDS[kind]())) == 200


@settings(max_examples=250, deadline=None)
@given(hostile())
def test_a_payload_that_is_not_as_it_should_be_is_acknowledged_without_a_trace(slack: Slack, payload: dict[str, Any]):
    """Missing keys, other kinds, huge and unprintable words: 200, or 400 for what is no request; nothing odd goes out."""
    assert take_quietly(slack, body_of(payload)) in (200, 400)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_without_any_one_of_its_fields_a_payload_is_acknowledged(slack: Slack, kind: str):
    """Each field is left out in turn, and put to null."""
    payload = KINDS[kind]()
    for at in [one for one in paths(payload) if len(one) < 4 and not (kind == "typing" and is_echoed(one))]:
        for to in ("missing", None):
            assert take_quietly(slack, body_of(changed(KINDS[kind](), at, to))) in (200, 400), at


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=80), st.sampled_from((*NASTY, *DEEP))))
def test_a_body_that_is_no_request_is_told_so(slack: Slack, body: str):
    """Nonsense, signed, is answered 200 or 400, however deep it is nested."""
    assert take_quietly(slack, body.encode("utf-8", "replace").decode()) in (200, 400)
