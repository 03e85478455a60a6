"""Measures how soon a browser shows the page of a plan, and how soon it finds somebody in it.

    python benchmarks/page.py                 10,000 people
    python benchmarks/page.py --people 50000

Times are those that the browser itself reports, in milliseconds; of several openings the quickest counts.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from data import make_big_list
from measure import product
from playwright.sync_api import sync_playwright

_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")
_OPENED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
_SEARCH = """() => {
  const began = performance.now(), field = document.getElementById("search");
  field.value = "7";
  field.dispatchEvent(new Event("input"));
  return performance.now() - began;
}"""


def main(arguments):
    """Print the line of each measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bland-deploy-") as folder, sync_playwright() as playwright:
        root = Path(folder)
        make_big_list(root, options.people)
        page = root / "plan.html"
        page.write_bytes(
            subprocess.run(product("plan", "--format", "html"), cwd=root, capture_output=True, check=True).stdout
        )
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
        opened, searched = zip(*(measured(browser, page) for _ in range(options.repeat)), strict=True)
        browser.close()
        print(f"{options.people:,} people, {page.stat().st_size / 1e6:.1f} MB")
        print(f"opened in    {min(opened):7.1f} ms")
        print(f"searched in  {min(searched):7.1f} ms")


def measured(browser, path):
    """How long opening took, and the first search."""
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_function(f"{_OPENED} > 0")
    times = page.evaluate(_OPENED), page.evaluate(_SEARCH)
    page.close()
    return times


if __name__ == "__main__":
    main(sys.argv[1:])
