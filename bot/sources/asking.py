"""What guides are asked about papers, as requests, and the bytes that they answer. Knows nothing of what they say.

Hugging Face: one paper a request (https://huggingface.co/docs/hub/api#paper-pages-api). arXiv: many ids in one request
(https://info.arxiv.org/help/api/user-manual.html).
"""

import json
from collections.abc import Sequence
from typing import Final, Literal
from urllib.parse import quote, urlencode

from bot.errors import SourceError
from bot.sources.client import Client, Refused
from bot.sources.fetching import Bases, is_well_formed

ANSWERS: Final = 10
"""How many papers a search for a title may give: the right one is among the first, or it is not there."""
QUERY_WORDS: Final = 12
LEAST_WORDS: Final = 2
_IDLE: Final = frozenset(
    "a an and andnot are as at but by for from in into is it no not of on or that the their this to via with".split()
)
_GONE: Final = (404, 410)


async def ask_for_ids(client: Client, guide: Literal["hf", "arxiv"], ids: Sequence[str], bases: Bases) -> bytes | None:
    """What a guide says of papers with these ids, which are those of its own pages; Hugging Face is asked for one at a time.

    `None` where it has no such paper.

    Raises:
        NotNow: it is not to be asked yet.
        SourceError: it did not answer whole and sound.
    """
    if guide == "arxiv":
        query = urlencode({"id_list": ",".join(ids), "max_results": len(ids)}, safe=",/")
        return await _xml(client, f"{bases.arxiv_api.rstrip('/')}/api/query?{query}")
    try:
        return await _json(client, f"{bases.hf.rstrip('/')}/api/papers/{quote(ids[0], safe='')}")
    except Refused as refused:
        if refused.status in _GONE:
            return None
        raise


async def ask_for_title(client: Client, guide: Literal["hf", "arxiv"], words: Sequence[str], bases: Bases) -> bytes:
    """What a guide finds under the words of a title.

    Raises:
        NotNow: it is not to be asked yet.
        SourceError: it did not answer whole and sound.
    """
    if guide == "hf":
        query = urlencode({"q": " ".join(words[:QUERY_WORDS]), "limit": ANSWERS})
        return await _json(client, f"{bases.hf.rstrip('/')}/api/papers/search?{query}")
    asked = " AND ".join(f"ti:{word}" for word in _telling(words)[:QUERY_WORDS])
    query = urlencode({"search_query": asked, "max_results": ANSWERS})
    return await _xml(client, f"{bases.arxiv_api.rstrip('/')}/api/query?{query}")


def _telling(words: Sequence[str]) -> list[str]:
    """The words that arXiv finds a title by: plain ones, none that it leaves out of its index or reads as an operator."""
    plain = [word for word in words if len(word) > 2 and word.isascii() and word not in _IDLE]
    return plain if len(plain) >= LEAST_WORDS else list(words)


async def _json(client: Client, url: str) -> bytes:
    body = (await client.get(url)).body or b""
    try:
        json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceError("Its answer is not whole JSON.") from error
    return body


async def _xml(client: Client, url: str) -> bytes:
    body = (await client.get(url)).body or b""
    if not is_well_formed(body):
        raise SourceError("Its answer is not whole XML.")
    return body
