"""Decides what an answer changes of the paper that was asked about: it only fills what no listing has said yet. Pure.

It makes no paper and no sighting, and shows nothing to anybody who could not see the paper before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.agreement import contradict
from bot.enrichment import TITLE, Filling, PaperGone, Task
from bot.identity import canonical, identifiers_of
from bot.lacking import the_answer
from bot.model import Entry, Identifier, Links, Paper
from bot.newest import is_dated_only, merged
from bot.ports import Outcome, Resolution

MOST_AUTHORS = 300
NAME_CHARS = 200
ABSTRACT_CHARS = 10_000
TLDR_CHARS = 1_000
MOST_KEYWORDS = 30
KEYWORD_CHARS = 100
VENUE_CHARS = 200
ORGANIZATION_CHARS = 200


def filling(task: Task, entry: Entry) -> Filling:
    """What to look up and to decide for an entry that answers a task."""
    entry = bounded(entry)
    named = identifiers_of(entry)
    keys = tuple(dict.fromkeys((*named, *task.paper.identifiers)))

    def decide(_entries: Sequence[Entry], known: Mapping[Identifier, Paper], _last_id: int) -> list[Resolution]:
        return [filled(entry, named, task, known)]

    return Filling(entry=entry, keys=keys, decide=decide)


def filled(entry: Entry, named: Sequence[Identifier], task: Task, known: Mapping[Identifier, Paper]) -> Resolution:
    """The paper with what an entry adds to it, and the stored papers that the entry shows to be the same one.

    Args:
        entry: what the guide says.
        named: its identifiers.
        task: what was asked.
        known: the stored papers under these identifiers.

    Raises:
        PaperGone: the paper is not among them any more.
    """
    papers = {paper.id: paper for paper in known.values()}
    paper = papers.get(task.paper.id)
    if paper is None:
        raise PaperGone("The paper is not stored any more.")
    if the_answer(task.question, paper, [entry]) is None:  # it has changed since it was asked about
        return Resolution(entry=entry, paper=paper, outcome="unchanged")
    by_id = [known[name] for name in named if name.scheme != "title" and name in known]
    same = [one for one in dict.fromkeys((paper, *by_id)) if one.visible_to == paper.visible_to]
    kept = next((one for one in same if one.id != paper.id), paper) if task.question == TITLE else paper
    if kept is not paper and contradict(kept, paper):
        return Resolution(entry=entry, paper=paper, outcome="unchanged")
    others = tuple(one for one in same if one.id != kept.id and not contradict(kept, one))
    names = tuple(name for name in (*map(canonical, entry.identifiers), *named[-1:]) if _is_free(name, kept, known))
    after = merged(kept, _said(entry, kept, names))
    outcome: Outcome = "unchanged" if is_dated_only(after, kept) and not others else "changed"
    return Resolution(entry=entry, paper=after, outcome=outcome, absorbs=tuple(one.id for one in others))


def bounded(entry: Entry) -> Entry:
    """An entry of which nothing is longer than a paper needs; how many authors it named stays known."""
    organization = entry.organization
    if organization is not None:
        name, handle = organization.name[:ORGANIZATION_CHARS], organization.handle[:ORGANIZATION_CHARS]
        organization = replace(organization, name=name, handle=handle)
    return entry._replace(
        abstract=entry.abstract[:ABSTRACT_CHARS],
        authors=tuple(name[:NAME_CHARS] for name in entry.authors[:MOST_AUTHORS]),
        organization=organization,
        keywords=tuple(word[:KEYWORD_CHARS] for word in entry.keywords[:MOST_KEYWORDS]),
        tldr=entry.tldr[:TLDR_CHARS] if entry.tldr else None,
        venue=entry.venue[:VENUE_CHARS] if entry.venue else None,
    )


def _said(entry: Entry, kept: Paper, names: tuple[Identifier, ...]) -> Paper:
    """What the entry says, older than any listing; without counts, which are those of the lists it was seen in."""
    return Paper(
        id=kept.id,
        title=entry.title,
        abstract=entry.abstract,
        authors=entry.authors,
        author_count=entry.author_count,
        organization=entry.organization,
        published_on=entry.published_on,
        identifiers=names,
        links=Links(code=entry.links.code, project=entry.links.project),  # the others follow from its identifiers
        keywords=entry.keywords,
        tldr=entry.tldr,
        venue=entry.venue,
        first_seen_on=kept.first_seen_on,
        listed_on=date.min,
    )


def _is_free(name: Identifier, paper: Paper, known: Mapping[Identifier, Paper]) -> bool:
    return name not in known or known[name].id == paper.id
