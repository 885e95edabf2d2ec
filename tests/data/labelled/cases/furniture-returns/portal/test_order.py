from pathlib import Path


def test_upload_order_is_kept():
    names = ["1-old.jpg", "2-new.jpg"]
    assert sorted(names) == names
    assert Path("prompts/photo.txt").exists()
