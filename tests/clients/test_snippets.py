"""What a page says about using a repository is done to the letter, by clients that know of no hub beside it."""

import html
import re
from pathlib import Path

import httpx
import pytest

from freehold.base.ids import RepoId, RepoKind
from freehold.web.snippets.snippets import snippets
from freehold.web.snippets.ways import Traits
from tests.clients.client import Client
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients

NOWHERE = "http://127.0.0.1:9"
WAY = re.compile(r"<summary>([^<]+)</summary>.*?<code>(.*?)</code>", re.DOTALL)


def ways(server: HubProcess, path: str) -> dict[str, str]:
    """What the page offers to everybody."""
    page = httpx.get(f"{server.url}/{path}").text
    return {title: html.unescape(re.sub(r"<[^>]+>", "", code)) for title, code in WAY.findall(page)}


@pytest.fixture
def stranger(newest: Client) -> Client:
    """Somebody whose surroundings name no hub that answers, and no token."""
    return newest.known_as(None).at(NOWHERE)


@pytest.fixture
def pushed(newest: Client) -> None:
    """A tiny model with a base, and a dataset in two formats."""
    newest.python("""
    import pandas
    from datasets import Dataset
    from huggingface_hub import HfApi, ModelCard
    from tokenizers import Tokenizer, models
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({"[UNK]": 0, "wren": 1}, unk_token="[UNK]"))
    PreTrainedTokenizerFast(tokenizer_object=words, unk_token="[UNK]").save_pretrained("tiny")
    sizes = dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, vocab_size=2)
    BertForSequenceClassification(BertConfig(**sizes)).save_pretrained("tiny")
    Path("tiny/README.md").write_text("---\\nbase_model: alice/egg\\n---\\n")
    for name in ("egg", "tiny", "closed"):
        HfApi().create_repo(f"alice/{name}", private=name == "closed", exist_ok=True)
    for name in ("tiny", "closed"):
        HfApi().upload_folder(repo_id=f"alice/{name}", folder_path="tiny")
    table = pandas.DataFrame({"bird": ["wren", "owl"], "songs": [3, 1]})
    for name, save in {
        "songs.parquet": table.to_parquet,
        "songs.csv": lambda path: table.to_csv(path, index=False),
        "songs.jsonl": lambda path: table.to_json(path, orient="records", lines=True),
    }.items():
        save(name)
        repo = f"alice/{name.replace('.', '-')}"
        HfApi().create_repo(repo, repo_type="dataset", exist_ok=True)
        HfApi().upload_file(repo_id=repo, path_in_repo=name, path_or_fileobj=name, repo_type="dataset")
    """)


def test_what_the_pages_say_works(server: HubProcess, stranger: Client, pushed: None, tmp_path: Path) -> None:
    of_model = ways(server, "alice/tiny")
    assert set(of_model) == {"transformers", "huggingface_hub", "hf", "curl", "git"}
    assert (
        stranger.python(of_model["transformers"] + "\nanswer(type(model).__name__)") == "BertForSequenceClassification"
    )
    assert stranger.python(of_model["huggingface_hub"] + "\nanswer(os.listdir(folder))")
    for number, kind in enumerate(("parquet", "csv", "jsonl")):
        of_data = ways(server, f"datasets/alice/songs-{kind}")
        assert {"datasets", "pandas", "polars", "duckdb", "mlcroissant"} <= set(of_data)
        visitor = stranger.in_(tmp_path / str(number))
        assert visitor.python(of_data["datasets"] + "\nanswer(dataset['train'][0]['bird'])") == "wren"
        assert visitor.python(of_data["pandas"] + "\nanswer(int(table.songs.sum()))") == 4
    for command in ("hf", "curl"):
        done = stranger.in_(tmp_path / command)
        script = f'PATH="{stranger.environment}/bin:$PATH"\n{of_model[command]}'
        done.python("import subprocess; subprocess.run(['bash', '-ec', sys.argv[1]], check=True)", script)


def test_a_private_model_is_read_by_the_token_that_the_snippet_asks_for(
    server: HubProcess, stranger: Client, pushed: None, alice: str
) -> None:
    repo = RepoId(RepoKind.MODEL, "alice", "closed")
    traits = Traits(repo, server.url, library="transformers", auto_model="AutoModel", private=True)
    code = snippets(traits)[0].code
    assert "hf_…" in code
    said = stranger.python(code.replace("hf_…", alice) + "\nanswer(type(model).__name__)")
    assert said == "BertModel"


def test_the_tree_is_told_to_a_client(server: HubProcess, newest: Client, pushed: None) -> None:
    said = newest.python("""
    from time import sleep
    from huggingface_hub import HfApi
    for _ in range(50):
        base = HfApi().model_info("alice/egg", expand=["childrenModelCount"])
        if base.children_model_count:
            break
        sleep(0.2)
    tiny = HfApi().model_info("alice/tiny", expand=["baseModels", "tags", "pipeline_tag", "library_name"])
    listed = [one.id for one in HfApi().list_models(filter="base_model:finetune:alice/egg")]
    answer([base.children_model_count, tiny.base_models, tiny.pipeline_tag, tiny.library_name, sorted(listed)])
    """)
    assert said == [2, ["alice/egg"], "text-classification", "transformers", ["alice/closed", "alice/tiny"]]
