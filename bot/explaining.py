"""The commands that explain what is posted: preview, status, why. They change nothing."""

import re
from collections.abc import Sequence
from datetime import date

from bot.cards import Reply
from bot.desk import Desk
from bot.editions.compose import muted_word
from bot.editions.due import as_due
from bot.editions.preview import MOST_DAYS, past_days, preview, why
from bot.errors import CommandError
from bot.lookup import look_up
from bot.model import Paper
from bot.query import Words, read_query
from bot.results import Explanation, LookUp
from bot.subscription import Edition, Subscription
from bot.topics import synonyms
from bot.views.explain import Reasoned, past_card, preview_card, unknown_paper, which_paper, why_card
from bot.views.status import Standing, status_card
from bot.views.subscriptions import nothing_here, which_card
from bot.which import named
from bot.zones import read_zone

MOST_NAME_CHARS = 500
LOOK_BACK = 15
_DAYS = re.compile(r"(\d{1,2})(?: +days?)?")


def preview_next(argument: str, desk: Desk) -> Reply:
    """The next edition as it would be now; with a number of days, what each of the last ones would have brought."""
    asked, rounds = desk.in_channel()
    mine = rounds.subscriptions.of_channel(asked.channel)
    days = _DAYS.fullmatch(argument)
    if days:
        return _past(int(days[1]), mine, desk)
    chosen = named(argument, mine) if argument else mine
    if not chosen:
        return Reply(cards=(nothing_here(mine, argument),))
    if len(chosen) > 1:
        return Reply(cards=(which_card("The next edition of which one?", mine, "Preview", "/papers preview #{id}"),))
    subscription = as_due(chosen[0], desk.now)
    composition = preview(subscription, desk.library, rounds, desk.now)
    out = [verdict.paper_id for verdict in composition.verdicts if verdict.kind != "chosen"]
    papers = {paper.id: paper for paper in desk.library.store.papers(out, viewer=desk.viewer)}
    return Reply(cards=(preview_card(subscription, composition, papers, now=desk.now),))


def _past(days: int, mine: Sequence[Subscription], desk: Desk) -> Reply:
    asked, rounds = desk.in_channel()
    if not 1 <= days <= MOST_DAYS:
        raise CommandError(
            f"A preview looks back 1 to {MOST_DAYS} days, not {days}. Subscription {days} is written #{days}.",
            usage="/papers preview 7",
        )
    if not mine:
        return Reply(cards=(nothing_here((), ""),))
    muted = rounds.subscriptions.muted([asked.channel]).get(asked.channel, ())
    counted = [(one, past_days(one, desk.library, days, desk.now, muted=muted)) for one in mine if _is_readable(one, desk)]
    return Reply(cards=(past_card(counted),))


def _is_readable(subscription: Subscription, desk: Desk) -> bool:
    try:
        read_query(subscription.wish.query, today=desk.today)
    except CommandError:
        return False
    return True


def status(argument: str, desk: Desk) -> Reply:
    """What this channel is posted next, what it was posted last, and how the sources are doing."""
    asked, rounds = desk.in_channel()
    if argument:
        raise CommandError(
            f"status stands alone; “{argument[:60]}” was not looked up. To find papers on it, search.",
            usage=f"/papers search status {argument[:60]}",
        )
    mine = rounds.subscriptions.of_channel(asked.channel)
    standings = [_standing(as_due(one, desk.now), rounds.ledger.editions(one.id, limit=LOOK_BACK)) for one in mine]
    own = read_zone(asked.zone) if asked.zone else None
    newest = desk.library.store.newest_day(desk.today, viewer=desk.viewer)
    former = rounds.ledger.last_posted(asked.channel)
    if former is not None and any(one.id == former.subscription_id for one in mine):
        former = None  # it stands with its subscription
    return Reply(cards=(status_card(standings, desk.sources, newest, former=former, now=desk.now, own_zone=own or ""),))


def _standing(subscription: Subscription, editions: Sequence[Edition]) -> Standing:
    """Its newest edition, and the newest one of which something was posted."""
    posted = next((one for one in editions if one.sent), None)
    return Standing(subscription=subscription, last=editions[0] if editions else None, posted=posted)


def why_paper(name: str, desk: Desk) -> Reply:
    """Why a paper was posted in this channel, or was not: one answer a subscription."""
    asked, rounds = desk.in_channel()
    if not name:
        raise CommandError("Why which paper? A name, an arXiv id or link will do.", usage="/papers why LIBERO")
    if len(name) > MOST_NAME_CHARS:
        raise CommandError(f"A name may have {MOST_NAME_CHARS} characters. Nothing was looked up.", usage="/papers why LIBERO")
    found = look_up(name, desk.library)
    if not found.hits:
        return Reply(cards=(unknown_paper(name, found.near),))
    if not found.sure:
        return Reply(cards=(which_paper(name, found.hits),))
    paper = found.hits[0].paper
    mine = [as_due(one, desk.now) for one in rounds.subscriptions.of_channel(asked.channel)]
    reasons = [_reasoned(why(paper, one, desk.library, rounds, desk.now), one, paper, desk) for one in mine]
    ended = rounds.ledger.shown_in(asked.channel, paper.id) if not mine else None
    return Reply(cards=(why_card(paper, reasons, shown_in=ended, now=desk.now, asked=_unlike(name, found)),))


def _unlike(name: str, found: LookUp) -> str:
    """The name as typed, where the paper that was found is not quite called so."""
    reason = found.hits[0].why
    return name if reason is not None and reason.kind in ("spelling", "words") else ""


def _reasoned(explanation: Explanation, subscription: Subscription, paper: Paper, desk: Desk) -> Reasoned:
    missing = _missing(subscription.wish.query, paper, desk.today) if explanation.kind == "no_match" else ()
    return Reasoned(subscription=subscription, explanation=explanation, missing=missing)


def _missing(query: str, paper: Paper, today: date) -> tuple[str, ...]:
    """The words of a query that a paper says in none of the forms that the table of topics knows."""
    terms = read_query(query, today=today).terms
    words = [term.text for term in terms if isinstance(term, Words)]
    return tuple(word for word in words if not muted_word(paper, (word, *synonyms(word))))
