"""Settings: what an operator writes, and what is said when it is wrong."""

import os
import re
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import PREFIX, Settings, load_settings

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without settings of ours, in a folder without a `.env`."""
    for key in list(os.environ):
        if key.upper().startswith(PREFIX):
            monkeypatch.delenv(key)
    monkeypatch.chdir(tmp_path)


def _write(text: str) -> None:
    Path(".env").write_text(text, encoding="utf-8")


def test_without_any_setting_there_are_defaults():
    """One machine needs no setting at all: a SQLite file in the user's own folder."""
    settings = load_settings()
    url = settings.database_url.get_secret_value()
    assert re.fullmatch(r"sqlite:///.*paperround/paperround\.db", url)
    assert (settings.index_folder, settings.workers, settings.log_level) == (None, 4, "info")


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch):
    """`PAPERROUND_…` sets each of them, in any case."""
    monkeypatch.setenv("PAPERROUND_DATABASE_URL", "sqlite:///x.db")
    monkeypatch.setenv("paperround_workers", "9")
    settings = load_settings()
    assert settings.database_url.get_secret_value() == "sqlite:///x.db"
    assert settings.workers == 9


@pytest.mark.parametrize(("written", "read"), [("europe/berlin", "Europe/Berlin"), ("utc", "UTC"), ("US/Pacific", "US/Pacific")])
def test_the_zone_is_one_that_a_subscription_may_name(monkeypatch: pytest.MonkeyPatch, written: str, read: str):
    """In any case, and as IANA writes it from then on."""
    monkeypatch.setenv("PAPERROUND_ZONE", written)
    assert load_settings().zone == read


@pytest.mark.parametrize(("written", "near"), [("Berlin", "Europe/Berlin"), ("CET", "Europe/Berlin"), ("nowhere", "")])
def test_a_zone_there_is_not_is_named_before_anybody_subscribes(monkeypatch: pytest.MonkeyPatch, written: str, near: str):
    """The operator reads at the start what otherwise each person would, who cannot mend it."""
    monkeypatch.setenv("PAPERROUND_ZONE", written)
    with pytest.raises(SettingsError, match=f"PAPERROUND_ZONE cannot be used: “{written}” is not an IANA time zone") as refused:
        load_settings()
    assert (f"Did you mean {near}? See" in str(refused.value)) == bool(near)


def test_a_password_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    """The database's password stays out of anything that prints the settings."""
    monkeypatch.setenv("PAPERROUND_DATABASE_URL", "postgresql://me:hunter2@host/db")
    assert "hunter2" not in repr(load_settings()) + str(load_settings().model_dump())


def test_tokens_and_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch):
    """Nothing that prints the settings prints one of them."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CLIENT_SECRET", "SECRET_KEYS"):
        monkeypatch.setenv(PREFIX + name, f"hunter2 {name}")
    assert "hunter2" not in repr(load_settings()) + str(load_settings().model_dump())


@pytest.mark.parametrize(("value", "keys"), [("", ()), ("a", ("a",)), (" a , b,,\nc ", ("a", "b", "c")), (" , ", ())])
def test_keys_stand_with_commas_between_them(monkeypatch: pytest.MonkeyPatch, value: str, keys: tuple[str, ...]):
    """Blanks and empty places are no keys; the order stays."""
    monkeypatch.setenv("PAPERROUND_SECRET_KEYS", value)
    assert load_settings().secret_key_list == keys


def test_a_dotenv_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch):
    """`.env` in the working folder counts, under what the environment says; other tools' keys are left alone."""
    _write("# a comment\nexport PAPERROUND_WORKERS=2\nPAPERROUND_LOG_LEVEL=debug\nOTHER_TOOL=1\n\n")
    assert load_settings().workers == 2
    monkeypatch.setenv("PAPERROUND_WORKERS", "3")
    assert (load_settings().workers, load_settings().log_level) == (3, "debug")


def test_an_empty_value_is_no_value():
    """A line of `.env.example` that is uncommented and left empty changes nothing."""
    _write("PAPERROUND_INDEX_FOLDER=\nPAPERROUND_WORKERS=\nPAPERROUND_DATABASE_URL=\n")
    settings = load_settings()
    assert (settings.index_folder, settings.workers) == (None, 4)
    assert settings.database_url.get_secret_value().startswith("sqlite:///")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("PAPERROUND_DATABSE_URL", "PAPERROUND_DATABASE_URL"),
        ("PAPERROUND_DB_URL", "PAPERROUND_DATABASE_URL"),
        ("PAPERROUND_WORKER", "PAPERROUND_WORKERS"),
        ("PAPERROUND_LOGLEVEL", "PAPERROUND_LOG_LEVEL"),
        ("paperround_index_foldr", "PAPERROUND_INDEX_FOLDER"),
    ],
)
def test_a_misspelt_key_names_the_nearest(monkeypatch: pytest.MonkeyPatch, typed: str, meant: str):
    """A key that does not exist is an error, not silence, and says what was probably meant."""
    monkeypatch.setenv(typed, "x")
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert str(error.value) == f"There is no setting {typed}. Did you mean {meant}?"
    assert error.value.exit_code == 2


def test_a_misspelt_key_in_dotenv_is_found_too():
    """`.env` is held to the same rule; what is commented out is not."""
    _write("# PAPERROUND_OLD=1\nPAPERROUND_WORKERZ = 3\n")
    with pytest.raises(SettingsError, match=r"no setting PAPERROUND_WORKERZ\. Did you mean PAPERROUND_WORKERS"):
        load_settings()


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("PAPERROUND_WORKERS", "many", "valid integer"),
        ("PAPERROUND_WORKERS", "0", "greater than or equal to 1"),
        ("PAPERROUND_WORKERS", "65", "less than or equal to 64"),
        ("PAPERROUND_LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
    ],
)
def test_a_bad_value_names_its_key_and_the_fault(monkeypatch: pytest.MonkeyPatch, key: str, value: str, said: str):
    """The message names the key and what would do, and does not repeat the value, which may be a secret."""
    monkeypatch.setenv(key, value)
    with pytest.raises(SettingsError, match=re.escape(said)) as error:
        load_settings()
    assert str(error.value).startswith(f"{key} cannot be used: ")
    assert ".env.example" in str(error.value)


def test_a_dotenv_of_another_encoding_is_an_error_in_words():
    """Bytes that are not UTF-8 are named, not a traceback."""
    Path(".env").write_bytes(b"PAPERROUND_WORKERS=2\nNAME=\xff\xfe\n")
    with pytest.raises(SettingsError, match="not valid UTF-8"):
        load_settings()


def test_every_setting_stands_in_the_example_and_nothing_else():
    """`.env.example` is the list of settings: each once, commented out, and no line that is not there any more."""
    listed = re.findall(rf"(?m)^# ?({PREFIX}\w+)=", EXAMPLE)
    assert sorted(listed) == sorted(PREFIX + name.upper() for name in Settings.model_fields)
    assert not re.search(r"(?m)^[^#\n]", EXAMPLE)


def test_every_setting_is_explained():
    """Each setting has a description, and the example says it."""
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description in EXAMPLE


def test_the_example_as_a_dotenv_changes_nothing():
    """Copied as it is, the example is a valid `.env` with every default."""
    _write(EXAMPLE)
    assert load_settings().model_dump() == Settings(_env_file=None).model_dump()
