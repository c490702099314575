"""The things Paper Round talks about, as frozen records. Knows nothing of files, SQL or chat platforms.

Suffixes: `_on` is a `datetime.date`, `_at` a UTC-aware `datetime.datetime`, `_s` seconds.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple


class Identifier(NamedTuple):
    """One name of a paper in one naming scheme: arxiv, doi, hf, openreview, acl, url or title (normalised). No version."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """Who stands behind a paper where a digest names no authors: `handle` on the platform and the name to show."""

    handle: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where a paper can be read: URLs, `None` where unknown."""

    abs: str | None = None
    pdf: str | None = None
    code: str | None = None
    project: str | None = None
    discussion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Counts of one day. `None` is unknown, never zero; `as_of` is the day they were true."""

    upvotes: int | None = None
    comments: int | None = None
    github_stars: int | None = None
    as_of: date | None = None


class Entry(NamedTuple):
    """One listing of one paper in one document. A tuple, since a dataclass takes three times as long to make.

    `rank` counts from 1; `line` is the line (from 1) of the document on which the entry begins. `venue`: where it is published,
    as in "NeurIPS 2025" or "Phys. Rev. D 76, 013009 (2007)". `revised`: the document tells of a new version of an older paper, so
    it fills what is stored and is no news of that day.
    """

    rank: int
    title: str
    line: int
    abstract: str = ""
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organization: Organization | None = None
    published_on: date | None = None
    comments: int | None = None
    upvotes: int | None = None
    github_stars: int | None = None
    identifiers: tuple[Identifier, ...] = ()
    links: Links = Links()
    keywords: tuple[str, ...] = ()
    tldr: str | None = None
    venue: str | None = None
    revised: bool = False


class ParseIssue(NamedTuple):
    """A line of a document that was not understood: nothing is dropped silently. A tuple, as an `Entry` is."""

    line: int
    message: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one document lists. `issued_on` is `None` where the document does not say; `sha256` is of its bytes, in hex.

    `bare` are links to papers with no title beside them: they say which paper is meant to whoever knows it, and nothing else.
    """

    source: str
    issued_on: date | None
    entries: tuple[Entry, ...]
    issues: tuple[ParseIssue, ...]
    sha256: str
    bare: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One research paper: one identity, however often and wherever it was listed.

    `id` is the store's own number (`#12` in commands), 0 before it is stored. `authors` may be empty where only
    `author_count` is known. `identifiers` are in the order in which we learned them.
    `first_seen_on` is the day of the oldest listing, `listed_on` that of the newest. `said_on` has the day of each field that
    only an older one says, by the field's name (of counts: older than `metrics.as_of`). `venue`: where it is published.
    `visible_to` is the one space (see `ChannelRef.space`) whose people may see it; `None` where everybody may.
    """

    id: int
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organization: Organization | None = None
    published_on: date | None = None
    identifiers: tuple[Identifier, ...] = ()
    links: Links = Links()
    keywords: tuple[str, ...] = ()
    tldr: str | None = None
    venue: str | None = None
    metrics: Metrics = Metrics()
    first_seen_on: date
    listed_on: date
    said_on: tuple[tuple[str, date], ...] = ()
    visible_to: str | None = None

    @property
    def ref(self) -> str:
        """The paper's public id, `scheme:value`: its first identifier, its title only where it has no other."""
        named = [one for one in self.identifiers if one.scheme != "title"] or self.identifiers
        return str(named[0]) if named else f"#{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """This paper was in that digest at that rank with these counts."""

    paper_id: int
    source: str
    issued_on: date
    rank: int
    metrics: Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRef:
    """A place where editions go: `slack:T…/C…`, `discord:guild/channel`, `web:team/papers`."""

    platform: str
    workspace: str
    channel: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.workspace}/{self.channel}"

    @property
    def space(self) -> str:
        """The workspace as the border of what is private: `slack:T…`, `discord:guild`, `web:team`."""
        return f"{self.platform}:{self.workspace}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRef:
    """A message that was posted, as its platform names it; `url` leads a person to it, where there is one."""

    channel: ChannelRef
    message: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How an edition's first message goes out: which role it mentions, by id, and whether it is published to followers.

    By default nobody is mentioned, and it stays in its channel.
    """

    mention: str = ""
    publish: bool = False


QUIETLY: Final = Opening()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """Somebody typed a command or pressed a button: `text` is the command line, slash included.

    `zone` is the person's IANA time zone where the platform tells it, else empty. `may_configure`: they may change what is
    posted in this channel; `is_admin`: they may see the subscriptions of the whole workspace.
    `guest`: they belong to another company or ask from outside of the workspace, so they see public papers and nothing of the
    workspace. `shared`: another company reads this channel too, so what is posted in it holds public papers only.
    `document`: a text that was pasted or a file that came with the command, as bytes; `document_name`: the file's name.
    `private`: nobody else will see the answer, so it may say what only concerns them. Not so where it is shared, or changes a
    message that others see.
    """

    text: str
    channel: ChannelRef
    user: str
    zone: str = ""
    may_configure: bool = True
    is_admin: bool = True
    guest: bool = False
    shared: bool = False
    document: bytes = b""
    document_name: str = ""
    private: bool = False

    @property
    def viewer(self) -> str:
        """The space whose private papers may be shown in the answer; empty where only public ones may."""
        return "" if self.guest or self.shared or not self.channel.workspace else self.channel.space
