"""One address for one page."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "cmpid", "ref_src", "amp", "outputtype", "ito", "igshid")
_SPELLINGS = re.compile(r"\A(?:www|m|mobile|amp|edition)\.")  # of one site, for people and for telephones
_AMP = re.compile(r"(?:/amp|\.amp|/amp\.html|\.amp\.html)\Z|\A/amp(?=/)")
_STRAY = re.compile(r"(?:%[0-9a-fA-F]{2}|[^\w/.~-])+\Z")  # marks that a text left behind an address
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def canonical(url: str) -> str:
    """The address without what does not change the page: case of the host, `www.`, default port, fragment, tracking
    parameters, `/index.html`, AMP and mobile spellings, stray marks and a final slash. http and https are one. What is
    no address comes back as it is."""
    try:
        parts = urlsplit(html.unescape(url.strip()))
    except ValueError:
        return url.strip()
    if parts.scheme.lower() not in _DEFAULT_PORTS or not parts.netloc:
        return url.strip()
    host = _SPELLINGS.sub("", parts.netloc.lower().removesuffix(_DEFAULT_PORTS[parts.scheme.lower()]))
    path = _STRAY.sub("", parts.path).rstrip("/").removesuffix("/index.html").rstrip("/")
    path = _AMP.sub("", path).rstrip("/")
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not k.lower().startswith(_TRACKING)]
    fragment = parts.fragment if parts.fragment.startswith("!") else ""  # "#!/story/1" names a page
    return urlunsplit(("https", host, path, urlencode(kept), fragment))
