"""Settings from the environment (`PAPERROUND_…`) or a `.env` file in the working folder. Every key stands in .env.example."""

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError
from bot.zones import nearest_zones, read_zone

PREFIX = "PAPERROUND_"
_BASE_URL = r"^https?://[^\s/@?#]+(/[^\s?#]*)?$"


class Settings(BaseSettings):
    """What an operator can set. Defaults run on one machine without any setting."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: SecretStr = Field(
        default_factory=lambda: SecretStr(f"sqlite:///{user_data_path('paperround') / 'paperround.db'}"),
        description="Where papers are stored: any SQLAlchemy URL, sqlite:///file or postgresql+psycopg://user:password@host/name.",
    )
    index_folder: Path | None = Field(default=None, description="Where the search index lies; by default beside the database.")
    zone: str = Field(default="UTC", description="The IANA time zone of subscriptions that name none, as Europe/Berlin.")
    workers: int = Field(default=4, ge=1, le=64, description="How many commands are answered at the same time.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="How much is logged.")
    inbox: Path | None = Field(
        default=None, description="A folder of digests: what is put there is taken in by `paperround run`; by default none."
    )
    refresh_minutes: float = Field(default=5, ge=0.05, le=1440, description="How often the inbox is looked through, in minutes.")
    hf_url: str = Field(
        default="https://huggingface.co", pattern=_BASE_URL, description="Where Hugging Face is asked for its Daily Papers."
    )
    arxiv_url: str = Field(
        default="https://rss.arxiv.org", pattern=_BASE_URL, description="Where arXiv is asked for the day's list of a category."
    )
    arxiv_api_url: str = Field(
        default="https://export.arxiv.org", pattern=_BASE_URL, description="Where arXiv is asked about single papers."
    )
    enrich: bool = Field(
        default=True,
        description="Ask Hugging Face and arXiv for what papers lack (abstract, authors, code, …), once any source is added.",
    )
    enrich_papers: int = Field(
        default=50, ge=1, le=500, description="How many papers each of them is asked about at most, every five minutes."
    )
    enrich_private: Literal["nothing", "ids", "titles"] = Field(
        default="ids",
        description="What they may be told of workspaces' own papers: nothing, ids, or titles of those without one.",
    )
    contact: str = Field(
        default="",
        max_length=200,
        pattern=r"^[ -~]*$",
        description="A mail or web address for those whose servers are asked; part of the User-Agent.",
    )
    feed_ports: str = Field(default="80,443", description="Ports that feeds may be fetched from, with commas between them.")
    page_port: int = Field(
        default=8700,
        ge=0,
        le=65_535,
        description="The port of the page that `paperround run` opens, for this machine; 0: none.",
    )
    http_host: str = Field(
        default="127.0.0.1", description="The address of /healthz, /readyz and /metrics; 0.0.0.0 lets other machines ask."
    )
    http_port: int = Field(default=8080, ge=0, le=65_535, description="The port of /healthz, /readyz and /metrics; 0: none.")
    public_url: str = Field(
        default="",
        description="Where http_port is reached from outside, as https://papers.example.org; Slack over HTTP needs it.",
    )
    slack_bot_token: SecretStr | None = Field(
        default=None, description="One Slack workspace: the Bot User OAuth Token of the app (xoxb-…), from OAuth & Permissions."
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        description="Slack through Socket Mode: an app-level token (xapp-…) with connections:write, from Basic Information.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="Slack over HTTP: the Signing Secret of the app, from Basic Information."
    )
    slack_client_id: str = Field(
        default="", description="Many Slack workspaces, each by its own install: the Client ID, from Basic Information."
    )
    slack_client_secret: SecretStr | None = Field(
        default=None, description="Many Slack workspaces: the Client Secret, from Basic Information."
    )
    slack_api_url: str = Field(default="https://slack.com/api/", description="The base of Slack's Web API; GovSlack has its own.")
    discord_token: SecretStr | None = Field(
        default=None, description="Discord: the token of the bot, from the page Bot of your application."
    )
    discord_api_url: str = Field(default="", description="The base of Discord's API; by default Discord's own. For tests.")
    secret_keys: SecretStr | None = Field(
        default=None,
        description="What workspaces' tokens are encrypted with: keys that `paperround keys new` prints, the newest first.",
    )

    @field_validator("zone")
    @classmethod
    def _one_that_a_subscription_may_name(cls, written: str) -> str:
        zone = read_zone(written.strip())
        if zone is None:
            near = nearest_zones(written[:64], limit=1)
            hint = f"Did you mean {near[0]}?" if near else "Write it as Europe/Berlin, or UTC."
            raise ValueError(f"“{written[:64]}” is not an IANA time zone. {hint}")
        return zone

    @property
    def secret_key_list(self) -> tuple[str, ...]:
        """The keys of `secret_keys`, which stand there with commas between them."""
        keys = self.secret_keys.get_secret_value() if self.secret_keys else ""
        return tuple(key for part in keys.split(",") if (key := part.strip()))

    @property
    def feed_port_set(self) -> frozenset[int]:
        """The ports of `feed_ports`.

        Raises:
            SettingsError: one of them is no port.
        """
        ports = [part.strip() for part in self.feed_ports.split(",") if part.strip()]
        if not ports or not all(port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536 for port in ports):
            raise SettingsError(f"{PREFIX}FEED_PORTS cannot be used: write ports with commas between them, as in 80,443,8080.")
        return frozenset(map(int, ports))


def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: a key is misspelt or a value cannot be used; the message names the nearest key or the fault.
    """
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for key in _given_keys():
        if key.upper() not in known:
            short_for = [name for name in known if _is_short_for(key.upper(), name)]
            near = get_close_matches(key.upper(), short_for or known, n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."
            raise SettingsError(f"There is no setting {key}. {hint}")
    try:
        return Settings()
    except UnicodeDecodeError:
        raise SettingsError("The file .env is not valid UTF-8. Save it as UTF-8 and try again.") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        fault = first["msg"].removeprefix("Value error, ")  # what pydantic puts before words of ours
        raise SettingsError(f"{name} cannot be used: {fault}{'' if fault[-1:] in '.?' else '.'} See .env.example.") from None


def _is_short_for(key: str, name: str) -> bool:
    """Whether `name` has all letters of `key` in their order, as DATABASE_URL has those of DB_URL."""
    letters = iter(name)
    return all(letter in letters for letter in key)


def _given_keys() -> list[str]:
    """Keys of ours in the environment and in `.env`. A key of a whole tool, such as PAPERROUND_, is ours by its prefix."""
    keys = [key for key in os.environ if key.upper().startswith(PREFIX)]
    file = Path(".env")
    if file.is_file():
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        names = (line.split("=", 1)[0].removeprefix("export ").strip() for line in lines if "=" in line)
        keys += [name for name in names if name.upper().startswith(PREFIX)]
    return keys
