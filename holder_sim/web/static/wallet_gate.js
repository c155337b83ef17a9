// The face check before what is inside, and the lock that ends it. Whether a check still holds
// the wallet's service decides; this only sees to it that nothing stays on the screen longer.

import { ask, every, find, say, secondsUntil, setClock, tell } from "./wallet_common.js";

export class Gate {
  /**
   * @param {{opened: () => void, closed: () => void}} page what it shows when open, and how it
   *   takes everything personal off the screen again
   */
  constructor(page) {
    this.root = find("[data-gate]");
    this.inside = find("[data-inside]");
    this.purpose = this.root.dataset.gate;
    this.page = page;
    this.problem = find("[data-gate-problem]", this.root);
    this.buttons = [find("[data-gate-pass]", this.root), find("[data-gate-fail]", this.root)];
    this.buttons[0].addEventListener("click", () => this.check("match"));
    this.buttons[1].addEventListener("click", () => this.check("mismatch"));
    find("[data-lock-now]", this.inside).addEventListener("click", () => this.lock());
    // Nothing personal for the picture that a device keeps of an app put aside.
    document.addEventListener("visibilitychange", () => {
      if (this.begun) document.hidden ? this.conceal() : this.begin();
    });
    window.addEventListener("pagehide", () => this.conceal());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted && this.begun) this.begin();
    });
    this.begun = false;
  }

  /** See whether a check passed before still holds; else ask for one. */
  async begin() {
    this.begun = true;
    try {
      const state = await ask("/api/gate");
      setClock(state.now);
      find("[data-gate-simulated]", this.root).hidden = !state.simulated;
      this.buttons[1].hidden = !state.simulated;
      const left = state.open[this.purpose] || 0;
      if (left > 0) return this.open(left);
      this.close();
      if (state.locked_for_s > 0) this.lockedFor(state.locked_for_s);
    } catch (problem) {
      this.close();
      tell(this.problem, problem);
    }
  }

  async check(sample) {
    this.busy(true);
    this.root.classList.add("gate--checking");
    try {
      const passed = await ask("/face-checks", {
        method: "POST",
        json: { sample, purpose: this.purpose },
      });
      tell(this.problem, null);
      this.open(passed.left_s);
    } catch (problem) {
      tell(this.problem, problem);
      if (problem.code === "too_many_failures" || problem.code === "face_mismatch") {
        const { locked_for_s: locked } = await ask("/api/gate");
        if (locked > 0) this.lockedFor(locked);
      }
    } finally {
      this.root.classList.remove("gate--checking");
      if (!this.locked) this.busy(false);
    }
  }

  /** End it now, on this page and in the service. */
  async lock() {
    this.close();
    find("[data-gate-pass]", this.root).focus();
    await ask("/locks", { method: "POST" }).catch((problem) => tell(this.problem, problem));
  }

  open(seconds) {
    this.stop?.();
    tell(this.problem, null);
    this.root.hidden = true;
    this.inside.hidden = false;
    const ends = performance.now() + seconds * 1000;
    const time = find("[data-lock-time]", this.inside);
    const bar = find("[data-lock-bar]", this.inside);
    bar.max = Math.max(bar.max, seconds);
    this.stop = every(() => {
      const left = secondsUntil(ends);
      time.textContent = say("locks_in", { seconds: left });
      bar.value = left;
      this.inside.classList.toggle("ending", left <= 15);
      if (left === 0) this.close();
      return left > 0;
    });
    this.page.opened();
  }

  /** Take everything off the screen and ask for a check again. */
  close() {
    this.conceal();
    this.root.hidden = false;
  }

  conceal() {
    this.stop?.();
    this.inside.hidden = true;
    this.page.closed();
  }

  /** A problem met inside: where the lock has closed meanwhile, the gate says so. */
  failed(problem, place) {
    if (problem.code === "locked") {
      this.close();
      tell(this.problem, problem);
    } else {
      tell(place, problem);
    }
  }

  lockedFor(seconds) {
    const ends = performance.now() + seconds * 1000;
    this.locked = true;
    this.busy(true);
    this.problem.hidden = false;
    const stop = every(() => {
      const left = secondsUntil(ends);
      if (left > 0) {
        this.problem.textContent = say("locked_for", { minutes: Math.ceil(left / 60) });
        return true;
      }
      this.locked = false;
      this.busy(false);
      tell(this.problem, null);
      return false;
    });
    return stop;
  }

  busy(busy) {
    for (const button of this.buttons) button.disabled = busy;
  }
}
