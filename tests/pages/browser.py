"""A real browser without a window."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest


def find_browser() -> str:
    """Its path; skips the test where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("needs a Chromium browser (Debian: chromium)")
    return path


def run_browser(browser: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it once, with a profile in `folder`."""
    options = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr", "--v=0",
        f"--user-data-dir={folder / 'profile'}",
    ]  # fmt: skip
    return subprocess.run([browser, *options, *arguments], capture_output=True, text=True, timeout=120, check=False)


def printed_pages(browser: str, folder: Path, page: Path) -> int:
    """How many sheets of A4 a page prints on."""
    pdf = folder / "r.pdf"
    run_browser(browser, folder, f"--print-to-pdf={pdf}", page.as_uri())
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


def width_on_a_phone(browser: str, folder: Path, page: Path) -> int:
    """How wide the content is in a frame of 390 px."""
    frame = folder / "frame.html"
    measure = "document.title = 'wide ' + this.contentDocument.documentElement.scrollWidth"
    frame.write_text(f'<iframe width="390" height="800" src="{page.as_uri()}" onload="{measure}"></iframe>')
    dumped = run_browser(browser, folder, "--allow-file-access-from-files", "--dump-dom", frame.as_uri())
    wide = re.search(r"<title>wide (\d+)</title>", dumped.stdout)
    assert wide is not None, dumped.stdout[:300]
    return int(wide[1])
