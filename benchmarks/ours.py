"""Our own search as one of the engines that a benchmark asks, and with single features taken out of it.

A feature is taken out between the planning and the index, so nothing in `bot` need know of benchmarks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from benchmarks.search_peers import PAGE
from bot.completion import complete
from bot.lookup import look_up
from bot.model import Paper
from bot.ports import Candidates, KnownName, Library, NameHolder, SearchIndex, TitleMatch
from bot.query import AllOf, AnyOf, Concept, Form, Node, Plan, read_query
from bot.search import search

TODAY = date(2026, 11, 23)


class Ours:
    """Paper Round's search over a library, as a `Peer`.

    Args:
        library: what is asked.
    """

    name = "ours"

    def __init__(self, library: Library) -> None:
        self.library = library

    def topics(self, text: str, limit: int) -> Sequence[str]:
        """As `/papers` finds them."""
        return [corpus_id(hit.paper) for hit in search(read_query(text, today=TODAY), self.library, limit=limit).hits]

    def names(self, text: str) -> Sequence[str]:
        """As `/paper` finds them."""
        return [corpus_id(hit.paper) for hit in look_up(text, self.library).hits]

    def page(self, text: str) -> object:
        """The first page of `/papers`."""
        return search(read_query(text, today=TODAY), self.library, limit=PAGE)

    def named(self, text: str) -> object:
        """The answer of `/paper`."""
        return look_up(text, self.library)

    def completed(self, text: str) -> object:
        """What a half-typed command may become."""
        return complete(text, self.library)


def corpus_id(paper: Paper) -> str:
    """The id that a paper has in the corpus: Hugging Face's, else its first."""
    return next((str(one) for one in paper.identifiers if one.scheme == "hf"), str(paper.identifiers[0]))


class Without:
    """A search index without some of its features, for `Library.index`.

    Args:
        index: the whole one.
        is_alone: whether a concept keeps its first form only.
        change: what becomes of each form; a topic's key, searched as words, is its usual name.
        should: whether what only lifts is kept.
        answers: methods that answer something else.
    """

    def __init__(
        self,
        index: SearchIndex,
        *,
        is_alone: bool = False,
        change: Callable[[Form], Form] = lambda form: form,
        should: bool = True,
        answers: Mapping[str, Callable[..., object]] | None = None,
    ) -> None:
        self._index = index
        self._is_alone = is_alone
        self._change = change
        self._should = should
        self._answers = answers or {}

    def __getattr__(self, name: str) -> object:
        return self._answers.get(name) or getattr(self._index, name)

    def candidates(self, plan: Plan, *, limit: int, offset: int = 0, viewer: str = "") -> Candidates:
        """The best papers for what is left of a plan."""
        left = replace(plan, must=tuple(map(self._node, plan.must)), should=plan.should if self._should else ())
        return self._index.candidates(left, limit=limit, offset=offset, viewer=viewer)

    def _node(self, node: Node) -> Node:
        match node:
            case Concept(forms):
                return replace(node, forms=tuple(map(self._change, forms[:1] if self._is_alone else forms)))
            case AnyOf(nodes):
                return AnyOf(tuple(map(self._node, nodes)))
            case AllOf(nodes):
                return AllOf(tuple(map(self._node, nodes)))


def _no_titles(*_args: object, **_options: object) -> list[TitleMatch]:
    return []


def _no_names(*_args: object, **_options: object) -> list[KnownName]:
    return []


def ablations(index: SearchIndex) -> dict[str, object]:
    """Indexes with one feature taken out each, by the name of what is missing."""

    def only_titles(key: str, *, limit: int, viewer: str = "") -> list[NameHolder]:
        return [one for one in index.holders(key, limit=limit, viewer=viewer) if one.kind == "name"]

    return {
        "no topic marks": Without(index, change=lambda form: replace(form, is_topic=False)),
        "no learned acronyms": Without(index, answers={"long_forms": lambda *_a, **_o: [], "short_forms": lambda *_a, **_o: []}),
        "no other forms at all": Without(index, is_alone=True, change=lambda form: replace(form, is_topic=False)),
        "no phrase lift": Without(index, should=False),
        "no spelling repair": Without(index, answers={"spelling": lambda *_a, **_o: None}),
        "no coined names": Without(index, answers={"holders": only_titles}),
        "no misspelt names": Without(index, answers={"names_like": _no_names}),
        "no misspelt titles": Without(index, answers={"titles_like": _no_titles}),
    }
