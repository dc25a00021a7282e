"""How the copy of the shop speaks: set by the merchant, or read from its own best copy."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.keywords.forms import VoiceForm
from shop_content.keywords.selectors import best_copy, brand_voice
from shop_content.keywords.services import voice_save
from shop_content.keywords.voice import MIN_TEXTS, example_of, measure_voice, person_of

_FIELDS = ("tone", "person", "sentence_words", "words_always", "words_never", "example")


@require_http_methods(["GET", "POST"])
@merchant_required(Role.MERCHANT, Role.ADMIN)
def voice(request: AppRequest) -> HttpResponse:
    """Show the voice, save it, or fill the form from the shop's own copy, which saves nothing."""
    saved = brand_voice(merchant=request.merchant)
    texts = best_copy(merchant=request.merchant)
    measure = measure_voice(texts)
    initial: dict[str, Any] = {name: getattr(saved, name) for name in _FIELDS}
    form = VoiceForm(initial=initial)
    status = 200
    if request.method == "POST" and request.POST.get("action") == "read":
        if measure is None:
            messages.error(
                request,
                _("There is too little copy to read a voice from: %(num)s texts are needed.")
                % {"num": MIN_TEXTS},
            )
        else:
            read = {
                "person": person_of(measure),
                "sentence_words": round(measure.words_per_sentence),
                "example": example_of(texts, measure),
            }
            form = VoiceForm(initial=initial | read)
            messages.info(request, _("Read from your copy. Nothing is kept before you save."))
    elif request.method == "POST":
        form = VoiceForm(request.POST)
        if form.is_valid():
            voice_save(merchant=request.merchant, actor=request.user, data=form.cleaned_data)
            messages.success(request, _("Saved. It counts for what is asked for from now on."))
            return redirect("keywords:voice")
        status = 422
    context = {"form": form, "measure": measure}
    return render(request, "keywords/voice.html", context, status=status)
