"""The review desk, first page: a draft beside its sources, each quote in place, accept or reject per sentence."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import streamlit as st

from briefing import render, settings, topics
from briefing.claims import Brief, Claim, Section
from briefing.desk import Decision, Desk
from briefing.draft.plan import SECTIONS
from briefing.render import shown_cells, topic_title
from index.calendar.instants import iso, iso_stamp, parse_stamp
from index.errors import BriefingError
from ui.highlight import as_html, parts

CLAIM = "claim"  # the sentence whose sources are shown
PERSON = "person"
PANE = 780  # pixels: sentences and sources scroll side by side


@st.cache_resource
def opened() -> Desk:
    return Desk(settings.load())


def plain(text: str) -> str:
    """Words from outside, safe inside Streamlit's Markdown: it reads sums of money as formulas and `:word:` as a sign."""
    return re.sub(r"[$:]", r"\\\g<0>", render.plain(text))


def page(desk: Desk) -> None:
    st.set_page_config(page_title="Briefing – review", layout="wide")
    brief = chosen(desk)
    if brief is None:
        st.title("Briefing")
        st.info("No brief yet. Draft one on the left, or run `briefing demo`.")
        return
    st.title(plain(brief.title))
    st.caption(
        f"{plain(topic_title(brief))} · {brief.state} – not reviewed · as of {iso(brief.as_of)} · "
        f"{brief.disclosure.drafter} · id {brief.id}"
    )
    if brief.disclosure.fallback is not None:
        st.warning(plain(f"Drafted without the language model, which was asked for: {brief.disclosure.fallback}."))
    decisions = desk.decisions(brief.id)
    counts(brief, decisions)
    left, right = st.columns([3, 2], gap="large")
    with left, st.container(height=PANE):
        for section in brief.sections:
            if (section.claims or section.rows) and section.id != "header":
                st.subheader(section.title)
                table(section)
                for claim in section.claims:
                    sentence(desk, brief, claim, decisions.get(claim.id))
        withheld(brief)
    with right, st.container(height=PANE):
        sources(desk, brief)


def chosen(desk: Desk) -> Brief | None:
    """The sidebar: who reviews, which brief, and a form to draft one."""
    with st.sidebar:
        st.header("Briefing")
        st.text_input("Your name", key=PERSON, placeholder="decisions are kept under it")
        listed = desk.listed()
        names = {b.id: f"{iso(b.as_of)[:16]} · {b.topic} · v{b.version} ({b.drafter})" for b in listed}
        brief_id = st.selectbox("Brief", list(names), format_func=lambda i: names[i], key="brief")
        with st.form("draft"):
            topic = st.selectbox("Topic", topics.names(), key="topic")
            as_of = st.text_input("As of", key="as_of", placeholder="2024-09-27T06:00Z")
            if st.form_submit_button("Draft a brief"):
                draft(desk, str(topic), as_of)
    return desk.brief(brief_id) if brief_id else None


def draft(desk: Desk, topic: str, as_of: str) -> None:
    try:
        at = parse_stamp(as_of).knowable
        with st.spinner("Searching, reading, checking…"):
            desk.draft(topic, as_of=at)
    except (BriefingError, ValueError) as error:
        st.error(str(error))
        return
    st.rerun()


def counts(brief: Brief, decisions: dict[str, Decision]) -> None:
    cited = [c for c in brief.claims if c.citations]
    accepted = sum(d.action == "accept" for d in decisions.values())
    rejected = sum(d.action == "reject" for d in decisions.values())
    for column, (name, value) in zip(
        st.columns(4),
        (
            ("sentences with sources", len(cited)),
            ("accepted", accepted),
            ("rejected", rejected),
            ("withheld", len(brief.withheld)),
        ),
        strict=True,
    ):
        column.metric(name, value)


def sentence(desk: Desk, brief: Brief, claim: Claim, decision: Decision | None) -> None:
    """One sentence with its verdict and its buttons."""
    with st.container(border=True):
        st.text(claim.text)
        label = claim.verdict.label if claim.verdict else "unchecked"
        marks = " ".join(f"[{n}]" for n in sorted({c.n for c in claim.citations})) or "counted, no source"
        score = f" {claim.verdict.score:.2f}" if claim.verdict and claim.verdict.rungs else ""
        told = f"{marks} · {label}{score}"
        if claim.verdict and claim.verdict.differing:
            told += f" · the checkers differ: {plain(claim.verdict.differing)}"
        if decision is not None:
            told += f" · **{decision.action}ed** by {plain(decision.person)}, {iso(decision.at)[:16]}"
        st.caption(told)
        show, accept, reject, _ = st.columns([2, 1.4, 1.4, 3])
        if claim.citations and show.button("Show sources", key=f"show-{claim.id}"):
            st.session_state[CLAIM] = claim.id
        if accept.button("Accept", key=f"accept-{claim.id}"):
            decide(desk, brief, claim, "accept")
        if reject.button("Reject", key=f"reject-{claim.id}"):
            decide(desk, brief, claim, "reject")


def table(section: Section) -> None:
    """The rows of a section that is one; the sentences that carry them stand under it or further up."""
    if section.rows:
        columns = SECTIONS[section.id].columns
        shown = [{title: plain(shown_cells(row).get(name, "")) for name, title in columns} for row in section.rows]
        st.table(shown, hide_index=True)  # wraps its cells; a data frame cuts them off


def decide(desk: Desk, brief: Brief, claim: Claim, action: str) -> None:
    try:
        desk.decide(
            brief.id,
            claim.id,
            "accept" if action == "accept" else "reject",
            person=st.session_state.get(PERSON, ""),
            at=datetime.now(UTC),
        )
    except BriefingError as error:
        st.error(str(error))
        return
    st.rerun()


def sources(desk: Desk, brief: Brief) -> None:
    """The articles behind the chosen sentence, its quotes marked in place."""
    by_id = {claim.id: claim for claim in brief.claims}
    first = next((c.id for c in brief.claims if c.citations), None)
    claim = by_id.get(st.session_state.get(CLAIM) or first or "")
    st.subheader("Sources")
    if claim is None:
        st.caption("Nothing is cited.")
        return
    st.text(f"For: {claim.text}")
    numbered = {source.article_id: source for source in brief.sources}
    for article_id in dict.fromkeys(c.article_id for c in claim.citations):
        source = numbered[article_id]
        article, _ = desk.article(article_id)
        with st.container(border=True):
            st.text(f"[{source.n}] {source.outlet}: {source.title}")
            published = iso_stamp(source.published, is_day=source.published_is_day) or "undated"
            carried = f" · also carried by {', '.join(c.outlet for c in source.carriers)}" if source.carriers else ""
            st.caption(plain(f"{published} · {source.descriptor}{carried}"))
            st.html(as_html(parts(article, list(claim.citations))))


def withheld(brief: Brief) -> None:
    if not brief.withheld:
        return
    st.subheader("Withheld by the checks")
    for claim in brief.withheld:
        with st.container(border=True):
            st.text(claim.text)
            st.caption(plain(f"withheld: {claim.reason}"))


page(opened())
