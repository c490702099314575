// New messages as they come. The stream is closed while the page is hidden: a browser allows few of them at once.

const AGAIN_MS = 3000;

export class Live {
  constructor({ view, message, remove, ready }) {
    this.view = view;
    this.handlers = { message, remove, ready };
    this.offline = document.querySelector("[data-offline]");
    this.source = null;
    this.timer = 0;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
    window.addEventListener("pagehide", () => this.close());
  }

  open() {
    this.close();
    const source = new EventSource(`/api/events?${new URLSearchParams({ view: this.view() })}`);
    this.source = source;
    source.addEventListener("ready", () => {
      this.offline.hidden = true;
      this.handlers.ready(); // whatever was missed while away
    });
    source.addEventListener("message", (event) => this.handlers.message(JSON.parse(event.data)));
    source.addEventListener("remove", (event) => this.handlers.remove(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      this.offline.hidden = false;
      if (source.readyState === EventSource.CLOSED) this.timer = setTimeout(() => this.open(), AGAIN_MS);
    });
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }
}
