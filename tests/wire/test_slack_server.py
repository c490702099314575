"""The Slack of our tests answers Slack's own client as Slack does."""

import asyncio

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.wire.slack_server import CLOSED, HANGING, SlackServer, broken, error, ok, rate_limited


def _client(server: SlackServer) -> AsyncWebClient:
    return AsyncWebClient(token="xoxb-one", base_url=server.url, timeout=1)  # noqa: S106 - nobody's token


async def test_a_post_is_written_down_without_its_token():
    """Method and payload are kept, blocks as they were; the token is beside them and not among the headers."""
    async with SlackServer() as server:
        said = await _client(server).chat_postMessage(channel="C1", text="Hello", blocks=[{"type": "divider"}])
    (call,) = server.of("chat.postMessage")
    assert (call.payload["channel"], call.payload["blocks"], call.token) == ("C1", [{"type": "divider"}], "xoxb-one")
    assert "xoxb" not in repr(call)
    assert said["ts"].startswith("1765180800.")


async def test_scripted_answers_come_in_their_order():
    """Each once, then the standing one."""
    async with SlackServer() as server:
        server.script("chat.postMessage", error("is_archived"), rate_limited(7), broken())
        server.always("chat.postMessage", ok(ts="9.9"))
        said = []
        for _ in range(4):
            try:
                answer = await _client(server).chat_postMessage(channel="C1", text="x")
                said.append((answer.status_code, answer["ts"]))
            except SlackApiError as refused:
                said.append((refused.response.status_code, refused.response.headers.get("Retry-After")))
    assert said == [(200, None), (429, "7"), (500, None), (200, "9.9")]


@pytest.mark.parametrize(("answer", "raised"), [(HANGING, TimeoutError), (CLOSED, Exception)])
async def test_a_server_that_says_nothing(answer: object, raised: type[Exception]):
    """It hangs until the client gives up, or closes the connection at once."""
    async with SlackServer() as server:
        server.script("auth.test", *[answer] * 3)
        with pytest.raises(raised):
            await _client(server).auth_test()
    assert server.of("auth.test")


async def test_an_envelope_goes_down_the_socket_and_its_answer_comes_back():
    """Slack's own Socket Mode client connects, receives and acknowledges."""
    async with SlackServer() as server:
        client = SocketModeClient(app_token="xapp-1", web_client=_client(server))  # noqa: S106 - nobody's token
        received: asyncio.Queue[str] = asyncio.Queue()

        async def listen(socket: SocketModeClient, request: SocketModeRequest) -> None:
            await socket.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
            received.put_nowait(request.type)

        client.socket_mode_request_listeners.append(listen)
        await client.connect()
        await server.push({"type": "events_api", "envelope_id": "e1", "payload": {}})
        assert await asyncio.wait_for(received.get(), 5) == "events_api"
        assert (await server.acknowledged("e1"))["envelope_id"] == "e1"
        await client.close()
