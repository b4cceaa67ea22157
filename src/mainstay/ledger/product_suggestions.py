"""Codes and names that usually stand for no product: looked for among those present, and marked only when asked."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mainstay.core.wording import Wording
from mainstay.ledger.product_marks import Known, Texts, expression, fits


class Suggestion(NamedTuple):
    """What a rule would be: see `ProductRule`. `what` says what such codes stand for."""

    about: str
    way: str
    pattern: str
    what: Wording


_POSTAGE = Wording("postage and delivery", "邮寄与配送")
_BANK = Wording("bank and payment charges", "银行与支付手续费")
_MANUAL = Wording("manual entries", "手工录入")
_DISCOUNT = Wording("discounts and rounding", "折扣与尾差")
_SAMPLE = Wording("samples and gifts", "样品与赠品")
_FEE = Wording("fees and commission", "服务费与佣金")
_VOUCHER = Wording("vouchers and deposits", "礼券与押金")
_DEBT = Wording("bad debt and adjustments", "坏账与调整")

_CODES: tuple[tuple[str, Wording], ...] = (
    *((code, _POSTAGE) for code in ("POST", "DOT", "C2", "POSTAGE", "P&P", "PP", "FREIGHT", "FRT", "FRACHT")),
    *((code, _POSTAGE) for code in ("SHIP", "SHIPPING", "DELIVERY", "CARRIAGE", "PORTO", "VERSAND", "YF", "YUNFEI")),
    *((code, _BANK) for code in ("BANK CHARGES", "BANK", "CARDFEE", "PAYPAL", "SXF")),
    *((code, _MANUAL) for code in ("M", "MANUAL", "MISC", "OPEN", "TEXT")),
    *((code, _DISCOUNT) for code in ("D", "DISC", "DISCOUNT", "RABATT", "ROUND", "ROUNDING", "SKONTO")),
    *((code, _SAMPLE) for code in ("S", "SAMPLE", "SAMPLES", "PADS", "GIFT")),
    *((code, _FEE) for code in ("AMAZONFEE", "CRUK", "FEE", "COMMISSION", "SURCHARGE")),
    *((code, _DEBT) for code in ("B", "BADDEBT", "ADJUST", "ADJUST2", "ADJ")),
)
_NAMES: tuple[tuple[str, str, Wording], ...] = (
    *(("prefix", name, _POSTAGE) for name in ("postage", "shipping", "freight", "carriage", "delivery charge")),
    ("prefix", "dotcom postage", _POSTAGE),
    *(("contains", name, _POSTAGE) for name in ("运费", "邮费", "快递费", "物流费", "配送费", "送货费")),
    *(("prefix", name, _BANK) for name in ("bank charge", "bank fee", "card fee", "payment fee")),
    *(("contains", name, _BANK) for name in ("手续费", "银行费用")),
    *(("exact", name, _MANUAL) for name in ("manual", "miscellaneous", "手工录入", "杂项")),
    *(("exact", name, _DISCOUNT) for name in ("discount", "rounding")),
    *(("contains", name, _DISCOUNT) for name in ("折扣", "折让", "尾差", "抹零", "优惠券")),
    *(("exact", name, _SAMPLE) for name in ("sample", "samples")),
    *(("contains", name, _SAMPLE) for name in ("样品费", "赠品")),
    *(("prefix", name, _FEE) for name in ("handling fee", "service fee", "commission", "surcharge")),
    *(("contains", name, _FEE) for name in ("服务费", "佣金", "安装费", "包装费", "附加费")),
    *(("contains", name, _VOUCHER) for name in ("gift voucher", "gift card", "礼品卡", "押金", "定金")),
    *(("contains", name, _DEBT) for name in ("bad debt", "坏账")),
)
SUGGESTIONS: tuple[Suggestion, ...] = (
    *(Suggestion("code", "exact", code, what) for code, what in _CODES),
    *(Suggestion("name", way, name, what) for way, name, what in _NAMES),
)


# Fits where any suggestion about names does: most names are looked at once.
_ANY_NAME = Suggestion(
    "name", "pattern", "|".join(f"(?:{expression(way, name)})" for way, name, _what in _NAMES), _MANUAL
)


def suggested(products: Iterable[Known]) -> list[tuple[Suggestion, list[str]]]:
    """The suggestions that fit some of these products, with the codes each fits; a code only under the first."""
    rows = list(products)
    by_code: dict[str, list[Known]] = {}
    for product in rows:
        by_code.setdefault(product.code.casefold(), []).append(product)
    named = _fitting(_ANY_NAME, rows)
    found, taken = [], set()
    for suggestion in SUGGESTIONS:
        if suggestion.about == "code":
            hits = by_code.get(suggestion.pattern.casefold(), [])
        else:
            hits = _fitting(suggestion, named)
        codes = [product.code for product in hits if product.code not in taken]
        if codes:
            taken.update(codes)
            found.append((suggestion, codes))
    return found


def _fitting(pattern: Suggestion, products: Sequence[Known]) -> list[Known]:
    hits = fits(pattern, Texts.of((product.code, product.name) for product in products))
    return [product for product, hit in zip(products, hits, strict=True) if hit]
