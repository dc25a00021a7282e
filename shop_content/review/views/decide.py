"""Decisions on one draft. Who comes second is told so and keeps their text (409)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.drafts.models import DraftCandidate
from shop_content.generation.services.jobs import GenerationLimitError
from shop_content.publication.services import approve_and_publish, decision_take_back
from shop_content.review import selectors
from shop_content.review.diff import word_diff
from shop_content.review.forms import (
    ApproveForm,
    DismissForm,
    EditForm,
    RejectForm,
    SendBackForm,
    VersionForm,
)
from shop_content.review.models import ReviewItem
from shop_content.review.services import (
    ReviewBlockedError,
    ReviewConflictError,
    ReviewUndoError,
    item_ask_again,
    item_dismiss_finding,
    item_edit,
    item_reject,
    item_send_back,
    item_take_next,
)
from shop_content.review.views.item import item_context, item_or_404
from shop_content.review.views.queue import item_url, queue_url
from shop_content.review.views.undo import undo_forget, undo_remember


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def approve(request: AppRequest, pk: int) -> HttpResponse:
    """Approve the text and put it live."""
    row = item_or_404(request, pk)
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return _show_again(request, row, approve_form=form)
    return _approve(request, row, form.cleaned_data["version"], form)


def _approve(request: AppRequest, row: ReviewItem, version: int, form: ApproveForm) -> HttpResponse:
    try:
        approve_and_publish(
            item=row,
            expected_version=version,
            actor=request.user,
            override_reason=form.cleaned_data["override_reason"],
        )
    except ReviewConflictError as error:
        return _conflict(request, error.item, note=form.cleaned_data["override_reason"])
    except ReviewBlockedError as error:
        form.add_error("override_reason", str(error))
        return _show_again(request, item_or_404(request, row.pk), approve_form=form)
    return _on_to_the_next(request, row, _("“%(title)s” is live."))


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def reject(request: AppRequest, pk: int) -> HttpResponse:
    """Reject the draft for a reason."""
    row = item_or_404(request, pk)
    form = RejectForm(request.POST, merchant=request.merchant)
    if not form.is_valid():
        return _show_again(request, row, reject_form=form)
    try:
        item_reject(
            item=row,
            expected_version=form.cleaned_data["version"],
            actor=request.user,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
        )
    except ReviewConflictError as error:
        return _conflict(request, error.item, note=form.cleaned_data["note"])
    return _on_to_the_next(request, row, _("The draft for “%(title)s” was rejected."))


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def send_back(request: AppRequest, pk: int) -> HttpResponse:
    """Send the draft back with a note."""
    row = item_or_404(request, pk)
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return _show_again(request, row, send_back_form=form)
    try:
        item_send_back(
            item=row,
            expected_version=form.cleaned_data["version"],
            actor=request.user,
            note=form.cleaned_data["note"],
        )
    except ReviewConflictError as error:
        return _conflict(request, error.item, note=form.cleaned_data["note"])
    except GenerationLimitError as error:
        form.add_error("note", str(error))
        return _show_again(request, item_or_404(request, pk), send_back_form=form)
    return _on_to_the_next(request, row, _("“%(title)s” was sent back; a new draft will come."))


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def ask_again(request: AppRequest, pk: int) -> HttpResponse:
    """Ask for another draft; this one stays until it comes."""
    row = item_or_404(request, pk)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _show_again(request, row)
    try:
        item_ask_again(item=row, expected_version=form.cleaned_data["version"], actor=request.user)
    except ReviewConflictError as error:
        return _conflict(request, error.item)
    except GenerationLimitError as error:
        messages.error(request, str(error))
        return redirect(item_url(pk, _view(request)))
    return _on_to_the_next(request, row, _("Another draft for “%(title)s” was asked for."))


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def edit(request: AppRequest, pk: int) -> HttpResponse:
    """Save the editor's text as a new version; approve it at once where they say so."""
    return _save(request, item_or_404(request, pk), EditForm(request.POST))


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def use_candidate(request: AppRequest, pk: int, rank: int) -> HttpResponse:
    """Make another text that the model wrote the newest version, as if the editor had typed it."""
    row = item_or_404(request, pk)
    candidate = get_object_or_404(DraftCandidate, draft=row.draft_id, rank=rank)
    version = request.POST.get("version", "")
    return _save(request, row, EditForm({"version": version, "text": candidate.text}))


def _save(request: AppRequest, row: ReviewItem, form: EditForm) -> HttpResponse:
    if not form.is_valid():
        return _show_again(request, row, edit_form=form, is_editing=True)
    text = form.cleaned_data["text"]
    try:
        saved = item_edit(
            item=row,
            text=text,
            expected_version=form.cleaned_data["version"],
            actor=request.user,
        )
    except ReviewConflictError as error:
        return _conflict(request, error.item, text=text)
    if request.POST.get("action") == "approve":
        approval = ApproveForm({**request.POST.dict(), "version": saved.version})
        if approval.is_valid():
            return _approve(request, saved, saved.version, approval)
    messages.success(
        request, _("Saved as version %(num)s.") % {"num": saved.current_version.number}
    )
    return redirect(item_url(row.pk, _view(request)))


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def dismiss(request: AppRequest, pk: int) -> HttpResponse:
    """Let a warning not count in this draft, with a reason."""
    row = item_or_404(request, pk)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _show_again(request, row, dismiss_form=form)
    reason = form.cleaned_data["reason"]
    try:
        item_dismiss_finding(
            item=row,
            expected_version=form.cleaned_data["version"],
            number=form.cleaned_data["number"],
            reason=reason,
            actor=request.user,
        )
    except ReviewConflictError as error:
        return _conflict(request, error.item, note=reason)
    except ReviewBlockedError as error:
        messages.error(request, str(error))
    return redirect(f"{item_url(row.pk, _view(request))}#findings")


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def undo(request: AppRequest, pk: int) -> HttpResponse:
    """Take one's own decision back."""
    row = item_or_404(request, pk)
    form = VersionForm(request.POST)
    undo_forget(request)
    if form.is_valid():
        try:
            decision_take_back(
                item=row, expected_version=form.cleaned_data["version"], actor=request.user
            )
        except ReviewUndoError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Taken back: the draft waits again."))
    return redirect(item_url(pk, _view(request)))


def _view(request: AppRequest) -> str:
    return selectors.view_or_all(request.POST.get("view", ""))


def _show_again(request: AppRequest, row: ReviewItem, **forms: Any) -> HttpResponse:
    context = item_context(request, row, **forms)
    return render(request, "review/item.html", context, status=422)


def _on_to_the_next(request: AppRequest, row: ReviewItem, said: str) -> HttpResponse:
    """Take what follows in the view, so that no other editor gets it; offer to take this back."""
    decided = ReviewItem.objects.select_related("product").get(pk=row.pk)
    messages.success(request, said % {"title": decided.product.title})
    if decided.status != ReviewItem.Status.WAITING:
        undo_remember(request, decided)
    view = _view(request)
    following = item_take_next(
        merchant=request.merchant,
        actor=request.user,
        among=selectors.VIEWS[view],
        after=row.pk,
    )
    return redirect(item_url(following.pk, view) if following else queue_url(view))


def _conflict(
    request: AppRequest, current: ReviewItem, *, text: str | None = None, note: str = ""
) -> HttpResponse:
    """Answer who comes second: what happened, their words kept, and both ways out.

    Args:
        request: of the person who was slower.
        current: the item as it is now.
        text: their version of the draft; None when they did not edit.
        note: what they wrote beside it: a note or a reason.
    """
    view = _view(request)
    context = {
        "item": current,
        "view": view,
        "item_url": item_url(current.pk, view),
        "back_url": queue_url(view),
        "text": text,
        "is_edit": text is not None,
        "note": note,
        "is_waiting": current.status == ReviewItem.Status.WAITING,
        "last": next(iter(selectors.decisions_of(item=current)), None),
        "difference": word_diff(current.current_version.text, text or ""),
    }
    return render(request, "review/conflict.html", context, status=409)
