"""Import batches, and which Parquet files count."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mainstay.accounts.models import Account
from mainstay.orm.fields import MoneyField, RateField
from mainstay.people.models import User


class Kind(models.TextChoices):
    """What a file holds."""

    ACCOUNTS = "accounts", _("Accounts")
    CONTACTS = "contacts", _("Contacts")
    SALES = "sales", _("Sales lines")
    COSTS = "costs", _("Cost lines")
    ALIASES = "aliases", _("Aliases of accounts")
    PRODUCTS = "products", _("Products")
    RATES = "rates", _("Exchange rates")


class State(models.TextChoices):
    """open → live → undone. Only live batches count."""

    OPEN = "open", _("Open")
    LIVE = "live", _("Live")
    UNDONE = "undone", _("Undone")


class Head(models.Model):
    """The one row that every change of the ledger moves on: a change that started from an older one is refused."""

    revision = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.revision)


class Batch(models.Model):
    """One import. `counts` holds rows, new, known, replaced, kept, refused, accounts, products.

    `lines` and `amount` are what it holds in the ledger, covered lines too; None where it was not recorded.
    """

    kind = models.CharField(max_length=16, choices=Kind.choices)
    source = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    files = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    lines = models.BigIntegerField(null=True)
    amount = MoneyField(null=True)  # type: ignore[misc]
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    live_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "state"])]

    def __str__(self) -> str:
        return f"{self.pk}: {self.kind}"


class Content(models.TextChoices):
    """What a file of the ledger holds.

    lines: the lines themselves. repeats: units that a batch said again without change. kept: lines that never counted,
    since the ledger said otherwise and was kept. facts: what a batch says of accounts, contacts and aliases.
    covered: (unit, batch) pairs that no longer count, of the whole ledger of one kind.
    """

    LINES = "lines"
    REPEATS = "repeats"
    KEPT = "kept"
    FACTS = "facts"
    COVERED = "covered"


class LedgerFile(models.Model):
    """A Parquet file of the ledger; it counts until it is retired. `path` is relative to the data home.

    A file of `batch` None holds rows of several batches, each row with its own: `holds` are their ids. Rows of a batch
    that was undone since still stand in it, and do not count. A clustered file is sorted by account, and all accounts
    in it are from `first_account` to `last_account` (by their bytes). `bytes` and `sha256` are None and blank where
    they were not recorded.
    """

    kind = models.CharField(max_length=16, choices=Kind.choices)
    content = models.CharField(max_length=16, choices=Content.choices)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="ledger_files")
    path = models.CharField(max_length=400, unique=True)
    rows = models.BigIntegerField()
    holds = models.JSONField(default=list)
    clustered = models.BooleanField(default=False)
    first_account = models.CharField(max_length=200, blank=True)
    last_account = models.CharField(max_length=200, blank=True)
    bytes = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(content="covered", batch__isnull=False) & ~Q(content="facts", batch__isnull=True),
                name="ledger_file_of_a_batch_where_it_must",
            )
        ]

    def __str__(self) -> str:
        return self.path


class ProductCategory(models.Model):
    """A branch of the tree of products. `path` is derived: the names from the top down, joined by SEPARATOR."""

    SEPARATOR: ClassVar[str] = " / "

    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=1000, unique=True, editable=False)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.SET_NULL, related_name="product_categories")
    revision = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.path


class Product(models.Model):
    """Something that lines name; `batch` brought it into being.

    `name` is what counts, `sales_name` what sales files call it. `category` and `no_product` are what files of
    products say, `held_category` and `held_no_product` what a person decided, which goes first. `no_product`: the code
    stands for postage, a bank charge and the like; None: nobody says, so the rules decide.
    """

    code = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=400, blank=True)
    sales_name = models.CharField(max_length=400, blank=True)
    category = models.ForeignKey(
        ProductCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="products"
    )
    held_category = models.ForeignKey(
        ProductCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="held_products"
    )
    no_product = models.BooleanField(null=True, blank=True)
    held_no_product = models.BooleanField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.SET_NULL, related_name="products")

    def __str__(self) -> str:
        return self.name or self.code


class ProductRule(models.Model):
    """Codes that a pattern fits are no products, while the rule is on. Upper and lower case are one."""

    class Way(models.TextChoices):
        EXACT = "exact", _("is")
        PREFIX = "prefix", _("begins with")
        CONTAINS = "contains", _("contains")
        PATTERN = "pattern", _("fits the regular expression")

    class About(models.TextChoices):
        CODE = "code", _("Code")
        NAME = "name", _("Name")
        EITHER = "either", _("Code or name")

    about = models.CharField(max_length=16, choices=About.choices)
    way = models.CharField(max_length=16, choices=Way.choices)
    pattern = models.CharField(max_length=200)
    note = models.CharField(max_length=400, blank=True)
    on = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["about", "way", "pattern"], name="product_rule_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()} {self.get_way_display()} “{self.pattern}”"


class Rate(models.Model):
    """One unit of `currency` was worth `rate` of `base` from `day` on, until a later rate.

    Typed by a person (`by`), or what the latest live batch of rates that speaks of it says (`batch`); for the same
    currencies and day the typed one counts.
    """

    currency = models.CharField(max_length=12)
    base = models.CharField(max_length=12)
    day = models.DateField()
    rate = RateField()
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="rates")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["base", "currency", "day"], condition=Q(batch__isnull=True), name="rate_typed_once"
            ),
            models.UniqueConstraint(
                fields=["base", "currency", "day"], condition=Q(batch__isnull=False), name="rate_imported_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["day", "currency"], name="rate_by_day")]

    def __str__(self) -> str:
        return f"{self.currency}/{self.base} {self.day:%F}"


class Workings(models.Model):
    """The one row of how money and products are to be understood.

    `reporting`: the currency of figures, blank: as the setting or the ledger has it. `unnamed`: that of lines which
    name none. `oldest_rate`: how many days old a rate may be. `revision` is moved on by every change of these and of
    rates, `products_revision` by every change of products, categories and rules.
    """

    reporting = models.CharField(max_length=12, blank=True)
    unnamed = models.CharField(max_length=12, blank=True)
    oldest_rate = models.PositiveIntegerField(default=31)
    revision = models.BigIntegerField(default=0)
    products_revision = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.reporting


class CreatedAccount(models.Model):
    """An account that a batch brought into being: undoing the batch takes it away again where nothing else needs it."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="created_accounts")
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.account_id} by {self.batch_id}"


class SavedMapping(models.Model):
    """Which column serves which field, under a name: offered when a file looks alike.

    `fields` is field → heading, empty to leave a field out; `hints` as reading takes them; `headings` the keys of all
    headings of the file it was made from; `sources` those it was used for.
    """

    kind = models.CharField(max_length=16, choices=Kind.choices)
    name = models.CharField(max_length=100)
    fields = models.JSONField(default=dict)
    hints = models.JSONField(default=dict)
    headings = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "name"], name="one_mapping_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name
