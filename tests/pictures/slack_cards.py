"""Pictures of our cards as Slack shows them: every kind of message and form, at a desktop's and a phone's width.

Run from the repository, with a folder outside of it that holds the npm packages slack-blocks-to-jsx, react and react-dom:

    npm install --prefix /tmp/slack-jsx slack-blocks-to-jsx react react-dom
    uv run python -m tests.pictures.slack_cards /tmp/slack-jsx /tmp/slack-pictures

The packages draw Block Kit nearly as Slack does. What they do not know is done here: fonts, a modal's frame, chosen options; and
Slack reads `verbatim` mrkdwn as mrkdwn (it only makes no links of its own), which the packages do not.
"""

import argparse
import asyncio
import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from adapters.slack.render import home_view, render_card, render_form
from bot.cards import Card, Form
from bot.commands import thread_of
from bot.home import home
from bot.ingest import ingest_records
from bot.model import ChannelRef, Invocation
from tests.acceptance.browser import ARGS, CHROMIUM, async_playwright
from tests.builders import DAY, Room, open_channel

HERE = ChannelRef(platform="slack", workspace="T012", channel="C012PAPERS")
WIDTHS = {"desktop": 720, "phone": 390}
KNOWN = (
    {"id": "arxiv:2306.03310", "title": "LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning"},
    {"id": "arxiv:2511.20347", "title": "Soft Adaptive Policy Optimization"},
)
STYLE = """
body { margin: 0; background: #fff; font-family: Lato, "Noto Sans", sans-serif; }
body.dark { background: #1a1d21; }
.frame { padding: 12px 20px 16px; }
.who { display: flex; gap: 8px; align-items: center; margin-bottom: 4px; font: 900 15px Lato, sans-serif; color: #1d1c1d; }
.dark .who { color: #d1d2d3; }
.logo { width: 36px; height: 36px; border-radius: 6px; background: #2f6feb; }
.app { padding: 0 3px; border-radius: 2px; background: #ddd; color: #616061; font: 700 10px Lato, sans-serif; }
.only { margin: 0 0 4px 44px; color: #616061; font: 12px Lato, sans-serif; }
.body { margin-left: 44px; }
.modal { margin: 12px; border: 1px solid #ddd; border-radius: 8px; }
.modal .bar { display: flex; justify-content: space-between; padding: 16px 20px; font: 900 18px Lato, sans-serif; }
.modal .inside { padding: 0 20px; }
.modal .feet { display: flex; gap: 8px; justify-content: flex-end; padding: 16px 20px; }
.modal button { padding: 8px 12px; border: 1px solid #bbb; border-radius: 4px; font: 700 14px Lato, sans-serif; }
.modal .feet button { background: #fff; }
.slack_blocks_to_jsx *:not(code, code *) { font-family: Lato, sans-serif; }
.slack_blocks_to_jsx .font-semibold, .slack_blocks_to_jsx strong { font-weight: 700; }
.modal .slack_blocks_to_jsx__input p { color: #1d1c1d !important; }
.modal .slack_blocks_to_jsx__input .text-small.flex.gap-1, .modal [class*="-bottom-5"] { display: none !important; }
.modal .slack_blocks_to_jsx__plain_text_input_element p { color: #8d8d8d !important; }
.modal textarea { height: 36px !important; min-height: 36px !important; resize: none; }
.modal [id^="document"] textarea { height: 130px !important; }
.modal .feet button.go { border-color: #007a5a; background: #007a5a; color: #fff; }
"""


def scenes(room: Room) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every kind of thing that Slack shows of us, each with its name."""

    def say(text: str, **who: Any) -> Card:  # noqa: ANN401 - any field of an invocation
        return room.type(text, **{"channel": HERE, "user": "U012ADA", "zone": "Europe/Berlin", **who}).cards[0]

    def ask(text: str) -> Form:
        form = room.type(text, channel=HERE, user="U012ADA", zone="Europe/Berlin").form
        assert form is not None
        return form

    thread = thread_of(DAY, room.desk())
    yield "opener", _message(thread.opener, private=False)
    yield "reply", _message(thread.replies[0], private=False)
    yield "reply-classic", _message(thread.replies[0], private=False, modern=False)
    yield "paper", _message(say("/paper LIBERO"))
    yield "papers", _message(say("/papers rl"))
    yield "receipt", _message(say("/papers subscribe rl weekdays 09:00 Europe/Berlin top 5"))
    say("/papers subscribe icl mon,thu 07:30 Asia/Tokyo layout list quiet", user="U012GRACE")
    yield "subscriptions", _message(say("/papers subscriptions"))
    yield "workspace", _message(say("/papers subscriptions all"))
    yield "status", _message(say("/papers status"))
    yield "help", _message(say("/papers help"))
    yield "error", _message(say("/papers rl since:yesterdayish"))
    filled = tuple(replace(one, value="rl -survey") if one.live else one for one in ask("/papers subscribe").inputs)
    yield "modal", render_form(replace(ask("/papers subscribe"), inputs=filled), notice="12 papers of the last seven days match")
    yield "digest", render_form(ask("/papers import"))
    page = home(replace(room.desk(), asked=Invocation(text="", channel=HERE, user="U012ADA")))
    yield "home", home_view([card for _, card in page], [place for place, _ in page])


def _message(card: Card, *, private: bool = True, modern: bool = True) -> dict[str, Any]:
    (message,) = render_card(card, modern=modern)
    return {**message, "private": private}


def _drawable(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The JSON with what the packages read otherwise than Slack put so that the picture is right."""
    if isinstance(value, list):
        return [_drawable(one) for one in value]
    if not isinstance(value, dict):
        return value
    shown = {key: _drawable(one) for key, one in value.items() if key not in ("verbatim", "dispatch_action")}
    if "initial_option" in shown:
        shown["placeholder"] = shown["initial_option"]["text"]
    if shown.get("default_to_current_conversation"):
        shown["placeholder"] = {"type": "plain_text", "text": "papers"}
    return shown


def html_of(payload: dict[str, Any], blocks: str, css: str, theme: str) -> str:
    """A page that shows what was drawn of a payload, with what Slack puts around it."""
    if payload.get("type") == "modal":
        frame = (
            f'<div class="modal"><div class="bar"><span>{escape(payload["title"]["text"])}</span><span>×</span></div>'
            f'<div class="inside">{blocks}</div><div class="feet"><button>Cancel</button>'
            f'<button class="go">{escape(payload["submit"]["text"])}</button></div></div>'
        )
    else:
        who = '<div class="who"><span class="logo"></span>Paper Round <span class="app">APP</span></div>'
        only = '<p class="only">Only visible to you</p>' if payload.get("private") else ""
        frame = f'<div class="frame">{"" if payload.get("type") else only + who}<div class="body">{blocks}</div></div>'
    head = f"<!doctype html><meta charset=utf-8><style>{css}</style><style>{STYLE}</style>"
    return f'{head}<body class="{theme}" data-theme="{theme}">{frame}</body>'


async def shoot(pages: dict[str, str], folder: Path) -> None:
    """A PNG of every page at every width."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        for device, width in WIDTHS.items():
            page = await browser.new_page(viewport={"width": width, "height": 200}, device_scale_factor=1.5, locale="en-GB")
            for name, html in pages.items():
                await page.set_content(html)
                await page.screenshot(path=folder / f"slack-{name}-{device}.png", full_page=True)
                wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wider <= 0, f"{name} is {wider} pixels too wide for a {device}"
        await browser.close()


def main() -> None:
    """Draw every scene, light and dark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as store, open_channel(Path(store), now=datetime(2025, 12, 8, 8, tzinfo=UTC)) as room:
        ingest_records([json.dumps(one).encode() for one in KNOWN], store=room.library.store, as_of=DAY)
        room.library.index.catch_up()
        room.now += timedelta(minutes=5)
        listed = [(name, payload, theme) for name, payload in scenes(room) for theme in ("light", "dark")]
    wanted = json.dumps([(name, _drawable(payload["blocks"]), theme) for name, payload, theme in listed])
    script = Path(__file__).with_suffix(".mjs")
    command = ["node", str(script), str(given.modules)]
    drawn = json.loads(subprocess.run(command, input=wanted, capture_output=True, text=True, check=True).stdout)
    css = (given.modules / "node_modules/slack-blocks-to-jsx/dist/style.css").read_text(encoding="utf-8")
    pages = {
        f"{name}{'' if theme == 'light' else '-dark'}": html_of(payload, html, css, theme)
        for (name, payload, theme), (_, html) in zip(listed, drawn, strict=True)
    }
    asyncio.run(shoot(pages, given.folder))


if __name__ == "__main__":
    main()
