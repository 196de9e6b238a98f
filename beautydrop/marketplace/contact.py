"""The contact page for salons: stored, mailed to the operator, and no more than a few an hour from one place."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from beautydrop.accounts.models import User
from beautydrop.marketplace.emails import CONTACT
from beautydrop.marketplace.models import ContactMessage
from beautydrop.notifications import outbox
from beautydrop.web import limits
from beautydrop.web.access import public


class ContactForm(forms.Form):
    """Who writes, and what."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Enter your name")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("The answer goes here."),
        error_messages={
            "required": gettext_lazy("Enter your e-mail address"),
            "invalid": gettext_lazy("Enter an e-mail address like name@example.com"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    salon = forms.CharField(
        label=gettext_lazy("Salon"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    message = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=3000,
        error_messages={
            "required": gettext_lazy("Write what it is about"),
            "max_length": gettext_lazy("Shorten the message to %(limit_value)d characters (it has %(show_value)d)"),
        },
        widget=forms.Textarea(attrs={"rows": 6}),
    )


@transaction.atomic
def write(*, user: User | None, now: datetime, name: str, email: str, salon: str, message: str) -> None:
    """Store a message and mail it to the operator."""
    ContactMessage.objects.create(name=name, email=email, salon=salon, message=message, user=user)
    text = f"{name} <{email}>\n{salon}\n\n{message}\n"
    outbox.post(
        CONTACT,
        subject_id=uuid.uuid4(),
        recipient=settings.CONTACT_EMAIL,
        language=settings.LANGUAGE_CODE,
        now=now,
        payload={"subject": f"BeautyDrop: {name}", "text": text, "headers": {"Reply-To": email}},
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """For salons with a question, before or after they joined. Only what would be sent counts against the limit."""
    user = request.user if isinstance(request.user, User) else None
    initial: dict[str, Any] = {"name": user.full_name, "email": user.email} if user else {}
    form = ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        limits.check("contact", request)
        write(user=user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Your message is on its way. We answer by e-mail."))
        return redirect("marketplace:contact")
    return render(request, "marketplace/contact.html", {"form": form}, status=422 if form.errors else 200)
