"""Which records are the same paper: ids read from what people type, and titles made comparable."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.identity import (
    SCHEMES,
    canonical,
    conflict,
    identifiers_of,
    links_of,
    read_identifier,
    record_key,
    same_as,
    title_key,
    words_of_name,
)
from bot.model import Identifier
from tests.builders import entry

FEW = settings(max_examples=150, deadline=None)
LIBERO = Identifier("arxiv", "2306.03310")


@pytest.mark.parametrize(
    "text",
    [
        "2306.03310",
        "2306.03310v2",
        " 2306.03310 ",
        "2306.03310.",
        "arxiv:2306.03310",
        "arXiv:2306.03310v3",
        "arXiv: 2306.03310",
        "https://arxiv.org/abs/2306.03310",
        "http://arxiv.org/abs/2306.03310v1",
        "https://arXiv.org/abs/2306.03310",
        "https://www.arxiv.org/abs/2306.03310/",
        "arxiv.org/abs/2306.03310",
        "https://export.arxiv.org/abs/2306.03310",
        "https://arxiv.org/pdf/2306.03310",
        "https://arxiv.org/pdf/2306.03310v2.pdf",
        "https://arxiv.org/pdf/2306.03310#page=3",
        "https://arxiv.org/html/2306.03310v1",
        "https://arxiv.org/abs/2306.03310?context=cs.RO",
        "https://arxiv.org/abs/2306.03310.",
        "<https://arxiv.org/abs/2306.03310>",
        "https://www.alphaxiv.org/abs/2306.03310",
        "https://alphaxiv.org/overview/2306.03310v2",
        "https://www.alphaxiv.org/ja/overview/2306.03310",
        "https://www.alphaxiv.org/pdf/2306.03310",
        "10.48550/arXiv.2306.03310",
        "https://doi.org/10.48550/arXiv.2306.03310",
        "doi:10.48550/ARXIV.2306.03310",
    ],
)
def test_every_way_to_write_an_arxiv_id_is_the_same_id(text: str):
    """Links, versions, DOIs of arXiv and stuck punctuation all name one paper."""
    assert read_identifier(text) == LIBERO


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("https://huggingface.co/papers/2306.03310", Identifier("hf", "2306.03310")),
        ("https://huggingface.co/papers/2306.03310#community", Identifier("hf", "2306.03310")),
        ("hf.co/papers/2306.03310?via=mail", Identifier("hf", "2306.03310")),
        ("hf:2306.03310v1", Identifier("hf", "2306.03310")),
        ("hf:some-paper", Identifier("hf", "some-paper")),
        ("hep-th/9901001", Identifier("arxiv", "hep-th/9901001")),
        ("arXiv:math.GT/0309136v1", Identifier("arxiv", "math.GT/0309136")),
        ("1501.00001", Identifier("arxiv", "1501.00001")),
        ("0704.0001", Identifier("arxiv", "0704.0001")),
        ("10.1145/3580305.3599", Identifier("doi", "10.1145/3580305.3599")),
        ("https://doi.org/10.1145/ABC.Def", Identifier("doi", "10.1145/abc.def")),
        ("doi:10.1002/(SICI)1?2", Identifier("doi", "10.1002/(sici)1?2")),
        ("https://openreview.net/forum?id=abcDEF_12-3", Identifier("openreview", "abcDEF_12-3")),
        ("https://openreview.net/pdf?id=abcDEF123&noteId=x", Identifier("openreview", "abcDEF123")),
        ("openreview:abcDEF123", Identifier("openreview", "abcDEF123")),
        ("https://aclanthology.org/2020.acl-main.1/", Identifier("acl", "2020.acl-main.1")),
        ("aclanthology.org/2023.findings-acl.12v2.pdf", Identifier("acl", "2023.findings-acl.12")),
        ("https://www.aclweb.org/anthology/P19-1001", Identifier("acl", "P19-1001")),
        ("acl:P19-1001", Identifier("acl", "P19-1001")),
        ("url:https://example.org/a", Identifier("url", "https://example.org/a")),
        ("title:  LIBERO: A Title!", Identifier("title", "libero a title")),
    ],
)
def test_other_schemes_are_read(text: str, identifier: Identifier):
    """Hugging Face, DOI, OpenReview, addresses and titles by their scheme."""
    assert read_identifier(text) == identifier


@pytest.mark.parametrize(
    "text",
    ["", " ", "LIBERO", "LIBERO: Benchmarking", "arxiv:LIBERO", "arxiv:", "title:?!", "hf: ", "2313.03310", "2306.033101",
     "23.06", "https://example.org/2306.03310", "https://arxiv.org/list/cs.RO/new", "see 2306.03310", "mailto:a@b.c",
     "acl:robots", "https://aclanthology.org/2020.acl-main", "https://aclanthology.org/venues/acl/", "https://alphaxiv.org/explore",
     "since:2025", "10.1/x", "https://arxiv.org/", "evil.example/arxiv.org/abs/2306.03310"],
)  # fmt: skip
def test_what_is_no_id_is_none(text: str):
    """Names, half ids, months that do not exist and other sites are not taken for ids."""
    assert read_identifier(text) is None


@FEW
@given(
    st.text(max_size=60)
    | st.sampled_from(SCHEMES).flatmap(lambda scheme: st.text(max_size=30).map(lambda rest: f"{scheme}:{rest}"))
)
def test_any_text_is_an_id_or_none(text: str):
    """Reading never raises, and what it reads is a known scheme with a value."""
    found = read_identifier(text)
    assert found is None or (found.scheme in SCHEMES and found.value)


@FEW
@given(
    st.sampled_from(
        ["2306.03310", "10.1145/3580305", "hep-th/9901001", "url:https://a.example/b", "title:mist", "openreview:abcdef1"]
    )
)
def test_an_identifier_printed_reads_as_itself(text: str):
    """What we show as a paper's id can be typed back."""
    found = read_identifier(text)
    assert found is not None
    assert read_identifier(str(found)) == found


def test_a_hugging_face_paper_is_its_arxiv_paper():
    """Each of both ids brings the other; other schemes stand alone."""
    hf = Identifier("hf", "2306.03310")
    assert same_as(LIBERO) == (LIBERO, hf)
    assert same_as(hf) == (hf, LIBERO)
    assert same_as(Identifier("hf", "some-paper")) == (Identifier("hf", "some-paper"),)
    assert same_as(Identifier("doi", "10.1145/1")) == (Identifier("doi", "10.1145/1"),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LIBERO: Benchmarking", "libero - benchmarking"),
        ("Top-H Decoding", "top h  decoding"),
        ("Réseaux à Mémoire", "Reseaux a memoire"),
        ("Straße", "STRASSE"),
        (r"$\alpha$-VAE", "α-VAE"),
        (r"The $k$-NN \emph{Trick}", "The k-NN Trick"),
        ("“Quoted”", '"Quoted"'),
        ("snake_case", "snake case"),
        ("Mémoire_of x", "memoire of_x"),
        ("100\\% of it", "100% of it"),
    ],
)
def test_titles_that_read_the_same_have_the_same_key(one: str, other: str):
    """Case, accents, punctuation and LaTeX do not make another paper."""
    assert title_key(one) == title_key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("MIST", "MIST 2"), ("α-VAE", "β-VAE"), ("知識", "移転"), ("C", "C sharp")])
def test_titles_that_differ_have_different_keys(one: str, other: str):
    """Letters of any script and numbers count."""
    assert title_key(one) != title_key(other)


@FEW
@given(st.text(max_size=60).filter(lambda text: not set(text) & set("\\$`")))
def test_a_title_key_is_its_own_key(title: str):
    """Keys can be compared however often they are made, and hold only lower-case words."""
    key = title_key(title)
    assert title_key(key) == key == " ".join(key.split())


def test_an_entrys_identifiers_end_with_its_title():
    """The surest id comes first, and none comes twice."""
    one = entry("LIBERO: A Title", identifiers=(LIBERO, Identifier("hf", "2306.03310")))
    assert identifiers_of(one) == (LIBERO, Identifier("hf", "2306.03310"), Identifier("title", "libero a title"))


@pytest.mark.parametrize("title", ["???", "🤗", "→ ∞"])
def test_a_title_of_signs_alone_still_names_its_paper(title: str):
    """Without a name, the same document twice would add such a paper twice."""
    assert identifiers_of(entry(title))[-1] == Identifier("title", title)
    assert identifiers_of(entry(title)) == identifiers_of(entry(title))


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (Identifier("arxiv", "2306.03310v2"), LIBERO),
        (Identifier("hf", "2306.03310v1"), Identifier("hf", "2306.03310")),
        (Identifier("doi", "10.48550/arXiv.2306.03310v3"), LIBERO),
        (Identifier("doi", "10.48550/arxiv.hep-th/9901001"), Identifier("arxiv", "hep-th/9901001")),
        (Identifier("doi", "10.1145/ABC.v2"), Identifier("doi", "10.1145/abc.v2")),
        (Identifier("doi", "10.48550/arXiv.nonsense"), Identifier("doi", "10.48550/arxiv.nonsense")),
        (Identifier("hf", "dino-v2"), Identifier("hf", "dino-v2")),
        (Identifier("openreview", "abcdefv2"), Identifier("openreview", "abcdefv2")),
        (LIBERO, LIBERO),
    ],
)
def test_an_id_is_stored_in_one_form(given: Identifier, stored: Identifier):
    """Whatever a format took it from: no version, and an arXiv DOI is an arXiv id."""
    assert canonical(given) == stored
    assert canonical(stored) == stored
    assert stored in identifiers_of(entry("LIBERO", identifiers=(given,)))


def test_an_entry_without_an_id_is_named_by_what_it_says():
    """The same words are the same name, however they are wrapped; other people, words or, without any, documents are not."""
    said = entry("Editorial", authors=("Lovelace, Ada",), abstract="Words that\nwrap over-\nlines.")
    again = entry("Editorial", authors=("Ada Lovelace",), abstract="Words that wrap over lines.")
    assert identifiers_of(said, "a") == identifiers_of(again, "b")
    names = {identifiers_of(one, "a")[0] for one in (said, entry("Editorial", authors=("Grace Lovelace",)), entry("Editorial"))}
    names.add(identifiers_of(entry("Editorial"), "b")[0])
    assert len(names) == 4
    for name in names:
        assert read_identifier(str(name)) == name
    assert record_key(said, "editorial") not in identifiers_of(entry("Editorial", arxiv="2306.03310"))


@pytest.mark.parametrize("name", ["Bo Liu", "Liu, Bo", "LIU,  Bo", "Bo  Liu."])
def test_a_name_is_read_surname_last(name: str):
    """As BibTeX and as people write it."""
    assert words_of_name(name) == ["bo", "liu"]


def test_links_follow_from_identifiers():
    """An arXiv page goes before OpenReview, OpenReview before DOI; without ids there is nothing to open."""
    review, doi = Identifier("openreview", "abc123"), Identifier("doi", "10.1145/1")
    assert links_of(doi, review, LIBERO).abs == "https://arxiv.org/abs/2306.03310"
    assert links_of(doi, review).abs == "https://openreview.net/forum?id=abc123"
    assert links_of(doi).abs == "https://doi.org/10.1145/1"
    assert links_of(LIBERO).pdf == "https://arxiv.org/pdf/2306.03310"
    assert links_of(Identifier("hf", "2306.03310")).discussion == "https://huggingface.co/papers/2306.03310"
    assert links_of(None, Identifier("title", "mist")) == links_of()


@pytest.mark.parametrize(
    ("ours", "theirs", "clash"),
    [
        ([LIBERO], [Identifier("arxiv", "2406.00001")], True),
        ([LIBERO], [LIBERO], False),
        ([LIBERO], [], False),
        ([LIBERO], [Identifier("doi", "10.1145/1")], False),
        ([LIBERO, Identifier("doi", "10.1145/1")], [Identifier("doi", "10.1145/2"), LIBERO], False),
        ([Identifier("title", "a")], [Identifier("title", "b")], False),
        ([Identifier("url", "https://a")], [Identifier("url", "https://b")], False),
    ],
)
def test_two_records_conflict_when_the_same_scheme_disagrees(ours: list[Identifier], theirs: list[Identifier], clash: bool):
    """Two arXiv ids are two papers; titles and addresses prove nothing."""
    assert conflict(ours, theirs) is clash
    assert conflict(theirs, ours) is clash


def test_a_doi_of_the_acl_names_a_paper_of_its_anthology():
    """Old ids have a capital there, which a DOI does not keep; other DOIs name none."""
    assert same_as(Identifier("doi", "10.18653/v1/p19-1001"))[1:] == (Identifier("acl", "P19-1001"),)
    assert same_as(Identifier("doi", "10.18653/v1/2020.acl-main.1"))[1:] == (Identifier("acl", "2020.acl-main.1"),)
    assert same_as(Identifier("doi", "10.18653/v1/other"))[1:] == ()
    assert links_of(Identifier("acl", "P19-1001")).abs == "https://aclanthology.org/P19-1001"
