"""Discord: our payloads as the views and modals that discord.py's interaction responses take. Knows no cards."""

from typing import Any

import discord


class Rendered(discord.ui.LayoutView):
    """A message's components, rendered already. discord.py keeps nothing of it: a press is read from its id alone."""

    def __init__(self, components: list[dict[str, Any]]) -> None:
        super().__init__(timeout=None)
        self._rendered = components
        self.stop()

    def to_components(self) -> list[dict[str, Any]]:
        """The components as they are."""
        return self._rendered

    def has_components_v2(self) -> bool:
        """They all are Components V2."""
        return True


class Shown(discord.ui.Modal):
    """A modal, rendered already."""

    def __init__(self, modal: dict[str, Any]) -> None:
        super().__init__(title=modal["title"], custom_id=modal["custom_id"], timeout=None)
        self._rendered = modal
        self.stop()

    def to_dict(self) -> dict[str, Any]:
        """The modal as it is."""
        return self._rendered
