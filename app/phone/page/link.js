// The calls that the page makes, all to the port it came from.

export class NotReached extends Error {}

async function call(path, options) {
  let answer;
  try {
    answer = await fetch(`/phone/${path}`, options);
  } catch {
    throw new NotReached("the server does not answer");
  }
  if (answer.status === 404) return null;
  if (!answer.ok) throw new NotReached(`${path}: ${answer.status}`);
  return answer.json();
}

// {chats: [names of the owner in the conversation], contact, model, embedded}
export const me = () => call("me");

// {events, last_seq}; waits until something happens, or half a minute.
export const news = (after) => call(`chat?after=${after}`);

export const turn = (wamid) => call(`turns/${encodeURIComponent(wamid)}`);

export const fileUrl = (id) => `/phone/media/${encodeURIComponent(id)}`;

// An inbound message as Meta's webhooks hold it; see app/simulator/phone.py.
export function write(message) {
  const headers = { "Content-Type": "application/json" };
  return call("messages", { method: "POST", headers, body: JSON.stringify(message) });
}

// {id, mime_type, sha256}
export function upload(file) {
  const body = new FormData();
  body.append("file", file);
  return call("media", { method: "POST", body });
}
