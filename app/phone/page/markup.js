// WhatsApp's markup: *bold*, _italic_, ~struck out~, `code` and ```code```, and addresses.

import { make } from "./parts.js";

const SPAN = (mark) => `(?<![\\p{L}\\p{N}${mark}])[${mark}](?=\\S)([^\\n]*?\\S)[${mark}](?![\\p{L}\\p{N}${mark}])`;
const MARKS = new RegExp(
  [
    "```([^]+?)```",
    "`([^`\\n]+)`",
    "(https?:\\/\\/[^\\s<>\"'«»]*[^\\s<>\"'«».,;:!?)\\]}*_~])",
    SPAN("*"),
    SPAN("_"),
    SPAN("~"),
  ].join("|"),
  "gu",
);

export function rendered(text) {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(MARKS)) {
    fragment.append(text.slice(end, match.index), element(match));
    end = match.index + match[0].length;
  }
  fragment.append(text.slice(end));
  return fragment;
}

function element([whole, block, code, address, bold, italic, struck]) {
  if (block ?? code) return make("code", { textContent: (block ?? code).replace(/^\n|\n$/g, "") });
  if (address) {
    return make("a", { href: address, target: "_blank", rel: "noreferrer", textContent: whole });
  }
  if (bold) return make("strong", {}, rendered(bold));
  if (italic) return make("em", {}, rendered(italic));
  return make("s", {}, rendered(struck));
}
