"""Addresses of the queue."""

from __future__ import annotations

from django.urls import URLPattern, path

from shop_content.review.views import decide, item, queue, reasons, rechecks

app_name = "review"
urlpatterns: list[URLPattern] = [
    path("review/", queue.queue, name="queue"),
    path("review/next/", queue.take_next, name="next"),
    path("review/bulk/", queue.bulk, name="bulk"),
    path("review/<int:pk>/", item.item, name="item"),
    path("review/<int:pk>/check/", item.check, name="check"),
    path("review/<int:pk>/approve/", decide.approve, name="approve"),
    path("review/<int:pk>/reject/", decide.reject, name="reject"),
    path("review/<int:pk>/send-back/", decide.send_back, name="send_back"),
    path("review/<int:pk>/again/", decide.ask_again, name="again"),
    path("review/<int:pk>/dismiss/", decide.dismiss, name="dismiss"),
    path("review/<int:pk>/edit/", decide.edit, name="edit"),
    path("review/<int:pk>/candidates/<int:rank>/use/", decide.use_candidate, name="use_candidate"),
    path("review/<int:pk>/undo/", decide.undo, name="undo"),
    path("review/rechecks/", rechecks.rechecks, name="rechecks"),
    path("review/rechecks/progress/", rechecks.progress, name="recheck_progress"),
    path("review/rechecks/<int:pk>/looked-at/", rechecks.look, name="recheck_look"),
    path("products/<int:pk>/drafts/", item.product_drafts, name="product_drafts"),
    path("settings/reasons/", reasons.reasons, name="reasons"),
]
