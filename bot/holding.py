"""Several papers with one name: which is meant first, and whether the name alone decides. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.model import Paper
from bot.names import KINDS, find_names
from bot.ports import NameHolder
from bot.results import Hit, LookUp, Reason


def ranked(text: str, holders: Sequence[NameHolder], papers: Mapping[int, Paper], limit: int) -> LookUp:
    """Holders of a name, the strongest kind first, then those that spell it as typed; nothing where none of them is known."""
    known = [holder for holder in holders if holder.paper_id in papers]
    spelling = {holder.paper_id: _spelling_distance(text, papers[holder.paper_id]) for holder in known}
    if not known:
        return LookUp()
    mixed = not (text.islower() or text.isupper() or text.istitle()) and 0 in spelling.values()

    def rank(holder: NameHolder) -> tuple[bool, int, int, int, int, int, int]:
        """Where capitals inside were typed, who has other ones comes last; then by kind and spelling.

        Then comes the popular paper and the newer one; of a coined name the oldest, as others only took it up.
        """
        paper = papers[holder.paper_id]
        spelt, kind, day = spelling[paper.id], KINDS.index(holder.kind), paper.published_on
        age = (day.toordinal() if day else date.max.toordinal()) if holder.kind in ("coined", "also") else 0
        newness = day.toordinal() if day else 0
        return mixed and spelt == 1, kind, spelt, age, -(paper.metrics.upvotes or 0), -newness, paper.id

    in_order = sorted(known, key=rank)[:limit]
    hits = tuple(
        Hit(
            paper=papers[holder.paper_id],
            score=1.0 - KINDS.index(holder.kind) * 0.1 - number * 0.001,
            why=Reason(kind="name", asked=text),
        )
        for number, holder in enumerate(in_order)
    )
    rivals = [holder for holder in in_order if holder.kind == in_order[0].kind]
    alone = len(rivals) == 1 or spelling[rivals[0].paper_id] < spelling[rivals[1].paper_id]
    return LookUp(hits=hits, sure=alone)


def _spelling_distance(text: str, paper: Paper) -> int:
    """0 where the paper's name is written just as typed, 1 but for case, 2 otherwise."""
    written = [name for _, name in find_names(paper.title, paper.abstract).written()]
    if text in written:
        return 0
    return 1 if text.casefold() in {name.casefold() for name in written} else 2
