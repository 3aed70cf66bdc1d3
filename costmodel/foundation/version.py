"""The library's version, which every projection's provenance carries."""

VERSION = "0.1.0"
