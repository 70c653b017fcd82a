"""Settings: where they come from, and what is refused."""

from pathlib import Path

import pytest

from freehold.base.errors import Invalid
from freehold.settings import Settings, load


def test_the_data_folder_is_absolute_for_programs_that_work_elsewhere():
    assert Settings(data=Path("hub-data")).data == Path.cwd() / "hub-data"
    assert load(data="hub-data").data == Path.cwd() / "hub-data"


def test_a_file_gives_settings_and_what_is_handed_in_wins(tmp_path: Path):
    file = tmp_path / "hub.toml"
    file.write_text('port = 9000\nhub_name = "Birds"\n')
    assert (load(file).port, load(file, port=9001).port, load(file).hub_name) == (9000, 9001, "Birds")


@pytest.mark.parametrize("text", ["prot = 9000\n", 'port = "many"\n'])
def test_it_refuses_what_it_does_not_know(tmp_path: Path, text: str):
    file = tmp_path / "hub.toml"
    file.write_text(text)
    with pytest.raises(Invalid, match="etting"):
        load(file)
