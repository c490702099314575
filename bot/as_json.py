"""Records as JSON for people's scripts: the shapes that `--json` prints. Unknown is null, dates are ISO 8601."""

import json
from dataclasses import asdict
from typing import Any

from bot.digest.format import all_issues
from bot.identity import with_aliases
from bot.model import Digest, Entry, ParseIssue
from bot.results import Hit, Receipt
from bot.views.wording import reason_text


def json_text(value: object) -> str:
    """Anything of ours as JSON to print, indented."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def digest_json(digest: Digest) -> dict[str, Any]:
    """A digest as `paperround parse --json` prints it."""
    return {
        "source": digest.source,
        "issued_on": digest.issued_on.isoformat() if digest.issued_on else None,
        "entries": [entry_json(entry) for entry in digest.entries],
        "issues": [issue_json(issue) for issue in all_issues(digest)],
    }


def entry_json(entry: Entry) -> dict[str, Any]:
    """One listing of a digest."""
    return {
        "rank": entry.rank,
        "title": entry.title,
        "abstract": entry.abstract or None,
        "authors": list(entry.authors),
        "author_count": entry.author_count,
        "organization": asdict(entry.organization) if entry.organization else None,
        "published_on": entry.published_on.isoformat() if entry.published_on else None,
        "comments": entry.comments,
        "upvotes": entry.upvotes,
        "identifiers": {"arxiv": None, **{one.scheme: one.value for one in entry.identifiers}},
        "links": asdict(entry.links),
        "keywords": list(entry.keywords),
        "tldr": entry.tldr,
        "venue": entry.venue,
        "line": entry.line,
    }


def issue_json(issue: ParseIssue) -> dict[str, Any]:
    """A line that was not understood."""
    return asdict(issue)


def hit_json(hit: Hit) -> dict[str, Any]:
    """A paper that was found."""
    return {
        "id": hit.paper.ref,
        "title": hit.paper.title,
        "score": hit.score,
        "why": reason_text(hit.why) or None,
        "identifiers": [str(one) for one in with_aliases(hit.paper.identifiers) if one.scheme != "title"],
    }


def receipts_json(receipts: list[tuple[str, Receipt]]) -> dict[str, Any]:
    """What an ingest did: (file, receipt) a document, and the sums."""
    documents = [
        {
            "file": file,
            "source": one.source,
            "issued_on": one.issued_on.isoformat() if one.issued_on else None,
            "added": one.added,
            "changed": one.changed,
            "unchanged": one.unchanged,
            "issues": [issue_json(issue) for issue in one.issues],
        }
        for file, one in receipts
    ]
    sums = {key: sum(document[key] for document in documents) for key in ("added", "changed", "unchanged")}  # type: ignore[misc]
    return {"documents": documents, **sums}
