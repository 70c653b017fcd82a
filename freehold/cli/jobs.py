"""`freehold jobs`: the background work that was given up."""

from freehold.app import open_accounts
from freehold.core.queue.queue import Queue
from freehold.settings import Settings


def report(settings: Settings, *, retry: bool) -> None:
    """Print each job that was given up; with `retry`, have them all tried again."""
    accounts = open_accounts(settings)
    try:
        queue = Queue(accounts.db)
        dead = queue.dead()
        for job in dead:
            print(f"{job.id}  {job.kind}  {job.payload}: {job.error}")
            if retry:
                queue.revive(job.id)
        again = ", to be tried again" if retry and dead else ""
        print(f"{len(dead)} jobs were given up{again}.")
    finally:
        accounts.close()
