"""Uploads for tests of the pages of Imports."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

SALES = """document,date,account,product,amount,colour
S1,2024-01-10,A1,P1,100.00,red
S1,2024-01-10,A1,P2,50.50,blue
S2,2024-02-11,A2,P1,20.00,red
"""
CHANGED = SALES.replace("20.00", "25.00")
WRONG = SALES + "S3,2024-13-45,A3,P1,7,red\nS4,2024-02-12,A3,P1,=cmd,red\n"


def upload(client: Client, *files: tuple[str, str | bytes], kind: str = "sales", **more: Any) -> Any:
    """Send files as the form does."""
    sent = [
        SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content) for name, content in files
    ]
    return client.post("/imports/", {"kind": kind, "source": "default", "files": sent, **more})


def waiting(client: Client, content: str | bytes = SALES, name: str = "sales.csv", **more: Any) -> str:
    """Upload a file; the address of its preview."""
    answer = upload(client, (name, content), **more)
    assert answer.status_code == 303, answer.content.decode()
    return str(answer.url)


def bring_in(client: Client, content: str | bytes = SALES, name: str = "sales.csv", **choices: str) -> Any:
    """Upload and import."""
    return client.post(waiting(client, content, name), {"action": "import", **choices})


def leftovers(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "uploads").iterdir())
