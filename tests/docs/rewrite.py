"""Put into the documentation what the program really says: ``python -m tests.docs.rewrite``.

Only files under docs change, and in them only shown output; output with a line
``...`` is left for a person. Read the difference before committing it.
"""

import os
import sys
import tempfile

from tests.docs.blocks import FILES, ROOT
from tests.docs.running import Page


def rewritten(text, page):
    """Return the text with every shown output replaced by the real one."""
    lines = text.split("\n")
    ends = {block.line: block.end for block in page.blocks}
    for line in sorted(page.said, reverse=True):
        said = page.said[line]
        if isinstance(said, tuple):
            written = lines[line - 1].split("|")[1]
            lines[line - 1] = f"|{written}| {code(said[0])} | {code(said[1])} |"
        elif "..." not in lines[line : ends[line] - 1]:
            lines[line : ends[line] - 1] = said.split("\n")
    return "\n".join(lines)


def code(words):
    return words.replace("|", "\\|")


def main():
    for path in (path for path in FILES if path.parent.name == "docs"):
        text = path.read_text()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            page = Page(text)
            wrong = page.run()
            os.chdir(ROOT)
        path.write_text(rewritten(text, page))
        for words in wrong:
            sys.stdout.write(f"{path.name}: {words}\n")


if __name__ == "__main__":
    main()
