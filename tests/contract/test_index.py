"""The search index over a real store: it finds what is stored, and comes back whatever happens to its folder."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tantivy import Document, Index

from bot.errors import StorageError
from bot.model import Organization, Paper
from bot.ports import Library, NameHolder
from bot.query import AllOf, AnyOf, Concept, Form, Node, Plan
from storage import index_words
from storage.index import TantivyIndex
from storage.index_folder import IndexFolder
from storage.index_view import View
from tests.builders import DAY, entry, library, open_papers, store_entries

NEXT_DAY = DAY + timedelta(days=1)

LIBERO = entry(
    "LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning",
    abstract="Robots that keep learning with imitation. We test reinforcement learning (RL) on manipulation.",
    authors=("Bo Liu", "Yifeng Zhu"), published_on=date(2023, 6, 5), upvotes=3,
)  # fmt: skip
MIST = entry(
    "MIST: Mutual Information Via Supervised Training",
    abstract="A network estimates mutual information (MI) from samples, learning on synthetic distributions.",
    authors=("Renée Example",), published_on=date(2025, 11, 24), upvotes=40,
)  # fmt: skip
TOP_H = entry(
    "Top-H Decoding: Adapting the Creativity and Coherence",
    abstract="Sampling from large language models (LLMs) with bounded entropy.",
    keywords=("decoding strategies",), published_on=date(2025, 9, 2), organization=Organization(handle="ut-lab", name="UT Lab"),
)  # fmt: skip
LIBRO = entry(
    "LIBRO: Large Language Models are Few-shot Testers", abstract="We reproduce bugs with large language models (LLMs)."
)
SAPO = entry(
    "Soft Adaptive Policy Optimization",
    abstract="We introduce Soft Adaptive Policy Optimization (SAPO) for reinforcement learning (RL) of large models.",
    published_on=date(2025, 11, 25),
)
ALL = (LIBERO, MIST, TOP_H, LIBRO, SAPO)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library of five papers, to read from."""
    with library(tmp_path_factory.mktemp("papers"), ALL) as opened:
        yield opened


def _concept(*forms: str) -> Concept:
    return Concept(tuple(Form(form) for form in forms))


def _titles(library: Library, *must: Node, limit: int = 20, **plan: object) -> list[str]:
    """The first words of the titles found, best first."""
    found = library.index.candidates(Plan(must=must, **plan), limit=limit)  # type: ignore[arg-type]
    assert found.total >= len(found.ranked)
    return [paper.title.split(":")[0] for paper in library.store.papers([paper_id for paper_id, _ in found.ranked])]


def _paper(library: Library, name: str) -> Paper:
    (holder, *_) = library.index.holders(name, limit=1)
    return library.store.papers([holder.paper_id])[0]


def _search_folder(folder: Path) -> Path:
    """The folder in which tantivy's own files lie."""
    return IndexFolder(folder / "index").path


def _count(index: TantivyIndex, word: str = "learning") -> int:
    return index.candidates(Plan(must=(_concept(word),)), limit=1).total


# What it finds


def test_a_plan_without_conditions_finds_everything(papers: Library):
    """No condition is no limit."""
    assert len(_titles(papers)) == len(ALL)


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ("mutual", {"MIST"}),
        ("MUTUAL", {"MIST"}),
        ("robot", {"LIBERO"}),
        ("robots", {"LIBERO"}),
        ("decoding strategies", {"Top-H Decoding"}),
        ("mutual information", {"MIST"}),
        ("information mutual", set()),
        ("few shot", {"LIBRO"}),
        ("few-shot", {"LIBRO"}),
        ("nothing of the kind", set()),
        ("…", set()),
    ],
)
def test_words_are_found_by_their_stem_and_phrases_in_order(papers: Library, form: str, found: set[str]):
    """In title, keywords and abstract, without case; words of a form must stand together."""
    assert set(_titles(papers, _concept(form))) == found


def test_forms_of_a_concept_are_alternatives_and_conditions_add_up(papers: Library):
    """Any form will do, every condition must hold."""
    assert set(_titles(papers, _concept("robot", "entropy"))) == {"LIBERO", "Top-H Decoding"}
    assert _titles(papers, _concept("robot", "entropy"), _concept("sampling")) == ["Top-H Decoding"]
    assert set(_titles(papers, AnyOf((_concept("bugs"), AllOf((_concept("robot"), _concept("rl"))))))) == {"LIBRO", "LIBERO"}
    assert _titles(papers, AllOf((_concept("bugs"), _concept("robot")))) == []


def test_what_must_not_occur_is_left_out(papers: Library):
    """Alone it leaves all the others."""
    assert "LIBERO" not in _titles(papers, must_not=(_concept("robot"),))
    assert len(_titles(papers, must_not=(_concept("robot"),))) == len(ALL) - 1


def test_a_word_in_the_title_goes_before_one_in_the_abstract(papers: Library):
    """The title counts more."""
    assert _titles(papers, _concept("large language models"))[0] == "LIBRO"


@pytest.mark.parametrize("common", [0, 20_000])
def test_a_phrase_that_is_welcome_ranks_and_leaves_nothing_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, common: int):
    """A title that says it comes first, also where both of its words are common."""
    monkeypatch.setattr("storage.index_queries.COMMON", common)
    apart = entry("Robot Learning and a World", abstract="A model of a robot. A world. A world.")
    said = entry(
        "About Some World Model", abstract="Robots in a long text that says much else, and nothing of either word again."
    )
    with library(tmp_path, (apart, said)) as opened:
        found = _titles(opened, _concept("world"), _concept("model"), should=(_concept("world model"),))
        assert found == ["About Some World Model", "Robot Learning and a World"]


@pytest.mark.parametrize("tied", [2, 60])
def test_papers_that_fit_alike_are_in_the_same_order_however_the_index_was_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tied: int
):
    """More of them than are ordered anew: all are, the latest stored first, and pages neither repeat nor miss one."""
    monkeypatch.setattr("storage.index_ranking.TIED", tied)
    alike = tuple(entry(f"On Zebra {number:02}", arxiv=f"2501.{number:05}") for number in range(1, 9))
    monkeypatch.setattr("storage.index_ranking.HEAD", 3)
    with open_papers(tmp_path, alike) as store:
        monkeypatch.setattr("storage.index_feed.is_worth_it", lambda: False)
        found = []
        for batch in (8, 3, 1):
            monkeypatch.setattr("storage.index_feed._BATCH", batch)
            monkeypatch.setattr("storage.index_feed._FIRST_COMMIT", batch)
            monkeypatch.setattr("storage.index_feed._MOST_UNCOMMITTED", batch)
            index = TantivyIndex(tmp_path / f"index {batch}", store)
            index.catch_up()
            plan = Plan(must=(_concept("zebra"),))
            pages = [index.candidates(plan, limit=2, offset=offset).ranked for offset in range(0, 8, 2)]
            found.append([paper_id for page in pages for paper_id, _ in page])
        newest_first = [paper_id for paper_id, _ in index.candidates(plan, limit=8).ranked]
        assert newest_first == sorted(newest_first, reverse=True)
        assert found == [newest_first] * 3


def test_authors_and_organisations_are_found_without_accents(papers: Library):
    """All of a name's parts must occur."""
    assert _titles(papers, authors=("renee",)) == ["MIST"]
    assert _titles(papers, authors=("Bo Zhu",)) == ["LIBERO"]
    assert _titles(papers, authors=("ut-lab",)) == ["Top-H Decoding"]
    assert _titles(papers, authors=("Bo Nobody",)) == []


def test_dates_bound_and_leave_out_what_has_none(papers: Library):
    """Both ends belong to the span; a paper without a date is in no span."""
    assert set(_titles(papers, since=date(2025, 9, 2), until=date(2025, 11, 24))) == {"MIST", "Top-H Decoding"}
    assert _titles(papers, until=date(2023, 6, 5)) == ["LIBERO"]
    assert _titles(papers, since=date(2026, 1, 1)) == []


def test_results_can_be_ordered_by_day_and_votes(papers: Library):
    """Newest and most upvoted first."""
    assert _titles(papers, sort="new")[:3] == ["Soft Adaptive Policy Optimization", "MIST", "Top-H Decoding"]
    assert _titles(papers, sort="top")[:2] == ["MIST", "LIBERO"]


def test_pages_follow_one_another(papers: Library):
    """Offset and limit cut the same list, and the total is of all."""
    whole = papers.index.candidates(Plan(sort="new"), limit=5)
    pages = [papers.index.candidates(Plan(sort="new"), limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [page.total for page in pages] == [5] * 4
    assert [one for page in pages for one in page.ranked] == list(whole.ranked)


def test_holders_of_a_name_say_in_what_way(papers: Library):
    """By the title, by a piece of it, or by a word coined in the abstract."""
    assert [one.kind for one in papers.index.holders("libero", limit=5)] == ["name"]
    assert [one.kind for one in papers.index.holders("toph", limit=5)] == ["part"]
    assert [one.kind for one in papers.index.holders("sapo", limit=5)] == ["coined"]
    assert papers.index.holders("nobody", limit=5) == []


def _near(library: Library, key: str, wrong: int) -> list[str]:
    return [one.key for one in library.index.names_like(key, wrong=wrong, limit=9)]


@pytest.mark.parametrize(
    ("key", "wrong", "found"),
    [
        ("libro", 0, {"libro"}),
        ("librr", 1, {"libro"}),
        ("libro", 1, {"libro", "libero"}),
        ("ilbero", 1, {"libero"}),
        ("kibero", 1, {"libero"}),
        ("toph", 1, {"toph"}),
        ("tpohdecodin", 2, {"tophdecoding"}),
        ("sapp", 1, {"sapo"}),
        ("zzzzzz", 2, set()),
    ],
)
def test_names_like_a_key_are_so_many_letters_away(papers: Library, key: str, wrong: int, found: set[str]):
    """Wherever the letters are, the first one too; two exchanged ones count as one; pieces and coined names are names."""
    assert set(_near(papers, key, wrong)) == found


def test_names_in_titles_come_before_coined_ones_and_popular_before_others(tmp_path: Path):
    """And a limit leaves out the last of them."""
    made = [entry(f"NAM{letter}: Something", upvotes=votes) for letter, votes in (("A", 1), ("B", 9), ("C", 5))]
    coined = entry("Something Else Entirely", abstract="We propose NAMD, which is new.", upvotes=99)
    with library(tmp_path, [*made, coined]) as opened:
        assert _near(opened, "namx", 1) == ["namb", "namc", "nama", "namd"]
        assert [one.written for one in opened.index.names_like("n", wrong=0, begins=True, limit=2)] == ["NAMB", "NAMC"]


def test_of_a_coined_name_the_oldest_paper_is_a_holder_however_few_voted_for_it(tmp_path: Path):
    """Those that took it up later are many; who coined it was first."""
    later = [
        entry(
            f"A Study of Something {n}",
            abstract="We introduce NAMX-like losses (NAMX).",
            upvotes=90 + n,
            published_on=date(2025, 1, 1),
        )
        for n in range(6)
    ]
    first = entry("The Very First Study", abstract="We introduce NAMX.", upvotes=0, published_on=date(2020, 1, 1))
    with library(tmp_path, [*later, first]) as opened:
        ids = [holder.paper_id for holder in opened.index.holders("namx", limit=4)]
        assert "The Very First Study" in [paper.title for paper in opened.store.papers(ids)]


def test_titles_like_forgive_spelling(papers: Library):
    """Words that no title holds may differ by a letter or two."""
    assert papers.index.titles_like("lifelong robot lerning", limit=3)[0].title == LIBERO.title
    assert papers.index.titles_like("mutuel informaton supervized", limit=3)[0].title == MIST.title
    assert papers.index.titles_like("zzzz qqqq", limit=3) == []
    assert papers.index.titles_like("", limit=3) == []


def test_a_misspelt_word_is_looked_up_only_where_the_others_do_not_tell(papers: Library, monkeypatch: pytest.MonkeyPatch):
    """A title with four of the words and one like the misspelt is known by them; one without it is no answer to that."""
    asked: list[str] = []
    near = index_words._titles_near

    def noted(view: View, word: str, *rest: Any) -> list[Document]:  # noqa: ANN401 - as they are
        asked.append(word)
        return near(view, word, *rest)

    monkeypatch.setattr(index_words, "_titles_near", noted)
    assert papers.index.titles_like("mutual information via training supervized", limit=3)[0].title == MIST.title
    assert asked == []
    assert papers.index.titles_like("mutual information supervized", limit=3)[0].title == MIST.title
    assert papers.index.titles_like("mutual information via training adaptve", limit=3)[0].title == SAPO.title
    assert asked == ["supervized", "adaptve"]


def test_a_word_alone_may_have_one_wrong_letter(papers: Library):
    """Two make it another word."""
    assert papers.index.titles_like("benchmarkng", limit=3)[0].title == LIBERO.title
    assert papers.index.titles_like("benchmrkng", limit=3) == []
    assert papers.index.titles_like("benchmrkng knowlege", limit=3)[0].title == LIBERO.title


def test_spelling_is_repaired_only_where_it_must_be(papers: Library):
    """A word that some paper holds is right, and a word like none is beyond repair."""
    assert papers.index.spelling("knowlege") == "knowledge"
    assert papers.index.spelling("Knowlege") == "Knowledge"
    assert papers.index.spelling("entropy") is None
    assert papers.index.spelling("xylophone") is None
    assert papers.index.spelling("two words") is None


def test_forms_are_learned_from_abstracts_both_ways(papers: Library):
    """With the number of papers that say so."""
    assert papers.index.long_forms("rl") == [("reinforcement learning", 2)]
    assert papers.index.short_forms("reinforcement learning") == [("rl", 2)]
    assert papers.index.long_forms("llm") == [("large language model", 2)]
    assert papers.index.long_forms("nope") == []


def _begun(library: Library, key: str, wrong: int = 0) -> set[str]:
    return {one.written for one in library.index.names_like(key, wrong=wrong, begins=True, limit=5)}


def test_names_are_completed_as_written(papers: Library):
    """Typed without case and hyphens, with a letter wrong where that is asked for, shown as papers write them."""
    assert _begun(papers, "lib") == {"LIBERO", "LIBRO"}
    assert _begun(papers, "toph") == {"Top-H", "Top-H Decoding"}
    assert _begun(papers, "lbib") == set()
    assert _begun(papers, "lbier", 1) == {"LIBERO"}
    assert _begun(papers, "tophdecp", 1) == {"Top-H Decoding"}
    assert len(papers.index.names_like("l", wrong=0, begins=True, limit=1)) == 1
    assert _begun(papers, "zzz") == set()


def test_papers_are_found_by_half_an_author(papers: Library):
    """The last name may go on, the others are whole; without accents; an organisation signs papers too."""
    by = papers.index.by_author

    def titles(typed: str, wrong: int = 0) -> list[str]:
        return [paper.title.split(":")[0] for paper in papers.store.papers(by(typed, wrong=wrong, limit=5))]

    assert titles("zh") == titles("Yifeng Z") == ["LIBERO"]
    assert titles("renée ex") == ["MIST"]
    assert titles("ut") == ["Top-H Decoding"]
    assert (titles("exmap"), titles("exmap", 1)) == ([], ["MIST"])
    assert titles("") == titles("?") == titles("yif zhu") == []


def test_more_like_a_paper_are_others(papers: Library):
    """The paper itself is not among them."""
    libro, top_h = _paper(papers, "libro"), _paper(papers, "toph")
    assert papers.index.more_like(libro, limit=1) == [top_h.id]
    assert libro.id not in papers.index.more_like(libro, limit=10)


def test_hostile_text_is_only_text(tmp_path: Path):
    """Query syntax, tabs, control signs and other scripts in papers and plans break nothing."""
    odd = entry('title:x AND "y" (z) [a TO b]\t\x01 +- ^~*?', abstract="知識移転 \u202e reversed <script>", keywords=("a\tb",))
    with library(tmp_path, (odd,)) as opened:
        assert len(_titles(opened, _concept('title:x AND "y"'))) == 1
        assert len(_titles(opened, _concept("知識移転"))) == 1
        assert _titles(opened, _concept("*"), authors=("*:*",)) == []
        assert opened.index.spelling("*:*") is None


# Keeping up with the store


def test_an_empty_store_finds_nothing(tmp_path: Path):
    """And says so without an error, in every method."""
    with library(tmp_path) as opened:
        index = opened.index
        assert index.catch_up() == 0
        assert (index.candidates(Plan(), limit=5).total, index.names_like("abcd", wrong=1, limit=5)) == (0, [])
        assert (index.holders("a", limit=1), index.by_author("a", wrong=0, limit=1)) == ([], [])
        assert (index.titles_like("a", limit=1), index.spelling("abcd"), index.long_forms("rl")) == ([], None, [])


def test_catching_up_indexes_what_is_new_and_then_nothing(tmp_path: Path):
    """Its return is the number of papers indexed, and progress is told as it goes."""
    with open_papers(tmp_path, ALL) as store:
        index, told = TantivyIndex(tmp_path / "index", store), []
        assert index.catch_up(told.append) == len(ALL)
        assert told == [len(ALL)]
        assert index.catch_up(told.append) == 0
        store_entries(store, [entry("A New Paper")])
        assert _count(index, "new") == 0
        assert index.catch_up() == 1
        assert _count(index, "new") == 1


def test_following_is_found_after_catching_up(tmp_path: Path):
    """What is given in the background is counted once, with what came after it."""
    with open_papers(tmp_path, ALL[:2]) as store:
        index = TantivyIndex(tmp_path / "index", store)
        index.follow()
        store_entries(store, ALL[2:])
        index.follow()
        index.catch_up()
        assert index.candidates(Plan(), limit=1).total == len(ALL)


def test_a_changed_paper_is_replaced_not_added(tmp_path: Path):
    """Its old words no longer find it, and it counts once."""
    with library(tmp_path, [entry("MIST: Old", abstract="Formerly about yesterday.", arxiv="2501.00001")]) as opened:
        changed = entry("MIST: Old", abstract="Now about tomorrow.", arxiv="2501.00001")
        store_entries(opened.store, [changed], day=NEXT_DAY)  # type: ignore[arg-type]
        assert opened.index.catch_up() == 1
        assert (_titles(opened, _concept("yesterday")), _titles(opened, _concept("tomorrow"))) == ([], ["MIST"])
        assert len(_titles(opened)) == 1


def test_names_follow_the_store(tmp_path: Path):
    """What was added is near at once, what was renamed is not."""
    with library(tmp_path, [entry("LIBERO: Benchmarking", arxiv="2501.00001")]) as opened:
        assert _near(opened, "liberp", 1) == ["libero"]
        renamed = entry("ZORRO: Benchmarking", arxiv="2501.00001")
        store_entries(opened.store, [MIST, renamed], day=NEXT_DAY)  # type: ignore[arg-type]
        opened.index.catch_up()
        assert (_near(opened, "mizt", 1), _near(opened, "zorr", 1), _near(opened, "liberp", 1)) == (["mist"], ["zorro"], [])


def test_an_index_opened_again_is_not_built_again(tmp_path: Path):
    """A second start finds everything at once."""
    with library(tmp_path, ALL) as opened:
        again = TantivyIndex(tmp_path / "index", opened.store)
        assert again.catch_up() == 0
        assert again.holders("libero", limit=1) == [NameHolder(paper_id=1, kind="name")]


def test_two_instances_that_both_begin_empty_index_each_paper_once(tmp_path: Path):
    """Two commands started at the same moment do not double anything."""
    with open_papers(tmp_path) as store:
        one, other = (TantivyIndex(tmp_path / "index", store) for _ in range(2))
        assert (one.catch_up(), other.catch_up()) == (0, 0)
        store_entries(store, ALL)
        one.catch_up()
        other.catch_up()
        assert [index.candidates(Plan(), limit=9).total for index in (one, other)] == [len(ALL)] * 2


def test_many_threads_may_read_and_catch_up_at_once(tmp_path: Path):
    """The page answers several people while a digest is taken in."""
    with library(tmp_path, ALL) as opened:
        wrong: list[object] = []

        def work(number: int) -> None:
            try:
                store_entries(opened.store, [entry(f"Paper Number {number}")])  # type: ignore[arg-type]
                opened.index.catch_up()
                if _count(opened.index, "mutual") != 1:  # type: ignore[arg-type]
                    wrong.append(number)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it
                wrong.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert len(_titles(opened)) == len(ALL) + 6


def test_what_another_process_indexed_is_found_here(tmp_path: Path):
    """`paperround ingest` in one terminal shows up on the page served by another."""
    with library(tmp_path, ALL) as opened:
        script = (
            "import sys; from pathlib import Path; from tests.builders import entry, open_papers, store_entries\n"
            "from storage.index import TantivyIndex\n"
            "folder = Path(sys.argv[1])\n"
            "with open_papers(folder) as store:\n"
            "    store_entries(store, [entry('ATLAS: Maps of Proteins')])\n"
            "    print(TantivyIndex(folder / 'index', store).catch_up())\n"
        )
        root = Path(__file__).parents[2]
        done = subprocess.run([sys.executable, "-c", script, tmp_path], cwd=root, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "1"
        opened.index.catch_up()
        assert [one.kind for one in opened.index.holders("atlas", limit=2)] == ["name"]
        assert len(_titles(opened)) == len(ALL) + 1


@contextmanager
def _held_by_another_writer(folder: Path) -> Iterator[None]:
    writer = Index.open(str(_search_folder(folder))).writer(20_000_000, 1)
    try:
        yield
    finally:
        del writer


def test_while_another_writer_holds_the_index_it_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Waiting has an end, reading goes on, and afterwards nothing is missing."""
    monkeypatch.setattr("storage.index_upkeep._WRITER_WAIT_S", 0.2)
    with library(tmp_path, ALL) as opened:
        store_entries(opened.store, [entry("A New Paper")])  # type: ignore[arg-type]
        with _held_by_another_writer(tmp_path):
            assert opened.index.catch_up() == 0
            assert len(_titles(opened)) == len(ALL)
        assert opened.index.catch_up() == 1
        assert len(_titles(opened)) == len(ALL) + 1


# What may happen to the folder


def _delete(folder: Path) -> None:
    shutil.rmtree(folder)


def _delete_all_above(folder: Path) -> None:
    shutil.rmtree(folder.parent)


def _garble_meta(folder: Path) -> None:
    (folder / "meta.json").write_text("{garbage")


def _empty_meta(folder: Path) -> None:
    (folder / "meta.json").write_text("")


def _of_another_schema(folder: Path) -> None:
    meta = folder / "meta.json"
    meta.write_text(meta.read_text().replace('"published"', '"printed"'))


def _truncate_segments(folder: Path) -> None:
    for file in folder.glob("*.*"):
        if file.suffix in {".store", ".idx", ".term", ".fast", ".pos"}:
            os.truncate(file, file.stat().st_size // 2)


def _delete_segments(folder: Path) -> None:
    for file in [*folder.glob("*.idx"), *folder.glob("*.store")]:
        file.unlink()


DAMAGE = [_delete, _delete_all_above, _garble_meta, _empty_meta, _of_another_schema, _truncate_segments, _delete_segments]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__.strip("_"))
def test_a_damaged_index_is_rebuilt_at_the_next_start(tmp_path: Path, damage: Callable[[Path], None]):
    """Whatever is left of it, the store has everything."""
    with library(tmp_path, ALL) as opened:
        damage(_search_folder(tmp_path))
        again = TantivyIndex(tmp_path / "index", opened.store)
        again.catch_up()
        rebuilt = Library(opened.store, again)
        assert _titles(rebuilt, _concept("mutual")) == ["MIST"]
        assert again.titles_like("lifelong robot", limit=1)[0].title == LIBERO.title
        assert again.candidates(Plan(sort="new"), limit=9).total == len(ALL)


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__.strip("_"))
def test_an_index_damaged_while_running_goes_on_answering(tmp_path: Path, damage: Callable[[Path], None]):
    """The next question is answered, and so is one about a paper that comes afterwards."""
    with library(tmp_path, ALL) as opened:
        damage(_search_folder(tmp_path))
        assert _titles(opened, _concept("mutual")) == ["MIST"]
        assert [one.kind for one in opened.index.holders("libero", limit=2)] == ["name"]
        store_entries(opened.store, [entry("ATLAS: Maps of Proteins")])  # type: ignore[arg-type]
        opened.index.catch_up()
        assert _titles(opened, _concept("proteins")) == ["ATLAS"]
        assert len(_titles(opened)) == len(ALL) + 1


def test_an_index_deleted_while_running_answers_every_question(tmp_path: Path):
    """Whichever question comes first after that."""
    with library(tmp_path, ALL) as opened:
        index = opened.index
        libro = _paper(opened, "libro")
        questions = (
            lambda: index.names_like("mizt", wrong=1, limit=1),
            lambda: index.holders("mist", limit=1),
            lambda: index.titles_like("mutual information", limit=1),
            lambda: index.spelling("knowlege"),
            lambda: index.long_forms("rl"),
            lambda: index.short_forms("reinforcement learning"),
            lambda: index.by_author("zhu", wrong=0, limit=1),
            lambda: index.more_like(libro, limit=1),
        )
        for question in questions:
            before = question()
            assert before
            shutil.rmtree(_search_folder(tmp_path))
            assert question() == before


def test_a_database_replaced_by_a_smaller_one_takes_its_index_with_it(tmp_path: Path):
    """Restoring a backup leaves no papers behind that are no longer stored."""
    with library(tmp_path, ALL):
        pass
    with open_papers(tmp_path, [MIST], name="backup.db") as store:
        index = TantivyIndex(tmp_path / "index", store)
        assert index.catch_up() == 1
        assert index.candidates(Plan(), limit=9).total == 1
        assert index.holders("libero", limit=1) == []
    with open_papers(tmp_path, name="empty.db") as store:
        index = TantivyIndex(tmp_path / "index", store)
        index.catch_up()
        assert index.candidates(Plan(), limit=9).total == 0


def test_a_database_replaced_by_another_of_the_same_age_takes_its_index_with_it(tmp_path: Path):
    """Where the change numbers agree, the number of papers tells them apart."""
    with library(tmp_path, [LIBERO]) as opened:
        store_entries(opened.store, [entry(LIBERO.title, abstract="Other words.")], day=NEXT_DAY)  # type: ignore[arg-type]
        opened.index.catch_up()
        age = opened.store.last_change()
    with open_papers(tmp_path, [MIST, TOP_H][:age], name="other.db") as store:
        assert store.last_change() == age
        index = TantivyIndex(tmp_path / "index", store)
        index.catch_up()
        assert index.candidates(Plan(), limit=9).total == store.count() == 2
        assert index.holders("libero", limit=1) == []


@pytest.mark.parametrize("place", ["file", "file/below", "format"])
def test_where_no_folder_can_be_made_the_person_is_told(tmp_path: Path, place: str):
    """A file stands in the way: the message names the place and what to do, and no paper is lost."""
    folder = tmp_path / ("index" if place == "format" else place)
    blocking = IndexFolder(folder).path if place == "format" else tmp_path / "file"
    blocking.parent.mkdir(exist_ok=True)
    blocking.write_text("in the way")
    with open_papers(tmp_path, ALL) as store:
        index = TantivyIndex(folder, store)
        for use in (index.catch_up, lambda: index.holders("a", limit=1), lambda: index.candidates(Plan(), limit=1)):
            with pytest.raises(StorageError, match="cannot be written; no paper is lost") as refused:
                use()
            assert str(folder) in str(refused.value)
            assert "PAPERROUND_INDEX_FOLDER" in str(refused.value)
        assert store.count() == len(ALL)


@contextmanager
def _as_nobody() -> Iterator[None]:
    """As a user without special rights: root may write anywhere, so for a while we are not root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has no user ids")
@pytest.mark.parametrize("begun", [False, True], ids=["new", "existing"])
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path, begun: bool):
    """A read-only folder, new or with an index in it: the same message, never another error."""
    # Not in pytest's folder, which only its owner may enter.
    with tempfile.TemporaryDirectory() as made, open_papers(tmp_path, ALL) as store:
        folder = Path(made)
        if begun:
            TantivyIndex(folder, store).catch_up()
            store_entries(store, [entry("A New Paper")])
        for one in [folder, *folder.rglob("*")]:
            one.chmod(0o555 if one.is_dir() else 0o444)
        try:
            with _as_nobody(), pytest.raises(StorageError, match="cannot be written; no paper is lost"):
                TantivyIndex(folder, store).catch_up()
        finally:
            for one in [folder, *folder.rglob("*")]:
                one.chmod(0o755)


def test_only_papers_that_were_added_after_a_change_are_found(tmp_path: Path):
    """A paper that has merely changed since is not among them; everything else of a plan holds too."""
    with library(tmp_path, ALL) as papers:
        since = papers.store.last_change()
        better = entry(SAPO.title, abstract=SAPO.abstract + " We say more about robots.")
        fresh = entry("FRESH: Robots that Learn", abstract="New learning.", published_on=date(2025, 12, 1))
        store_entries(papers.store, [better, fresh])  # type: ignore[arg-type] - the real store
        papers.index.catch_up()
        assert papers.index.candidates(Plan(), limit=9).total == len(ALL) + 1

        def found(after: int, *must: Node) -> list[str]:
            ranked = papers.index.candidates(Plan(must=must, added_after=after), limit=9).ranked
            return [paper.title for paper in papers.store.papers([paper_id for paper_id, _ in ranked])]

        assert found(since) == [fresh.title]
        assert found(since, _concept("robots")) == [fresh.title]
        assert found(since, _concept("mutual")) == []
        assert len(found(0)) == len(ALL) + 1
        assert found(papers.store.last_change()) == []
