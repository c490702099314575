"""Secrets at rest: sealed before they reach the database, opened after. Storage room; the only place that knows cryptography.

Fernet is AES-128-CBC with HMAC-SHA256; the first of several keys seals and all of them open:
https://cryptography.io/en/latest/fernet/#cryptography.fernet.MultiFernet.
"""

import json
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import SettingsError

NO_KEY: Final = (
    "No key is set to encrypt workspaces’ tokens with, so none is stored or read. "
    "Run `paperround keys new` and set PAPERROUND_SECRET_KEYS to what it prints."
)


def new_key() -> str:
    """A fresh key: 32 random bytes, as URL-safe Base64."""
    return Fernet.generate_key().decode()


class Seal:
    """Seals and opens secrets with the operator's keys. Nothing it raises or shows holds a key or a secret.

    Args:
        keys: as `new_key` makes them; the first one seals.

    Raises:
        SettingsError: one of them is no such key.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        boxes = []
        for number, key in enumerate(keys, 1):
            try:
                boxes.append(Fernet(key))
            except ValueError:
                raise SettingsError(
                    f"Key {number} in PAPERROUND_SECRET_KEYS is not a key. Nothing was stored. "
                    "Use what `paperround keys new` prints, several with commas between them."
                ) from None
        self._box = MultiFernet(boxes) if boxes else None

    def close(self, secret: str, of: str) -> str:
        """The secret, sealed. `of` says whose it is: opened as anybody else's it is refused.

        Raises:
            SettingsError: there is no key.
        """
        if self._box is None:
            raise SettingsError(NO_KEY)
        return self._box.encrypt(json.dumps([of, secret]).encode()).decode()

    def open(self, sealed: str, of: str) -> str:
        """The secret.

        Raises:
            SettingsError: there is no key, or none that opens this.
        """
        if self._box is None:
            raise SettingsError(NO_KEY)
        try:
            whose, secret = json.loads(self._box.decrypt(sealed))
        except (InvalidToken, ValueError):
            whose, secret = "", ""
        if whose != of:
            raise SettingsError(
                f"No key in PAPERROUND_SECRET_KEYS opens the tokens of {of}. Nothing was changed. "
                "Add the key that they were stored with behind a comma, or install Paper Round there again."
            ) from None
        return str(secret)
