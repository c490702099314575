"""What a step does to an edition that is being sent. Pure: no connection, no table. Storage room, for the ledger alone."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from bot.subscription import EditionState, Step

ALL_REFUSED = "The platform refused every message."


@dataclass(slots=True, kw_only=True)
class PartInHand:
    """A message as it stands: planned, sending, sent or failed."""

    state: str
    tries: int
    message: str | None
    url: str | None

    @property
    def is_unsent(self) -> bool:
        """Whether it is still to be sent, or perhaps just being sent."""
        return self.state in ("planned", "sending")


@dataclass(slots=True, kw_only=True)
class InHand:
    """An edition as it stands while steps are applied; `touched` are the numbers of the parts that have changed."""

    state: EditionState
    reason: str
    lease_owner: str | None
    lease_until: datetime | None
    retry_at: datetime | None
    done_at: datetime | None
    opener_message: str | None
    opener_url: str | None
    parts: dict[int, PartInHand]
    touched: set[int] = field(default_factory=set)
    papers_freed: bool = False

    @property
    def sent(self) -> int:
        """How many messages are out."""
        return sum(part.state == "sent" for part in self.parts.values())

    def take(self, step: Step, owner: str, now: datetime, lease_until: datetime) -> bool:
        """Apply a step of `owner`; `False` where the lease is another one's, or has run out."""
        is_leased = (
            self.state == "planned" and self.lease_owner == owner and self.lease_until is not None and self.lease_until >= now
        )
        if step.kind == "sent":
            return self._sent(step, now, lease_until, is_leased=is_leased)
        if not is_leased:
            return False
        match step.kind:
            case "begun":
                return self._begun(step.number, lease_until)
            case "retry":
                self._tried_in_vain(step.number)
                self._hand_back(step.retry_at)
            case "given_up":
                self._end("failed", step.reason, None)
            case "released":
                self._hand_back(None)
            case _:
                assert_never(step.kind)
        return True

    def _begun(self, number: int, lease_until: datetime) -> bool:
        part = self.parts.get(number)
        if part is None or not part.is_unsent:
            # An earlier process has reported it sent after all. Whoever has the edition now must read it anew.
            self._hand_back(None)
            return False
        part.state = "sending"
        self.touched.add(number)
        self.lease_until = lease_until
        return True

    def _sent(self, step: Step, now: datetime, lease_until: datetime, *, is_leased: bool) -> bool:
        """A message that is out is written whoever sent it; that one was refused is only for the present owner to say."""
        part = self.parts.get(step.number)
        if part is None or part.state == "sent" or (step.message is None and not is_leased):
            return is_leased
        part.state = "sent" if step.message else "failed"
        self.touched.add(step.number)
        if step.message is not None:
            part.message, part.url = step.message.message, step.message.url
            if step.number == 1:
                self.opener_message, self.opener_url = part.message, part.url
        if is_leased:
            self.lease_until = lease_until
        if self.state == "planned" and not any(one.is_unsent for one in self.parts.values()):
            if self.sent:
                self._end("done", self.reason, now)
            else:
                self._end("failed", step.reason or ALL_REFUSED, None)
        return True

    def _tried_in_vain(self, number: int) -> None:
        part = self.parts.get(number)
        if part is not None and part.is_unsent:
            part.state, part.tries = "planned", part.tries + 1
            self.touched.add(number)

    def _hand_back(self, retry_at: datetime | None) -> None:
        self.lease_owner, self.lease_until, self.retry_at = None, None, retry_at

    def _end(self, state: EditionState, reason: str, done_at: datetime | None) -> None:
        """Close it; papers of an edition of which nothing is out may be shown again."""
        self._hand_back(None)
        self.state, self.reason, self.done_at = state, reason, done_at
        self.papers_freed = not self.sent
        for number, part in self.parts.items():
            if part.is_unsent:
                part.state = "failed"
                self.touched.add(number)
