from __future__ import annotations

import pytest
from click.testing import CliRunner

from service.cli import main


def run(*arguments: str):
    return CliRunner().invoke(main, ("model", *arguments))


def test_the_list_marks_the_default_and_says_what_is_not_here(tmp_path):
    result = run("list", "--data-dir", str(tmp_path))
    assert result.exit_code == 0
    assert "* qwen2.5-coder-1.5b" in result.output
    assert "not here" in result.output


def test_the_path_of_a_model_that_is_not_here_is_an_error_that_says_how_to_fetch_it(tmp_path):
    result = run("path", "smollm2-135m", "--data-dir", str(tmp_path))
    assert result.exit_code == 1
    assert "afterword model pull smollm2-135m" in result.output


@pytest.mark.parametrize("command", ["path", "pull"])
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(command, tmp_path):
    result = run(command, "nothing", "--data-dir", str(tmp_path))
    assert result.exit_code == 2
    assert result.output.startswith("afterword: ")
    assert "qwen2.5-coder-1.5b" in result.output


def test_a_folder_that_cannot_be_used_is_a_sentence(tmp_path):
    (tmp_path / "models").write_text("in the way")
    result = run("pull", "smollm2-135m", "--data-dir", str(tmp_path))
    assert result.exit_code == 2
    assert "Set AFTERWORD_DATA_DIR" in result.output


@pytest.mark.needs_small_model
def test_a_model_that_is_here_is_pulled_at_once_and_its_path_printed(small_weights):
    folder = str(small_weights.local.parent.parent)
    for command in ("pull", "path"):
        result = run(command, "smollm2-135m", "--data-dir", folder)
        assert result.output.strip().endswith(str(small_weights.local))
