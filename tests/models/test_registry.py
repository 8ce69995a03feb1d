from __future__ import annotations

import pytest

from service.errors import WeightsError
from service.models.registry import HubFile, WheelParts, load_registry


def test_the_default_is_found_under_every_way_of_not_naming_one():
    registry = load_registry()
    for name in (None, "", "embedded"):
        assert registry.resolve(name).name == registry.default


def test_every_entry_says_what_it_is_and_has_the_hub_first_and_the_package_index_after():
    for entry in load_registry().models.values():
        assert entry.sha256
        assert entry.licence
        assert entry.prompt_channel in ("small", "large")
        assert entry.memory_gib
        if entry.measured:  # what could be fetched and measured here has a way around the hub
            assert entry.bytes
            assert [type(s) for s in entry.sources] == [HubFile, WheelParts]
        else:
            assert [type(s) for s in entry.sources] == [HubFile]


def test_a_hub_name_stands_for_one_file_of_one_repository():
    entry = load_registry().resolve("hf:org/repo/folder/model.gguf")
    assert entry.sources == (HubFile(hub="org/repo", file="folder/model.gguf"),)
    assert entry.file == "org--repo--model.gguf"


@pytest.mark.parametrize("name", ["hf:org/repo", "hf:org/model.gguf", "hf:org//model.gguf", "gpt-nothing"])
def test_a_name_that_stands_for_nothing_says_what_would(name):
    with pytest.raises(WeightsError, match="hf:org/repo/file"):
        load_registry().resolve(name)


@pytest.mark.parametrize(
    ("model_id", "channel"),
    [
        ("qwen2.5:1.5b", "small"),
        ("Qwen/Qwen2.5-0.5B-Instruct", "small"),
        ("llama3.2:3b", "small"),
        ("llama3.3:70b", "large"),
        ("Mistral-Small-13B", "large"),
        ("some-large-model", "large"),
    ],
)
def test_the_size_in_an_upstream_models_id_decides_its_prompts(model_id, channel):
    assert load_registry().upstream_channel(model_id) == channel
