"""Taking uploaded files in: never more than the limit, and nothing of what was too much stays on the disk."""

import shutil
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase

from mainstay.core.errors import N_, NotAllowed, Refused, TooLarge
from mainstay.ledger.orders import check_may_import
from mainstay.people.models import User

# What a form needs beside its files.
_FORM = 1 << 20
V = TypeVar("V", bound=HttpResponseBase)


def importers_only(view: Callable[..., V]) -> Callable[..., V]:
    """NotAllowed for one who may not import, before anything of the request's body is read."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> V:
        importer(request)
        return view(request, *args, **kwargs)

    return guarded


def importer(request: HttpRequest) -> User:
    """Who is logged in, if that person may import."""
    person = request.user if isinstance(request.user, User) else None
    if person is None:
        raise NotAllowed(N_("Log in first."))
    check_may_import(person)
    return person


class SentFile(TemporaryUploadedFile):
    """A file that is not held open once it is here, since many may come; it goes with the request unless taken over."""

    def __init__(self, name: str, content_type: str, size: int, charset: str, extra: Any) -> None:
        file = NamedTemporaryFile(suffix=".upload", dir=settings.FILE_UPLOAD_TEMP_DIR, delete=False)  # noqa: SIM115
        UploadedFile.__init__(self, file, name, content_type, size, charset, extra)

    def close(self) -> None:
        super().close()
        Path(self.temporary_file_path()).unlink(missing_ok=True)


class LimitedUpload(TemporaryFileUploadHandler):
    """Writes files to the data home until they are more than `limit` bytes together, then stops reading.

    A workbook has a limit of its own: it is taken apart in memory.
    """

    def __init__(self, request: HttpRequest, limit: int) -> None:
        super().__init__(request)
        self.left = limit
        self.wrong: Refused | None = None
        self.packed = False
        self.sent: list[SentFile] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = SentFile(
            self.file_name or "", self.content_type or "", 0, self.charset or "", self.content_type_extra
        )
        self.sent.append(self.file)

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        file = super().file_complete(file_size)
        if handle := self.sent[-1].file:
            handle.close()
        return file

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.left -= len(raw_data)
        if start == 0:
            self.packed = raw_data.startswith(b"PK")
        if self.left < 0:
            self.wrong = too_large()
        elif self.packed and start + len(raw_data) > settings.MAINSTAY_WORKBOOK_LIMIT << 20:
            self.wrong = TooLarge(
                N_("A workbook may have %(limit)s MiB. Save it as CSV, one file a sheet, or have the limit raised."),
                limit=settings.MAINSTAY_WORKBOOK_LIMIT,
            )
        else:
            try:
                return super().receive_data_chunk(raw_data, start)
            except OSError as error:
                self.wrong = Refused(
                    N_("The file could not be kept (%(why)s). Nothing was changed: make room and try again."),
                    why=error.strerror,
                )
        raise StopUpload(connection_reset=True)


def receive(request: HttpRequest) -> None:
    """Read the body of a request that brings files. Raises TooLarge, Refused where the disk is full."""
    limit = settings.MAINSTAY_UPLOAD_LIMIT << 20
    if _length(request) > limit + _FORM:
        raise too_large()
    _check_room(_length(request))
    handler = LimitedUpload(request, limit)
    request.upload_handlers = [handler]
    try:
        _read = request.POST
    except BaseException as error:
        for file in handler.sent:
            file.close()
        if isinstance(error, TooManyFilesSent):
            raise _too_many() from None
        raise
    if handler.wrong is not None:
        raise handler.wrong


def _check_room(length: int) -> None:
    """Refused where so many bytes would fill the disk, before any of them is written."""
    home = settings.FILE_UPLOAD_TEMP_DIR
    if length > shutil.disk_usage(home).free:
        raise Refused(
            N_("The disk of this server has no room for these files. Nothing was kept: make room and try again.")
        )


def too_large() -> TooLarge:
    return TooLarge(
        N_("Files may have %(limit)s MiB together. Split them, save them as Parquet, or have the limit raised."),
        limit=settings.MAINSTAY_UPLOAD_LIMIT,
    )


def _too_many() -> TooLarge:
    return TooLarge(
        N_("At most %(most)s files can be sent at once. Send them in several parts, or put them into one file."),
        most=settings.DATA_UPLOAD_MAX_NUMBER_FILES,
    )


def _length(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isascii() and text.isdigit() else 0
