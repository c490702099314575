"""The papers that benchmarks run on: the shared corpus of 9,877, or generated ones where it is absent."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
CORPUS = SHARED / "search" / "hf_corpus.jsonl.gz"
QUERIES = SHARED / "search" / "dev_queries.json"

_WORDS = (
    "learning model policy robot language vision graph attention diffusion reward token training data image video speech "
    "retrieval reasoning planning agent memory benchmark sparse dense latent prompt alignment safety scaling quantization "
    "transformer network neural adaptive robust efficient generative causal federated contrastive temporal spatial optimal"
).split()


def corpus_lines(most: int | None = None) -> list[bytes]:
    """The corpus as JSON lines."""
    if CORPUS.exists():
        with gzip.open(CORPUS, "rb") as stream:
            lines = stream.read().splitlines()
    else:
        lines = [json.dumps(one).encode() for one in generated(most or 9_877)]
    return lines[:most]


def generated(count: int) -> list[dict[str, Any]]:
    """Made-up papers, the same ones each time: a name, a title of eight words, an abstract of about 1,300 characters."""
    chance = random.Random(20251208)

    def words(number: int) -> str:
        return " ".join(chance.choices(_WORDS, k=number))

    return [
        {
            "id": f"arxiv:{20 + number // 50_000:02d}{1 + number % 12:02d}.{number % 100_000:05d}",
            "title": f"{chance.choice(_WORDS).title()}{number}: {words(8)}",
            "abstract": ". ".join(words(14).capitalize() for _ in range(12)) + ".",
            "authors": [f"{words(1).title()} {words(1).title()}" for _ in range(5)],
            "date": f"20{20 + number % 6}-{1 + number % 12:02d}-{1 + number % 28:02d}",
        }
        for number in range(count)
    ]


def named(lines: list[bytes]) -> str:
    """What the run was on."""
    return f"{len(lines):,} papers, {'shared corpus' if CORPUS.exists() else 'generated'}"
