"""Slack through Socket Mode: envelopes over a real websocket, through the real Bolt app and the same listeners."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.app import make_answer
from bot.errors import AdapterError
from tests.wire.slack_room import SlackRoom, command_payload, slack_room, words
from tests.wire.slack_server import broken, error


def envelope(
    room: SlackRoom,
    number: int,
    payload: dict[str, Any],
    kind: str = "slash_commands",
    **fields: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """An envelope: https://docs.slack.dev/apis/events-api/using-socket-mode#events."""
    accepts = kind != "events_api"
    return {"envelope_id": f"env-{number}", "type": kind, "accepts_response_payload": accepts, "payload": payload, **fields}


async def test_a_command_is_acknowledged_and_answered(tmp_path: Path):
    """The acknowledgement goes back over the socket, the answer over the response URL."""
    async with slack_room(tmp_path, transport="socket") as room:
        await room.slack.push(envelope(room, 1, command_payload("/paper LIBERO", response_url=room.slack.response_url())))
        assert "payload" not in await room.slack.acknowledged("env-1")
        (answer,) = await room.answers()
        assert "LIBERO" in words(answer)


async def test_the_same_envelope_again_is_answered_once(tmp_path: Path):
    """After a reconnection Slack may deliver once more; both are acknowledged."""
    async with slack_room(tmp_path, transport="socket") as room:
        payload = command_payload("/paper LIBERO", response_url=room.slack.response_url())
        await room.slack.push(envelope(room, 1, payload))
        await room.slack.push(envelope(room, 1, payload, retry_attempt=1, retry_reason="timeout"))
        await room.answers()
        await room.slack.push(envelope(room, 2, command_payload("/papers help", response_url=room.slack.response_url())))
        answers = await room.answers(2)
        await room.slack.acknowledged("env-2")
        assert [("What you can type" in words(one)) for one in answers] == [False, True]


async def test_an_event_and_a_button_come_the_same_way(tmp_path: Path):
    """Mentions and presses reach the listeners that HTTP reaches."""
    async with slack_room(tmp_path, transport="socket") as room:
        event = {"type": "app_mention", "user": "U1", "text": "<@UBOT> LIBERO", "ts": "5.5", "channel": "C1"}
        body = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event}
        await room.slack.push(envelope(room, 1, body, "events_api"))
        await room.slack.acknowledged("env-1")
        await room.calls("chat.postMessage")
        press = {"type": "button", "action_id": "reply:0", "value": "/papers help"}
        await room.slack.push(envelope(room, 2, room.press_payload(press), "interactive"))
        await room.slack.acknowledged("env-2")
        assert "What you can type" in words((await room.answers())[0])


async def test_a_menu_is_filled_in_the_acknowledgement(tmp_path: Path):
    """Options and errors of forms go back in the envelope's answer."""
    async with slack_room(tmp_path, transport="socket") as room:
        payload = {
            "type": "block_suggestion",
            "team": {"id": "T1"},
            "user": {"id": "U1", "team_id": "T1"},
            "action_id": "name",
            "block_id": "b",
            "value": "libe",
        }
        await room.slack.push(envelope(room, 1, payload, "interactive"))
        said = await room.slack.acknowledged("env-1")
        assert said["payload"]["options"][0]["value"] == "LIBERO"


async def test_no_address_is_open_for_requests_over_http(tmp_path: Path):
    """Without a signing secret nobody could tell Slack's requests from forged ones, so none are taken."""
    async with slack_room(tmp_path, transport="socket") as room:
        response = await room.request("payload={}")
        assert response.status == 404


async def test_slack_may_ask_to_connect_anew(tmp_path: Path):
    """A "disconnect" is followed by another connection, on which commands are answered."""
    async with slack_room(tmp_path, transport="socket") as room:
        await room.slack.push({"type": "disconnect", "reason": "refresh_requested"})
        await room.calls("apps.connections.open", 2)
        await asyncio.sleep(0.2)
        await room.slack.push(envelope(room, 1, command_payload("/paper LIBERO", response_url=room.slack.response_url())))
        await room.answers()


async def test_a_slack_that_is_away_at_the_start_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Socket Mode begins as soon as Slack answers."""
    monkeypatch.setattr("adapters.slack.client.AGAIN_S", 0.05)
    async with slack_room(tmp_path, transport="socket", away=(broken(503), broken(503))) as room:
        await room.calls("apps.connections.open", 3)
        await room.slack.push(envelope(room, 1, command_payload("/paper LIBERO", response_url=room.slack.response_url())))
        await room.answers()


async def test_a_refused_app_token_ends_with_what_to_do(tmp_path: Path):
    """`run` ends with one sentence that names the setting."""
    async with slack_room(tmp_path) as room:
        room.slack.always("apps.connections.open", error("invalid_auth"))
        room.adapter._app_token = "xapp-revoked"  # noqa: S105 - as if it had been given
        with pytest.raises(AdapterError) as raised:
            async with asyncio.timeout(5):
                await room.adapter.run(make_answer(room.app, None))  # type: ignore[arg-type]
        assert "PAPERROUND_SLACK_APP_TOKEN" in str(raised.value)
