import unittest

from summarise import MAX_CHARS, summarise


class TooLong(unittest.TestCase):
    def test_rejects(self):
        with self.assertRaises(ValueError):
            summarise(None, "x" * (MAX_CHARS + 1))


if __name__ == "__main__":
    unittest.main()
