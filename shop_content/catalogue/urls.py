"""Addresses of the stage."""

from __future__ import annotations

from django.urls import URLPattern, path

from shop_content.catalogue.views import imports, products

app_name = "catalogue"
urlpatterns: list[URLPattern] = [
    path("products/", products.products, name="products"),
    path("products/select/", products.select, name="select"),
    path("products/add/", products.product_add, name="product_add"),
    path("products/<int:pk>/", products.product, name="product"),
    path("products/<int:pk>/edit/", products.product_edit, name="product_edit"),
    path("products/<int:pk>/looked-at/", products.look, name="product_look"),
    path("products/<int:pk>/suggestions/", products.suggestion, name="product_suggestion"),
    path("products/<int:pk>/content/<slug:field>/", products.content_edit, name="content_edit"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.import_run, name="import_run"),
    path("imports/<int:pk>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<int:pk>/start/", imports.import_start, name="import_start"),
    path("imports/<int:pk>/drop/", imports.import_drop, name="import_drop"),
    path("imports/<int:pk>/refused.csv", imports.import_refused, name="import_refused"),
    path("export/", imports.export, name="export"),
]
