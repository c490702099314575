"""A mail as it was saved (.eml): its text out of base64, quoted-printable and parts. Knows nothing of papers."""

import re
from collections.abc import Sequence
from email import message_from_string
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default

from bot.digest.format import one_line

HEAD_CHARS = 100_000
_HEADERS = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]{1,60}:[^\n]{0,2000}\n(?:[ \t][^\n]{0,2000}\n){0,50}){2,200}\n")
_AS_TYPED = frozenset({"", "7bit", "8bit", "binary"})
_KEPT = ("From", "Date", "Subject")


def is_mail(text: str) -> bool:
    """Whether a document begins with the headers of a mail."""
    return _HEADERS.match(text, 0, HEAD_CHARS) is not None


def opened(text: str, prefer: Sequence[str]) -> tuple[str, str]:
    """A mail's body, in the first of these subtypes of text that it has, and its subject; what is no mail is its own body."""
    mail = _read(text)
    if mail is None:
        return text, ""
    body = _body(mail, prefer)
    return (text, "") if body is None else (body, one_line(str(mail["subject"] or "")))


def unwrapped(text: str) -> str:
    """A mail with its text as it was typed, below its sender, day and subject; lines are counted in that from there on.

    A mail that is typed out as it is, and what is no mail, stay the same.
    """
    mail = _read(text)
    if mail is None or not (mail.is_multipart() or str(mail["content-transfer-encoding"] or "").lower() not in _AS_TYPED):
        return text
    body = _body(mail, ("plain",))
    if not body or "\0" in body or any(part.defects for part in mail.walk()):
        return text  # half of what is broken would be lost
    head = "".join(f"{name}: {one_line(str(mail[name]))}\n" for name in _KEPT if mail[name])
    return f"{head}\n{body}".replace("\r\n", "\n").replace("\r", "\n")


def _read(text: str) -> EmailMessage | None:
    if not is_mail(text):
        return None
    try:
        return message_from_string(text, policy=default)
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return None


def _body(mail: EmailMessage, prefer: Sequence[str]) -> str | None:
    try:
        part = mail.get_body(tuple(prefer))
        body = part.get_content() if part is not None else ""
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    return body if isinstance(body, str) else ""
