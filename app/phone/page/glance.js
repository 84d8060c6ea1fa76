// A quick look at what a turn did, under its answer. It asks when it is opened.

import { turn } from "./link.js";
import { make } from "./parts.js";
import { language, say } from "./words.js";

const number = new Intl.NumberFormat(language);

export function glanceAt(wamid) {
  const told = make("div", { className: "told" });
  const summary = make("summary", { textContent: say("glance") });
  const details = make("details", { className: "glance" }, summary, told);
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    told.replaceChildren(say("looking"));
    try {
      told.replaceChildren(table(await turn(wamid)));
    } catch {
      told.replaceChildren(say("offline"));
    }
    details.scrollIntoView({ block: "nearest" });
  });
  return details;
}

function table(found) {
  if (found === null) return make("p", { textContent: say("no_turn") });
  const list = make("dl", { "aria-label": say("glance_for") });
  const line = (key, ...content) => list.append(make("dt", { textContent: say(key) }), make("dd", {}, ...content));
  line("route", say(`route_${found.route}`));
  if (found.answer_ms !== null) line("took", say("milliseconds", { ms: number.format(found.answer_ms) }));
  if (!found.in_thread) {
    if (found.route === "chat") list.append(make("dd", { textContent: say("not_in_thread") }));
    return list;
  }
  line("memories", found.memories.length ? bullets(found.memories) : say("none"));
  line("tools", ...(found.tools.length ? found.tools.map(tool) : [say("none")]));
  if (found.model.length) line("tokens", bullets(found.model.map(tokens)));
  return list;
}

const bullets = (lines) => make("ul", {}, ...lines.map((line) => make("li", { textContent: line })));

function tool({ name, arguments: given, result, ok }) {
  const state = result === null ? say("waiting") : ok ? "" : say("failed");
  const head = make("div", {}, make("code", { textContent: name }));
  if (state) head.append(" ", make("span", { className: "bad", textContent: `(${state})` }));
  const lines = Object.entries(given).map(([key, value]) => `${key}: ${plain(value)}`);
  const parts = [head];
  if (lines.length) parts.push(...scrolled("arguments", lines.join("\n")));
  if (result !== null) parts.push(...scrolled("result", result));
  return make("div", { className: "tool" }, ...parts);
}

// It scrolls where it is long, so the keyboard must reach it.
function scrolled(key, text) {
  const label = make("span", { className: "part", textContent: say(key) });
  return [label, make("pre", { tabIndex: 0, role: "group", "aria-label": say(key), textContent: text })];
}

const plain = (value) => (typeof value === "string" ? value : JSON.stringify(value));

function tokens({ read, written, cached }) {
  const used = say("tokens_of_call", { read: number.format(read), written: number.format(written) });
  if (cached === null || !read) return used;
  return `${used}, ${say("cached", { share: Math.round((100 * cached) / read) })}`;
}
