"""Every address of a page."""

from django.urls import path
from django.views.generic import RedirectView

from mainstay.web.health import healthz, robots
from mainstay.web.log_in import LogIn, LogOut
from mainstay.web.pages import (
    account,
    accounts,
    accounts_export,
    cost_model,
    cost_model_version,
    imports,
    imports_batch,
    imports_preview,
    imports_refresh,
    pareto,
    portfolio,
    portfolio_cell,
)
from mainstay.web.preferences import preferences
from mainstay.web.vega import vega

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="portfolio"), name="home"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("portfolio/<str:cell>/", portfolio_cell.portfolio_cell, name="portfolio-cell"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/export.csv", accounts_export.accounts_export, name="accounts-export"),
    path("accounts/<int:pk>/", account.overview, name="accounts-account"),
    path("accounts/<int:pk>/sales/", account.sales, name="accounts-sales"),
    path("accounts/<int:pk>/profit/", account.profit, name="accounts-profit"),
    path("accounts/<int:pk>/relationship/", account.relationship, name="accounts-relationship"),
    path("accounts/<int:pk>/history/", account.history, name="accounts-history"),
    path("insight/pareto/", pareto.pareto, name="pareto"),
    path("imports/", imports.imports, name="imports"),
    path("imports/batches/<int:pk>/", imports_batch.imports_batch, name="imports-batch"),
    path("imports/batches/<int:pk>/undo/", imports_batch.imports_undo, name="imports-undo"),
    path("imports/<slug:token>/", imports_preview.imports_preview, name="imports-preview"),
    path("imports/<slug:token>/refused.csv", imports_preview.imports_refused, name="imports-refused"),
    path("imports/<slug:token>/discard/", imports_preview.imports_discard, name="imports-discard"),
    path("settings/cost-model/", cost_model.cost_model, name="costmodel"),
    path("settings/cost-model/switch/", cost_model.cost_model_switch, name="costmodel-switch"),
    path("settings/cost-model/new/", cost_model_version.cost_model_new, name="costmodel-new"),
    path("settings/cost-model/<int:pk>/", cost_model_version.cost_model_version, name="costmodel-version"),
    path("settings/cost-model/<int:pk>/activate/", cost_model_version.cost_model_activate, name="costmodel-activate"),
    path("settings/cost-model/<int:pk>/discard/", cost_model_version.cost_model_discard, name="costmodel-discard"),
    path("refresh/", imports_refresh.refresh, name="refresh"),
    path("log-in/", LogIn.as_view(), name="account_login"),
    path("log-out/", LogOut.as_view(), name="account_logout"),
    path("preferences/", preferences, name="preferences"),
    path("charts/vega-<slug:version>.js", vega, name="vega"),
    path("healthz/", healthz, name="healthz"),
    path("robots.txt", robots, name="robots"),
]
