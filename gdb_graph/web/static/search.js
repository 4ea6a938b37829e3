// A search field in, suggestions while typing out: an editable combobox with a list (ARIA Authoring Practices Guide).
// Without this module the form works as it is. Texts and addresses come with the page, in data- attributes.

const WAIT_MILLISECONDS = 120;

for (const input of document.querySelectorAll("input[data-suggest]")) suggest(input);

function suggest(input) {
  const list = Object.assign(document.createElement("ul"), { id: `${input.id}-list`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0].textContent);
  const status = Object.assign(document.createElement("span"), { className: "unseen" });
  status.setAttribute("role", "status");
  input.after(status);
  input.parentElement.append(list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox",
    "aria-controls": list.id, "aria-expanded": "false",
  })) input.setAttribute(name, value);

  let active = -1;
  let timer, asking;

  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) choose(-1);
  }

  function choose(index) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = list.children[active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function show([, labels, kinds, addresses]) {
    list.replaceChildren(...labels.map((label, index) => {
      const option = Object.assign(document.createElement("li"), { id: `${list.id}-${index}` });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.address = addresses[index];
      const name = Object.assign(document.createElement("bdi"), { textContent: label });
      const kind = Object.assign(document.createElement("span"), { className: "kind", textContent: kinds[index] });
      option.append(name, " ", kind);
      return option;
    }));
    active = -1;
    open(labels.length > 0);
    status.textContent = labels.length ? `${labels.length} ${input.dataset.found}` : "";
  }

  async function ask() {
    asking?.abort();
    const text = input.value;
    if (!text.trim()) return open(false);
    asking = new AbortController();
    const address = new URL(input.dataset.suggest, location.href);
    address.searchParams.set("q", text);
    try {
      const response = await fetch(address, { signal: asking.signal });
      // What comes too late belongs to a text that is no longer there.
      if (response.ok && document.activeElement === input && input.value === text) show(await response.json());
    } catch (error) {
      if (error.name !== "AbortError") open(false);
    }
  }

  function go(option) {
    location.assign(option.dataset.address);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    choose(-1);
    timer = setTimeout(ask, WAIT_MILLISECONDS);
  });
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!count) return;
      event.preventDefault();
      const closed = list.hidden;
      if (closed) open(true);
      if (event.altKey) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than there are options: the field itself.
      choose(((active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
      event.preventDefault();
      go(list.children[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      open(false);
    }
  });
  input.addEventListener("blur", () => open(false));
  // Pressing on an option must not take the focus from the field, or the list would close before the click.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) go(option);
  });
}
