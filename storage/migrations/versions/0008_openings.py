"""A role to mention and publishing, which were a Discord channel's, become its subscriptions'."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

PREFIX = "discord:channel:"
NOTES = sa.text("SELECT key, text FROM notes WHERE key LIKE 'discord:channel:%'")
# Of a person's own space, "user:…", neither was ever heeded.
CARRY = sa.text(
    "UPDATE subscriptions SET mention = :mention, publish = :publish WHERE ended_at IS NULL AND channel_id IN "
    "(SELECT id FROM channels WHERE platform = 'discord' AND channel = :channel AND workspace NOT LIKE 'user:%')"
)
FORGET = sa.text("DELETE FROM notes WHERE key LIKE 'discord:channel:%'")


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("mention", sa.String, nullable=False, server_default=""))
    op.add_column("subscriptions", sa.Column("publish", sa.Boolean, nullable=False, server_default=sa.false()))
    connection = op.get_bind()
    for key, text in connection.execute(NOTES).all():
        connection.execute(CARRY, {"channel": key.removeprefix(PREFIX), **_wishes(text)})
    connection.execute(FORGET)


def _wishes(text: str) -> dict[str, Any]:
    """What a note says; a damaged one says nothing."""
    try:
        kept = json.loads(text)
    except ValueError:
        kept = {}
    role = str(kept.get("role", "")) if isinstance(kept, dict) else ""
    publish = isinstance(kept, dict) and kept.get("publish") is True
    return {"mention": role if role.isdecimal() else "", "publish": publish}
