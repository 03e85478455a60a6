"""Files of saved plans on the disk."""

import stat

import pytest

from bland_deploy.errors import InvalidInput
from bland_deploy.operations.plans.planfiles import find_plan_file, read_plan_file, refuse_damaged_plan, write_plan_file
from bland_deploy.planning.planfile import MAGIC, PlanAltered


def failing():
    yield MAGIC
    raise RuntimeError("no more")


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "p.plan"
    write_plan_file(path, [MAGIC, b"first"])
    with pytest.raises(RuntimeError):
        write_plan_file(path, failing())
    assert path.read_bytes() == MAGIC + b"first"
    assert [found.name for found in tmp_path.iterdir()] == ["p.plan"]


def test_a_file_that_others_could_read_is_replaced_by_one_that_they_cannot(tmp_path):
    path = tmp_path / "p.plan"
    path.write_bytes(MAGIC)
    path.chmod(0o644)
    write_plan_file(path, [MAGIC])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_is_followed(tmp_path):
    (tmp_path / "there").mkdir()
    link = tmp_path / "p.plan"
    link.symlink_to(tmp_path / "there/p.plan")
    write_plan_file(link, [MAGIC])
    assert (tmp_path / "there/p.plan").read_bytes() == MAGIC
    assert link.is_symlink()


def test_what_cannot_be_read_is_no_plan(tmp_path):
    with pytest.raises(InvalidInput):
        read_plan_file(tmp_path, bytes(32))


def test_names_of_campaigns_are_no_plans_whatever_they_are(tmp_path):
    (tmp_path / "campaign.yaml").write_text("version: 1\n")
    for wanted in ([], ["hello"], ["x" * 5000], [str(tmp_path)], [str(tmp_path / "campaign.yaml")]):
        assert find_plan_file(wanted) is None
        refuse_damaged_plan(wanted, ValueError())


def test_a_file_that_is_no_campaign_may_have_been_a_plan(tmp_path):
    path = tmp_path / "p.plan"
    path.write_bytes(b"Bland" + MAGIC[5:])
    assert find_plan_file([str(path)]) is None
    with pytest.raises(PlanAltered):
        refuse_damaged_plan([str(path)], ValueError())
