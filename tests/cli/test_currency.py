"""`mainstay currency` and the import of products and rates."""

from pathlib import Path

import pytest

from mainstay.ledger.models import Product, Rate
from tests.cli.shell import run, told

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_currency_of_figures_is_shown_and_chosen() -> None:
    assert told("currency")["currency"] == ""
    chosen = told("currency", "eur", "--oldest-rate", "7", "--unnamed", "USD")
    assert chosen == {"currency": "EUR", "unnamed": "USD", "oldest_rate": 7, "rates": []}
    assert told("currency") == chosen
    assert "no code of a currency" in run("currency", "Euro zone", exit_code=1).stderr


def test_products_and_rates_come_in_by_command(tmp_path: Path) -> None:
    rates, products = tmp_path / "rates.csv", tmp_path / "products.csv"
    rates.write_text("currency,date,rate,to\nUSD,2024-01-02,0.91,EUR\n")
    products.write_text("code,name,category\nP1,Frame,Bikes / Road\n")
    run("import", "rates", rates)
    run("import", "products", products)
    assert Rate.objects.count() == 1
    assert str(Product.objects.get().category) == "Bikes / Road"
