import os

import pytest

from costmodel.foundation.errors import InputError
from costmodel.report.atomic import write_atomically


def test_a_file_is_written_as_utf8_and_nothing_else_is_left(tmp_path):
    target = tmp_path / "report.html"
    assert write_atomically(target, "P50 – 5 €\n") == target
    assert target.read_bytes() == "P50 – 5 €\n".encode()
    assert os.listdir(tmp_path) == ["report.html"]


def test_an_old_file_is_replaced(tmp_path):
    target = tmp_path / "report.html"
    target.write_text("old")
    write_atomically(target, "new")
    assert target.read_text() == "new"


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    target = tmp_path / "report.html"
    target.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError) as caught:
        write_atomically(target, "new")
    assert str(caught.value) == (
        f"read '{target}' (No space left on device); expected a file that can be written; "
        "fix: write elsewhere"
    )
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["report.html"]


def test_a_link_keeps_pointing_at_the_file_that_is_replaced(tmp_path):
    (tmp_path / "real.html").write_text("old")
    link = tmp_path / "link.html"
    link.symlink_to(tmp_path / "real.html")
    write_atomically(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "real.html").read_text() == "new"


def test_a_folder_is_refused_with_a_file_to_write_instead(tmp_path):
    with pytest.raises(InputError) as caught:
        write_atomically(tmp_path, "x")
    assert str(caught.value) == (
        f"read '{tmp_path}', which is a folder; expected a file to write; "
        f"fix: name a file in it, such as '{tmp_path / 'report.html'}'"
    )


def test_a_missing_folder_is_refused_with_what_to_make(tmp_path):
    target = tmp_path / "missing" / "report.html"
    with pytest.raises(InputError) as caught:
        write_atomically(target, "x")
    assert str(caught.value) == (
        f"read '{target}'; expected a file in a folder that exists; "
        f"fix: make the folder '{target.parent}' first, or write elsewhere"
    )


def test_what_is_no_regular_file_is_left_alone():
    with pytest.raises(InputError, match=r"^read '/dev/null', which is no regular file; "):
        write_atomically("/dev/null", "x")
