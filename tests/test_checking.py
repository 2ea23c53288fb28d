"""An edited paper: each number that somebody changed is found and named; what is worded anew is left alone."""

import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from assessor import cli
from assessor.domain import canonical
from assessor.messages import LANGUAGES, Language, render
from assessor.report.checking import Checked, Edit, check, read
from assessor.report.checking.compare import edits
from assessor.report.checking.figures import Piece, Span
from assessor.report.checking.pieces import pieces
from assessor.report.document import Document, Heading, Paragraph, Run, Table, line, runs
from assessor.report.pdf import render_pdf
from assessor.report.word import render_word
from tests.papers import MADE, altered, body, every_block, paper, with_body, word
from tests.report_example import example

pytestmark = pytest.mark.slow


def checked(data: bytes, document: Document) -> Checked:
    return check(read(data, "file"), document)


def failing(found: Checked) -> list[Edit]:
    return [edit for edit in found.edits if edit.fails]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["summary", "record", "report", "annex"])
def test_a_word_file_that_nobody_edited_holds(name: str, language: Language) -> None:
    found = checked(word(name, language), paper(name, language))
    assert found.edits == () and found.figures > 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_that_nobody_edited_holds(language: Language) -> None:
    for document in (paper("summary", language), every_block(language=language)):
        found = checked(render_pdf(document, MADE), document)
        assert found.edits == () and found.figures > 20


def digits(document: Document) -> list[tuple[Run, int]]:
    """Every digit of the runs of a document, but in names such as T2 or 39116."""
    held = [run for run in runs(document.blocks) if re.fullmatch(r"[\d.,%–～ ]+(万元)?|[\d.]+ .+", run.text)]
    return [(run, i) for run in held for i, letter in enumerate(run.text) if letter.isdigit()]


def turned(digit: str, by: int) -> str:
    return str((int(digit) + by) % 10)


@given(st.data())
@settings(max_examples=12)
def test_each_changed_digit_of_a_pdf_is_found(data: st.DataObject) -> None:
    document = paper("summary", data.draw(st.sampled_from(LANGUAGES)))
    run, at = data.draw(st.sampled_from(digits(document)))
    other = run.text[:at] + turned(run.text[at], data.draw(st.integers(1, 9))) + run.text[at + 1 :]
    done: list[Run] = []

    def change(one: Run) -> Run:
        if one is run and not done:
            done.append(one)
            return replace(one, text=other)
        return one

    found = failing(checked(render_pdf(altered(document, change), MADE), document))
    assert len(found) == 1 and found[0].kind == "edited"
    assert found[0].before in run.text and found[0].after in other and found[0].before != found[0].after
    assert found[0].mark == run.mark


@given(st.data())
@settings(max_examples=60)
def test_each_changed_digit_of_a_word_file_is_found(data: st.DataObject) -> None:
    name, language = data.draw(st.sampled_from(["summary", "record"])), data.draw(st.sampled_from(LANGUAGES))
    source = word(name, language)
    text = body(source)
    begins = text.index("<w:tbl>")
    places = [
        found.start(1) + i
        for found in re.finditer(r"<w:t[^>]*>([\d.]+)</w:t>", text[begins:])
        for i, letter in enumerate(found[1])
        if letter.isdigit() and "instrText" not in text[begins + found.start() - 300 : begins + found.start()]
    ]
    at = begins + data.draw(st.sampled_from(places))
    new = text[:at] + turned(text[at], data.draw(st.integers(1, 9))) + text[at + 1 :]
    found = failing(checked(with_body(source, new), paper(name, language)))
    assert [edit.kind for edit in found] == ["edited"] and found[0].place


def test_the_place_of_an_edited_figure_is_named() -> None:
    text = body(word("summary"))
    score = example().rating("verified")
    shown = next(run.text for run in runs(paper("summary").blocks) if run.mark == "score.verified")
    (edit,) = failing(checked(with_body(word("summary"), text.replace(f">{shown}<", ">3.8<")), paper("summary")))
    assert (edit.kind, edit.before, edit.after, edit.mark) == ("edited", shown, "3.8", "score.verified")
    assert "核实后" in edit.place and render("summary.score", "zh") in edit.place and score.level < 3


def test_a_level_in_words_is_a_figure_too() -> None:
    (mark,) = [run for run in runs(paper("summary").blocks) if run.mark == "level.verified"]
    text = body(word("summary"))
    for other in ("三级（集成级）", mark.text.replace("规划", "规范")):
        found = failing(
            checked(with_body(word("summary"), text.replace(f">{mark.text}<", f">{other}<")), paper("summary"))
        )
        assert [edit.mark for edit in found] == ["level.verified"], other


def test_prose_may_be_written_anew_and_sections_moved() -> None:
    document = every_block("得分 1.5 分，共 3 项")

    def anew(block: object) -> object:
        if isinstance(block, Paragraph) and block.kind == "body" and not any(r.mark for r in block.line):
            return replace(block, line=line("我们现场看了两天：共有 3 项，平均得分为 1.50 分。"))
        return block

    other = replace(document, blocks=tuple(map(anew, document.blocks)))  # type: ignore[arg-type]
    for write in (render_pdf, render_word):
        found = checked(write(other, MADE), document)
        assert failing(found) == [], write
    at = next(i for i, b in enumerate(document.blocks) if isinstance(b, Table))
    moved = replace(document, blocks=(*document.blocks[at:], *document.blocks[:at]))
    assert failing(checked(render_word(moved, MADE), document)) == []


def test_added_numbers_are_listed_and_do_not_fail() -> None:
    document = every_block()
    more = replace(document, blocks=(*document.blocks, Paragraph(line("另外购置 17 台设备。"))))
    for write in (render_pdf, render_word):
        found = checked(write(more, MADE), document)
        assert found.holds and [(e.kind, e.after) for e in found.edits if e.after.startswith("17")] == [
            ("added", "17")
        ]


def test_a_marked_figure_that_is_gone_fails_and_another_does_not() -> None:
    document = every_block("第 8 条")
    last = document.blocks[-1]
    assert isinstance(last, Paragraph)
    gone = replace(document, blocks=(*document.blocks[:-1], Paragraph(line("得分见附件。"))))
    for write in (render_pdf, render_word):
        (edit,) = failing(checked(write(gone, MADE), document))
        assert (edit.kind, edit.before, edit.mark) == ("removed", "2.31", "score")
    fewer = replace(document, blocks=(*document.blocks[:1], *document.blocks[2:]))
    found = checked(render_word(fewer, MADE), document)
    assert found.holds and {edit.kind for edit in found.edits} == {"removed"}


def test_figures_that_change_places_are_found() -> None:
    document = every_block()

    def swap(run: Run) -> Run:
        other = {"row.3": "4936.5", "row.4": "3702.5"}
        return replace(run, text=other.get(run.mark or "", run.text))

    for write in (render_pdf, render_word):
        found = failing(checked(write(altered(document, swap), MADE), document))
        assert {(e.mark, e.after) for e in found} == {("row.3", "4936.5"), ("row.4", "3702.5")}


def columns() -> Document:
    """A sentence and a table that state both columns."""
    table = Table(
        "得分表",
        ("子域", "自报", "核实后", "结论"),
        tuple(
            (line(name), line(Run(x, mark=f"declared.{name}")), line(Run(y, mark=f"verified.{name}")), line(z))
            for name, x, y, z in (("采购", "3.2", "2.1", "未满足"), ("生产", "2.8", "2.7", "满足"),
                                  ("物流", "1.5", "1.4", "未满足"), ("仓储", "1.9", "1.8", "满足"))
        ),
        (0.25, 0.25, 0.25, 0.25),
        frozenset({1, 2}),
    )  # fmt: skip
    said = ("自报 ", Run("3", mark="level.declared"), " 级，核实后 ", Run("2", mark="level.verified"), " 级。")
    return replace(every_block(), blocks=(Heading(1, "章", "a"), Paragraph(line(*said)), table))


def in_table(document: Document, change: Callable[[Table], Table]) -> Document:
    return replace(document, blocks=tuple(change(b) if isinstance(b, Table) else b for b in document.blocks))


def with_cell(row: int, column: int, text: str) -> Callable[[Table], Table]:
    def change(table: Table) -> Table:
        rows = [list(cells) for cells in table.rows]
        rows[row][column] = line(text)
        return replace(table, rows=tuple(map(tuple, rows)))

    return change


@pytest.mark.parametrize("write", [render_word, render_pdf])
def test_declared_and_verified_cannot_change_places(write: Callable[[Document, int], bytes]) -> None:
    document = columns()
    assert checked(write(document, MADE), document).edits == ()

    def turn(table: Table) -> Table:
        first, *rest = table.rows
        return replace(table, rows=((first[0], first[2], first[1], *first[3:]), *rest))

    def rename(table: Table) -> Table:
        one, two, *rest = table.rows
        return replace(table, rows=((two[0], *one[1:]), (one[0], *two[1:]), *rest))

    others = {
        "cells of a row": in_table(document, turn),
        "labels of rows": in_table(document, rename),
        "another label": in_table(document, with_cell(0, 0, "销售")),
        "heads": in_table(document, lambda t: replace(t, head=(t.head[0], t.head[2], t.head[1], t.head[3]))),
        "words of a sentence": altered(document, lambda run: replace(run, text={
            "自报 ": "核实后 ", " 级，核实后 ": " 级，自报 "}.get(run.text, run.text))),
    }  # fmt: skip
    for what, other in others.items():
        assert failing(checked(write(other, MADE), document)), what


def test_a_verdict_in_words_is_a_figure_too() -> None:
    document = columns()
    found = failing(checked(render_word(in_table(document, with_cell(0, 3, "满足")), MADE), document))
    assert [(edit.before, edit.after) for edit in found] == [("未满足", "满足")] and "采购" in found[0].place


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ("达到Ⅲ级", "达到Ⅳ级", ()),
        ("level II", "level III", ()),
        ("评为叁级", "评为肆级", ()),
        ("已是规范级企业", "已经是集成级企业", ("规范级", "集成级")),
    ],
)
def test_levels_in_signs_and_names_are_figures(one: str, other: str, names: tuple[str, ...]) -> None:
    assert any(edit.fails for edit in edits(plain(one), plain(other), {}, names))
    assert edits(plain(one), plain(one), {}, names) == []


def test_the_disclaimer_and_the_plants_name_may_not_go() -> None:
    document = columns()
    for other in (replace(document, disclaimer="认证证书"), replace(document, title="别的工厂")):
        for write in (render_word, render_pdf):
            assert failing(checked(write(other, MADE), document)), (other.title, write)


def test_a_sentence_written_anew_may_bring_its_figures_in_another_order() -> None:
    one, other = plain("共 12 台设备，停机 7 次。"), plain("我们看到停机有 7 次，设备为 12 台。")
    assert not [edit for edit in edits(one, other, {}) if edit.fails]
    assert [e for e in edits(plain("甲 12，乙 7"), plain("甲 7，乙 12"), {}) if e.fails], "the words are the same"


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.mark.parametrize(
    "how",
    [
        '<w:del w:id="9" w:author="x"><w:r><w:t>{old}</w:t></w:r></w:del><w:r><w:t>{new}</w:t></w:r>',
        '<w:r><w:rPr><w:vanish/></w:rPr><w:t>{old}</w:t></w:r><w:r><w:t>{new}</w:t></w:r>',
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>= 1</w:instrText>'
        '<w:fldChar w:fldCharType="separate"/><w:t>{old}</w:t><w:fldChar w:fldCharType="end"/></w:r>'
        '<w:r><w:t>{new}</w:t></w:r>',
    ],
)  # fmt: skip
def test_a_figure_cannot_hide_behind_one_that_is_not_shown(how: str) -> None:
    """A tracked deletion, hidden letters, the result of a field: what is on paper counts."""
    document = replace(every_block(), blocks=(Heading(1, "章", "a"), Paragraph(line("共 42 项。"))))
    data = render_word(document, MADE)
    whole = re.search(r"<w:r>(?:(?!</w:r>).)*共 42 项。(?:(?!</w:r>).)*</w:r>", body(data))
    assert whole
    parts = ("<w:r><w:t>共 </w:t></w:r>", how.format(old="42", new="52"), "<w:r><w:t> 项。</w:t></w:r>")
    found = failing(checked(with_body(data, body(data).replace(whole[0], "".join(parts))), document))
    assert [(e.before, e.after) for e in found] == [("42", "52")]


def test_a_control_that_an_editor_dropped_is_no_edit_as_long_as_its_text_stands() -> None:
    text = re.sub(r"<w:sdt>.*?<w:sdtContent>(.*?)</w:sdtContent></w:sdt>", r"\1", body(word("summary")))
    assert "w:sdt" not in text
    assert checked(with_body(word("summary"), text), paper("summary")).edits == ()


def plain(*texts: str) -> list[Piece]:
    return [Piece(text, (Span(0, f"{i}"),)) for i, text in enumerate(texts)]


@given(st.lists(st.sampled_from(["甲 1", "乙 2", "丙 3 项", "level 4", "无", ""]), max_size=12), st.data())
def test_the_order_of_pieces_does_not_matter_and_their_figures_do(texts: list[str], data: st.DataObject) -> None:
    assert edits(plain(*texts), plain(*data.draw(st.permutations(texts))), {}) == []
    if texts:
        at = data.draw(st.integers(0, len(texts) - 1))
        changed = [*texts[:at], re.sub(r"\d", "9", texts[at]), *texts[at + 1 :]]
        found = edits(plain(*texts), plain(*changed), {})
        assert bool(found) == (changed != texts)
        assert all(edit.after == "9" or edit.kind != "added" for edit in found)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2.30 分", "2.3分", True),
        ("1,000 台", "１０００台", True),
        ("三级", "3 级", True),
        ("30 %", "30%", True),
        ("8 万元", "8 元", False),
        ("30 %", "30", False),
        ("level three", "level four", False),
        ("-5", "5", False),
        ("2026-01-01", "2026-01-02", False),
        ("27/40", "28/40", False),
    ],
)
def test_what_is_the_same_figure(one: str, other: str, same: bool) -> None:
    assert (edits(plain(one), plain(other), {}) == []) == same


def test_many_rows_are_compared_in_a_moment() -> None:
    """Twenty thousand rows, most of them alike, a hundred of them edited."""
    rows = [f"设备 {i % 300}，{i % 7} 项，未知" for i in range(20_000)]
    other = [row.replace("项", "项 99") if i % 200 == 0 else row for i, row in enumerate(rows)]
    assert len([e for e in edits(plain(*rows), plain(*other), {}) if e.after == "99"]) == 100


def run(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    return int(str(left.value.code or 0)), capsys.readouterr().out


def test_the_command_tells_an_edited_file_from_one_that_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_bytes(canonical(example()))
    told = ["--assessment", str(tmp_path / "a.json"), "--json"]
    for name in ("s.docx", "s.pdf"):
        run(["report", str(tmp_path / "a.json"), "-o", str(tmp_path / name), "--paper", "summary"], capsys)
        code, said = run(["check-report", str(tmp_path / name), *told], capsys)
        found = json.loads(said)
        assert (code, found["holds"], found["paper"], found["language"]) == (0, True, "summary", "zh")
    other = altered(paper("summary"), lambda r: replace(r, text="4.9") if r.mark == "score.verified" else r)
    (tmp_path / "e.pdf").write_bytes(render_pdf(other, MADE))
    code, said = run(["check-report", str(tmp_path / "e.pdf"), *told], capsys)
    (edit,) = json.loads(said)["edits"]
    assert (code, edit["after"], edit["mark"], edit["fails"]) == (1, "4.9", "score.verified", True)
    code, said = run(["check-report", str(tmp_path / "e.pdf"), *told[:2]], capsys)
    assert code == 1 and "4.9" in said


def test_what_a_file_is_can_be_said_and_another_assessment_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_bytes(canonical(example()))
    told = ["--assessment", str(tmp_path / "a.json"), "--json"]
    (tmp_path / "other.pdf").write_bytes(render_pdf(replace(paper("summary"), digest="0" * 64), MADE))
    code, said = run(["check-report", str(tmp_path / "other.pdf"), *told], capsys)
    assert (code, json.loads(said)["id"]) == (2, "edited.other_bundle")
    silent = PdfWriter(clone_from=PdfReader(io.BytesIO(render_pdf(paper("summary"), MADE))))
    silent.metadata = None
    silent.write(tmp_path / "silent.pdf")
    code, said = run(["check-report", str(tmp_path / "silent.pdf"), *told], capsys)
    assert (code, json.loads(said)["id"]) == (2, "edited.no_token")
    code, _ = run(
        ["check-report", str(tmp_path / "silent.pdf"), *told, "--paper", "summary", "--language", "zh"], capsys
    )
    assert code == 0
    code, said = run(
        ["check-report", str(tmp_path / "silent.pdf"), *told, "--paper", "x", "--language", "zh"], capsys
    )
    assert (code, json.loads(said)["id"]) == (2, "edited.not_here")


def test_every_figure_of_a_document_has_its_place() -> None:
    for piece in pieces(every_block()):
        assert [s.at for s in piece.spans] == sorted(s.at for s in piece.spans)
        assert all(piece.where(token).place for token in piece.tokens)
