// A list of messages. It only ever shows HTML that the server's own templates made.

const NEAR_BOTTOM = 120;
const TOGETHER_MS = 5 * 60 * 1000;
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

function dayName(date) {
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return "Today";
  if (date.toDateString() === yesterday.toDateString()) return "Yesterday";
  return DAY.format(date).replace(",", "");
}

export class Feed {
  constructor(list, stream) {
    this.list = list;
    this.stream = stream;
    this.arrange();
  }

  find(id) {
    return this.list.querySelector(`:scope > [data-id="${CSS.escape(id)}"]`);
  }

  messages() {
    return [...this.list.querySelectorAll(":scope > .message")];
  }

  // Shows exactly these messages and tells whether any was new; those that did not change keep their elements, so
  // nothing open closes.
  fill(htmls, empty = "") {
    const next = htmls.map((html) => {
      const fresh = parse(html);
      const old = this.find(fresh.dataset.id);
      return old && old.dataset.revision === fresh.dataset.revision && old.dataset.view === fresh.dataset.view ? old : fresh;
    });
    if (!next.length && empty) next.push(parse(empty));
    const before = [...this.list.children].filter((child) => !child.matches(".day"));
    if (before.length === next.length && before.every((child, n) => child === next[n])) return false; // keeps the focus
    const news = next.some((message) => message.parentElement !== this.list);
    this.list.replaceChildren(...next);
    this.arrange();
    return news;
  }

  // Adds a message or changes the one with its id. An older revision never replaces a newer one.
  upsert(html) {
    const fresh = parse(html);
    const old = this.find(fresh.dataset.id);
    const follow = this.atBottom();
    if (old) {
      if (Number(old.dataset.revision) >= Number(fresh.dataset.revision) && old.dataset.view === fresh.dataset.view) return old;
      const focus = this.focusWithin(old);
      old.replaceWith(fresh);
      this.arrange();
      if (focus) this.focusAgain(fresh, focus);
      return fresh;
    }
    this.list.querySelector("[data-empty]")?.remove();
    const pending = this.list.querySelector(":scope > .pending");
    const above = fresh.dataset.after ? this.find(fresh.dataset.after) : null;
    if (above) above.after(fresh);
    else this.list.insertBefore(fresh, pending);
    this.arrange();
    if (follow && !above) this.toBottom();
    return fresh;
  }

  remove(id) {
    this.find(id)?.remove();
    this.arrange();
  }

  pending(command) {
    const item = document.querySelector("[data-pending]").content.firstElementChild.cloneNode(true);
    const used = item.querySelector(".used");
    if (command.startsWith("/")) used.querySelector("code").textContent = command;
    else used.remove();
    this.list.querySelector("[data-empty]")?.remove();
    this.list.append(item);
    this.toBottom();
    return item;
  }

  atBottom() {
    return this.stream.scrollHeight - this.stream.scrollTop - this.stream.clientHeight < NEAR_BOTTOM;
  }

  toBottom() {
    this.stream.scrollTop = this.stream.scrollHeight;
  }

  // The start of a new answer is what one wants to read, not its end.
  reveal(message) {
    const tall = message.offsetHeight > this.stream.clientHeight - 24;
    message.scrollIntoView({ block: tall ? "start" : "nearest" });
  }

  focusWithin(message) {
    const active = document.activeElement;
    if (!message.contains(active)) return null;
    const controls = [...message.querySelectorAll("button, summary, a")];
    return { label: active.textContent, index: controls.indexOf(active) };
  }

  // Paging must not throw the keyboard out: the same button, else the one in its place, else the message.
  focusAgain(message, { label, index }) {
    const controls = [...message.querySelectorAll("button, summary, a")];
    const same = controls.find((control) => control.textContent === label);
    (same ?? controls[Math.min(index, controls.length - 1)] ?? message).focus({ preventScroll: true });
  }

  // What the line above a message says: a new day in a channel, the number of replies under the opener of a thread.
  label(message, last, at) {
    if (this.list.dataset.feed === "thread") {
      const opener = last && !last.dataset.thread;
      return opener ? (last.querySelector(".replies .count")?.textContent ?? "Replies") : "";
    }
    return !last || new Date(last.dataset.at).toDateString() !== at.toDateString() ? dayName(at) : "";
  }

  // Local times, a line for each new day, and one byline for what comes together.
  arrange() {
    for (const line of this.list.querySelectorAll(":scope > .day")) line.remove();
    let last = null;
    for (const message of this.messages()) {
      const at = new Date(message.dataset.at);
      for (const time of message.querySelectorAll("time:not(.moment)")) time.textContent = CLOCK.format(new Date(time.dateTime));
      for (const time of message.querySelectorAll("time.moment")) time.title = MOMENT.format(new Date(time.dateTime));
      const label = this.label(message, last, at);
      if (label) {
        const line = document.createElement("li");
        line.className = "day";
        line.append(document.createElement("span"));
        line.firstChild.textContent = label;
        message.before(line);
      }
      const together =
        last && !label && !("used" in message.dataset) && !("used" in last.dataset) && last.dataset.author === message.dataset.author &&
        at - new Date(last.dataset.at) < TOGETHER_MS;
      message.classList.toggle("follows", Boolean(together));
      last = message;
    }
  }
}
