"""RSS, Atom and JSON feeds: arXiv's, and anybody's that links to papers."""

import json
from datetime import date

import pytest

from bot.digest import feed, parse_digest
from bot.digest.format import Document
from bot.errors import DigestError
from bot.model import Digest

DAY = date(2026, 11, 24)
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Reading list</title><link>https://blog.example/</link><pubDate>Tue, 24 Nov 2026 06:00:00 +0000</pubDate>
<item><title>Robots &amp; Us&nbsp;Again</title><link>https://huggingface.co/papers/2306.03310</link>
<description><![CDATA[<p><b>Authors:</b> Ada One, Bob Two</p><p><b>Upvotes:</b> 12</p>
<p><b>Summary:</b> Robots learn, a &lt; b &amp; so on.</p>]]></description>
<pubDate>Mon, 5 Jun 2023 00:00:00 +0000</pubDate></item>
<item><title>My weekend</title><link>https://blog.example/weekend</link></item>
<item><title>At a conference</title><guid isPermaLink="false">https://aclanthology.org/2020.acl-main.1/</guid>
<dc:creator>Cee Three</dc:creator></item>
<item><title>No link at all</title></item>
<item><link>https://www.alphaxiv.org/overview/1803.10122</link></item>
</channel></rss>"""
ARXIV_RSS = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>
<title>cs.RO updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.RO</link>
<pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate>
<item><title>New One</title><link>https://arxiv.org/abs/2611.00001</link>
<description>arXiv:2611.00001v1 Announce Type: new
Abstract: It is new.</description><guid isPermaLink="false">oai:arXiv.org:2611.00001v1</guid>
<pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate>
<arxiv:announce_type>new</arxiv:announce_type><dc:creator>Ada One, Bob Two</dc:creator></item>
<item><title>Old One</title><link>https://arxiv.org/abs/2511.00002</link>
<description>arXiv:2511.00002v3 Announce Type: replace-cross
Abstract: It is old.</description><pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate><dc:creator>Cee Three</dc:creator></item>
</channel></rss>"""
ATOM_ENTRY = """<entry><id>http://arxiv.org/abs/2306.03310v2</id><title>Lifelong
  Robots</title><updated>2023-10-14T00:00:00Z</updated><published>2023-06-05T00:00:00Z</published>
<link href="https://arxiv.org/abs/2306.03310v2" rel="alternate"/><link href="https://arxiv.org/pdf/2306.03310v2" rel="related"/>
<summary>  They keep
learning.  </summary><author><name>Ada One</name></author><author><name>Bob, Two</name></author>
<arxiv:doi>10.1234/Life</arxiv:doi></entry>"""
ATOM_HEAD = (
    "<?xml version='1.0' encoding='UTF-8'?>\n<feed xmlns:arxiv='http://arxiv.org/schemas/atom' xmlns='http://www.w3.org/2005/Atom'>"
    "<id>https://arxiv.org/api/x</id><title>arXiv Query</title>"
)


def read(text: str | bytes) -> Digest:
    """The digest that a feed is."""
    return parse_digest(text.encode() if isinstance(text, str) else text, as_of=DAY)


def refused(text: str) -> str:
    """Why a feed is refused."""
    with pytest.raises(DigestError) as error:
        read(text)
    return str(error.value)


def test_items_that_link_to_papers_are_entries_and_others_say_why():
    """Five items: two papers, one whose link is none, one without a link, one without a title."""
    digest = read(RSS)
    assert (digest.source, digest.issued_on) == ("feed", None)
    assert [(one.title, str(one.identifiers[0]), one.line) for one in digest.entries] == [
        ("Robots & Us Again", "hf:2306.03310", 4),
        ("At a conference", "acl:2020.acl-main.1", 9),
    ]
    assert [(one.line, one.message, one.excerpt) for one in digest.issues] == [
        (8, "its link is no paper: https://blog.example/weekend", "My weekend"),
        (11, "an item without a link", "No link at all"),
        (12, "an item without a title", "https://www.alphaxiv.org/overview/1803.10122"),
    ]


def test_labelled_lines_of_a_description_are_fields():
    """Collectors put authors, votes and the abstract into one piece of HTML."""
    one = read(RSS).entries[0]
    assert (one.authors, one.upvotes, one.abstract) == (("Ada One", "Bob Two"), 12, "Robots learn, a < b & so on.")
    assert one.published_on == date(2023, 6, 5)


def test_arxivs_rss_is_a_day_and_its_replacements_are_revised():
    """The announcement line is no abstract, in whichever field the kind stands."""
    digest = read(ARXIV_RSS)
    assert (digest.source, digest.issued_on, digest.issues) == ("arxiv", DAY, ())
    assert [(one.title, one.abstract, one.authors, one.revised) for one in digest.entries] == [
        ("New One", "It is new.", ("Ada One", "Bob Two"), False),
        ("Old One", "It is old.", ("Cee Three",), True),
    ]


def test_an_answer_of_arxivs_api_is_read_whole():
    """Version, DOI, wrapped title, a name with a comma."""
    digest = read(ATOM_HEAD + ATOM_ENTRY + "</feed>")
    one = digest.entries[0]
    assert (digest.source, digest.issued_on, digest.issues) == ("arxiv", None, ())
    assert (one.title, one.abstract, one.authors) == ("Lifelong Robots", "They keep learning.", ("Ada One", "Bob, Two"))
    assert list(map(str, one.identifiers)) == ["arxiv:2306.03310", "doi:10.1234/life"]
    assert (one.published_on, one.revised) == (date(2023, 6, 5), False)


def test_an_empty_answer_and_an_error_are_told_apart():
    """An error comes as an entry called Error."""
    assert refused(ATOM_HEAD + "</feed>") == "This looks like a feed, but it lists no papers."
    error = "<entry><id>https://arxiv.org/api/errors#bad</id><title>Error</title><summary>bad id</summary></entry>"
    assert "Line 2: arXiv answered with an error: bad id" in refused(ATOM_HEAD + error + "</feed>")


def test_rss_1_and_a_feed_in_latin_1_are_read():
    """An RDF feed; an encoding that the document declares itself."""
    rdf = (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<channel rdf:about="x"><title>t</title></channel>'
        "<item><title>Café Robots</title><link>https://doi.org/10.1234/cafe</link><dc:date>2023-06-05</dc:date></item></rdf:RDF>"
    )
    one = read(rdf.encode("latin-1")).entries[0]
    assert (one.title, str(one.identifiers[0]), one.published_on) == ("Café Robots", "doi:10.1234/cafe", date(2023, 6, 5))


def test_a_json_feed_is_read_and_says_where_it_breaks_off():
    """As https://www.jsonfeed.org describes it."""
    items = [
        {"id": "1", "url": "https://arxiv.org/abs/2306.03310", "title": "Lifelong Robots",
         "content_html": "<p>They keep learning.</p>",
         "date_published": "2023-06-05T00:00:00Z", "authors": [{"name": "Ada One"}, {"name": "Bob Two"}]},
        {"id": "2", "external_url": "https://blog.example/", "title": "No paper"},
        7,
    ]  # fmt: skip
    text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": items}, indent=1)
    digest = read(text)
    one = digest.entries[0]
    assert (digest.source, one.title, one.abstract, one.authors) == (
        "feed", "Lifelong Robots", "They keep learning.", ("Ada One", "Bob Two"),
    )  # fmt: skip
    assert [one.message for one in digest.issues] == ["its link is no paper: https://blog.example/", "an item without a link"]
    cut = read(text[: text.index("No paper")])
    assert [len(cut.entries), cut.issues[-1].message] == [1, "the JSON breaks off or is broken here; nothing after it was read"]


@pytest.mark.parametrize("at", range(ARXIV_RSS.index("<item>"), len(ARXIV_RSS), 37))
def test_a_feed_cut_anywhere_keeps_its_whole_items_and_says_that_it_is_cut(at: int):
    """Every item that began is an entry or an issue."""
    digest = feed.parse(Document(text=ARXIV_RSS[:at], name="", as_of=DAY, sha256=""))
    assert len(digest.entries) >= ARXIV_RSS[:at].count("</item>")
    assert len(digest.entries) + len(digest.issues) >= ARXIV_RSS[:at].count("<item>") + 1
    assert any("nothing after it was read" in one.message for one in digest.issues)


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    "<rss><channel><item><title>&c;</title><link>https://arxiv.org/abs/2306.03310</link></item></channel></rss>"
)


def test_entities_that_a_document_declares_are_refused():
    """Neither a billion laughs nor a file of this machine comes out of XML."""
    assert "it declares entities, which are not read from a digest" in refused(BOMB)
    external = BOMB.replace('a "lol"', 'a SYSTEM "file:///etc/hostname"')
    assert "it declares entities" in refused(external)
    parameter = BOMB.replace('<!ENTITY a "lol">', '<!ENTITY % a SYSTEM "http://127.0.0.1:1/x.dtd"> %a;')
    assert "it declares entities" in refused(parameter)


def test_a_document_type_that_declares_nothing_is_passed_over():
    """RSS 0.91 names Netscape's, which nobody fetches; lines keep their numbers."""
    dtd = '\n<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"\n "http://my.netscape.com/rss-0.91.dtd">\n'
    text = (
        '<?xml version="1.0"?>'
        + dtd
        + "<rss><channel>\n<item><title>Old Robots</title><link>arxiv.org/abs/1001.0001</link></item>"
    )
    digest = read(text + "</channel></rss>")
    assert [(one.title, one.line) for one in digest.entries] == [("Old Robots", 5)]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("R&D", "R&D"),
        ("A &unknown; B", "A &unknown; B"),
        ("&eacute;t&eacute; &#233;", "été é"),
        ("<![CDATA[a & b &amp; c]]>", "a & b & c"),
        ("x\x0by", "x\ufffdy"),
    ],
)
def test_what_feeds_get_wrong_is_put_right(title: str, shown: str):
    """Lone ampersands, names of HTML, characters that XML cannot hold."""
    text = f"<rss><channel><item><title>{title}</title><link>https://arxiv.org/abs/2306.03310</link></item></channel></rss>"
    assert [one.title for one in read(text).entries] == [shown]


def test_deep_nesting_ends_the_reading_with_an_issue():
    """A thousand elements within one another."""
    text = "<rss><channel><item><title>Good One</title><link>https://arxiv.org/abs/2306.03310</link></item>" + "<a>" * 1_000
    digest = read(text)
    assert (len(digest.entries), "nested more than 100 deep" in digest.issues[-1].message) == (1, True)
