"""Texts to fit and judge the estimators on: what is installed on a Debian machine, by group.

``python benchmarks/token_corpus.py texts.jsonl [--guide FOLDER]`` writes one document a line with
its group, file and part (fit, band or test: whole files, so that no file is in two of them).
FOLDER is Debian's installation-guide-amd64 unpacked (``apt-get download``, ``dpkg -x``): 20
languages. ``python benchmarks/token_corpus.py phrases.jsonl --from texts.jsonl`` writes phrases of
a few words out of these documents, with their parts.
"""

import argparse
import base64
import gettext
import gzip
import hashlib
import html
import json
import os
import random
import re
import site
import sys
import uuid
import warnings
from pathlib import Path

DOCUMENTS = {"European": 1_000, "other scripts": 1_200}
"""Documents of the groups with many languages; `OTHERS` of each of the rest."""
OTHERS = 600
SHORTEST, LONGEST = 20, 8_000
"""Characters of a document: log-uniform between them."""
LONGEST_PHRASE = 60
GREATEST_FILE = 400_000

STDLIB = Path(os.__file__).parent
SHARE = Path("/usr/share")
EUROPEAN = {"ca", "cs", "da", "de", "es", "fr", "id", "it", "nl", "pt", "ro", "sv", "pl", "hu"}
EUROPEAN |= {"fi", "hr", "sl", "tr", "pt_BR", "lt", "nb", "sk", "et", "lv", "eu", "gl"}
SLAVIC_GREEK_VIETNAMESE = {"ru", "uk", "sr", "bg", "mk", "be", "el", "vi"}
EAST_ASIAN = {"ja", "ko", "zh_CN", "zh_TW"}
OTHER_SCRIPTS = {"ar", "he", "fa", "ur", "hi", "bn", "ta", "te", "ml", "kn", "gu", "pa", "mr"}
OTHER_SCRIPTS |= {"th", "ka", "hy", "am", "my", "km", "lo", "ne", "si", "kk", "dz", "ug"}


def read(path):
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return data[:GREATEST_FILE].decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        return data[: error.start].decode("utf-8") if error.start > GREATEST_FILE - 4 else ""
    except (OSError, gzip.BadGzipFile):
        return ""


def files(folder, *patterns):
    found = {path for pattern in patterns for path in folder.rglob(pattern) if path.is_file()}
    return [(str(path), lambda path=path: read(path)) for path in sorted(found)]


def plain_manual(path):
    text = re.sub(r"^[.'].*\n", "\n", read(path), flags=re.M)
    text = re.sub(r"\\f.|\\[&%]|\\s[-+]?\d", "", text).replace(r"\-", "-").replace(r"\(aq", "'")
    return re.sub(r"\n{3,}", "\n\n", text)


def manuals(languages):
    folders = [SHARE / "man" / name for name in sorted(languages)]
    paths = [path for folder in folders for path in sorted(folder.rglob("*.gz"))]
    return [(str(path), lambda path=path: plain_manual(path)) for path in paths]


def english_manuals():
    paths = [
        path for number in "1578" for path in sorted((SHARE / f"man/man{number}").glob("*.gz"))
    ]
    return [(str(path), lambda path=path: plain_manual(path)) for path in paths]


def page(path, *, tags):
    text = read(path)
    return text if tags else html.unescape(re.sub(r"<[^>]+>|(?s:<head.*?</head>)", "", text))


def guide(folder, languages, *, tags=False):
    """One file a chapter; the same chapter of all languages falls into the same part."""
    if folder is None:
        return []
    pages = [path for name in sorted(languages) for path in sorted((folder / name).glob("*.html"))]
    return [(path.name, lambda path=path: page(path, tags=tags)) for path in pages]


def messages(languages):
    """Translated messages of programs, one paragraph each."""
    folders = [SHARE / "locale" / name / "LC_MESSAGES" for name in sorted(languages)]
    paths = [path for folder in folders for path in sorted(folder.glob("*.mo"))]
    return [(str(path), lambda path=path: catalogue(path)) for path in paths]


def catalogue(path):
    try:
        with path.open("rb") as file:
            texts = gettext.GNUTranslations(file)._catalog.values()
    except (OSError, UnicodeDecodeError, ValueError):
        return ""
    return "\n".join(text for text in texts if isinstance(text, str) and len(text) > 15)


def strings():
    rng = random.Random(1)
    made = []
    for number in range(60):
        data = rng.randbytes(6_000)
        ids = "\n".join(str(uuid.UUID(bytes=rng.randbytes(16))) for _ in range(200))
        numbers = "\n".join(
            ",".join(f"{rng.lognormvariate(0, 4):.{rng.randrange(5)}f}" for _ in range(8))
            for _ in range(120)
        )
        kinds = [base64.encodebytes(data).decode(), data.hex(), ids, numbers]
        made.append((f"strings-{number}", lambda text=kinds[number % 4]: text))
    return made


def gathered(folder):
    packages = Path(site.getsitepackages()[0])
    include = Path("/usr/include")
    return {
        "English": [
            *guide(folder, {"en"}),
            *english_manuals(),
            *files(SHARE / "common-licenses", "*"),
            *files(SHARE / "doc", "README*", "*.txt", "NEWS*"),
        ],
        "READMEs": files(packages, "*.md", "METADATA", "*.rst"),
        "HTML": [*guide(folder, {"en", "de", "fr", "es"}, tags=True), *files(packages, "*.html")],
        "Python": [*files(STDLIB, "[a-z]*.py"), *files(packages, "[a-f]*.py")],
        "other code": [
            *files(include, "*.h", "*.hpp"),
            *files(packages, "*.js", "*.ts", "*.css", "*.pyx", "*.sql", "*.tcss"),
            *files(SHARE, "*.pm", "*.cmake", "*.sh", "*.el", "*.vim", "*.java", "*.tcl"),
        ],
        "JSON, YAML, CSV, logs": [
            *files(packages, "*.json", "*.yaml", "*.yml", "*.csv", "*.toml"),
            *files(SHARE / "iso-codes", "*.json"),
            *files(SHARE, "*.xml", "*.tab", "*.csv", "*.json"),
            *files(Path("/var/log"), "*.log"),
        ],
        "European": [*guide(folder, EUROPEAN), *manuals(EUROPEAN), *messages(EUROPEAN)],
        "Russian, Greek, Vietnamese": [
            *guide(folder, SLAVIC_GREEK_VIETNAMESE),
            *manuals(SLAVIC_GREEK_VIETNAMESE),
            *messages(SLAVIC_GREEK_VIETNAMESE),
        ],
        "Chinese, Japanese, Korean": [
            *guide(folder, EAST_ASIAN),
            *manuals(EAST_ASIAN),
            *messages(EAST_ASIAN),
        ],
        "other scripts": messages(OTHER_SCRIPTS),
        "random strings": strings(),
    }


def part(name):
    """Half of the files fit, a quarter give the band, a quarter are only judged on."""
    return ("fit", "fit", "band", "test")[hashlib.sha256(name.encode()).digest()[0] % 4]


def cut(text, rng):
    """A stretch of the text of log-uniform length that begins at a line or a word."""
    size = int(SHORTEST * (LONGEST / SHORTEST) ** rng.random())
    at = rng.randrange(max(len(text) - size, 1))
    mark = "\n" if size > 500 else " "
    at = text.find(mark, at, at + 2_000) + 1 or at
    return text[at : at + size].rstrip() if size > 300 else text[at : at + size]


def documents(folder):
    for group, sources in gathered(folder).items():
        rng, made, wanted = random.Random(group), 0, DOCUMENTS.get(group, OTHERS)
        for _ in range(wanted * 20):
            if made == wanted or not sources:
                break
            name, load = sources[rng.randrange(len(sources))]
            text = cut(load(), rng)
            if len(text.strip()) >= SHORTEST and "\x00" not in text:
                made += 1
                yield {"group": group, "file": name, "part": part(name), "text": text}


def phrases(texts):
    """Two phrases a document, of 2 to 60 characters, from the start of a word to the end of one."""
    rng = random.Random("phrases")
    for line in texts.read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        text = document["text"]
        starts = [match.start() for match in re.finditer(r"(?<!\S)\S", text)][1:]
        if document["group"] == "random strings" or len(starts) < 2:
            continue
        for _ in range(2):
            at, size = rng.choice(starts), int(2 * 20 ** rng.random())
            end = re.compile(r"\s|$").search(text, at + size).start()
            phrase = text[at : min(end, at + LONGEST_PHRASE)].split("\n")[0].strip()
            if phrase:
                yield {**document, "text": phrase}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--guide", type=Path)
    parser.add_argument("--from", type=Path, dest="texts")
    chosen = parser.parse_args()
    made = documents(chosen.guide) if chosen.texts is None else phrases(chosen.texts)
    with chosen.out.open("w", encoding="utf-8") as out:
        for document in made:
            print(json.dumps(document), file=out)
    print("written", chosen.out, file=sys.stderr)
