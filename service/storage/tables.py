"""What is kept, where keeping is on: drafts, answers to repeated requests, and API keys as hashes."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Index, LargeBinary, MetaData, String, Table

metadata = MetaData()

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),  # the key's id; empty where keys are off
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),  # the answer of POST /draft as JSON
    Index("drafts_expires_at", "expires_at"),
)

answers = Table(
    "answers",
    metadata,
    Column("id", String(64), primary_key=True),  # a hash of owner and Idempotency-Key
    Column("request", String(64), nullable=False),  # a hash of the body
    Column("claimed_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("draft_id", String(64), nullable=True),
    Column("sealed", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=True),  # none while the first request is still being answered
    Index("answers_expires_at", "expires_at"),
    Index("answers_draft_id", "draft_id"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("scopes", String(120), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True), nullable=True),
)
