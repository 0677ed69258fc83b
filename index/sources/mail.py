"""E-mail: one message (.eml) or a box of them (.mbox). The text kept is the plain part, else what the HTML part shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr

from index.archive import NewArticle
from index.article import Rejected
from index.errors import UnreadableInput
from index.sources.fields import article
from index.sources.given import Given

MOST_PARTS = 500
_FROM_LINE = re.compile(rb"(?m)^From [^\r\n]*\r?\n")


def read_eml(content: bytes, label: str, given: Given) -> Iterator[NewArticle | Rejected]:
    """One message."""
    yield _message(content, given)


def read_mbox(content: bytes, label: str, given: Given) -> Iterator[NewArticle | Rejected]:
    """Every message of the box; a bad one is named by its number."""
    starts = [
        m for m in _FROM_LINE.finditer(content) if m.start() == 0 or content[m.start() - 2 : m.start()] in {b"\n\n", b"\r\n"}
    ]
    if not starts:
        raise UnreadableInput("the file is not a mailbox: no line begins a message")
    ends = [m.start() for m in starts[1:]] + [len(content)]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        try:
            yield _message(re.sub(rb"(?m)^>(>*From )", rb"\1", content[start.end() : end]), given)
        except UnreadableInput as error:
            yield Rejected(input=f"{label}:message {number}", reason=str(error))


def _message(content: bytes, given: Given) -> NewArticle:
    try:
        message = message_from_bytes(content, policy=policy.default)
        if not isinstance(message, EmailMessage) or not message.keys():
            raise UnreadableInput("it is not an e-mail: it has no headers")
        text, hidden = _text(message)
        name, address = parseaddr(str(message["from"] or ""))
        date = message["date"]
        when = date.datetime.isoformat() if date is not None and date.datetime is not None else None
        fields = {
            "text": text.strip("\r\n"),
            "title": given.title or str(message["subject"] or "").strip() or None,
            "source": given.source or name or address or None,
            "id": str(message["message-id"] or "").strip(" <>") or None,
            "url": given.url,
            "published": given.published or when,
            "published_how": "given" if given.published else "e-mail Date",
            "authors": [name] if name else [],
        }
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableInput(f"the e-mail cannot be read ({type(error).__name__})") from error
    notes = (f"text hidden from a reader was left out ({hidden} characters)",) if hidden else ()
    return article(fields, given, notes=notes, original=content)


def _text(message: EmailMessage) -> tuple[str, int]:
    """The body a reader sees, and how many hidden characters were left out."""
    if sum(1 for _ in message.walk()) > MOST_PARTS:
        raise UnreadableInput(f"the e-mail has more than {MOST_PARTS} parts")
    plain = message.get_body(preferencelist=("plain",))
    if plain is not None and str(plain.get_content()).strip():
        return str(plain.get_content()), 0
    shown = message.get_body(preferencelist=("html",))
    if shown is None:
        raise UnreadableInput("the e-mail has no text")
    return html_text(str(shown.get_content()))


def html_text(fragment: str) -> tuple[str, int]:
    """What a piece of HTML shows, paragraph by paragraph, and how many hidden characters were left out."""
    from lxml import html

    from index.sources.hidden import take_out

    if not fragment.strip():
        return "", 0
    tree = html.fromstring(f"<div>{fragment}</div>")
    hidden = take_out(tree)
    for element in list(tree.iter("script", "style")):
        if (parent := element.getparent()) is not None:
            parent.remove(element)
    for element in tree.iter("br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote"):
        element.tail = "\n" + (element.tail or "")
        if element.tag != "br":
            element.text = "\n" + (element.text or "")
    lines = (" ".join(line.split()) for line in tree.text_content().splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), hidden
