"""Real data, from what scikit-learn ships: pushed by `push_to_hub`, loaded back, and streamed."""

import pytest

from tests.clients.client import Client

pytestmark = pytest.mark.clients

DATA = """
    from datasets import Dataset, DatasetDict, load_dataset
    from sklearn import datasets as shipped

    def rows(bunch):
        columns = {name: bunch.data[:, at].tolist() for at, name in enumerate(bunch.feature_names)}
        return Dataset.from_dict(columns | {"target": bunch.target.tolist()})
"""


def test_iris_comes_back_as_it_went(newest: Client) -> None:
    same, streamed, splits = newest.python(
        DATA
        + """
    iris = rows(shipped.load_iris()).train_test_split(test_size=0.2, seed=1)
    iris.push_to_hub("alice/iris")
    back = load_dataset("alice/iris")
    stream = load_dataset("alice/iris", split="train", streaming=True)
    answer([
        all(back[split].to_list() == iris[split].to_list() for split in iris),
        list(stream) == iris["train"].to_list(),
        sorted(back),
    ])
    """
    )
    assert same
    assert streamed
    assert splits == ["test", "train"]


def test_a_second_configuration_joins_the_first(newest: Client) -> None:
    names, lengths = newest.python(
        DATA
        + """
    from datasets import get_dataset_config_names
    rows(shipped.load_digits()).push_to_hub("alice/shipped", "digits", private=True)
    rows(shipped.load_wine()).push_to_hub("alice/shipped", "wine", private=True)
    answer([
        sorted(get_dataset_config_names("alice/shipped")),
        [len(load_dataset("alice/shipped", name, split="train")) for name in ("digits", "wine")],
    ])
    """
    )
    assert names == ["digits", "wine"]
    assert lengths == [1797, 178]
