"""Every address of a page."""

from typing import Any

urlpatterns: list[Any] = []
