"""Pictures of our cards as Discord shows them, dark and light, at a desktop's and a phone's width, drawn by simcord's preview.

Run from the repository; the preview needs more of simcord than the tests do:

    uv run --with 'simcord[screenshot]' python -m tests.pictures.discord_cards /tmp/discord-pictures

simcord draws Discord's dark theme; for the light one its colours are put in the place of the dark ones here.
"""

import argparse
import asyncio
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from simcord import InteractionResult

from bot.commands import thread_of
from bot.editions.plan import plan_due
from bot.ingest import ingest_records
from bot.subscription import Job
from tests.acceptance.browser import ARGS, CHROMIUM, async_playwright
from tests.builders import DAY
from tests.wire.discord_room import Guild, House, open_house

WIDTHS = {"desktop": 760, "phone": 400}
KNOWN = (b'{"id": "arxiv:2306.03310", "title": "LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning"}',)
