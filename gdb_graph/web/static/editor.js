// The form for a query in, an editor out: YASQE in place of the text field, with the terms of the graph to choose from.
// Without this module the form works as it is. Texts and addresses come with the page, in data- attributes.
// The editor sends nothing and keeps nothing: the form is sent, and the answer is a page with its own address.

const LONGEST_ADDRESS = 6000; // proxies may refuse longer ones
const field = document.querySelector("textarea[data-terms]");
const form = field?.form;

if (field && window.Yasqe) edit(await terms());

async function terms() {
  try {
    const answer = await fetch(field.dataset.terms);
    return answer.ok ? await answer.json() : { prefixes: {}, terms: [] };
  } catch {
    return { prefixes: {}, terms: [] };
  }
}

function edit({ prefixes, terms }) {
  const Yasqe = window.Yasqe;
  const labels = new Map(terms.map((term) => [term.iri, term.label]));
  Yasqe.registerAutocompleter(offering("class", "class"));
  Yasqe.registerAutocompleter(offering("property", "property"));
  Yasqe.registerAutocompleter({
    ...Yasqe.Autocompleters.prefixes,
    get: async () => Object.entries(prefixes).map(([name, iri]) => `${name}: <${iri}>`),
    persistenceId: null,
  });

  const place = document.createElement("div");
  place.id = "editor";
  field.after(place);
  const editor = new Yasqe(place, {
    value: field.value,
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: undefined,
    editorHeight: "auto",
    showQueryButton: false,
    pluginButtons: undefined,
    prefixCcApi: null,
    collapsePrefixesOnLoad: false,
    autocompleters: ["variables", "prefixes", "class", "property"],
    screenReaderLabel: field.dataset.label,
    // Who uses the keyboard alone must get out again, so Tab moves on.
    extraKeys: { ...Yasqe.defaults.extraKeys, Tab: false, "Shift-Tab": false, "Ctrl-Enter": send, "Cmd-Enter": send },
  });
  field.hidden = true;
  const help = Object.assign(document.createElement("p"), { className: "quiet", textContent: field.dataset.help });
  place.after(help);
  const typing = place.querySelector(".CodeMirror textarea");
  typing.setAttribute("aria-label", field.dataset.label);
  document.querySelector(`label[for=${field.id}]`).addEventListener("click", () => editor.focus());
  form.addEventListener("submit", fill);
  markFault();

  function fill() {
    field.value = editor.getValue();
    form.method = encodeURIComponent(field.value).length > LONGEST_ADDRESS ? "post" : "get";
  }

  function send() {
    form.requestSubmit();
  }

  function markFault() {
    const line = Number(field.dataset.line) - 1;
    if (!(line >= 0)) return;
    editor.addLineClass(line, "background", "fault-line");
    const jump = (event) => {
      event?.preventDefault();
      editor.focus();
      editor.setCursor(line, Number(field.dataset.column) - 1);
    };
    document.getElementById("to-fault")?.addEventListener("click", jump);
    editor.on("change", () => editor.removeLineClass(line, "background", "fault-line"));
  }

  function offering(name, kind) {
    const offered = terms.filter((term) => term.kind === kind);
    return {
      ...Yasqe.Autocompleters[name],
      get: async (_, token) => {
        const typed = (token?.autocompletionString ?? "").toLowerCase();
        const last = typed.split(/[#/:]/).at(-1);
        const fits = (term) =>
          term.iri.toLowerCase().startsWith(typed) ||
          (last && `${term.iri.split(/[#/]/).at(-1)} ${term.label}`.toLowerCase().includes(last));
        return offered.filter(fits).map((term) => term.iri);
      },
      postProcessSuggestion: (_, token, iri) => shortened(iri),
      postprocessHints: (_, hints) => hints.map((hint) => ({ ...hint, displayText: named(hint.text) })),
      bulk: false,
      autoShow: true,
    };
  }

  function shortened(iri) {
    const declared = editor.getPrefixesFromQuery();
    const name = Object.keys(declared).find((each) => iri.startsWith(declared[each]));
    return name === undefined ? `<${iri}>` : `${name}:${iri.slice(declared[name].length)}`;
  }

  function named(text) {
    const declared = editor.getPrefixesFromQuery();
    const [name, local] = text.split(/:(.*)/);
    const label = labels.get(text.startsWith("<") ? text.slice(1, -1) : `${declared[name]}${local}`);
    return label ? `${text}  ${label}` : text;
  }
}
