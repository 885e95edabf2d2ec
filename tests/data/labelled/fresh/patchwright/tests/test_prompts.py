from src.prompts import PLAN, REVIEW


def test_fields():
    assert "a.py" in PLAN.format(task="t", files="a.py")
    assert "+x" in REVIEW.format(task="t", diff="+x")
