"""Addresses of the stage."""

from __future__ import annotations

from django.urls import URLPattern, path

from shop_content.catalogue.views import products

app_name = "catalogue"
urlpatterns: list[URLPattern] = [
    path("products/", products.products, name="products"),
    path("products/select/", products.select, name="select"),
    path("products/add/", products.product_add, name="product_add"),
    path("products/<int:pk>/", products.product, name="product"),
    path("products/<int:pk>/edit/", products.product_edit, name="product_edit"),
    path("products/<int:pk>/content/<slug:field>/", products.content_edit, name="content_edit"),
]
