"""Buckets by the stock client: every method of `HfApi` and every word of `hf buckets` that speaks of them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.client import Client

pytestmark = pytest.mark.clients

FILES = """
    from huggingface_hub import HfApi
    api = HfApi()

    def filled(name, **options):
        bucket = api.create_bucket(name, **options).bucket_id
        api.batch_bucket_files(bucket, add=[
            (b"content", "file.txt"),
            (b"content", "sub/file.txt"),
            (b"binary" * 50_000, "sub/deep/binary.bin"),
            (b"", "empty"),
            (b"{}", "sub.json"),
        ])
        return bucket

    def paths(bucket, **options):
        return [one.path for one in api.list_bucket_tree(bucket, **options)]
"""


LIFE = (
    FILES
    + """
    from huggingface_hub.utils import HfHubHTTPError

    def refusal(call):
        try:
            call()
        except HfHubHTTPError as error:
            return [type(error).__name__, error.response.status_code]

    made = api.create_bucket("made")
    other = HfApi(token=sys.argv[1])
    info = api.bucket_info("alice/made")
    out = {
        "made": [made.bucket_id, made.url.endswith("/buckets/alice/made"), made.uri.to_uri()],
        "again": refusal(lambda: api.create_bucket("alice/made")),
        "exist_ok": api.create_bucket("alice/made", exist_ok=True) == made,
        "foreign": refusal(lambda: api.create_bucket("carol/mine")),
        "foreign exist_ok": other.create_bucket("alice/made", exist_ok=True).bucket_id,
        "info": [info.id, info.private, info.size, info.total_files],
        "without owner": refusal(lambda: api.bucket_info("made")),
        "deleted without owner": refusal(lambda: api.delete_bucket("made")),
        "listed": ["alice/made" in [one.id for one in api.list_buckets()],
                   [one.id for one in other.list_buckets()],
                   [one.id for one in other.list_buckets(namespace="alice", search="MAD")]],
    }
    api.update_bucket_settings("alice/made", private=True)
    out["hidden"] = [refusal(lambda: other.bucket_info("alice/made")),
                     refusal(lambda: list(HfApi(token=False).list_bucket_tree("alice/made"))),
                     [one.id for one in other.list_buckets(namespace="alice", search="made")],
                     api.bucket_info("alice/made").private]
    api.move_bucket("alice/made", "alice/moved")
    out["moved"] = [api.bucket_info("alice/made").id, paths("alice/made")]
    out["among repositories"] = [(one.id, one.type) for one in api.list_user_repos() if one.id == "alice/moved"]
    api.delete_bucket("alice/moved")
    out["gone"] = [refusal(lambda: api.delete_bucket("alice/moved")), api.delete_bucket("alice/moved", missing_ok=True)]
    answer(out)
    """
)


def test_one_is_made_described_listed_renamed_hidden_and_deleted(newest: Client, carol: str) -> None:
    said = newest.python(LIFE, carol)
    assert said == {
        "made": ["alice/made", True, "hf://buckets/alice/made"],
        "again": ["HfHubHTTPError", 409],
        "exist_ok": True,
        "foreign": ["HfHubHTTPError", 403],
        "foreign exist_ok": "alice/made",
        "info": ["alice/made", False, 0, 0],
        "without owner": ["BucketNotFoundError", 404],
        "deleted without owner": ["BucketNotFoundError", 404],
        "listed": [True, [], ["alice/made"]],
        "hidden": [["BucketNotFoundError", 404], ["BucketNotFoundError", 401], [], True],
        "moved": ["alice/moved", []],
        "among repositories": [["alice/moved", "bucket"]],
        "gone": [["BucketNotFoundError", 404], None],
    }


def test_files_go_in_and_come_out_as_they_were(newest: Client) -> None:
    said = newest.python(
        FILES
        + """
    bucket = filled("transfers", private=True)
    Path("large.bin").write_bytes(os.urandom(3_000_000))
    api.batch_bucket_files(bucket, add=[("large.bin", "large.bin"), (Path("large.bin"), "twice/large.bin")])
    info, metadata = api.bucket_info(bucket), api.get_bucket_file_metadata(bucket, "sub/deep/binary.bin")
    [described] = api.get_bucket_paths_info(bucket, ["sub/deep/binary.bin", "sub", "nowhere"])
    api.download_bucket_files(bucket, [("empty", "got/empty"), ("large.bin", "got/large.bin"),
                                       ("sub/deep/binary.bin", "got/binary.bin")])
    api.download_bucket_files(bucket, [(one, f"tree/{one.path.replace('/', '_')}")
                                       for one in api.list_bucket_tree(bucket, recursive=True)])
    try:
        api.download_bucket_files(bucket, [("nowhere", "x")], raise_on_missing_files=True)
    except Exception as error:
        missing = type(error).__name__
    answer({
        "counted": [info.size, info.total_files],
        "metadata": [metadata.size, metadata.xet_file_data.file_hash == described.xet_hash],
        "same": [Path("got/large.bin").read_bytes() == Path("large.bin").read_bytes(),
                 Path("got/binary.bin").read_bytes() == b"binary" * 50_000, Path("got/empty").read_bytes() == b"",
                 Path("tree/twice_large.bin").read_bytes() == Path("large.bin").read_bytes()],
        "mtime": abs(api.get_bucket_paths_info(bucket, ["large.bin"]).__next__().mtime.timestamp()
                     - os.path.getmtime("large.bin")) < 0.01,
        "missing": missing,
    })
    """
    )
    assert said == {
        "counted": [6_300_016, 7],
        "metadata": [300_000, True],
        "same": [True, True, True, True],
        "mtime": True,
        "missing": "EntryNotFoundError",
    }


def test_lists_of_a_folder_and_of_letters(newest: Client) -> None:
    said = newest.python(
        FILES
        + """
    bucket = filled("lists")
    [folder] = [one for one in api.list_bucket_tree(bucket) if one.type == "directory"]
    answer([paths(bucket), paths(bucket, recursive=True), paths(bucket, prefix="sub"), paths(bucket, prefix="sub/"),
            paths(bucket, prefix="sub", recursive=True), paths(bucket, prefix="sub/file.txt"),
            folder.uploaded_at is not None])
    """
    )
    assert said == [
        ["empty", "file.txt", "sub.json", "sub"],
        ["empty", "file.txt", "sub.json", "sub/deep/binary.bin", "sub/file.txt"],
        ["sub.json", "sub/deep", "sub/file.txt"],
        ["sub/deep", "sub/file.txt"],
        ["sub.json", "sub/deep/binary.bin", "sub/file.txt"],
        ["sub/file.txt"],
        True,
    ]


def test_what_fails_in_a_batch_is_raised_and_the_rest_is_done(newest: Client) -> None:
    said = newest.python(
        FILES
        + """
    from huggingface_hub.errors import BucketBatchError
    bucket = filled("batches")

    def failures(**batch):
        try:
            api.batch_bucket_files(bucket, **batch)
            return []
        except BucketBatchError as error:
            return [error.response.status_code, [one["path"] for one in error.failures]]

    answer([
        failures(add=[(b"1", "good"), (b"2", "../bad")], delete=["file.txt"]),
        failures(copy=[("bucket", bucket, "00" * 32, "good"), ("bucket", "alice/nowhere", "ab" * 32, "bad")]),
        failures(delete=["nowhere"]),
        failures(copy=[("bucket", bucket, "ab" * 32, "bad")]),
        failures(add=[(f"{n}".encode(), f"many/{n}") for n in range(1200)], delete=["empty"]),
        len(paths(bucket, recursive=True)),
    ])
    """,
        timeout_s=400,
    )
    assert said == [[200, ["../bad"]], [200, ["bad"]], [], [422, ["bad"]], [], 4 + 1200]


def test_copies_between_repositories_and_buckets(newest: Client, carol: str) -> None:
    said = newest.python(
        FILES
        + """
    source, target = filled("source", private=True), api.create_bucket("target").bucket_id
    api.create_repo("alice/weights", repo_type="dataset", private=True)
    api.upload_file(repo_id="alice/weights", repo_type="dataset", path_or_fileobj=b"w" * 300_000, path_in_repo="w.bin")
    api.upload_file(repo_id="alice/weights", repo_type="dataset", path_or_fileobj=b"text", path_in_repo="doc/t.txt")
    api.copy_files(f"hf://buckets/{source}/file.txt", f"hf://buckets/{target}/copied.txt")
    api.copy_files(f"hf://buckets/{source}/sub", f"hf://buckets/{target}/")
    api.copy_files(f"hf://buckets/{source}/sub/", f"hf://buckets/{target}/merged/")
    api.copy_files("hf://datasets/alice/weights/", f"hf://buckets/{target}/data/")
    try:
        api.copy_files(f"hf://buckets/{source}/file.txt", "hf://datasets/alice/weights/x")
    except ValueError as error:
        to_a_repository = str(error)
    try:
        HfApi(token=sys.argv[1]).copy_files(f"hf://buckets/{source}/file.txt", "hf://buckets/carol/mine/")
    except Exception as error:
        foreign = type(error).__name__
    api.delete_bucket(source)
    api.delete_repo("alice/weights", repo_type="dataset")
    api.download_bucket_files(target, [("data/w.bin", "w.bin"), ("merged/deep/binary.bin", "b.bin")])
    answer([paths(target, recursive=True), to_a_repository, foreign,
            Path("w.bin").read_bytes() == b"w" * 300_000, Path("b.bin").read_bytes() == b"binary" * 50_000])
    """,
        carol,
    )
    assert said == [
        ["copied.txt", "data/doc/t.txt", "data/w.bin", "merged/deep/binary.bin", "merged/file.txt",
         "sub/deep/binary.bin", "sub/file.txt"],
        "Bucket-to-repo copy is not supported.",
        "BucketNotFoundError",
        True,
        True,
    ]  # fmt: skip


FILE_SYSTEM = (
    FILES
    + """
    import fsspec, pandas
    from huggingface_hub import HfFileSystem
    bucket = filled("files", private=True)
    root, fs = f"hf://buckets/{bucket}", HfFileSystem()
    with fs.open(f"{root}/new/written.txt", "w") as file:
        file.write("by fsspec")
    out = {
        "ls": sorted(fs.ls(root, detail=False)),
        "ls of a folder": fs.ls(f"{root}/sub", detail=False),
        "glob": fs.glob(f"{root}/**/*.txt"),
        "find": len(fs.find(root)),
        "cat": fs.cat(f"{root}/new/written.txt").decode(),
        "part": fs.cat_file(f"{root}/sub/deep/binary.bin", start=6, end=18).decode(),
        "info": [fs.info(f"{root}/file.txt")["size"], fs.isdir(f"{root}/sub"), fs.exists(f"{root}/su")],
        "du": fs.du(f"{root}/sub"),
    }
    fs.cp(f"{root}/sub", f"{root}/copy", recursive=True)
    fs.mv(f"{root}/file.txt", f"{root}/moved.txt")
    fs.rm(f"{root}/sub", recursive=True)
    out["after"] = sorted(path.removeprefix(root[5:] + "/") for path in fs.find(root, refresh=True))
    fs.get(f"{root}/copy", "local", recursive=True)
    fs.put("local", f"{root}/back", recursive=True)
    out["local"] = sorted(str(path.relative_to("local")) for path in Path("local").rglob("*") if path.is_file())
    out["back"] = sorted(path.split("/back/")[1] for path in fs.find(f"{root}/back", refresh=True))
    try:
        fs.ls(f"{root}/nowhere")
    except FileNotFoundError:
        out["missing"] = True
    frame = pandas.DataFrame({"a": [1, 2, 3], "b": list("xyz")})
    frame.to_parquet(f"{root}/frames/f.parquet")
    frame.to_csv(f"{root}/frames/f.csv", index=False)
    out["pandas"] = [pandas.read_parquet(f"{root}/frames/f.parquet").equals(frame),
                     pandas.read_csv(f"{root}/frames/f.csv").equals(frame)]
    with fsspec.open(f"{root}/copy/file.txt", block_size=0) as file:
        out["streamed"] = file.read().decode()
    answer(out)
    """
)


def test_it_is_a_file_system(newest: Client) -> None:
    said = newest.python(FILE_SYSTEM)
    root = "buckets/alice/files"
    assert said == {
        "ls": [f"{root}/{name}" for name in ("empty", "file.txt", "new", "sub", "sub.json")],
        "ls of a folder": [f"{root}/sub/deep", f"{root}/sub/file.txt"],
        "glob": [f"{root}/{name}" for name in ("file.txt", "new/written.txt", "sub/file.txt")],
        "find": 6,
        "cat": "by fsspec",
        "part": "binarybinary",
        "info": [7, True, False],
        "du": 300_007,
        "after": ["copy/deep/binary.bin", "copy/file.txt", "empty", "moved.txt", "new/written.txt", "sub.json"],
        "local": ["deep/binary.bin", "file.txt"],
        "back": ["deep/binary.bin", "file.txt"],
        "missing": True,
        "pandas": [True, True],
        "streamed": "content",
    }


def test_datasets_are_loaded_from_it_whole_and_as_a_stream(newest: Client) -> None:
    said = newest.python(
        """
    import pandas
    from datasets import load_dataset
    from huggingface_hub import HfApi
    HfApi().create_bucket("alice/rows", private=True)
    frame = pandas.DataFrame({"n": list(range(1000))})
    frame.to_parquet("hf://buckets/alice/rows/train/a.parquet")
    files = "hf://buckets/alice/rows/train/*.parquet"
    answer([load_dataset("parquet", data_files=files, split="train").to_list() == frame.to_dict("records"),
            list(load_dataset("parquet", data_files=files, split="train", streaming=True)) == frame.to_dict("records")])
    """
    )
    assert said == [True, True]


def test_a_follower_sees_what_another_changes_without_asking_again(newest: Client) -> None:
    """`HfFileSystem(live_follow=True)`: its cached listings are dropped when the hub tells of a change."""
    said = newest.python(
        FILES
        + """
    import time
    from huggingface_hub import HfFileSystem
    from huggingface_hub._bucket_live_follow import BUCKET_FOLLOWERS
    bucket = filled("followed")
    fs = HfFileSystem(live_follow=True)
    names = fs.ls(f"hf://buckets/{bucket}", detail=False)
    (follower, _), = BUCKET_FOLLOWERS.values()

    def until(condition):
        end = time.monotonic() + 60
        while not condition() and time.monotonic() < end:
            time.sleep(0.2)
        return condition()

    seen = [until(lambda: follower.subscribed)]
    fs.ls(f"hf://buckets/{bucket}", detail=False)
    api.batch_bucket_files(bucket, add=[(b"more", "more.txt")])
    seen.append(until(lambda: len(fs.ls(f"hf://buckets/{bucket}", detail=False)) == 5))
    api.batch_bucket_files(bucket, delete=["more.txt", "file.txt"])
    seen.append(until(lambda: len(fs.ls(f"hf://buckets/{bucket}", detail=False)) == 3))
    answer([len(names), seen, follower.is_alive()])
    """
    )
    assert said == [4, [True, True, True], True]


def test_every_word_of_the_command_line(newest: Client) -> None:
    home = newest.home
    home.mkdir(parents=True, exist_ok=True)
    (home / "data.csv").write_text("a,b\n1,2\n")
    assert newest.hf("buckets", "create", "cli", "--private", "--quiet").strip() == "hf://buckets/alice/cli"
    newest.hf("buckets", "create", "hf://buckets/alice/cli", "--exist-ok")
    assert json.loads(newest.hf("buckets", "info", "alice/cli", "--format", "json"))["private"] is True
    assert "alice/cli" in newest.hf("buckets", "list", "--quiet").split()
    assert newest.hf("buckets", "ls", "alice", "--search", "cl", "--quiet").split() == ["alice/cli"]
    newest.hf("buckets", "cp", "data.csv", "hf://buckets/alice/cli/logs/")
    newest.hf("cp", "data.csv", "hf://buckets/alice/cli/renamed.csv")
    newest.hf("cp", "-", "hf://buckets/alice/cli/from-stdin")
    newest.hf("buckets", "cp", "hf://buckets/alice/cli/logs/", "hf://buckets/alice/cli/copy/")
    newest.hf("buckets", "cp", "hf://buckets/alice/cli/renamed.csv", "back.csv")
    assert (home / "back.csv").read_text() == "a,b\n1,2\n"
    assert newest.hf("cp", "hf://buckets/alice/cli/copy/data.csv", "-") == "a,b\n1,2\n"
    files = newest.hf("buckets", "list", "alice/cli", "-R", "--quiet").split()
    assert files == ["copy/data.csv", "from-stdin", "logs/data.csv", "renamed.csv"]
    assert "logs/" in newest.hf("buckets", "list", "alice/cli", "--tree")
    newest.hf("buckets", "rm", "alice/cli/from-stdin", "--yes")
    assert "would be removed" in newest.hf("buckets", "rm", "alice/cli/logs", "--recursive", "--dry-run")
    newest.hf("buckets", "remove", "alice/cli", "--recursive", "--include", "copy/*", "--yes")
    assert newest.hf("buckets", "list", "alice/cli", "-R", "--quiet").split() == ["logs/data.csv", "renamed.csv"]
    newest.hf("buckets", "settings", "alice/cli", "--public")
    newest.hf("buckets", "move", "alice/cli", "alice/cli-moved")
    assert "alice/cli-moved" in newest.hf("repos", "ls", "--type", "bucket")
    newest.hf("buckets", "delete", "alice/cli-moved", "--yes")
    newest.hf("buckets", "delete", "alice/cli-moved", "--yes", "--missing-ok")


def test_the_client_of_last_year_can_as_well(client_of: Callable[[str], Client], tmp_path: Path) -> None:
    said = client_of("h119").python(
        FILES
        + """
    bucket = filled("elder", private=True)
    api.download_bucket_files(bucket, [("sub/deep/binary.bin", "b.bin"), ("empty", "e")])
    api.batch_bucket_files(bucket, delete=["file.txt"])
    plan = api.sync_bucket(f"hf://buckets/{bucket}", sys.argv[1])
    answer([paths(bucket, recursive=True), Path("b.bin").stat().st_size, plan.summary()["downloads"],
            sorted(str(one.relative_to(sys.argv[1])) for one in Path(sys.argv[1]).rglob("*") if one.is_file())])
    """,
        tmp_path / "synced",
    )
    files = ["empty", "sub.json", "sub/deep/binary.bin", "sub/file.txt"]
    assert said == [files, 300_000, 4, sorted(files)]
