import pytest

from costmodel.foundation.beliefs import NO_SOURCE, Source
from costmodel.foundation.errors import InputError
from costmodel.foundation.marks import Marker


def test_a_source_holds_for_everything_inside_its_mapping():
    marked = Marker().mark({"a": {"b": {"c": 1}}, "source": "report", "owner": "Ann"})
    assert marked["a"]["b"].marked("c").mark.source == Source(source="report", owner="Ann")


def test_the_nearest_source_wins_whole():
    marked = Marker().mark({"a": {"b": 1, "assumed": True}, "source": "report", "owner": "Ann"})
    assert marked["a"].marked("b").mark.source == Source(assumed=True)


def test_an_owner_alone_joins_the_source_around_it():
    marked = Marker().mark({"a": {"b": 1, "owner": "Bob"}, "source": "report"})
    assert marked["a"].marked("b").mark.source == Source(source="report", owner="Bob")


def test_assumed_false_takes_a_source_away():
    marked = Marker().mark({"a": {"b": 1, "assumed": False}, "source": "report"})
    assert marked["a"].marked("b").mark.source == NO_SOURCE


def test_lists_pass_sources_on():
    marked = Marker().mark({"list": [{"a": 1}], "source": "report"})
    assert marked["list"][0].mark.source == Source(source="report")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            {"assumed": "maybe"},
            "a.assumed: read 'maybe'; expected true or false; fix: assumed: true",
        ),
        ({"source": 5}, "a.source: read 5; expected text; fix: source: a few words, or a URL"),
        ({"owner": None}, "a.owner: read nothing; expected text"),
        ({"date": "May"}, "a.date: read 'May'; expected a date as YYYY-MM-DD or YYYY-MM;"),
    ],
)
def test_source_keys_that_say_nothing_are_refused(data, text):
    marker = Marker()
    marker.mark({"a": data})
    with pytest.raises(InputError) as error:
        marker.raise_problems()
    assert str(error.value).startswith(text)
