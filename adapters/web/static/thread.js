// The thread panel: beside the channel where there is room, over it where there is not.

import { get } from "./api.js";
import { toast } from "./notices.js";

const panel = document.querySelector("[data-thread-panel]");
const main = document.querySelector("main");
const app = document.querySelector("[data-app]");
const narrow = window.matchMedia("(max-width: 1000px)");

function cover() {
  const over = narrow.matches && !panel.hidden;
  main.inert = over;
}
narrow.addEventListener("change", cover);

export class ThreadPanel {
  constructor(room, feed) {
    this.room = room;
    this.feed = feed;
  }

  async load() {
    const { thread, channel, view } = this.room;
    const { messages } = await get(`/api/channels/${channel}/messages`, { thread, view });
    if (this.room.thread === thread) this.feed.fill(messages);
  }

  async open(id) {
    this.room.thread = id;
    try {
      await this.load();
    } catch (error) {
      this.close();
      toast(error.message, { error: true });
      return;
    }
    panel.querySelector("[data-thread-place]").textContent = `#${this.room.name}`;
    panel.hidden = false;
    app.dataset.thread = "";
    cover();
    this.feed.stream.scrollTop = 0;
    this.feed.stream.focus({ preventScroll: true });
  }

  close() {
    const id = this.room.thread;
    this.room.thread = null;
    panel.hidden = true;
    delete app.dataset.thread;
    cover();
    if (id) main.querySelector(`[data-open-thread="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
  }
}
