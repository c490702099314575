"""The commands that keep papers with a word out of a channel, whatever its subscriptions say."""

from bot.cards import Reply
from bot.desk import Desk
from bot.errors import CommandError
from bot.views.mutes import muted_card
from bot.which import require_leave

MOST_WORDS = 50
WORD_CHARS = 40


def mute(argument: str, desk: Desk) -> Reply:
    """Keep papers with a word out of this channel; without a word, the words that are."""
    asked, rounds = desk.in_channel()
    channel = asked.channel
    if not argument:
        return Reply(cards=(muted_card(rounds.subscriptions.muted([channel]).get(channel, ())),))
    require_leave(asked)
    word = _word(argument)
    before = rounds.subscriptions.muted([channel]).get(channel, ())
    if not rounds.subscriptions.mute(channel, word, by=asked.user, now=desk.now, most=MOST_WORDS):
        raise CommandError(
            f"{MOST_WORDS} words are muted in this channel, and more are not possible. “{word}” was not muted. Unmute one first.",
            usage="/papers mute",
        )
    said = (
        f"“{word}” was muted here already."
        if word in before
        else f"Papers with “{word}” are kept out of this channel from now on."
    )
    return Reply(cards=(muted_card(rounds.subscriptions.muted([channel]).get(channel, ()), said=said),))


def unmute(argument: str, desk: Desk) -> Reply:
    """Let papers with a word into this channel again."""
    asked, rounds = desk.in_channel()
    channel = asked.channel
    if not argument:
        return Reply(cards=(muted_card(rounds.subscriptions.muted([channel]).get(channel, ())),))
    require_leave(asked)
    word = _word(argument)
    done = rounds.subscriptions.unmute(channel, word)
    said = f"Papers with “{word}” may come here again." if done else f"“{word}” is not muted here. Nothing was changed."
    return Reply(cards=(muted_card(rounds.subscriptions.muted([channel]).get(channel, ()), said=said),))


def _word(argument: str) -> str:
    word = " ".join(argument.strip('"“” ').casefold().split())
    if not any(char.isalnum() for char in word):
        raise CommandError(f"“{argument[:40]}” holds no word. Nothing was changed.", usage="/papers mute survey")
    if len(word) > WORD_CHARS:
        raise CommandError(
            f"A muted word may have {WORD_CHARS} characters; this one has {len(word):,}. Nothing was changed.",
            usage="/papers mute survey",
        )
    return word
