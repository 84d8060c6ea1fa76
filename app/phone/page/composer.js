// Where one writes, attaches and records.

import { upload, write } from "./link.js";
import { icon, make } from "./parts.js";
import { Recording } from "./voice.js";
import { say } from "./words.js";

const MAX_BYTES = 100 * 1024 * 1024; // Meta's limit for documents
const KINDS = [
  ["image", /^image\/(jpeg|png)$/],
  ["video", /^video\/(mp4|3gpp)$/],
  ["audio", /^audio\//],
  ["document", /^/],
];

const part = (id) => document.getElementById(id);

export class Composer {
  #text = part("text");
  #files = [];
  #recording = null;
  #clock = 0;
  #notice;

  // `notice(sentence)` shows what went wrong; "" takes it away.
  constructor(notice) {
    this.#notice = notice;
    part("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#text.addEventListener("input", () => this.#refresh());
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    this.#text.addEventListener("paste", (event) => this.#attach(event.clipboardData.files));
    part("attach").addEventListener("click", () => part("file").click());
    part("file").addEventListener("change", () => {
      this.#attach(part("file").files);
      part("file").value = "";
    });
    part("record").addEventListener("click", () => this.#record());
    part("discard").addEventListener("click", () => this.#stop());
    part("deliver").addEventListener("click", () => this.#deliver());
    part("recording").addEventListener("keydown", (event) => event.key === "Escape" && this.#stop());
    this.#takeDrops();
    if (matchMedia("(pointer: fine)").matches) this.#text.focus();
  }

  async #send() {
    const text = this.#text.value.trim();
    const files = this.#files;
    if (!text && files.length === 0) return;
    this.#files = [];
    this.#text.value = "";
    this.#refresh();
    const sent = await this.#tried(async () => {
      const takesCaption = files.length > 0 && kindOf(files[0]) !== "audio";
      for (const [index, file] of files.entries()) {
        await sendFile(file, index === 0 && takesCaption ? { caption: text } : {});
      }
      if (text && !takesCaption) await write({ text });
    });
    if (sent || this.#text.value) return;
    this.#text.value = text;
    this.#files = files;
    this.#refresh();
  }

  async #tried(action) {
    this.#notice("");
    try {
      await action();
      return true;
    } catch {
      this.#notice(say("not_sent"));
      return false;
    }
  }

  #attach(files) {
    const fitting = [...files].filter((file) => file.size <= MAX_BYTES);
    this.#notice(fitting.length < files.length ? say("too_big") : "");
    this.#files = [...this.#files, ...fitting];
    this.#refresh();
    if (fitting.length) this.#text.focus();
  }

  #refresh() {
    const chips = this.#files.map((file) => {
      const remove = make("button", { type: "button", "aria-label": say("remove_file", { name: file.name }) });
      remove.append(icon("cross"));
      remove.addEventListener("click", () => {
        this.#files = this.#files.filter((one) => one !== file);
        this.#refresh();
        this.#text.focus();
      });
      return make("li", {}, file.name, remove);
    });
    part("files").replaceChildren(...chips);
    const something = this.#text.value.trim() !== "" || this.#files.length > 0;
    part("send").hidden = !something;
    part("record").hidden = something;
    if (!CSS.supports("field-sizing", "content")) {
      this.#text.style.height = "auto";
      this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
    }
  }

  async #record() {
    this.#notice("");
    try {
      this.#recording = await Recording.begin();
    } catch {
      this.#notice(say("no_microphone"));
      return;
    }
    const began = Date.now();
    const show = () => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      part("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    };
    show();
    this.#clock = setInterval(show, 500);
    this.#showRecording(true);
    part("deliver").focus();
  }

  async #stop() {
    clearInterval(this.#clock);
    const recording = this.#recording;
    this.#recording = null;
    this.#showRecording(false);
    part("record").focus();
    return recording?.end();
  }

  async #deliver() {
    const file = await this.#stop();
    if (file) await this.#tried(() => sendFile(file, { voice: true }));
  }

  #showRecording(on) {
    part("recording").hidden = !on;
    part("writing").hidden = on;
  }

  #takeDrops() {
    const drop = part("drop");
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    document.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      drop.hidden = false;
    });
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) drop.hidden = true;
    });
    document.addEventListener("drop", (event) => {
      drop.hidden = true;
      if (!hasFiles(event)) return;
      event.preventDefault();
      this.#attach(event.dataTransfer.files);
    });
  }
}

const kindOf = (file) => KINDS.find(([, pattern]) => pattern.test(file.type))[0];

async function sendFile(file, about) {
  const kind = kindOf(file);
  const content = { ...(await upload(file)), ...about };
  if (!content.caption) delete content.caption;
  if (kind === "document") content.filename = file.name;
  if (kind === "audio") content.voice = Boolean(about.voice);
  await write({ type: kind, message: { [kind]: content } });
}
