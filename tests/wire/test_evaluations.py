"""Evaluation files are judged as the Hub describes them, and no file makes the judge fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.wire.evaluations import problems

RESULT = b"""- dataset:
    id: cais/hle
    task_id: default
    revision: 5503434ddd753f426f4b38109466949a1217c2bb
  value: 20.90
  verifyToken: abc
  date: "2025-01-15T10:30:00Z"
  source: {url: https://hub.test/x, name: Traces, org: cais}
  notes: no-tools
- dataset: {id: Idavidrein/gpqa, task_id: gpqa_diamond}
  value: 0.412
  date: 2025-01-15
"""
BENCHMARK = b"""name: Exam
description: Hard.
evaluation_framework: inspect-ai
tasks:
  - {id: hle, config: default, split: test}
"""


def test_good_files_have_no_problems():
    assert problems(".eval_results/hle.yaml", RESULT) == [] and problems("eval.yaml", BENCHMARK) == []


@pytest.mark.parametrize("path", ["README.md", "deep/eval.yaml", ".eval_results/deep/x.yaml", ".eval_results/x.json"])
def test_other_files_are_none_of_its_business(path: str):
    assert problems(path, b"{{{") == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a: 1", "must be a list"), (b"- 1", "result 1: must be a mapping"), (b"- value: 1", '"dataset" is missing'),
        (b"- dataset: {id: 1, task_id: x}\n  value: 1", "dataset.id"), (b"- dataset: {id: a/b}\n  value: 1", "task_id"),
        (b"- dataset: {id: a/b, task_id: x}", '"value" is missing'), (b"\xff", "UTF-8"), (b"- [", "not valid YAML"),
        (b"- dataset: {id: a/b, task_id: x}\n  value: 1\n  date: soon", "ISO 8601"),
        (b"- dataset: {id: a/b, task_id: x}\n  value: 1\n  source: {name: x}", '"url"'),
        (b"- a: 1\n  a: 2", "twice"), (b"[" * 100, "nested deeper"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_results_is_said(content: bytes, says: str):
    assert any(says in problem for problem in problems(".eval_results/x.yaml", content))


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"- 1", "mapping"), (b"tasks: []", "at least one"), (b"tasks: [{config: a}]", 'an "id"'),
     (b"tasks: [{id: a}, {id: a}]", "same id"), (b"name: [1]", '"name" must be a string')],
)  # fmt: skip
def test_what_is_wrong_with_a_benchmark_is_said(content: bytes, says: str):
    assert any(says in problem for problem in problems("eval.yaml", content))


def test_a_thousand_problems_are_told_in_a_few_lines():
    assert len(problems(".eval_results/x.yaml", b"- 1\n" * 1000)) == 21


@given(st.sampled_from(["eval.yaml", ".eval_results/a.yaml"]), st.binary(max_size=300))
def test_it_never_fails(path: str, content: bytes):
    problems(path, content)
