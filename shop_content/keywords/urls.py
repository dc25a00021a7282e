"""Addresses of the stage."""

from __future__ import annotations

from django.urls import URLPattern, path

from shop_content.keywords.views import briefs, needs, questions, voice, write

app_name = "keywords"
urlpatterns: list[URLPattern] = [
    path("write/", write.write, name="write"),
    path("briefs/", briefs.briefs, name="briefs"),
    path("briefs/add/", briefs.brief_add, name="brief_add"),
    path("briefs/<int:pk>/", briefs.brief, name="brief"),
    path("briefs/<int:pk>/delete/", briefs.delete, name="brief_delete"),
    path("questions/", questions.questions, name="questions"),
    path("questions/<int:pk>/answer/", questions.answer, name="answer"),
    path("questions/<int:pk>/dismiss/", questions.dismiss, name="dismiss"),
    path("settings/voice/", voice.voice, name="voice"),
    path("settings/needs/", needs.needs, name="needs"),
    path("settings/needs/<int:pk>/delete/", needs.delete, name="need_delete"),
    path("products/<int:pk>/questions/", questions.product_questions, name="product_questions"),
]
