// The sentences of the page, in the owner's language: they came with it.

const table = JSON.parse(document.getElementById("words").textContent);

export const language = table.lang;

export function say(key, values = {}) {
  return table[key].replace(/\{([a-z_]+)\}/g, (brace, name) => values[name] ?? brace);
}
