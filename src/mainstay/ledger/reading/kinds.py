"""What may be imported: the kinds of file, their fields, and the headings people give those fields."""

from dataclasses import dataclass
from typing import Literal

from mainstay.core.errors import N_, NotFound

Type = Literal["code", "text", "date", "money", "measure", "rate", "choice"]

# One of these words in a cell of costs.kind, in any case, means the kind it stands beside.
COST_KINDS: dict[str, tuple[str, ...]] = {
    "goods": ("goods", "Waren", "Wareneinsatz", "货物", "商品", "货品", "货款"),
    "service": ("service", "Dienstleistung", "Kundendienst", "服务", "售后服务"),
    "delivery": ("delivery", "Versand", "Lieferung", "Fracht", "交付", "配送", "送货", "运输", "物流"),
    "rebate": ("rebate", "Bonus", "Rückvergütung", "返利", "折让", "返点"),
    "selling": ("selling", "Vertrieb", "销售", "销售费用", "推销"),
    "finance": ("finance", "Finanzierung", "财务", "融资", "资金"),
    "other": ("other", "Sonstiges", "其他", "其它"),
}


@dataclass(frozen=True)
class Field:
    """One field of a kind. `headings` are the guesses, best first; the field's own name comes before them.

    Types: `code` trimmed text of at most 200 characters, 17850.0 being 17850; `text` at most 10,000;
    `money` DECIMAL(18,4); `measure` DECIMAL(18,6); `rate` DECIMAL(19,12); `choice` one of `choices`.
    """

    name: str
    type: Type
    label: str
    headings: tuple[str, ...] = ()
    required: bool = False
    filled: bool = False  # no row may leave it empty where it is mapped
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of file. `product` names two fields whose product stands in for an absent `amount`."""

    name: str
    label: str
    fields: tuple[Field, ...]
    product: tuple[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


def _heads(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|"))


def _need(name: str, type_: Type, label: str, headings: str) -> Field:
    return Field(name, type_, label, _heads(headings), required=True, filled=True)


def _may(name: str, type_: Type, label: str, headings: str) -> Field:
    return Field(name, type_, label, _heads(headings))


_DATE = (
    "invoice date|order date|document date|posting date|booking date|billing date|transaction date|sales date|"
    "sale date|day|日期|单据日期|发票日期|开票日期|订单日期|下单日期|销售日期|交易日期|业务日期|记账日期|凭证日期"
)
_ACCOUNT = (
    "account code|account no|account number|account id|customer code|customer no|customer number|customer id|"
    "customer|client code|client id|client no|client|cust no|cust id|cust code|debtor|debtor no|sold to|"
    "sold to party|bill to|bill to customer no|buyer|buyer id|kunnr|客户编号|客户代码|客户编码|客户号|客户ID|"
    "客户|往来单位编码|购货单位编码|购方编码|会员编号"
)
_ACCOUNT_NAME = (
    "account name|customer name|client name|company|company name|sold to name|bill to name|buyer name|"
    "organisation|organization|客户名称|客户名|公司名称|单位名称|公司|购货单位|购方名称|企业名称"
)
_OWNER = (
    "account owner|account manager|key account manager|sales person|salesperson|sales rep|sales representative|"
    "sales agent|salesman|rep|responsible|assigned to|assigned user|owner email|owner name|销售员|负责人|"
    "客户经理|大客户经理|业务员|销售代表|销售人员|所有人|责任人"
)
_COUNTRY = (
    "country name|country code|country/region|land|nation|bill to country|billing country|国家|国别|国家/地区|所在国家"
)
_INDUSTRY = "sector|branch|business type|line of business|segment|vertical|行业|所属行业|行业类别|客户行业"
_PARENT = (
    "parent code|parent account|parent id|parent company|parent customer|subsidiary of|group|holding|"
    "上级客户|母公司|上级公司|所属集团|集团|上级客户编号|上级单位"
)
_CURRENCY = "currency code|curr|ccy|waers|币种|货币|币别|货币代码"
_NOTE = "notes|comment|comments|remark|remarks|memo|备注|说明|摘要|注释"
_EMAIL = "e-mail|mail|email address|e-mail address|邮箱|电子邮箱|电子邮件|邮件|邮箱地址"
_PHONE = "telephone|phone number|phone no|tel|mobile|mobile phone|电话|联系电话|手机|电话号码|手机号|座机"
_AMOUNT = (
    "net amount|sales amount|line amount|line total|net sales|sales|revenue|turnover|net value|value|total|"
    "extended price|amount excl tax|netwr|金额|销售额|销售金额|不含税金额|成交金额|订单金额|总金额|合计|收入|销售收入"
)

SALES = Kind(
    "sales",
    N_("Sales"),
    (
        _need(
            "document",
            "code",
            N_("Document"),
            "invoice no|invoice number|invoice|invoice id|document no|document number|doc no|order no|order number|"
            "order id|order|sales order|sales order number|sales document|billing document|transaction id|receipt|"
            "receipt no|bill no|voucher|vbeln|"
            "单据号|单据编号|发票号|发票号码|订单号|订单编号|销售单号|单号|凭证号|出库单号",
        ),
        _may(
            "line",
            "code",
            N_("Line"),
            "line no|line number|line item|item no|position|pos|line id|order line|posnr|"
            "行号|行|行项目|序号|明细行号|分录号",
        ),
        _need("date", "date", N_("Date"), _DATE),
        _may("account", "code", N_("Account"), _ACCOUNT),
        _may("account_name", "text", N_("Account name"), _ACCOUNT_NAME),
        _may(
            "product",
            "code",
            N_("Product"),
            "product code|product no|product number|product id|stock code|sku|item|item code|item number|item id|"
            "article|article no|article number|material|material no|material number|part no|part number|matnr|"
            "产品编号|产品代码|产品编码|商品编码|商品编号|商品代码|货号|物料编码|物料号|存货编码|料号|产品|商品",
        ),
        _may(
            "product_name",
            "text",
            N_("Product name"),
            "description|product description|item name|item description|article name|article description|"
            "material description|产品名称|商品名称|品名|物料名称|存货名称|货品名称|物料描述|描述",
        ),
        _may(
            "quantity",
            "measure",
            N_("Quantity"),
            "qty|units|pieces|order quantity|order qty|quantity sold|sales quantity|pcs|menge|"
            "数量|销售数量|销量|件数|出库数量|订单数量|开票数量",
        ),
        _may(
            "unit_price",
            "measure",
            N_("Unit price"),
            "price|price each|sales price|net price|selling price|price per unit|unit price excl tax|"
            "单价|销售单价|不含税单价|售价|价格|成交单价",
        ),
        _may("amount", "money", N_("Amount"), _AMOUNT),
        _may(
            "cost",
            "money",
            N_("Cost"),
            "goods cost|cost of goods|cost of goods sold|cogs|cost amount|line cost|total cost|costs|"
            "成本|销售成本|成本金额|商品成本|货物成本|成本额",
        ),
        _may("currency", "code", N_("Currency"), _CURRENCY),
        _may("country", "text", N_("Country"), _COUNTRY),
        _may("industry", "text", N_("Industry"), _INDUSTRY),
        _may("parent", "code", N_("Parent"), _PARENT),
        _may("owner", "text", N_("Owner"), _OWNER),
    ),
    product=("quantity", "unit_price"),
)

COSTS = Kind(
    "costs",
    N_("Costs"),
    (
        _may(
            "reference",
            "code",
            N_("Reference"),
            "ref|reference no|reference number|document|document no|document number|voucher|voucher no|cost id|"
            "invoice no|expense id|参考号|单据号|单据编号|凭证号|费用单号|编号|单号",
        ),
        _need("date", "date", N_("Date"), "cost date|expense date|" + _DATE + "|费用日期|发生日期"),
        _may("account", "code", N_("Account"), _ACCOUNT),
        Field(
            "kind",
            "choice",
            N_("Kind"),
            _heads(
                "cost kind|cost type|type|category|cost category|expense type|"
                "种类|成本种类|费用类型|成本类型|类型|类别|费用类别"
            ),
            required=True,
            filled=True,
            choices=tuple(COST_KINDS.items()),
        ),
        _need(
            "amount",
            "money",
            N_("Amount"),
            "cost|costs|cost amount|expense|value|total|sum|金额|费用|费用金额|成本|成本金额|发生额|合计",
        ),
        _may("currency", "code", N_("Currency"), _CURRENCY),
        _may("note", "text", N_("Note"), _NOTE + "|description|text|描述"),
    ),
)

ACCOUNTS = Kind(
    "accounts",
    N_("Accounts"),
    (
        _need("code", "code", N_("Code"), _ACCOUNT + "|account|id|no|number|编号|代码|编码"),
        _may("name", "text", N_("Name"), _ACCOUNT_NAME + "|名称"),
        _may("parent", "code", N_("Parent"), _PARENT),
        _may("country", "text", N_("Country"), _COUNTRY),
        _may(
            "region",
            "text",
            N_("Region"),
            "state|province|state/province|territory|area|district|地区|省份|省|区域|大区|州",
        ),
        _may("industry", "text", N_("Industry"), _INDUSTRY),
        _may(
            "size",
            "code",
            N_("Size"),
            "employees|number of employees|no of employees|employee count|headcount|staff|company size|size class|"
            "规模|企业规模|公司规模|员工人数|员工数|人数|人员规模",
        ),
        _may("channel", "text", N_("Channel"), "sales channel|distribution channel|渠道|销售渠道|分销渠道|渠道类型"),
        _may("owner", "text", N_("Owner"), _OWNER),
        _may("status", "text", N_("Status"), "account status|customer status|stage|lifecycle stage|状态|客户状态|阶段"),
        _may("need", "text", N_("Need"), "needs|requirement|requirements|interest|demand|需求|客户需求|明确需求|意向"),
        _may(
            "last_contact",
            "date",
            N_("Last contact"),
            "last contacted|last contact date|last activity|last activity date|last visit|contacted on|"
            "最近联系|最近联系日期|最后联系|最后联系日期|上次联系|最近跟进|最近拜访|最后跟进时间",
        ),
        _may(
            "potential",
            "money",
            N_("Potential"),
            "annual potential|sales potential|potential amount|potential sales|wallet|"
            "潜力|潜力金额|年潜力|采购潜力|年采购额",
        ),
        _may("website", "text", N_("Website"), "web|web site|url|homepage|网站|网址|官网|主页"),
        _may("phone", "text", N_("Phone"), _PHONE),
        _may("email", "text", N_("E-mail"), _EMAIL),
        _may("note", "text", N_("Note"), _NOTE + "|description|描述"),
    ),
)

CONTACTS = Kind(
    "contacts",
    N_("Contacts"),
    (
        _need("account", "code", N_("Account"), _ACCOUNT),
        _need(
            "name",
            "text",
            N_("Name"),
            "contact|contact name|full name|person|contact person|姓名|联系人|联系人姓名|名字",
        ),
        _may("title", "text", N_("Title"), "job title|position|job|职务|职位|头衔|岗位"),
        _may("department", "text", N_("Department"), "dept|division|部门|所属部门|科室"),
        _may("role", "text", N_("Role"), "buying role|contact role|decision role|角色|采购角色|决策角色"),
        _may("email", "text", N_("E-mail"), _EMAIL),
        _may("phone", "text", N_("Phone"), _PHONE),
        _may("reports_to", "text", N_("Reports to"), "manager|supervisor|boss|上级|汇报对象|直接上级|主管"),
        _may("influence", "text", N_("Influence"), "influence level|power|影响力|影响程度"),
        _may("stance", "text", N_("Stance"), "attitude|sentiment|support|立场|态度|支持度"),
        _may("note", "text", N_("Note"), _NOTE + "|description|描述"),
    ),
)

ALIASES = Kind(
    "aliases",
    N_("Aliases of accounts"),
    (
        _need(
            "alias",
            "code",
            N_("Alias"),
            "alias code|old code|old account|old account code|old customer code|old customer no|former code|"
            "other code|duplicate|duplicate code|merged code|"
            "别名|别名编码|原编码|旧编码|旧客户编号|原客户编号|重复编码",
        ),
        _need(
            "account",
            "code",
            N_("Account"),
            "new code|new account|new account code|new customer code|new customer no|main account|master account|"
            "merged into|surviving account|新编码|新客户编号|主客户|主客户编号|合并到|" + _ACCOUNT,
        ),
    ),
)

_PRODUCT = (
    "product code|product no|product number|product id|product|stock code|sku|item|item code|item no|item number|"
    "item id|article|article no|article number|material|material no|material number|part no|part number|matnr|"
    "产品编号|产品代码|产品编码|商品编码|商品编号|商品代码|货号|物料编码|物料号|存货编码|料号|产品|商品|编号|代码|编码"
)

PRODUCTS = Kind(
    "products",
    N_("Products"),
    (
        _need("code", "code", N_("Code"), _PRODUCT),
        _may(
            "name",
            "text",
            N_("Name"),
            "product name|description|product description|item name|item description|article name|"
            "article description|material description|产品名称|商品名称|品名|物料名称|存货名称|货品名称|物料描述|名称",
        ),
        _may(
            "category",
            "text",
            N_("Category"),
            "product category|category path|product group|item group|item category|material group|product type|"
            "family|product family|类别|品类|产品类别|产品分类|商品分类|商品类别|物料分类|存货分类|物料组|分类",
        ),
        _may(
            "no_product",
            "code",
            N_("No product"),
            "not a product|non product|non inventory|service item|charge|非产品|非商品|非存货|费用项|是否费用",
        ),
    ),
)

RATES = Kind(
    "rates",
    N_("Exchange rates"),
    (
        _need(
            "currency",
            "code",
            N_("Currency"),
            "currency code|from|from currency|source currency|foreign currency|curr|ccy|waers|fcurr|"
            "币种|货币|币别|货币代码|原币|外币|源币种",
        ),
        _need(
            "date",
            "date",
            N_("Date"),
            "day|valid from|from date|rate date|effective date|as of|gdatu|日期|生效日期|汇率日期|起始日期|有效日期",
        ),
        _need(
            "rate",
            "rate",
            N_("Rate"),
            "exchange rate|fx rate|conversion rate|mid|middle rate|value|ukurs|汇率|折算汇率|中间价|记账汇率|直接汇率",
        ),
        _may(
            "base",
            "code",
            N_("To currency"),
            "to|to currency|base currency|target currency|reporting currency|local currency|tcurr|"
            "本位币|目标币种|目标货币|折算币种|本币",
        ),
        _may("units", "measure", N_("Units"), "per|unit|units of currency|ratio from|ffact|单位|外币单位|换算单位"),
        _may(
            "inverse",
            "code",
            N_("Inverse"),
            "inverted|indirect|indirect quotation|reciprocal|间接标价|间接汇率|反向|倒数",
        ),
    ),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in (ACCOUNTS, CONTACTS, SALES, COSTS, ALIASES, PRODUCTS, RATES)}


def kind_named(name: str) -> Kind:
    """The kind of that name; NotFound names the kinds there are."""
    if name not in KINDS:
        raise NotFound(
            N_("There is no kind of file “%(kind)s”; there are: %(kinds)s."), kind=name, kinds=", ".join(KINDS)
        )
    return KINDS[name]
