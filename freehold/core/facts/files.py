"""The step that counts a commit's files and what they weigh."""

from freehold.core.facts.subject import Subject, Value


def read_files(subject: Subject) -> Value:
    """`{count, bytes}`: large files at their full size."""
    return {"count": len(subject.files), "bytes": sum(entry.size for entry in subject.files.values())}
