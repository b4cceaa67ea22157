"""What a refresh published, to be held against another one's."""

import hashlib

from mainstay.grading.marts.files import folder_of
from mainstay.grading.models import Refresh, Standing


def files(done: Refresh) -> dict[str, str]:
    """The hash of each file of marts."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder_of(done).iterdir()}


def published(done: Refresh) -> dict[str, object]:
    """Everything that does not name the refresh itself."""
    standings = Standing.objects.filter(refresh=done).order_by("account__code")
    told = [field.name for field in Standing._meta.fields if field.name not in {"id", "refresh", "account"}]
    return {
        "files": files(done),
        "summary": done.summary,
        "pareto": done.pareto,
        "matrix": done.matrix,
        "standings": list(standings.values_list("account__code", *told)),
    }
