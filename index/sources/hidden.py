"""What a page hides from its reader: taken out before the text is read, and counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)|"
    r"font-size\s*:\s*0(?:\.\d+)?(?:px|em|pt|%)?\s*(?:;|!|$)|text-indent\s*:\s*-\d{3,}|"
    r"(?:left|top|right)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%|"
    r"(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*;[^\"]*overflow\s*:\s*hidden|transform\s*:\s*scale\(\s*0",
    re.IGNORECASE,
)
_INVISIBLE_INK = re.compile(
    r"(?<![-\w])color\s*:\s*(#f{3,8}|white|transparent|rgba\([^)]*,\s*0(?:\.0+)?\s*\))\s*(?:;|!|$)", re.IGNORECASE
)
_RULE = re.compile(r"([^{}]{1,400})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"[.#][\w-]+")
_NEVER_SHOWN = ("script", "style", "noscript", "template", "head")
MOST_RULES = 20_000


def take_out(tree: HtmlElement) -> int:
    """Remove hidden elements and comments in place; how many visible characters they held."""
    selectors = _hiding_selectors(tree)
    gone, characters = [], 0
    for element in tree.iter():
        if not isinstance(element.tag, str):
            if (element.text or "").strip() and not (element.text or "").lstrip().startswith(("[if", "<![")):
                characters += len("".join((element.text or "").split()))
            gone.append(element)
        elif element.tag in {"body", "html", "main", "article"}:
            continue  # pages fade themselves in; what hides everything hides nothing
        elif element.tag in {"noscript", "template"} or _hidden(element, selectors):
            gone.append(element)
    for element in gone:
        parent = element.getparent()
        if parent is None:
            continue
        if isinstance(element.tag, str):
            characters += len("".join("".join(element.itertext()).split()))
        _drop(element, parent)
    return characters


def _hidden(element: HtmlElement, selectors: frozenset[str]) -> bool:
    if element.tag in _NEVER_SHOWN or "hidden" in element.attrib:
        return element.tag not in _NEVER_SHOWN
    style = element.get("style")
    if style and (_HIDING.search(style) or _INVISIBLE_INK.search(style)):
        return True
    if not selectors:
        return False
    names = {f".{name}" for name in (element.get("class") or "").split()}
    return bool(selectors & names) or f"#{element.get('id')}" in selectors


def _hiding_selectors(tree: HtmlElement) -> frozenset[str]:
    """Simple class and id selectors that the page's own style sheets hide."""
    found: set[str] = set()
    for sheet in tree.iter("style"):
        for number, rule in enumerate(_RULE.finditer(sheet.text or "")):
            if number > MOST_RULES:
                break
            if re.search(r"display\s*:\s*none|visibility\s*:\s*hidden", rule.group(2), re.IGNORECASE):
                names = (name.strip() for name in rule.group(1).split(","))
                found |= {name for name in names if _SIMPLE.fullmatch(name)}
    return frozenset(found)


def _drop(element: HtmlElement, parent: HtmlElement) -> None:
    """Take an element out and leave the text behind it where it stands."""
    tail = element.tail
    if tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    parent.remove(element)
