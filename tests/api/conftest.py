from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.api.service import client


@pytest.fixture(scope="module")
def outline() -> TestClient:
    return client()
