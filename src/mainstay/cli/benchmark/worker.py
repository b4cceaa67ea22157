"""One step in a process of its own: `python -m mainstay.cli.benchmark.worker STEP JSON`, which tells JSON."""

import json
import os
import resource
import sys


def run() -> None:
    """Carry out the step that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.config.settings")
    import django

    django.setup()
    from mainstay.cli.benchmark import readers, steps, suite_steps

    known = steps.STEPS | suite_steps.STEPS | readers.STEPS
    told = known[sys.argv[1]](**json.loads(sys.argv[2]))
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    told["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    run()
