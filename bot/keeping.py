"""The commands of a person's own list: save, unsave, saved. A list belongs to one person in one workspace and to nobody else."""

import re
from datetime import date

from bot.cards import Card, Reply
from bot.desk import Desk
from bot.errors import CommandError
from bot.local_time import local_day
from bot.prose import cut_at_word, readable
from bot.query import MAX_PAGE
from bot.results import Hit
from bot.views.lists import PAGE
from bot.views.saved import now_saved_card, now_unsaved_card, saved_card
from bot.views.wording import plain_query
from bot.zones import read_zone

MOST = PAGE * MAX_PAGE
"""Papers on one list: as many as there are pages to show them."""


def save(hit: Hit, desk: Desk) -> Card:
    """Put a paper on the asker's list.

    Raises:
        CommandError: it could not be put there.
    """
    asked, shelf = desk.in_person()
    space, paper = asked.channel.space, hit.paper
    done = shelf.save(space, asked.user, paper.id, desk.now, most=MOST)
    name = cut_at_word(readable(paper.title), 60)
    if done.kind == "full":
        raise CommandError(
            f"Your list holds {MOST:,} papers, and more are not possible. “{name}” was not saved. Take one off first.",
            usage="/papers saved",
        )
    if done.at is None:
        raise CommandError(f"“{name}” is no longer stored. Nothing was saved.", usage="/papers saved")
    before = local_day(_zone(desk), done.at) if done.kind == "already" else None
    return now_saved_card(hit, count=shelf.count(space, asked.user), before=before)


def unsave(hit: Hit, desk: Desk) -> Card:
    """Take a paper off the asker's list."""
    asked, shelf = desk.in_person()
    space = asked.channel.space
    was_saved = shelf.unsave(space, asked.user, hit.paper.id)
    return now_unsaved_card(hit, count=shelf.count(space, asked.user), was_saved=was_saved)


def saved(argument: str, desk: Desk) -> Reply:
    """A page of the asker's list."""
    asked, shelf = desk.in_person()
    page = read_page(argument)
    if page is None:
        raise CommandError(
            f"“{cut_at_word(argument, 60)}” is not a page of your list. To find papers that say saved, search for it.",
            usage=f"/papers search saved {plain_query(argument)}".strip(),
        )
    space = asked.channel.space
    total = shelf.count(space, asked.user)
    entries = shelf.saved(space, asked.user, limit=PAGE, offset=(page - 1) * PAGE)
    papers = {paper.id: paper for paper in desk.library.store.papers([one.paper_id for one in entries], viewer=desk.viewer)}
    shown = [(papers[one.paper_id], local_day(_zone(desk), one.at)) for one in entries if one.paper_id in papers]
    return Reply(cards=(saved_card(shown, page, total, unseen=len(entries) - len(shown)),))


def saved_on(hit: Hit, desk: Desk) -> date | None:
    """Since which day the asker has a paper on their list; `None` too where others would see the answer."""
    if desk.saved is None or desk.asked is None or not desk.asked.private:
        return None
    at = desk.saved.saved_at(desk.asked.channel.space, desk.asked.user, hit.paper.id)
    return local_day(_zone(desk), at) if at else None


def read_page(argument: str) -> int | None:
    """The page that `page:N` asks for, 1 for nothing; `None` where the argument is something else."""
    if not argument:
        return 1
    found = re.fullmatch(r"page:(\d{1,3})", argument.lower())
    return int(found[1]) if found and 1 <= int(found[1]) <= MAX_PAGE else None


def _zone(desk: Desk) -> str:
    """The asker's own time zone where the platform told it."""
    return (desk.asked and read_zone(desk.asked.zone)) or desk.zone
