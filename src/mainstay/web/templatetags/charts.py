"""What a chart's template asks."""

from django import template

from mainstay.web.vega import bundle_url

register = template.Library()


@register.simple_tag
def vega_url() -> str:
    """Where the browser gets the JavaScript that draws."""
    return bundle_url()
