"""The seams of editions: what the engine asks of storage to subscribe, to plan and to deliver. Knows no SQL and no platform."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.model import ChannelRef
from bot.subscription import Backlog, Edition, Job, PlannedEdition, Step, Subscription


class SubscriptionStore(Protocol):
    """Who gets what, where and when. Synchronous; every method is one transaction and raises `StorageError`."""

    def add(self, subscription: Subscription, *, most: int) -> Subscription | None:
        """Store a new one, whose `id` is not looked at, and give it back with its id; `None` where the channel has `most`."""
        ...

    def change(self, subscription: Subscription) -> bool:
        """Store its wish, `next_at` and `paused` anew, by its id; `False` where it has ended."""
        ...

    def mention_nobody(self, subscription_id: int, role: str) -> Subscription | None:
        """Take a role that is gone out of a subscription; as it is then, to exactly one caller: `None` where it was not there."""
        ...

    def end(self, subscription_id: int, now: datetime) -> bool:
        """End it; what it posted stays known. What it has not sent yet is given up. `False` where it had ended already."""
        ...

    def of_channel(self, channel: ChannelRef) -> list[Subscription]:
        """The subscriptions of a channel that have not ended, oldest first, paused ones too."""
        ...

    def of_workspace(self, platform: str, workspace: str, *, limit: int) -> list[Subscription]:
        """Those of all channels of a workspace, by channel, oldest first."""
        ...

    def all(self, *, limit: int) -> list[Subscription]:
        """Those of all workspaces: for the operator."""
        ...

    def due(self, now: datetime, *, limit: int) -> list[Subscription]:
        """Subscriptions whose `next_at` has come, the longest waiting first."""
        ...

    def pause_channel(self, channel: ChannelRef, reason: str) -> list[Subscription]:
        """Pause every running subscription of a channel and give up what is unsent there; returns those that ran until now."""
        ...

    def set_shared(self, channel: ChannelRef, shared: bool) -> bool:
        """Note whether another company reads a channel too; `False` where that was known.

        From then on only public papers are posted there; what waits to be sent and holds others is given up.
        """
        ...

    def pause_workspace(self, platform: str, workspace: str, reason: str) -> list[Subscription]:
        """Pause every running subscription of a workspace and give up what is unsent there; returns those that ran until now."""
        ...

    def resume_workspace(self, platform: str, workspace: str, reason: str, now: datetime) -> int:
        """Let those run again that are paused for exactly this reason, from their next local time on; how many that were."""
        ...

    def mute(self, channel: ChannelRef, word: str, *, by: str, now: datetime, most: int) -> bool:
        """Keep papers with this word out of a channel; `False` where it has `most` words already."""
        ...

    def unmute(self, channel: ChannelRef, word: str) -> bool:
        """Let a word in again; `False` where it was not muted."""
        ...

    def muted(self, channels: Sequence[ChannelRef]) -> Mapping[ChannelRef, tuple[str, ...]]:
        """The muted words of each channel that has any, in alphabetical order."""
        ...


class Ledger(Protocol):
    """What was planned and what became of it: the one truth about posts. Safe with several processes on one database."""

    def plan(self, editions: Sequence[PlannedEdition], now: datetime) -> list[bool]:
        """Enter editions, each as a whole or not at all, and move its subscription to its `next_at`.

        Not entered (`False`): the subscription has ended, was changed or was planned by another process since it was read, has an
        edition of that day, or one of its papers has meanwhile been shown in the channel. It is then simply due again, except
        that for a day that has an edition already `next_at` still moves on.
        """
        ...

    def claim(self, owner: str, now: datetime, *, lease_s: float, limit: int, platforms: Sequence[str]) -> list[Job]:
        """Lease editions that wait to be sent on these platforms, oldest due first; for each channel only the first.

        An edition is free when nobody leases it, or a lease has run out. One that is to be tried again later is not free, and
        holds back the later ones of its channel.
        """
        ...

    def record(self, owner: str, now: datetime, steps: Sequence[Step], *, lease_s: float) -> list[bool]:
        """Write down what happened, in one transaction, and extend the leases. `False`: the lease was lost; stop that job.

        A `sent` step is written even if the lease was lost, if the part is not sent already: the message is out.
        """
        ...

    def shown(self, channels: Sequence[ChannelRef], paper_ids: Sequence[int]) -> Mapping[ChannelRef, frozenset[int]]:
        """Which of these papers each channel has been shown, or is about to be."""
        ...

    def shown_in(self, channel: ChannelRef, paper_id: int) -> Edition | None:
        """The edition that showed a paper in a channel."""
        ...

    def last_planned(self, subscription_ids: Sequence[int]) -> Mapping[int, Edition]:
        """The newest edition of each subscription that has one, skipped days included."""
        ...

    def editions(self, subscription_id: int, *, limit: int) -> list[Edition]:
        """The newest editions of a subscription, newest first."""
        ...

    def last_posted(self, channel: ChannelRef) -> Edition | None:
        """The newest edition in a channel of which anything was posted, of any subscription, also one that has ended."""
        ...

    def backlog(self, now: datetime) -> Backlog:
        """How much is due and waiting."""
        ...

    def forget(self, before: date) -> int:
        """Drop the cards and verdicts of editions older than a day; what was shown where stays known. Returns how many."""
        ...


@dataclass(frozen=True, slots=True)
class Rounds:
    """Who gets what, and what became of it."""

    subscriptions: SubscriptionStore
    ledger: Ledger
