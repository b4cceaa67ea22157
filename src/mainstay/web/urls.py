"""Every address of a page."""

from django.urls import path
from django.views.generic import RedirectView

from mainstay.web.health import healthz, robots
from mainstay.web.log_in import LogIn, LogOut
from mainstay.web.pages import (
    account,
    accounts,
    accounts_export,
    imports,
    imports_batch,
    imports_mappings,
    imports_preview,
    imports_refresh,
    jobs,
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
    path("accounts/<int:pk>/relationship/", account.relationship, name="accounts-relationship"),
    path("accounts/<int:pk>/history/", account.history, name="accounts-history"),
    path("insight/pareto/", pareto.pareto, name="pareto"),
    path("imports/", imports.imports, name="imports"),
    path("imports/batches/<int:pk>/", imports_batch.imports_batch, name="imports-batch"),
    path("imports/batches/<int:pk>/undo/", imports_batch.imports_undo, name="imports-undo"),
    path("imports/mappings/", imports_mappings.imports_mappings, name="imports-mappings"),
    path("imports/mappings/<int:pk>/rename/", imports_mappings.imports_mapping_rename, name="imports-mapping-rename"),
    path("imports/mappings/<int:pk>/delete/", imports_mappings.imports_mapping_delete, name="imports-mapping-delete"),
    path("imports/<slug:token>/", imports_preview.imports_preview, name="imports-preview"),
    path("imports/<slug:token>/refused.csv", imports_preview.imports_refused, name="imports-refused"),
    path("imports/<slug:token>/discard/", imports_preview.imports_discard, name="imports-discard"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:pk>/", jobs.jobs_job, name="jobs-job"),
    path("jobs/<uuid:pk>/cancel/", jobs.jobs_cancel, name="jobs-cancel"),
    path("jobs/<uuid:pk>/seen/", jobs.jobs_seen, name="jobs-seen"),
    path("refresh/", imports_refresh.refresh, name="refresh"),
    path("log-in/", LogIn.as_view(), name="account_login"),
    path("log-out/", LogOut.as_view(), name="account_logout"),
    path("preferences/", preferences, name="preferences"),
    path("charts/vega-<slug:version>.js", vega, name="vega"),
    path("healthz/", healthz, name="healthz"),
    path("robots.txt", robots, name="robots"),
]
