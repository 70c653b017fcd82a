"""A push as git sends it, and the report it is answered with (gitprotocol-pack, "Pushing Data To a Server")."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from freehold.base.errors import Invalid
from freehold.base.ids import Oid, is_oid
from freehold.wire.git.pktline import FLUSH, line, on_band, read_line

NOTHING = Oid("0" * 40)
CAPABILITIES = (
    b"report-status delete-refs side-band-64k quiet atomic ofs-delta push-options object-format=sha1 agent=freehold"
)
MOST_COMMANDS = 10_000
MOST_OPTIONS = 100


@dataclass(frozen=True, slots=True)
class Command:
    """One ref to be moved: `old` None creates it, `new` None deletes it."""

    ref: str
    old: Oid | None
    new: Oid | None


@dataclass(frozen=True, slots=True)
class Push:
    """What a push asks for, ahead of its pack."""

    commands: Sequence[Command]
    capabilities: frozenset[str]
    options: Sequence[str] = ()
    """What the user said with `git push -o`."""

    @property
    def brings_pack(self) -> bool:
        """Whether a pack follows: always, unless refs are only deleted."""
        return any(command.new for command in self.commands)


def advertise(refs: Mapping[str, Oid]) -> bytes:
    """The first answer over HTTP to a client that wants to push: every ref, and what the hub can do."""
    return line(b"# service=git-receive-pack\n") + FLUSH + greeting(refs)


def greeting(refs: Mapping[str, Oid]) -> bytes:
    """The same where a client is spoken to on a line that stays open."""
    known = [(oid.encode(), name.encode()) for name, oid in sorted(refs.items())]
    first, *rest = known or [(NOTHING.encode(), b"capabilities^{}")]
    lines = [line(b"%s %s\0%s\n" % (*first, CAPABILITIES)), *(line(b"%s %s\n" % one) for one in rest)]
    return b"".join(lines) + FLUSH


def parse_push(read: Callable[[int], bytes]) -> Push:
    """The head of a push, up to where its pack begins. Raises Invalid."""
    commands: list[Command] = []
    capabilities: frozenset[str] = frozenset()
    while (payload := read_line(read)) is not None:
        if not commands and b"\0" in payload:
            payload, _, words = payload.partition(b"\0")
            capabilities = frozenset(words.decode("ascii", "replace").split())
        text = payload.rstrip(b"\n")
        # A shallow clone says where it ends; what it lacks must be here already, and that is checked anyway.
        if not text.startswith(b"shallow "):
            commands.append(_command(text))
        if len(commands) > MOST_COMMANDS:
            raise Invalid(f"A push may move {MOST_COMMANDS} refs at once. Push in several steps.")
    if len({command.ref for command in commands}) != len(commands):
        raise Invalid("A push names the same ref twice.")
    return Push(commands, capabilities, _options(read) if "push-options" in capabilities else ())


def _options(read: Callable[[int], bytes]) -> Sequence[str]:
    options: list[str] = []
    while (payload := read_line(read)) is not None:
        options.append(payload.rstrip(b"\n").decode("utf-8", "replace"))
        if len(options) > MOST_OPTIONS:
            raise Invalid(f"A push may have {MOST_OPTIONS} options.")
    return options


def _command(text: bytes) -> Command:
    try:
        old, new, ref = text.decode("utf-8").split(" ", 2)
    except ValueError:
        raise Invalid("A push must name a ref by its old id, its new id and its name in UTF-8.") from None
    if not (is_oid(old) and is_oid(new) and ref):
        raise Invalid("This hub keeps repositories with SHA-1 ids: two of 40 digits and a name make a push.")
    return Command(ref, *(None if oid == NOTHING else Oid(oid) for oid in (old, new)))


def report(push: Push, refusals: Mapping[str, str], unpacked: str = "ok", *, warnings: Sequence[str] = ()) -> bytes:
    """What became of each ref, in git's words; `refusals` says why a ref did not move, `warnings` what else to know."""
    lines = [line(f"unpack {_one_line(unpacked)}\n".encode())]
    for command in push.commands:
        why = refusals.get(command.ref)
        text = f"ok {command.ref}\n" if why is None else f"ng {command.ref} {_one_line(why)}\n"
        lines.append(line(text.encode()))
    status = b"".join(lines) + FLUSH
    if "side-band-64k" not in push.capabilities:
        return status if "report-status" in push.capabilities else b""
    return (
        _words([*refusals.values(), *(f"warning: {text}" for text in warnings)])
        + (on_band(1, status) if "report-status" in push.capabilities else b"")
        + FLUSH
    )


def _words(sentences: Sequence[str]) -> bytes:
    """Sentences of their own, each once: git cuts what stands behind a ref, and shows no other warnings."""
    return on_band(2, "".join(f"{_printable(text)}\n" for text in dict.fromkeys(sentences)).encode())


def _printable(text: str) -> str:
    """Without what a terminal would obey: a sentence may repeat names that somebody pushed."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:1000]
