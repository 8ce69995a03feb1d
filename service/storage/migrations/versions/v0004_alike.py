"""How many messages of a finished batch are nearly the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("batches", sa.Column("alike", sa.Integer, nullable=True))


def downgrade() -> None:
    op.drop_column("batches", "alike")
