"""Remembers what git has worked out about things that never change, the last ones only."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Answers(Generic[K, V]):
    """At most so many; whoever asks first for one waits for it, and two may ask at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def of(self, key: K, ask: Callable[[], V]) -> V:
        """What is known of `key`, or what `ask` says; what it raises is not remembered."""
        with self._lock:
            if key in self._known:
                return self._known[key]
        answer = ask()
        with self._lock:
            self._known[key] = answer
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        return answer
