"""What compressing a prompt gave: as text, as JSON and as a page of HTML, one renderer a module."""
