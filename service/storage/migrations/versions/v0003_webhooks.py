"""Who is told that a batch is finished."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch_webhooks",
        sa.Column("batch_id", sa.String(64), primary_key=True),
        sa.Column("sealed", sa.Boolean, nullable=False),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("batch_webhooks")
