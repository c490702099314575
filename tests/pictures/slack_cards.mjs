// Slack payloads on standard input, as [[name, blocks], ...] → the same with their HTML, on standard output.
// Needs slack-blocks-to-jsx, react and react-dom in the folder that is its first argument.

import { createRequire } from "node:module";

const require = createRequire(`${process.argv[2]}/node_modules/`);
const { createElement } = require("react");
const { renderToStaticMarkup } = require("react-dom/server");
const { Message } = require("slack-blocks-to-jsx");

const data = {
  users: [{ id: "U012GRACE", name: "grace" }],
  channels: [{ id: "C012PAPERS", name: "papers" }],
};

let text = "";
for await (const part of process.stdin) text += part;
const drawn = JSON.parse(text).map(([name, blocks, theme]) => {
  const props = { blocks, data, theme, logo: "", name: "Paper Round", withoutWrapper: true };
  return [name, renderToStaticMarkup(createElement(Message, props))];
});
process.stdout.write(JSON.stringify(drawn));
