"use strict";
// Everything a model wrote reaches the page as text (textContent), never as markup.
(() => {
  const PAGE = 100;
  const KEPT = 24; // Chunks held unpacked: about a megabyte each.
  const byId = (id) => document.getElementById(id);
  const count = (n) => n.toLocaleString("en");

  function element(tag, options = {}, ...children) {
    const { data = {}, ...rest } = options;
    const made = Object.assign(document.createElement(tag), rest);
    Object.assign(made.dataset, data);
    made.append(...children);
    return made;
  }

  async function unpack(script) {
    const bytes = Uint8Array.from(atob(script.textContent), (c) => c.charCodeAt(0));
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(plain).text());
  }

  // The samples: columns at hand, texts by chunk.
  class Samples {
    constructor(index, chunks) {
      Object.assign(this, index);
      this.chunks = chunks;
      this.length = this.columns.sample.length;
      this.kept = new Map();
      const collator = new Intl.Collator("en", { numeric: true });
      this.ranks = {};
      for (const [column, names] of Object.entries(this.names)) {
        const order = names.map((_, i) => i).sort((a, b) => collator.compare(names[a], names[b]));
        this.ranks[column] = [];
        order.forEach((name, rank) => { this.ranks[column][name] = rank; });
      }
    }

    value(column, row) {
      const value = this.columns[column][row];
      return column in this.names ? this.names[column][value] : value;
    }

    sortable(column, row) {
      const value = this.columns[column][row];
      return column in this.ranks ? this.ranks[column][value] : value ?? -1;
    }

    chunkOf(row) {
      let low = 0;
      let high = this.starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (this.starts[middle] <= row) low = middle; else high = middle - 1;
      }
      return low;
    }

    async chunk(number) {
      if (!this.kept.has(number)) {
        this.kept.set(number, unpack(this.chunks[number]));
        if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
      }
      return this.kept.get(number);
    }

    async texts(row) {
      const number = this.chunkOf(row);
      return (await this.chunk(number))[row - this.starts[number]];
    }

    hash(row) {
      const parts = ["task", "problem", "sample"].map((column) => this.value(column, row));
      return `#/${parts.map(encodeURIComponent).join("/")}`;
    }

    find(hash) {
      const rows = Array.from({ length: this.length }, (_, row) => row);
      return rows.find((row) => this.hash(row) === hash) ?? -1;
    }
  }

  // A light colouring that knows no language, only what most of them share.
  const KEYWORDS = new Set((
    "abstract and as assert async await begin bool boolean break byte case catch char class const continue def " +
    "default defer del do double elif else elsif end enum except export extends extern False false final finally float " +
    "fn for from func function global go goto if impl implements import in int interface is lambda let local long " +
    "match mod module mut namespace new nil None nonlocal not null or package pass private protected pub public raise " +
    "ref repeat require return self short signed sizeof static string struct super switch template then this throw " +
    "throws trait True true try type typedef typeof union unless unsafe unsigned until use using val var virtual void " +
    "volatile when where while with yield"
  ).split(" "));
  const STRINGS = String.raw`"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'` + "|`[^`]*`";
  const COMMENTS = {
    slashes: String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`,
    dashes: String.raw`--\[\[[\s\S]*?(?:\]\]|$)|--[^\n]*`,
    semicolons: String.raw`;[^\n]*`,
    hashes: String.raw`#[^\n]*`,
  };
  const WORDS = String.raw`(\b\d[\w.]*)|([A-Za-z_$][\w$]*)(?=(\s*\()?)`;

  function commentStyle(code) {
    if (/[;{}][ \t]*$/m.test(code)) return COMMENTS.slashes;
    if (/^\s*--/m.test(code)) return COMMENTS.dashes;
    if (/^\s*\(/.test(code) || /^\s*;/m.test(code)) return COMMENTS.semicolons;
    return COMMENTS.hashes;
  }

  function coloured(code) {
    const pattern = new RegExp(`(${commentStyle(code)})|(${STRINGS})|${WORDS}`, "g");
    const made = element("code");
    let end = 0;
    for (const match of code.matchAll(pattern)) {
      const [text, comment, string, digits, word, call] = match;
      const kind = comment ? "c" : string ? "s" : digits ? "n" : KEYWORDS.has(word) ? "k" : call ? "f" : "";
      if (!kind) continue;
      made.append(code.slice(end, match.index), element("span", { className: `t-${kind}`, textContent: text }));
      end = match.index + text.length;
    }
    made.append(code.slice(end));
    return made;
  }

  const COLUMNS = [
    ["task", "Task", "optional"], ["problem", "Problem"], ["sample", "Sample", "num"], ["reason", "Outcome"],
    ["detail", "Detail", "detail optional"], ["stage", "Reached", "optional"],
    ["tokens_out", "Tokens", "num optional"], ["cpu", "CPU s", "num optional"],
  ];

  class Table {
    constructor(samples) {
      this.samples = samples;
      this.sort = { column: "", descending: false };
      this.page = 0;
      this.turn = 0;
      this.rows = [];
      this.columns = COLUMNS.filter(([name]) => name !== "task" || samples.names.task.length > 1);
      this.fill("task", samples.names.task);
      this.fill("reason", [...samples.names.reason].sort());
      const stages = new Set(samples.columns.stage);
      this.fill("stage", samples.stages.filter((_, stage) => stages.has(stage)));
      byId("task-label").hidden = samples.names.task.length < 2;
      this.head();
      this.order();
      this.listen();
    }

    fill(id, names) {
      byId(id).append(...names.map((name) => element("option", { value: name, textContent: name })));
    }

    head() {
      byId("columns").replaceChildren(...this.columns.map(([name, label, kind = ""]) => {
        const button = element("button", { type: "button", textContent: label });
        button.addEventListener("click", () => this.sortBy(name));
        const cell = element("th", { scope: "col", className: kind, data: { column: name } }, button);
        return cell;
      }));
    }

    listen() {
      let waiting = 0;
      byId("query").addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => this.filter(), 150);
      });
      for (const id of ["task", "stage", "reason"]) byId(id).addEventListener("change", () => this.filter());
      byId("filters").addEventListener("submit", (event) => event.preventDefault());
      byId("filters").addEventListener("reset", () => setTimeout(() => this.filter()));
      byId("back").addEventListener("click", () => this.turnTo(this.page - 1));
      byId("forward").addEventListener("click", () => this.turnTo(this.page + 1));
      byId("rows").addEventListener("click", (event) => {
        const line = event.target.closest("tr");
        if (line && !String(getSelection())) location.hash = this.samples.hash(Number(line.dataset.row));
      });
    }

    sortBy(column) {
      this.sort = { column, descending: this.sort.column === column && !this.sort.descending };
      for (const cell of byId("columns").children) {
        if (cell.dataset.column !== column) cell.removeAttribute("aria-sort");
        else cell.setAttribute("aria-sort", this.sort.descending ? "descending" : "ascending");
      }
      this.order();
      this.filter();
    }

    order() {
      const { samples, sort } = this;
      const columns = ["task", "problem", "sample"];
      const keys = (sort.column ? [sort.column, ...columns] : columns)
        .map((column) => Array.from({ length: samples.length }, (_, row) => samples.sortable(column, row)));
      const sign = sort.descending ? -1 : 1;
      this.ordered = Uint32Array.from({ length: samples.length }, (_, row) => row).sort((a, b) => {
        let way = sign;
        for (const key of keys) {
          if (key[a] !== key[b]) return key[a] < key[b] ? -way : way;
          way = 1;
        }
        return 0;
      });
    }

    async filter() {
      const turn = ++this.turn;
      const { samples } = this;
      const [task, stage, reason] = ["task", "stage", "reason"].map((id) => byId(id).value);
      const candidates = this.ordered.filter((row) =>
        (!task || samples.value("task", row) === task) &&
        (!reason || samples.value("reason", row) === reason) &&
        (!stage || samples.stages[samples.columns.stage[row]] === stage));
      this.page = 0;
      const query = byId("query").value.trim().toLowerCase();
      if (!query) {
        this.show(candidates, "");
        return;
      }
      const found = new Uint8Array(samples.length);
      const wanted = new Uint8Array(samples.length);
      for (const row of candidates) {
        wanted[row] = 1;
        found[row] = ["problem", "detail", "reason"]
          .some((column) => samples.value(column, row).toLowerCase().includes(query)) ? 1 : 0;
      }
      let shown = performance.now();
      for (let number = 0; number < samples.starts.length; number += 1) {
        const chunk = await samples.chunk(number);
        if (turn !== this.turn) return;
        chunk.forEach((texts, i) => {
          const row = samples.starts[number] + i;
          if (wanted[row] && !found[row] && texts.some((text) => text.toLowerCase().includes(query))) found[row] = 1;
        });
        if (performance.now() - shown > 250) {
          shown = performance.now();
          this.show(candidates.filter((row) => found[row]), `, searched ${Math.round((100 * number) / samples.starts.length)}%`);
        }
      }
      this.show(candidates.filter((row) => found[row]), "");
    }

    show(rows, note) {
      this.rows = rows;
      const all = this.samples.length;
      byId("status").textContent = (rows.length === all
        ? `${count(all)} samples` : `${count(rows.length)} of ${count(all)} samples`) + note;
      this.turnTo(this.page);
    }

    turnTo(page) {
      const pages = Math.max(1, Math.ceil(this.rows.length / PAGE));
      this.page = Math.min(Math.max(page, 0), pages - 1);
      const first = this.page * PAGE;
      byId("rows").replaceChildren(...Array.from(this.rows.slice(first, first + PAGE), (row) => this.line(row)));
      byId("page").textContent = `Page ${count(this.page + 1)} of ${count(pages)}`;
      byId("back").disabled = this.page === 0;
      byId("forward").disabled = this.page === pages - 1;
    }

    line(row) {
      const cells = this.columns.map(([column, , kind = ""]) =>
        element("td", { className: kind }, this.cell(column, row)));
      return element("tr", { data: { row } }, ...cells);
    }

    cell(column, row) {
      const value = this.samples.value(column, row);
      if (column === "problem") return element("button", { type: "button", textContent: value });
      if (column === "reason") return pill(value);
      if (column === "stage") return this.samples.stages[value];
      if (column === "cpu") return value.toFixed(2);
      return value === null ? "" : typeof value === "number" ? count(value) : value;
    }
  }

  const pill = (reason) =>
    element("span", { className: reason === "passed" ? "pill passed" : "pill", textContent: reason });

  class Sheet {
    constructor(samples, table) {
      Object.assign(this, { samples, table, row: -1, dialog: byId("sample") });
      byId("close").addEventListener("click", () => this.dialog.close());
      byId("previous").addEventListener("click", () => this.step(-1));
      byId("next").addEventListener("click", () => this.step(1));
      this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
      this.dialog.addEventListener("close", () => history.replaceState(null, "", "#samples"));
      this.dialog.addEventListener("keydown", (event) => {
        const way = { j: 1, k: -1 }[event.key];
        if (way && !event.ctrlKey && !event.metaKey && !event.altKey) this.step(way);
      });
      addEventListener("hashchange", () => this.follow());
      this.follow();
    }

    follow() {
      if (!location.hash.startsWith("#/")) {
        if (this.dialog.open) this.dialog.close();
        return;
      }
      const row = this.samples.find(location.hash);
      if (row >= 0) this.open(row);
    }

    place() {
      return this.table.rows.indexOf(this.row);
    }

    step(way) {
      const row = this.table.rows[this.place() + way];
      if (row === undefined) return;
      history.replaceState(null, "", this.samples.hash(row));
      this.open(row);
    }

    async open(row) {
      this.row = row;
      const { samples } = this;
      const [prompt, text, code, output, program] = await samples.texts(row);
      if (this.row !== row) return;
      byId("sample-where").textContent = `${samples.value("task", row)}, sample ${samples.value("sample", row)}`;
      byId("sample-title").textContent = samples.value("problem", row);
      byId("sample-body").replaceChildren(
        this.facts(row), panel("Extracted code", code, coloured), panel("Program output", output),
        ...(program ? [panel("Tests", program, coloured)] : []),
        panel("Completion", text), panel("Prompt", prompt));
      const place = this.place();
      byId("previous").disabled = place < 1;
      byId("next").disabled = place < 0 || place + 1 >= this.table.rows.length;
      if (!this.dialog.open) this.dialog.showModal();
      this.dialog.scrollTop = 0;
      byId("sample-title").focus();
    }

    facts(row) {
      const value = (column) => this.samples.value(column, row);
      const number = (column, write) => (value(column) === null ? "" : write(value(column)));
      const facts = [
        ["Outcome", pill(value("reason"))], ["Detail", value("detail")],
        ["Reached", this.samples.stages[value("stage")]], ["Judged by", value("judge")],
        ["CPU time", number("cpu", (s) => `${s.toFixed(3)} s`)], ["Finish", value("finish")],
        ["Extraction", value("rules")], ["Measures", value("measures").replaceAll("_", " ")], ["Tokens in", number("tokens_in", count)],
        ["Tokens out", number("tokens_out", count)], ["Generation", number("seconds", (s) => `${s.toFixed(2)} s`)],
        ["Cost", number("cost", (dollars) => `$${dollars.toPrecision(3)}`)],
      ].filter(([, shown]) => shown !== "");
      const list = element("dl", { className: "facts" }, ...facts.map(([label, shown]) =>
        element("div", {}, element("dt", { textContent: label }), element("dd", {}, shown))));
      return element("section", { className: "card all" }, list);
    }
  }

  function panel(title, text, write = (plain) => plain) {
    const shown = text.trim()
      ? element("pre", { tabIndex: 0 }, write(text)) : element("p", { className: "empty", textContent: "Nothing" });
    return element("section", { className: "card" }, element("h3", { textContent: title }), shown);
  }

  function themes() {
    const button = byId("theme");
    const names = ["light dark", "light", "dark"];
    let chosen = 0;
    const say = () => { button.textContent = `Theme: ${["auto", "light", "dark"][chosen]}`; };
    button.addEventListener("click", () => {
      chosen = (chosen + 1) % names.length;
      document.documentElement.style.colorScheme = names[chosen];
      say();
    });
    button.hidden = false;
    say();
  }

  function shortcuts(table) {
    for (const button of document.querySelectorAll("button[data-reason]")) {
      button.addEventListener("click", () => {
        byId("filters").reset();
        byId("task").value = button.dataset.task;
        byId("reason").value = button.dataset.reason;
        table.filter();
        byId("samples-title").scrollIntoView();
      });
    }
  }

  async function start() {
    themes();
    if (!("DecompressionStream" in window)) {
      throw new Error("this browser is too old to unpack the samples; any of 2023 or later can");
    }
    const samples = new Samples(await unpack(byId("index")), document.querySelectorAll("script.body"));
    if (samples.left_out > 0) {
      byId("left-out").textContent = `${count(samples.left_out)} more samples are in the scores above and not on this page; ucb show prints any of them.`;
      byId("left-out").hidden = false;
    }
    if (!samples.length) throw new Error("this report holds none");
    byId("samples").hidden = false;
    const table = new Table(samples);
    await table.filter();
    shortcuts(table);
    new Sheet(samples, table);
  }

  start().catch((error) => {
    byId("trouble").textContent = `The samples cannot be shown: ${error.message}.`;
    byId("trouble").hidden = false;
  });
})();
