"""Every component with sample data."""

from datetime import date
from decimal import Decimal
from typing import Any

from mainstay.web.charts import (
    MonthSales,
    ParetoPoint,
    ProductSales,
    Step,
    WhalePoint,
    monthly_sales,
    pareto_curve,
    product_bars,
    waterfall,
    whale_curve,
)


def sample() -> dict[str, Any]:
    cells = [f"{letter}{number}" for letter in "ABC" for number in range(1, 7)]
    rows = [
        {
            "name": name,
            "cell": cells[place * 2],
            "estimate": place % 2 == 0,
            "sales": Decimal("1340000.1234") / (place + 1),
            "profit": Decimal("31000.55") * (3 - place),
            "share": Decimal("0.31") / (place + 1),
            "loss": place > 3,
        }
        for place, name in enumerate(
            [
                "Riverside Cycles and Outdoor Equipment of Greater Hamburg",
                "自行车世界有限公司",
                "<b>Bold & Sons</b>",
                "Vigorous Exercise",
                "Latest Sports",
                "Brakes and Gears",
            ]
        )
    ]
    return {
        "day": date(2013, 11, 29),
        "sales": Decimal("36240484.6966"),
        "before": Decimal("31002000"),
        "loss": Decimal("-1579739.8549"),
        "share": Decimal("0.62536"),
        "months": [3, 5, 4, 8, 6, 9, 12, 10, 14, 11, 15, 17],
        "owners": [(1, "Ada"), (2, "Rolf")],
        "errors": ["“twelve” is no amount."],
        "rows": rows,
        "cells": cells,
    }


def charts() -> list[dict[str, Any]]:
    """One chart of each kind."""
    sizes = [Decimal(1000000) / (rank * rank) + 900 for rank in range(1, 61)]
    total = sum(sizes)
    pareto, whale, sum_of, profit_of = [], [], Decimal(0), Decimal(0)
    for rank, sales in enumerate(sizes, start=1):
        sum_of += sales
        profit = sales / 4 - 3500
        profit_of += profit
        name = f"Account {rank}"
        pareto.append(ParetoPoint(name, rank / 60, float(sum_of / total), sales, f"?account={rank}"))
        whale.append(WhalePoint(name, rank, profit, profit_of, f"?account={rank}"))
    steps = [
        Step("Purchases", Decimal(36240484)),
        Step("Purchaser cost", Decimal(-37820224)),
        Step("Non-purchaser cost", Decimal(-182000)),
        Step("Profit", Decimal(-1761740), result=True),
    ]
    months = [
        MonthSales(date(2013, month, 1), Decimal(110000 + 9000 * month * (month % 3)), Decimal(100000 + 12000 * month))
        for month in range(1, 13)
    ]
    products = [ProductSales(f"Mountain-{100 * n} Black", Decimal(900000) / n, f"?p={n}") for n in range(1, 9)]
    specs = {
        "pareto": pareto_curve(
            pareto, currency="USD", top=0.2, top_share=pareto[11].sales_share, description="Pareto curve"
        ),
        "whale": whale_curve(whale, currency="USD", description="Whale curve"),
        "waterfall": waterfall(steps, currency="USD", description="Profit"),
        "months": monthly_sales(months, currency="USD", description="Sales by month"),
        "products": product_bars(products, currency="USD", description="Sales by product"),
    }
    return [{"id": name, "title": name.title(), "spec": spec} for name, spec in specs.items()]
