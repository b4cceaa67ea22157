"""The console script."""


def run() -> None:
    raise SystemExit(0)
