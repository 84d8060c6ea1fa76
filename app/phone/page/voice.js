// Records a voice note. What WhatsApp itself would send comes first.

const TYPES = ["audio/ogg;codecs=opus", "audio/mp4", "audio/webm;codecs=opus"];

export class Recording {
  #recorder;
  #stream;
  #pieces = [];

  // Rejects where there is no microphone, or the browser does not allow it.
  static async begin() {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    return new Recording(stream);
  }

  constructor(stream) {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.#stream = stream;
    this.#recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    this.#recorder.addEventListener("dataavailable", ({ data }) => this.#pieces.push(data));
    this.#recorder.start();
  }

  // The recording as a file; the microphone is let go of.
  async end() {
    const stopped = new Promise((done) => this.#recorder.addEventListener("stop", done));
    this.#recorder.stop();
    await stopped;
    for (const track of this.#stream.getTracks()) track.stop();
    const type = this.#recorder.mimeType.split(";")[0];
    return new File(this.#pieces, `voice.${type.split("/")[1]}`, { type });
  }
}
