// A link to this very page in, the same link copied on a click out, and said so. Without this module it is a link.

for (const link of document.querySelectorAll("a[data-copied]")) share(link);

function share(link) {
  if (!navigator.clipboard) return;
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  link.after(" ", said);
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    await navigator.clipboard.writeText(link.href);
    said.textContent = link.dataset.copied;
    history.replaceState(null, "", link.href);
  });
}
