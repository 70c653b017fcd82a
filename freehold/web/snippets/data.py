"""Libraries that read a dataset."""

from collections.abc import Iterator

from freehold.web.snippets.ways import Snippet, Traits

_READERS = {"parquet": "read_parquet", "csv": "read_csv", "json": "read_json"}


def of_dataset(traits: Traits) -> Iterator[Snippet]:
    """`datasets`, then what reads its kind of file."""
    code = f'from datasets import load_dataset\ndataset = load_dataset("{traits.name}")'
    yield Snippet("datasets", "python", traits.head + code)
    kind = traits.formats[0] if traits.formats else ""
    if not traits.first:
        return
    if kind in _READERS:
        yield from _tables(traits, kind)
    if kind == "webdataset":
        code = (
            "from huggingface_hub import hf_hub_download\nimport webdataset\n"
            f'path = hf_hub_download("{traits.name}", "{traits.first}", repo_type="dataset")\n'
            "dataset = webdataset.WebDataset(path)"
        )
        yield Snippet("webdataset", "python", traits.head + code)


def _tables(traits: Traits, kind: str) -> Iterator[Snippet]:
    lines = kind == "json" and not traits.first.endswith(".json")
    place = f"hf://datasets/{traits.name}/{traits.first}"
    more = ", lines=True" if lines else ""
    yield Snippet("pandas", "python", f'{traits.head}import pandas\ntable = pandas.{_READERS[kind]}("{place}"{more})')
    # Polars and DuckDB spell hf:// too, but ask only one host for it.
    fetched = (
        "from huggingface_hub import hf_hub_download\nimport polars\n"
        f'path = hf_hub_download("{traits.name}", "{traits.first}", repo_type="dataset")\n'
    )
    reader = "read_ndjson" if lines else _READERS[kind]
    yield Snippet("polars", "python", f"{traits.head}{fetched}table = polars.{reader}(path)")
    if not traits.closed:
        code = f'dataset = mlcroissant.Dataset(jsonld="{traits.base}/api/datasets/{traits.name}/croissant")'
        yield Snippet("mlcroissant", "python", f"import mlcroissant\n{code}")
    secret = "CREATE SECRET (TYPE http, BEARER_TOKEN 'hf_…');\n" if traits.closed else ""
    reader = {"json": "read_json_auto", "csv": "read_csv_auto"}.get(kind, "read_parquet")
    yield Snippet("duckdb", "sql", f"{secret}SELECT * FROM {reader}('{traits.address(traits.first)}') LIMIT 10;")
