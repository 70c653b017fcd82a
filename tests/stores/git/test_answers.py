"""What is remembered of git's work: the last answers, failures never."""

import pytest

from freehold.stores.git.answers import Answers


def test_what_was_asked_is_not_asked_again_until_it_is_forgotten():
    asked = []
    answers = Answers[str, int | None](2)

    def ask(key):
        return answers.of(key, lambda: asked.append(key))

    for key in ("a", "a", "b", "c", "b", "a"):
        assert ask(key) is None
    assert asked == ["a", "b", "c", "a"]


def test_a_failure_is_no_answer():
    answers = Answers[str, int](2)
    with pytest.raises(ZeroDivisionError):
        answers.of("a", lambda: 1 // 0)
    assert answers.of("a", lambda: 1) == 1
