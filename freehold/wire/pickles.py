"""What a pickle would import when it is loaded, told by its opcodes, of which none is carried out.

`pickletools` takes the stream apart; a stack of what is known beside it says which two texts each import has. Where a
stream breaks off, or imports what cannot be told, that is said: whoever loads it runs all that comes before.
"""

import pickletools
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from freehold.base.errors import Invalid
from freehold.wire.windows import Window

UNTOLD = "?"
"""In the place of an import that the stream alone does not tell."""

_MAGIC = 0x1950A86A20F9469CFC6C
_AFTER_MAGIC = 4
"""Before PyTorch wrote archives, it wrote a number that marks the file, so many pickles more, and then bare bytes.

Any other file that has more than pickles is not whole."""
_MAX_FOLLOWING = 100
_MARK, _UNKNOWN = object(), object()
_TEXTS = frozenset(
    ("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8")
)
_BROKEN = (ValueError, IndexError, KeyError, TypeError, OverflowError, EOFError, struct.error)


@dataclass
class Pickled:
    """`imports` as `module.name`; `whole`: every stream was read to its end; `steps` is how many opcodes are left."""

    steps: int
    imports: set[str] = field(default_factory=set)
    whole: bool = True


def read_pickles(file: Window, steps: int) -> Pickled:
    """The imports of the pickles from where `file` stands to its end; after at most `steps` opcodes."""
    found = Pickled(steps)
    try:
        marked = _read(file, found)
        for _ in range(_AFTER_MAGIC if marked else 0):
            _read(file, found)
        for _ in range(0 if marked else _MAX_FOLLOWING):
            if file.tell() == file.size:
                return found
            _read(file, found)
        found.whole = marked
    except (*_BROKEN, Invalid):
        found.whole = False
    return found


def _read(file: Window, found: Pickled) -> bool:
    """One pickle; whether it is the number that marks a file of PyTorch."""
    machine = _Machine()
    marked = False
    # It only ever calls `read`, `readline` and `tell`, though its types ask for all that a file can do.
    for opcode, argument, _ in pickletools.genops(file):  # type: ignore[arg-type]
        found.steps -= 1
        if found.steps < 0:
            raise Invalid("This pickle has too many opcodes.")
        marked |= argument == _MAGIC
        found.imports.update(machine.imported(opcode, argument))
    return marked


class _Machine:
    """The stack and the memo of an unpickler, in which only texts are known."""

    def __init__(self) -> None:
        self._stack: list[object] = []
        self._memo: dict[int, object] = {}

    def imported(self, opcode: pickletools.OpcodeInfo, argument: Any) -> Iterator[str]:
        """Go one step on; what that imports. Raises IndexError where the stack holds too little."""
        match opcode.name:
            case "GLOBAL" | "INST":
                yield _name(*argument.split(" ", 1))
            case "STACK_GLOBAL":
                yield _name(self._stack[-2], self._stack[-1])
            case "EXT1" | "EXT2" | "EXT4":
                yield UNTOLD
        self._step(opcode, argument)

    def _step(self, opcode: pickletools.OpcodeInfo, argument: Any) -> None:
        match opcode.name:
            case "MEMOIZE":
                self._memo[len(self._memo)] = self._stack[-1]
            case "PUT" | "BINPUT" | "LONG_BINPUT":
                self._memo[argument] = self._stack[-1]
            case "GET" | "BINGET" | "LONG_BINGET":
                self._stack.append(self._memo[argument])
            case "DUP":
                self._stack.append(self._stack[-1])
            case "MARK":
                self._stack.append(_MARK)
            case "POP":
                self._stack.pop()
            case name if name in _TEXTS:
                self._stack.append(argument)
            case _:
                self._change(opcode)

    def _change(self, opcode: pickletools.OpcodeInfo) -> None:
        before = list(opcode.stack_before)
        if pickletools.markobject in before:
            while self._stack.pop() is not _MARK:
                pass
            before = before[: before.index(pickletools.markobject)]
        if len(before) > len(self._stack):
            raise IndexError(opcode.name)
        del self._stack[len(self._stack) - len(before) :]
        self._stack += [_UNKNOWN] * len(opcode.stack_after)


def _name(module: object = "", name: object = "") -> str:
    told = f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else UNTOLD
    return told if module and name and told.isascii() and told.isprintable() and len(told) <= 200 else UNTOLD
