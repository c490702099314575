// The message box: completion (an ARIA combobox), history, sending.

import { get } from "./api.js";

const DEBOUNCE_MS = 90;
const HISTORY = 100;

export class Composer {
  constructor(form, send, channel) {
    this.channel = channel;
    this.form = form;
    this.box = form.querySelector("input");
    this.list = form.querySelector("[role=listbox]");
    this.send = send;
    this.history = [];
    this.past = -1; // where in the history we are; -1 is what is being typed now
    this.active = -1;
    this.timer = 0;
    this.asked = null;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.box.addEventListener("input", () => this.typed());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      event.preventDefault(); // the box keeps the focus
      this.take(this.options().indexOf(option));
    });
  }

  get open() {
    return !this.list.hidden;
  }

  options() {
    return [...this.list.children];
  }

  focus(text = null) {
    this.box.focus();
    if (text !== null && !this.box.value) {
      this.box.value = text;
      this.typed();
    }
  }

  restore(text) {
    if (!this.box.value) this.box.value = text;
  }

  submit() {
    const text = this.box.value.trim();
    if (!text) return;
    this.close();
    this.history = [text, ...this.history.filter((old) => old !== text)].slice(0, HISTORY);
    this.past = -1;
    this.box.value = "";
    this.send(text);
  }

  typed() {
    this.past = -1;
    this.ask();
  }

  ask() {
    clearTimeout(this.timer);
    this.asked?.abort();
    const text = this.box.value;
    if (!text.startsWith("/")) {
      this.close();
      return;
    }
    this.timer = setTimeout(async () => {
      this.asked = new AbortController();
      try {
        const found = await get("/api/complete", { text, channel: this.channel() }, this.asked.signal);
        if (this.box.value === text && document.activeElement === this.box) this.show(found);
      } catch {
        this.close(); // typing goes on without help
      }
    }, DEBOUNCE_MS);
  }

  show(found) {
    const useful = found.filter((one) => one.value !== this.box.value);
    const values = (list) => list.map((one) => one.value).join("\n");
    if (this.open && values(useful) === values(this.options().map((option) => option.dataset))) return; // keeps the choice
    this.list.replaceChildren(
      ...useful.map((one, n) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${n}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.value = one.value;
        const label = document.createElement("span");
        label.className = "label";
        label.textContent = one.label;
        const hint = document.createElement("span");
        hint.className = "hint";
        hint.textContent = one.hint;
        option.append(label, hint);
        return option;
      }),
    );
    this.list.hidden = useful.length === 0;
    this.box.setAttribute("aria-expanded", String(this.open));
    this.select(-1);
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.select(-1);
  }

  select(n) {
    const options = this.options();
    options[this.active]?.setAttribute("aria-selected", "false");
    this.active = n;
    const option = options[n];
    if (!option) {
      this.box.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-activedescendant", option.id);
  }

  take(n) {
    const option = this.options()[n];
    if (!option) return;
    this.box.value = option.dataset.value;
    this.close();
    this.ask();
  }

  recall(step) {
    const next = this.past + step;
    if (next < -1 || next >= this.history.length) return;
    this.past = next;
    this.box.value = next === -1 ? "" : this.history[next];
    this.close();
    this.box.setSelectionRange(this.box.value.length, this.box.value.length);
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const count = this.options().length;
    const browsing = this.past !== -1 || !this.box.value;
    const taken = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (event.key === "Escape" && this.open) {
      taken();
      this.close();
    } else if (event.key === "Tab" && this.open && !event.shiftKey) {
      taken();
      this.take(Math.max(this.active, 0));
    } else if (event.key === "Enter" && this.open && this.active !== -1) {
      taken();
      this.take(this.active);
    } else if (event.key === "ArrowDown" && this.open) {
      taken();
      this.select(this.active + 1 < count ? this.active + 1 : -1);
    } else if (event.key === "ArrowUp" && this.open) {
      taken();
      this.select(this.active === -1 ? count - 1 : this.active - 1);
    } else if (event.key === "ArrowUp" && browsing) {
      taken();
      this.recall(1);
    } else if (event.key === "ArrowDown" && this.past !== -1) {
      taken();
      this.recall(-1);
    }
  }
}
