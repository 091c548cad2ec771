"""`python -m triage_tui` is the command `triage-tui`."""

from triage_tui.cli import main

if __name__ == "__main__":
    main()
