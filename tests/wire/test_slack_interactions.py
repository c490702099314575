"""Buttons, menus, forms, shortcuts and the Home tab in Slack: real signed requests through the real Bolt app."""

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.wire.slack_room import control, refused_blocks, slack_room, words
from tests.wire.slack_server import Answer, error


def shown(message: dict[str, Any], **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the payload
    """A posted message as Slack hands it back with a press."""
    return {"message": {"ts": "1765180800.000001", "blocks": message["blocks"], **fields}}


async def test_a_page_turns_in_place(tmp_path: Path):
    """The button "Next" changes the asker's own list where it stands."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers rl")
        (first,) = await room.answers()
        await room.press(control(first, "Next ›"))
        second = (await room.answers(2))[1]
        assert second["replace_original"] is True
        assert "response_type" not in second
        assert "‹ Previous" in words(second)


async def test_a_number_opens_a_paper_beside_the_list(tmp_path: Path):
    """The list stays; the paper comes as an answer of its own."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers rl")
        (first,) = await room.answers()
        await room.press(control(first, "1"))
        card = (await room.answers(2))[1]
        assert card["replace_original"] is False
        assert "Similar" in words(card)


async def test_sharing_shows_the_channel_who_shared(tmp_path: Path):
    """A shared list is posted for all, under the sharer's name as plain words; nobody is mentioned."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers rl")
        (first,) = await room.answers()
        await room.press(control(first, "Share"))
        (posted,) = await room.calls("chat.postMessage")
        assert posted.payload["channel"] == "C1"
        assert posted.payload["blocks"][0]["elements"] == [{"type": "plain_text", "text": "Shared by Ada", "emoji": False}]
        assert "<@" not in words(posted.payload)


async def test_anybody_turns_the_pages_of_a_shared_list(tmp_path: Path):
    """It changes in place for all, and keeps saying who shared it."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers rl")
        (first,) = await room.answers()
        await room.press(control(first, "Share"))
        (posted,) = await room.calls("chat.postMessage")
        await room.press(control(posted.payload, "Next ›"), ephemeral=False, **shown(posted.payload))
        second = (await room.answers(2))[1]
        assert second["replace_original"] is True
        assert second["blocks"][0]["block_id"].startswith("shared-")
        assert "‹ Previous" in words(second)


async def test_a_message_of_the_daily_thread_is_not_changed_for_everybody(tmp_path: Path):
    """What an edition posted stays as it is: a press there is answered to the presser alone, in the thread."""
    async with slack_room(tmp_path) as room:
        press = {"type": "button", "action_id": "update:0", "value": "/papers abstract LIBERO"}
        thread = {"message": {"ts": "2.2", "thread_ts": "1.1", "blocks": []}}
        await room.press(press, ephemeral=False, **thread)
        (call,) = await room.calls("chat.postEphemeral")
        assert call.payload["thread_ts"] == "1.1"
        assert room.slack.of("/response/one") == []


async def test_where_we_are_not_in_the_channel_a_share_goes_over_the_response_url(tmp_path: Path):
    """A slash command works in channels we are not in, and so does sharing its answer."""
    async with slack_room(tmp_path) as room:
        room.slack.always("chat.postMessage", error("not_in_channel"))
        await room.type("/paper LIBERO")
        (first,) = await room.answers()
        await room.press(control(first, "Share"))
        assert (await room.answers(2))[1]["response_type"] == "in_channel"


async def test_a_spent_response_url_of_a_page_gives_a_new_message(tmp_path: Path):
    """After its five uses a list no longer changes in place: the page comes anew, to the asker alone."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers rl")
        (first,) = await room.answers()
        room.slack.always("/response/one", Answer(body={"ok": False, "error": "used_url"}))
        await room.press(control(first, "Next ›"))
        (call,) = await room.calls("chat.postEphemeral")
        assert "‹ Previous" in words(call.payload)


async def test_an_old_button_says_what_to_do(tmp_path: Path):
    """A button of a version that is no more is answered, not ignored."""
    async with slack_room(tmp_path) as room:
        await room.press({"type": "button", "action_id": "vote_up", "value": "17"})
        (answer,) = await room.answers()
        assert "earlier version" in words(answer)


async def test_a_small_menu_runs_the_chosen_command(tmp_path: Path):
    """The menu of a subscription: Preview."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers subscribe rl weekdays 09:00")
        await room.answers()
        await room.type("/papers subscriptions")
        listed = (await room.answers(2))[1]
        await room.press(control(listed, "Preview"))
        assert "review" in words((await room.answers(3))[2])


async def test_workspaces_that_lack_the_new_blocks_get_classic_ones(tmp_path: Path):
    """`invalid_blocks` is answered with the same card in classic blocks, and the workspace is not asked again."""
    async with slack_room(tmp_path) as room:
        room.slack.always("/response/one", refused_blocks)
        await room.type("/paper LIBERO")
        first, second = await room.answers(2)
        assert any(block["type"] == "container" for block in first["blocks"])
        assert all(block["type"] != "container" for block in second["blocks"])
        await room.type("/paper LIBERO")
        assert all(block["type"] != "container" for block in (await room.answers(3))[2]["blocks"])


def submission(view: dict[str, Any], values: dict[str, Any], *, view_id: str = "V1") -> dict[str, Any]:
    """A view that was sent, filled in by its labels: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload."""
    state: dict[str, dict[str, Any]] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        given = values.get(block["label"]["text"])
        kind = element["type"]
        answer: dict[str, Any] = {"type": kind}
        if kind == "plain_text_input":
            answer["value"] = given if given is not None else element.get("initial_value")
        elif kind == "timepicker":
            answer["selected_time"] = given or element.get("initial_time")
        elif kind == "conversations_select":
            answer["selected_conversation"] = given or element.get("initial_conversation")
        elif kind == "file_input":
            answer["files"] = given or []
        else:
            chosen = element.get("initial_option")
            answer["selected_option"] = {"value": given} if given else chosen
        state.setdefault(block["block_id"], {})[element["action_id"]] = answer
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "trigger_id": "t",
        "view": {**view, "id": view_id, "hash": "h1", "state": {"values": state}},
    }


async def opened_form(room: Any, line: str = "/papers subscribe") -> dict[str, Any]:  # noqa: ANN401 - a SlackRoom
    """The form that a command opens."""
    await room.type(line)
    return (await room.calls("views.open"))[-1].payload["view"]


async def test_a_form_subscribes_the_chosen_channel(tmp_path: Path):
    """Time, zone, days and channel come from pickers; the answer is the asker's alone."""
    async with slack_room(tmp_path) as room:
        view = await opened_form(room)
        sent = submission(
            view, {"Topic or query; empty for all papers": "rl", "Time": "10:30", "Time zone": "Asia/Kathmandu", "Channel": "C2"}
        )
        response = await room.interact(sent)
        assert response.status == 200
        assert await response.text() == ""
        (call,) = await room.calls("chat.postEphemeral")
        assert call.payload["channel"] == "C2"
        (stored,) = room.app.rounds.subscriptions.of_workspace("slack", "T1", limit=9)
        assert stored.channel.channel == "C2"
        assert (str(stored.wish.timing.at)[:5], stored.wish.timing.zone) == ("10:30", "Asia/Kathmandu")


async def test_what_is_wrong_is_said_in_the_form(tmp_path: Path):
    """The form stays open with the reason under its first field, and may be sent again."""
    async with slack_room(tmp_path) as room:
        view = await opened_form(room)
        wrong = submission(view, {"Topic or query; empty for all papers": "since:never"})
        response = await room.interact(wrong)
        said = await response.json()
        assert said["response_action"] == "errors"
        assert next(iter(said["errors"])).startswith("0|")
        right = submission(view, {"Topic or query; empty for all papers": "rl"})
        assert await (await room.interact(right)).text() == ""
        await room.calls("chat.postEphemeral")
        assert len(room.app.rounds.subscriptions.of_workspace("slack", "T1", limit=9)) == 1


async def test_a_form_that_was_refused_may_be_sent_again_unchanged(tmp_path: Path):
    """A refused form is not taken for a repeated one."""
    async with slack_room(tmp_path) as room:
        view = await opened_form(room)
        wrong = submission(view, {"Topic or query; empty for all papers": "since:never"})
        for _ in range(2):
            assert (await (await room.interact(wrong)).json())["response_action"] == "errors"


async def test_a_form_sent_twice_subscribes_once(tmp_path: Path):
    """A double click on "Subscribe" is one subscription and one answer."""
    async with slack_room(tmp_path) as room:
        view = await opened_form(room)
        sent = submission(view, {"Topic or query; empty for all papers": "rl"})
        await asyncio.gather(room.interact(sent), room.interact(sent))
        await room.calls("chat.postEphemeral")
        await room.type("/papers help")
        await room.answers()
        assert len(room.slack.of("chat.postEphemeral")) == 1


async def test_a_form_of_another_version_says_so(tmp_path: Path):
    """A view whose hidden words cannot be read is answered in its window."""
    async with slack_room(tmp_path) as room:
        view = await opened_form(room)
        sent = submission({**view, "private_metadata": "/papers subscribe"}, {})
        said = await (await room.interact(sent)).json()
        assert said["response_action"] == "update"
        assert "another version" in words(said)


async def test_a_query_is_counted_while_it_is_typed(tmp_path: Path):
    """A line under the field says how many papers of the last week match, or what is wrong."""
    async with slack_room(tmp_path) as room:
        view = await opened_form(room)
        block = next(one for one in view["blocks"] if one.get("dispatch_action"))
        for typed, expected in (("rl", "of the last seven days"), ("since:never", "never")):
            payload = {
                **room.press_payload({}),
                "actions": [
                    {
                        "type": "plain_text_input",
                        "action_id": block["element"]["action_id"],
                        "block_id": block["block_id"],
                        "value": typed,
                    }
                ],
                "view": {**view, "id": "V1", "hash": "h1", "state": {"values": {}}},
                "container": {"type": "view", "view_id": "V1"},
            }
            await room.interact(payload)
            call = (await room.calls("views.update", 1 if typed == "rl" else 2))[-1]
            notice = next(one for one in call.payload["view"]["blocks"] if one.get("block_id") == "notice")
            assert expected in notice["elements"][0]["text"]
            assert call.payload["hash"] == "h1"


async def test_zones_and_names_are_completed(tmp_path: Path):
    """The external menus answer at once: "berl" is Europe/Berlin, "libe" is LIBERO."""
    async with slack_room(tmp_path) as room:
        for action, typed, expected in (("zone", "berl", "Europe/Berlin"), ("name", "libe", "LIBERO")):
            payload = {
                "type": "block_suggestion",
                "team": {"id": "T1"},
                "user": {"id": "U1", "team_id": "T1"},
                "action_id": action,
                "block_id": "b",
                "value": typed,
                "api_app_id": "A1",
            }
            said = await (await room.interact(payload)).json()
            assert said["options"][0]["value"] == expected
            assert 1 <= len(said["options"]) <= 100


async def test_a_paper_is_found_from_the_global_shortcut(tmp_path: Path):
    """A window asks for the name and shows the paper in its place."""
    async with slack_room(tmp_path) as room:
        base = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "trigger_id": "t1"}
        await room.interact({"type": "shortcut", "callback_id": "find_paper", **base})
        (call,) = await room.calls("views.open")
        view = call.payload["view"]
        values = {"name": {"name": {"type": "external_select", "selected_option": {"value": "LIBERO"}}}}
        sent = {"type": "view_submission", **base, "view": {**view, "id": "V1", "hash": "h", "state": {"values": values}}}
        said = await (await room.interact(sent)).json()
        assert said["response_action"] == "update"
        assert "LIBERO: Benchmarking Knowledge Transfer" in words(said)


async def test_papers_of_a_message_are_added(tmp_path: Path):
    """The shortcut on a message takes its papers in, for this workspace alone, and gives the receipt with Undo."""
    async with slack_room(tmp_path) as room:
        text = "Read this: A Fresh Look at Pelicans <https://arxiv.org/abs/2511.99999|arxiv.org/abs/2511.99999>"
        await room.interact(
            {
                "type": "message_action",
                "callback_id": "add_papers",
                "team": {"id": "T1"},
                "user": {"id": "U1", "team_id": "T1"},
                "channel": {"id": "C1"},
                "message": {"ts": "1.1", "text": text, "user": "U2"},
                "trigger_id": "t9",
                "response_url": room.slack.response_url(),
            }
        )
        (answer,) = await room.answers()
        assert "Undo" in words(answer)
        await room.type("/paper Pelicans")
        assert "A Fresh Look at Pelicans" in words((await room.answers(2))[1])


async def test_a_pasted_digest_is_taken_in(tmp_path: Path):
    """`/papers import` opens a form; what is pasted there keeps its lines."""
    async with slack_room(tmp_path) as room:
        view = await opened_form(room, "/papers import")
        label = next(block["label"]["text"] for block in view["blocks"] if block["element"]["type"] == "plain_text_input")
        sent = submission(view, {label: "A Fresh Look at Pelicans\nhttps://arxiv.org/abs/2511.99999\n"})
        assert await (await room.interact(sent)).text() == ""
        (call,) = await room.calls("chat.postEphemeral")
        assert "Undo" in words(call.payload)


async def test_the_home_tab_shows_what_they_subscribed(tmp_path: Path):
    """Their own subscriptions of this workspace, and nobody else's; buttons act in the right channel."""
    async with slack_room(tmp_path) as room:
        await room.type("/papers subscribe rl weekdays 09:00", channel_id="C0777")
        await room.answers()
        await room.type("/papers subscribe vision weekdays 09:00", user_id="U2")
        await room.answers(2)
        await room.event({"type": "app_home_opened", "user": "U1", "tab": "home", "channel": "D1"})
        (call,) = await room.calls("views.publish")
        page = words(call.payload["view"])
        assert "rl weekdays 09:00" in page
        assert "vision" not in page
        stop = control(call.payload["view"], "Stop")
        view = {**call.payload["view"], "id": "VH", "hash": "h"}
        payload = {**room.press_payload(stop), "view": view, "container": {"type": "view", "view_id": "VH"}}
        del payload["channel"], payload["response_url"]
        await room.interact(payload)
        (window,) = await room.calls("views.open")
        assert "Stopped: rl" in words(window.payload)


async def test_the_messages_tab_publishes_nothing(tmp_path: Path):
    """Only the Home tab is drawn."""
    async with slack_room(tmp_path) as room:
        await room.event({"type": "app_home_opened", "user": "U1", "tab": "messages", "channel": "D1"})
        await room.type("/papers help")
        await room.answers()
        assert room.slack.of("views.publish") == []


async def test_an_unknown_shortcut_is_acknowledged(tmp_path: Path):
    """Slack hears 200 for what an older manifest may still offer."""
    async with slack_room(tmp_path) as room:
        base = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "trigger_id": "t1"}
        response = await room.interact({"type": "shortcut", "callback_id": "long_gone", **base})
        assert response.status == 200
        assert json.loads(await response.text() or "{}") == {}
