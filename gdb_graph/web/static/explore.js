// A picture of boxes and lines in, the same to be moved, enlarged and asked out; the picture stays without this module.
// All of it is read from the picture: boxes from [data-node], lines from [data-from], what they are from their titles.

const VENDORED = "./vendor/cytoscape-3.34.4/cytoscape.esm.min.mjs";
const STEP = 60, FACTOR = 1.25, SMALLEST = 0.15, LARGEST = 4, READABLE = 0.6;

for (const figure of document.querySelectorAll("[data-explore]")) offer(figure);

function offer(figure) {
  const svg = figure.querySelector("svg"), say = figure.dataset;
  if (!svg?.querySelector("[data-node]")) return;
  const still = svg.parentElement;
  const open = element("button", { type: "button", className: "explore", textContent: say.explore });
  open.setAttribute("aria-expanded", "false");
  still.before(open);
  let stage;
  open.addEventListener("click", async () => {
    if (!stage) {
      open.disabled = true;
      try {
        const { default: cytoscape } = await import(VENDORED);
        stage = build(cytoscape, read(svg), say, still);
      } catch (error) {
        open.replaceWith(element("p", { textContent: say.failed }));
        throw error;
      }
      open.disabled = false;
    }
    still.hidden = !still.hidden;
    stage.hidden = !still.hidden;
    open.setAttribute("aria-expanded", String(still.hidden));
    open.textContent = still.hidden ? say.still : say.explore;
    if (still.hidden) stage.begin();
  });
}

// What the picture shows: things by address, boxes and lines with their places.
function read(svg) {
  const number = (mark, name) => Number(mark.getAttribute(name) ?? 0);
  const texts = (mark) => [...mark.querySelectorAll("text")].map((text) => text.textContent);
  const common = (mark) => ({
    href: mark.getAttribute("href"), title: mark.querySelector("title")?.textContent ?? "", words: texts(mark),
  });
  const boxes = [...svg.querySelectorAll("[data-node]")].map((mark) => {
    const box = mark.querySelector("rect");
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => number(box, name));
    return { ...common(mark), id: mark.dataset.node, x: x + width / 2, y: y + height / 2, width, height,
      stroke: number(box, "stroke-width") };
  });
  const lines = [...svg.querySelectorAll("[data-from]")].map((mark, place) => {
    const line = mark.querySelector("line");
    const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map((name) => number(line, name));
    return { ...common(mark), id: `line-${place}`, from: mark.dataset.from, to: mark.dataset.to, x1, y1, x2, y2,
      arrows: mark.dataset.arrows ?? "", said: mark.dataset.said, stroke: number(line, "stroke-width") };
  });
  const { width, height } = svg.viewBox.baseVal;
  return { boxes, lines, width, height };
}

function build(cytoscape, picture, say, still) {
  const stage = element("div", { className: "stage", hidden: true });
  const tools = element("p", { className: "tools" });
  const canvas = element("div", { className: "canvas", tabIndex: 0 });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", say.help);
  const list = element("select", { className: "things" });
  const told = element("div", { className: "told" });
  told.setAttribute("aria-live", "polite");
  // The library would insert a style of its own, which the policy of these pages forbids; pictures.css has it instead.
  stage.append(element("template", { id: "__________cytoscape_stylesheet" }));
  stage.append(element("p", { className: "quiet", textContent: say.help }), tools, canvas, told);
  still.after(stage);

  const things = new Map();
  for (const box of picture.boxes) if (!things.has(box.href)) things.set(box.href, box);
  const named = [...things.values()].sort((a, b) => a.title.localeCompare(b.title));
  list.append(element("option", { value: "", textContent: say.choose }));
  for (const box of named) list.append(element("option", { value: box.href, textContent: box.title }));
  const label = element("label", { textContent: `${say.things} ` });
  label.append(list);

  const cy = cytoscape({
    container: canvas, elements: elements(picture), style: look(canvas), layout: { name: "preset" },
    minZoom: SMALLEST, maxZoom: LARGEST, boxSelectionEnabled: false,
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => cy.style(look(canvas)));

  const zoom = (factor) => cy.zoom({ level: cy.zoom() * factor, renderedPosition: middle() });
  const middle = () => ({ x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 });
  const keys = {
    ArrowLeft: () => cy.panBy({ x: STEP, y: 0 }), ArrowRight: () => cy.panBy({ x: -STEP, y: 0 }),
    ArrowUp: () => cy.panBy({ x: 0, y: STEP }), ArrowDown: () => cy.panBy({ x: 0, y: -STEP }),
    "+": () => zoom(FACTOR), "-": () => zoom(1 / FACTOR), 0: () => cy.fit(undefined, 10), Escape: () => choose(""),
  };
  for (const [key, text] of [["+", say.larger], ["-", say.smaller], ["0", say.whole]]) {
    const button = element("button", { type: "button", textContent: text });
    button.addEventListener("click", keys[key]);
    tools.append(button, " ");
  }
  tools.append(label);
  canvas.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  // One thing comes to the fore: with its lines and what they lead to, here and in words.
  function choose(href, isFar) {
    list.value = href;
    const nodes = cy.nodes().filter((node) => node.data("href") === href);
    cy.elements().removeClass("chosen").toggleClass("faded", nodes.nonempty());
    nodes.closedNeighborhood().removeClass("faded");
    nodes.addClass("chosen");
    if (isFar && nodes.nonempty() && !isSeen(nodes.renderedBoundingBox())) cy.center(nodes);
    told.replaceChildren(...(nodes.nonempty() ? about(nodes) : []));
  }

  const isSeen = ({ x1, y1, x2, y2 }) =>
    x1 >= 0 && y1 >= 0 && x2 <= canvas.clientWidth && y2 <= canvas.clientHeight;

  function about(nodes) {
    const box = things.get(nodes[0].data("href"));
    const heading = element("p", { className: "name" });
    heading.append(element("a", { href: box.href, textContent: box.title }));
    const lines = element("ul", {});
    nodes.connectedEdges().forEach((edge) => {
      const other = nodes.contains(edge.source()) ? edge.target() : edge.source();
      const row = element("li", {});
      const to = element("button", { type: "button", className: "plain", textContent: things.get(other.data("href")).title });
      to.addEventListener("click", () => choose(other.data("href"), true));
      row.append(to, " · ", element("a", { href: edge.data("href"), textContent: edge.data("said") || say.evidence }));
      lines.append(row);
    });
    return [heading, lines];
  }

  list.addEventListener("change", () => choose(list.value, true));
  cy.on("tap", "node", (event) => choose(event.target.data("href")));
  cy.on("tap", (event) => event.target === cy && choose(""));
  stage.begin = () => {
    const level = Math.max(Math.min(1, (canvas.clientWidth - 16) / picture.width), READABLE);
    // No higher than the picture; the stylesheet keeps it within the window.
    canvas.style.height = `${Math.ceil(picture.height * level) + 18}px`;
    cy.resize();
    cy.viewport({ zoom: level, pan: { x: 8, y: 8 } });
  };
  return stage;
}

function elements({ boxes, lines }) {
  const of = new Map(boxes.map((box) => [box.id, box]));
  const nodes = boxes.map(({ x, y, words, ...data }) => ({
    group: "nodes", position: { x, y }, data: { ...data, label: words.join("\n") },
  }));
  const edges = lines.map((line) => {
    // Where a line meets a box, seen from the middle of the box: so both pictures agree.
    const [left, right] = [of.get(line.from), of.get(line.to)];
    const at = (x, y, box) => `${x - box.x}px ${y - box.y}px`;
    return { group: "edges", data: {
      id: line.id, source: line.from, target: line.to, href: line.href, stroke: line.stroke,
      label: line.words.join("\n"), said: line.said,
      start: at(line.x1, line.y1, left), end: at(line.x2, line.y2, right), room: Math.abs(line.x1 - line.x2) - 12,
      forward: line.arrows.includes("to"), backward: line.arrows.includes("from"),
    } };
  });
  return [...nodes, ...edges];
}

// The colours are those of the page, whether it is light or dark.
function look(canvas) {
  const page = getComputedStyle(canvas);
  const [ink, paper, link] = ["--ink", "--paper", "--link"].map((name) => page.getPropertyValue(name).trim());
  return [
    { selector: "node", style: {
      shape: "round-rectangle", width: "data(width)", height: "data(height)", label: "data(label)", color: ink,
      "background-color": paper, "border-color": ink, "border-width": "data(stroke)", "text-valign": "center",
      "text-wrap": "wrap", "text-max-width": "data(width)", "font-family": page.fontFamily, "font-size": 13, "line-height": 1.2,
    } },
    { selector: "edge", style: {
      "curve-style": "straight", width: "data(stroke)", "line-color": ink, label: "data(label)", color: ink,
      "source-endpoint": (edge) => edge.data("start"), "target-endpoint": (edge) => edge.data("end"),
      "target-arrow-shape": (edge) => (edge.data("forward") ? "vee" : "none"), "target-arrow-color": ink,
      "source-arrow-shape": (edge) => (edge.data("backward") ? "vee" : "none"), "source-arrow-color": ink,
      "text-wrap": "wrap", "text-max-width": "data(room)", "text-background-color": paper,
      "text-background-opacity": 1, "font-family": page.fontFamily, "font-size": 13, "line-height": 1.2,
    } },
    { selector: ".chosen", style: { "border-color": link, "border-width": 4 } },
    { selector: ".faded", style: { opacity: 0.2 } },
  ];
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}
