// What can be tapped under a message: reply buttons, or the button that opens a list.

import { icon, make } from "./parts.js";
import { say } from "./words.js";

// The group for an interactive message, or null; `tap` gets the reply as Meta's webhooks hold it.
export function choicesOf(event, tap) {
  const content = event.type === "interactive" ? event.message.interactive : {};
  const action = content.action ?? {};
  const buttons = (action.buttons ?? []).map(({ reply }) => {
    const button = make("button", { type: "button", textContent: reply.title });
    button.dataset.reply = reply.id;
    button.addEventListener("click", () => tap({ type: "button_reply", button_reply: reply }));
    return button;
  });
  if (content.type === "list") {
    const button = make("button", { type: "button", "aria-haspopup": "dialog" });
    button.append(icon("menu"), action.button);
    button.addEventListener("click", () => openList(content, tap));
    buttons.push(button);
  }
  if (buttons.length === 0) return null;
  return make("div", { className: "replies", role: "group", "aria-label": say("choices") }, ...buttons);
}

// A message is answered once: its buttons stay to be read.
export function settle(group, replyId) {
  for (const button of group.querySelectorAll("button")) {
    button.disabled = true;
    button.classList.toggle("chosen", button.dataset.reply === replyId);
  }
}

function openList(content, tap) {
  const close = make("button", { type: "button", "aria-label": say("close") }, icon("cross"));
  const title = make("h2", { textContent: content.action.button });
  const dialog = make("dialog", { "aria-label": content.action.button });
  dialog.append(make("header", {}, title, close));
  for (const section of content.action.sections) {
    if (section.title) dialog.append(make("h3", { textContent: section.title }));
    dialog.append(make("ul", {}, ...section.rows.map((row) => make("li", {}, rowButton(row)))));
  }

  function rowButton(row) {
    const button = make("button", { type: "button" }, row.title);
    if (row.description) button.append(make("small", { textContent: row.description }));
    button.addEventListener("click", () => {
      dialog.close();
      tap({ type: "list_reply", list_reply: row });
    });
    return button;
  }

  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
