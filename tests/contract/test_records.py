"""What every provider delivers of what its vendor has."""

from datetime import timedelta

import pytest

from faxapi import Direction, FaxRecord, OutcomeState, Status, Window
from faxapi.providers import registered
from tests.contract.harness import NOW
from tests.contract.proxy import Answer, Ask
from tests.contract.scene import HARNESSES, WEEK, Scene, complete, ids, merged, only, partial
from tests.transport.server import Request

pytestmark = pytest.mark.anyio

PERSONAL = (
    "sender",
    "recipient_number",
    "recipient_name",
    "remote_id",
    "subject",
    "user",
    "reference",
)


def test_every_registered_provider_has_a_harness() -> None:
    missing = registered().keys() - HARNESSES.keys()
    assert missing == set(), f"write tests/contract/<name>.py for {', '.join(sorted(missing))}"
    for name, harness in HARNESSES.items():
        assert harness.name == name
        assert name in registered(), "install it: python -m pip install -e tests/plugin"


async def test_empty(scene: Scene) -> None:
    report = complete(await scene.collect(kinds=None))
    assert report.faxes == []
    assert {outcome.records for outcome in report.outcomes if outcome.kind == "faxes"} == {0}
    assert only(complete(await scene.collect())).state is OutcomeState.COMPLETE


@pytest.mark.parametrize("count", [1, 7, None], ids=["one", "many", "several pages"])
async def test_every_fax_comes_once(scene: Scene, count: int | None) -> None:
    expected = scene.harness.add(count or scene.harness.several)
    report = complete(await scene.collect())
    assert ids(report.faxes) == expected
    assert only(report).records == len(expected)
    if count is None:
        assert len(scene.pages) >= 3


async def test_the_vocabulary(scene: Scene) -> None:
    scene.harness.add(3)
    scene.harness.add(state="open")
    report = complete(await scene.collect())
    bare = complete(await scene.collect(keep_raw=False))
    assert report.faxes == bare.faxes
    for fax in report.faxes:
        assert (fax.provider, fax.account) == (scene.harness.name, scene.harness.name)
        assert fax.raw is not None
        assert fax.status_code
        assert fax.at is not None
        assert fax.at in WEEK
        times = [fax.submitted_at, fax.started_at, fax.completed_at]
        assert {time.utcoffset() for time in times if time} == {timedelta(0)}
        assert FaxRecord.model_validate_json(fax.model_dump_json()) == fax
        assert not [name for name in PERSONAL if (text := getattr(fax, name)) and text in repr(fax)]
        assert any(getattr(fax, name) for name in PERSONAL)
    assert {fax.raw for fax in bare.faxes} == {None}
    assert {fax.status for fax in report.faxes} <= {*Status} - {Status.UNKNOWN}
    assert {fax.direction for fax in report.faxes} <= {*Direction}


async def test_an_unknown_status_is_kept_and_told(scene: Scene) -> None:
    plain, strangers = scene.harness.add(2), scene.harness.add(state="strange")
    report = complete(await scene.collect())
    assert ids(report.faxes) == plain | strangers
    codes = {(fax.direction, fax.id): fax.status_code or "" for fax in report.faxes}
    (strange,) = {codes[each] for each in strangers}
    (notice,) = [notice for notice in only(report).notices if notice.code == "unknown_code"]
    assert strange in notice.text
    assert notice.path
    assert notice.count == 1


async def test_an_element_that_nobody_knows_is_ignored_and_told(scene: Scene) -> None:
    expected = scene.harness.add(3)
    plain = complete(await scene.collect())

    def choose(_request: Request, ask: Ask) -> Answer:
        answer = ask()
        return Answer(answer.status, answer.kind, scene.harness.with_extra(answer.body))

    scene.choose = choose
    report = complete(await scene.collect())
    assert ids(report.faxes) == expected
    assert report.faxes == plain.faxes
    notices = [notice for notice in only(report).notices if notice.code == "unknown_element"]
    assert {(notice.path or "").rpartition("/")[2] for notice in notices} == {"novelty"}
    assert sum(notice.count for notice in notices) >= 3


async def test_a_bad_record_is_skipped_and_named(scene: Scene) -> None:
    expected = scene.harness.add(3)
    value = "Jane-Doe-0012125550143"
    spoiled: list[bytes] = []

    def choose(_request: Request, ask: Ask) -> Answer:
        answer = ask()
        body = scene.harness.with_bad(answer.body, value.encode())
        if spoiled or body == answer.body:
            return answer
        spoiled.append(body)
        return Answer(answer.status, answer.kind, body)

    scene.choose = choose
    report = await scene.collect()
    assert spoiled
    outcome = partial(report)
    (gap,) = outcome.gaps
    assert (gap.code, gap.count) == ("skipped_record", 1)
    assert gap.path
    ((_, bad),) = expected - ids(report.faxes)
    assert ids(report.faxes) < expected
    assert bad.rpartition(":")[2] in gap.text
    said = f"{report!r} {outcome} {outcome.problems()} {scene.caplog.text}"
    assert "Jane" not in said
    assert "0012125550143" not in said


async def test_runs_that_go_on_add_up_to_one_run(scene: Scene) -> None:
    """A window that ended before, new faxes, and one that ends meanwhile."""
    early, late = NOW - timedelta(days=3), NOW - timedelta(hours=2)
    scene.harness.add(4, at=early)
    waiting = scene.harness.add(1, "open", at=early)
    scene.harness.add(2, at=late)
    first = complete(await scene.collect(Window(WEEK.since, NOW - timedelta(days=1))))
    scene.harness.finish(waiting)
    scene.harness.add(3, at=NOW - timedelta(hours=1))
    second = complete(await scene.collect(None, cursor=first.cursor))
    third = complete(await scene.collect(None, cursor=second.cursor))
    whole = complete(await scene.collect())
    assert len(first.faxes) == 5
    assert merged(first, second) == merged(whole)
    assert merged(first, second, third) == merged(whole)
    assert len(whole.faxes) == 10
