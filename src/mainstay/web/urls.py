"""Every address of a page."""

from allauth.account.views import logout
from django.urls import path
from django.views.generic import RedirectView

from mainstay.web.health import healthz, robots
from mainstay.web.log_in import LogIn
from mainstay.web.pages import account, accounts, imports, pareto, portfolio
from mainstay.web.preferences import preferences
from mainstay.web.vega import vega

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="portfolio"), name="home"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/<int:pk>/", account.overview, name="accounts-account"),
    path("accounts/<int:pk>/sales/", account.sales, name="accounts-sales"),
    path("accounts/<int:pk>/relationship/", account.relationship, name="accounts-relationship"),
    path("accounts/<int:pk>/history/", account.history, name="accounts-history"),
    path("insight/pareto/", pareto.pareto, name="pareto"),
    path("imports/", imports.imports, name="imports"),
    path("log-in/", LogIn.as_view(), name="account_login"),
    path("log-out/", logout, name="account_logout"),
    path("preferences/", preferences, name="preferences"),
    path("charts/vega-<slug:version>.js", vega, name="vega"),
    path("healthz/", healthz, name="healthz"),
    path("robots.txt", robots, name="robots"),
]
