"""Files: counted in parts, any size, every fault told with its place."""

from pathlib import Path

import pytest

from costmodel.foundation.errors import InputError
from costmodel.tokens import count_tokens
from costmodel.tokens.text_files import BLOCK, file_blocks

MODEL = "openai/gpt-5"
TEXT = "How many tokens are these words? 你好\r\n"


@pytest.fixture
def file(tmp_path):
    def write(data):
        path = tmp_path / "text.txt"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


def test_a_path_counts_what_the_file_holds(file):
    path = file(TEXT)
    whole = count_tokens(TEXT, MODEL)
    assert count_tokens(path, MODEL) == whole
    assert count_tokens(path=path, model=MODEL) == whole
    assert count_tokens(path=str(path), model=MODEL) == whole


def test_a_name_that_is_a_str_is_a_text_and_not_a_file(file):
    path = str(file(TEXT * 10))
    assert count_tokens(path, MODEL).tokens < 40 < count_tokens(Path(path), MODEL).tokens


def test_an_empty_file_has_no_tokens(file):
    for model in (MODEL, "anthropic/claude-opus-5"):
        count = count_tokens(file(""), model)
        assert (count.tokens, count.low, count.high) == (0, 0, 0)


def test_a_byte_order_mark_at_the_start_alone_is_left_out(file):
    assert "".join(file_blocks(file("\ufeffa\ufeff"))) == "a\ufeff"


@pytest.mark.parametrize("model", [MODEL, "openai/gpt-4", "google/gemini-2.5-pro"])
def test_a_file_of_several_blocks_counts_as_its_text(file, model):
    text = "Größe 42 – 你好, world!\n" * 120_000
    assert len(text.encode()) > 3 * BLOCK
    assert count_tokens(file(text), model) == count_tokens(text, model)


def test_characters_that_straddle_two_blocks_are_read_whole(file):
    text = "a" + "你" * (BLOCK // 2)
    assert "".join(file_blocks(file(text))) == text


def test_progress_tells_bytes_read_and_bytes_in_all(file):
    size = 2 * BLOCK + 5
    told = []
    count_tokens(file(b"ab cd\n" * (size // 6)), MODEL, progress=lambda *seen: told.append(seen))
    total = size // 6 * 6
    assert told == [(BLOCK, total), (2 * BLOCK, total), (total, total), (total, total)]


@pytest.mark.parametrize(
    ("data", "byte", "at"),
    [
        (b"\x89PNG", "0x89", 0),
        (b"fine \xff", "0xff", 5),
        (b"cut short \xe4\xbd", "0xe4", 10),
        (b"x" * BLOCK + b"ab\xc3(", "0xc3", BLOCK + 2),
        (b"x" * (BLOCK - 1) + b"\xe4(", "0xe4", BLOCK - 1),
    ],
)
def test_bytes_that_are_not_utf8_are_told_with_their_place(file, data, byte, at):
    path = file(data)
    with pytest.raises(InputError) as caught:
        count_tokens(path, MODEL)
    assert str(caught.value) == (
        f"{path}: read byte {byte} at position {at}; expected text in UTF-8;"
        f" fix: iconv -t utf-8 {path}"
    )


def test_a_missing_file_is_told(tmp_path):
    message = r"none\.txt: read nothing \(No such file or directory\); expected a text file; fix: c"
    with pytest.raises(InputError, match=message):
        count_tokens(tmp_path / "none.txt", MODEL)


def test_a_folder_is_told(tmp_path):
    with pytest.raises(InputError, match=r"read a folder; expected a text file; fix: name the fil"):
        count_tokens(tmp_path, MODEL)


def test_nothing_or_two_things_to_count_are_refused(file):
    with pytest.raises(InputError, match="read neither a text nor a path; expected one of them"):
        count_tokens(model=MODEL)
    with pytest.raises(InputError, match="read a text and a path; expected one of them"):
        count_tokens("a", MODEL, path=file("a"))
