"""Subscriptions as rows and back. Storage room: knows the columns, opens no connection."""

from typing import Any, Final

from sqlalchemy import Row, select

from bot.subscription import Subscription, Timing, Wish
from storage.channels import NAMED, channel_from
from storage.edition_tables import CHANNELS, SUBSCRIPTIONS

SELECT_SUBSCRIPTIONS: Final = select(SUBSCRIPTIONS, *NAMED, CHANNELS.c.shared).join(
    CHANNELS, CHANNELS.c.id == SUBSCRIPTIONS.c.channel_id
)


def subscription_from(row: Row[Any]) -> Subscription:
    """The subscription of a row of `SELECT_SUBSCRIPTIONS`."""
    timing = Timing(days=tuple(map(int, row.days)), at=row.at, zone=row.zone)
    return Subscription(
        id=row.id,
        channel=channel_from(row),
        wish=Wish(
            query=row.query,
            timing=timing,
            top=row.top,
            layout=row.layout,
            quiet=row.quiet,
            within_h=row.within_h,
            mention=row.mention,
            publish=row.publish,
        ),
        made_by=row.made_by,
        made_at=row.made_at,
        since_change=row.since_change,
        start_on=row.start_on,
        next_at=row.next_at,
        paused=row.paused,
        shared=row.shared,
    )


def changeable_values(subscription: Subscription) -> dict[str, Any]:
    """The columns that change while a subscription lives."""
    wish = subscription.wish
    return {
        "query": wish.query,
        "days": "".join(map(str, wish.timing.days)),
        "at": wish.timing.at,
        "zone": wish.timing.zone,
        "top": wish.top,
        "layout": wish.layout,
        "quiet": wish.quiet,
        "within_h": wish.within_h,
        "mention": wish.mention,
        "publish": wish.publish,
        "next_at": subscription.next_at,
        "paused": subscription.paused,
    }


def new_values(subscription: Subscription, channel_id: int) -> dict[str, Any]:
    """All columns of a new subscription but its number."""
    return {
        **changeable_values(subscription),
        "channel_id": channel_id,
        "made_by": subscription.made_by,
        "made_at": subscription.made_at,
        "since_change": subscription.since_change,
        "start_on": subscription.start_on,
    }
