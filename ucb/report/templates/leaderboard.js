"use strict";
// Names of models reach the page as text (textContent), never as markup.
(() => {
  const byId = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";
  const COLOURS = 8;
  const WIDTH = 560;
  const HEIGHT = 330;
  const EDGE = { left: 58, right: 22, top: 16, bottom: 50 };
  const LETTER = matchMedia("(max-width: 640px)").matches ? 8.8 : 6.6; // Width of a letter, at most.

  function drawn(tag, attributes = {}, ...children) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
    made.append(...children);
    return made;
  }

  // The table: sorted and filtered in place.
  function table() {
    const body = byId("board").tBodies[0];
    const lines = Array.from(body.rows);
    const heads = Array.from(byId("board").tHead.rows[0].cells);
    const collator = new Intl.Collator("en", { numeric: true });
    const value = (line, place) => line.cells[place].dataset.value;
    function compare(place, text, sign) {
      return (a, b) => {
        const [x, y] = [value(a, place), value(b, place)];
        if (x === "" || y === "") return (x === "") - (y === ""); // What is missing stays last.
        return sign * (text ? collator.compare(x, y) : Number(x) - Number(y));
      };
    }
    function sortBy(head, place) {
      const text = head.dataset.key === "model";
      const firstUp = text || head.dataset.key === "rank" || head.dataset.key === "cost";
      const now = head.getAttribute("aria-sort");
      const up = now ? now === "descending" : firstUp;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      lines.sort(compare(place, text, up ? 1 : -1));
      body.append(...lines);
    }
    heads.forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sortBy(head, place));
      head.replaceChildren(button);
    });
    function filter() {
      const words = byId("query").value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const line of lines) {
        const name = line.dataset.name.toLowerCase();
        line.hidden = !words.every((word) => name.includes(word));
        shown += !line.hidden;
      }
      byId("status").textContent = shown === lines.length ? `${lines.length} lines` : `${shown} of ${lines.length} lines`;
    }
    byId("query").addEventListener("input", filter);
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("filters").addEventListener("reset", () => setTimeout(filter));
    byId("filters").hidden = false;
    filter();
  }

  // Axes: a scale turns a value into a coordinate and knows its ticks.
  function logScale(values, from, to) {
    const low = Math.log(Math.min(...values));
    const high = Math.log(Math.max(...values));
    const pad = high > low ? (high - low) * 0.08 : 0.5;
    const at = (value) => from + ((to - from) * (Math.log(value) - low + pad)) / (high - low + 2 * pad);
    const ticks = [];
    for (let power = Math.floor((low - pad) / Math.LN10); power <= (high + pad) / Math.LN10; power += 1) {
      for (const step of [1, 2, 5]) {
        const value = step * 10 ** power;
        if (Math.log(value) >= low - pad && Math.log(value) <= high + pad) ticks.push(value);
      }
    }
    const every = Math.ceil(ticks.length / 7);
    return { at, ticks: ticks.filter((_, place) => place % every === 0) };
  }

  function shareScale(highest) {
    const step = [0.01, 0.02, 0.05, 0.1, 0.2].find((each) => highest <= 6 * each) ?? 0.2;
    const top = Math.min(1, Math.ceil(highest / step - 1e-9) * step) || step;
    const bottom = HEIGHT - EDGE.bottom;
    const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, place) => place * step);
    return { at: (value) => bottom - ((bottom - EDGE.top) * value) / top, ticks };
  }

  const short = (value) => Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }).format(value);
  const percent = (value) => `${(100 * value).toFixed(1)}%`;

  function frame(x, y, xLabel, write) {
    const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
    for (const tick of y.ticks) {
      svg.append(
        drawn("line", { class: "axis", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y.at(tick), y2: y.at(tick) }),
        drawn("text", { x: EDGE.left - 8, y: y.at(tick) + 4, "text-anchor": "end" }, `${Math.round(100 * tick)}%`));
    }
    for (const tick of x.ticks) {
      svg.append(drawn("text", { x: x.at(tick), y: HEIGHT - EDGE.bottom + 20, "text-anchor": "middle" }, write(tick)));
    }
    svg.append(drawn("text", { x: (EDGE.left + WIDTH - EDGE.right) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, xLabel));
    return svg;
  }

  const AXES = [
    ["parameters", "model size, parameters", short], ["cost_per_sample", "cost per sample, US dollars", (v) => `$${short(v)}`],
    ["tokens_per_second", "tokens per second", short], ["tokens_per_sample", "tokens per sample", short],
  ];

  function scatter(data) {
    const axes = AXES.filter(([name]) => data.models.some((model) => model[name] > 0));
    if (!axes.length) {
      byId("scatter-card").hidden = true;
      return;
    }
    const options = (id, names) => byId(id).append(...names.map((name, place) => new Option(name, String(place))));
    options("scatter-x", axes.map(([, label]) => label));
    options("scatter-y", ["Average", ...data.columns]);
    function draw() {
      const [name, label, write] = axes[Number(byId("scatter-x").value)];
      const column = Number(byId("scatter-y").value) - 1;
      const points = data.models
        .map((model, place) => ({ model, place, score: column < 0 ? model.average : model.scores[column], x: model[name] }))
        .filter((point) => point.score && point.x > 0);
      if (!points.length) {
        byId("scatter").replaceChildren("No model has both.");
        return;
      }
      const x = logScale(points.map((point) => point.x), EDGE.left, WIDTH - EDGE.right);
      const y = shareScale(Math.max(...points.map((point) => point.score[2])));
      const svg = frame(x, y, label, write);
      svg.setAttribute("aria-label", `score against ${label}`);
      const taken = [];
      for (const { model, place, score, x: along } of points) {
        const [cx, cy] = [x.at(along), y.at(score[0])];
        const group = drawn("g", { class: `s${place % COLOURS} point` },
          drawn("line", { class: "error line-s", x1: cx, x2: cx, y1: y.at(score[1]), y2: y.at(score[2]) }),
          drawn("circle", { class: "fill-s", cx, cy, r: 5 }));
        group.append(drawn("title", {}, `${model.name}: ${percent(score[0])} (${percent(score[1])} to ${percent(score[2])})`));
        svg.append(group, named(model.name, cx, cy, taken));
      }
      byId("scatter").replaceChildren(svg);
    }
    byId("scatter-x").addEventListener("change", draw);
    byId("scatter-y").addEventListener("change", draw);
    draw();
  }

  // A name beside its point, on the side with room; moved down where another name stands.
  function named(name, cx, cy, taken) {
    const text = name.length > 30 ? `${name.slice(0, 29)}…` : name;
    const wide = text.length * LETTER;
    const right = cx + wide + 10 < WIDTH;
    let y = cy + 4;
    const left = right ? cx + 9 : cx - 9 - wide;
    while (taken.some((box) => Math.abs(box.y - y) < 2 * LETTER && left < box.left + box.wide && box.left < left + wide)) y += 2 * LETTER;
    taken.push({ y, left, wide });
    return drawn("text", { class: "name", x: right ? cx + 9 : cx - 9, y, "text-anchor": right ? "start" : "end" }, text);
  }

  function curves(data) {
    const choices = [];
    for (const [kind, label] of [["k", "pass@k, by samples"], ["t", "pass@t, by tokens per problem"]]) {
      const tasks = new Set(data.models.flatMap((model) => Object.keys(model[kind])));
      for (const task of [...tasks].sort()) choices.push({ kind, task, label: `${task}: ${label}` });
    }
    if (!choices.length) {
      byId("curve-card").hidden = true;
      return;
    }
    byId("curve-of").append(...choices.map((choice, place) => new Option(choice.label, String(place))));
    function draw() {
      const { kind, task } = choices[Number(byId("curve-of").value)];
      const lines = data.models.map((model, place) => ({ model, place, points: model[kind][task] })).filter((line) => line.points);
      const x = logScale(lines.flatMap((line) => line.points.map((point) => point[0])), EDGE.left, WIDTH - EDGE.right);
      const y = shareScale(Math.max(...lines.flatMap((line) => line.points.map((point) => point[3]))));
      const svg = frame(x, y, kind === "k" ? "samples per problem" : "tokens per problem", short);
      svg.setAttribute("aria-label", choices[Number(byId("curve-of").value)].label);
      for (const { model, place, points } of lines) {
        const path = (list) => list.map(([px, py]) => `${x.at(px).toFixed(1)},${y.at(py).toFixed(1)}`).join("L");
        const band = [...points.map((p) => [p[0], p[3]]), ...points.map((p) => [p[0], p[2]]).reverse()];
        const group = drawn("g", { class: `s${place % COLOURS}` },
          drawn("path", { class: "band fill-s", d: `M${path(band)}Z` }),
          drawn("path", { class: "series line-s", d: `M${path(points)}` }));
        for (const point of points) {
          group.append(drawn("circle", { class: "fill-s", cx: x.at(point[0]), cy: y.at(point[1]), r: 3.5 },
            drawn("title", {}, `${model.name}: ${percent(point[1])} at ${short(point[0])}`)));
        }
        svg.append(group);
      }
      byId("curves").replaceChildren(svg);
      byId("legend").replaceChildren(...lines.map(({ model, place }) => {
        const item = document.createElement("li");
        item.append(drawn("svg", { class: `s${place % COLOURS}`, viewBox: "0 0 12 12", "aria-hidden": true },
          drawn("circle", { class: "fill-s", cx: 6, cy: 6, r: 5 })), model.name);
        return item;
      }));
    }
    byId("curve-of").addEventListener("change", draw);
    draw();
  }

  function themes() {
    const button = byId("theme");
    let chosen = 0;
    const say = () => { button.textContent = `Theme: ${["auto", "light", "dark"][chosen]}`; };
    button.addEventListener("click", () => {
      chosen = (chosen + 1) % 3;
      document.documentElement.style.colorScheme = ["light dark", "light", "dark"][chosen];
      say();
    });
    button.hidden = false;
    say();
  }

  themes();
  table();
  const data = JSON.parse(byId("data").textContent);
  byId("charts").hidden = false;
  scatter(data);
  curves(data);
  byId("charts").hidden = byId("scatter-card").hidden && byId("curve-card").hidden;
  document.documentElement.dataset.ready = "yes";
})();
