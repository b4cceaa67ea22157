"""How the factors of a relationship are asked: a question, and what both ends of the scale mean."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Asked:
    """`low` is what 1 means, `high` what 5 means."""

    label: Text
    question: Text
    low: Text
    high: Text


JUDGED: dict[str, Asked] = {
    "difference": Asked(
        _("Difference from others"),
        _("Do they see us as unlike our competitors?"),
        _("One like any other"),
        _("Nobody else comes close"),
    ),
    "value": Asked(
        _("Value against price"),
        _("What do they weigh when they compare us?"),
        _("The price alone"),
        _("What we are worth to them"),
    ),
    "preference": Asked(
        _("Preference"),
        _("Whom would they choose, all else being equal?"),
        _("Prejudiced against us"),
        _("Always us first"),
    ),
    "access": Asked(
        _("Access to key people"),
        _("Do we reach those who decide?"),
        _("We know no decider"),
        _("At any time, at every level"),
    ),
    "rules": Asked(
        _("Buying rules"),
        _("Do we know how they buy, and have we shaped it?"),
        _("Unknown to us"),
        _("Known and shaped by us"),
    ),
    "room": Asked(
        _("Room to develop"),
        _("How much further can this relationship grow? It counts for the class, not for the letter."),
        _("Nothing more to win"),
        _("Very much to win"),
    ),
}
