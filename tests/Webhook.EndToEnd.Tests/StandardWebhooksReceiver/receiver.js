// A webhook's receiver as a user would write it: verifies each request with the published library of Standard Webhooks.
// Standard input: lines "name secret", the secrets it knows. Standard output: its port, then a line of JSON for each request, with the verdict of each secret.
const http = require("node:http");
const readline = require("node:readline");
const { Webhook } = require("standardwebhooks");

const verifiers = new Map();

function verifies(webhook, body, headers) {
  try {
    webhook.verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

const server = http.createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts).toString("utf8");
    const verdicts = Object.fromEntries([...verifiers].map(([name, webhook]) => [name, verifies(webhook, body, request.headers)]));
    const signatures = (request.headers["webhook-signature"] ?? "").split(" ").length;
    console.log(JSON.stringify({ events: JSON.parse(body).length, signatures, verdicts }));
    response.writeHead(Object.values(verdicts).includes(true) ? 204 : 401).end();
  });
});

readline.createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [name, secret] = line.split(" ");
    verifiers.set(name, new Webhook(secret));
    console.log(JSON.stringify({ knows: name }));
  })
  .on("close", () => process.exit(0));
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
