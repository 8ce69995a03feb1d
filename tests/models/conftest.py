from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.models.registry import Weights, load_registry
from service.models.weights import find_weights, models_dir


@pytest.fixture(scope="session")
def small_weights() -> Weights:
    """The small test model as a local file, so that a test's own data folder can be empty."""
    entry = load_registry().resolve("smollm2-135m")
    stated = os.environ.get("AFTERWORD_DATA_DIR")
    path = find_weights(entry, models_dir(Path(stated) if stated else None))
    if path is None:
        pytest.skip("the small model's weights are not on this machine: afterword model pull smollm2-135m")
    return Weights(name="small", title="small", file=path.name, local=path)
