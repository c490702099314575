"""Papers that are one, for an operator: which may be, merge, split, dismiss. Names are those `/paper` takes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errors import CommandError
from bot.lookup import look_up
from bot.merges import Dismissal, Merge, MergeStore, Refusal, Suspect
from bot.model import Paper
from bot.ports import Library
from bot.prose import cut_at_word, readable
from bot.suspecting import look_for_suspects

OPERATOR = "operator"
MOST_SHOWN = 200
NEXT = "paperround papers suspected"
DISMISSED = "paperround papers dismissed"
_TITLE_CHARS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two papers that may be one, and how alike their titles are, of 100."""

    first: Paper
    second: Paper
    score: float


def suspected(library: Library, merges: MergeStore, *, limit: int = MOST_SHOWN) -> list[Pair]:
    """The pairs that may be one, the most alike first; what came since the last time is compared first."""
    look_for_suspects(library, merges)
    found = merges.suspects(library.viewer, limit=limit)
    papers = _papers(found, library)
    return [
        Pair(first=papers[one.first_id], second=papers[one.second_id], score=one.score)
        for one in found
        if one.first_id in papers and one.second_id in papers
    ]


def merge(kept: str, gone: str, library: Library, merges: MergeStore, *, now: datetime) -> Merge:
    """Let the second paper become the first.

    Raises:
        CommandError: one of them is not found, or they cannot be one; nothing was changed.
    """
    first, second = _one(kept, library), _one(gone, library)
    done = merges.merge(first.id, second.id, by=OPERATOR, now=now)
    if isinstance(done, Merge):
        library.index.keep_up()
        return done
    raise _refused(done, kept, gone, (first, second), "no merge shows a workspace’s own paper to others")


def split(name: str, library: Library, merges: MergeStore, *, now: datetime) -> Merge:
    """Undo the last merge into a paper.

    Raises:
        CommandError: it is not found, or nothing is merged into it; nothing was changed.
    """
    paper = _one(name, library)
    done = merges.split(paper.id, now=now)
    if done is None:
        raise CommandError(f"No other paper is merged into {name_of(paper)}. Nothing was changed.", usage=NEXT)
    library.index.keep_up()
    return done


def dismiss(one: str, other: str, library: Library, merges: MergeStore, *, now: datetime) -> tuple[Paper, Paper]:
    """Say that two papers are two: they are suspected no more, and no listing joins them.

    Raises:
        CommandError: one of them is not found, or they are one already; nothing was changed.
    """
    first, second = _one(one, library), _one(other, library)
    refusal = merges.dismiss(first.id, second.id, by=OPERATOR, now=now)
    if refusal is not None:
        raise _refused(refusal, one, other, (first, second), "nothing ever makes them one")
    return first, second


def undismiss(one: str, other: str, library: Library, merges: MergeStore) -> tuple[Paper, Paper]:
    """Take back that two papers are two.

    Raises:
        CommandError: one of them is not found, or nobody said so; nothing was changed.
    """
    first, second = _one(one, library), _one(other, library)
    if not merges.undismiss(first.id, second.id):
        raise CommandError(f"{name_of(first)} and {name_of(second)} are not dismissed. Nothing was changed.", usage=DISMISSED)
    return first, second


def dismissed_lines(library: Library, merges: MergeStore, *, limit: int = MOST_SHOWN) -> Iterator[str]:
    """The pairs that somebody says are two, for a terminal, a paper a line."""
    said = merges.dismissed(library.viewer, limit=limit)
    papers = _papers(said, library)
    found = [one for one in said if one.first_id in papers and one.second_id in papers]
    if not found:
        yield "No pair was dismissed."
        return
    for one in found:
        yield f"{one.at:%Y-%m-%d}  {_line(papers[one.first_id])}"
        yield f"            {_line(papers[one.second_id])}"
    yield f"To take one back: {_dismiss(found[0].first_id, found[0].second_id)} --undo"


def pair_lines(pairs: Sequence[Pair]) -> Iterator[str]:
    """The pairs for a terminal, a paper a line."""
    if not pairs:
        yield "No two papers are suspected to be one."
        return
    for one in pairs:
        yield f"{one.score:>5.1f}  {_line(one.first)}"
        yield f"       {_line(one.second)}"
    first = pairs[0]
    yield f"To make two of them one: paperround papers merge '#{first.first.id}' '#{first.second.id}'"
    yield f"To have them as two: {_dismiss(first.first.id, first.second.id)}"


def merged_line(done: Merge) -> str:
    """What a merge did."""
    return (
        f"{_named(done.gone_id, done.gone_title)} is now {_named(done.kept_id, done.kept_title)}. "
        f"To undo it: paperround papers split '#{done.kept_id}'"
    )


def dismissed_line(one: Paper, other: Paper) -> str:
    """What a dismissal did."""
    undo = f"{_dismiss(one.id, other.id)} --undo"
    return f"{name_of(one)} and {name_of(other)} are two papers and suspected no more. To undo it: {undo}"


def undismissed_line(one: Paper, other: Paper) -> str:
    """What taking it back did."""
    return f"{name_of(one)} and {name_of(other)} may be suspected again."


def split_line(done: Merge) -> str:
    """What a split did."""
    return f"{_named(done.gone_id, done.gone_title)} is a paper of its own again, beside {_named(done.kept_id, done.kept_title)}."


def name_of(paper: Paper) -> str:
    """A paper as an operator's line names it."""
    return _named(paper.id, paper.title)


def _refused(why: Refusal, one: str, other: str, pair: tuple[Paper, Paper], border: str) -> CommandError:
    first, second = map(name_of, pair)
    said = {
        "same": f"“{one}” and “{other}” are one paper already, {first}",
        "gone": "One of the two is not stored any more",
        "border": f"{first} and {second} are not for the same people, and {border}",
    }[why]
    return CommandError(f"{said}. Nothing was changed.", usage=NEXT)


def _papers(pairs: Iterable[Suspect | Dismissal], library: Library) -> dict[int, Paper]:
    ids = {paper_id for one in pairs for paper_id in (one.first_id, one.second_id)}
    return {paper.id: paper for paper in library.store.papers(sorted(ids), viewer=library.viewer)}


def _dismiss(one_id: int, other_id: int) -> str:
    return f"paperround papers dismiss '#{one_id}' '#{other_id}'"


def _one(name: str, library: Library) -> Paper:
    """The one paper that goes by a name, id, link or title.

    Raises:
        CommandError: there is none, or there are several.
    """
    if not name.strip():
        raise CommandError(
            "Which paper? A name, an arXiv id or link, #number, or a title will do. Nothing was changed.", usage=NEXT
        )
    found = look_up(name, library)
    asked = cut_at_word(name, _TITLE_CHARS)
    if not found.hits:
        raise CommandError(f"Nothing stored is called “{asked}”. Nothing was changed.", usage=NEXT)
    exact = found.hits[0].why is None or found.hits[0].why.kind in ("identifier", "name", "title")
    if not found.sure or not exact:
        some = "; ".join(_line(hit.paper) for hit in found.hits[:3])
        raise CommandError(f"“{asked}” may be several papers: {some}. Nothing was changed. Name one by its number.", usage=NEXT)
    return found.hits[0].paper


def _line(paper: Paper) -> str:
    return f"#{paper.id} {cut_at_word(readable(paper.title), _TITLE_CHARS)} ({paper.ref})"


def _named(paper_id: int, title: str) -> str:
    return f"“{cut_at_word(readable(title), _TITLE_CHARS)}” (#{paper_id})"
