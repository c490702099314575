"""The daily_papers API's JSON: every record of every year becomes an entry or an issue."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest import parse_digest
from bot.digest.format import ABSTRACT_CHARS, TITLE_CHARS
from bot.errors import DigestError
from bot.model import Digest, Entry, Identifier, Organization
from tests.builders import DAY

FEW = settings(max_examples=100, deadline=None)

Json = dict[str, Any]

AUTHOR_2024 = {"_id": "66540321d200a2ecdf784ffe", "name": "Chunjiang Ge", "hidden": False}
# What the API answered in each year, as far as names go; the words are ours.
OF_2024: Json = {
    "paper": {
        "id": "2405.15738",
        "authors": [AUTHOR_2024, {"name": "Sijie Cheng", "user": {"fullname": "S. Cheng"}}],
        "publishedAt": "2024-05-24T17:34:15.000Z",
        "title": "ConvLLaVA: Hierarchical Backbones as Visual Encoder for Large Multimodal\n  Models",
        "summary": "A hierarchical backbone\nreplaces the usual\n  visual encoder.",
        "upvotes": 32,
    },
    "publishedAt": "2024-05-27T03:50:58.348Z",
    "title": "ConvLLaVA: Hierarchical Backbones as Visual Encoder for Large Multimodal Models",
    "mediaUrl": "https://example.org/a.png",
    "numComments": 3,
}
OF_2025: Json = {
    "paper": {
        "id": "2510.00001",
        "authors": [{"name": "Ada Example"}],
        "publishedAt": "2025-09-29T00:00:00.000Z",
        "submittedOnDailyAt": "2025-10-01T02:11:00.000Z",
        "title": "TruthRL",
        "summary": "Rewards for knowing when to abstain.",
        "upvotes": 7,
        "ai_summary": "A reward  for honesty.",
        "ai_keywords": ["reinforcement learning", " abstention ", ""],
        "githubRepo": "https://github.com/example/truthrl",
        "githubStars": 12,
    },
    "title": "TruthRL",
    "summary": "Rewards for knowing when to abstain.",
    "numComments": 0,
    "submitterOrganization": {"_id": "1", "name": "facebook", "fullname": "AI at Meta"},
}
OF_2026: Json = {
    "publishedAt": "2026-08-16T20:00:00.000Z",
    "title": "Zetta ζ: An Efficient Harness",
    "numComments": 1,
    "organization": {"name": "outer", "fullname": "The Wrapper's"},
    "paper": {
        "id": "2608.16590v2",
        "authors": [{"name": "Xin Ding"}],
        "publishedAt": "2026-08-17T00:00:00.000Z",
        "submittedOnDailyAt": "2026-08-20T00:00:00.000Z",
        "title": "Zetta ζ: An Efficient Harness",
        "summary": "Critics that change at run time.",
        "upvotes": 92,
        "projectPage": "https://example.org/zetta/",
        "githubStars": 152,
        "organization": {"name": "ucsd", "fullname": "UC San Diego"},
    },
}


def _read(*records: object, name: str = "") -> Digest:
    return parse_digest(json.dumps(list(records)).encode(), as_of=DAY, name=name)


def _only(record: object) -> Entry:
    digest = _read(record)
    (entry,) = digest.entries
    assert digest.issues == ()
    return entry


def _paper(**fields: object) -> Json:
    return {"paper": {"title": "A Title", "id": "2306.03310", **fields}}


def test_a_record_of_2024_is_read():
    """The oldest form: authors with their accounts, votes in the paper, comments in the wrapper."""
    entry = _only(OF_2024)
    assert entry.title == "ConvLLaVA: Hierarchical Backbones as Visual Encoder for Large Multimodal Models"
    assert entry.abstract == "A hierarchical backbone replaces the usual visual encoder."
    assert (entry.authors, entry.author_count) == (("Chunjiang Ge", "Sijie Cheng"), 2)
    assert (entry.upvotes, entry.comments, entry.github_stars, entry.tldr, entry.keywords) == (32, 3, None, None, ())
    assert entry.published_on == date(2024, 5, 24)


def test_a_record_of_2025_is_read():
    """Summaries by machine, keywords, repository, stars and the submitter's organisation came in."""
    entry = _only(OF_2025)
    assert (entry.tldr, entry.keywords) == ("A reward for honesty.", ("reinforcement learning", "abstention"))
    assert (entry.links.code, entry.github_stars, entry.comments) == ("https://github.com/example/truthrl", 12, 0)
    assert entry.organization == Organization(handle="facebook", name="AI at Meta")


def test_a_record_of_2026_is_read():
    """The paper's own organisation goes before its wrapper's; a version is no part of the id."""
    entry = _only(OF_2026)
    assert entry.organization == Organization(handle="ucsd", name="UC San Diego")
    assert entry.identifiers == (Identifier("arxiv", "2608.16590"),)
    assert (entry.links.project, entry.links.code) == ("https://example.org/zetta/", None)


def test_links_follow_from_the_id():
    """Where it can be read on arXiv and discussed on Hugging Face."""
    links = _only(OF_2024).links
    assert (links.abs, links.pdf) == ("https://arxiv.org/abs/2405.15738", "https://arxiv.org/pdf/2405.15738")
    assert links.discussion == "https://huggingface.co/papers/2405.15738"


def test_the_papers_date_is_used_and_never_the_wrappers():
    """The wrapper's day differs from the paper's, so a paper without its own has none."""
    assert _only({"publishedAt": "2024-05-27T00:00:00Z", "paper": {"title": "T"}}).published_on is None


def test_a_field_may_stand_in_the_wrapper():
    """Title, summary and votes are looked for in both places, the paper first."""
    entry = _only({"paper": {"id": "2306.03310"}, "title": "Outer", "summary": "Said outside.", "upvotes": 4})
    assert (entry.title, entry.abstract, entry.upvotes) == ("Outer", "Said outside.", 4)
    assert _only({"paper": {"title": "Inner"}, "title": "Outer"}).title == "Inner"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"name": "qwen", "fullname": "Qwen"}, Organization(handle="qwen", name="Qwen")),
        ({"name": "qwen"}, Organization(handle="qwen", name="qwen")),
        ({"name": "qwen", "fullname": ""}, Organization(handle="qwen", name="qwen")),
        ({"name": "qwen", "fullname": 7}, Organization(handle="qwen", name="qwen")),
        ({"fullname": "Nameless"}, None),
        ({"name": ""}, None),
        ("Qwen", None),
        (["qwen"], None),
    ],
)
def test_an_organisation_needs_a_handle(said: object, meant: Organization | None):
    """Whatever else the field holds, it is no organisation."""
    assert _only(_paper(organization=said)).organization == meant


@pytest.mark.parametrize("count", [-1, 1.5, "7", True, None, 2**31, [], {}])
def test_what_is_no_count_is_unknown(count: object):
    """Unknown is not zero, and only whole numbers from zero up are counts."""
    entry = _only(_paper(upvotes=count, githubStars=count))
    assert (entry.upvotes, entry.github_stars) == (None, None)


def test_zero_votes_are_zero():
    """Zero is known."""
    assert _only(_paper(upvotes=0)).upvotes == 0


@pytest.mark.parametrize("value", ["soon", "2024-02-30T00:00:00Z", 1716768000, None, [], ""])
def test_what_is_no_date_is_unknown(value: object):
    """A broken date loses only itself."""
    assert _only(_paper(publishedAt=value)).published_on is None


@pytest.mark.parametrize("value", ["javascript:alert(1)", "github.com/a/b", "https://a.b/\nc", "https://" + "x" * 2_000, 5, {}])
def test_what_is_no_web_address_is_no_link(value: object):
    """Only short http addresses on one line are links."""
    assert _only(_paper(githubRepo=value)).links.code is None


@pytest.mark.parametrize("authors", [None, "Ada", {}, [1, None, "Ada", {}, {"name": 3}, {"name": " "}]])
def test_what_are_no_authors_are_unknown(authors: object):
    """Names are taken where there are any; a count of none is unknown."""
    entry = _only(_paper(authors=authors))
    assert (entry.authors, entry.author_count) == ((), None)


@pytest.mark.parametrize(
    ("value", "identifiers"),
    [
        ("2306.03310", (Identifier("arxiv", "2306.03310"),)),
        ("hep-th/9901001", (Identifier("arxiv", "hep-th/9901001"),)),
        ("some-paper", (Identifier("hf", "some-paper"),)),
        ("", ()),
        ("  ", ()),
        (230603310, ()),
        (None, ()),
        ("x" * 1_000, ()),
        ("a\nb", ()),
    ],
)
def test_an_id_is_an_arxiv_id_or_hugging_faces_own(value: object, identifiers: tuple[Identifier, ...]):
    """An empty id names nothing: else all papers without one would be the same paper."""
    assert _only(_paper(id=value)).identifiers == identifiers


def test_records_as_python_text_are_read():
    """A collector saved the records as Python prints them; they say the same."""
    as_text = _read(repr(OF_2024), repr(OF_2025), repr(OF_2026))
    as_json = _read(OF_2024, OF_2025, OF_2026)
    assert (as_text.entries, as_text.issues) == (as_json.entries, ())


@pytest.mark.parametrize(
    "text",
    [
        "{'paper': {'title': 'x'}",
        "{'paper': __import__('os')}",
        "{'paper': {[1]: 2}}",
        "{'paper': {'title': 'x'}} + 1",
        "{" * 5_000,
        "{'paper': " + "-" * 50_000 + "1}",
        "{'paper': " + "1+" * 50_000 + "1}",
        "{'paper': '\\ud8'}",
        "{'paper': {'title': 'x', 'n': 1" + "0" * 5_000 + "}}",
        "{1: 2}",
        "{}",
    ],
)
def test_python_text_that_cannot_be_read_is_an_issue(text: str):
    """Nothing is run and nothing crashes; the record is told with its line."""
    digest = parse_digest(("[\n" + json.dumps(text) + ",\n" + json.dumps(OF_2024) + "]").encode(), as_of=DAY)
    assert [entry.rank for entry in digest.entries] == [1]
    assert [issue.line for issue in digest.issues] == [2]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (None, "a record without a paper"),
        (5, "a record without a paper"),
        ([], "a record without a paper"),
        ({}, "a record without a paper"),
        ({"paper": "2306.03310"}, "a record without a paper"),
        ({"paper": None}, "a record without a paper"),
        ("paper", "a record without a paper"),
        ({"paper": {}}, "a paper without a title"),
        ({"paper": {"title": " \n "}}, "a paper without a title"),
        ({"paper": {"title": ["x"]}}, "a paper without a title"),
        ({"paper": {"title": "x" * (TITLE_CHARS + 1)}}, "a title of more than 1,000 characters"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_broken_record_is_an_issue_wherever_it_stands(record: object, message: str, first: bool):
    """The other records are read, ranked without a gap, and the broken one is told with its line."""
    records = [record, OF_2024] if first else [OF_2024, record]
    text = "[\n" + ",\n".join(json.dumps(one) for one in records) + "\n]"
    digest = parse_digest(text.encode(), as_of=DAY)
    assert [entry.rank for entry in digest.entries] == [1]
    assert [(issue.line, issue.message) for issue in digest.issues] == [(2 if first else 3, message)]
    assert json.dumps(record).startswith(digest.issues[0].excerpt[:20])


def test_lines_are_those_on_which_records_begin():
    """In indented JSON an entry's line leads to its record."""
    text = json.dumps([OF_2024, OF_2025, OF_2026], indent=2)
    digest = parse_digest(text.encode(), as_of=DAY)
    starts = [number for number, line in enumerate(text.split("\n"), start=1) if line == "  {"]
    assert [entry.line for entry in digest.entries] == starts


def test_sorted_keys_are_read():
    """A collector that sorts keys puts much before the paper; it is the same list."""
    wide = {**OF_2025, "mediaUrls": ["https://example.org/" + "x" * 300], "organization": {"name": "a"}}
    text = json.dumps([wide], sort_keys=True)
    assert len(parse_digest(text.encode(), as_of=DAY).entries) == 1


@pytest.mark.parametrize("share", [0.4, 0.6, 0.8, 0.99])
def test_json_that_breaks_off_keeps_the_records_before(share: float):
    """A download that was cut off gives what came through, and says on which line it broke off."""
    records = [_paper(title=f"Paper {number}", id=f"2306.{number:05}") for number in range(1, 41)]
    text = "[\n" + ",\n".join(json.dumps(record) for record in records) + "\n]"
    part = text[: int(len(text) * share)]
    digest = parse_digest(part.encode(), as_of=DAY)
    complete = part.count('"}}')
    assert [entry.title for entry in digest.entries] == [f"Paper {number}" for number in range(1, complete + 1)]
    assert [issue.line for issue in digest.issues] == [complete + 2]
    assert "breaks off" in digest.issues[0].message


def test_a_number_of_thousands_of_digits_breaks_only_what_follows():
    """Python refuses to read such a number; the records before it stay."""
    text = json.dumps([OF_2024])[:-1] + ', {"paper": {"title": "x", "upvotes": ' + "1" * 5_000 + "}}]"
    digest = parse_digest(text.encode(), as_of=DAY)
    assert (len(digest.entries), len(digest.issues)) == (1, 1)


def test_what_no_database_can_hold_is_replaced():
    """Half a surrogate pair and NUL, which JSON escapes can say, do not keep a day from being stored."""
    digest = parse_digest(b'[{"paper": {"title": "half \\ud835 pair", "summary": "a\\u0000b", "id": "x\\ud800"}}]', as_of=DAY)
    (entry,) = digest.entries
    assert (entry.title, entry.abstract, entry.identifiers) == ("half \ufffd pair", "a\ufffdb", ())


def test_the_day_is_the_one_most_records_were_listed_on():
    """One straggler does not move the day, and the file's name does not either."""
    straggler = {"paper": {"title": "Late", "submittedOnDailyAt": "2025-10-02T00:00:00Z"}}
    assert _read(OF_2025, OF_2025, straggler, name="2025-12-24.json").issued_on == date(2025, 10, 1)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2024-05-27.json", date(2024, 5, 27)),
        ("hf_2024-05-27_raw.json.gz", date(2024, 5, 27)),
        ("papers.json", None),
        ("", None),
        ("12024-05-271.json", None),
        ("2024-13-45.json", None),
    ],
)
def test_where_no_record_says_the_day_the_files_name_does(name: str, day: date | None):
    """Records of 2024 say no day; collectors name the file by it."""
    assert _read(OF_2024, name=name).issued_on == day


def test_no_day_is_unknown_not_today():
    """The day of import is not the day of the digest."""
    assert _read(OF_2024).issued_on is None


def test_a_very_long_summary_is_cut():
    """Nothing grows without bound."""
    assert len(_only(_paper(summary="x" * (ABSTRACT_CHARS + 1))).abstract) == ABSTRACT_CHARS


@pytest.mark.parametrize("text", ["[]", " [ \n ] \n"])
def test_an_empty_list_is_a_day_without_papers(text: str):
    """The refusal says why that happens."""
    with pytest.raises(DigestError, match="lists no papers"):
        parse_digest(text.encode(), as_of=DAY)


def _of_day(number: int, day: str) -> Json:
    return {"paper": {"id": f"2510.{number:05}", "title": f"Paper {number}", "submittedOnDailyAt": f"{day}T01:00:00.000Z"}}


def test_a_week_and_a_month_are_of_no_one_day():
    """Where papers were listed on many days, none of them is the document's."""
    week = [_of_day(number, f"2025-10-{6 + number % 5:02}") for number in range(20)]
    assert _read(*week).issued_on is None
    assert _read(*week, name="2025-10-10.json").issued_on is None


def test_one_paper_of_its_own_is_read():
    """`GET /api/papers/ID` answers the bare paper, without a wrapper; what it counts is of now, not of the day it was listed."""
    digest = parse_digest(json.dumps(OF_2025["paper"]).encode(), as_of=DAY)
    (entry,) = digest.entries
    assert (entry.title, entry.upvotes, entry.identifiers) == ("TruthRL", 7, (Identifier("arxiv", "2510.00001"),))
    assert (entry.published_on, digest.issued_on, digest.issues) == (date(2025, 9, 29), None, ())


@pytest.mark.parametrize("indent", [None, 0, 2, 4, "\t"])
def test_bare_papers_and_wrappers_may_stand_in_one_list(indent: int | str | None):
    """As collectors save them; each line is that of its record, however the JSON is laid out."""
    text = json.dumps([OF_2024, OF_2025["paper"], OF_2026], indent=indent)
    digest = parse_digest(text.encode(), as_of=DAY)
    assert [entry.title for entry in digest.entries] == [OF_2024["title"], "TruthRL", OF_2026["title"]]
    ids = [entry.identifiers[0].value for entry in digest.entries]
    last = len(text.split("\n")) + 1
    lines = [entry.line for entry in digest.entries] + [last]
    for number, begin, end in zip(ids, lines, lines[1:], strict=False):
        assert number in "\n".join(text.split("\n")[begin - 1 : max(begin, end - 1)])


@pytest.mark.parametrize("joint", ["\n", ""])
def test_records_one_after_another_are_read(joint: str):
    """JSON lines of wrappers, or wrappers with nothing between them."""
    digest = parse_digest(joint.join(map(json.dumps, (OF_2024, OF_2025, OF_2026))).encode(), as_of=DAY)
    assert [entry.line for entry in digest.entries] == ([1, 2, 3] if joint else [1, 1, 1])


@pytest.mark.parametrize("name", ["dailyPapers", "searchResults"])
def test_what_a_page_carries_is_read(name: str):
    """The JSON of a page, as some collectors save it."""
    digest = parse_digest(json.dumps({"periodType": "day", name: [OF_2024, OF_2025]}).encode(), as_of=DAY)
    assert len(digest.entries) == 2


@pytest.mark.parametrize("broken", ["{}", "NaN", '"\\ud835"', "1e999", "1" + "0" * 400])
def test_both_ways_of_reading_give_the_same(broken: str):
    """Sound JSON is read at once, other JSON record by record: entries and lines are equal."""
    records = [json.dumps(one) for one in (OF_2024, OF_2025, OF_2026)]
    sound = parse_digest(("[\n" + ",\n".join(records) + "\n]").encode(), as_of=DAY)
    told = parse_digest(("[\n" + ",\n".join([*records, broken]) + "\n]").encode(), as_of=DAY)
    assert (told.entries, len(told.issues), told.issues[0].line) == (sound.entries, 1, 5)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from([*OF_2025["paper"], *OF_2026["paper"], "submitterOrganization", "numComments"])
PAPERS = st.fixed_dictionaries({"paper": st.dictionaries(FIELDS, JSON, max_size=6)})


@FEW
@given(st.lists(PAPERS | JSON | PAPERS.map(repr), max_size=6))
def test_every_record_is_an_entry_or_an_issue(records: list[object]):
    """Whatever a list of records holds, each of them is accounted for and none raises."""
    digest = _read(OF_2024, *records)
    assert len(digest.entries) + len(digest.issues) == len(records) + 1
    assert [entry.rank for entry in digest.entries] == list(range(1, len(digest.entries) + 1))
