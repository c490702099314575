"""What `paperround doctor` finds, and how it asks. Pure but for running the checks; knows no platform and no storage."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.errors import BotError

CHECK_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `said`, one line: how it is or, unless `is_ok`, the one thing to do. Never a secret."""

    name: str
    is_ok: bool
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Something to look at. `look` may raise: an error of ours is then what is to be fixed."""

    name: str
    look: Callable[[], Awaitable[Sequence[Finding]]]


def well(name: str, said: str) -> Finding:
    """All is well with it."""
    return Finding(name=name, is_ok=True, said=said)


def to_fix(name: str, said: str) -> Finding:
    """Something is to be done."""
    return Finding(name=name, is_ok=False, said=said)


async def examine(checks: Sequence[Check], *, limit_s: float = CHECK_S) -> list[Finding]:
    """What all checks find, in their order; they run at the same time, each for `limit_s` seconds at most."""
    found = await asyncio.gather(*(_look(check, limit_s) for check in checks))
    return [finding for of_check in found for finding in of_check]


async def _look(check: Check, limit_s: float) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(limit_s):
            return await check.look()
    except BotError as error:
        return (to_fix(check.name, str(error)),)
    except TimeoutError:
        return (to_fix(check.name, f"No answer within {limit_s:.0f} s. Check the network, then try again."),)
    except Exception as error:  # noqa: BLE001 - one check that breaks must not hide what the others find; its text may hold a secret
        return (to_fix(check.name, f"This check broke ({type(error).__name__}). Update Paper Round, or report this."),)
