"""Background jobs: how far one is, stopping it, and the notices in the frame of every page."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from mainstay.core.errors import N_, NotAllowed
from mainstay.jobs.models import Job, State
from mainstay.jobs.selectors import is_served, job_of, jobs_of
from mainstay.jobs.services import job_cancel, job_see
from mainstay.people.models import User
from mainstay.web.asked import asked_of
from mainstay.web.page import render_page, wants_part
from mainstay.web.pages.jobs_words import Frame, Notice, ended, frame, notice, result_of, share, step, title

PARTS = {"job-progress": "jobs/job/progress.html"}
_LEVELS = {State.DONE: messages.SUCCESS, State.FAILED: messages.ERROR}


@dataclass(frozen=True)
class JobPage:
    """`served` is whether anybody does jobs at all."""

    job: Job
    title: str
    step: str
    share: float | None
    served: bool
    back: str


@dataclass(frozen=True)
class JobsPage:
    frame: Frame | None
    latest: Sequence[Notice]


@require_safe
def jobs_job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far a job is; once it has ended, its result."""
    person = _person(request)
    job = job_of(person, pk)
    if job.active:
        served = job.state == State.RUNNING or is_served()
        return render_page(request, "jobs/job", _page(job, served=served), parts=PARTS)
    return to_result(request, job, person)


def to_result(request: HttpRequest, job: Job, person: User) -> HttpResponse:
    """To the page that shows how a job ended; that page tells of imports by itself."""
    job_see(job=job.pk, by=person)
    if job.kind not in ("import", "check"):
        messages.add_message(request, _LEVELS.get(State(job.state), messages.INFO), ended(job))
    address = result_of(job)
    return HttpResponseClientRedirect(address) if wants_part(request) else HttpResponseRedirect(address, status=303)


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """What goes on and what ended, for the frame of a page; as a page of its own, the latest jobs."""
    person = _person(request)
    known = asked_of(request, "told")["told"].split(",")
    if not wants_part(request):
        return render_page(request, "jobs", JobsPage(None, [notice(job) for job in jobs_of(person)]))
    here = request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
    found = frame(person, here=here.partition("?")[0], known=known)
    response = render_page(request, "jobs", JobsPage(found, ()))
    return trigger_client_event(response, "job-ended") if found.ended else response


@require_POST
def jobs_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask a job to stop."""
    person = _person(request)
    job = job_cancel(job=pk, by=person)
    if job.person_id != person.pk:
        return HttpResponseRedirect(reverse("imports"), status=303)
    return HttpResponseRedirect(reverse("jobs-job", args=[pk]), status=303)


@require_POST
def jobs_seen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a notice away."""
    person = _person(request)
    job = job_of(person, pk)
    job_see(job=job.pk, by=person)
    if wants_part(request):
        return HttpResponse("")
    return HttpResponseRedirect(reverse("jobs"), status=303)


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise NotAllowed(N_("Log in first."))
    return request.user


def _page(job: Job, *, served: bool) -> JobPage:
    return JobPage(job, title(job), step(job), share(job), served, _back(job))


def _back(job: Job) -> str:
    """Where one may go meanwhile."""
    return str(job.about.get("next") or reverse("imports"))
