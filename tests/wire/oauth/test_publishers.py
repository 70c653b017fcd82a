"""Which tokens of a CI fit a rule: by numbers, and by the words that its workflow cannot choose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.oauth.publishers import FIELDS, KINDS, fits, parse_rule

GITHUB = {
    "iss": "https://token.actions.githubusercontent.com", "repository": "acme/train", "repository_id": "42",
    "repository_owner_id": "7", "ref": "refs/heads/main", "environment": "release",
    "workflow_ref": "acme/train/.github/workflows/publish.yml@refs/heads/main",
}  # fmt: skip
GITLAB = {
    "iss": "https://gitlab.com", "project_id": "42", "namespace_id": "7", "ref": "main", "ref_type": "branch",
    "ci_config_ref_uri": "gitlab.com/acme/train//.gitlab-ci.yml@refs/heads/main",
}  # fmt: skip
FULL = {"kind": "github", "id": "42", "owner": "7", "workflow": "publish.yml", "branch": "main",
        "environment": "release"}  # fmt: skip


def test_a_token_that_says_everything_fits():
    assert fits(parse_rule(FULL), GITHUB)
    assert fits(parse_rule({"kind": "gitlab", "id": "42", "branch": "main", "workflow": ".gitlab-ci.yml"}), GITLAB)
    assert fits(parse_rule({"kind": "other", "issuer": "https://ci.example", "id": "job:1"}),
                {"iss": "https://ci.example", "sub": "job:1"})  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"repository_id": "43"}, {"repository_owner_id": "8"}, {"ref": "refs/heads/maint"}, {"ref": "refs/tags/main"},
        {"ref": "refs/pull/1/merge"}, {"environment": "Release"}, {"iss": "https://gitlab.com"},
        {"workflow_ref": "acme/train/.github/workflows/other.yml@refs/heads/main"},
        {"workflow_ref": "acme/train/.github/workflows/x/publish.yml@refs/heads/main"},
        {"workflow_ref": "acme/train/.github/workflows/other.yml@publish.yml"},
        {"repository_id": None}, {"repository_id": True}, {"repository_id": ["42"]}, {"environment": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_says_something_else_does_not(changes):
    assert not fits(parse_rule(FULL), {key: value for key, value in (GITHUB | changes).items() if value is not None})


def test_the_name_of_the_repository_does_not_count():
    assert fits(parse_rule(FULL), GITHUB | {"repository": "renamed/train"})
    assert not fits(parse_rule(FULL), GITHUB | {"repository_id": "99"})  # whoever took the old name


def test_a_tag_with_the_name_of_the_branch_is_no_branch():
    rule = parse_rule({"kind": "gitlab", "id": "42", "branch": "main"})
    assert not fits(rule, GITLAB | {"ref_type": "tag"})


@pytest.mark.parametrize(
    "form",
    [
        {}, {"kind": "?"}, {"kind": "github"}, {"kind": "github", "id": "acme/train"}, {"kind": "github", "id": "٤٢"},
        {"kind": "github", "id": "1", "issuer": "https://evil.example"}, {"kind": "other", "id": "x"},
        {"kind": "github", "id": "1", "owner": "acme"},
        {"kind": "other", "issuer": "https://a.b", "id": "x", "owner": "1"},
        {"kind": "gitlab", "id": "1", "branch": "x" * 301}, {"kind": "gitlab", "id": "1", "branch": "a\nb"},
    ],
    ids=str,
)  # fmt: skip
def test_a_rule_that_would_trust_too_much_is_refused(form):
    with pytest.raises(Invalid):
        parse_rule(form)


CLAIMS = st.dictionaries(
    st.sampled_from([*GITHUB, *GITLAB, "sub"]),
    st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.lists(st.text(max_size=3)),
)


@given(st.fixed_dictionaries({"kind": st.sampled_from(list(KINDS))}, optional=dict.fromkeys(FIELDS, st.text())), CLAIMS)
def test_whatever_a_token_says_is_answered(form, claims):
    try:
        rule = parse_rule(form)
    except Invalid:
        return
    assert fits(rule, claims) in (True, False) and not fits(rule, {})
