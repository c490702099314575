"""A small pretended engine for the web page: every card element, paging, sharing, a form, and hostile words."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from adapters.web.client import WebAdapter, WebChannel
from bot.cards import (
    Button,
    Buttons,
    Card,
    Context,
    Divider,
    Fields,
    Form,
    Image,
    Input,
    Links,
    Reply,
    Row,
    Select,
    Span,
    Text,
    plain_text,
)
from bot.completion import Completion
from bot.model import ChannelRef, Invocation

PAPERS = WebChannel(ChannelRef(platform="web", workspace="team", channel="papers"), "papers", "The day’s papers, 09:00")
QUIET = WebChannel(ChannelRef(platform="web", workspace="team", channel="robots"), "robots", "Robotics only")
HOSTILE = "<img src=x onerror=alert(1)> <projektor> @everyone <!channel> *not bold*"
TITLES = (
    "LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning",
    "Soft Adaptive Policy Optimization",
    "Group Sequence Policy Optimization with Verifiable Rewards Across Long-Horizon Agentic Tool Use",
    "DreamerV4: Training Agents Inside of Scalable World Models",
    "A Survey of Reinforcement Learning for Large Reasoning Models",
    "Vision-Language-Action Models for Robotics: A Practical Guide",
    "On-Policy Distillation without a Teacher",
    HOSTILE,
    "Test-Time Scaling of Diffusion Policies",
)
ABSTRACT = (
    "A robot that goes on working for years meets new jobs all the time. This benchmark asks how much of an old job helps "
    "with the next one, both what a robot knows about things and what it can do with them, and how much of the old is "
    "lost on the way. It comes with demonstrations, several ways to order the jobs, and first results for each."
)


def paper_card(n: int, *, share: bool = False) -> Card:
    """One paper as the daily thread shows it."""
    title = TITLES[n % len(TITLES)]
    buttons = [Button("Abstract", f"/paper #{n} abstract", effect="update"), Button("Similar", "/papers similar 1")]
    if share:
        buttons.append(Button("Share", f"/paper #{n}", style="primary", effect="share"))
    return Card(
        title=title,
        url=f"https://arxiv.org/abs/2306.0{3310 + n}",
        elements=(
            Context((Span("Liu, Zhu, Gao + 4 · 5 Jun 2023"),)),
            Text((Span(ABSTRACT[:230] + "…"),)),
            Links(
                (
                    ("arXiv", "https://arxiv.org/abs/2306.03310"),
                    ("PDF", "https://arxiv.org/pdf/2306.03310"),
                    ("Code ★ 1.2k", "https://github.com/example/libero"),
                    ("Project", "javascript:alert(1)"),
                )
            ),
            Context((Span("▲ 41, 3 comments on 8 Dec · matches "), Span("rl", "bold"), Span(" in the title"))),
            Buttons(tuple(buttons)),
        ),
    )


def list_card(page: int) -> Card:
    """A page of a result list, with a button to each entry and buttons to turn the page."""
    first = (page - 1) * 5
    rows = [
        Row(
            (
                Span(title, "bold", f"https://arxiv.org/abs/{n}"),
                Span(f"\nQwen · 25 Nov 2025 · ▲ {40 - n} · name"),
            ),
            Button(str(n + 1), f"/paper #{n}"),
        )
        for n, title in list(enumerate(TITLES))[first : first + 5]
    ]
    turn = [
        Button("‹", f"/papers rl page:{max(page - 1, 1)}", effect="update"),
        Button("›", f"/papers rl page:{page + 1}", effect="update"),
        Button("Newest", "/papers rl sort:new", effect="update"),
        Button("Narrow", "/papers form", effect="form"),
        Button("Share", "/papers rl", style="primary", effect="share"),
    ]
    return Card(
        title=f"rl · {first + 1}–{min(first + 5, len(TITLES))} of {len(TITLES)}",
        elements=(Context((Span("also reinforcement learning, MDP"),)), *rows, Buttons(tuple(turn))),
    )


def everything_card() -> Card:
    """A card with each element there is."""
    return Card(
        title="Everything",
        url="https://example.org/everything",
        elements=(
            Text((Span("plain "), Span("bold", "bold"), Span(" "), Span("italic", "italic"), Span(" "), Span("co", "code"))),
            Text((Span(HOSTILE, "plain", "javascript:alert(2)"), Span("\nsecond line"))),
            Context((Span("a small grey line"),)),
            Fields((("First seen", "8 Dec 2025"), ("Listed", "in 2 digests"), ("Published", "5 Jun 2023"))),
            Links((("arXiv", "https://arxiv.org/abs/1"), ("Code", "https://github.com/x/y"))),
            Image("https://example.invalid/teaser.png", "A robot arm puts a bowl on a stove"),
            Divider(),
            Row((Span("An entry of a list"),), Button("Open", "/paper LIBERO")),
            Select("Near topics", (("World models", "/papers world model"), ("Robotics", "/papers robotics"))),
            Buttons((Button("Again", "/papers all", style="primary"),)),
        ),
    )


FORM = Form(
    title="Search papers",
    inputs=(
        Input(name="words", label="Words", placeholder="world model"),
        Input(name="since", label="Since", token="since:", kind="date"),  # noqa: S106
        Input(
            name="sort",
            label="Order",
            token="sort:",  # noqa: S106
            kind="select",
            value="best",
            options=(("Best match", "best"), ("Newest", "new")),
        ),
    ),
    command="/papers search",
)


DOCUMENT_FORM = Form(
    title="Add papers",
    inputs=(Input(name="document", label="Text of a digest", kind="document", placeholder="Two words and a link"),),
    command="/papers import",
)


async def fake_answer(invocation: Invocation) -> Reply:
    """Answers as the engine would, out of a handful of papers."""
    text = invocation.text
    if not text.startswith("/"):
        hint = Text((Span("Commands begin with a slash: try "), Span("/papers rl", "code"), Span(".")))
        return Reply(cards=(Card(title="", elements=(hint,)),))
    if text == "/papers form":
        return Reply(form=FORM)
    if text == "/papers import":
        told = f"{len(invocation.document)} bytes of {invocation.document_name}"
        return Reply(cards=(Card(title=told),)) if invocation.document else Reply(form=DOCUMENT_FORM)
    if text == "/papers all":
        return Reply(cards=(everything_card(),), visibility="channel")
    if text == "/papers break":
        raise RuntimeError("secret detail")
    if text.startswith("/papers search"):
        return Reply(cards=(Card(title=f"Searched: {text}"),))
    if text.startswith("/papers"):
        page = int(text.rpartition("page:")[2]) if "page:" in text else 1
        return Reply(cards=(list_card(page),))
    if text.endswith(" abstract"):
        return Reply(cards=(Card(title=TITLES[0], elements=(Text((Span(ABSTRACT),)),)),))
    return Reply(cards=(paper_card(0, share=True),))


async def fake_complete(text: str, _channel: ChannelRef) -> Sequence[Completion]:
    """Completes two commands and one name."""
    known = (
        Completion("/papers ", "/papers", "search everything ever delivered"),
        Completion("/paper ", "/paper", "one paper by its name"),
        Completion("/papers help", "/papers help", "everything there is"),
        Completion("/paper LIBERO", "LIBERO", "Benchmarking Knowledge Transfer · 2023"),
    )
    return [one for one in known if one.value.startswith(text)]


def slack_preview(reply: Reply) -> list[dict[str, Any]]:
    """Something like Block Kit for a reply."""
    return [
        {
            "text": plain_text(card),
            "blocks": [
                {"type": "header", "text": {"type": "plain_text", "text": card.title[:150] or "Paper Round"}},
                {"type": "section", "text": {"type": "mrkdwn", "text": "*<https://arxiv.org/abs/1|A title>* &lt;b&gt; `x`"}},
                {
                    "type": "actions",
                    "elements": [{"type": "button", "style": "primary", "text": {"type": "plain_text", "text": "Share"}}],
                },
            ],
        }
        for card in reply.cards
    ]


def discord_preview(reply: Reply) -> list[dict[str, Any]]:
    """Something like Components V2 for each card."""
    return [
        {
            "flags": 1 << 15,
            "components": [
                {
                    "type": 17,
                    "components": [
                        {"type": 10, "content": f"## {card.title}\n**bold** and \\*stars\\*\n-# small"},
                        {"type": 1, "components": [{"type": 2, "style": 1, "label": "Share"}]},
                    ],
                }
            ],
        }
        for card in reply.cards
    ]


def opener_card() -> Card:
    """The opener of a day's thread."""
    headlines = [Span(f"{n}  {title}\n", "plain", f"https://arxiv.org/abs/{n}") for n, title in enumerate(TITLES, start=1)]
    return Card(
        title="Paper Round · Mon 8 December 2025",
        elements=(
            Context((Span("rl · 9 of 40 papers today, best match first"),)),
            Text(tuple(headlines)),
            Context((Span("and 31 more today"),)),
            Buttons((Button("See all 40", "/papers", style="primary"), Button("Preview tomorrow", "/papers preview"))),
        ),
    )


def web_adapter(*, port: int = 0) -> WebAdapter:
    """A page with two channels and a clock that goes one second a look."""
    ticks = count()
    return WebAdapter(
        host="127.0.0.1",
        port=port,
        channels=(PAPERS, QUIET),
        complete=fake_complete,
        previews={"Slack": slack_preview, "Discord": discord_preview},
        now=lambda: datetime(2025, 12, 8, 9, 0, tzinfo=UTC) + timedelta(seconds=next(ticks)),
        sample_note="Sample papers of 8 Dec 2025. Nothing leaves this machine.",
    )


@asynccontextmanager
async def open_room(*, replies: int = 0) -> AsyncIterator[WebAdapter]:
    """A started page; with `replies`, a daily thread stands in its first channel."""
    adapter = web_adapter()
    if replies:
        opener = await adapter.post(PAPERS.ref, opener_card(), key="opener")
        for n in range(replies):
            await adapter.post(PAPERS.ref, paper_card(n), thread=opener, key=f"reply {n}")
    await adapter.start(fake_answer)
    try:
        yield adapter
    finally:
        await adapter.stop()
