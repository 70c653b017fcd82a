"""Walks a chain of lines and says which is the first that does not fit; knows nothing of where they lie."""

from collections.abc import Iterable, Sequence

import msgspec

from freehold.base.errors import Invalid
from freehold.wire.audit.checkpoints import Checkpoint, open_note
from freehold.wire.audit.lines import GENESIS, Line, canonical, personal_hash, read_line
from freehold.wire.audit.merkle import Frontier


class Signed(msgspec.Struct, frozen=True):
    """A line of an exported chain that is no line of it: a checkpoint over all lines before."""

    checkpoint: str


class Walk:
    """A walk along the chain, from its beginning or from a checkpoint that is trusted."""

    def __init__(self, frontier: Frontier | None = None, head: str = GENESIS) -> None:
        self.frontier = frontier or Frontier()
        self.head = head
        self.checkpoints = 0
        self.redacted = 0

    @property
    def size(self) -> int:
        """How many lines the chain has so far."""
        return self.frontier.size

    def follow(self, line: Line) -> None:
        """Go on by one. Raises Invalid, naming the first line that is missing, changed, doubled or out of order."""
        place = self.size + 1
        if line.seq > place:
            raise Invalid(f"Line {place} is missing: the next one is {line.seq}.")
        if line.seq < place:
            raise Invalid(f"Line {line.seq} is there twice, or out of order: line {place} was expected.")
        if line.computed != line.hash:
            raise Invalid(f"Line {place} was changed: its hash is not that of what it says.")
        if line.prev != self.head:
            raise Invalid(f"Line {place} does not follow the line before it: one of the two was put in its place.")
        self._demand_personal(line)
        self.head = line.hash
        self.frontier = self.frontier.grown([bytes.fromhex(line.hash)])

    def meet(self, checkpoint: Checkpoint) -> None:
        """Compare a checkpoint of just here with the chain. Raises Invalid."""
        if checkpoint.size < self.size:
            raise Invalid(
                f"The checkpoint of {checkpoint.at} stands at the wrong place: it signs {checkpoint.size} lines."
            )
        if checkpoint.size > self.size:
            raise Invalid(
                f"Line {self.size + 1} is missing: a checkpoint of {checkpoint.at} signs {checkpoint.size} lines,"
                f" and there are {self.size}."
            )
        if (checkpoint.head, checkpoint.root) != (self.head, self.frontier.root):
            raise Invalid(
                f"Line {checkpoint.size} or one before it is not what the checkpoint of {checkpoint.at} signs:"
                " the chain was made anew since then."
            )
        self.checkpoints += 1

    def end(self, size: int, head: str) -> None:
        """Compare the chain's end with what its keeper says it is. Raises Invalid."""
        if size > self.size:
            raise Invalid(f"Line {self.size + 1} is missing: the chain should end with line {size}.")
        if (size, head) != (self.size, self.head):
            raise Invalid(f"Line {size + 1} was added behind the chain's end, or line {size} is not its end.")

    def _demand_personal(self, line: Line) -> None:
        if line.personal is None:
            self.redacted += bool(line.personal_hash)
        elif not line.salt or personal_hash(line.salt, canonical(line.personal)) != line.personal_hash:
            raise Invalid(f"Line {line.seq} was changed: its personal part is not the one that was recorded.")


def verify_file(lines: Iterable[bytes], key: str, kept: Sequence[Checkpoint] = ()) -> Walk:
    """Walk along an exported chain with its checkpoints; `kept` are others that were kept elsewhere.

    Raises Invalid for the first thing that does not fit, and for lines behind the last checkpoint: nobody signed them.
    """
    walk, signed = Walk(), 0
    others = sorted(kept, key=lambda one: one.size)
    for text in lines:
        if text.startswith(b'{"checkpoint":'):
            checkpoint = open_note(_note(text), key)
            walk.meet(checkpoint)
            signed = checkpoint.size
        else:
            walk.follow(read_line(text))
        while others and others[0].size == walk.size:
            walk.meet(others.pop(0))
    if others:
        walk.meet(others[0])
    if signed < walk.size:
        raise Invalid(f"No checkpoint signs the lines from {signed + 1} on: export the chain again.")
    return walk


def _note(text: bytes) -> str:
    try:
        return msgspec.json.decode(text, type=Signed).checkpoint
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"This is not a checkpoint: {error}") from None
