"""The polite client as the settings say: who we are, which addresses are the operator's own, which hosts count as arXiv's."""

from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version

from bot.installs import Notes
from bot.settings import Settings
from bot.sources.addresses import place_of
from bot.sources.client import ALL_PORTS, WHOLE_S, Client, Limits
from bot.sources.fetching import Bases
from bot.sources.pace import Pace


def client_maker(settings: Settings, notes: Notes, now: Callable[[], datetime]) -> Callable[[], Client]:
    """Makes an HTTP client for one round; all that it makes keep one pace, over all processes.

    Raises:
        SettingsError: an address or a port in them cannot be used.
    """
    limits = Limits(ports=settings.feed_port_set)
    of_arxiv = (settings.arxiv_url, settings.arxiv_api_url)
    pace = Pace(notes, now, busy_s=WHOLE_S, arxiv_hosts=frozenset(place_of(url, ALL_PORTS).host for url in of_arxiv))
    agent = f"paperround/{version('paperround')}" + (f" ({settings.contact})" if settings.contact else "")
    return lambda: Client(pace, now, user_agent=agent, trusted=(settings.hf_url, *of_arxiv), limits=limits)


def bases_of(settings: Settings) -> Bases:
    """The servers that the settings name."""
    return Bases(hf=settings.hf_url, arxiv=settings.arxiv_url, arxiv_api=settings.arxiv_api_url)
