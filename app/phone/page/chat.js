// The conversation on the screen, made from the stand-in's events.

import { choicesOf, settle } from "./choices.js";
import { contentOf, gist } from "./content.js";
import { glanceAt } from "./glance.js";
import { icon, make } from "./parts.js";
import { language, say } from "./words.js";

const TYPING_MS = 25_000; // Meta: the dots go out after so long
const NEAR_PX = 120; // so near to the end counts as being there
const TICKS = ["sent", "delivered", "read"];

const hour = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const date = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });

export class Chat {
  #log;
  #end;
  #onTyping;
  #tap;
  #events = new Map(); // by wamid
  #ticks = new Map(); // of ours: {element, reached}
  #choices = new Map(); // of theirs
  #dots = this.#makeDots();
  #dotsTimer = 0;
  #day = "";
  #last = null; // kind of the newest bubble
  #names = [];

  // `onTyping(bool)`; `tap(wamid, reply)` when something under a message is chosen.
  constructor(log, end, { onTyping, tap }) {
    this.#log = log;
    this.#end = end;
    this.#onTyping = onTyping;
    this.#tap = tap;
    end.addEventListener("click", () => this.#toTheEnd());
    log.addEventListener("scroll", () => (end.hidden = this.#isNearEnd()));
    new ResizeObserver(() => this.#wasNear && this.#toTheEnd()).observe(log);
    log.addEventListener("load", () => this.#wasNear && this.#toTheEnd(), true); // pictures
  }

  #wasNear = true;

  // Begin anew; `names` of the owner in the conversation, `about` the assistant in a sentence.
  begin(names, about) {
    this.#names = names;
    for (const map of [this.#events, this.#ticks, this.#choices]) map.clear();
    this.#day = "";
    this.#last = null;
    this.#log.setAttribute("aria-live", "off");
    this.#log.replaceChildren(make("p", { className: "about", id: "about", textContent: about }));
    this.#typing(false);
  }

  // What happened, in order. What was there at the start is not read aloud.
  take(events) {
    this.#wasNear = this.#isNearEnd();
    for (const event of events) {
      if (event.chat && !this.#names.includes(event.chat)) continue;
      const mine = event.kind === "inbound";
      if (mine || event.kind === "outbound") this.#add(event, mine);
      else if (TICKS.includes(event.kind)) this.#tick(event.wamid, event.kind);
      if (event.kind === "typing") this.#typing(true, event);
    }
    if (this.#wasNear) this.#toTheEnd();
    this.#end.hidden = this.#isNearEnd();
    requestAnimationFrame(() => this.#log.setAttribute("aria-live", "polite"));
  }

  #add(event, mine) {
    this.#separate(event);
    const content = contentOf(event);
    const bubble = make("div", { className: "bubble" });
    const author = make("span", { className: "unseen", textContent: mine ? `${say("you")}: ` : "WasAP: " });
    bubble.append(author, this.#quote(event) ?? "", ...content, this.#foot(event, mine));
    const row = make("div", { className: "row" }, bubble);
    row.classList.toggle("mine", mine);
    row.classList.toggle("follows", this.#last === event.kind);
    row.dataset.wamid = event.wamid;
    const choices = mine ? null : choicesOf(event, (reply) => this.#tap(event.wamid, reply));
    if (choices) {
      this.#choices.set(event.wamid, choices);
      row.append(choices);
    }
    if (mine) {
      this.#wasNear = true; // who writes wants to see it
      this.#settle(event);
    } else {
      row.append(glanceAt(event.wamid));
      this.#typing(false);
    }
    this.#events.set(event.wamid, event);
    this.#log.append(row);
    if (this.#dots.isConnected) this.#log.append(this.#dots);
    this.#last = event.kind;
  }

  #separate(event) {
    const at = new Date(event.at * 1000);
    const day = at.toDateString();
    if (day === this.#day) return;
    this.#day = day;
    this.#last = null;
    this.#log.append(make("p", { className: "day", textContent: dayName(at) }));
  }

  #quote(event) {
    const quoted = event.message.context?.id ?? event.message.context?.message_id;
    const found = quoted && this.#events.get(quoted);
    return found ? make("div", { className: "quote", textContent: gist(found) }) : null;
  }

  #foot(event, mine) {
    const at = new Date(event.at * 1000);
    const time = make("time", { dateTime: at.toISOString(), textContent: hour.format(at) });
    const foot = make("div", { className: "foot" }, time);
    if (mine) {
      const element = make("span", { role: "img" });
      this.#ticks.set(event.wamid, { element, reached: -1 });
      this.#tick(event.wamid, "sent");
      foot.append(element);
    }
    return foot;
  }

  #tick(wamid, name) {
    const known = this.#ticks.get(wamid);
    const reached = TICKS.indexOf(name);
    if (!known || reached <= known.reached) return;
    known.reached = reached;
    known.element.className = `ticks ${name}`;
    known.element.setAttribute("aria-label", say(name));
    known.element.replaceChildren(icon(name === "sent" ? "tick" : "ticks"));
  }

  #settle(event) {
    const choices = this.#choices.get(event.message.context?.id);
    const content = event.type === "interactive" ? event.message.interactive : {};
    if (choices) settle(choices, (content.button_reply ?? content.list_reply)?.id);
  }

  #typing(on, event = null) {
    clearTimeout(this.#dotsTimer);
    const left = event ? event.at * 1000 + TYPING_MS - Date.now() : 0;
    const shown = on && left > 0;
    if (shown) {
      this.#log.append(this.#dots);
      this.#dotsTimer = setTimeout(() => this.#typing(false), left);
    } else {
      this.#dots.remove();
    }
    this.#onTyping(shown);
  }

  #makeDots() {
    const dots = make("span", { className: "dots" }, make("i"), make("i"), make("i"));
    return make("div", { className: "row", "aria-hidden": "true" }, make("div", { className: "bubble" }, dots));
  }

  #isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  #toTheEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}

function dayName(at) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  return days === 0 ? say("today") : days === 1 ? say("yesterday") : date.format(at);
}
