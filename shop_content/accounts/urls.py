"""Addresses of log-in, people and invitations."""

from __future__ import annotations

from django.contrib.auth import views as auth_views
from django.urls import URLPattern, path, reverse_lazy

from shop_content.accounts import views
from shop_content.accounts.forms import LoginForm

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("healthz", views.healthz, name="healthz"),
    path(
        "login/",
        auth_views.LoginView.as_view(
            template_name="accounts/login.html",
            authentication_form=LoginForm,
            redirect_authenticated_user=True,
        ),
        name="login",
    ),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path(
        "password/reset/",
        auth_views.PasswordResetView.as_view(
            template_name="accounts/password_reset.html",
            email_template_name="accounts/password_reset_email.txt",
            subject_template_name="accounts/password_reset_subject.txt",
            success_url=reverse_lazy("accounts:password_reset_done"),
        ),
        name="password_reset",
    ),
    path(
        "password/reset/sent/",
        auth_views.PasswordResetDoneView.as_view(template_name="accounts/password_reset_done.html"),
        name="password_reset_done",
    ),
    path(
        "password/reset/<uidb64>/<token>/",
        auth_views.PasswordResetConfirmView.as_view(
            template_name="accounts/password_reset_confirm.html",
            success_url=reverse_lazy("accounts:login"),
        ),
        name="password_reset_confirm",
    ),
    path("merchant/", views.switch_merchant, name="switch_merchant"),
    path("theme/", views.set_theme, name="set_theme"),
    path("settings/profile/", views.profile, name="profile"),
    path("settings/people/", views.people, name="people"),
    path("settings/people/<int:pk>/role/", views.change_role, name="change_role"),
    path("settings/people/<int:pk>/remove/", views.remove_person, name="remove_person"),
    path(
        "settings/invitations/<int:pk>/withdraw/",
        views.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
]
