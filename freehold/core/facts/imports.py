"""Which imports of a pickle are harmless, and which give it everything; of the others nobody knows."""

import re
from collections.abc import Iterable

PICKLED, CODE, SUSPICIOUS = "pickled", "code", "suspicious"

_HARMLESS_TEXT = """
    collections.OrderedDict collections.Counter collections.defaultdict _codecs.encode
    torch._utils._rebuild_tensor torch._utils._rebuild_tensor_v2 torch._utils._rebuild_tensor_v3
    torch._utils._rebuild_parameter torch._utils._rebuild_parameter_with_state torch._utils._rebuild_qtensor
    torch._utils._rebuild_sparse_tensor torch._utils._rebuild_meta_tensor_no_storage
    torch._utils._rebuild_nested_tensor torch._utils._rebuild_wrapper_subclass torch._tensor._rebuild_from_type_v2
    torch.nn.parameter.Parameter torch.Tensor torch.Size torch.device torch.serialization._get_layout
    torch.storage.UntypedStorage torch.storage.TypedStorage
    numpy.ndarray numpy.dtype numpy.core.multiarray._reconstruct numpy.core.multiarray.scalar
    numpy._core.multiarray._reconstruct numpy._core.multiarray.scalar numpy.core.numeric._frombuffer
    numpy._core.numeric._frombuffer
"""
_HARMLESS = frozenset(_HARMLESS_TEXT.split())
"""What PyTorch itself allows without asking (`weights_only=True`), and what arrays of numbers are made of."""
_HARMLESS_FORMS = re.compile(
    r"torch\.(?:cuda\.)?[A-Z][A-Za-z0-9]*Storage|torch\.(?:q?u?int\d+|b?float\d+\w*|bool|half|double|complex\d+)"
    r"|(?:builtins|__builtin__)\.(?:set|frozenset|list|dict|tuple|int|float|complex|bool|str|bytes|bytearray|slice|unicode)"
    r"|numpy\.dtypes\.[A-Za-z0-9]+DType"
)
_ROOMS_TEXT = """
    ? builtins __builtin__ os posix nt subprocess sys shutil socket pty commands runpy importlib imp webbrowser ctypes
    cffi code codeop pdb bdb timeit cProfile profile trace marshal pickle _pickle cPickle cloudpickle dill shelve
    operator _operator types asyncio multiprocessing threading _thread http urllib urllib2 requests httpx aiohttp
    ftplib smtplib telnetlib tempfile pathlib io _io zipimport pkgutil pip setuptools distutils pydoc doctest inspect
    signal venv ensurepip idlelib lib2to3 imaplib poplib xmlrpc
"""
_ROOMS = frozenset(_ROOMS_TEXT.split())
"""Modules that tensors have no use for, and commands do."""
_PLACES = ("numpy.testing.", "numpy.f2py.", "torch.hub.", "torch.utils.", "torch._inductor.", "torch.jit.")
_NAMES_TEXT = "eval exec system popen getattr __import__ compile open run call execfile runstring"
_NAMES = frozenset(_NAMES_TEXT.split())


def verdict_of(imports: Iterable[str]) -> str:
    """The verdict on the worst of them."""
    found = {_one(name) for name in imports}
    return next((verdict for verdict in (SUSPICIOUS, CODE) if verdict in found), PICKLED)


def _one(name: str) -> str:
    if name in _HARMLESS or _HARMLESS_FORMS.fullmatch(name):
        return PICKLED
    room, last = name.partition(".")[0], name.rpartition(".")[2]
    return SUSPICIOUS if room in _ROOMS or last in _NAMES or name.startswith(_PLACES) else CODE
