"""What pandas and Polars compute alike: the columns of the account mart, and what is placed among active accounts."""

PARTS = ("potential", "volume", "margin", "room", "age", "months", "products", "contacts")
# The letter is estimated of these; a part in which active accounts do not differ is left out.
HISTORY = PARTS[4:]
ALIKE = ["industry", "size", "country"]
COLUMNS = """
code active class letter cell rule letter_basis score attractiveness potential potential_amount potential_basis
volume_percentile margin_percentile room_percentile age_percentile months_percentile products_percentile
contacts_percentile sales goods_cost booked_cost profit sales_before sales_change lines orders products months_bought
contacts first_order last_order days_since_first bought_before bought_previous rank profit_rank sales_share in_core
in_head in_top20 stated_need recent_contact last_contact
""".split()
