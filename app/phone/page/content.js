// What stands in a bubble: one function for each type of message, theirs and ours.

import { fileUrl } from "./link.js";
import { rendered } from "./markup.js";
import { icon, make } from "./parts.js";
import { say } from "./words.js";

const text = (words) => make("div", { className: "text" }, rendered(words));
const caption = (media) => (media.caption ? text(media.caption) : null);

function gone(event) {
  event.target.replaceWith(make("p", { className: "text", textContent: say("gone") }));
}

function picture(media) {
  const image = make("img", { src: fileUrl(media.id), alt: media.caption || say("photo") });
  image.addEventListener("error", gone);
  return [image, caption(media)];
}

function sound(media) {
  const label = say(media.voice ? "voice_note" : "audio");
  const properties = { src: fileUrl(media.id), controls: true, preload: "metadata", "aria-label": label };
  return [make("audio", properties)];
}

function film(media) {
  const properties = { src: fileUrl(media.id), controls: true, preload: "metadata", "aria-label": say("video") };
  return [make("video", properties), caption(media)];
}

function paper(media) {
  const name = media.filename || say("file");
  const link = make("a", { className: "download", href: fileUrl(media.id), download: name });
  link.append(icon("sheet"), name);
  return [link, caption(media)];
}

function place(location) {
  const where = [location.name, location.address, `${location.latitude}, ${location.longitude}`];
  return [text(`${say("place")}: ${where.filter(Boolean).join("\n")}`)];
}

function interactive(content) {
  const reply = content.button_reply ?? content.list_reply;
  if (reply) return [text([reply.title, reply.description].filter(Boolean).join("\n"))];
  const head = content.header?.text ? make("strong", { textContent: content.header.text }) : null;
  const foot = content.footer?.text ? make("small", { textContent: content.footer.text }) : null;
  return [head, text(content.body.text), foot];
}

const TYPES = {
  text: (content) => [text(content.body)],
  button: (content) => [text(content.text)],
  reaction: (content) => [text(content.emoji)],
  interactive,
  image: picture,
  sticker: picture,
  audio: sound,
  video: film,
  document: paper,
  location: place,
};

// The nodes of an event's message.
export function contentOf(event) {
  const content = event.message[event.type];
  const build = TYPES[event.type];
  if (build && content) return build(content).filter(Boolean);
  return [text(event.text || say("unknown", { type: event.type }))];
}

// One line, for where a message is quoted.
export function gist(event) {
  const content = event.message[event.type] ?? {};
  const reply = content.button_reply ?? content.list_reply;
  return event.text || reply?.title || content.filename || say("file");
}
