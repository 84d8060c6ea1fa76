// The page: who answers, what happens, and what is written.

import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { me, news, write } from "./link.js";
import { say } from "./words.js";

const RETRY_MS = [500, 1000, 2000, 5000];
const LOADING_MS = 2000; // until the page asks again which model answers

const part = (id) => document.getElementById(id);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function notice(sentence) {
  part("notice").textContent = sentence;
}

function presence(key) {
  if (part("presence").textContent !== say(key)) part("presence").textContent = say(key);
}

function aboutOf({ model, embedded }) {
  if (model === null) return say("loading");
  return `${say(embedded ? "built_in" : "own_model", { model })} ${say("hint")}`;
}

async function tap(wamid, reply) {
  notice("");
  try {
    await write({ type: "interactive", message: { interactive: reply }, context: wamid });
  } catch {
    notice(say("not_sent"));
  }
}

async function whenLoaded() {
  for (let owner = { model: null }; owner.model === null; ) {
    await pause(LOADING_MS);
    owner = await me().catch(() => ({ model: null }));
    part("about").textContent = aboutOf(owner);
  }
}

const chat = new Chat(part("log"), part("end"), {
  onTyping: (on) => presence(on ? "typing" : "online"),
  tap,
});

let failures = 0; // in a row

async function follow() {
  const owner = await me();
  part("contact").textContent = owner.contact;
  chat.begin(owner.chats, aboutOf(owner));
  notice("");
  if (owner.model === null) whenLoaded();
  for (let after = 0; ; ) {
    const { events, last_seq } = await news(after);
    chat.take(events);
    after = last_seq;
    failures = 0;
  }
}

new Composer(notice);
for (;;) {
  await follow().catch((error) => console.warn(error.message));
  presence("offline");
  notice(say("stand_in_away"));
  await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
  failures += 1;
}
