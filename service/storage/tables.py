"""What is kept, where keeping is on: drafts, answers to repeated requests, batches, and API keys as hashes."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

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

batches = Table(
    "batches",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # loading, open, cancelled
    Column("enqueued", Boolean, nullable=False),  # whether the engine has been given every waiting item
    Column("request", String(64), nullable=True),  # a hash of the upload, for a repeated Idempotency-Key
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("touched_at", DateTime(timezone=True), nullable=False),  # the last chunk of the upload, or of enqueueing
    Column("expires_at", DateTime(timezone=True), nullable=False),  # of no meaning until it is finished
    Column("finished_at", DateTime(timezone=True), nullable=True),
    Column("sealed", Boolean, nullable=False),
    Column("about", LargeBinary, nullable=False),  # its name and what else the caller said of it, as JSON
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("cancelled", Integer, nullable=False),
    Column("seq", Integer, nullable=False),  # of the outcome recorded last
    Column("calls", Integer, nullable=False),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Column("alike", Integer, nullable=True),  # pairs of messages; none until they are counted
    Index("batches_owner", "owner", "created_at"),
    Index("batches_expires_at", "expires_at"),
)

batch_items = Table(
    "batch_items",
    metadata,
    Column("batch_id", String(64), primary_key=True),
    Column("n", Integer, primary_key=True),  # its place in the upload, from 0
    Column("round", Integer, nullable=False),  # how often it was asked for again
    Column("state", String(16), nullable=False),  # waiting, done, failed, cancelled
    Column("seq", Integer, nullable=True),  # its place among the outcomes
    Column("worker", String(120), nullable=True),  # who has it in hand, under which lease
    Column("epoch", Integer, nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),  # the request as JSON
    Column("result_sealed", Boolean, nullable=False),
    Column("result", LargeBinary, nullable=True),  # the draft or the problem as JSON
    Index("batch_items_state", "batch_id", "state"),
    Index("batch_items_seq", "batch_id", "seq"),
)

batch_calls = Table(
    "batch_calls",
    metadata,
    Column("batch_id", String(64), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("key", String(80), primary_key=True),  # a hash of the request to the model
    Column("sealed", Boolean, nullable=False),
    Column("reply", LargeBinary, nullable=False),
)

batch_webhooks = Table(
    "batch_webhooks",
    metadata,
    Column("batch_id", String(64), primary_key=True),
    Column("sealed", Boolean, nullable=False),
    Column("address", LargeBinary, nullable=False),  # the URL as JSON: it may hold a token
    Column("tries", Integer, nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=True),  # none once it was taken, or given up
)

batch_workers = Table(
    "batch_workers",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("epoch", Integer, nullable=False),  # of this taking of the lease, by chance
    Column("beat", BigInteger, nullable=False),
    Column("alive", Boolean, nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
)

batch_pace = Table(
    "batch_pace",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("next_at", Float, nullable=False),  # when the next call to the model may begin, in seconds since 1970
)
