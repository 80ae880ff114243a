"""`python -m faxapi`: the command line."""

from faxapi.cli import main

if __name__ == "__main__":
    main()
