"""A page in a browser in, what a person would stumble over out."""

from pathlib import Path
from typing import Any

AXE = (Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js").read_text(encoding="utf-8")
_RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  const told = (nodes) => nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(" | ");
  return violations.map((each) => `${each.id}: ${told(each.nodes)}`);
}"""
_WIDER = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""
# What takes part in the order of Tab: of the buttons of one radio group only one does.
_STOPS = """() => {
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter((each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility({visibilityProperty: true}));
  window.left = new Set(stops);
  window.unseen = [];
  document.addEventListener("focusin", ({target}) => {
    window.left.delete(target);
    const style = getComputedStyle(target);
    const inside = target.closest(".CodeMirror");
    if (style.outlineStyle === "none" && style.boxShadow === "none" && !inside) window.unseen.push(target.outerHTML);
  });
  return stops.length;
}"""
# What a script has hidden since is none of them.
_LEFT = "[...window.left].filter((each) => each.checkVisibility()).map((each) => each.outerHTML)"


def violations(page: Any) -> list[str]:
    """The rules of axe that the page breaks as it is shown now, each with the first places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(_RUN)
    return found


def overflow(page: Any) -> int:
    """By how many pixels the page is wider than the window."""
    wider: int = page.evaluate(_WIDER)
    return wider


def unreachable(page: Any) -> tuple[list[str], list[str]]:
    """What Tab does not get to, and what does not show that it has the focus."""
    number: int = page.evaluate(_STOPS)
    for _ in range(number + 2):
        page.keyboard.press("Tab")
    left: list[str] = page.evaluate(_LEFT)
    unseen: list[str] = page.evaluate("window.unseen")
    return left, unseen
