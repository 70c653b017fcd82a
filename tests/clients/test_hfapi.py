"""Every method of HfApi that this hub answers, called by the unmodified client."""

from textwrap import dedent

import pytest

from tests.clients.client import Client

pytestmark = pytest.mark.clients

BEGIN = """
    import io, time
    from huggingface_hub import (
        CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi, HfFileSystem, ModelCard,
        hf_hub_download, snapshot_download,
    )
    from huggingface_hub.errors import *
    api = HfApi()

    def error(call):
        try:
            return repr(call())
        except Exception as error:
            return type(error).__name__

    def put(repo, files, **more):
        operations = [CommitOperationAdd(path, content) for path, content in files.items()]
        return api.create_commit(repo, operations, commit_message="put " + ", ".join(files), **more)
"""


def test_whoami(newest: Client) -> None:
    who = newest.python(BEGIN + "    answer(api.whoami())")
    assert (who["name"], who["type"], who["auth"]["accessToken"]["role"]) == ("alice", "user", "write")
    bad = newest.known_as("hf_" + "x" * 40)
    assert bad.python(BEGIN + "    answer([error(api.whoami), error(lambda: api.model_info('alice/no'))])") == [
        "HfHubHTTPError",
        "HfHubHTTPError",
    ]


@pytest.mark.parametrize("kind", ["model", "dataset", "space", "kernel"])
def test_repositories_of_every_kind_come_and_go(newest: Client, kind: str) -> None:
    script = """
    kind = sys.argv[1]
    more = {"repo_type": kind} | ({"space_sdk": "gradio"} if kind == "space" else {})
    url = api.create_repo("alice/life", **more)
    again = api.create_repo("alice/life", exist_ok=True, **more)
    there = [api.repo_exists("alice/life", repo_type=kind), api.repo_exists("alice/none", repo_type=kind)]
    conflict = error(lambda: api.create_repo("alice/life", **more))
    foreign = error(lambda: api.create_repo("carol/life", **more))
    info = api.repo_info("alice/life", repo_type=kind)
    api.upload_file(repo_id="alice/life", repo_type=kind, path_or_fileobj=b"hello", path_in_repo="a/b.txt")
    path = hf_hub_download("alice/life", "a/b.txt", repo_type=kind)
    api.delete_repo("alice/life", repo_type=kind)
    api.delete_repo("alice/life", repo_type=kind, missing_ok=True)
    gone = error(lambda: api.delete_repo("alice/life", repo_type=kind))
    answer([url.repo_id, url.repo_type, str(url) == str(again), there, conflict, foreign, info.sha is not None,
            Path(path).read_text(), gone])
    """
    assert newest.python(BEGIN + script, kind) == [
        "alice/life",
        kind,
        True,
        [True, False],
        "HfHubHTTPError",
        "HfHubHTTPError",
        True,
        "hello",
        "RepositoryNotFoundError",
    ]


def test_settings_moves_and_duplicates(newest: Client) -> None:
    script = """
    api.create_repo("alice/first")
    put("alice/first", {"a.txt": b"a"})
    api.update_repo_settings("alice/first", gated="auto")
    gated = [api.model_info("alice/first").gated]
    api.update_repo_settings("alice/first", gated=False, visibility="private")
    info = api.model_info("alice/first")
    api.move_repo("alice/first", "alice/second")
    seen = [info.gated, info.private, api.model_info("alice/first").id]
    put("alice/first", {"b.txt": b"b"})
    through = Path(hf_hub_download("alice/first", "b.txt")).read_text()
    api.auth_check("alice/second"), api.auth_check("alice/second", write=True)
    copy = api.duplicate_repo("alice/second", "alice/third", visibility="public")
    api.create_repo("alice/taken")
    taken = error(lambda: api.move_repo("alice/taken", "alice/second"))
    stored = sorted(one.id for one in api.list_user_repos() if one.id in ("alice/second", "alice/third"))
    answer([gated, seen, through, copy.repo_id, sorted(api.list_repo_files("alice/third")), taken, stored])
    """
    assert newest.python(BEGIN + script) == [
        ["auto"],
        [False, True, "alice/second"],
        "b",
        "alice/third",
        [".gitattributes", "a.txt", "b.txt"],
        "HfHubHTTPError",
        ["alice/second", "alice/third"],
    ]


def test_commits_of_every_operation(newest: Client) -> None:
    script = """
    repo = "alice/ops"
    api.create_repo(repo)
    first = put(repo, {"a.txt": b"a", "b/c.txt": b"c", "b/d.txt": b"d", "e/f.txt": b"f"})
    mix = [CommitOperationDelete("a.txt"), CommitOperationDelete("b/"), CommitOperationCopy("e/f.txt", "g.txt"),
           CommitOperationAdd("h.txt", b"h")]
    done = api.create_commit(repo, mix, commit_message="mix", commit_description="of all", parent_commit=first.oid)
    files = sorted(api.list_repo_files(repo))
    stale = error(lambda: put(repo, {"x": b"x"}, parent_commit=first.oid))
    missing = error(lambda: api.delete_file("no.txt", repo))
    bad = error(lambda: put(repo, {"x": b"x"}, revision="nowhere"))
    pull = put(repo, {"p.txt": b"p"}, create_pr=True)
    put(repo, {"q.txt": b"q"}, revision=pull.pr_revision)
    pulled = sorted(api.list_repo_files(repo, revision="refs/pr/1"))
    api.delete_folder("e", repo)
    api.delete_files(repo, ["*.txt"])
    answer([done.repo_url.repo_id, len(done.oid), files, stale, missing, bad, pull.pr_num, pulled,
            api.list_repo_files(repo),
            [(one.title, one.message, one.authors) for one in api.list_repo_commits(repo)][2:4]])
    """
    said = newest.python(BEGIN + script)
    assert said[:9] == [
        "alice/ops",
        40,
        [".gitattributes", "e/f.txt", "g.txt", "h.txt"],
        "HfHubHTTPError",
        "RemoteEntryNotFoundError",
        "RevisionNotFoundError",
        1,
        [".gitattributes", "e/f.txt", "g.txt", "h.txt", "p.txt", "q.txt"],
        [".gitattributes"],
    ]
    assert said[9][0] == ["mix", "of all", ["alice"]]


def test_trees_refs_tags_branches_and_history(newest: Client) -> None:
    script = """
    repo = "alice/shape"
    api.create_repo(repo)
    first = put(repo, {"a.txt": b"a", "b/c.txt": b"c"})
    put(repo, {"a.txt": b"aa"})
    api.create_tag(repo, tag="v1", revision=first.oid, tag_message="one")
    api.create_branch(repo, branch="feature/x", revision="v1")
    api.create_branch(repo, branch="feature/x", exist_ok=True)
    doubled = [error(lambda: api.create_branch(repo, branch="feature/x")),
               error(lambda: api.create_tag(repo, tag="v1"))]
    put(repo, {"n.txt": b"n"}, revision="feature/x")
    refs = api.list_repo_refs(repo, include_pull_requests=True)
    tree = [(one.path, type(one).__name__, one.last_commit.oid == first.oid)
            for one in api.list_repo_tree(repo, recursive=True, expand=True)]
    infos = [one.path for one in api.get_paths_info(repo, ["a.txt", "b", "zz"], revision="v1", expand=True)]
    old = Path(hf_hub_download(repo, "a.txt", revision="v1")).read_text()
    exists = [api.file_exists(repo, "n.txt"), api.file_exists(repo, "n.txt", revision="feature/x"),
              api.revision_exists(repo, "feature/x"), api.revision_exists(repo, "nope")]
    titles = [one.title for one in api.list_repo_commits(repo, revision="feature/x", formatted=True)]
    api.super_squash_history(repo, branch="feature/x", commit_message="one")
    squashed = [one.title for one in api.list_repo_commits(repo, revision="feature/x")]
    api.delete_tag(repo, tag="v1"), api.delete_branch(repo, branch="feature/x")
    gone = [error(lambda: api.delete_tag(repo, tag="v1")), error(lambda: api.delete_branch(repo, branch="main"))]
    kinds = (refs.branches, refs.tags, refs.converts, refs.pull_requests)
    answer([doubled, [[one.name for one in some] for some in kinds],
            refs.tags[0].target_commit == first.oid, tree, infos, old, exists, titles[:2], squashed, gone])
    """
    assert newest.python(BEGIN + script) == [
        ["HfHubHTTPError", "HfHubHTTPError"],
        [["feature/x", "main"], ["v1"], [], []],
        True,
        [
            [".gitattributes", "RepoFile", False],
            ["a.txt", "RepoFile", False],
            ["b", "RepoFolder", True],
            ["b/c.txt", "RepoFile", True],
        ],
        ["a.txt", "b"],
        "a",
        [False, True, True, False],
        ["put n.txt", "put a.txt, b/c.txt"],
        ["one"],
        ["RevisionNotFoundError", "HfHubHTTPError"],
    ]


KNOWN = (
    dedent(BEGIN)
    + """
repo = "alice/known-bird"
api.create_repo(repo, exist_ok=True)
card = "---\\nlicense: mit\\ntags: [rare-bird]\\npipeline_tag: text-classification\\n---\\n# Bird"
config = b'{"model_type": "bert", "architectures": ["BertModel"]}'
put(repo, {"README.md": card.encode(), "config.json": config})
info = api.model_info(repo, files_metadata=True, securityStatus=True)
"""
)


def test_information(newest: Client) -> None:
    script = """
some = api.model_info(repo, expand=["sha", "cardData"])
answer([
    info.author, info.pipeline_tag, info.card_data.license, info.transformers_info.auto_model,
    sorted(one.rfilename for one in info.siblings), min(one.size for one in info.siblings) > 0,
    some.author is None and some.sha == info.sha and some.card_data.license == "mit",
    error(lambda: api.model_info(repo, expand=["nonsense"])),
    api.resolve_revision(repo, revision="main").resolved == info.sha,
])
    """
    facts = ["alice", "text-classification", "mit", "AutoModel"]
    files = [".gitattributes", "README.md", "config.json"]
    assert newest.python(KNOWN + script) == [*facts, files, True, True, "BadRequestError", True]


def test_lists(newest: Client) -> None:
    script = """
api.create_repo("alice/known-songs", repo_type="dataset")
api.create_repo("alice/known-app", repo_type="space", space_sdk="static")
listed = {one.id: one for one in api.list_models(author="alice", search="known", full=True, cardData=True)}
answer([
    [listed[repo].sha == info.sha, listed[repo].card_data.tags, len(listed[repo].siblings)],
    [one.id for one in api.list_models(filter="rare-bird")],
    [one.id for one in api.list_models(filter="rare-bird", pipeline_tag="text-classification", limit=1)],
    [one.id for one in api.list_datasets(search="known", sort="created_at")],
    [(one.id, one.sdk) for one in api.list_spaces(search="known", sort="last_modified", full=True)],
    len(list(api.list_models(author="nobody"))),
    [one.id for one in api.list_models(num_parameters="min:1B")],
    [one.id for one in api.list_models(apps="ollama")],
    api.get_space_runtime("alice/known-app").stage,
    "license" in api.get_model_tags() and "license" in api.get_dataset_tags(),
])
    """
    birds = ["alice/known-bird"]
    assert newest.python(KNOWN + script) == [
        [True, ["rare-bird"], 3],
        birds,
        birds,
        ["alice/known-songs"],
        [["alice/known-app", "static"]],
        0,
        [],
        [],
        "NO_APP_FILE",
        True,
    ]


def test_cards(newest: Client) -> None:
    script = """
answer([
    ModelCard.load(repo).data.license, error(lambda: ModelCard(card).validate()),
    error(lambda: ModelCard("---\\nlicense: bad\\n---\\n").validate()),
])
    """
    assert newest.python(KNOWN + script) == ["mit", "None", "ValueError"]


def test_large_files_are_listed_copied_and_deleted(newest: Client) -> None:
    script = """
    repo = "alice/heavy"
    api.create_repo(repo)
    for name in ("a", "b"):
        put(repo, {name + ".bin": io.BytesIO(name.encode() * 3000)})
    files = {one.filename: one for one in api.list_lfs_files(repo)}
    api.create_commit(repo, commit_message="copy", operations=[CommitOperationCopy("a.bin", "c.bin")])
    copied = Path(hf_hub_download(repo, "c.bin")).read_bytes() == b"a" * 3000
    sizes = {one.path: one.lfs.size for one in api.list_repo_tree(repo) if one.lfs}
    api.permanently_delete_lfs_files(repo, [files["b.bin"]])
    answer([sorted(files), files["a.bin"].size, copied, sizes, sorted(api.list_repo_files(repo)),
            [one.oid == files["a.bin"].oid for one in api.list_lfs_files(repo)]])
    """
    assert newest.with_(HF_HUB_DISABLE_XET="1").python(BEGIN + script) == [
        ["a.bin", "b.bin"],
        3000,
        True,
        {"a.bin": 3000, "b.bin": 3000, "c.bin": 3000},
        [".gitattributes", "a.bin", "c.bin"],
        [True],
    ]


def test_downloads_fill_the_cache_as_the_client_expects(newest: Client) -> None:
    script = """
    repo = "alice/cached"
    api.create_repo(repo)
    done = put(repo, {"config.json": b"{}", "sub/deep/x é.txt": b"x"})
    folder = Path(snapshot_download(repo))
    again = snapshot_download(repo, local_files_only=True)
    missing = error(lambda: hf_hub_download(repo, "no.json"))
    revision = error(lambda: hf_hub_download(repo, "config.json", revision="nope"))
    absent = error(lambda: hf_hub_download("alice/never", "config.json"))
    root = folder.parents[1]
    cached = [str(one.relative_to(root)) for one in (root / ".no_exist").rglob("*") if one.is_file()]
    data = api.get_hf_file_metadata(url=f"{api.endpoint}/{repo}/resolve/main/config.json")
    answer([folder.name == done.oid, str(folder) == again, (folder / "sub/deep/x é.txt").read_text(), missing,
            revision, absent, cached == [f".no_exist/{done.oid}/no.json"], data.commit_hash == done.oid, data.size,
            len(data.etag)])
    """
    assert newest.python(BEGIN + script) == [
        True,
        True,
        "x",
        "RemoteEntryNotFoundError",
        "RevisionNotFoundError",
        "RepositoryNotFoundError",
        True,
        True,
        2,
        40,
    ]


def test_the_file_system(newest: Client) -> None:
    script = """
    repo = "datasets/alice/disk"
    api.create_repo("alice/disk", repo_type="dataset")
    fs = HfFileSystem()
    with fs.open(f"{repo}/data/a.txt", "w") as file:
        file.write("0123456789")
    with fs.open(f"{repo}/data/a.txt", "rb") as file:
        file.seek(4)
        part = file.read(3).decode()
    fs.cp_file(f"{repo}/data/a.txt", f"{repo}/data/b.txt")
    listed = [sorted(one.split("/")[-1] for one in fs.ls(f"{repo}/data", detail=False, refresh=True)),
              sorted(fs.glob(f"{repo}/**/*.txt")), fs.info(f"{repo}/data")["type"], fs.exists(f"{repo}/no")]
    fs.rm(f"{repo}/data/a.txt")
    fs.invalidate_cache()
    answer([part, listed, fs.isfile(f"{repo}/data/a.txt"), fs.cat_file(f"{repo}/data/b.txt").decode(),
            len(list(fs.walk(repo)))])
    """
    assert newest.python(BEGIN + script) == [
        "456",
        [["a.txt", "b.txt"], ["datasets/alice/disk/data/a.txt", "datasets/alice/disk/data/b.txt"], "directory", False],
        False,
        "0123456789",
        2,
    ]


def test_what_is_not_built_is_a_clear_error(newest: Client) -> None:
    script = """
    api.create_repo("alice/plain")
    def told(call):
        try:
            call()
        except HfHubHTTPError as error:
            return [error.response.status_code, "This hub" in str(error)]
    answer([
        told(lambda: api.add_space_secret("alice/plain", "k", "v")),
        told(lambda: api.pause_space("alice/plain")),
        told(lambda: list(api.list_daily_papers())),
    ])
    """
    assert newest.python(BEGIN + script) == [[501, True]] * 3


def test_files_are_copied_between_repositories(newest: Client) -> None:
    script = """
    api.create_repo("alice/source"), api.create_repo("alice/target", repo_type="dataset")
    put("alice/source", {"big.bin": bytes(range(256)) * 400, "small.txt": b"s"})
    copies = [CommitOperationCopy(path, "copied/" + path, src_repo_id="alice/source", src_repo_type="model")
              for path in ("big.bin", "small.txt")]
    for _ in range(100):
        if all(one.xet_hash for one in api.get_paths_info("alice/source", "big.bin")):
            break
        time.sleep(0.1)
    api.create_commit("alice/target", copies, commit_message="copy", repo_type="dataset")
    got = [Path(hf_hub_download("alice/target", "copied/" + path, repo_type="dataset")).read_bytes()
           for path in ("big.bin", "small.txt")]
    checked = api.verify_repo_checksums("alice/target", repo_type="dataset", revision="main")
    answer([got[0] == bytes(range(256)) * 400, got[1] == b"s", not checked.mismatches])
    """
    assert newest.python(BEGIN + script) == [True, True, True]


def test_headers_of_safetensors_are_read_alone_and_all_at_once(newest: Client) -> None:
    script = """
    import struct
    repo = "alice/shards"
    api.create_repo(repo)
    def weights(**tensors):
        header, at = {}, 0
        for name, length in tensors.items():
            header[name] = {"dtype": "F32", "shape": [length], "data_offsets": [at, at + 4 * length]}
            at += 4 * length
        text = json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + bytes(at)
    index = {"metadata": {"total_size": 20}, "weight_map": {"a": "1.safetensors", "b": "2.safetensors"}}
    put(repo, {"1.safetensors": weights(a=2), "2.safetensors": weights(b=3),
               "model.safetensors.index.json": json.dumps(index).encode()})
    one, all_ = api.get_safetensors_metadata(repo), api.get_sharded_safetensors_metadata(repo)
    answer([one.parameter_count, all_.parameter_count, sorted(all_.weight_map), api.model_info(repo).safetensors.total])
    """
    assert newest.python(BEGIN + script) == [{"F32": 5}, {"F32": 5}, ["a", "b"], 5]
