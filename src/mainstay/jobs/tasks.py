"""The one task of the queue: do a job."""

from uuid import UUID

from django_tasks import task


@task()
def run_job(job: str) -> None:
    """Do a job; how it ends stands in the job."""
    # Here, since doing a job is made of the services that queue this task.
    from mainstay.jobs.running import run

    run(UUID(job))
