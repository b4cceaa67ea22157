"""A process that has everything loaded and forks a child for each piece of work, which may be killed at any step of it.

A child of its own costs a tenth of a second that way, and not two: so hundreds of kills can be tried.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from tests.ledger.processes import started

SERVER = """
import json, os, pathlib, signal, sys, time, traceback
import django
django.setup()
from django.db import connection
import mainstay.cli.home, mainstay.ledger.recount, mainstay.ledger.services, mainstay.nightly.refresh

def deadly(left):
    # Kills this process before the step of that number, of those that change something on disk or in the database.
    def step():
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    def before(owner, name):
        real = getattr(owner, name)
        def run(*args, **options):
            step()
            return real(*args, **options)
        setattr(owner, name, run)
    def statement(execute, sql, params, many, context):
        if not sql.lstrip().startswith(("SELECT", "PRAGMA")):
            step()
        return execute(sql, params, many, context)
    connection.execute_wrappers.append(statement)
    before(connection, "_commit")
    before(os, "fsync")
    for name in ("rename", "unlink", "replace"):
        before(pathlib.Path, name)

for line in sys.stdin:
    order = json.loads(line)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            left = [order["step"]]
            if order["step"]:
                deadly(left)
            told = {}
            exec(order["code"], {"told": told, "argument": order["argument"]})
            connection.close()
            os.write(writer, json.dumps(told).encode())
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.close(writer)
    if order["after"] is not None:
        time.sleep(order["after"])
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reader) as pipe:
        told = pipe.read()
    _child, status = os.waitpid(child, 0)
    print(json.dumps([status, told]), flush=True)
"""


class Forks:
    """Runs code in children on the data home `home`, which is set back to `base` as often as wanted."""

    def __init__(self, folder: Path) -> None:
        self.home, self.base = folder / "home", folder / "base"
        self.server = started(self.home, SERVER, database="", piped=True)

    def close(self) -> None:
        self.server.stdin.close()
        self.server.wait(30)
        for pipe in (self.server.stdout, self.server.stderr):
            pipe.close()

    def keep(self) -> None:
        """What the home holds now is what `reset` goes back to."""
        shutil.rmtree(self.base, ignore_errors=True)
        shutil.copytree(self.home, self.base)

    def reset(self) -> None:
        shutil.rmtree(self.home)
        shutil.copytree(self.base, self.home)

    def run(self, code: str, argument: Any = None, *, step: int = 0, after: float | None = None) -> Any:
        """What the code told; None where it was killed, before the step of that number or after so many seconds."""
        order = {"code": code, "argument": argument, "step": step, "after": after}
        self.server.stdin.write(json.dumps(order) + "\n")
        self.server.stdin.flush()
        status, told = json.loads(self.server.stdout.readline())
        if status == 9:
            return None
        if status:
            self.server.stdin.close()
            sys.stderr.write(self.server.stderr.read())
        assert status == 0
        return json.loads(told)
