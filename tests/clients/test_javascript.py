"""The Hub's JavaScript clients: @huggingface/hub in node, transformers.js in a browser's page of another origin."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.clients.client import Client
from tests.clients.javascript import another_site, javascript
from tests.kit.process import HubProcess
from tests.pages.conftest import CHROMIUM, FLAGS

pytestmark = pytest.mark.clients

ROUND = """
import * as hub from "@huggingface/hub";
const [hubUrl, accessToken, way] = process.argv.slice(1);
const repo = {type: "dataset", name: `alice/js-${way}`}, at = {repo, hubUrl, accessToken}, useXet = way === "xet";
const large = new Uint8Array(12_000_000).map((_, at) => Math.imul(at, 2654435761) >>> 13);
await hub.createRepo({...at, private: true});
const files = [{path: "a.txt", content: new Blob(["hello"])}, {path: "deep/large.bin", content: new Blob([large])}];
const done = await hub.uploadFiles({...at, files, useXet, commitTitle: "From node"});
const names = [];
for await (const file of hub.listFiles({...at, recursive: true})) names.push([file.path, file.size]);
const blob = await hub.downloadFile({...at, path: "deep/large.bin"});
const back = new Uint8Array(await blob.arrayBuffer());
const part = await hub.downloadFile({...at, path: "a.txt"}).then(blob => blob.slice(1, 3).text());
const info = await hub.pathsInfo({...at, paths: ["deep/large.bin"], expand: true});
await hub.deleteFile({...at, path: "a.txt"});
const titles = [];
for await (const commit of hub.listCommits(at)) titles.push(commit.title);
const stranger = await hub.downloadFile({repo, hubUrl, path: "a.txt"}).catch(error => error.statusCode);
console.log(JSON.stringify({
  who: (await hub.whoAmI(at)).name, commit: done.commit.oid, names, same: Buffer.compare(back, large) === 0, part,
  title: info[0].lastCommit.title, gone: !(await hub.fileExists({...at, path: "a.txt"})), titles, stranger,
}));
"""


@pytest.mark.parametrize("way", ["xet", "lfs"])
def test_node_lists_downloads_and_commits(server: HubProcess, alice: str, way: str) -> None:
    folder = javascript()
    command = [str(shutil.which("node")), "--input-type=module", "--eval", ROUND, server.url, alice, way]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert len(said.pop("commit")) == 40
    assert ["deep/large.bin", 12_000_000] in said.pop("names")
    assert said == {
        "who": "alice", "same": True, "part": "el", "title": "From node", "gone": True, "stranger": 401,
        "titles": ["Delete a.txt", "From node", "initial commit"],
    }  # fmt: skip


TOKENIZER = {
    "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": {"type": "Lowercase"},
    "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None, "decoder": None,
    "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "a": 1, "small": 2, "bird": 3}, "unk_token": "[UNK]"},
}  # fmt: skip


@pytest.fixture
def model(server: HubProcess, newest: Client, tmp_path: Path) -> str:
    """A private model with a tokenizer and, as a large file, nothing that matters."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "tokenizer.json").write_text(json.dumps(TOKENIZER))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast"}))
    (folder / "config.json").write_text(json.dumps({"model_type": "bert"}))
    (folder / "large.bin").write_bytes(bytes(range(256)) * 4096)
    newest.in_(tmp_path / "writer").python(
        """
    from huggingface_hub import HfApi
    HfApi().create_repo("alice/browser", private=True, exist_ok=True)
    HfApi().upload_folder(repo_id="alice/browser", folder_path=sys.argv[1])
    """,
        folder,
    )
    return "alice/browser"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Page]:
    """A browser that shows a page of another site, which can import transformers.js."""
    if not CHROMIUM:
        pytest.skip("needs Chromium")
    site = tmp_path / "site"
    site.mkdir()
    shutil.copytree(javascript() / "node_modules/@huggingface/transformers/dist", site / "transformers")
    (site / "index.html").write_text("<!doctype html><title>Elsewhere</title>")
    with another_site(site) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        page = browser.new_page()
        page.goto(url)
        yield page
        browser.close()


IN_BROWSER = """async ([hub, token, model]) => {
  const { AutoTokenizer, AutoConfig, env } = await import("/transformers/transformers.min.js");
  env.remoteHost = hub;
  env.remotePathTemplate = "{model}/resolve/{revision}/";
  env.allowLocalModels = false;
  env.useBrowserCache = false;
  const seen = [];
  env.fetch = (url, options = {}) => {
    const headers = new Headers(options.headers);
    headers.set("Authorization", `Bearer ${token}`);
    seen.push([url.toString(), headers.get("Range")]);
    return fetch(url, {...options, headers});
  };
  const tokenizer = await AutoTokenizer.from_pretrained(model);
  const config = await AutoConfig.from_pretrained(model);
  const { input_ids } = await tokenizer("a small Bird", {return_tensor: false});
  return {ids: Array.from(input_ids), type: config.model_type, probes: seen.filter(one => one[1]).length};
}"""


def test_transformers_js_loads_from_a_page_of_another_site(
    elsewhere: Page, server: HubProcess, alice: str, model: str
) -> None:
    assert elsewhere.evaluate(IN_BROWSER, [server.url, alice, model]) == {
        "ids": [1, 2, 3],
        "type": "bert",
        "probes": 1,
    }


READ = """async ([url, token, range]) => {
  const headers = {...(token && {Authorization: `Bearer ${token}`}), ...(range && {Range: range})};
  const answer = await fetch(url, {headers, cache: "no-store"});
  const names = ["content-range", "content-length", "accept-ranges", "etag", "x-repo-commit", "x-error-code",
    "x-error-message", "x-linked-size", "x-xet-hash", "x-request-id"];
  const body = new Uint8Array(await answer.arrayBuffer());
  return {status: answer.status, length: body.length, url: answer.url,
    ...Object.fromEntries(names.map(name => [name, answer.headers.get(name)]))};
}"""


def read(page: Page, url: str, token: str = "", range_: str = "") -> dict[str, Any]:
    """What a script of the page can read of the hub's answer."""
    return dict(page.evaluate(READ, [url, token, range_]))


def test_a_script_reads_answers_ranges_and_errors(elsewhere: Page, server: HubProcess, alice: str, model: str) -> None:
    place = f"{server.url}/{model}/resolve/main"
    one = read(elsewhere, f"{place}/large.bin", alice, "bytes=0-0")
    assert (one["status"], one["length"], one["content-range"]) == (206, 1, "bytes 0-0/1048576")
    assert len(one["x-repo-commit"]) == 40 and one["etag"] and one["x-xet-hash"] and one["x-linked-size"] == "1048576"
    beyond = read(elsewhere, f"{place}/large.bin", alice, "bytes=1048576-")
    assert (beyond["status"], beyond["content-range"]) == (416, "bytes */1048576")
    absent = read(elsewhere, f"{place}/none.bin", alice)
    assert (absent["status"], absent["x-error-code"]) == (404, "EntryNotFound")
    hidden = read(elsewhere, f"{place}/large.bin")
    assert (hidden["status"], hidden["x-error-code"]) == (401, "RepoNotFound")
    wrong = read(elsewhere, f"{server.url}/api/whoami-v2", "hf_wrong")
    assert wrong["status"] == 401 and "Invalid credentials" in wrong["x-error-message"]
    missing = read(elsewhere, f"{server.url}/api/no/such/address")
    assert missing["status"] == 404 and missing["x-request-id"]


def test_a_script_follows_a_repository_that_has_moved(
    elsewhere: Page, server: HubProcess, newest: Client, alice: str, tmp_path: Path
) -> None:
    newest.in_(tmp_path / "mover").python(
        """
    from huggingface_hub import HfApi
    HfApi().create_repo("alice/moving")
    HfApi().upload_file(repo_id="alice/moving", path_or_fileobj=b"hello", path_in_repo="a.txt")
    HfApi().move_repo("alice/moving", "alice/moved")
    """
    )
    found = read(elsewhere, f"{server.url}/alice/moving/resolve/main/a.txt")
    assert (found["status"], found["length"]) == (200, 5)
    assert found["url"] == f"{server.url}/alice/moved/resolve/main/a.txt"
