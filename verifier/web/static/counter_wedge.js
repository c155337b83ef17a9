// The desk scanner: a keyboard that types a whole code within a moment, wherever the cursor is.
//
// A burst of keys is taken for the scanner and kept from whatever has the focus; what of it got
// into a field before it was known for one is taken out again. Beside what each key says, the
// place of the key is kept: a scanner speaks the places of an American keyboard, so its code
// can be read under any layout and under an input method.

import { takesText } from "./counter_common.js";

const BURST = 4; // keys, three of them hard upon the one before, are no longer a person
const SHORTEST = 6; // characters of the shortest thing worth checking
const GAP_MS = 50; // between two keys of a scanner
const GAP_INSIDE_MS = 1500; // where it begins as our codes do, a stutter is forgiven
const GAP_AT_COLON_MS = 400; // our codes end with one, so this may be all
const END_MS = 150; // silence that ends a scan without Enter
const BEGINNING = /^z(j(p?\d{0,2}:?)?)?$/i;
const WHOLE = /^zjp?\d+:/i;
const SHIFTED_DIGITS = ")!@#$%^&*(";
const PLACES = {
  Space: " ", Minus: "-_", Equal: "=+", Period: ".>", Comma: ",<", Slash: "/?", Semicolon: ";:",
  Quote: "'\"", Backslash: "\\|", BracketLeft: "[{", BracketRight: "]}", Backquote: "`~",
  NumpadAdd: "+", NumpadSubtract: "-", NumpadMultiply: "*", NumpadDivide: "/", NumpadDecimal: ".",
};

/** What the key at this place types on an American keyboard. */
function atPlace(event) {
  const { code, shiftKey } = event;
  if (/^Key[A-Z]$/.test(code)) return code[3];
  if (/^(Digit|Numpad)\d$/.test(code)) {
    const digit = code.at(-1);
    return shiftKey && code.startsWith("Digit") ? SHIFTED_DIGITS[digit] : digit;
  }
  const pair = PLACES[code] || "";
  return shiftKey && pair.length > 1 ? pair[1] : pair.slice(0, 1);
}

/** What the key says; where an input method took it, what stands at its place. */
function said(event) {
  if (event.key.length === 1) return event.key;
  return ["Process", "Unidentified", "Dead"].includes(event.key) ? atPlace(event) : "";
}

/** The better of two readings of a burst. */
export function bestReading(byKey, byPlace) {
  if (WHOLE.test(byKey.normalize("NFKC"))) return byKey;
  return WHOLE.test(byPlace) ? byPlace : byKey;
}

export class Wedge {
  /** `took` gets a scanned text, `lone` a single key pressed outside of fields. */
  constructor({ took, lone }) {
    this.took = took;
    this.lone = lone;
    this.forget();
    addEventListener("keydown", (event) => this.down(event), { capture: true });
    addEventListener("keyup", (event) => this.up(event), { capture: true });
  }

  forget() {
    clearTimeout(this.timer);
    this.byKey = this.byPlace = "";
    this.count = this.fast = 0;
    this.last = -Infinity;
    this.field = null;
  }

  get ours() {
    return WHOLE.test(this.byKey) || WHOLE.test(this.byPlace);
  }

  /** Whether these keys are a scanner's. */
  get scanning() {
    return this.count >= BURST && this.fast >= BURST - 1;
  }

  /** How long the next key may take and still belong to these. */
  get patience() {
    const begins = BEGINNING.test(this.byKey) || BEGINNING.test(this.byPlace);
    const inside = begins || (this.scanning && this.ours);
    if (inside) return this.byKey.endsWith(":") ? GAP_AT_COLON_MS : GAP_INSIDE_MS;
    return this.scanning ? END_MS : GAP_MS;
  }

  down(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const gap = event.timeStamp - this.last;
    if (event.key === "Enter" || event.key === "Tab") {
      if (!this.scanning || gap > GAP_INSIDE_MS) return;
      this.keep(event);
      this.end();
      return;
    }
    const key = said(event);
    if (!key) return;
    if (gap > this.patience) this.forget();
    if (this.count === 0) this.remember(document.activeElement);
    else if (gap <= GAP_MS) this.fast += 1;
    this.byKey += key;
    this.byPlace += atPlace(event);
    this.count += 1;
    this.last = event.timeStamp;
    if (this.scanning) this.keep(event);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(), Math.max(END_MS, this.patience));
  }

  up(event) {
    // A space is pressed on a button when it is let go.
    if (this.scanning) this.keep(event);
  }

  keep(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  remember(element) {
    if (takesText(element)) this.field = { element, value: element.value };
    else if (element?.matches?.("select")) this.field = { element, index: element.selectedIndex };
  }

  end() {
    const { byKey, byPlace, count, field, scanning } = this;
    this.forget();
    if (scanning && count >= SHORTEST) {
      if (field && "value" in field) field.element.value = field.value;
      if (field && "index" in field) field.element.selectedIndex = field.index;
      this.took(bestReading(byKey, byPlace));
    } else if (scanning && field && "value" in field) {
      field.element.value = field.value + byKey; // somebody who types very fast
    } else if (count === 1 && !field) {
      this.lone(byKey);
    }
  }
}
