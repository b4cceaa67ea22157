"""Days, months and the window of a refresh."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta


def months_before(day: date, months: int) -> date:
    """The same day of the month `months` earlier, or that month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Window:
    """The days in (as_of − months, as_of]; `back` counts whole windows before that one."""

    as_of: date
    months: int = 12
    back: int = 0

    @property
    def after(self) -> date:
        """The last day that is no longer in the window."""
        return months_before(self.as_of, self.months * (self.back + 1))

    @property
    def first_day(self) -> date:
        return self.after + timedelta(days=1)

    @property
    def last_day(self) -> date:
        return months_before(self.as_of, self.months * self.back)

    @property
    def previous(self) -> "Window":
        """The window before this one, of as many months, ending where this one begins."""
        return replace(self, back=self.back + 1)
