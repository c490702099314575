"""Who somebody is in Slack: their time zone and what they may do. Kept for some minutes. Knows no commands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.slack.api import Api, Team
from adapters.slack.faults import translated
from adapters.slack.kept import Kept

KEPT_S: Final = 600.0
PEOPLE: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member, a guest (`limited`: they see some channels only) or somebody of another company (`stranger`)."""

    name: str = ""
    zone: str = ""
    admin: bool = False
    limited: bool = False
    stranger: bool = False


class People:
    """Looks people up, each once in ten minutes.

    Args:
        api: how Slack is asked.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: Kept[tuple[Team, str], Person] = Kept(KEPT_S, PEOPLE)

    async def person(self, team: Team, user: str) -> Person:
        """Who this is.

        Raises:
            AdapterError: Slack does not say.
        """
        known = self._known.get((team, user))
        if known is not None:
            return known
        client = await self._api.asking(team)
        with translated():
            answer = await client.users_info(user=user)
        person = read_person(answer.get("user") or {}, team)
        self._known.put((team, user), person)
        return person


def read_person(user: Mapping[str, Any], team: Team) -> Person:
    """A user object as `users.info` gives it: https://docs.slack.dev/reference/objects/user-object."""
    org = (user.get("enterprise_user") or {}).get("enterprise_id") or ""
    elsewhere = bool(user.get("team_id")) and user["team_id"] != team.id
    colleague = bool(team.enterprise) and org == team.enterprise  # another workspace of the same organisation
    profile = user.get("profile") or {}
    return Person(
        name=str(profile.get("display_name") or user.get("real_name") or user.get("name") or "")[:80],
        zone=str(user.get("tz") or ""),
        admin=bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
        limited=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        stranger=bool(user.get("is_stranger")) or (elsewhere and not colleague),
    )
