"""The headings under which business systems export the fields, by system, kind and field: one literal table.

Before `||` stand headings that say exactly what they hold, best first: they come before a field's own name, net amounts
before gross ones, the day of the invoice before that of the order. After it stand those that are taken where nothing
better is there.
"""

from functools import cache

EXPORTS: dict[str, dict[str, dict[str, str]]] = {
    "Odoo": {
        "sales": {
            "document": "Invoice Number|Invoice lines/Number|Order Reference|move_name|order_id|Journal Entry||"
            "invoice_origin|Source Document",
            "line": "Order Lines/Sequence|Invoice lines/Sequence||sequence|Sequence",
            "date": "Invoice/Bill Date|Invoice Date|invoice_date||Order Date|date_order|Accounting Date|Creation Date",
            "account": "Customer/Reference|Partner/Reference|partner_id/ref|Customer/External ID|Partner/External ID|"
            "partner_id/id|Customer/ID|Partner/ID||Customer|Partner|partner_id|Invoice Partner Display Name",
            "account_name": "Customer/Name|Partner/Name|Customer/Display Name|Invoice Partner Display Name|"
            "partner_id/name|Customer Name||Customer|Partner|partner_id",
            "product": "Product/Internal Reference|Order Lines/Product/Internal Reference|product_id/default_code|"
            "Invoice lines/Product/Internal Reference|Internal Reference|default_code||"
            "Invoice lines/Product|Order Lines/Product|product_id|Product Variant",
            "product_name": "Product/Name|product_id/name||Invoice lines/Product|Order Lines/Product|Label|"
            "Invoice lines/Label|Product",
            "quantity": "Invoice lines/Quantity|Order Lines/Quantity|Qty Invoiced|product_uom_qty|Product Quantity|"
            "Qty Ordered",
            "unit_price": "Invoice lines/Unit Price|Order Lines/Unit Price|price_unit||Average Price",
            "amount": "Untaxed Amount Signed|Untaxed Amount|Untaxed Total|Invoice lines/Subtotal|Order Lines/Subtotal|"
            "price_subtotal|amount_untaxed|amount_untaxed_signed|Tax excl.|Subtotal|Untaxed Invoiced Amount||"
            "Total Signed|Total|amount_total",
            "cost": "Inventory Value|purchase_price|Product Cost",
            "currency": "currency_id|Currency/Name",
            "country": "Partner Country|Customer Country|partner_id/country_id|Customer/Country",
            "industry": "Customer Industry|Customer/Industry",
            "owner": "invoice_user_id|user_id",
        },
        "costs": {
            "reference": "Number|Bill Number|External ID||name",
            "date": "Invoice/Bill Date|Invoice Date|Expense Date||Accounting Date",
            "account": "Customer/Reference|Partner/Reference|partner_id/ref||Partner|Customer to Reinvoice",
            "kind": "Expense Category|Product Category",
            "amount": "Untaxed Amount|Untaxed Amount Signed|Untaxed Amount in Currency|Subtotal||"
            "Total Amount|Total Signed|Total",
            "currency": "currency_id",
            "note": "||Label|name",
        },
        "accounts": {
            "code": "Reference|ref|External ID",
            "name": "Complete Name|complete_name|Display Name|display_name",
            "parent": "Related Company/Reference|parent_id/ref|Related Company/External ID|parent_id/id||"
            "Related Company|parent_id",
            "country": "country_id",
            "region": "state_id|State",
            "industry": "industry_id",
            "owner": "Salesperson|user_id",
            "note": "Internal Notes",
        },
        "contacts": {
            "account": "Related Company/Reference|parent_id/ref|Related Company/External ID|parent_id/id||"
            "Related Company|parent_id",
            "name": "name||Display Name|Complete Name",
            "title": "Job Position|function||Title",
            "note": "Internal Notes",
        },
    },
    "SAP": {
        "sales": {
            "document": "Billing Document|Billing Doc.|Bill.Doc.|VBELN|Fakturanummer|Faktura|Rechnungsnummer|"
            "Rechnung|Verkaufsbeleg|Auftragsnummer|Kundenauftrag|Reference Document|AUBEL|Belegnummer|Beleg",
            "line": "Billing Item|Item (SD)|POSNR|Position (SD)|Fakturaposition|Pos.||Item|Position|AUPOS",
            "date": "Billing Date|FKDAT|Fakturadatum|Rechnungsdatum|Belegdatum|BLDAT|Buchungsdatum|BUDAT||"
            "Auftragsdatum|AUDAT|Created On|ERDAT|Angelegt am|Datum",
            "account": "Sold-to Party|Sold-To Pt|KUNAG|KUNNR|Auftraggeber|Debitor|Kundennummer|Kundennr.|"
            "Payer|KUNRG|Regulierer||Customer|Kunde",
            "account_name": "Name of Sold-to Party|Sold-to Party Name|Name Auftraggeber|Kundenname|Customer Name|NAME1|"
            "Name 1||Kunde",
            "product": "Material|Material Number|MATNR|Materialnummer|Artikelnummer|Artikel-Nr.||Artikel",
            "product_name": "Material Description|MAKTX|Item Description|ARKTX|Materialkurztext|Positionsbezeichnung|"
            "Artikelbezeichnung|Bezeichnung||Short Text",
            "quantity": "Billed Quantity|Billed Qty|Invoiced Quantity|FKIMG|Fakturierte Menge|Order Quantity|KWMENG|"
            "Auftragsmenge|Menge|Anzahl||Actual Billed Quantity",
            "unit_price": "Net Price|NETPR|Nettopreis|Einzelpreis|Preis||CMPRE",
            "amount": "Net Value|Net Value of Billing Item|NETWR|Nettowert|Nettobetrag|Net Value in Document Currency|"
            "Net Amount|Umsatz|Betrag||Gross Value|Bruttowert|Bruttobetrag|Gesamtbetrag|KZWI1",
            "cost": "WAVWR|Cost in Document Currency|Verrechnungswert|Einstandswert|Wareneinsatz|Kosten",
            "currency": "WAERK|WAERS|Document Currency|SD Document Currency|Doc. Currency|Belegwährung|Währung|Crcy",
            "country": "LAND1|Country Key|Länderschlüssel|Destination Country|Land|Empfangsland",
            "industry": "BRSCH|Industry Key|Branche|Branchenschlüssel|BRAN1",
            "parent": "KONZS|Group Key|Konzern|Konzernschlüssel",
            "owner": "Sales Employee|Responsible Employee|Verkäufer|Vertriebsmitarbeiter|Zuständiger Mitarbeiter|"
            "Kundenbetreuer",
        },
        "costs": {
            "reference": "Document Number|BELNR|Ref. Document Number|Belegnummer|Referenzbelegnummer|Refbelegnr",
            "date": "Posting Date|BUDAT|Buchungsdatum|Buch.dat.|Document Date|BLDAT|Belegdatum",
            "account": "Customer|KUNNR|Kunde|Debitor|Kundennummer|Sold-to Party|Auftraggeber",
            "kind": "Kostenart|Kategorie|Art||Cost Element Descr.|Cost Element Name|Kostenartenbezeichnung",
            "amount": "Value in Obj. Crcy|Val/COArea Crcy|Value TranCurr|Val.in rep.cur.|WKGBTR|WOGBTR|WTGBTR|"
            "Wert/KWähr|Wert/TWähr|Wert/BWähr|Amount in Local Currency|Betrag in Hauswährung|DMBTR|Betrag|WRBTR",
            "currency": "Object Currency|Transaction Currency|CO Area Currency|WAERS|TWAER|KWAER|Währung|"
            "Transaktionswährung|Objektwährung",
            "note": "SGTXT|Buchungstext|Positionstext|Text|Bezeichnung",
        },
        "accounts": {
            "code": "Customer Number|KUNNR|Kundennummer|Kundennr.|Debitor|Business Partner|Geschäftspartner|PARTNER||"
            "Customer|Kunde",
            "name": "NAME1|Name 1|Kundenname|Firma|Firmenname|NAME_ORG1||Bezeichnung",
            "parent": "KONZS|Group Key|Konzern|Konzernschlüssel",
            "country": "LAND1|Country Key|Länderschlüssel|Land",
            "region": "REGIO|Region (State, Province, County)|Bundesland",
            "industry": "BRSCH|Industry Key|Branche|Branchenschlüssel",
            "size": "JMZAH|No. of Employees|Yearly number of employees|Anzahl Mitarbeiter|Mitarbeiterzahl|Mitarbeiter",
            "channel": "VTWEG|Distr. Channel|Vertriebsweg|Vertriebskanal",
            "owner": "Sales Employee|Responsible Employee|Verkäufer|Vertriebsmitarbeiter|Zuständiger Mitarbeiter|"
            "Kundenbetreuer",
            "last_contact": "Letzter Kontakt|Letzter Besuch",
            "website": "KNURL|URL|Internetadresse|Webseite",
            "phone": "TELF1|Telephone 1|Telefon 1|Telefon|TEL_NUMBER|Telefonnummer",
            "email": "SMTP_ADDR|E-Mail-Adresse|E-Mail",
            "note": "Bemerkung|Bemerkungen|Notiz",
        },
        "contacts": {
            "account": "Customer Number|KUNNR|Kundennummer|Debitor||Customer|Kunde",
            "name": "Contact Person Name|Name Ansprechpartner|Ansprechpartner|Full Name|NAME_TEXT|"
            "Vollständiger Name||NAME1|Name 1|Nachname",
            "title": "Function|PAFKT|Funktion|Position",
            "department": "ABTNR|Abteilung",
            "email": "SMTP_ADDR|E-Mail-Adresse|E-Mail",
            "phone": "TELF1|Telephone 1|Telefon 1|Telefon|TEL_NUMBER|Mobiltelefon",
            "note": "Bemerkung|Bemerkungen|Notiz",
        },
    },
    "Salesforce": {
        "sales": {
            "document": "Order Number|OrderNumber|Invoice Number||Opportunity ID|OpportunityId|Contract Number",
            "line": "Order Product Number|OrderItemNumber|Line Item Number",
            "date": "Invoice Date||Order Start Date|EffectiveDate|Effective Date|Close Date|CloseDate|"
            "Activated Date|Created Date|CreatedDate",
            "account": "Account Number|AccountNumber|Account ID|AccountId|Account.AccountNumber|Account.Id",
            "account_name": "Account Name|Account.Name",
            "product": "Product Code|ProductCode|Product2.ProductCode|Product Code (SKU)|StockKeepingUnit||"
            "Product2Id|Product ID",
            "product_name": "Product Name|Product2.Name||Product: Product Name",
            "quantity": "||Total Quantity",
            "unit_price": "UnitPrice|Sales Price|List Price",
            "amount": "Total Price|TotalPrice|Order Product Total|Amount (converted)|Opportunity Amount||"
            "Order Amount|TotalAmount",
            "currency": "CurrencyIsoCode|Order Currency|Total Price Currency|Opportunity Currency|Amount Currency",
            "country": "Billing Country|BillingCountry|Account: Billing Country",
            "parent": "Parent Account ID|ParentId",
            "owner": "Account Owner|Order Owner|Opportunity Owner|Owner.Email|Owner.Name",
        },
        "accounts": {
            "code": "Account Number|AccountNumber|Account ID||Id|AccountId",
            "name": "Account Name",
            "parent": "Parent Account Number|Parent Account ID|ParentId|Parent.AccountNumber||Parent Account",
            "country": "Billing Country|BillingCountry",
            "region": "Billing State/Province|BillingState|Billing State",
            "size": "Employees|NumberOfEmployees",
            "channel": "Channel Program Name",
            "owner": "Account Owner|Owner.Email|Owner.Name|Owner Email",
            "status": "Customer Status|Type",
            "last_contact": "Last Activity|LastActivityDate|Last Activity Date",
            "note": "Account Description",
        },
        "contacts": {
            "account": "Account Number|Account.AccountNumber|Account ID|AccountId",
            "name": "Full Name|Contact Name||Last Name|LastName",
            "phone": "Phone|Business Phone||Mobile|MobilePhone",
            "reports_to": "Reports To: Full Name|Reports To|ReportsTo.Name",
            "note": "Contact Description",
        },
    },
    "金蝶 Kingdee": {
        "sales": {
            "document": "发票号码|发票号|单据编号|单据编码|单据号|单据编号(FBillNo)|FBillNo",
            "line": "分录号|明细行号|行号|FEntryID||序号",
            "date": "发票日期|开票日期|单据日期|业务日期|FDate",
            "account": "客户编码|客户代码|客户.编码|客户#编码|购货单位代码|购货单位编码|往来单位编码|往来单位代码|"
            "客户编码(FCustId#Number)|FCustomerID.FNumber||客户|购货单位|往来单位",
            "account_name": "客户名称|客户.名称|客户#名称|购货单位名称|往来单位名称|购货单位|往来单位|客户简称||客户",
            "product": "物料编码|物料代码|物料.编码|产品代码|产品长代码|商品编码|FMaterialID.FNumber||物料长代码|物料",
            "product_name": "物料名称|物料.名称|产品名称|商品名称||物料",
            "quantity": "计价数量|销售数量|实发数量|FQty||基本单位数量",
            "unit_price": "不含税单价|FPrice||含税单价|FTaxPrice",
            "amount": "不含税金额|未税金额|FAmount||价税合计|含税金额|FAllAmount|金额（本位币）|价税合计（本位币）",
            "cost": "销售成本|总成本|FCostAmount||总成本（本位币）",
            "currency": "结算币别|原币别|币别|FSettleCurrId",
            "owner": "销售员|业务员|FSalerId",
        },
        "costs": {
            "reference": "单据编号|单据号|单号|凭证字号",
            "date": "发生日期|费用发生日期|业务日期|单据日期|申请日期",
            "account": "往来单位编码|往来单位代码|客户编码|客户代码||往来单位|客户",
            "kind": "费用项目|费用项目名称|费用类别|费用类型",
            "amount": "不含税金额|费用金额|核定报销金额|申请报销金额|发生金额||价税合计|含税金额|借方金额",
            "currency": "结算币别|币别",
            "note": "事由|备注|摘要",
        },
        "accounts": {
            "code": "客户编码|客户代码|编码|代码",
            "name": "客户名称|名称|全称||简称",
            "parent": "对应集团客户编码|集团客户编码|上级客户编码||对应集团客户|集团客户|上级客户",
            "country": "国家",
            "region": "省份|区域|地区|所属区域",
            "industry": "行业|所属行业|行业名称",
            "size": "公司规模|企业规模",
            "channel": "销售渠道|客户渠道|渠道",
            "owner": "销售员|专营业务员|业务员",
            "status": "客户状态|数据状态|状态",
            "website": "公司网址|网址",
            "phone": "联系电话|电话|公司电话||移动电话",
            "email": "电子邮箱|邮箱|邮件地址|E-mail",
            "note": "备注",
        },
        "contacts": {
            "account": "客户编码|客户代码|所属公司编码||客户|所属公司",
            "name": "联系人姓名|姓名|联系人|联系人名称||名称",
            "title": "职务|职位",
            "phone": "移动电话|手机|办公电话|固定电话|电话",
            "email": "电子邮箱|邮箱|E-mail",
        },
    },
    "用友 Yonyou": {
        "sales": {
            "document": "发票号|发票编号|销售发票号|出库单号|销售出库单号|单据号|订单号|销售订单号||来源单据号",
            "line": "行号|表体行号|行",
            "date": "发票日期|开票日期|单据日期|出库日期||制单日期|订单日期|审核日期",
            "account": "客户编码|客户编号|开票客户编码|订单客户编码||客户|订单客户|开票客户",
            "account_name": "客户名称|客户全称|客户简称|开票客户名称|订单客户||客户",
            "product": "存货编码|存货编号|物料编码|料品编码|料号||存货|物料",
            "product_name": "存货名称|物料名称|料品名称|品名",
            "quantity": "主数量|开票数量|出库数量",
            "unit_price": "原币无税单价|无税单价|主无税净价|主无税单价|本币无税单价||原币含税单价|含税单价|主含税净价",
            "amount": "原币无税金额|无税金额|原币金额|本币无税金额||原币价税合计|价税合计|本币价税合计",
            "cost": "结转成本|成本金额|销售成本|出库成本",
            "currency": "币种|原币|币种名称",
            "industry": "所属行业|客户行业",
            "owner": "专管业务员|业务员|客户经理",
        },
        "costs": {
            "reference": "单据号|费用单号|凭证号|报销单号",
            "date": "单据日期|报销日期|制单日期|支出日期|凭证日期",
            "account": "客户编码|客户编号||客户|客户名称",
            "kind": "费用项目|费用项目名称|收支项目|费用种类",
            "amount": "无税金额|支出金额|费用金额|原币金额|报销金额|本币金额|本币",
            "currency": "币种|原币币种",
            "note": "备注|摘要|事由",
        },
        "accounts": {
            "code": "客户编码|客户编号",
            "name": "客户名称|客户全称||客户简称",
            "parent": "客户总公司编码|上级客户编码|总公司编码||客户总公司|上级客户",
            "country": "国家/地区|国家",
            "region": "所属地区|地区名称|所属地区码|省/自治区",
            "industry": "所属行业|行业",
            "owner": "专管业务员|分管业务员|专管业务员名称",
            "last_contact": "最近联系日期|最后联系日期",
            "phone": "电话|手机",
            "email": "Email地址|E-mail地址|电子邮件",
        },
        "contacts": {
            "account": "客户编码|客户编号||所属客户|客户",
            "name": "联系人名称|联系人|姓名",
            "title": "职位|职务",
            "phone": "手机|移动电话|办公电话|电话",
            "email": "Email地址|电子邮件|Email",
            "reports_to": "直接上级|上级",
        },
    },
}


@cache
def exact(kind: str, field: str) -> tuple[str, ...]:
    """Headings of all systems that say exactly what `field` is."""
    return _headings(kind, field, 0)


@cache
def last(kind: str, field: str) -> tuple[str, ...]:
    """Headings of all systems to fall back on."""
    return _headings(kind, field, 1)


def _headings(kind: str, field: str, part: int) -> tuple[str, ...]:
    texts = [system.get(kind, {}).get(field, "") for system in EXPORTS.values()]
    halves = [text.split("||")[part : part + 1] for text in texts]
    return tuple(heading for half in halves for text in half for heading in text.split("|") if heading)
