"""What pages say of background jobs: what each does, how it ended, and where that is shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainstay.core.errors import N_
from mainstay.jobs.models import Job, State
from mainstay.jobs.selectors import jobs_to_tell
from mainstay.people.models import User
from mainstay.web.figures import day, number
from mainstay.web.pages.imports_words import said

_TITLES: Mapping[str, str] = {
    "import": N_("Importing %(what)s"),
    "check": N_("Reading %(what)s"),
    "undo": N_("Undoing import %(what)s"),
    "refresh": N_("Grading every account"),
}


@dataclass(frozen=True)
class Notice:
    """A job as the frame of a page tells of it. `kind` is that of a message, empty while the job goes on."""

    job: Job
    title: str
    kind: str
    text: str
    address: str
    link: str

    @property
    def share(self) -> float | None:
        return share(self.job)


@dataclass(frozen=True)
class Frame:
    """What the frame of a page tells of jobs; `told` names those whose end it shows already."""

    active: list[Notice]
    ended: list[Notice]
    told: str


def frame(person: User, *, here: str = "", known: Collection[str] = ()) -> Frame:
    """The jobs of a person, but for the one whose page is `here` and those whose end is `known`."""
    notices = [notice(job) for job in jobs_to_tell(person)]
    active = [one for one in notices if one.job.active and one.address != here]
    ended = [one for one in notices if not one.job.active]
    told = ",".join(str(one.job.pk) for one in ended)
    return Frame(active, [one for one in ended if str(one.job.pk) not in known], told)


def title(job: Job) -> str:
    text = _(_TITLES.get(job.kind, job.kind))
    return text % {"what": _what(job)} if "%(what)s" in text else text


def step(job: Job) -> str:
    """What a job does just now."""
    if job.asked_to_cancel:
        return _("Stopping")
    if job.state == State.WAITING:
        return _("Waiting for its turn")
    return _(job.step).capitalize() if job.step and job.step not in job.about.get("files", ()) else job.step


def share(job: Job) -> float | None:
    """How much is read, from 0 to 1; None while it does something else, or where that is not known."""
    return job.share if job.step in job.about.get("files", ()) else None


def notice(job: Job) -> Notice:
    """Each leads to the page of its job, which leads on to the result and knows then that the end was seen."""
    address = reverse("jobs-job", args=[job.pk])
    if job.active:
        return Notice(job, title(job), "", "", address, "")
    kind = {State.DONE: "success", State.FAILED: "error"}.get(State(job.state), "info")
    link = _("Show it") if job.state == State.DONE else _("To the files") if _has_files(job) else ""
    if _lacks_rates(job):
        link = _("To the currencies")
    return Notice(job, title(job), kind, ended(job), address, link)


def ended(job: Job) -> str:
    """How a job ended, in a sentence."""
    if job.state == State.CANCELLED:
        return _("%(title)s: cancelled. Nothing was changed.") % {"title": title(job)}
    if job.state == State.FAILED:
        return _("%(title)s: %(why)s") % {"title": title(job), "why": failure(job)}
    if job.kind == "import":
        return _imported(job)
    if job.kind == "undo":
        return _("Batch %(batch)s is undone. Refresh to grade without it.") % {"batch": job.about.get("batch")}
    if job.kind == "refresh":
        return _("Every account is graded as of %(day)s.") % {"day": day(_as_of(job))}
    return _("%(title)s: done.") % {"title": title(job)}


def _imported(job: Job) -> str:
    """With what changed, where anything did: of files of products or accounts there may be nothing new."""
    rows, changed = job.outcome.get("new", 0), job.outcome.get("changed", 0)
    if changed:
        told = ngettext(
            "%(what)s is imported: %(rows)s new, %(changed)s changed row.",
            "%(what)s is imported: %(rows)s new, %(changed)s changed rows.",
            changed,
        )
    else:
        told = ngettext("%(what)s is imported: %(rows)s new row.", "%(what)s is imported: %(rows)s new rows.", rows)
    return told % {"what": _what(job), "rows": number(rows), "changed": number(changed)}


def _as_of(job: Job) -> date | None:
    text = job.outcome.get("as_of")
    return date.fromisoformat(text) if text else None


def failure(job: Job) -> str:
    return said(job.error, job.error_params) if job.error else ""


def result_of(job: Job) -> str:
    """Where the result of a job that ended is shown."""
    if job.kind == "import" and job.state == State.DONE:
        return f"{reverse('imports-batch', args=[job.outcome['batch']])}?upload={job.about['token']}"
    if _has_files(job):
        return reverse("imports-preview", args=[job.about["token"]])
    if job.kind == "undo":
        return reverse("imports-batch", args=[job.about["batch"]])
    if _lacks_rates(job):
        return reverse("currencies")
    return str(job.about.get("next") or reverse("imports"))


def _lacks_rates(job: Job) -> bool:
    """Whether it failed since rates are missing."""
    return job.state == State.FAILED and "gaps" in (job.error_params or {})


def _has_files(job: Job) -> bool:
    return "token" in job.about


def _what(job: Job) -> str:
    if job.kind == "undo":
        return str(job.about.get("batch", ""))
    files = job.about.get("files", ())
    if len(files) < 2:
        return "".join(files)
    more = len(files) - 1
    return ngettext("%(file)s and %(n)s more", "%(file)s and %(n)s more", more) % {"file": files[0], "n": more}
