"""Bytes on their way between a socket and a file, a producer or a sink, moved in turns by worker threads.

A turn runs until the work is done, until it has had its share, or until the peer keeps it waiting; then the
thread is free for others, so that slow peers cost no threads.
"""

import os
import select
import socket
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from enum import Enum, auto

from freehold.base.errors import StorageFailed
from freehold.base.streams import PIECE, Buffer

_SHARE = 256 << 20  # bytes that one turn may move before others get the thread
_BRISK = 64 << 10  # a peer that moved this much in a turn is worth waiting for
_PATIENCE_MS = 50
_SENDFILE = 256 << 10  # the kernel pushes at the end of each call: at this size both sides work at once


class State(Enum):
    """What a transfer needs after a turn."""

    DONE = auto()
    READABLE = auto()
    WRITABLE = auto()
    TURN = auto()


class PeerGone(Exception):
    """The peer closed the connection before everything was moved."""


class Transfer(ABC):
    """A piece of work on a non-blocking socket; `moved` counts its bytes so far."""

    needs = State.WRITABLE

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.moved = 0
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN if self.needs is State.READABLE else select.POLLOUT)

    def turn(self) -> State:
        """Move bytes in the calling thread; raises PeerGone, and whatever a sink or producer raises."""
        start = self.moved
        while self._prepare():
            if self.moved - start >= _SHARE:
                return State.TURN
            try:
                self.moved += self._move()
            except BlockingIOError:
                brisk = self.moved - start >= _BRISK
                if not self._poll.poll(_PATIENCE_MS if brisk else 0):
                    return self.needs
            except (ConnectionError, TimeoutError) as error:
                raise PeerGone from error
        return State.DONE

    @abstractmethod
    def _prepare(self) -> bool:
        """Do what is due before the next bytes can move; False when there are none left to move."""

    @abstractmethod
    def _move(self) -> int:
        """Move some bytes over the socket and return how many; raises what the socket raises."""


class FileSender(Transfer):
    """`count` bytes at `offset` of an open file onto the socket, by the kernel alone."""

    def __init__(self, sock: socket.socket, fd: int, offset: int, count: int) -> None:
        super().__init__(sock)
        self._fd, self._offset, self._count = fd, offset, count

    def _prepare(self) -> bool:
        return self.moved < self._count

    def _move(self) -> int:
        count = min(_SENDFILE, self._count - self.moved)
        sent = os.sendfile(self.sock.fileno(), self._fd, self._offset + self.moved, count)
        if sent == 0:
            raise StorageFailed("A stored file is shorter than its record says.")
        return sent


class PieceSender(Transfer):
    """The pieces of a producer, `count` bytes in all, onto the socket; each is sent before the next is asked for."""

    def __init__(self, sock: socket.socket, pieces: Iterator[Buffer], count: int) -> None:
        super().__init__(sock)
        self._pieces, self._left = pieces, count
        self._piece = memoryview(b"")

    def _prepare(self) -> bool:
        while not self._piece:
            piece = next(self._pieces, None)
            self._left -= len(piece or b"")
            if self._left < 0 or (piece is None and self._left):
                raise StorageFailed("The store gave a different number of bytes than this file has.")
            if piece is None:
                return False
            self._piece = memoryview(piece).cast("B")
        return True

    def _move(self) -> int:
        sent = self.sock.send(self._piece)
        self._piece = self._piece[sent:]
        return sent


class BodyReceiver(Transfer):
    """`count` bytes from the socket to a sink, in a reused buffer; `first` came before them by another way."""

    needs = State.READABLE

    def __init__(self, sock: socket.socket, sink: Callable[[memoryview], None], first: bytes, count: int) -> None:
        super().__init__(sock)
        self._sink, self._first, self._count = sink, first, count
        self._buffer = memoryview(_buffers.pop() if _buffers else bytearray(PIECE))
        self._filled = 0

    @property
    def left(self) -> int:
        """How many bytes have not come yet."""
        return self._count - self.moved

    def _prepare(self) -> bool:
        """Hand on what has come, when the buffer is full or the body complete."""
        if self._first:
            first, self._first = memoryview(self._first), b""
            self._sink(first)
        if self._filled == PIECE or not self.left:
            full, self._filled = self._filled, 0
            if full:
                self._sink(self._buffer[:full])
        return self.left > 0

    def _move(self) -> int:
        wanted = min(PIECE, self._filled + self.left)
        received = self.sock.recv_into(self._buffer[self._filled : wanted])
        if received == 0:
            raise ConnectionResetError
        self._filled += received
        return received

    def close(self) -> None:
        """Give the buffer back for the next body."""
        buffer = self._buffer.obj
        self._buffer.release()
        if isinstance(buffer, bytearray) and len(_buffers) < _SPARE_BUFFERS:
            _buffers.append(buffer)


class Discarder(Transfer):
    """Up to `count` bytes from the socket to nowhere, so that the peer gets to read the answer."""

    needs = State.READABLE

    def __init__(self, sock: socket.socket, count: int) -> None:
        super().__init__(sock)
        self._count = count
        self._buffer = bytearray(_BRISK)

    def _prepare(self) -> bool:
        return self.moved < self._count

    def _move(self) -> int:
        received = self.sock.recv_into(self._buffer, min(self._count - self.moved, len(self._buffer)))
        if received == 0:
            raise ConnectionResetError
        return received


_SPARE_BUFFERS = 32
_buffers: deque[bytearray] = deque()  # fresh memory costs a page fault for every 4 KiB: a fifth of a fast upload
