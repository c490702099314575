"""Papers as JSON, for scripts: what is stored, as typed; unknown is null, dates are ISO 8601. Pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bot.export.fields import ABSTRACT_CHARS, AUTHORS
from bot.identity import with_aliases
from bot.model import Paper
from bot.spans import clean, web_url
from bot.views.wording import all_links


def records(papers: Sequence[Paper]) -> str:
    """The papers as `{"papers": [...]}`, indented."""
    return json.dumps({"papers": [_cleaned(_record(paper)) for paper in papers]}, ensure_ascii=False, indent=2) + "\n"


def _record(paper: Paper) -> dict[str, Any]:
    metrics = asdict(paper.metrics)
    metrics["as_of"] = paper.metrics.as_of.isoformat() if paper.metrics.as_of else None
    return {
        "id": paper.ref,
        "title": paper.title,
        "abstract": paper.abstract[:ABSTRACT_CHARS] or None,
        "tldr": paper.tldr,
        "venue": paper.venue,
        "authors": paper.authors[:AUTHORS],
        "author_count": paper.author_count,
        "organization": asdict(paper.organization) if paper.organization else None,
        "published_on": paper.published_on.isoformat() if paper.published_on else None,
        "first_seen_on": paper.first_seen_on.isoformat(),
        "identifiers": [str(one) for one in with_aliases(paper.identifiers) if one.scheme != "title"],
        "links": {name: web_url(url) for name, url in asdict(all_links(paper)).items()},
        "keywords": paper.keywords,
        "metrics": metrics,
    }


def _cleaned(value: Any) -> Any:  # noqa: ANN401 - anything that JSON holds
    """The same without what cannot be seen or is no UTF-8, in every text within."""
    match value:
        case str():
            return clean(value)
        case dict():
            return {key: _cleaned(one) for key, one in value.items()}
        case list() | tuple():
            return [_cleaned(one) for one in value]
        case _:
            return value
