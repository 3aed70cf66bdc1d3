"""`python -m costmodel` is the command `costmodel`."""

from costmodel.cli.main import main

if __name__ == "__main__":
    main()
