"""A program that moves a file by the unmodified native client: `client.py send|fetch`, told by JSON on its input."""

import json
import sys

import hf_xet


def main() -> None:
    order = json.loads(sys.stdin.read())
    signed_in = {"endpoint": order["url"], "token": order["token"], "token_expiry_unix_secs": 1 << 33}
    session = hf_xet.XetSession()
    if sys.argv[1] == "send":
        with session.new_upload_commit(**signed_in) as commit:
            handle = commit.start_upload_file(order["path"], sha256=hf_xet.COMPUTE_SHA256)
        info = handle.result().xet_info
        print(json.dumps({"hash": info.hash, "size": info.file_size, "sha256": info.sha256}))
    else:
        with session.new_file_download_group(**signed_in) as group:
            group.start_download_file(hf_xet.XetFileInfo(order["hash"], order["size"]), order["path"])


if __name__ == "__main__":
    main()
