"""The seam of enrichment: what is asked about papers that lack something, and what became of it. Knows no HTTP and no SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, get_args

from bot.errors import BotError
from bot.model import Entry, Identifier, Paper
from bot.ports import Decide
from bot.subscription import SourceState

Guide = Literal["hf", "arxiv"]
"""A site that is asked about papers."""
GUIDES: tuple[Guide, ...] = get_args(Guide)
GUIDE_NAMES: dict[Guide, str] = {"hf": "Hugging Face", "arxiv": "arXiv"}

TITLE = "title"
"""The question for a paper that has no id: which one has its title? Any other question is the paper's id."""

Private = Literal["nothing", "ids", "titles"]
"""What of workspaces' own papers others may be asked about: nothing, ids only, or titles as well."""

Result = Literal["found", "nothing", "unknown", "refused", "failed", "gone"]
"""What became of a question.

found: the paper was filled. nothing: the answer held nothing that it lacked. unknown: the guide has no such paper. refused: it
answered with one that is not proven to be this one. failed: no answer that could be read. gone: the paper is not there now.
"""


class PaperGone(BotError):
    """The paper is not there any more; nothing was saved."""


class Want(NamedTuple):
    """What a guide is to be asked about a paper; an empty question: nothing any more."""

    paper_id: int
    guide: Guide
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One question about one paper, as it is stored. `tries` were answered before, `failures` in a row since were not."""

    paper: Paper
    question: str
    tries: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a guide is leased to be asked now, the newest paper first. `failures` are the guide's own in a row."""

    guide: Guide
    tasks: tuple[Task, ...]
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of a task. `next_at`: when it is asked again if the paper still lacks something; `None` is never."""

    task: Task
    result: Result
    next_at: datetime | None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enriched:
    """What became of a question. `gained`: what the paper did not have before; `paper` as it is now, `None` where it is gone."""

    guide: Guide
    task: Task
    result: Result
    paper: Paper | None
    gained: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What a guide said of a paper: the entry, the identifiers to look up, and what it may change."""

    entry: Entry
    keys: tuple[Identifier, ...]
    decide: Decide


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a guide did on an errand. `failures` in a row by now, with the last `error`; it is left alone until `rest_until`."""

    failures: int = 0
    answered: bool = False
    error: str = ""
    rest_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideState:
    """How a guide is doing, and how many questions about public papers wait for it, of which `due` could be asked now."""

    guide: Guide
    waiting: int = 0
    due: int = 0
    given_up: int = 0
    ok_at: datetime | None = None
    failing_since: datetime | None = None
    error: str = ""
    rests_until: datetime | None = None

    @property
    def state(self) -> SourceState:
        """As `/papers status` shows it."""
        return SourceState(
            name=f"{GUIDE_NAMES[self.guide]}, asked for missing details,",
            ok_at=self.ok_at,
            failing_since=self.failing_since,
            error=self.error,
            rests_until=self.rests_until,
        )


class EnrichmentStore(Protocol):
    """What is asked about which paper, and when. Synchronous; every method is one transaction and raises `StorageError`."""

    def looked_upto(self) -> int:
        """Up to which change number papers were looked at for what they lack."""
        ...

    def look(self, wants: Sequence[Want], upto: int, now: datetime) -> None:
        """Ask these from now on; what is asked already goes on, a changed question begins anew, an empty one ends it.

        `upto`: papers were looked at up to this change number.
        """
        ...

    def claim(  # noqa: PLR0913 - who asks, when, and what of
        self, guide: Guide, owner: str, now: datetime, *, lease_s: float, most: int, private: Private
    ) -> Errand | None:
        """Lease a guide that nobody has leased and that is not left alone, with at most `most` tasks that are due.

        One that failed before is claimed alone, so that it cannot spoil the others. Of spaces' own papers only what `private`
        allows is claimed.
        """
        ...

    def write(  # noqa: PLR0913 - who asked, when, and what came of it
        self, guide: Guide, owner: str, attempt: Attempt, now: datetime, *, lease_s: float, filling: Filling | None = None
    ) -> tuple[Result, Paper | None] | None:
        """Fill the paper and write down what became of its task, in one transaction, and hold the lease for longer.

        Gives the result and the paper as it is now, or as which it lives on; `None`, and nothing is written, where the lease
        was lost.
        """
        ...

    def give_back(self, guide: Guide, owner: str, now: datetime, verdict: Verdict) -> bool:
        """Give the lease back and write down how the guide did; `False`, and nothing is written, where it was lost."""
        ...

    def states(self, now: datetime) -> list[GuideState]:
        """How every guide is doing."""
        ...
