"""Pictures of our cards as Discord shows them, dark and light, at a desktop's and a phone's width, drawn by simcord's preview.

Run from the repository; the preview needs more of simcord than the tests do:

    uv run --with 'simcord[screenshot]' python -m tests.pictures.discord_cards /tmp/discord-pictures

simcord draws Discord's dark theme; for the light one its colours are put in the place of the dark ones here.
"""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from simcord import ChannelHandle, MemberActor
from simcord.preview._capture import ManagedCapture

from bot.editions.deliver import Delivery
from bot.editions.plan import plan_due
from bot.metrics import Meters
from tests.acceptance.browser import ARGS, CHROMIUM, async_playwright
from tests.wire.discord_room import Guild, House, open_house

WIDTHS = {"desktop": 760, "phone": 420}
HEIGHT = 1_000
LIGHT = {
    "discord-bg": "#ffffff",
    "discord-surface": "#f2f3f5",
    "discord-elevated": "#ebedef",
    "discord-control": "#e3e5e8",
    "discord-hover": "#e3e5e8",
    "discord-text": "#313338",
    "discord-muted": "#5c5e66",
    "discord-subtle": "#4e5058",
    "discord-border": "#d9dadd",
    "component-surface": "#f7f7f8",
    "component-border": "#d9dadd",
    "modal-surface": "#ffffff",
    "modal-separator": "#e3e5e8",
    "control-border": "#c4c9ce",
    "chip-surface": "#ebedef",
    "list-surface": "#ffffff",
    "option-hover": "#ebedef",
    "subtle-surface": "#e3e5e8",
    "subtle-surface-text": "#313338",
    "entity-text": "#313338",
    "entity-dim": "#5c5e66",
    "input-surface": "#f2f3f5",
    "input-placeholder": "#5c5e66",
    "modal-trigger-border": "#c4c9ce",
    "button-alt": "#e3e5e8",
    "button-alt-hover": "#d9dadd",
    "button-alt-active": "#d9dadd",
    "code-surface": "#f2f3f5",
    "code-border": "#d9dadd",
    "code-text": "#313338",
    "link-text": "#006ce7",
}
Scene = tuple[str, ChannelHandle, Any]
theme = {"light": False}  # which one the next picture has


async def ensure_browser(self: ManagedCapture) -> Any:  # noqa: ANN401 - playwright's
    """The Chromium of this machine in place of playwright's own."""
    if self._browser is None:
        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
    return self._browser


async def freeze(page: Any) -> None:  # noqa: ANN401 - playwright's
    """Put the light colours in, where they are asked for."""
    if theme["light"]:
        await page.evaluate(
            """(colours) => {
                const root = document.documentElement;
                for (const [name, colour] of Object.entries(colours)) root.style.setProperty('--' + name, colour);
                root.style.background = colours['discord-bg'];
                root.style.color = colours['discord-text'];
                root.style.colorScheme = 'light';
                for (const button of document.querySelectorAll('button')) {
                    const [red, green, blue] = getComputedStyle(button).backgroundColor.match(/\\d+/g);
                    if (Math.min(red, green, blue) > 180) button.style.color = colours['discord-text'];
                }
            }""",
            LIGHT,
        )


async def scenes(house: House, guild: Guild) -> AsyncIterator[Scene]:
    """Everything that is to be seen, by name."""
    editor, papers = guild.editor, guild.papers
    listed = await editor.slash(papers, "papers", query="rl")
    yield "papers", papers, listed
    yield "paper", papers, await editor.slash(papers, "paper", name="LIBERO")
    yield "choice", papers, await editor.slash(papers, "paper", name="LIBRO")
    shown = await editor.slash(papers, "round subscribe")
    yield "form", papers, shown
    yield "subscribed", papers, await editor.slash(papers, "round subscribe", query="rl", time="08:00", top=3)
    yield "subscriptions", papers, await editor.slash(papers, "round subscriptions")
    yield "preview", papers, await editor.slash(papers, "round preview")
    yield "help", papers, await editor.slash(papers, "round help")
    guild.deny(papers, 1 << 38)
    yield "permissions", papers, await editor.slash(papers, "round subscribe", query="robotics")
    guild.allow(papers)
    await deliver(house)
    messages = house.env.backend.messages[papers.id]
    opener = next(one for one in messages.values() if one.components and not one.is_ephemeral)
    yield "opener", papers, opener.id
    (thread,) = papers.threads
    first = next(one for one in house.env.backend.messages[thread.id].values() if one.components)
    yield "reply", thread, first.id
    role = guild.handle.create_role("Robotics", mentionable=True, color=0x1F8B4C)
    await house.env.settle()
    made = await editor.slash(papers, "round subscribe", query="robots", time="08:00", mention=role)
    yield "mentioned", papers, made
    yield "settings", papers, await editor.click(made.response, label="More settings")
    await deliver(house)
    opener = [one for one in messages.values() if one.components and not one.is_ephemeral][-1]
    yield "mention", papers, opener.id


async def deliver(house: House) -> None:
    """Post what is due."""
    newest = house.room.rounds.subscriptions.all(limit=9)[-1]
    house.room.rounds.subscriptions.change(replace(newest, next_at=house.room.now))
    plan_due(house.room.library, house.room.rounds, house.room.now)
    with ThreadPoolExecutor(max_workers=1) as pool:
        delivery = Delivery(
            rounds=house.room.rounds,
            adapters={"discord": house.adapter},
            pool=pool,
            now=lambda: house.room.now,
            meters=Meters(),
            owner="pictures",
        )
        await delivery.deliver_due()
        await delivery.until_idle()
        await delivery.stop(1)


async def draw(house: House, folder: Path, scene: Scene, viewer: MemberActor) -> None:
    """A scene in both themes and both widths."""
    name, channel, target = scene
    async with house.env.preview(channel, viewers=[viewer], width=WIDTHS["desktop"], height=HEIGHT) as preview:
        if not isinstance(target, int):
            await preview.show(target)
        for light in (False, True):
            for device, width in WIDTHS.items():
                theme["light"] = light
                file = folder / f"discord-{name}-{'light' if light else 'dark'}-{device}.png"
                focus = {"target": target} if isinstance(target, int) else {}
                await preview.screenshot(file, viewport=(width, HEIGHT), mode="surface", allow_incomplete=True, **focus)


async def main(folder: Path) -> None:
    """Draw everything."""
    ManagedCapture._ensure_browser = ensure_browser
    ManagedCapture._freeze = staticmethod(freeze)
    with tempfile.TemporaryDirectory() as place:
        async with open_house(Path(place)) as house:
            guild = Guild(house.env, "lab")
            house.env.backend.bot_user.name = "Paper Round"
            async for scene in scenes(house, guild):
                await draw(house, folder, scene, guild.editor)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    place = options.parse_args().folder
    place.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(place))
