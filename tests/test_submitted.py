"""Anybody's text: every form it may come in, split as its author meant it, led to the words it cites."""

from __future__ import annotations

import json

import pytest

from briefing.submitted import Listed, given, marked, meant, read, resolved
from index.errors import Misuse

SOURCE = (
    "The envoy arrived on Tuesday. Both sides agreed to a pause of 21 days, the U.S. envoy said. "
    "Nobody knows what comes after it. The pause covers the border only."
)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One stands. [1] Two stands.[2][3]", [("One stands.", (1,)), ("Two stands.", (2, 3))]),
        ("The U.S. envoy spoke [1]. He left.", [("The U.S. envoy spoke.", (1,)), ("He left.", ())]),
        ("“It is over.” [4] J. F. Doe said no [2, 5].", [("“It is over.”", (4,)), ("J. F. Doe said no.", (2, 5))]),
        ("He said “no.”[1] She left [2-4].", [("He said “no.”", (1,)), ("She left.", (2, 3, 4))]),
        ("First claim [^1]. Second.[^2]", [("First claim.", (1,)), ("Second.", (2,))]),
        ("Is it over?[1] It is![2]", [("Is it over?", (1,)), ("It is!", (2,))]),
        ("In [1] brackets in the middle it stands.", [("In brackets in the middle it stands.", (1,))]),
        ("No marks at all", [("No marks at all", ())]),
        ("[3-999] is no range here.", [("is no range here.", (3, 999))]),
    ],
)
def test_a_mark_belongs_to_the_sentence_that_it_closes(text: str, sentences: list[tuple[str, tuple[int, ...]]]) -> None:
    assert marked(text) == sentences


def test_markdown_is_read_up_to_its_list_of_sources() -> None:
    text = (
        "# A title that is no sentence\n\nBoth sides agreed to a pause of 21 days, the envoy said [1].\n"
        "It goes on in the next line.\n\n- An item *with stress* and a [link](https://x.example).[2]\n\n| a | table |\n| --- | --- |\n\n"
        "## Sources\n\n[1] Gazette: A long title here. https://example.org/a\n> Both sides agreed to a pause\n\n2. Herald, https://example.org/b\n"
    )
    found = read(text, "x.md")
    assert [c.text for c in found.claims] == [
        "Both sides agreed to a pause of 21 days, the envoy said.",
        "It goes on in the next line.",
        "An item with stress and a link.",
    ]
    assert found.marks == ((1,), (), (2,))
    assert [(e.n, e.address) for e in found.listed] == [(1, "https://example.org/a"), (2, "https://example.org/b")]
    assert found.listed[0].quoted == "Both sides agreed to a pause"


def test_what_the_list_of_sources_quotes_is_what_is_cited() -> None:
    article = given(SOURCE, "a1", title="A pause")
    found = read(
        "Both sides agreed to a pause [1]. It was late [2].\n\nSources\n\n[1] a1\n> Both sides agreed to a pause of 21 days\n\n[2] lost\n",
        "x",
    )
    done = resolved(found, lambda entry: article if entry.n == 1 else None)
    assert [c.quote for c in done.claims[0].citations] == ["Both sides agreed to a pause of 21 days"]
    (lost,) = done.claims[1].citations
    assert (lost.n, lost.quote) == (2, "")


def test_a_list_that_quotes_its_sources_needs_no_other_text() -> None:
    found = read("The pause covers the border [1].\n\nReferences:\n1. Gazette\n   > The pause covers the border only.\n", "x")
    done = resolved(found, lambda entry: None)
    assert [c.quote for c in done.claims[0].citations] == ["The pause covers the border only."]


def test_long_sources_are_narrowed_to_the_words_a_sentence_can_lean_on() -> None:
    long = "\n".join(f"Line {n} tells of the weather in the hills and of nothing else at all, day after day." for n in range(60))
    article = given(f"{long}\n{SOURCE}\n{long}", "a1")
    found = read(json.dumps({"claim": "Both sides agreed to a pause of 21 days.", "evidence": article.text}), "x.jsonl")
    (claim,) = found.claims
    assert any("agreed to a pause" in c.quote for c in claim.citations)
    assert sum(len(c.quote.split()) for c in claim.citations) <= 160
    for citation in claim.citations:
        assert article.text[citation.start : citation.end] == citation.quote


def test_rows_of_claim_and_evidence_and_of_outputs_with_documents_are_read() -> None:
    rows = '{"id": "r1", "claim": "A pause of 21 days.", "evidence": "A pause of 21 days was agreed."}\n{"claim": "x y", "evidence": ""}\n'
    found = read(rows, "x.jsonl")
    assert [c.id for c in found.claims] == ["r1", "row-2"]
    benchmark = {
        "question": "How long?",
        "output": "A pause of 21 days.[1] More is unknown [2][9].",
        "docs": [{"title": "T", "text": SOURCE}, "Plain text."],
    }
    found = read(json.dumps([benchmark]), "x.json")
    assert [[c.n for c in claim.citations] for claim in found.claims] == [[1], [2, 9]]
    assert found.claims[1].citations[-1].quote == ""
    assert read(json.dumps({"data": [benchmark]}), "x.json").claims == found.claims


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "x is empty"),
        ('{"claim": 1}', "row 1 is neither a brief"),
        ('{"output": "a", "docs": [{"title": "t"}]}', "row 1, document 1 has no text"),
        ('{"claim": "a", "evidence": "b"}\n{broken', "x is not JSON: line 2"),
        ('{"schema": "briefing/1"}', "x: id"),
        ('{"data": 3}', "holds no list of rows"),
        ("[1, 2]", "row 1 is no object"),
    ],
)
def test_a_file_that_is_none_of_the_forms_ends_in_one_clear_sentence(text: str, reason: str) -> None:
    with pytest.raises(Misuse, match=reason):
        read(text, "x")


def test_an_entry_means_an_article_by_address_id_or_title() -> None:
    from dataclasses import replace

    article = replace(given(SOURCE, "wire-77", title="Envoys agree on a pause"), url="https://example.org/a?utm_source=x")
    assert meant(Listed(1, "Gazette, https://example.org/a"), [article]) is article
    assert meant(Listed(1, "see wire-77."), [article]) is article
    assert meant(Listed(1, "Gazette: Envoys agree on a pause. 2024"), [article]) is article
    assert meant(Listed(1, "Gazette: something else"), [article]) is None
    assert meant(Listed(1, "see wire-778"), [article]) is None


def test_an_id_decides_before_a_title_that_two_versions_share() -> None:
    first, second = (
        given(SOURCE, "wire-1", title="Envoys agree on a pause"),
        given(SOURCE + " More.", "wire-2", title="Envoys agree on a pause"),
    )
    assert meant(Listed(1, "Gazette: Envoys agree on a pause (wire-2)"), [first, second]) is second
    assert meant(Listed(1, "Gazette: Envoys agree on a pause"), [first, second]) is first


def test_a_text_cannot_vouch_for_itself_and_nothing_behind_its_list_of_sources_is_lost() -> None:
    found = read("Rome fell on Friday [1].\n\nSources:\n[1] Somebody, no link\n\nRome fell on Friday. It rained.", "x.md")
    assert [c.text for c in found.claims] == ["Rome fell on Friday.", "Rome fell on Friday.", "It rained."]
    assert found.listed == (Listed(1, "Somebody, no link"),)
    done = resolved(found, lambda entry: None)
    assert [c.quote for c in done.claims[0].citations] == [""]


def test_a_line_that_happens_to_begin_with_a_mark_is_no_list_of_sources() -> None:
    found = read("Two were killed.\n[1] Rockets hit Haifa\nand five were hurt [2].\n\nRome fell.", "x.md")
    assert [(c.text, m) for c, m in zip(found.claims, found.marks, strict=True)] == [
        ("Two were killed.", (1,)),
        ("Rockets hit Haifa and five were hurt.", (2,)),
        ("Rome fell.", ()),
    ]


def test_marks_and_markup_of_other_tools_are_understood() -> None:
    text = "Big claim [[1]](https://n.example/a). <p>Other【2】 here<sup>3</sup>.</p> <!-- a\nnote --> | One cell of a table says this [4] | x |"
    found = read(text, "x.md")
    assert [m for m in found.marks if m] == [(1,), (2, 3), (4,)]
    assert not any("note" in c.text for c in found.claims)
    for words, marks in (("以色列袭击。[1] 真主党发射。[2]", [(1,), (2,)]), ("It fell.[1] iPhones fell.[2]", [(1,), (2,)])):
        assert list(read(words, "x").marks) == marks


def test_the_number_nought_leads_to_no_document_and_an_empty_one_counts_as_lost() -> None:
    row = {"question": "q", "output": "Rockets were fired [0]. More came [1].", "docs": [{"text": ""}, "plain"]}
    found = read(json.dumps(row), "x")
    assert [[(c.n, c.quote) for c in claim.citations] for claim in found.claims] == [[(0, "")], [(1, "")]]


def test_halves_of_characters_and_days_that_are_none_do_no_harm() -> None:
    found = read('{"id": "\\ud800", "claim": "It \\ud800 fell.", "evidence": "It fell.", "published": "yesterday"}', "x")
    assert found.claims[0].text == "It ? fell."


@pytest.mark.parametrize(
    "text", ["# a" + " " * 20_000 + "x", "*a " * 20_000, "Hi" + " " * 400_000 + "x", "[1] " * 20_000, "_" * 50_000]
)
def test_no_text_makes_it_hang(text: str) -> None:
    read(text, "x")


def test_the_longest_title_that_an_entry_holds_decides_and_an_address_before_an_id() -> None:
    from dataclasses import replace

    short, long = given("a", "2024", title="Israel strikes Beirut"), given("b", "2", title="Israel strikes Beirut again")
    assert meant(Listed(1, "Israel strikes Beirut again (Y)"), [short, long]) is long
    there = replace(long, url="https://n.example/2024/09/b")
    assert meant(Listed(1, "https://n.example/2024/09/b"), [short, there]) is there
