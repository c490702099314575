"""What the Markdown files say: links lead somewhere, commands and settings exist, and docs/slack.md is whole."""

import re
from pathlib import Path

import pytest

from adapters.slack.manifest import EVENTS, SCOPES
from bot.commands import COMMANDS
from bot.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PICTURE_BYTES = 150_000
NO_SETTINGS = {"PAPERROUND_"}  # the prefix itself, as in `PAPERROUND_…`


def text_of(page: Path) -> str:
    """A page's Markdown."""
    return page.read_text(encoding="utf-8")


def slug(heading: str) -> str:
    """The anchor that a heading has: small letters, no punctuation, hyphens for spaces."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_leads_somewhere(page: Path):
    """To a file of ours and, where it names one, to a heading in it."""
    links = re.findall(r"\]\(([^)\s]+)\)", text_of(page)) + re.findall(r'src="([^"]+)"', text_of(page))
    for link in links:
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in {slug(heading) for heading in re.findall(r"^#+ (.+)$", text_of(target), re.MULTILINE)}, link


def test_pictures_are_small_and_all_are_shown():
    """None is heavier than 150 kB, and none lies there that no page shows."""
    pictures = sorted((ROOT / "docs" / "images").iterdir())
    assert [picture.name for picture in pictures if picture.stat().st_size >= PICTURE_BYTES] == []
    shown = "\n".join(text_of(page) for page in PAGES)
    assert [picture.name for picture in pictures if f"images/{picture.name}" not in shown] == []


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_setting_that_a_page_names_exists(page: Path):
    """A misspelt one would be refused when Paper Round starts."""
    known = {PREFIX + name.upper() for name in Settings.model_fields} | NO_SETTINGS
    assert set(re.findall(r"\bPAPERROUND_[A-Z_]*", text_of(page))) <= known


def test_the_readme_names_every_command_that_the_help_lists():
    """What can be typed is told before anybody installs it."""
    readme = text_of(ROOT / "README.md")
    named = [f"{one.slash} {one.verb}" if f" {one.verb}" in one.usage else one.slash for one in COMMANDS if one.listed]
    assert [command for command in named if not re.search(rf"`{command}\b", readme)] == []


def test_the_page_on_slack_names_every_scope_with_its_reason_and_every_event():
    """Whoever is asked for a permission can read why; nothing is named there that is not asked for."""
    page = text_of(ROOT / "docs" / "slack.md")
    permissions = page.partition("## Permissions")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([^`]+)` \| (.+) \|$", permissions, re.MULTILINE) == list(SCOPES.items())
    told = permissions.partition("Slack tells it of these events:")[2].partition("It is told of no other")[0]
    assert sorted(re.findall(r"`([^`]+)`", told)) == sorted(EVENTS)
