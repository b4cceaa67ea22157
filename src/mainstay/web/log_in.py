"""Logging in: accounts are made by those who run Mainstay, never by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.views import LoginView, LogoutView
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import CharField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mainstay.people.emails import LONGEST, validate_email
from mainstay.people.models import User
from mainstay.people.services import audit_record

TOO_MANY = "too_many_login_attempts"


class Adapter(DefaultAccountAdapter):
    """Writes log-ins to the audit log, and answers alike whoever fails to log in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        where = {"address": self.get_client_ip(request)}
        audit_record(verb="log-in failed", about=str(credentials.get("email", "")), detail=where)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        where = {"address": self.get_client_ip(request)}
        audit_record(verb="logged in", person=_person(user), about=_email(user), detail=where)

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            audit_record(verb="logged out", person=user, about=user.email)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The page itself shows who is logged in."""


class LogInForm(LoginForm):
    """allauth's form, taking every e-mail address that a person may have here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = CharField(max_length=LONGEST, validators=[validate_email])


class LogIn(LoginView):
    """allauth's log-in; too many attempts are answered with 429 whichever limit they ran into."""

    def form_invalid(self, form: Any) -> HttpResponse:
        if form.has_error("__all__", TOO_MANY):
            return too_many(self.request)
        response: HttpResponse = super().form_invalid(form)
        return response


class LogOut(LogoutView):
    """allauth's log-out; a browser is told to forget the pages it kept, which "back" would show again."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response


def too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)


def _person(user: AbstractBaseUser) -> User | None:
    return user if isinstance(user, User) else None


def _email(user: AbstractBaseUser) -> str:
    return user.email if isinstance(user, User) else ""
