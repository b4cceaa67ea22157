"""What the keys of the figures are called in tables."""

from django.utils.translation import gettext, pgettext

from mainstay.core.errors import N_

LABELS = {
    "as_of": N_("As of"),
    "window_start": N_("First day of the window"),
    "lines": N_("Sales lines in the window"),
    "accounts": N_("Accounts"),
    "active": N_("Active accounts"),
    "sales": N_("Sales"),
    "goods_cost": N_("Cost of goods"),
    "purchaser_cost": N_("Cost of purchasers"),
    "non_purchaser_cost": N_("Cost of non-purchasers"),
    "profit": N_("Profit"),
    "overhead": N_("Overhead"),
    "profit_after_overhead": N_("Profit after overhead"),
    "unattributed_sales": N_("Unattributed sales"),
    "currency": N_("Currency"),
    "top20_accounts": N_("Largest 20% of accounts"),
    "top20_sales_share": N_("Their share of sales"),
    "top20_profit_share": N_("Their share of profit"),
    "head_accounts": N_("Accounts that make 80% of sales"),
    "head_share": N_("Their share of active accounts"),
    "gini": N_("Gini index of sales"),
    "hhi": N_("Herfindahl index of sales"),
    "unprofitable_accounts": N_("Accounts without profit"),
    "peak_profit": N_("Top of the whale curve"),
    "peak_accounts": N_("Accounts at the top"),
    "code": N_("Code"),
    "name": N_("Name"),
    "cell": N_("Cell"),
    "class": N_("Class"),
    "held_class": N_("Held class"),
    "letter": N_("Letter"),
    "letter_basis": N_("Basis of the letter"),
    "score": N_("Relationship score"),
    "attractiveness": N_("Attractiveness"),
    "potential": N_("Potential (0-100)"),
    "potential_basis": N_("Basis of the potential"),
    "state": N_("Relationship state"),
    "rung": N_("Rung of the ladder"),
    "rank": N_("Rank by sales"),
    "sales_share": N_("Share of sales"),
    "first_order": N_("First order"),
    "last_order": N_("Last order"),
    "orders": N_("Orders in the window"),
    "products": N_("Products in the window"),
    "reasons": N_("Reasons"),
    "strategy": N_("Strategy"),
    "target": N_("Target"),
    "booked_cost": N_("Booked cost"),
    "costs": N_("Booked cost by kind"),
    "overhead_costs": N_("Overhead by kind"),
    "difference": N_("Difference from the ledger"),
    "modelled_cost": N_("Modelled cost"),
    "modelled_cost_unallocated": N_("Of it unallocated"),
    "profit_after_model": N_("Profit after the model"),
    "overhead_in_model": N_("Overhead in the model"),
    "profit_after_model_and_overhead": N_("Profit after model and overhead"),
    "model": N_("Parts of the model"),
}
KINDS = {
    "goods": N_("Goods"),
    "service": N_("Service"),
    "delivery": N_("Delivery"),
    "rebate": N_("Rebates"),
    "selling": N_("Selling"),
    "finance": N_("Finance"),
    "other": N_("Other"),
}
ACTIVITIES = {
    "order": N_("Orders"),
    "line": N_("Order lines"),
    "return": N_("Returns"),
    "delivery": N_("Deliveries"),
    "visit_minute": N_("Visit minutes"),
}
DRIVERS = {"sales": N_("by sales"), "orders": N_("by orders"), "lines": N_("by lines")}
BASES = {"assessed": N_("assessed"), "estimated": N_("estimated"), "unassessed": N_("unassessed")}


def label(key: str) -> str:
    """The name of a key in the language of whoever reads; the key itself where it has none."""
    return gettext(LABELS[key]) if key in LABELS else key


def basis(value: str) -> str:
    """What a grade rests on, in the language of whoever reads."""
    return gettext(BASES.get(value, value))


def target(cell: str, aim: str | None) -> str:
    """Where to get to from a cell."""
    if aim is None:
        return pgettext("target of a cell", "none")
    return pgettext("target of a cell", "stay") if aim == cell else aim
