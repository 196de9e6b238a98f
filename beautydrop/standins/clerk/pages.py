"""The hosted pages: plain HTML that needs no script, with a policy of its own."""

from collections.abc import Iterable
from html import escape

from beautydrop.standins.clerk.state import Person

STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1b1b24, #f1f1f6); --quiet: light-dark(#54545f, #b9b9c6);
  --paper: light-dark(#f4f4f8, #14141a); --card: light-dark(#fff, #1e1e27); --line: light-dark(#8a8a96, #7d7d8b);
  --accent: light-dark(#4a3fd1, #b8b1ff); --on-accent: light-dark(#fff, #14141a); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 26rem; margin: 2rem auto; padding: 1.5rem; background: var(--card); border-radius: 12px; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: 0 0 .75rem; } .quiet, .quiet a { color: var(--quiet); }
form { margin: 0; } label { display: block; font-weight: 600; margin-top: .75rem; }
input { width: 100%; min-height: 44px; padding: .5rem .75rem; font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--line); border-radius: 6px; }
button { width: 100%; min-height: 44px; margin-top: .75rem; padding: .5rem .75rem; font: inherit; text-align: left;
  color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
button b, button span { display: block; overflow-wrap: anywhere; }
button span { color: var(--quiet); font-size: .875rem; }
button.main { text-align: center; font-weight: 600; background: var(--accent); color: var(--on-accent); border: 0; }
a { color: var(--accent); } :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.error { border: 2px solid #c62828; border-radius: 6px; padding: .75rem; }
"""


def page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/style.css"></head>'
        f"<body><main>{body}</main></body></html>"
    )


def _back(redirect_url: str) -> str:
    return f'<input type="hidden" name="redirect_url" value="{escape(redirect_url)}">'


def _error(words: str) -> str:
    return f'<p class="error" role="alert">{escape(words)}</p>' if words else ""


def sign_in(people: Iterable[Person], redirect_url: str, *, other_url: str, email: str = "", error: str = "") -> str:
    buttons = "".join(
        f'<button name="email" value="{escape(one.email)}"><b>Continue as {escape(one.name or one.email)}</b>'
        f"<span>{escape(one.email)}</span></button>"
        for one in people
    )
    return page(
        ("Error: " if error else "") + "Sign in – Clerk stand-in",
        f"{_error(error)}<h1>Sign in</h1>"
        '<p class="quiet">This page stands in for Clerk on this machine. It asks for no password.</p>'
        f'<form method="post" action="/sign-in">{_back(redirect_url)}{buttons}</form>'
        f'<h2>Somebody else</h2><form method="post" action="/sign-in" novalidate>{_back(redirect_url)}'
        '<label for="email">E-mail</label>'
        f'<input id="email" name="email" type="email" autocomplete="email" value="{escape(email)}">'
        '<button class="main">Continue</button></form>'
        f'<p class="quiet"><br>New here? <a href="{escape(other_url)}">Sign up</a></p>',
    )


def sign_up(redirect_url: str, typed: dict[str, str], *, other_url: str, error: str = "") -> str:
    fields = "".join(
        f'<label for="{name}">{label}</label><input id="{name}" name="{name}" type="{kind}" '
        f'autocomplete="{complete}" value="{escape(typed.get(name, ""))}">'
        for name, label, kind, complete in (
            ("first_name", "First name", "text", "given-name"),
            ("last_name", "Last name", "text", "family-name"),
            ("email", "E-mail", "email", "email"),
        )
    )
    return page(
        ("Error: " if error else "") + "Sign up – Clerk stand-in",
        f"{_error(error)}<h1>Sign up</h1>"
        '<p class="quiet">This page stands in for Clerk on this machine. It takes every address for verified.</p>'
        f'<form method="post" action="/sign-up" novalidate>{_back(redirect_url)}{fields}'
        '<button class="main">Sign up</button></form>'
        f'<p class="quiet"><br>Have an account already? <a href="{escape(other_url)}">Sign in</a></p>',
    )


def home(person: Person | None) -> str:
    who = (
        f"<p>Signed in as {escape(person.name or person.email)}.</p>"
        '<form method="post" action="/sign-out"><button class="main">Sign out at Clerk</button></form>'
        if person
        else '<p>Nobody is signed in. <a href="/sign-in">Sign in</a></p>'
    )
    return page("Clerk stand-in", f"<h1>Clerk stand-in</h1>{who}")


def refused(words: str) -> str:
    return page("Refused – Clerk stand-in", f"<h1>Refused</h1><p>{escape(words)}</p>")
