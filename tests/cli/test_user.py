"""mainstay user import and list."""

from pathlib import Path

import pytest
import xlsxwriter

from mainstay.people.models import User
from tests.cli.shell import run, told

pytestmark = pytest.mark.django_db


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def test_a_file_of_people_adds_them_and_prints_their_first_passwords(tmp_path: Path) -> None:
    file = write(
        tmp_path / "people.csv", "邮箱;姓名;角色;等级;团队\nwei@example.com;王伟;销售代表;2;North\n", "gb18030"
    )
    (added,) = told("user", "import", file)
    wei = User.objects.get()
    assert added == {"email": "wei@example.com", "name": "王伟", "role": "sales_representative"} | {
        "password": added["password"]
    }
    assert wei.check_password(added["password"])
    (listed,) = told("user", "list")
    assert listed == {
        "email": "wei@example.com",
        "name": "王伟",
        "role": "sales_representative",
        "rank": 2,
        "team": "North",
        "active": True,
    }


def test_a_workbook_of_people(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["E-mail", "Name", "Role", "Rank"])
        sheet.write_row(1, 0, ["anna@example.com", "Anna", "director", 1])
    run("user", "import", path)
    assert User.objects.values_list("email", "role", "rank").get() == ("anna@example.com", "director", 1)


def test_a_row_that_cannot_be_used_is_named_and_the_others_count(tmp_path: Path) -> None:
    file = write(tmp_path / "people.csv", "email,role,shoe\na@example.com,director,43\nb@example.com,chief,40\n")
    result = run("user", "import", file, exit_code=1)
    assert "people.csv, 3" in result.stderr
    assert "chief" in result.stderr
    assert "shoe" in result.stderr
    assert User.objects.values_list("email", flat=True).get() == "a@example.com"


def test_a_file_without_e_mails_is_refused_naming_its_columns(tmp_path: Path) -> None:
    result = run("user", "import", write(tmp_path / "people.csv", "who,role\nAnna,director\n"), exit_code=1)
    assert "who, role" in result.stderr
    assert not User.objects.exists()


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "nothing.csv" in run("user", "import", tmp_path / "nothing.csv", exit_code=1).stderr
