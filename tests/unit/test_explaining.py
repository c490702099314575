"""Preview, status and why, as conversations in a channel with real storage."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.cards import Buttons, Row, plain_text
from bot.model import MessageRef
from bot.subscription import SourceState, Step
from tests.builders import HERE, Entry, Identifier, Room, store_entries

SAPO = "Soft Adaptive Policy Optimization"


def test_preview_shows_what_would_come_and_what_would_not(room: Room):
    """The top two of seven with their reasons; the rest with rank, muted word and count."""
    room.type("/papers subscribe rl daily 09:00 UTC top 2")
    room.type("/papers mute visual triple")
    said = room.says("/papers preview")
    assert "Comes Mon 09:00 UTC. As things stand 7 of 40 new papers match and 2 go in." in said
    assert "“visual triple” is muted here" in said
    assert "rank 3, past the top 2" in said
    (card,) = room.type("/papers preview").cards
    assert sum(isinstance(one, Row) for one in card.elements) == 2


def test_preview_is_what_is_then_posted(room: Room):
    """The previewed papers are those of the edition, in the same order."""
    room.type("/papers subscribe rl daily 09:00 UTC top 3")
    (card,) = room.type("/papers preview").cards
    previewed = [row.spans[0].text for row in card.elements if isinstance(row, Row)]
    room.now += timedelta(hours=2)
    assert room.post()[1:] == previewed


def test_preview_of_a_full_edition_stays_short(room: Room):
    """All forty papers: ten are shown, the rest counted."""
    room.type("/papers subscribe daily 09:00 UTC top 50")
    assert "and 30 more in it" in room.says("/papers preview")
    room.type("/papers subscribe #1 daily 09:00 UTC top 1")
    assert "and 31 more" in room.says("/papers preview")


def test_preview_of_several_asks_which(room: Room):
    """A button each; a number or a query says it at once."""
    room.type("/papers subscribe rl 09:00 UTC")
    room.type("/papers subscribe icl 09:00 UTC")
    (card,) = room.type("/papers preview").cards
    assert [one.button.command for one in card.elements if isinstance(one, Row)] == ["/papers preview #1", "/papers preview #2"]
    assert "The next edition: icl" in room.says("/papers preview #2")
    assert "The next edition: icl" in room.says("/papers preview icl")
    assert "no subscription robots" in room.says("/papers preview robots")


def test_preview_without_a_subscription_says_how_to_begin(room: Room):
    """There is nothing to preview yet."""
    for text in ("/papers preview", "/papers preview 7", "/papers preview #1"):
        assert "This channel has no subscription" in room.says(text)


def test_preview_of_days_counts_each(room: Room):
    """A bare number means days; more than can be looked back at is refused."""
    room.type("/papers subscribe rl daily 09:00 UTC top 5")
    assert "Mon 8 Dec 2025  5 of 7 that match" in room.says("/papers preview 7")
    assert "Mon 8 Dec 2025  5 of 7 that match" in room.says("/papers preview 7 days")
    assert "looks back 1 to 31 days, not 45" in room.says("/papers preview 45")
    assert "looks back 1 to 31 days, not 0" in room.says("/papers preview 0")


def test_status_says_next_and_last_and_the_newest_digest(room: Room):
    """Before and after an edition; the next post on the asker's own clock too, the last one with its link."""
    assert "This channel has no subscription." in room.says("/papers status")
    room.type("/papers subscribe rl daily 09:00 UTC top 5")
    before = room.says("/papers status", zone="Asia/Tokyo")
    assert "Next: Mon 09:00 UTC, for you Mon 18:00 Asia/Tokyo" in before
    assert "It is new: nothing has been posted for it yet." in before
    assert "Next: Mon 09:00 UTC\n" in room.says("/papers status")
    room.now += timedelta(hours=2)
    room.post(url="http://127.0.0.1:8700/#/0//m1")
    (card,) = room.type("/papers status").cards
    assert "Last: Mon 8 December 2025, 5 of 40 new papers" in plain_text(card)
    assert "http://127.0.0.1:8700/#/0//m1" in str(card)
    assert "Newest digest: Mon 8 December 2025" in plain_text(card)


def test_status_of_a_new_subscription_tells_what_was_posted_before_it(room: Room):
    """The channel had another one: its last post is named with its link, also once nothing is subscribed any more."""
    room.type("/papers subscribe rl daily 09:00 UTC top 5")
    room.now += timedelta(hours=2)
    room.post(url="http://127.0.0.1:8700/#/0//m1")
    assert "stopped since" not in room.says("/papers status")
    room.type("/papers unsubscribe")
    stopped = "Last posted here: Mon 8 December 2025, for a subscription that was stopped since."
    assert stopped in room.says("/papers status")
    room.type("/papers subscribe icl daily 09:00 UTC")
    said = room.says("/papers status")
    assert "It is new: nothing has been posted for it yet." in said
    assert stopped in said
    assert "http://127.0.0.1:8700/#/0//m1" in str(room.type("/papers status").cards)


def test_an_edition_counts_only_papers_that_are_new_here(room: Room):
    """After stopping and subscribing anew, what the channel was shown that morning is no new paper, here and in the preview."""
    room.type("/papers subscribe rl daily 09:00 UTC top 5")
    room.now += timedelta(hours=2)
    room.post()
    room.type("/papers unsubscribe")
    room.type("/papers subscribe rl daily 09:00 UTC top 1")
    assert "As things stand 2 of 35 new papers match and 1 go in." in room.says("/papers preview")
    room.now += timedelta(days=1)
    room.post()
    assert "Last: Tue 9 December 2025, 1 of 35 new papers" in room.says("/papers status")
    room.type("/papers unsubscribe")
    room.type("/papers subscribe daily 09:00 UTC top 50")
    room.now += timedelta(days=1)
    room.post()
    room.type("/papers unsubscribe")
    room.type("/papers subscribe rl daily 09:00 UTC")
    said = room.says("/papers preview")
    assert "there is no new paper for it; 40 papers that it has not looked at came here already." in said


def test_an_overdue_subscription_is_told_of_as_it_will_go_on(room: Room):
    """While its day is open it comes now; once that is over, on the next day: in the preview, the status and why."""
    room.type("/papers subscribe rl daily 09:00 UTC within 2h")
    due = room.now
    room.now = due + timedelta(hours=2)
    assert "Comes now; it was due Mon 09:00 UTC." in room.says("/papers preview")
    assert "It comes with the next edition, now; it was due Mon 09:00 UTC." in room.says(f"/papers why {SAPO}")
    room.now = due + timedelta(hours=5)
    assert "Comes Tue 09:00 UTC." in room.says("/papers preview")
    assert "Next: Tue 09:00 UTC" in room.says("/papers status")
    assert "It comes with the next edition, Tue 09:00 UTC." in room.says(f"/papers why {SAPO}")
    assert "next Tue 09:00 UTC" in room.says("/papers subscriptions")


def test_why_says_what_the_edition_decided_then(room: Room):
    """Settings that were changed since change nothing in what is told of an edition."""
    room.type("/papers subscribe rl daily 09:00 UTC top 2")
    (card,) = room.type("/papers preview").cards
    shown = [row.spans[0].text for row in card.elements if isinstance(row, Row)]
    cut = next(
        one for one in ("One RL to See Them All", SAPO, "Walk Before You Run") if not any(s.startswith(one) for s in shown)
    )
    room.now += timedelta(hours=2)
    room.post()
    room.type("/papers subscribe #1 rl daily 09:00 UTC top 20")
    assert "of a top 2: past the end" in room.says(f"/papers why {cut}")
    room.type("/papers subscribe #1 libero daily 09:00 UTC")
    assert "It matches now, but did not when the edition on 8 Dec 2025 was made." in room.says("/papers why LIBERO")


def test_why_of_an_edition_that_broke_off(room: Room):
    """How much of it is out is said, and what becomes of its papers where nothing is."""
    room.type("/papers subscribe rl daily 09:00 UTC top 5")
    room.now += timedelta(hours=2)
    from bot.editions.plan import plan_due

    plan_due(room.library, room.rounds, room.now)
    (job,) = room.rounds.ledger.claim("test", room.now, lease_s=60, limit=1, platforms=("web",))
    gone = Step(kind="given_up", edition_id=job.edition_id, reason="The thread was deleted.")
    sent = Step(kind="sent", edition_id=job.edition_id, number=1, message=MessageRef(channel=HERE, message="m1"))
    room.rounds.ledger.record("test", room.now, [replace(sent, kind="begun"), sent, gone], lease_s=60)
    title = job.parts[1].card.title
    said = room.says(f"/papers why {title}")
    assert "It is in the edition on 8 Dec 2025, of which only 1 of 6 messages could be sent: The thread was deleted." in said


def test_status_tells_of_an_edition_that_waits_or_failed(room: Room):
    """What was not sent is said with its reason; what came before it stays the last post."""
    room.type("/papers subscribe rl daily 09:00 UTC top 5")
    room.now += timedelta(hours=2)
    room.post()
    room.now += timedelta(days=1)
    from bot.editions.plan import plan_due

    store_entries(room.library.store, [_entry("A New RL Method", "2512.00001")], day=room.now.date())
    room.library.index.catch_up()
    plan_due(room.library, room.rounds, room.now)
    assert "Tue 9 December 2025: waits to be sent." in room.says("/papers status")
    (job,) = room.rounds.ledger.claim("test", room.now, lease_s=60, limit=1, platforms=("web",))
    later = Step(kind="retry", edition_id=job.edition_id, number=1, retry_at=room.now + timedelta(minutes=5))
    room.rounds.ledger.record("test", room.now, [later], lease_s=60)
    assert "waits to be sent; the next try is at Tue 10:05 UTC." in room.says("/papers status")
    room.now += timedelta(minutes=5)
    (job,) = room.rounds.ledger.claim("test", room.now, lease_s=60, limit=1, platforms=("web",))
    step = Step(kind="given_up", edition_id=job.edition_id, reason="The platform refused it.")
    room.rounds.ledger.record("test", room.now, [step], lease_s=60)
    said = room.says("/papers status")
    assert "Tue 9 December 2025: could not be sent. The platform refused it." in said
    assert "Last: Mon 8 December 2025, 5 of 40 new papers" in said
    said = room.says("/papers why A New RL Method")
    assert "could not be sent: The platform refused it. The next edition looks at it again." in said


def test_status_explains_an_empty_day(room: Room):
    """Nothing matched: the reason stands where the count would."""
    room.type("/papers subscribe quokka daily 09:00 UTC")
    room.now += timedelta(hours=2)
    room.post()
    assert "Nothing among 40 new papers matched quokka." in room.says("/papers status")


def test_status_says_since_when_a_source_fails(room: Room):
    """A source that works and one that does not."""
    since = datetime(2025, 12, 8, 6, 10, tzinfo=UTC)
    room.sources = (
        SourceState(name="folder inbox", ok_at=since),
        SourceState(name="today.txt", failing_since=since, error="It is no digest."),
    )
    said = room.says("/papers status")
    assert "folder inbox answered Mon 06:10 UTC" in said
    assert "today.txt fails since Mon 06:10 UTC: It is no digest." in said
    assert "06:10" not in room.says("/papers status", zone="Asia/Tokyo")


def test_status_says_that_nothing_fills_it_or_until_when_a_source_rests(room: Room):
    """How to add one; a rest that is over is not told."""
    assert "Whoever runs Paper Round adds one: paperround sources add hf" in room.says("/papers status")
    since = datetime(2025, 12, 8, 6, 10, tzinfo=UTC)
    rests = SourceState(
        name="arXiv cs.LG", failing_since=since, error="It cannot be reached.", rests_until=room.now + timedelta(hours=1)
    )
    room.sources = (rests,)
    said = room.says("/papers status")
    assert "arXiv cs.LG fails since Mon 06:10 UTC: It cannot be reached. It is left alone until Mon 09:00 UTC." in said
    assert "sources add" not in said
    room.now += timedelta(hours=2)
    assert "left alone" not in room.says("/papers status")


def test_status_with_words_behind_it_is_a_search(room: Room):
    """“status epilepticus” is a topic too: the usage leads there."""
    assert "/papers search status epilepticus" in room.says("/papers status epilepticus")


def test_why_tells_each_story(room: Room):
    """Coming, shown with its link, past the top N, not matching and by which word, of no subscription, not stored."""
    assert "this channel has no subscription" in room.says("/papers why LIBERO")
    room.type("/papers subscribe rl daily 09:00 UTC top 2")
    (card,) = room.type("/papers preview").cards
    first, second = (row.spans[0].text for row in card.elements if isinstance(row, Row))
    assert "It comes with the next edition, Mon 09:00 UTC." in room.says(f"/papers why {first}")
    assert "It does not match: it does not say “rl”." in room.says("/papers why LIBERO")
    room.now += timedelta(hours=2)
    room.post(url="http://127.0.0.1:8700/#/0//m1")
    (shown,) = room.type(f"/papers why {second}").cards
    assert "Posted here on 8 Dec 2025." in plain_text(shown)
    assert "http://127.0.0.1:8700/#/0//m1" in str(shown)
    cut = next(
        one
        for one in ("One RL to See Them All", SAPO, "Walk Before You Run")
        if not first.startswith(one) and not second.startswith(one)
    )
    assert "past the end" in room.says(f"/papers why {cut}")


def test_why_of_a_paper_before_the_subscription(room: Room):
    """It matches, but was listed on an earlier day."""
    store_entries(room.library.store, [_entry("Offline RL of Old", "2001.00001")], day=datetime(2025, 11, 3, tzinfo=UTC).date())
    room.library.index.catch_up()
    room.type("/papers subscribe rl daily 09:00 UTC")
    said = room.says("/papers why Offline RL of Old")
    assert "before this subscription began" in said or "too long ago" in said


def test_why_while_paused_names_the_reason(room: Room):
    """A paused subscription brings nothing, and says so."""
    room.type("/papers subscribe rl daily 09:00 UTC")
    room.rounds.subscriptions.pause_channel(HERE, "The channel was archived.")
    assert "[Resume]" in room.says("/papers status")
    assert "this subscription is paused: The channel was archived." in room.says(f"/papers why {SAPO}")
    assert "It is paused and posts nothing." in room.says("/papers preview")


def test_why_of_a_misspelt_or_unknown_name(room: Room):
    """The nearest is explained and named; nothing near: no source listed it."""
    room.type("/papers subscribe rl daily 09:00 UTC")
    assert "No paper is called LIBRO; this is the closest." in room.says("/papers why LIBRO")
    assert "No source has listed it, so it could not be posted." in room.says("/papers why quokkanet9000")
    assert "Why which paper?" in room.says("/papers why")
    assert "Nothing was looked up" in room.says("/papers why " + "x" * 501)


def test_why_of_an_ambiguous_name_is_a_choice(room: Room):
    """Each of them has its own button, which is a command."""
    store_entries(
        room.library.store, [_entry("ATLAS: Maps of Cities", "2511.00002"), _entry("ATLAS: Maps of Proteins", "2101.00001")]
    )
    room.library.index.catch_up()
    (card,) = room.type("/papers why ATLAS").cards
    commands = [row.button.command for row in card.elements if isinstance(row, Row)]
    assert len(commands) == 2
    assert all("Maps of" in room.type(one).cards[0].title for one in commands)


def test_why_after_everything_was_stopped(room: Room):
    """What was posted stays known."""
    room.type("/papers subscribe rl daily 09:00 UTC")
    room.now += timedelta(hours=2)
    room.post()
    room.type("/papers unsubscribe")
    assert "Posted here on 8 Dec 2025." in room.says(f"/papers why {SAPO}")


def test_every_button_of_these_cards_is_a_command_that_works(room: Room):
    """Nothing that can be pressed leads to an error."""
    room.type("/papers subscribe rl daily 09:00 UTC top 2")
    for text in ("subscriptions", "preview", "preview 7", "status", "why LIBERO", "mute", "subscriptions all", "why LIBRO"):
        for card in room.type(f"/papers {text}").cards:
            pressed = [b for e in card.elements if isinstance(e, Buttons) for b in e.buttons]
            pressed += [e.button for e in card.elements if isinstance(e, Row)]
            for button in pressed:
                if "unsubscribe" in button.command:
                    continue
                reply = room.type(button.command)
                assert reply.form or reply.cards[0].title != "That did not work", button


def _entry(title: str, arxiv: str) -> Entry:
    from tests.builders import entry

    return entry(title, identifiers=(Identifier("arxiv", arxiv),), abstract="A text on something.")
