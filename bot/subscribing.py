"""The commands that change what a channel is posted: subscribe, unsubscribe, resume; and the list of what there is."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.cards import Card, Reply
from bot.desk import Desk
from bot.editions.due import as_due
from bot.editions.preview import past_days, preview
from bot.errors import CommandError
from bot.ledger import Rounds
from bot.local_time import first_post, local_day, next_post
from bot.model import ChannelRef, Invocation
from bot.subscribe_line import read_wish
from bot.subscription import Subscription, Timing, Wish
from bot.views.subscribe_form import settings_form, subscribe_form
from bot.views.subscriptions import (
    Outlook,
    ended_card,
    nothing_here,
    nothing_paused,
    subscribed_card,
    subscriptions_card,
    what_changed,
    which_card,
    workspace_card,
)
from bot.which import named, numbered, require_leave, same_query
from bot.zones import read_zone

MOST = 20
MOST_LISTED = 50
USAGE = "/papers subscribe rl weekdays 09:00 Europe/Berlin"
_NUMBERED = re.compile(r"#(\d{1,9})(?:\s+(.*))?")
_ELSEWHERE = ("Etc/GMT+1", "Etc/GMT-1")


def subscribe(line: str, desk: Desk) -> Reply:
    """Subscribe this channel to a line, or change what it has; without one, the form for it.

    `#3` before the line names the subscription that is changed; else the one with the same query is.
    """
    asked, rounds = desk.in_channel()
    require_leave(asked)
    mine = rounds.subscriptions.of_channel(asked.channel)
    with_number = _NUMBERED.fullmatch(line)
    known = numbered(int(with_number[1]), mine) if with_number else None
    line = (with_number[2] or "") if with_number else line
    zone, whose = (known.wish.timing.zone, "") if known else _zone(asked, mine, desk)
    if not line:
        wish = known.wish if known else Wish(timing=Timing(zone=zone))
        return Reply(form=subscribe_form(wish, known, in_server=_in_server(asked.channel)))
    wish = read_wish(line, zone=zone, today=desk.today)
    _require_platform(wish, asked.channel)
    same = next((one for one in mine if same_query(one.wish.query, wish.query)), None)
    if known and same and same.id != known.id:
        raise CommandError(
            f"Subscription #{same.id} brings “{wish.query or 'all papers'}” here already. Nothing was changed. "
            "Change that one, or stop it first.",
            usage=f"/papers unsubscribe #{same.id}",
        )
    said = any(read_wish(line, zone=other, today=desk.today).timing.zone == wish.timing.zone != other for other in _ELSEWHERE)
    if same and not said:
        wish, said = replace(wish, timing=replace(wish.timing, zone=same.wish.timing.zone)), True
    note = "" if said or known else f"Time zone {wish.timing.zone}: {whose}. Name another one behind the time."
    if asked.shared or any(one.shared for one in mine):
        rounds.subscriptions.set_shared(asked.channel, asked.shared)
    changed = known or same
    return _change(changed, wish, desk, note) if changed else _add(wish, desk, note)


def _require_platform(wish: Wish, channel: ChannelRef) -> None:
    """See to it that a role is mentioned, or a message published, only where that exists.

    Raises:
        CommandError: it does not there, or the role is everyone.
    """
    word = "mention" if wish.mention else "publish" if wish.publish else ""
    if not word:
        return
    if channel.platform != "discord":
        raise CommandError(f"Only Discord has “{word}”: in this channel it means nothing. Nothing was changed. Leave it out.")
    if channel.workspace.startswith("user:"):
        raise CommandError(f"“{word}” is for channels of a server. Nothing was changed. Leave it out in direct messages.")
    if wish.mention == channel.workspace:  # the role that everybody has, by the server's own id
        raise CommandError("Paper Round never mentions @everyone. Nothing was changed. Choose a role that some people have.")


def _in_server(channel: ChannelRef) -> bool:
    """Whether a channel is one of a Discord server, the only place with roles to mention and followers to publish to."""
    return channel.platform == "discord" and not channel.workspace.startswith("user:")


def settings(argument: str, desk: Desk) -> Reply:
    """The form for the settings of a subscription that the first form has no room for everywhere."""
    asked, rounds = desk.in_channel()
    require_leave(asked)
    mine = rounds.subscriptions.of_channel(asked.channel)
    chosen = named(argument, mine) if argument else mine
    if not chosen:
        return Reply(cards=(nothing_here(mine, argument),))
    if len(chosen) > 1:
        return Reply(cards=(which_card("Which one is to change?", chosen, "Settings", "/papers settings #{id}", effect="form"),))
    return Reply(form=settings_form(chosen[0], in_server=_in_server(asked.channel)))


def beginning(wish: Wish, channel: ChannelRef, desk: Desk, *, made_by: str, next_at: datetime) -> Subscription:
    """A subscription that is not stored yet. It starts with the newest digest's day, so it brings no flood."""
    store = desk.library.store
    start_on = store.newest_day(desk.today, viewer=desk.viewer) or desk.today
    return Subscription(
        id=0,
        channel=channel,
        wish=wish,
        made_by=made_by,
        made_at=desk.now,
        since_change=store.change_before(start_on, viewer=desk.viewer),
        start_on=start_on,
        next_at=next_at,
        shared=desk.asked is not None and desk.asked.shared,
    )


def _add(wish: Wish, desk: Desk, note: str) -> Reply:
    asked, rounds = desk.in_channel()
    new = beginning(wish, asked.channel, desk, made_by=asked.user, next_at=first_post(wish.timing, desk.now))
    added = rounds.subscriptions.add(new, most=MOST)
    if added is None:
        raise CommandError(
            f"This channel has {MOST} subscriptions, and more are not possible. Nothing was changed. Stop one of them first.",
            usage="/papers unsubscribe",
        )
    return Reply(cards=(_subscribed(added, "Subscribed", [note], desk),))


def _change(old: Subscription, wish: Wish, desk: Desk, note: str = "") -> Reply:
    """Give a subscription another wish; a paused one runs again."""
    _, rounds = desk.in_channel()
    new = replace(old, wish=wish, next_at=_next_at(old, wish.timing, rounds, desk.now), paused="")
    if new.wish == old.wish and not old.paused:
        return Reply(cards=(_subscribed(old, "Subscribed already", ["Nothing was changed.", note], desk),))
    if not rounds.subscriptions.change(new):
        raise CommandError("That subscription was stopped meanwhile. Nothing was changed.", usage="/papers subscriptions")
    changes = what_changed(old, new)
    notes = [f"Changed: {', '.join(changes)}." if changes else "", "It was paused and runs again." if old.paused else "", note]
    title = "Resumed" if old.paused and not changes else "Subscription changed"
    return Reply(cards=(_subscribed(new, title, notes, desk),))


def _next_at(subscription: Subscription, timing: Timing, rounds: Rounds, now: datetime) -> datetime:
    """When it posts next: never a second time on a local day that has its edition."""
    at = first_post(timing, now)
    last = rounds.ledger.last_planned([subscription.id]).get(subscription.id)
    if last is not None and local_day(timing.zone, at) <= last.day:
        return next_post(timing, last.day)[1]
    return at


def _subscribed(subscription: Subscription, title: str, notes: Sequence[str], desk: Desk) -> Card:
    asked, rounds = desk.in_channel()
    composition = preview(subscription, desk.library, rounds, desk.now)
    coming = len(composition.chosen) + composition.rest
    matched = max(coming, len(composition.verdicts))
    past = past_days(subscription, desk.library, 7, desk.now) if not matched else ()
    seen = composition.seen + composition.shown
    outlook = Outlook(coming=coming, matched=matched, seen=seen, lately=sum(day.matched for day in past))
    return subscribed_card(
        subscription, title=title, notes=[one for one in notes if one], outlook=outlook, now=desk.now, asked_by=asked.user
    )


def unsubscribe(argument: str, desk: Desk) -> Reply:
    """Stop a subscription of this channel: the only one, the one that is named, or all."""
    asked, rounds = desk.in_channel()
    require_leave(asked)
    mine = rounds.subscriptions.of_channel(asked.channel)
    if argument.lower() == "all":
        chosen = mine
    elif argument:
        chosen = named(argument, mine)
    elif len(mine) > 1:
        return Reply(
            cards=(which_card("Which one is to stop?", mine, "Stop", "/papers unsubscribe #{id}", "/papers unsubscribe all"),)
        )
    else:
        chosen = mine
    if not chosen:
        return Reply(cards=(nothing_here(mine, argument),))
    ended = [one for one in chosen if rounds.subscriptions.end(one.id, desk.now)]
    return Reply(cards=(ended_card(ended or chosen, left=len(mine) - len(chosen)),))


def subscriptions(argument: str, desk: Desk) -> Reply:
    """The subscriptions of this channel; with `all` those of the workspace, for its admins."""
    asked, rounds = desk.in_channel()
    if argument and argument.lower() != "all":
        raise CommandError(
            f"“{argument[:60]}” is not understood after subscriptions. Leave it out, or write “all” for the whole workspace.",
            usage="/papers subscriptions",
        )
    if not argument:
        mine = [as_due(one, desk.now) for one in rounds.subscriptions.of_channel(asked.channel)]
        muted = rounds.subscriptions.muted([asked.channel]).get(asked.channel, ())
        return Reply(cards=(subscriptions_card(mine, muted, now=desk.now, asked_by=asked.user),))
    if not asked.is_admin:
        raise CommandError(
            "Only admins of this workspace may see the subscriptions of all its channels. Nothing was shown.",
            usage="/papers subscriptions",
        )
    theirs = rounds.subscriptions.of_workspace(asked.channel.platform, asked.channel.workspace, limit=MOST_LISTED + 1)
    return Reply(cards=(workspace_card(theirs[:MOST_LISTED], more=len(theirs) > MOST_LISTED, now=desk.now, asked_by=asked.user),))


def resume(argument: str, desk: Desk) -> Reply:
    """Let a paused subscription of this channel run again."""
    asked, rounds = desk.in_channel()
    require_leave(asked)
    mine = rounds.subscriptions.of_channel(asked.channel)
    chosen = named(argument, mine) if argument else [one for one in mine if one.paused]
    if not argument and len(chosen) > 1:
        return Reply(cards=(which_card("Which one is to run again?", chosen, "Resume", "/papers resume #{id}"),))
    if not chosen:
        return Reply(cards=(nothing_here(mine, argument) if argument or not mine else nothing_paused(),))
    return _change(chosen[0], chosen[0].wish, desk)


def _zone(asked: Invocation, mine: Sequence[Subscription], desk: Desk) -> tuple[str, str]:
    """The time zone of a line that names none, and whose it is."""
    if mine:
        return mine[-1].wish.timing.zone, "as in this channel’s newest subscription"
    own = read_zone(asked.zone) if asked.zone else None
    return (own, "your own") if own else (desk.zone, "the default here")
