"""The slow simulator's response cache, a few questions at a time."""

import numpy as np
import pytest

from costmodel.scenario.schema import ResponseCache

from .by_hand import JANUARY, Certain, turns
from .questions import ResponseCache as Answers


def answers(**keys):
    data = {"kind": "response_cache", "feature": "answer", **keys}
    return Answers("c", ResponseCache.model_validate(data), Certain())


DRAWN = {"ttl": "1h", "questions": 5, "unique": "0%"}


def right(cache, times, questions, **columns):
    asked = turns(times, **columns)
    return cache.look_up(asked, np.array(questions), np.ones(len(times), bool), JANUARY).right


def test_an_answer_lasts_from_when_it_was_stored_or_last_used():
    times, same = [0, 3000, 4000, 8000], [2, 2, 2, 2]
    # stored at 0, found at 3,000, gone at 3,600: stored again at 4,000, gone at 7,600
    assert right(answers(**DRAWN), times, same).tolist() == [False, True, False, False]
    # found at 3,000, kept to 6,600; found at 4,000, kept to 7,600
    sliding = answers(**DRAWN, renewal="sliding")
    assert right(sliding, times, same).tolist() == [False, True, True, False]


def test_another_question_a_personal_one_and_another_tenant_find_nothing():
    times = [0, 10, 20, 30]
    assert not right(answers(**DRAWN), times, [1, 2, -3, -4]).any()
    apart = answers(**DRAWN, tenants=2)
    found = right(apart, times, [1, 1, 1, 1], person=[0, 1, 2, 3])
    assert found.tolist() == [False, False, True, True]


def test_room_for_two_drops_the_answer_used_longest_ago():
    cache = answers(**DRAWN, capacity=2)
    # 1, 2, then 1 is used, so that 3 takes the place of 2
    found = right(cache, [0, 1, 2, 3, 4, 5], [1, 2, 1, 3, 1, 2])
    assert found.tolist() == [False, False, True, False, True, False]


def test_flushes_empty_the_cache():
    cache = answers(**{**DRAWN, "ttl": "60d"}, flushes="2 per month")
    half = 15.5 * 86_400
    found = right(cache, [10, half - 10, half + 10, half + 20], [1, 1, 1, 1])
    assert found.tolist() == [False, True, False, True]


def test_meaning_misses_some_and_fools_some():
    keys = {**DRAWN, "match": "semantic", "recall": "80%", "false_hits": "2%"}
    coins = np.full((3, 4), 0.5)
    coins[1, 2] = 0.9  # not recalled
    coins[2, 3] = 0.01  # would be fooled, had it not found the right answer
    first = turns([0, 1, 2], coin=coins)
    looked = answers(**keys).look_up(first, np.array([1, 1, 1]), np.ones(3, bool), JANUARY)
    assert looked.right.tolist() == [False, False, True]
    assert not looked.wrong.any()
    other = answers(**keys).look_up(first, np.array([1, 1, 3]), np.ones(3, bool), JANUARY)
    assert other.wrong.tolist() == [False, False, True]
    assert other.hit.tolist() == [False, False, True]


def test_a_failed_call_leaves_no_answer():
    failed = [False, True, True]
    found = right(answers(**DRAWN), [0, 1, 2], [1, 1, 1], answered=failed)
    assert found.tolist() == [False, False, True]


def test_only_first_turns_are_looked_up_unless_told():
    talk = {"position": [0, 1, 0], "talk": [0, 0, 1]}
    through = np.array([True, True, False])
    for multi, up in ((False, [True, False, False]), (True, [True, True, False])):
        cache = answers(hit_rate="100%", multi_turn=multi)
        assert cache.look_up(turns([0, 1, 2], **talk), None, through, JANUARY).up.tolist() == up


def test_a_measured_rate_holds_right_and_wrong_hits():
    cache = answers(hit_rate="20%", match="semantic", false_hits="2%")
    size = 100_000
    coin = np.random.default_rng(1).random((size, 4))
    looked = cache.look_up(turns(np.zeros(size), coin=coin), None, np.ones(size, bool), JANUARY)
    # right = (.2 - .02) / .98 = .1837
    assert looked.hit.mean() == pytest.approx(0.2, abs=0.004)
    assert looked.right.mean() == pytest.approx(0.1837, abs=0.004)
