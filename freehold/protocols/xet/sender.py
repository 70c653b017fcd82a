"""A program of its own: chunks and sends contents to a CAS by the native client, so that its memory goes with it.

Standard input: one line of JSON `{"url", "token", "expires", "sizes"}`, then the contents one after another.
Standard output: a line of JSON, the Xet hashes in the same order.
"""

import json
import sys

PIECE = 4 << 20


def main() -> None:
    """Send what comes in, then tell the hashes."""
    import hf_xet  # noqa: PLC0415 - a native library that no other process of the hub should load

    source = sys.stdin.buffer
    order = json.loads(source.readline())
    session = hf_xet.XetSession()
    with session.new_upload_commit(
        endpoint=order["url"], token=order["token"], token_expiry_unix_secs=order["expires"]
    ) as commit:
        hashes = []
        for size in order["sizes"]:
            stream = commit.start_upload_stream(sha256=hf_xet.SKIP_SHA256)
            left = size
            while left:
                piece = source.read(min(PIECE, left))
                if not piece:
                    raise EOFError("The contents ended early.")
                stream.write(piece)
                left -= len(piece)
            hashes.append(stream.finish().xet_info.hash)
    sys.stdout.write(json.dumps(hashes) + "\n")


if __name__ == "__main__":
    main()
