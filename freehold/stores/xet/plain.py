"""The content of a Xet file as plain bytes, decoded chunk by chunk for those who do not speak Xet."""

from collections.abc import Iterator

from freehold.base.errors import Corrupt, Invalid
from freehold.base.ids import XetHash
from freehold.base.streams import PIECE, Buffer, Made
from freehold.stores.xet.files import Files, Part
from freehold.stores.xet.xorbs import Xorb, Xorbs
from freehold.wire.xet.codec import ChunkDecoder
from freehold.wire.xet.xorb import decode

_BLOCK = 1 << 30  # how much of a file is looked up at once


class Plain:
    """Files as streams of bytes."""

    def __init__(self, xorbs: Xorbs, files: Files) -> None:
        self.xorbs, self.files = xorbs, files

    def stream(self, file: XetHash, start: int, stop: int) -> Made:
        """Bytes `start` to `stop` (exclusive) of a file that has at least so many."""
        return Made(stop - start, lambda: self._pieces(file, start, stop))

    def _pieces(self, file: XetHash, start: int, stop: int) -> Iterator[Buffer]:
        """About 1 MiB at a time, in one buffer that is used again."""
        filled, out = 0, memoryview(bytearray(PIECE + (128 << 10)))
        for chunk in self._chunks(file, start, stop):
            if filled + len(chunk) > len(out):
                yield out[:filled]
                filled = 0
            out[filled : filled + len(chunk)] = chunk
            filled += len(chunk)
        if filled:
            yield out[:filled]

    def _chunks(self, file: XetHash, start: int, stop: int) -> Iterator[memoryview]:
        """The raw chunks, the first and the last cut to the range."""
        decoder = ChunkDecoder()
        for block in range(start, stop, _BLOCK):
            end = min(block + _BLOCK, stop)
            plan = self.files.reconstruction(file, block, end)
            skip, left = plan.skip, end - block
            xorbs = {name: spans[0].xorb for name, spans in plan.spans.items()}
            for part in plan.parts:
                for chunk in self._part(xorbs[part.xorb], part, decoder):
                    piece = chunk[skip : skip + left]
                    skip -= len(chunk) - len(piece) if skip else 0
                    skip, left = max(skip, 0), left - len(piece)
                    if len(piece):
                        yield piece

    def _part(self, xorb: Xorb, part: Part, decoder: ChunkDecoder) -> Iterator[memoryview]:
        """The raw chunks of one part, read about 1 MiB of stored bytes at a time."""
        layout, at = self.xorbs.layout(xorb), part.start
        while at < part.end:
            until = at + 1
            while until < part.end and layout.ends[until] - (layout.ends[at - 1] if at else 0) <= PIECE:
                until += 1
            stored = self.xorbs.blobs.read(xorb.key, *layout.stored_span(at, until))
            try:
                yield from decode(stored, decoder)
            except Invalid as error:
                raise Corrupt(
                    f"Xorb {xorb.hash} is damaged. Tell the hub's operator to run `freehold check`."
                ) from error
            at = until
