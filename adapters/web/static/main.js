// The room: one channel in view, perhaps a thread, one way of looking at messages. Wires the other modules.

import { get, post, zone } from "./api.js";
import { Composer } from "./composer.js";
import { openForm } from "./dialog.js";
import { Feed } from "./feed.js";
import { Live } from "./live.js";
import { announce, toast } from "./notices.js";
import { recall, remember } from "./store.js";
import { ThreadPanel } from "./thread.js";

const one = (selector) => document.querySelector(selector);
const app = one("[data-app]");
const room = { channel: 0, name: one("[data-channel]")?.dataset.name ?? "", thread: null, view: "" };
const feeds = {
  channel: new Feed(one('[data-feed="channel"]'), one('[data-stream="channel"]')),
  thread: new Feed(one('[data-feed="thread"]'), one('[data-stream="thread"]')),
};
const thread = new ThreadPanel(room, feeds.thread);
const composers = {
  channel: new Composer(one('[data-composer="channel"]'), (text) => send(text, feeds.channel), () => room.channel),
  thread: new Composer(one('[data-composer="thread"]'), (text) => send(text, feeds.thread), () => room.channel),
};
const live = new Live({ view: () => room.view, message: arrived, remove: gone, ready: catchUp });

// A message belongs to a channel or to a thread; the opener of the open thread is in both.
function place({ id, channel, thread: inThread, html }) {
  let shown = null;
  if (channel === room.channel && !inThread) shown = feeds.channel.upsert(html);
  if (inThread ? inThread === room.thread : id === room.thread) {
    const there = feeds.thread.upsert(html);
    if (inThread) shown = there;
  }
  return shown;
}

function arrived(told) {
  const known = document.getElementById(`m-${told.id}`) !== null;
  const shown = place(told);
  if (shown && !known && shown.dataset.say) announce(`Paper Round: ${shown.dataset.say}`);
  if (!shown && told.channel !== room.channel) {
    one(`[data-channel="${told.channel}"] .unread`)?.removeAttribute("hidden");
  }
}

function gone({ id }) {
  for (const feed of Object.values(feeds)) feed.remove(id);
  if (id === room.thread) thread.close();
}

async function catchUp() {
  try {
    await load();
    if (room.thread) await thread.load();
  } catch (error) {
    toast(error.message, { error: true });
  }
}

async function load() {
  const { channel, view } = room;
  const follow = feeds.channel.atBottom();
  const { messages, empty } = await get(`/api/channels/${channel}/messages`, { view });
  if (room.channel !== channel || room.view !== view) return;
  if (feeds.channel.fill(messages, empty) && follow) feeds.channel.toBottom();
}

// What the server made of a command: a form to fill in, or a message to show.
function settle(outcome, feed) {
  if (outcome.form) {
    openForm(outcome.form, () => room.view, (next) => settle(next, feed));
    return;
  }
  const shown = place(outcome);
  if (outcome.shared) toast(`Shared in #${room.name}`);
  else if (outcome.channel !== room.channel) {
    toast(`Answered in #${one(`[data-channel="${outcome.channel}"][data-name]`).dataset.name}`);
  }
  else if (shown) feed.reveal(shown);
  if (shown?.dataset.say) announce(`Paper Round: ${shown.dataset.say}`);
}

function invoke(ask, feed) {
  const inThread = feed === feeds.thread ? room.thread : null;
  return post("/api/invoke", { channel: room.channel, thread: inThread, view: room.view, zone, ...ask });
}

async function send(command, feed) {
  const pending = feed.pending(command);
  try {
    const outcome = await invoke({ command, effect: "reply" }, feed);
    pending.remove();
    settle(outcome, feed);
  } catch (error) {
    pending.remove();
    toast(error.message, { error: true });
    (feed === feeds.thread ? composers.thread : composers.channel).restore(command);
  }
}

async function press(button) {
  const message = button.closest(".message");
  if (message.getAttribute("aria-busy") === "true") return;
  const feed = button.closest("[data-feed]").dataset.feed === "thread" ? feeds.thread : feeds.channel;
  const { command, effect } = button.dataset;
  const menu = button.closest("details.menu");
  message.setAttribute("aria-busy", "true");
  button.setAttribute("aria-busy", "true");
  try {
    const outcome = await invoke({ command, effect, message: message.dataset.id }, feed);
    if (menu) menu.open = false;
    settle(outcome, feed);
  } catch (error) {
    toast(error.message, { error: true });
  } finally {
    message.removeAttribute("aria-busy");
    button.removeAttribute("aria-busy");
  }
}

async function dismiss(button) {
  try {
    await post("/api/dismiss", { message: button.dataset.dismiss });
    gone({ id: button.dataset.dismiss });
  } catch (error) {
    toast(error.message, { error: true });
  }
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.parentElement.querySelector("pre").textContent);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed";
  }
  setTimeout(() => (button.textContent = "Copy"), 2000);
}

async function choose(button) {
  if (room.thread) thread.close();
  room.channel = Number(button.dataset.channel);
  room.name = button.dataset.name;
  for (const other of document.querySelectorAll("[data-channel][data-name]")) other.removeAttribute("aria-current");
  button.setAttribute("aria-current", "page");
  button.querySelector(".unread").hidden = true;
  one("[data-channel-name]").lastChild.textContent = room.name;
  one("[data-channel-topic]").textContent = button.dataset.topic;
  document.title = `#${room.name} · Paper Round`;
  feeds.channel.fill([]);
  sidebar(false);
  await catchUp();
  feeds.channel.toBottom();
  composers.channel.focus();
}

// A link to a message, as a posted edition has one: #/channel/thread/message.
async function follow() {
  const [, n, inThread, id] = location.hash.match(/^#\/(\d+)\/([\w-]*)\/([\w-]+)$/) ?? [];
  const button = id && one(`[data-channel="${n}"][data-name]`);
  if (!button) return;
  if (Number(n) !== room.channel) await choose(button);
  if (inThread) await thread.open(inThread);
  const feed = inThread ? feeds.thread : feeds.channel;
  const shown = feed.find(id);
  if (!shown) {
    toast("That message is no longer here: the page forgets when it is closed.", { error: true });
    return;
  }
  feed.reveal(shown);
  shown.focus({ preventScroll: true });
}

function sidebar(open) {
  const wasOpen = "sidebar" in app.dataset;
  if (open) app.dataset.sidebar = "";
  else delete app.dataset.sidebar;
  const opener = one("[data-open-sidebar]");
  opener.setAttribute("aria-expanded", String(open));
  if (open) one("[data-channel][aria-current]")?.focus();
  else if (wasOpen) opener.focus();
}

function dark() {
  const theme = document.documentElement.dataset.theme;
  return theme ? theme === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
}

function toggleTheme() {
  document.documentElement.dataset.theme = dark() ? "light" : "dark";
  remember("theme", document.documentElement.dataset.theme);
  one("[data-theme-toggle]").setAttribute("aria-pressed", String(dark()));
}

async function look(view) {
  room.view = view;
  remember("view", view);
  live.open(); // its first event loads everything afresh in the new view
}

const clicks = [
  ["[data-command]", press],
  ["[data-dismiss]", dismiss],
  ["[data-copy]", copy],
  ["[data-chip]", (chip) => send(chip.dataset.chip, feeds.channel)],
  ["[data-channel][data-name]", choose],
  ["[data-open-thread]", (button) => thread.open(button.dataset.openThread)],
  ["[data-close-thread]", () => thread.close()],
  ["[data-open-sidebar]", () => sidebar(true)],
  ["[data-scrim]", () => sidebar(false)],
  ["[data-theme-toggle]", toggleTheme],
];

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  for (const [selector, act] of clicks) {
    const target = event.target.closest(selector);
    if (target) {
      act(target);
      return;
    }
  }
});

document.addEventListener("change", (event) => {
  if (event.target.name === "view") look(event.target.value);
});

document.addEventListener("toggle", (event) => {
  if (event.target.open && event.target.matches(".message details")) {
    event.target.lastElementChild.scrollIntoView({ block: "nearest" });
  }
}, true);

document.addEventListener("keydown", (event) => {
  if (one("dialog").open || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    const menu = one("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if ("sidebar" in app.dataset) sidebar(false);
    else if (room.thread) thread.close();
  } else if (event.key === "/" && !event.target.closest("input:not([type=radio]), select, textarea")) {
    event.preventDefault();
    (event.target.closest("[data-thread-panel]") ? composers.thread : composers.channel).focus("/");
  }
});

const view = [...document.querySelectorAll("input[name=view]")].find((radio) => radio.value === (recall("view") ?? ""));
if (view) {
  view.checked = true;
  room.view = view.value;
}
one("[data-theme-toggle]").setAttribute("aria-pressed", String(dark()));
feeds.channel.toBottom();
const newest = feeds.channel.messages().at(-1);
if (newest) feeds.channel.reveal(newest); // where it is taller than the window: its beginning
live.open();
if (window.matchMedia("(min-width: 700px)").matches) composers.channel.focus();
window.addEventListener("hashchange", follow);
await follow();
app.dataset.ready = "";
