"""Tells the story from its beginning in an empty hub, and says in its folder that this is a demo and how to sign in."""

import secrets
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import msgspec

from freehold.app import build
from freehold.base.errors import Conflict, Invalid
from freehold.demo import cast, desk, gates, guests, profiles, talk, use, works
from freehold.demo.calendar import Calendar
from freehold.demo.story import Story
from freehold.settings import Settings

NOTE = "demo.json"
_PARTS = (cast, works, talk, gates, use, desk, guests, profiles)


class Note(msgspec.Struct, frozen=True):
    """What the folder says of itself: with which password everybody signs in, and whether the story was told."""

    password: str
    told: bool = False


@dataclass(frozen=True, slots=True)
class Demo:
    """A hub in which the story was told; `new`: just now."""

    note: Note
    new: bool


def seed(settings: Settings) -> Demo:
    """Tell the story in a folder where nothing is; once told, do nothing. Raises Conflict for a folder of others."""
    if settings.database or settings.storage:
        raise Invalid("A demo lives in its folder alone: unset `database` and `storage`.")
    known = _note(settings.data)
    if known is not None and known.told:
        return Demo(known, new=False)
    _demand_empty(settings.data, known)
    note = known or Note(secrets.token_urlsafe(12))
    _write(settings.data, note)
    _tell(settings, note.password)
    told = msgspec.structs.replace(note, told=True)
    _write(settings.data, told)
    return Demo(told, new=True)


def _tell(settings: Settings, password: str) -> None:
    calendar = Calendar()
    house = build(settings, calendar)
    story = Story(house, calendar, password)
    scenes = chain.from_iterable(part.SCENES for part in _PARTS)
    try:
        for scene in sorted(scenes, key=lambda scene: -scene.days_ago):
            calendar.go(scene.days_ago)
            scene.play(story)
            story.work()
        use.download(story)
        calendar.release()
        story.work()
        house.rooms.catalog.trending.tally()
    finally:
        house.rooms.close()


def _note(data: Path) -> Note | None:
    try:
        return msgspec.json.decode((data / NOTE).read_bytes(), type=Note)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as error:
        raise Conflict(f"{data / NOTE} is not what a demo has written. Name another folder with --data.") from error


def _demand_empty(data: Path, known: Note | None) -> None:
    if not data.exists() or not any(one.name != NOTE for one in data.iterdir()):
        return
    if known is not None:
        raise Conflict(f"The demo in {data} was interrupted while it was made. Delete the folder, then try again.")
    raise Conflict(f"{data} is not empty and no demo. Name an empty or a new folder with --data.")


def _write(data: Path, note: Note) -> None:
    data.mkdir(parents=True, exist_ok=True)
    (data / NOTE).touch(mode=0o600)
    (data / NOTE).write_bytes(msgspec.json.format(msgspec.json.encode(note)))
