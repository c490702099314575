"""The day of each thing that is said of a paper, where that is not the day of its newest listing."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("papers", sa.Column("said_on", sa.JSON(none_as_null=True)))
