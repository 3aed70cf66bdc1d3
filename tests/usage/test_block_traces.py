"""Reading traces with block names: the published format, and what is wrong with others."""

import gzip
import json

import pytest

from costmodel.evidence.block_traces import read_block_trace
from costmodel.foundation.errors import InputError

CALL = {"timestamp": 3000, "input_length": 600, "output_length": 50, "hash_ids": [0, 7]}


def written(tmp_path, *lines):
    path = tmp_path / "trace.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_a_trace_is_read_plain_and_packed(tmp_path):
    later = {**CALL, "timestamp": 9000}
    path = written(tmp_path, json.dumps(CALL), "", json.dumps(later))
    packed = tmp_path / "trace.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for trace in (read_block_trace(path), read_block_trace(packed)):
        assert len(trace) == 2
        assert trace.seconds.tolist() == [3.0, 9.0]
        assert trace.input_tokens.tolist() == [600, 600]
        assert trace.output_tokens.tolist() == [50, 50]
        assert trace.blocks == ((0, 7), (0, 7))
        assert len(trace.before(6.0)) == 1
        assert trace.reuse().found(6.0) == 0.5


WRONG = [
    ("{", "read no JSON; expected a JSON object a line"),
    ("[]", "read a list; expected a JSON object a line"),
    ('{"timestamp": 1}', "input_length: read no input_length; expected a whole number from 0"),
    (json.dumps({**CALL, "timestamp": -1}), "timestamp: read -1; expected a whole number"),
    (json.dumps({**CALL, "input_length": 0.5}), "input_length: read 0.5; expected a whole number"),
    (json.dumps({**CALL, "output_length": True}), "output_length: read True; expected a whole"),
    (json.dumps({**CALL, "hash_ids": ["a", "b"]}), "hash_ids: read no list of whole numbers"),
    (
        json.dumps({**CALL, "hash_ids": [0]}),
        "hash_ids: read 1 blocks for 600 tokens; expected 2: one for every 512 tokens begun",
    ),
]


@pytest.mark.parametrize(("line", "message"), WRONG)
def test_a_wrong_line_is_told_with_its_place(tmp_path, line, message):
    path = written(tmp_path, json.dumps(CALL), line)
    with pytest.raises(InputError) as error:
        read_block_trace(path)
    assert str(error.value).startswith(f"{path}:2: {message}")


def test_all_wrong_lines_are_told_up_to_twenty(tmp_path):
    path = written(tmp_path, *["{"] * 25)
    with pytest.raises(InputError, match="5 more wrong lines") as error:
        read_block_trace(path)
    assert len(error.value.problems) == 21


def test_files_that_are_not_there_empty_or_cut_off_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"read nothing \(No such file.*check the path"):
        read_block_trace(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="read an empty file; expected a trace with a call a line"):
        read_block_trace(written(tmp_path))
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(json.dumps(CALL).encode() * 100)[:-12])
    with pytest.raises(InputError, match=r"read nothing \("):
        read_block_trace(cut)
