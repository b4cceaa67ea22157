"""Files where none are expected."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_file_sent_to_another_form_is_not_kept(home: Path) -> None:
    """quality 28"""
    before = sorted(home.rglob("*"))
    answer = Client().post(
        "/log-in/", {"login": "a@b.example", "password": "x", "more": SimpleUploadedFile("big.bin", b"x" * 3_000_000)}
    )
    assert answer.status_code == 200
    assert not answer.wsgi_request.FILES
    assert sorted(home.rglob("*")) == before
