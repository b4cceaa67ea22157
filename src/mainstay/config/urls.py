"""Every address of the product."""

from django.urls import include, path

urlpatterns = [path("", include("mainstay.web.urls"))]

handler400 = "mainstay.web.errors.bad_request"
handler403 = "mainstay.web.errors.permission_denied"
handler404 = "mainstay.web.errors.not_found"
handler429 = "mainstay.web.log_in.too_many"
handler500 = "mainstay.web.errors.server_error"
