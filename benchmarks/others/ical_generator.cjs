// A server with ical-generator: `node ical_generator.cjs built|prebuilt PORT FEED.json`.
// "built" makes the calendar for each request, "prebuilt" once.

const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { getVtimezoneComponent } = require("@touch4it/ical-timezones");
const { default: ical } = require("ical-generator");
const { DateTime } = require("luxon");

const [mode, port, file] = process.argv.slice(2);
const feed = JSON.parse(readFileSync(file, "utf8"));
for (const event of feed.events) {
  for (const name of ["start", "end", "created", "modified"]) {
    event[name] = DateTime.fromISO(event[name], { zone: feed.timezone });
  }
}

function makeFeed() {
  const calendar = ical({
    name: feed.title,
    prodId: "-//plain//EN",
    timezone: { name: feed.timezone, generator: getVtimezoneComponent },
  });
  for (const event of feed.events) {
    calendar.createEvent({
      id: event.uid,
      start: event.start,
      end: event.end,
      timezone: feed.timezone,
      summary: event.summary,
      description: event.description,
      location: feed.location,
      url: event.url,
      stamp: event.modified,
      created: event.created,
      lastModified: event.modified,
      sequence: event.sequence,
      status: event.status,
      transparency: "TRANSPARENT",
      categories: feed.categories.map((name) => ({ name })),
    });
  }
  const body = Buffer.from(calendar.toString());
  return { body, etag: `"${createHash("sha256").update(body).digest("hex").slice(0, 32)}"` };
}

const prebuilt = makeFeed();

createServer((request, response) => {
  if (request.url !== "/the-defects.ics") {
    response.writeHead(404).end();
    return;
  }
  const { body, etag } = mode === "prebuilt" ? prebuilt : makeFeed();
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304, { ETag: etag }).end();
    return;
  }
  response.writeHead(200, {
    "Content-Type": "text/calendar; charset=utf-8",
    "Content-Length": body.length,
    ETag: etag,
  });
  response.end(body);
}).listen(Number(port), "127.0.0.1");
