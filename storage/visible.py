"""Who may see a row: everybody, one space, or nobody any more. Storage room."""

from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, or_

GONE: Final = "-"
"""Stands before the space of a paper that nobody may see any more; no viewer is called so, for a space begins with a platform."""


def seen_by_viewer(visible_to: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that the parameter `viewer` may see a row; an empty viewer sees what is public."""
    return or_(visible_to.is_(None), visible_to == bindparam("viewer"))


def may_see(visible_to: str | None, viewer: str) -> bool:
    """Whether a viewer may see what is visible to a space; an empty viewer sees what is public."""
    return visible_to is None or (visible_to == viewer and not is_gone(visible_to))


def is_gone(visible_to: str | None) -> bool:
    """Whether nobody may see it any more."""
    return visible_to is not None and visible_to.startswith(GONE)
