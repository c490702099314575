"""Moments in the cards: which they are, and how the page shows them."""

from datetime import UTC, datetime, timedelta

from adapters.discord.render import render_reply as discord
from adapters.slack.render import render_reply as slack
from adapters.web.records import Message
from adapters.web.render import Pages
from bot.cards import Card, Reply, Span, Text, plain_text
from bot.subscription import Subscription
from bot.views.home import own_card
from tests.builders import HERE, Room
from tests.strategies import moments_of

AT = datetime(2025, 12, 9, 8, tzinfo=UTC)
CARD = Card(title="T", elements=(Text((Span("Next: "), Span("Tue 09:00 Europe/Berlin", "bold", at=AT))),))


def _subscribed(room: Room) -> Subscription:
    room.type("/papers subscribe rl 09:00 Europe/Berlin")
    (mine,) = room.rounds.subscriptions.of_channel(HERE)
    assert mine.next_at
    return mine


def test_when_a_subscription_comes_next_is_a_moment_on_every_card(room: Room):
    """When it was made, in the lists, on the own page, in the status and in the preview; its words name the channel's zone."""
    (made,) = room.type("/papers subscribe rl 09:00 Europe/Berlin").cards
    mine = _subscribed(room)
    lines = ("/papers subscriptions", "/papers subscriptions all", "/papers preview #1", "/papers status")
    for card in (made, own_card(mine, now=room.now), *(room.type(line).cards[0] for line in lines)):
        assert mine.next_at in moments_of(card), card.title
        assert "09:00 Europe/Berlin" in plain_text(card)


def test_the_askers_own_time_is_of_the_same_moment(room: Room):
    """A platform that shows times shows one, not the channel's and the asker's beside each other."""
    mine = _subscribed(room)
    (card,) = room.type("/papers status", zone="Asia/Tokyo").cards
    (span,) = (span for one in card.elements if isinstance(one, Text) for span in one.spans if span.at)
    assert span.at == mine.next_at
    assert span.text.endswith("17:00 Asia/Tokyo")
    assert "09:00 Europe/Berlin, for you" in span.text


def test_until_when_an_import_can_be_undone_is_a_moment(room: Room):
    """To the second at most, whenever it was taken in; a day later there is neither."""
    taken = b"LIBRARY OF TWO https://arxiv.org/abs/2909.00001"
    (card,) = room.type("/papers import", document=taken).cards
    assert moments_of(card) == [room.now.replace(microsecond=0) + timedelta(hours=24)]


def test_the_page_keeps_the_words_and_has_the_moment_beside_them():
    """A `<time>` with the words in the channel's zone; what it is here is its title."""
    pages = Pages({})
    assert (
        '<strong><time class="moment" datetime="2025-12-09T08:00:00+00:00">Tue 09:00 Europe/Berlin</time></strong>'
        in pages.cards([CARD])
    )


def test_the_likeness_of_another_platform_shows_a_time_and_not_its_markup():
    """Discord's tag has no words, so it is told in UTC; Slack's has them."""
    pages = Pages({"Discord": discord, "Slack": slack})
    message = Message(id="m1", channel=0, author="bot", reply=Reply(cards=(CARD,)), sent_at=AT)
    assert '<time class="moment" datetime="2025-12-09T08:00:00+00:00">9 December 2025 08:00 UTC</time>' in pages.message(
        message, "Discord"
    )
    assert "<strong>Tue 09:00 Europe/Berlin</strong>" in pages.message(message, "Slack")
