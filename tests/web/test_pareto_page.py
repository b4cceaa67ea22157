"""80:20: the figures of the whole company and of a part of it, against figures worked out by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from mainstay.nightly.refresh import refresh
from tests.factories import make_account, make_user
from tests.ledgers import DEMO_DAY, adventureworks_ledger, sales_batch
from tests.web.accounts import ROLES, client_of, graded_tiny, money, spec, table, words

pytestmark = pytest.mark.django_db
URL = "/insight/pareto/"


def test_the_figures_worked_out_by_hand() -> None:
    graded = graded_tiny()
    answer = client_of(graded.director).get(URL)
    text = words(answer)
    assert "Sales of the top 20% 57.3% below 80% 1 account; target 80% of sales" in text
    assert "Head 2 40.0% of the buying accounts" in text
    assert "Without profit 0 of 5 that bought" in text
    assert "Peak profit 265 with the 5 most profitable" in text
    steps = {row[0]: money(row[1]) for row in table(answer, "How the profit comes about")[1:]}
    assert steps == {
        "Purchases": Decimal("1370.33"),
        "Purchaser cost": Decimal("-1085.00"),
        "Non-purchaser cost": Decimal("-60.00"),
        "Profit": Decimal("225.33"),
        "Overhead": Decimal("-100.00"),
        "Profit after overhead": Decimal("125.33"),
    }
    assert "60.00 of the purchases belong to no account" in text
    pareto = table(answer, "Pareto curve")[1:]
    assert [row[4] for row in pareto] == ["57.3%", "80.2%", "92.4%", "96.9%", "100.0%"]
    whale = table(answer, "Whale curve")[1:]
    assert [row[3] for row in whale] == ["195", "235", "255", "261", "265"]
    assert f'href="/accounts/{graded.accounts["A1"].pk}/"' in answer.content.decode()


def test_the_groups_are_listed_with_their_totals() -> None:
    graded = graded_tiny()
    answer = client_of(graded.director).get(URL)
    names = {account.code: account.name for account in graded.accounts.values()}
    head = table(answer, "Head")
    assert [row[0] for row in head[1:-1]] == [names["A1"], names["B1"]]
    assert head[-1] == ["2 accounts", "", "1,050", "235"]
    middle = table(answer, "Middle")
    assert [row[0] for row in middle[1:-1]] == [names["C1"], names["E1"], names["D1"]]
    assert middle[-1] == ["3 accounts", "", "260", "30"]
    assert "No account." in words(answer)


def test_the_demonstration_company() -> None:
    adventureworks_ledger()
    refresh(as_of=DEMO_DAY)
    answer = client_of(make_user("Dora", role="director")).get(URL)
    text = words(answer)
    assert "62.5%" in text
    assert "99 accounts; target" in text
    assert "Head 148" in text
    assert "Without profit 316 of 493" in text
    assert "with the 177 most profitable" in text
    steps = {row[0]: row[1] for row in table(answer, "How the profit comes about")[1:]}
    assert steps["Purchases"] == "$36,240,484.70"
    assert steps["Purchaser cost"] == "−$37,820,224.55"
    assert steps["Profit"] == "−$1,579,739.85"
    assert "Overhead" not in steps
    whale = table(answer, "Whale curve")[1:]
    assert ["177", "$790,548".lstrip("$")] in [[row[1], row[3]] for row in whale]
    tail = table(answer, "Unprofitable tail")
    assert tail[-1][0] == "316 accounts"
    assert tail[-2][0] == "and 266 more"
    assert sum((money(row[3]) for row in tail[1:-1]), Decimal(0)) == pytest.approx(money(tail[-1][3]), abs=30)


def test_who_sees_a_part_sees_figures_of_that_part_alone() -> None:
    """quality 8: visible rows only"""
    graded = graded_tiny()
    answer = client_of(graded.owner).get(URL)
    text, page = words(answer), answer.content.decode()
    # By hand, of A1 750.3333 with profit 195.3333 and C1 160 with 6: A1 alone brings 750.3333 ÷ 910.3333.
    assert "Sales of the top 20% 82.4% reached" in text
    assert "Head 1 50.0%" in text
    assert "Peak profit 201 with the 2 most profitable" in text
    steps = {row[0]: money(row[1]) for row in table(answer, "How the profit comes about")[1:]}
    # Goods 530 + 144, booked 25 + 10.
    assert steps == {
        "Purchases": Decimal("910.33"),
        "Purchaser cost": Decimal("-709.00"),
        "Non-purchaser cost": Decimal("0.00"),
        "Profit": Decimal("201.33"),
    }
    for code in ("B1", "D1", "E1"):
        account = graded.accounts[code]
        assert account.name not in page
        assert f"/accounts/{account.pk}/" not in page
    for hidden in ("1,370", "1370", "225.33", "265", "belong to no account"):
        assert hidden not in text
    assert graded.accounts["B1"].name not in str(spec(answer, "whale"))


def test_every_role_opens_it() -> None:
    graded_tiny()
    for role in ROLES:
        answer = client_of(make_user(f"U-{role}", role=role)).get(URL)
        assert answer.status_code == 200
        sees_all = role in ("director", "analyst")
        assert ("No account is yours yet" in words(answer)) != sees_all, role


def test_before_the_first_refresh_it_says_what_to_do() -> None:
    text = words(client_of(make_user("Dora", role="director")).get(URL))
    assert "Nothing has been computed yet" in text
    assert "Import a file" in text
    scout = client_of(make_user("Otto", role="scout")).get(URL)
    assert "Import a file" not in words(scout)


def test_an_earlier_day_can_be_chosen() -> None:
    graded = graded_tiny()
    refresh(as_of=date(2024, 2, 29))
    client = client_of(graded.director)
    page = client.get(URL).content.decode()
    assert '<option value="2024-02-29"' in page
    assert '<option value="2024-06-30" selected' in page
    earlier = client.get(f"{URL}?as_of=2024-02-29")
    assert "As of 29 Feb 2024" in words(earlier)
    assert '<option value="2024-02-29" selected' in earlier.content.decode()


def test_a_day_that_is_none_is_refused() -> None:
    graded = graded_tiny()
    days = {"2024-06-29": 404, "yesterday": 422, "2024-13-01": 422, "<script>alert(1)</script>": 422}
    for day, status in days.items():
        answer = client_of(graded.director).get(URL, {"as_of": day})
        assert answer.status_code == status, day
        assert "<script>alert" not in answer.content.decode()


def test_wrong_verbs_and_strangers() -> None:
    graded_tiny()
    client = client_of(make_user("Ulla", role="director"))
    for verb in ("post", "put", "delete"):
        assert getattr(client, verb)(URL).status_code == 405
    assert Client().get(URL).status_code == 302


def test_names_are_text_in_lists_and_charts() -> None:
    """quality 16"""
    sales_batch("SELECT 'S' AS document, DATE '2024-01-10' AS date, 'A1' AS account, 5 AS amount")
    make_account("A1", name="</script><script>alert(1)</script>")
    refresh(as_of=date(2024, 1, 15))
    page = client_of(make_user("Dora", role="director")).get(URL).content.decode()
    assert "<script>alert" not in page


def test_only_returns_draw_no_curve() -> None:
    sales_batch("SELECT 'S' AS document, DATE '2024-01-10' AS date, 'A1' AS account, -5 AS amount")
    make_account("A1")
    refresh(as_of=date(2024, 1, 15))
    text = words(client_of(make_user("Dora", role="director")).get(URL))
    assert "No sales to share" in text
    assert "no Gini" in text


def test_nobody_bought() -> None:
    sales_batch("SELECT 'S' AS document, DATE '2020-01-10' AS date, 'A1' AS account, 5 AS amount")
    make_account("A1")
    refresh(as_of=date(2024, 1, 15))
    assert "Nobody bought" in words(client_of(make_user("Dora", role="director")).get(URL))


def test_it_asks_little_of_the_database(django_assert_max_num_queries: Any) -> None:
    graded = graded_tiny()
    for user in (graded.director, graded.owner):
        client = client_of(user)
        with django_assert_max_num_queries(8):
            client.get(URL)
