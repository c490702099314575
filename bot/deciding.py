"""Decides what becomes of entries: which stored paper each is, and what that says after it. Pure.

Which listing's words are stored is `bot.newest`'s to say. So documents give the same papers in any order, and the same document
twice changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.agreement import contradict, same_by_title
from bot.identity import canonical
from bot.model import Entry, Identifier, Metrics, Paper
from bot.newest import is_dated_only, merged
from bot.ports import Decide, Outcome, Resolution


class Decider:
    """Decides on the entries of one document, batch by batch.

    Args:
        day: the day the document is from.
        space: the space that takes it in for itself. New papers are then visible to it alone, and nothing that was stored before
            is changed: so an import can be taken back exactly.
        counted_on: the day on which it was fetched, where that is a later one: its words and counts are of that day.
    """

    def __init__(self, day: date, space: str | None = None, *, counted_on: date | None = None) -> None:
        self._day = day
        self._counted_on = counted_on or day
        self._space = space

    def of(self, keys: Sequence[Sequence[Identifier]]) -> Decide:
        """The decision for one batch, whose entries have these identifiers."""

        def decide(entries: Sequence[Entry], known: Mapping[Identifier, Paper], last_id: int) -> list[Resolution]:
            return self._decide(entries, keys, known, last_id)

        return decide

    def _decide(
        self, entries: Sequence[Entry], all_keys: Sequence[Sequence[Identifier]], known: Mapping[Identifier, Paper], last_id: int
    ) -> list[Resolution]:
        now_known = dict(known)
        before = {paper.id for paper in known.values()} if self._space else set()
        resolutions: list[Resolution] = []
        for entry, keys in zip(entries, all_keys, strict=True):
            stored = _find(entry, keys, now_known)
            absorbs: tuple[Paper, ...] = ()
            outcome: Outcome = "unchanged"
            if stored is None:
                last_id += 1
                paper, outcome = self._new(entry, keys, last_id, now_known), "added"
                for key in paper.identifiers:
                    now_known.setdefault(key, paper)
            elif stored.id in before:
                paper = stored
            else:
                paper = self._again(entry, keys, stored, now_known)
                outcome = "unchanged" if is_dated_only(paper, stored) else "changed"
                absorbs = () if self._space else _absorbed(entry, keys, paper, now_known)
            if paper is not stored:
                now_known.update((key, paper) for key in paper.identifiers if _may_name(key, paper, now_known))
            now_known.update((key, paper) for other in absorbs for key in other.identifiers)
            gone = tuple(other.id for other in absorbs)
            resolutions.append(Resolution(entry=entry, paper=paper, outcome=outcome, absorbs=gone))
        return resolutions

    def _new(self, entry: Entry, keys: Sequence[Identifier], paper_id: int, known: Mapping[Identifier, Paper]) -> Paper:
        paper = _new_paper(entry, keys, self._day, paper_id, self._counted_on, self._space)
        return paper if entry.identifiers else replace(paper, identifiers=_names(entry, keys, paper, known))

    def _again(self, entry: Entry, keys: Sequence[Identifier], stored: Paper, known: Mapping[Identifier, Paper]) -> Paper:
        said = _new_paper(entry, keys, self._day, stored.id, self._counted_on)
        free = tuple(key for key in said.identifiers if _may_name(key, stored, known))
        said = said if len(free) == len(said.identifiers) else replace(said, identifiers=free)
        return merged(stored, said)


def _may_name(key: Identifier, paper: Paper, known: Mapping[Identifier, Paper]) -> bool:
    return key not in known or known[key].id == paper.id


def _names(entry: Entry, keys: Sequence[Identifier], paper: Paper, known: Mapping[Identifier, Paper]) -> tuple[Identifier, ...]:
    """The names of a new paper that has no id: its title, where no other has it, and what its entry says, where that is needed.

    Without the latter, the same document would add a paper again whose title alone is not enough.
    """
    free = tuple(key for key in paper.identifiers if key not in known)
    return free if _find(entry, keys, dict.fromkeys(free, paper)) is not None else (*free, *keys[:1])


def _find(entry: Entry, keys: Sequence[Identifier], known: Mapping[Identifier, Paper]) -> Paper | None:
    """The stored paper that an entry is of: by the surest of its keys; by its title, the last of them, where that is enough."""
    for key in keys:
        paper = known.get(key)
        if paper is not None and (key is not keys[-1] or key.scheme != "title" or same_by_title(entry, paper)):
            return paper
    return None


def _absorbed(entry: Entry, keys: Sequence[Identifier], paper: Paper, known: Mapping[Identifier, Paper]) -> tuple[Paper, ...]:
    """Other stored papers that an entry is of as well: one it was known as by an id, one as by its title."""
    found: dict[int, Paper] = {}
    for key in keys:
        other = known.get(key)
        if other is None or other.id == paper.id or other.id in found or contradict(paper, other):
            continue
        if key is not keys[-1] or key.scheme != "title" or same_by_title(entry, other):
            found[other.id] = other
    return tuple(found.values())


def _new_paper(  # noqa: PLR0913, PLR0917 - all that a paper begins with
    entry: Entry, keys: Sequence[Identifier], day: date, paper_id: int, counted_on: date, space: str | None = None
) -> Paper:
    return Paper(
        id=paper_id,
        title=entry.title,
        abstract=entry.abstract,
        authors=entry.authors,
        author_count=entry.author_count,
        organization=entry.organization,
        published_on=entry.published_on,
        identifiers=(*map(canonical, entry.identifiers), *keys[-1:]),
        links=entry.links,
        keywords=entry.keywords,
        tldr=entry.tldr,
        venue=entry.venue,
        metrics=_metrics(entry, counted_on),
        first_seen_on=day,
        listed_on=counted_on,
        visible_to=space,
    )


def _metrics(entry: Entry, day: date) -> Metrics:
    counts = (entry.upvotes, entry.comments, entry.github_stars)
    if counts == (None, None, None):
        return Metrics()
    return Metrics(upvotes=counts[0], comments=counts[1], github_stars=counts[2], as_of=day)
