"""The tags that mean something to this hub."""

import pytest

from tests.protocols.hub.conftest import Asker


@pytest.mark.proves("GET /api/models-tags-by-type")
def test_models_have_tasks_libraries_and_licences(nobody: Asker) -> None:
    said = nobody.get("models-tags-by-type").json()
    assert {"id": "text-generation", "label": "text-generation", "type": "pipeline_tag"} in said["pipeline_tag"]
    assert {"id": "license:mit", "label": "MIT", "type": "license"} in said["license"]
    assert "transformers" in {one["id"] for one in said["library"]}


@pytest.mark.proves("GET /api/datasets-tags-by-type")
def test_datasets_name_their_tasks_with_the_category(nobody: Asker) -> None:
    said = nobody.get("datasets-tags-by-type").json()
    assert "task_categories:text-generation" in {one["id"] for one in said["task_categories"]}
    assert {"id": "size_categories:1K<n<10K", "label": "1K<n<10K", "type": "size_categories"} in said["size_categories"]
    assert {"format:parquet", "format:imagefolder"} <= {one["id"] for one in said["format"]}
    assert "modality:timeseries" in {one["id"] for one in said["modality"]}
    assert "library:polars" in {one["id"] for one in said["library"]}
