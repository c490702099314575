"""What a person can type: one table of commands; read an invocation; answer it. Knows no platform and no clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from bot.cards import Card, Reply, Thread
from bot.desk import Desk
from bot.errors import CommandError
from bot.explaining import preview_next, status, why_paper
from bot.exporting import export
from bot.importing import import_papers, imported, undo
from bot.keeping import save, saved, saved_on, unsave
from bot.lookup import look_up
from bot.model import Paper
from bot.muting import mute, unmute
from bot.query import Query, read_query
from bot.results import Hit
from bot.search import search
from bot.spans import clean_line
from bot.subscribing import resume, settings, subscribe, subscriptions, unsubscribe
from bot.topics import synonyms
from bot.views.lists import PAGE, day_card, refine_form, results_card, similar_card
from bot.views.names import choice_card, unknown_name
from bot.views.notices import empty_store, error_card, help_card, members_only_card, plain_words_card
from bot.views.paper import PaperFacts, lead_of, paper_card
from bot.views.thread import day_thread
from bot.views.wording import plain_query

MAX_CHARS = 2_000
MAX_NAME_CHARS = 500
SIMILAR = 5
FIND = "Find papers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: the word after `/papers` (empty for the plain ones), how to type it, what it gives, and its answer.

    `group` is the heading it has in the help, where it stands only if it is `listed`; buttons press the others.
    `posts`: it makes papers come to the channel by themselves. `members_only`: it shows or changes what is the workspace's own,
    so guests may not.
    """

    slash: str
    verb: str
    usage: str
    gives: str
    answer: Callable[[str, Desk], Reply]
    takes_text: bool = True
    group: str = FIND
    listed: bool = True
    posts: bool = False
    members_only: bool = False

    @property
    def is_find(self) -> bool:
        """Whether it only looks for papers: it depends on nobody's rights and changes nothing."""
        return self.group == FIND


def answer(text: str, desk: Desk) -> Reply:
    """The reply to a command line.

    Raises:
        CommandError: it cannot be understood.
        StorageError: the papers cannot be read.
    """
    text = clean_line(text)
    if len(text) > MAX_CHARS:
        raise CommandError(f"A command may have {MAX_CHARS:,} characters; this one has {len(text):,}. Nothing was done.")
    if text.partition(" ")[0].lower() not in ("/papers", "/paper"):
        return _plain_words(text, desk.today)
    command, argument = command_of(text)
    if command.members_only and desk.asked is not None and desk.asked.guest:
        return Reply(cards=(members_only_card(),))
    return command.answer(argument, desk)


def command_of(text: str) -> "tuple[Command, str]":
    """Which command a line is, and what follows its name; plain words are a search for what they say."""
    slash, _, rest = clean_line(text).partition(" ")
    slash = slash.lower() if slash.lower() in ("/papers", "/paper") else "/papers"
    verb, _, argument = rest.partition(" ")
    for command in COMMANDS:
        if command.slash == slash and command.verb and command.verb == verb.lower() and (command.takes_text or not argument):
            return command, argument
    return next(command for command in COMMANDS if command.slash == slash and not command.verb), rest


def reply_to_error(error: CommandError) -> Reply:
    """A command that cannot be understood, as a card with one that works."""
    return Reply(cards=(error_card(str(error), error.usage),), refused=str(error))


def thread_of(day: date, desk: Desk) -> Thread:
    """The thread of the papers that were listed on a day."""
    store = desk.library.store
    papers = store.papers(store.listed_on(day, viewer=desk.viewer), viewer=desk.viewer)
    sources = {
        sighting.source
        for paper in papers[:1]
        for sighting in store.sightings(paper.id, viewer=desk.viewer)
        if sighting.issued_on == day
    }
    return day_thread(day, papers, sources=sorted(sources), today=desk.today)


def _plain_words(typed: str, today: date) -> Reply:
    text = typed.lstrip("/")
    if not any(char.isalnum() for char in text):
        return Reply(cards=(_help(),))
    try:
        read_query(text, today=today)
    except CommandError:
        return Reply(cards=(plain_words_card(text, plain_query(text), is_command=typed.startswith("/")),))
    return Reply(cards=(plain_words_card(text, text, is_command=typed.startswith("/")),))


def _papers(line: str, desk: Desk) -> Reply:
    if desk.library.store.count(viewer=desk.viewer) == 0:
        return Reply(cards=(empty_store(),))
    query = read_query(line, today=desk.today)
    if query.on is not None or not query.typed:
        return _day(query, desk)
    found = search(query, desk.library, limit=PAGE, offset=(query.page - 1) * PAGE)
    return Reply(cards=(results_card(query, found),))


def _find(words: str, desk: Desk) -> Reply:
    """What somebody means who only says a few words: the paper of that name, else the papers on that topic."""
    if not any(char.isalnum() for char in words):
        return Reply(cards=(_help(),))
    if len(words) <= MAX_NAME_CHARS and not synonyms(words.casefold().strip()):
        named = look_up(words, desk.library)
        if named.sure and named.hits[0].why is not None and named.hits[0].why.kind in ("identifier", "name", "title"):
            return Reply(cards=(_card_of(named.hits[0], desk),))
    try:
        query = read_query(words, today=desk.today)
    except CommandError:
        query = read_query(plain_query(words), today=desk.today)
    if query.on is None and query.typed and not search(query, desk.library, limit=1).total:
        return _paper(words, desk)
    return _papers(query.typed, desk)


def _today(_argument: str, desk: Desk) -> Reply:
    return _papers("on:today", desk)


def _day(query: Query, desk: Desk) -> Reply:
    """The papers of one day: of the newest one, unless another is asked for."""
    store = desk.library.store
    day = store.newest_day(query.on or desk.today, viewer=desk.viewer)
    if day is None:
        if query.on is None:
            return _papers("sort:new", desk)
        raise CommandError(f"Nothing was listed up to {query.on.isoformat()}.", usage="/papers")
    ids = store.listed_on(day, viewer=desk.viewer)
    start = (query.page - 1) * PAGE
    hits = [Hit(paper=paper, score=0.0) for paper in store.papers(ids[start : start + PAGE], viewer=desk.viewer)]
    return Reply(cards=(day_card(query, day, hits, total=len(ids)),))


def _paper(name: str, desk: Desk) -> Reply:
    """One paper by its name; a choice where several are meant; names that are near where none is."""
    return _named(name, desk, "/paper LIBERO", lambda hit: _card_of(hit, desk))


def _named(name: str, desk: Desk, usage: str, show: Callable[[Hit], Card]) -> Reply:
    """What is to be shown of the one paper of that name; else a choice, or names that are near."""
    if not name:
        raise CommandError("Which paper? A name, an arXiv id or link, or a few words of the title will do.", usage=usage)
    if len(name) > MAX_NAME_CHARS:
        raise CommandError(f"A name or title may have {MAX_NAME_CHARS} characters. Nothing was looked up.", usage=usage)
    if desk.library.store.count(viewer=desk.viewer) == 0:
        return Reply(cards=(empty_store(),))
    found = look_up(name, desk.library)
    if found.hits and found.sure:
        return Reply(cards=(show(found.hits[0]),))
    return Reply(cards=(choice_card(name, found) if found.hits else unknown_name(name, found.near),))


def _card_of(hit: Hit, desk: Desk, *, full: bool = False) -> Card:
    sightings = desk.library.store.sightings(hit.paper.id, viewer=desk.viewer)
    facts = PaperFacts(sightings=sightings, lead=lead_of(hit), saved_on=saved_on(hit, desk))
    return paper_card(hit.paper, today=desk.today, facts=facts, full=full, shareable=True)


def _card_like(paper: Paper, desk: Desk) -> Card:
    library = desk.library
    ids = library.index.more_like(paper, limit=SIMILAR, viewer=desk.viewer)
    return similar_card(paper, library.store.papers(ids, viewer=desk.viewer))


def _abstract(name: str, desk: Desk) -> Reply:
    return _named(name, desk, "/papers abstract LIBERO", lambda hit: _card_of(hit, desk, full=True))


def _similar(name: str, desk: Desk) -> Reply:
    return _named(name, desk, "/papers similar LIBERO", lambda hit: _card_like(hit.paper, desk))


def _save(name: str, desk: Desk) -> Reply:
    return _named(name, desk, "/papers save LIBERO", lambda hit: save(hit, desk))


def _unsave(name: str, desk: Desk) -> Reply:
    return _named(name, desk, "/papers unsave LIBERO", lambda hit: unsave(hit, desk))


def _refine(line: str, desk: Desk) -> Reply:
    return Reply(form=refine_form(read_query(line, today=desk.today)))


def _show_help(_argument: str, _desk: Desk) -> Reply:
    return Reply(cards=(_help(),))


def _help() -> Card:
    groups: dict[str, list[tuple[str, str]]] = {}
    for command in COMMANDS:
        if command.listed:
            groups.setdefault(command.group, []).append((command.usage, command.gives))
    return help_card(groups)


_here = partial(Command, slash="/papers", group="This channel", members_only=True)
_posting = partial(_here, posts=True)
_explain = partial(Command, slash="/papers", group="What is posted, and why", members_only=True)
_yours = partial(Command, slash="/papers", group="Your own list")
_own = partial(Command, slash="/papers", group="Your own papers", members_only=True)

COMMANDS: tuple[Command, ...] = (
    Command(slash="/papers", verb="", usage="/papers rl", gives="papers on a topic, by all its names", answer=_papers),
    Command(
        slash="/papers",
        verb="search",
        usage='/papers "world model" -survey since:2025-06 author:levine sort:new',
        gives="phrases, -without, (this | that), author:, since:, until:, sort:new or top",
        answer=_papers,
    ),
    Command(
        slash="/papers",
        verb="find",
        usage="/papers find LIBERO",
        gives="a paper by its name, or papers on a topic",
        answer=_find,
        listed=False,
    ),
    Command(slash="/papers", verb="today", usage="/papers", gives="the newest day's papers", answer=_today, takes_text=False),
    Command(slash="/paper", verb="", usage="/paper LIBERO", gives="one paper by its name, title, id or link", answer=_paper),
    Command(slash="/papers", verb="similar", usage="/papers similar LIBERO", gives="papers like it", answer=_similar),
    Command(slash="/papers", verb="abstract", usage="/papers abstract LIBERO", gives="its whole abstract", answer=_abstract),
    Command(slash="/papers", verb="refine", usage="/papers refine rl", gives="a form for a more exact search", answer=_refine),
    _yours(verb="save", usage="/papers save LIBERO", gives="puts it on your list", answer=_save),
    _yours(verb="unsave", usage="/papers unsave LIBERO", gives="takes it off", answer=_unsave),
    _yours(verb="saved", usage="/papers saved", gives="the list; only you see it", answer=saved),
    _yours(verb="export", usage="/papers export bibtex rl", gives="as a file; also ris, csv, json", answer=export),
    _posting(verb="subscribe", usage="/papers subscribe rl weekdays 09:00", gives="posts new papers here", answer=subscribe),
    _here(verb="settings", usage="/papers settings #3", gives="a form for the rest of it", answer=settings, listed=False),
    _here(verb="unsubscribe", usage="/papers unsubscribe", gives="stops that", answer=unsubscribe),
    _here(verb="subscriptions", usage="/papers subscriptions", gives="what comes when", answer=subscriptions),
    _posting(verb="resume", usage="/papers resume", gives="goes on after a pause", answer=resume),
    _here(verb="mute", usage="/papers mute survey", gives="keeps a word out", answer=mute),
    _here(verb="unmute", usage="/papers unmute survey", gives="lets it in", answer=unmute),
    _explain(verb="preview", usage="/papers preview", gives="the next edition; 7: past days", answer=preview_next),
    _explain(verb="status", usage="/papers status", gives="next post, last post", answer=status),
    _explain(verb="why", usage="/papers why LIBERO", gives="why it came or not", answer=why_paper),
    _own(verb="import", usage="/papers import", gives="adds papers for this workspace", answer=import_papers),
    _own(verb="undo", usage="/papers undo 3", gives="takes an import back", answer=undo, listed=False),
    _own(verb="imported", usage="/papers imported 3", gives="what an import brought", answer=imported, listed=False),
    Command(slash="/papers", verb="help", usage="/papers help", gives="this list", answer=_show_help, takes_text=False),
)
"""Every command there is. Help, completion and the platforms' manifests are made from it."""
