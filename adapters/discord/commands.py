"""Discord: the application commands, and the line a person could type that each invocation stands for. Knows no SDK, no network.

Limits and shapes: https://docs.discord.com/developers/interactions/application-commands . Discord knows
`default_member_permissions` for whole commands only, so all of `/round` is shown to those who manage channels, unless a server's
admins open it to others. What changes a channel's posts is checked once more when it is asked for, and everybody can type each
verb behind `/papers`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.spans import clean_line

CHAT = 1
SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2

GROUP = "round"
FIND_HERE, ADD_THESE = "Find papers here", "Add these papers"

Kind = Literal["text", "count", "yes", "channel", "role", "file"]
Options = Mapping[str, str]
"""What was given for each option, as text: a channel, role or file as its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One typed option of a command.

    `choices` are all there are; `offers` some that may be taken. `completes`: the line that what is typed goes behind, for
    completion; `only_words` leaves verbs out of it.
    """

    name: str
    gives: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    offers: tuple[str, ...] = ()
    completes: str = ""
    only_words: bool = False
    most: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Slash:
    """A command: its words, what it gives, its options, and the line they make."""

    path: tuple[str, ...]
    gives: str
    line: Callable[[Options], str]
    options: tuple[Option, ...] = ()


def _papers(given: Options) -> str:
    filters = [f"{name}:{given[name]}" for name in ("since", "sort") if given.get(name)]
    return _joined("/papers", given.get("query", ""), *filters)


def _subscribe(given: Options) -> str:
    said = [
        given.get("days", ""),
        given.get("time", ""),
        given.get("zone", ""),
        f"top {given['top']}" if given.get("top") else "",
        f"layout {given['layout']}" if given.get("layout") else "",
        "quiet" if given.get("quiet") == "true" else "",
        f"mention <@&{given['mention']}>" if given.get("mention") else "",
        "publish" if given.get("publish") == "true" else "",
    ]
    settings = _joined(*said)
    return _joined("/papers subscribe", given.get("query", ""), f"; {settings}" if settings else "")


def _verb(verb: str, *names: str) -> Callable[[Options], str]:
    return lambda given: _joined(f"/papers {verb}", *(given.get(name, "") for name in names))


def _subscriptions(given: Options) -> str:
    return _joined("/papers subscriptions", "all" if given.get("everywhere") == "true" else "")


def _joined(*words: str) -> str:
    return " ".join(filter(None, (clean_line(word).strip() for word in words)))


def _which(verb: str, gives: str) -> Option:
    return Option(name="which", gives=gives, completes=f"/papers {verb} ")


def _one_paper(completes: str, *, required: bool = True) -> Option:
    gives = "A name, a few words of the title, an arXiv id or a link; typing errors are forgiven"
    return Option(name="name", gives=gives, required=required, completes=completes)


_QUERY: Final = 'A topic, words, a "phrase", -without, author:name; empty for the newest day’s papers'
_SUBSCRIBE: Final = (
    Option(name="query", gives="A topic or words; empty for all papers", completes="/papers ", only_words=True),
    Option(name="days", gives="On which days", offers=("weekdays", "daily", "weekends", "mon", "mon,wed,fri", "tue,thu")),
    Option(name="time", gives="At what time of day, as 09:00", offers=("07:00", "08:00", "09:00", "12:00", "17:00")),
    Option(
        name="zone", gives="The time zone, as Europe/Berlin; a city’s name finds it", completes="/papers subscribe daily 09:00 "
    ),
    Option(name="top", gives="At most so many papers a day", kind="count", most=100),
    Option(
        name="layout",
        gives="How a day’s papers are shown",
        choices=(("A thread, a reply a paper", "thread"), ("One message with headlines", "list"), ("A message a paper", "cards")),
    ),
    Option(name="quiet", gives="Silent on days without papers", kind="yes"),
    Option(name="channel", gives="Another channel than this one", kind="channel"),
    Option(name="mention", gives="A role that each day’s first message mentions; nobody is mentioned by default", kind="role"),
    Option(name="publish", gives="In an announcement channel: publish each day’s first message to its followers", kind="yes"),
)

SLASHES: Final = (
    Slash(
        path=("papers",),
        gives="The newest day’s papers, or all papers on a topic, by all its names",
        line=_papers,
        options=(
            Option(name="query", gives=_QUERY, completes="/papers "),
            Option(name="since", gives="Published since then, as 2025-06 or 2025-06-01", most=20),
            Option(
                name="sort",
                gives="In which order",
                choices=(("Best match first", "relevance"), ("Newest first", "new"), ("Most upvotes first", "top")),
            ),
        ),
    ),
    Slash(
        path=("paper",),
        gives="One paper by its name, title, arXiv id or link",
        line=lambda given: _joined("/paper", given.get("name", "")),
        options=(_one_paper("/paper "),),
    ),
    Slash(
        path=(GROUP, "subscribe"),
        gives="Post new papers here by themselves; without options, a form asks",
        line=_subscribe,
        options=_SUBSCRIBE,
    ),
    Slash(
        path=(GROUP, "unsubscribe"),
        gives="Stop a subscription of this channel",
        line=_verb("unsubscribe", "which"),
        options=(_which("unsubscribe", "Its number or query; needed where there are several"),),
    ),
    Slash(
        path=(GROUP, "subscriptions"),
        gives="What is posted here, when, and who asked for it",
        line=_subscriptions,
        options=(Option(name="everywhere", gives="In all channels of this server; for its admins", kind="yes"),),
    ),
    Slash(
        path=(GROUP, "preview"),
        gives="What the next edition would hold, with the reason for each paper",
        line=_verb("preview", "which"),
        options=(_which("preview", "A subscription’s number; or 7: what the last seven days would have brought"),),
    ),
    Slash(path=(GROUP, "status"), gives="What is posted here next, what was posted last, how sources do", line=_verb("status")),
    Slash(
        path=(GROUP, "why"),
        gives="Why a paper was posted here, or was not",
        line=_verb("why", "name"),
        options=(_one_paper("/papers why "),),
    ),
    Slash(
        path=(GROUP, "import"),
        gives="Add papers from a digest, for this server alone; without a file, a form asks for the text",
        line=_verb("import"),
        options=(Option(name="file", gives="Text, Markdown, JSON, mail, HTML or BibTeX; at most 2 MB", kind="file"),),
    ),
    Slash(
        path=(GROUP, "export"),
        gives="Papers as BibTeX, RIS, CSV or JSON",
        line=_verb("export", "format", "query"),
        options=(
            Option(
                name="format",
                gives="For which program",
                required=True,
                choices=(("BibTeX", "bibtex"), ("RIS", "ris"), ("CSV", "csv"), ("JSON", "json")),
            ),
            Option(name="query", gives="Which papers: saved, a topic or a name", completes="/papers export bibtex "),
        ),
    ),
    Slash(path=(GROUP, "saved"), gives="The papers that you saved; only you see them", line=_verb("saved")),
    Slash(path=(GROUP, "help"), gives="All that can be typed, with examples", line=_verb("help")),
)
"""Every slash command, in the order of the help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A slash command as it was given; `focused` is the option being typed, while it is only being typed."""

    slash: Slash
    given: Options
    focused: Option | None = None

    @property
    def line(self) -> str:
        """The command line it stands for."""
        return self.slash.line(self.given)


def read_command(data: Mapping[str, Any]) -> Asked | None:
    """The slash command of an interaction's `data`; `None` where it is none of ours (any more)."""
    path, options = [str(data.get("name"))], list(data.get("options") or ())
    while options and options[0].get("type") in (SUBCOMMAND, SUBCOMMAND_GROUP):
        path.append(str(options[0].get("name")))
        options = list(options[0].get("options") or ())
    slash = next((one for one in SLASHES if one.path == tuple(path)), None)
    if slash is None:
        return None
    given = {str(one["name"]): _as_text(one.get("value", "")) for one in options}
    typed = next((str(one["name"]) for one in options if one.get("focused")), "")
    return Asked(slash=slash, given=given, focused=next((one for one in slash.options if one.name == typed), None))


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def verbs() -> Iterator[str]:
    """The word behind `/papers` of each command of the group."""
    return (slash.path[1] for slash in SLASHES if slash.path[0] == GROUP)
