"""One page of a source, fetched as a document: from Hugging Face's API, arXiv's feed of a category, or any feed."""

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode
from xml.parsers import expat

from bot.errors import SourceError
from bot.origins import Page
from bot.sources.client import Client
from bot.sources.unpack import MAX_BYTES

PAGE_SIZE: Final = 100
FULL: Final = 50  # what a server gives that knows no `limit`; with fewer there is no next page
MOST_PAGES: Final = 20
ARXIV_MOST: Final = 2_000
_TOTAL: Final = re.compile(rb"<opensearch:totalResults[^>]{0,200}>\s{0,9}(\d{1,9})\s{0,9}<")
_ATOM_ENTRY: Final = re.compile(rb"<entry[\s>]")
_XML: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|rss|feed|rdf:RDF)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What was fetched. `data` is `None` where nothing has changed; `etag` and `modified` are for the next time."""

    data: bytes | None
    etag: str = ""
    modified: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """Base addresses of the servers that we know: Hugging Face, arXiv's feeds, arXiv's API."""

    hf: str
    arxiv: str
    arxiv_api: str = ""


async def fetch(client: Client, page: Page, bases: Bases) -> Document:
    """The page's document, if it has changed.

    Raises:
        SourceError: it could not be fetched whole and sound; nothing of it may be taken in.
    """
    match page.kind:
        case "hf":
            return await _hf_day(client, page, bases.hf)
        case "arxiv" if page.name:
            return await _arxiv_day(client, page, bases.arxiv_api)
        case "arxiv":
            return await _one(client, page, f"{bases.arxiv.rstrip('/')}/rss/{page.address}", strict=True)
        case "feed":
            return await _one(client, page, page.address, strict=False)


async def _hf_day(client: Client, page: Page, base: str) -> Document:
    """A day's list, all its pages in one document; its order is that of the site.

    An answer that is no JSON list is refused as a whole: what it holds may be half a day.
    """
    records: list[Any] = []
    ids: set[str] = set()
    etag = modified = ""
    for number in range(MOST_PAGES):
        url = f"{base.rstrip('/')}/api/daily_papers?{urlencode({'date': page.name, 'limit': PAGE_SIZE, 'p': number})}"
        first = number == 0
        answer = await client.get(url, etag=page.etag if first else "", modified=page.modified if first else "")
        if answer.body is None:
            return _unchanged(page)
        found = _records(answer.body)
        new = [record for record in found if _id_of(record) not in ids]
        ids.update(map(_id_of, new))
        records += new
        if len(found) < FULL or not new:
            if first:  # of several pages the first may stay the same while another grows
                etag, modified = answer.etag, answer.modified
            break
    data = json.dumps(records, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return _document(page, data, etag, modified)


def _records(body: bytes) -> list[Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceError("Its answer is not whole JSON.") from error
    if not isinstance(found, list):
        raise SourceError("Its answer is not a list of papers.")
    return found


def _id_of(record: object) -> str:
    paper = record.get("paper") if isinstance(record, dict) else None
    known = paper.get("id") if isinstance(paper, dict) else None
    return known if isinstance(known, str) and known else json.dumps(record, sort_keys=True)


async def _arxiv_day(client: Client, page: Page, base: str) -> Document:
    """What was submitted to a category on a past day (UTC): the feed shows only the newest list, the API all.

    https://info.arxiv.org/help/api/user-manual.html: dates as YYYYMMDDTTTT, at most 2,000 papers an answer. An answer may come
    short, which its count of all results shows.
    """
    day = page.name.replace("-", "")
    query = f"cat:{page.address} AND submittedDate:[{day}0000 TO {day}2359]"
    asked = {"search_query": query, "max_results": ARXIV_MOST, "sortBy": "submittedDate", "sortOrder": "ascending"}
    document = await _one(client, page, f"{base.rstrip('/')}/api/query?{urlencode(asked)}", strict=True)
    if document.data is None:
        return document
    total, given = _TOTAL.search(document.data), len(_ATOM_ENTRY.findall(document.data))
    if total is None or int(total[1]) != given:
        raise SourceError(f"Its answer holds {given} of {int(total[1]) if total else 'an unknown number of'} papers.")
    return document


async def _one(client: Client, page: Page, url: str, *, strict: bool) -> Document:
    answer = await client.get(url, etag=page.etag, modified=page.modified)
    if answer.body is None:
        return _unchanged(page)
    is_sound = is_well_formed(answer.body)
    if strict and not is_sound:
        raise SourceError("Its answer is not whole XML.")
    # What may have been cut off is fetched anew the next time, whatever the server says.
    return _document(page, answer.body, *((answer.etag, answer.modified) if is_sound else ("", "")))


def is_well_formed(data: bytes) -> bool:
    """Whether an XML document is well-formed; true for what is no XML.

    Raises:
        SourceError: it declares entities, which no feed needs and which can blow up.
    """
    if not _XML.match(data):
        return True
    parser = expat.ParserCreate()

    def refuse(*_declared: object) -> None:
        raise SourceError("Its answer declares XML entities, which are not read.")

    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        return False
    return True


def _unchanged(page: Page) -> Document:
    return Document(data=None, etag=page.etag, modified=page.modified, sha256=page.sha256)


def _document(page: Page, data: bytes, etag: str, modified: str) -> Document:
    if len(data) > MAX_BYTES:
        raise SourceError(f"Its answer is larger than {MAX_BYTES // 1_000_000} MB.")
    mark = sha256(data).hexdigest()
    return Document(data=None if mark == page.sha256 else data, etag=etag, modified=modified, sha256=mark)
