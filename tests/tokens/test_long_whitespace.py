"""Runs of whitespace on which tiktoken fails are counted, and others exactly as by tiktoken."""

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.tokens import whitespace
from costmodel.tokens.exact import count_afresh
from costmodel.tokens.whitespace import LONGEST_RUN, cut_long_runs

BLANKS = " \t\x0b\x85\xa0\u2003\u2028\u3000"
OTHERS = "\n\rx1!/'\u0301é\x00\x1c中\ud800s"
RUNS = st.lists(
    st.one_of(
        st.text(alphabet=BLANKS, min_size=2, max_size=12),
        st.text(alphabet=OTHERS, max_size=4),
        st.builds(lambda blank, size: blank * size, st.sampled_from(" \t"), st.integers(1, 200)),
    ),
    max_size=8,
).map("".join)


@given(text=RUNS, longest=st.integers(2, 9))
@settings(deadline=None, max_examples=500)
def test_cutting_runs_out_changes_no_count(tiktokens, text, longest):
    for name, encoding in tiktokens.items():
        theirs = len(encoding.encode_ordinary(text))
        assert count_afresh(text, name, longest_run=longest) == theirs


@given(text=RUNS, longest=st.integers(2, 9))
def test_the_parts_make_up_the_text_and_leave_no_long_run(text, longest):
    parts = list(cut_long_runs(text, longest))
    assert "".join(part for part, _ in parts) == text
    blanks = re.escape(whitespace._BLANKS)
    too_long = re.compile(rf"[{blanks}]{{{longest},}}(?![{blanks}\r\n])")
    assert not any(too_long.search(part) for part, whole in parts if not whole)


@pytest.mark.parametrize("tail", ["", "x", "\nx", "1", "\u0301"])
@pytest.mark.parametrize("run", [" ", "\u2003\t"])
@pytest.mark.parametrize("head", ["", "!\n"])
def test_long_runs_count_as_tiktoken_counts_them(tiktokens, name, head, run, tail):
    text = head + run * (LONGEST_RUN // len(run)) + tail
    assert count_afresh(text, name) == len(tiktokens[name].encode_ordinary(text))


def test_700_000_spaces_count_as_tiktoken_counts_them(tiktokens, name):
    text = "x" + " " * 700_000 + "x"
    assert count_afresh(text, name) == len(tiktokens[name].encode_ordinary(text))


def test_runs_that_overflow_tiktoken_s_stack_are_counted(name):
    # the longest token of blanks has 128 spaces: 1,000,000 = 7,812 x 128 + 64, and 64 is a token
    assert count_afresh(" " * 1_000_000, name) == 7_813
    # the last blank goes with the word, " x" is one token: 999,999 = 7,812 x 128 + 63
    assert count_afresh(" " * 1_000_000 + "x", name) == 7_812 + 1 + 1
    assert count_afresh(" \t" * 500_000 + "x", name) > 0


def test_a_long_run_before_a_line_break_is_left_to_tiktoken(name):
    text = " " * 1_000_000 + "\n"
    assert [whole for _, whole in cut_long_runs(text)] == [False]
    assert count_afresh(text, name) == 7_813 + 1  # the blanks as above, then the line break


def test_a_text_without_long_runs_is_left_in_one_part():
    text = ("word " * 50 + " " * 99_999 + "\n") * 3
    assert list(cut_long_runs(text)) == [(text, False)]


def test_the_blanks_are_unicode_s_white_space_without_line_breaks():
    # str.isspace() has the four separators \x1c to \x1f besides White_Space (Unicode PropList)
    spaces = {char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace()}
    assert set(whitespace._BLANKS) == spaces - set("\x1c\x1d\x1e\x1f\r\n")
