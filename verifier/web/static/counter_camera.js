// The camera: frames become the text of a code, here where the browser can, else on the verifier.
//
// One frame is on its way at a time, and the rest between two is as long as half of what one
// took: the rate is what this counter and this verifier can do together. A code that stays in
// sight is checked once. After an accepted one the phone must leave the picture first, for its
// wallet renews the code by itself, and that is no next person.

import { ask, find, pause, remembered, say } from "./counter_common.js";

const WANTED = { width: { ideal: 1920 }, height: { ideal: 1080 } };
const LARGE_ENOUGH = { width: { ideal: 1920, min: 1280 }, height: { ideal: 1080, min: 720 } };
const ENOUGH = [1280, 720];
const LONGEST_EDGE = 1920;
const JPEG_QUALITY = 0.85;
const REST_MS = 30;
const SLOWEST_MS = 1500;
const GONE_FRAMES = 2;
const DARK = 38; // mean of 0 to 255 below which a lit screen is not in the picture
const REFUSALS = {
  NotAllowedError: "camera_refused",
  SecurityError: "camera_refused",
  NotFoundError: "camera_absent",
  NotReadableError: "camera_busy",
  AbortError: "camera_busy",
};

export class Camera {
  /** `took` gets the text of a code. */
  constructor({ took }) {
    this.took = took;
    this.run = 0;
    this.stream = null;
    this.video = find("[data-video]");
    this.hintPlace = find("[data-camera-hint]");
    this.openButton = find("[data-camera-open]");
    this.closeButton = find("[data-camera-close]");
    this.choice = find("[data-camera-select]");
    this.canvas = document.createElement("canvas");
    this.small = document.createElement("canvas");
    this.leave();
    this.openButton.addEventListener("click", () => {
      remembered.set("camera", "on");
      this.open();
    });
    this.closeButton.addEventListener("click", () => {
      remembered.set("camera", "off");
      this.close();
    });
    this.choice.addEventListener("change", () => {
      remembered.set("camera-id", this.choice.value);
      this.open();
    });
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.list());
  }

  /** Begin by itself, unless it was closed here before. */
  begin() {
    if (remembered.get("camera") !== "off") this.open();
  }

  hint(name, values) {
    const words = name ? say(name, values) : "";
    if (this.hintPlace.textContent !== words) this.hintPlace.textContent = words;
    this.hintPlace.classList.toggle("camera__hint--warn", Boolean(name) && name !== "camera_reading"
      && name !== "camera_starting");
  }

  leave() {
    this.last = "";
    this.armed = true;
    this.blank = 0;
  }

  /** What came of the code that was taken last. */
  checked(kind) {
    // Not accepted: the holder renews the code in place and it is to be read again.
    if (kind !== "accepted") this.armed = true;
  }

  async open() {
    this.close();
    const mine = ++this.run;
    if (!navigator.mediaDevices?.getUserMedia) {
      this.hint(window.isSecureContext ? "camera_absent" : "camera_insecure");
      return;
    }
    this.hint("camera_starting");
    try {
      const stream = await this.getStream();
      if (mine !== this.run) {
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      this.stream = stream;
      stream.getVideoTracks()[0].addEventListener("ended", () => mine === this.run && this.lost());
      this.video.srcObject = stream;
      await this.video.play();
    } catch (error) {
      if (mine === this.run) this.refused(error);
      return;
    }
    this.opened(true);
    this.list();
    this.loop(mine);
  }

  async getStream() {
    const id = remembered.get("camera-id");
    const which = id ? { deviceId: { ideal: id } } : { facingMode: { ideal: "environment" } };
    try {
      return await navigator.mediaDevices.getUserMedia({ video: { ...LARGE_ENOUGH, ...which } });
    } catch (error) {
      if (error.name !== "OverconstrainedError") throw error;
      return navigator.mediaDevices.getUserMedia({ video: { ...WANTED, ...which } });
    }
  }

  refused(error) {
    this.close();
    this.hint(REFUSALS[error.name] || "camera_absent");
  }

  lost() {
    this.close();
    this.hint("camera_absent");
  }

  opened(open) {
    this.openButton.hidden = open;
    this.closeButton.hidden = !open;
    find("[data-camera]").classList.toggle("camera--open", open);
  }

  close() {
    this.run += 1;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
    this.opened(false);
    this.hint("");
  }

  async list() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter((device) => device.kind === "videoinput" && device.deviceId);
    const used = this.stream?.getVideoTracks()[0]?.getSettings().deviceId;
    this.choice.replaceChildren(
      ...cameras.map((camera, index) => {
        const words = camera.label || say("camera_number", { number: index + 1 });
        return new Option(words, camera.deviceId, false, camera.deviceId === used);
      }),
    );
    find("[data-camera-choice]").hidden = cameras.length < 2;
  }

  async loop(mine) {
    const read = await this.reader();
    while (mine === this.run) {
      if (document.hidden || this.video.readyState < 2) {
        if (document.hidden) this.hint("camera_paused");
        await pause(200);
        continue;
      }
      const began = performance.now();
      let frame = null;
      try {
        frame = await read();
      } catch (problem) {
        frame = { seen: "nothing", text: "", failed: problem.code };
      }
      if (mine !== this.run) return;
      const took = performance.now() - began;
      this.note(frame, took);
      await pause(frame.failed ? SLOWEST_MS : Math.min(SLOWEST_MS, Math.max(REST_MS, took / 2)));
    }
  }

  /** How a frame is read here. */
  async reader() {
    if ("BarcodeDetector" in window) {
      const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
      if (formats.includes("qr_code")) {
        const detector = new BarcodeDetector({ formats: ["qr_code"] });
        return async () => {
          const texts = new Set((await detector.detect(this.video)).map((code) => code.rawValue));
          if (texts.size > 1) return { seen: "several", text: "" };
          const [text] = texts;
          return text ? { seen: "code", text } : { seen: "nothing", text: "" };
        };
      }
    }
    return async () => ask("frames", { body: await this.frame() });
  }

  /** The picture now, as JPEG. */
  frame() {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, LONGEST_EDGE / Math.max(videoWidth, videoHeight));
    this.canvas.width = Math.round(videoWidth * scale);
    this.canvas.height = Math.round(videoHeight * scale);
    const context = this.canvas.getContext("2d", { alpha: false });
    context.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    return new Promise((done) => this.canvas.toBlob(done, "image/jpeg", JPEG_QUALITY));
  }

  note({ seen, text }, took) {
    const nothing = seen === "nothing";
    this.blank = nothing ? this.blank + 1 : 0;
    if (this.blank >= GONE_FRAMES) this.armed = true;
    if (seen === "code" && this.armed && text !== this.last) {
      this.armed = false;
      this.last = text;
      this.hint("");
      this.took(text);
    } else if (seen === "code") {
      this.hint("camera_same");
    } else if (seen === "unclear" || seen === "several") {
      this.hint(`camera_${seen}`);
    } else {
      this.say_state(took);
    }
  }

  say_state(took) {
    const width = this.video.videoWidth;
    const height = this.video.videoHeight;
    const sides = [Math.max(width, height), Math.min(width, height)];
    if (sides[0] < ENOUGH[0] || sides[1] < ENOUGH[1]) this.hint("camera_small", { width, height });
    else if (this.dark()) this.hint("camera_dark");
    else {
      const rate = Math.max(1, Math.round(1000 / (took + Math.max(REST_MS, took / 2))));
      this.hint("camera_reading", { width, height, rate });
    }
  }

  dark() {
    this.small.width = 32;
    this.small.height = 18;
    const context = this.small.getContext("2d", { willReadFrequently: true });
    context.drawImage(this.video, 0, 0, 32, 18);
    const { data } = context.getImageData(0, 0, 32, 18);
    let sum = 0;
    for (let at = 0; at < data.length; at += 4) sum += data[at] + data[at + 1] + data[at + 2];
    return sum / ((data.length / 4) * 3) < DARK;
  }
}
