"""When an assignment is due, told on the clocks of whoever reads it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True)
class DueDate:
    """The instant until which one hands in, and what happens after it.

    Args:
        due: a time with its offset from UTC.
        late: the instructor's sentence on what is late; "" where there is none.
    """

    due: datetime
    late: str = ""

    def tell(self, now: datetime) -> str:
        """On the clocks of `now`'s zone. Where that changes its clocks in between, give `now` a zone with a name,
        or call `tell_here`."""
        return self._tell(self.due.astimezone(now.tzinfo), now)

    def tell_here(self) -> str:
        """On this machine's clocks, now."""
        now = datetime.now().astimezone()
        return self._tell(self.due.astimezone(), now)

    def _tell(self, local: datetime, now: datetime) -> str:
        day = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"
        year = "" if local.year == now.year else f" {local.year}"
        left = self.due - now
        how = f"{_about(left)} left" if left >= timedelta(0) else f"{_about(-left)} late"
        rule = f". Late: {self.late}" if self.late else ""
        return f"due {day}{year}, {local:%H:%M} your time; {how}{rule}"


def _about(span: timedelta) -> str:
    """Rounded down, in the largest unit of which there is one."""
    minutes = int(span.total_seconds() // 60)
    for unit, length in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if count := minutes // length:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"
