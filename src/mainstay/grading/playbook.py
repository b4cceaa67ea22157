"""The playbook: for each of the 18 cells what to do there and where to get to, and the names of the scales."""

from typing import NamedTuple

from mainstay.core.wording import Wording


class Play(NamedTuple):
    """A cell's strategy and target: the cell itself where the account shall stay, None where nothing is aimed at."""

    strategy: Wording
    target: str | None


LETTERS = {
    "A": Wording("Strong", "牢固"),
    "B": Wording("Middling", "一般"),
    "C": Wording("Weak", "薄弱"),
}

CLASSES = {
    1: Wording("Anchor key account", "核心大客户"),
    2: Wording("Growth key account", "成长大客户"),
    3: Wording("Ordinary customer", "普通客户"),
    4: Wording("Prospect", "准客户"),
    5: Wording("Suspect", "潜在客户"),
    6: Wording("Fading account", "流失客户"),
}

FACTORS = {
    "difference": Wording("Difference", "与别人的差异"),
    "value": Wording("Value against price", "价值与价格"),
    "preference": Wording("Preference", "偏好"),
    "access": Wording("Access to key people", "接近关键人物"),
    "rules": Wording("Buying rules", "购买的规则"),
}

STATES = {
    "defensive": Wording("Defensive", "防守"),
    "declining": Wording("Declining", "倒退"),
    "solid": Wording("Solid", "非常牢固"),
    "developing": Wording("Developing", "发展中"),
    "good": Wording("Good", "良好"),
    "limited": Wording("Limited", "相当有限"),
}

CELLS = tuple(f"{letter}{number}" for number in CLASSES for letter in LETTERS)

PLAYBOOK = {
    "A1": Play(
        Wording(
            "Hold ties at every level of both companies, and let the two managements meet first. Look for what can be "
            "built together: joint planning, shared development, a lasting partnership or an alliance. Review the "
            "account every quarter and let no promise slip.",
            "在双方各个层级保持联系，高层先行。寻找可以共同建设的事：联合规划、共同开发，朝着合作伙伴以至战略联盟迈进。每季度回顾一次，承诺必须兑现。",
        ),
        "A1",
    ),
    "B1": Play(
        Wording(
            "They live well with us but could do so with another: show what only we can do, in figures of their own "
            "business. Find out who decides and win a conversation with each of them. Bring our management in.",
            "对方与我们合作顺利，但换一家也能做到：用对方自己的业务数据说明只有我们能做到的事。弄清谁在决策，争取与每一位决策者对话，并请我方高层出面。",
        ),
        "A1",
    ),
    "C1": Play(
        Wording(
            "A large part of our income hangs on a thin thread: mending the relationship comes before selling more. "
            "Ask openly what stands against us, settle old complaints and take prejudice away with proof. Give the "
            "account to the ablest person we have.",
            "我们很大一部分收入系于薄弱的关系：先修复关系，再谈增加销售。坦率询问对方对我们有何不满，了结旧的投诉，用事实消除偏见。由能力最强的人负责这个客户。",
        ),
        "B1",
    ),
    "A2": Play(
        Wording(
            "The door is open: offer what they still buy elsewhere and carry good results from one department to the "
            "next. Deepen the tie upwards while the business grows. Agree on a target for the year with them.",
            "大门已经敞开：提供对方仍向别家采购的产品，把一个部门的成果推广到其他部门。业务增长的同时，把关系向更高层延伸，并与对方商定全年目标。",
        ),
        "A1",
    ),
    "B2": Play(
        Wording(
            "Serve without a fault, so that nobody has a reason to look elsewhere. Widen what sets us apart from the "
            "others and make it known to the people who decide. Plan a visit to each decider within the quarter.",
            "服务做到无可挑剔，使对方没有另寻他人的理由。扩大我们与竞争者的差异，并让决策者了解这些差异。本季度内安排拜访每一位决策者。",
        ),
        "A2",
    ),
    "C2": Play(
        Wording(
            "There is much to win here and little trust as yet. Work on the relationship first: find out where the "
            "prejudice comes from, and answer it with references and small orders carried out well. Look for one "
            "person inside who wishes us well.",
            "这里机会很大，但信任尚浅。先做关系：弄清偏见从何而来，用成功案例和出色完成的小订单来回应。在对方内部找到一位愿意支持我们的人。",
        ),
        "B2",
    ),
    "A3": Play(
        Wording(
            "A good and modest customer: give attention in measure and keep service reliable by routine. Stay alert to "
            "growth, new needs or new people, which could make more of the account. Ask once a year what will change.",
            "关系好、规模不大的客户：适度关注，以规范的流程保证服务可靠。留意其增长、新需求和人事变动，这些可能提升客户的价值。每年询问一次将有哪些变化。",
        ),
        "A3",
    ),
    "B3": Play(
        Wording(
            "Make plain in everyday service how we differ, at little cost: quick answers, useful advice, clean "
            "deliveries. Use the regular contacts to get to know the people who decide. Keep visits short and rare.",
            "在日常服务中以较低成本体现我们的不同：答复迅速、建议有用、交货无误。借日常联系结识决策者。拜访宜简短，不宜频繁。",
        ),
        "A3",
    ),
    "C3": Play(
        Wording(
            "Decide whether effort pays here: compare what the account costs with what it could bring. If it pays, set "
            "a limited plan to build trust and find potential; if not, serve by phone and web at list price.",
            "先判断投入是否值得：把客户的成本与可能带来的收益作比较。值得，就制定有限的计划，建立信任、发掘潜力；不值得，就以电话和网络按标准价格服务。",
        ),
        "B2",
    ),
    "A4": Play(
        Wording(
            "Everything for the first deal: they know us and need what we sell. Agree on a date and on who decides, "
            "promise only what is certain and keep every promise. Let the first delivery be watched by one person.",
            "全力促成首单：对方了解我们，也需要我们的产品。商定时间和决策人，只承诺有把握的事，并逐一兑现。首次交货由专人全程跟进。",
        ),
        "A3",
    ),
    "B4": Play(
        Wording(
            "Show in what we differ from the supplier they think of first, best in a trial or a visit to a customer of "
            "ours. Get past the gatekeeper to those who decide. Offer a small first order that is easy to accept.",
            "向对方展示我们与其首选供应商的不同，最好通过试用或参观我们的客户。越过中间人，接触真正的决策者。提供容易接受的小额首单。",
        ),
        "B3",
    ),
    "C4": Play(
        Wording(
            "Effort seldom pays here: they need something, but not from us. Spend little, answer enquiries correctly, "
            "and look for one opening to a person who decides. Without one by the next review, stop.",
            "在此投入很少有回报：对方有需求，但并不想向我们采购。少量投入，认真答复询问，寻找接触决策者的一个突破口。到下次回顾仍无突破，就停止投入。",
        ),
        "B4",
    ),
    "A5": Play(
        Wording(
            "The deciders think well of us, though nothing is to be sold at present. Stay in touch two or three times "
            "a year with something of use to them. Ask each time what is planned, and note it.",
            "决策者对我们印象良好，但目前没有销售机会。每年联系两三次，每次带去对其有用的内容。每次都询问对方的计划，并记录下来。",
        ),
        "A5",
    ),
    "B5": Play(
        Wording(
            "Watch for a change in potential: new projects, new people, trouble with their supplier. A scout keeps "
            "the file current and judges it twice a year. As soon as a need is stated, hand the account over.",
            "关注潜力的变化：新项目、新的人员、与现有供应商的矛盾。由开发人员更新资料，每年评估两次。一旦对方提出需求，立即移交。",
        ),
        "B4",
    ),
    "C5": Play(
        Wording(
            "Keep the account on the watch list and nothing more. Take up what news and trade fairs bring without "
            "effort of your own. Look at it again when someone there speaks to us first.",
            "仅列入观察名单。顺带收集新闻和展会上的信息，不专门投入。对方主动与我们联系时再重新评估。",
        ),
        "B5",
    ),
    "A6": Play(
        Wording(
            "The people still like us but the business has gone: keep the tie and ask them frankly why. Try once, "
            "with a clear offer, to turn it. If potential comes back, take it up again as a suspect.",
            "人情仍在，但业务已经流失：保持联系，坦率询问原因。用一个明确的方案尝试挽回一次。潜力恢复时，重新作为潜在客户跟进。",
        ),
        "A5",
    ),
    "B6": Play(
        Wording(
            "Stop investing and accept the loss. Fulfil what is still agreed, collect what is owed and note why they "
            "left. Use the time for accounts that grow.",
            "停止投入，接受流失。履行尚未完成的约定，收回欠款，记录流失原因。把时间用在有成长的客户上。",
        ),
        None,
    ),
    "C6": Play(
        Wording(
            "Spend nothing here: no visits, no offers, no campaigns. Answer if they ask, on standard terms and with "
            "payment in advance.",
            "不再投入：不拜访、不报价、不做推广。对方询问时，按标准条件、预付款方式答复。",
        ),
        None,
    ),
}
