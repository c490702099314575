"""The command that gives papers as a file of references: what a query finds, one paper, a day's, or the asker's own list."""

import re
from datetime import date

from bot.cards import Reply
from bot.desk import Desk
from bot.errors import CommandError
from bot.export import FORMATS, FileFormat, papers_file
from bot.identity import title_key
from bot.keeping import read_page
from bot.lookup import look_up
from bot.prose import cut_at_word, readable
from bot.query import Query, read_query
from bot.results import Hit
from bot.search import search
from bot.topics import synonyms
from bot.views.exported import MOST, Choice, exported_card, past_the_end_card
from bot.views.lists import nothing_found
from bot.views.notices import empty_store
from bot.views.saved import saved_card
from bot.views.wording import among, form_text, handle, long_day, plain_query

STEM_CHARS = 40
NAME_CHARS = 500
_ALIASES = {"bib": "bibtex", "biblatex": "bibtex", "endnote": "ris"}
_SYNTAX = re.compile(r'["“”()|]|(?<!\S)-|\w:')


def export(argument: str, desk: Desk) -> Reply:
    """At most `MOST` papers as a file.

    Raises:
        CommandError: no format is named, or the query cannot be read.
    """
    word, _, asked = argument.partition(" ")
    written = FORMATS.get(_ALIASES.get(word.lower(), word.lower()))
    if written is None:
        raise _which_format(word, asked)
    if desk.library.store.count(viewer=desk.viewer) == 0:
        return Reply(cards=(empty_store(),))
    choice = _choose(asked, desk)
    if not choice.papers:
        return Reply(cards=(choice.instead or past_the_end_card(choice, written.word),))
    file = papers_file(choice.papers, _stem(choice, written), written)
    others = [(one.word, one.name) for one in FORMATS.values() if one is not written]
    return Reply(cards=(exported_card(choice, written.word, written.name, others, file.name),), attachment=file)


def _which_format(word: str, asked: str) -> CommandError:
    names = among(list(FORMATS), len(FORMATS))
    if not word:
        return CommandError(f"In which format? Nothing was exported. The formats are {names}.", usage="/papers export bibtex rl")
    said = f"“{cut_at_word(word, 40)}” is not a format. Nothing was exported. The formats are {names}."
    return CommandError(said, usage=f"/papers export bibtex {plain_query(asked or word)}".strip())


def _choose(asked: str, desk: Desk) -> Choice:
    first, _, rest = asked.partition(" ")
    if first.lower() == "saved" and read_page(rest) is not None:
        return _saved(read_page(rest) or 1, desk)
    if first.lower() == "search" and rest:
        return _found(rest, f"search {_without_page(rest)}", desk)
    hit = _one_paper(asked, desk)
    if hit is not None:
        title = readable(hit.paper.title)
        wider = "" if hit.why is None or hit.why.kind == "identifier" else asked
        return Choice(papers=(hit.paper,), total=1, about=title, asked=handle(hit.paper), wider=wider)
    return _found(asked, _without_page(asked), desk)


def _saved(page: int, desk: Desk) -> Choice:
    person, shelf = desk.in_person()
    space = person.channel.space
    entries = shelf.saved(space, person.user, limit=MOST, offset=(page - 1) * MOST)
    total = shelf.count(space, person.user)
    papers = desk.library.store.papers([one.paper_id for one in entries], viewer=desk.viewer)
    instead = None if total else saved_card((), 1, 0)
    notes = ("last saved first",)
    return Choice(
        papers=papers,
        total=total,
        about="Your saved papers",
        asked="saved",
        page=page,
        notes=notes,
        stem="saved",
        instead=instead,
    )


def _one_paper(asked: str, desk: Desk) -> Hit | None:
    """The one paper that goes by just this: an id, a link, a whole title, or a name that is no topic's too."""
    if not asked or len(asked) > NAME_CHARS:
        return None
    found = look_up(asked, desk.library)
    if not found.sure or found.hits[0].why is None:
        return None
    hit, kind = found.hits[0], found.hits[0].why.kind
    if kind == "identifier":
        return hit
    if _SYNTAX.search(asked) or synonyms(asked):
        return None
    return hit if kind == "name" or title_key(asked) == title_key(hit.paper.title) else None


def _found(line: str, asked: str, desk: Desk) -> Choice:
    query = read_query(line, today=desk.today)
    if query.on is not None or not query.typed:
        return _day(query, asked, desk)
    found = search(query, desk.library, limit=MOST, offset=(query.page - 1) * MOST)
    notes = [f"{better} instead of {word}" for word, better in found.repaired]
    notes += [f"also {among([form_text(form) for form in found.also], 4)}"] if found.also else []
    notes.append({"relevance": "best match first", "new": "newest first", "top": "most upvotes first"}[query.sort])
    papers = tuple(hit.paper for hit in found.hits)
    instead = None if found.total else nothing_found(query, found)
    about = query.typed
    return Choice(
        papers=papers, total=found.total, about=about, asked=asked, page=query.page, notes=tuple(notes), instead=instead
    )


def _day(query: Query, asked: str, desk: Desk) -> Choice:
    """The papers of one day, of the newest one unless another is asked for; all papers where none was ever listed."""
    store = desk.library.store
    day: date | None = store.newest_day(query.on or desk.today, viewer=desk.viewer)
    if day is None and query.on is None:
        return _found("sort:new", "sort:new", desk)
    if day is None:
        raise CommandError(f"Nothing was listed up to {query.on}. Nothing was exported.", usage="/papers export bibtex")
    ids = store.listed_on(day, viewer=desk.viewer)
    papers = store.papers(ids[(query.page - 1) * MOST : query.page * MOST], viewer=desk.viewer)
    return Choice(papers=papers, total=len(ids), about=long_day(day), asked=asked, page=query.page, stem=day.isoformat())


def _without_page(line: str) -> str:
    return " ".join(word for word in line.split() if not word.lower().startswith("page:"))


def _stem(choice: Choice, written: FileFormat) -> str:
    """The name of the file: what it holds, in small plain letters, cut at a word."""
    plain = "-".join(re.findall(r"[a-z0-9]+", title_key(choice.stem or choice.about)))
    if len(plain) > STEM_CHARS:
        plain = plain[:STEM_CHARS].rpartition("-")[0] or plain[:STEM_CHARS]
    return f"papers-{plain or written.word}"
