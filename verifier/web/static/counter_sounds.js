// A sound and a vibration for each verdict, made here; different in number, height and rhythm.

import { find, remembered, say } from "./counter_common.js";

const SOUNDS = {
  accepted: { wave: "sine", notes: [[660, 0, 0.12], [990, 0.13, 0.22]] },
  refused: { wave: "square", notes: [[196, 0, 0.22], [147, 0.28, 0.42]] },
  cannot_say: { wave: "triangle", notes: [[440, 0, 0.1], [440, 0.18, 0.1], [440, 0.36, 0.1]] },
};
const VIBRATIONS = { accepted: [80], refused: [250, 100, 250], cannot_say: [80, 80, 80, 80, 80] };
const LOUDNESS = { sine: 0.3, square: 0.12, triangle: 0.3 };

export class Sounds {
  constructor() {
    this.on = remembered.get("sound") !== "off";
    this.context = null;
    this.button = find("[data-sound]");
    this.button.addEventListener("click", () => this.toggle());
    // Browsers make no sound before somebody has touched the page.
    for (const kind of ["pointerdown", "keydown"]) {
      addEventListener(kind, () => this.wake(), { capture: true, passive: true });
    }
    this.tell();
  }

  toggle() {
    this.on = !this.on;
    remembered.set("sound", this.on ? "on" : "off");
    this.tell();
    if (this.on) this.play("accepted");
  }

  tell() {
    this.button.setAttribute("aria-pressed", String(this.on));
    find("[data-sound-words]").textContent = say(this.on ? "sound_on" : "sound_off");
  }

  wake() {
    if (!this.on || typeof AudioContext === "undefined") return;
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") this.context.resume().catch(() => {});
  }

  play(kind) {
    navigator.vibrate?.(VIBRATIONS[kind]);
    if (!this.on || !this.context) return;
    const { wave, notes } = SOUNDS[kind];
    for (const [pitch, after, lasting] of notes) this.note(wave, pitch, after, lasting);
  }

  note(wave, pitch, after, lasting) {
    const begins = this.context.currentTime + after;
    const tone = this.context.createOscillator();
    const volume = this.context.createGain();
    tone.type = wave;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, begins);
    volume.gain.exponentialRampToValueAtTime(LOUDNESS[wave], begins + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, begins + lasting);
    tone.connect(volume).connect(this.context.destination);
    tone.start(begins);
    tone.stop(begins + lasting + 0.05);
  }
}
