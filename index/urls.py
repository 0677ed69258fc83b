"""One address for one page."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "cmpid", "ref_src")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def canonical(url: str) -> str:
    """The address without what does not change the page: case of the host, `www.`, default port, fragment, tracking
    parameters, `/index.html`, a final slash. http and https are one. What is no address comes back as it is."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url.strip()
    if parts.scheme.lower() not in _DEFAULT_PORTS or not parts.netloc:
        return url.strip()
    host = parts.netloc.lower().removesuffix(_DEFAULT_PORTS[parts.scheme.lower()]).removeprefix("www.")
    path = parts.path.removesuffix("index.html").rstrip("/")
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not k.startswith(_TRACKING)]
    return urlunsplit(("https", host, path, urlencode(kept), ""))
