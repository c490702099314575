"""A database of the version before, filled, and then opened by this one."""

from dataclasses import replace

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from bot.model import Identifier, Sighting
from storage.database import open_database
from storage.migrate import FOLDER
from storage.open import open_storage
from tests.contract.builders import DAY, FULL_PAPER, entry, everything, take_in
from tests.contract.rounds import channel, edition, plan, subscribe

PAPER = """INSERT INTO papers VALUES (
    :id, :title, :abstract, :authors, 9, 'ut-austin', 'UT Austin', '2023-06-05',
    'https://a.example', 'https://b.example', 'https://c.example', 'https://d.example', NULL,
    :keywords, 'A benchmark.', 0, 3, 1234, :day, :day, :day, :change
)"""
ADD_CHANNEL = text("INSERT INTO channels (id, platform, workspace, channel, shared) VALUES (:n, :o, :p, :q, false)")
ADD_SUBSCRIPTION = text(
    "INSERT INTO subscriptions (channel_id, query, days, at, zone, top, layout, quiet, made_by, made_at, since_change, start_on, "
    "paused, ended_at) VALUES (:channel, 'rl', '01234', '09:00:00.000000', 'UTC', 10, 'thread', false, '9', "
    "'2025-12-01 00:00:00+00:00', 0, '2025-12-01', '', :ended)"
)
ADD_NOTE = text("INSERT INTO notes VALUES (:key, :words, '2075-12-01 00:00:00+00:00')")
LISTED = (
    "INSERT INTO digests VALUES (1, 'hf:1', 'hf', :day, :day, 'abc')",
    "INSERT INTO sightings VALUES (1, 1, 4, 0, 3, NULL, :day)",
    "UPDATE clock SET change = 40",
)


def upgrade(connection: Connection, revision: str) -> None:
    """Bring a database to the tables of a version."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def fill_as_of_0001(url: str, upto: str = "0001") -> None:
    """Three papers, of which the first was changed last; ids have a gap. Then the tables of the version `upto`."""
    database = open_database(url)
    with database.writing() as connection:
        upgrade(connection, "0001")
        for paper_id, change in ((1, 40), (2, 12), (9, 13)):
            row = {"id": paper_id, "title": FULL_PAPER.title, "abstract": FULL_PAPER.abstract, "day": str(DAY), "change": change}
            lists = {"authors": '["Bo Liu","Yifeng Zhu","Zoë Ångström"]', "keywords": '["lifelong learning","робот"]'}
            connection.execute(text(PAPER), row | lists)
        for position, (scheme, value) in enumerate(FULL_PAPER.identifiers):
            row = {"scheme": scheme, "value": value, "position": position}
            connection.execute(text("INSERT INTO identifiers VALUES (:scheme, :value, 1, :position)"), row)
        for statement in LISTED:
            connection.execute(text(statement), {"day": str(DAY)} if ":day" in statement else {})
        upgrade(connection, upto)
        if upto == "0002":
            connection.execute(text("INSERT INTO channels (platform, workspace, channel) VALUES ('web', 'team', 'papers')"))
    database.close()


@pytest.mark.parametrize("version", ["0001", "0002"])
def test_a_filled_database_of_an_earlier_version_keeps_everything(url: str, version: str):
    """Papers, identifiers, sightings and change numbers; new papers and subscriptions go on from there."""
    fill_as_of_0001(url, version)
    storage = open_storage(url)
    papers = storage.papers
    of_one_day = replace(FULL_PAPER, said_on=())
    assert papers.papers([1]) == [of_one_day]
    assert papers.paper_by_identifier(Identifier("title", "libero")) == of_one_day
    sighting = Sighting(paper_id=1, source="hf", issued_on=DAY, rank=4, metrics=papers.sightings(1)[0].metrics)
    assert (papers.sightings(1), papers.listed_on(DAY), papers.received_on("abc")) == ([sighting], [1], DAY)
    assert [(one.number, one.paper.id) for one in papers.changed_since(0, 9)] == [(12, 2), (13, 9), (40, 1)]
    assert (papers.count(), papers.last_change()) == (3, 40)
    assert take_in(papers, entry("new")) == ["added"]
    assert (papers.papers([1], viewer="web:team")[0].visible_to, papers.spaces()) == (None, frozenset())
    assert plan(storage, edition(subscribe(storage), 1)) == [True]
    assert storage.subscriptions.all(limit=1)[0].shared is False
    assert storage.ledger.shown([channel()], [1]) == {channel(): frozenset({1})}
    storage.close()


def test_papers_of_the_version_before_were_added_in_the_order_of_their_ids(url: str):
    """Not later than the clock, and before whatever comes after."""
    fill_as_of_0001(url)
    storage = open_storage(url)
    assert [(one.paper.id, one.added) for one in storage.papers.changed_since(0, 9)] == [(2, 2), (9, 3), (1, 1)]
    assert storage.papers.change_before(DAY) == 0
    take_in(storage.papers, entry("new"))
    assert [paper.id for paper in storage.papers.added_since(2, 9)] == [10, 9]
    assert [paper.id for paper in storage.papers.added_since(40, 9)] == [10]
    assert len(everything(storage.papers)) == 4
    storage.close()


def test_what_a_discord_channel_wanted_becomes_its_subscriptions(url: str):
    """Each living one of that channel, in a server; a damaged note carries nothing, and the notes are gone."""
    database = open_database(url)
    with database.writing() as connection:
        upgrade(connection, "0007")
        places = [("discord", "1", "10"), ("discord", "1", "11"), ("discord", "1", "12"), ("web", "1", "10")]
        places.append(("discord", "user:5", "13"))
        for number, place in enumerate(places, 1):
            connection.execute(ADD_CHANNEL, dict(zip("nopq", (number, *place), strict=True)))
            connection.execute(ADD_SUBSCRIPTION, {"channel": number, "ended": None})
        connection.execute(ADD_SUBSCRIPTION, {"channel": 1, "ended": None})
        connection.execute(ADD_SUBSCRIPTION, {"channel": 1, "ended": "2025-12-01 00:00:00+00:00"})
        notes = {
            "discord:channel:10": '{"role": "77", "publish": true}',
            "discord:channel:11": "{damaged",
            "discord:channel:12": '{"role": "", "publish": false}',
            "discord:channel:13": '{"role": "78", "publish": true}',
            "discord:channel:99": '{"role": "79"}',
            "discord:commands:1": "kept",
        }
        for key, words in notes.items():
            connection.execute(ADD_NOTE, {"key": key, "words": words})
    database.close()
    storage = open_storage(url)
    wished = {one.id: (one.wish.mention, one.wish.publish) for one in storage.subscriptions.all(limit=99)}
    nothing = ("", False)
    assert wished == {1: ("77", True), 2: nothing, 3: nothing, 4: nothing, 5: nothing, 6: ("77", True)}
    storage.close()
    database = open_database(url)
    with database.reading() as connection:
        assert connection.execute(text("SELECT key FROM notes")).scalars().all() == ["discord:commands:1"]
        assert connection.execute(text("SELECT mention FROM subscriptions WHERE id = 7")).scalar_one() == ""
    database.close()
