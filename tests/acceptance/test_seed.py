"""The main job on the page this project starts from, and on the sample of the same papers that is bundled."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.digest import parse_digest
from bot.ingest import ingest_digest
from bot.lookup import look_up
from bot.model import Digest, Entry, Organization, Paper
from bot.ports import Library
from bot.query import read_query
from bot.search import search
from storage.index import TantivyIndex
from tests.builders import DAY, SAMPLE, SHARED_DATA, entry, open_papers, stored_contents

LAST_DAY = date(2026, 12, 7)
"""The last day on which the page's own \"Dec 8\" still means 2025."""

SEED = SHARED_DATA / "seed" / "000_b52a9d0de009215f.txt"
EXPECTED = SHARED_DATA / "seed" / "expected.json"
API_DAYS = sorted((SHARED_DATA / "hf_api").glob("*.json"))

needs_shared_data = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason=f"the shared data is not here: {SHARED_DATA}")

# Published, comments, authors or organisation, title: the facts of both pages, in their order.
FACTS = """
2024-04-19 - 3 Sample-efficient Learning of Infinite-horizon Average-reward MDPs with General Function Approximation
2023-06-05 - 7 LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning
2023-05-15 - 5 Not All Pixels Are Equal: Learning Pixel Hardness for Semantic Segmentation
2021-05-18 - 9 Value Function is All You Need: A Unified Learning Framework for Ride Hailing Platforms
2025-05-23 2 10 One RL to See Them All: Visual Triple Unified Reinforcement Learning
2023-06-20 - 4 Randomized Quantization is All You Need for Differential Privacy in Federated Learning
2023-09-07 - 6 Enhancing Sample Utilization through Sample Adaptive Augmentation in Semi-Supervised Learning
2023-05-29 - 9 One Objective to Rule Them All: A Maximization Objective Fusing Estimation and Planning for Exploration
2023-10-27 - 9 Train Once, Get a Family: State-Adaptive Balances for Offline-to-Online Reinforcement Learning
2024-02-04 - 6 Learning with Mixture of Prototypes for Out-of-Distribution Detection
2018-03-19 - 2 Universal features of price formation in financial markets: perspectives from Deep Learning
2025-05-27 2 2 Walk Before You Run! Concise LLM Reasoning via Reinforcement Learning
2025-11-25 3 Qwen_Qwen Soft Adaptive Policy Optimization
2020-10-29 - 3 Learning to Actively Learn: A Robust Approach
2023-04-20 - 6 Learning in Imperfect Environment: Multi-Label Classification with Long-Tailed Distribution and Partial Labels
2024-08-16 - 7 OptDist: Learning Optimal Distribution for Customer Lifetime Value Prediction
2021-12-18 - 8 Zero-shot and Few-shot Learning with Knowledge Graphs: A Comprehensive Survey
2022-02-24 - 5 Ask2Mask: Guided Data Selection for Masked Speech Modeling
2023-07-05 - 4 Performance Scaling via Optimal Transport: Enabling Data Selection from Partially Revealed Sources
2024-09-17 - 4 Diversify and Conquer: Diversity-Centric Data Selection with Iterative Refinement
2025-06-09 - 3 The Universality Lens: Why Even Highly Over-Parametrized Models Learn Well
2025-03-04 - 8 Add-One-In: Incremental Sample Selection for Large Language Models via a Choice-Based Greedy Paradigm
2023-06-30 - 5 Meta-training with Demonstration Retrieval for Efficient Few-shot Learning
2019-02-26 - 8 LaSO: Label-Set Operations networks for multi-label few-shot learning
2022-03-03 - 3 BatchFormer: Learning to Explore Sample Relationships for Robust Representation Learning
2023-08-11 - 5 Diverse Data Augmentation with Diffusions for Effective Test-time Prompt Tuning
2022-12-08 - 4 General-Purpose In-Context Learning by Meta-Learning Transformers
2022-05-27 - 7 Learning Math Reasoning from Self-Sampled Correct and Partially-Correct Solutions
2024-02-20 - 4 Retrieval-Augmented Data Augmentation for Low-Resource Domain Tasks
2025-09-02 - 4 Top-H Decoding: Adapting the Creativity and Coherence with Bounded Entropy in Text Generation
2025-11-11 - 4 Towards Provably Unlearnable Examples via Bayes Error Optimisation
2021-06-16 - 5 Transductive Few-Shot Learning: Clustering is All You Need?
2025-11-24 2 5 MIST: Mutual Information Via Supervised Training
2023-05-07 - 9 Unified Demonstration Retriever for In-Context Learning
2025-04-18 3 6 MIG: Automatic Data Selection for Instruction Tuning by Maximizing Information Gain in Semantic Space
2023-06-04 - 4 Improved Active Multi-Task Representation Learning via Lasso
2023-10-04 - 4 Understanding In-Context Learning in Transformers and LLMs by Learning to Learn Discrete Functions
2023-07-21 - 4 What can a Single Attention Layer Learn? A Study Through the Random Features Lens
2024-11-08 2 5 Aioli: A Unified Optimization Framework for Language Model Data Mixing
2025-08-15 - 5 ADMIRE-BayesOpt: Accelerated Data MIxture RE-weighting for Language Models with Bayesian Optimization
"""


def _facts() -> list[tuple[date, int | None, int | None, Organization | None, str]]:
    rows = []
    for line in FACTS.strip().splitlines():
        day, comments, who, title = line.split(" ", maxsplit=3)
        handle, _, name = who.partition("_")
        rows.append(
            (
                date.fromisoformat(day),
                None if comments == "-" else int(comments),
                int(who) if who.isdecimal() else None,
                Organization(handle=handle, name=name) if name else None,
                title,
            )
        )
    return rows


def _days() -> list[date]:
    return [DAY + timedelta(days=number) for number in range((LAST_DAY - DAY).days + 1)]


def _page(name: str) -> Path:
    if name == "seed" and not SHARED_DATA.is_dir():
        pytest.skip(f"the shared data is not here: {SHARED_DATA}")
    return SEED if name == "seed" else SAMPLE


@pytest.fixture(scope="module", params=["sample", "seed"])
def data(request: pytest.FixtureRequest) -> bytes:
    """The page, bundled or shared."""
    return _page(request.param).read_bytes()


@pytest.fixture(scope="module")
def library(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library that has taken in the page."""
    folder = tmp_path_factory.mktemp("page")
    with open_papers(folder) as store:
        ingest_digest(data, store=store, as_of=DAY, name="digest.txt")
        index = TantivyIndex(folder / "index", store)
        index.catch_up()
        yield Library(store, index)


def _numbers(papers: list[Paper]) -> list[int]:
    """Papers as their places on the page, from 1."""
    titles = [row[4] for row in _facts()]
    return [titles.index(paper.title) + 1 for paper in papers]


def _search(library: Library, line: str) -> list[int]:
    found = search(read_query(line, today=DAY), library, limit=40)
    assert found.total == len(found.hits)
    assert all(hit.why is not None for hit in found.hits)
    return _numbers([hit.paper for hit in found.hits])


def test_the_page_reads_as_its_facts_say(data: bytes):
    """All forty papers, each with its line, and no line left over."""
    digest = parse_digest(data, as_of=DAY)
    assert (digest.issued_on, digest.issues) == (DAY, ())
    assert [(e.published_on, e.comments, e.author_count, e.organization, e.title) for e in digest.entries] == _facts()
    assert [entry.rank for entry in digest.entries] == list(range(1, 41))
    assert [entry.line for entry in digest.entries] == [13 + 8 * number for number in range(40)]
    assert all(len(entry.abstract) > 300 and "\n" not in entry.abstract for entry in digest.entries)


def test_the_page_reads_the_same_on_every_day_of_a_year(data: bytes):
    """From the page's day to the last one on which its \"Dec 8\" is that of 2025."""
    expected = parse_digest(data, as_of=DAY)
    assert {parse_digest(data, as_of=day) for day in _days()} == {expected}
    assert parse_digest(data, as_of=LAST_DAY + timedelta(days=1)).issued_on == date(2026, 12, 8)


def _as_expected(digest: Digest) -> dict[str, Any]:
    return {
        "file": SEED.name,
        "issued_on": str(digest.issued_on),
        "n_papers": len(digest.entries),
        "papers": [_row(entry) for entry in digest.entries],
    }


def _row(entry: Entry) -> dict[str, Any]:
    organization = entry.organization
    return {
        "n": entry.rank,
        "title": entry.title,
        "author_count": entry.author_count,
        "organization": f"{organization.handle} {organization.name}" if organization else None,
        "published_on": str(entry.published_on),
        "comments": entry.comments,
        "title_line": entry.line,
        "abstract_chars": len(entry.abstract),
        "abstract_first60": entry.abstract[:60],
        "abstract_last60": entry.abstract[-60:],
    }


@needs_shared_data
def test_the_seed_equals_what_is_expected_of_it_on_every_day():
    """Every field of every paper, for every day of import of a year."""
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    data = SEED.read_bytes()
    assert {key for row in expected["papers"] for key in row} == set(_row(parse_digest(data, as_of=DAY).entries[0]))
    wrong = [day for day in _days() if _as_expected(parse_digest(data, as_of=day)) != expected]
    assert wrong == []


def test_papers_rl_brings_the_seven_and_the_first_five_are_right(library: Library):
    """The acronym finds reinforcement learning, and the paper on Markov decision processes that hardly says it."""
    seven = {1, 4, 5, 8, 9, 12, 13}
    found = _search(library, "rl")
    assert seven <= set(found)
    assert set(found[:5]) <= seven


def test_the_long_form_finds_what_the_acronym_finds(library: Library):
    """Both ways of asking are the same question."""
    assert set(_search(library, "reinforcement learning")) == set(_search(library, "rl")) == set(_search(library, "RL"))


@pytest.mark.parametrize(
    ("line", "right", "first"),
    [
        ("icl", {27, 34, 37}, 3),
        ("in-context learning", {27, 34, 37}, 3),
        ("few-shot", {17, 23, 24, 32}, 4),
        ("few shot", {17, 23, 24, 32}, 4),
        ("data selection", {18, 19, 20, 22, 35}, 4),
        ("federated learning", {6}, 1),
        ("ood", {10}, 1),
        ("out-of-distribution", {10}, 1),
        ("multi-label", {15, 24}, 2),
    ],
)
def test_a_topic_puts_right_papers_first(library: Library, line: str, right: set[int], first: int):
    """Those that are about it come before those that mention it."""
    assert set(_search(library, line)[:first]) <= right
    assert len(_search(library, line)) >= first


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("LIBERO", 2), ("libero", 2), ("LIBRO", 2), ("Orsta", 5), ("projektor", 19), ("<projektor>", 19), ("V1D3", 4),
        ("batchformer", 25), ("ADMIRE", 40), ("SAPO", 13), ("V-Triune", 5), ("FamO2O", 9), ("top-h", 30),
        ("MIST", 33), ("MIG", 35), ("Ask2Mask", 18), ("soft adaptive policy optimisation", 13),
        ("Universal features of price formation", 11),
    ],
)  # fmt: skip
def test_a_name_finds_its_paper_first(library: Library, name: str, number: int):
    """Before a colon or coined in the abstract, in any case, misspelt, or half a title."""
    assert _numbers([hit.paper for hit in look_up(name, library).hits])[:1] == [number]


def test_a_coined_name_may_be_typed_without_its_hyphen(tmp_path: Path):
    """`vtriune` is V-Triune where the abstract introduces it so."""
    with open_papers(tmp_path, [entry("One RL", abstract="This is hard. We propose V-Triune, one system for all.")]) as store:
        index = TantivyIndex(tmp_path / "index", store)
        index.catch_up()
        assert look_up("vtriune", Library(store, index)).sure


def test_every_title_finds_its_paper_first(library: Library):
    """All forty, typed in full."""
    wrong = [title for *_, title in _facts() if look_up(title, library).hits[0].paper.title != title]
    assert wrong == []


def test_a_second_ingest_changes_nothing(data: bytes, tmp_path: Path):
    """Neither on the same day nor half a year later."""
    with open_papers(tmp_path) as store:
        first = ingest_digest(data, store=store, as_of=DAY)
        before = stored_contents(store)
        change = store.last_change()
        again = [ingest_digest(data, store=store, as_of=day) for day in (DAY, DAY + timedelta(days=180))]
        assert (first.added, first.changed, first.unchanged) == (40, 0, 0)
        assert [(one.added, one.changed, one.unchanged) for one in again] == [(0, 0, 40)] * 2
        assert (stored_contents(store), store.last_change()) == (before, change)


@needs_shared_data
@pytest.mark.parametrize("file", API_DAYS, ids=lambda file: file.stem)
def test_every_record_of_an_api_day_is_an_entry_or_an_issue(file: Path):
    """Ten days of three years, one of them saved as Python text."""
    records = json.loads(file.read_bytes())
    digest = parse_digest(file.read_bytes(), as_of=LAST_DAY, name=file.name)
    assert len(digest.entries) + len(digest.issues) == len(records)
    assert digest.issues == ()
    assert digest.issued_on == date.fromisoformat(file.stem)
    for listed in digest.entries:
        assert listed.abstract
        assert listed.authors
        assert listed.published_on
        assert listed.upvotes is not None
        assert [one.scheme for one in listed.identifiers] == ["arxiv"]


@needs_shared_data
def test_every_api_day_again_changes_nothing(tmp_path: Path):
    """Importing the archive a second time, newest first, adds and changes nothing."""
    with open_papers(tmp_path) as store:
        for file in API_DAYS:
            ingest_digest(file.read_bytes(), store=store, as_of=LAST_DAY, name=file.name)
        before = stored_contents(store)
        again = [ingest_digest(file.read_bytes(), store=store, as_of=LAST_DAY, name=file.name) for file in API_DAYS[::-1]]
        assert {(one.added, one.changed) for one in again} == {(0, 0)}
        assert stored_contents(store) == before
