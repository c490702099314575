"""Parsing speed: digests in both forms against `json.loads` of the same records in the same run."""

import json
from datetime import date
from functools import partial

from benchmarks.corpus import SHARED, generated
from benchmarks.timing import row, timed
from bot.as_json import digest_json
from bot.digest import parse_digest

RUNS = 2_000


def page(papers: list[dict[str, object]]) -> bytes:
    """These papers as the text of a Daily Papers page."""
    blocks = [f"{one['title']}\n\n{one['abstract']}\n\n  • 5 authors\n·\nApr 19, 2024\n" for one in papers]
    return ("Daily Papers\n\nDec 8\n\n" + "\n".join(blocks)).encode()


def main() -> None:
    """Print one row a document."""
    as_of = date(2026, 11, 23)
    documents = {"page text, 40 generated entries": page(generated(40))}
    seed = next((SHARED / "seed").glob("*.txt"), None)
    if seed:
        documents["page text, the seed's 40 entries"] = seed.read_bytes()
    for day in sorted((SHARED / "hf_api").glob("*.json"))[-2:]:
        documents[f"API answer of {day.stem}"] = day.read_bytes()
    print(row("document", "parse ms", "json.loads ms", "rate ratio"))
    for name, data in documents.items():
        records = json.dumps(digest_json(parse_digest(data, as_of=as_of))["entries"]) if name.startswith("page") else data
        pairs = [
            (timed(partial(parse_digest, data, as_of=as_of))[0], timed(partial(json.loads, records))[0]) for _ in range(RUNS)
        ]
        ours, yardstick = map(min, zip(*pairs, strict=True))  # run in turn, so that others on the machine slow both
        print(row(name, f"{ours * 1e3:.2f}", f"{yardstick * 1e3:.2f}", f"{yardstick / ours:.2f}"))


if __name__ == "__main__":
    main()
